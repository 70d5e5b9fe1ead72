"""Mini-batches: the unbiased estimate by enumeration, the running one against bookkeeping by hand."""

from __future__ import annotations

from itertools import combinations, product

import pytest
import torch
from torch import Tensor

from ddcl_core.layers import DualCompetitiveLayer, sampling_variance, winner_loss

CLOSE = 1e-12  # sums of fewer than 100 products of order 1 in float64


def problem(n: int = 6, k: int = 2, d: int = 3, **options: object) -> tuple[DualCompetitiveLayer, Tensor]:
    z = torch.randn(n, d, generator=torch.Generator().manual_seed(n), dtype=torch.float64) + 0.5
    return DualCompetitiveLayer(n, k, init="uniform", dtype=torch.float64, **options), z  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_mean_and_variance_over_all_batches(size: int) -> None:
    layer, z = problem(estimate="unbiased")
    estimates = torch.stack([layer(z[list(c)], torch.tensor(c)).detach() for c in combinations(range(6), size)])
    exact = layer.weights.detach().T @ z
    assert torch.allclose(estimates.mean(0), exact, rtol=0, atol=CLOSE)
    variance = (estimates - exact).square().mean(0)
    assert torch.allclose(sampling_variance(layer.weights.detach(), z, size), variance, rtol=1e-10, atol=CLOSE)
    assert (variance.min() > 1e-3) == (size < 6)


def test_mean_over_all_draws_with_replacement() -> None:
    layer, z = problem(n=4, estimate="unbiased")
    draws = [layer(z[list(c)], torch.tensor(c)).detach() for c in product(range(4), repeat=3)]
    assert torch.allclose(torch.stack(draws).mean(0), layer.weights.detach().T @ z, rtol=0, atol=CLOSE)


def test_each_batch_of_an_epoch_has_its_own_size() -> None:
    """Over all orders of 5 samples cut into 2 + 2 + 1 each of the three places has the mean W^T Z."""
    layer, z = problem(n=5, estimate="unbiased")
    exact = layer.weights.detach().T @ z
    for size in (2, 1):
        mean = torch.stack([layer(z[list(c)], torch.tensor(c)).detach() for c in combinations(range(5), size)]).mean(0)
        assert torch.allclose(mean, exact, rtol=0, atol=CLOSE)


def test_batches_with_repetition_may_exceed_the_data() -> None:
    layer, z = problem(n=2, estimate="unbiased")
    index = torch.tensor([0, 1, 1, 1])
    expected = 2 / 4 * (layer.weights[0:1].T @ z[0:1] + 3 * layer.weights[1:2].T @ z[1:2])
    assert torch.allclose(layer(z[index], index), expected, rtol=0, atol=CLOSE)


def test_variance_of_one_hot_weights_in_batches_of_one() -> None:
    weights, z = torch.eye(7, 1, dtype=torch.float64), torch.full((7, 1), 3.0, dtype=torch.float64)
    assert float(sampling_variance(weights, z, 1)) == pytest.approx(6 * 9)
    assert float(sampling_variance(weights[:1], z[:1], 1)) == 0


