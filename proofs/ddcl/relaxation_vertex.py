"""Minimisers of L_q over the simplex for every k and d, from L_q − δ = Σ_j q_j (d_j − δ), δ = min_j d_j, on Σq = 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.ddcl.theorem1 import AXES
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.relaxation_vertex import far_shares, lowest, products
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out
from ddcl_theory.relation import Traced

#: Stands for min_j d_j in polynomial identities.
LEAST = ex.variable("least")
SMALL = ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1})
Excess = Callable[[Mapping[str, int]], Expr]


def is_excess(steps: Steps, statement: Statement, excess: Excess) -> None:
    """Verify excess = Σ_j q_j (d_j − min_l d_l) on Σq = 1."""
    simplex = "q" if statement.domain.variable("q").kind in ("simplex", "sum-one") else None

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = statement.domain.namespace(sizes)
        value, least = excess(sizes), lowest(x)
        # The smallest of one distance is that distance, no node of its own.
        if sizes["k"] > 1:
            value, least = ex.substitute(value, {least: LEAST}), LEAST
        if any(node.op == "min" for node in ex.topological([value])):
            steps.verify("the bound is the smallest of all distances", False)
        d = a.distances(x.z, x.p)
        return [value - ex.total(w * (dj - least) for w, dj in zip(x.q, d, strict=True))], {}

    identity_for_all_sizes(
        steps, family, AXES, simplex=simplex, says="the excess is Σ_j q_j (d_j − δ), δ = min_j d_j as a free number"
    )
    steps.note("d_j ≥ δ for every j, since δ is the smallest distance")


def _given(statement: Statement, identifier: str, sizes: Mapping[str, int]) -> tuple[str, tuple[Expr, ...]]:
    for h, traced in statement.trace(sizes)[0]:
        if h.id == identifier:
            return traced.op, traced.roots
    return "", ()


def _weights(steps: Steps, statement: Statement) -> None:
    for sizes in SMALL:
        q = tuple(statement.domain.namespace(sizes).q)
        steps.verify(
            f"q ≥ 0 is a hypothesis (k = {sizes['k']})", _given(statement, "q-nonnegative", sizes) == ("ge0", q)
        )


def least(statement: Statement) -> Proof:
    """The conclusion is L_q − min_j d_j ≥ 0."""

    def argument(steps: Steps) -> str:
        def excess(sizes: Mapping[str, int]) -> Expr:
            conclusion = statement.trace(sizes)[1]
            if conclusion.op != "ge0" or len(conclusion.roots) != 1:
                steps.verify("the conclusion is one expression that should be ≥ 0", False)
            return conclusion.roots[0]

        is_excess(steps, statement, excess)
        _weights(steps, statement)
        steps.note("every term of the sum is ≥ 0")
        return ALL_SIZES

    return carry_out(argument)


def _options(steps: Steps, statement: Statement, sizes: Mapping[str, int]) -> tuple[Traced, Traced]:
    """The two options of the conclusion: values that vanish, and an excess that is positive."""
    conclusion = statement.trace(sizes)[1]
    operators = tuple(option.op for option in conclusion.options)
    fits = conclusion.op == "any" and operators == ("eq0", "gt0") and len(conclusion.options[1].roots) == 1
    if not fits:
        steps.verify("the conclusion says that values vanish or that the excess is positive", False)
    return conclusion.options[0], conclusion.options[1]


def _where_least(steps: Steps, statement: Statement) -> None:
    is_excess(steps, statement, lambda sizes: _options(steps, statement, sizes)[1].roots[0])
    _weights(steps, statement)
    steps.note("the excess is ≥ 0, and 0 only where q_j (d_j − δ) = 0 for every j")


def face(statement: Statement) -> Proof:
    """Where the excess is not positive, every q_j (d_j − δ) vanishes."""

    def argument(steps: Steps) -> str:
        _where_least(steps, statement)
        for sizes in SMALL:
            values = _options(steps, statement, sizes)[0].roots
            wanted = tuple(far_shares(statement.domain.namespace(sizes)))
            steps.verify(f"these are the values that vanish (k = {sizes['k']}, d = {sizes['d']})", values == wanted)
        return ALL_SIZES

    return carry_out(argument)


def vertex_if_unique(statement: Statement) -> Proof:
    """If the first prototype alone is nearest, the excess vanishes only where q_j = 0 for all others."""

    def argument(steps: Steps) -> str:
        _where_least(steps, statement)
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            d = a.distances(x.z, x.p)
            where = f"k = {x.k}, d = {x.d}"
            unique = _given(statement, "unique-nearest", sizes) == ("gt0", tuple(dj - d[0] for dj in d[1:]))
            steps.verify(f"d_1 < d_j for j ≥ 2 is a hypothesis ({where})", unique)
            values = _options(steps, statement, sizes)[0].roots
            steps.verify(f"the values are the products q_i q_j, i < j ({where})", values == tuple(products(x)))
        steps.note("then δ = d_1, and q_j (d_j − d_1) = 0 gives q_j = 0 for j ≥ 2: each product has such a factor")
        return ALL_SIZES

    return carry_out(argument)
