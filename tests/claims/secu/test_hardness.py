"""Weights 1 − p against NumPy, the instances that are equally far and unequally heavy, and proofs that want hypotheses."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ddcl_proofs.secu import hardness as proofs
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import hardness as claim
from ddcl_theory.claims.secu import sphere
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact
from ddcl_theory.relation import at_least_zero


def weight(x, w, others, r):
    """1 − p with e^{1/λ} = r."""
    own = r ** np.dot(x, w)
    rest = sum(r ** np.dot(x, v) for v in others)
    return rest / (own + rest)


def test_the_predicate_is_one_minus_the_softmax():
    raw = {"a": [1, 0], "b": [0, -1], "w": [1, 0], "v": [[0, 1], [-1, 0]], "T": {"s": "1/2"}}
    x = claim.PAIR.namespace({"o": 2, "d": 2})
    point = {name: exact(value) for name, value in raw.items()}
    for row in ("a", "b"):
        found, p = fractions(
            [f(getattr(x, row), x.w, x.v, x.T) for f in (sphere.weight, sphere.prediction)], point
        )  # fmt: skip
        assert float(found) == pytest.approx(weight(raw[row], raw["w"], raw["v"], 2.0))
        assert found + p == 1


def test_the_strictly_farther_instance_of_the_claim_weighs_less():
    point = claim.FARTHER_AND_LIGHTER
    a, b = (np.array([float(Fraction(v)) for v in point[name]]) for name in "ab")
    w = np.array(point["w"])
    assert np.linalg.norm(a - w) > np.linalg.norm(b - w)
    assert weight(a, w, point["v"], 32.0) == pytest.approx(1 / 3)
    assert weight(b, w, point["v"], 32.0) == pytest.approx(32 / 33)


@pytest.mark.parametrize("seed", range(5))
def test_weighted_positives_are_harder_on_average(seed):
    p = np.random.default_rng(seed).uniform(size=6)
    assert ((1 - p) * p).sum() / (1 - p).sum() < p.mean()


def test_equally_far_instances_have_different_weights():
    near, far = (np.array(claim.SAME_DISTANCE[name]) for name in ("b", "a"))
    w, v = np.array(claim.SAME_DISTANCE["w"]), claim.SAME_DISTANCE["v"]
    assert np.linalg.norm(near - w) == np.linalg.norm(far - w)
    assert weight(near, w, v, 2.0) == pytest.approx(2 / 3)
    assert weight(far, w, v, 2.0) == pytest.approx(1 / 3)


def test_a_strictly_farther_instance_may_weigh_less():
    w, v = np.array([1.0, 0.0]), [np.array([0.0, 1.0])]
    near, far = (np.array([np.cos(t), np.sin(t)]) for t in (np.pi / 2, -0.6 * np.pi))
    assert np.linalg.norm(far - w) > np.linalg.norm(near - w)
    assert weight(far, w, v, 2.0) < weight(near, w, v, 2.0)


def test_proofs_reject_the_twins_and_want_their_hypotheses():
    for proof, part in (
        (proofs.harder, claim.WEIGHTS),
        (proofs.uniform_weights, claim.UNIFORM),
        (proofs.farther, claim.NEARER_TO_OTHERS),
        (proofs.captures, claim.CAPTURES),
    ):
        assert proof(part.statement).covers_domain
        assert {proof(twin.statement).outcome for twin in part.twins} == {"rejected"}
    bare = Statement(claim.PAIR, at_least_zero(claim.heavier))
    assert proofs.harder(bare).outcome == "rejected"
    assert proofs.farther(Statement(claim.PAIR, at_least_zero(claim.heavier), (claim.FARTHER,))).outcome == "rejected"
