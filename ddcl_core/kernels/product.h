// Matrix products of blocks that stay in cache: one register tile, and what is to be done with it given by the caller.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "vector.h"

namespace {

inline int64_t round_up(int64_t x, int64_t unit) { return (x + unit - 1) / unit * unit; }

// Rows of the register tile that is `width` vectors wide.
constexpr int tile_rows(int width) {
  return many_registers ? (width == 3 ? 8 : 12) : (width == 3 ? 4 : width == 2 ? 6 : 8);
}

constexpr int64_t row_unit = 24;  // a multiple of every tile_rows: buffers have this many rows to spare

// Width of the next panel of a matrix with `left` vectors to go.
inline int panel_width(int64_t left) { return left == 4 || left == 2 ? 2 : left >= 3 ? 3 : 1; }

// tile[i][v] = sum_t a[i * ai + t * at] * b[t * bs + v], v in vectors; then finish(tile).
template <class R, int M, int N, class Finish>
inline void micro(int64_t depth, const R *a, int64_t ai, int64_t at, const R *b, int64_t bs, const Finish &finish) {
  Vec<R> tile[M][N] = {};
  for (int64_t t = 0; t < depth; ++t) {
    Vec<R> row[N];
#pragma GCC unroll 4
    for (int v = 0; v < N; ++v) row[v] = load<R>(b + v * lanes<R>);
#pragma GCC unroll 12
    for (int i = 0; i < M; ++i) {
      const R x = a[i * ai];
#pragma GCC unroll 4
      for (int v = 0; v < N; ++v) tile[i][v] += row[v] * x;
    }
    a += at;
    b += bs;
  }
  finish(tile);
}

// The right factor of a product, depth x (vectors * lanes): rows of stride `stride`, or panels one after the other.
template <class R> struct Right {
  const R *data;
  int64_t stride;  // 0: panels
};

// rows x vectors product of A (element (i, t) at a[i * ai + t * at]) and B. Reads up to row_unit - 1 rows of A beyond
// `rows`. finish(row, rows there, first column, tile) gets every register tile. A panel of B is used for `stretch` rows
// of A before the next one.
template <class R, int N, class Finish>
void panel(int64_t row, int64_t end, int64_t depth, const R *a, int64_t ai, int64_t at, const R *b, int64_t bs,
           int64_t column, const Finish &finish) {
  constexpr int M = tile_rows(N);
  for (; row < end; row += M)
    micro<R, M, N>(depth, a + row * ai, ai, at, b, bs,
                   [&](const Vec<R>(&tile)[M][N]) { finish(row, std::min<int64_t>(M, end - row), column, tile); });
}

template <class R, class Finish>
void product(int64_t rows, int64_t vectors, int64_t depth, const R *a, int64_t ai, int64_t at, Right<R> b,
             int64_t stretch, const Finish &finish) {
  for (int64_t first = 0; first < rows; first += stretch) {
    const int64_t end = std::min(rows, first + stretch);
    for (int64_t v = 0; v < vectors;) {
      const int width = panel_width(vectors - v);
      const int64_t column = v * lanes<R>;
      const R *data = b.data + (b.stride ? column : column * depth);
      const int64_t stride = b.stride ? b.stride : width * lanes<R>;
      if (width == 3) panel<R, 3>(first, end, depth, a, ai, at, data, stride, column, finish);
      else if (width == 2) panel<R, 2>(first, end, depth, a, ai, at, data, stride, column, finish);
      else panel<R, 1>(first, end, depth, a, ai, at, data, stride, column, finish);
      v += width;
    }
  }
}

// Aligned memory, zero at first.
template <class R> class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int64_t size) {
    const size_t bytes = size_t(round_up(int64_t(size * sizeof(R)) + 64, 64));
    data_ = static_cast<R *>(std::aligned_alloc(64, bytes));
    if (!data_) throw std::bad_alloc();
    std::memset(static_cast<void *>(data_), 0, bytes);
  }
  Buffer(Buffer &&other) noexcept : data_(other.data_) { other.data_ = nullptr; }
  Buffer &operator=(Buffer &&other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  ~Buffer() { std::free(data_); }
  operator R *() const { return data_; }

 private:
  R *data_ = nullptr;
};

// Panels of a depth x columns matrix whose element (t, c) is source[t * ts + c * cs].
template <class R> Buffer<R> pack(const R *source, int64_t depth, int64_t ts, int64_t columns, int64_t cs) {
  const int64_t vectors = round_up(columns, lanes<R>) / lanes<R>;
  Buffer<R> packed(vectors * lanes<R> * depth);
  for (int64_t v = 0; v < vectors;) {
    const int width = panel_width(vectors - v);
    R *out = packed + v * lanes<R> * depth;
    for (int64_t t = 0; t < depth; ++t)
      for (int c = 0; c < width * lanes<R>; ++c) {
        const int64_t column = v * lanes<R> + c;
        if (column < columns) out[t * width * lanes<R> + c] = source[t * ts + column * cs];
      }
    v += width;
  }
  return packed;
}

}  // namespace