def test_variance_keeps_its_digits_far_from_zero() -> None:
    """Entries 1e8 + (0, 1, 2) have variance 1; a difference of sums of squares would lose it."""
    z = torch.tensor([[1e8], [1e8 + 1], [1e8 + 2]], dtype=torch.float64)
    found = sampling_variance(torch.ones(3, 1, dtype=torch.float64), z, 1)
    assert float(found) == pytest.approx(9 * (1 - 1 / 3), rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((torch.ones(3, 1), torch.ones(3, 1), 4), "batch_size: got 4"),
        ((torch.ones(3, 1), torch.ones(3, 1), 0), "batch_size: got 0"),
        ((torch.ones(2, 1), torch.ones(3, 1), 1), r"weights: got shape \(2, 1\)"),
        ((torch.ones(3, 1).double(), torch.ones(3, 1), 1), "weights: got torch.float64"),
    ],
)
def test_variance_names_wrong_input(arguments: tuple[Tensor, Tensor, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sampling_variance(*arguments)


@pytest.mark.parametrize("estimate", ["unbiased", "running"])
def test_gradients_reach_the_rows_of_the_batch_only(estimate: str) -> None:
    layer, z = problem(estimate=estimate)
    if estimate == "running":
        layer.refresh([(z, None)])
    index = torch.tensor([4, 1])
    batch = z[index].requires_grad_()
    slope = torch.arange(6, dtype=torch.float64).reshape(2, 3)
    layer(batch, index).backward(slope)
    scale = 3 if estimate == "unbiased" else 1
    expected = torch.zeros(6, 2, dtype=torch.float64)
    expected[index] = scale * z[index] @ slope.T
    assert torch.allclose(layer.weights.grad, expected, rtol=0, atol=CLOSE)
    assert torch.allclose(batch.grad, scale * layer.weights.detach()[index] @ slope, rtol=0, atol=CLOSE)


@pytest.mark.parametrize("estimate", ["unbiased", "running"])
def test_sparse_gradients_are_the_dense_ones(estimate: str) -> None:
    gradients = []
    for sparse in (False, True):
        layer, z = problem(estimate=estimate, sparse=sparse)
        index = torch.tensor([5, 0, 2])
        winner_loss(z, layer(z[index], index)).backward()
        assert layer.weights.grad.is_sparse == sparse
        gradients.append(layer.weights.grad.to_dense())
        torch.optim.SGD(layer.parameters(), 0.1).step()
    assert gradients[0].abs().max() > 0.01
    assert torch.allclose(*gradients, rtol=0, atol=CLOSE)


def batches(n: int, size: int, epochs: int, seed: int = 0) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [part for _ in range(epochs) for part in torch.randperm(n, generator=generator).split(size)]


@pytest.mark.parametrize("features", ["frozen", "moving"])
@pytest.mark.parametrize("size", [1, 4, 11])
def test_running_prototypes_are_exact_for_frozen_features_and_sgd(features: str, size: int) -> None:
    layer, z = problem(n=11, k=3, features=features)
    layer.refresh([(z, None)])
    optimizer = torch.optim.SGD(layer.parameters(), 0.005)
    start = layer.weights.detach().clone()
    for index in batches(11, size, 6):
        prototypes = layer(z[index], index)
        assert torch.allclose(prototypes, layer.weights.T @ z, rtol=0, atol=CLOSE)
        optimizer.zero_grad()
        winner_loss(z, prototypes, "sum").backward()
        optimizer.step()
        assert torch.allclose(layer.stored_prototypes(), layer.weights.T @ z, rtol=0, atol=CLOSE)
    assert (layer.weights.detach() - start).norm() > 0.1


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.Adam])
def test_running_prototypes_with_moving_features_are_those_of_a_ledger(optimizer: type[torch.optim.Optimizer]) -> None:
    """A dict of (weights, features) per sample, summed anew at every step."""
    layer, z = problem(n=10, k=3, features="moving")
    updates = optimizer(layer.parameters(), lr=0.01)  # type: ignore[call-arg]
    ledger: dict[int, tuple[Tensor, Tensor]] = {}
    last: list[int] = []
    for step, index in enumerate(batches(10, 4, 5)):
        moved = z * (1 + 0.1 * step) + torch.sin(torch.tensor(float(step)))
        rows = layer.weights.detach().clone()
        for i in last:
            ledger[i] = (rows[i], ledger[i][1])
        last = index.tolist()
        for i in last:
            ledger[i] = (rows[i], moved[i])
        expected = sum(torch.outer(w, x) for w, x in ledger.values()) * (10 / len(ledger))
        prototypes = layer(moved[index], index)
        assert torch.allclose(prototypes, expected, rtol=0, atol=1e-11)
        updates.zero_grad()
        winner_loss(moved, prototypes).backward()
        updates.step()


