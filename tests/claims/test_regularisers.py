"""Facts about the regularisers at total collapse, from values computed with NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from ddcl_core.functional import regularisers as core
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import regularisers as claim
from ddcl_theory.claims.ddcl import regularisers_collapse as assigned
from ddcl_theory.claims.ddcl.float_rows_collapse import regulariser_parts
from ddcl_theory.engine import run_part
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
RNG = np.random.default_rng(3)
Z = RNG.normal(size=(5, 2))
V = RNG.normal(size=(3, 2))


def softmax(z, p, t):
    d = np.square(z[:, None] - p).sum(-1)
    w = np.exp(-(d - d.min(1, keepdims=True)) / t)
    return w / w.sum(1, keepdims=True)


def negative_entropy(q):
    return (q * np.log(q)).sum(1).mean()


def balance(q):
    share = q.mean(0)
    return (share * np.log(share * q.shape[1])).sum()


def curvature(term, t, h=1e-3):
    steps = V - V.mean(0)

    def at(e):
        return term(softmax(Z, Z.mean(0) + e * steps, t))

    return (at(h) - 2 * at(0) + at(-h)) / h**2


@pytest.mark.parametrize("t", [0.7, 3.0])
def test_the_entropy_holds_collapse_together_and_the_balance_does_nothing(t):
    steps, y = V - V.mean(0), Z - Z.mean(0)
    spread = np.square(y @ steps.T).sum(1).mean()
    assert curvature(negative_entropy, t) == pytest.approx(4 / (3 * t**2) * spread, rel=1e-4)
    assert abs(curvature(balance, t)) < 1e-4


def test_with_enough_entropy_collapse_is_stable_at_any_variance():
    """Growth (2/k)(2S/T − N) − λ (4/kT²) S: at λ = T it is −(2/k) N however large S is."""
    steps, y = V - V.mean(0), 100 * (Z - Z.mean(0))
    spread, size, t = np.square(y @ steps.T).sum(1).mean(), np.square(steps).sum(), 0.5
    alone = 2 / 3 * (2 * spread / t - size)
    assert alone > 0 > alone - t * 4 / (3 * t**2) * spread


def test_collapse_has_the_least_values():
    uniform = np.full((4, 3), 1 / 3)
    assert balance(uniform) == pytest.approx(0, abs=1e-15)
    assert negative_entropy(uniform) == pytest.approx(-np.log(3))
    for _ in range(20):
        q = RNG.dirichlet(np.ones(3), size=4)
        assert balance(q) > 0
        assert -np.log(3) < negative_entropy(q) <= -(1 - np.square(q).sum(1).mean())


def test_a_single_big_cluster_and_hard_assignments_cost_most():
    big = np.tile([1 - 2e-9, 1e-9, 1e-9], (4, 1))
    assert balance(big) == pytest.approx(np.log(3), rel=1e-6)
    assert negative_entropy(big) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("scale", [0, "1/3", "1/2"])
def test_the_force_of_separation_shrinks_with_the_distance(scale):
    """p = ±1: Σ‖F‖² = 32 by hand, and σ² times that for σP."""
    x = claim.SCALED.namespace({"k": 2, "d": 1})
    p = {"p": exact([[1], [-1]]), "sigma": exact(scale)}
    near, far = fractions([claim.strength(claim.scaled(x)), claim.strength(x.p)], p)
    assert far == 32
    assert near == 32 * p["sigma"] ** 2
    assert examine(claim.ACTS.statement, {"p": [[1], [-1]], "sigma": scale}).refutes


@pytest.mark.parametrize("k", [2, 3, 5])
def test_every_difference_grows_at_one_rate(k):
    p = RNG.normal(size=(k, 2))
    force = 2 * (k * p - p.sum(0))
    for i in range(k):
        for j in range(i):
            assert np.allclose(force[i] - force[j], 2 * k * (p[i] - p[j]))


def test_an_uneven_sample_may_leave_the_balance_at_its_minimum():
    """The hypothesis is about the mean assignment: (1/4, 3/4) and (3/4, 1/4) average to the uniform one."""
    found = examine(assigned.IMBALANCE.statement, {"q": [["1/4", "3/4"], ["3/4", "1/4"]]})
    assert found.in_domain is False
    assert balance(np.array([[0.25, 0.75], [0.75, 0.25]])) == 0


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_broken_regularisers_are_noticed(monkeypatch, dtype):
    separation, balanced, entropy = regulariser_parts(dtype)
    assert all(run_part(p, QUICK).verdict is Verdict.HOLDS for p in (separation, balanced, entropy))
    for name, part in (("separation_of", separation), ("balance_of", balanced), ("negative_entropy_of", entropy)):
        original = getattr(core, name)
        shift = (lambda f: lambda *a: 1.01 * f(*a)) if name == "separation_of" else (lambda f: lambda *a: f(*a) + 1e-2)
        monkeypatch.setattr(core, name, shift(original))
        assert run_part(part, QUICK).verdict is Verdict.REFUTED
        monkeypatch.setattr(core, name, original)
