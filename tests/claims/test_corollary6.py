"""KKT points of small problems, by hand and by running the flow of `ddcl_core`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch

from ddcl_core.energy import ReducedEnergy
from ddcl_proofs.ddcl import corollary6 as proofs
from ddcl_proofs.ddcl import relabelled
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import corollary6 as claim


def energy(z, p, q, weight, sep):
    quantization = sum(w * (s - c) ** 2 for s, row in zip(z, q, strict=True) for w, c in zip(row, p, strict=True))
    apart = sum((p[i] - p[j]) ** 2 for i in range(len(p)) for j in range(i))
    return quantization - sep * apart + weight * sum(c * c for c in p)


def kkt_points(weight, sep):
    """All KKT points of z = 1, k = 2, by cases, as ((p_1, p_2), (q_1, q_2)); labels exchanged count twice."""
    weight, sep = Fraction(weight), Fraction(sep)
    c = 1 / (1 + 2 * weight)
    found = [((c, c), (Fraction(1, 2),) * 2)]
    t = weight - sep
    delta = t * (1 + t) - sep**2
    if delta:
        near, far = t / delta, -sep / delta
        if abs(1 - near) <= abs(1 - far):
            found += [((near, far), (Fraction(1), Fraction(0))), ((far, near), (Fraction(0), Fraction(1)))]
    return found


def test_one_kkt_point_and_lower_energy_elsewhere():
    assert len(kkt_points(1, 1)) == 1 and len(kkt_points(1, "1/2")) == 3
    third, half = Fraction(1, 3), Fraction(1, 2)
    there = energy([1], (third, third), [(half, half)], 1, 1)
    away = energy([1], (Fraction(1), -third), [(1, 0)], 1, 1)
    assert away - there == Fraction(-4, 3)


def test_no_other_assignment_has_a_kkt_point():
    """For each q the stationary p solves two linear equations; `ddcl_core` measures what is left, λ_P = λ_sep = 1."""
    problem = ReducedEnergy(torch.ones(1, 1, dtype=torch.float64), separation=1.0, weight=1.0)
    for share in np.linspace(0, 1, 101):
        # q_j (p_j − 1) + p_j − (p_j − p_i) = 0
        p = np.linalg.solve([[share, 1.0], [1.0, 1 - share]], [share, 1 - share])
        q = torch.tensor([[share, 1 - share]])
        left = float(problem.kkt_residual(torch.tensor(p)[:, None], q))
        assert (left < 1e-12) if share == 0.5 else (left > 0.1 * abs(share - 0.5))


def test_the_flow_leaves_from_the_lower_point():
    """Steps of gradient descent from (1, −1/3), q = (1, 0): the energy falls below the collapse and stays there."""
    problem = ReducedEnergy(torch.ones(1, 1, dtype=torch.float64), separation=1.0, weight=1.0)
    p, q = torch.tensor([[1.0], [-1 / 3]], dtype=torch.float64), torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    values, norms = [], []
    for _ in range(300):
        values.append(float(problem.value(p, q)))
        norms.append(float(p.norm()))
        p = p - 0.01 * problem.grad_prototypes(p, q)
    assert values == sorted(values, reverse=True) and values[0] == pytest.approx(-2 / 3)
    assert norms[-1] > 10 * norms[0]


@pytest.mark.parametrize(("n", "k", "sep"), [(1, 2, 0), (3, 4, 2), (5, 3, Fraction(1, 10))])
def test_the_change_of_energy_by_the_split(n, k, sep):
    rng = np.random.default_rng(n)
    z, c = [Fraction(int(v)) for v in rng.integers(-5, 6, size=n)], Fraction(1, 3)
    q = [[Fraction(1, k)] * k for _ in range(n)]
    eps, r = Fraction(1, 100), z[0] - c
    p = [c + eps * r, c - eps * r] + [c] * (k - 2)
    moved = [[Fraction(2, k), Fraction(0)] + [Fraction(1, k)] * (k - 2), *q[1:]]
    change = energy(z, p, moved, 1, sep) - energy(z, [c] * k, q, 1, sep)
    assert change == 2 * eps**2 * r**2 * (Fraction(n, k) + 1 - k * sep) - 4 * eps * r**2 / k


def test_without_a_sample_off_the_prototypes_the_hypotheses_can_be_met_and_the_conclusion_fails():
    part = claim.never_met("stable", claim.ATTRACTS.says)
    point = {"z": [[0]], "p": [[0], [0]], "sep": 1, "weight": 0, "eps": "1/4", "place": [[1], [-1]], "share": [[1, 0]]}
    statement = replace(part.statement, given=part.statement.given[:-1], _traces={})
    assert examine(statement, point).refutes
    assert examine(part.statement, point).in_domain is False


def test_proofs_need_their_hypotheses():
    part = claim.never_met("stable", claim.ATTRACTS.says, claim.COERCIVE)
    assert relabelled.unmet(part.statement).outcome == "vacuous"
    assert relabelled.unmet(part.neighbours[0].statement).outcome == "proved"
    for left_out in ("minimal", "alone", "relabelled", "small"):
        without = tuple(h for h in part.statement.given if h.id != left_out)
        assert relabelled.unmet(replace(part.statement, given=without, _traces={})).outcome == "rejected"
    assert proofs.one_point(claim.PREMISE.statement).covers_domain
    assert proofs.one_point(claim.PREMISE.twins[0].statement).outcome == "rejected"
    assert proofs.minimum(replace(claim.MINIMUM.statement, given=(claim.OPEN,), _traces={})).outcome == "rejected"
    assert relabelled.below(claim.LOWER.twins[0].statement).outcome == "rejected"
