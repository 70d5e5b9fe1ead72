"""The forward pass for every n, k and d: the first component uses the first feature; a step brings in correlations with others."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.duality_axes import AXES
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import forward as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof, Steps, carry_out

ALL = "all n, k, d"


def _nothing(x: Any, h: Any, w: Any) -> Expr:
    return ex.ZERO


def same_component(statement: Statement) -> Proof:
    """Both first components are w_j · f, whatever the other features."""

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(steps, statement, {}, _nothing, AXES, ("k",), says="both components are w_j · f")
        return ALL

    return carry_out(argument)


def additive(statement: Statement) -> Proof:
    """‖x_i − y_j‖² is a sum over the features."""

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(steps, statement, {}, _nothing, AXES, ("n", "k"), says="distances add up over features")
        return ALL

    return carry_out(argument)


def uncorrelated(statement: Statement) -> Proof:
    """The first component moves by −η Σ_b G_jb f_b · f, of which f_b · f = 0 leaves the first feature's own term."""

    def combination(x: Any, h: Any, w: Any) -> Expr:
        left = ex.total(
            v * ex.dot(slopes, h["uncorrelated"]) for v, slopes in zip(w, claim.slopes(x, x.A), strict=True)
        )
        right = ex.total(
            v * ex.dot(slopes, h["uncorrelated-too"]) for v, slopes in zip(w, claim.slopes(x, x.B), strict=True)
        )
        return x.eta * (right - left)

    def argument(steps: Steps) -> str:
        equations = {"uncorrelated": ("d",), "uncorrelated-too": ("d",)}
        follows_for_all_sizes(steps, statement, equations, combination, AXES, ("k",))
        return ALL

    return carry_out(argument)


def outer_products(statement: Statement) -> Proof:
    """(Y_2)_jc is Σ_i w_ji x_ci: the order of the sums does not matter."""

    def argument(steps: Steps) -> str:
        n, k, d = AXES
        axes = (n, Carriers("k", {**k.positions, "u": 0}), d)
        follows_for_all_sizes(steps, statement, {}, _nothing, axes, says="both are the sum over j, c and i")
        return ALL

    return carry_out(argument)