def test_frozen_records_gain_rows_that_adam_moved_when_they_are_seen_next() -> None:
    layer, z = problem(n=8, k=2, features="frozen")
    layer.refresh([(z, None)])
    optimizer = torch.optim.Adam(layer.parameters(), 0.05)
    lag = 0.0
    for index in batches(8, 2, 3):
        prototypes = layer(z[index], index)
        lag = max(lag, float((prototypes - layer.weights.T @ z).detach().abs().max()))
        optimizer.zero_grad()
        winner_loss(z, prototypes).backward()
        optimizer.step()
    assert lag > 0.01
    for index in torch.arange(8).split(3):
        prototypes = layer(z[index], index)
    assert torch.allclose(prototypes, layer.weights.T @ z, rtol=0, atol=CLOSE)


def test_before_the_first_pass_is_over_the_seen_part_stands_for_the_whole() -> None:
    layer, z = problem(n=6)
    other = DualCompetitiveLayer(6, 2, init="uniform", dtype=torch.float64, estimate="unbiased")
    first, second = torch.tensor([3, 0]), torch.tensor([1, 4])
    assert torch.allclose(layer(z[first], first), other(z[first], first), rtol=0, atol=CLOSE)
    both = torch.cat([first, second])
    assert torch.allclose(layer(z[second], second), other(z[both], both), rtol=0, atol=CLOSE)


def test_a_whole_data_set_is_exact_and_forgets_what_was_recorded() -> None:
    for options in ({"estimate": "unbiased"}, {"features": "frozen"}, {"features": "moving"}):
        layer, z = problem(**options)
        index = torch.tensor([2, 3])
        layer(100 * z[index], index)
        assert layer(z).equal(layer.weights.T @ z)
        with torch.no_grad():
            layer.weights.mul_(-1)
        assert layer.stored_prototypes().equal(layer.weights.T @ z)
        if "features" in options:
            assert torch.allclose(layer(z[index], index), layer.weights.T @ z, rtol=0, atol=CLOSE)


def test_parts_of_the_product_add_up() -> None:
    layer, z = problem()
    parts = [layer.moment(z[index], index) for index in torch.arange(6).split(4)]
    assert torch.allclose(layer.from_moment(parts[0] + parts[1]), layer.weights.T @ z, rtol=0, atol=CLOSE)
    assert layer.total is None


def test_memory_of_the_records() -> None:
    sizes = {}
    for options in ({"estimate": "unbiased"}, {"features": "frozen"}, {"features": "moving"}):
        layer, z = problem(n=50, k=4, d=7, **options)
        index = torch.arange(5)
        layer(z[index], index)
        sizes[str(options)] = sum(value.numel() for value in layer.state_dict().values()) - 50 * 4
    assert list(sizes.values()) == [0, 50 * 4 + 50 + 2 * 4 * 7, 50 * (4 + 7) + 50 + 2 * 4 * 7]


def test_bfloat16_batches_keep_a_running_sum_in_float32() -> None:
    z = torch.randn(64, 3, generator=torch.Generator().manual_seed(0)).bfloat16()
    layer = DualCompetitiveLayer(64, 2, dtype=torch.bfloat16, features="frozen")
    with torch.no_grad():
        layer.weights.fill_(1)
    for index in torch.arange(64).split(8):
        prototypes = layer(z[index], index)
    exact = z.double().sum(0).expand(2, 3)
    # Eight parts and the result are rounded to 8 bits each, the sum between them is not.
    assert prototypes.dtype == torch.bfloat16
    assert (prototypes.double() - exact).abs().max() <= 2**-8 * (z.double().abs().sum() / 3 + exact.abs().max())
    assert layer.total is not None and layer.total.dtype == torch.float32
