"""Facts about collapse under L_OLS, from automatic differentiation of a loss written out here and from fractions by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from ddcl_core.functional import training
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import collapsed
from ddcl_theory.claims.ddcl import proposition5 as claim
from ddcl_theory.claims.ddcl import proposition5_fixed as constant
from ddcl_theory.claims.ddcl.dynamics.phase import Phase, local
from ddcl_theory.claims.ddcl.float_rows_collapse import force_parts
from ddcl_theory.engine import run_part
from ddcl_theory.evaluate import fractions, tensors
from ddcl_theory.point import exact
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
Z = torch.tensor([[0.3, -1.0], [1.7, 0.4], [-0.6, 2.0], [0.1, 0.2]], dtype=torch.float64)
V = torch.tensor([[1.0, 0.5], [-0.2, 0.1], [0.7, -0.9]], dtype=torch.float64)


def shares(z, p, t):
    return torch.softmax(-(z[:, None] - p).square().sum(-1) / t, -1)


def field(z, p, t, loss, mode):
    """−∂(mean loss)/∂P."""
    p = p.clone().requires_grad_()
    q = shares(z, p.detach() if mode == "stopped" else p, t)
    per_sample = (z - q @ p).square().sum(-1) if loss == "ols" else (q * (z[:, None] - p).square().sum(-1)).sum(-1)
    return -torch.autograd.grad(per_sample.mean(), p)[0]


def measured_growth(z, v, t, loss, mode, h=1e-5):
    """Central difference of Σ ṽ_j·F_j at z̄ + eṽ."""
    steps = v - v.mean(0)
    at = z.mean(0).expand_as(v)
    forces = [field(z, at + e * steps, t, loss, mode) for e in (h, -h)]
    return float(((forces[0] - forces[1]) * steps).sum()) / (2 * h)


def predicted(predicate, **point):
    x = collapsed.DISPLACED.namespace({"k": 3, "d": 2, "n": 4})
    batch = {"z": Z[None], "v": V[None], "T": torch.tensor([0.8], dtype=torch.float64), **point}
    return float(tensors([predicate(x)], batch)[0])


@pytest.mark.parametrize("loss", ["quantization", "ols"])
@pytest.mark.parametrize("mode", ["stopped", "full"])
def test_growth_is_that_of_automatic_differentiation(loss, mode):
    wanted = measured_growth(Z, V, 0.8, loss, mode)
    assert predicted(lambda x: collapsed.growth(x, mode, loss)) == pytest.approx(wanted, rel=1e-6)
    assert predicted(lambda x: collapsed.closed(x, mode, loss)) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize(("t", "mode"), [(1, "stopped"), (9, "stopped"), ("1/7", "full"), (30, "full")])
def test_growth_by_hand_on_two_samples(t, mode):
    """z = ±1, v = ±1, k = 2: S = 2 and N = 2, growth c · 2/T under L_OLS."""
    p = {"z": exact([[1], [-1]]), "v": exact([[1], [-1]]), "T": exact(t)}
    x = collapsed.DISPLACED.namespace({"k": 2, "d": 1, "n": 2})
    factor = {"stopped": 2, "full": 4}[mode]
    assert fractions([collapsed.growth(x, mode, "ols")], p) == [2 * factor / Fraction(t)]
    assert fractions([collapsed.growth(x, mode)], p) == [2 * factor / Fraction(t) - 2]


@pytest.mark.parametrize("mode", ["stopped", "full"])
@pytest.mark.parametrize("t", [0.1, 1.0, 100.0])
def test_small_displacements_leave_collapse_at_every_temperature(mode, t):
    p = Z.mean(0) + 1e-4 * (V - V.mean(0))
    start = float((p - p.mean(0)).norm())
    for _ in range(20):
        p = p + 0.01 * t * field(Z, p, t, "ols", mode)
    assert float((p - p.mean(0)).norm()) > start


def test_pairs_about_identical_samples_are_at_rest():
    z = torch.full((3, 2), 0.5, dtype=torch.float64)
    arms = torch.tensor([[0.3, -0.2], [1.0, 0.4]], dtype=torch.float64)
    p = torch.cat([z[:1] + arms, z[:1] - arms])
    assert float(field(z, p, 0.7, "ols", "stopped").abs().max()) < 1e-15
    assert float(field(z, p + torch.tensor([[0.1, 0.0]] + [[0.0, 0.0]] * 3), 0.7, "ols", "stopped").abs().max()) > 1e-3


def test_constant_uniform_assignments_keep_differences_and_lead_the_mean_to_the_data():
    p = V.clone()
    before = p[0] - p[1]
    for _ in range(400):
        residual = Z - p.mean(0)
        p = p + 0.1 * 2 * residual.mean(0) / len(p)
    assert torch.allclose(p[0] - p[1], before, atol=1e-12)
    assert torch.allclose(p.mean(0), Z.mean(0), atol=1e-8)


def test_hard_constant_assignments_split_collapsed_prototypes():
    """q = identity, z = ±1, p = (0, 0): the forces are ±1."""
    found = examine(constant.ASSIGNED_POINT.statement, constant.HARD)
    assert found.refutes
    assert found.conclusion is not None and found.conclusion[1].value == "1"


def test_the_free_direction_has_negative_curvature():
    """mean ‖y − Pq‖² at P = e ṽ, q = 1/k + e ṽ·y, by a second difference."""
    steps, y = V - V.mean(0), Z - Z.mean(0)

    def level(e):
        q = 1 / 3 + e * y @ steps.T
        return float((y - q @ (e * steps)).square().sum(-1).mean())

    h = 1e-4
    curvature = (level(h) - 2 * level(0.0) + level(-h)) / h**2
    x = claim.FREE.namespace({"k": 3, "d": 2, "n": 4})
    value = float(tensors([claim.free_curvature(x)], {"z": Z[None], "v": V[None]})[0])
    assert -value == pytest.approx(curvature, rel=1e-5)
    assert curvature < 0


def test_runs_tell_the_losses_apart():
    assert min(local(Phase("ols", "stopped", None), QUICK).margins) > 0
    assert min(local(Phase("quantization", "stopped", None), QUICK).margins) < 0
    assert min(local(Phase("quantization", "stopped", 2), QUICK).margins) > 0
    assert min(local(Phase("quantization", "full", 2), QUICK).margins) < 0


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_broken_force_is_noticed(monkeypatch, dtype):
    held, through = force_parts(dtype)
    assert [run_part(p, QUICK).verdict for p in (held, through)] == [Verdict.HOLDS, Verdict.HOLDS]
    original = training.ols_fixed
    monkeypatch.setattr(training, "ols_fixed", lambda *args: 0.999 * original(*args))
    assert run_part(held, QUICK).verdict is Verdict.REFUTED
    monkeypatch.setattr(training, "ols_fixed", original)
    weights = training._softmax_weights
    monkeypatch.setattr(training, "_softmax_weights", lambda *args: weights(*args).flip(-1))
    assert run_part(through, QUICK).verdict is Verdict.REFUTED
