"""Theorem 1 for every k and d.

decomposition: L_q − L_OLS − V is one polynomial family in (z, p, q), symmetric in j; the support lemma lifts it.
gap_is_nonnegative: L_q − L_OLS = Σ_{i<j} q_i q_j ‖p_i − p_j‖², a sum over pairs with weights that q ≥ 0 makes
non-negative.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.lemmas.pairs import Term, nonnegative_for_all_sizes
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out

AXES = (Carriers("k", {"q": 0, "p": 0}), Carriers("d", {"z": 0, "p": 1}))


def decomposition(statement: Statement) -> Proof:
    """The conclusion, an expression that should vanish, vanishes identically on Σq = 1."""

    def argument(steps: Steps) -> str:
        identity_for_all_sizes(
            steps,
            lambda sizes: (statement.trace(sizes)[1].roots, {}),
            AXES,
            simplex="q" if statement.domain.variable("q").kind in ("simplex", "sum-one") else None,
        )
        return ALL_SIZES

    return carry_out(argument)


def pairs(x: Any) -> list[Term]:
    """q_i q_j ‖p_i − p_j‖² over i < j."""
    return [
        Term((x.q[i], x.q[j]), tuple(ex.minus(x.p[i], x.p[j]))) for i in range(len(x.q)) for j in range(i + 1, len(x.q))
    ]


def gap_is_nonnegative(statement: Statement) -> Proof:
    """The conclusion is a positive multiple of the sum over pairs."""

    def argument(steps: Steps) -> str:
        simplex = "q" if statement.domain.variable("q").kind in ("simplex", "sum-one") else None
        nonnegative_for_all_sizes(steps, statement, pairs, AXES, simplex=simplex)
        return ALL_SIZES

    return carry_out(argument)
