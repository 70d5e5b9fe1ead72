"""Labels at given prices, for any number of instances and clusters.

With gap_ij = Σ_{l≠j} u_il (c_ij − ρ_j − c_il + ρ_l), on Σv = Σu = 1:
    Λ(v, ρ) − Λ(u, ρ) = Σ v_ij gap_ij,     Σ v c − Λ(u, ρ) = Σ v_ij gap_ij + Σ_j ρ_j (Σ_i v_ij − β).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ddcl_proofs.secu import declared
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.claims.secu import size_constraint as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out

SCOPE = "all n, k"
NAMES = ("c", "u", "v", "w")


def _axes() -> tuple[Carriers, Carriers]:
    return Carriers("n", dict.fromkeys(NAMES, 0)), Carriers("k", {**dict.fromkeys(NAMES, 1), "rho": 0})


def _vanishing(x: Any, v: Any) -> Expr:
    """What Σ_j v_ij = Σ_l u_il = 1 makes zero in Σ v_ij gap_ij."""
    value = ex.ZERO
    for row, label, costs in zip(v, x.u, x.c, strict=True):
        reduced = ex.minus(costs, x.rho)
        value = value + ex.dot(row, reduced) * (ex.total(label) - 1) - ex.dot(label, reduced) * (ex.total(row) - 1)
    return value


def _weighted_gaps(x: Any, v: Any) -> Expr:
    return ex.dot([s for row in v for s in row], claim.gaps(x))


def _difference(
    steps: Steps, statement: Statement, value: Callable[[Any], Expr], shares: str, slack: bool, says: str
) -> None:
    """value = Σ v gap (+ Σ ρ (Σ v − β)) for all n and k; β = γn/k as a free number."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = statement.domain.namespace(sizes)
        v = getattr(x, shares)
        bound = ex.variable("beta")
        free = x.gamma * Fraction(x.n, x.k)
        wanted = _weighted_gaps(x, v) - _vanishing(x, v)
        if slack:
            wanted = wanted + ex.dot(x.rho, claim.room(x, v))
        return [ex.substitute(value(x) - wanted, {free: bound})], {}

    identity_for_all_sizes(steps, family, _axes(), says=says)


def _common(steps: Steps, statement: Statement, shares: str) -> None:
    declared.kinds(steps, statement, {shares: "simplex", "u": "simplex", "rho": "nonnegative"})
    declared.given(steps, statement, (claim.RULE,), declared.examined(statement))


def minimises(statement: Statement) -> Proof:
    """Λ(v, ρ) − Λ(u, ρ) ≥ 0."""

    def argument(steps: Steps) -> str:
        def wanted(x: Any, f: int) -> list[Expr]:
            return [claim.lower(x, f)]

        declared.conclusion(
            steps, statement, "ge0", wanted, declared.examined(statement), "a multiple of Λ(v, ρ) − Λ(u, ρ)"
        )
        _common(steps, statement, "v")
        _difference(steps, statement, claim.lower, "v", False, "Λ(v, ρ) − Λ(u, ρ) = Σ v_ij gap_ij on Σv = Σu = 1")
        steps.note("gap ≥ 0 by the rule, v ≥ 0")
        return SCOPE

    return carry_out(argument)


def weak_duality(statement: Statement) -> Proof:
    """Σ v c − Λ(u, ρ) ≥ 0 for feasible v."""

    def argument(steps: Steps) -> str:
        def value(x: Any) -> Expr:
            return lb.cost(x.c, x.v) - claim.lagrangian(x, x.u)

        declared.conclusion(
            steps,
            statement,
            "ge0",
            lambda x, f: [value(x) if f == 1 else f * value(x)],
            declared.examined(statement),
            "a multiple of Σ v c − Λ(u, ρ)",
        )
        _common(steps, statement, "v")
        declared.given(steps, statement, (claim.V_FEASIBLE,), declared.examined(statement))
        _difference(steps, statement, value, "v", True, "Σ v c − Λ(u, ρ) = Σ v_ij gap_ij + Σ_j ρ_j (Σ_i v_ij − β)")
        steps.note("gap ≥ 0 by the rule; v, ρ ≥ 0; v is feasible")
        return SCOPE

    return carry_out(argument)


