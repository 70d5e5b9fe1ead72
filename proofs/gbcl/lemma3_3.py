"""Lemma 3.3 for every n and d: squares of what should vanish, and values at eigenvectors, as sums of multiples "
"of the hypotheses."""

from __future__ import annotations

from dataclasses import replace

from ddcl_proofs.gbcl.subspaces import Equations, along_test, assumes, combines, concludes, consequence
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.proof import Proof, Steps, carry_out
from ddcl_theory.relation import equals_zero


def into(statement: Statement) -> Proof:
    """v·X(Xᵀy) = Σ_n (x_n·y)(v·x_n)."""
    return consequence(
        statement,
        ("orthogonal",),
        lambda x, e: ex.total(ex.dot(s, x.p) * f for s, f in zip(x.z, e["orthogonal"], strict=True)),
    )


def onto(statement: Statement) -> Proof:
    """Σ_n (x_n·v)² = v·XXᵀv."""
    return consequence(statement, ("annihilated",), lambda x, e: ex.dot(x.v, e["annihilated"]), along="n", square=True)


def orthonormal(statement: Statement) -> Proof:
    """u·u' − (σ/σ') v·v' = v'·(XᵀXv − σ²v) / (σσ')."""
    return consequence(statement, ("eigenvector",), lambda x, e: ex.dot(x.b, e["eigenvector"]) / (x.s * x.t))


def left_eigen(statement: Statement) -> Proof:
    """XXᵀu − σ²u = X(XᵀXv − σ²v)/σ."""
    return consequence(
        statement, ("eigenvector",), lambda x, e: along_test(row_of(x.z, e["eigenvector"]), "d") / x.s, along="d"
    )


def inverted(e: Equations, v: list[ex.Expr]) -> list[ex.Expr]:
    """(LX − I)v."""
    n = len(v)
    return [ex.dot(e["independent-samples"][i * n : (i + 1) * n], v) for i in range(n)]


def positive_value(statement: Statement) -> Proof:
    """|Xv|² − σ²|v|² = v·(XᵀXv − σ²v) = 0 and LXv − v = (LX − I)v = 0: σ = 0 would make Xv = 0 and v = 0."""

    def argument(steps: Steps) -> str:
        concludes(steps, statement, "ne0", lambda x: [x.s], "σ ≠ 0")
        assumes(steps, statement, "ne0", lambda x: x.a, "v ≠ 0", along="n")
        lengths = replace(
            statement,
            conclusion=equals_zero(lambda x: ex.norm2(row_of(x.z, x.a)) - x.s**2 * ex.norm2(x.a)),
            _traces={},
        )
        combines(steps, lengths, ("eigenvector",), lambda x, e: ex.dot(x.a, e["eigenvector"]), says="|Xv|² − σ²|v|²")
        undone = replace(
            statement,
            conclusion=equals_zero(lambda x: ex.minus(sub.transposed(x.l, row_of(x.z, x.a)), x.a)),
            _traces={},
        )
        combines(
            steps,
            undone,
            ("independent-samples",),
            lambda x, e: along_test(inverted(e, x.a), "n"),
            along="n",
            says="LXv − v = (LX − I)v",
        )
        steps.note("σ = 0 gives |Xv|² = 0, so Xv = 0 and v = LXv = 0, which is excluded")
        return "all n, d"

    return carry_out(argument)


def centroid(statement: Statement) -> Proof:
    """|XΩ − Xα|² = (Ω − α)·(XᵀXΩ − Xᵀμ)."""
    return consequence(
        statement, ("critical",), lambda x, e: ex.dot(ex.minus(x.o, x.q), e["critical"]), along="d", square=True
    )


def nearest(statement: Statement) -> Proof:
    """|μ − Xα|² − |μ − XΩ|² − |X(α − Ω)|² = 2 (α − Ω)·Xᵀ(XΩ − μ)."""
    return consequence(statement, ("critical",), lambda x, e: 2 * ex.dot(ex.minus(x.q, x.o), e["critical"]))
