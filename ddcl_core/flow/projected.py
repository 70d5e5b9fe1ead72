"""Projected gradient flow of the reduced energy (DDCL, equations (42)-(43)).

dP/dt = -grad_P E and dq_n/dt = Pi_{T(q_n)}(-grad_{q_n} E), Pi the projection onto the tangent cone of the simplex.
The steps are those of :mod:`ddcl_core.flow.heun`, or of :mod:`ddcl_core.flow.entropic` when the energy has logarithms
that repel from the boundary (without any logarithm, in :mod:`ddcl_core.flow.native` where it can be built); all are of
order 2 on smooth stretches and stay on the simplex. This file chooses their
lengths, refuses a step that raises the energy by more than rounding, and keeps the record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ddcl_core._validation import check_assignment, check_count, check_real
from ddcl_core.energy import ReducedEnergy
from ddcl_core.flow import native
from ddcl_core.flow.entropic import entropic_step, needs_entropic_step
from ddcl_core.flow.heun import heun_step
from ddcl_core.flow.state import State, evaluate, predicted_change, select
from ddcl_core.flow.status import CODES, FlowStatus, read_status
from ddcl_core.functional.projections import nearest_on_simplex

# Accepted rise of the energy, in units of (machine epsilon) * (sum of the absolute values of its terms).
ROUNDING_ULPS = 16.0


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Recorded states of the projected flow; r rows, then the batch axes of the trajectories.

    A trajectory that ended, or whose step was refused, repeats its last state. ``dissipation`` is
    |dP/dt|^2 + sum_n |dq_n/dt|^2, which equals -dE/dt along the exact flow (equation (46)).
    ``accepted`` and ``refused`` count the steps of each trajectory.
    """

    times: Tensor  # (r, ...)
    energies: Tensor  # (r, ...)
    prototypes: Tensor  # (r, ..., k, d)
    q: Tensor  # (r, ..., n, k)
    dissipation: Tensor  # (r, ...)
    codes: Tensor  # (...)
    accepted: Tensor  # (...)
    refused: Tensor  # (...)

    @property
    def kkt_residual(self) -> Tensor:
        """Square root of the dissipation, shape (r, ...): zero exactly at the KKT points."""
        return self.dissipation.sqrt()

    @property
    def status(self) -> FlowStatus | tuple[FlowStatus, ...]:
        """How the trajectory ended; a tuple in row-major order for a batch."""
        return read_status(self.codes)

    @property
    def message(self) -> str:
        """The status, or the distinct statuses of a batch, as sentences."""
        status = self.status
        members = (status,) if isinstance(status, FlowStatus) else tuple(dict.fromkeys(status))
        return "; ".join(member.message for member in members)


@dataclass(frozen=True)
class _Settings:
    horizon: float
    step: float | None
    accuracy: float
    tolerance: float
    max_steps: int
    record: int
    bound: float


def projected_gradient_flow(
    energy: ReducedEnergy,
    prototypes: Tensor,
    q: Tensor,
    *,
    horizon: float,
    step: float | None = None,
    accuracy: float = 1e-6,
    tolerance: float = 0.0,
    max_steps: int = 100_000,
    record: int = 1,
    bound: float | None = None,
) -> Trajectory:
    """Integrate (42)-(43) from (prototypes, q) over the times 0 to ``horizon``.

    prototypes (..., k, d) and q (..., n, k) on the simplex; leading axes are independent trajectories, each with its
    own step size. Every recorded q is non-negative and sums to 1 within a few ulp (so is the first: it is the nearest
    point of the simplex to the given q), and in one step the energy never rises by more than 16 eps times the sum of
    the absolute values of its terms.

    step: fixed step, halved only where the energy would rise; None chooses steps by the local error.
    accuracy: distance allowed between the embedded solution of order 1 and the one of order 2 in a step, in the unit
        1 + the largest entry of the prototypes, and absolute in q (used when step is None).
    tolerance: a trajectory ends as CONVERGED when its KKT residual is at most this.
    max_steps: limit on attempted steps.
    record: keep every ``record``-th attempt, always with the first and the last state; 0 keeps only those two.
    bound: Frobenius norm of the prototypes beyond which a trajectory ends as UNBOUNDED; None takes a million times the
        norm of data and initial prototypes.

    Where q_nj = 0, the recorded dissipation takes the logarithms of the entropy and balance terms of the smallest
    normal number, so that it stays finite where E has infinite slope.
    Raises ValueError for arguments outside these ranges.
    """
    check_assignment(energy.z, prototypes, q)
    settings = _Settings(
        horizon=check_real("horizon", horizon, minimum=0.0),
        step=None if step is None else check_real("step", step, minimum=0.0, strict=True),
        accuracy=check_real("accuracy", accuracy, minimum=0.0, strict=True),
        tolerance=check_real("tolerance", tolerance, minimum=0.0),
        max_steps=check_count("max_steps", max_steps),
        record=check_count("record", record, minimum=0),
        bound=_default_bound(energy, prototypes)
        if bound is None
        else check_real("bound", bound, minimum=0, strict=True),
    )
    with torch.no_grad():
        return _integrate(energy, prototypes, q, settings)


