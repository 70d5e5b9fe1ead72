// The sweep of ddcl_core.kernels.request on a CPU: blocks of samples stay in cache from the first product to the last.
//
// Products and rows are in the type of the features, sums over blocks in double. Samples are rows; a block holds
// x_j = 2 z.p_j - |p_j|^2 less its largest entry. Products share one register tile, written with the vector extension
// of GCC and Clang, so that the instruction set is whatever the compiler was told. Every thread takes one contiguous
// range of blocks and totals are added in the order of threads: a result depends on their number, not on timing.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

#include "finish.h"
#include "product.h"
#include "vector.h"

extern "C" {

// Mirrored by ctypes in native.py. R stands for float or double.
struct DdclSweep {
  int64_t n, d, k, stride;   // stride: of the rows of z
  int64_t full, want_z, want_prototypes, details, needs_mean, needs_variance, threads;
  double inverse, losses, spread, factor;
  const void *z;             // R (n, d)
  const void *prototypes;    // R (k, d), centred
  const void *middle;        // R (d)
  const void *apart;         // R (k, k) or null: squared distances between prototypes, formed one by one if null
  void *grad_z;              // R (n, d)
  double *moment;            // (k, d)
  double *weight, *mass;     // (k)
  int64_t *counts;           // (k)
  double *totals;            // quantization, ols, variance, entropy, largest
};
}

