// Attempts of the projected Heun step of heun.py with the step control of projected.py, in double, one trajectory after
// the other, for energies without logarithms: sum q_nj |z_n - p_j|^2 + separation L_sep + weight |P|^2.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <new>
#include <thread>
#include <vector>

extern "C" {

// Mirrored by ctypes in native.py; arrays of trajectories one after the other.
struct DdclFlow {
  int64_t batch, n, k, d, z_stride, attempts, fixed, threads;
  double horizon, step, accuracy, tolerance, bound, separation, weight, ulps;  // separation times the factor of a pair
  const double *z;                              // (n, d), every z_stride numbers
  double *prototypes, *q;                       // (k, d), (n, k)
  double *energy, *speed, *time, *next;         // one each
  int64_t *codes, *accepted, *refused, *moved;  // one each; moved: steps taken in this call
};

}

namespace {

enum Code : int64_t { running, converged, horizon_reached, max_steps, unbounded, stalled };

typedef std::vector<double> Array;

// A point with the energy, the sum of the absolute values of its terms, its slopes, and the speed of the flow.
struct Point {
  Array prototypes, q, slope_prototypes, slope_q;
  double energy = 0, scale = 0, speed = 0, norm = 0;
};

class Trajectory {
 public:
  Trajectory(const DdclFlow &call, int64_t index)
      : c(call), n(c.n), k(c.k), d(c.d), z(c.z + index * c.z_stride), across(size_t(k * d)), middle(size_t(d)),
        pull(size_t(k * d)), mass(size_t(k)), row(size_t(k)) {
    for (Point *point : {&here, &trial, &stage}) {
      point->prototypes.resize(size_t(k * d));
      point->slope_prototypes.resize(size_t(k * d));
      point->q.resize(size_t(n * k));
      point->slope_q.resize(size_t(n * k));
    }
    double *p = c.prototypes + index * k * d, *q = c.q + index * n * k;
    std::copy(p, p + k * d, here.prototypes.begin());
    std::copy(q, q + n * k, here.q.begin());
    slopes(here);
    values(here);
    double &time = c.time[index], &next = c.next[index];
    int64_t &code = c.codes[index];
    c.moved[index] = 0;
    for (int64_t i = 0; i < c.attempts && code == running; ++i) attempt(time, next, code, index);
    std::copy(here.prototypes.begin(), here.prototypes.end(), p);
    std::copy(here.q.begin(), here.q.end(), q);
    c.energy[index] = here.energy;
    c.speed[index] = here.speed;
  }

 private:
  const DdclFlow &c;
  const int64_t n, k, d;
  const double *z;
  Point here, trial, stage;
  Array across, middle, pull, mass, row;  // P^T, the mean prototype, sum q (z - mean) as (d, k), sum q, one row
  static constexpr double eps = std::numeric_limits<double>::epsilon();

  void attempt(double &time, double &next, int64_t &code, int64_t index) {
    const double remaining = c.horizon - time;
    // A last sliver shorter than rounding would leave the clock short of the horizon for ever.
    const bool closing = next >= remaining * (1 - 4 * eps);
    const double used = closing ? remaining : next;
    const double error = advance(used);
    const double slack = c.ulps * eps * trial.scale;
    const bool finite = std::isfinite(trial.energy) && std::isfinite(trial.speed);
    const bool falls = trial.energy < here.energy - slack || predicted() <= slack * std::sqrt(eps);
    const bool descends = finite && trial.energy <= here.energy + slack && falls;
    const double ratio = error / c.accuracy;
    const bool good = c.fixed ? descends : descends && ratio <= 1;
    if (good) {
      std::swap(here, trial);
      time = closing ? c.horizon : time + used;
      ++c.accepted[index];
      ++c.moved[index];
    } else {
      ++c.refused[index];
    }
    next = following(used, good, descends, ratio);
    if (!(here.norm <= c.bound)) code = unbounded;
    else if (here.speed <= c.tolerance) code = converged;
    else if (time >= c.horizon) code = horizon_reached;
    // A step that no longer moves the clock: an energy that is not finite has blown up, otherwise rounding rules.
    else if (!good && time + next == time && next <= eps * eps * c.horizon) code = finite ? stalled : unbounded;
  }

