"""Feature space, paths and null modes for n ≥ d, at every n and d: sums of multiples of the hypotheses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.gbcl.subspaces import along_test, consequence
from ddcl_proofs.gbcl.theorem3_2 import applied
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof

MOMENT = (Carriers("n", {"z": 0}), Carriers("d", {"z": 1, "g": 0, "r": 0, "test d": 0}))


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


INVERTED = (Carriers("n", {"z": 0, "a": 0}), Carriers("d", {"z": 1, "a": 1, "w": 0, "test d": 0}))


def _inverted(statement: Statement, target: Callable[[Any], list[Expr]]) -> Proof:
    """XAw − w = (XA − I)w."""

    def combination(x: Any, e: Mapping[str, tuple[Expr, ...]]) -> Expr:
        found, w = e["inverse"], target(x)
        return along_test([ex.dot(found[i * x.d : (i + 1) * x.d], w) for i in range(x.d)], "d")

    return consequence(statement, ("inverse",), combination, axes=INVERTED, along="d")


def same_space(statement: Statement) -> Proof:
    """XAW − W = (XA − I)W."""
    return _inverted(statement, lambda x: x.w)


def one_more(statement: Statement) -> Proof:
    """XA1 − 1 = (XA − I)1."""
    return _inverted(statement, lambda x: [ex.ONE] * x.d)
