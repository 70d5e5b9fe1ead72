"""What all backbones have in common: seeds, devices, dtypes, gradients, saved states, copies."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from ddcl_core.backbones import (
    MLP,
    Attached,
    LayerWise,
    MultiScale,
    MultiScaleDDCL,
    RecurrentEncoder,
    TransformerEncoder,
    mlp,
    resnet18,
)

IMAGE = torch.zeros(1, 3, 8, 8)
MAKE: dict[str, tuple[Callable[[int], nn.Module], tuple[int, ...]]] = {
    "mlp, batch norm": (lambda seed: mlp(5, 7, 6, 4, seed=seed), (6, 5)),
    "mlp, layer norm": (lambda seed: mlp(5, 7, 4, norm="layer", activation="gelu", seed=seed), (6, 5)),
    "mlp, linear": (lambda seed: MLP((5, 4), seed=seed), (6, 5)),
    "resnet, cifar stem": (lambda seed: resnet18(width=2, seed=seed), (3, 3, 8, 8)),
    "resnet, imagenet stem": (
        lambda seed: resnet18(width=2, in_channels=1, n_classes=5, stem="imagenet", seed=seed),
        (3, 1, 32, 32),
    ),
    "attached head": (
        lambda seed: Attached(resnet18(width=2, seed=seed), "head", example=IMAGE, seed=seed),
        (3, 3, 8, 8),
    ),
    "gru": (lambda seed: RecurrentEncoder(3, 5, seed=seed), (4, 6, 3)),
    "lstm, mean": (
        lambda seed: RecurrentEncoder(3, 5, cell="lstm", pooling="mean", n_layers=2, bidirectional=True, seed=seed),
        (4, 6, 3),
    ),
    "rnn, max, steps": (
        lambda seed: RecurrentEncoder(3, 5, cell="rnn", pooling="max", level="step", seed=seed),
        (4, 6, 3),
    ),
    "transformer, class": (lambda seed: TransformerEncoder(3, 8, n_heads=2, seed=seed), (4, 6, 3)),
    "transformer, mean": (lambda seed: TransformerEncoder(3, 8, level="mean", seed=seed), (4, 6, 3)),
    "transformer, tokens": (lambda seed: TransformerEncoder(3, 8, level="token", seed=seed), (4, 6, 3)),
}


def inputs(shape: tuple[int, ...], dtype: torch.dtype = torch.float32, seed: int = 1) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


@pytest.fixture(params=list(MAKE))
def made(request: pytest.FixtureRequest) -> tuple[Callable[[int], nn.Module], tuple[int, ...]]:
    return MAKE[request.param]


def rows(shape: tuple[int, ...], module: nn.Module) -> int:
    return shape[0] * shape[1] if getattr(module, "level", None) in ("step", "token") else shape[0]


def test_seed_fixes_the_weights_and_leaves_the_global_generator(made) -> None:
    make, _ = made
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first, second, other = make(3), make(3), make(4)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(8)
    third = make(3)
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name]) and torch.equal(value, third.state_dict()[name])
    assert any(not torch.equal(value, other.state_dict()[name]) for name, value in first.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_devices_and_dtypes(made, device: torch.device, dtype: torch.dtype) -> None:
    make, shape = made
    module = make(0).to(device=device, dtype=dtype)
    z = module(inputs(shape, dtype).to(device))
    assert (z.shape, z.dtype, z.device.type) == ((rows(shape, module), module.n_features), dtype, device.type)
    if dtype == torch.bfloat16:
        # In evaluation mode, where no statistics of a few samples magnify rounding: forty roundings of 2^-9 in one
        # direction are a relative error of 0.08; at twice that the cosine is still 1 - 0.16^2 / 2 > 0.98.
        exact = make(0).eval()(inputs(shape)).flatten()
        rounded = make(0).to(device=device, dtype=dtype).eval()(inputs(shape, dtype).to(device))
        assert torch.cosine_similarity(rounded.float().cpu().flatten(), exact, dim=0) > 0.98


def test_every_parameter_learns(made, device: torch.device) -> None:
    make, shape = made
    module = make(0).to(device=device, dtype=torch.float64)
    z = module(inputs(shape, torch.float64).to(device))
    # Random weights, so that no symmetry of the features (a layer norm's constant sum, say) hides a gradient.
    (z * inputs(tuple(z.shape), torch.float64, seed=2).to(device)).sum().backward()
    head = isinstance(module, Attached)
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), name
        # A bias just before batch normalisation moves nothing; rounding alone is left.
        before_norm = name == "net.0.bias" or name == "net.3.bias" or (head and name == "head.net.0.bias")
        assert bool((parameter.grad.abs() > 1e-12).any()) or (before_norm and not name.startswith("module")), name


def test_state_and_copies(made) -> None:
    make, shape = made
    module, other = make(0), make(1)
    module(inputs(shape))
    other.load_state_dict(module.state_dict())
    x = inputs(shape, seed=5)
    module.eval()
    other.eval()
    z = module(x)
    assert torch.equal(other(x), z)
    for twin in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert torch.equal(twin(x), z)
        with torch.no_grad():
            for parameter in twin.parameters():
                parameter.zero_()
        assert not torch.equal(twin(x), z)
        assert torch.equal(module(x), z)


def test_evaluation_mode_treats_rows_apart(made) -> None:
    make, shape = made
    module = make(0).double()
    module(inputs(shape, torch.float64))
    module.eval()
    x = inputs(shape, torch.float64, seed=5)
    together = module(x).reshape(shape[0], -1)
    for row in range(shape[0]):
        alone = module(x[row : row + 1]).reshape(-1)
        # The order of summation may differ with the batch; nothing else does.
        torch.testing.assert_close(alone, together[row], rtol=1e-10, atol=1e-12)


def test_multiscale_state_and_copies() -> None:
    def make(seed: int) -> MultiScaleDDCL:
        return MultiScaleDDCL(
            MultiScale(resnet18(width=2, seed=seed), {"layer1": 3, "pool": 2}, example=IMAGE), seed=seed
        )

    x = inputs((3, 3, 8, 8))
    first, second = make(0), make(1)
    value = first.eval()(x, 1.0).total
    assert not torch.equal(second.eval()(x, 1.0).total, value)
    second.load_state_dict(first.state_dict())
    for twin in (second, copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
        assert torch.equal(twin(x, 1.0).total, value)


def test_wrong_arguments() -> None:
    encoder = TransformerEncoder(3, 8)
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: mlp(5), r"sizes: got \(5,\), accepted a sequence of at least 2 positive integers"),
        (lambda: mlp(5, 0), r"sizes\[1\]: got 0, accepted an integer of at least 1"),
        (lambda: MLP((5, 4), norm="group"), "norm: got 'group', accepted 'batch', 'layer', 'none'"),
        (lambda: mlp(5, 4, 3, activation="step"), "activation: got 'step', accepted 'relu'"),
        (lambda: MLP((5, 4), dropout=1.0), r"dropout: got 1.0, accepted a number in \[0, 1\)"),
        (lambda: MLP((5, 4), seed=-1), "seed: got -1, accepted an integer of at least 0"),
        (lambda: resnet18(width=0), "width: got 0"),
        (lambda: resnet18(stem="vgg"), "stem: got 'vgg', accepted 'cifar', 'imagenet'"),
        (lambda: resnet18(n_classes=0), "n_classes: got 0"),
        (lambda: RecurrentEncoder(3, 4, cell="qrnn"), "cell: got 'qrnn', accepted 'gru', 'lstm', 'rnn'"),
        (lambda: RecurrentEncoder(3, 4, level="token"), "level: got 'token', accepted 'sequence', 'step'"),
        (lambda: RecurrentEncoder(3, 4, pooling="sum"), "pooling: got 'sum', accepted 'last', 'mean', 'max'"),
        (lambda: RecurrentEncoder(3, 4, dropout=0.1), "dropout: got 0.1, accepted 0 with one layer"),
        (lambda: TransformerEncoder(3, 8, n_heads=3), "n_heads: got 3, accepted a divisor of the width 8"),
        (lambda: TransformerEncoder(3, 8, level="step"), "level: got 'step', accepted 'class', 'mean', 'token'"),
        (lambda: TransformerEncoder(3, 8, positions="learned"), "positions: got 'learned'"),
        (lambda: LayerWise(encoder, {"layer3": 2}), "taps: got 'layer3', accepted 'layer1', 'layer2'"),
        (lambda: LayerWise(encoder, {}), "taps: got {}, accepted a mapping of at least one name"),
        (lambda: LayerWise(encoder, {"layer1": 0}), r"taps\['layer1'\]: got 0"),
    ]
    for call, message in wrong:
        with pytest.raises(ValueError, match=message):
            call()


def test_wrong_inputs() -> None:
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: mlp(5, 4)(torch.zeros(2, 6)), r"x: got shape \(2, 6\), accepted \(b, 5\)"),
        (lambda: mlp(5, 4)(torch.zeros(5)), r"x: got shape \(5,\), accepted \(b, 5\)"),
        (lambda: mlp(5, 4)(torch.zeros(0, 5)), "x: got shape .*, accepted no empty axis"),
        (lambda: mlp(5, 4)(torch.zeros(2, 5, dtype=torch.int64)), "x: got dtype torch.int64"),
        (lambda: mlp(5, 4)(torch.zeros(2, 5).double()), "x: got torch.float64 on cpu, accepted torch.float32 on cpu"),
        (lambda: mlp(5, 4, 3)(torch.zeros(1, 5)), "x: got a batch of 1 in training mode, accepted at least 2 samples"),
        (lambda: resnet18(width=2)(torch.zeros(2, 1, 8, 8)), r"x: got shape .*, accepted \(b, 3, height, width\)"),
        (lambda: resnet18(width=2)(torch.zeros(3, 8, 8)), r"x: got shape \(3, 8, 8\)"),
        (lambda: resnet18(width=2)(torch.zeros(1, 3, 8, 8)), "x: got a batch of 1 in training mode"),
        (lambda: RecurrentEncoder(3, 4)(torch.zeros(2, 3)), r"x: got shape \(2, 3\), accepted \(b, t, 3\)"),
        (lambda: TransformerEncoder(3, 8)(torch.zeros(2, 5, 4)), r"x: got shape .*, accepted \(b, t, 3\)"),
    ]
    for call, message in wrong:
        with pytest.raises(ValueError, match=message):
            call()


def test_a_single_sample_passes_without_batch_statistics() -> None:
    assert mlp(5, 4, 3, norm=None)(torch.zeros(1, 5)).shape == (1, 3)
    assert mlp(5, 4, 3).eval()(torch.zeros(1, 5)).shape == (1, 3)
    frozen = resnet18(width=2)
    for part in frozen.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()
    assert frozen(torch.zeros(1, 3, 8, 8)).shape == (1, 16)
