"""Each link of the cycle on small numbers, from the definitions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ddcl_core import functional as core
from ddcl_proofs.ddcl import feedback as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import feedback_assignment as sharp
from ddcl_theory.claims.ddcl import feedback_force as force
from ddcl_theory.claims.ddcl.float_rows_assignment import feedback_parts
from ddcl_theory.relation import at_least_zero

F = Fraction


def softmax(z, p, t=1.0):
    w = np.exp(-np.square(z - p).sum(1) / t)
    return w / w.sum()


def spread(p):
    return sum(np.square(p[i] - p[j]).sum() for i in range(len(p)) for j in range(i))


def covariance(q):
    return np.diag(q) - np.outer(q, q)


def force2(p, q):
    return 4 * np.square(p.T @ covariance(q)).sum()


def test_spreading_past_the_sample_makes_the_assignment_uniform():
    near, far = np.array([[0.0], [1.0]]), np.array([[-1.0], [1.0]])
    assert spread(far) > spread(near)
    assert np.square(softmax(0, far)).sum() == pytest.approx(0.5)
    assert np.square(softmax(0, near)).sum() > 0.51
    for part in (sharp.CONCENTRATES, sharp.LARGEST_GROWS):
        assert examine(part.statement, sharp.PUSHED).refutes


@pytest.mark.parametrize("seed", range(4))
def test_scaling_about_the_sample_concentrates(seed):
    rng = np.random.default_rng(seed)
    z, p = rng.normal(size=2), rng.normal(size=(4, 2))
    values = [np.square(softmax(z, z + s * (p - z))).sum() for s in np.linspace(0, 4, 30)]
    assert np.all(np.diff(values) >= -1e-15)


def test_the_two_faces_have_one_concentration_and_unordered_covariances():
    q, w = np.array([0, 0.5, 0.5]), np.array([0.5, 0.5, 0])
    assert np.square(q).sum() == np.square(w).sum()
    difference = np.linalg.eigvalsh(covariance(q) - covariance(w))
    assert difference[0] < -0.1 and difference[-1] > 0.1
    assert examine(sharp.LOEWNER.statement, {**sharp.OTHER_FACE, "v": [1, 0, 0]}).refutes


def test_a_larger_largest_share_with_a_larger_trace():
    q, w = [F(1, 2), F(1, 2), F(0)], [F(3, 5), F(1, 5), F(1, 5)]
    assert max(w) > max(q) and 1 - sum(x * x for x in w) > 1 - sum(x * x for x in q)
    assert examine(sharp.LARGEST_COVARIANCE.statement, sharp.FLATTENED).refutes


def exact_force2(p, q):
    m = sum(w * x for w, x in zip(q, p, strict=True))
    return 4 * sum(w**2 * (x - m) ** 2 for w, x in zip(q, p, strict=True))


def test_a_smaller_covariance_in_the_loewner_order_with_a_larger_force():
    q, w, p = [F(1, 6), F(1, 3), F(1, 2)], [F(1, 12), F(2, 3), F(1, 4)], (0, 3, 1)
    difference = covariance(np.array(q, float)) - covariance(np.array(w, float))
    assert np.linalg.eigvalsh(difference)[0] >= -1e-15
    assert exact_force2(p, w) > exact_force2(p, q)
    assert examine(force.FORCE_LOEWNER.statement, force.ORDERED).refutes


def test_moving_apart_strengthens_the_force_while_the_trace_falls():
    near, far = np.array([[0.0], [1.0]]), np.array([[0.0], [2.0]])
    t = -1 / np.log(0.75)
    q, w = softmax(0, near, t), softmax(0, far, t)
    assert np.trace(covariance(w)) < np.trace(covariance(q)) and force2(far, w) > force2(near, q)
    assert examine(force.FORCE_MOVING.statement, force.APART).refutes


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_on_the_force_and_the_rates(seed):
    rng = np.random.default_rng(seed)
    k, h = 4, 1e-6
    p, q, z = rng.normal(size=(k, 2)), rng.dirichlet(0.5 * np.ones(k)), rng.normal(size=2)
    diameter2 = max(np.square(a - b).sum() for a in p for b in p)
    assert force2(p, q) <= 2 * diameter2 * np.trace(covariance(q)) ** 2 + 1e-14
    m = q @ p
    gradient = 2 * q[:, None] * (p - m)
    rate = (spread(p - h * gradient) - spread(p + h * gradient)) / (2 * h)
    variance = (q * np.square(p - m).sum(1)).sum()
    assert rate == pytest.approx(-4 * k * variance, rel=1e-6)
    assert rate <= -2 * k * force2(p, q) + 1e-9
    pull = 2 * q[:, None] * (z - p)
    rate = (spread(p + h * pull) - spread(p - h * pull)) / (2 * h)
    formula = 4 * k * sum(w * (row - p.mean(0)) @ (z - row) for w, row in zip(q, p, strict=True))
    assert rate == pytest.approx(formula, rel=1e-6, abs=1e-8)


def test_a_weaker_force_contracts_less():
    assert examine(force.SEPARATES.statement, force.HALVED).refutes
    assert examine(force.LOSS_SEPARATES.statement, {**force.HALVED, "z": [0]}).refutes


def test_proofs_want_their_hypotheses_and_the_sharp_constants():
    scaling = sharp.CONCENTRATES.amendment.part.statement
    assert proofs.scaling(scaling).covers_domain
    assert proofs.scaling(Statement(scaling.domain, scaling.conclusion)).outcome == "rejected"
    assert proofs.trace(Statement(sharp.CHANGE, sharp.TRACE.statement.conclusion)).outcome == "rejected"
    assert proofs.variance_falls(Statement(force.AT_REST, at_least_zero(force.variance_fall))).outcome == "rejected"
    for factor, accepts in ((2, True), (F(199, 100), False)):
        bound = Statement(force.GIVEN, at_least_zero(lambda x, c=factor: force.bound(x, c)))
        assert proofs.bounded(bound).covers_domain is accepts
        rate = Statement(force.GIVEN, at_least_zero(lambda x, c=4 - factor: force.contraction(x, c)))
        assert proofs.contracts(rate).covers_domain is accepts


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_broken_measure_of_separation_is_noticed(dtype, monkeypatch):
    def outcomes():
        settings = Settings(profile=PROFILES["quick"])
        return {part.id: part.checks[0].run(part.statement, settings).outcome.name for part in feedback_parts(dtype)}

    assert set(outcomes().values()) == {"SUPPORTS"}
    original = core.separation
    monkeypatch.setattr(core, "separation", lambda p, pairs: original(p, "unordered"))
    assert outcomes()["dispersion"] == "REFUTES"
