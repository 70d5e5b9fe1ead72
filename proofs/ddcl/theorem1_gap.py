"""§5.1 for every k and d.

positive_if_distinct, soft_positive_if_distinct: V = Σ_{i<j} q_i q_j ‖p_i − p_j‖² with distinct prototypes.
homogeneity_for_all: V is homogeneous of degree 2 in the prototypes about any centre.
elasticity_for_all: the derivative of V under scaling about the sample, with free positive weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.ddcl.theorem1 import AXES
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.algebra import distances
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out

SOFT_AXES = (Carriers("k", {WEIGHT: 0, "p": 0}), Carriers("d", {"z": 0, "p": 1}))
SMALL = ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1})


def _pair_squares(x: Any) -> tuple[ex.Expr, ...]:
    return tuple(ex.norm2(ex.minus(x.p[i], x.p[j])) for i in range(x.k) for j in range(i + 1, x.k))


def _distinct(steps: Steps, statement: Statement) -> None:
    for sizes in SMALL:
        x = statement.domain.namespace(sizes)
        given = [t for h, t in statement.trace(sizes)[0] if h.id == "distinct"]
        holds = bool(given) and given[0].op == "gt0" and given[0].roots == _pair_squares(x)
        steps.verify(f"k = {x.k}, d = {x.d}: the hypothesis makes every |p_i - p_j|² positive", holds)


def _positive_multiple(conclusion: ex.Expr) -> tuple[int, ex.Expr]:
    """(c, e) with conclusion = c·e for a constant c, 1 where there is none."""
    if conclusion.op == "mul":
        for constant, rest in (conclusion.args, conclusion.args[::-1]):
            if constant.op == "const":
                return constant.data, rest
    return 1, conclusion


def positive_if_distinct(statement: Statement) -> Proof:
    """A positive multiple of the sum over pairs is positive at a q that is no vertex."""

    def argument(steps: Steps) -> str:
        factor, _ = _positive_multiple(statement.trace({"k": 2, "d": 1})[1].roots[0])
        steps.verify("the constant factor is positive", factor > 0)

        def family(sizes: Mapping[str, int]) -> tuple[list[ex.Expr], dict[ex.Expr, Any]]:
            x = statement.domain.namespace(sizes)
            terms = [
                x.q[i] * x.q[j] * ex.norm2(ex.minus(x.p[i], x.p[j])) for i in range(x.k) for j in range(i + 1, x.k)
            ]
            return [statement.trace(sizes)[1].roots[0] - factor * ex.total(terms)], {}

        identity_for_all_sizes(steps, family, AXES, simplex="q", says="the conclusion is the sum over pairs")
        _distinct(steps, statement)
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            products = tuple(x.q[i] * x.q[j] for i in range(x.k) for j in range(i + 1, x.k))
            given = [t for h, t in statement.trace(sizes)[0] if h.id == "no-vertex"]
            holds = bool(given) and given[0].op == "ne0" and given[0].roots == products
            steps.verify(f"k = {x.k}, d = {x.d}: the hypothesis says that some q_i q_j is not 0", holds)
        steps.note("q ≥ 0, so that q_i q_j is positive, and its term with it")
        return ALL_SIZES

    return carry_out(argument)


def soft_positive_if_distinct(statement: Statement) -> Proof:
    """With softmax weights, all positive, a positive multiple of the sum over pairs is positive."""

    def argument(steps: Steps) -> str:
        factor, _ = _positive_multiple(statement.trace({"k": 2, "d": 1})[1].roots[0])
        steps.verify("the constant factor is positive", factor > 0)

        def family(sizes: Mapping[str, int]) -> tuple[list[ex.Expr], dict[ex.Expr, Any]]:
            x = statement.domain.namespace(sizes)
            conclusion, labels = weights(statement.trace(sizes)[1].roots[0], x)
            w = list(labels)
            terms = [w[i] * w[j] * ex.norm2(ex.minus(x.p[i], x.p[j])) for i in range(x.k) for j in range(i + 1, x.k)]
            return [conclusion - factor * ex.total(terms)], labels

        identity_for_all_sizes(
            steps, family, SOFT_AXES, simplex=WEIGHT, says="on Σw = 1 the conclusion is Σ_{i<j} w_i w_j |p_i - p_j|²"
        )
        _distinct(steps, statement)
        steps.note("w_j = e^{-d_j/T} > 0 and k ≥ 2, so every term is positive")
        return ALL_SIZES

    return carry_out(argument)


def homogeneity_for_all(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        identity_for_all_sizes(steps, lambda sizes: (statement.trace(sizes)[1].roots, {}), AXES, simplex="q")
        return ALL_SIZES

    return carry_out(argument)


def elasticity_for_all(statement: Statement) -> Proof:
    """The weights are taken relative to the first distance, which no derivative and no ratio notices."""

    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[ex.Expr], dict[ex.Expr, Any]]:
            x = statement.domain.namespace(sizes)
            residual, labels = weights(statement.trace(sizes)[1].roots[0], x, anchor=distances(x.z, x.p)[0])
            return [residual], labels

        identity_for_all_sizes(steps, family, SOFT_AXES, simplex=WEIGHT, says="the derivative formula")
        return ALL_SIZES

    return carry_out(argument)
