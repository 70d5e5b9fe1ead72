"""Proposition 6 at total collapse: closed forms at small sizes, by exact rational arithmetic.

At collapse every share is 1/k, whatever the weights, because all distances agree; T enters as a free variable.  The
identities are verified size by size, so that the proofs cover the sizes they name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl.proposition6_collapse import excess, tau
from ddcl_theory.expression import Expr
from ddcl_theory.proof import Proof, Steps, carry_out, identity

SIZES = tuple(
    {"k": k, "d": d, "n": n} for k, d, n in ((2, 1, 2), (3, 1, 2), (2, 2, 2), (2, 1, 3), (3, 2, 3), (4, 1, 2))
)
SCOPE = "(k, d, n) = " + ", ".join(str(tuple(s.values())) for s in SIZES)


def _each(statement: Statement) -> Iterator[tuple[Any, dict[str, Any], Any]]:
    """(namespace, hypotheses by name, conclusion) at every size of the proof."""
    for sizes in SIZES:
        given, conclusion = statement.trace(sizes)
        yield statement.domain.namespace(sizes), {h.id: t for h, t in given}, conclusion


def _equal(e: Expr, other: Expr) -> bool:
    return identity(e - other)


def _spread(x: Any) -> Expr:
    """Σ (a_j − ā)²."""
    return ex.norm2(f.centred(x.a))


def _variance(x: Any, u: list[Expr]) -> Expr:
    """Σ_n (u·y_n)²."""
    return ex.total(tau(x, z, u) ** 2 for z in x.z)


def _growing(multiple: int) -> Callable[[Statement], Proof]:
    """A = (2‖ã‖²/(kn)) c Σ_n (2y_n y_nᵀ·multiple/2 − T)/T entrywise, and u with uᵀAu > 0 by hypothesis."""

    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for x, given, conclusion in _each(statement):
                at = f"k = {x.k}, d = {x.d}, n = {x.n}"
                steps.verify(
                    "spread, a cold direction and T > 0 are given",
                    {"spread", "cold-enough", "T-positive"} <= given.keys(),
                )
                steps.verify(
                    f"the cold direction is one with T‖u‖² < {multiple} uᵀΣu ({at})",
                    _equal(given["cold-enough"].roots[0], excess(x, x.u, multiple)),
                )
                expected = [-m for m in f.principal_minors([[-c for c in row] for row in _closed_form(x, multiple)])]
                found = _alternatives(conclusion.roots[0])
                steps.verify(f"one alternative for each set of coordinates ({at})", len(found) == len(expected))
                for e, wanted in zip(found, expected, strict=True):
                    steps.verify(
                        f"a principal minor of the growth matrix has its closed form ({at})", _equal(e, wanted)
                    )
            steps.note(
                "uᵀAu > 0 for the given u, so −A is not positive semidefinite and one of its principal minors is negative"
            )
            return SCOPE

        return carry_out(argument)

    return proof


def _closed_form(x: Any, multiple: int) -> list[list[Expr]]:
    """(2‖ã‖²/(k n T)) Σ_n (multiple · y_n y_nᵀ − T): stopped 2, full 4 (the whole form doubled by neither)."""
    factor = 2 * _spread(x) * Fraction(1, x.k * x.n) / x.T
    centre = f.data_mean(x.z)
    y = [ex.minus(z, centre) for z in x.z]
    return [
        [factor * (multiple * ex.total(v[i] * v[j] for v in y) - (x.n * x.T if i == j else 0)) for j in range(x.d)]
        for i in range(x.d)
    ]


def _alternatives(root: Expr) -> list[Expr]:
    """The values of which a chain of maxima takes the largest, in order."""
    return [*_alternatives(root.args[0]), root.args[1]] if root.op == "max" else [root]


growing_stopped, growing_full = _growing(2), _growing(4)


def decaying(statement: Statement) -> Proof:
    """The conclusion is a positive multiple of ‖u‖², and u ≠ 0 is given."""

    def argument(steps: Steps) -> str:
        for x, given, conclusion in _each(statement):
            steps.verify("u ≠ 0 is given", "moved" in given)
            norm = ex.norm2(x.u)
            factor = next(
                (c for c in (Fraction(2), Fraction(1), Fraction(0)) if _equal(conclusion.roots[0], c * norm)), None
            )
            steps.verify(f"the conclusion is a multiple of ‖u‖² (k = {x.k}, d = {x.d}, n = {x.n})", factor is not None)
            steps.verify("the multiple is positive", bool(factor))
        return SCOPE

    return carry_out(argument)


def free_saddle(statement: Statement) -> Proof:
    """The conclusion is (2‖ã‖² Σ_n τ_n²)², positive because a spreads and the data vary along u."""

    def argument(steps: Steps) -> str:
        for x, given, conclusion in _each(statement):
            steps.verify(
                "a spread, and data that vary along u, are given", {"spread", "data-vary-along-u"} <= given.keys()
            )
            wanted = (2 * _spread(x) * _variance(x, x.u)) ** 2
            steps.verify(
                f"the conclusion is (2‖ã‖² Στ²)² (k = {x.k}, d = {x.d}, n = {x.n})", _equal(conclusion.roots[0], wanted)
            )
        return SCOPE

    return carry_out(argument)


def ols_repels(statement: Statement) -> Proof:
    """The conclusion is (8/(knT)) ‖ã‖² Σ_n τ_n²."""

    def argument(steps: Steps) -> str:
        for x, given, conclusion in _each(statement):
            steps.verify(
                "a spread, data that vary along u and T > 0 are given",
                {"spread", "data-vary-along-u", "T-positive"} <= given.keys(),
            )
            wanted = 8 * _spread(x) * _variance(x, x.u) * Fraction(1, x.k * x.n) / x.T
            steps.verify(
                f"the conclusion has its closed form (k = {x.k}, d = {x.d}, n = {x.n})",
                _equal(conclusion.roots[0], wanted),
            )
        return SCOPE

    return carry_out(argument)
