"""Transformer encoders of sequences of vectors (DDCL, Section 6.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from ddcl_core._validation import check_choice, check_count
from ddcl_core.backbones._common import activation_module, check_input, check_rate, seeded
from ddcl_core.backbones._sequences import Samples, as_samples, pool, valid_steps
from ddcl_core.backbones.multiscale import check_taps

LEVELS = ("class", "mean", "token")
POSITIONS = ("sinusoidal", "none")


class Block(nn.Module):
    """Self-attention and a two-layer perceptron, each after a layer norm and beside an identity."""

    def __init__(self, width: int, n_heads: int, n_feedforward: int, activation: str, dropout: float) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, n_feedforward), activation_module(activation), nn.Linear(n_feedforward, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, keys: Tensor) -> Tensor:
        """x (b, t, width); ``keys`` (b, t) is True where a token may be attended to."""
        batch, tokens, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(batch, tokens, 3, self.n_heads, width // self.n_heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=keys[:, None, None, :])
        x = x + self.dropout(self.out(mixed.transpose(1, 2).reshape(batch, tokens, width)))
        return x + self.dropout(self.mlp(self.norm2(x)))


class Encoded(NamedTuple):
    """Tokens (b, t, d) without the class token, the class token (b, d) if there is one, and the mask (b, t)."""

    tokens: Tensor
    class_token: Tensor | None
    valid: Tensor


class TransformerEncoder(nn.Module):
    """Transformer encoder (layer norms first) of sequences of vectors: token embeddings, image patches, measurements.

    A batch x (b, t, n_inputs) is embedded linearly in ``width`` dimensions, with sinusoidal positions or none (then the
    order of the tokens does not count), and passes ``n_layers`` blocks and a final layer norm. Which tokens count is
    said by ``lengths`` (b,), by a bool ``mask`` (b, t), True where valid (any pattern), or by the ``padding`` value, as
    for :class:`RecurrentEncoder`. Padded content is set to zero before anything is computed and is never attended to.

    ``level`` says what a call returns: "class" the class token (b, width), a learned token put before the others;
    "mean" the mean of the valid tokens (b, width); "token" the valid tokens as samples (m, width). :meth:`tokens` gives
    the valid tokens with their sequences and positions at any level, :class:`LayerWise` the features of several
    layers. Only ``level="class"`` has a class token.

    Dropout acts in training mode only and draws from torch's global generator. Weights are drawn from ``seed``.
    Raises ValueError for ranks, lengths and masks that do not fit.

    Sources: A. Vaswani et al., "Attention is all you need", NeurIPS 2017 (positions: Section 3.5); R. Xiong et al.,
    "On layer normalization in the transformer architecture", ICML 2020.
    """

    def __init__(
        self,
        n_inputs: int,
        width: int = 64,
        *,
        n_heads: int = 4,
        n_layers: int = 2,
        n_feedforward: int | None = None,
        level: str = "class",
        positions: str = "sinusoidal",
        activation: str = "gelu",
        dropout: float = 0.0,
        padding: float | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.n_inputs = check_count("n_inputs", n_inputs)
        check_count("width", width)
        check_count("n_heads", n_heads)
        check_count("n_layers", n_layers)
        if width % n_heads:
            raise ValueError(f"n_heads: got {n_heads}, accepted a divisor of the width {width}")
        check_choice("level", level, LEVELS)
        check_choice("positions", positions, POSITIONS)
        rate = check_rate("dropout", dropout)
        inner = 4 * width if n_feedforward is None else check_count("n_feedforward", n_feedforward)
        self.level = level
        self.positions = positions
        self.padding = padding
        self.n_features = width
        with seeded(seed):
            self.embed = nn.Linear(n_inputs, width)
            self.class_token = nn.Parameter(0.02 * torch.randn(width)) if level == "class" else None
            self.blocks = nn.ModuleList(Block(width, n_heads, inner, activation, rate) for _ in range(n_layers))
            self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, lengths: Tensor | Sequence[int] | None = None, mask: Tensor | None = None) -> Tensor:
        """Features (b, n_features), or (m, n_features) for ``level="token"``."""
        encoded = self.encode(x, lengths, mask)[-1]
        return as_samples(encoded.tokens, encoded.valid).features if self.level == "token" else summary(encoded)

    def tokens(self, x: Tensor, lengths: Tensor | Sequence[int] | None = None, mask: Tensor | None = None) -> Samples:
        """Every valid token, with its sequence and position; the class token is not among them."""
        encoded = self.encode(x, lengths, mask)[-1]
        return as_samples(encoded.tokens, encoded.valid)

    def encode(
        self, x: Tensor, lengths: Tensor | Sequence[int] | None = None, mask: Tensor | None = None
    ) -> list[Encoded]:
        """What comes out of each block, after the final layer norm, which all of them share."""
        check_input(x, ("b", "t", self.n_inputs), self)
        valid = valid_steps(x, lengths, mask, self.padding)
        hidden = self.embed(x.masked_fill(~valid.unsqueeze(-1), 0.0))
        if self.positions == "sinusoidal":
            hidden = hidden + sinusoids(x.shape[1], self.n_features).to(hidden)
        keys = valid
        if self.class_token is not None:
            hidden = torch.cat([self.class_token.to(hidden).expand(x.shape[0], 1, -1), hidden], 1)
            keys = torch.cat([torch.ones_like(valid[:, :1]), valid], 1)
        encoded = []
        for block in self.blocks:
            hidden = block(hidden, keys)
            normed = self.norm(hidden)
            if self.class_token is None:
                encoded.append(Encoded(normed, None, valid))
            else:
                encoded.append(Encoded(normed[:, 1:], normed[:, 0], valid))
        return encoded


class LayerWise(nn.Module):
    """Features of several layers of a :class:`TransformerEncoder`, for prototypes at each of them.

    ``taps`` maps layers, "layer1" to "layer<n_layers>", to the numbers of prototypes wanted there. A call gives a dict
    of features (b, d): the class token of that layer if the encoder has one, else the mean of the valid tokens.
    ``n_features`` maps each tap to d. To be used with :class:`MultiScaleDDCL`.
    """

    def __init__(self, encoder: TransformerEncoder, taps: Mapping[str, int]) -> None:
        super().__init__()
        self.taps = check_taps(taps)
        names = [f"layer{number}" for number in range(1, len(encoder.blocks) + 1)]
        for name in self.taps:
            check_choice("taps", name, names)
        self._layers = {name: names.index(name) for name in self.taps}
        self.encoder = encoder
        self.n_features = dict.fromkeys(self.taps, encoder.n_features)

    def forward(
        self, x: Tensor, lengths: Tensor | Sequence[int] | None = None, mask: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Features (b, d) of each tap, in the order of ``taps``."""
        encoded = self.encoder.encode(x, lengths, mask)
        return {name: summary(encoded[number]) for name, number in self._layers.items()}


def summary(encoded: Encoded) -> Tensor:
    """The class token (b, d), or without one the mean of the valid tokens."""
    return pool(encoded.tokens, encoded.valid, "mean") if encoded.class_token is None else encoded.class_token


def sinusoids(tokens: int, width: int) -> Tensor:
    """Sinusoidal positions (tokens, width): sine in even columns, cosine in odd ones, wavelengths from 2 pi."""
    rates = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.arange(tokens, dtype=torch.float64).unsqueeze(1) * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :width]
