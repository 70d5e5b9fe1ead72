"""Projections against sparsemax and the enumeration of active sets."""

from __future__ import annotations

import itertools

import entmax
import pytest
import torch

from ddcl_core import functional as F


def vectors(device, seed=0, rows=40, k=6, scale=1.0):
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(rows, k, generator=generator, dtype=torch.float64) * scale).to(device)


def boundary_points(device, seed=0, rows=40, k=5):
    """Points of the simplex with every pattern of zeros, vertices included."""
    generator = torch.Generator().manual_seed(seed)
    mass = torch.rand(rows, k, generator=generator, dtype=torch.float64)
    mass = mass * (torch.rand(rows, k, generator=generator) < 0.5)
    mass[torch.arange(rows), torch.randint(k, (rows,), generator=generator)] += 0.5
    return (mass / mass.sum(-1, keepdim=True)).to(device)


@pytest.mark.parametrize("scale", [1e-3, 0.1, 1.0, 10.0])
def test_simplex_against_sparsemax(device, scale) -> None:
    v = vectors(device, scale=scale).requires_grad_()
    other = v.detach().clone().requires_grad_()
    got, expected = F.project_simplex(v), entmax.sparsemax(other, dim=-1)
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-14)
    weights = vectors(device, seed=1)
    (got * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(v.grad, other.grad, rtol=0, atol=1e-14)


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e-150, 1.0, 1e16, 1e150, 1e308])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_simplex_is_feasible_at_every_scale(device, scale, dtype) -> None:
    v = vectors(device, k=50).clamp(-1, 1) * min(scale, float(torch.finfo(dtype).max))
    point = F.project_simplex(v.to(dtype))
    assert point.dtype == dtype
    assert (point >= 0).all()
    assert ((point.sum(-1) - 1).abs() <= 4 * torch.finfo(dtype).eps).all()


def test_simplex_sums_to_one_over_many_entries(device) -> None:
    # All entries but one are rounded alike when the threshold is subtracted, so their errors add up.
    v = torch.full((100_000,), -0.9, dtype=torch.float32, device=device)
    v[0] = 0
    point = F.project_simplex(v)
    assert (point > 0).all()
    assert abs(float(point.double().sum()) - 1) <= 4 * torch.finfo(torch.float32).eps


def test_simplex_optimality(device) -> None:
    # The projection x satisfies (v - x).(y - x) <= 0 for every y of the simplex; vertices suffice.
    v = vectors(device, scale=2.0)
    x = F.project_simplex(v)
    slack = (v - x) - ((v - x) * x).sum(-1, keepdim=True)
    assert (slack <= 1e-14).all()


def test_simplex_fixed_points_and_offsets(device) -> None:
    q = boundary_points(device)
    torch.testing.assert_close(F.project_simplex(q), q, rtol=0, atol=4e-16)
    torch.testing.assert_close(F.project_simplex(q + 1024.0), q, rtol=0, atol=4e-13)
    vertices = torch.eye(5).to(q)
    assert torch.equal(F.project_simplex(vertices), vertices)
    assert torch.equal(F.project_simplex(vertices * 1e200), vertices)


def test_simplex_ties_and_sizes(device) -> None:
    for k in (1, 2, 3, 7):
        point = F.project_simplex(torch.full((k,), 3.0, dtype=torch.float64, device=device))
        torch.testing.assert_close(point, torch.full_like(point, 1 / k), rtol=1e-15, atol=0)


def test_simplex_dim(device) -> None:
    v = vectors(device, rows=24).reshape(2, 3, 4, 6)
    for dim in range(4):
        expected = F.project_simplex(v.movedim(dim, -1)).movedim(-1, dim)
        torch.testing.assert_close(F.project_simplex(v, dim), expected, rtol=0, atol=0)


def test_simplex_gradcheck(device) -> None:
    v = vectors(device, rows=5).requires_grad_()
    assert torch.autograd.gradcheck(F.project_simplex, (v,))
    q = torch.full((4,), 0.25, dtype=torch.float64, device=device, requires_grad=True)
    assert torch.autograd.gradcheck(F.project_simplex, (q,))


