"""Duality for every n, k and d: each residual is a sum of entries of ZᵀZ − c I, or of ZᵀZA − I, times something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

N = Carriers("n", {"z": 0, "w": 0})
K = Carriers("k", {"w": 1, "g": 0, "r": 0})
D = Carriers("d", {"z": 1, "g": 1, "r": 1})
SINGLE_D = Carriers("d", {"z": 1, "p": 0, "r": 0, "a": 0})


def _gram(x: Any, i: int, j: int) -> Expr:
    return ex.total(s[i] * s[j] for s in x.z)


def _factored(
    statement: Statement,
    hypothesis: str,
    wanted: Callable[[Any], list[Expr]],
    left: Callable[[Any], Expr],
    right: Callable[[Any], Expr],
    axes: tuple[Carriers, ...],
    small: tuple[Mapping[str, int], ...],
    scope: str,
) -> Proof:
    """conclusion = left − right for all sizes, where the hypothesis turns the matrix in `left` into that of `right`."""

    def argument(steps: Steps) -> str:
        x, conclusion = statement.domain.namespace(small[0]), statement.trace(small[0])[1]
        factor = next((m for m in (1, 2) if identity(conclusion.roots[0] - m * (left(x) - right(x)))), 0)
        steps.verify("the conclusion is one identity", conclusion.op == "eq0" and len(conclusion.roots) == 1)
        steps.verify(f"at {small[0]} it is once or twice the difference of two forms", factor > 0)

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            y = statement.domain.namespace(sizes)
            return [statement.trace(sizes)[1].roots[0] - factor * (left(y) - right(y))], {}

        identity_for_all_sizes(steps, family, axes, says="the conclusion is the difference of two forms")
        for sizes in small:
            y = statement.domain.namespace(sizes)
            given = [t for h, t in statement.trace(sizes)[0] if h.id == hypothesis]
            holds = bool(given) and given[0].op == "eq0" and given[0].roots == tuple(wanted(y))
            steps.verify(f"the hypothesis equates their matrices at {sizes}", holds)
        steps.note("the two forms have the same coefficients but for these matrices, so the difference is zero")
        return scope

    return carry_out(argument)


def _step(statement: Statement, hypothesis: str, c: Callable[[Any], Expr]) -> Proof:
    """−η {Σ_j r_j·ZᵀZ g_j − Σ_j r_j·c g_j}."""

    def left(x: Any) -> Expr:
        return -x.eta * ex.total(ex.dot(s, r) * ex.dot(s, g) for r, g in zip(x.r, x.g, strict=True) for s in x.z)

    def right(x: Any) -> Expr:
        return -x.eta * c(x) * ex.total(ex.dot(r, g) for r, g in zip(x.r, x.g, strict=True))

    def wanted(x: Any) -> list[Expr]:
        return [_gram(x, i, j) - (c(x) if i == j else 0) for i in range(x.d) for j in range(i, x.d)]

    small = ({"n": 2, "k": 1, "d": 2}, {"n": 3, "k": 2, "d": 1})
    return _factored(statement, hypothesis, wanted, left, right, (N, K, D), small, "all n, k, d")


def same_step(statement: Statement) -> Proof:
    return _step(statement, "orthonormal-features", lambda x: ex.ONE)


def scaled_step(statement: Statement) -> Proof:
    return _step(statement, "even-features", lambda x: x.c)


def same_start(statement: Statement) -> Proof:
    """r·ZᵀZ p − r·p."""

    def wanted(x: Any) -> list[Expr]:
        return [_gram(x, i, j) - int(i == j) for i in range(x.d) for j in range(i, x.d)]

    return _factored(
        statement,
        "orthonormal-features",
        wanted,
        lambda x: ex.total(ex.dot(s, x.r) * ex.dot(s, x.p) for s in x.z),
        lambda x: ex.dot(x.r, x.p),
        (N, SINGLE_D),
        ({"n": 2, "d": 2}, {"n": 1, "d": 3}),
        "all n, d",
    )


def inverted(statement: Statement) -> Proof:
    """r·ZᵀZ y − r·p with y = Ap; ZᵀZA = I makes ZᵀZ y = p.

    A carries two indices of one axis, so y stands for Ap where the form is lifted.
    """

    def form(z: Any, r: Any, y: Any) -> Expr:
        return ex.total(ex.dot(s, r) * ex.dot(s, y) for s in z)

    def argument(steps: Steps) -> str:
        for sizes in ({"n": n, "d": d} for n in (1, 2, 3) for d in (1, 2, 3)):
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            y = [ex.dot(row, x.p) for row in x.a]
            closed = form(x.z, x.r, y) - ex.dot(x.r, x.p)
            holds = conclusion.op == "eq0" and any(identity(conclusion.roots[0] - m * closed) for m in (1, 2))
            steps.verify(f"the conclusion is r·ZᵀZ y − r·p, y = Ap, at {sizes}", holds)
            entries = tuple(
                ex.total(s[i] * ex.total(s[m] * x.a[m][j] for m in range(x.d)) for s in x.z) - int(i == j)
                for i in range(x.d)
                for j in range(x.d)
            )
            inverse = [(t.op, t.roots) for h, t in given if h.id == "inverse"]
            steps.verify(f"the hypothesis makes every entry of ZᵀZA − I zero at {sizes}", inverse == [("eq0", entries)])

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            y = [ex.variable("y", i) for i in range(x.d)]
            dual = nat.combined(x.z, [[ex.dot(s, y)] for s in x.z])[0]
            return [ex.dot(x.r, dual) - form(x.z, x.r, y)], {}

        axes = (N, Carriers("d", {"z": 1, "r": 0, "y": 0}))
        identity_for_all_sizes(steps, family, axes, says="r·Zᵀ(Zy) = Σ (z_n·r)(z_n·y)")
        steps.note("applied to p, ZᵀZA = I gives ZᵀZ y = p, and the form is r·p")
        return "all n, d"

    return carry_out(argument)
