"""Proposition 6 for a pair of prototypes: closed forms of the rate at which descent drives them apart.

Each proof shows an identity for one sample, any number of other prototypes and any dimension (support lemma, Boltzmann
weights free), and that everything is a sum over the samples.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_proofs.ddcl.pair_atoms import additive, lifted
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr
from ddcl_theory.proof import Proof, Steps, carry_out

EVERYWHERE = "all k, d, n"


def _cold(trace: Any) -> Expr:
    return next(t.roots[0] for h, t in trace[0] if h.id == "cold-enough")


def _threshold(statement: Statement, power: int, factor: Fraction | int) -> Proof:
    """n T^power · rate = 4 factor' · excess, so that both have the same sign."""

    def argument(steps: Steps) -> str:
        steps.verify("the conclusion is that a rate is positive, the hypothesis that an excess is", _shape(statement))

        def roots(trace: Any, x: Any) -> list[Expr]:
            return [x.n * x.T**power * trace[1].roots[0] - 4 * _cold(trace)]

        lifted(steps, statement, roots, f"T^{power} · rate = 4 · excess", factor)
        additive(steps, statement, roots, "n T · rate − 4 · excess")
        steps.note("T > 0 and excess > 0 give rate > 0")
        return EVERYWHERE

    return carry_out(argument)


def _shape(statement: Statement) -> bool:
    given, conclusion = statement.trace({"k": 2, "d": 1, "n": 1})
    found = {h.id: t for h, t in given}
    return (
        conclusion.op == "gt0"
        and len(conclusion.roots) == 1
        and {"cold-enough", "T-positive"} <= found.keys()
        and found["cold-enough"].op == "gt0"
    )


def stopped_threshold(statement: Statement) -> Proof:
    return _threshold(statement, 1, 1)


def half_threshold(statement: Statement) -> Proof:
    return _threshold(statement, 1, Fraction(1, 2))


def full_threshold(statement: Statement) -> Proof:
    return _threshold(statement, 2, 1)


def _vanishes(statement: Statement) -> Proof:
    """The conclusion, one expression that should be 0, vanishes identically."""

    def argument(steps: Steps) -> str:
        steps.verify("the conclusion is one identity", statement.trace({"k": 2, "d": 1, "n": 1})[1].op == "eq0")

        def roots(trace: Any, x: Any) -> list[Expr]:
            return [x.n * trace[1].roots[0]]

        lifted(steps, statement, roots, "rate = closed form")
        additive(steps, statement, roots, "n · (rate − closed form)")
        return EVERYWHERE

    return carry_out(argument)


stopped_formula = ols_formula = _vanishes


def fixed_size(statement: Statement) -> Proof:
    """One of the two options, rate + size = 0, is an identity."""

    def argument(steps: Steps) -> str:
        steps.verify("the conclusion is a choice of signs", statement.trace({"k": 2, "d": 1, "n": 1})[1].op == "any")

        def roots(trace: Any, x: Any) -> list[Expr]:
            return [x.n * trace[1].options[0].roots[0]]

        lifted(steps, statement, roots, "rate + size = 0")
        additive(steps, statement, roots, "n · (rate + size)")
        return EVERYWHERE

    return carry_out(argument)


def fixed_attracts(statement: Statement) -> Proof:
    """−n · rate = 2 Σ_n (q_1 + q_2) ‖u‖²: positive because the pair is distinct and in use."""

    def argument(steps: Steps) -> str:
        given = {h.id: t for h, t in statement.trace({"k": 2, "d": 1, "n": 1})[0]}
        steps.verify("the pair is distinct and in use", {"pair-distinct", "pair-in-use"} <= given.keys())

        def roots(trace: Any, x: Any) -> list[Expr]:
            found = {h.id: t.roots for h, t in trace[0]}
            return [x.n * trace[1].roots[0] - 2 * found["pair-in-use"][0] * ex.norm2(found["pair-distinct"])]

        lifted(steps, statement, roots, "−rate = 2 (q_1 + q_2) ‖u‖²")
        additive(steps, statement, roots, "n · rate + 2 Σ (q_1 + q_2) ‖u‖²")
        steps.note("a product of a positive number and a squared norm that is not 0 is positive")
        return EVERYWHERE

    return carry_out(argument)


def fixed_ols(statement: Statement) -> Proof:
    """n · rate = −2 Σ_n (q_1 − q_2)² ‖u‖², which equal shares make 0."""

    def argument(steps: Steps) -> str:
        given = {h.id: t for h, t in statement.trace({"k": 2, "d": 1, "n": 1})[0]}
        steps.verify("the shares of the pair are equal by hypothesis", "equal-shares" in given)

        def roots(trace: Any, x: Any) -> list[Expr]:
            found = {h.id: t.roots for h, t in trace[0]}
            return [x.n * trace[1].roots[0] + 2 * ex.norm2(found["equal-shares"]) * ex.norm2(found["pair-distinct"])]

        lifted(steps, statement, roots, "rate = −2 (q_1 − q_2)² ‖u‖²")
        additive(steps, statement, roots, "n · rate + 2 Σ (q_1 − q_2)² ‖u‖²")
        return EVERYWHERE

    return carry_out(argument)
