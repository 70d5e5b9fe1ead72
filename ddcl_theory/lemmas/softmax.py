"""Soft assignments in proofs: the weights e^{−d_j/T} as free positive atoms.

The softmax subtracts an anchor from the distances, which multiplies all weights by one factor.  An expression that does
not change when all weights double is, as a rational function of them, unchanged by every common factor; so the anchor
may be dropped.  An identity that holds for all positive weights then holds for these.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl.algebra import distances
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label, is_zero
from ddcl_theory.proof import Rejected

#: The name under which the weights appear as indexed variables.
WEIGHT_AXIS = "w"


def weights(e: Expr, x: Any, temperature: Expr | None = None) -> tuple[Expr, dict[Expr, Label]]:
    """(expression without the anchor, {e^{−d_j/T}: ("w", (j,))}) for the sample x.z and the prototypes x.p.

    Raises Rejected where the expression depends on a common factor of the weights.
    """
    t = x.T if temperature is None else temperature
    d = distances(x.z, x.p)
    reference = ex.minimum(*d)
    plain = {ex.boltzmann(dj - reference, t): ex.boltzmann(dj, t) for dj in d}
    free = ex.substitute(e, plain)
    labels = {node: (WEIGHT_AXIS, (j,)) for j, node in enumerate(plain.values())}
    if len(d) <= 3 and not is_zero(free - ex.substitute(free, {node: 2 * node for node in labels}), labels):
        raise Rejected("the expression depends on a common factor of the weights")
    return free, labels
