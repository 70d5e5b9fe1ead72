"""The frozen flows and their subspaces, for every n and d: each conclusion is a sum of multiples of the hypotheses.

The multiples are written down; that they add up to the conclusion is an identity, which the support lemma lifts to
all sizes. A conclusion with one value for each index of an axis is contracted with free numbers first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

Equations = Mapping[str, tuple[Expr, ...]]
Combination = Callable[[Any, Equations], Expr]

N = Carriers("n", {"z": 0, "y": 0, "q": 0, "o": 0, "u": 0, "f": 0, "a": 0, "b": 0, "l": 0, "test n": 0})
D = Carriers("d", {"z": 1, "w": 0, "v": 0, "c": 0, "r": 0, "g": 0, "p": 0, "l": 1, "test d": 0})
AXES = (N, D)


def equations(statement: Statement, sizes: Mapping[str, int]) -> dict[str, tuple[Expr, ...]]:
    """The expressions that the hypotheses make zero, by the name of the hypothesis."""
    return {h.id: t.roots for h, t in statement.trace(sizes)[0] if t.op == "eq0"}


def contracted(roots: tuple[Expr, ...], along: str, square: bool) -> Expr:
    """Σ_i τ_i f_i with free τ, or Σ_i f_i²."""
    if square:
        return ex.norm2(roots)
    return ex.total(ex.variable(f"test {along}", i) * f for i, f in enumerate(roots))


def combines(
    steps: Steps,
    statement: Statement,
    needs: tuple[str, ...],
    combination: Combination,
    axes: tuple[Carriers, ...] = AXES,
    along: str = "",
    square: bool = False,
    says: str = "the conclusion is a sum of multiples of the hypotheses",
) -> None:
    """Verify conclusion = factor · combination for all sizes, the factor being 1 or 2 (1 or 4 for squares).

    along: the axis of a conclusion with one value an index.  square: the sum of the squares of the conclusion's values is the
        combination, so that each of them is zero.
    """
    small = {a.axis: 2 for a in axes}
    given, conclusion = equations(statement, small), statement.trace(small)[1]
    steps.verify(f"the hypotheses {', '.join(needs)} are equations", all(h in given for h in needs))
    steps.verify(
        "the conclusion is an equation", conclusion.op == "eq0" and (bool(along) or len(conclusion.roots) == 1)
    )

    def gap(sizes: Mapping[str, int], factor: int) -> Expr:
        x = statement.domain.namespace(sizes)
        roots = statement.trace(sizes)[1].roots
        left = contracted(roots, along, square) if along else (roots[0] ** 2 if square else roots[0])
        return left - factor * combination(x, equations(statement, sizes))

    factor = next((m for m in ((1, 4) if square else (1, 2)) if identity(gap(small, m))), 0)
    steps.verify(f"{says}, at size 2", factor > 0)
    identity_for_all_sizes(steps, lambda sizes: ([gap(sizes, factor)], {}), axes, says=says)
    if square:
        steps.note("a sum of real squares that is zero has every term zero")


def _matched(roots: tuple[Expr, ...], wanted: Any, along: str) -> Expr:
    """Zero iff the roots are what is wanted: one value, or one for each index of an axis."""
    values = [ex.lift(w) for w in wanted]
    if len(roots) != len(values) or not (along or len(roots) == 1):
        return ex.ONE
    return contracted(tuple(ex.minus(roots, values)), along, square=False) if along else roots[0] - values[0]


def assumes(
    steps: Steps,
    statement: Statement,
    op: str,
    wanted: Callable[[Any], Any],
    says: str,
    axes: tuple[Carriers, ...] = AXES,
    along: str = "",
) -> None:
    """Verify for all sizes that `wanted` stands in the relation `op` to 0 by hypothesis."""
    small = {a.axis: 2 for a in axes}
    values = wanted(statement.domain.namespace(small))
    name = next(
        (h.id for h, t in statement.trace(small)[0] if t.op == op and identity(_matched(t.roots, values, along))), None
    )
    steps.verify(f"{says} by hypothesis, at size 2", name is not None)

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        found = next(t for h, t in statement.trace(sizes)[0] if h.id == name)
        return [_matched(found.roots, wanted(statement.domain.namespace(sizes)), along)], {}

    identity_for_all_sizes(steps, family, axes, says=f"{says} by hypothesis")


def concludes(
    steps: Steps,
    statement: Statement,
    op: str,
    wanted: Callable[[Any], Any],
    says: str,
    axes: tuple[Carriers, ...] = AXES,
    along: str = "",
) -> None:
    """Verify for all sizes that the conclusion is that `wanted`, or twice that, stands in the relation `op` to 0."""

    def gap(sizes: Mapping[str, int], factor: int) -> Expr:
        x = statement.domain.namespace(sizes)
        return _matched(statement.trace(sizes)[1].roots, ex.scaled(factor, wanted(x)), along)

    small = {a.axis: 2 for a in axes}
    factor = next((m for m in (1, 2) if identity(gap(small, m))), 0)
    steps.verify(f"{says}, once or twice, is the conclusion at size 2", statement.conclusion.op == op and factor > 0)
    identity_for_all_sizes(steps, lambda sizes: ([gap(sizes, factor)], {}), axes, says=f"the conclusion is {says}")


def consequence(statement: Statement, needs: tuple[str, ...], combination: Combination, **options: Any) -> Proof:
    """A proof that consists of such a combination."""
    axes = options.get("axes", AXES)

    def argument(steps: Steps) -> str:
        combines(steps, statement, needs, combination, **options)
        return f"all {', '.join(a.axis for a in axes)}"

    return carry_out(argument)


def along_test(values: Any, axis: str) -> Expr:
    """Σ_i τ_i values_i."""
    return contracted(tuple(ex.lift(v) for v in values), axis, square=False)


def solves_base_flow(steps: Steps) -> None:
    """W(t) = μ + x(W(0) − μ), x = e^{−t}, obeys Ẇ = −x dW/dx = μ − W and W = W(0) at x = 1."""
    w, c, x = (ex.variable(name) for name in ("w", "c", "x"))
    path = sub.base_path([w], [c], x)[0]
    steps.verify(
        "the path obeys Ẇ = μ − W", identity(-x * ex.differentiate(path, x) - sub.base_velocity([path], [c])[0])
    )
    steps.verify("the path starts at W(0)", identity(ex.substitute(path, {x: ex.ONE}) - w))


def base_decays(statement: Statement) -> Proof:
    """v·W(t) − x v·W(0) = (1 − x) Σ_n α_n (v·x_n)."""

    def argument(steps: Steps) -> str:
        solves_base_flow(steps)
        combines(steps, statement, ("orthogonal",), lambda x, e: (1 - x.x) * ex.dot(x.q, e["orthogonal"]))
        return "all n, d"

    return carry_out(argument)


def base_tends(statement: Statement) -> Proof:
    """At x = 0 the path is μ, and v·μ = Σ_n α_n (v·x_n)."""

    def argument(steps: Steps) -> str:
        solves_base_flow(steps)
        combines(steps, statement, ("orthogonal",), lambda x, e: ex.dot(x.q, e["orthogonal"]))
        return "all n, d"

    return carry_out(argument)


def dual_keeps(statement: Statement) -> Proof:
    """u·Ω̇ = −(Xu)·(XΩ − c)."""
    return consequence(statement, ("null",), lambda x, e: -ex.dot(e["null"], ex.minus(row_of(x.z, x.o), x.c)))


def output_stays(statement: Statement) -> Proof:
    """v·XΩ = Σ_n Ω_n (v·x_n)."""
    return consequence(statement, ("orthogonal",), lambda x, e: ex.dot(x.o, e["orthogonal"]))
