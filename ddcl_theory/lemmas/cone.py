"""Lemma (iii), tangent cone: identities with the multipliers of the projection hold for all sizes, sign by sign.

Let q be a point of the simplex with support S, v the point of the tangent cone {v : Σv = 0, v_j ≥ 0 off S} nearest to g.
Its optimality conditions are g = v + μ·1 − ν with ν ≥ 0, ν = 0 on S and ν_j v_j = 0.  So off S, with r_j = g_j − μ,
v_j = max(0, r_j) and ν_j = max(0, −r_j): every pair (q, g) comes from numbers c on S, r off S and μ through
    v_i = c_i − q_i (Σ_S c + Σ_off max(0, r_j)) on S,    g_i = v_i + μ on S,    g_j = μ + r_j off S,
where the weights q_i make Σv = 0 without a condition (take c = v on S to reach a given pair).

An expression in max(0, r_j) and max(0, −r_j) is a polynomial once the signs are fixed: r_j = t_j where r_j ≥ 0 and
r_j = −t_j where r_j ≤ 0, t ≥ 0.  The indices off S then fall into two classes, the one expression becomes a family with
three axes (support, free, blocked), symmetric in each, and the support lemma lifts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddcl_theory import expression as ex
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Undecided

#: Names that the variables off the support carry after the split: free (r_j ≥ 0) and blocked (r_j ≤ 0).
FREE, BLOCKED = " where free", " where blocked"


def projection(q: Sequence[Expr], c: Sequence[Expr], r: Sequence[Expr], mu: Expr) -> tuple[list[Expr], list[Expr]]:
    """(g, v): a vector and its projection onto the tangent cone at (q, 0 … 0), support first, as described above."""
    off = [ex.maximum(0, rj) for rj in r]
    surplus = ex.total(c) + ex.total(off)
    on = [ci - qi * surplus for ci, qi in zip(c, q, strict=True)]
    v = [*on, *off]
    return [vi + mu for vi in on] + [mu + rj for rj in r], v


def axes(on: Sequence[str], off: Sequence[str], other: Mapping[str, int] | None = None) -> tuple[Carriers, ...]:
    """The three axes of a split family: variables carried by the support (`on`) and by its complement (`off`)."""
    return (
        Carriers("support", {name: 0 for name in on}),
        Carriers("free", {name + FREE: 0 for name in off}),
        Carriers("blocked", {name + BLOCKED: 0 for name in off}),
    )


def split(roots: Sequence[Expr], free: int, sign: str = "r") -> list[Expr]:
    """Expressions in variables off the support, the first `free` of them with r_j ≥ 0, as polynomials.

    sign: the variable whose sign decides; max(0, ±r_j) become ±t_j or 0.  Other variables off the support are
    recognised by the index they share with r and must be indexed by it alone.
    """
    order = ex.topological(list(roots))
    off = {n.data[0] for n in order if n.op == "var" and n.data[0] == sign}
    mapping: dict[Expr, Expr] = {}
    for node in order:
        if node.op == "var" and node.data[0] in off:
            (j,) = node.data[1]
            value = _named(sign, j, free)
            mapping[node] = value if j < free else -value
        elif node.op == "max":
            mapping[node] = _maximum(node, free, sign)
    return [ex.substitute(r, mapping) for r in roots]


def rename(roots: Sequence[Expr], names: Sequence[str], free: int) -> list[Expr]:
    """Give other variables off the support the names of their class."""
    found = {
        n: _named(n.data[0], n.data[1][0], free)
        for n in ex.topological(list(roots))
        if n.op == "var" and n.data[0] in names
    }
    return [ex.substitute(r, found) for r in roots]


def _named(name: str, j: int, free: int) -> Expr:
    return ex.variable(name + FREE, j) if j < free else ex.variable(name + BLOCKED, j - free)


def _maximum(node: Expr, free: int, sign: str) -> Expr:
    """The value of max(0, ±r_j) once the sign of r_j is fixed."""
    other = next((a for a in node.args if a is not ex.ZERO), ex.ZERO)
    negated = other.op == "mul" and other.args[0] is ex.lift(-1)
    inner = other.args[1] if negated else other
    if ex.ZERO not in node.args or inner.op != "var" or inner.data[0] != sign:
        raise Undecided(f"a maximum other than max(0, ±{sign}_j)")
    (j,) = inner.data[1]
    positive = j < free
    return _named(sign, j, free) if positive != negated else ex.ZERO
