"""Coercivity by brute force: the smallest eigenvalue of the quadratic part of E over the vertices of the assignments."""

from __future__ import annotations

import itertools

import pytest
import torch

from ddcl_core.energy import ReducedEnergy


def smallest_growth(n: int, k: int, separation: float, weight: float, pairs: str = "unordered") -> float:
    """min over assignments to vertices of the smallest eigenvalue of ½ Hess_P E, by autograd; d = 1."""
    energy = ReducedEnergy(z=torch.zeros(n, 1, dtype=torch.float64), separation=separation, weight=weight, pairs=pairs)
    lowest = float("inf")
    for owners in itertools.product(range(k), repeat=n):
        q = torch.nn.functional.one_hot(torch.tensor(owners), k).to(torch.float64)

        def value(p: torch.Tensor, q: torch.Tensor = q) -> torch.Tensor:
            return energy.unchecked_value(p, q)

        hessian = torch.autograd.functional.hessian(value, torch.zeros(k, 1, dtype=torch.float64)).reshape(k, k)
        lowest = min(lowest, float(torch.linalg.eigvalsh(hessian / 2)[0]))
    return lowest


@pytest.mark.parametrize(
    "pairs, factor", [("unordered", lambda k: k), ("ordered", lambda k: 2 * k), ("mean", lambda k: 2 / (k - 1))]
)
@pytest.mark.parametrize("n, k", [(1, 3), (2, 3), (2, 4)])
def test_threshold_is_sharp_for_three_prototypes_and_more(n: int, k: int, pairs: str, factor) -> None:  # type: ignore[no-untyped-def]
    separation, threshold = 0.7, 0.7 * factor(k)
    assert smallest_growth(n, k, separation, threshold * 1.01, pairs) > 0
    assert smallest_growth(n, k, separation, threshold * 0.99, pairs) < 0
    assert smallest_growth(n, k, separation, threshold, pairs) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("separation", [0.2, 1.5, 40.0])
def test_threshold_of_two_prototypes(n: int, separation: float) -> None:
    threshold = separation + (-n + (n * n + 4 * separation**2) ** 0.5) / 2
    assert smallest_growth(n, 2, separation, threshold + 1e-3) > 0
    assert smallest_growth(n, 2, separation, threshold - 1e-3) < 0
    assert threshold < 2 * separation


def test_two_prototypes_need_the_constant_two_in_the_limit() -> None:
    assert smallest_growth(1, 2, 1000.0, 1.99 * 1000.0) < 0


def test_above_the_threshold_the_regularisers_penalise_every_displacement() -> None:
    generator = torch.Generator().manual_seed(0)
    for k in (2, 3, 5):
        p = torch.randn(50, k, 2, generator=generator, dtype=torch.float64)
        pairs = sum((p[:, i] - p[:, j]).square().sum(-1) for i in range(k) for j in range(i))
        assert bool((-0.5 * pairs + 0.5 * k * p.square().sum((-2, -1)) >= -1e-12).all())
