"""Flows of training: the prototypes follow minus the gradient of a loss at the soft assignment.

Free prototypes: dP/dt = -rate * G(P).  Native ones, P = Z^T W in the papers' columns, prototypes = W^T Z in rows:
dW/dt = -rate * Z G(P)^T.  G is the stopped or full gradient of L_q, L_OLS or V over the data set; T may vary in time.
Integrated by the classical Runge-Kutta method of order 4 with a fixed step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from ddcl_core._validation import (
    broadcast_batches,
    check_choice,
    check_count,
    check_floating,
    check_magnitude,
    check_points,
    check_real,
    check_same_kind,
    check_temperature,
)
from ddcl_core.flow.status import CODES, FlowStatus, read_status
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.assignment import CONVENTIONS, assign
from ddcl_core.functional.losses import free, variance
from ddcl_core.functional.training import LOSSES, MODES, prototype_gradient

PARAMETRISATIONS = ("free", "native")
Temperature: TypeAlias = float | Tensor | Callable[[float], float | Tensor]


@dataclass(frozen=True, eq=False)
class TrainingTrajectory:
    """Recorded states of a training flow; r rows, then the batch axes.

    The losses are means or sums over the samples, as the flow was asked for. ``speed`` is the norm of the time
    derivative of the trained parameter (prototypes, or weights if native).
    """

    times: Tensor  # (r,)
    temperatures: Tensor  # (r,) or (r, ...) as given
    prototypes: Tensor  # (r, ..., k, d)
    weights: Tensor | None  # (r, ..., n, k) if native
    quantization: Tensor  # (r, ...)
    ols: Tensor  # (r, ...)
    variance: Tensor  # (r, ...)
    free_energy: Tensor  # (r, ...)
    speed: Tensor  # (r, ...)
    codes: Tensor  # (...)

    @property
    def status(self) -> FlowStatus | tuple[FlowStatus, ...]:
        """How the trajectory ended; a tuple in row-major order for a batch."""
        return read_status(self.codes)


def training_flow(
    z: Tensor,
    prototypes: Tensor | None,
    temperature: Temperature,
    *,
    weights: Tensor | None = None,
    loss: str = "quantization",
    mode: str = "stopped",
    parametrisation: str = "free",
    reduction: str = "mean",
    convention: str = "d/T",
    rate: float = 1.0,
    horizon: float,
    step: float,
    record: int = 1,
    bound: float | None = None,
) -> TrainingTrajectory:
    """Integrate training with q = softmax(-d/T) over the times 0 to ``horizon``.

    z (..., n, d). parametrisation="free": prototypes (..., k, d), no weights. "native": weights (..., n, k), prototypes
    None. Leading axes are independent trajectories. temperature: number, tensor that broadcasts against (..., n, 1), or
    a function of time that returns either.
    loss: "quantization", "ols" or "variance"; mode: "stopped" or "full"; reduction: "mean" or "sum" over the samples.
    rate: learning rate, at least 0, a factor on the speed. step: upper bound on the step, which divides the horizon.
    record: keep every ``record``-th state, always with the first and the last; 0 keeps only those two.
    bound: norm of the trained parameter beyond which a trajectory ends as UNBOUNDED and stays where it last was inside;
        None takes a million times the norm of the data and the initial parameter.
    Raises ValueError for arguments outside these ranges.
    """
    for name, value, accepted in (
        ("loss", loss, LOSSES),
        ("mode", mode, MODES),
        ("parametrisation", parametrisation, PARAMETRISATIONS),
        ("reduction", reduction, ("mean", "sum")),
        ("convention", convention, tuple(CONVENTIONS)),
    ):
        check_choice(name, value, accepted)
    parameter = _parameter(z, prototypes, weights, parametrisation)
    rate = check_real("rate", rate, minimum=0.0)
    horizon = check_real("horizon", horizon, minimum=0.0)
    step = check_real("step", step, minimum=0.0, strict=True)
    check_count("record", record, minimum=0)
    if bound is not None:
        bound = check_real("bound", bound, minimum=0.0, strict=True)
    field = _Field(z, temperature, loss, mode, parametrisation == "native", reduction, convention, rate)
    with torch.no_grad():
        return _integrate(field, parameter, horizon, step, record, bound)


def _parameter(z: Tensor, prototypes: Tensor | None, weights: Tensor | None, parametrisation: str) -> Tensor:
    wanted, other = ("prototypes", "weights") if parametrisation == "free" else ("weights", "prototypes")
    given = {"prototypes": prototypes, "weights": weights}
    value = given[wanted]
    if value is None or given[other] is not None:
        raise ValueError(
            f"{wanted}, {other}: got parametrisation {parametrisation!r}, accepted {wanted} given and {other} None"
        )
    if parametrisation == "free":
        batch = check_points(z, value)
    else:
        check_floating("z", z, 2)
        check_floating("weights", value, 2)
        check_same_kind("weights", value, "z", z)
        if value.shape[-2] != z.shape[-2]:
            raise ValueError(
                f"weights: got shape {tuple(value.shape)}, accepted (..., {z.shape[-2]}, k) to match z {tuple(z.shape)}"
            )
        check_magnitude("weights", value, torch.finfo(value.dtype).max)
        batch = broadcast_batches(z=z.shape[:-2], weights=value.shape[:-2])
        check_points(z, value.mT @ z)
    return value.expand(*batch, *value.shape[-2:])


@dataclass(frozen=True, eq=False)
class _Field:
    """The vector field of one training flow."""

    z: Tensor
    temperature: Temperature
    loss: str
    mode: str
    native: bool
    reduction: str
    convention: str
    rate: float

    def at(self, time: float) -> float | Tensor:
        value = self.temperature(time) if callable(self.temperature) else self.temperature
        return check_temperature(value, self.z)

    def prototypes(self, parameter: Tensor) -> Tensor:
        return parameter.mT @ self.z if self.native else parameter

    def velocity(self, parameter: Tensor, time: float) -> Tensor:
        temperature, prototypes = self.at(time), self.prototypes(parameter)
        gradient = prototype_gradient(
            self.z, prototypes, temperature, self.loss, self.mode, self.reduction, self.convention
        )
        return -self.rate * (self.z @ gradient.mT if self.native else gradient)


def _integrate(
    field: _Field, parameter: Tensor, horizon: float, step: float, record: int, bound: float | None
) -> TrainingTrajectory:
    count = max(1, math.ceil(horizon / step * (1 - 1e-12)))
    h = horizon / count
    if bound is None:
        norms = field.z.square().sum((-2, -1)).amax().sqrt() + _norm(parameter).amax()
        bound = 1e6 * float(norms + torch.finfo(norms.dtype).tiny)
    # A batch of temperatures makes a batch of trajectories even from one start.
    parameter = parameter.expand(field.velocity(parameter, 0.0).shape)
    codes = torch.zeros_like(_norm(parameter), dtype=torch.int64)
    rows = [_row(field, parameter, 0.0)]
    for index in range(1, count + 1):
        time = horizon * (index - 1) / count
        trial = _runge_kutta(field, parameter, time, h)
        inside = _norm(trial) <= bound
        running = codes == CODES[FlowStatus.RUNNING]
        codes = codes.masked_fill(running & ~inside, CODES[FlowStatus.UNBOUNDED])
        parameter = torch.where((running & inside)[..., None, None], trial, parameter)
        stopped = not bool((codes == CODES[FlowStatus.RUNNING]).any())
        if index == count or stopped or (record and index % record == 0):
            rows.append(_row(field, parameter, horizon * index / count))
        if stopped:
            break
    codes = codes.masked_fill(codes == CODES[FlowStatus.RUNNING], CODES[FlowStatus.HORIZON])
    columns = {name: torch.stack([row[name] for row in rows]) for name in rows[0]}
    return TrainingTrajectory(weights=columns.pop("weights", None), codes=codes, **columns)


def _runge_kutta(field: _Field, parameter: Tensor, time: float, h: float) -> Tensor:
    first = field.velocity(parameter, time)
    second = field.velocity(parameter + h / 2 * first, time + h / 2)
    third = field.velocity(parameter + h / 2 * second, time + h / 2)
    fourth = field.velocity(parameter + h * third, time + h)
    return parameter + h / 6 * (first + 2 * second + 2 * third + fourth)


def _norm(parameter: Tensor) -> Tensor:
    return parameter.square().sum((-2, -1)).sqrt()


def _row(field: _Field, parameter: Tensor, time: float) -> dict[str, Tensor]:
    temperature, prototypes = field.at(time), field.prototypes(parameter)
    distances = kernels.squared_distances(field.z, prototypes)
    q = assign(distances, temperature, field.convention)
    samples = {
        "quantization": (q * distances).sum(-1),
        "ols": kernels.residual(field.z, prototypes, q).square().sum(-1),
        "variance": variance(prototypes, q),
        "free_energy": free(distances, temperature, field.convention),
    }
    row = {name: kernels.reduce_samples(value, field.reduction, -1) for name, value in samples.items()}
    row["times"] = torch.tensor(time, dtype=field.z.dtype, device=field.z.device)
    row["temperatures"] = torch.as_tensor(temperature, dtype=field.z.dtype, device=field.z.device)
    row["prototypes"] = prototypes
    row["speed"] = _norm(field.velocity(parameter, time))
    if field.native:
        row["weights"] = parameter
    return row
