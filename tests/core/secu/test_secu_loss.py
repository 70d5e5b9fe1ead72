"""The stable loss against its hand gradient, its literal form and torch's cross entropy."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from ddcl_core.functional import soft_assignment
from ddcl_core.secu import NoisyView, normalise, predictions, secu_loss, soft_labels, two_view_loss

LAMBDA = 0.3


def unit(n: int, m: int, generator: torch.Generator, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    rows = torch.randn(n, m, generator=generator, dtype=torch.float64)
    return (rows / rows.square().sum(-1, keepdim=True).sqrt()).to(dtype)


@pytest.fixture
def problem() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features (7, 4), centres (3, 4), hard labels that leave cluster 2 empty, soft labels."""
    generator = torch.Generator().manual_seed(3)
    features, centres = unit(7, 4, generator), unit(3, 4, generator)
    hard = torch.tensor([0, 1, 1, 0, 0, 1, 1])
    soft = torch.softmax(torch.randn(7, 3, generator=generator, dtype=torch.float64), -1)
    return features.requires_grad_(), centres.requires_grad_(), hard, soft


def literal(features: torch.Tensor, centres: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Equation (3), sample by sample and target by target, the other centres detached."""
    total = features.new_zeros(())
    for i in range(features.shape[0]):
        for j in range(centres.shape[0]):
            terms = [
                (features[i] @ (centres[k] if k == j else centres[k].detach()) / LAMBDA).exp()
                for k in range(centres.shape[0])
            ]
            total = total - y[i, j] * (terms[j] / sum(terms)).log()
    return total


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_stable_loss_is_equation_3_with_both_gradients(problem, kind) -> None:
    features, centres, hard, soft = problem
    labels = hard if kind == "hard" else soft
    onehot = functional.one_hot(hard, 3).double() if kind == "hard" else soft
    expected = literal(features, centres, onehot)
    got = secu_loss(features, centres, labels, LAMBDA, reduction="sum")
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=0)
    for mine, theirs in zip(
        torch.autograd.grad(got, (features, centres)), torch.autograd.grad(expected, (features, centres)), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_gradient_of_the_centres_by_hand(problem, kind) -> None:
    features, centres, hard, soft = problem
    labels = hard if kind == "hard" else soft
    y = functional.one_hot(hard, 3).double() if kind == "hard" else soft
    (got,) = torch.autograd.grad(secu_loss(features, centres, labels, LAMBDA), centres)
    scores = (features @ centres.T / LAMBDA).exp()
    p = scores / scores.sum(1, keepdim=True)
    expected = torch.stack(
        [
            sum(y[i, j] * (p[i, j] - 1) * features[i] for i in range(7)) / LAMBDA / 7  # type: ignore[misc]  # a sum of tensors
            for j in range(3)
        ]
    )
    torch.testing.assert_close(got, expected.detach(), rtol=1e-11, atol=1e-13)
    if kind == "hard":
        assert torch.equal(got[2], torch.zeros(4, dtype=torch.float64)), "a centre without samples must not move"


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_attached_is_cross_entropy(problem, kind) -> None:
    features, centres, hard, soft = problem
    labels = hard if kind == "hard" else soft
    expected = functional.cross_entropy(features @ centres.T / LAMBDA, labels, reduction="none")
    got = secu_loss(features, centres, labels, LAMBDA, negatives="attached", reduction="none")
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-14)
    for mine, theirs in zip(
        torch.autograd.grad(got.mean(), (features, centres)),
        torch.autograd.grad(expected.mean(), (features, centres)),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-11, atol=1e-13)


def test_stopping_changes_the_gradient_but_not_the_value(problem) -> None:
    features, centres, hard, _ = problem
    stopped = secu_loss(features, centres, hard, LAMBDA)
    attached = secu_loss(features, centres, hard, LAMBDA, negatives="attached")
    torch.testing.assert_close(stopped, attached, rtol=1e-13, atol=0)
    difference = torch.autograd.grad(attached, centres)[0] - torch.autograd.grad(stopped, centres)[0]
    assert float(difference.norm()) > 1e-2


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_dtype_is_kept_and_small_temperatures_stay_finite(dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    features = unit(5, 3, generator, dtype).requires_grad_()
    centres = unit(4, 3, generator, dtype).requires_grad_()
    labels = torch.tensor([0, 1, 2, 3, 0])
    loss = secu_loss(features, centres, labels, 1e-3)
    gradients = torch.autograd.grad(loss, (features, centres))
    assert loss.dtype == dtype and all(gradient.dtype == dtype for gradient in gradients)
    assert bool(loss.isfinite()) and all(bool(gradient.isfinite().all()) for gradient in gradients)
    scores = features.detach().double() @ centres.detach().double().T / 1e-3
    expected = (scores.logsumexp(1) - scores[torch.arange(5), labels]).mean()
    # Logits of size 1/λ = 1000 carry a relative error of a few ulp (3 products, 1 sum each).
    assert abs(float(loss.detach() - expected)) <= 1000 * 8 * torch.finfo(dtype).eps


def test_predictions_are_the_soft_assignment_at_twice_the_temperature(problem) -> None:
    features, centres, _, _ = problem
    expected = soft_assignment(features.detach(), centres.detach(), 2 * LAMBDA)
    torch.testing.assert_close(predictions(features, centres, LAMBDA).detach(), expected, rtol=1e-12, atol=1e-15)


def test_soft_labels_by_hand() -> None:
    other = torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]], dtype=torch.float64, requires_grad=True)
    got = soft_labels(torch.tensor([2, 0]), other, 0.2)
    expected = torch.tensor([[0.4, 0.2, 0.4], [0.28, 0.16, 0.56]], dtype=torch.float64)
    torch.testing.assert_close(got, expected, rtol=1e-15, atol=1e-15)
    assert not got.requires_grad


def test_two_views_teach_each_other(problem) -> None:
    first, centres, hard, _ = problem
    second = unit(7, 4, torch.Generator().manual_seed(9)).requires_grad_()
    got = two_view_loss(first, second, centres, hard, LAMBDA, 0.2)
    expected = first.new_zeros(())
    for i in range(7):
        p1, p2 = (torch.softmax(view[i] @ centres.detach().T / LAMBDA, 0) for view in (first, second))
        base = functional.one_hot(hard[i], 3).double() * 0.2
        expected = expected - ((base + 0.8 * p2.detach()) * p1.log()).sum() / 14
        expected = expected - ((base + 0.8 * p1.detach()) * p2.log()).sum() / 14
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=0)
    for mine, theirs in zip(
        torch.autograd.grad(got, (first, second), retain_graph=True),
        torch.autograd.grad(expected, (first, second)),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-11, atol=1e-13)
    assert torch.autograd.grad(got, centres, allow_unused=True) == (None,)


def test_normalise_against_torch_and_at_the_edges() -> None:
    rows = torch.randn(4, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64).requires_grad_()
    weights = torch.arange(12, dtype=torch.float64).reshape(4, 3)
    (got,) = torch.autograd.grad((normalise(rows) * weights).sum(), rows)
    (expected,) = torch.autograd.grad((functional.normalize(rows, dim=-1) * weights).sum(), rows)
    torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-13)
    extremes = torch.tensor([[3e38, 3e38], [3e-40, 4e-40], [0.0, 0.0]], requires_grad=True)
    unit_rows = normalise(extremes)
    torch.testing.assert_close(unit_rows[0], torch.full((2,), math.sqrt(0.5)), rtol=1e-6, atol=0)
    # Subnormal numbers of this size have 18 bits left.
    torch.testing.assert_close(unit_rows[1], torch.tensor([0.6, 0.8]), rtol=1e-4, atol=0)
    assert torch.equal(unit_rows[2], torch.zeros(2))
    (slope,) = torch.autograd.grad(normalise(extremes)[2].sum(), extremes)
    assert torch.equal(slope[2], torch.zeros(2))


BAD = {
    "labels too large": (dict(labels=torch.tensor([0, 3])), "labels: got 3, accepted integers from 0 to 2"),
    "labels negative": (dict(labels=torch.tensor([0, -1])), "labels: got -1"),
    "labels of the wrong length": (dict(labels=torch.tensor([0])), "labels: got torch.int64 (1,)"),
    "labels off the simplex": (dict(labels=torch.ones(2, 3)), "labels: got a sum"),
    "labels a list": (dict(labels=[0, 1]), "labels: got list"),
    "temperature": (dict(temperature=0.0), "temperature: got 0.0"),
    "temperatures": (dict(temperature=torch.ones(2, 1)), "temperature: got shape (2, 1)"),
    "NaN": (dict(features=torch.full((2, 2), math.nan)), "z: got an entry of absolute value nan"),
    "negatives": (dict(negatives="none"), "negatives: got 'none'"),
    "reduction": (dict(reduction="max"), "reduction: got 'max'"),
    "widths": (dict(centres=torch.ones(3, 4)), "prototypes: got shape (3, 4)"),
    "axes": (dict(features=torch.ones(1, 2, 2), labels=torch.tensor([0])), "accepted (n, m), (k, m)"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case) -> None:
    changes, message = BAD[case]
    arguments = dict(features=torch.eye(2), centres=torch.ones(3, 2), labels=torch.tensor([0, 1]), temperature=0.1)
    options = {name: changes.pop(name) for name in ("negatives", "reduction") if name in (changes := dict(changes))}
    with pytest.raises(ValueError) as caught:
        secu_loss(*{**arguments, **changes}.values(), **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("weight", [-0.1, 1.1, math.nan])
def test_bad_label_weight(weight) -> None:
    with pytest.raises(ValueError, match="label_weight: got"):
        soft_labels(torch.tensor([0]), torch.tensor([[1.0, 0.0]]), weight)


def test_noisy_view_has_the_stated_moments_and_is_seeded() -> None:
    x = torch.full((400, 250), 3.0, dtype=torch.float64)
    view = NoisyView(noise=0.5, dropout=0.2)
    drawn = view(x, torch.Generator().manual_seed(1))
    assert torch.equal(drawn, view(x, torch.Generator().manual_seed(1)))
    # Mean 3 * 0.8; variance 9 * 0.8 * 0.2 + 0.25. Six standard errors of 100 000 draws.
    assert abs(float(drawn.mean()) - 2.4) < 6 * math.sqrt(1.69 / 1e5)
    assert abs(float(drawn.var()) - 1.69) < 6 * math.sqrt(2 * 1.69**2 / 1e5)
    for bad in (dict(noise=-1.0), dict(dropout=1.0)):
        with pytest.raises(ValueError, match=f"{next(iter(bad))}: got"):
            NoisyView(**bad)
