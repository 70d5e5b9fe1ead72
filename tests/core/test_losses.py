"""Losses, decomposition and free energy against exact rational and 50-digit arithmetic."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import torch

from ddcl_core import functional as F
from ddcl_core.functional import _kernels

LOSSES = {"quantization": F.quantization_loss, "ols": F.ols_loss, "variance": F.prototype_variance}


def exact(problem):
    """L_q, L_OLS and V of each sample in rational arithmetic, from the definitions, and the scale of the data.

    The rows of q are normalised exactly first: the floats given sum to 1 only up to rounding.
    """
    rows = []
    prototypes = [[Fraction(x) for x in row] for row in problem.prototypes.double().tolist()]
    for z, q in zip(problem.z.double().tolist(), problem.q.double().tolist(), strict=True):
        z, q = [Fraction(x) for x in z], [Fraction(x) for x in q]
        q = [x / sum(q) for x in q]
        mixture = [sum(w * p[i] for w, p in zip(q, prototypes, strict=True)) for i in range(len(z))]

        def distance(a, b):
            return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))

        rows.append(
            (
                sum(w * distance(z, p) for w, p in zip(q, prototypes, strict=True)),
                distance(z, mixture),
                sum(w * distance(p, mixture) for w, p in zip(q, prototypes, strict=True)),
                sum(distance(z, p) for p in prototypes) + sum(distance(p, prototypes[0]) for p in prototypes),
            )
        )
    return rows


@pytest.mark.parametrize("name", LOSSES)
def test_against_rational_arithmetic(degenerate, name) -> None:
    got = LOSSES[name](*degenerate, reduction="none").tolist()
    column = list(LOSSES).index(name)
    for value, row in zip(got, exact(degenerate), strict=True):
        # L_q and V are sums of terms of one sign; L_OLS subtracts the mixture, whose error is relative to the spread.
        unit = row[3] if name == "ols" else row[column]
        assert abs(Fraction(value) - row[column]) <= 64 * Fraction(2) ** -53 * unit + Fraction(2) ** -1070


@pytest.mark.parametrize("name", LOSSES)
def test_reductions(draw, name) -> None:
    problem = draw(batch=(2,))
    each = LOSSES[name](*problem, reduction="none")
    assert each.shape == (2, 6)
    torch.testing.assert_close(LOSSES[name](*problem, reduction="sum"), each.sum(-1), rtol=1e-15, atol=0)
    torch.testing.assert_close(LOSSES[name](*problem), each.mean(-1), rtol=1e-15, atol=0)
    for index in range(2):
        alone = LOSSES[name](*(tensor[index] for tensor in problem), reduction="none")
        torch.testing.assert_close(each[index], alone, rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", LOSSES)
def test_leading_axes_broadcast(draw, name) -> None:
    problem = draw(batch=(2,))
    z, q = problem.z[0], problem.q[0]
    value = LOSSES[name](z, problem.prototypes, q)
    assert value.shape == (2,)
    torch.testing.assert_close(value[1], LOSSES[name](z, problem.prototypes[1], q), rtol=1e-14, atol=0)
    assert LOSSES[name](problem.z, problem.prototypes[0], q).shape == (2,)


def test_decomposition_residual_is_rounding(degenerate) -> None:
    parts = F.decomposition(*degenerate)
    for residual, row in zip(parts.residual.tolist(), exact(degenerate), strict=True):
        assert abs(Fraction(residual)) <= 64 * Fraction(2) ** -53 * row[3] + Fraction(2) ** -1070
    torch.testing.assert_close(parts.ols, F.ols_loss(*degenerate, reduction="none"), rtol=0, atol=0)


def test_offset_in_single_precision(draw) -> None:
    problem = draw(n=200, k=5, d=4, offset=1000.0, dtype=torch.float32)
    wide = [tensor.double() for tensor in problem]
    wide[2] = wide[2] / wide[2].sum(-1, keepdim=True)
    for loss in LOSSES.values():
        torch.testing.assert_close(loss(*problem).double(), loss(*wide), rtol=5e-6, atol=0)


def test_offset_in_single_precision_by_products(draw, monkeypatch) -> None:
    monkeypatch.setattr(_kernels, "DIRECT_LIMIT", 0)
    test_offset_in_single_precision(draw)


def test_variance_is_zero_exactly_where_it_should_be(draw, monkeypatch) -> None:
    problem = draw(offset=0.1)
    vertices = torch.eye(4).to(problem.q)[problem.q.argmax(-1)]
    coincident = problem.prototypes[:1].expand(4, 3)
    for limit in (_kernels.DIRECT_LIMIT, 0):
        monkeypatch.setattr(_kernels, "DIRECT_LIMIT", limit)
        assert (F.prototype_variance(problem.z, problem.prototypes, vertices, "none") == 0).all()
        assert (F.prototype_variance(problem.z, coincident, problem.q, "none") == 0).all()


def test_variance_keeps_tiny_values(draw) -> None:
    # L_q - L_OLS would lose a variance 20 orders below either.
    problem = draw(n=1, k=2, d=1)
    q = problem.q.new_tensor([[1.0, 1e-25]])
    prototypes = problem.q.new_tensor([[0.0], [2.0]])
    got = F.prototype_variance(problem.z + 7, prototypes, q, "none")
    torch.testing.assert_close(got, torch.full_like(got, 4e-25), rtol=1e-14, atol=0)


def test_ambient_formulas_are_literal(draw) -> None:
    problem = draw(offset=2.0)
    q = problem.q * 1.5 - 0.2
    mixture = q @ problem.prototypes
    distances = (problem.z[:, None] - problem.prototypes[None]).square().sum(-1)
    spread = (problem.prototypes[None] - mixture[:, None]).square().sum(-1)
    expected = {
        "quantization": (q * distances).sum(-1),
        "ols": (problem.z - mixture).square().sum(-1),
        "variance": (q * spread).sum(-1),
    }
    for name, loss in LOSSES.items():
        got = loss(problem.z, problem.prototypes, q, "none", ambient=True)
        torch.testing.assert_close(got, expected[name], rtol=1e-13, atol=1e-13)
        with pytest.raises(ValueError, match="^q: "):
            loss(problem.z, problem.prototypes, q)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("ambient", [False, True])
def test_gradcheck(draw, name, ambient) -> None:
    problem = draw(n=2, k=3, d=2)
    leaves = (problem.z.requires_grad_(), problem.prototypes.requires_grad_(), problem.q.log().requires_grad_())
    assert torch.autograd.gradcheck(lambda z, p, x: LOSSES[name](z, p, torch.softmax(x, -1), ambient=ambient), leaves)
    assert torch.autograd.gradgradcheck(
        lambda z, p, x: LOSSES[name](z, p, torch.softmax(x, -1), ambient=ambient), leaves
    )


@pytest.mark.parametrize("name", LOSSES)
def test_gradcheck_at_coincident_prototypes_and_samples(draw, name) -> None:
    problem = draw(n=2, k=3, d=2)
    prototypes = problem.prototypes[:1].repeat(3, 1).requires_grad_()
    z = problem.prototypes[:1].repeat(2, 1).detach().requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: LOSSES[name](a, b, problem.q), (z, prototypes))


@pytest.mark.parametrize("temperature", [1e-3, 0.5, 1e3])
def test_free_energy_against_fifty_digits(draw, temperature) -> None:
    problem = draw(seed=5)
    got = F.free_energy(problem.z, problem.prototypes, temperature, "none").tolist()
    halved = F.free_energy(problem.z, problem.prototypes, temperature / 2, "none", convention="d/2T").tolist()
    distances = F.squared_distances(problem.z, problem.prototypes).tolist()
    with mpmath.workdps(50):
        for value, other, row in zip(got, halved, distances, strict=True):
            t = mpmath.mpf(temperature)
            truth = -t * mpmath.log(mpmath.fsum(mpmath.exp(-mpmath.mpf(d) / t) for d in row))
            assert abs(value - truth) <= 1e-15 * 8 * (temperature + max(row))
            assert abs(other - truth) <= 1e-15 * 8 * (temperature + max(row))


def test_free_energy_is_the_minimum_of_the_entropic_objective(draw) -> None:
    problem = draw()
    temperature = 0.6

    def objective(q):
        fit = F.quantization_loss(problem.z, problem.prototypes, q, "none")
        return fit - temperature * torch.special.entr(q).sum(-1)

    minimum = F.free_energy(problem.z, problem.prototypes, temperature, "none")
    q = F.soft_assignment(problem.z, problem.prototypes, temperature)
    torch.testing.assert_close(objective(q), minimum, rtol=1e-13, atol=1e-13)
    for seed in range(20):
        assert (objective(draw(seed=seed).q) >= minimum).all()


def test_free_energy_gradients(draw) -> None:
    problem = draw(n=3, k=3, d=2)
    t = problem.z.new_tensor(0.8).requires_grad_()
    leaves = (problem.z.requires_grad_(), problem.prototypes.requires_grad_(), t)
    assert torch.autograd.gradcheck(F.free_energy, leaves)
    # The gradient of the free energy is that of L_q with q stopped.
    (gradient,) = torch.autograd.grad(F.free_energy(problem.z, problem.prototypes, 0.8), problem.prototypes)
    stopped = F.training_gradient(problem.z.detach(), problem.prototypes.detach(), 0.8)
    torch.testing.assert_close(gradient, stopped, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("temperature", [1e-300, 1e300])
def test_free_energy_at_extreme_temperatures(degenerate, temperature) -> None:
    value = F.free_energy(degenerate.z, degenerate.prototypes, temperature, "none")
    assert value.isfinite().all()
    if temperature == 1e-300:
        nearest = F.squared_distances(degenerate.z, degenerate.prototypes).amin(-1)
        torch.testing.assert_close(value, nearest, rtol=1e-15, atol=2e-300)
