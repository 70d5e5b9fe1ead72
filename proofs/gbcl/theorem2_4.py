"""Theorem 2.4 for every n, k and d: W_1 − W_2 Xᵀ = −W_1 (XXᵀ − I) − (W_2 − W_1 X) Xᵀ; and how many samples it takes."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.duality_axes import D, N
from ddcl_proofs.gbcl.theorem2_2 import SECOND, added, negative, prove
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof, Steps, carry_out


def _first(gram: str) -> Any:
    def matrix(x: Any, h: Any) -> Any:
        return negative(added(net.product(x.W1, h[gram]), net.product(h["second-constraint"], net.transposed(x.X))))

    return prove({gram: ("d", "d"), **SECOND}, matrix, ("k", "d"))


first_constraint = _first("unit-features")
#: c W_1 − W_2 Xᵀ, with XXᵀ − c I.
scaled = _first("even-features")


def centred_count(statement: Statement) -> Proof:
    """n − d − 1 = ‖I_n − XᵀX − eeᵀ‖² − ‖XXᵀ − I_d‖² − 2‖Xe‖² − (|e|² − 1)²."""

    def squares(x: Any) -> list[Expr]:
        outer = net.product([[v] for v in x.e], [x.e])
        return [u + v for u, v in zip(net.sample_gram(x), net.entries(outer), strict=True)]

    def rest(x: Any, h: Any, w: Any) -> Expr:
        gram = ex.norm2(net.entries(h["unit-features"]))
        return -(gram + 2 * ex.norm2(h["across"]) + h["length"] ** 2)

    def argument(steps: Steps) -> str:
        axes = (Carriers("n", {**N.positions, "e": 0}), D)
        equations: dict[str, tuple[str, ...]] = {"unit-features": ("d", "d"), "across": ("d",), "length": ()}
        follows_for_all_sizes(
            steps, statement, equations, rest, axes, squares=squares, says="n − d − 1 is a sum of squares"
        )
        return "all n, d"

    return carry_out(argument)
