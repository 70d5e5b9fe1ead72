"""Closed-form gradients against automatic differentiation and central differences."""

from __future__ import annotations

import itertools

import pytest
import torch

from ddcl_core import functional as F
from ddcl_core.functional import _kernels

LOSSES = {"quantization": F.quantization_loss, "ols": F.ols_loss, "variance": F.prototype_variance}
IN_Q = {"quantization": F.quantization_grad_q, "ols": F.ols_grad_q, "variance": F.variance_grad_q}
IN_PROTOTYPES = {
    "quantization": F.quantization_grad_prototypes,
    "ols": F.ols_grad_prototypes,
    "variance": F.variance_grad_prototypes,
}


def agree(got, expected, scale) -> None:
    """Equal up to rounding relative to the size of the data."""
    torch.testing.assert_close(got / scale, expected / scale, rtol=1e-11, atol=1e-12)


def size(problem) -> float:
    points = torch.cat((problem.z, problem.prototypes))
    return float((points - problem.prototypes[:1]).abs().max())


@pytest.mark.parametrize("name", LOSSES)
def test_in_q_is_the_ambient_gradient_of_the_definition(draw, name) -> None:
    problem = draw(offset=0.5)
    q = problem.q.requires_grad_()
    (expected,) = torch.autograd.grad(LOSSES[name](problem.z, problem.prototypes, q, "sum", ambient=True), q)
    got = IN_Q[name](problem.z, problem.prototypes, q.detach())
    agree(got, expected, 1.0)


@pytest.mark.parametrize("name", LOSSES)
def test_in_q_along_the_simplex(degenerate, name) -> None:
    scale = size(degenerate) ** 2
    q = degenerate.q.clone().requires_grad_()
    (expected,) = torch.autograd.grad(LOSSES[name](degenerate.z, degenerate.prototypes, q, "sum"), q)
    difference = IN_Q[name](*degenerate) - expected
    # Gradients of forms that agree on the simplex differ by a constant in each row.
    offset = 1 + float(degenerate.prototypes.abs().max()) / size(degenerate)
    torch.testing.assert_close(
        (difference - difference.mean(-1, keepdim=True)) / scale,
        torch.zeros_like(difference),
        rtol=0,
        atol=1e-13 * offset,
    )


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_in_prototypes_against_autograd(degenerate, name, reduction) -> None:
    prototypes = degenerate.prototypes.clone().requires_grad_()
    (expected,) = torch.autograd.grad(LOSSES[name](degenerate.z, prototypes, degenerate.q, reduction), prototypes)
    agree(IN_PROTOTYPES[name](*degenerate, reduction=reduction), expected, size(degenerate))


@pytest.mark.parametrize("name", LOSSES)
def test_in_prototypes_per_sample(draw, name) -> None:
    problem = draw(batch=(2,))
    each = IN_PROTOTYPES[name](*problem, reduction="none")
    assert each.shape == (2, 6, 4, 3)
    agree(each.sum(-3), IN_PROTOTYPES[name](*problem, reduction="sum"), 1.0)
    for index in range(6):
        alone = IN_PROTOTYPES[name](problem.z[:, index, None], problem.prototypes, problem.q[:, index, None])
        agree(each[:, index], alone, 1.0)


def test_variance_gradient_is_two_p_s(draw) -> None:
    problem = draw()
    expected = 2 * F.assignment_covariance(problem.q) @ problem.prototypes
    agree(F.variance_grad_prototypes(*problem, reduction="none"), expected, 1.0)


@pytest.mark.parametrize("name", LOSSES)
def test_leading_axes_broadcast(draw, name) -> None:
    problem = draw(batch=(2,))
    for function in (IN_PROTOTYPES[name], IN_Q[name]):
        assert function(problem.z, problem.prototypes[0], problem.q[0]).shape[0] == 2
        got = function(problem.z[0], problem.prototypes, problem.q[0])
        agree(got[1], function(problem.z[0], problem.prototypes[1], problem.q[0]), 1.0)


OPTIONS = list(itertools.product(LOSSES, ("stopped", "full"), ("d/T", "d/2T")))


