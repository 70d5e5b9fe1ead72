"""Proposition 4 for every k and d, and its native form for every n, k and d.

stopped, correction: identities for one sample, lifted by the support lemma; u is an arbitrary direction.
native_…: the chain rule through P = ZᵀW, at constant assignments or through the softmax.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.ddcl import backbone
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.algebra import distances
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out


def stopped(statement: Statement) -> Proof:
    """The conclusion, an expression in z, u, p and q, vanishes on Σq = 1."""

    def argument(steps: Steps) -> str:
        kind = statement.domain.variable("q").kind
        identity_for_all_sizes(
            steps,
            lambda sizes: (statement.trace(sizes)[1].roots, {}),
            backbone.AXES,
            simplex="q" if kind in ("simplex", "sum-one") else None,
            says="the derivative along u",
        )
        return ALL_SIZES

    return carry_out(argument)


def correction(statement: Statement) -> Proof:
    """The conclusion, with soft assignments, vanishes for all positive weights e^{−d_j/T}."""

    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            residual, labels = weights(statement.trace(sizes)[1].roots[0], x, anchor=distances(x.z, x.p)[0])
            return [residual], labels

        identity_for_all_sizes(steps, family, backbone.AXES, simplex=WEIGHT, says="the derivative along u")
        return ALL_SIZES

    return carry_out(argument)


def _chain(statement: Statement, names: tuple[str, ...], softly: bool) -> Proof:
    def argument(steps: Steps) -> str:
        backbone.chain(steps, statement, names, softly)
        return "all n, k, d"

    return carry_out(argument)


def native_quantization(statement: Statement) -> Proof:
    return _chain(statement, ("quantization",), softly=False)


def native_ols(statement: Statement) -> Proof:
    return _chain(statement, ("ols",), softly=False)


def native_equal(statement: Statement) -> Proof:
    return _chain(statement, ("quantization", "ols"), softly=False)


def native_soft_quantization(statement: Statement) -> Proof:
    return _chain(statement, ("quantization",), softly=True)


def native_soft_ols(statement: Statement) -> Proof:
    return _chain(statement, ("ols",), softly=True)
