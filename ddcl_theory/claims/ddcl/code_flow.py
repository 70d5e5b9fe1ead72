"""How the claims on the reduced energy call `ddcl_core`: one function a quantity, from a batch to values (cases, m).

A name that ends in "_reversed" passes the prototypes (or entries, or samples) in the opposite order and returns the
values in the original one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]


def tangent(batch: Batch) -> Any:
    """Projection of (a, b) onto the tangent cone at (q, 0 … 0)."""
    import torch

    q = torch.cat([batch["q"], torch.zeros_like(batch["b"])], -1)
    return core.project_tangent_cone(torch.cat([batch["a"], batch["b"]], -1), q)


def tangent_reversed(batch: Batch) -> Any:
    import torch

    q = torch.cat([batch["q"], torch.zeros_like(batch["b"])], -1)
    return core.project_tangent_cone(torch.cat([batch["a"], batch["b"]], -1).flip(-1), q.flip(-1)).flip(-1)


def simplex_point(batch: Batch) -> Any:
    """Projection of v onto the simplex."""
    return core.project_simplex(batch["v"])


def simplex_point_reversed(batch: Batch) -> Any:
    return core.project_simplex(batch["v"].flip(-1)).flip(-1)


def simplex_lowest(batch: Batch) -> Any:
    """The smallest entry of the projection."""
    return simplex_point(batch).amin(-1)


def simplex_lowest_reversed(batch: Batch) -> Any:
    return simplex_point_reversed(batch).amin(-1)


def affine_lowest(batch: Batch) -> Any:
    """The smallest entry after projecting onto Σ = 1 only, which may be negative."""
    v = batch["v"]
    return (v - (v.sum(-1, keepdim=True) - 1) / v.shape[-1]).amin(-1)


def _each(batch: Batch, function: Callable[[Any, Any, Any], Any], **extra: str) -> Any:
    """function(energy, prototypes, q) for each case, because the coefficients of an energy are numbers."""
    import torch

    from ddcl_core.energy import ReducedEnergy

    values = []
    for case in range(batch["z"].shape[0]):
        given = {name: float(batch[source][case]) for name, source in extra.items()}
        energy = ReducedEnergy(z=batch["z"][case], **given)
        values.append(function(energy, batch["p"][case], batch["q"][case]).reshape(-1))
    return torch.stack(values)


SMOOTH = {"separation": "sep", "weight": "weight"}
FULL = {**SMOOTH, "balance": "bal", "entropy": "ent"}


def _swap(batch: Batch) -> Batch:
    return {**batch, "p": batch["p"].flip(-2), "q": batch["q"].flip(-1)}


def energy(batch: Batch) -> Any:
    return _each(batch, lambda e, p, q: e.value(p, q), **SMOOTH)


def energy_reversed(batch: Batch) -> Any:
    return energy(_swap(batch))


def energy_slope(batch: Batch) -> Any:
    """∇_P E, flattened."""
    return _each(batch, lambda e, p, q: e.grad_prototypes(p, q), **SMOOTH)


def energy_slope_reversed(batch: Batch) -> Any:
    d = batch["p"].shape[-1]
    turned = energy_slope(_swap(batch))
    return turned.reshape(turned.shape[0], -1, d).flip(-2).reshape(turned.shape[0], -1)


def assignment_slope(batch: Batch) -> Any:
    """∇_q E with the mean of each row removed, flattened."""
    return _each(batch, lambda e, p, q: _centred(e.grad_q(p, q)), **FULL)


def assignment_slope_reversed(batch: Batch) -> Any:
    k = batch["p"].shape[-2]
    turned = assignment_slope(_swap(batch))
    return turned.reshape(turned.shape[0], -1, k).flip(-1).reshape(turned.shape[0], -1)


def _centred(g: Any) -> Any:
    return g - g.mean(-1, keepdim=True)


def _on_face(batch: Batch, turn: bool = False) -> Batch:
    """One sample whose last prototypes hold no share, in this order or the opposite one."""
    import torch

    p, q = (
        torch.cat([batch["on"], batch["off"]], -2),
        torch.cat([batch["q"], batch["off"].new_zeros(batch["off"].shape[:2])], -1),
    )
    whole = {**batch, "z": batch["z"][:, None], "p": p, "q": q[:, None]}
    return _swap(whole) if turn else whole


def squared_speed(batch: Batch) -> Any:
    """The square of the KKT residual, for one sample on a face."""
    return _each(_on_face(batch), lambda e, p, q: e.kkt_residual(p, q).square(), **SMOOTH)


def squared_speed_reversed(batch: Batch) -> Any:
    return _each(_on_face(batch, turn=True), lambda e, p, q: e.kkt_residual(p, q).square(), **SMOOTH)


def _run(e: Any, p: Any, q: Any) -> Any:
    from ddcl_core.flow import projected_gradient_flow

    return projected_gradient_flow(e, p, q, horizon=0.1, accuracy=1e-2, max_steps=6).q


def flow_lowest(batch: Batch) -> Any:
    """The smallest entry of q along a short run of the flow."""
    return _each(batch, lambda e, p, q: _run(e, p, q).amin(), **SMOOTH)


def flow_lowest_reversed(batch: Batch) -> Any:
    return flow_lowest(_swap(batch))


def unprojected_lowest(batch: Batch) -> Any:
    """The smallest entry of q after a gradient step on R^k, without any projection."""
    return _each(batch, lambda e, p, q: (q - e.grad_q(p, q)).amin(), **SMOOTH)


def flow_mass(batch: Batch) -> Any:
    """The row sum of q that is farthest from 1 along a short run."""

    def farthest(e: Any, p: Any, q: Any) -> Any:
        sums = _run(e, p, q).sum(-1).reshape(-1)
        return sums[(sums - 1).abs().argmax()]

    return _each(batch, farthest, **SMOOTH)


def flow_mass_reversed(batch: Batch) -> Any:
    return flow_mass(_swap(batch))


def threshold(batch: Batch) -> Any:
    """The bound on λ_P that `ddcl_core` gives for k prototypes and pairs i < j."""
    return _each(batch, lambda e, p, q: p.new_tensor(e.coercivity_threshold(p.shape[-2])), **SMOOTH)


def threshold_reversed(batch: Batch) -> Any:
    return threshold({**batch, "z": batch["z"].flip(-2)})


def separation(batch: Batch) -> Any:
    return core.separation(batch["p"])


def separation_reversed(batch: Batch) -> Any:
    return core.separation(batch["p"].flip(-2))


def separation_mean(batch: Batch) -> Any:
    return core.separation(batch["p"], "mean")


def separation_mean_reversed(batch: Batch) -> Any:
    return core.separation(batch["p"].flip(-2), "mean")


def balance(batch: Batch) -> Any:
    return core.balance(batch["q"])


def balance_reversed(batch: Batch) -> Any:
    return core.balance(batch["q"].flip(-1))


def negative_entropy(batch: Batch) -> Any:
    return core.negative_entropy(batch["q"])


def negative_entropy_reversed(batch: Batch) -> Any:
    return core.negative_entropy(batch["q"].flip(-1))


def _training(batch: Batch, mode: str) -> Any:
    return core.training_gradient(
        batch["z"], batch["p"], batch["T"][:, None, None], mode=mode, reduction="sum"
    ).flatten(1)


def _turned(batch: Batch, mode: str) -> Any:
    return (
        core.training_gradient(batch["z"], batch["p"].flip(-2), batch["T"][:, None, None], mode=mode, reduction="sum")
        .flip(-2)
        .flatten(1)
    )


def stopped(batch: Batch) -> Any:
    """The stopped training gradient of the summed L_q."""
    return _training(batch, "stopped")


def stopped_reversed(batch: Batch) -> Any:
    return _turned(batch, "stopped")


def full(batch: Batch) -> Any:
    return _training(batch, "full")


def full_reversed(batch: Batch) -> Any:
    return _turned(batch, "full")


def free_energy(batch: Batch) -> Any:
    return core.free_energy(batch["z"], batch["p"], batch["T"][:, None, None], "sum")


def free_energy_reversed(batch: Batch) -> Any:
    return core.free_energy(batch["z"], batch["p"].flip(-2), batch["T"][:, None, None], "sum")
