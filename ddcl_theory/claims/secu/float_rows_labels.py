"""Rows about the float code that assigns labels under a constraint on the clusters' sizes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.claims.secu.theorem2_draws import draw as draw_moves
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.expression import Expr

MODULE = "ddcl_theory.claims.secu.code_labels"
MOVE = Domain((real("c", "n", "k"), simplex("y", "n", "k"), nonnegative("alpha")), {"n": (2, 3), "k": (2, 3)})
PRICED = Domain(
    (
        real("c", "n", "k"),
        simplex("y", "n", "k"),
        nonnegative("rho", "k"),
        nonnegative("rho2", "k"),
        nonnegative("gamma"),
        above_zero("gamma2"),
        above_zero("eta"),
    ),
    {"n": (1, 3), "k": (2, 3)},
)


def _part(
    identifier: str,
    says: str,
    dtype: str,
    domain: Domain,
    draw: Any,
    scale: Any,
    reference: Any,
    twin: str,
    wanted: Any,
) -> Part:
    """The code of this name against a reference, and against a false one."""

    def row(code: str, value: Any) -> CodeStatement:
        return CodeStatement(domain, f"{MODULE}:{code}", value, scale, dtype=dtype, draw=draw)

    return Part(
        id=identifier.replace("_", "-"),
        says=says,
        statement=row(identifier, reference),
        checks=(Conforms(),),
        twins=(Twin(twin, row(identifier, wanted)),),
        neighbours=(Neighbour("clusters in the opposite order", row(f"{identifier}_reversed", reference)),),
    )


def moves(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    point = draw_moves(sizes, cases, generator)
    point.pop("u")
    return point


def largest(rows: Any) -> Expr:
    return ex.maximum(*[v for row in rows for entry in row for v in (entry, -entry)])


def decrease_of_first(x: Any, sign: int = 1) -> Expr:
    """L(Y) less its smallest value over the labels of the first instance; sign: that of the entropy."""
    scores = [x.c[0][j] - sign * x.alpha * lb.entropy([lb.unit(j, x.k), *x.y[1:]]) for j in range(x.k)]
    return ex.dot(x.y[0], x.c[0]) - sign * x.alpha * lb.entropy(x.y) - ex.minimum(*scores)


def _objective_size(x: Any) -> Expr:
    return (1 + largest(x.c) + x.alpha) * x.n


def entropy_parts(dtype: str) -> tuple[Part, ...]:
    """The decrease by one label is the largest possible; that of a whole pass is never negative."""

    def whole(code: str) -> CodeStatement:
        return CodeStatement(
            MOVE, f"{MODULE}:{code}", lambda x: 0, _objective_size, dtype=dtype, at_least_zero=True, draw=moves
        )

    return (
        _part(
            "first_decrease",
            r"\mathrm{fl}(\mathcal{L}(Y)) - \mathrm{fl}(\mathcal{L}(Y_{1:j}))",
            dtype,
            MOVE,
            moves,
            _objective_size,
            decrease_of_first,
            "the entropy with the other sign",
            lambda x: decrease_of_first(x, -1),
        ),
        Part(
            id="pass-decrease",
            says=r"\mathrm{fl}(\mathcal{L}(Y^{t-1})) - \mathrm{fl}(\mathcal{L}(Y^t)) \ge 0 \text{ for a pass over the rows}",
            statement=whole("pass_decrease"),
            checks=(Conforms(),),
            twins=(Twin("the increase", whole("pass_increase")),),
            neighbours=(Neighbour("clusters in the opposite order", whole("pass_decrease_reversed")),),
        ),
    )


def size_entropy_part(dtype: str) -> Part:
    """The entropy of the cluster sizes."""
    only = Domain((simplex("y", "n", "k"),), {"n": (1, 3), "k": (2, 3)})

    def vertices(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
        return {"y": moves(sizes, cases, generator)["y"]}

    return _part(
        "entropy",
        r"\mathrm{fl}(H(y))",
        dtype,
        only,
        vertices,
        lambda x: 1,
        lambda x: lb.entropy(x.y),
        "of one instance more",
        lambda x: lb.entropy([*x.y, lb.unit(0, x.k)]),
    )


def priced(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """Costs and prices of unit scale, some prices 0; γ in [0, 1], γ' in [1, 2]; labels at random."""
    import torch

    def uniform(*shape: int) -> Any:
        return torch.rand(cases, *shape, generator=generator, dtype=torch.float64)

    n, k = sizes["n"], sizes["k"]
    return {
        "c": 2 * uniform(n, k) - 1,
        "y": torch.nn.functional.one_hot(torch.randint(k, (cases, n), generator=generator), k).double(),
        "rho": uniform(k) * (uniform(k) < 0.6),
        "rho2": uniform(k) * (uniform(k) < 0.6),
        "gamma": uniform(),
        "gamma2": 1 + uniform(),
        "eta": 0.05 + uniform(),
    }


def cheapest(x: Any, upper: int = 1) -> Expr:
    """Σ_i min_j c_ij − ρ_j + upper ρ'_j."""
    return ex.total(
        ex.minimum(*[cij - r + upper * r2 for cij, r, r2 in zip(row, x.rho, x.rho2, strict=True)]) for row in x.c
    )


def lagrangian_part(dtype: str) -> Part:
    return _part(
        "lagrangian",
        r"\mathrm{fl}(\textstyle\sum_i c_{ij} - \rho_j + \rho'_j) \text{ at the labels assigned}",
        dtype,
        PRICED,
        priced,
        lambda x: x.n * (largest(x.c) + 2),
        cheapest,
        "the upper prices with the other sign",
        lambda x: cheapest(x, -1),
    )


def updated_prices(x: Any, sign: int = 1) -> list[Expr]:
    """(ρ, ρ') after a batch with the labels y, as Appendix B prints it; sign: that of both steps."""
    share = [m * Fraction(1, x.n) for m in lb.sizes(x.y)]
    low = [
        ex.maximum(0, r - sign * x.eta * (q - x.gamma * Fraction(1, x.k))) for r, q in zip(x.rho, share, strict=True)
    ]
    high = [
        ex.maximum(0, r + sign * x.eta * (q - x.gamma2 * Fraction(1, x.k))) for r, q in zip(x.rho2, share, strict=True)
    ]
    return [*low, *high]


def prices_part(dtype: str) -> Part:
    return _part(
        "prices",
        r"\mathrm{fl}(\rho^r, \rho'^r)",
        dtype,
        PRICED,
        priced,
        lambda x: 4,
        updated_prices,
        "both steps with the other sign",
        lambda x: updated_prices(x, -1),
    )
