"""Attachment points on networks written as others write theirs."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
import weakref

import pytest
import torch
from torch import Tensor, nn

from ddcl_core.backbones import Attached, MultiScale, resnet18


class Residual(nn.Module):
    """A small network with a pooling module and one linear classifier; activations overwrite their input."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(nn.Conv2d(4, 6, 3, 2, padding=1), nn.ReLU(inplace=True))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(6, 10)
        self.unused = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer1(self.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Dense(nn.Module):
    """Pools outside of its submodules and keeps a feature map of 2 x 2 positions; a deep classifier with dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 5, 3, 2, padding=1), nn.BatchNorm2d(5), nn.Tanh(), nn.AvgPool2d(2))
        self.classifier = nn.Sequential(nn.Linear(20, 8), nn.ReLU(True), nn.Dropout(), nn.Linear(8, 7), nn.Identity())

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).flatten(1))


class Tokens(nn.Module):
    """Tokens (b, t, c) as a vision transformer has them, the class token first; returns scores and tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 6, 4, 4)
        self.encoder = nn.Sequential(nn.LayerNorm(6), nn.Linear(6, 6))
        self.head = nn.Linear(6, 4)

    def forward(self, x: Tensor, scale: float = 1.0) -> tuple[Tensor, Tensor]:
        tokens = self.encoder(scale * self.patch(x).flatten(2).mT)
        return self.head(input=tokens[:, 0]), tokens


@pytest.fixture
def x() -> Tensor:
    return torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("mode", [True, False], ids=["train", "eval"])
def test_points_of_a_residual_network(x: Tensor, mode: bool) -> None:
    net = Residual().train(mode)
    mean = torch.nn.functional.conv2d(x, net.conv1.weight, net.conv1.bias, padding=1)
    before_relu = copy.deepcopy(net.bn1)(mean)
    pooled = net.layer1(before_relu.relu()).mean((2, 3))
    scores = net.fc(pooled)
    expected = {
        "pool": ("avgpool", pooled),
        "penultimate": ("fc", pooled),
        "output": ("", scores),
        "layer1.0": ("layer1.0", net.layer1[0](before_relu.relu()).mean((2, 3))),
        "bn1": ("bn1", before_relu.mean((2, 3))),
        "fc": ("fc", scores),
    }
    for at, (point, features) in expected.items():
        attached = Attached(copy.deepcopy(net), at, example=x[:1])
        assert attached.point == point
        assert attached.n_features == features.shape[1]
        torch.testing.assert_close(attached(x), features)


def test_points_of_a_network_that_pools_by_itself(x: Tensor) -> None:
    net = Dense().eval()
    maps = net.features(x)
    torch.testing.assert_close(Attached(net, "pool", example=x)(x), maps.mean((2, 3)))
    hidden = net.classifier[0](maps.flatten(1)).relu()
    # The activation overwrites this layer's output; what is read is the output itself.
    torch.testing.assert_close(Attached(net, "classifier.0", example=x)(x), net.classifier[0](maps.flatten(1)))
    attached = Attached(net, "penultimate", example=x)
    assert (attached.point, attached.n_features) == ("classifier.3", 8)
    torch.testing.assert_close(attached(x), hidden)


def test_points_of_tokens(x: Tensor) -> None:
    net = Tokens()
    tokens = net(x)[1]
    torch.testing.assert_close(Attached(net, "penultimate", example=x)(x), tokens[:, 0])
    attached = Attached(net, "encoder", example=x, layout="channels_last")
    torch.testing.assert_close(attached(x), tokens.mean(1))
    torch.testing.assert_close(attached(x, scale=2.0), net(x, 2.0)[1].mean(1))
    torch.testing.assert_close(Attached(net, "encoder", example=(x, 3.0))(x), tokens.mean(2))


def test_head(x: Tensor) -> None:
    net = Residual().eval().double()
    x = x.double()
    pooled = Attached(net, "pool", example=x)(x)
    default, chosen = Attached(net, "head", example=x).eval(), Attached(net, "fc", example=x, head_sizes=(5, 2)).eval()
    assert (default.n_features, chosen.n_features) == (128, 2)
    state = default.head.state_dict()
    hidden = pooled @ state["net.0.weight"].T + state["net.0.bias"]
    expected = (hidden / (1 + 1e-5) ** 0.5).clamp(min=0) @ state["net.3.weight"].T + state["net.3.bias"]
    torch.testing.assert_close(default(x), expected)
    assert [tuple(chosen.head.net[i].weight.shape) for i in (0, 3)] == [(5, 10), (2, 5)]
    linear = Attached(net, "head", example=x, head_sizes=(4,))
    assert [type(part) for part in linear.head.net] == [nn.Linear]


def test_gradient_passes_through_the_point_and_no_further(x: Tensor) -> None:
    net, twin = Residual(), Residual()
    twin.load_state_dict(net.state_dict())
    weights = torch.randn(3, 6)
    (Attached(net, "pool", example=x)(x) * weights).sum().backward()
    hidden = twin.layer1(twin.relu(twin.bn1(twin.conv1(x))))
    (hidden.mean((2, 3)) * weights).sum().backward()
    for (name, own), other in zip(net.named_parameters(), twin.parameters(), strict=True):
        if name.startswith(("fc", "unused")):
            assert own.grad is None
        else:
            torch.testing.assert_close(own.grad, other.grad)


