"""The engine: a crash or a time-out is never a pass, contradictions are errors, and checks without teeth do not count."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.base import PROFILES, Check, Settings
from ddcl_theory.checks.dynamics import Dynamics, Runs
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.domain import Domain, real
from ddcl_theory.engine import PartResult, run_claim, run_part
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.proof import ALL_SIZES, Proof, carry_out
from ddcl_theory.relation import Predicate, Relation, at_least_zero, positive
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
IMPATIENT = Settings(profile=replace(PROFILES["quick"], timeout=0.2))
PLANE = Domain((real("a"), real("b")))
FABRICATED = "fabricated.module"


def square(x: Any) -> ex.Expr:
    return (x.a - x.b) ** 2


def says(predicate: Predicate, domain: Domain = PLANE, *given: Hypothesis) -> Statement:
    return Statement(domain, at_least_zero(predicate), given)


def part(statement: Any, *checks: Check, **fields: Any) -> Part:
    return Part("part", r"a \ge 0", statement, checks, **fields)


TRUE = says(square)
FALSE = says(lambda x: x.a * x.b)
WITNESS = {"a": 1, "b": -1}
EXAMPLE = {"a": 1, "b": 2}
TWIN = Twin("a product instead of a square", FALSE, WITNESS)


def gullible(statement: Statement) -> Proof:
    """A proof that looks at nothing."""
    return carry_out(lambda steps: (steps.verify("true", True), ALL_SIZES)[1])


def vacuous(statement: Statement) -> Proof:
    """A proof that finds every statement empty."""
    return Proof("vacuous", ALL_SIZES, ("nothing meets the hypotheses",))


@dataclass(frozen=True)
class Scripted(Check):
    """A check that does what it is told."""

    kind = "property"
    act: Callable[[Any, Settings], Evidence]

    def run(self, statement: Any, settings: Settings) -> Evidence:
        return self.act(statement, settings)


def supports(statement: Any, settings: Settings) -> Evidence:
    return Evidence("scripted", "property", Outcome.SUPPORTS, strength=Strength.SAMPLED, cases=1)


def raises(error: BaseException) -> Callable[[Any, Settings], Evidence]:
    def act(statement: Any, settings: Settings) -> Evidence:
        raise error

    return act


@pytest.mark.parametrize(
    "error",
    [ZeroDivisionError("x"), AssertionError(), KeyError("q"), RecursionError(), MemoryError(), OSError()],
)
def test_a_crash_is_an_error_whatever_else_was_found(error: BaseException) -> None:
    result = run_part(part(TRUE, Scripted(raises(error)), Property(), example=EXAMPLE), QUICK)
    assert result.verdict is Verdict.ERROR
    assert result.evidence[0].outcome is Outcome.CRASHED and type(error).__name__ in result.evidence[0].detail


def sleeps(statement: Any, settings: Settings) -> Evidence:
    time.sleep(2)
    return supports(statement, settings)


def loops(statement: Any, settings: Settings) -> Evidence:
    while True:
        sum(range(1000))


def sleeps_and_looks_away(statement: Any, settings: Settings) -> Evidence:
    try:
        time.sleep(2)
    except Exception:
        return supports(statement, settings)
    return supports(statement, settings)


@pytest.mark.parametrize("act", [sleeps, loops, sleeps_and_looks_away])
def test_a_time_out_is_an_error(act: Callable[[Any, Settings], Evidence]) -> None:
    started = time.perf_counter()
    result = run_part(part(TRUE, Scripted(act), Property(), example=EXAMPLE), IMPATIENT)
    assert result.verdict is Verdict.ERROR and "timed out" in result.evidence[0].detail
    assert time.perf_counter() - started < 1.9


def test_a_time_out_inside_the_search_is_an_error() -> None:
    """Hypothesis must not take the watchdog for a failing example of its own."""
    found = run_part(
        part(says(lambda x: (x.a - x.b) ** 2, Domain((real("a"), real("b"), real("p", 200)))), Property()),
        replace(QUICK, profile=replace(PROFILES["quick"], timeout=0.05)),
    )
    assert found.verdict is Verdict.ERROR


def test_a_search_that_hypothesis_was_torn_out_of_keeps_no_other_from_running() -> None:
    """A time-out may come where Hypothesis puts its own state in order; here the state is left behind on purpose."""
    from hypothesis.control import _current_build_context, currently_in_test_context

    with _current_build_context.with_value(object()):
        assert currently_in_test_context()
        found = run_part(part(TRUE, Property(), example=EXAMPLE, twins=(TWIN,)), QUICK)
    assert found.verdict is Verdict.HOLDS, found.evidence
    assert [t.passed for t in found.evidence[0].twins] == [True]


def test_the_watchdog_is_quiet_afterwards() -> None:
    import signal

    run_part(part(TRUE, Scripted(sleeps)), IMPATIENT)
    run_part(part(TRUE, Scripted(supports)), IMPATIENT)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_twin_that_crashes_the_check_is_not_killed() -> None:
    def fragile(statement: Any, settings: Settings) -> Evidence:
        if statement is FALSE:
            raise ZeroDivisionError
        return supports(statement, settings)

    result = run_part(part(TRUE, Scripted(fragile), example=EXAMPLE, twins=(TWIN,)), QUICK)
    assert [t.passed for t in result.evidence[0].twins] == [False] and result.verdict is Verdict.INCONCLUSIVE


def test_a_twin_that_is_true_is_found_out() -> None:
    lame = Twin("not false at all", says(lambda x: 3 * square(x)), WITNESS)
    result = run_part(part(TRUE, Property(), example=EXAMPLE, twins=(lame,)), QUICK)
    assert [t.passed for t in result.evidence[0].twins] == [False] and result.verdict is Verdict.INCONCLUSIVE


def test_an_eager_check_does_not_spare_its_neighbour() -> None:
    (evidence,) = run_part(part(TRUE, Property(), neighbours=(Neighbour("false after all", FALSE),)), QUICK).evidence
    assert [t.passed for t in evidence.neighbours] == [False]


def test_a_witness_against_a_proof_is_an_error(provide: Callable[..., None]) -> None:
    provide(proof=gullible)
    contradicted = part(FALSE, Symbolic(f"{FABRICATED}:proof"), Property(), example=EXAMPLE)
    assert run_part(contradicted, QUICK).verdict is Verdict.ERROR
    provide(proof=vacuous)
    assert run_part(contradicted, QUICK).verdict is Verdict.ERROR


def corrupted(change: Callable[[Any], Any]) -> Callable[[Any, Settings], Evidence]:
    def act(statement: Any, settings: Settings) -> Evidence:
        found = Property().run(FALSE, settings)
        return replace(found, witnesses=tuple(change(w) for w in found.witnesses))

    return act


@pytest.mark.parametrize(
    "change",
    [
        lambda w: replace(w, point={"a": w.point["a"], "b": w.point["a"]}),
        lambda w: replace(w, point={"a": 0 * w.point["a"], "b": w.point["b"]}),
        lambda w: replace(w, relations=()),
        lambda w: replace(w, relations=w.relations * 2),
        lambda w: replace(w, relations=({**w.relations[-1], "role": "given", "id": "extra"}, *w.relations)),
        lambda w: replace(w, relations=({**w.relations[-1], "trees": at_least_zero(lambda x: 1).trace(None).tree()},)),
        lambda w: replace(
            w,
            relations=(
                {
                    **w.relations[-1],
                    "trees": at_least_zero(lambda x: 1 / (x.a - x.a)).trace(PLANE.namespace({})).tree(),
                },
            ),
        ),
    ],
)
def test_a_witness_that_does_not_replay_is_an_error(change: Callable[[Any], Any]) -> None:
    result = run_part(part(FALSE, Scripted(corrupted(change)), example=EXAMPLE), QUICK)
    assert result.verdict is Verdict.ERROR and "replay" in result.evidence[0].detail


def test_an_honest_witness_replays() -> None:
    result = run_part(part(FALSE, Scripted(corrupted(lambda w: w)), example=EXAMPLE), QUICK)
    assert result.verdict is Verdict.REFUTED and result.strength is Strength.EXACT


def test_left_out_kinds_do_not_run_and_do_not_count() -> None:
    result = run_part(part(TRUE, Property(), Adversarial(), example=EXAMPLE), QUICK, only=("adversarial",))
    assert [e.outcome for e in result.evidence] == [Outcome.NOT_RUN, Outcome.SUPPORTS]
    assert run_part(part(FALSE, Property()), QUICK, only=("symbolic",)).verdict is Verdict.INCONCLUSIVE


def claim(*parts: Part) -> Claim:
    return Claim(
        "fabricated.claim",
        "A claim",
        Source("fabricated", "nowhere"),
        "a",
        (Reading("only", "the only one", parts, as_printed=True),),
    )


def test_order_of_parts_and_checks_changes_no_evidence() -> None:
    def named(name: str, statement: Statement, *checks: Check) -> Part:
        return replace(part(statement, *checks, example=EXAMPLE), id=name)

    def found(result: Any) -> dict[tuple[str, str], Any]:
        return {(p.part.id, e.check): replace(e, seconds=0.0) for p in result.readings[0].parts for e in p.evidence}

    one, two = named("one", TRUE, Property(), Adversarial()), named("two", FALSE, Property())
    turned = named("one", TRUE, Adversarial(), Property())
    assert found(run_claim(claim(one, two), QUICK)) == found(run_claim(claim(two, turned), QUICK))


def test_the_reading_has_the_worst_of_its_parts() -> None:
    def verdict(*statements: Statement) -> Verdict:
        return run_claim(
            claim(*(replace(part(s, Property(), example=EXAMPLE), id=str(i)) for i, s in enumerate(statements))), QUICK
        ).verdict

    assert verdict(TRUE) is Verdict.HOLDS
    assert verdict(TRUE, FALSE) is Verdict.REFUTED
    never = says(square, PLANE, Hypothesis("never", "1 < 0", positive(lambda x: -1 - x.a**2)))
    assert verdict(TRUE, never) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("rejects", [False, True])
def test_a_run_against_the_statement_is_not_outvoted(provide: Callable[..., None], rejects: bool) -> None:
    """What other checks found does not undo a run of the flow that contradicts the statement."""
    provide(experiment=lambda system, settings: Runs([-1.0], "one run", ""), proof=gullible)
    checks: list[Check] = [
        Dynamics(f"{FABRICATED}:experiment"),
        Symbolic(f"{FABRICATED}:proof") if rejects else Property(),
    ]
    result: PartResult = run_part(part(replace(TRUE, system="flow"), *checks, example=EXAMPLE), QUICK)
    assert result.verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE)


def test_relations_of_unknown_kind_are_named() -> None:
    with pytest.raises(ValueError, match="'near0'"):
        Relation("near0", square)