def solves(statement: Statement) -> Proof:
    """Σ v c − Σ u c ≥ 0 where Σ_j ρ_j (Σ_i u_ij − β) = 0."""

    def argument(steps: Steps) -> str:
        def wanted(x: Any, f: int) -> list[Expr]:
            return [claim.cheaper(x, f)]

        declared.conclusion(
            steps, statement, "ge0", wanted, declared.examined(statement), "a multiple of Σ v c − Σ u c"
        )
        _common(steps, statement, "v")
        declared.given(steps, statement, (claim.V_FEASIBLE, claim.SLACK), declared.examined(statement))

        def value(x: Any) -> Expr:
            return claim.cheaper(x) + ex.dot(x.rho, claim.room(x, x.u))

        _difference(
            steps,
            statement,
            value,
            "v",
            True,
            "Σ v c − Σ u c + Σ_j ρ_j (Σ_i u_ij − β) = Σ v_ij gap_ij + Σ_j ρ_j (Σ_i v_ij − β)",
        )
        steps.note("the sum on the left is 0 by complementary slackness; gap ≥ 0 by the rule; v, ρ ≥ 0; v is feasible")
        return SCOPE

    return carry_out(argument)


def feasible_if_unique(statement: Statement) -> Proof:
    """Σ w c = Λ(u, ρ) leaves w no share off the argmin, so w = u."""

    def argument(steps: Steps) -> str:
        sizes = declared.examined(statement)
        declared.conclusion(
            steps,
            statement,
            "ge0",
            lambda x, f: [f * m for m in claim.room(x, x.u)],
            sizes,
            "a multiple of Σ_i u_ij − β for every j",
        )
        _common(steps, statement, "w")
        declared.given(steps, statement, (claim.HOT, claim.FEASIBLE, claim.OPTIMAL, claim.UNIQUE), sizes)

        def value(x: Any) -> Expr:
            return lb.cost(x.c, x.w) - claim.lagrangian(x, x.u)

        _difference(steps, statement, value, "w", True, "Σ w c − Λ(u, ρ) = Σ w_ij gap_ij + Σ_j ρ_j (Σ_i w_ij − β)")
        steps.note(
            "the left side is 0 by hypothesis, and all terms on the right are ≥ 0: w_ij gap_ij = 0 for all i and j"
        )
        steps.note("gap_ij + u_ij > 0, so gap_ij > 0 where u_ij = 0, and w_ij = 0 there")
        steps.note("a row of w sums to 1 and has only the entry of u's label: w = u, and w is feasible")
        return SCOPE

    return carry_out(argument)


def even(statement: Statement) -> Proof:
    """The smallest of k sizes with sum n is at most ⌊n/k⌋, and ⌊n/k⌋ where sizes differ by at most 1."""

    def argument(steps: Steps) -> str:
        sizes = [{"n": n, "k": k} for n in range(1, 8) for k in range(1, 5)]
        declared.conclusion(
            steps,
            statement,
            "ge0",
            lambda x, f: [claim.nearly(x, f)],
            sizes,
            "a multiple of the largest smallest size less γn/k − (k − 1)/k",
        )
        declared.given(steps, statement, (claim.AT_MOST_ONE,), sizes)
        for s in sizes:
            n, k = s["n"], s["k"]
            whole, rest = divmod(n, k)
            fair = (whole + 1,) * rest + (whole,) * (k - rest)
            listed = list(lb.partitions(n, k))
            holds = fair in listed and min(fair) == whole and all(sum(p) == n and min(p) <= whole for p in listed)
            if not holds:
                steps.verify(
                    f"the even sizes are among those listed, and no smallest size is above ⌊n/k⌋ (at {s})", False
                )
        steps.verify("the even sizes are among those listed, and no smallest size is above ⌊n/k⌋", True)
        steps.note("for all n, k: ⌊n/k⌋ k + (n mod k) = n, so sizes ⌊n/k⌋ and ⌊n/k⌋ + 1 fit; their smallest is ⌊n/k⌋")
        steps.note("n mod k ≤ k − 1 makes ⌊n/k⌋ ≥ n/k − (k − 1)/k, and γ ≤ 1")
        return SCOPE

    return carry_out(argument)