def test_the_dry_run_leaves_the_network_as_it_was(x: Tensor) -> None:
    net = Residual().train()
    net.layer1.eval()
    before = copy.deepcopy(net.state_dict())
    Attached(net, "pool", example=x)
    MultiScale(net, {"layer1": 2}, example=x)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert [part.training for part in (net, net.bn1, net.layer1, net.layer1[0], net.fc)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    broken = Residual()
    with pytest.raises(RuntimeError):
        Attached(broken, "pool", example=x[:, :2])
    assert broken.training and all(not part._forward_hooks for part in broken.modules())


def test_hooks_do_not_pile_up_and_hold_nothing(x: Tensor) -> None:
    net = Residual()
    for _ in range(3):
        attached = Attached(net, "pool", example=x)
        Attached(net, "penultimate", example=x)
    assert sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in net.modules()) == 2
    z = attached(x)
    gone = weakref.ref(attached)
    features = weakref.ref(z)
    del attached, z
    gc.collect()
    assert gone() is None and features() is None
    net(x)


def test_copies_see_their_own_features(x: Tensor) -> None:
    attached = Attached(Residual().eval(), "pool", example=x)
    z = attached(x)
    for twin in (copy.deepcopy(attached), pickle.loads(pickle.dumps(attached))):
        with torch.no_grad():
            twin.module.conv1.weight.zero_()
        assert not torch.equal(twin(x), z)
        assert torch.equal(attached(x), z)
    replaced = copy.deepcopy(attached)
    replaced.module.avgpool = nn.AdaptiveMaxPool2d(1)
    torch.testing.assert_close(
        replaced(x),
        z * 0
        + replaced.module.layer1(replaced.module.relu(replaced.module.bn1(replaced.module.conv1(x)))).amax((2, 3)),
    )


def test_nested_attachments(x: Tensor) -> None:
    net = Residual().eval()
    inner = Attached(net, "pool", example=x, head_sizes=(4,))
    both = MultiScale(inner, {"module.layer1": 2, "output": 3, "module.bn1": 2}, example=x)
    features = both(x)
    torch.testing.assert_close(features["output"], inner(x))
    torch.testing.assert_close(features["module.layer1"], Attached(net, "layer1", example=x)(x))
    torch.testing.assert_close(features["module.bn1"], Attached(net, "bn1", example=x)(x))


def test_replicas_in_threads_do_not_mix(x: Tensor) -> None:
    """Two shallow replicas that share their hooks, as in nn.DataParallel, kept in step inside the forward pass."""
    barrier = threading.Barrier(2, timeout=20)

    class Meet(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            barrier.wait()
            return x

    net = nn.Sequential(Meet(), nn.Conv2d(3, 4, 3), nn.Tanh(), Meet(), nn.AdaptiveAvgPool2d(1), Meet())
    expected = [nn.Sequential(*(net[i] for i in (1, 2, 4)))(part).flatten(1) for part in (x, 2 * x)]
    barrier_off, barrier = barrier, threading.Barrier(1)
    attached = Attached(net, "4", example=x)
    barrier = barrier_off
    replicas = [attached, attached._replicate_for_data_parallel()]
    results: dict[int, Tensor] = {}

    def run(number: int) -> None:
        results[number] = replicas[number](x * (number + 1))

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    torch.testing.assert_close(results[0], expected[0])
    torch.testing.assert_close(results[1], expected[1])


def test_the_last_call_of_a_shared_submodule_counts() -> None:
    shared = nn.Linear(3, 3)
    net = nn.Sequential(shared, nn.Tanh(), shared)
    x = torch.randn(2, 3)
    torch.testing.assert_close(Attached(net, "0", example=x)(x), net(x))
    torch.testing.assert_close(Attached(net, "2", example=x)(x), net(x))
    torch.testing.assert_close(Attached(net, "penultimate", example=x)(x), shared(x).tanh())


def test_own_networks_are_accepted(x: Tensor) -> None:
    net = resnet18(width=2, n_classes=5).eval()
    pooled = Attached(net, "pool", example=x)
    assert (pooled.point, pooled.n_features) == ("avgpool", 16)
    bare = resnet18(width=2).eval()
    bare.load_state_dict({name: value for name, value in net.state_dict().items() if not name.startswith("fc")})
    torch.testing.assert_close(pooled(x), bare(x))


def test_errors(x: Tensor) -> None:
    net = Residual()
    with pytest.raises(
        ValueError, match=r"at: got 'layer9', accepted 'output', 'pool', 'penultimate', 'head'.*'layer1\.0'"
    ):
        Attached(net, "layer9", example=x)
    with pytest.raises(ValueError, match="at: got 'unused', accepted a submodule that the module calls"):
        Attached(net, "unused", example=x)
    with pytest.raises(ValueError, match="at: got 'penultimate', accepted for a module that calls an nn.Linear"):
        Attached(nn.Conv2d(3, 2, 1), "penultimate", example=x)
    with pytest.raises(ValueError, match="at: got 'pool', accepted for a module with a feature map"):
        Attached(nn.Linear(8, 2), "pool", example=x[0, 0])
    with pytest.raises(
        ValueError, match="at: got tuple at '', accepted a point with a floating tensor of at least 2 axes"
    ):
        Attached(Tokens(), "output", example=x)
    with pytest.raises(ValueError, match=r"at: got torch.float32 of shape \(8,\) at ''"):
        Attached(nn.Flatten(0), "output", example=x[0, 0, 0])
    with pytest.raises(ValueError, match="layout: got 'last', accepted 'channels_first', 'channels_last'"):
        Attached(net, "pool", example=x, layout="last")
    with pytest.raises(ValueError, match=r"head_sizes: got \(\), accepted a sequence of at least 1"):
        Attached(net, "head", example=x, head_sizes=())
    with pytest.raises(ValueError, match="x: got a batch of 1 in training mode"):
        Attached(net, "head", example=x)(x[:1])
