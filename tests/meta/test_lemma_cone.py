"""The parametrisation of the tangent-cone lemma against brute force over active sets, in exact fractions."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.evaluate import fractions
from ddcl_theory.lemmas import cone, lagrange, logarithm
from ddcl_theory.lemmas.support import identity_for_all_sizes
from ddcl_theory.proof import Rejected, Steps


def brute_force(g: list[Fraction], support: int) -> list[Fraction]:
    """The nearest point of {v : Σv = 0, v_j ≥ 0 off the support} to g: the best feasible one over all active sets."""
    k = len(g)
    best: tuple[Fraction, list[Fraction]] | None = None
    for size in range(k - support + 1):
        for free in itertools.combinations(range(support, k), size):
            active = [*range(support), *free]
            mean = sum((g[j] for j in active), Fraction(0)) / len(active)
            v = [g[j] - mean if j in active else Fraction(0) for j in range(k)]
            if any(v[j] < 0 for j in free):
                continue
            distance = sum(((x - y) ** 2 for x, y in zip(g, v, strict=True)), Fraction(0))
            if best is None or distance < best[0]:
                best = (distance, v)
    assert best is not None
    return best[1]


@pytest.mark.parametrize("seed", range(60))
def test_parametrisation_is_the_projection(seed: int) -> None:
    rng = random.Random(seed)
    support, off = rng.randint(1, 3), rng.randint(0, 3)

    def number() -> Fraction:
        return Fraction(rng.randint(-6, 6), rng.randint(1, 4))

    parts = [rng.randint(1, 5) for _ in range(support)]
    q = [ex.lift(Fraction(part, sum(parts))) for part in parts]
    c, r = [ex.lift(number()) for _ in range(support)], [ex.lift(number()) for _ in range(off)]
    g, v = cone.projection(q, c, r, ex.lift(number()))
    assert fractions(v, {}) == brute_force(fractions(g, {}), support)


def test_split_gives_the_value_of_the_maxima() -> None:
    r = [ex.variable("r", j) for j in range(2)]
    root = ex.maximum(0, r[0]) * 3 + ex.maximum(0, -r[1]) * 5 + r[1]
    (value,) = cone.split([root], 1)
    point = {"r" + cone.FREE: (Fraction(2),), "r" + cone.BLOCKED: (Fraction(7),)}
    assert fractions([value], point) == fractions([root], {"r": (Fraction(2), Fraction(-7))})


def test_a_wrong_recentring_is_rejected() -> None:
    def family(sizes):  # type: ignore[no-untyped-def]
        off = sizes["free"] + sizes["blocked"]
        q = [ex.variable("q", i) for i in range(sizes["support"])]
        c = [ex.variable("c", i) for i in range(sizes["support"])]
        r = [ex.variable("r", j) for j in range(off)]
        g, v = cone.projection(q, c, r, ex.variable("mu"))
        v = [v[0] + 1, *v[1:]]
        return cone.split([ex.dot(g, v) - ex.norm2(v)], sizes["free"]), {}

    with pytest.raises(Rejected):
        identity_for_all_sizes(Steps(), family, cone.axes(("q", "c"), ("r",)), simplex="q")


def test_lagrange_and_the_logarithm_are_verified_step_by_step() -> None:
    steps = Steps()
    lagrange.verify(steps)
    logarithm.verify(steps)
    assert len(steps.done) >= 6


@pytest.mark.parametrize("k", range(1, 6))
def test_spread_is_the_sum_over_pairs(k: int) -> None:
    rng = random.Random(k)
    p = [[Fraction(rng.randint(-9, 9), 3) for _ in range(2)] for _ in range(k)]
    pairs = sum(
        (sum(((a - b) ** 2 for a, b in zip(p[i], p[j], strict=True)), Fraction(0)) for i in range(k) for j in range(i)),
        Fraction(0),
    )
    assert fractions([lagrange.spread(p, k)], {}) == [pairs]
