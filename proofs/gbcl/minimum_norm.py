"""Solutions of minimum norm, for every n and d: combinations of the hypotheses, and a premise that no wide matrix meets."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.flows import Terms, combination
from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl import minimum_norm_identity as claim
from ddcl_theory.domain import Domain
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import PROBED
from ddcl_theory.proof import Proof, Steps, carry_out
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


def one_limit(statement: Statement) -> Proof:
    """With c = a − b: ‖XXᵀc‖² = Xᵀc·((XᵀXXᵀa − Xᵀμ) − (XᵀXXᵀb − Xᵀμ)) = 0, so XXᵀc = 0, and ‖Xᵀc‖² = c·XXᵀc = 0."""

    def twice(x: Any) -> list[Expr]:
        """XXᵀ(a − b)."""
        return f.output(x.z, f.along(x.z, ex.minus(x.a, x.b)))

    def first(x: Any) -> Terms:
        gap = f.along(x.z, ex.minus(x.a, x.b))
        forth = zip(gap, f.normal(x.z, f.along(x.z, x.a), x.y), strict=True)
        back = zip(ex.scaled(-1, gap), f.normal(x.z, f.along(x.z, x.b), x.y), strict=True)
        return Terms(zeros=[*forth, *back])

    def second(x: Any) -> Terms:
        return Terms(zeros=list(zip(ex.minus(x.a, x.b), twice(x), strict=True)))

    inner = combination(Statement(statement.domain, equals_zero(lambda x: ex.norm2(twice(x))), statement.given), first)
    if inner.outcome != "proved":
        return inner
    settled = Hypothesis("settled", "XXᵀ(a − b) = 0", equals_zero(twice))
    outer = combination(Statement(statement.domain, statement.conclusion, (*statement.given, settled)), second)
    steps = (*inner.steps, "a sum of squares that is 0 has all its terms 0: XXᵀ(a − b) = 0", *outer.steps)
    return Proof(outer.outcome, outer.scope, steps)


def identity(statement: Statement) -> Proof:
    """Xr·(XXᵀs − μ)."""
    return combination(statement, lambda x: Terms(zeros=list(zip(f.output(x.z, x.r), _second_kind(x), strict=True))))


def premise(statement: Statement) -> Proof:
    """Independent columns and Xu = 0 give u = L(Xu) − (LX − I)u = 0, against u ≠ 0: no point meets the premise.

    A statement that lacks one of the three hypotheses is rejected, whatever it concludes.
    """
    nothing = Statement(
        Domain(statement.domain.variables, statement.domain.sizes),
        equals_zero(lambda x: ex.dot(x.r, x.u)),
        statement.given,
    )

    def terms(x: Any) -> Terms:
        pulled = [ex.total(r * row[i] for r, row in zip(x.r, x.b, strict=True)) for i in range(x.d)]
        kernel = zip(pulled, f.output(x.z, x.u), strict=True)
        pairs = [-r * u for r in x.r for u in x.u]
        return Terms(zeros=[*kernel, *zip(pairs, claim.left_inverse(x), strict=True)])

    proof = combination(nothing, terms)
    if proof.outcome != "proved":
        return proof

    def contradiction(steps: Steps) -> str:
        for says in proof.steps:
            steps.note(says)
        steps.note("so u = 0 in every direction r")
        for size in range(1, PROBED + 1):
            sizes = {"n": size, "d": min(size, 2)}
            x = statement.domain.namespace(sizes)
            given = [t for _, t in statement.trace(sizes)[0]]
            apart = any(t.op == "ne0" and t.roots == tuple(x.u) for t in given)
            steps.verify(f"u ≠ 0 is a hypothesis, n = {size}", apart)
        steps.note("u = 0 and u ≠ 0: the hypotheses contradict each other")
        return proof.scope

    found = carry_out(contradiction)
    return Proof("vacuous", found.scope, found.steps) if found.outcome == "proved" else found
