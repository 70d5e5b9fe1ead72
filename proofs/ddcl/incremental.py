"""The projection onto the simplex and the Widrow–Hoff step, for every k.

nearest: |v − y|² − |v − w|² = |y − w|² + 2 Σ ν_j y_j, a family in the support and its complement.
keeps, stops: the number that the sorting looks at, with the counts of entries as free numbers.
closer, falls: the step before the projection is an identity, the projection gives 2 Σ ν_j y_j ≥ 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.ddcl import incremental as claim
from ddcl_theory.claims.ddcl import incremental_projection as projection
from ddcl_theory.domain import Domain, nonnegative, real
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cauchy
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out
from ddcl_theory.relation import at_least_zero

SIDES = (Carriers("s", {"w": 0, "b": 0}), Carriers("e", {"nu": 0, "c": 0}))
KAPPA = ex.variable("kappa")


def _is_multiple(
    steps: Steps,
    statement: Statement,
    op: str,
    wanted: Callable[[Any, int], list[Expr]],
    sizes: list[dict[str, int]],
    says: str,
) -> int:
    """Verify that the conclusion is, node by node, the wanted formula times a whole number > 0, and return it."""

    def fits(factor: int) -> bool:
        traced = [statement.trace(s)[1] for s in sizes]
        return all(
            t.op == op and list(t.roots) == wanted(statement.domain.namespace(s), factor)
            for t, s in zip(traced, sizes, strict=True)
        )

    factor = next((f for f in range(1, 10) if fits(f)), 0)
    steps.verify(f"{says}, as the formula stands at {len(sizes)} sizes", factor > 0)
    return factor


def _kinds(steps: Steps, statement: Statement, wanted: Mapping[str, tuple[str, ...]]) -> None:
    kinds = {v.name: v.kind for v in statement.domain.variables}
    for name, allowed in wanted.items():
        steps.verify(f"{name} is {allowed[0]}", kinds.get(name) in allowed)


def obtuse(steps: Steps) -> None:
    """|v − y|² − |v − w|² = |y − w|² + 2 Σ ν_j y_j for w + τ − ν = v, every support and every complement."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = projection.POINTS.namespace(sizes)
        mass = ex.total(x.b) + ex.total(x.c)
        y = [entry / mass for entry in (*x.b, *x.c)]
        w = [*x.w, *[ex.ZERO] * len(x.nu)]
        return [projection.farther(x) - ex.norm2(ex.minus(y, w)) - 2 * ex.dot(x.nu, y[len(x.w) :])], {}

    identity_for_all_sizes(steps, family, SIDES, simplex="w", says="|v − y|² − |v − w|² = |y − w|² + 2 Σ ν_j y_j")


def nearest(statement: Statement) -> Proof:
    """The sum is ≥ 0."""

    def argument(steps: Steps) -> str:
        sizes = [{"s": s, "e": e} for s, e in ((1, 1), (2, 1), (2, 3), (3, 2))]
        _is_multiple(
            steps,
            statement,
            "ge0",
            lambda x, f: [projection.farther(x, f)],
            sizes,
            "the conclusion is a multiple of |v − y|² − |v − w|²",
        )
        wanted = {"w": ("simplex",), "nu": ("nonnegative",), "b": ("positive",), "c": ("nonnegative",)}
        _kinds(steps, statement, wanted)
        obtuse(steps)
        steps.note("|y − w|² ≥ 0, ν ≥ 0 and y ≥ 0")
        return "all k, every support"

    return carry_out(argument)


def keeps(statement: Statement) -> Proof:
    """On the support the number is (h + 1) w + Σ tail over the mass."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = projection.KEPT.namespace(sizes)
        mass = ex.total(x.head) + x.w + ex.total(x.tail)
        value = (KAPPA + 1) * (x.w / mass + x.tau) + 1 - (ex.total(x.head) / mass + x.w / mass + (KAPPA + 1) * x.tau)
        return [value - ((KAPPA + 1) * x.w + ex.total(x.tail)) / mass], {}

    def argument(steps: Steps) -> str:
        sizes = [{"h": h, "t": t} for h, t in ((0, 0), (1, 1), (2, 1), (3, 2))]
        _is_multiple(
            steps,
            statement,
            "gt0",
            lambda x, f: [projection.kept(x, scale=f)],
            sizes,
            "the conclusion is a multiple of j v_j + 1 − Σ_{i≤j} v_i",
        )
        _kinds(steps, statement, {"w": ("positive",), "head": ("nonnegative",), "tail": ("nonnegative",)})
        axes = (Carriers("h", {"head": 0}), Carriers("t", {"tail": 0}))
        identity_for_all_sizes(
            steps, family, axes, says="it is ((κ + 1) w + Σ tail)/mass, κ the number of entries before"
        )
        steps.note("w > 0 and the rest is ≥ 0")
        return "all k, every support"

    return carry_out(argument)


def stops(statement: Statement) -> Proof:
    """Beyond the support the number is −s ν − Σ (ν − ν_l)."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = projection.BEYOND.namespace(sizes)
        support, between = KAPPA, ex.variable("between")
        tau, nu = x.tau, x.nu
        total = ex.total(x.w) + (support + between) * tau - ex.total(x.before) + tau - nu
        value = (support + between + 1) * (tau - nu) + 1 - total
        return [value + support * nu + between * nu - ex.total(x.before)], {}

    def argument(steps: Steps) -> str:
        sizes = [{"s": s, "m": m} for s, m in ((1, 0), (1, 2), (2, 1), (3, 2))]
        _is_multiple(
            steps,
            statement,
            "ge0",
            lambda x, f: [projection.beyond(x, scale=f)],
            sizes,
            "the conclusion is a multiple of −(j v_j + 1 − Σ_{i≤j} v_i)",
        )
        _kinds(steps, statement, {"w": ("simplex",), "nu": ("nonnegative",)})
        for s in sizes:
            given, x = {h.id: t for h, t in statement.trace(s)[0]}, statement.domain.namespace(s)
            if given.get("sorted") != projection.SORTED.relation.trace(x):
                steps.verify(f"ν_l ≤ ν for the entries before is a hypothesis (at {s})", False)
        axes = (Carriers("s", {"w": 0}), Carriers("m", {"before": 0}))
        identity_for_all_sizes(
            steps, family, axes, simplex="w", says="it is −s ν − (m ν − Σ ν_l), the two counts as free numbers"
        )
        steps.note("s ν ≥ 0 and m ν − Σ ν_l = Σ (ν − ν_l) ≥ 0")
        return "all k, every support"

    return carry_out(argument)


