"""Solutions of minimum norm, for every n and d: combinations of the hypotheses, and a premise that no wide matrix meets."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.flows import Terms, combination
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl import minimum_norm_identity as claim
from ddcl_theory.domain import Domain
from ddcl_theory.expression import Expr
from ddcl_theory.proof import Proof
from ddcl_theory.relation import equals_zero


def _second_kind(x: Any) -> list[Expr]:
    return ex.minus(f.output(x.z, f.along(x.z, x.s)), x.y)


def minimum(statement: Statement) -> Proof:
    """2 s·((Xv − μ) − (XXᵀs − μ))."""

    def terms(x: Any) -> Terms:
        solved = ex.minus(f.output(x.z, x.v), x.y)
        forth = zip(ex.scaled(2, x.s), solved, strict=True)
        back = zip(ex.scaled(-2, x.s), _second_kind(x), strict=True)
        return Terms(zeros=[*forth, *back])

    return combination(statement, terms)


def conserved(statement: Statement) -> Proof:
    """u·Xᵀs = s·(Xu)."""
    return combination(statement, lambda x: Terms(zeros=list(zip(x.s, f.output(x.z, x.u), strict=True))))


def from_range(statement: Statement) -> Proof:
    """(c + s)·(Xu)."""
    return combination(statement, lambda x: Terms(zeros=list(zip(ex.plus(x.c, x.s), f.output(x.z, x.u), strict=True))))


def same_output(statement: Statement) -> Proof:
    """(Ω − Ω')·((XᵀXΩ − Xᵀμ) − (XᵀXΩ' − Xᵀμ))."""

    def terms(x: Any) -> Terms:
        gap = ex.minus(x.o, x.v)
        forth = zip(gap, f.normal(x.z, x.o, x.y), strict=True)
        back = zip(ex.scaled(-1, gap), f.normal(x.z, x.v, x.y), strict=True)
        return Terms(zeros=[*forth, *back])

    return combination(statement, terms)


def identity(statement: Statement) -> Proof:
    """Xr·(XXᵀs − μ)."""
    return combination(statement, lambda x: Terms(zeros=list(zip(f.output(x.z, x.r), _second_kind(x), strict=True))))


def premise(statement: Statement) -> Proof:
    """Independent columns and Xu = 0 give u = L(Xu) − (LX − I)u = 0: no matrix with n > d meets the premise.

    A statement that lacks one of the two hypotheses is rejected, whatever it concludes.
    """
    empty = Statement(
        Domain(statement.domain.variables, statement.domain.sizes),
        equals_zero(lambda x: ex.dot(x.r, x.u)),
        statement.given,
    )

    def terms(x: Any) -> Terms:
        pulled = [ex.total(r * row[i] for r, row in zip(x.r, x.b, strict=True)) for i in range(x.d)]
        kernel = zip(pulled, f.output(x.z, x.u), strict=True)
        pairs = [-r * u for r in x.r for u in x.u]
        return Terms(zeros=[*kernel, *zip(pairs, claim.left_inverse(x), strict=True)])

    proof = combination(empty, terms)
    if proof.outcome != "proved":
        return proof
    steps = (
        *proof.steps,
        "so u = 0 in every direction r",
        "n unknowns under d < n homogeneous equations have a solution u ≠ 0, so that the premise is met for n ≤ d only",
    )
    return Proof("vacuous", proof.scope, steps)
