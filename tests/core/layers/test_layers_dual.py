"""The dual layer against algebra: P = W^T Z, its gradient, and its relation to the vanilla layer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer, winner_loss

# Products of sizes below 40 with entries of order 1: a few hundred roundings of 2.2e-16 at most.
CLOSE = 1e-12


def data(n: int, d: int, device: torch.device, seed: int = 0) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(device)


def whitened(n: int, d: int, device: torch.device) -> Tensor:
    """Z^T Z = I_d."""
    return torch.linalg.qr(data(n, d, device)).Q


@pytest.mark.parametrize(("n", "k", "d"), [(7, 3, 2), (1, 4, 3), (3, 5, 6), (2, 1, 1)])
def test_prototypes_are_sums_over_samples(n: int, k: int, d: int, device: torch.device) -> None:
    z = data(n, d, device)
    layer = DualCompetitiveLayer(n, k, init="uniform", dtype=torch.float64, device=device)
    found = layer(z)
    assert found.shape == (k, d)
    weights = layer.weights.tolist()
    for j in range(k):
        expected = sum(weights[i][j] * z[i] for i in range(n))
        assert torch.allclose(found[j], expected, rtol=0, atol=CLOSE)
    assert torch.linalg.matrix_rank(found.detach()) <= min(n, k, d)


def test_gradients_are_those_of_the_chain_rule(device: torch.device) -> None:
    z = data(9, 4, device).requires_grad_()
    layer = DualCompetitiveLayer(9, 3, dtype=torch.float64, device=device)
    prototypes = layer(z)
    slope = data(3, 4, device, seed=1)
    prototypes.backward(slope)
    assert torch.allclose(layer.weights.grad, z.detach() @ slope.T, rtol=0, atol=CLOSE)
    assert torch.allclose(z.grad, layer.weights.detach() @ slope, rtol=0, atol=CLOSE)


def step_of_prototypes(z: Tensor, k: int, rate: float) -> tuple[Tensor, Tensor]:
    """(change of P, dL/dP) of one step of SGD on W for the winner loss."""
    layer = DualCompetitiveLayer(*z.shape[:1], k, dtype=z.dtype, device=z.device)
    before = layer(z)
    slope = torch.autograd.grad(winner_loss(z, before, "sum"), before, retain_graph=True)[0]
    winner_loss(z, before, "sum").backward()
    torch.optim.SGD(layer.parameters(), rate).step()
    return layer(z).detach() - before.detach(), slope


@pytest.mark.parametrize(("n", "d"), [(12, 3), (4, 9), (6, 6)])
def test_a_step_moves_the_prototypes_by_the_gram_matrix_of_the_features(n: int, d: int, device: torch.device) -> None:
    z = data(n, d, device)
    change, slope = step_of_prototypes(z, 3, 0.01)
    assert slope.abs().max() > 1
    assert torch.allclose(change, -0.01 * slope @ (z.T @ z), rtol=0, atol=CLOSE)


def test_steps_stay_in_the_span_of_the_samples(device: torch.device) -> None:
    z = data(3, 8, device)
    change, slope = step_of_prototypes(z, 4, 0.1)
    projector = torch.linalg.pinv(z) @ z
    assert torch.linalg.matrix_rank(projector) == 3
    assert change.norm() > 0.1
    assert torch.allclose(change @ projector, change, rtol=0, atol=CLOSE)
    # A linear loss whose slope has a part outside the span: the step has none.
    outside = data(4, 8, device, seed=2)
    assert (outside - outside @ projector).norm() > 1
    layer = DualCompetitiveLayer(3, 4, dtype=torch.float64, device=device)
    before = layer(z)
    (before * outside).sum().backward()
    torch.optim.SGD(layer.parameters(), 0.1).step()
    moved = layer(z).detach() - before.detach()
    assert torch.allclose(moved, moved @ projector, rtol=0, atol=CLOSE)


def trajectory(layer: nn.Module, z: Tensor, steps: int, rate: float) -> list[Tensor]:
    optimizer = torch.optim.SGD(layer.parameters(), rate)
    path = []
    for _ in range(steps):
        optimizer.zero_grad()
        prototypes = layer(z)
        path.append(prototypes.detach().clone())
        winner_loss(z, prototypes, "sum").backward()
        optimizer.step()
    return path


def test_white_features_give_the_trajectory_of_the_vanilla_layer(device: torch.device) -> None:
    z = whitened(30, 4, device)
    dual = DualCompetitiveLayer(30, 3, dtype=torch.float64, device=device)
    vanilla = VanillaCompetitiveLayer.from_prototypes(dual(z).detach())
    both = zip(trajectory(dual, z, 40, 0.02), trajectory(vanilla, z, 40, 0.02), strict=True)
    paths = [(ours, theirs) for ours, theirs in both]
    assert (paths[-1][0] - paths[0][0]).norm() > 0.1
    assert all(torch.allclose(ours, theirs, rtol=0, atol=CLOSE) for ours, theirs in paths)


def test_other_features_do_not(device: torch.device) -> None:
    z = data(30, 4, device) / 30**0.5 * torch.tensor([2.0, 1.0, 1.0, 0.5], dtype=torch.float64, device=device)
    dual = DualCompetitiveLayer(30, 3, dtype=torch.float64, device=device)
    vanilla = VanillaCompetitiveLayer.from_prototypes(dual(z).detach())
    assert (trajectory(dual, z, 5, 0.02)[-1] - trajectory(vanilla, z, 5, 0.02)[-1]).norm() > 1e-3


def test_every_prototype_matrix_is_reached_by_the_weights_of_white_features(device: torch.device) -> None:
    """GBCL, theorem 2.1 and equation (5): W = Z P^T."""
    z, prototypes = whitened(20, 5, device), data(4, 5, device, seed=3)
    layer = DualCompetitiveLayer.from_prototypes(z, prototypes)
    assert torch.allclose(layer.weights.detach(), z @ prototypes.T, rtol=0, atol=CLOSE)
    assert torch.allclose(layer(z).detach(), prototypes, rtol=0, atol=CLOSE)


def test_vanilla_layer_gives_its_parameter_whatever_the_batch(device: torch.device) -> None:
    layer = VanillaCompetitiveLayer(3, 2, dtype=torch.float64, device=device)
    assert layer(data(5, 2, device)) is layer.prototypes
    assert layer(data(1, 2, device), torch.tensor([4])) is layer.prototypes
    assert layer.eval()() is layer.prototypes
    assert [name for name, _ in layer.named_parameters()] == ["prototypes"]
    assert layer.refresh([(data(5, 2, device), None)]).equal(layer.prototypes)


@pytest.mark.parametrize("make", [DualCompetitiveLayer, VanillaCompetitiveLayer])
def test_random_state_alone_decides_the_start(make: type[nn.Module]) -> None:
    def start(state: int | torch.Generator) -> Tensor:
        return next(make(6, 4, random_state=state, dtype=torch.float64).parameters())

    before = torch.random.get_rng_state()
    assert start(5).equal(start(5))
    assert start(5).equal(start(torch.Generator().manual_seed(5)))
    assert not start(5).equal(start(6))
    assert torch.random.get_rng_state().equal(before)


def test_predictions_use_the_stored_prototypes(device: torch.device) -> None:
    z, new = data(8, 2, device), data(50, 2, device, seed=4)
    layer = DualCompetitiveLayer(8, 3, dtype=torch.float64, device=device).initialise(z)
    p = layer.stored_prototypes().tolist()
    squares = [[sum((a - b) ** 2 for a, b in zip(x, y, strict=True)) for y in p] for x in new.tolist()]
    assert layer.predict(new).tolist() == [row.index(min(row)) for row in squares]
    q = torch.softmax(-torch.tensor(squares, dtype=torch.float64) / 0.7, -1)
    assert torch.allclose(layer.assign(new, 0.7).cpu(), q, rtol=0, atol=CLOSE)
    half = torch.softmax(-torch.tensor(squares, dtype=torch.float64) / 1.4, -1)
    assert torch.allclose(layer.assign(new, 0.7, convention="d/2T").cpu(), half, rtol=0, atol=CLOSE)


def test_ties_go_to_the_lowest_prototype() -> None:
    layer = VanillaCompetitiveLayer.from_prototypes(torch.tensor([[1.0], [-1.0], [1.0]]))
    assert layer.predict(torch.tensor([[0.0], [2.0], [-2.0]])).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: DualCompetitiveLayer(0, 3), "n_samples: got 0"),
        (lambda: DualCompetitiveLayer(3, 2.0), "n_prototypes: got 2.0"),
        (lambda: DualCompetitiveLayer(3, 2, init="k-means++"), "init: got 'k-means"),
        (lambda: DualCompetitiveLayer(3, 2, init="glorot"), "init: got 'glorot'"),
        (lambda: DualCompetitiveLayer(3, 2, estimate="exact"), "estimate: got 'exact'"),
        (lambda: DualCompetitiveLayer(3, 2, features="fixed"), "features: got 'fixed'"),
        (lambda: DualCompetitiveLayer(3, 2, random_state=-1), "random_state: got -1"),
        (lambda: VanillaCompetitiveLayer(2, 0), "n_features: got 0"),
        (lambda: VanillaCompetitiveLayer(2, 2, scale=float("nan")), "scale: got nan"),
        (lambda: VanillaCompetitiveLayer.from_prototypes(torch.zeros(1, 2, 3)), r"prototypes: got shape \(1, 2, 3\)"),
        (lambda: VanillaCompetitiveLayer(2, 3)(torch.zeros(4, 2)), r"z: got shape \(4, 2\), accepted \(n, 3\)"),
        (lambda: VanillaCompetitiveLayer(2, 3).predict(torch.zeros(4, 2)), r"z: got shape \(4, 2\)"),
        (lambda: VanillaCompetitiveLayer(2, 3).predict(torch.zeros(4, 3).double()), "z: got torch.float64"),
        (lambda: DualCompetitiveLayer(3, 2)(), "z: got None"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(2, 2)), "z: got 2 samples, accepted all 3"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(3)), r"z: got shape \(3,\)"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(1, 3, 2)), r"z: got shape \(1, 3, 2\)"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(3, 2).double()), "z: got torch.float64"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.full((3, 2), torch.nan)), "z: got an entry of absolute value nan"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(3, 2, dtype=torch.long)), "z: got dtype torch.int64"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(2, 2), torch.tensor([0, 3])), "index: got 3, accepted .* 0 to 2"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(2, 2), torch.tensor([-1, 0])), "index: got -1"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(2, 2), torch.tensor([1, 1])), "index: got 1 more than once"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(4, 2), torch.arange(4)), "index: got 3"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(2, 2), torch.arange(3)), r"index: got torch.int64 of shape \(3,\)"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(2, 2), torch.rand(2)), "index: got torch.float32"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(2, 2), torch.ones(2).bool()), "index: got torch.bool"),
        (lambda: DualCompetitiveLayer(3, 2)(torch.zeros(2, 2), [0, 1]), "index: got list"),
    ],
)  # fmt: skip
def test_wrong_input_is_named(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_wrong_input_leaves_the_running_state_alone() -> None:
    z = data(5, 2, torch.device("cpu"))
    layer = DualCompetitiveLayer(5, 2, dtype=torch.float64).initialise(z)
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    spoilt = z[:2].clone()
    spoilt[0, 0] = torch.nan
    for batch, index in ((spoilt, [0, 1]), (z[:2], [0, 0]), (z[:2], [0, 9]), (data(2, 3, z.device), [0, 1])):
        with pytest.raises(ValueError, match=r"^(z|index): "):
            layer(batch, torch.tensor(index))
    after = layer.state_dict()
    assert all(after[name].equal(value) for name, value in before.items())
