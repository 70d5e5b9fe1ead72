"""Flows under XXᵀ = I for every n and d: X(−Xᵀg) + g = −(XXᵀ − I)g, with the force g of each statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_proofs.gbcl.subspaces import Equations, along_test, consequence
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof


def applied(roots: tuple[Expr, ...], g: list[Expr]) -> list[Expr]:
    """Gg for the entries i ≤ j of a symmetric G, in the order in which the hypothesis lists them."""
    d = len(g)
    places = {pair: k for k, pair in enumerate((i, j) for i in range(d) for j in range(i, d))}
    return [ex.total(roots[places[min(i, j), max(i, j)]] * g[j] for j in range(d)) for i in range(d)]


def error(x: Any) -> list[Expr]:
    """XΩ − μ."""
    return ex.minus(row_of(x.z, x.o), sub.centroid(x))


#: Without the scalar c, which stands for a vector elsewhere.
FLOW_AXES = (Carriers("n", {"z": 0, "q": 0, "o": 0}), Carriers("d", {"z": 1, "g": 0, "test d": 0}))


def _turned(statement: Statement, hypothesis: str, force: Callable[[Any], list[Expr]]) -> Proof:
    def combination(x: Any, e: Equations) -> Expr:
        return -along_test(applied(e[hypothesis], force(x)), "d")

    return consequence(statement, (hypothesis,), combination, axes=FLOW_AXES, along="d")


def same_outputs(statement: Statement) -> Proof:
    """XΩ̇ + (XΩ − μ) = −(XXᵀ − I)(XΩ − μ)."""
    return _turned(statement, "orthonormal-features", error)


def any_force(statement: Statement) -> Proof:
    """−XXᵀg + g = −(XXᵀ − I)g."""
    return _turned(statement, "orthonormal-features", lambda x: x.g)


def scaled(statement: Statement) -> Proof:
    """XΩ̇ + c(XΩ − μ) = −(XXᵀ − cI)(XΩ − μ)."""
    return _turned(statement, "even-features", error)


def closed_form(statement: Statement) -> Proof:
    """With e = XΩ(0) − μ, Ω(t) = Ω(0) − (1 − x)Xᵀe: Ω̇ + Xᵀ(XΩ − μ) = −(1 − x) Xᵀ(XXᵀ − I)e, one value a sample."""

    def combination(x: Any, e: Equations) -> Expr:
        turned = applied(e["orthonormal-features"], error(x))
        return -(1 - x.x) * along_test(sub.transposed(x.z, turned), "n")

    return consequence(statement, ("orthonormal-features",), combination, along="n")


def whole_space(statement: Statement) -> Proof:
    """v·W = Σ_n (v·x_n)(x_n·W) − v·(XXᵀ − I)W."""

    def combination(x: Any, e: Equations) -> Expr:
        seen = ex.total(f * ex.dot(s, x.w) for f, s in zip(e["orthogonal"], x.z, strict=True))
        return seen - ex.dot(x.v, applied(e["orthonormal-features"], x.w))

    return consequence(statement, ("orthonormal-features", "orthogonal"), combination)


ROWWISE = (Carriers("n", {"z": 0, "q": 0, "o": 0}), Carriers("d", {"z": 1, "b": 0}))


def modes(statement: Statement) -> Proof:
    """Along the closed form and for u = Xᵀb the difference is −(1 − x) b·(XXᵀ − I)XΩ(0)."""

    def combination(x: Any, e: Equations) -> Expr:
        return -(1 - x.x) * ex.dot(x.b, applied(e["orthonormal-features"], row_of(x.z, x.o)))

    return consequence(statement, ("orthonormal-features",), combination, axes=ROWWISE)


def reached(statement: Statement) -> Proof:
    """Along the closed form, which solves the flow under XXᵀ = I, the identity holds as it stands."""
    return consequence(statement, ("orthonormal-features",), lambda x, e: ex.ZERO)
