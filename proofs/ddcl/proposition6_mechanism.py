"""The mechanism of §5.4: what −∇_P V does to V and to the spread of the prototypes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.proposition6_mechanism import descent, given_v, nearness, spread
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.pairs import Term, nonnegative_for_all_sizes
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

K = Carriers("k", {"q": 0, "p": 0, "w": 0})
D = Carriers("d", {"z": 0, "p": 1, "w": 1})
SMALL = ({"k": 2, "d": 1}, {"k": 3, "d": 1}, {"k": 2, "d": 2})


def _simplex(statement: Statement) -> str | None:
    return "q" if statement.domain.variable("q").kind in ("simplex", "sum-one") else None


def component(statement: Statement) -> Proof:
    """The difference of the three derivatives vanishes along every direction of the prototypes."""

    def argument(steps: Steps) -> str:
        identity_for_all_sizes(
            steps, lambda sizes: (statement.trace(sizes)[1].roots, {}), (K, D), simplex=_simplex(statement)
        )
        return ALL_SIZES

    return carry_out(argument)


def fall_of_v(statement: Statement) -> Proof:
    """−dV/dt = Σ_j ‖2q_j(p_j − m)‖²."""

    def terms(x: Any) -> list[Term]:
        m = a.mixture(x.p, x.q)
        return [Term((), tuple(ex.scaled(2 * w, ex.minus(row, m)))) for w, row in zip(x.q, x.p, strict=True)]

    def argument(steps: Steps) -> str:
        nonnegative_for_all_sizes(steps, statement, terms, (K, D), simplex=_simplex(statement))
        return ALL_SIZES

    return carry_out(argument)


def step_near(statement: Statement) -> Proof:
    """−dV/dt = 2Σ q_j²‖p_j − z‖² + 2 nearness, nearness ≥ 0 by hypothesis."""

    def terms(x: Any) -> list[Term]:
        squares = [
            Term((ex.lift(2),), tuple(ex.scaled(w, ex.minus(row, x.z)))) for w, row in zip(x.q, x.p, strict=True)
        ]
        return [*squares, Term((ex.lift(2), nearness(x)))]

    def argument(steps: Steps) -> str:
        nonnegative_for_all_sizes(steps, statement, terms, (K, D), simplex=_simplex(statement))
        return ALL_SIZES

    return carry_out(argument)


def contraction(statement: Statement) -> Proof:
    """Along v = −∇_P V the spread changes at 2{k Σ p_j·v_j − (Σ p_j)·(Σ v_j)}, with Σ v_j = 0 and Σ p_j·v_j = −2V.

    The spread is not of the form that the support lemma lifts, because p_j = 0 does not remove a prototype from it; the
    two sums are.  The bilinear identity holds for every k by counting: p_i·v_i has the coefficient k − 1 on both sides
    (one for each partner of i), p_i·v_j with i ≠ j has −1.
    """

    def lifted(steps: Steps, value: Callable[[Any, list[list[Expr]]], Expr], says: str) -> None:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            return [value(x, descent(given_v(x), x))], {}

        identity_for_all_sizes(steps, family, (K, D), simplex=_simplex(statement), says=says)

    def argument(steps: Steps) -> str:
        for k in range(1, 6):
            p, v = ([[ex.variable(name, j)] for j in range(k)] for name in ("p", "v"))
            slope = ex.derivative_at_zero(
                lambda e, p=p, v=v: spread([[r[0] + e * s[0]] for r, s in zip(p, v, strict=True)])
            )
            sums = k * ex.total(r[0] * s[0] for r, s in zip(p, v, strict=True)) - ex.total(r[0] for r in p) * ex.total(
                s[0] for s in v
            )
            steps.verify(f"the slope of the spread is 2{{k Σp·v − Σp·Σv}} at k = {k}", identity(slope - 2 * sums))
        steps.note(
            "both sides add over coordinates, and coefficients of p_i v_i and p_i v_j agree for every k by counting partners"
        )
        lifted(steps, lambda x, v: ex.total(row[0] for row in v), "the rows of −∇_P V sum to 0")
        lifted(
            steps,
            lambda x, v: ex.total(ex.dot(r, s) for r, s in zip(x.p, v, strict=True)) + 2 * a.variance(x.p, x.q),
            "Σ p_j·v_j = −2V",
        )
        steps.verify("the conclusion is one identity", statement.trace({"k": 2, "d": 1})[1].op == "eq0")
        for sizes in SMALL:
            root = statement.trace(sizes)[1].roots[0]
            x = statement.domain.namespace(sizes)
            v = descent(given_v(x), x)
            through = ex.derivative_at_zero(
                lambda e, x=x, v=v: spread([ex.plus(r, ex.scaled(e, s)) for r, s in zip(x.p, v, strict=True)])
            )
            closed = through + 4 * x.k * a.variance(x.p, x.q)
            steps.verify(f"the conclusion is the slope of the spread plus 4kV at {sizes}", identity(root - closed))
        return ALL_SIZES

    return carry_out(argument)


def _at_small_sizes(statement: Statement, check: Callable[[Steps, Any, Any], None]) -> Proof:
    def argument(steps: Steps) -> str:
        for sizes in SMALL:
            check(steps, statement.domain.namespace(sizes), statement.trace(sizes)[1])
        return "(k, d) = " + ", ".join(str(tuple(s.values())) for s in SMALL)

    return carry_out(argument)


def soft_fall(statement: Statement) -> Proof:
    """The conclusion is a positive multiple of the squared gradient of V through the soft assignment."""
    from ddcl_theory.claims.ddcl.proposition6_mechanism import soft_v

    def check(steps: Steps, x: Any, conclusion: Any) -> None:
        square = ex.total(ex.norm2(row) for row in descent(soft_v(x), x))
        multiples = (ex.Fraction(1), ex.Fraction(3, 2), ex.Fraction(-1))
        found = next((c for c in multiples if identity(conclusion.roots[0] - c * square)), None)
        steps.verify(f"the conclusion is a multiple of ‖∇_P V‖² (k = {x.k}, d = {x.d})", found is not None)
        steps.verify("the multiple is positive", found is not None and found > 0)

    return _at_small_sizes(statement, check)


def scale(statement: Statement) -> Proof:
    """The identity of the chain rule, with the Boltzmann factors as free atoms."""

    def check(steps: Steps, x: Any, conclusion: Any) -> None:
        steps.verify("the conclusion is one identity", conclusion.op == "eq0")
        steps.verify(f"it vanishes identically (k = {x.k}, d = {x.d})", identity(conclusion.roots[0]))

    return _at_small_sizes(statement, check)
