"""What a soft quantisation loss must do, one function a property: (loss under test, case) -> Finding.

Allowed errors are rounding units of the terms that are added: 8 + k + d units of r² + r s, where r is the largest
distance between the points of the case and s the largest norm that occurs (after shifting them, where they are shifted).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ddcl_theory.conformance.cases import Case
from ddcl_theory.conformance.reference import exactly
from ddcl_theory.conformance.report import Finding, compared

#: The shift of `translation`; exact on ordinary cases.
OFFSET = 1000.0

#: Agreement with finite differences, relative to the derivative.
RELATIVE = 1e-3


@dataclass(frozen=True)
class Loss:
    """A loss under test and what is claimed of it.

    kind: which of the known losses it is, or None.  reduction: how a scalar result sums the samples up.
    differentiable: the arguments in which its derivative is that of its value.
    """

    function: Callable[[Tensor, Tensor, Tensor], Any]
    kind: str | None = None
    reduction: str = "mean"
    differentiable: tuple[str, ...] = ("z", "prototypes", "q")

    def raw(self, z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
        """What the loss returns: a tensor () or (n,)."""
        value = self.function(z, prototypes, q)
        if not isinstance(value, Tensor) or tuple(value.shape) not in ((), (z.shape[0],)):
            got = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
            raise TypeError(f"loss: returned {got}, accepted a tensor of shape () or ({z.shape[0]},)")
        return value

    def value(self, z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
        """One number: the scalar result, or per-sample results reduced as claimed."""
        value = self.raw(z, prototypes, q)
        if value.dim() == 0:
            return value
        return value.mean() if self.reduction == "mean" else value.sum()

    def number(self, z: Tensor, prototypes: Tensor, q: Tensor) -> float:
        return float(self.value(z, prototypes, q).detach())


def allowed(case: Case, z: Tensor | None = None, prototypes: Tensor | None = None) -> float:
    """The error that rounding may cause; `z` and `prototypes` where other points than those of the case are passed."""
    points = torch.cat([case.z, case.prototypes]).double()
    shown = points if z is None or prototypes is None else torch.cat([z, prototypes]).double()
    reach = float(torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist").amax())
    units = 8 + case.prototypes.shape[0] + case.prototypes.shape[1]
    return units * torch.finfo(case.z.dtype).eps * (reach**2 + reach * float(shown.norm(dim=-1).amax()))


def output(loss: Loss, case: Case) -> Finding:
    value = loss.raw(case.z, case.prototypes, case.q)
    same = value.dtype == case.z.dtype and value.device == case.z.device
    return Finding(
        1.0 if same else -math.inf, f"it returns {value.dtype} on {value.device} for {case.z.dtype} on {case.z.device}"
    )


def finite(loss: Loss, case: Case) -> Finding:
    value = loss.raw(case.z, case.prototypes, case.q).detach()
    return Finding(
        1.0 if bool(torch.isfinite(value).all()) else -math.inf, f"{case.name}: its value is {value.tolist()}"
    )


def finite_gradient(loss: Loss, case: Case) -> Finding:
    gradients = _gradients(loss, case)
    bad = [name for name, g in gradients.items() if not bool(torch.isfinite(g).all())]
    return Finding(
        -math.inf if bad else 1.0, f"{case.name}: the gradient in {', '.join(bad) or 'every argument'} is not finite"
    )


def repeatable(loss: Loss, case: Case) -> Finding:
    before = [case.z.clone(), case.prototypes.clone(), case.q.clone()]
    first, second = (loss.raw(case.z, case.prototypes, case.q).detach().clone() for _ in range(2))
    if not all(torch.equal(a, b) for a, b in zip(before, (case.z, case.prototypes, case.q), strict=True)):
        return Finding(-math.inf, "it changes its arguments")
    return Finding(
        1.0 if torch.equal(first, second) else -math.inf, f"two calls return {first.tolist()} and {second.tolist()}"
    )


def value(loss: Loss, case: Case) -> Finding:
    """Sample by sample, so that it does not depend on how samples are summed up."""
    worst = Finding(1.0, "")
    for i in range(case.z.shape[0]):
        got = loss.number(case.z[i : i + 1], case.prototypes, case.q[i : i + 1])
        wanted = float(exactly(str(loss.kind), case.z[i], case.prototypes, case.q[i]))
        found = compared(
            abs(got - wanted), allowed(case), f"sample {i} alone: it returns {got!r}, exact arithmetic {wanted!r}"
        )
        worst = min(worst, found, key=lambda f: f.margin)
    return worst


def above_ols(loss: Loss, case: Case) -> Finding:
    got = loss.number(case.z[:1], case.prototypes, case.q[:1])
    least = float(exactly("ols", case.z[0], case.prototypes, case.q[0]))
    return compared(
        max(0.0, least - got), allowed(case), f"sample 0 alone: it returns {got!r}, below ‖z − Pq‖² = {least!r}"
    )


def samples(loss: Loss, case: Case) -> Finding:
    """A scalar is the mean (or the sum) of what the samples give alone; a vector lists it."""
    z, p, q = case.z, case.prototypes, case.q
    whole = loss.raw(z, p, q).detach().double()
    alone = torch.tensor([loss.number(z[i : i + 1], p, q[i : i + 1]) for i in range(z.shape[0])], dtype=torch.float64)
    if whole.dim() == 0:
        wanted = alone.mean() if loss.reduction == "mean" else alone.sum()
        says = f"together it returns {whole.item()!r}, the {loss.reduction} of the samples alone is {wanted.item()!r}"
    else:
        wanted, says = alone, f"together it returns {whole.tolist()}, the samples alone give {alone.tolist()}"
    factor = z.shape[0] if whole.dim() == 0 and loss.reduction == "sum" else 1
    return compared(float((whole.cpu() - wanted).abs().amax()), factor * allowed(case), says)


def translation(loss: Loss, case: Case) -> Finding:
    z, p = case.z + OFFSET, case.prototypes + OFFSET
    return _same(loss, case, z, p, case.q, f"adding {OFFSET:g} to every coordinate")


def rotation(loss: Loss, case: Case) -> Finding:
    return _same(loss, case, _rotated(case.z), _rotated(case.prototypes), case.q, "rotating samples and prototypes")


def permutation(loss: Loss, case: Case) -> Finding:
    return _same(loss, case, case.z, case.prototypes.flip(0), case.q.flip(1), "reversing the order of the prototypes")


def homogeneity(loss: Loss, case: Case) -> Finding:
    plain = loss.number(case.z, case.prototypes, case.q)
    worst = Finding(1.0, "")
    for c in (2.0**-10, 2.0**10):
        scaled = loss.number(c * case.z, c * case.prototypes, case.q) / c**2
        says = f"scaling by {c:g} takes the value from {plain!r} to {c**2:g} times {scaled!r}"
        worst = min(
            worst, compared(abs(scaled - plain), _sum(loss, case) * allowed(case), says), key=lambda f: f.margin
        )
    return worst


def gradient(loss: Loss, case: Case) -> Finding:
    """Directional derivatives against central differences; two steps, whose disagreement is allowed besides."""
    gradients = _gradients(loss, case)
    reach = float(torch.cat([case.z, case.prototypes]).abs().amax()) or 1.0
    worst = Finding(1.0, "")
    for name in loss.differentiable:
        at = getattr(case, name)
        direction = torch.cos(1.7 * torch.arange(at.numel(), dtype=torch.float64)).reshape(at.shape).to(at)
        h = reach * torch.finfo(at.dtype).eps ** 0.25
        if name == "q":
            # Within the simplex, because values there say nothing about derivatives that leave it.
            direction = at * (direction - (at * direction).sum(-1, keepdim=True))
            h = 1 / 8

        def along(t: float, name: str = name, at: Tensor = at, direction: Tensor = direction) -> float:
            moved = {"z": case.z, "prototypes": case.prototypes, "q": case.q} | {name: at + t * direction}
            return loss.number(**moved)

        wide, numeric = ((along(t) - along(-t)) / (2 * t) for t in (h, h / 2))
        exact = float((gradients[name].double() * direction.double()).sum())
        noise = 8 * _sum(loss, case) * allowed(case) / h
        says = f"the derivative in {name} along a direction is {numeric!r} by differences of the value, {exact!r} by autograd"
        tolerance = RELATIVE * max(abs(numeric), abs(exact)) + abs(wide - numeric) + noise
        found = compared(abs(numeric - exact), tolerance, says)
        worst = min(worst, found, key=lambda f: f.margin)
    return worst


def _same(loss: Loss, case: Case, z: Tensor, prototypes: Tensor, q: Tensor, doing: str) -> Finding:
    before, after = loss.number(case.z, case.prototypes, case.q), loss.number(z, prototypes, q)
    says = f"{doing} takes the value from {before!r} to {after!r}"
    return compared(abs(after - before), _sum(loss, case) * allowed(case, z, prototypes), says)


def _sum(loss: Loss, case: Case) -> int:
    """How many samples' errors add up."""
    return case.z.shape[0] if loss.reduction == "sum" else 1


