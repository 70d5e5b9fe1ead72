"""Counting labels in a batch, for every b and K."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.secu.atoms import conclusion, given, text
from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.secu import proposition1 as claim
from ddcl_theory.domain import Domain, nonnegative, real
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity
from ddcl_theory.relation import at_least_zero

SIZES = ({"b": 1, "k": 1}, {"b": 1, "k": 3}, {"b": 2, "k": 2}, {"b": 3, "k": 2}, {"b": 2, "k": 4}, {"b": 5, "k": 3})
AXES = (Carriers("b", {"y": 0}), Carriers("k", {"y": 1}))


def _multiple_of(steps: Steps, statement: Statement, value: Callable[[Any], Expr], says: str) -> None:
    """The conclusion is c · value for one c ≥ 1 at all the sizes tried."""
    factors = set()
    for sizes in SIZES:
        root = conclusion(steps, statement, sizes, "ge0").roots[0]
        found = value(statement.domain.namespace(sizes))
        factor = next((c for c in range(1, 10) if _equal(root, c * found)), 0)
        steps.verify(f"{says} at {text(sizes)}", factor > 0)
        factors.add(factor)
    steps.verify("with the same factor", len(factors) == 1)


def _equal(a: Expr, b: Expr) -> bool:
    """Whether two polynomials in entries and positive parts max(0, 1 − c) agree, the positive parts as free numbers."""
    parts = {n: ex.variable("positive part", i) for i, n in enumerate(_maxima(a, b))}
    return identity(ex.substitute(a, parts) - ex.substitute(b, parts))


def _maxima(*roots: Expr) -> list[Expr]:
    return [n for n in ex.topological(roots) if n.op == "max"]


def _rows_sum_to_one(steps: Steps, statement: Statement) -> None:
    """Σ_j (1 − c_j) = K − b, by Σ_j y_ij = 1 for every i."""
    for sizes in SIZES:
        steps.verify(
            f"every label sums to 1 by hypothesis at {text(sizes)}",
            given(statement, sizes, "y-sums-to-one", "eq0", lambda x: [ex.total(row) - 1 for row in x.y]),
        )

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        y = [[ex.variable("y", i, j) for j in range(sizes["k"])] for i in range(sizes["b"])]
        by_cluster = ex.total(ex.total(row[j] for row in y) for j in range(sizes["k"]))
        return [by_cluster - ex.total(ex.total(row) for row in y)], {}

    identity_for_all_sizes(steps, family, AXES, says="Σ_j c_j = Σ_i Σ_j y_ij, which is b")


def pigeonhole(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _multiple_of(steps, statement, claim.surplus, "the conclusion is the number of empty clusters less K − b")
        for sizes in SIZES:
            steps.verify(
                f"labels are at least 0 by hypothesis at {text(sizes)}",
                given(statement, sizes, "y-nonnegative", "ge0", lambda x: [v for row in x.y for v in row]),
            )
        _rows_sum_to_one(steps, statement)
        steps.note("entries that are at least 0 and sum to 1 are at most 1, so 0 ≤ Π_i (1 − y_ij) ≤ 1")
        p, c, y = ex.variable("p"), ex.variable("c"), ex.variable("y")
        step = (p * (1 - y) - 1 + c + y) - (p - 1 + c)
        steps.verify("a further instance changes Π_i (1 − y_ij) − 1 + c_j by y (1 − Π)", identity(step - y * (1 - p)))
        steps.note("y (1 − Π) ≥ 0, and without instances the difference is 0: by induction on b it is never negative")
        steps.note(
            "the sum over j of these differences is the number of empty clusters − K + b; one formula in b and K"
        )
        return "all b, K"

    return carry_out(argument)


def shortfall(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _multiple_of(steps, statement, claim.shortfall, "the conclusion is Σ_j max(0, 1 − c_j) − (K − b)")
        _rows_sum_to_one(steps, statement)
        single = Statement(Domain((real("c"),)), at_least_zero(lambda x: ex.maximum(0, 1 - x.c) - (1 - x.c)))
        decide(steps, single, {}, "max(0, 1 − c) ≥ 1 − c")
        steps.note("summed over j the right sides are K − b; one formula in b and K")
        return "all b, K"

    return carry_out(argument)


def says_nothing(statement: Statement) -> Proof:
    """The bound is at most 0 and a count is at least 0: the conclusion cannot fail."""

    def argument(steps: Steps) -> str:
        _multiple_of(steps, statement, claim.surplus, "the conclusion is the number of empty clusters less K − b")
        for sizes in SIZES:
            steps.verify(
                f"b − K ≥ 0 is a hypothesis at {text(sizes)}",
                given(statement, sizes, "no-smaller", "ge0", lambda x: [ex.lift(x.b - x.k)]),
            )
        counted = Statement(
            Domain((nonnegative("count"), real("slack"))),
            at_least_zero(lambda x: x.count + x.slack),
            (Hypothesis("slack", r"b - K \ge 0", at_least_zero(lambda x: x.slack)),),
        )
        decide(steps, counted, {}, "a count that is at least 0 is at least K − b")
        return "all b ≥ K"

    found = carry_out(argument)
    return Proof("vacuous" if found.outcome == "proved" else found.outcome, found.scope, found.steps)
