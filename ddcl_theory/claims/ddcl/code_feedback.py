"""How the claims call `ddcl_core` for the feedback quantities D_P and U_q, from a batch {name: tensor (cases, …)}."""

from __future__ import annotations

from typing import Any

from ddcl_core import functional as core
from ddcl_theory.claims.ddcl.code import Batch


def separation(batch: Batch) -> Any:
    """D_P: L_sep as the mean over the pairs is its negative."""
    return -core.separation(batch["p"], "mean")


def separation_reversed(batch: Batch) -> Any:
    return separation({**batch, "p": batch["p"].flip(-2)})


def uncertainty(batch: Batch) -> Any:
    """tr S_q at the soft assignment of one sample, with one temperature a case."""
    q = core.soft_assignment(batch["z"][:, None], batch["p"], batch["T"][:, None, None])[:, 0]
    return core.assignment_covariance(q).diagonal(dim1=-2, dim2=-1).sum(-1)


def uncertainty_reversed(batch: Batch) -> Any:
    return uncertainty({**batch, "p": batch["p"].flip(-2)})
