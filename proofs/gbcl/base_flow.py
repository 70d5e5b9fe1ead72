"""The base flow in one cell: solutions as identities, uniqueness and descent as combinations of what is given."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.flows import Terms, combination, identities
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import base_flow_cells as cells
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.proof import Proof


def solution(statement: Statement) -> Proof:
    """The path solves the ODE and begins at the start."""
    return identities(statement)


slope = rate = running = descent = identities


def _apart(x: Any) -> ex.Expr:
    return ex.norm2(ex.minus(x.w, x.v))


def unique(statement: Statement) -> Proof:
    """‖w − v‖², which is positive where w ≠ v."""
    return combination(statement, lambda x: Terms(products=[[_apart(x)]]))


def unique_gradient(statement: Statement) -> Proof:
    """2 A ‖w − v‖²."""
    return combination(statement, lambda x: Terms(products=[[ex.lift(2), ex.total(x.a), _apart(x)]]))


def _off(x: Any) -> ex.Expr:
    return ex.norm2(ex.minus(x.w, f.centroid(x.z, x.a)))


def epoch(statement: Statement) -> Proof:
    """(1 + x)(1 − x) ‖w − μ‖²."""
    return combination(statement, lambda x: Terms(products=[[1 - x.x, _off(x)], [x.x, 1 - x.x, _off(x)]]))


def step(statement: Statement) -> Proof:
    """ε A (2 − ε A) ‖w − μ‖²."""
    return combination(
        statement,
        lambda x: Terms(products=[[x.eps, ex.total(x.a), 2 - x.eps * ex.total(x.a), _off(x)]]),
    )


def given_cells(statement: Statement) -> Proof:
    """A r·(w − v) = r·Σ a (z − v) − r·Σ a (z − w)."""

    def terms(x: Any) -> Terms:
        first, second = (cells.pulled(name).relation.trace(x).roots for name in ("w", "v"))
        return Terms(zeros=[*zip(x.r, second, strict=True), *zip([-r for r in x.r], first, strict=True)])

    return combination(statement, terms)
