"""Facts about the forces of L_OLS on coinciding prototypes, from a field written out here."""

from __future__ import annotations

import pytest
import torch

from ddcl_core.functional import training
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import proposition5_force as claim
from ddcl_theory.claims.ddcl.float_rows_collapse import opening_parts
from ddcl_theory.engine import run_part
from ddcl_theory.evaluate import tensors
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
Z = torch.tensor([[0.3, -1.0], [1.7, 0.4], [-0.6, 2.0]], dtype=torch.float64)
C = torch.tensor([0.4, 0.1], dtype=torch.float64)
U = torch.tensor([0.8, -0.5], dtype=torch.float64)
R = torch.tensor([[1.0, 1.0], [-1.0, 0.3]], dtype=torch.float64)
T = 0.9


def forces(p, q=None, full=False):
    p = p.clone().requires_grad_()
    if q is None:
        q = torch.softmax(-(Z[:, None] - (p if full else p.detach())).square().sum(-1) / T, -1)
    value = (Z - q @ p).square().sum(-1).mean()
    return -torch.autograd.grad(value, p)[0]


def at(e):
    return torch.cat([(C + e * U)[None], (C - e * U)[None], R])


@pytest.mark.parametrize("full", [False, True])
def test_soft_assignments_give_coinciding_prototypes_one_force(full):
    f = forces(at(0.0), full=full)
    assert torch.allclose(f[0], f[1], atol=1e-15)


def test_the_statement_computes_the_forces_of_the_field():
    x = claim.SOFT.namespace({"k": 2, "d": 2, "n": 3})
    batch = {"z": Z[None], "c": C[None], "r": R[None], "T": torch.tensor([T], dtype=torch.float64), "u": U[None]}
    values = [float(v) for row in claim.soft_gradients(x) for v in tensors(row, batch)]
    assert values == pytest.approx(forces(at(0.0))[:2].flatten().tolist(), rel=1e-12)


def test_the_forces_differ_as_soon_as_the_pair_opens():
    h = 1e-5
    rate = sum(s * float((U * (forces(at(s * h))[0] - forces(at(s * h))[1])).sum()) for s in (1, -1)) / (2 * h)
    q = torch.softmax(-(Z[:, None] - at(0.0)).square().sum(-1) / T, -1)
    residual = Z - q @ at(0.0)
    closed = (8 * q[:, 0] * ((Z - C) @ U) * (residual @ U) / T).mean()
    assert rate == pytest.approx(float(closed), rel=1e-6)
    assert abs(rate) > 0.1


def test_own_assignments_give_opposite_forces():
    """z = ±1, p_1 = p_2 = 0, each with its own sample: F_1·F_2 = −1 by hand."""
    found = examine(claim.GIVEN_DIRECTION.statement, claim.OWN)
    assert found.refutes and found.conclusion is not None
    assert found.conclusion[1].value == "-1"


def test_constant_assignments_part_coinciding_prototypes_by_the_difference_of_shares():
    q = torch.tensor([[0.5, 0.2, 0.2, 0.1], [0.1, 0.6, 0.2, 0.1], [0.3, 0.3, 0.2, 0.2]], dtype=torch.float64)
    p = at(0.0)
    f = forces(p, q)
    residual = Z - q @ p
    assert torch.allclose(f[0] - f[1], (2 * (q[:, :1] - q[:, 1:2]) * residual).mean(0), atol=1e-14)
    h = 1e-5
    rate = sum(s * float((U * (forces(at(s * h), q)[0] - forces(at(s * h), q)[1])).sum()) for s in (1, -1)) / (2 * h)
    assert rate == pytest.approx(float(-2 * (q[:, 0] - q[:, 1]).square().mean() * U.square().sum()), rel=1e-6)
    assert rate < 0


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_broken_opening_is_noticed(monkeypatch, dtype):
    stopped, full, constant = opening_parts(dtype)
    assert all(run_part(p, QUICK).verdict is Verdict.HOLDS for p in (stopped, full, constant))
    original = training.ols_fixed
    monkeypatch.setattr(training, "ols_fixed", lambda q, z, p, r: original(q.flip(-1), z, p, r))
    assert run_part(stopped, QUICK).verdict is Verdict.REFUTED
    from ddcl_core.functional import gradients

    monkeypatch.setattr(gradients, "ols_fixed", lambda q, z, p, r: original(q, z, p, r) + 1e-3)
    assert run_part(constant, QUICK).verdict is Verdict.REFUTED
