"""Corollary 2.4.1 for every n, k and d: what the outputs of the base network say, and when they are the dual weights."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.duality_axes import AXES, D, K, N
from ddcl_proofs.gbcl.theorem2_2 import ALL, FIRST, SECOND, added, negative, prove
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import FACTORS, follows_for_all_sizes
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof, Steps, carry_out, identity


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
    """Vacuous where the conclusion is a hypothesis."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            given, conclusion = statement.trace(sizes)
            same = any(
                t.op == conclusion.op == "eq0"
                and len(t.roots) == len(conclusion.roots)
                and any(
                    all(identity(c - m * r) for c, r in zip(conclusion.roots, t.roots, strict=True)) for m in FACTORS
                )
                for _, t in given
            )
            steps.verify(f"the conclusion is one of the hypotheses at {sizes}", same)
        steps.note("both are one formula in n, k and d, so the conclusion cannot fail")
        return ALL

    proof = carry_out(argument)
    return Proof("vacuous", proof.scope, proof.steps) if proof.outcome == "proved" else proof


def memberships(statement: Statement) -> Proof:
    """Σ_j Y_1 − 1 = (Σ_j W_2 − 1) − Σ_j (W_2 − Y_1)."""

    def combination(x: Any, h: Any, w: Any) -> Expr:
        shares = net.transposed(h["second-constraint"])
        return ex.total(v * (m - ex.total(c)) for v, m, c in zip(w, h["memberships"], shares, strict=True))

    def argument(steps: Steps) -> str:
        equations = {"memberships": ("n",), **SECOND}
        follows_for_all_sizes(steps, statement, equations, combination, AXES, ("n",))
        return ALL

    return carry_out(argument)
