"""Proofs, code, dynamics and ablation: each finds a planted falsehood and spares a planted truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.base import PROFILES, Check, Settings
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.checks.dynamics import Dynamics, Runs
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Part, Statement, Twin, examine
from ddcl_theory.domain import Domain, above_zero, real, simplex
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome, Strength
from ddcl_theory.lemmas.polynomial import is_zero
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out
from ddcl_theory.relation import Predicate, at_least_zero, positive
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
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
NEIGHBOUR = Neighbour("doubled", says(lambda x: 2 * square(x)))


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


def test_ablation_tries_the_points_that_break_a_constraint_of_a_kind() -> None:
    domain = Domain((simplex("q", "k"), above_zero("u")), {"k": (1, 3)})
    statement = says(lambda x: 10**40 - x.q[0] - 1 / x.u**0 * x.q[0], domain)
    far = {"q": [10**41], "u": 1}
    assert {r["id"]: r["status"] for r in Ablation(only=("q-sums-to-one",)).run(statement, QUICK).ablations} == {
        "q-sums-to-one": "UNDECIDED"
    }
    check = Ablation(only=("q-sums-to-one",), breaks={"q-sums-to-one": (far,)})
    (row,) = check.run(statement, QUICK).ablations
    assert row["status"] == "NEEDED" and int(row["witness"].point["q"][0]) > 10**39
    harmless = Ablation(only=("q-sums-to-one",), breaks={"q-sums-to-one": ({"q": [1], "u": 1},)})
    assert [r["status"] for r in harmless.run(statement, QUICK).ablations] == ["UNDECIDED"]


def test_ablation_refuses_points_for_a_hypothesis_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="breaks: no hypothesis 'a-positive'; the statement has none"):
        Ablation(breaks={"a-positive": ({"a": 1},)}).run(TRUE, QUICK)


def test_ablation_decides_no_verdict() -> None:
    assert run_part(part(TRUE, Ablation(), example=EXAMPLE), QUICK).verdict is Verdict.INCONCLUSIVE


def test_ablation_bites() -> None:
    (evidence,) = run_part(part(TRUE, Ablation(), twins=(TWIN,), neighbours=(NEIGHBOUR,)), QUICK).evidence
    assert [t.passed for t in (*evidence.twins, *evidence.neighbours)] == [True, True]
