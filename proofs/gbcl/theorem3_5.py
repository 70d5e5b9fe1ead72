"""Feature space, paths and null modes for n ≥ d, at every n and d: sums of multiples of the hypotheses.

A carries two indices of one axis, so that A W is written y where an identity is lifted: XXᵀA = I gives XXᵀy = W for y
= AW.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.gbcl.subspaces import along_test, consequence, equations
from ddcl_proofs.gbcl.theorem3_2 import applied
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

MOMENT = (Carriers("n", {"z": 0}), Carriers("d", {"z": 1, "g": 0, "r": 0, "y": 0, "test d": 0}))


def straight(statement: Statement) -> Proof:
    """XXᵀe − ce = (XXᵀ − cI)e."""
    return consequence(
        statement,
        ("even-features",),
        lambda x, e: along_test(applied(e["even-features"], x.g), "d"),
        axes=MOMENT,
        along="d",
    )


def rates(statement: Statement) -> Proof:
    """σ² u·e − u·XXᵀe = −(XXᵀu − σ²u)·e."""
    return consequence(statement, ("principal-axis",), lambda x, e: -ex.dot(e["principal-axis"], x.g), axes=MOMENT)


def meaningless(statement: Statement) -> Proof:
    """X(Ω + u) − XΩ = Xu."""
    return consequence(statement, ("null",), lambda x, e: along_test(e["null"], "d"), along="d")


BIASED = (Carriers("n", {"z": 0, "o": 0, "u": 0}), Carriers("d", {"z": 1, "c": 0}))


def kept(statement: Statement) -> Proof:
    """u·Ω̇ = −(Xu)·(XΩ + b1 − c)."""

    def combination(x: Any, e: Mapping[str, tuple[Expr, ...]]) -> Expr:
        error = [y + x.b - c for y, c in zip(row_of(x.z, x.o), x.c, strict=True)]
        return -ex.dot(e["null"], error)

    return consequence(statement, ("null",), combination, axes=BIASED)


def _inverted(statement: Statement, target: Callable[[Any], list[Expr]]) -> Proof:
    """XΩ − w for Ω = XᵀA w: the hypothesis applied to w, at each size examined, and XΩ = XXᵀy lifted."""

    def argument(steps: Steps) -> str:
        for sizes in ({"n": n, "d": d} for n in (1, 2, 3) for d in (1, 2, 3)):
            x = statement.domain.namespace(sizes)
            found = equations(statement, sizes).get("inverse", ())
            steps.verify(f"XXᵀA = I is a hypothesis at {sizes}", len(found) == x.d**2)
            w, conclusion = target(x), statement.trace(sizes)[1]
            made = [ex.dot(found[i * x.d : (i + 1) * x.d], w) for i in range(x.d)]
            holds = conclusion.op == "eq0" and any(
                all(identity(r - m * v) for r, v in zip(conclusion.roots, made, strict=True)) for m in (1, 2)
            )
            steps.verify(f"the conclusion is (XXᵀA − I)w at {sizes}", holds)

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            n, d = sizes["n"], sizes["d"]
            z = [[ex.variable("z", k, i) for i in range(d)] for k in range(n)]
            y = [ex.variable("y", i) for i in range(d)]
            form = ex.total(ex.dot(s, [ex.variable("test d", i) for i in range(d)]) * ex.dot(s, y) for s in z)
            return [along_test(row_of(z, sub.transposed(z, y)), "d") - form], {}

        identity_for_all_sizes(steps, family, MOMENT, says="X(Xᵀy) is XXᵀ applied to y")
        steps.note("with y = Aw, XXᵀA = I makes XXᵀy = w")
        return "all n, d"

    return carry_out(argument)


def same_space(statement: Statement) -> Proof:
    """XXᵀA W − W = (XXᵀA − I)W."""
    return _inverted(statement, lambda x: x.w)


def one_more(statement: Statement) -> Proof:
    """XXᵀA 1 − 1 = (XXᵀA − I)1."""
    return _inverted(statement, lambda x: [ex.ONE] * x.d)