def _default_bound(energy: ReducedEnergy, prototypes: Tensor) -> float:
    norms = (
        energy.z.detach().square().sum((-2, -1)).amax().sqrt()
        + prototypes.detach().square().sum((-2, -1)).amax().sqrt()
    )
    return 1e6 * float(norms + torch.finfo(norms.dtype).tiny)


def _integrate(energy: ReducedEnergy, prototypes: Tensor, q: Tensor, settings: _Settings) -> Trajectory:
    advance = entropic_step if needs_entropic_step(energy) else heun_step
    batch = np.broadcast_shapes(energy.z.shape[:-2], prototypes.shape[:-2], q.shape[:-2])
    start_q = nearest_on_simplex(q).expand(*batch, *q.shape[-2:])
    state = evaluate(energy, prototypes.expand(*batch, *prototypes.shape[-2:]), start_q)
    eps, horizon = torch.finfo(q.dtype).eps, settings.horizon
    time = torch.zeros_like(state.energy)
    steps = _first_step(state, settings)
    accepted, refused = torch.zeros_like(time, dtype=torch.int64), torch.zeros_like(time, dtype=torch.int64)
    codes = _close(torch.zeros_like(accepted), state, time, settings)
    if native.handles(energy, q):
        return _integrate_natively(energy, state, steps, codes, settings)
    rows, fresh = [(time, state)], False
    for attempt in range(1, settings.max_steps + 1):
        running = codes == CODES[FlowStatus.RUNNING]
        if not bool(running.any()):
            break
        remaining = horizon - time
        # A last sliver shorter than rounding would leave the clock short of the horizon for ever.
        closing = steps >= remaining * (1 - 4 * eps)
        used = torch.where(closing, remaining, steps)
        trial, error = advance(energy, state, used)
        slack = ROUNDING_ULPS * eps * energy.unchecked_scale(trial.prototypes, trial.q)
        finite = trial.energy.isfinite() & trial.speed.isfinite()
        # Where the change of the energy drowns in rounding, the slopes at both ends tell descent from instability.
        falls = (trial.energy < state.energy - slack) | (predicted_change(trial, state) <= slack * eps**0.5)
        descends = finite & (trial.energy <= state.energy + slack) & falls
        ratio = error / settings.accuracy
        good = descends if settings.step is not None else descends & (ratio <= 1)
        move = running & good
        state = select(move, trial, state)
        time = torch.where(move, torch.where(closing, torch.full_like(time, horizon), time + used), time)
        accepted, refused = accepted + move, refused + (running & ~good)
        steps = _next_step(steps, used, good, descends, ratio, settings.step)
        codes = _close(codes, state, time, settings)
        # A step that no longer moves the clock: an energy that is not finite has blown up, otherwise rounding rules.
        stuck = (codes == CODES[FlowStatus.RUNNING]) & ~good & (time + steps == time) & (steps <= eps * eps * horizon)
        codes = torch.where(stuck, torch.where(finite, CODES[FlowStatus.STALLED], CODES[FlowStatus.UNBOUNDED]), codes)
        fresh = fresh or bool(move.any())
        if fresh and settings.record and attempt % settings.record == 0:
            rows.append((time, state))
            fresh = False
    if fresh:
        rows.append((time, state))
    codes = codes.masked_fill(codes == CODES[FlowStatus.RUNNING], CODES[FlowStatus.MAX_STEPS])
    return Trajectory(
        times=torch.stack([row[0] for row in rows]),
        energies=torch.stack([row[1].energy for row in rows]),
        prototypes=torch.stack([row[1].prototypes for row in rows]),
        q=torch.stack([row[1].q for row in rows]),
        dissipation=torch.stack([row[1].speed.square() for row in rows]),
        codes=codes,
        accepted=accepted,
        refused=refused,
    )


