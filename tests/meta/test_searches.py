"""Searching and certifying checks find a planted falsehood and spare a planted truth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.base import PROFILES, Check, Settings
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Hypothesis, Part, Statement
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.evidence import Outcome, Strength
from ddcl_theory.relation import Predicate, at_least_zero, equals_zero, not_zero, one_of, positive

QUICK = Settings(profile=PROFILES["quick"])
PLANE = Domain((real("a"), real("b")))
ROWS = Domain((real("p", "k"), simplex("q", "k"), temperature("T")), {"k": (1, 4)})


def square(x: Any) -> ex.Expr:
    return (x.a - x.b) ** 2


def variance(x: Any) -> ex.Expr:
    return ex.dot(x.q, [v**2 for v in x.p]) - ex.dot(x.q, x.p) ** 2


def says(predicate: Predicate, domain: Domain = PLANE, *given: Hypothesis) -> Statement:
    return Statement(domain, at_least_zero(predicate), given)


def part(statement: Any, *checks: Check, **fields: Any) -> Part:
    return Part("part", r"a \ge 0", statement, checks, **fields)


TRUE = says(square)
FALSE = says(lambda x: x.a * x.b)
WITNESS = {"a": 1, "b": -1}
EXAMPLE = {"a": 1, "b": 2}


# ── searching checks ─────────────────────────────────────────────────────────────────────────────────────────────────

HIDDEN: dict[str, Statement] = {
    "half of the plane": FALSE,
    "a narrow strip": says(lambda x: (x.a - 1) ** 2 + (x.b - 1) ** 2 - ex.lift(1) / 4),
    "equality that fails": Statement(PLANE, equals_zero(lambda x: (x.a + x.b) ** 2 - x.a**2 - x.b**2)),
    "strictness that fails on a line": Statement(PLANE, positive(square)),
    "nowhere zero, but on a line": Statement(PLANE, not_zero(square)),
    "one of two": Statement(PLANE, one_of(positive(lambda x: x.a), positive(lambda x: x.b))),
    "only under a hypothesis": says(lambda x: x.b, PLANE, Hypothesis("a-positive", "a > 0", positive(lambda x: x.a))),
    "from the second prototype on": says(lambda x: ex.lift(1) / 2 - variance(x), ROWS),
    "with an exponential": says(lambda x: ex.boltzmann(x.p[0] ** 2, x.T) - ex.lift(1) / 2, ROWS),
}


@pytest.mark.parametrize("check", [Property(), Adversarial()], ids=lambda c: c.kind)
@pytest.mark.parametrize("name", list(HIDDEN))
def test_a_search_finds_the_planted_falsehood(name: str, check: Check) -> None:
    found = check.run(HIDDEN[name], QUICK)
    assert found.outcome is Outcome.REFUTES, found.detail
    for witness in found.witnesses:
        again = HIDDEN[name].examine(witness.point)
        assert again.in_domain is True and again.conclusion is not None and again.conclusion[1].holds is False


SOUND: dict[str, Statement] = {
    "a square": TRUE,
    "a variance": says(variance, ROWS),
    "an identity": Statement(PLANE, equals_zero(lambda x: square(x) - x.a**2 - x.b**2 + 2 * x.a * x.b)),
    "strict": Statement(PLANE, positive(lambda x: square(x) + 1)),
    "one of two": Statement(PLANE, one_of(at_least_zero(lambda x: x.a), at_least_zero(lambda x: -x.a))),
    "weights sum to one": Statement(ROWS, equals_zero(lambda x: ex.total(ex.softmax([v**2 for v in x.p], x.T)) - 1)),
}


@pytest.mark.parametrize("check", [Property(), Adversarial()], ids=lambda c: c.kind)
@pytest.mark.parametrize("name", list(SOUND))
def test_a_search_spares_the_planted_truth(name: str, check: Check) -> None:
    found = check.run(SOUND[name], QUICK)
    assert found.outcome is Outcome.SUPPORTS and found.cases > 0 and not found.witnesses


@pytest.mark.parametrize("check", [Property(), Adversarial()], ids=lambda c: c.kind)
def test_a_search_that_meets_no_case_does_not_support(check: Check) -> None:
    never = Hypothesis("never", "1 < 0", positive(lambda x: -1 - x.a**2))
    assert check.run(says(square, PLANE, never), QUICK).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("check", [Property(), Adversarial()], ids=lambda c: c.kind)
def test_a_search_repeats_itself(check: Check) -> None:
    assert check.run(FALSE, QUICK) == check.run(FALSE, QUICK)
    assert check.run(TRUE, QUICK) == check.run(TRUE, QUICK)
    assert check.run(TRUE, QUICK).worst_margin != check.run(TRUE, replace(QUICK, seed=1)).worst_margin


def test_rounding_noise_is_no_counterexample() -> None:
    """Floats say that a vanishing difference of large terms is negative; exact arithmetic says that it is not."""
    noisy = says(lambda x: (x.a + x.b) ** 3 - x.a**3 - 3 * x.a**2 * x.b - 3 * x.a * x.b**2 - x.b**3)
    for check in (Property(), Adversarial()):
        assert check.run(noisy, QUICK).outcome is Outcome.SUPPORTS


def test_the_bound_on_the_next_case_counts_independent_cases_only() -> None:
    found = Property().run(TRUE, QUICK)
    independent = QUICK.profile.sampled
    assert found.cases > independent
    assert found.chance_bound == pytest.approx(1 - 0.05 ** (1 / independent), rel=1e-9)


# ── certified ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_candidates_are_examined_exactly() -> None:
    assert Certified(candidates=(WITNESS,)).run(FALSE, QUICK).outcome is Outcome.REFUTES
    assert Certified(candidates=(EXAMPLE,)).run(TRUE, QUICK).outcome is Outcome.SUPPORTS
    # A point that supports a false statement, or that lies in another domain, decides nothing more.
    assert Certified(candidates=({"a": 1, "c": 1},)).run(FALSE, QUICK).outcome is Outcome.UNDECIDED
    outside = says(lambda x: x.a * x.b, PLANE, Hypothesis("b-positive", "b > 0", positive(lambda x: x.b)))
    assert Certified(candidates=(WITNESS,)).run(outside, QUICK).outcome is Outcome.UNDECIDED


BOX = {"a": {"from": "-1", "to": "1"}, "b": {"from": "1/2", "to": "2"}}


def test_branch_and_bound_certifies_a_truth_that_needs_splitting() -> None:
    found = Certified(box=BOX).run(says(lambda x: ex.exp(x.a) - x.a - ex.lift(9) / 10), QUICK)
    assert found.outcome is Outcome.SUPPORTS and found.strength is Strength.CERTIFIED and found.cases > 1
    assert found.worst_margin is not None and 0 < found.worst_margin <= 0.1


@pytest.mark.parametrize("edge", ["29/30", "1", "2"])
def test_branch_and_bound_finds_the_falsehood_in_a_corner(edge: str) -> None:
    """1.9 − a − b is negative beyond a corner of the box only."""
    found = Certified(box={"a": {"from": 0, "to": edge}, "b": {"from": 0, "to": 1}}).run(
        says(lambda x: ex.lift(19) / 10 - x.a - x.b), QUICK
    )
    assert found.outcome is Outcome.REFUTES and found.strength is Strength.EXACT


def test_branch_and_bound_does_not_certify_what_touches_zero() -> None:
    found = Certified(box=BOX).run(Statement(PLANE, positive(lambda x: x.a**2)), QUICK)
    assert found.outcome in (Outcome.UNDECIDED, Outcome.REFUTES)


def test_branch_and_bound_over_no_point_of_the_domain_is_no_support() -> None:
    far = Hypothesis("far", r"a \ge 10", at_least_zero(lambda x: x.a - 10))
    assert Certified(box=BOX).run(says(lambda x: -1 - x.a**2, PLANE, far), QUICK).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("box", "statement"),
    [
        ({"a": {"from": 1, "to": 0}, "b": 0}, TRUE),
        (BOX, Statement(PLANE, equals_zero(square))),
        (
            {n: {"from": 0, "to": 1} for n in "abcde"},
            Statement(Domain(tuple(real(n) for n in "abcde")), at_least_zero(lambda x: x.a)),
        ),
    ],
)
def test_branch_and_bound_refuses_what_it_cannot_do(box: dict[str, Any], statement: Statement) -> None:
    with pytest.raises(ValueError):
        Certified(box=box).run(statement, QUICK)
