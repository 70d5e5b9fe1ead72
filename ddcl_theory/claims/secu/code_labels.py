"""How the SeCu claims call `ddcl_core.secu`: from a batch {name: tensor (cases, …)} to (cases, m)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_core.secu import assignment as core

Batch = Mapping[str, Any]


def _objective(c: Any, labels: Any, alpha: float) -> Any:
    """Σ_i c_i,label − α H(labels) in double precision."""
    value = c.double().gather(-1, labels[:, None]).sum()
    return value - alpha * core.size_entropy(labels, c.shape[-1])


def _after(c: Any, labels: Any, alpha: float, rows: int) -> Any:
    """The labels after `rows` of the instances were reassigned by an EntropyConstraint that knows all of them."""
    import torch

    n, k = c.shape
    assigner = core.EntropyConstraint(k, n, weight=alpha / n)
    assigner.load_state_dict({"counts": torch.bincount(labels, minlength=k).tolist()})
    return torch.cat([assigner.assign(c[:rows], labels[:rows]), labels[rows:]])


def _decrease(batch: Batch, rows: int | None) -> Any:
    import torch

    values = []
    for c, y, alpha in zip(batch["c"], batch["y"], batch["alpha"].tolist(), strict=True):
        old = y.argmax(-1)
        new = _after(c, old, alpha, len(c) if rows is None else rows)
        values.append(_objective(c, old, alpha) - _objective(c, new, alpha))
    return torch.stack(values)


def first_decrease(batch: Batch) -> Any:
    """How much L falls when the first instance is reassigned."""
    return _decrease(batch, 1)


def first_decrease_reversed(batch: Batch) -> Any:
    """The same with the clusters in the opposite order."""
    return first_decrease({**batch, "c": batch["c"].flip(-1), "y": batch["y"].flip(-1)})


def pass_decrease(batch: Batch) -> Any:
    """How much L falls when all instances are reassigned in turn."""
    return _decrease(batch, None)


def pass_decrease_reversed(batch: Batch) -> Any:
    return pass_decrease({**batch, "c": batch["c"].flip(-1), "y": batch["y"].flip(-1)})


def pass_increase(batch: Batch) -> Any:
    """Its negative, which a check of non-negative numbers must notice."""
    return -pass_decrease(batch)


def entropy(batch: Batch) -> Any:
    """H(y) of the cluster sizes."""
    import torch

    labels = batch["y"].argmax(-1)
    return torch.tensor([core.size_entropy(row, batch["y"].shape[-1]) for row in labels], dtype=torch.float64)


def entropy_reversed(batch: Batch) -> Any:
    return entropy({"y": batch["y"].flip(-1)})


def _constraint(batch: Batch, case: int, k: int) -> Any:
    """A SizeConstraint with the bounds and the prices of one case."""
    lower, upper = float(batch["gamma"][case]), float(batch["gamma2"][case])
    constraint = core.SizeConstraint(k, lower=lower, upper=upper, rate=float(batch["eta"][case]))
    constraint.load_state_dict(
        {"lower_duals": batch["rho"][case].double(), "upper_duals": batch["rho2"][case].double()}
    )
    return constraint


def lagrangian(batch: Batch) -> Any:
    """Σ_i c_i,label − ρ_label + ρ'_label at the labels that the constraint assigns."""
    import torch

    values = []
    for case, c in enumerate(batch["c"]):
        constraint = _constraint(batch, case, c.shape[-1])
        prices = constraint.lower_duals - constraint.upper_duals
        labels = constraint.assign(c, torch.full((len(c),), core.UNASSIGNED))
        values.append((c.double() - prices).gather(-1, labels[:, None]).sum())
    return torch.stack(values)


def lagrangian_reversed(batch: Batch) -> Any:
    return lagrangian({**batch, **{name: batch[name].flip(-1) for name in ("c", "rho", "rho2")}})


def prices(batch: Batch) -> Any:
    """(ρ, ρ') after a batch with the labels y, which costs of their own make the cheapest."""
    import torch

    values = []
    for case, y in enumerate(batch["y"]):
        constraint = _constraint(batch, case, y.shape[-1])
        constraint.assign(
            constraint.lower_duals - constraint.upper_duals - y.double(), torch.full((len(y),), core.UNASSIGNED)
        )
        values.append(torch.cat([constraint.lower_duals, constraint.upper_duals]))
    return torch.stack(values)


def prices_reversed(batch: Batch) -> Any:
    turned = {**batch, **{name: batch[name].flip(-1) for name in ("y", "rho", "rho2")}}
    k = batch["rho"].shape[-1]
    found = prices(turned)
    import torch

    return torch.cat([found[:, :k].flip(-1), found[:, k:].flip(-1)], -1)
