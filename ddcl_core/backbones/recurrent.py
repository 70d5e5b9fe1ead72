"""Recurrent encoders of sequences (DDCL, Section 6.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ddcl_core._validation import check_choice, check_count
from ddcl_core.backbones._common import check_input, check_rate, seeded
from ddcl_core.backbones._sequences import POOLINGS, Samples, as_samples, check_prefix, pool, valid_steps

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}
LEVELS = ("sequence", "step")


class Hierarchy(NamedTuple):
    """Both levels of one sweep: ``sequence`` (b, d), and ``steps``, the m valid steps as samples."""

    sequence: Tensor
    steps: Samples


class RecurrentEncoder(nn.Module):
    """GRU, LSTM or simple recurrent network that encodes sequences, or each of their steps.

    A batch x (b, t, n_inputs) holds sequences of unequal length, padded at the end. Which steps count is said by
    ``lengths`` (b,) or by a bool ``mask`` (b, t), True where valid; failing both, by the ``padding`` value given here
    (NaN is one: the steps after the last one that holds anything else), and without it all steps count. Sequences are
    packed, so that padded content enters nowhere.

    ``level="sequence"`` gives features (b, n_features): the hidden state after the last valid step (``pooling="last"``;
    with ``bidirectional`` each direction's state after its own last step) or the mean or maximum of the last layer's
    hidden states over the valid steps. ``level="step"`` gives those hidden states as samples, (m, n_features), where m
    is the sum of the lengths; :meth:`steps` tells which is which and :meth:`hierarchy` gives both levels at once.
    n_features is ``n_hidden``, twice that with ``bidirectional``.

    Dropout acts between layers, in training mode only, and draws from torch's global generator. Weights are drawn from
    ``seed``. Raises ValueError for ranks, lengths and masks that do not fit.
    """

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        *,
        cell: str = "gru",
        level: str = "sequence",
        pooling: str = "last",
        n_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
        padding: float | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.n_inputs = check_count("n_inputs", n_inputs)
        check_count("n_hidden", n_hidden)
        check_count("n_layers", n_layers)
        check_choice("cell", cell, tuple(CELLS))
        check_choice("level", level, LEVELS)
        check_choice("pooling", pooling, POOLINGS)
        rate = check_rate("dropout", dropout)
        if rate > 0 and n_layers == 1:
            raise ValueError(f"dropout: got {dropout!r}, accepted 0 with one layer: it acts between layers")
        self.level = level
        self.pooling = pooling
        self.padding = padding
        self.n_features = n_hidden * (2 if bidirectional else 1)
        with seeded(seed):
            self.cell = CELLS[cell](
                n_inputs, n_hidden, n_layers, batch_first=True, bidirectional=bidirectional, dropout=rate
            )

    def forward(self, x: Tensor, lengths: Tensor | Sequence[int] | None = None, mask: Tensor | None = None) -> Tensor:
        """Features (b, n_features), or (m, n_features) for ``level="step"``."""
        hierarchy = self.hierarchy(x, lengths, mask)
        return hierarchy.steps.features if self.level == "step" else hierarchy.sequence

    def steps(self, x: Tensor, lengths: Tensor | Sequence[int] | None = None, mask: Tensor | None = None) -> Samples:
        """The hidden state of every valid step, with its sequence and position."""
        return self.hierarchy(x, lengths, mask).steps

    def hierarchy(
        self, x: Tensor, lengths: Tensor | Sequence[int] | None = None, mask: Tensor | None = None
    ) -> Hierarchy:
        """Features of the sequences and of their steps from one sweep, for prototypes at both levels."""
        check_input(x, ("b", "t", self.n_inputs), self)
        valid = valid_steps(x, lengths, mask, self.padding)
        packed = pack_padded_sequence(x, check_prefix(valid).cpu(), batch_first=True, enforce_sorted=False)
        outputs, state = self.cell(packed)
        hidden, _ = pad_packed_sequence(outputs, batch_first=True, total_length=x.shape[1])
        if self.pooling == "last":
            final = state[0] if isinstance(state, tuple) else state
            directions = 2 if self.cell.bidirectional else 1
            sequence = final[-directions:].transpose(0, 1).flatten(1)
        else:
            sequence = pool(hidden, valid, self.pooling)
        return Hierarchy(sequence, as_samples(hidden, valid))
