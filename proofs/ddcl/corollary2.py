"""Corollary 2, what holds of it, for every k and d.

monotone_if_nested: the conclusion vanishes at T2 = T1 and its derivative in T2 is Σ_{i<j} q_i q_j (a_i − a_j)(d_i − d_j)/T2²,
whose terms are non-negative under the hypotheses.  plain_variance_at_infinity, vanishes_if_nearest_is_unique: the limits,
by continuity in the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.ddcl.shares import limit_of_weights
from ddcl_proofs.ddcl.theorem1_gap import SOFT_AXES
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.corollary2 import nested, plain_variance, steps_of_distance
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

Pieces = tuple[list[ex.Expr], dict[ex.Expr, Label]]


def _conclusion(statement: Statement, sizes: Mapping[str, int]) -> ex.Expr:
    return statement.trace(sizes)[1].roots[0]


def _unanchored(e: ex.Expr, x: Any, temperatures: tuple[ex.Expr, ...]) -> ex.Expr:
    """Exponents relative to 0: the same softmax, now differentiable in the temperature."""
    d = a.distances(x.z, x.p)
    reference = ex.minimum(*d)
    return ex.substitute(e, {ex.boltzmann(dj - reference, t): ex.boltzmann(dj, t) for dj in d for t in temperatures})


def covariance(x: Any, q: list[ex.Expr]) -> ex.Expr:
    """Σ_{i<j} q_i q_j (a_i − a_j)(d_i − d_j) with a_j = ‖p_j − Pq‖²."""
    m = a.mixture(x.p, q)
    spread = [ex.norm2(ex.minus(row, m)) for row in x.p]
    d = a.distances(x.z, x.p)
    return ex.total(
        q[i] * q[j] * (spread[i] - spread[j]) * (d[i] - d[j]) for i in range(len(q)) for j in range(i + 1, len(q))
    )


def monotone_if_nested(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        def at_equal_temperatures(sizes: Mapping[str, int]) -> Pieces:
            x = statement.domain.namespace(sizes)
            return [ex.substitute(_unanchored(_conclusion(statement, sizes), x, (x.T1, x.T2)), {x.T2: x.T1})], {}

        for sizes in ({"k": 1, "d": 1}, {"k": 2, "d": 1}, {"k": 3, "d": 2}):
            (root,), _ = at_equal_temperatures(sizes)
            steps.verify(
                f"the conclusion vanishes at T2 = T1 (k = {sizes['k']}, d = {sizes['d']}); it is a difference of one function",
                identity(root),
            )

        def derivative(sizes: Mapping[str, int]) -> Pieces:
            x = statement.domain.namespace(sizes)
            slope = ex.differentiate(_unanchored(_conclusion(statement, sizes), x, (x.T1, x.T2)), x.T2)
            slope, labels = weights(x.T2**2 * slope, x, temperature=x.T2, anchor=ex.ZERO)
            return [slope - covariance(x, list(labels))], labels

        identity_for_all_sizes(
            steps,
            derivative,
            SOFT_AXES,
            simplex=WEIGHT,
            says="T2² d/dT2 of the conclusion is Σ_{i<j} q_i q_j (a_i - a_j)(d_i - d_j) at T2",
        )
        _hypotheses(steps, statement)
        _mixture_of_nested_means(steps)
        steps.note("q is antitone in the labelled distances, so Pq is a convex combination of m_1, …, m_k")
        steps.note(
            "a_i - a_j is affine in Pq and non-negative at every m_r for i > j, hence at Pq; every term of the sum is ≥ 0"
        )
        steps.note("the conclusion, zero at T2 = T1 with a derivative ≥ 0 beyond, is ≥ 0 by the mean value theorem")
        return ALL_SIZES

    return carry_out(argument)


def _hypotheses(steps: Steps, statement: Statement) -> None:
    for sizes in ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1}):
        x = statement.domain.namespace(sizes)
        given = {h.id: t for h, t in statement.trace(sizes)[0]}
        where = f"k = {x.k}, d = {x.d}"
        hotter = "hotter" in given and given["hotter"].op in ("gt0", "ge0") and given["hotter"].roots == (x.T2 - x.T1,)
        steps.verify(f"{where}: T2 > T1 is a hypothesis", hotter)
        labelled = (
            "labelled" in given
            and given["labelled"].op == "ge0"
            and given["labelled"].roots == tuple(steps_of_distance(x))
        )
        steps.verify(f"{where}: d_1 ≤ … ≤ d_k is a hypothesis", labelled)
        order = "nested" in given and given["nested"].op == "ge0" and given["nested"].roots == tuple(nested(x))
        steps.verify(f"{where}: |p_i - m_r|² ≥ |p_j - m_r|² for i > j and all r is a hypothesis", order)


def _mixture_of_nested_means(steps: Steps) -> None:
    """Pq = Σ_r (q_r − q_{r+1}) S_r, S_r = p_1 + … + p_r = r m_r, by induction on k; with p = 1 the weights sum to Σq."""
    q, q_next, s, p, rest = (ex.variable(n) for n in ("q_k", "q_next", "S_k", "p_next", "rest"))
    shorter = rest + q * s
    longer = rest + (q - q_next) * s + q_next * (s + p)
    steps.verify("summation by parts, base: q_1 S_1 = q_1 p_1 with S_1 = p_1", identity(q * p - q * p))
    steps.verify(
        "summation by parts, step: one more prototype adds q_{k+1} p_{k+1}", identity(longer - shorter - q_next * p)
    )
    pi, pj, m, n, c = (ex.variable(v) for v in ("p_i", "p_j", "m", "n", "c"))

    def difference(at: ex.Expr) -> ex.Expr:
        return (pi - at) ** 2 - (pj - at) ** 2

    mixed = difference(c * m + (1 - c) * n) - c * difference(m) - (1 - c) * difference(n)
    steps.verify("(p_i - m)² - (p_j - m)² is affine in m, coordinate by coordinate", identity(mixed))


def _is_variance(steps: Steps, statement: Statement, plus: Callable[[Any], ex.Expr]) -> None:
    """The conclusion's expression plus `plus` is Σ_j w_j |p_j − Σ_l w_l p_l|² for all weights with Σw = 1."""

    def family(sizes: Mapping[str, int]) -> Pieces:
        x = statement.domain.namespace(sizes)
        value, labels = weights(_conclusion(statement, sizes) + plus(x), x)
        return [value - a.variance(x.p, list(labels))], labels

    identity_for_all_sizes(
        steps, family, SOFT_AXES, simplex=WEIGHT, says="as a function of the weights the expression is V"
    )


