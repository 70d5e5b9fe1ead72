// What is done with the register tiles of a product: stored, made into a gradient in z, or added to a total.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "product.h"
#include "vector.h"

namespace {

// scale * tile + offset, by columns, into a buffer with rows to spare.
template <class R> struct Affine {
  R *out;
  int64_t stride;
  R scale;
  const R *offset;  // null: nothing

  template <int M, int N> void operator()(int64_t row, int64_t, int64_t column, const Vec<R> (&tile)[M][N]) const {
    for (int v = 0; v < N; ++v) {
      const int64_t at = column + v * lanes<R>;
      const Vec<R> plus = offset ? load<R>(offset + at) : Vec<R>{};
      for (int i = 0; i < M; ++i) store<R>(out + (row + i) * stride + at, tile[i][v] * scale + plus);
    }
  }
};

// plus * features + scale * tile, into rows without padding.
template <class R> struct Features {
  R *out;
  int64_t d;
  const R *features;
  int64_t stride;
  R plus, scale;
  bool streaming;  // rows start at multiples of vector_bytes, and d is a multiple of the lanes

  template <int M, int N> void operator()(int64_t row, int64_t there, int64_t column, const Vec<R> (&tile)[M][N]) const {
    for (int i = 0; i < M; ++i) {
      if (i >= there) break;
      for (int v = 0; v < N; ++v) {
        const int64_t at = column + v * lanes<R>;
        const Vec<R> value = tile[i][v] * scale + load<R>(features + (row + i) * stride + at) * plus;
        R *const to = out + (row + i) * d + at;
        if (streaming) stream<R>(to, value);
        else put(to, value, d - at);
      }
    }
  }

  static void put(R *to, Vec<R> value, int64_t room) {
    if (room >= lanes<R>) store<R>(to, value);
    else std::memcpy(to, &value, size_t(std::max<int64_t>(room, 0)) * sizeof(R));
  }
};

// total += scale * tile in double; rows of the total have the stride given.
template <class R> struct Accumulate {
  double *total;
  int64_t stride;
  double scale;

  template <int M, int N> void operator()(int64_t row, int64_t there, int64_t column, const Vec<R> (&tile)[M][N]) const {
    for (int i = 0; i < M; ++i) {
      if (i >= there) break;
      R values[N * lanes<R>];
      for (int v = 0; v < N; ++v) store<R>(values + v * lanes<R>, tile[i][v]);
      double *to = total + (row + i) * stride + column;
      for (int e = 0; e < N * lanes<R>; ++e) to[e] += scale * double(values[e]);
    }
  }
};

}  // namespace
