"""The dissipation identity: the chain rule and the property of the cone for every size, the whole at small sizes.

rate: dE/dt = −‖∇_P E‖² + Σ ⟨∇_q E, v⟩ for every n, k, d and every motion v of Q; L_sep enters through Lagrange's
identity, whose factor k is kept as a number κ of its own so that all sums run over an index.
cone, nearest: per sign of the entries off the support, for supports and complements of every size.
inside, faces: the formulas at the sizes of their domains, and for all sizes as the sum of the two facts above.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cone as lemma
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity


def _roots(statement: Statement, sizes: Mapping[str, int]) -> tuple[Expr, ...]:
    return statement.trace(sizes)[1].roots


def chain_rule(steps: Steps) -> None:
    """dE/dt + ‖∇_P E‖² − Σ ⟨∇_q E, v⟩ = 0 for E without logarithms, every n, k and d."""

    def with_kappa(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        n, k, d = sizes["n"], sizes["k"], sizes["d"]
        z = [[ex.variable("z", i, j) for j in range(d)] for i in range(n)]
        p = [[ex.variable("p", i, j) for j in range(d)] for i in range(k)]
        q = [[ex.variable("q", i, j) for j in range(k)] for i in range(n)]
        v = [[ex.variable("v", i, j) for j in range(k)] for i in range(n)]

        def energy(rows: Any, shares: Any) -> Expr:
            quadratic = ex.variable("weight") * e.square(rows) - ex.variable("sep") * lagrange.spread(rows)
            return e.quantization(z, rows, shares) + quadratic

        value = energy(p, q)
        slope_p = [e.gradient(value, row) for row in p]
        slope_q = [e.gradient(value, row) for row in q]
        change = ex.derivative_at_zero(
            lambda t: energy(e.moved(p, t, [ex.scaled(-1, row) for row in slope_p]), e.moved(q, t, v))
        )
        flat = [entry for row in slope_p for entry in row]
        power = ex.total(ex.dot(a, b) for a, b in zip(slope_q, v, strict=True))
        return [change + ex.norm2(flat) - power], {}

    lagrange.verify(steps)
    axes = (
        Carriers("k", {"p": 0, "q": 1, "v": 1}),
        Carriers("n", {"z": 0, "q": 0, "v": 0}),
        Carriers("d", {"z": 1, "p": 1}),
    )
    identity_for_all_sizes(steps, with_kappa, axes, says="the chain rule with L_sep = ‖Σp‖² − κ‖P‖², κ free")


def rate(statement: Statement) -> Proof:
    """The chain rule along the flow, for every n, k and d."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            if max(sizes.values()) <= 3:
                text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
                steps.verify(
                    f"the conclusion vanishes identically at {text}", all(identity(r) for r in _roots(statement, sizes))
                )
        chain_rule(steps)
        return "all n, k, d"

    return carry_out(argument)


