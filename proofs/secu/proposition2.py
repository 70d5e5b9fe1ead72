"""Variances of unit instances and of centres of one length, for every number of instances, clusters and dimensions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_proofs.secu.atoms import conclusion, given, text
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import proposition2 as claim
from ddcl_theory.claims.secu import proposition2_settings as settings
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

AXES = (Carriers("n", {"x": 0, "q": 0}), Carriers("d", {"x": 1}))
DRAWN = ({"g": 2, "m": 2, "d": 1}, {"g": 3, "m": 2, "d": 1}, {"g": 2, "m": 3, "d": 2}, {"g": 4, "m": 2, "d": 1})
LONE = ({"g": 1, "m": 2, "d": 1}, {"g": 1, "m": 3, "d": 2})
GIVEN = ({"k": 3, "d": 1}, {"k": 3, "d": 3}, {"k": 4, "d": 2}, {"k": 6, "d": 1}, {"k": 7, "d": 2})
TWO = ({"k": 2, "d": 1}, {"k": 2, "d": 3})


def _factor(root: Expr, value: Expr) -> int:
    """The whole number c from 1 to 9 with root = c · value; 0 where there is none."""
    return next((c for c in range(1, 10) if identity(root - c * value)), 0)


def variance_of_unit_instances(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        def rest(x: Any) -> Expr:
            return ex.total(c * (ex.norm2(row) - 1) for c, row in zip(x.q, x.x, strict=True))

        small = {"n": 2, "d": 1}
        # What is left over: with Σ q = 1 the conclusion is a multiple of Σ q (|x|² − 1).
        x = statement.domain.namespace(small)
        on_simplex = {x.q[1]: 1 - x.q[0]}
        root = ex.substitute(conclusion(steps, statement, small, "eq0").roots[0], on_simplex)
        factor = _factor(root, ex.substitute(rest(x), on_simplex))
        steps.verify("the conclusion is a multiple of Σ q (|x|² − 1) for two instances", factor > 0)

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            root = conclusion(steps, statement, sizes, "eq0").roots[0]
            return [root - factor * rest(statement.domain.namespace(sizes))], {}

        identity_for_all_sizes(steps, family, AXES, simplex="q", says="the conclusion is c Σ q (|x|² − 1)")
        for sizes in ({"n": 1, "d": 1}, {"n": 3, "d": 2}):
            steps.verify(
                f"|x| = 1 is a hypothesis at {text(sizes)}",
                given(statement, sizes, "unit-x", "eq0", lambda x: [ex.norm2(row) - 1 for row in x.x]),
            )
        return "all n, d"

    return carry_out(argument)


def _hypotheses(steps: Steps, statement: Statement, sizes: Mapping[str, int], setting: Any, *more: Any) -> None:
    wanted = (*setting.given, *more)
    holds = all(given(statement, sizes, h.id, h.relation.op, lambda x, h=h: _listed(h, x)) for h in wanted)
    steps.verify(f"{', '.join(h.id for h in wanted)} are hypotheses at {text(sizes)}", holds)


def _listed(hypothesis: Any, x: Any) -> Sequence[Expr]:
    values = hypothesis.relation.values(x)
    return values if isinstance(values, list) else [values]


def _second_moment(steps: Steps, sizes: Mapping[str, int], x: Any) -> None:
    """E|Σ_j μ_j|² = Σ_j E|μ_j|² + Σ_{i≠j} Eμ_i · Eμ_j, as an identity in the values."""
    means = [[ex.total(v[i] for v in values) / x.m for i in range(x.d)] for values in x.c]
    squares = ex.total(ex.norm2(v) for values in x.c for v in values) / x.m
    cross = ex.total(ex.dot(means[i], means[j]) for i, j in itertools.permutations(range(x.g), 2))
    moment = (1 - settings.drawn_negative(x)) * x.g**2
    steps.verify(f"E|Σ μ|² = Σ E|μ_j|² + Σ Eμ_i·Eμ_j at {text(sizes)}", identity(moment - squares - cross))


def _square_of_sum(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    v = [[ex.variable("v", j, i) for i in range(sizes["d"])] for j in range(sizes["g"])]
    whole = ex.norm2([ex.total(row[i] for row in v) for i in range(sizes["d"])])
    cross = ex.total(ex.dot(a, b) for a, b in itertools.permutations(v, 2))
    return [whole - ex.total(ex.norm2(row) for row in v) - cross], {}


def _independent_product(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    a, b = ([[ex.variable(name, s, i) for i in range(sizes["d"])] for s in range(sizes["m"])] for name in "ab")
    sums = ([ex.total(row[i] for row in rows) for i in range(sizes["d"])] for rows in (a, b))
    return [ex.total(ex.dot(u, v) for u in a for v in b) - ex.dot(*sums)], {}


def _moments(steps: Steps) -> None:
    """What `_second_moment` shows at some sizes, for every number of centres, of values and of dimensions."""
    identity_for_all_sizes(
        steps,
        _square_of_sum,
        (Carriers("g", {"v": 0}), Carriers("d", {"v": 1})),
        says="|Σ_j v_j|² = Σ_j |v_j|² + Σ_{i≠j} v_i·v_j",
    )
    identity_for_all_sizes(
        steps,
        _independent_product,
        (Carriers("m", {"a": 0, "b": 0}), Carriers("d", {"a": 1, "b": 1})),
        says="Σ_s Σ_t a_s·b_t = (Σ_s a_s)·(Σ_t b_t), so that E μ_i·μ_j = Eμ_i·Eμ_j for independent centres",
    )


def _others_balance(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """|Σ_{l≥1} μ_l|² − |μ_0|² = (Σ_{l≥1} μ_l − μ_0)·(Σ_l μ_l), which is 0 where Σ_l μ_l is."""
    first = [ex.variable("first", i) for i in range(sizes["d"])]
    rest = [ex.total(ex.variable("mu", j, i) for j in range(sizes["k"])) for i in range(sizes["d"])]
    left = ex.norm2(rest) - ex.norm2(first)
    return [left - ex.dot(ex.minus(rest, first), ex.plus(rest, first))], {}


def _balance(steps: Steps) -> None:
    identity_for_all_sizes(
        steps,
        _others_balance,
        (Carriers("k", {"mu": 0}), Carriers("d", {"mu": 1, "first": 0})),
        says="|Σ_{l≠j} μ_l|² − |μ_j|² = (Σ_{l≠j} μ_l − μ_j)·Σ_l μ_l",
    )
    steps.note("so Σ_l μ_l = 0 makes |μ̄|² = a²/(K − 1)², in every number of clusters and dimensions")


def _drawn_value(x: Any) -> Expr:
    """E Var_neg by the hypotheses: 1 − a²/(K − 1)."""
    return 1 - x.a**2 / x.g


def _drawn(
    steps: Steps, statement: Statement, op: str, value: Callable[[Any], Expr], all_sizes: Sequence[Any], *more: Any
) -> None:
    """The conclusion is c · value, c ≥ 1, once E Var_neg is 1 − a²/(K − 1)."""
    _moments(steps)
    for sizes in all_sizes:
        x = statement.domain.namespace(sizes)
        _hypotheses(steps, statement, sizes, settings.INDEPENDENT, *more)
        _second_moment(steps, sizes, x)
        root = conclusion(steps, statement, sizes, op).roots[0]
        free = ex.substitute(root, {settings.drawn_negative(x): _drawn_value(x)})
        left = any(n.op == "var" and n.data[0] == "c" for n in ex.topological([free]))
        steps.verify(
            f"with E Var_neg = 1 − a²/(K − 1) the conclusion is as claimed at {text(sizes)}",
            not left and (identity(free) if op == "eq0" else _factor(free, value(x)) > 0),
        )
    steps.note(
        "by the hypotheses Eμ = 0 and E|μ_j|² = a²; one formula in K, m and d, independence making products of means"
    )


def printed_ratio(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _drawn(steps, statement, "eq0", lambda x: ex.ZERO, (*LONE, *DRAWN))
        return "all K, m, d"

    return carry_out(argument)


def _inside(steps: Steps, statement: Statement, sizes: Mapping[str, int], setting: Any) -> None:
    h = setting.inside
    steps.verify(
        f"a < 1 is a hypothesis at {text(sizes)}",
        given(statement, sizes, h.id, h.relation.op, lambda x: _listed(h, x)),
    )


def order_independent(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        for sizes in (*LONE, *DRAWN):
            x = statement.domain.namespace(sizes)
            _inside(steps, statement, sizes, settings.INDEPENDENT)
            root = conclusion(steps, statement, sizes, "ge0").roots[0]
            steps.verify(
                f"the conclusion is a multiple of E|μ̄|² at {text(sizes)}",
                _factor(root, 1 - settings.drawn_negative(x)) > 0,
            )
        steps.note("1 − a² > 0 divides itself; a mean of squares is ≥ 0; one formula in K, m and d")
        return "all K, m, d"

    return carry_out(argument)


def theta_independent(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        def value(x: Any) -> Expr:
            return (settings.HALF - ex.lift(1) / x.g) + (1 - x.a**2) / x.g

        steps.verify("K ≥ 3 in this domain", statement.domain.sizes["g"][0] >= 2)
        _drawn(steps, statement, "ge0", value, DRAWN)
        steps.note("1 − a² > 0 by hypothesis, 1/2 − 1/(K − 1) ≥ 0 for K ≥ 3")
        return "all K ≥ 3, m, d"

    return carry_out(argument)


def theta_balanced(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _balance(steps)
        steps.verify("K ≥ 3 in this domain", statement.domain.sizes["k"][0] >= 3)
        for sizes in GIVEN:
            x = statement.domain.namespace(sizes)
            _hypotheses(steps, statement, sizes, settings.ZERO_SUM)
            root = conclusion(steps, statement, sizes, "ge0").roots[0]
            gone = _eliminated(x)
            square = (x.k - 1) ** 2
            value = (settings.HALF - ex.lift(1) / square) + (1 - settings.given_square(x)) / square
            steps.verify(
                f"with μ_0 = −Σ μ_j it is (1/2 − 1/(K − 1)²) + (1 − a²)/(K − 1)² at {text(sizes)}",
                _factor(ex.substitute(root, gone), ex.substitute(value, gone)) > 0,
            )
        steps.note("1 − a² > 0 by hypothesis, 1/2 − 1/(K − 1)² ≥ 0 for K ≥ 3; one formula in K and d")
        return "all K ≥ 3, d"

    return carry_out(argument)


def remark_independent(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        def value(x: Any) -> Expr:
            slack = settings.HALF - x.M * (1 - x.a**2)
            return slack + (settings.HALF - ex.lift(1) / x.g) + (1 - x.a**2) / x.g

        steps.verify("K ≥ 3 in this domain", statement.domain.sizes["g"][0] >= 2)
        _drawn(steps, statement, "ge0", value, DRAWN, settings.INDEPENDENT.compact)
        steps.note("1/2 − M (1 − a²) ≥ 0 and 1 − a² > 0 by hypothesis, 1/2 − 1/(K − 1) ≥ 0 for K ≥ 3")
        return "all K ≥ 3, m, d"

    return carry_out(argument)


def _eliminated(x: Any) -> dict[Expr, Expr]:
    """μ_0 = −Σ of the others."""
    return {x.mu[0][i]: -ex.total(row[i] for row in x.mu[1:]) for i in range(x.d)}


def _balanced_lead(x: Any) -> Expr:
    slack = settings.HALF - x.M * (1 - settings.given_square(x))
    return slack + (settings.HALF - ex.lift(1) / (x.k - 1) ** 2) + (1 - settings.given_square(x)) / (x.k - 1) ** 2


def balanced_ratio(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _balance(steps)
        for sizes in (*TWO, *GIVEN):
            x = statement.domain.namespace(sizes)
            _hypotheses(steps, statement, sizes, settings.ZERO_SUM)
            root = conclusion(steps, statement, sizes, "eq0").roots[0]
            steps.verify(
                f"with μ_0 = −Σ μ_j it is an identity at {text(sizes)}", identity(ex.substitute(root, _eliminated(x)))
            )
        steps.note("what is left is the same rational function of K and a² at all sizes")
        return "all K, d"

    return carry_out(argument)


def remark_balanced(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _balance(steps)
        steps.verify("K ≥ 3 in this domain", statement.domain.sizes["k"][0] >= 3)
        for sizes in GIVEN:
            x = statement.domain.namespace(sizes)
            _hypotheses(steps, statement, sizes, settings.ZERO_SUM, settings.ZERO_SUM.compact)
            root = conclusion(steps, statement, sizes, "ge0").roots[0]
            gone = _eliminated(x)
            steps.verify(
                f"with μ_0 = −Σ μ_j it is a sum of three terms at {text(sizes)}",
                _factor(ex.substitute(root, gone), ex.substitute(_balanced_lead(x), gone)) > 0,
            )
        steps.note("1/2 − M (1 − a²) ≥ 0 and 1 − a² > 0 by hypothesis, 1/2 − 1/(K − 1)² ≥ 0 for K ≥ 3")
        return "all K ≥ 3, d"

    return carry_out(argument)


def _order_given(setting: Any) -> Callable[[Statement], Proof]:
    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for sizes in (*TWO, *GIVEN):
                x = statement.domain.namespace(sizes)
                _inside(steps, statement, sizes, setting)
                root = conclusion(steps, statement, sizes, "ge0").roots[0]
                steps.verify(
                    f"the conclusion is a multiple of |μ̄|² at {text(sizes)}",
                    _factor(root, 1 - settings.given_negative(x)) > 0,
                )
            steps.note("1 − a² > 0 divides itself; |μ̄|² ≥ 0; one formula in K and d")
            return "all K, d"

        return carry_out(argument)

    return prove


order_balanced = _order_given(settings.ZERO_SUM)
order_any = _order_given(settings.ANY)


def _lagrange(steps: Steps, statement: Statement, op: str, share: Callable[[Any], Expr]) -> None:
    """(K − 1)² (Var_neg − Var_pos) is the sum over pairs, by the equal lengths; the conclusion is c times `share`."""
    lagrange.verify(steps)
    for sizes in (*TWO, *GIVEN):
        x = statement.domain.namespace(sizes)
        _hypotheses(steps, statement, sizes, settings.ANY)
        lengths = ex.total(ex.norm2(row) - ex.norm2(x.mu[0]) for row in x.mu[1:])
        steps.verify(
            f"(K − 1)² (Var_neg − Var_pos) = Σ_(i<l) |μ_i − μ_l|² for equal lengths at {text(sizes)}",
            identity(claim.spread_gap(x) + (x.k - 1) * lengths),
        )
        root = conclusion(steps, statement, sizes, op).roots[0]
        steps.verify(f"the conclusion follows from it at {text(sizes)}", _factor(root, share(x)) > 0)
    steps.note("one formula in K and d")


def spread_ratio(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _lagrange(steps, statement, "eq0", claim.spread_gap)
        return "all K, d"

    return carry_out(argument)


def never_smaller(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _lagrange(steps, statement, "ge0", claim.never_smaller)
        steps.note("squares are at least 0")
        return "all K, d"

    return carry_out(argument)
