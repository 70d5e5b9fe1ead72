"""The balance E(0) − E(t) = ∫ (‖Ṗ‖² + Σ_n ‖q̇_n‖²) dt along runs with steps h, h/2 and h/4.

The integrator and the trapezoidal rule are of order 2 on smooth stretches, so there what the balance lacks must fall by
four when the step is halved.  A wrong dissipation leaves a part that does not fall (order 0), an integrator of order 1
shows as such.  In a step that meets or leaves a face q̇ jumps, and the trapezoidal rule errs by the jump times a part of
the step that is as good as random: whole runs say only that what is lacking is small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs
from ddcl_theory.claims.ddcl.dynamics.problems import EXTENT, Flow, Problem, problems, with_logarithms

#: The order that each run must show away from changes of face; the integrator's is 2.
LEAST_ORDER = 1.75

#: What the balance of a whole run may lack at the finest step, relative to the energy lost plus 1.
WHOLE_TOLERANCE = 0.1

#: Intervals of the longest step in a run, and that step in units of 1 / curvature.
INTERVALS, LONGEST = 16, 0.06

#: The same with logarithms, whose runs start where the field is steep.
INTERVALS_WITH_LOGARITHMS, LONGEST_WITH_LOGARITHMS = 3, 0.005

#: Rounding of a sum of energies, in units of (machine epsilon) · (size of its terms): less than this shows no order.
FLOOR = 1e4


@dataclass(frozen=True, eq=False)
class Lacking:
    """What the balance lacks in every interval of the longest step, (intervals, b), and where the face stays the same.

    pattern: the support of q at the start of each interval, (intervals, b, n, k).  lost: E(0) − E at the end, (b,).
    """

    amount: Any
    steady: Any
    pattern: Any
    lost: Any
    steps: int


def balances(system: Flow, settings: Settings) -> Runs:
    """The observed order of what the balance lacks, and how much it lacks over whole runs at the finest step."""
    import torch

    away, whole, mismatch, logarithmic = [], [], [], []
    steps = unfinished = 0
    for problem in (*problems(system, settings), with_logarithms(system, settings)):
        found, sums = _in_steady_intervals(system, problem, (1, 2, 4))
        scale = problem.energy.unchecked_scale(problem.prototypes, problem.q)
        telling = sums[2] > FLOOR * torch.finfo(scale.dtype).eps * scale
        logs = problem.energy.balance > 0
        (logarithmic if logs else away).append(torch.log2(sums[1] / sums[2])[telling])
        if not logs:
            whole.append(torch.log2(found[1].amount.sum(0).abs() / found[2].amount.sum(0).abs())[telling])
        mismatch.append((found[2].amount.sum(0).abs() / (1 + found[2].lost.abs()))[telling])
        unfinished += int((~telling).sum())
        steps += sum(f.steps for f in found)
    orders, lacking = torch.cat(away + logarithmic), torch.cat(mismatch)
    margins = torch.minimum(orders - LEAST_ORDER, 1 - lacking / WHOLE_TOLERANCE).tolist()
    detail = (
        f"{steps} steps in threes of h, h/2, h/4. Order observed from h/2 to h/4 away from changes of face: "
        f"{_quantiles(torch.cat(away))}; with logarithms ({sum(len(o) for o in logarithmic)} runs): "
        f"{_quantiles(torch.cat(logarithmic))}; at least {LEAST_ORDER:g} is asked for. Whole runs, changes of face "
        f"included: order {_quantiles(torch.cat(whole))}, and at h/4 the balance lacks {float(lacking.median()):.2g} "
        f"(median), {float(lacking.max()):.2g} (most) of the energy lost plus 1, allowed {WHOLE_TOLERANCE:g}. "
        f"{unfinished} runs are too near rest to show an order"
    )
    return Runs(margins, f"{len(margins)} runs, {EXTENT}", detail, unfinished)


def _in_steady_intervals(system: Flow, problem: Problem, divisions: tuple[int, ...]) -> tuple[list[Lacking], list[Any]]:
    """The runs, and what each lacks in the intervals in which all of them stay on one and the same face, (b,)."""
    found = [_lacking(system, problem, divide) for divide in divisions]
    same = found[0].steady
    for other in found[1:]:
        same = same & other.steady & (other.pattern == found[0].pattern).all(-1).all(-1)
    # Absolute values interval by interval: a sum in which signs cancel would show an order that means nothing.
    return found, [(same * f.amount.abs()).sum(0) for f in found]


def steady_and_whole(system: Flow, problem: Problem, divisions: tuple[int, ...]) -> tuple[list[float], Any, Any]:
    """Steps, and what the balance lacks in steady intervals and in whole runs, (divisions, b)."""
    import torch

    found, sums = _in_steady_intervals(system, problem, divisions)
    whole = torch.stack([f.amount.sum(0).abs() for f in found])
    return [_longest(problem)[1] / divide for divide in divisions], torch.stack(sums), whole


def _longest(problem: Problem) -> tuple[int, float]:
    """The number of intervals and their length, a power of two: the clock adds up without rounding and all runs share its marks."""
    logs = problem.energy.balance > 0
    longest = LONGEST_WITH_LOGARITHMS if logs else LONGEST
    return INTERVALS_WITH_LOGARITHMS if logs else INTERVALS, 2.0 ** math.floor(math.log2(longest / problem.curvature))


def _lacking(system: Flow, problem: Problem, divide: int) -> Lacking:
    """A run of the integrator of `ddcl_core` with the longest step divided by `divide`."""
    from ddcl_core.flow import projected_gradient_flow

    count, step = _longest(problem)
    run = projected_gradient_flow(
        problem.energy,
        problem.prototypes,
        problem.q,
        horizon=count * step,
        step=step / divide,
        max_steps=count * divide,
        record=1,
    )
    rows = count * divide + 1
    times, energies, spent, q = (_filled(v, rows) for v in (run.times, run.energies, run.dissipation, run.q))
    times, spent = times * system.clock, spent * system.reported / system.clock
    amount = energies[:-1] - energies[1:] - (times[1:] - times[:-1]) * (spent[1:] + spent[:-1]) / 2
    on = q > 0
    steady = (on[1:] == on[:-1]).all(-1).all(-1)
    return Lacking(
        amount.unflatten(0, (count, divide)).sum(1),
        steady.unflatten(0, (count, divide)).all(1),
        on[: count * divide : divide],
        energies[0] - energies[-1],
        int(run.accepted.sum()),
    )


def _filled(rows: Any, wanted: int) -> Any:
    """The record with its last row repeated, where all trajectories came to rest before the end."""
    import torch

    return torch.cat([rows, rows[-1:].expand(wanted - rows.shape[0], *rows.shape[1:])])


def _quantiles(values: Any) -> str:
    """The median of the runs, and what all but a hundredth at either end lie between."""
    import torch

    low, middle, high = torch.quantile(values, torch.tensor([0.01, 0.5, 0.99], dtype=values.dtype)).tolist()
    return f"median {middle:.2f} (98 % from {low:.2f} to {high:.2f})"
