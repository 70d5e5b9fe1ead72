"""Lagrange's identity: Σ_{i<j} ‖p_i − p_j‖² = k Σ_j ‖p_j‖² − ‖Σ_j p_j‖² for every k and d.

With weights, Σ_{i<j} a_i a_j ‖p_i − p_j‖² = (Σ a)(Σ a_j ‖p_j‖²) − ‖Σ a_j p_j‖² is a family that loses an index when
a_l = p_l = 0, so that the support lemma proves it for all sizes; a = 1 is the identity.

The right side makes an energy with L_sep a family of the same kind once the factor k is written κ, a number of its own:
κ Σ ‖p_j‖² − ‖Σ p_j‖² contains sums over the index only.  What holds for every κ holds for κ = k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.expression import Expr, Scalar
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Steps

#: The free number that stands for k.
KAPPA = ex.variable("kappa")


def spread(p: Sequence[Sequence[Scalar]], kappa: Scalar = KAPPA) -> Expr:
    """κ Σ_j ‖p_j‖² − ‖Σ_j p_j‖²; the sum over the pairs i < j of ‖p_i − p_j‖² where κ = k."""
    d = len(p[0])
    return ex.lift(kappa) * ex.total(ex.norm2(row) for row in p) - ex.norm2(
        [ex.total(row[i] for row in p) for i in range(d)]
    )


def weighted(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """The weighted identity, as an expression that should vanish, in a (k) and p (k, d)."""
    k, d = sizes["k"], sizes["d"]
    a = [ex.variable("a", j) for j in range(k)]
    p = [[ex.variable("p", j, i) for i in range(d)] for j in range(k)]
    left = ex.total(a[i] * a[j] * ex.norm2(ex.minus(p[i], p[j])) for i in range(k) for j in range(i + 1, k))
    centre = [ex.total(a[j] * p[j][i] for j in range(k)) for i in range(d)]
    right = ex.total(a) * ex.total(a[j] * ex.norm2(p[j]) for j in range(k)) - ex.norm2(centre)
    return [left - right], {}


def verify(steps: Steps) -> None:
    """Prove the identity for all k and d."""
    identity_for_all_sizes(
        steps,
        weighted,
        (Carriers("k", {"a": 0, "p": 0}), Carriers("d", {"p": 1})),
        says="Lagrange's identity with weights",
    )
    steps.note("weights 1: the sum over pairs is k Σ‖p_j‖² − ‖Σ p_j‖²")
