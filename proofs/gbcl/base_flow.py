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


slope = rate = running = descent = left = step_error = identities


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


def at_rest(statement: Statement) -> Proof:
    """Σ_j r_j·Σ_n q_nj (z_n − w_j) = Σ_j n_j r_j·(m_j − w_j) − Σ_j r_j·(n_j m_j − Σ_n q_nj z_n)."""

    def terms(x: Any) -> Terms:
        sizes = [ex.total(cells.masses(x.q, j)) for j in range(x.k)]
        field = [size * r for size, row in zip(sizes, x.r, strict=True) for r in row]
        centred = [-r for row in x.r for r in row]
        return Terms(
            zeros=[
                *zip(field, cells.current_field(x), strict=True),
                *zip(centred, cells.centroid_gaps(x), strict=True),
            ]
        )

    return combination(statement, terms)
