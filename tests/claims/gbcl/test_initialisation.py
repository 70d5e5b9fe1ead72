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


@pytest.mark.parametrize(("name", "nearer"), [("moons", "base"), ("spiral", "base"), ("circles", "dual")])
def test_nearest_samples_depend_on_the_data(name: str, nearer: str) -> None:
    z = standardised(SETS[name]())
    dual, base = (float(torch.cdist(p, z).amin(-1).mean()) for p in starts(z))
    assert (dual < base) is (nearer == "dual")


def test_nearest_sample_integrals() -> None:
    """Uniform weights on ±√3 and ±√2, data 1 and −1."""
    mpmath.mp.dps = 25
    base = mpmath.quad(lambda w: (abs(w) - 1) ** 2 / (2 * mpmath.sqrt(3)), [-mpmath.sqrt(3), 0, mpmath.sqrt(3)])
    wide = 2 * mpmath.sqrt(2)
    dual = mpmath.quad(lambda y: (abs(y) - 1) ** 2 * (wide - abs(y)) / wide**2, [-wide, 0, wide])
    assert abs(base - (2 - mpmath.sqrt(3))) < 1e-20
    assert abs(dual - (mpmath.mpf(7) / 3 - 4 * mpmath.sqrt(2) / 3)) < 1e-20
    assert dual > base
    c = mpmath.mpf(5) / 2
    assert c**2 * dual < 1 - mpmath.sqrt(3) * c + c**2


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
