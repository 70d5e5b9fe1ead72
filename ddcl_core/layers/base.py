"""What every competitive layer does with its stored prototypes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_floating, check_same_kind
from ddcl_core.functional import soft_assignment, squared_distances


class CompetitiveLayer(nn.Module):
    """A module with ``n_prototypes`` prototypes, stored in ``prototypes`` (k, d) once they are known."""

    n_prototypes: int
    prototypes: Tensor | None

    def stored_prototypes(self) -> Tensor:
        """The prototypes (k, d) that eval mode, :meth:`predict` and :meth:`assign` use.

        Raises RuntimeError while there are none.
        """
        if self.prototypes is None:
            raise RuntimeError(
                "prototypes: none are stored yet; call refresh(batches) or initialise(z), "
                "or train on whole data sets or with estimate='running'"
            )
        return self.prototypes

    @torch.no_grad()
    def predict(self, z: Tensor) -> Tensor:
        """Index of the nearest stored prototype, z (n, d) -> (n,) int64; the lowest index at a tie."""
        prototypes = self._check_new(z)
        return squared_distances(z, prototypes).argmin(-1)

    def assign(self, z: Tensor, temperature: float | Tensor, *, convention: str = "d/T") -> Tensor:
        """Soft assignment q (n, k) of z (n, d) to the stored prototypes (DDCL, equation (8)).

        The temperature has the unit of a squared distance.
        """
        prototypes = self._check_new(z)
        return soft_assignment(z, prototypes, temperature, convention=convention)

    def _check_new(self, z: Tensor) -> Tensor:
        prototypes = self.stored_prototypes()
        check_samples(z)
        check_same_kind("z", z, "the prototypes", prototypes)
        check_features(z, prototypes.shape[1])
        return prototypes


def check_samples(z: Tensor) -> None:
    """Raise ValueError unless z is a floating-point tensor (n, d)."""
    check_floating("z", z, 2)
    if z.dim() != 2:
        raise ValueError(f"z: got shape {tuple(z.shape)}, accepted (n, d)")


def check_features(z: Tensor, n_features: int) -> None:
    """Raise ValueError unless z has ``n_features`` columns."""
    if z.shape[1] != n_features:
        raise ValueError(f"z: got shape {tuple(z.shape)}, accepted (n, {n_features}) as the prototypes")
