"""Penalised solutions of equal value have equal sizes, for any number of instances and clusters, if entropy is rewarded."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ddcl_proofs.secu import declared
from ddcl_proofs.secu.entropy_dual import concave
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import entropy_dual_solutions as claim
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out


def _middle(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Excess of the middle less half the excess of v, less α (D(z) − ½D(y) − ½D(v)); divergences are free numbers."""
    c, y, v = ([[ex.variable(name, i, j) for j in range(sizes["k"])] for i in range(sizes["n"])] for name in "cyv")
    alpha = ex.variable("alpha")
    at_y, at_v, at_z = (ex.variable(f"D({name})") for name in "yvz")
    half = Fraction(1, 2)
    z = [ex.scaled(half, ex.plus(a, b)) for a, b in zip(y, v, strict=True)]
    whole = lb.cost(c, v) - lb.cost(c, y) + alpha * (at_v - at_y)
    part = lb.cost(c, z) - lb.cost(c, y) + alpha * (at_z - at_y)
    return [part - half * whole - alpha * (at_z - half * at_y - half * at_v)], {}


def same_sizes(statement: Statement) -> Proof:
    """α (½D(y) + ½D(v) − D(z)) ≤ 0, while the bracket is ≥ 0, and 0 only where the sizes agree."""

    def argument(steps: Steps) -> str:
        sizes = declared.examined(statement)
        declared.conclusion(
            steps, statement, "ge0", lambda x, f: [claim.room(x, x.v, f)], sizes, "a multiple of H(v) − γ"
        )
        declared.kinds(steps, statement, {"y": "simplex", "v": "simplex"})
        declared.given(
            steps, statement, (*claim.INSIDE, claim.ALLOWED, claim.EQUALLY, claim.LEAST, claim.REWARD), sizes
        )
        axes = (Carriers("n", dict.fromkeys("cyv", 0)), Carriers("k", dict.fromkeys("cyv", 1)))
        identity_for_all_sizes(
            steps, _middle, axes, says="excess of the middle = ½ excess of v − α (½D(y) + ½D(v) − D(z))"
        )
        steps.note("excess of v is 0, that of the middle ≥ 0, α > 0: ½D(y) + ½D(v) ≤ D(z)")
        concave(steps)
        steps.note("H = log K − D, so ½D(y) + ½D(v) ≥ D(z): equality, where f(x) = x − 1 at every x = a_j/z_j, b_j/z_j")
        steps.note("f is strictly convex with its tangent at 1, so x = 1: y and v have the same sizes, H(v) = H(y) ≥ γ")
        return "all n, k"

    return carry_out(argument)
