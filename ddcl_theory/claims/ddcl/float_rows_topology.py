"""Rows about float code for the graph of first and second winners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.ddcl import links
from ddcl_theory.domain import Domain, Sizes, real

MODULE = "ddcl_theory.claims.ddcl.code_topology"
DOMAIN = Domain((real("z", "n", "d"), real("p", "k", "d")), {"n": (1, 3), "k": (2, 3), "d": (1, 2)})


def draw(sizes: Sizes, cases: int, generator: Any) -> dict[str, Any]:
    """Samples and prototypes in general position: at a tie the second winner is a matter of convention."""
    import torch

    return {
        name: torch.randn(cases, sizes[count], sizes["d"], generator=generator, dtype=torch.float64)
        for name, count in (("z", "n"), ("p", "k"))
    }


def matrix(entries: Callable[[Any, Any], dict[tuple[int, int], ex.Expr]]) -> Callable[[Any], list[ex.Expr]]:
    """The symmetric matrix, row by row."""

    def value(x: Any) -> list[ex.Expr]:
        found = entries(x.z, x.p)
        return [ex.ZERO if i == j else found[min(i, j), max(i, j)] for i in range(x.k) for j in range(x.k)]

    return value


def first_winner_only(z: Any, p: Any) -> dict[tuple[int, int], ex.Expr]:
    """Counts in which the first sample is forgotten."""
    return links.counts(z[1:], p) if len(z) > 1 else {pair: ex.ZERO for pair in links.pairs(len(p))}


def norm(entries: Callable[[Any, Any], dict[tuple[int, int], ex.Expr]]) -> Callable[[Any], ex.Expr]:
    return lambda x: ex.sqrt(2 * links.square(entries(x.z, x.p)))


def row(dtype: str, name: str, says: str, reference: Any, twin: tuple[str, Any]) -> Part:
    def statement(code: str, wanted: Any) -> CodeStatement:
        return CodeStatement(DOMAIN, f"{MODULE}:{code}", wanted, lambda x: x.n, dtype=dtype, units=8, draw=draw)

    return Part(
        id=name.replace("_", "-"),
        says=says,
        statement=statement(name, reference),
        checks=(Conforms(),),
        twins=(Twin(twin[0], statement(name, twin[1])),),
        neighbours=(Neighbour("the opposite order", statement(f"{name}_reversed", reference)),),
    )


def topology_parts(dtype: str) -> tuple[Part, ...]:
    """The graph of counts, and the norm of the 0/1 matrix."""
    return (
        row(
            dtype,
            "graph",
            r"\mathrm{fl}(E) = E",
            matrix(links.counts),
            ("without the first sample", matrix(first_winner_only)),
        ),
        row(
            dtype,
            "links_norm",
            r"\mathrm{fl}(\|A\|) \approx \|A\|",
            norm(links.adjacency),
            ("of the counts", norm(links.counts)),
        ),
    )
