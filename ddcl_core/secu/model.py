"""An encoder with unit features and one set of unit centres a head."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_count
from ddcl_core.secu.loss import normalise


def head_sizes(n_clusters: int, heads: int | Sequence[int]) -> tuple[int, ...]:
    """Numbers of clusters of the heads: multiples of ``n_clusters``.

    ``heads`` is a number H, for the multiples 1 to H, or the multiples themselves; the first must be 1 and belongs to
    the head that predicts. Source: SeCu, section 4, "Architecture".
    """
    check_count("n_clusters", n_clusters)
    if isinstance(heads, int):
        multiples: Sequence[int] = range(1, check_count("heads", heads) + 1)
    else:
        multiples = tuple(heads)
        if not multiples or any(isinstance(item, bool) or not isinstance(item, int) for item in multiples):
            raise ValueError(f"heads: got {heads!r}, accepted a number or a sequence of integers")
        if multiples[0] != 1 or min(multiples) < 1:
            raise ValueError(f"heads: got {heads!r}, accepted integers of at least 1, the first of them 1")
    return tuple(multiple * n_clusters for multiple in multiples)


class SeCuModel(nn.Module):
    """Encoder and centres of SeCu.

    ``backbone`` maps a batch to (b, f) and ``projector``, if given, goes on to (b, m), m = ``n_features``. ``sizes`` are
    the numbers of clusters of the heads; the first predicts. The centres are parameters with unit rows (k, m), drawn
    uniformly on the sphere from ``generator``; :meth:`project` puts them back after a step.
    """

    def __init__(
        self,
        backbone: nn.Module,
        sizes: Sequence[int],
        n_features: int,
        *,
        projector: nn.Module | None = None,
        generator: torch.Generator,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        check_count("n_features", n_features)
        if not sizes:
            raise ValueError("sizes: got none, accepted at least one number of clusters")
        self.backbone = backbone
        self.projector = nn.Identity() if projector is None else projector
        self.n_features = n_features
        drawn = [torch.randn(check_count("sizes", size), n_features, generator=generator) for size in sizes]
        self.heads = nn.ParameterList([nn.Parameter(normalise(rows.to(dtype))) for rows in drawn])

    @property
    def encoder_parameters(self) -> list[nn.Parameter]:
        """Trainable parameters of the backbone and the projector."""
        both = [*self.backbone.parameters(), *self.projector.parameters()]
        return [parameter for parameter in both if parameter.requires_grad]

    def features(self, x: Tensor) -> Tensor:
        """Unit features of a batch -> (b, m). Raises ValueError if the encoder gives another shape."""
        raw = self.projector(self.backbone(x))
        if raw.dim() != 2 or raw.shape != (x.shape[0], self.n_features):
            raise ValueError(
                f"backbone: got an output of shape {tuple(raw.shape)} for a batch of {x.shape[0]}, "
                f"accepted ({x.shape[0]}, {self.n_features})"
            )
        return normalise(raw)

    def forward(self, x: Tensor) -> Tensor:
        """Similarities ⟨x, w_j⟩ to the centres of the first head -> (b, k)."""
        return self.features(x) @ self.heads[0].mT

    @torch.no_grad()
    def project(self) -> None:
        """Put every centre back on the sphere (the projection of Theorem 1's proof)."""
        for centres in self.heads:
            centres.copy_(normalise(centres))
