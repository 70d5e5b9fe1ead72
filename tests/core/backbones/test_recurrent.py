"""Recurrent encoders against one sequence at a time, without padding."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ddcl_core.backbones import RecurrentEncoder

LENGTHS = [6, 1, 4, 3]
OPTIONS = [
    {"cell": cell, "n_layers": layers, "bidirectional": both}
    for cell in ("gru", "lstm", "rnn")
    for layers, both in ((1, False), (2, True))
]


def sequences(device: torch.device) -> Tensor:
    x = torch.randn(4, 6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return x.to(device)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
def test_equals_sequences_one_by_one(device: torch.device, options: dict, pooling: str) -> None:
    encoder = RecurrentEncoder(3, 5, pooling=pooling, seed=2, **options).to(device).double()
    x = sequences(device)
    z, steps = encoder.hierarchy(x, LENGTHS)
    start = 0
    for row, length in enumerate(LENGTHS):
        hidden, _ = encoder.cell(x[row : row + 1, :length])
        hidden = hidden[0]
        # The forward direction ends at the last step, the backward one at the first.
        last = torch.cat([hidden[-1, :5], hidden[0, 5:]])
        expected = {"last": last, "mean": hidden.mean(0), "max": hidden.max(0).values}[pooling]
        torch.testing.assert_close(z[row], expected)
        part = slice(start, start + length)
        torch.testing.assert_close(steps.features[part], hidden)
        assert steps.sequence[part].tolist() == [row] * length
        assert steps.position[part].tolist() == list(range(length))
        start += length
    assert start == steps.features.shape[0]
    assert torch.equal(encoder(x, LENGTHS), z)
    assert torch.equal(encoder.steps(x, LENGTHS).features, steps.features)


def test_gru_follows_its_equations() -> None:
    encoder = RecurrentEncoder(3, 5, seed=1).double()
    x = sequences(torch.device("cpu"))
    cell = encoder.cell
    hidden = torch.zeros(4, 5, dtype=torch.float64)
    for step in range(6):
        from_x = x[:, step] @ cell.weight_ih_l0.T + cell.bias_ih_l0
        from_h = hidden @ cell.weight_hh_l0.T + cell.bias_hh_l0
        reset, update = (
            torch.sigmoid(a + b) for a, b in zip(from_x.split(5, 1)[:2], from_h.split(5, 1)[:2], strict=True)
        )
        candidate = torch.tanh(from_x[:, 10:] + reset * from_h[:, 10:])
        hidden = (1 - update) * candidate + update * hidden
    torch.testing.assert_close(encoder(x), hidden)


@pytest.mark.parametrize("level", ["sequence", "step"])
@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
def test_padded_content_enters_nowhere(device: torch.device, level: str, pooling: str) -> None:
    encoder = RecurrentEncoder(3, 5, pooling=pooling, level=level, bidirectional=True).to(device).double()
    x = sequences(device)
    valid = torch.arange(6, device=device) < torch.tensor(LENGTHS, device=device).unsqueeze(1)
    z = encoder(x, LENGTHS)
    for content in (0.0, 1e300, math.inf, math.nan):
        other = x.masked_fill(~valid.unsqueeze(-1), content).requires_grad_()
        again = encoder(other, LENGTHS)
        assert torch.equal(again, z)
        again.square().sum().backward()
        assert other.grad is not None
        assert not other.grad[~valid].any()
        assert other.grad[valid].abs().amin() > 0 if level == "step" else other.grad[valid].any()
    wider = torch.cat([x, torch.full_like(x[:, :2], math.nan)], 1)
    # A sum over more steps, whose extra terms are exact zeros, may be added in another order.
    torch.testing.assert_close(encoder(wider, LENGTHS), z, rtol=1e-12, atol=1e-12)


def test_lengths_mask_and_padding_value_agree(device: torch.device) -> None:
    x = sequences(device)
    valid = torch.arange(6, device=device) < torch.tensor(LENGTHS, device=device).unsqueeze(1)
    encoder = RecurrentEncoder(3, 5).to(device).double()
    z = encoder(x, LENGTHS)
    assert torch.equal(encoder(x, torch.tensor(LENGTHS)), z)
    assert torch.equal(encoder(x, mask=valid), z)
    for value in (math.nan, 0.0, -1.0):
        padded = x.masked_fill(~valid.unsqueeze(-1), value)
        inferring = RecurrentEncoder(3, 5, padding=value).to(device).double()
        assert torch.equal(inferring(padded), z)
    # Steps that look like padding but stand before a real one count.
    gap = x.clone()
    gap[0, 2] = 0.0
    assert torch.equal(RecurrentEncoder(3, 5, padding=0.0).to(device).double()(gap), encoder(gap))
    # One coordinate that differs from the padding makes a step real.
    gap[0, 5] = torch.tensor([0.0, 1e-9, 0.0])
    assert torch.equal(RecurrentEncoder(3, 5, padding=0.0).to(device).double()(gap), encoder(gap))
    assert torch.equal(encoder(x), encoder(x, [6] * 4))


def test_wrong_lengths_and_masks() -> None:
    encoder = RecurrentEncoder(3, 5, padding=0.0).double()
    x = sequences(torch.device("cpu"))
    full = torch.ones(4, 6, dtype=torch.bool)
    hole, empty = full.clone(), full.clone()
    hole[1, 2] = False
    empty[2] = False
    nothing = x.clone()
    nothing[3] = 0
    wrong = [
        ({"lengths": [6, 0, 4, 3]}, "lengths: got 0, accepted integers from 1 to 6"),
        ({"lengths": [6, 7, 4, 3]}, "lengths: got 7, accepted integers from 1 to 6"),
        ({"lengths": [6, 5, 4]}, r"lengths: got torch.int64 of shape \(3,\), accepted 4 integers"),
        ({"lengths": torch.ones(4)}, r"lengths: got torch.float32 of shape \(4,\), accepted 4 integers"),
        ({"lengths": "six"}, "lengths: got 'six', accepted 4 integers"),
        ({"lengths": [6] * 4, "mask": full}, "mask: got lengths as well, accepted one of the two"),
        ({"mask": full[:, :5]}, r"mask: got torch.bool of shape \(4, 5\), accepted a bool tensor of shape \(4, 6\)"),
        ({"mask": full.long()}, "mask: got torch.int64 of shape"),
        ({"mask": [[True]]}, "mask: got list"),
        ({"mask": empty}, "mask: got a sequence without a valid step"),
        ({"mask": hole}, "mask: got a valid step after a padded one"),
        ({"x": nothing}, "x: got a sequence of nothing but the padding 0.0"),
    ]
    for arguments, message in wrong:
        with pytest.raises(ValueError, match=message):
            encoder(**({"x": x} | arguments))


def test_dropout_acts_between_layers_in_training_mode() -> None:
    x = sequences(torch.device("cpu")).float()
    plain = RecurrentEncoder(3, 20, n_layers=2)
    dropping = RecurrentEncoder(3, 20, n_layers=2, dropout=0.5)
    assert not torch.equal(dropping(x), plain(x))
    assert torch.equal(dropping.eval()(x), plain(x))
