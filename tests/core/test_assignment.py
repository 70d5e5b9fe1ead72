"""Distances, soft assignment and covariance against exact and 50-digit arithmetic."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import torch
from torch.func import hessian, jacfwd, jacrev

from ddcl_core import functional as F
from ddcl_core.functional import _kernels

# Forward-mode differentiation makes torch load decompositions of its own that use its deprecated compiler.
forward_mode = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")


def exact_distances(z, prototypes):
    """Squared distances as fractions of the very floats given."""
    rows = [[Fraction(x) for x in row] for row in z.double().tolist()]
    others = [[Fraction(x) for x in row] for row in prototypes.double().tolist()]
    return [[sum((a - b) ** 2 for a, b in zip(row, other, strict=True)) for other in others] for row in rows]


def precise_softmax(distances, temperature):
    """Softmax of -d/T at 50 digits, rounded to float."""
    rows = []
    with mpmath.workdps(50):
        t = mpmath.mpf(temperature)
        for row in distances:
            shift = min(row)
            weights = [mpmath.exp(-(mpmath.mpf((d - shift).numerator) / (d - shift).denominator) / t) for d in row]
            total = mpmath.fsum(weights)
            rows.append([float(w / total) for w in weights])
    return torch.tensor(rows, dtype=torch.float64)


def test_distances_are_accurate_to_ulps(degenerate) -> None:
    got = F.squared_distances(degenerate.z, degenerate.prototypes).tolist()
    for row, expected in zip(got, exact_distances(degenerate.z, degenerate.prototypes), strict=True):
        for value, truth in zip(row, expected, strict=True):
            assert abs(Fraction(value) - truth) <= 16 * Fraction(2) ** -53 * truth + Fraction(2) ** -1074


def test_distances_by_products_survive_an_offset(draw, monkeypatch) -> None:
    problem = draw(n=20, k=6, d=8, offset=1000.0, dtype=torch.float32)
    direct = F.squared_distances(problem.z, problem.prototypes)
    monkeypatch.setattr(_kernels, "DIRECT_LIMIT", 0)
    products = F.squared_distances(problem.z, problem.prototypes)
    assert (products >= 0).all()
    assert not torch.equal(products, direct)
    torch.testing.assert_close(products, direct, rtol=1e-5, atol=1e-5)


def test_distances_by_products_are_never_negative_and_keep_derivatives(draw, monkeypatch) -> None:
    prototypes = draw(k=200, d=5).prototypes
    centred = prototypes - _kernels.centre(prototypes)
    norms = centred.square().sum(-1)
    products = norms[:, None] + norms[None] - 2 * centred @ centred.T
    assert (products.diagonal() < 0).any()
    monkeypatch.setattr(_kernels, "DIRECT_LIMIT", 0)
    moving = prototypes.clone().requires_grad_()
    distances = F.squared_distances(prototypes, moving)
    assert (distances >= 0).all()
    # Where rounding made the product negative, the value is 0 but the second derivative is still 2.
    (slope,) = torch.autograd.grad(distances.diagonal().sum(), moving, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), moving)
    torch.testing.assert_close(curvature, torch.full_like(curvature, 2.0), rtol=0, atol=0)


@pytest.mark.parametrize("temperature", [1e-3, 0.1, 1.0, 50.0])
def test_soft_assignment_against_fifty_digits(draw, temperature) -> None:
    problem = draw(seed=3)
    expected = precise_softmax(exact_distances(problem.z, problem.prototypes), temperature).to(problem.z.device)
    got = F.soft_assignment(problem.z, problem.prototypes, temperature)
    # The exponent d/T is rounded, so the relative error of an entry grows with it.
    exponents = F.squared_distances(problem.z, problem.prototypes) / temperature
    assert ((got - expected).abs() <= 1e-15 * (8 + 4 * exponents) * expected + 1e-320).all()


@pytest.mark.parametrize("temperature", [1e-300, 1e-20, 1e20, 1e300])
def test_soft_assignment_is_on_the_simplex_at_every_temperature(degenerate, temperature) -> None:
    q = F.soft_assignment(degenerate.z, degenerate.prototypes, temperature)
    assert (q >= 0).all()
    torch.testing.assert_close(q.sum(-1), torch.ones_like(q[..., 0]), rtol=0, atol=1e-15)


def test_cold_assignment_is_hard_and_shares_ties(draw) -> None:
    problem = draw(n=1, d=2)
    z = torch.zeros_like(problem.z)
    prototypes = z.new_tensor([[3.0, 4.0], [-4.0, 3.0], [5.0, 0.0], [6.0, 0.0]])
    q = F.soft_assignment(z, prototypes, 1e-300)
    torch.testing.assert_close(q, z.new_tensor([[1 / 3, 1 / 3, 1 / 3, 0.0]]), rtol=1e-15, atol=0)


def test_hot_assignment_is_uniform(draw) -> None:
    problem = draw()
    q = F.soft_assignment(problem.z, problem.prototypes, 1e300)
    torch.testing.assert_close(q, torch.full_like(q, 0.25), rtol=1e-15, atol=0)


@pytest.mark.parametrize("temperature", [1.2e-38, 1e38])
def test_soft_assignment_in_single_precision(draw, temperature) -> None:
    problem = draw(dtype=torch.float32)
    q = F.soft_assignment(problem.z, problem.prototypes, temperature)
    assert q.dtype == torch.float32
    torch.testing.assert_close(q.sum(-1), torch.ones_like(q[..., 0]), rtol=0, atol=3e-7)


def test_convention_halves_the_exponent(draw) -> None:
    problem = draw()
    halved = F.soft_assignment(problem.z, problem.prototypes, 0.7, convention="d/2T")
    torch.testing.assert_close(halved, F.soft_assignment(problem.z, problem.prototypes, 1.4), rtol=1e-14, atol=0)


def test_temperature_tensor_broadcasts_over_batches(draw) -> None:
    problem = draw(batch=(3,))
    temperature = problem.z.new_tensor([0.1, 1.0, 10.0])[:, None, None]
    together = F.soft_assignment(problem.z, problem.prototypes, temperature)
    for index, value in enumerate((0.1, 1.0, 10.0)):
        alone = F.soft_assignment(problem.z[index], problem.prototypes[index], problem.z.new_tensor(value))
        torch.testing.assert_close(together[index], alone, rtol=1e-13, atol=0)


@pytest.mark.parametrize("temperature", [1e-300, 1e-3, 1.0, 1e300])
def test_gradients_are_finite(degenerate, temperature) -> None:
    z, prototypes = degenerate.z.clone().requires_grad_(), degenerate.prototypes.clone().requires_grad_()
    t = torch.tensor(temperature, dtype=z.dtype, device=z.device, requires_grad=True)
    q = F.soft_assignment(z, prototypes, t)
    # The sum is constant, so that its slopes vanish even where those of single entries overflow; NaN would remain.
    q.sum().backward()
    for leaf in (z, prototypes, t):
        assert leaf.grad is not None
        assert not leaf.grad.isnan().any()


def test_gradcheck(draw) -> None:
    problem = draw(n=3, k=3, d=2)
    leaves = (
        problem.z.requires_grad_(),
        problem.prototypes.requires_grad_(),
        problem.z.new_tensor(0.8).requires_grad_(),
    )
    assert torch.autograd.gradcheck(F.soft_assignment, leaves)
    assert torch.autograd.gradgradcheck(F.soft_assignment, leaves)


def test_gradcheck_at_ties_and_coincident_prototypes(draw) -> None:
    problem = draw(n=2, k=3, d=2)
    prototypes = problem.prototypes[:1].repeat(3, 1).requires_grad_()
    assert torch.autograd.gradcheck(lambda p: F.soft_assignment(problem.z, p, 0.8), (prototypes,))


def test_derivative_of_assignment_is_the_covariance(draw) -> None:
    # dq/dz = (2/T) S_q P^T, with prototypes as columns of P.
    problem = draw(n=1)
    jacobian = jacrev(lambda z: F.soft_assignment(z[None], problem.prototypes, 0.7)[0])(problem.z[0])
    q = F.soft_assignment(problem.z, problem.prototypes, 0.7)
    expected = 2 / 0.7 * F.assignment_covariance(q)[0] @ problem.prototypes
    torch.testing.assert_close(jacobian, expected, rtol=1e-12, atol=1e-13)


@forward_mode
def test_transforms(draw) -> None:
    problem = draw(n=3, k=3, d=2)

    def loss(prototypes):
        return F.quantization_loss(problem.z, prototypes, F.soft_assignment(problem.z, prototypes, 0.7))

    full = F.training_gradient(problem.z, problem.prototypes, 0.7, mode="full")
    torch.testing.assert_close(jacfwd(loss)(problem.prototypes), full, rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(jacrev(loss)(problem.prototypes), full, rtol=1e-12, atol=1e-13)
    matrix = hessian(loss)(problem.prototypes).reshape(6, 6)
    torch.testing.assert_close(matrix, matrix.T, rtol=1e-12, atol=1e-13)
    step = 1e-5 * torch.randn_like(problem.prototypes)
    change = F.training_gradient(problem.z, problem.prototypes + step, 0.7, mode="full") - F.training_gradient(
        problem.z, problem.prototypes - step, 0.7, mode="full"
    )
    torch.testing.assert_close((matrix @ step.flatten()) * 2, change.flatten(), rtol=1e-6, atol=1e-12)
    batched = torch.vmap(loss)(problem.prototypes.expand(2, 3, 2))
    torch.testing.assert_close(batched, loss(problem.prototypes).expand(2), rtol=1e-14, atol=0)


def test_covariance_against_its_definition(degenerate) -> None:
    q = degenerate.q
    covariance = F.assignment_covariance(q)
    expected = torch.diag_embed(q) - q[..., :, None] * q[..., None, :]
    torch.testing.assert_close(covariance, expected, rtol=0, atol=4e-16)
    torch.testing.assert_close(F.assignment_covariance(q, ambient=True), expected, rtol=0, atol=0)
    ones = torch.ones_like(q[..., None])
    torch.testing.assert_close(covariance @ ones, 0 * ones, rtol=0, atol=2e-16)


def test_covariance_near_a_vertex_keeps_its_kernel() -> None:
    # The literal diagonal 1 - 1e-20 - (1 - 1e-20)^2 rounds to 0; the sum of the other entries does not.
    q = torch.tensor([1.0, 1e-20], dtype=torch.float64)
    expected = torch.tensor([[1e-20, -1e-20], [-1e-20, 1e-20]], dtype=torch.float64)
    torch.testing.assert_close(F.assignment_covariance(q), expected, rtol=1e-15, atol=0)


def test_covariance_gradcheck_in_ambient_space(draw) -> None:
    q = draw(n=2, k=3).q.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: F.assignment_covariance(x, ambient=True), (q,))
