// Vectors of the widest kind that the compiler was told of, written with the extension of GCC and Clang: loads, stores,
// sums, exp, and stores past the caches.

#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#endif

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
constexpr bool many_registers = true;
#elif defined(__AVX__)
constexpr int vector_bytes = 32;
constexpr bool many_registers = false;
#else
constexpr int vector_bytes = 16;
#if defined(__aarch64__)
constexpr bool many_registers = true;
#else
constexpr bool many_registers = false;
#endif
#endif

namespace {

template <class R> struct Traits;

template <> struct Traits<float> {
  typedef float V __attribute__((vector_size(vector_bytes)));
  typedef int32_t I __attribute__((vector_size(vector_bytes)));
  typedef int32_t Integer;
  static constexpr float round = 12582912.0f;        // 1.5 * 2^23: adding it rounds to an integer
  static constexpr float floor = -87.0f;             // exp below it counts as 0
  static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
  static constexpr int mantissa = 23, bias = 127, degree = 7;
};

template <> struct Traits<double> {
  typedef double V __attribute__((vector_size(vector_bytes)));
  typedef int64_t I __attribute__((vector_size(vector_bytes)));
  typedef int64_t Integer;
  static constexpr double round = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double floor = -708.0;
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr int mantissa = 52, bias = 1023, degree = 13;
};

template <class R> using Vec = typename Traits<R>::V;
template <class R> constexpr int lanes = vector_bytes / int(sizeof(R));

template <class R> inline Vec<R> load(const R *p) {
  Vec<R> v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

template <class R> inline void store(R *p, Vec<R> v) { std::memcpy(p, &v, sizeof v); }

// A store past the caches, for results larger than they are; to a multiple of vector_bytes.
template <class R> inline void stream(R *p, Vec<R> v) {
#if defined(__AVX512F__)
  _mm512_stream_si512(reinterpret_cast<__m512i *>(p), (__m512i)v);
#elif defined(__AVX__)
  _mm256_stream_si256(reinterpret_cast<__m256i *>(p), (__m256i)v);
#elif defined(__SSE2__)
  _mm_stream_si128(reinterpret_cast<__m128i *>(p), (__m128i)v);
#else
  store<R>(p, v);
#endif
}

// Makes the streamed stores of this thread visible to those that read after it has been joined.
inline void finish_streams() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

// Large pages for memory that is about to be written for the first time: far fewer page faults where they are to be had.
inline void advise_large_pages(void *data, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr uintptr_t page = uintptr_t(1) << 21;
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(data) + page - 1) / page * page;
  const uintptr_t end = (reinterpret_cast<uintptr_t>(data) + bytes) / page * page;
  if (begin < end) madvise(reinterpret_cast<void *>(begin), end - begin, MADV_HUGEPAGE);
#else
  (void)data, (void)bytes;
#endif
}

template <class R> inline Vec<R> fill(R x) { return Vec<R>{} + x; }

template <class R> inline Vec<R> larger(Vec<R> a, Vec<R> b) { return a > b ? a : b; }

struct Plus {
  template <class X> X operator()(X a, X b) const { return a + b; }
};

struct Larger {
  template <class X> X operator()(X a, X b) const { return a > b ? a : b; }
};

// The entries of a vector of `bytes` bytes put together by halves.
template <class R, int bytes, class Put> struct Fold {
  typedef R Half __attribute__((vector_size(bytes / 2)));
  static R of(const void *data, Put put) {
    Half low, high;
    std::memcpy(&low, data, bytes / 2);
    std::memcpy(&high, static_cast<const char *>(data) + bytes / 2, bytes / 2);
    const Half both = put(low, high);
    return Fold<R, bytes / 2, Put>::of(&both, put);
  }
};

template <class R, class Put> struct Fold<R, 16, Put> {
  static R of(const void *data, Put put) {
    R e[16 / sizeof(R)];
    std::memcpy(e, data, 16);
    if constexpr (sizeof(R) == 8) return put(e[0], e[1]);
    else return put(put(e[0], e[2]), put(e[1], e[3]));
  }
};

template <class R> inline R sum(Vec<R> v) { return Fold<R, vector_bytes, Plus>::of(&v, Plus()); }
template <class R> inline R maximum(Vec<R> v) { return Fold<R, vector_bytes, Larger>::of(&v, Larger()); }

// exp for arguments from Traits::floor to 0: x = e ln 2 + r with |r| <= ln(2) / 2, Taylor's polynomial in r, whose
// remainder is below a tenth of an ulp, and 2^e put together from its bits. Arguments below the floor give 0.
template <class R> inline Vec<R> exponential(Vec<R> x) {
  typedef Traits<R> T;
  typedef typename T::I I;
  const I below = x < fill<R>(T::floor);
  x = larger<R>(x, fill<R>(T::floor));
  const Vec<R> shifted = x * R(1.4426950408889634) + T::round;
  const Vec<R> e = shifted - T::round;
  const Vec<R> r = (x - e * T::ln2_high) - e * T::ln2_low;
  constexpr double inverse[14] = {1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040,
      1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
  Vec<R> p = fill<R>(R(inverse[T::degree]));
#pragma GCC unroll 16
  for (int i = T::degree - 1; i >= 0; --i) p = p * r + R(inverse[i]);
  // The low bits of the shifted number are e in two's complement.
  const I power = ((I)shifted + typename T::Integer(T::bias)) << T::mantissa;
  return (Vec<R>)((I)(p * (Vec<R>)power) & ~below);
}

// Both over `size` entries.
template <class R> inline R dot(const R *a, const R *b, int64_t size) {
  Vec<R> total{};
  int64_t t = 0;
  for (; t + lanes<R> <= size; t += lanes<R>) total += load<R>(a + t) * load<R>(b + t);
  R rest = sum<R>(total);
  for (; t < size; ++t) rest += a[t] * b[t];
  return rest;
}

template <class R> inline R squared_distance(const R *a, const R *b, int64_t size) {
  Vec<R> total{};
  int64_t t = 0;
  for (; t + lanes<R> <= size; t += lanes<R>) {
    const Vec<R> difference = load<R>(a + t) - load<R>(b + t);
    total += difference * difference;
  }
  R rest = sum<R>(total);
  for (; t < size; ++t) rest += (a[t] - b[t]) * (a[t] - b[t]);
  return rest;
}

template <class R> void exponentials(int64_t n, const R *from, R *to) {
  for (int64_t i = 0; i < n; ++i) to[i] = exponential<R>(fill<R>(from[i]))[0];
}

}  // namespace
