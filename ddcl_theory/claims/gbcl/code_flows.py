"""How the claims about the gradient flows call `ddcl_core`: layers trained on the quantisation error in steps of SGD."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core
from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer, initialisation

Batch = Mapping[str, Any]

#: Steps of SGD that a case takes.
STEPS = 2


def _cases(batch: Batch, function: Callable[[Batch], Any]) -> Any:
    """One case after the other, because a layer holds the weights of one."""
    import torch

    count = len(next(iter(batch.values())))
    return torch.stack([function({n: t[i] for n, t in batch.items()}).flatten() for i in range(count)])


def _trained(layer: Any, case: Batch) -> Any:
    """The prototypes after STEPS steps on Σ_n Σ_j q_nj ‖z_n − p_j‖² with the shares q held."""
    import torch

    step = torch.optim.SGD(layer.parameters(), lr=float(case["eta"]))
    for _ in range(STEPS):
        step.zero_grad()
        core.quantization_loss(case["z"], layer(case["z"]), case["q"], reduction="sum").backward()
        step.step()
    return layer(case["z"]).detach()


def base_steps(batch: Batch) -> Any:
    """(cases, k·d): the prototypes of the vanilla layer after the steps."""
    return _cases(batch, lambda case: _trained(VanillaCompetitiveLayer.from_prototypes(case["p"]), case))


def dual_steps(batch: Batch) -> Any:
    """(cases, k·d): the prototypes of the dual layer after the steps."""
    import torch

    def one(case: Batch) -> Any:
        n, k = case["w"].shape
        layer = DualCompetitiveLayer(n, k, estimate="unbiased", dtype=case["w"].dtype, device=case["w"].device)
        with torch.no_grad():
            layer.weights.copy_(case["w"])
        return _trained(layer, case)

    return _cases(batch, one)


def least_norm(batch: Batch) -> Any:
    """(cases, n): the weights of least norm for one prototype."""
    return _cases(batch, lambda case: initialisation.least_norm_weights(case["z"], case["p"][None]))


def _reversed(batch: Batch) -> Batch:
    """The same case with its prototypes in the opposite order."""
    places = {"w": -1, "q": -1, "p": -2}
    return {n: t.flip(places[n]) if n in places else t for n, t in batch.items()}


def _back(rows: Any, batch: Batch) -> Any:
    return rows.unflatten(1, (-1, batch["z"].shape[-1])).flip(1).flatten(1)


def base_steps_reversed(batch: Batch) -> Any:
    return _back(base_steps(_reversed(batch)), batch)


def dual_steps_reversed(batch: Batch) -> Any:
    return _back(dual_steps(_reversed(batch)), batch)


def least_norm_reversed(batch: Batch) -> Any:
    """The samples in the opposite order, and the weights put back."""
    return least_norm({**batch, "z": batch["z"].flip(1)}).flip(1)
