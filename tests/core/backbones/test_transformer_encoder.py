"""The transformer encoder against torch's own layer, one sequence at a time, and its masks."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from ddcl_core.backbones import LayerWise, MultiScaleDDCL, TransformerEncoder
from ddcl_core.functional import quantization_loss, soft_assignment

LENGTHS = [6, 1, 4, 3]
LEVELS = ["class", "mean", "token"]


def sequences(device: torch.device | str = "cpu") -> Tensor:
    return torch.randn(4, 6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64).to(device)


def encoder_for(level: str, device: torch.device | str = "cpu", **options) -> TransformerEncoder:
    encoder = TransformerEncoder(3, 8, n_heads=2, n_feedforward=12, level=level, seed=3, **options)
    with torch.no_grad():
        # Norms and biases away from ones and zeros, so that a missing one shows.
        for number, parameter in enumerate(encoder.parameters()):
            parameter.add_(0.2 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)))
    return encoder.to(device).double()


def reference(encoder: TransformerEncoder, x: Tensor) -> list[Tensor]:
    """Normed outputs (t, 8) of every layer for one sequence x (t, 3), by torch's layer; class token first if any."""
    hidden = encoder.embed(x)
    for position in range(x.shape[0]):
        for column in range(8):
            angle = position / 10000 ** ((column - column % 2) / 8)
            wave = math.sin(angle) if column % 2 == 0 else math.cos(angle)
            hidden = hidden + torch.zeros_like(hidden).index_put(
                (torch.tensor(position), torch.tensor(column)), torch.tensor(wave, dtype=hidden.dtype)
            )
    if encoder.class_token is not None:
        hidden = torch.cat([encoder.class_token.unsqueeze(0), hidden])
    outputs = []
    for block in encoder.blocks:
        layer = nn.TransformerEncoderLayer(8, 2, 12, 0.0, "gelu", batch_first=True, norm_first=True).double()
        own = block.state_dict()
        renamed = {
            "qkv.": "self_attn.in_proj_",
            "out.": "self_attn.out_proj.",
            "mlp.0.": "linear1.",
            "mlp.2.": "linear2.",
        }
        state = {}
        for name, value in own.items():
            for before, after in renamed.items():
                name = name.replace(before, after) if name.startswith(before) else name
            state[name] = value
        layer.load_state_dict(state)
        hidden = layer(hidden.unsqueeze(0))[0]
        outputs.append(encoder.norm(hidden))
    return outputs


@pytest.mark.parametrize("level", LEVELS)
def test_equals_torch_layers_on_sequences_one_by_one(level: str) -> None:
    encoder = encoder_for(level)
    x = sequences()
    z, tokens = encoder(x, LENGTHS), encoder.tokens(x, LENGTHS)
    by_layer = LayerWise(encoder, {"layer1": 2, "layer2": 3})(x, LENGTHS)
    assert list(by_layer) == ["layer1", "layer2"]
    start = 0
    for row, length in enumerate(LENGTHS):
        outputs = reference(encoder, x[row, :length])
        first = 1 if level == "class" else 0
        summaries = [out[0] if level == "class" else out.mean(0) for out in outputs]
        part = slice(start, start + length)
        torch.testing.assert_close(tokens.features[part], outputs[-1][first:])
        assert tokens.sequence[part].tolist() == [row] * length
        assert tokens.position[part].tolist() == list(range(length))
        torch.testing.assert_close(by_layer["layer1"][row], summaries[0])
        torch.testing.assert_close(by_layer["layer2"][row], summaries[1])
        torch.testing.assert_close(
            z[part] if level == "token" else z[row], outputs[-1][first:] if level == "token" else summaries[1]
        )
        start += length


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("mode", [True, False], ids=["train", "eval"])
def test_padded_content_never_leaks(device: torch.device, level: str, mode: bool) -> None:
    encoder = encoder_for(level, device).train(mode)
    x = sequences(device)
    mask = torch.tensor(
        [[1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 0], [1, 0, 1, 1, 0, 1], [0, 1, 1, 1, 1, 1]],
        dtype=torch.bool,
        device=device,
    )
    z = encoder(x, mask=mask)
    for content in (0.0, 1e300, math.inf, math.nan):
        other = x.masked_fill(~mask.unsqueeze(-1), content).requires_grad_()
        again = encoder(other, mask=mask)
        assert torch.equal(again, z)
        (again * torch.arange(again.numel(), device=device).view_as(again)).sum().backward()
        assert other.grad is not None
        assert not other.grad[~mask].any()
        assert other.grad[mask].abs().amin() > 0
        assert all(bool(torch.isfinite(parameter.grad).all()) for parameter in encoder.parameters())
    changed = x.clone()
    changed[2, 3] += 1.0
    assert not torch.equal(encoder(changed, mask=mask), z)