def property_of_the_cone(steps: Steps) -> None:
    """⟨g, v⟩ = ‖v‖² for the projection v of any g, for every support and every set of free and of blocked entries."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        off = sizes["free"] + sizes["blocked"]
        q = [ex.variable("q", i) for i in range(sizes["support"])]
        c = [ex.variable("c", i) for i in range(sizes["support"])]
        r = [ex.variable("r", j) for j in range(off)]
        g, v = lemma.projection(q, c, r, ex.variable("mu"))
        return lemma.split([ex.dot(g, v) - ex.norm2(v)], sizes["free"]), {}

    identity_for_all_sizes(
        steps, family, lemma.axes(("q", "c"), ("r",)), simplex="q", says="⟨g, v⟩ = ‖v‖² on the tangent cone"
    )


def _split(statement: Statement, sizes: Mapping[str, int], names: tuple[str, ...]) -> list[Expr]:
    """The conclusion with `free` entries of r at least 0 and `blocked` ones at most 0."""
    free = sizes["free"]
    inner = {"s": sizes["support"], "e": free + sizes["blocked"]}
    return lemma.rename(lemma.split(_roots(statement, inner), free), names, free)


def cone(statement: Statement) -> Proof:
    """⟨g, v⟩ − ‖v‖² vanishes for every support, every number of free and of blocked entries."""

    def argument(steps: Steps) -> str:
        identity_for_all_sizes(
            steps,
            lambda sizes: (_split(statement, sizes, ()), {}),
            lemma.axes(("q", "c"), ("r",)),
            simplex=_simplex(statement),
        )
        return "all k, every face of the simplex"

    return carry_out(argument)


def nearest(statement: Statement) -> Proof:
    """‖g − u‖² − ‖g − v‖² is a positive multiple of ‖u − v‖² + 2 Σ ν_j u_j, a sum of non-negative terms."""

    def family(factor: int) -> Any:
        def at(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            free = sizes["free"]
            inner = {"s": sizes["support"], "e": free + sizes["blocked"]}
            x = statement.domain.namespace(inner)
            _, v = lemma.projection(x.q, x.c, x.r, x.mu)
            surplus = ex.total(x.b) + ex.total(x.w)
            u = [b - q * surplus for b, q in zip(x.b, x.q, strict=True)] + list(x.w)
            slack = ex.total(ex.maximum(0, -r) * w for r, w in zip(x.r, x.w, strict=True))
            root = _roots(statement, inner)[0] - factor * (ex.norm2(ex.minus(u, v)) + 2 * slack)
            return lemma.rename(lemma.split([root], free), ("w",), free), {}

        return at

    def argument(steps: Steps) -> str:
        traced = statement.trace({"s": 1, "e": 1})[1]
        steps.verify(
            "the conclusion is one expression that should be ≥ 0", traced.op == "ge0" and len(traced.roots) == 1
        )
        kinds = {v.name: v.kind for v in statement.domain.variables}
        steps.verify("u_j ≥ 0 off the support is a hypothesis", kinds["w"] == "nonnegative")
        factor = _factor(family)
        steps.verify(
            "the conclusion is a multiple of ‖u − v‖² + 2 Σ max(0, −r_j) u_j at one sample, by a positive number",
            factor > 0,
        )
        axes = lemma.axes(("q", "c", "b"), ("r", "w"))
        identity_for_all_sizes(steps, family(factor), axes, simplex=_simplex(statement), says="the multiple")
        return "all k, every face of the simplex"

    return carry_out(argument)


def _factor(family: Any) -> int:
    """The whole number that makes the smallest member of the family vanish, 0 where none up to 9 does."""
    for factor in range(1, 10):
        roots, _ = family(factor)({"support": 1, "free": 1, "blocked": 1})
        mapping = {ex.variable("q", 0): ex.ONE}
        if all(identity(ex.substitute(r, mapping)) for r in roots):
            return factor
    return 0


def _simplex(statement: Statement) -> str | None:
    return "q" if statement.domain.variable("q").kind in ("simplex", "sum-one") else None


def inside(statement: Statement) -> Proof:
    """The whole identity with every term of E at the sizes of the domain; log q_nj and log q̄_j are free atoms."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
            steps.verify(
                f"vanishes identically at {text}", all(_vanishes(r, statement, sizes) for r in _roots(statement, sizes))
            )
        chain_rule(steps)
        property_of_the_cone(steps)
        steps.note(
            "terms in log q depend on Q alone and add the same to dE/dt and to ⟨∇_q E, q̇⟩; inside the simplex all of q is support"
        )
        return "all n, k, d"

    return carry_out(argument)


def _vanishes(root: Expr, statement: Statement, sizes: Mapping[str, int]) -> bool:
    """Whether the expression vanishes where the rows of q sum to one: the last entry of each is 1 − the others."""
    x = statement.domain.namespace(sizes)
    mapping = {row[-1]: 1 - ex.total(row[:-1]) for row in (x.q if isinstance(x.q[0], list) else [x.q])}
    return identity(ex.substitute(root, mapping))


def faces(statement: Statement) -> Proof:
    """The whole identity for one sample on a face, at the sizes of the domain."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
            steps.verify(
                f"vanishes identically at {text}", all(_vanishes(r, statement, sizes) for r in _roots(statement, sizes))
            )
        chain_rule(steps)
        property_of_the_cone(steps)
        steps.note(
            "q̇ is the projection of −∇_q E with μ its mean over the entries that move: (46) and (47) add up to (48)"
        )
        return "all k, d and faces, one sample"

    return carry_out(argument)