  double following(double used, bool good, bool descends, double ratio) const {
    if (c.fixed) return good ? c.step : used / 2;
    if (!descends) return used / 2;
    const double factor = std::min(std::max(0.9 / std::sqrt(std::max(ratio, 1e-12)), 0.2), 4.0);
    return used * (good ? factor : std::min(factor, 0.9));
  }

  // One step into trial; the distance of its two stages.
  double advance(double h) {
    for (int64_t e = 0; e < k * d; ++e)
      stage.prototypes[e] = here.prototypes[e] - h * here.slope_prototypes[e];
    for (int64_t e = 0; e < n * k; ++e) stage.q[e] = here.q[e] - h * here.slope_q[e];
    for (int64_t i = 0; i < n; ++i) onto_simplex(&stage.q[i * k]);
    slopes(stage);
    for (int64_t e = 0; e < k * d; ++e)
      trial.prototypes[e] = here.prototypes[e] - 0.5 * h * (here.slope_prototypes[e] + stage.slope_prototypes[e]);
    for (int64_t e = 0; e < n * k; ++e) trial.q[e] = here.q[e] - 0.5 * h * (here.slope_q[e] + stage.slope_q[e]);
    for (int64_t i = 0; i < n; ++i) onto_simplex(&trial.q[i * k]);
    slopes(trial);
    values(trial);
    double size = 0, moved = 0, shift = 0;
    for (int64_t e = 0; e < k * d; ++e) {
      size = std::max(size, std::abs(trial.prototypes[e]));
      moved = std::max(moved, std::abs(trial.prototypes[e] - stage.prototypes[e]));
    }
    for (int64_t e = 0; e < n * k; ++e) shift = std::max(shift, std::abs(trial.q[e] - stage.q[e]));
    return std::max(moved / (1 + size), shift);
  }

  // Gradients of the energy, distances formed one by one; sums of q (z - p) relative to the mean prototype.
  void slopes(Point &point) {
    const double *p = point.prototypes.data();
    for (int64_t t = 0; t < d; ++t) {
      double total = 0;
      for (int64_t j = 0; j < k; ++j) {
        across[t * k + j] = p[j * d + t];
        total += p[j * d + t] - p[t];
      }
      middle[t] = p[t] + total / double(k);
    }
    std::fill(pull.begin(), pull.end(), 0.0);
    std::fill(mass.begin(), mass.end(), 0.0);
    for (int64_t i = 0; i < n; ++i) {
      const double *q = &point.q[i * k];
      double *distance = &point.slope_q[i * k];
      std::fill(distance, distance + k, 0.0);
      for (int64_t j = 0; j < k; ++j) mass[j] += q[j];
      for (int64_t t = 0; t < d; ++t) {
        const double x = z[i * d + t], centred = x - middle[t];
        const double *column = &across[t * k];
        double *sum = &pull[t * k];
        for (int64_t j = 0; j < k; ++j) {
          distance[j] += (x - column[j]) * (x - column[j]);
          sum[j] += q[j] * centred;
        }
      }
    }
    for (int64_t j = 0; j < k; ++j)
      for (int64_t t = 0; t < d; ++t) {
        const double off = p[j * d + t] - middle[t];
        point.slope_prototypes[j * d + t] = 2 * (mass[j] * off - pull[t * k + j]) -
                                            2 * double(k) * c.separation * off + 2 * c.weight * p[j * d + t];
      }
  }

  // What the slopes do not say; uses the mean prototype that they left behind.
  void values(Point &point) {
    double attraction = 0, spread = 0, norm = 0, speed = 0;
    for (int64_t e = 0; e < n * k; ++e) attraction += point.q[e] * point.slope_q[e];
    for (int64_t j = 0; j < k; ++j)
      for (int64_t t = 0; t < d; ++t) {
        const double value = point.prototypes[j * d + t], off = value - middle[t];
        spread += off * off;
        norm += value * value;
      }
    for (double slope : point.slope_prototypes) speed += slope * slope;
    for (int64_t i = 0; i < n; ++i) speed += rate(&point.slope_q[i * k], &point.q[i * k]);
    const double apart = c.separation * double(k) * spread;
    point.energy = attraction - apart + c.weight * norm;
    point.scale = attraction + apart + c.weight * norm;
    point.speed = std::sqrt(speed);
    point.norm = std::sqrt(norm);
  }