def free_step(steps: Steps) -> None:
    """|u + η e g|² = |u|² − η e² (2 − η |g|²) with e = −g·u, for every length."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        u, g = ([ex.variable(name, i) for i in range(sizes["k"])] for name in ("u", "g"))
        eta, e = ex.variable("eta"), -ex.dot(g, u)
        moved = ex.norm2(ex.plus(u, ex.scaled(eta * e, g)))
        return [moved - ex.norm2(u) + eta * e**2 * (2 - eta * ex.norm2(g))], {}

    identity_for_all_sizes(steps, family, (Carriers("k", {"u": 0, "g": 0}),), says="|u + η e g|², e = −g·u")


STEP_SIZES = [{"k": 2}, {"k": 3}, {"k": 4}]


def closer(statement: Statement) -> Proof:
    """The distance to a solution falls by at least η e² (2 − η |r − r̄|²)."""

    def argument(steps: Steps) -> str:
        _is_multiple(
            steps,
            statement,
            "ge0",
            lambda x, f: [claim.closer(x, scale=f)],
            STEP_SIZES,
            "the conclusion is a multiple of |q − y|² − |q⁺ − y|² − η e² (2 − η |r − r̄|²)",
        )
        _kinds(steps, statement, {"q": ("simplex", "sum-one"), "y": ("simplex",)})
        free_step(steps)
        steps.note("u = q − y, g = r − r̄: Σu = 0 gives g·u = r·u = −e, and Π(v) = Π(v − c 1) for every number c")
        obtuse(steps)
        steps.note("so |q⁺ − y|² ≤ |v − y|² − |v − q⁺|² ≤ |v − y|² = |u + η e g|², with v = q + η e g")
        return ALL_SIZES

    return carry_out(argument)


SCALARS = Domain((nonnegative("ee"), real("delta"), nonnegative("moved"), nonnegative("eta"), nonnegative("power")))


def falls(statement: Statement) -> Proof:
    """The error of the row falls where η |r − r̄|² ≤ 2."""

    def argument(steps: Steps) -> str:
        _is_multiple(
            steps,
            statement,
            "ge0",
            lambda x, f: [claim.falls(x, f)],
            STEP_SIZES,
            "the conclusion is a multiple of e² before less e² after",
        )
        _kinds(steps, statement, {"q": ("simplex",), "eta": ("nonnegative",)})
        for s in STEP_SIZES:
            given, x = {h.id: t for h, t in statement.trace(s)[0]}, statement.domain.namespace(s)
            if given.get("step") != claim.BELOW.relation.trace(x):
                steps.verify(f"η |r − r̄|² ≤ 2 is a hypothesis (at {s})", False)
        steps.verify("η |r − r̄|² ≤ 2 is a hypothesis", True)
        obtuse(steps)
        steps.note("with y = q: |q⁺ − q|² ≤ (v − q)·(q⁺ − q) = η e r·(q⁺ − q) = η δ")
        cauchy.verify(steps)
        steps.note("δ² = e² ((r − r̄)·(q⁺ − q))² ≤ e² |r − r̄|² |q⁺ − q|², and e after is e − r·(q⁺ − q) = e − δ/e")
        bounds = (
            at_least_zero(lambda x: x.eta * x.delta - x.moved),
            at_least_zero(lambda x: x.ee * x.power * x.moved - x.delta**2),
            at_least_zero(lambda x: 2 - x.eta * x.power),
        )
        given = tuple(Hypothesis(f"h{i}", "", r) for i, r in enumerate(bounds))
        wanted = at_least_zero(lambda x: 2 * x.ee * x.delta - x.delta**2)
        decide(steps, Statement(SCALARS, wanted, given), {}, "then e² (e² − (e − δ/e)²) = 2 e² δ − δ² ≥ 0")
        steps.note("where e = 0 nothing moves")
        return ALL_SIZES

    return carry_out(argument)


def stays(statement: Statement) -> Proof:
    """With z_t = r·q the error is 0, and the projection of a point of the simplex is that point."""

    def argument(steps: Steps) -> str:
        _is_multiple(
            steps,
            statement,
            "eq0",
            lambda x, f: claim.stays(x, f),
            STEP_SIZES,
            "the conclusion is a multiple of Π(q + η e r) − q with e = r·q − r·q",
        )
        _kinds(steps, statement, {"q": ("simplex",)})
        obtuse(steps)
        steps.note("e = 0; and v = q is w + τ − ν with w = q, τ = 0, ν = 0, so that q is the nearest point to itself")
        return ALL_SIZES

    return carry_out(argument)
