"""The perceptron and the residual network against their formulas and known sizes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as torch_functional

from ddcl_core.backbones import MLP, ResNet, mlp, resnet18


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_mlp_with_batch_norm_follows_the_formula() -> None:
    module = mlp(5, 7, 4, seed=3).double()
    x = draw(6, 5)
    state = module.state_dict()
    hidden = x @ state["net.0.weight"].T + state["net.0.bias"]
    batch = (hidden - hidden.mean(0)) / (hidden.var(0, correction=0) + 1e-5).sqrt()
    expected = batch.clamp(min=0) @ state["net.3.weight"].T + state["net.3.bias"]
    torch.testing.assert_close(module(x), expected)
    # After one batch the running statistics have moved a tenth of the way from (0, 1) to those of the batch.
    running = (hidden - 0.1 * hidden.mean(0)) / (0.9 + 0.1 * hidden.var(0) + 1e-5).sqrt()
    expected = running.clamp(min=0) @ state["net.3.weight"].T + state["net.3.bias"]
    torch.testing.assert_close(module.eval()(x), expected)


def test_mlp_with_layer_norm_follows_the_formula() -> None:
    module = MLP((5, 7, 4), norm="layer", activation="tanh").double()
    state = module.state_dict()
    x = draw(6, 5)
    hidden = x @ state["net.0.weight"].T + state["net.0.bias"]
    normed = (hidden - hidden.mean(1, keepdim=True)) / (hidden.var(1, correction=0, keepdim=True) + 1e-5).sqrt()
    torch.testing.assert_close(module(x), normed.tanh() @ state["net.3.weight"].T + state["net.3.bias"])


def test_dropout_acts_in_training_mode_only() -> None:
    plain, dropping = mlp(5, 50, 4, norm=None, seed=1), mlp(5, 50, 4, norm=None, dropout=0.5, seed=1)
    x = draw(6, 5).float()
    assert torch.equal(dropping.eval()(x), plain(x))
    dropping.train()
    torch.manual_seed(0)
    first = dropping(x)
    assert not torch.equal(dropping(x), first)
    torch.manual_seed(0)
    assert torch.equal(dropping(x), first)


@pytest.mark.parametrize(
    ("module", "parameters"),
    [
        (lambda: resnet18(n_classes=10), 11_173_962),
        (lambda: resnet18(n_classes=1000, stem="imagenet"), 11_689_512),
        (lambda: resnet18(), 11_173_962 - 5130),
        (lambda: ResNet((3, 4, 6, 3), n_classes=1000, stem="imagenet"), 21_797_672),
    ],
)
def test_known_numbers_of_parameters(module, parameters: int) -> None:
    assert sum(parameter.numel() for parameter in module().parameters()) == parameters


def test_customary_names() -> None:
    names = set(resnet18(width=2, n_classes=3).state_dict())
    norm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    expected = {"conv1.weight", "fc.weight", "fc.bias", *(f"bn1.{part}" for part in norm)}
    for stage in (1, 2, 3, 4):
        for block in (0, 1):
            for number in (1, 2):
                expected.add(f"layer{stage}.{block}.conv{number}.weight")
                expected |= {f"layer{stage}.{block}.bn{number}.{part}" for part in norm}
        if stage > 1:
            expected |= {f"layer{stage}.0.downsample.0.weight"}
            expected |= {f"layer{stage}.0.downsample.1.{part}" for part in norm}
    assert names == expected


@pytest.mark.parametrize("stem", ["cifar", "imagenet"])
def test_resnet_follows_the_definition(stem: str) -> None:
    module = resnet18(width=2, n_classes=3, stem=stem, seed=5).double()
    with torch.no_grad():
        for number, parameter in enumerate(module.parameters()):
            parameter.add_(0.1 * draw(*parameter.shape, seed=number))
    state = module.state_dict()

    def norm(x: Tensor, name: str) -> Tensor:
        mean = x.mean((0, 2, 3), keepdim=True)
        spread = (x - mean).square().mean((0, 2, 3), keepdim=True)
        scale, shift = (state[f"{name}.{part}"].view(1, -1, 1, 1) for part in ("weight", "bias"))
        return (x - mean) / (spread + 1e-5).sqrt() * scale + shift

    def convolve(x: Tensor, name: str, stride: int = 1) -> Tensor:
        kernel = state[f"{name}.weight"]
        return torch_functional.conv2d(x, kernel, stride=stride, padding=kernel.shape[-1] // 2)

    x = draw(4, 3, 32, 32, seed=9)
    value = norm(convolve(x, "conv1", 1 if stem == "cifar" else 2), "bn1").clamp(min=0)
    if stem == "imagenet":
        value = torch_functional.max_pool2d(value, 3, 2, 1)
    for stage in (1, 2, 3, 4):
        for block in (0, 1):
            name = f"layer{stage}.{block}"
            stride = 2 if stage > 1 and block == 0 else 1
            inner = norm(convolve(value, f"{name}.conv1", stride), f"{name}.bn1").clamp(min=0)
            inner = norm(convolve(inner, f"{name}.conv2"), f"{name}.bn2")
            if stride == 2:
                value = norm(convolve(value, f"{name}.downsample.0", 2), f"{name}.downsample.1")
            value = (value + inner).clamp(min=0)
    assert value.shape[-1] == (4 if stem == "cifar" else 1)
    expected = value.mean((2, 3)) @ state["fc.weight"].T + state["fc.bias"]
    torch.testing.assert_close(module(x), expected)


def test_convolutions_start_from_fan_out() -> None:
    kernel = resnet18(width=64).state_dict()["layer3.0.conv1.weight"]
    # He's normal start: variance 2 / (outputs * 9). The variance of 294 912 draws has a relative deviation of
    # sqrt(2 / 294 912) = 0.0026, so that 0.02 is almost eight of them.
    assert abs(float(kernel.var()) / (2 / (256 * 9)) - 1) < 0.02
    assert abs(float(kernel.mean())) < 6 * float(kernel.std()) / kernel.numel() ** 0.5
