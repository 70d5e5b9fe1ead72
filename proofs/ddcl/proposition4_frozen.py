"""Frozen features, for every k and d and one sample.

differ: Σ_j p_j·∂(L_q − L_OLS)/∂p_j = 2 Σ_{i<j} w_i w_j ‖p_i − p_j‖² for weights w = e^{−d/T} scaled to sum to one.
bounded: 4V − ‖2 P S_q‖² = 4 Σ_{j≠l} q_j q_l ‖p_j − Pq‖², by 1 − q_j = Σ_{l≠j} q_l.
blind: a term in z has no derivative in P.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.pairs import Term, nonnegative_for_all_sizes
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out

AXES = (Carriers("k", {WEIGHT: 0, "p": 0, "q": 0, "r": 0}), Carriers("d", {"z": 0, "p": 1, "r": 1}))


def differ(statement: Statement) -> Proof:
    """The conclusion is a positive multiple of the sum over pairs, and some pair differs."""

    def argument(steps: Steps) -> str:
        def parted(sizes: Mapping[str, int]) -> tuple[Any, Expr, Expr, dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            root = statement.trace(sizes)[1].roots[0]
            conclusion, labels = weights(root, x, anchor=a.distances(x.z, x.p)[0])
            w = list(labels)
            pairs = [(i, j) for i in range(x.k) for j in range(i + 1, x.k)]
            return x, conclusion, ex.total(w[i] * w[j] * ex.norm2(ex.minus(x.p[i], x.p[j])) for i, j in pairs), labels

        from ddcl_theory.lemmas.polynomial import quotients

        _, found, terms, labels = parted({"k": 2, "d": 1})
        w = [ex.variable("share"), 1 - ex.variable("share")]
        fixed = dict(zip(labels, w, strict=True))
        _, values = quotients([ex.substitute(found, fixed) - m * ex.substitute(terms, fixed) for m in (2, 4)])
        factor = next((m for m, v in zip((2, 4), values, strict=True) if not v.numerator), 0)
        steps.verify("for two prototypes on a line the conclusion is 2 or 4 times the term of the pair", factor > 0)

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            _, found, terms, labels = parted(sizes)
            return [found - factor * terms], labels

        identity_for_all_sizes(
            steps, family, AXES, simplex=WEIGHT, says="on Σw = 1 the conclusion is a multiple of Σ w_i w_j |p_i - p_j|²"
        )
        for sizes in ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1}):
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            rows = tuple(c for i in range(x.k) for j in range(i + 1, x.k) for c in ex.minus(x.p[i], x.p[j]))
            holds = [(t.op, t.roots) for h, t in given if h.id == "some-differ"] == [("ne0", rows)]
            steps.verify(f"the hypothesis says that two prototypes differ at {sizes}", holds and conclusion.op == "gt0")
        steps.note("w_j = e^{-d_j/T} > 0 for every j, so the term of that pair is positive")
        return ALL_SIZES

    return carry_out(argument)


def bounded(statement: Statement) -> Proof:
    """The conclusion is a positive multiple of Σ_{j≠l} q_j q_l ‖p_j − Pq‖²."""

    def attempt(multiple: int) -> Proof:
        def terms(x: Any) -> list[Term]:
            m = a.mixture(x.p, x.q)
            return [
                Term((ex.lift(multiple), x.q[j], x.q[i]), tuple(ex.minus(x.p[j], m)))
                for j in range(len(x.q))
                for i in range(len(x.q))
                if i != j
            ]

        def argument(steps: Steps) -> str:
            nonnegative_for_all_sizes(steps, statement, terms, AXES, simplex="q")
            return ALL_SIZES

        return carry_out(argument)

    found = attempt(4)
    return found if found.outcome == "proved" else attempt(8)


def blind(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        identity_for_all_sizes(
            steps,
            lambda sizes: (statement.trace(sizes)[1].roots, {}),
            AXES,
            simplex="q",
            says="the difference of the prototype gradients along r",
        )
        return ALL_SIZES

    return carry_out(argument)