def _integrate_natively(
    energy: ReducedEnergy, state: State, steps: Tensor, codes: Tensor, settings: _Settings
) -> Trajectory:
    """The loop of :func:`_integrate` in the compiled kernel, which comes back for each row of the record."""
    flow = native.Integrator(
        energy,
        state,
        steps,
        codes,
        horizon=settings.horizon,
        step=settings.step,
        accuracy=settings.accuracy,
        tolerance=settings.tolerance,
        bound=settings.bound,
        ulps=ROUNDING_ULPS,
    )

    def row() -> tuple[Tensor, ...]:
        return tuple(tensor.clone() for tensor in (flow.time, flow.energy, flow.prototypes, flow.q, flow.speed))

    rows, left = [row()], settings.max_steps
    while left > 0 and bool((flow.codes == CODES[FlowStatus.RUNNING]).any()):
        attempts = min(settings.record or left, left)
        if flow.advance(attempts):
            rows.append(row())
        left -= attempts
    times, energies, prototypes, q, speeds = (torch.stack(column) for column in zip(*rows, strict=True))
    return Trajectory(
        times=times,
        energies=energies,
        prototypes=prototypes,
        q=q,
        dissipation=speeds.square(),
        codes=flow.codes.masked_fill(flow.codes == CODES[FlowStatus.RUNNING], CODES[FlowStatus.MAX_STEPS]),
        accepted=flow.accepted,
        refused=flow.refused,
    )


def _first_step(state: State, settings: _Settings) -> Tensor:
    """The fixed step, or one that moves the state by about the square root of the accuracy."""
    if settings.step is not None:
        return torch.full_like(state.energy, settings.step)
    tiny = torch.finfo(state.speed.dtype).tiny
    step: Tensor = settings.accuracy**0.5 / (state.speed + tiny)
    return step.clamp(max=max(settings.horizon, tiny))


def _next_step(
    steps: Tensor, used: Tensor, good: Tensor, descends: Tensor, ratio: Tensor, fixed: float | None
) -> Tensor:
    """Halve after a rise of the energy; otherwise scale by the error, of order h^2, or return to the fixed step."""
    if fixed is not None:
        return torch.where(good, torch.full_like(steps, fixed), used / 2)
    factor = (0.9 / ratio.clamp(min=1e-12).sqrt()).clamp(min=0.2, max=4.0)
    scaled = used * torch.where(good, factor, factor.clamp(max=0.9))
    return torch.where(descends, scaled, used / 2)


def _close(codes: Tensor, state: State, time: Tensor, settings: _Settings) -> Tensor:
    """End the running trajectories that are unbounded, converged or at the horizon, in this order."""
    norm = state.prototypes.square().sum((-2, -1)).sqrt()
    for condition, status in (
        (~(norm <= settings.bound), FlowStatus.UNBOUNDED),
        (state.speed <= settings.tolerance, FlowStatus.CONVERGED),
        (time >= settings.horizon, FlowStatus.HORIZON),
    ):
        codes = torch.where((codes == CODES[FlowStatus.RUNNING]) & condition, CODES[status], codes)
    return codes
