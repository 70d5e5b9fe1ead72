"""How much faster the projected flow is than a general solver, on E = sum q |z - p|^2, at the same accuracy.

The general solver is scipy's `solve_ivp`, RK45 at rtol 1e-6, on the same field written in numpy.  Both are compared with
a run of the projected flow at a far finer step; the flow gets the coarsest accuracy out of a list of powers of ten whose
error is not above that of the solver.  The two take turns, and the ratio is that of each turn.  Then a batch: many
trajectories in one call against one after the other, and trajectories a second.

    python benchmarks/flow.py [--threads 1] [--repeat 5] [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

# (n, k, d, horizon)
CASES = [(20, 3, 2, 1.0), (50, 5, 3, 1.0), (100, 10, 5, 0.5), (200, 8, 2, 1.0)]
BATCH = (256, 20, 3, 2, 1.0)
FINE = 1e-7
ACCURACIES = [10.0**-power for power in range(1, 7)]


class End(NamedTuple):
    """Where a run ended, and what kept it from being on the simplex."""

    prototypes: Any
    q: Any
    lowest: float  # entry of q along the run
    off: float  # largest |sum_j q_j - 1|

    def error(self, other: End) -> float:
        return max(float(abs(self.prototypes - other.prototypes).max()), float(abs(self.q - other.q).max()))


def problem(n: int, k: int, d: int, batch: tuple[int, ...] = ()) -> tuple[Any, Any, Any]:
    """Features, prototypes and an assignment inside the simplex."""
    import torch

    generator = torch.Generator().manual_seed(0)
    z, prototypes, scores = (
        torch.randn(*batch, *size, generator=generator, dtype=torch.float64) for size in ((n, d), (k, d), (n, k))
    )
    return z, prototypes, torch.softmax(scores, -1)


def by_flow(data: tuple[Any, Any, Any], horizon: float, accuracy: float, record: int = 0) -> End:
    """The projected flow."""
    from ddcl_core import ReducedEnergy, projected_gradient_flow

    z, prototypes, q = data
    run = projected_gradient_flow(
        ReducedEnergy(z), prototypes, q, horizon=horizon, accuracy=accuracy, record=record, max_steps=10**8
    )
    return End(
        run.prototypes[-1].numpy(), run.q[-1].numpy(), float(run.q.min()), float((run.q.sum(-1) - 1).abs().max())
    )


def by_solver(data: tuple[Any, Any, Any], horizon: float, rtol: float = 1e-6) -> End:
    """RK45 on dP/dt = -grad_P E, dq/dt = minus grad_q E projected onto the tangent cone where q <= 0."""
    import numpy as np
    from scipy.integrate import solve_ivp

    z, prototypes, q = (tensor.numpy() for tensor in data)
    (n, d), k = z.shape, len(prototypes)
    ranks = np.arange(1, k + 1)

    def field(_: float, y: Any) -> Any:
        p, a = y[: k * d].reshape(k, d), y[k * d :].reshape(n, k)
        down = -np.square(z[:, None] - p[None]).sum(-1)
        inside = a > 0
        order = np.argsort(np.where(inside, -np.inf, -down), axis=1)
        sorted_down, sorted_inside = (np.take_along_axis(x, order, 1) for x in (down, inside))
        free = sorted_inside | (sorted_down * ranks > sorted_down.cumsum(1))
        mean = (sorted_down * free).sum(1, keepdims=True) / free.sum(1, keepdims=True)
        rate = np.where(inside, down - mean, np.maximum(down - mean, 0))
        return np.concatenate([(-2 * (a.sum(0)[:, None] * p - a.T @ z)).ravel(), rate.ravel()])

    run = solve_ivp(field, (0, horizon), np.concatenate([prototypes.ravel(), q.ravel()]), method="RK45", rtol=rtol)
    path = run.y[k * d :].reshape(n, k, -1)
    return End(run.y[: k * d, -1].reshape(k, d), path[..., -1], float(path.min()), float(abs(path.sum(1) - 1).max()))


def seconds(run: Callable[[], Any], shortest: float = 0.02) -> float:
    """Time of one run; short ones are run several times."""
    count = 0
    begun = time.perf_counter()
    while True:
        run()
        count += 1
        if (took := time.perf_counter() - begun) >= shortest:
            return took / count


def turns(slow: Callable[[], Any], fast: Callable[[], Any], repeat: int) -> dict[str, float]:
    """How many times faster the second is, over turns."""
    fast()
    pairs = [(seconds(slow), seconds(fast)) for _ in range(repeat)]
    ratios = [first / second for first, second in pairs]
    return {
        "median": statistics.median(ratios),
        "least": min(ratios),
        "largest": max(ratios),
        "seconds": statistics.median(second for _, second in pairs),
    }


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=5, help="turns that count")
    parser.add_argument("--quick", action="store_true", help="the smallest case and a small batch")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    chosen = parser.parse_args(argv)
    if chosen.threads < 1 or chosen.repeat < 1:
        parser.error("--threads and --repeat must be at least 1")
    os.environ["OMP_NUM_THREADS"] = str(chosen.threads)
    import torch

    from ddcl_core.flow import native

    torch.set_num_threads(chosen.threads)
    record: dict[str, Any] = {"threads": chosen.threads, "native": native.load() is not None, "rows": []}
    print(f"{chosen.threads} threads, compiled flow: {'yes' if record['native'] else 'no'}")
    print("                  error of                 times faster               lowest q, largest |sum q - 1|")
    print("    n   k   d     solver    flow           (least to largest)         solver            flow")
    for n, k, d, horizon in CASES[: 1 if chosen.quick else None]:
        data = problem(n, k, d)
        fine = by_flow(data, horizon, FINE)
        solver = by_solver(data, horizon)
        allowed = solver.error(fine)
        accuracy = next(a for a in ACCURACIES if by_flow(data, horizon, a).error(fine) <= allowed)
        ours = by_flow(data, horizon, accuracy, record=1)
        speed = turns(partial(by_solver, data, horizon), partial(by_flow, data, horizon, accuracy), chosen.repeat)
        print(
            f"{n:>5}{k:>4}{d:>4}  {allowed:>9.1e}{ours.error(fine):>9.1e}  "
            f"{speed['median']:>9.1f} ({speed['least']:.1f} to {speed['largest']:.1f})".ljust(62)
            + f"{solver.lowest:>9.1e} {solver.off:.1e}  {ours.lowest:>7.1e} {ours.off:.1e}",
            flush=True,
        )
        row = {"n": n, "k": k, "d": d, "accuracy": accuracy, "solver_error": allowed, "flow_error": ours.error(fine)}
        record["rows"].append({**row, "speed": speed, "solver_lowest": solver.lowest, "flow_lowest": ours.lowest})
    count, n, k, d, horizon = BATCH
    count = 16 if chosen.quick else count
    z, prototypes, q = problem(n, k, d, (count,))
    speed = turns(
        lambda: [by_flow((z[i], prototypes[i], q[i]), horizon, 1e-4) for i in range(count)],
        lambda: by_flow((z, prototypes, q), horizon, 1e-4),
        chosen.repeat,
    )
    record["batch"] = {"trajectories": count, "speed": speed, "a_second": count / speed["seconds"]}
    print(
        f"{count} trajectories (n {n}, k {k}, d {d}, accuracy 1e-4) in one call: {speed['median']:.1f} times faster than "
        f"one by one, {count / speed['seconds']:.0f} trajectories a second"
    )
    if chosen.json:
        chosen.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
