"""The reduced energy, its gradients, its KKT residual and its coercivity threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ddcl_core import ReducedEnergy
from ddcl_core import functional as F

COEFFICIENTS = [
    {},
    {"balance": 0.7},
    {"entropy": 0.4},
    {"entropy": -0.4},
    {"separation": 0.3},
    {"separation": 0.3, "pairs": "ordered"},
    {"separation": 0.3, "pairs": "mean"},
    {"weight": 0.2},
    {"balance": 0.7, "entropy": 0.4, "separation": 0.3, "weight": 1.5},
]


@pytest.mark.parametrize("coefficients", COEFFICIENTS)
def test_value_is_the_sum_of_its_terms(draw, coefficients) -> None:
    problem = draw()
    energy = ReducedEnergy(problem.z, **coefficients)
    total = 0.0
    for n in range(6):
        for j in range(4):
            total += float(problem.q[n, j]) * float((problem.z[n] - problem.prototypes[j]).square().sum())
    total += energy.balance * float(F.balance(problem.q)) + energy.entropy * float(F.negative_entropy(problem.q))
    total += energy.separation * float(F.separation(problem.prototypes, energy.pairs))
    total += energy.weight * float(F.weight_norm(problem.prototypes))
    assert math.isclose(float(energy.value(problem.prototypes, problem.q)), total, rel_tol=1e-13)


@pytest.mark.parametrize("coefficients", COEFFICIENTS)
def test_gradients_against_autograd(draw, coefficients) -> None:
    problem = draw(batch=(2,))
    energy = ReducedEnergy(problem.z, **coefficients)
    prototypes, q = problem.prototypes.clone().requires_grad_(), problem.q.clone().requires_grad_()
    in_prototypes, in_q = torch.autograd.grad(energy.value(prototypes, q).sum(), (prototypes, q))
    torch.testing.assert_close(
        energy.grad_prototypes(problem.prototypes, problem.q), in_prototypes, rtol=1e-12, atol=1e-12
    )
    torch.testing.assert_close(energy.grad_q(problem.prototypes, problem.q), in_q, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("coefficients", COEFFICIENTS)
def test_kkt_residual_is_the_speed_of_the_flow(draw, coefficients) -> None:
    problem = draw(batch=(2,))
    energy = ReducedEnergy(problem.z, **coefficients)
    slope = energy.grad_q(problem.prototypes, problem.q)
    rate = F.project_tangent_cone(-slope, problem.q)
    gradient = energy.grad_prototypes(problem.prototypes, problem.q)
    expected = (gradient.square().sum((-2, -1)) + rate.square().sum((-2, -1))).sqrt()
    torch.testing.assert_close(energy.kkt_residual(problem.prototypes, problem.q), expected, rtol=1e-13, atol=0)


def test_kkt_residual_vanishes_at_a_kmeans_solution(device) -> None:
    z = torch.tensor([[0.0], [2.0], [10.0], [12.0]], dtype=torch.float64, device=device)
    prototypes = torch.tensor([[1.0], [11.0]], dtype=torch.float64, device=device)
    q = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], dtype=torch.float64, device=device)
    assert ReducedEnergy(z).kkt_residual(prototypes, q) == 0
    # The entropy term has slope minus infinity into the face, so this is no KKT point with it, but is one against it.
    assert ReducedEnergy(z, entropy=0.1).kkt_residual(prototypes, q) == torch.inf
    assert ReducedEnergy(z, entropy=-0.1).kkt_residual(prototypes, q) == 0
    swapped = q.flip(-1)
    assert ReducedEnergy(z).kkt_residual(prototypes, swapped) > 1


@pytest.mark.parametrize("pairs", ["unordered", "ordered", "mean"])
@pytest.mark.parametrize("k", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("separation", [0.01, 1.0, 30.0])
def test_coercivity_threshold_is_sharp(device, k, separation, pairs) -> None:
    n = 5
    z = torch.zeros(n, 1, dtype=torch.float64, device=device)
    threshold = ReducedEnergy(z, separation=separation, pairs=pairs).coercivity_threshold(k)
    factor = separation * {"unordered": 1.0, "ordered": 2.0, "mean": 2 / (k * (k - 1)) if k > 1 else 0.0}[pairs]

    def lowest(weight: float) -> float:
        """Smallest eigenvalue of the quadratic part of E in P, over assignments.

        It is concave in the masses of the prototypes, so its minimum is at a vertex: all samples on one prototype.
        """
        masses = np.zeros(k)
        masses[0] = n
        laplacian = k * np.eye(k) - np.ones((k, k))
        return float(np.linalg.eigvalsh(np.diag(masses) + weight * np.eye(k) - factor * laplacian)[0])

    margin = 1e-6 * (1 + abs(threshold))
    assert lowest(threshold + margin) > 0
    assert lowest(threshold - margin) < 0


def test_coercivity_threshold_by_energy_values(device) -> None:
    # All samples rest on one prototype while two others run apart symmetrically.
    z = torch.randn(4, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64).to(device)
    q = torch.zeros(4, 3, dtype=torch.float64, device=device)
    q[:, 0] = 1
    far = torch.tensor([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64, device=device) * 1e6
    for weight, sign in ((3.0 * 0.5 * 1.001, 1), (3.0 * 0.5 * 0.999, -1)):
        energy = ReducedEnergy(z, separation=0.5, weight=weight)
        assert energy.coercivity_threshold(3) == 1.5
        assert sign * float(energy.value(far, q)) > 1e6


@pytest.mark.parametrize(
    ("name", "value"),
    [("balance", -1.0), ("separation", -0.1), ("weight", math.nan), ("entropy", math.inf), ("pairs", "all")],
)
def test_coefficients_are_checked(draw, name, value) -> None:
    with pytest.raises(ValueError, match=f"^{name}: got {value!r}, accepted "):
        ReducedEnergy(draw().z, **{name: value})


def test_data_are_checked(device) -> None:
    with pytest.raises(ValueError, match="^z: "):
        ReducedEnergy(torch.full((3, 2), torch.nan, device=device))
    with pytest.raises(ValueError, match="^z: got shape"):
        ReducedEnergy(torch.zeros(0, 2, device=device))
    with pytest.raises(ValueError, match="^k: "):
        ReducedEnergy(torch.zeros(3, 2, device=device)).coercivity_threshold(0)
