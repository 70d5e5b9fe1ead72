"""Corollary 2.4.1 for every n, k and d: what the outputs of the base network say, and when they are the dual weights."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.duality_axes import AXES, D, K, N
from ddcl_proofs.gbcl.theorem2_1 import paired
from ddcl_proofs.gbcl.theorem2_2 import ALL, FIRST, SECOND, added, negative, prove
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof, Steps, carry_out


def _nothing(x: Any, h: Any, w: Any) -> Expr:
    return ex.ZERO


def scores(statement: Statement) -> Proof:
    """‖x_i‖² − 2 s_ij is ‖x_i − w_j‖² by expanding the square: no equation is used."""

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(steps, statement, {}, _nothing, AXES, ("n", "k"), says="the square is expanded")
        return ALL

    return carry_out(argument)


def _row_space(x: Any, h: Any) -> Any:
    """With e = W_2 − CX: W_2 − W_1 X = e − (W_1 − W_2 Xᵀ + e Xᵀ + C (XXᵀ − I)) X."""
    off = h["row-space"]
    inner = added(h["first-constraint"], net.product(off, net.transposed(x.X)), net.product(x.C, h["unit-features"]))
    return added(off, negative(net.product(inner, x.X)))


row_space = prove(
    {**FIRST, "unit-features": ("d", "d"), "row-space": ("k", "n")},
    _row_space,
    ("k", "n"),
    (N, Carriers("k", {**K.positions, "C": 0}), Carriers("d", {**D.positions, "C": 1})),
)


def assumed(statement: Statement) -> Proof:
    """Vacuous where the conclusion is the hypothesis W_2 = Y_1, entry by entry: Σ w c = Σ w h with free weights."""

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(
            steps,
            statement,
            SECOND,
            lambda x, h, w: paired(w, h["second-constraint"]),
            AXES,
            ("k", "n"),
            says="the conclusion is a hypothesis, entry by entry",
        )
        steps.note("so the conclusion cannot fail")
        return ALL

    proof = carry_out(argument)
    return Proof("vacuous", proof.scope, proof.steps) if proof.outcome == "proved" else proof


def centred_outputs(statement: Statement) -> Proof:
    """Σ_i (W_1 X)_ji = w_j · (X1)."""

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(
            steps,
            statement,
            {"centred": ("d",)},
            lambda x, h, w: ex.total(v * ex.dot(row, h["centred"]) for v, row in zip(w, x.W1, strict=True)),
            AXES,
            ("k",),
        )
        return ALL

    return carry_out(argument)
