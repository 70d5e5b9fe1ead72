"""Spectra of the true Jacobians of training at true equilibria, over learning-rate ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs

#: Ratios of the second learning rate to the first.
RATIOS = tuple(10.0**e for e in range(-3, 4))
#: Imaginary parts below this, relative to the spectral radius, are rounding: row scaling by 1000 makes J far from normal.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class TrainingField:
    """Training with the `mode` gradient of L_q; `joint`: features move too.

    turn: adds to the first two velocities a quarter turn of each other, so that the field is no gradient.
    speed: a common factor of all rates.
    """

    mode: str
    joint: bool = False
    turn: float = 0.0
    speed: float = 1.0


def velocity(field: TrainingField, z: Any, k: int, temperature: float) -> Any:
    """The field of `ddcl_core` on the flattened state: prototypes, then features where they move."""
    import torch

    from ddcl_core.functional import training_gradient, training_gradient_features

    d = z.shape[1]

    def flow(state: Any) -> Any:
        p = state[: k * d].reshape(k, d)
        data = state[k * d :].reshape(z.shape) if field.joint else z
        arguments = (data, p, temperature, "quantization", field.mode, "sum")
        moves = [-training_gradient(*arguments).reshape(-1)]
        if field.joint:
            moves.append(-training_gradient_features(*arguments).reshape(-1))
        v = field.speed * torch.cat(moves)
        turned = torch.stack([v[0] - field.turn * v[1], v[1] + field.turn * v[0]])
        return torch.cat([turned, v[2:]]) if field.turn else v

    return flow


def equilibrium(field: TrainingField, z: Any, k: int, temperature: float, generator: Any) -> Any:
    """A state at rest, stable or not: prototypes at weighted means of their samples, then Newton steps; joint: collapse."""
    import torch

    from ddcl_core.functional import soft_assignment

    p = z[:k] + 0.1 * torch.randn(k, z.shape[1], generator=generator, dtype=z.dtype)
    if field.joint:
        return z.mean(0).repeat(k + z.shape[0])
    for _ in range(60):
        q = soft_assignment(z, p, temperature)
        p = (q.T @ z) / q.sum(0)[:, None]
    state = p.reshape(-1)
    flow = velocity(TrainingField(field.mode), z, k, temperature)
    for _ in range(12):
        jacobian = torch.autograd.functional.jacobian(flow, state)
        state = state - torch.linalg.lstsq(jacobian, flow(state)[:, None], driver="gelsd").solution[:, 0]
    return state


def spectra(field: TrainingField, z: Any, k: int, state: Any, temperature: float, ratios: Sequence[float]) -> list[Any]:
    """Eigenvalues of the Jacobian with the rates of the second half of the state multiplied by each ratio.

    The halves are prototypes and features where features move, otherwise the first prototype and the others.
    """
    import torch

    jacobian = torch.autograd.functional.jacobian(velocity(field, z, k, temperature), state)
    second = torch.arange(state.shape[0]) >= (k * z.shape[1] if field.joint else z.shape[1])
    return [torch.linalg.eigvals(torch.where(second, ratio, 1.0)[:, None] * jacobian) for ratio in ratios]


def spectrum(field: TrainingField, z: Any, k: int, state: Any, temperature: float, ratio: float) -> Any:
    """The eigenvalues at one ratio of rates."""
    return spectra(field, z, k, state, temperature, (ratio,))[0]


def real_spectrum(field: TrainingField, settings: Settings) -> Runs:
    """Margins TOLERANCE − max|Im λ|/max|λ| over random data sets, temperatures and rate ratios."""
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    margins: list[float] = []
    unsettled = 0
    for run in range(settings.profile.trajectories):
        k, d, n = 2 + run % 2, 1 + run % 2, 5 + run % 4
        z = torch.randn(n, d, generator=generator, dtype=torch.float64)
        temperature = (0.05, 0.3, 1.0, 4.0)[run // 2 % 4]
        state = equilibrium(field, z, k, temperature, generator)
        speed = velocity(TrainingField(field.mode, field.joint), z, k, temperature)(state).abs().max()
        if not speed < 1e-8:
            unsettled += 1
            continue
        for values in spectra(field, z, k, state, temperature, RATIOS):
            margins.append(TOLERANCE - float(values.imag.abs().max() / values.abs().max()))
    return Runs(
        margins,
        "k ≤ 3, d ≤ 2, n ≤ 8, float64, 0.05 ≤ T ≤ 4, rate ratios 1/1000 to 1000",
        f"imaginary parts relative to the spectral radius, tolerance {TOLERANCE:g}; {unsettled} starts did not settle and are left out",
    )