namespace {

// Samples of a block: few keep it in cache, many spread the cost of adding its moment to the total.
constexpr int64_t block_rows = 240;
constexpr int64_t stream_from = int64_t(1) << 25;  // bytes, about a last-level cache

// NaN stays: it tells the caller that the features are not numbers.
inline void keep_largest(double &kept, double value) {
  if (!(value <= kept) && kept == kept) kept = value;
}

// What all threads read.
template <class R> struct Shared {
  const DdclSweep &call;
  const int64_t d, k;
  const int64_t wide, tall;  // strides of a row of features and of a row of assignments
  const int64_t across_vectors, wide_vectors;
  const bool streaming;    // whether the gradient in z goes past the caches
  const R *apart;
  Buffer<R> across, down;  // panels of P^T and of P
  Buffer<R> bias, norms;   // -|p|^2, and the lowest number that can be added to in the padding; |p|^2
  Buffer<R> prototypes;    // P with rows of stride wide
  Buffer<R> middle;        // padded
  typename Traits<R>::I within{}, there{};  // all bits of what belongs to a row's last vector: features, assignments

  explicit Shared(const DdclSweep &c)
      : call(c), d(c.d), k(c.k), wide(odd(c.d)), tall(odd(round_up(c.k, row_unit))),
        across_vectors(round_up(c.k, lanes<R>) / lanes<R>), wide_vectors(round_up(c.d, lanes<R>) / lanes<R>),
        streaming(int64_t(sizeof(R)) * c.n * c.d >= stream_from && c.d % lanes<R> == 0 &&
                  reinterpret_cast<uintptr_t>(c.grad_z) % vector_bytes == 0),
        apart(static_cast<const R *>(c.apart)) {
    middle = Buffer<R>(wide);
    std::copy(static_cast<const R *>(c.middle), static_cast<const R *>(c.middle) + d, static_cast<R *>(middle));
    for (int i = 0; i < d % lanes<R>; ++i) within[i] = -1;
    for (int i = 0; i < k % lanes<R>; ++i) there[i] = -1;
    const R *given = static_cast<const R *>(c.prototypes);
    across = pack<R>(given, d, 1, k, d);
    down = pack<R>(given, k, d, d, 1);
    bias = Buffer<R>(tall);
    norms = Buffer<R>(tall);
    prototypes = Buffer<R>(k * wide);
    for (int64_t j = 0; j < tall; ++j) bias[j] = -std::numeric_limits<R>::max() / 4;
    for (int64_t j = 0; j < k; ++j) {
      std::copy(given + j * d, given + (j + 1) * d, prototypes + j * wide);
      norms[j] = dot<R>(prototypes + j * wide, prototypes + j * wide, wide);
      bias[j] = -norms[j];
    }
  }

  // An odd number of vectors: rows at a power of two would share few cache sets.
  static int64_t odd(int64_t size) { return (round_up(size, lanes<R>) / lanes<R> | 1) * lanes<R>; }
};

template <class R> class Worker {
 public:
  Worker(const Shared<R> &shared, int64_t rows) : s(shared), c(shared.call), rows(rows) {
    const int64_t spare = rows + row_unit;
    z = Buffer<R>(spare * s.wide);
    x = Buffer<R>(spare * s.tall);
    exponentials = Buffer<R>(s.tall);
    block_weight = Buffer<R>(s.tall);
    block_mass = Buffer<R>(s.tall);
    square = Buffer<R>(spare);
    if (c.needs_mean) {
      q = Buffer<R>(spare * s.tall);
      mean = Buffer<R>(spare * s.wide);
      nearest = Buffer<int64_t>(spare);
      share = Buffer<R>(spare);
    }
    if (c.full && c.spread != 0) slope = Buffer<R>(spare * s.tall);
    if (c.want_prototypes) {
      along_prototypes = s.k >= 3 * L;
      moment = Buffer<double>(along_prototypes ? s.d * s.tall : s.k * s.wide);
      weight = Buffer<double>(s.tall);
    }
    if (c.details) {
      mass = Buffer<double>(s.tall);
      counts = Buffer<int64_t>(s.tall);
    }
  }

  void run(int64_t begin, int64_t end) {
    for (int64_t first = begin; first < end; first += rows) block(first, std::min(rows, end - first));
    finish_streams();
  }

  // Adds this worker's sums to those of the call.
  void collect() const {
    for (int i = 0; i < 4; ++i) c.totals[i] += totals[i];
    keep_largest(c.totals[4], largest);
    for (int64_t j = 0; j < s.k; ++j) {
      if (c.want_prototypes) {
        c.weight[j] += weight[j];
        for (int64_t t = 0; t < s.d; ++t)
          c.moment[j * s.d + t] += along_prototypes ? moment[t * s.tall + j] : moment[j * s.wide + t];
      }
      if (c.details) {
        c.mass[j] += mass[j];
        c.counts[j] += counts[j];
      }
    }
  }

 private:
  static constexpr int L = lanes<R>;
  typedef Vec<R> V;
  typedef typename Traits<R>::I I;

  const Shared<R> &s;
  const DdclSweep &c;
  const int64_t rows;
  Buffer<R> z, x, q, slope, mean;
  Buffer<R> exponentials, block_weight, block_mass, square, share;
  Buffer<int64_t> nearest, counts;
  Buffer<double> moment, weight, mass;
  bool along_prototypes = false;  // the total moment is (d, k): vectors along the longer axis waste the least
  double totals[4] = {0, 0, 0, 0}, largest = 0;
  double of_block[4] = {0, 0, 0, 0};  // first by blocks, so that rounding grows with the number of blocks only

  void block(int64_t first, int64_t size) {
    const bool gradients = c.want_z || c.want_prototypes;
    for (int64_t r = 0; r < size; ++r) centre(first + r, r);
    product<R>(size, s.across_vectors, s.d, z, s.wide, 1, Right<R>{s.across, 0}, size,
               Affine<R>{x, s.tall, R(2), s.bias});
    for (int64_t r = 0; r < size; ++r) assign(r);
    if (c.needs_mean) {
      product<R>(size, s.wide_vectors, s.k, q, s.tall, 1, Right<R>{s.down, 0}, row_unit,
                 Affine<R>{mean, s.wide, R(1), nullptr});
      for (int64_t r = 0; r < size; ++r) spread(r);
    }
    if (gradients && c.full && c.spread != 0) {
      product<R>(size, s.across_vectors, s.d, mean, s.wide, 1, Right<R>{s.across, 0}, size,
                 Affine<R>{slope, s.tall, R(-2), s.norms});
      for (int64_t r = 0; r < size; ++r) mix(r);
    }
    if (c.want_z) features(first, size);
    if (c.want_prototypes) moments(size);
    flush();
  }

  void centre(int64_t sample, int64_t r) {
    const R *from = static_cast<const R *>(c.z) + sample * c.stride;
    R *to = z + r * s.wide;
    V total{};
    int64_t t = 0;
    for (; t + L <= s.d; t += L) {
      const V v = load<R>(from + t) - load<R>(s.middle + t);
      store<R>(to + t, v);
      total += v * v;
    }
    if (t < s.d) {
      const bool beyond = (c.n - 1 - sample) * c.stride + s.d - t >= L;
      // A whole vector is read where the memory goes on; what belongs to the next sample is cut off bit by bit, so that
      // it may be anything.
      R last[L] = {};
      if (!beyond) std::copy(from + t, from + s.d, last);
      const V v = (V)((I)(load<R>(beyond ? from + t : last) - load<R>(s.middle + t)) & s.within);
      store<R>(to + t, v);
      total += v * v;
    }
    square[r] = sum<R>(total);
    keep_largest(largest, square[r]);
  }

  // Row r of x becomes the weights of the distances, or the logits where V enters them; q is kept where it is needed.
  void assign(int64_t r) {
    R *const data = x + r * s.tall;
    const int64_t size = s.across_vectors * L;
    const R inverse = R(c.inverse);
    V top = load<R>(data);
    for (int64_t j = L; j < size; j += L) top = larger<R>(top, load<R>(data + j));
    const R most = maximum<R>(top);
    V mass_lanes{}, gap_lanes{};
    for (int64_t j = 0; j < size; j += L) {
      const V gap = load<R>(data + j) - most;
      V e = exponential<R>(gap * inverse);
      if (j + L > s.k) e = (V)((I)e & s.there);
      mass_lanes += e;
      gap_lanes += e * gap;
      store<R>(exponentials + j, e);
    }
    const R total = sum<R>(mass_lanes), gap = sum<R>(gap_lanes) / total;  // minus the mean of d_j - d_a
    const R part = R(1) / total, average = gap * inverse;
    of_block[0] += double(std::max(square[r] - most, R(0))) - double(gap);
    if (c.needs_mean) {
      int64_t a = 0;
      while (a + 1 < s.k && data[a] != most) ++a;
      nearest[r] = a;
      share[r] = part;
      if (c.details) {
        counts[a] += 1;
        of_block[3] += std::log(double(total)) - double(average);
      }
      for (int64_t j = 0; j < size; j += L) {
        const V p = load<R>(exponentials + j) * part;
        store<R>(q + r * s.tall + j, p);
        store<R>(block_mass + j, load<R>(block_mass + j) + p);
      }
    }
    if (!c.full) return;
    const V lowest = fill<R>(Traits<R>::floor);
    if (c.spread != 0) {
      for (int64_t j = 0; j < size; j += L)
        store<R>(data + j, larger<R>((load<R>(data + j) - most) * inverse, lowest));
      return;
    }
    for (int64_t j = 0; j < size; j += L) {
      const V logit = larger<R>((load<R>(data + j) - most) * inverse, lowest);
      const V w = load<R>(exponentials + j) * part * ((R(1) - average) + logit);
      store<R>(data + j, w);
      store<R>(block_weight + j, load<R>(block_weight + j) + w);
    }
  }

  // L_OLS = |z - m|^2 and V = sum_j q_j |p_j - p_a|^2 - |m - p_a|^2, at least q_a times its first term.
  void spread(int64_t r) {
    const R *m = mean + r * s.wide;
    of_block[1] += squared_distance<R>(z + r * s.wide, m, s.wide);
    if (!c.needs_variance) return;
    const R *anchor = s.prototypes + nearest[r] * s.wide, *p = q + r * s.tall;
    R around = 0;
    if (s.apart) {
      around = dot<R>(p, s.apart + nearest[r] * s.k, s.k);
    } else {
      for (int64_t j = 0; j < s.k; ++j)
        if (p[j] > 0) around += p[j] * squared_distance<R>(anchor, s.prototypes + j * s.wide, s.wide);
    }
    const R away = squared_distance<R>(m, anchor, s.wide);
    of_block[2] += std::max(around - away, share[r] * around);
  }

  // Row r of x becomes q_j (A + h_j - <h>) with h_j = A l_j - G (|p_j - m|^2 - |p_a - m|^2) / t.
  void mix(int64_t r) {
    R *const data = x + r * s.tall;
    const R *const y = slope + r * s.tall, *const p = q + r * s.tall;
    const int64_t size = s.across_vectors * L;
    const R losses = R(c.losses), rate = R(-c.spread * c.inverse), least = y[nearest[r]];
    const V high = fill<R>(std::numeric_limits<R>::max() / 8), low = -high;
    V average_lanes{};
    for (int64_t j = 0; j < size; j += L) {
      V h = load<R>(data + j) * losses + (load<R>(y + j) - least) * rate;
      h = larger<R>(h < high ? h : high, low);
      average_lanes += load<R>(p + j) * h;
      store<R>(data + j, h);
    }
    const R plus = losses - sum<R>(average_lanes);
    for (int64_t j = 0; j < size; j += L) {
      const V w = load<R>(p + j) * (load<R>(data + j) + plus);
      store<R>(data + j, w);
      store<R>(block_weight + j, load<R>(block_weight + j) + w);
    }
  }

  // Factor of the weights in x.
  double scale() const { return c.spread != 0 ? 1.0 : c.losses; }

  void features(int64_t first, int64_t size) {
    R *const out = static_cast<R *>(c.grad_z) + first * s.d;
    const R plus = R(2 * c.factor * c.losses);
    if (c.full) {
      product<R>(size, s.wide_vectors, s.k, x, s.tall, 1, Right<R>{s.down, 0}, row_unit,
                 Features<R>{out, s.d, z, s.wide, plus, R(-2 * c.factor * scale()), s.streaming});
      return;
    }
    for (int64_t r = 0; r < size; ++r)
      for (int64_t t = 0; t < s.d; ++t) out[r * s.d + t] = plus * (z[r * s.wide + t] - mean[r * s.wide + t]);
  }

  // The sum over samples of (weights)^T (features); at fixed q the features are those of both terms together.
  void moments(int64_t size) {
    if (c.full) {
      add_moment(x, z, size, scale());
      if (c.spread != 0) add_moment(q, mean, size, c.spread);
      return;
    }
    const R losses = R(c.losses), spread = R(c.spread);
    for (int64_t e = 0; e < size * s.wide; ++e) z[e] = losses * z[e] + spread * mean[e];
    add_moment(q, z, size, 1.0);
  }

  void add_moment(const R *weights, const R *points, int64_t size, double factor) {
    if (along_prototypes)
      product<R>(s.d, s.across_vectors, size, points, 1, s.wide, Right<R>{weights, s.tall}, s.d,
                 Accumulate<R>{moment, s.tall, factor});
    else
      product<R>(s.k, s.wide_vectors, size, weights, 1, s.tall, Right<R>{points, s.wide}, s.k,
                 Accumulate<R>{moment, s.wide, factor});
  }

  // The sums of this block, in R, go to those of the worker, in double.
  void flush() {
    for (int i = 0; i < 4; ++i) {
      totals[i] += of_block[i];
      of_block[i] = 0;
    }
    const double of_weight = c.full ? scale() : 0.0, of_mass = c.full ? c.spread : c.losses + c.spread;
    for (int64_t j = 0; j < s.k; ++j) {
      if (c.want_prototypes) weight[j] += of_weight * block_weight[j] + of_mass * block_mass[j];
      if (c.details) mass[j] += block_mass[j];
      block_weight[j] = block_mass[j] = 0;
    }
  }
};

template <class R> int run(const DdclSweep &call) {
  try {
    if (call.want_z) advise_large_pages(call.grad_z, sizeof(R) * size_t(call.n) * size_t(call.d));
    const Shared<R> shared(call);
    for (int64_t j = 0; j < call.k; ++j) keep_largest(call.totals[4], shared.norms[j]);
    const int64_t rows = std::min<int64_t>(block_rows, round_up(call.n, row_unit));
    const int64_t blocks = (call.n + rows - 1) / rows, threads = std::max<int64_t>(1, std::min(call.threads, blocks));
    std::vector<Worker<R>> workers;
    workers.reserve(size_t(threads));
    for (int64_t t = 0; t < threads; ++t) workers.emplace_back(shared, rows);
    std::vector<std::thread> others;
    const auto start = [&](int64_t t) { return std::min(call.n, blocks * t / threads * rows); };
    const auto work = [&](int64_t t) { workers[size_t(t)].run(start(t), start(t + 1)); };
    int64_t started = 1;
    try {
      for (; started < threads; ++started) others.emplace_back(work, started);
    } catch (...) {  // no thread to be had: this one does its work, to the same result
    }
    work(0);
    for (int64_t t = started; t < threads; ++t) work(t);
    for (auto &other : others) other.join();
    for (const auto &worker : workers) worker.collect();
    return 0;
  } catch (const std::bad_alloc &) {
    return 1;
  }
}

}  // namespace

extern "C" {

// 0, or 1 where memory ran out.
int ddcl_sweep_float32(const DdclSweep *call) { return run<float>(*call); }
int ddcl_sweep_float64(const DdclSweep *call) { return run<double>(*call); }

// exp of n numbers that are at most 0, for tests.
void ddcl_exp_float32(int64_t n, const float *from, float *to) { exponentials<float>(n, from, to); }
void ddcl_exp_float64(int64_t n, const double *from, double *to) { exponentials<double>(n, from, to); }

const char *ddcl_instruction_set() {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__)
  return "AVX2";
#elif defined(__AVX__)
  return "AVX";
#elif defined(__SSE2__)
  return "SSE2";
#elif defined(__ARM_NEON)
  return "NEON";
#else
  return "generic";
#endif
}

}
