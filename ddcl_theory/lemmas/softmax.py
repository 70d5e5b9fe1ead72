"""Soft assignments in proofs: the weights e^{−d_j/T} as free positive atoms that sum to one.

The softmax subtracts an anchor from the distances and divides by the mass Σ_l e^{−d_l/T}; both only multiply all weights
by one factor.  An expression that does not change when all weights double is, as a rational function of them, unchanged
by every common factor.  So the anchor may be dropped, and the weights may be scaled to sum to one.  An identity that
holds for all positive weights with sum one then holds for every soft assignment.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl.algebra import distances
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label, is_zero
from ddcl_theory.proof import Rejected

#: The name under which the weights appear as indexed variables; pass it as `simplex` to the support lemma.
WEIGHT = "w"


def weights(
    e: Expr, x: Any, temperature: Expr | None = None, anchor: Expr | None = None
) -> tuple[Expr, dict[Expr, Label]]:
    """(the expression on Σw = 1, {e^{−d_j/T}: ("w", (j,))}) for the sample x.z and the prototypes x.p.

    temperature: x.T by default.  anchor: what the softmax subtracts, the smallest distance by default.
    Raises Rejected where the expression depends on a common factor of the weights (examined for k ≤ 3).
    """
    t = x.T if temperature is None else temperature
    d = distances(x.z, x.p)
    reference = ex.minimum(*d) if anchor is None else anchor
    relative = [ex.boltzmann(dj - reference, t) for dj in d]
    plain = [ex.boltzmann(dj, t) for dj in d]
    mass = {ex.total(relative): ex.total(plain)}
    free = ex.substitute(ex.substitute(e, mass), dict(zip(relative, plain, strict=True)))
    labels: dict[Expr, Label] = {node: (WEIGHT, (j,)) for j, node in enumerate(plain)}
    if len(d) <= 3 and not is_zero(free - ex.substitute(free, {node: 2 * node for node in plain}), labels):
        raise Rejected("the expression depends on a common factor of the weights")
    return ex.substitute(free, {ex.total(plain): ex.ONE}), labels