def plain_variance_at_infinity(statement: Statement) -> Proof:
    """All weights tend to 1, their shares to 1/k; V is continuous in the shares."""

    def argument(steps: Steps) -> str:
        limit_of_weights(steps, hot=True)
        _is_variance(steps, statement, plus=plain_variance)
        steps.note(
            "V is continuous in the shares w/Σw, which tend to 1/k; V at the shares 1/k is the plain variance by definition"
        )
        return ALL_SIZES

    return carry_out(argument)


def vanishes_if_nearest_is_unique(statement: Statement) -> Proof:
    """Relative to the nearest prototype its weight is 1 and all others tend to 0."""

    def argument(steps: Steps) -> str:
        limit_of_weights(steps, hot=False)
        for sizes in ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 5, "d": 1}):
            x = statement.domain.namespace(sizes)
            d = a.distances(x.z, x.p)
            given = {h.id: t for h, t in statement.trace(sizes)[0]}
            unique = "unique-nearest" in given and given["unique-nearest"].op == "gt0"
            roots = tuple(dj - d[0] for dj in d[1:])
            steps.verify(f"k = {x.k}: d_j - d_1 > 0 is a hypothesis", unique and given["unique-nearest"].roots == roots)
        _is_variance(steps, statement, plus=lambda x: ex.ZERO)
        p = [[ex.variable("p_1")]]
        steps.verify("V of one prototype with share 1 is 0", identity(a.variance(p, [ex.ONE])))
        steps.note(
            "prototypes of share 0 do not enter V, so that its limit at the shares (1, 0, …, 0) is that of one prototype"
        )
        return ALL_SIZES

    return carry_out(argument)
