"""Features and losses at several depths against the same depths one by one."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from ddcl_core.backbones import Attached, MultiScale, MultiScaleDDCL, resnet18
from ddcl_core.functional import ols_loss, soft_assignment
from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer
from ddcl_core.objective import DDCLLoss

TAPS = {"layer2": 5, "layer4.1": 3, "pool": 2, "penultimate": 4}


@pytest.fixture
def x() -> Tensor:
    return torch.randn(6, 3, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.fixture
def net() -> nn.Module:
    return resnet18(width=2, n_classes=3).double().eval()


def test_features_are_those_of_each_point(net: nn.Module, x: Tensor) -> None:
    scales = MultiScale(net, TAPS, example=x[:1])
    features = scales(x)
    assert list(features) == list(TAPS) == list(scales.taps)
    assert scales.n_features == {"layer2": 4, "layer4.1": 16, "pool": 16, "penultimate": 16}
    for name in TAPS:
        assert torch.equal(features[name], Attached(net, name, example=x)(x))


def test_one_call_serves_all_taps(net: nn.Module, x: Tensor) -> None:
    calls = []
    net.conv1.register_forward_hook(lambda *_: calls.append(1))
    scales = MultiScale(net, TAPS, example=x)
    calls.clear()
    scales(x)
    assert len(calls) == 1


def test_losses_and_gradients(net: nn.Module, x: Tensor) -> None:
    twin = copy.deepcopy(net)
    weights = {"layer2": 0.25, "pool": 0.0}
    temperatures = {"layer2": 0.5, "layer4.1": 1.0, "pool": 2.0, "penultimate": 4.0}
    model = MultiScaleDDCL(MultiScale(net, TAPS, example=x), weights=weights, seed=4)
    prototypes = [layer.prototypes.detach().clone().requires_grad_() for layer in model.layers]
    assert [tuple(value.shape) for value in prototypes] == [(5, 4), (3, 16), (2, 16), (4, 16)]
    for number, (layer, (k, d)) in enumerate(zip(model.layers, [(5, 4), (3, 16), (2, 16), (4, 16)], strict=True)):
        start = VanillaCompetitiveLayer(k, d, random_state=4 + number, dtype=torch.float64)
        assert torch.equal(layer.prototypes, start.prototypes)
    losses = model(x, temperatures)
    losses.total.backward()

    total = torch.zeros((), dtype=torch.float64)
    for name, free in zip(TAPS, prototypes, strict=True):
        z = Attached(twin, name, example=x)(x)
        q = torch.softmax(-(z.unsqueeze(1) - free).square().sum(-1) / temperatures[name], -1)
        value = (q * (z.unsqueeze(1) - free).square().sum(-1)).sum(-1).mean()
        torch.testing.assert_close(losses.scales[name], value)
        total = total + weights.get(name, 1.0) * value
    torch.testing.assert_close(losses.total, total)
    total.backward()
    for own, free in zip(model.layers, prototypes, strict=True):
        torch.testing.assert_close(own.prototypes.grad, free.grad)
    for (name, own), other in zip(net.named_parameters(), twin.parameters(), strict=True):
        if name.startswith("fc"):
            assert own.grad is None
        else:
            torch.testing.assert_close(own.grad, other.grad)


def test_other_losses_layers_and_indices(net: nn.Module, x: Tensor) -> None:
    scales = MultiScale(net, {"layer2": 3, "pool": 2}, example=x)
    seen = []

    class Watching(VanillaCompetitiveLayer):
        def forward(self, z: Tensor | None = None, index: Tensor | None = None) -> Tensor:
            seen.append((z, index))
            return self.prototypes

    layers = {"pool": Watching(2, 16).double(), "layer2": Watching(3, 4).double()}
    index = torch.arange(6)

    def plain(z: Tensor, prototypes: Tensor, temperature: float) -> Tensor:
        return ols_loss(z, prototypes, soft_assignment(z, prototypes, temperature))

    value = MultiScaleDDCL(scales, layers, loss=plain)(x, 1.0, index)
    features = scales(x)
    assert [(torch.equal(z, features[name]), i is index) for name, (z, i) in zip(features, seen, strict=True)] == [
        (True, True)
    ] * 2
    again = MultiScaleDDCL(scales, layers, loss=DDCLLoss("ols"))(x, 1.0, index)
    torch.testing.assert_close(value.total, again.total)


def test_initialise_and_predict(net: nn.Module, x: Tensor) -> None:
    scales = MultiScale(net, {"layer2": 3, "pool": 2}, example=x)
    layers = {"layer2": DualCompetitiveLayer(6, 3).double(), "pool": VanillaCompetitiveLayer(2, 16).double()}
    model = MultiScaleDDCL(scales, layers).train()
    assert model.initialise(x, seed=3) is model
    assert model.training and net.training
    net.eval()
    features = scales(x)
    for (name, z), layer in zip(features.items(), model.layers, strict=True):
        stored = layer.prototypes
        # k-means++ starts at samples.
        assert ((stored.unsqueeze(1) - z).abs().amax(-1) < 1e-12).any(1).all()
        nearest = torch.cdist(z, stored).argmin(1)
        assert torch.equal(model.train().predict(x)[name], nearest)
        assert model.training


def test_training_lowers_every_loss(x: Tensor) -> None:
    model = MultiScaleDDCL(MultiScale(resnet18(width=2).double(), {"layer2": 3, "pool": 2}, example=x))
    model.initialise(x)
    model.train()
    first = model(x, 0.1)
    optimizer = torch.optim.SGD(model.layers.parameters(), lr=0.05)
    for _ in range(30):
        optimizer.zero_grad()
        model(x, 0.1).total.backward()
        optimizer.step()
    last = model(x, 0.1)
    assert all(last.scales[name] < first.scales[name] for name in first.scales)
    assert float(last.total.detach()) == pytest.approx(sum(float(v.detach()) for v in last.scales.values()))


def test_errors(net: nn.Module, x: Tensor) -> None:
    scales = MultiScale(net, {"layer2": 3, "pool": 2}, example=x)
    with pytest.raises(ValueError, match=r"taps: got 'layer9', accepted 'output', 'pool', 'penultimate', 'conv1'"):
        MultiScale(net, {"layer9": 3}, example=x)
    apart = nn.ModuleDict({"net": net, "idle": nn.Linear(2, 2)})
    apart.forward = net.forward
    with pytest.raises(ValueError, match="taps: got 'idle', accepted a submodule that the module calls"):
        MultiScale(apart, {"idle": 3}, example=x)
    with pytest.raises(ValueError, match="taps: got {}, accepted a mapping of at least one name"):
        MultiScale(net, {}, example=x)
    with pytest.raises(ValueError, match=r"taps\['layer2'\]: got 0, accepted an integer of at least 1"):
        MultiScale(net, {"layer2": 0}, example=x)
    with pytest.raises(
        ValueError, match=r"layers: got \['pool'\], accepted one layer for each of \['layer2', 'pool'\]"
    ):
        MultiScaleDDCL(scales, {"pool": VanillaCompetitiveLayer(2, 16)})
    with pytest.raises(ValueError, match="weights: got 'layer1', accepted 'layer2', 'pool'"):
        MultiScaleDDCL(scales, weights={"layer1": 1.0})
    with pytest.raises(ValueError, match=r"weights\['pool'\]: got -1.0"):
        MultiScaleDDCL(scales, weights={"pool": -1.0})
    with pytest.raises(ValueError, match="scales: got ResNet, accepted a module with the dicts taps and n_features"):
        MultiScaleDDCL(net)
    with pytest.raises(ValueError, match=r"temperature: got \['pool'\], accepted a number or one for each"):
        MultiScaleDDCL(scales)(x, {"pool": 1.0})
    constant = {"layer2": nn.Identity(), "pool": nn.Identity()}
    with pytest.raises(ValueError, match="layers: got Identity, accepted layers with a method initialise"):
        MultiScaleDDCL(scales, constant).initialise(x)
