"""Runs of the reduced flow: dissipation, descent, boundedness and the KKT residual at the end.

The integrator of `ddcl_core` refuses steps that raise the energy, so that "E never rises" would test nothing there; the
descent is measured on plain projected gradient steps instead, and the integrator through the dissipation identity.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs
from ddcl_theory.claims.ddcl.dynamics.problems import Flow, Problem, problems

#: Allowed mismatch of energy lost and dissipation integrated, relative to the energy lost plus 1.
IDENTITY_TOLERANCE = 8e-2

#: The KKT residual that a run must reach, relative to that of its start plus 1.
RESIDUAL_TOLERANCE = 2e-2

#: Growth of ‖P‖ over the bound that the energy of the start implies, beyond rounding.
BOUND_SLACK = 1e-6


def dissipates(system: Flow, settings: Settings) -> Runs:
    """|E(0) − E(t) − ∫ dissipation dt| over runs of the integrator, by the trapezoidal rule on the recorded steps."""
    import torch

    from ddcl_core.flow import projected_gradient_flow

    margins: list[float] = []
    steps = 0
    for problem in problems(system, settings.profile.trajectories, settings.at("problems").stream):
        # The steps for energies with logarithms cost some thirty times more, so these runs are shorter.
        logs = problem.energy.balance > 0
        run = projected_gradient_flow(
            problem.energy,
            problem.prototypes,
            problem.q,
            horizon=0.1 if logs else 0.5,
            accuracy=1e-3 if logs else 3e-4,
            max_steps=2_000,
        )
        times, spent = run.times * system.clock, run.dissipation * system.reported / system.clock
        lost = run.energies[0] - run.energies
        integral = torch.cumulative_trapezoid(spent, times, dim=0) if times.shape[0] > 1 else spent[:0]
        mismatch = (lost[1:] - integral).abs().amax(0) / (1 + lost[-1].abs())
        margins += (IDENTITY_TOLERANCE - mismatch).tolist()
        steps += int(run.accepted.sum())
    return Runs(margins, _scope(margins), f"{steps} steps; tolerance {IDENTITY_TOLERANCE:g} of the energy lost plus 1")


def descends(system: Flow, settings: Settings) -> Runs:
    """Largest rise of E over plain projected gradient steps x → Π(x − h ∇E) with a step below 1/L, L measured."""
    import torch

    margins: list[float] = []
    count = 60 if settings.profile.name == "quick" else 300
    for problem in problems(system, settings.profile.trajectories, settings.at("problems").stream, logarithms=False):
        energies = _plain_steps(problem, count, system)
        rise = (energies[1:] - energies[:-1]).amax(0)
        scale = energies.abs().amax(0) + 1
        margins += (64 * torch.finfo(torch.float64).eps * scale - rise).tolist()
    return Runs(
        margins, _scope(margins), f"{count} projected gradient steps a run; a rise beyond 64 ulp counts against it"
    )


def _plain_steps(problem: Problem, count: int, system: Flow) -> Any:
    import torch

    from ddcl_core.functional import project_simplex

    energy, p, q = problem.energy, problem.prototypes, problem.q
    n, k = q.shape[-2:]
    rows = [energy.unchecked_value(p, q)]
    for _ in range(count):
        reach = 1 + p.abs().amax() + energy.z.abs().amax()
        h = float(0.02 / (n + 2 * k * energy.separation + 2 * energy.weight + 8 * n * reach))
        slope_p, slope_q = energy.unchecked_grad_prototypes(p, q), energy.unchecked_grad_q(p, q, floor=0.0)
        p = p - h * slope_p
        q = project_simplex(q - h * slope_q) if system.projected else q - 40 * h * slope_q
        rows.append(energy.unchecked_value(p, q))
    energies = torch.stack(rows)
    return energies.flip(0) if system.clock < 0 else energies


def bounded(system: Flow, settings: Settings) -> Runs:
    """Largest ‖P‖ over runs against the bound that E(0) implies if λ_P is above the threshold; else against 10⁴.

    clock < 0 reads E(0) at the end of the run, as a bound for what came before.
    """
    from ddcl_core.flow import projected_gradient_flow

    margins: list[float] = []
    for problem in problems(system, settings.profile.trajectories, settings.at("problems").stream, logarithms=False):
        run = projected_gradient_flow(
            problem.energy,
            problem.prototypes,
            problem.q,
            horizon=40.0,
            accuracy=5e-2,
            max_steps=100,
            record=4,
            bound=1e9,
        )
        reached = run.prototypes.square().sum((-2, -1)).amax(0).sqrt()
        start = run.energies[0 if system.clock > 0 else -1]
        margins += (_limit(problem, start) * (1 + BOUND_SLACK) - reached).tolist()
    detail = "bound: ‖P‖² ≤ (E(0) + entropy slack) / (λ_P − k λ_sep) above the threshold, 10⁴ below it"
    return Runs(margins, _scope(margins), detail)


def _limit(problem: Problem, start: Any) -> Any:
    """The radius of the sublevel set of the starting energy: E ≥ (λ_P − k λ_sep) ‖P‖² − |λ_ent| log k."""
    import math

    import torch

    energy, k = problem.energy, problem.prototypes.shape[-2]
    gap = energy.weight - k * energy.separation
    if gap <= 0:
        return torch.full_like(start, 1e4)
    return ((start + abs(energy.entropy) * math.log(k)) / gap).clamp(min=0).sqrt()


def converges(system: Flow, settings: Settings) -> Runs:
    """KKT residual at the end of long runs, relative to the start; −1 for a run whose prototypes leave every ball.

    A run whose steps are used up above the tolerance says nothing either way; too many of them void the experiment.
    """
    from ddcl_core.flow import FlowStatus, projected_gradient_flow

    margins: list[float] = []
    unfinished = 0
    for problem in problems(system, settings.profile.trajectories, settings.at("problems").stream, logarithms=False):
        n, k = problem.q.shape[-2:]
        # A step of half the inverse curvature in P: steps chosen by the error would shrink wherever q slides along faces.
        step = 0.5 / (n + problem.energy.weight + k * problem.energy.separation)
        run = projected_gradient_flow(
            problem.energy,
            problem.prototypes,
            problem.q,
            horizon=400.0,
            step=step,
            max_steps=400,
            tolerance=RESIDUAL_TOLERANCE,
            record=0,
            bound=1e9,
        )
        first, last = (0, -1) if system.clock > 0 else (-1, 0)
        residual = run.kkt_residual[last] / (1 + run.kkt_residual[first])
        for status, reached in zip(_statuses(run), residual.tolist(), strict=True):
            if status in (FlowStatus.MAX_STEPS, FlowStatus.STALLED) and reached > RESIDUAL_TOLERANCE:
                unfinished += 1
            else:
                margins.append(-1.0 if status is FlowStatus.UNBOUNDED else RESIDUAL_TOLERANCE - reached)
    detail = f"residual at the end below {RESIDUAL_TOLERANCE:g} of the first plus 1; {unfinished} runs used up their steps and are left out"
    return Runs(margins, _scope(margins), detail, unfinished)


def _statuses(run: Any) -> tuple[Any, ...]:
    return run.status if isinstance(run.status, tuple) else (run.status,)


def _scope(margins: list[float]) -> str:
    return f"{len(margins)} runs, n ≤ 6, k ≤ 4, d ≤ 3, float64"
