"""How the claims about assignments call `ddcl_core`: from a batch {name: tensor (cases, …)} to values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]


def _turned(batch: Batch) -> Batch:
    """The same case with its prototypes in the opposite order."""
    return {
        name: value.flip(-2 if name == "p" else -1) if name in ("p", "q") else value for name, value in batch.items()
    }


def assignment(batch: Batch, convention: str = "d/T") -> Any:
    """The soft assignment of one sample, (cases, k)."""
    return core.soft_assignment(batch["z"][:, None], batch["p"], batch["T"][:, None, None], convention=convention)[:, 0]


def assignment_halved(batch: Batch) -> Any:
    return assignment(batch, "d/2T")


def assignment_reversed(batch: Batch) -> Any:
    return assignment(_turned(batch)).flip(-1)


def assignment_halved_reversed(batch: Batch) -> Any:
    return assignment_halved(_turned(batch)).flip(-1)


def free_energy(batch: Batch) -> Any:
    """The least value of the entropic functional."""
    return core.free_energy(batch["z"][:, None], batch["p"], batch["T"][:, None, None], "sum")


def free_energy_reversed(batch: Batch) -> Any:
    return free_energy(_turned(batch))


def covariance(batch: Batch) -> Any:
    """S_q, row by row, (cases, k²)."""
    return core.assignment_covariance(batch["q"][:, None])[:, 0].flatten(1)


def covariance_ambient(batch: Batch) -> Any:
    """S_q by its literal formula."""
    return core.assignment_covariance(batch["q"][:, None], ambient=True)[:, 0].flatten(1)


def covariance_reversed(batch: Batch) -> Any:
    return covariance(_turned(batch)).flip(-1)


def covariance_ambient_reversed(batch: Batch) -> Any:
    return covariance_ambient(_turned(batch)).flip(-1)


def jacobian(batch: Batch) -> Any:
    """∂q_j/∂z_i by automatic differentiation, row by row, (cases, k·d)."""
    import torch

    z = batch["z"].clone().requires_grad_()
    q = assignment({**batch, "z": z})
    rows = [torch.autograd.grad(q[:, j].sum(), z, retain_graph=True)[0] for j in range(q.shape[-1])]
    return torch.stack(rows, 1).flatten(1)


def jacobian_reversed(batch: Batch) -> Any:
    return jacobian(_turned(batch)).reshape(batch["p"].shape).flip(-2).flatten(1)


def trace(batch: Batch) -> Any:
    """tr S_q at the soft assignment, from the covariance."""
    q = assignment(batch)
    return core.assignment_covariance(q[:, None])[:, 0].diagonal(dim1=-2, dim2=-1).sum(-1)


def trace_reversed(batch: Batch) -> Any:
    return trace(_turned(batch))


def force2(batch: Batch) -> Any:
    """‖2PS_q‖_F² at the soft assignment, from the covariance."""
    q = assignment(batch)
    return (2 * core.assignment_covariance(q[:, None])[:, 0] @ batch["p"]).square().sum((-2, -1))


def force2_reversed(batch: Batch) -> Any:
    return force2(_turned(batch))


def dispersion(batch: Batch) -> Any:
    """D_P, the mean squared distance over pairs of prototypes."""
    return -core.separation(batch["p"], "mean")


def dispersion_reversed(batch: Batch) -> Any:
    return dispersion(_turned(batch))
