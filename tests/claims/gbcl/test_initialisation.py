"""Glorot starts: mean squared distances, the nearest sample, and what the layers of ddcl_core draw."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
import torch
from sklearn.datasets import make_circles, make_moons

from ddcl_core.layers import VanillaCompetitiveLayer, initialisation
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.gbcl import initialisation as claim
from ddcl_theory.claims.gbcl.initialisation_nearest import NEAREST, NORMAL
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


@pytest.mark.parametrize("seed", range(3))
def test_expectation_of_two_point_weights(seed: int) -> None:
    """All sign patterns of weights ±a, one law with mean 0 and variance a²."""
    rng = np.random.default_rng(seed)
    z = [[F(int(v)) for v in row] for row in rng.integers(-3, 4, (3, 2))]
    t = [F(int(v)) for v in rng.integers(-3, 4, 2)]
    a = F(3, 2)
    total = F(0)
    for signs in itertools.product((a, -a), repeat=3):
        y = [sum(s * row[i] for s, row in zip(signs, z, strict=True)) for i in range(2)]
        total += sum((u - v) ** 2 for u, v in zip(y, t, strict=True))
    assert total / 8 == sum(v * v for v in t) + a**2 * sum(v * v for row in z for v in row)
    found = claim.MEAN_SQUARE.statement.examine({"z": tuple(map(tuple, z)), "t": tuple(t), "s": a**2})
    assert found.supports


def standardised(x: np.ndarray) -> torch.Tensor:
    return torch.from_numpy((x - x.mean(0)) / x.std(0))


def spiral() -> np.ndarray:
    angle = np.linspace(0.5, 10, 500)
    return np.stack([angle * np.cos(angle), angle * np.sin(angle)], 1)


SETS = {
    "moons": lambda: make_moons(500, noise=0.05, random_state=0)[0],
    "circles": lambda: make_circles(500, noise=0.05, factor=0.5, random_state=0)[0],
    "spiral": spiral,
}


def starts(z: torch.Tensor, k: int = 30, runs: int = 40) -> tuple[torch.Tensor, torch.Tensor]:
    """(runs, k, d) dual and base prototypes with Glorot's variances, drawn by ddcl_core."""
    n, d = z.shape
    dual = [initialisation.uniform_weights(n, k, seed, gain=(2 * n / (n + k)) ** 0.5).mT @ z for seed in range(runs)]
    scale = (2 / (d + k)) ** 0.5
    base = [
        VanillaCompetitiveLayer(k, d, scale=scale, random_state=seed, dtype=z.dtype)().detach() for seed in range(runs)
    ]
    return torch.stack(dual), torch.stack(base)


@pytest.mark.parametrize("name", SETS)
def test_dual_prototypes_start_farther_in_the_mean_square(name: str) -> None:
    z = standardised(SETS[name]())
    n, d = z.shape
    dual, base = starts(z)
    k = dual.shape[1]
    far = [float((p[:, :, None] - z).square().sum(-1).mean()) for p in (dual, base)]
    assert far[0] == pytest.approx(d + 2 * n * d / (n + k), rel=0.05)
    assert far[1] == pytest.approx(d + 2 * d / (d + k), rel=0.05)
    assert far[0] > 2.5 * far[1]


def normal_starts(z: torch.Tensor, k: int = 30, runs: int = 60) -> tuple[torch.Tensor, torch.Tensor]:
    """(runs, k, d) dual and base prototypes from normal Glorot weights."""
    n, d = z.shape
    g = torch.Generator().manual_seed(0)
    omega = torch.randn(runs, k, n, generator=g, dtype=z.dtype)
    w = torch.randn(runs, k, d, generator=g, dtype=z.dtype)
    return (2 / (n + k)) ** 0.5 * omega @ z, (2 / (d + k)) ** 0.5 * w


@pytest.mark.parametrize("name", SETS)
def test_nearest_samples_of_normal_starts(name: str) -> None:
    """In the mean square base prototypes are nearer on every set, in the mean on all but Circles."""
    z = standardised(SETS[name]())
    dual, base = (torch.cdist(p, z).amin(-1) for p in normal_starts(z))
    assert 1.5 * float(base.square().mean()) < float(dual.square().mean())
    assert (float(dual.mean()) < float(base.mean())) is (name == "circles")
    if name == "circles":
        assert float(dual.mean() / base.mean()) == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize("name", SETS)