def _rotated(points: Tensor) -> Tensor:
    """Rotations by the angle of the 3-4-5 triangle in all neighbouring planes, then a reflection."""
    columns = list(points.unbind(-1))
    for i in range(len(columns) - 1):
        a, b = columns[i], columns[i + 1]
        columns[i], columns[i + 1] = 0.6 * a - 0.8 * b, 0.8 * a + 0.6 * b
    columns[0] = -columns[0]
    return torch.stack(columns, -1)


def _gradients(loss: Loss, case: Case) -> dict[str, Tensor]:
    """The gradient of the value in every differentiable argument; an argument it does not depend on has gradient 0."""
    tensors = {n: getattr(case, n).clone().requires_grad_(n in loss.differentiable) for n in ("z", "prototypes", "q")}
    wanted = [tensors[n] for n in loss.differentiable]
    found = torch.autograd.grad(loss.value(**tensors), wanted, allow_unused=True)
    return {
        n: torch.zeros_like(t) if g is None else g for n, t, g in zip(loss.differentiable, wanted, found, strict=True)
    }


@dataclass(frozen=True)
class Property:
    """demands: the property in words.  battery: whether it runs on the degenerate battery instead of ordinary cases."""

    demands: str
    check: Callable[[Loss, Case], Finding]
    battery: bool = False


PROPERTIES = {
    "output": Property("a tensor of the dtype and on the device of its arguments", output),
    "repeatable": Property("two calls give the same bits, and the arguments stay as they are", repeatable),
    "finite": Property("no NaN or infinity on degenerate cases", finite, battery=True),
    "finite-gradient": Property("no NaN or infinity in gradients on degenerate cases", finite_gradient, battery=True),
    "value": Property("a single sample's value agrees with exact arithmetic", value),
    "above-ols": Property("a single sample's value is at least ‖z − Pq‖²", above_ols),
    "samples": Property("samples do not interact, and are reduced as claimed", samples),
    "translation": Property("moving samples and prototypes together changes nothing", translation),
    "rotation": Property("rotating samples and prototypes together changes nothing", rotation),
    "permutation": Property("the order of the prototypes does not matter", permutation),
    "homogeneity": Property("scaling all points by c scales the value by c²", homogeneity),
    "gradient": Property("autograd agrees with differences of the value", gradient),
}
