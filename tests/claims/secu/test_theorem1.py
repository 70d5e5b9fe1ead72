"""Optimal centres by search over the circle, the sign of s·w there, and proofs that want their hypotheses."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ddcl_proofs.secu import theorem1 as proofs
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import theorem1 as claim
from ddcl_theory.claims.secu import theorem1_joint as joint
from ddcl_theory.claims.secu import theorem1_plane as plane
from ddcl_theory.claims.secu.sphere import outward
from ddcl_theory.relation import positive


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def loss(x, c, w, v, lam):
    """Σ c log(1 + S e^{−x·w/λ}) for each row of w."""
    rest = np.exp(x @ v.T / lam).sum(1)
    return (c[:, None] * np.log1p(rest[:, None] * np.exp(-(x @ w.T) / lam))).sum(0)


def pull(x, c, w, v, lam):
    own, rest = np.exp(x @ w / lam), np.exp(x @ v.T / lam).sum(1)
    return ((c * rest / (own + rest))[:, None] * x).sum(0)


def circle(count=200_001):
    angles = np.linspace(0, 2 * np.pi, count)
    return np.stack([np.cos(angles), np.sin(angles)], 1)


def test_the_odd_one_on_the_line():
    """Products instead of losses, in fractions: −1 is the optimum and s points the other way."""
    r = Fraction(3)
    x, v = (1, 1, -1), -1

    def odds(w):
        result = Fraction(1)
        for xi in x:
            result *= 1 + r ** (xi * (v - w))
        return result

    s = sum(xi * r ** (xi * v) / (r ** (xi * v) + r ** (xi * -1)) for xi in x)
    assert (odds(-1), odds(1)) == (8, Fraction(1000, 81))
    assert s == Fraction(1, 2)


def test_the_cross_in_the_plane_is_optimal_on_the_whole_circle():
    x, c = np.array(plane.CROSS["x"], float), np.array(plane.CROSS["c"], float)
    w, v, lam = np.array(plane.CROSS["w"], float), np.array(plane.CROSS["v"], float), 1 / np.log(2)
    values = loss(x, c, circle(), v, lam)
    assert np.allclose(circle()[values.argmin()], w, atol=1e-4)
    assert values.min() >= loss(x, c, w[None], v, lam)[0] - 1e-12
    s = pull(x, c, w, v, lam)
    assert np.allclose(s, [0.5, 0.0])
    assert s @ w < 0


@pytest.mark.parametrize("seed", range(6))
def test_positives_in_a_half_plane_give_the_closed_form_at_the_optimum(seed):
    draw = np.random.default_rng(seed)
    angles = draw.uniform(-1.5, 1.5, 4)
    x, v = np.stack([np.cos(angles), np.sin(angles)], 1), unit(draw.normal(size=(2, 2)))
    lam = float(draw.uniform(0.3, 2))
    best = circle()[loss(x, np.ones(4), circle(), v, lam).argmin()]
    assert np.allclose(best, unit(pull(x, np.ones(4), best, v, lam)), atol=1e-3)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_antipodal_positives_have_no_solution_of_the_closed_form(d):
    """Positives ±x with the same S: f is even and convex, so s·w ≤ 0 at every w although an optimum exists."""
    draw = np.random.default_rng(d)
    half = unit(draw.normal(size=(3, d)))
    x = np.concatenate([half, -half])
    v = unit(draw.normal(size=(2, d)))
    v = np.concatenate([v, -v])
    for w in unit(draw.normal(size=(200, d))):
        assert pull(x, np.ones(6), w, v, 0.5) @ w < 0


def test_three_negatives_outvote_one_positive():
    """Cross-entropy on the line with r² = 4: the four pairs of centres."""
    rho = Fraction(4)
    odds = {d: (1 + rho**d) * (1 + rho**-d) ** 3 for d in (-1, 0, 1)}
    # d = (v − w)/2; w = −1, v = 1 is d = 1.
    assert min(odds, key=odds.__getitem__) == 1
    assert joint.OUTNUMBERED["w"] == [-1] and joint.OUTNUMBERED["v"] == [[1]]


CASES = {
    "half-space": (proofs.half_space, claim.HEMISPHERE),
    "half-line": (proofs.half_line, claim.ONE_SIDE),
    "certified half-space": (proofs.certified_half_space, plane.CERTIFIED_HALF_SPACE),
    "slope": (proofs.slope, claim.SLOPE_PART),
    "converse": (proofs.converse, claim.CONVERSE),
    "second order": (proofs.second_order, plane.CERTIFICATE),
    "cross-entropy": (proofs.entropy_slope, joint.ENTROPY_SLOPE),
}


@pytest.mark.parametrize("name", CASES)
def test_proofs_reject_the_twins(name):
    proof, part = CASES[name]
    assert proof(part.statement).covers_domain
    assert {proof(twin.statement).outcome for twin in part.twins} == {"rejected"}


@pytest.mark.parametrize("name", ["half-space", "certified half-space", "converse", "second order"])
def test_proofs_want_every_hypothesis(name):
    proof, part = CASES[name]
    for dropped in part.statement.given:
        kept = tuple(h for h in part.statement.given if h.id != dropped.id)
        assert proof(Statement(part.statement.domain, part.statement.conclusion, kept)).outcome == "rejected", (
            dropped.id
        )


@pytest.mark.parametrize("dropped", ["unit-w", "optimal", "half-space"])
def test_the_proof_on_the_line_wants_its_hypotheses(dropped):
    kept = tuple(h for h in claim.ONE_SIDE.statement.given if h.id != dropped)
    assert proofs.half_line(Statement(claim.LINE, positive(outward), kept)).outcome == "rejected"


def test_the_cross_fits_no_half_space():
    """Positives on both sides of every line through the origin."""
    x = np.array(plane.CROSS["x"], float)
    assert ((x @ circle(721).T).min(0) <= 1e-12).all()


def test_a_half_space_alone_does_not_make_a_centre_optimal():
    bare = Statement(claim.HALF, positive(outward), (claim.HALF_SPACE,))
    assert proofs.half_space(bare).outcome == "rejected"
