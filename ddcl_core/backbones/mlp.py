"""Multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from ddcl_core._validation import check_choice
from ddcl_core.backbones._common import activation_module, check_input, check_rate, check_sizes, seeded

NORMS = ("batch", "layer", "none")


class MLP(nn.Module):
    """Linear layers with a norm, an activation and dropout after each but the last, which is linear alone.

    ``sizes`` = (n_inputs, hidden sizes..., n_features); two sizes give one linear layer. ``norm`` is "batch", "layer"
    or None. A batch (b, n_inputs) gives features (b, n_features).

    In training mode batch normalisation uses the statistics of the batch, which needs b >= 2, and dropout draws from
    torch's global generator; in evaluation mode each row's features depend on that row alone. Weights are drawn from
    ``seed``. Raises ValueError for sizes, names and inputs that are not accepted.

    DDCL, Block 5, uses three layers with batch normalisation and ReLU.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        norm: str | None = "batch",
        activation: str = "relu",
        dropout: float = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.sizes = check_sizes("sizes", sizes, minimum=2)
        norm = "none" if norm is None else norm
        check_choice("norm", norm, NORMS)
        rate = check_rate("dropout", dropout)
        self.n_features = self.sizes[-1]
        steps: list[nn.Module] = []
        with seeded(seed):
            for position, (before, after) in enumerate(zip(self.sizes[:-1], self.sizes[1:], strict=True)):
                steps.append(nn.Linear(before, after))
                if position == len(self.sizes) - 2:
                    break
                if norm != "none":
                    steps.append(nn.BatchNorm1d(after) if norm == "batch" else nn.LayerNorm(after))
                steps.append(activation_module(activation))
                if rate > 0:
                    steps.append(nn.Dropout(rate))
        self.net = nn.Sequential(*steps)

    def forward(self, x: Tensor) -> Tensor:
        """Features (b, n_features) of a batch x (b, n_inputs)."""
        check_input(x, ("b", self.sizes[0]), self)
        return self.net(x)


def mlp(*sizes: int, norm: str | None = "batch", activation: str = "relu", dropout: float = 0.0, seed: int = 0) -> MLP:
    """``MLP(sizes, ...)`` with the sizes written out: ``mlp(784, 256, 64)``."""
    return MLP(sizes, norm=norm, activation=activation, dropout=dropout, seed=seed)
