"""Theorem 2.3 for every n, k and d: W_2 − W_1 X = −W_2 (XᵀX − I) − (W_1 − W_2 Xᵀ) X; and what centred data leave of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.gbcl.duality_axes import AXES, D, N
from ddcl_proofs.gbcl.theorem2_1 import paired
from ddcl_proofs.gbcl.theorem2_2 import FIRST, added, negative, prove
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Rejected, Steps, carry_out
from ddcl_theory.relation import equals_zero


def _second(gram: str) -> Any:
    def matrix(x: Any, h: Any) -> Any:
        return negative(added(net.product(x.W2, h[gram]), net.product(h["first-constraint"], x.X)))

    return prove({gram: ("n", "n"), **FIRST}, matrix, ("k", "n"))


second_constraint = _second("unit-samples")
#: c W_2 − W_1 X, with XᵀX − c I.
scaled = _second("even-samples")


def sample_count(statement: Statement) -> Proof:
    """d − n = ‖I_d − XXᵀ‖² − ‖XᵀX − I_n‖²."""

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(
            steps,
            statement,
            {"unit-samples": ("n", "n")},
            lambda x, h, w: -paired(h["unit-samples"], h["unit-samples"]),
            (N, D),
            squares=net.feature_gram,
            says="d − n is a sum of squares",
        )
        return "all n, d"

    return carry_out(argument)


def only_zero(statement: Statement) -> Proof:
    """XᵀX = c I and X1 = 0 leave c = 0, X = 0, where the conclusion is 0 = 0: Σ_ml of XᵀX is ‖X1‖² = 0 and nc."""

    def argument(steps: Steps) -> str:
        def rest(h: Any) -> Expr:
            """nc, as ‖X1‖² − Σ_ml (XᵀX − c I)_ml."""
            return ex.norm2(h["centred"]) - ex.total(ex.total(row) for row in h["even-samples"])

        def diagonal(h: Any) -> Expr:
            return ex.total(row[m] for m, row in enumerate(h["even-samples"]))

        equations = {"even-samples": ("n", "n"), "centred": ("d",)}
        for says, value, combination in (
            ("nc = 0", lambda x: x.n * x.c, lambda x, h, w: w * rest(h)),
            ("‖X‖² = 0", lambda x: ex.norm2(net.entries(x.X)), lambda x, h, w: w * (diagonal(h) + rest(h))),
        ):
            consequence = Statement(statement.domain, equals_zero(value), statement.given)
            follows_for_all_sizes(steps, consequence, equations, combination, AXES, says=says)

        def left(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            """Σ_jm u_j v_m (conclusion)_jm at c = 0, X = 0, with free u and v."""
            x, conclusion = statement.domain.namespace(sizes), statement.trace(sizes)[1]
            if conclusion.op != "eq0" or len(conclusion.roots) != x.k * x.n:
                raise Rejected(f"the conclusion is a k × n matrix of equations at {dict(sizes)}")
            weights = [ex.variable("row", j) * ex.variable("column", m) for j in range(x.k) for m in range(x.n)]
            nothing = {v: ex.ZERO for v in [x.c, *net.entries(x.X)]}
            return [ex.substitute(ex.dot(weights, conclusion.roots), nothing)], {}

        n, k, d = AXES
        axes = (
            Carriers("n", {**n.positions, "column": 0}),
            Carriers("k", {**k.positions, "row": 0}),
            d,
        )
        identity_for_all_sizes(steps, left, axes, says="at c = 0, X = 0 the conclusion is 0 = 0")
        return "all n, k, d"

    proof = carry_out(argument)
    return Proof("vacuous", proof.scope, proof.steps) if proof.outcome == "proved" else proof