def cone_by_enumeration(v, q):
    """Nearest vector of the tangent cone: over every set of boundary entries held at zero, the best feasible one."""
    boundary = [j for j, entry in enumerate(q.tolist()) if entry == 0]
    best, best_distance = None, float("inf")
    for size in range(len(boundary) + 1):
        for held in itertools.combinations(boundary, size):
            free = [j for j in range(len(q)) if j not in held]
            w = torch.zeros_like(v)
            w[free] = v[free] - v[free].mean()
            if all(w[j] >= 0 for j in boundary) and float((v - w).norm()) < best_distance:
                best, best_distance = w, float((v - w).norm())
    return best


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_cone_against_enumeration(device, seed, scale) -> None:
    q = boundary_points(device, seed=seed)
    v = vectors(device, seed=seed + 10, k=5, scale=scale)
    got = F.project_tangent_cone(v, q)
    expected = torch.stack([cone_by_enumeration(a, b) for a, b in zip(v, q, strict=True)])
    torch.testing.assert_close(got / scale, expected / scale, rtol=0, atol=4e-15)


def test_cone_is_feasible(device) -> None:
    q = boundary_points(device, rows=200)
    for scale in (1e-300, 1.0, 1e300):
        w = F.project_tangent_cone(vectors(device, rows=200, k=5).clamp(-3, 3) * scale, q)
        assert (w[q == 0] >= 0).all()
        assert (w.sum(-1).abs() <= 1e-14 * scale).all()


def test_cone_is_feasible_where_a_boundary_entry_ties_with_the_mean(device) -> None:
    v = vectors(device, rows=20_000, k=8)
    q = torch.full_like(v, 1 / 7)
    q[:, -1] = 0
    v[:, -1] = v[:, :-1].mean(-1)
    v[:, -1] += (torch.arange(20_000, device=v.device) % 9 - 4) * torch.finfo(v.dtype).eps * v[:, -1].abs()
    assert (F.project_tangent_cone(v, q)[:, -1] >= 0).all()


def test_cone_is_the_limit_of_projected_steps(device) -> None:
    # Pi_T(v) = lim (Pi(q + h v) - q)/h, attained exactly for small h on a polyhedron.
    q = boundary_points(device)
    v = vectors(device, k=5)
    h = 1e-6
    step = (F.project_simplex(q + h * v) - q) / h
    interior = q.masked_fill(q == 0, 1.0).amin(-1) > 1e-4
    assert interior.sum() > 20
    torch.testing.assert_close(step[interior], F.project_tangent_cone(v, q)[interior], rtol=0, atol=1e-9)


def test_cone_blocks_infinite_descent_at_the_boundary(device) -> None:
    q = torch.tensor([0.5, 0.5, 0.0], dtype=torch.float64, device=device)
    v = torch.tensor([1.0, 3.0, -torch.inf], dtype=torch.float64, device=device)
    expected = torch.tensor([-1.0, 1.0, 0.0], dtype=torch.float64, device=device)
    assert torch.equal(F.project_tangent_cone(v, q), expected)
    with pytest.raises(ValueError, match="^v: "):
        F.project_tangent_cone(v.flip(0), q)


def test_cone_broadcasts_and_takes_dim(device) -> None:
    q = boundary_points(device, rows=4)
    v = vectors(device, rows=1, k=5)[0]
    together = F.project_tangent_cone(v, q)
    for row, point in zip(together, q, strict=True):
        torch.testing.assert_close(row, F.project_tangent_cone(v, point), rtol=0, atol=0)
    turned = F.project_tangent_cone(v.expand(4, 5).T, q.T, dim=0)
    torch.testing.assert_close(turned.T, together, rtol=0, atol=0)


def test_cone_gradcheck(device) -> None:
    q = boundary_points(device, rows=6)
    v = vectors(device, rows=6, k=5).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: F.project_tangent_cone(x, q), (v,))
