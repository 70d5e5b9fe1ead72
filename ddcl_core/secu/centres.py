"""Centres in closed form: the hardness-aware mean (4) of SeCu and the plain spherical mean (5).

Source: Qian, "Stable Cluster Discrimination for Deep Clustering", Theorem 1 and section 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ddcl_core._validation import check_choice, check_floating, check_points
from ddcl_core.secu.loss import check_labels, check_scalar_temperature, logits, normalise

WEIGHTINGS = ("hardness", "uniform")


def hardness(features: Tensor, centres: Tensor, labels: Tensor, temperature: float | Tensor) -> Tensor:
    """1 - p_i at the own label, in (0, 1): the weight of sample i in its centre (equation (4)).

    features (n, m), centres (k, m), labels (n,) -> (n,). Summed over the other clusters, so that small weights keep
    their relative precision. With k = 1 it is zero.
    """
    check_points(features, centres)
    temperature = check_scalar_temperature(temperature, features)
    check_labels(labels, features, centres.shape[0], soft=False)
    values = logits(features, centres, temperature)
    others = values.scatter(-1, labels.unsqueeze(-1), -torch.inf)
    return (others.logsumexp(-1) - values.logsumexp(-1)).exp()


def closed_form_centres(
    features: Tensor,
    centres: Tensor,
    labels: Tensor,
    temperature: float | Tensor,
    *,
    weighting: str = "hardness",
) -> Tensor:
    """One update of the centres: w_j = Π(Σ_{i: y_i = j} (1 - p_ij) x_i), Π the projection to the sphere (equation (4)).

    features (n, m), centres (k, m), labels (n,) -> (k, m), without gradient. p depends on the centres, so this is a
    step of a fixed-point iteration. At a fixed point the gradient of the stopped loss (3) has no component along the
    sphere. The iteration need not converge, and a fixed point need not be a minimum.

    ``weighting="uniform"`` is the mean (5), the limit of large λ. A centre without samples, or whose sum is zero,
    stays.
    """
    sums = weighted_sums(features, centres, labels, temperature, weighting)
    return centres_from_sums(sums, centres)


def weighted_sums(
    features: Tensor, centres: Tensor, labels: Tensor, temperature: float | Tensor, weighting: str = "hardness"
) -> Tensor:
    """Σ_{i: y_i = j} weight_i x_i, (k, m), without gradient; arguments as in :func:`closed_form_centres`."""
    check_choice("weighting", weighting, WEIGHTINGS)
    with torch.no_grad():
        if weighting == "hardness":
            features = features * hardness(features, centres, labels, temperature).unsqueeze(-1)
        else:
            check_points(features, centres)
            check_labels(labels, features, centres.shape[0], soft=False)
        # A product, not index_add, whose order of summation changes from run to run on CUDA.
        members = torch.nn.functional.one_hot(labels, centres.shape[0]).to(features)
        return members.mT @ features


def centres_from_sums(sums: Tensor, centres: Tensor) -> Tensor:
    """Rows of ``sums`` (k, m) on the sphere; rows of ``centres`` where the sum is zero."""
    check_floating("sums", sums, 2)
    return torch.where((sums != 0).any(-1, keepdim=True), normalise(sums), centres.detach())


class ClosedFormCentres:
    """The sums behind equation (4) over the batches of an epoch so far.

    Each batch adds its samples at the centres of that moment; earlier batches keep the weights they had.
    """

    def __init__(self, weighting: str = "hardness") -> None:
        check_choice("weighting", weighting, WEIGHTINGS)
        self.weighting = weighting
        self.sums: Tensor | None = None

    def start_epoch(self) -> None:
        """Forget the sums."""
        self.sums = None

    def update(self, views: Sequence[Tensor], centres: Tensor, labels: Tensor, temperature: float | Tensor) -> Tensor:
        """Centres (k, m) after the batch with views (b, m) and labels (b,)."""
        added = [weighted_sums(view.detach(), centres, labels, temperature, self.weighting) for view in views]
        total = torch.stack(added).sum(0)
        self.sums = total if self.sums is None else self.sums + total
        return centres_from_sums(self.sums, centres)