@pytest.mark.parametrize(("loss", "mode", "convention"), OPTIONS)
@pytest.mark.parametrize("relative_temperature", [0.05, 1.0, 20.0])
def test_training_gradients_against_autograd(degenerate, loss, mode, convention, relative_temperature) -> None:
    scale = size(degenerate)
    temperature = relative_temperature * scale**2
    z, prototypes = degenerate.z.clone().requires_grad_(), degenerate.prototypes.clone().requires_grad_()
    q = F.soft_assignment(z, prototypes, temperature, convention=convention)
    q = q.detach() if mode == "stopped" else q
    value = LOSSES[loss](z, prototypes, q)
    in_z, in_prototypes = torch.autograd.grad(value, (z, prototypes), allow_unused=True)
    arguments = (degenerate.z, degenerate.prototypes, temperature)
    options = {"loss": loss, "mode": mode, "convention": convention}
    agree(F.training_gradient(*arguments, **options), in_prototypes, scale)
    expected = torch.zeros_like(z) if in_z is None else in_z
    agree(F.training_gradient_features(*arguments, **options), expected, scale)


@pytest.mark.parametrize("mode", ["stopped", "full"])
@pytest.mark.parametrize("loss", LOSSES)
def test_training_gradient_against_central_differences(draw, loss, mode) -> None:
    problem = draw(n=3, k=3, d=2)
    fixed = F.soft_assignment(problem.z, problem.prototypes, 0.7)

    def value(prototypes):
        q = fixed if mode == "stopped" else F.soft_assignment(problem.z, prototypes, 0.7)
        return LOSSES[loss](problem.z, prototypes, q)

    got = F.training_gradient(problem.z, problem.prototypes, 0.7, loss=loss, mode=mode)
    for j, i in itertools.product(range(3), range(2)):
        step = torch.zeros_like(problem.prototypes)
        step[j, i] = 1e-5
        slope = (value(problem.prototypes + step) - value(problem.prototypes - step)) / 2e-5
        torch.testing.assert_close(got[j, i], slope, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("mode", ["stopped", "full"])
@pytest.mark.parametrize("loss", LOSSES)
def test_training_gradient_reductions(draw, loss, mode) -> None:
    problem = draw(batch=(2,))
    options = {"loss": loss, "mode": mode}
    arguments = (problem.z, problem.prototypes, 0.7)
    total = F.training_gradient(*arguments, reduction="sum", **options)
    agree(F.training_gradient(*arguments, reduction="none", **options).sum(-3), total, 1.0)
    agree(F.training_gradient(*arguments, **options) * 6, total, 1.0)
    features = F.training_gradient_features(*arguments, reduction="none", **options)
    agree(F.training_gradient_features(*arguments, reduction="sum", **options), features, 1.0)
    agree(F.training_gradient_features(*arguments, **options) * 6, features, 1.0)


def test_collapse_is_exactly_symmetric(draw) -> None:
    # At coincident prototypes the full and the stopped gradient agree, and the force of V is exactly zero.
    # With three prototypes q = 1/3 rounds, and a mean of equal distances that rounds would be divided by T.
    problem = draw(offset=0.1)
    for k, temperature in itertools.product((3, 4), (1e-300, 0.3, 1e300)):
        prototypes = problem.prototypes[:1].repeat(k, 1)
        full = F.training_gradient(problem.z, prototypes, temperature, mode="full")
        assert torch.equal(full, F.training_gradient(problem.z, prototypes, temperature))
        assert torch.equal(full, full[:1].expand(k, 3))
        assert (F.training_gradient(problem.z, prototypes, temperature, loss="variance", mode="full") == 0).all()


@pytest.mark.parametrize("mode", ["stopped", "full"])
@pytest.mark.parametrize("loss", LOSSES)
def test_offset_in_single_precision(draw, loss, mode, monkeypatch) -> None:
    problem = draw(n=50, k=5, d=4, offset=1000.0, dtype=torch.float32)
    wide = F.training_gradient(problem.z.double(), problem.prototypes.double(), 1.0, loss=loss, mode=mode)
    for limit in (_kernels.DIRECT_LIMIT, 0):
        monkeypatch.setattr(_kernels, "DIRECT_LIMIT", limit)
        narrow = F.training_gradient(problem.z, problem.prototypes, 1.0, loss=loss, mode=mode)
        torch.testing.assert_close(narrow.double(), wide, rtol=1e-4, atol=2e-5)
