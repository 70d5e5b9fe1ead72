"""Where long runs of the reduced flow end: the KKT residual, and whether they settle at one point.

A finite run can pass slowly by one KKT point on its way to another, so that a run which still moves at the end says
nothing; too many of them void the experiment.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs
from ddcl_theory.claims.ddcl.dynamics.flow_runs import LONG, long_run
from ddcl_theory.claims.ddcl.dynamics.problems import EXTENT, Flow, problems

#: The KKT residual that a run must reach, relative to that of its start plus 1.
RESIDUAL_TOLERANCE = 1e-6

#: A run has settled where the second half of its time adds at most this share of its path.
SETTLED = 1e-6

#: What the length of the steps may add to t · (least residual)², relative to |E(0)| + 1.
STEP_SLACK = 0.05

#: Steps of the runs of which every step is kept.
SHORT = 240


def converges(system: Flow, settings: Settings) -> Runs:
    """KKT residual at the end of long runs, relative to the start; −1 for a run whose prototypes leave every ball."""
    import torch

    margins: list[float] = []
    ends: list[Any] = []
    for problem in problems(system, settings):
        run = long_run(problem, LONG[settings.profile.name], bound=1e9)
        first, last = (0, -1) if system.clock > 0 else (-1, 0)
        residual = run.kkt_residual[last] / (1 + run.kkt_residual[first])
        left = _left(run)
        margins += [-1.0] * int(left.sum())
        margins += (RESIDUAL_TOLERANCE - residual[~left & (residual <= RESIDUAL_TOLERANCE)]).tolist()
        ends.append(residual)
    reached = torch.cat(ends)
    middle, late = torch.quantile(reached, torch.tensor([0.5, 0.9], dtype=reached.dtype)).tolist()
    detail = (
        f"KKT residual at the end over that of the start plus 1: median {middle:.2g}, 90 % below {late:.2g}; below "
        f"{RESIDUAL_TOLERANCE:g} in {int((reached <= RESIDUAL_TOLERANCE).sum())} of {len(reached)} runs; "
        f"{len(reached) - len(margins)} runs were still on their way and are left out"
    )
    return Runs(margins, f"{len(margins)} runs, {EXTENT}", detail, len(reached) - len(margins))


def residual_falls(system: Flow, settings: Settings) -> Runs:
    """t · min over s ≤ t of (KKT residual at s)² along runs, against E(0), relative to |E(0)| + 1."""
    import torch

    margins: list[float] = []
    most = 0.0
    for problem in problems(system, settings):
        # Every step is kept: the residual may rise again between two rows that are far apart.
        run = long_run(problem, SHORT, rows=SHORT, fine=4, bound=1e9)
        spent = run.kkt_residual.cummin(0).values.square() * run.times
        first = run.energies[0]
        margins += (((first - spent) / (1 + first.abs())).amin(0) + STEP_SLACK).tolist()
        most = max(most, float((spent / first.clamp(min=torch.finfo(first.dtype).tiny)).max()))
    detail = (
        f"t · (least residual up to t)² reached at most {most:.3g} of E(0); a run may pass E(0) by {STEP_SLACK:g} of "
        f"E(0) + 1, which the length of its steps can add"
    )
    return Runs(margins, f"{len(margins)} runs, {EXTENT}", detail)


def settles(system: Flow, settings: Settings) -> Runs:
    """The path of (P, Q) in the second half of long runs, as a share of the whole; −1 for a run that leaves every ball."""
    import torch

    margins: list[float] = []
    tails, apart, shrinking = [], [], []
    for problem in problems(system, settings):
        run = long_run(problem, LONG[settings.profile.name], bound=1e9)
        states = torch.cat([run.prototypes.flatten(2), run.q.flatten(2)], -1)
        rows = states.shape[0]
        path = (states[1:] - states[:-1]).norm(dim=-1)
        left = _left(run)
        tail = path[rows // 2 :].sum(0) / path.sum(0).clamp(min=torch.finfo(path.dtype).tiny)
        margins += [-1.0] * int(left.sum())
        margins += (SETTLED - tail[~left & (tail <= SETTLED)]).tolist()
        tails.append(tail)
        apart.append((states[-1] - states[rows // 2]).norm(dim=-1))
        shrinking.append(path[rows // 4 : rows // 2].sum(0) / path[: rows // 4].sum(0))
    share, distance, quarter = torch.cat(tails), torch.cat(apart), torch.cat(shrinking)
    still = len(share) - len(margins)
    settled = share <= SETTLED
    detail = (
        f"path length in the second half of the time at most {SETTLED:g} of the whole in {int(settled.sum())} of "
        f"{len(share)} runs, median {float(share.median()):.2g}; second quarter over first: median "
        f"{float(quarter.median()):.2g}; distance from the state at half time to the last: median "
        f"{float(distance.median()):.2g}, most {float(distance[settled].amax()) if bool(settled.any()) else 0.0:.2g} "
        f"where settled; {still} runs were still on their way and are left out"
    )
    return Runs(margins, f"{len(margins)} runs, {EXTENT}", detail, still)


def _left(run: Any) -> Any:
    """Which runs left every ball, (b,)."""
    import torch

    from ddcl_core.flow import FlowStatus

    ended = run.status if isinstance(run.status, tuple) else (run.status,)
    return torch.tensor([status is FlowStatus.UNBOUNDED for status in ended])
