"""Closed-form centres against a naive loop, stationarity and exact weights."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from ddcl_core.secu import ClosedFormCentres, closed_form_centres, hardness, secu_loss

LAMBDA = 0.4


def unit(n: int, m: int, seed: int) -> torch.Tensor:
    rows = torch.randn(n, m, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return rows / rows.square().sum(-1, keepdim=True).sqrt()


@pytest.fixture
def problem() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features (40, 3), centres (4, 3) and labels that leave cluster 3 empty."""
    labels = torch.randint(3, (40,), generator=torch.Generator().manual_seed(5))
    return unit(40, 3, 0), unit(4, 3, 1), labels


def naive(features: torch.Tensor, centres: torch.Tensor, labels: torch.Tensor, uniform: bool = False) -> torch.Tensor:
    """Equations (4) and (5), cluster by cluster and sample by sample."""
    rows = []
    for j in range(centres.shape[0]):
        total = torch.zeros(centres.shape[1], dtype=torch.float64)
        for x in features[labels == j]:
            scores = (centres @ x / LAMBDA).exp()
            total += x * (1 if uniform else 1 - scores[j] / scores.sum())
        rows.append(total / total.norm() if total.norm() > 0 else centres[j])
    return torch.stack(rows)


@pytest.mark.parametrize("weighting", ["hardness", "uniform"])
def test_one_update_is_the_formula(problem, weighting) -> None:
    features, centres, labels = problem
    got = closed_form_centres(features, centres, labels, LAMBDA, weighting=weighting)
    torch.testing.assert_close(got, naive(features, centres, labels, weighting == "uniform"), rtol=1e-11, atol=1e-12)
    assert torch.equal(got[3], centres[3]), "an empty cluster keeps its centre"


def test_large_temperature_gives_the_plain_mean(problem) -> None:
    """At λ -> infinity all weights tend to 1 - 1/k; the difference is of the order of 1/λ."""
    features, centres, labels = problem
    got = closed_form_centres(features, centres, labels, 1e8)
    torch.testing.assert_close(got, naive(features, centres, labels, uniform=True), rtol=0, atol=1e-6)
    near = closed_form_centres(features, centres, labels, LAMBDA)
    assert float((near - got).norm()) > 1e-2


def along_the_sphere(features: torch.Tensor, centres: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    moving = centres.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(secu_loss(features, moving, labels, LAMBDA), moving)
    return gradient - (gradient * centres).sum(-1, keepdim=True) * centres


def test_fixed_point_is_stationary_for_the_stopped_loss(problem) -> None:
    _, centres, labels = problem
    # Groups around four directions: with labels at random the iteration can end in a cycle.
    spread = unit(4, 3, 11)[labels] + 0.3 * unit(40, 3, 12)
    features = spread / spread.norm(dim=-1, keepdim=True)
    assert float(along_the_sphere(features, centres, labels).norm()) > 1e-2
    for _ in range(500):
        centres = closed_form_centres(features, centres, labels, LAMBDA)
    torch.testing.assert_close(closed_form_centres(features, centres, labels, LAMBDA), centres, rtol=0, atol=1e-14)
    assert float(along_the_sphere(features, centres, labels).norm()) < 1e-13


def test_hardness_keeps_small_weights() -> None:
    """1 - p for logits 0 and -a is e^-a / (1 + e^-a): relative precision where p rounds to 1."""
    features = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    centres = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    got = hardness(features, centres, torch.tensor([0]), 1 / 32)
    # e^-64 to 20 digits, in rational arithmetic: (sum of 64^i/i!)^-1.
    total, term = Fraction(1), Fraction(1)
    for i in range(1, 300):
        term *= Fraction(64, i)
        total += term
    expected = float(1 / (total + 1))
    assert float(got) == pytest.approx(expected, rel=1e-13)
    assert torch.equal(hardness(features, centres[:1], torch.tensor([0]), 0.1), torch.zeros(1, dtype=torch.float64))
    assert torch.equal(closed_form_centres(features, centres[1:], torch.tensor([0]), 0.1), centres[1:])


def test_sums_over_batches_and_views(problem) -> None:
    """After batches 1..B a centre is the projected sum of all of them, each weighted at the centres of its moment."""
    features, centres, labels = problem
    second = unit(40, 3, 7)
    running = ClosedFormCentres()
    for _ in range(2):
        running.start_epoch()
        totals = torch.zeros(4, 3, dtype=torch.float64)
        for part in torch.arange(40).split(9):
            for view in (features, second):
                for i in part.tolist():
                    scores = (centres @ view[i] / LAMBDA).exp()
                    j = int(labels[i])
                    totals[j] += (1 - scores[j] / scores.sum()) * view[i]
            expected = torch.stack([t / t.norm() if t.norm() > 0 else c for t, c in zip(totals, centres, strict=True)])
            got = running.update([features[part], second[part]], centres, labels[part], LAMBDA)
            torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-12)
            centres = got


def test_bad_input(problem) -> None:
    features, centres, labels = problem
    with pytest.raises(ValueError, match="weighting: got 'none'"):
        closed_form_centres(features, centres, labels, LAMBDA, weighting="none")
    with pytest.raises(ValueError, match="labels: got 4"):
        closed_form_centres(features, centres, labels + 2, LAMBDA)
    with pytest.raises(ValueError, match="temperature: got -1"):
        hardness(features, centres, labels, -1.0)
