"""The distance matrix for every n, k and d: squares expanded, with G = XᵀX put in."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.duality_axes import AXES
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out


def _nothing(x: Any, h: Any, w: Any) -> Expr:
    return ex.ZERO


def expanded(statement: Statement) -> Proof:
    """An identity in X and Ω, entry by entry of an n × k matrix: no hypothesis is used."""

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(steps, statement, {}, _nothing, AXES, ("n", "k"), says="the entries agree")
        return "all n, k, d"

    return carry_out(argument)