def test_dual_starts_cover_the_samples_better(name: str) -> None:
    z = standardised(SETS[name]())
    dual, base = (torch.cdist(p, z).amin(1) for p in normal_starts(z))
    assert 2 * float(dual.mean()) < float(base.mean())


def to_own_centroids(z: torch.Tensor, starts: torch.Tensor) -> float:
    """Mean squared distance from a start to the centroid of its own Voronoi cell, over occupied cells."""
    found = []
    for p in starts:
        own = torch.cdist(p, z).argmin(0)
        found += [float((p[j] - z[own == j].mean(0)).square().sum()) for j in own.unique()]
    return sum(found) / len(found)


@pytest.mark.parametrize("name", SETS)
def test_own_centroids_are_nearer_to_dual_starts_for_many_prototypes_and_farther_for_one(name: str) -> None:
    z = standardised(SETS[name]())
    dual, base = (to_own_centroids(z, p) for p in normal_starts(z, runs=20))
    assert 2 * dual < base
    dual, base = (to_own_centroids(z, p) for p in normal_starts(z, k=1, runs=400))
    n, d = z.shape
    assert dual == pytest.approx(2 * n * d / (n + 1), rel=0.15) and base == pytest.approx(2 * d / (d + 1), rel=0.15)
    assert dual > 2 * base


def to_nearest(deviation: mpmath.mpf, c: mpmath.mpf) -> mpmath.mpf:
    """E min(|y − c|, |y + c|)² for a normal y, by quadrature."""
    return 2 * mpmath.quad(lambda y: (y - c) ** 2 * mpmath.npdf(y, 0, deviation), [0, 5 * deviation, mpmath.inf])


@pytest.mark.parametrize("c", ["1/2", "1", "2", "5/2", "4"])
def test_nearest_sample_of_normal_weights(c: str) -> None:
    mpmath.mp.dps = 25
    at = mpmath.mpf(F(c).numerator) / F(c).denominator
    m, root = mpmath.sqrt(2 / mpmath.pi), mpmath.sqrt(3)
    gap = to_nearest(mpmath.mpf(1), at) - to_nearest(2 * at / root, at)
    assert abs(gap - (2 * at / root - 1) * ((2 * m - 2 / root) * at - 1)) < 1e-15
    assert (gap > 0) is (at < root / 2 or at > 1 / (2 * m - 2 / root))
    assert NORMAL[0] < F(str(m)) < NORMAL[1]
    assert NEAREST.statement.examine({"c": F(c)}).refutes is (gap < 0)


def test_thresholds_of_the_nearest_sample() -> None:
    m, root = mpmath.sqrt(2 / mpmath.pi), mpmath.sqrt(3)
    assert 2.2672 < 1 / (2 * m - 2 / root) < 2.2673 and abs(root / 2 - 0.866) < 1e-3


def test_numbers_of_the_figure() -> None:
    n, d, k = F(500), F(2), F(30)
    assert 2 * n * d / (n + k) > 30 * (2 * d / (d + k))
    for n, d, k in itertools.product(range(2, 6), range(1, 5), range(1, 5)):
        assert n * (d - 1) + k * (n - 1) > 0
        assert F(2 * n * d, n + k) > F(2 * d, d + k)


def test_offsets_do_not_attract_the_start() -> None:
    z = torch.randn(50, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 10
    dual, _ = starts(z, runs=200)
    assert float(dual.mean((0, 1)).abs().max()) < 2
    spread = torch.linalg.eigh(torch.cov(dual.reshape(-1, 2).T))
    along = spread.eigenvectors[:, -1]
    assert abs(float(along.sum())) == pytest.approx(2**0.5, rel=0.02)


@pytest.mark.parametrize(
    ("name", "dtype"), list(itertools.product(("uniform_weights", "random_numbers"), ("float64", "float32")))
)
def test_a_wider_start_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str, dtype: str) -> None:
    original = getattr(initialisation, name)
    monkeypatch.setattr(initialisation, name, lambda *args, **options: 1.5 * original(*args, **options))
    parts = next(r.parts for r in claim.CLAIM.readings if r.id == dtype)
    outcomes = [run_part(p, QUICK).evidence[0].outcome for p in parts]
    assert outcomes[0] is Outcome.REFUTES and (outcomes[1] is Outcome.REFUTES) is (name == "random_numbers")
