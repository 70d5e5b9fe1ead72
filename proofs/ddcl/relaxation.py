"""§4.4, what holds of it, for every k and d.

entropic: the softmax minimises L_OLS + V + T Σ r log r.  cold_value, cold_one_hot, cold_fit: the limits T → 0.
consistent, optimal: the normal equations of unconstrained least squares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.ddcl.relaxation_vertex import LEAST
from ddcl_proofs.ddcl.theorem1_gap import SOFT_AXES
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.relaxation_closed_form import residual_equations
from ddcl_theory.claims.ddcl.relaxation_vertex import lowest
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import logarithm
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

SMALL = ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1})
Pieces = tuple[list[Expr], dict[Expr, Any]]


def _single(steps: Steps, statement: Statement, sizes: Mapping[str, int], op: str) -> Expr:
    conclusion = statement.trace(sizes)[1]
    if conclusion.op != op or len(conclusion.roots) != 1:
        steps.verify(f"the conclusion is one expression in the relation {op}", False)
    return conclusion.roots[0]


def _given(statement: Statement, identifier: str, sizes: Mapping[str, int]) -> tuple[str, tuple[Expr, ...]]:
    for h, traced in statement.trace(sizes)[0]:
        if h.id == identifier:
            return traced.op, traced.roots
    return "", ()


def entropic(statement: Statement) -> Proof:
    """The conclusion is T Σ_j r_j log(r_j/q_j) on Σr = 1, with q the softmax."""

    def argument(steps: Steps) -> str:
        constrained = statement.domain.variable("r").kind == "simplex"

        def family(sizes: Mapping[str, int]) -> Pieces:
            x = statement.domain.namespace(sizes)
            d, total = a.distances(x.z, x.p), ex.variable("log of the sum")
            logs = [ex.variable("log r", j) for j in range(x.k)]
            known = {ex.log(q): -dj / x.T - total for q, dj in zip(a.assignment(x.z, x.p, x.T), d, strict=True)}
            known |= dict(zip([ex.log(r) for r in x.r], logs, strict=True))
            value = ex.substitute(_single(steps, statement, sizes, "ge0"), known)
            relative = x.T * ex.total(r * (log + dj / x.T + total) for r, log, dj in zip(x.r, logs, d, strict=True))
            mass = ex.total(x.r)
            residual = ex.substitute(value - relative, {r: r / mass for r in x.r} if constrained else {})
            free, labels = weights(residual, x)
            return [free], labels

        axes = (Carriers("k", {WEIGHT: 0, "p": 0, "r": 0, "log r": 0}), Carriers("d", {"z": 0, "p": 1}))
        steps.note("log q_j = −d_j/T − Λ with Λ = log Σ_l e^{−d_l/T}; r is scaled to sum to one")
        identity_for_all_sizes(
            steps, family, axes, simplex=WEIGHT, says="the conclusion is T Σ_j r_j (log r_j + d_j/T + Λ)"
        )
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            steps.verify(
                f"r > 0 is a hypothesis (k = {x.k})", _given(statement, "r-inside", sizes) == ("gt0", tuple(x.r))
            )
            steps.verify("T > 0 is a hypothesis", _given(statement, "T-positive", sizes) == ("gt0", (x.T,)))
        logarithm.verify(steps)
        steps.note("with x_j = r_j/q_j it is T Σ_j q_j x_j log x_j ≥ T Σ_j q_j (x_j − 1) = T (Σr − Σq) = 0")
        return ALL_SIZES

    return carry_out(argument)


def _weight_vanishes(steps: Steps) -> None:
    """Relative to the nearest prototype: e^{−x/T} and x e^{−x/T} tend to 0 for x > 0, and the nearest has weight 1."""
    import sympy

    x, t = sympy.symbols("x t", positive=True)
    for factor in (1, x):
        found = sympy.limit(factor * sympy.exp(-x / t), t, 0, "+")
        steps.verify(f"{factor}·e^(−x/T) → 0 as T → 0, for x > 0", None if found is None else bool(found == 0))


def _as_function_of_weights(
    steps: Steps, statement: Statement, function: Callable[[Any, list[Expr], Expr], Expr], says: str
) -> None:
    """Verify conclusion = function(x, w, min_j d_j) for all weights with Σw = 1, the minimum as a free number."""

    def family(sizes: Mapping[str, int]) -> Pieces:
        x = statement.domain.namespace(sizes)
        value, least = _single(steps, statement, sizes, "eq0"), lowest(x)
        # The smallest of one distance is that distance, no node of its own.
        if x.k > 1:
            anchored = [ex.boltzmann(dj - least, x.T) for dj in a.distances(x.z, x.p)]
            # The weights keep their anchor, which `weights` removes.
            value, least = ex.substitute(value, {least: LEAST, **{node: node for node in anchored}}), LEAST
        value, labels = weights(value, x)
        if any(node.op == "min" for node in ex.topological([value])):
            steps.verify("no minimum but that of all distances", False)
        return [value - function(x, list(labels), least)], labels

    identity_for_all_sizes(steps, family, SOFT_AXES, simplex=WEIGHT, says=says)


def cold_value(statement: Statement) -> Proof:
    """L_q − min_j d_j = Σ_j w_j (d_j − δ), whose terms vanish in the limit, at ties as well."""

    def argument(steps: Steps) -> str:
        def terms(x: Any, w: list[Expr], least: Expr) -> Expr:
            return ex.total(wj * (dj - least) for wj, dj in zip(w, a.distances(x.z, x.p), strict=True))

        _as_function_of_weights(steps, statement, terms, "on Σw = 1 the conclusion is Σ_j w_j (d_j − δ), δ = min_j d_j")
        _weight_vanishes(steps)
        steps.note(
            "a term with d_j = δ is 0; the others are at most (d_j − δ) e^{−(d_j − δ)/T}, since the weights sum to at least 1"
        )
        return ALL_SIZES

    return carry_out(argument)


def _unique(steps: Steps, statement: Statement) -> None:
    for sizes in SMALL:
        x = statement.domain.namespace(sizes)
        d = a.distances(x.z, x.p)
        given = _given(statement, "unique-nearest", sizes) == ("gt0", tuple(dj - d[0] for dj in d[1:]))
        steps.verify(f"d_j − d_1 > 0 for j ≥ 2 is a hypothesis (k = {x.k}, d = {x.d})", given)
    _weight_vanishes(steps)
    steps.note("the shares w/Σw tend to (1, 0, …, 0), and the expression is continuous in them")


def cold_one_hot(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _as_function_of_weights(
            steps, statement, lambda x, w, least: 1 - ex.norm2(w), "on Σw = 1 the conclusion is 1 − Σ_j w_j²"
        )
        _unique(steps, statement)
        steps.note("there it is 1 − 1 = 0")
        return ALL_SIZES

    return carry_out(argument)


def cold_fit(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _as_function_of_weights(
            steps,
            statement,
            lambda x, w, least: a.ols(x.z, x.p, w) - least,
            "on Σw = 1 the conclusion is ‖z − Pw‖² − min_j d_j",
        )
        _unique(steps, statement)
        z, p = [ex.variable("z")], [[ex.variable("p_1")]]
        steps.verify("‖z − Pw‖² with the share 1 on p_1 is d_1", identity(a.ols(z, p, [ex.ONE]) - a.distances(z, p)[0]))
        steps.note("prototypes of share 0 do not enter the mixture, and d_1 is the smallest distance")
        return ALL_SIZES

    return carry_out(argument)


def _normal_equations(steps: Steps, statement: Statement, identifier: str, wanted: Callable[[Any], list[Expr]]) -> None:
    for sizes in SMALL:
        x = statement.domain.namespace(sizes)
        holds = _given(statement, identifier, sizes) == ("eq0", tuple(wanted(x)))
        steps.verify(f"the equations are a hypothesis (k = {x.k}, d = {x.d})", holds)


def consistent(statement: Statement) -> Proof:
    """λ·Pᵀz = z·Pλ, and Pλ = 0 because ‖Pλ‖² = λ·PᵀPλ = 0."""

    def argument(steps: Steps) -> str:
        axes = (Carriers("k", {"p": 0, "lam": 0}), Carriers("d", {"z": 0, "p": 1}))

        def family(sizes: Mapping[str, int]) -> Pieces:
            x = statement.domain.namespace(sizes)
            image = a.mixture(x.p, x.lam)
            square = ex.norm2(image) - ex.dot(x.lam, [ex.dot(row, image) for row in x.p])
            return [_single(steps, statement, sizes, "eq0") - ex.dot(x.z, image), square], {}

        identity_for_all_sizes(steps, family, axes, says="the conclusion is z·Pλ, and ‖Pλ‖² = λ·PᵀPλ")
        _normal_equations(steps, statement, "kernel", lambda x: [ex.dot(row, a.mixture(x.p, x.lam)) for row in x.p])
        steps.note(
            "so Pλ = 0; by Fredholm's alternative PᵀPq = Pᵀz has a solution, because Pᵀz ⟂ ker PᵀP and PᵀP is symmetric"
        )
        return ALL_SIZES

    return carry_out(argument)


def optimal(statement: Statement) -> Proof:
    """‖z − Pr‖² − ‖z − Pq‖² = ‖P(r − q)‖² − 2 (r − q)·(Pᵀz − PᵀPq)."""

    def argument(steps: Steps) -> str:
        axes = (Carriers("k", {"p": 0, "q": 0, "r": 0}), Carriers("d", {"z": 0, "p": 1}))

        def family(sizes: Mapping[str, int]) -> Pieces:
            x = statement.domain.namespace(sizes)
            step = ex.minus(x.r, x.q)
            value = ex.norm2(a.mixture(x.p, step)) - 2 * ex.dot(step, residual_equations(x, x.q))
            return [_single(steps, statement, sizes, "ge0") - value], {}

        identity_for_all_sizes(steps, family, axes, says="the conclusion is ‖P(r − q)‖² − 2 (r − q)·(Pᵀz − PᵀPq)")
        _normal_equations(steps, statement, "normal-equations", lambda x: residual_equations(x, x.q))
        steps.note("the second term is 0, the first a sum of squares")
        return ALL_SIZES

    return carry_out(argument)
