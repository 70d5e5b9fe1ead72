"""How the claims about native prototypes call `ddcl_core`: layers, their gradients and their steps, case by case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core
from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer

Batch = Mapping[str, Any]


def _cases(batch: Batch, function: Callable[[Batch], Any]) -> Any:
    """One case after the other, because a layer holds the weights of one."""
    import torch

    count = len(next(iter(batch.values())))
    return torch.stack([function({n: t[i] for n, t in batch.items()}).flatten() for i in range(count)])


def _dual(case: Batch) -> DualCompetitiveLayer:
    """The dual layer with the weights of a case; batches are whole data sets."""
    import torch

    n, k = case["w"].shape
    layer = DualCompetitiveLayer(n, k, estimate="unbiased", dtype=case["w"].dtype, device=case["w"].device)
    with torch.no_grad():
        layer.weights.copy_(case["w"])
    return layer


def dual_prototypes(batch: Batch) -> Any:
    """(cases, k·d): what the dual layer gives out."""
    return _cases(batch, lambda case: _dual(case)(case["z"]).detach())


def _feature_gradient(batch: Batch, loss: Callable[..., Any], detached: bool) -> Any:
    """∂/∂z of Σ_n L with the prototypes of the dual layer and the assignments of the case, which are constants."""
    import torch

    def one(case: Batch) -> Any:
        z = case["z"].clone().requires_grad_()
        prototypes = _dual(case)(z.detach() if detached else z)
        value = loss(z, prototypes, case["q"], reduction="sum")
        return torch.autograd.grad(value, z)[0]

    return _cases(batch, one)


def quantization_native(batch: Batch) -> Any:
    return _feature_gradient(batch, core.quantization_loss, detached=False)


def ols_native(batch: Batch) -> Any:
    return _feature_gradient(batch, core.ols_loss, detached=False)


def quantization_detached(batch: Batch) -> Any:
    return _feature_gradient(batch, core.quantization_loss, detached=True)


def ols_detached(batch: Batch) -> Any:
    return _feature_gradient(batch, core.ols_loss, detached=True)


def dual_step(batch: Batch) -> Any:
    """The prototypes of the dual layer after a step of SGD along g = ∂L/∂P at the rate of the case."""
    import torch

    def one(case: Batch) -> Any:
        layer = _dual(case)
        step = torch.optim.SGD(layer.parameters(), lr=float(case["eta"]))
        layer(case["z"]).backward(case["g"])
        step.step()
        return layer(case["z"]).detach()

    return _cases(batch, one)


def vanilla_step(batch: Batch) -> Any:
    """The prototypes of the vanilla layer after a step of SGD along g."""
    import torch

    def one(case: Batch) -> Any:
        layer = VanillaCompetitiveLayer.from_prototypes(case["p"])
        step = torch.optim.SGD(layer.parameters(), lr=float(case["eta"]))
        layer().backward(case["g"])
        step.step()
        return layer().detach()

    return _cases(batch, one)


def _renamed(batch: Batch) -> Batch:
    """The same case with its prototypes in the opposite order."""
    places = {"w": -1, "q": -1, "g": -2, "p": -2}
    return {n: t.flip(places[n]) if n in places else t for n, t in batch.items()}


def _back(rows: Any, batch: Batch) -> Any:
    """Prototypes (cases, k·d) in their own order again."""
    return rows.unflatten(1, (-1, batch["g" if "g" in batch else "z"].shape[-1])).flip(1).flatten(1)


def quantization_native_reversed(batch: Batch) -> Any:
    return quantization_native(_renamed(batch))


def ols_native_reversed(batch: Batch) -> Any:
    return ols_native(_renamed(batch))


def quantization_detached_reversed(batch: Batch) -> Any:
    return quantization_detached(_renamed(batch))


def ols_detached_reversed(batch: Batch) -> Any:
    return ols_detached(_renamed(batch))


def dual_prototypes_reversed(batch: Batch) -> Any:
    return _back(dual_prototypes(_renamed(batch)), batch)


def dual_step_reversed(batch: Batch) -> Any:
    return _back(dual_step(_renamed(batch)), batch)


def vanilla_step_reversed(batch: Batch) -> Any:
    return _back(vanilla_step(_renamed(batch)), batch)
