"""Variances by NumPy for sampled instances; the three ways in which centres may lie; proofs that reject twins."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from ddcl_proofs.secu import proposition2 as proofs
from ddcl_theory.claims.secu import proposition2 as claim
from ddcl_theory.claims.secu import proposition2_settings as settings
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact


def variance(rows):
    return ((rows - rows.mean(0)) ** 2).sum(1).mean()


def cluster(mean, n, draw):
    """2n unit vectors with exactly this mean in the plane: pairs symmetric about its direction."""
    length = np.linalg.norm(mean)
    along = mean / length
    across = np.array([-along[1], along[0]])
    height = np.sqrt(1 - length**2)
    rows = [length * along + sign * height * across for sign in (1, -1)]
    return np.array(rows * n)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_variances_of_equal_clusters(k):
    """Var_pos = 1 − a² and Var_neg = 1 − |mean of the other centres|², from the instances."""
    draw = np.random.default_rng(k)
    a = 0.9
    angles = draw.uniform(0, 2 * np.pi, k)
    centres = a * np.stack([np.cos(angles), np.sin(angles)], 1)
    clusters = [cluster(mean, 3, draw) for mean in centres]
    assert all(np.allclose(np.linalg.norm(rows, axis=1), 1) for rows in clusters)
    assert variance(clusters[0]) == pytest.approx(1 - a**2)
    negatives = np.concatenate(clusters[1:])
    mean = centres[1:].mean(0)
    assert variance(negatives) == pytest.approx(1 - mean @ mean)
    pairs = sum(((u - v) ** 2).sum() for i, u in enumerate(centres[1:]) for v in centres[2 + i :])
    assert variance(negatives) - variance(clusters[0]) == pytest.approx(pairs / (k - 1) ** 2)


def test_the_expectation_over_independent_centres():
    a = Fraction(9, 10)
    for g in (1, 2, 3):
        squares = [(sum(signs) * a / g) ** 2 for signs in product((1, -1), repeat=g)]
        expected = 1 - sum(squares) / len(squares)
        assert expected == 1 - a**2 / g
        x = settings.DRAWN.namespace({"g": g, "m": 2, "d": 1})
        point = {"c": exact([[[a], [-a]]] * g), "a": exact(a), "M": exact(1)}
        assert fractions([settings.drawn_negative(x)], point) == [expected]


def test_centres_that_sum_to_zero():
    """Three centres at 120 degrees: 1 − a²/4, where the appendix has 1 − a²/2."""
    a = 0.8
    angles = 2 * np.pi * np.arange(3) / 3
    centres = a * np.stack([np.cos(angles), np.sin(angles)], 1)
    mean = centres[1:].mean(0)
    assert 1 - mean @ mean == pytest.approx(1 - a**2 / 4)
    assert abs(1 - mean @ mean - (1 - a**2 / 2)) > 0.1


def test_coinciding_centres_have_equal_variances():
    mu = np.array([float(Fraction(row[0])) for row in claim.TOGETHER["mu"]])
    assert 1 - mu[1:].mean() ** 2 == pytest.approx(1 - mu[0] ** 2)


def test_the_lower_bound_holds_from_three_clusters_on():
    """Var_neg under independence is 1 − a²/(K − 1); with sum zero 1 − a²/(K − 1)²: at least 1/2 for every a < 1 iff K ≥ 3."""
    a = Fraction(9, 10)
    for power in (1, 2):
        values = {k: 1 - a**2 / (k - 1) ** power for k in range(2, 12)}
        assert [k for k, v in values.items() if v < Fraction(1, 2)] == [2]
    x = settings.GIVEN.namespace({"k": 2, "d": 1})
    point = {"mu": exact(claim.COINCIDING["mu"]), "M": exact(2)}
    assert fractions([settings.given_negative(x)], point) == [1 - a**2]


PARTS = {
    "lower bound, independent": (
        proofs.theta_independent,
        settings.INDEPENDENT.theta_from_three(claim.FROM_THREE),
    ),
    "lower bound, balanced": (proofs.theta_balanced, settings.ZERO_SUM.theta_from_three(claim.GIVEN_FROM_THREE)),
    "variances": (proofs.variance_of_unit_instances, claim.VARIANCES),
    "printed ratio": (proofs.printed_ratio, claim.PRINTED),
    "balanced ratio": (proofs.balanced_ratio, claim.BALANCED_RATIO),
    "spread": (proofs.spread_ratio, claim.SPREAD),
    "never smaller": (proofs.never_smaller, claim.NEVER_SMALLER),
    "order, independent": (proofs.order_independent, settings.INDEPENDENT.order()),
    "order, balanced": (proofs.order_balanced, settings.ZERO_SUM.order()),
    "order, any": (proofs.order_any, settings.ANY.order()),
}


@pytest.mark.parametrize("name", PARTS)
def test_proofs_reject_the_twins(name):
    proof, part = PARTS[name]
    assert proof(part.statement).covers_domain
    assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]


def test_the_ratio_needs_its_assumption_on_the_centres():
    """The printed ratio with given centres, and the remark with two clusters, are rejected."""
    assert proofs.balanced_ratio(claim.SPREAD.statement).outcome == "rejected"
    two = settings.INDEPENDENT.remark(None)
    assert proofs.remark_independent(two.statement).outcome == "rejected"
    assert proofs.remark_balanced(settings.ZERO_SUM.remark(None).statement).outcome == "rejected"
    for part, proof in zip(claim.THETA, (proofs.theta_independent, proofs.theta_balanced), strict=False):
        assert proof(part.statement).outcome == "rejected"


def test_the_upper_bound_needs_no_assumption_on_the_centres():
    for setting in (settings.INDEPENDENT, settings.ZERO_SUM, settings.ANY):
        assert [h.id for h in setting.order().statement.given] == ["inside"]
