"""Runs of the reduced flow: descent, and how far the prototypes go at, above and below λ_P = k λ_sep.

The integrator of `ddcl_core` refuses steps that raise the energy, so that "E never rises" would test nothing there; the
descent is measured on plain projected gradient steps instead.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs
from ddcl_theory.claims.ddcl.dynamics.problems import EXTENT, Flow, Problem, problems

#: Growth of ‖P‖ over the bound that the energy of the start implies, beyond rounding.
BOUND_SLACK = 1e-6

#: Where no such bound is known: the radius that a run must not leave, in units of 1 + ‖P(0)‖ + ‖Z‖.
REACH = 100.0

#: A run ends when ‖P‖ passes this many times the radius that it must not leave.
BEYOND = 10.0

#: Steps of a long run, by profile.
LONG = {"quick": 800, "standard": 1_200, "thorough": 8_000}

#: Rows that are kept of a long run.
ROWS = 50

#: Plain projected gradient steps, by profile.
STEPS = {"quick": 40, "standard": 100, "thorough": 300}


def long_run(problem: Problem, steps: int, rows: int = ROWS, fine: int = 1, **options: Any) -> Any:
    """A run of the integrator of `ddcl_core` with half the inverse curvature in P as its step.

    Steps chosen by the error would shrink wherever q slides along faces.  rows: how many to keep; fine: takes steps that
    many times shorter.
    """
    from ddcl_core.flow import projected_gradient_flow

    step = 0.5 / problem.curvature / fine
    return projected_gradient_flow(
        problem.energy,
        problem.prototypes,
        problem.q,
        # Half a step more, so that rounding of the clock does not add a step.
        horizon=(steps + 0.5) * step,
        step=step,
        max_steps=steps,
        record=max(1, steps // rows),
        **options,
    )


def descends(system: Flow, settings: Settings) -> Runs:
    """Largest rise of E over plain projected gradient steps x → Π(x − h ∇E) with a step below 1/L, L measured."""
    import torch

    margins: list[float] = []
    count = STEPS[settings.profile.name]
    for problem in problems(system, settings):
        energies = _plain_steps(problem, count, system)
        rise = (energies[1:] - energies[:-1]).amax(0)
        scale = energies.abs().amax(0) + 1
        margins += (64 * torch.finfo(torch.float64).eps * scale - rise).tolist()
    return Runs(
        margins,
        f"{len(margins)} runs, {EXTENT}",
        f"{count} projected gradient steps a run; a rise beyond 64 ulp counts against it",
    )


def _plain_steps(problem: Problem, count: int, system: Flow) -> Any:
    import torch

    from ddcl_core.functional import project_simplex

    energy, p, q = problem.energy, problem.prototypes, problem.q
    n = q.shape[-2]
    rows = [energy.unchecked_value(p, q)]
    for _ in range(count):
        reach = 1 + (p.abs().amax((-2, -1)) + energy.z.abs().amax((-2, -1)))[:, None, None]
        h = 0.02 / (2 * problem.curvature + 8 * n * reach)
        slope_p, slope_q = energy.unchecked_grad_prototypes(p, q), energy.unchecked_grad_q(p, q, floor=0.0)
        p = p - h * slope_p
        q = project_simplex(q - h * slope_q) if system.projected else q - 40 * h * slope_q
        rows.append(energy.unchecked_value(p, q))
    energies = torch.stack(rows)
    return energies.flip(0) if system.clock < 0 else energies


def bounded(system: Flow, settings: Settings) -> Runs:
    """Largest ‖P‖ over runs, against the bound that E(0) implies where λ_P is above k λ_sep, else against `REACH`.

    clock < 0 reads E(0) at the end of the run, as a bound for what came before.
    """
    import torch

    reached, started = [], []
    for problem in problems(system, settings):
        size = _norm(problem.prototypes)
        run = long_run(
            problem,
            LONG[settings.profile.name] // 4,
            bound=BEYOND * REACH * float((1 + size + _norm(problem.energy.z)).max()),
        )
        limit = _limit(problem, run.energies[0 if system.clock > 0 else -1])
        sup = _norm(run.prototypes).amax(0)
        reached.append(sup / limit)
        started.append(sup / (1 + size))
    ratio, grown = torch.cat(reached), torch.cat(started)
    coercive = system.weight == "coercive"
    bound = "what E(0) allows, √(E(0) / (λ_P − k λ_sep))" if coercive else f"{REACH:g} (1 + ‖P(0)‖ + ‖Z‖)"
    detail = (
        f"λ_P {WHERE[system.weight]} k λ_sep: in {int((ratio <= 1 + BOUND_SLACK).sum())} of {len(ratio)} runs ‖P‖ stayed "
        f"below {bound}, and reached {float(ratio.max()):.3g} of it at most; largest ‖P‖ over 1 + ‖P(0)‖: median "
        f"{float(grown.median()):.3g}, most {float(grown.max()):.3g}"
    )
    return Runs((1 + BOUND_SLACK - ratio).tolist(), f"{len(ratio)} runs, {EXTENT}", detail)


#: How λ_P lies to k λ_sep.
WHERE = {"positive": "at 0.1 to 0.6 times", "threshold": "equal to", "coercive": "at 1.05 to 2.05 times"}


def _norm(rows: Any) -> Any:
    return rows.square().sum((-2, -1)).sqrt()


def _limit(problem: Problem, start: Any) -> Any:
    """The radius of the sublevel set of the starting energy: E ≥ (λ_P − k λ_sep) ‖P‖² without logarithms."""
    energy, k = problem.energy, problem.prototypes.shape[-2]
    gap = energy.weight - k * energy.separation
    if gap <= 0:
        return REACH * (1 + _norm(problem.prototypes) + _norm(energy.z))
    return (start / gap).clamp(min=0).sqrt()