@pytest.mark.parametrize("level", LEVELS)
def test_more_padding_changes_nothing(device: torch.device, level: str) -> None:
    encoder = encoder_for(level, device)
    x = sequences(device)
    wider = torch.cat([x, torch.full_like(x[:, :3], math.nan)], 1)
    # Sums over more keys, whose extra terms are exact zeros, may be added in another order.
    torch.testing.assert_close(encoder(wider, LENGTHS), encoder(x, LENGTHS), rtol=1e-12, atol=1e-12)
    inferring = encoder_for(level, device, padding=math.nan)
    valid = torch.arange(6, device=device) < torch.tensor(LENGTHS, device=device).unsqueeze(1)
    assert torch.equal(inferring(x.masked_fill(~valid.unsqueeze(-1), math.nan)), encoder(x, LENGTHS))


def test_order_counts_only_with_positions() -> None:
    x = sequences()
    turned = x.flip(1)
    without, with_positions = encoder_for("mean", positions="none"), encoder_for("mean")
    torch.testing.assert_close(without(turned), without(x))
    assert (with_positions(turned) - with_positions(x)).abs().amax() > 1e-3


def test_odd_width_has_positions() -> None:
    encoder = TransformerEncoder(3, 5, n_heads=1, level="token", seed=3)
    x = torch.zeros(1, 4, 3)
    first, *others = encoder(x)
    assert all(not torch.allclose(first, other) for other in others)


@pytest.mark.parametrize("level", LEVELS)
def test_masks_of_any_pattern_pick_tokens(level: str) -> None:
    encoder = encoder_for(level, positions="none")
    x = sequences()
    mask = torch.tensor([[1, 0, 1, 1, 0, 1], [0, 0, 0, 0, 1, 0], [0, 1, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1]]).bool()
    z, tokens = encoder(x, mask=mask), encoder.tokens(x, mask=mask)
    assert torch.equal(torch.stack([tokens.sequence, tokens.position], 1), mask.nonzero())
    for row in range(4):
        alone = encoder(x[row : row + 1, mask[row]])
        torch.testing.assert_close(z[tokens.sequence == row] if level == "token" else z[row : row + 1], alone)


@pytest.mark.parametrize("silenced", ["none", "attention", "perceptron"])
def test_dropout_acts_in_training_mode_only(silenced: str) -> None:
    x = sequences()
    plain, dropping = encoder_for("class"), encoder_for("class", dropout=0.5)
    for encoder in (plain, dropping):
        for block in encoder.blocks:
            part = {"none": None, "attention": block.out, "perceptron": block.mlp[2]}[silenced]
            if part is not None:
                nn.init.zeros_(part.weight)
                nn.init.zeros_(part.bias)
    assert not torch.equal(dropping(x), plain(x))
    assert torch.equal(dropping.eval()(x), plain(x))


def test_losses_of_several_layers() -> None:
    encoder = encoder_for("class")
    model = MultiScaleDDCL(LayerWise(encoder, {"layer1": 2, "layer2": 4}), weights={"layer1": 0.5})
    x = sequences()
    losses = model(x, 1.5, lengths=LENGTHS)
    features = LayerWise(encoder, {"layer1": 2, "layer2": 4})(x, LENGTHS)
    expected = {}
    for (name, z), layer in zip(features.items(), model.layers, strict=True):
        q = soft_assignment(z, layer.prototypes, 1.5)
        expected[name] = quantization_loss(z, layer.prototypes, q)
        torch.testing.assert_close(losses.scales[name], expected[name])
    torch.testing.assert_close(losses.total, 0.5 * expected["layer1"] + expected["layer2"])
    losses.scales["layer1"].backward()
    assert encoder.blocks[0].qkv.weight.grad.abs().amax() > 0
    assert encoder.blocks[1].qkv.weight.grad is None


def test_wrong_lengths_and_masks() -> None:
    encoder = encoder_for("class")
    with pytest.raises(ValueError, match="lengths: got 7, accepted integers from 1 to 6"):
        encoder(sequences(), [7, 1, 1, 1])
    with pytest.raises(ValueError, match="mask: got a sequence without a valid step"):
        encoder(sequences(), mask=torch.zeros(4, 6, dtype=torch.bool))
