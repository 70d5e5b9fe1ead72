"""Rows about float code for the claims on duality: what the dual layer of ddcl_core gives out, and distances to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import Predicate

MODULE = "ddcl_theory.claims.gbcl.code_networks"
SIZES = {"n": (2, 3), "k": (1, 2), "d": (1, 2)}
REALISED = Domain((real("X", "d", "n"), real("P", "k", "d")), SIZES)
SPLIT = Domain((real("f", "n"), real("A", "d", "n"), real("W2", "k", "n")), SIZES)
DUAL = Domain((real("X", "d", "n"), real("W2", "k", "n")), SIZES)


def absolute(values: Any) -> ex.Expr:
    """1 + Σ |entry|."""
    return 1 + ex.total(ex.maximum(v, -v) for v in values)


def _row(
    dtype: str, code: str, says: str, domain: Domain, reference: Predicate, scale: Predicate, twin: str,
    false: Predicate, draw: Callable[..., Any] | None = None,
) -> Part:  # fmt: skip
    def statement(function: str, wanted: Predicate) -> CodeStatement:
        return CodeStatement(domain, f"{MODULE}:{function}", wanted, scale, dtype=dtype, draw=draw)

    return Part(
        id=code.replace("_", "-"),
        says=says,
        statement=statement(code, reference),
        checks=(Conforms(),),
        twins=(Twin(twin, statement(code, false)),),
        neighbours=(Neighbour("prototypes in the opposite order", statement(f"{code}_reversed", reference)),),
    )


def realised_part(dtype: str) -> Part:
    """The dual layer made for P gives out P, on whitened features."""
    return _row(
        dtype,
        "realised",
        r"\mathrm{fl}(Y_2) = P \text{ for the dual layer made for } P",
        REALISED,
        lambda x: net.entries(x.P),
        lambda x: absolute(net.entries(x.P)),
        "half of P",
        lambda x: [v / 2 for v in net.entries(x.P)],
        net.draw(REALISED, "d"),
    )


def first_component_part(dtype: str) -> Part:
    """The first component of each prototype, computed from the first feature alone."""
    return _row(
        dtype,
        "first_component",
        r"\mathrm{fl}(Y_2)_{j1} = w_j^\top f_1 \text{ whatever the other features}",
        SPLIT,
        lambda x: [ex.dot(row, x.f) for row in x.W2],
        lambda x: absolute(net.entries(x.W2)) * absolute(x.f),
        "computed from the second feature",
        lambda x: [ex.dot(row, x.A[0]) for row in x.W2],
    )


def squared_distances(x: Any) -> list[ex.Expr]:
    """‖x_i − y_j‖², sample by sample."""
    y = net.dual_output(x)
    return [ex.norm2(ex.minus(sample, row)) for sample in net.transposed(x.X) for row in y]


def distances_part(dtype: str) -> Part:
    return _row(
        dtype,
        "distances",
        r"\mathrm{fl}(\mathrm{edm}(X, Y)) \text{ from the dual weights}",
        DUAL,
        squared_distances,
        lambda x: (absolute(net.entries(x.X)) * absolute(net.entries(x.W2))) ** 2,
        "without the norms of the samples",
        lambda x: [
            d - ex.norm2(sample)
            for d, sample in zip(
                squared_distances(x), (s for s in net.transposed(x.X) for _ in range(x.k)), strict=True
            )
        ],
    )
