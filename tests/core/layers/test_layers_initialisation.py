"""Starts: where they put the prototypes, against closed forms, numpy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.cluster import kmeans_plusplus
from torch import Tensor

from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer, kmeans_plus_plus, least_norm_weights
from ddcl_core.layers.initialisation import convex_weights, uniform_weights


def data(n: int, d: int, seed: int = 0, device: torch.device | str = "cpu") -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(device)


def test_kmeans_plus_plus_puts_prototypes_on_distinct_samples(device: torch.device) -> None:
    z = data(40, 3, device=device)
    seeds = kmeans_plus_plus(z, 6, random_state=2)
    assert len(set(seeds.tolist())) == 6
    dual = DualCompetitiveLayer(40, 6, dtype=torch.float64, device=device).initialise(z, random_state=2)
    assert dual.stored_prototypes().equal(z[seeds])
    assert dual.weights.detach().sum() == 6 and dual.weights.detach().count_nonzero() == 6
    vanilla = VanillaCompetitiveLayer(6, 3, dtype=torch.float64, device=device).initialise(z, random_state=2)
    assert vanilla.prototypes.equal(z[seeds])


def test_kmeans_plus_plus_takes_every_sample_when_k_is_n() -> None:
    assert sorted(kmeans_plus_plus(data(9, 2), 9, random_state=3).tolist()) == list(range(9))


def test_kmeans_plus_plus_finds_far_groups() -> None:
    """Groups 1e3 apart with a spread of 1: a draw inside a group already met has probability below 1e-4."""
    centres = torch.tensor([[0.0, 0.0], [1e3, 0.0], [0.0, 1e3], [1e3, 1e3]], dtype=torch.float64)
    z = centres.repeat_interleave(25, 0) + data(100, 2)
    for seed in range(20):
        assert sorted((kmeans_plus_plus(z, 4, seed) // 25).tolist()) == [0, 1, 2, 3]


def test_kmeans_plus_plus_is_as_good_as_that_of_scikit_learn() -> None:
    """Mean quantisation error over 60 starts each; the difference stays within 4 standard errors."""
    z = data(150, 4, seed=5)

    def error(centres: Tensor) -> float:
        return float(torch.cdist(z, centres).amin(1).square().sum())

    ours = np.array([error(z[kmeans_plus_plus(z, 8, seed)]) for seed in range(60)])
    theirs = np.array(
        [error(z[torch.from_numpy(kmeans_plusplus(z.numpy(), 8, random_state=s)[1]).long()]) for s in range(60)]
    )
    uniform = np.array([error(z[np.random.default_rng(s).choice(150, 8, replace=False)]) for s in range(60)])
    spread = np.sqrt(ours.var() / 60 + theirs.var() / 60)
    assert abs(ours.mean() - theirs.mean()) < 4 * spread
    assert ours.mean() < uniform.mean() - 4 * np.sqrt(ours.var() / 60 + uniform.var() / 60)


def test_kmeans_plus_plus_draws_in_proportion_to_the_squared_distance() -> None:
    """Samples at 0 (many), 1 (three) and 2, k = 2, first at 0: the best of two draws from the masses 3 and 4.

    The three at 1 leave the error 1 and the one at 2 leaves 3, so 2 is chosen when it is drawn twice: (4/7)^2.
    """
    z = torch.tensor([[0.0]] * 2000 + [[1.0]] * 3 + [[2.0]], dtype=torch.float64)
    picks = [kmeans_plus_plus(z, 2, seed).tolist() for seed in range(1000)]
    seconds = [second for first, second in picks if first < 2000]
    share, expected = seconds.count(2003) / len(seconds), 16 / 49
    assert abs(share - expected) < 4 * (expected * (1 - expected) / len(seconds)) ** 0.5
    assert set(seconds) == {2000, 2001, 2002, 2003}


def test_kmeans_plus_plus_with_too_few_distinct_samples() -> None:
    z = torch.tensor([[1.0], [1.0], [5.0], [5.0]])
    seeds = kmeans_plus_plus(z, 4, 0)
    assert set(z[seeds].flatten().tolist()) == {1.0, 5.0}
    with pytest.raises(ValueError, match="n_prototypes: got 5, accepted at most the 4 samples"):
        kmeans_plus_plus(z, 5)
    with pytest.raises(ValueError, match="n_prototypes: got 3, accepted at most the 2 samples"):
        DualCompetitiveLayer(2, 3).initialise(torch.zeros(2, 1))


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_kmeans_plus_plus_at_extreme_scales(scale: float) -> None:
    z = data(30, 2) * scale
    assert kmeans_plus_plus(z, 5, 1).equal(kmeans_plus_plus(data(30, 2), 5, 1))


def test_random_prototypes_are_convex_combinations() -> None:
    weights = convex_weights(50, 400, 0)
    assert (weights >= 0).all()
    assert torch.allclose(weights.sum(0), torch.ones(400, dtype=torch.float64), rtol=0, atol=1e-15 * 8)
    assert set((weights > 0).sum(0).tolist()) <= {1, 2, 3}


def test_random_prototypes_have_the_mean_and_half_the_covariance_of_the_data() -> None:
    """40 000 draws: the relative standard error of a variance is about sqrt(2/40000) = 0.7 %, so 4 % is ample."""
    z = data(30, 2, seed=6) * torch.tensor([3.0, 0.5], dtype=torch.float64) + 10
    prototypes = convex_weights(30, 40_000, 1).T @ z
    covariance = torch.cov(z.T, correction=0)
    assert torch.allclose(prototypes.mean(0), z.mean(0), rtol=0, atol=5 * float((covariance.max() / 80_000).sqrt()))
    assert torch.allclose(torch.cov(prototypes.T).diag(), covariance.diag() / 2, rtol=0.04, atol=0)


def test_uniform_weights_have_variance_one_over_n() -> None:
    weights = uniform_weights(100, 1000, 0)
    assert float(weights.abs().max()) <= (3 / 100) ** 0.5
    assert float(weights.abs().max()) > 0.999 * (3 / 100) ** 0.5
    # 100 000 draws: relative standard error sqrt(0.8/1e5) = 0.3 % for a uniform variable.
    assert float(weights.var()) == pytest.approx(1 / 100, rel=0.015)
    assert abs(float(weights.mean())) < 5 * 0.1 / 1e5**0.5


def test_vanilla_start_has_the_standard_deviation_asked_for() -> None:
    start = VanillaCompetitiveLayer(500, 100, scale=2.5, dtype=torch.float64).prototypes.detach()
    # 50 000 draws: the standard error of a uniform variable's standard deviation is 0.2 % of it.
    assert float(start.std()) == pytest.approx(2.5, rel=0.01)
    assert abs(float(start.mean())) < 5 * 2.5 / 50_000**0.5


@pytest.mark.parametrize("init", ["random", "uniform"])
def test_data_free_starts_are_those_of_the_constructor(init: str, device: torch.device) -> None:
    z = data(20, 3, device=device)
    made = DualCompetitiveLayer(20, 4, init=init, random_state=7, dtype=torch.float64, device=device)
    later = DualCompetitiveLayer(20, 4, dtype=torch.float64, device=device).initialise(z, init, 7)
    assert made.weights.equal(later.weights)
    assert later.stored_prototypes().equal(made(z))
    vanilla = VanillaCompetitiveLayer(4, 3, dtype=torch.float64, device=device).initialise(z, init, 7)
    assert vanilla.prototypes.equal(made(z))
    single = DualCompetitiveLayer(20, 4, init=init, random_state=7, device=device)
    assert single.weights.dtype == torch.float32
    assert single.weights.equal(made.weights.float())


@pytest.mark.parametrize(("n", "d"), [(12, 3), (3, 7), (5, 5)])
def test_least_norm_weights_are_those_of_numpy(n: int, d: int, device: torch.device) -> None:
    z = data(n, d, device=device)
    prototypes = data(4, n, seed=1, device=device) @ z
    weights = least_norm_weights(z, prototypes)
    expected = np.linalg.lstsq(z.cpu().numpy().T, prototypes.cpu().numpy().T, rcond=None)[0]
    assert np.allclose(weights.cpu().numpy(), expected, rtol=0, atol=1e-10)
    assert torch.allclose(weights.T @ z, prototypes, rtol=0, atol=1e-10)
    layer = DualCompetitiveLayer.from_prototypes(z, prototypes, estimate="unbiased")
    assert layer.estimate == "unbiased" and layer.weights.dtype == torch.float64
    assert torch.allclose(layer.stored_prototypes(), prototypes, rtol=0, atol=1e-10)


def test_least_norm_weights_of_rank_deficient_features() -> None:
    """Two equal samples share the weight: W = (1/2, 1/2) has the least norm."""
    z = torch.tensor([[1.0, 2.0], [1.0, 2.0]])
    assert torch.allclose(least_norm_weights(z, z[:1]), torch.tensor([[0.5], [0.5]]))


def test_prototypes_outside_the_span_are_refused() -> None:
    z = torch.eye(3)[:2]
    inside, outside = torch.tensor([1.0, 2.0, 0.0]), torch.tensor([3.0, 0.0, 4.0])
    with pytest.raises(ValueError, match=r"prototypes: got row 1 at 0\.8 of its norm from the span of the 2 samples"):
        DualCompetitiveLayer.from_prototypes(z, torch.stack([inside, outside]))
    with pytest.raises(ValueError, match=r"prototypes: got shape \(1, 2\)"):
        least_norm_weights(z, torch.zeros(1, 2))
    assert least_norm_weights(z, torch.zeros(1, 3)).count_nonzero() == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rounded_prototypes_count_as_inside(dtype: torch.dtype) -> None:
    z = data(20, 50, seed=2).to(dtype)
    prototypes = data(3, 20, seed=3).to(dtype) @ z
    found = DualCompetitiveLayer.from_prototypes(z, prototypes)(z)
    assert torch.allclose(found, prototypes, rtol=0, atol=1e3 * torch.finfo(dtype).eps)


def test_wrong_options_are_named() -> None:
    layer, z = DualCompetitiveLayer(4, 2), torch.zeros(4, 1)
    with pytest.raises(ValueError, match="init: got 'pca'"):
        layer.initialise(z, "pca")
    with pytest.raises(ValueError, match="z: got 3 samples, accepted all 4"):
        layer.initialise(z[:3])
    with pytest.raises(ValueError, match="random_state: got 'x'"):
        layer.initialise(z, random_state="x")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(ValueError, match=r"z: got shape \(4, 1\), accepted \(n, 2\)"):
        VanillaCompetitiveLayer(2, 2).initialise(z)
