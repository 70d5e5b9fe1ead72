"""Proofs of those of the fabricated statements that have one for every k and d."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ddcl_proofs.ddcl.theorem1_gap import SOFT_AXES
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.lemmas.pairs import Term, nonnegative_for_all_sizes
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity


def overlap(statement: Statement) -> Proof:
    """1/8 less the overlap is Σ_{i<j} Σ_{l ≠ i, j} q_i q_j q_l² + (1/8) (2 Σ q² − 1)²."""

    def terms(x: Any) -> list[Term]:
        q = x.q
        triples = [
            Term((q[i], q[j]), (q[m],))
            for i in range(x.k)
            for j in range(i + 1, x.k)
            for m in range(x.k)
            if m not in (i, j)
        ]
        return [*triples, Term((ex.lift(Fraction(1, 8)),), (2 * ex.total(w**2 for w in q) - 1,))]

    def argument(steps: Steps) -> str:
        nonnegative_for_all_sizes(steps, statement, terms, (Carriers("k", {"q": 0}),), simplex="q")
        return "all k"

    return carry_out(argument)


def spread(statement: Statement) -> Proof:
    """The room is Σ_{i<j} q_i q_j (D − ‖p_i − p_j‖²)."""

    def terms(x: Any) -> list[Term]:
        return [
            Term((x.q[i], x.q[j], x.D - ex.norm2(ex.minus(x.p[i], x.p[j]))))
            for i in range(x.k)
            for j in range(i + 1, x.k)
        ]

    def argument(steps: Steps) -> str:
        axes = (Carriers("k", {"q": 0, "p": 0}), Carriers("d", {"p": 1}))
        nonnegative_for_all_sizes(steps, statement, terms, axes, simplex="q")
        return ALL_SIZES

    return carry_out(argument)


def smaller_loss_is_nearer(statement: Statement) -> Proof:
    """The hypothesis and the conclusion are the same expression on Σq = 1."""

    def difference(sizes: Mapping[str, int]) -> tuple[list[ex.Expr], dict[ex.Expr, Label]]:
        given, conclusion = statement.trace(sizes)
        (premise,) = [t.roots[0] for h, t in given if h.id == "smaller-loss" and t.op == "ge0"]
        return [conclusion.roots[0] - premise], {}

    def argument(steps: Steps) -> str:
        axes = (Carriers("k", {"q": 0, "p": 0}), Carriers("d", {"p": 1, "a": 0, "b": 0}))
        identity_for_all_sizes(steps, difference, axes, simplex="q", says="the conclusion less the hypothesis")
        return ALL_SIZES

    return carry_out(argument)


def entropy_grows(statement: Statement) -> Proof:
    """The conclusion vanishes at T2 = T1, and T2³ times its derivative in T2 is Σ_{i<j} q_i q_j (d_i − d_j)² at T2."""

    def at_equal_temperatures(sizes: Mapping[str, int]) -> ex.Expr:
        x = statement.domain.namespace(sizes)
        return ex.substitute(_unanchored(statement, sizes), {x.T2: x.T1})

    def slope(sizes: Mapping[str, int]) -> tuple[list[ex.Expr], dict[ex.Expr, Label]]:
        x = statement.domain.namespace(sizes)
        d = a.distances(x.z, x.p)
        bend = ex.differentiate(_with_one_logarithm(_unanchored(statement, sizes), x), x.T2)
        value, labels = weights(x.T2**3 * bend, x, temperature=x.T2, anchor=ex.ZERO)
        w = list(labels)
        pairs = ex.total(w[i] * w[j] * (d[i] - d[j]) ** 2 for i in range(x.k) for j in range(i + 1, x.k))
        return [value - pairs], labels

    def argument(steps: Steps) -> str:
        for sizes in ({"k": 1, "d": 1}, {"k": 2, "d": 1}, {"k": 3, "d": 2}):
            steps.verify(
                f"the conclusion vanishes at T2 = T1 (k = {sizes['k']})", identity(at_equal_temperatures(sizes))
            )
            x = statement.domain.namespace(sizes)
            hotter = [t for h, t in statement.trace(sizes)[0] if h.id == "hotter"]
            steps.verify("T2 > T1 is a hypothesis", bool(hotter) and hotter[0].roots == (x.T2 - x.T1,))
        identity_for_all_sizes(
            steps, slope, SOFT_AXES, simplex=WEIGHT, says="T2³ d/dT2 of the conclusion is a variance"
        )
        steps.note("zero at T2 = T1 with a derivative ≥ 0 beyond: the conclusion is ≥ 0 by the mean value theorem")
        return ALL_SIZES

    return carry_out(argument)


def _unanchored(statement: Statement, sizes: Mapping[str, int]) -> ex.Expr:
    """The conclusion with exponents relative to 0, which the quotients q_j do not notice."""
    x = statement.domain.namespace(sizes)
    d = a.distances(x.z, x.p)
    nearest = ex.minimum(*d)
    plain = {ex.boltzmann(dj - nearest, t): ex.boltzmann(dj, t) for dj in d for t in (x.T1, x.T2)}
    return ex.substitute(statement.trace(sizes)[1].roots[0], plain)


def _with_one_logarithm(e: ex.Expr, x: Any) -> ex.Expr:
    """log q_j(T2) = −d_j/T2 − log Σ_l e^{−d_l/T2} and log 1/q_j = −log q_j, whose derivatives have no q_j below."""
    d = a.distances(x.z, x.p)
    mass = ex.log(ex.total(ex.boltzmann(dj, x.T2) for dj in d))
    logarithms = {}
    for dj, share in zip(d, ex.softmax(d, x.T2, anchor=0), strict=True):
        value = -dj / x.T2 - mass
        logarithms[ex.log(share)] = value
        logarithms[ex.log(1 / share)] = -value
    return ex.substitute(e, logarithms)
