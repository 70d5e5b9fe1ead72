"""Theorems 2.2 to 2.4 for every n, k and d: what the two constraints say together, as combinations of their left sides.

With e_1 = W_2 − W_1 X, e_2 = W_1 − W_2 Xᵀ, H = XXᵀ − I and S = XᵀX − I:
W_1 H = −e_2 − e_1 Xᵀ and W_2 S = −e_1 − e_2 X.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ddcl_proofs.gbcl.duality_axes import AXES, D, K, N
from ddcl_proofs.gbcl.theorem2_1 import paired
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof, Steps, carry_out

ALL = "all n, k, d"
FIRST = {"first-constraint": ("k", "d")}
SECOND = {"second-constraint": ("k", "n")}
BOTH = {**FIRST, **SECOND}


def added(*matrices: Any) -> list[list[Expr]]:
    return [[ex.total(entries) for entries in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)]


def negative(a: Any) -> list[list[Expr]]:
    return [ex.scaled(-1, row) for row in a]


def prove(
    equations: dict[str, tuple[str, ...]],
    matrix: Callable[[Any, Any], Any],
    along: Sequence[str],
    axes: Sequence[Carriers] = AXES,
    scope: str = ALL,
) -> Callable[[Statement], Proof]:
    """A proof that the conclusion, a matrix along `along`, is the given combination of the left sides."""

    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            follows_for_all_sizes(steps, statement, equations, lambda x, h, w: paired(w, matrix(x, h)), axes, along)
            return scope

        return carry_out(argument)

    return proof


def features_times(x: Any, h: Any) -> list[list[Expr]]:
    """W_1 H."""
    return negative(added(h["first-constraint"], net.product(h["second-constraint"], net.transposed(x.X))))


def samples_times(x: Any, h: Any) -> list[list[Expr]]:
    """W_2 S."""
    return negative(added(h["second-constraint"], net.product(h["first-constraint"], x.X)))


eigenvectors = prove(BOTH, features_times, ("k", "d"))
eigenvectors_of_samples = prove(BOTH, samples_times, ("k", "n"))


def _independent(
    times: Callable[[Any, Any], Any], excess: Callable[[Any], Any], axis: str
) -> Callable[[Statement], Proof]:
    """L W = I: the excess is L (W · excess) − (LW − I) · excess."""

    def matrix(x: Any, h: Any) -> Any:
        return added(net.product(x.L, times(x, h)), negative(net.product(h["left-inverse"], excess(x))))

    axes = tuple(
        Carriers(a.axis, {**a.positions, **({"L": 0} if a.axis == axis else {"L": 1} if a.axis == "k" else {})})
        for a in (N, K, D)
    )
    return prove({**BOTH, "left-inverse": (axis, axis)}, matrix, (axis, axis), axes)


def _rows(flat: list[Expr], width: int) -> list[list[Expr]]:
    return [flat[i : i + width] for i in range(0, len(flat), width)]


#: XXᵀ − I = L W_1 H − (L W_1 − I) H.
full_column_rank = _independent(features_times, lambda x: _rows(net.feature_gram(x), x.d), "d")
#: XᵀX − I = L W_2 S − (L W_2 − I) S.
full_column_rank_dual = _independent(samples_times, lambda x: _rows(net.sample_gram(x), x.n), "n")

#: W_1 − W_1 X Xᵀ = −W_1 H, and W_2 = W_1 X.
shared = prove(
    {"eigenvectors": ("k", "d"), **SECOND},
    lambda x, h: negative(added(h["eigenvectors"], net.product(h["second-constraint"], net.transposed(x.X)))),
    ("k", "d"),
)


def square(statement: Statement) -> Proof:
    """n − d = tr(XXᵀ − I_d) − tr(XᵀX − I_n), as tr XXᵀ = tr XᵀX."""

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(
            steps,
            statement,
            {"unit-features": ("d", "d"), "unit-samples": ("n", "n")},
            lambda x, h, w: (
                w
                * (
                    ex.total(h["unit-features"][i][i] for i in range(x.d))
                    - ex.total(h["unit-samples"][m][m] for m in range(x.n))
                )
            ),
            (N, D),
            says="n − d is a difference of traces",
        )
        return "all n, d"

    return carry_out(argument)


def _for_all(weights: str, size: str, output: Callable[[Any], Any]) -> Callable[[Statement], Proof]:
    """With V the weights and O their output at I: O Oᵀ − I = (V Oᵀ − I) − (V − O) Oᵀ."""
    across = {"d": "n", "n": "d"}[size]
    axes = tuple(Carriers(a.axis, {"X": a.positions["X"], weights: {size: 0, across: 1}[a.axis]}) for a in (N, D))

    def matrix(x: Any, h: Any) -> Any:
        return added(h["realised"], negative(net.product(h[f"{weights}-output"], net.transposed(output(x)))))

    equations = {f"{weights}-output": (size, across), "realised": (size, size)}
    return prove(equations, matrix, (size, size), axes, "all n, d")


for_all_base = _for_all("W2", "d", lambda x: x.X)
for_all_dual = _for_all("W1", "n", lambda x: net.transposed(x.X))
