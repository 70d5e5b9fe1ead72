"""Projection on the leading principal components, whitening and l2 normalisation, as DeepCluster prepares features.

Source: Caron et al., "Deep clustering for unsupervised learning of visual features" (2018), §4; DDCL, §3.1, step 1.

With the covariance U diag(v) U^T of the features (divisor n - 1), the whitened feature is diag(v)^(-1/2) U^T (z - mean),
restricted to the m largest v: its covariance over the samples is the identity. A direction in which the samples do not
vary beyond rounding has no such scale; it is mapped to zero instead of its rounding errors being blown up, so the
covariance is then the identity on the other components and zero there.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ddcl_core._validation import check_count, check_floating, check_magnitude, check_same_kind, square_root_bound

# Rows of a tile: no copy of the features in float64 is made.
ROWS = 4096


class Whitening(NamedTuple):
    """A fitted whitening: ``mean`` (d,), ``components`` (m, d) divided by the standard deviation along them, ``rank``.

    ``rank`` counts the components along which the samples varied; the rows of ``components`` after it are zero.
    """

    mean: Tensor
    components: Tensor
    rank: int

    def apply(self, z: Tensor, *, normalise: bool = True) -> Tensor:
        """Whitened features, z (n, d) -> (n, m); with ``normalise`` each row has length 1 (a zero row stays zero)."""
        check_floating("z", z, 2)
        check_same_kind("z", z, "the features of the fit", self.mean)
        if z.shape[-1] != self.mean.shape[0]:
            raise ValueError(f"z: got shape {tuple(z.shape)}, accepted (n, {self.mean.shape[0]})")
        white = (z - self.mean) @ self.components.mT
        return torch.nn.functional.normalize(white, dim=-1) if normalise else white


def fit_whitening(z: Tensor, n_components: int | None = None) -> Whitening:
    """Whitening of the features z (n, d) on ``n_components`` principal components (default: min(n, d)).

    Without normalisation it equals scikit-learn's ``PCA(n_components, whiten=True)`` up to the signs of the components
    wherever the samples vary; the sign is chosen such that the largest entry of a component is positive. Variances
    within rounding of zero, and those of a single sample, count as none. The covariance is summed in float64.
    Raises ValueError for n_components above min(n, d), NaN, infinities, and entries whose square overflows.
    """
    check_floating("z", z, 2)
    if z.dim() != 2:
        raise ValueError(f"z: got shape {tuple(z.shape)}, accepted (n, d)")
    check_magnitude("z", z, square_root_bound(z.dtype, z.shape[-1]))
    n, d = z.shape
    if n_components is None:
        n_components = min(n, d)
    check_count("n_components", n_components)
    if n_components > min(n, d):
        raise ValueError(
            f"n_components: got {n_components}, accepted at most {min(n, d)}, the smaller of n_samples={n} and "
            f"n_features={d}"
        )
    z = z.detach()
    mean, variances, directions = _principal(z, n_components)
    # The smallest variance that is more than what rounding leaves: of the entries of z, then of their covariance.
    entry = torch.finfo(z.dtype).eps * float((z - mean).abs().amax() + mean.abs().amax())
    floor = max(d * entry**2, max(n, d) * torch.finfo(variances.dtype).eps * float(variances[0]))
    varied = variances > floor
    scale = torch.where(varied, variances.clamp(min=torch.finfo(variances.dtype).tiny).rsqrt(), 0.0)
    components = (directions * scale.unsqueeze(-1)).to(device=z.device, dtype=z.dtype)
    return Whitening(mean, components, int(varied.sum()))


def _principal(z: Tensor, m: int) -> tuple[Tensor, Tensor, Tensor]:
    """Mean (d,), the m largest variances in descending order, and the unit directions (m, d) along which they occur."""
    anchor = z[0]
    mean = anchor + (z - anchor).mean(0)
    n, d = z.shape
    if d <= n:
        # MPS has neither float64 nor these decompositions.
        home = torch.device("cpu") if z.device.type == "mps" else z.device
        scatter = torch.zeros(d, d, dtype=torch.float64, device=home)
        for start in range(0, n, ROWS):
            tile = (z[start : start + ROWS] - mean).to(home).double()
            scatter += tile.mT @ tile
        # eigh returns ascending eigenvalues; eigenvectors are columns.
        values, vectors = torch.linalg.eigh(scatter / max(n - 1, 1))
        values, directions = values.flip(0)[:m], vectors.mT.flip(0)[:m]
    else:
        centred = z - mean
        centred = centred.cpu().double() if z.device.type == "mps" else centred.double()
        _, singular, directions = torch.linalg.svd(centred, full_matrices=False)
        values, directions = singular[:m].square() / max(n - 1, 1), directions[:m]
    largest = directions.gather(-1, directions.abs().argmax(-1, keepdim=True))
    return mean, values.clamp(min=0), directions * torch.where(largest < 0, -1.0, 1.0)