  // Squared norm of minus the slope projected onto the tangent cone at q: less its mean over the free entries, which
  // are those with q > 0 and, of the others, those above the mean. Taking away entries at or below the mean raises it,
  // so that what was taken away stays away.
  double rate(const double *slope, const double *q) {
    double shift = 0;
    int64_t inside = 0;
    for (int64_t j = 0; j < k; ++j)
      if (q[j] > 0) {
        shift -= slope[j];
        ++inside;
      }
    shift /= double(inside);
    for (int64_t j = 0; j < k; ++j) row[j] = -slope[j] - shift;
    double mean = -std::numeric_limits<double>::infinity();
    // The number of free entries falls until it stays; among equal entries rounding may let it rise again, which ends
    // the search too.
    for (int64_t kept = k + 1;;) {
      double total = 0;
      int64_t free = 0;
      for (int64_t j = 0; j < k; ++j)
        if (q[j] > 0 || row[j] > mean) {
          total += row[j];
          ++free;
        }
      mean = total / double(free);
      if (free >= kept || mean != mean) break;
      kept = free;
    }
    double square = 0;
    for (int64_t j = 0; j < k; ++j) {
      const double v = row[j] - mean;
      if (q[j] > 0 || v > 0) square += v * v;
    }
    return square;
  }

  // The nearest point of the simplex: max(v - tau, 0), tau from the entries above it, found by taking away the others.
  void onto_simplex(double *v) const {
    const double top = *std::max_element(v, v + k);
    for (int64_t j = 0; j < k; ++j) v[j] = std::max(v[j] - top, -1.0);
    double tau = -std::numeric_limits<double>::infinity();
    for (int64_t kept = k + 1;;) {
      double total = 0;
      int64_t free = 0;
      for (int64_t j = 0; j < k; ++j)
        if (v[j] > tau) {
          total += v[j];
          ++free;
        }
      // The threshold is below the largest entry, 0, unless rounding or NaN has taken every entry away.
      if (free == 0 || free >= kept) break;
      kept = free;
      tau = (total - 1) / double(free);
    }
    double sum = 0;
    for (int64_t j = 0; j < k; ++j) sum += v[j] = std::max(v[j] - tau, 0.0);
    for (int64_t j = 0; j < k; ++j) v[j] /= sum;
  }

  // Change of the energy by the trapezoidal rule; the rows of a step sum to zero, so that a shift of the slope changes
  // nothing but rounding.
  double predicted() const {
    double change = 0;
    for (int64_t e = 0; e < k * d; ++e)
      change += 0.5 * (here.slope_prototypes[e] + trial.slope_prototypes[e]) * (trial.prototypes[e] - here.prototypes[e]);
    for (int64_t i = 0; i < n; ++i) {
      const int64_t at = i * k;
      double average = 0;
      for (int64_t j = at; j < at + k; ++j) average += here.q[j] * 0.5 * (here.slope_q[j] + trial.slope_q[j]);
      for (int64_t j = at; j < at + k; ++j)
        change += (0.5 * (here.slope_q[j] + trial.slope_q[j]) - average) * (trial.q[j] - here.q[j]);
    }
    return change;
  }
};

}  // namespace

extern "C" {

// 0, or 1 where memory ran out. Trajectories are independent: their number of threads changes nothing but the time.
int ddcl_flow(const DdclFlow *call) {
  const int64_t threads = std::max<int64_t>(1, std::min(call->threads, call->batch));
  std::vector<int> failed(size_t(threads), 0);
  const auto work = [&](int64_t t) {
    try {
      for (int64_t i = t; i < call->batch; i += threads)
        if (call->codes[i] == running) Trajectory(*call, i);
        else call->moved[i] = 0;
    } catch (const std::bad_alloc &) {
      failed[size_t(t)] = 1;
    }
  };
  std::vector<std::thread> others;
  int64_t started = 1;
  try {
    for (; started < threads; ++started) others.emplace_back(work, started);
  } catch (...) {  // no thread to be had: this one does its work
  }
  work(0);
  for (int64_t t = started; t < threads; ++t) work(t);
  for (auto &other : others) other.join();
  return *std::max_element(failed.begin(), failed.end());
}

}
