"""Each kind of check finds a planted falsehood and spares a planted truth; a crash or a time-out is never a pass."""

from __future__ import annotations

import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.base import PROFILES, Check, Settings
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.checks.dynamics import Dynamics, Runs
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin, examine
from ddcl_theory.domain import Domain, above_zero, real, simplex, temperature
from ddcl_theory.engine import PartResult, run_claim, run_part
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.lemmas.polynomial import is_zero
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out
from ddcl_theory.relation import Predicate, Relation, at_least_zero, equals_zero, not_zero, one_of, positive
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
IMPATIENT = Settings(profile=replace(PROFILES["quick"], timeout=0.2))
PLANE = Domain((real("a"), real("b")))
ROWS = Domain((real("p", "k"), simplex("q", "k"), temperature("T")), {"k": (1, 4)})
FABRICATED = "fabricated.module"


@pytest.fixture
def provide(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Functions that checks can name as `fabricated.module:function`."""
    module = types.ModuleType(FABRICATED)
    monkeypatch.setitem(sys.modules, FABRICATED, module)

    def add(**functions: Any) -> None:
        for name, function in functions.items():
            setattr(module, name, function)

    return add


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
TWIN = Twin("a product instead of a square", FALSE, WITNESS)
NEIGHBOUR = Neighbour("doubled", says(lambda x: 2 * square(x)))


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


# ── symbolic ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def expands_to_zero(statement: Statement) -> Proof:
    """A proof that the conclusion equals (a − b)²."""

    def argument(steps: Steps) -> str:
        x = statement.domain.namespace({})
        steps.verify("the conclusion is the square", is_zero(statement.trace({})[1].roots[0] - square(x)))
        return ALL_SIZES

    return carry_out(argument)


def undecided(statement: Statement) -> Proof:
    """A proof whose only step a library answers with None, as SymPy does when it cannot tell."""
    return carry_out(lambda steps: (steps.verify("is positive", None), ALL_SIZES)[1])


def gullible(statement: Statement) -> Proof:
    """A proof that looks at nothing."""
    return carry_out(lambda steps: (steps.verify("true", True), ALL_SIZES)[1])


def vacuous(statement: Statement) -> Proof:
    return Proof("vacuous", ALL_SIZES, ("nothing meets the hypotheses",))


def test_a_proof_proves_the_truth_and_rejects_the_falsehood(provide: Callable[..., None]) -> None:
    provide(proof=expands_to_zero)
    check = Symbolic(f"{FABRICATED}:proof")
    assert check.run(TRUE, QUICK).outcome is Outcome.PROVES
    rejected = check.run(FALSE, QUICK)
    assert rejected.outcome is Outcome.UNDECIDED and rejected.violated and check.kills(rejected)
    same = Neighbour("written out", says(lambda x: x.a**2 - 2 * x.a * x.b + x.b**2))
    assert (
        run_part(part(TRUE, check, example=EXAMPLE, twins=(TWIN,), neighbours=(same,)), QUICK).verdict is Verdict.PROVED
    )


def test_a_proof_without_an_example_does_not_count_as_proved(provide: Callable[..., None]) -> None:
    provide(proof=expands_to_zero)
    check = Symbolic(f"{FABRICATED}:proof")
    assert run_part(part(TRUE, check, twins=(TWIN,)), QUICK).verdict is Verdict.INCONCLUSIVE
    elsewhere = {"a": 1}
    with pytest.raises(ValueError, match="lacks the variable 'b'"):
        run_part(part(TRUE, check, twins=(TWIN,), example=elsewhere), QUICK)
    outside = says(square, PLANE, Hypothesis("a-positive", "a > 0", positive(lambda x: x.a)))
    assert (
        run_part(part(outside, check, twins=(TWIN,), example={"a": -1, "b": 1}), QUICK).verdict is Verdict.INCONCLUSIVE
    )


def test_none_from_a_library_is_never_a_pass(provide: Callable[..., None]) -> None:
    provide(proof=undecided)
    check = Symbolic(f"{FABRICATED}:proof")
    found = check.run(TRUE, QUICK)
    assert found.outcome is Outcome.UNDECIDED and not found.violated
    assert not check.kills(found) and not check.spares(found)
    assert run_part(part(TRUE, check, example=EXAMPLE), QUICK).verdict is Verdict.INCONCLUSIVE


def test_a_check_that_misses_its_twin_does_not_count(provide: Callable[..., None]) -> None:
    provide(proof=gullible)
    check = Symbolic(f"{FABRICATED}:proof")
    result = run_part(part(TRUE, check, example=EXAMPLE, twins=(TWIN,)), QUICK)
    (evidence,) = result.evidence
    assert result.verdict is Verdict.INCONCLUSIVE
    assert evidence.outcome is Outcome.UNDECIDED and evidence.strength is None
    assert [t.passed for t in evidence.twins] == [False] and "did not notice" in evidence.detail


def test_a_vacuous_statement(provide: Callable[..., None]) -> None:
    def empty(statement: Statement) -> Proof:
        """a² + 1 ≤ 0 has no solution; without that hypothesis the statement is not empty."""
        hopeless = any(h.id == "impossible" for h in statement.given)
        return vacuous(statement) if hopeless else Proof("rejected", "", ("there are points",))

    provide(proof=empty)
    impossible = Hypothesis("impossible", r"a^2 + 1 \le 0", at_least_zero(lambda x: -1 - x.a**2))
    check = Symbolic(f"{FABRICATED}:proof")
    result = run_part(part(says(lambda x: x.b, PLANE, impossible), check, Property(), twins=(TWIN,)), QUICK)
    assert result.verdict is Verdict.VACUOUS and result.strength is Strength.SYMBOLIC


# ── code ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def code(name: str, dtype: str = "float64", **fields: Any) -> CodeStatement:
    return CodeStatement(PLANE, f"{FABRICATED}:{name}", square, lambda x: x.a**2 + x.b**2, dtype=dtype, **fields)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("function", "good"),
    [
        (lambda p: (p["a"] - p["b"]) ** 2, True),
        (lambda p: p["a"] ** 2 - 2 * p["a"] * p["b"] + p["b"] ** 2, True),
        (lambda p: (p["a"] - p["b"]) ** 2 * (1 + 1e-4), False),
        (lambda p: (p["a"] + p["b"]) ** 2, False),
        (lambda p: (p["a"] - p["b"]) ** 2 + float("nan"), False),
        (lambda p: (p["a"] - p["b"]) ** 2 / 0, False),
        (lambda p: (p["a"] - p["b"]).abs(), False),
    ],
)
def test_code_is_compared_with_exact_arithmetic(
    provide: Callable[..., None], function: Callable[[Any], Any], good: bool, dtype: str
) -> None:
    provide(f=function)
    found = Conforms().run(code("f", dtype), QUICK)
    assert found.outcome is (Outcome.SUPPORTS if good else Outcome.REFUTES)
    assert found.strength is (Strength.SAMPLED if good else Strength.CERTIFIED)


def test_code_that_rounds_more_coarsely_than_it_says(provide: Callable[..., None]) -> None:
    provide(f=lambda p: ((p["a"].float() - p["b"].float()) ** 2).double())
    assert Conforms().run(code("f", "float64"), QUICK).outcome is Outcome.REFUTES


def test_code_that_may_not_be_negative(provide: Callable[..., None]) -> None:
    provide(f=lambda p: (p["a"] - p["b"]) ** 2 - p["a"] ** 2, g=lambda p: (p["a"] - p["b"]) ** 2)
    assert Conforms().run(code("f", at_least_zero=True), QUICK).outcome is Outcome.REFUTES
    assert Conforms().run(code("g", at_least_zero=True), QUICK).outcome is Outcome.SUPPORTS


def test_code_that_fails_or_returns_another_shape_is_an_error(provide: Callable[..., None]) -> None:
    import torch

    def fails(p: Any) -> Any:
        raise RuntimeError("no such kernel")

    provide(f=fails, g=lambda p: torch.stack([p["a"], p["b"]], -1))
    for name in ("f", "g"):
        assert run_part(part(code(name), Conforms()), QUICK).verdict is Verdict.ERROR


# ── dynamics ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("margins", "good"), [([1.0, 0.0], True), ([1.0, -1e-9], False), ([float("nan"), 1.0], False)])
def test_a_run_that_goes_wrong_is_a_suspect_and_no_witness(
    provide: Callable[..., None], margins: list[float], good: bool
) -> None:
    provide(experiment=lambda system, settings: Runs(margins, "2 runs", system))
    check = Dynamics(f"{FABRICATED}:experiment")
    found = check.run(replace(TRUE, system="flow"), QUICK)
    assert found.outcome is (Outcome.SUPPORTS if good else Outcome.UNDECIDED)
    assert found.violated is not good and not found.witnesses
    assert check.kills(found) is not good and check.spares(found) is good


def test_an_experiment_that_measures_nothing_is_an_error(provide: Callable[..., None]) -> None:
    provide(experiment=lambda system, settings: Runs([], "no runs", ""))
    check = Dynamics(f"{FABRICATED}:experiment")
    assert not check.applies(TRUE) and check.applies(replace(TRUE, system="flow"))
    assert run_part(part(replace(TRUE, system="flow"), check), QUICK).verdict is Verdict.ERROR


# ── ablation ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ablation_tells_needed_from_idle_hypotheses(provide: Callable[..., None]) -> None:
    needed = Hypothesis("a-positive", "a > 0", positive(lambda x: x.a))
    idle = Hypothesis("b-large", r"b \ge -10^6", at_least_zero(lambda x: x.b + 10**6))
    statement = says(lambda x: x.a, PLANE, needed, idle)
    provide(
        proof=lambda s: Proof(
            "proved" if any(h.id == "a-positive" for h in s.given) else "rejected", ALL_SIZES, ("step",)
        )
    )
    rows = {r["id"]: r for r in Ablation(proof=f"{FABRICATED}:proof").run(statement, QUICK).ablations}
    assert rows["a-positive"]["status"] == "NEEDED" and rows["b-large"]["status"] == "REDUNDANT"
    witness = rows["a-positive"]["witness"]
    assert examine(statement, {n: str(v) for n, v in witness.point.items()}).in_domain is False
    assert {r["id"]: r["status"] for r in Ablation().run(statement, QUICK).ablations} == {
        "a-positive": "NEEDED",
        "b-large": "UNDECIDED",
    }


def test_ablation_weakens_the_kinds_of_variables() -> None:
    domain = Domain((simplex("q", "k"), above_zero("u")), {"k": (1, 3)})
    statement = says(lambda x: x.u * ex.total(x.q) * x.q[0], domain)
    rows = {r["id"]: r["status"] for r in Ablation().run(statement, QUICK).ablations}
    assert rows == {"q-nonnegative": "NEEDED", "q-sums-to-one": "UNDECIDED", "u-positive": "NEEDED"}


def test_ablation_decides_no_verdict() -> None:
    assert run_part(part(TRUE, Ablation(), example=EXAMPLE), QUICK).verdict is Verdict.INCONCLUSIVE


def test_ablation_bites() -> None:
    (evidence,) = run_part(part(TRUE, Ablation(), twins=(TWIN,), neighbours=(NEIGHBOUR,)), QUICK).evidence
    assert [t.passed for t in (*evidence.twins, *evidence.neighbours)] == [True, True]


# ── the engine ───────────────────────────────────────────────────────────────────────────────────────────────────────


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
    [ZeroDivisionError("x"), AssertionError(), KeyError("q"), RecursionError(), MemoryError(), NotImplementedError()],
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


def flipped(relations: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {**r, "trees": {**r["trees"], "op": "gt0"}, "op": "gt0"} if r["role"] == "given" else r for r in relations
    )


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
