"""What a layer with prototypes and soft assignments must do, one function a property: (layer under test, z) -> Finding.

Distances between what the layer returns are computed here in float64; 8 + k + d rounding units of them are allowed.
Where a layer is run twice on differently arranged samples, half of the digits must agree.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ddcl_theory.conformance.report import Finding, compared


class Outputs(NamedTuple):
    """prototypes (k, e), q (n, k) and the points (n, e) that are assigned: the samples, or what the layer made of them."""

    prototypes: Tensor
    q: Tensor
    features: Tensor


@dataclass(frozen=True)
class Layer:
    """A layer under test and what is claimed of it.

    module: the instance that is run.  another: makes an instance with other parameters.  exponent: what divides the
    distances in the softmax, or None where no temperature is claimed.  k: the number of prototypes, where claimed.
    """

    module: nn.Module
    another: Callable[[], nn.Module]
    exponent: float | None = None
    k: int | None = None

    def __call__(self, z: Tensor) -> Outputs:
        return quietly(self.module, z, self.k)


def run(module: nn.Module, z: Tensor, k: int | None = None) -> Outputs:
    """What the module returns, as `Outputs`; TypeError where it is something else."""
    raw: Any = module(z)
    if not isinstance(raw, (tuple, list)) or len(raw) not in (2, 3) or not all(isinstance(t, Tensor) for t in raw):
        raise TypeError(f"layer: returned {_described(raw)}, accepted (prototypes, q) or (prototypes, q, features)")
    found = Outputs(raw[0], raw[1], raw[2] if len(raw) == 3 else z)
    p, q, x = (tuple(t.shape) for t in found)
    n = z.shape[0]
    if len(p) != 2 or len(x) != 2 or q != (n, p[0]) or x != (n, p[1]) or (k is not None and p[0] != k):
        wanted = "k" if k is None else str(k)
        raise TypeError(f"layer: returned shapes {p}, {q}, {x}; accepted ({wanted}, e), ({n}, {wanted}), ({n}, e)")
    return found


def quietly(module: nn.Module, z: Tensor, k: int | None = None) -> Outputs:
    """The same without a graph."""
    with torch.no_grad():
        return Outputs(*(t.detach() for t in run(module, z, k)))


def _described(raw: Any) -> str:
    if isinstance(raw, (tuple, list)):
        return f"{len(raw)} things: {', '.join(type(r).__name__ for r in raw)}"
    return type(raw).__name__


def output(layer: Layer, z: Tensor) -> Finding:
    found = layer(z)
    same = all(t.dtype == z.dtype and t.device == z.device for t in found)
    said = ", ".join(f"{t.dtype} on {t.device}" for t in found)
    return Finding(1.0 if same else -math.inf, f"it returns {said} for {z.dtype} on {z.device}")


def finite(layer: Layer, z: Tensor) -> Finding:
    found = layer(z)
    bad = [name for name, t in zip(found._fields, found, strict=True) if not bool(torch.isfinite(t).all())]
    return Finding(-math.inf if bad else 1.0, f"{' and '.join(bad) or 'nothing'} is not finite")


def on_simplex(layer: Layer, z: Tensor) -> Finding:
    q = layer(z).q.double()
    error = max(float(-q.amin()), float((q.sum(-1) - 1).abs().amax()))
    eps = torch.finfo(z.dtype).eps
    return compared(
        error, (8 + q.shape[1]) * eps, f"the least weight is {q.amin():.9g}, row sums reach {_farthest(q.sum(-1)):.9g}"
    )


def ordering(layer: Layer, z: Tensor) -> Finding:
    found = layer(z)
    d, slack = _distances(found)
    q = found.q.double()
    farther = d.unsqueeze(-1) - d.unsqueeze(-2) > 2 * slack
    excess = torch.where(farther, q.unsqueeze(-1) - q.unsqueeze(-2), torch.zeros_like(q).unsqueeze(-1))
    error = float(excess.amax())
    return compared(
        max(error, 0.0), 8 * torch.finfo(z.dtype).eps, f"a farther prototype has a weight that is larger by {error:.9g}"
    )


def assignment(layer: Layer, z: Tensor) -> Finding:
    found = layer(z)
    d, slack = _distances(found)
    exponent = float(layer.exponent or 1.0)
    wanted = torch.softmax(-d / exponent, -1)
    error = float((found.q.double() - wanted).abs().amax())
    allowed = 4 * slack / exponent + 64 * torch.finfo(z.dtype).eps
    return compared(error, allowed, f"q differs by {error:.9g} from the softmax of the distances over {exponent:g}")


def sample_order(layer: Layer, z: Tensor) -> Finding:
    plain, reversed_ = layer(z), layer(z.flip(0))
    return _agree(
        plain,
        Outputs(reversed_.prototypes, reversed_.q.flip(0), reversed_.features.flip(0)),
        "samples in reverse order",
    )


def batch_of_one(layer: Layer, z: Tensor) -> Finding:
    whole, alone = layer(z), layer(z[-1:])
    return _agree(Outputs(whole.prototypes, whole.q[-1:], whole.features[-1:]), alone, "the last sample alone")


def repeatable(layer: Layer, z: Tensor) -> Finding:
    before = z.clone()
    first, second = (Outputs(*(t.clone() for t in layer(z))) for _ in range(2))
    if not torch.equal(before, z):
        return Finding(-math.inf, "it changes the samples")
    same = all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    return Finding(1.0 if same else -math.inf, "two runs in evaluation mode differ")


def gradients(layer: Layer, z: Tensor) -> Finding:
    """In training mode, of a functional that every entry of prototypes and q has a part in, near and at the samples."""
    module = copy.deepcopy(layer.module).train()
    parameters = {name: p for name, p in module.named_parameters() if p.requires_grad}
    if not parameters:
        return Finding(-math.inf, "it has no trainable parameter")
    value = torch.zeros((), dtype=z.dtype, device=z.device)
    for points in (z, z / 64):
        found = run(module, points, layer.k)
        for t in (found.prototypes, found.q):
            value = value + (torch.cos(1 + 1.7 * torch.arange(t.numel(), device=t.device)).reshape(t.shape) * t).sum()
    if not value.requires_grad:
        return Finding(-math.inf, "what it returns is cut off from its parameters")
    found_gradients = torch.autograd.grad(value, list(parameters.values()), allow_unused=True)
    for name, g in zip(parameters, found_gradients, strict=True):
        state = _shortcoming(g)
        if state:
            return Finding(-math.inf, f"the parameter {name} gets {state}")
    return Finding(1.0, "every parameter gets a gradient")


def _shortcoming(g: Tensor | None) -> str:
    if g is None:
        return "no gradient"
    if not bool(torch.isfinite(g).all()):
        return "a NaN or infinite gradient"
    return "" if bool(g.any()) else "a gradient that is zero"


def precision(layer: Layer, z: Tensor) -> Finding:
    """Moved to the other dtype, it answers in that dtype and with the same prototypes to three digits."""
    other = torch.float32 if z.dtype == torch.float64 else torch.float64
    plain = layer(z)
    moved = quietly(copy.deepcopy(layer.module).to(other), z.to(other), layer.k)
    if any(t.dtype != other for t in moved):
        return Finding(-math.inf, f"moved to {other} it returns {', '.join(str(t.dtype) for t in moved)}")
    size = float(plain.prototypes.abs().amax()) or 1.0
    error = float((plain.prototypes.double() - moved.prototypes.double()).abs().amax())
    return compared(error, 1e-3 * size, f"moved to {other} its prototypes change by {error:.9g}")


def state(layer: Layer, z: Tensor) -> Finding:
    """An instance with other parameters that loads the state returns the same bits."""
    second = layer.another().to(z.device, z.dtype).eval()
    with torch.no_grad():
        for t in (*second.parameters(), *second.buffers()):
            if t.is_floating_point():
                t.add_(1)
    second.load_state_dict(layer.module.state_dict())
    first, loaded = layer(z), quietly(second, z, layer.k)
    names = [name for name, a, b in zip(first._fields, first, loaded, strict=True) if not torch.equal(a, b)]
    return Finding(
        -math.inf if names else 1.0, f"after load_state_dict another instance returns other {' and '.join(names)}"
    )


def _distances(found: Outputs) -> tuple[Tensor, float]:
    """Squared distances (n, k) in float64, and how far they may be off in the layer's own dtype."""
    p, x = found.prototypes.double(), found.features.double()
    d = (x.unsqueeze(1) - p.unsqueeze(0)).square().sum(-1)
    points = torch.cat([p, x])
    reach = float(torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist").amax())
    units = 8 + p.shape[0] + p.shape[1]
    eps = torch.finfo(found.prototypes.dtype).eps
    return d, units * eps * (reach**2 + reach * float(points.norm(dim=-1).amax()))


def _agree(a: Outputs, b: Outputs, what: str) -> Finding:
    tolerance = math.sqrt(torch.finfo(a.q.dtype).eps)
    size = max(1.0, float(a.prototypes.abs().amax()))
    moved = float((a.prototypes - b.prototypes).abs().amax()) / size
    changed = float((a.q - b.q).abs().amax())
    return compared(
        max(moved, changed),
        tolerance,
        f"{what}: prototypes move by {moved:.9g} of their size, q changes by {changed:.9g}",
    )


def _farthest(sums: Tensor) -> float:
    """The sum that is farthest from 1."""
    return float(sums[(sums - 1).abs().argmax()])


@dataclass(frozen=True)
class Property:
    """demands: the property in words.  battery: whether it also runs on the degenerate battery."""

    demands: str
    check: Callable[[Layer, Tensor], Finding]
    battery: bool = False


PROPERTIES = {
    "output": Property("outputs have the dtype and the device of the samples", output),
    "finite": Property("no NaN or infinity, degenerate batches included", finite, battery=True),
    "simplex": Property("every row of q is a point of the simplex", on_simplex),
    "ordering": Property("a farther prototype has no larger weight", ordering),
    "assignment": Property("q is the softmax of the negative squared distances over the temperature", assignment),
    "sample-order": Property("the order of the samples does not matter", sample_order),
    "batch-of-one": Property("a sample alone gets what it gets in a batch", batch_of_one),
    "repeatable": Property("two runs in evaluation mode give the same bits", repeatable),
    "gradients": Property("every trainable parameter gets a finite gradient that is not zero", gradients),
    "precision": Property("it can be moved between float32 and float64", precision),
    "state": Property("its state_dict restores it", state),
}
