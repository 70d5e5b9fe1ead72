"""Incremental DDCL: assignments from one coordinate after the other, and prototypes from one batch after the other.

*By coordinates* (DDCL, §4.5, equations (17)-(21)). The paper's prototype matrix has prototypes as columns, and a dual
layer can give it row by row: row t, here r_t in R^k, holds coordinate t of all k prototypes, so r_t is column t of
``prototypes`` (k, d), and r_t = W^T Z[:, t] for native ones. A sample z is to be written as a mixture of prototypes,
min over q in the simplex of |z_{1..t} - P_{1..t} q|^2, with what is known after t rows (17). Row t adds the one
equation r_t.q = z_t, and q answers to its error by a Widrow-Hoff step and a projection:

    e_t = z_t - r_t.q,    q <- Pi(q + mu e_t r_t)                                                   (18)-(20)

Without the projection the error of the equation just used becomes (1 - mu |r_t|^2) e_t, which shrinks iff
0 < mu < 2/|r_t|^2. The projection onto the simplex ignores a multiple of the all-ones vector, so r_t acts through
its part of sum zero, r_t - mean(r_t): if some q* in the simplex solves the equation, then for
0 < mu < 2/|r_t - mean(r_t)|^2 the distance |q - q*| never grows, and it shrinks as long as e_t is not zero. One pass
is one sweep of projected Kaczmarz steps. Repeated over the rows with a constant step it settles near the solution of
(17), at it if z is a mixture of the prototypes; with steps that tend to zero slowly it converges to it.

*By batches* (Block 6). :class:`ddcl_core.online.OnlinePrototypes` makes one gradient step per batch, at a memory of
O(k d).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from ddcl_core._validation import (
    check_choice,
    check_count,
    check_floating,
    check_magnitude,
    check_points,
    check_real,
    check_same_kind,
    check_simplex,
    square_root_bound,
)
from ddcl_core.functional.projections import nearest_on_simplex
from ddcl_core.online import OnlinePrototypes

__all__ = [
    "IncrementalAssignment",
    "OnlinePrototypes",
    "incremental_assignment",
    "incremental_objective",
    "native_rows",
    "step_bound",
    "widrow_hoff_step",
]

STEPS = ("constant", "normalised")


class IncrementalAssignment(NamedTuple):
    """Result of :func:`incremental_assignment`.

    ``q`` (n, k), on the simplex; ``errors`` (m, n), the prediction error e_t of each sample before each of the m
    updates; ``path`` (m, n, k), q after each update, or None if it was not recorded.
    """

    q: Tensor
    errors: Tensor
    path: Tensor | None


def widrow_hoff_step(q: Tensor, row: Tensor, target: Tensor, step: float | Tensor) -> tuple[Tensor, Tensor]:
    """One update (18)-(20): (the new q, the error before it).

    q (n, k) on the simplex, row (k,): one coordinate of all prototypes, target (n,): that coordinate of the samples,
    step mu > 0 in the inverse unit of a squared coordinate (a number, or a tensor that broadcasts against (n,)).
    Returns q (n, k), on the simplex whatever mu is, and e (n,). Raises ValueError for shapes that do not match.
    """
    check_floating("q", q, 2)
    check_simplex(q)
    check_floating("row", row, 1)
    check_same_kind("row", row, "q", q)
    check_floating("target", target, 1)
    check_same_kind("target", target, "q", q)
    if row.shape != q.shape[-1:] or target.shape != q.shape[:-1]:
        raise ValueError(
            f"q, row, target: got shapes {tuple(q.shape)}, {tuple(row.shape)}, {tuple(target.shape)}, "
            "accepted (n, k), (k,), (n,)"
        )
    if not isinstance(step, Tensor):
        step = check_real("step", step, minimum=0.0, strict=True)
    return _update(q, row, target, step)


def step_bound(row: Tensor, *, projected: bool = True) -> float:
    """Step below which an update by ``row`` (k,) cannot move q away from a solution; infinity if no step can.

    2/|r - mean(r)|^2 with the projection, the smaller 2/|r|^2 of Widrow and Hoff without it.
    """
    check_floating("row", row, 1)
    check_magnitude("row", row, square_root_bound(row.dtype, row.shape[-1]))
    power = float((row - row.mean() if projected else row).square().sum())
    return 2 / power if power > 0 else float("inf")


def native_rows(z: Tensor, weights: Tensor) -> Iterator[Tensor]:
    """The rows of the native prototype matrix, one after the other: r_t = W^T z[:, t] (k,), for t = 1..d.

    z (n, d), weights W (n, k). Row t needs coordinate t of the samples only, so q can follow while later coordinates
    are still to come.
    """
    check_floating("z", z, 2)
    check_floating("weights", weights, 2)
    check_same_kind("weights", weights, "z", z)
    if weights.shape[0] != z.shape[0]:
        raise ValueError(f"weights: got shape {tuple(weights.shape)}, accepted ({z.shape[0]}, k) to match z")
    return (weights.mT @ column for column in z.unbind(-1))


def incremental_assignment(
    z: Tensor,
    rows: Tensor | Iterable[Tensor],
    *,
    step: float = 0.5,
    rule: str = "normalised",
    decay: float = 0.0,
    passes: int = 1,
    q: Tensor | None = None,
    record: bool = False,
) -> IncrementalAssignment:
    """Assignments by (18)-(20), a row of the prototype matrix at a time (DDCL, §4.5 and Algorithm 2).

    z (n, d). ``rows`` is a prototype matrix (k, d), whose columns are taken in order, or any iterable of d rows (k,),
    such as :func:`native_rows`, which is consumed as it comes. ``q`` (n, k) is the start, uniform by default.
    ``rule="normalised"`` makes mu = step/|r_t - mean(r_t)|^2, for which 0 < step < 2 is the stable range at any scale
    of the data; "constant" makes mu = step. In pass m = 0, 1, … the step is divided by 1 + decay * m; more than one
    pass needs a matrix. What the result means is said at the top of this module.
    """
    check_floating("z", z, 2)
    if z.dim() != 2:
        raise ValueError(f"z: got shape {tuple(z.shape)}, accepted (n, d)")
    check_magnitude("z", z, square_root_bound(z.dtype, z.shape[-1]))
    check_choice("rule", rule, STEPS)
    step = check_real("step", step, minimum=0.0, strict=True)
    decay = check_real("decay", decay, minimum=0.0)
    check_count("passes", passes)
    if isinstance(rows, Tensor):
        check_points(z, rows)
    elif passes > 1:
        raise ValueError(f"passes: got {passes} with rows that come one by one, accepted 1, or a matrix (k, d)")
    if q is not None:
        check_simplex(q)
    errors, path = [], []
    for number in range(passes):
        size = step / (1 + decay * number)
        count = 0
        for count, row in enumerate(rows.unbind(-1) if isinstance(rows, Tensor) else rows, 1):
            if q is None:
                q = torch.full((z.shape[0], row.shape[-1]), 1 / row.shape[-1], dtype=z.dtype, device=z.device)
            _check_row(row, q, count, z)
            q, error = _update(q, row, z[:, count - 1], _size(row, size, rule))
            errors.append(error)
            if record:
                path.append(q)
        if count != z.shape[-1]:
            raise ValueError(f"rows: got {count}, accepted {z.shape[-1]}, one for each coordinate of z")
    assert q is not None
    return IncrementalAssignment(q, torch.stack(errors), torch.stack(path) if record else None)


def incremental_objective(z: Tensor, prototypes: Tensor, path: Tensor, weights: Tensor | None = None) -> Tensor:
    """Objective (21) of an incremental run: sum_t w_t |z_{1..t} - P_{1..t} q_t|^2, the mean over the samples.

    z (n, d), prototypes (k, d), ``path`` (d, n, k): the assignment q_t after t rows, or one q (n, k) for all t.
    ``weights`` (d,) are at least 0 and do not fall with t, so that what is known later counts more; 1 by default.
    Returns a 0-d tensor in the unit of a squared distance.
    """
    check_points(z, prototypes)
    dimensions = z.shape[-1]
    if weights is None:
        weights = torch.ones(dimensions, dtype=z.dtype, device=z.device)
    check_floating("weights", weights, 1)
    check_same_kind("weights", weights, "z", z)
    if weights.shape != (dimensions,) or bool((weights < 0).any()) or bool((weights.diff() < 0).any()):
        raise ValueError(f"weights: got {weights.tolist()}, accepted {dimensions} numbers, at least 0 and not falling")
    check_floating("path", path, 2)
    check_same_kind("path", path, "z", z)
    check_simplex(path)
    shape = (dimensions, z.shape[0], prototypes.shape[0])
    if tuple(path.shape) not in (shape, shape[1:]):
        raise ValueError(f"path: got shape {tuple(path.shape)}, accepted {shape} or {shape[1:]}")
    if path.dim() == 2:
        # The error of coordinate i takes part in every t >= i.
        errors = (z - path @ prototypes).square().mean(0)
        return (errors * weights.flip(0).cumsum(0).flip(0)).sum()
    total = torch.zeros((), dtype=z.dtype, device=z.device)
    for known, (q, weight) in enumerate(zip(path, weights, strict=True), 1):
        total = total + weight * (z[:, :known] - q @ prototypes[:, :known]).square().sum(-1).mean()
    return total


def _update(q: Tensor, row: Tensor, target: Tensor, step: float | Tensor) -> tuple[Tensor, Tensor]:
    # On the simplex r.q - z = (r - c).q - (z - c): a large common offset would cancel in the difference otherwise.
    middle = row.mean()
    row = row - middle
    error = (target - middle) - q @ row
    return nearest_on_simplex(q + (step * error).unsqueeze(-1) * row), error


def _size(row: Tensor, step: float, rule: str) -> float | Tensor:
    if rule == "constant":
        return step
    power = (row - row.mean()).square().sum()
    # A row of equal entries says nothing about q.
    return torch.where(power > 0, step / power.clamp(min=torch.finfo(row.dtype).tiny), torch.zeros_like(power))


def _check_row(row: Tensor, q: Tensor, count: int, z: Tensor) -> None:
    if count > z.shape[-1]:
        raise ValueError(f"rows: got more than {z.shape[-1]}, accepted one for each coordinate of z")
    check_floating("rows", row, 1)
    check_same_kind("rows", row, "z", z)
    check_same_kind("q", q, "z", z)
    if tuple(q.shape) != (z.shape[0], *row.shape):
        raise ValueError(
            f"rows: got a row of shape {tuple(row.shape)} with q {tuple(q.shape)}, accepted (k,) and (n, k)"
        )
    check_magnitude("rows", row, square_root_bound(row.dtype, row.shape[-1]))
