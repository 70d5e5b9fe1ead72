"""Where S_q grows with T or with uniformity: its trace for every k, everything for k = 2, and the rate for every v."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_proofs.ddcl.shares import AXES, antitone_weights, demand, equals, on_the_simplex, unanchored
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.covariance_monotone import after, before
from ddcl_theory.claims.ddcl.force import principal_minors
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

PLACES = ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1})
OTHERS = (Carriers("others", {"rest": 0}),)


def uncertainty_slope(q: Sequence[Expr], d: Sequence[Expr]) -> Expr:
    """2 Σ_{i<j} q_i q_j (q_i − q_j)(d_j − d_i)."""
    return 2 * ex.total(q[i] * q[j] * (q[i] - q[j]) * (d[j] - d[i]) for j in range(len(q)) for i in range(j))


def rises_with_temperature(steps: Steps, root: Callable[[Mapping[str, int]], tuple[Any, Expr]]) -> None:
    """Verify that an expression vanishes at T2 = T1 and has the slope of tr S_q, or of a multiple, in T2."""

    def slope(c: Expr, sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
        x, e = root(sizes)
        value = ex.differentiate(unanchored(e, x, (x.T1, x.T2)), x.T2)
        value, labels = weights(x.T2**2 * value, x, temperature=x.T2, anchor=ex.ZERO)
        return [value - c * uncertainty_slope(list(labels), a.distances(x.z, x.p))], labels

    for sizes in PLACES:
        x, e = root(sizes)
        same = ex.substitute(unanchored(e, x, (x.T1, x.T2)), {x.T2: x.T1})
        steps.verify(f"it vanishes at T2 = T1, k = {x.k}, d = {x.d}, as a difference of one function", identity(same))
    # A trace, or the sum of the products of pairs, half of it.
    x, e = root({"k": 2, "d": 1})
    half = identity(unanchored(e - _pair_products(x), x, (x.T1, x.T2)))
    factor = ex.lift(1) / 2 if half else ex.ONE
    identity_for_all_sizes(
        steps, lambda sizes: slope(factor, sizes), AXES, simplex=WEIGHT,
        says="T2² d/dT2 is a positive multiple of Σ_{i<j} q_i q_j (q_i − q_j)(d_j − d_i) at T2",
    )  # fmt: skip
    antitone_weights(steps)


def _pair_products(x: Any) -> Expr:
    """Σ_{i<j} q_i q_j at the softer assignment less that at the harder one."""

    def products(q: Sequence[Expr]) -> Expr:
        return ex.total(q[i] * q[j] for j in range(len(q)) for i in range(j))

    return products(after(x)) - products(before(x))


def trace_T(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _hotter(steps, statement)
        _one(steps, statement)

        def root(sizes: Mapping[str, int]) -> tuple[Any, Expr]:
            return statement.domain.namespace(sizes), statement.trace(sizes)[1].roots[0]

        rises_with_temperature(steps, root)
        steps.note("zero at T2 = T1 with a derivative ≥ 0 beyond, it is ≥ 0 by the mean value theorem")
        return ALL_SIZES

    return carry_out(argument)


def _one(steps: Steps, statement: Statement) -> None:
    traced = statement.trace(statement.smallest_sizes())[1]
    steps.verify("the conclusion is one expression that should be ≥ 0", (traced.op, len(traced.roots)) == ("ge0", 1))


def _hotter(steps: Steps, statement: Statement) -> None:
    places = [s for s in PLACES if s["k"] <= max(2, statement.domain.sizes["k"][1])]
    demand(steps, statement, "hotter", "gt0", lambda x: [x.T2 - x.T1], "T2 > T1 is a hypothesis", places)


def trace_t(statement: Statement) -> Proof:
    """The step of averaging raises tr S_q by 2t(1−t)(q_1 − q_2)²."""

    def argument(steps: Steps) -> str:
        _one(steps, statement)
        _share(steps, statement)

        def gain(sizes: Mapping[str, int], c: Expr) -> Expr:
            x = statement.domain.namespace(sizes)
            rest = {w: ex.variable("rest", j) for j, w in enumerate(x.q[2:])}
            value = statement.trace(sizes)[1].roots[0] - c * x.t * (1 - x.t) * (x.q[0] - x.q[1]) ** 2
            return ex.substitute(value, rest)

        half = identity(gain({"k": 2}, ex.ONE))
        factor = ex.ONE if half else ex.lift(2)
        steps.verify("two entries: it is a positive multiple of t(1 − t)(q_1 − q_2)²", identity(gain({"k": 2}, factor)))
        identity_for_all_sizes(
            steps, lambda sizes: ([gain({"k": sizes["others"] + 2}, factor)], {}), OTHERS,
            says="with other entries: it is the same multiple of t(1 − t)(q_1 − q_2)²",
        )  # fmt: skip
        steps.note("majorisation is a chain of such steps (Hardy, Littlewood, Pólya), up to the order of the entries")
        return ALL_SIZES

    return carry_out(argument)


def _share(steps: Steps, statement: Statement) -> None:
    demand(steps, statement, "share", "ge0", lambda x: [x.t, 1 - x.t], "0 ≤ t ≤ 1 is a hypothesis", [{"k": 2, "d": 1}])


def grows_for_two(steps: Steps, statement: Statement) -> None:
    """α_2 ≥ α_1 ≥ 0 for α = q_1 q_2, half of the trace, by what the paths do for every k."""
    if statement.domain.variables[0].name == "q":
        _share(steps, statement)
        on_the_simplex(steps, statement, "q")
        x = statement.domain.namespace({"k": 2, "d": 1})
        gain = alpha(after(x)) - alpha(before(x)) - x.t * (1 - x.t) * (x.q[0] - x.q[1]) ** 2
        steps.verify("α = q_1 q_2 gains t(1 − t)(q_1 − q_2)²", identity(gain))
    else:
        _hotter(steps, statement)

        def root(sizes: Mapping[str, int]) -> tuple[Any, Expr]:
            x = statement.domain.namespace(sizes)
            return x, _pair_products(x)

        rises_with_temperature(steps, root)
        steps.note("so α = q_1 q_2 does not fall, by the mean value theorem")


def alpha(q: Sequence[Expr]) -> Expr:
    return q[0] * q[1]


def _for_two(value: Callable[[Any, Expr, Expr], Expr], says: str) -> Callable[[Statement], Proof]:
    """The conclusion at k = 2 as a function of α_1, α_2, visibly ≥ 0 where α_2 ≥ α_1 ≥ 0."""

    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            steps.verify("two prototypes", tuple(statement.domain.sizes["k"]) == (2, 2))
            _one(steps, statement)
            grows_for_two(steps, statement)
            sizes = statement.smallest_sizes()
            x = statement.domain.namespace(sizes)
            root = statement.trace(sizes)[1].roots[0]
            hard, soft = before(x), after(x)
            difference = root - value(x, alpha(hard), alpha(soft))
            if statement.domain.variables[0].name == "q":
                difference = ex.substitute(difference, {x.q[1]: 1 - x.q[0]})
            else:
                names = {hard[0]: ex.variable("q_1 of T1"), soft[0]: ex.variable("q_1 of T2")}
                names |= {hard[1]: 1 - names[hard[0]], soft[1]: 1 - names[soft[0]]}
                difference = ex.substitute(difference, names)
            steps.verify(says, identity(difference))
            given = {h.id: t for h, t in statement.trace(sizes)[0]}
            if hasattr(x, "c"):
                wanted = tuple(principal_minors(u.below(x.c, u.covariance(soft))))
                steps.verify(
                    "c I − S ⪰ 0 is a hypothesis at the softer assignment",
                    "bound" in given and given["bound"].op == "ge0" and given["bound"].roots == wanted,
                )
                steps.note("its vector (1, −1) gives c ≥ 2α_2 ≥ 2α_1 ≥ 0")
            return "all d, k = 2"

        return carry_out(argument)

    return prove


def _gap2(v: Sequence[Expr]) -> Expr:
    return (v[0] - v[1]) ** 2


two_loewner = _for_two(lambda x, hard, soft: (soft - hard) * _gap2(x.v), "the conclusion is (α_2 − α_1)(v_1 − v_2)²")
two_frobenius = _for_two(
    lambda x, hard, soft: 4 * (soft - hard) * (soft + hard), "the conclusion is 4(α_2 − α_1)(α_2 + α_1)"
)
two_operator = _for_two(
    lambda x, hard, soft: (x.c * (x.v[0] + x.v[1]) ** 2 + (x.c - 2 * hard) * _gap2(x.v)) / 2,
    "the conclusion is {c (v_1 + v_2)² + (c − 2α_1)(v_1 − v_2)²}/2",
)


def rate(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        equals(steps, statement, "eq0", lambda x, q: ex.ZERO, "the rate, with free weights", anchored=True)
        return ALL_SIZES

    return carry_out(argument)
