"""The equality clause of Theorem 1 for every k and d, from V = Σ_{i<j} q_i q_j ‖p_i − p_j‖².

vanishes: each term contains the factor q_i q_j (p_i − p_j), which the hypothesis makes zero.
positive_elsewhere: all terms are ≥ 0, and one of them is > 0.
soft_positive: the same with q_j = w_j/Σw and weights w_j = e^{−d_j/T} > 0, which are free in the identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.ddcl.theorem1 import AXES, pairs
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out


def _is_sum_over_pairs(steps: Steps, statement: Statement) -> None:
    def family(sizes: Mapping[str, int]) -> tuple[list[ex.Expr], dict[ex.Expr, Any]]:
        x = statement.domain.namespace(sizes)
        return [statement.trace(sizes)[1].roots[0] - ex.total(t.value() for t in pairs(x))], {}

    identity_for_all_sizes(
        steps, family, AXES, simplex="q", says="the conclusion is the sum over pairs q_i q_j |p_i - p_j|²"
    )


def _given(statement: Statement, identifier: str, sizes: Mapping[str, int]) -> tuple[str, tuple[ex.Expr, ...]]:
    """Operator and expressions of a hypothesis; ("", ()) where it is missing."""
    for h, traced in statement.trace(sizes)[0]:
        if h.id == identifier:
            return traced.op, traced.roots
    return "", ()


def vanishes(statement: Statement) -> Proof:
    """Under a hypothesis that makes every q_i q_j (p_i − p_j) zero, the conclusion's expression is zero."""

    def argument(steps: Steps) -> str:
        _is_sum_over_pairs(steps, statement)
        for sizes in ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1}):
            x = statement.domain.namespace(sizes)
            products = tuple(x.q[i] * x.q[j] for i in range(x.k) for j in range(i + 1, x.k))
            vertex = _given(statement, "vertex", sizes) == ("eq0", products)
            active = _given(statement, "active-coincide", sizes) == ("eq0", tuple(a.active_differences(x.p, x.q)))
            steps.verify(
                f"k = {x.k}, d = {x.d}: the hypothesis annihilates every q_i q_j (p_i - p_j)", vertex or active
            )
        steps.note("hence each term of the sum, q_i q_j (p_i - p_j)·(p_i - p_j), is zero")
        return ALL_SIZES

    return carry_out(argument)


def positive_elsewhere(statement: Statement) -> Proof:
    """If some q_i q_j (p_i − p_j) differs from zero, the sum over pairs is positive."""

    def argument(steps: Steps) -> str:
        _is_sum_over_pairs(steps, statement)
        for sizes in ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1}):
            x = statement.domain.namespace(sizes)
            differ = _given(statement, "active-differ", sizes) == ("ne0", tuple(a.active_differences(x.p, x.q)))
            steps.verify(f"k = {x.k}, d = {x.d}: the hypothesis says that some q_i q_j (p_i - p_j) is not 0", differ)
        steps.verify("q ≥ 0 is a hypothesis", _given(statement, "q-nonnegative", {"k": 2, "d": 1})[0] == "ge0")
        steps.note("for that pair q_i, q_j > 0 and p_i ≠ p_j, so its term is positive; the others are not negative")
        return ALL_SIZES

    return carry_out(argument)


def soft_positive(statement: Statement) -> Proof:
    """With all weights positive, the sum over pairs is positive as soon as two prototypes differ."""

    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[ex.Expr], dict[ex.Expr, Any]]:
            x = statement.domain.namespace(sizes)
            conclusion, labels = weights(statement.trace(sizes)[1].roots[0], x)
            w = list(labels)
            terms = [w[i] * w[j] * ex.norm2(ex.minus(x.p[i], x.p[j])) for i in range(x.k) for j in range(i + 1, x.k)]
            return [conclusion - ex.total(terms)], labels

        axes = (Carriers("k", {WEIGHT: 0, "p": 0}), Carriers("d", {"z": 0, "p": 1}))
        identity_for_all_sizes(
            steps, family, axes, simplex=WEIGHT, says="on Σw = 1 the conclusion is Σ_{i<j} w_i w_j |p_i - p_j|²"
        )
        for sizes in ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1}):
            x = statement.domain.namespace(sizes)
            rows = tuple(c for i in range(x.k) for j in range(i + 1, x.k) for c in ex.minus(x.p[i], x.p[j]))
            steps.verify(
                f"k = {x.k}, d = {x.d}: the hypothesis says that two prototypes differ",
                _given(statement, "some-differ", sizes) == ("ne0", rows),
            )
        steps.note("w_j = e^{-d_j/T} > 0 for every j, so the term of that pair is positive")
        return ALL_SIZES

    return carry_out(argument)
