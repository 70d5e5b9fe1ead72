"""CONDITIONAL needs the identical conclusion, a strict superset of hypotheses, and examples on boxes at every size.

Each test starts from an amendment that makes its part CONDITIONAL and takes one of the conditions away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.amendment import EXAMPLE_SIZES, judge
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Part, Statement, Twin
from ddcl_theory.domain import Domain, Variable, real, simplex, temperature
from ddcl_theory.engine import run_part
from ddcl_theory.relation import Predicate, at_least_zero, equals_zero, one_of, positive
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
DOMAIN = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k"), temperature("T")), {"k": (1, 5), "d": (1, 3)})
Examples = Callable[[int, int], tuple[Mapping[str, Any], str]]


def alignment(x: Any) -> ex.Expr:
    """Σ_j q_j ⟨z, p_j⟩ / T."""
    return ex.total(w * ex.dot(x.z, row) for w, row in zip(x.q, x.p, strict=True)) / x.T


def entries(x: Any) -> list[ex.Expr]:
    return [*x.z, *(c for row in x.p for c in row)]


def hypothesis(relation: Any, identifier: str = "added") -> Hypothesis:
    return Hypothesis(identifier, "added", relation)


KEPT = hypothesis(at_least_zero(lambda x: x.z[0] + 1), "kept")
ADDED = hypothesis(positive(entries))


def examples(k: int, d: int) -> tuple[dict[str, Any], str]:
    return {"z": [2] * d, "p": [[2] * d] * k, "q": [1, *[0] * (k - 1)], "T": "1/2"}, "1/100"


def setup(
    added: tuple[Hypothesis, ...] = (ADDED,),
    kept: Hypothesis = KEPT,
    conclusion: Predicate = alignment,
    domain: Domain = DOMAIN,
    shown: Examples | None = examples,
    names: tuple[str | None, str | None] = (None, None),
    checks: tuple[Any, ...] = (),
    original: Predicate = alignment,
) -> Part:
    corrected = Part(
        "corrected", "a", Statement(domain, at_least_zero(conclusion), (kept, *added)), checks, conclusion=names[1]
    )
    amendment = Amendment(corrected, FailingStep("nowhere", "nothing"), "nothing", examples=shown)
    return Part(
        "part",
        "a",
        Statement(DOMAIN, at_least_zero(original), (KEPT,)),
        checks,
        conclusion=names[0],
        amendment=amendment,
    )


def conditional(part: Part, verdict: Verdict = Verdict.PROVED) -> tuple[bool, str]:
    assert part.amendment is not None
    judgement = judge(part, part.amendment, verdict)
    assert judgement.makes_conditional or not judgement.because.startswith("identical conclusion")
    return judgement.makes_conditional, judgement.because


@pytest.mark.parametrize("verdict", [Verdict.PROVED, Verdict.HOLDS])
def test_the_starting_point_is_conditional(verdict: Verdict) -> None:
    assert conditional(setup(), verdict)[0]
    judgement = judge(setup(), setup().amendment, verdict)
    assert judgement.adds == ("added",) and [(e["k"], e["d"]) for e in judgement.examples] == list(EXAMPLE_SIZES)


def test_the_verdict_follows() -> None:
    part = setup(checks=(Property(),))
    assert run_part(part, QUICK).verdict is Verdict.CONDITIONAL
    assert run_part(replace(part, amendment=None), QUICK).verdict is Verdict.REFUTED


def test_a_true_part_with_an_amendment_is_not_conditional() -> None:
    part = setup(checks=(Property(),))
    truth = replace(part, statement=part.amendment.part.statement)
    assert run_part(truth, QUICK).verdict is Verdict.HOLDS


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in (Verdict.PROVED, Verdict.HOLDS)])
def test_an_amendment_that_does_not_stand(verdict: Verdict) -> None:
    found, because = conditional(setup(), verdict)
    assert not found and verdict.name in because


def test_an_amendment_that_is_false_itself_rescues_nothing() -> None:
    useless = hypothesis(positive(lambda x: x.z[0] + 10))
    assert run_part(setup((useless,), checks=(Property(),)), QUICK).verdict is Verdict.REFUTED


def test_an_amendment_whose_check_is_blunt_rescues_nothing() -> None:
    part = setup(checks=(Property(),))
    true = Twin("true after all", part.amendment.part.statement, {"z": [1], "p": [[1]], "q": [1], "T": 1})
    corrected = replace(part.amendment.part, twins=(true,))
    assert run_part(replace(part, amendment=replace(part.amendment, part=corrected)), QUICK).verdict is Verdict.REFUTED


def with_kind(name: str, kind: str) -> Domain:
    return Domain(
        tuple(Variable(v.name, kind, v.shape) if v.name == name else v for v in DOMAIN.variables), DOMAIN.sizes
    )


def first_two(x: Any) -> ex.Expr:
    return ex.total(ex.dot(x.z, row) for row in x.p[:2])


def every(x: Any) -> ex.Expr:
    return ex.total(ex.dot(x.z, row) for row in x.p)


NOT_THE_SAME: dict[str, Part] = {
    "another conclusion": setup(conclusion=lambda x: alignment(x) + 1),
    "a conclusion that is equal at k = 2 only": setup(conclusion=first_two, original=every),
    "fewer sizes": setup(domain=Domain(DOMAIN.variables, {"k": (2, 5), "d": (1, 3)})),
    "another name for the conclusion": setup(names=("bounded", "converges")),
    "a name for one conclusion only": setup(names=(None, "converges")),
    "a hypothesis left out": setup(kept=hypothesis(at_least_zero(lambda x: 1), "other")),
    "a hypothesis replaced under its name": setup(kept=hypothesis(at_least_zero(lambda x: x.z[0] - 1), "kept")),
    "nothing added": setup(added=()),
    "a limit in place of the temperature": setup(domain=with_kind("T", "cold")),
    "the positivity of the temperature dropped": setup(domain=with_kind("T", "real")),
    "no examples": setup(shown=None),
}


@pytest.mark.parametrize("name", list(NOT_THE_SAME))
def test_what_is_not_the_same_statement_with_more_hypotheses(name: str) -> None:
    found, because = conditional(NOT_THE_SAME[name])
    assert not found, because


#: Hypotheses that the stored examples meet but that no open set does, or that do not hold at every size.
NARROW: dict[str, Any] = {
    "the temperature is fixed": equals_zero(lambda x: x.T - ex.lift(1) / 2),
    "the assignment is fixed": equals_zero(lambda x: x.q[0] - 1),
    "the sample sits on a prototype": equals_zero(lambda x: ex.minus(x.z, x.p[0])),
    "prototypes coincide": equals_zero(lambda x: ex.minus(x.p[0], x.p[-1])),
    "a sphere": equals_zero(lambda x: ex.norm2(x.z) - 4 * x.d),
    "a sum is fixed": equals_zero(lambda x: ex.total(c for row in x.p for c in row) - 2 * x.k * x.d),
    "one of two narrow sets": one_of(equals_zero(lambda x: x.z[0] - 2), equals_zero(lambda x: x.p[0][0] - 2)),
    "a closed inequality with no interior": at_least_zero(lambda x: -((x.z[0] - 2) ** 2)),
    "k is at most 2": at_least_zero(lambda x: 2 - x.k),
    "k is at most 5": at_least_zero(lambda x: 5 - x.k),
    "k is even": at_least_zero(lambda x: -(x.k % 2)),
    "d is 1": at_least_zero(lambda x: 1 - x.d),
    "d is at most 3": at_least_zero(lambda x: 3 - x.d),
    "d is below k": positive(lambda x: x.k - x.d),
    "never": positive(lambda x: -1 - x.z[0] ** 2),
}


@pytest.mark.parametrize("name", list(NARROW))
def test_hypotheses_that_fix_what_they_should_leave_free(name: str) -> None:
    found, because = conditional(setup((ADDED, hypothesis(NARROW[name], "narrow"))))
    assert not found, because


def test_a_box_without_extent_is_no_box() -> None:
    for radius in ("0", "-1/100"):
        found, because = conditional(setup(shown=lambda k, d, radius=radius: (examples(k, d)[0], radius)))
        assert not found, because


def test_examples_must_meet_all_hypotheses_at_every_size() -> None:
    for size in EXAMPLE_SIZES:

        def shown(k: int, d: int, size: tuple[int, int] = size) -> tuple[dict[str, Any], str]:
            point, radius = examples(k, d)
            return ({**point, "z": [-2] * d} if (k, d) == size else point), radius

        found, because = conditional(setup(shown=shown))
        assert not found and f"k = {size[0]}, d = {size[1]}" in because


def test_examples_of_another_size_do_not_count() -> None:
    found, _ = conditional(setup(shown=lambda k, d: examples(2, 1)))
    assert not found


def test_a_box_that_leaves_the_hypotheses() -> None:
    found, because = conditional(setup(shown=lambda k, d: (examples(k, d)[0], "2")))
    assert not found and "box" in because


def test_hypotheses_of_the_part_itself_may_be_equations() -> None:
    """On a sphere no box lies, but what is added may still be open there."""
    sphere = hypothesis(NARROW["a sphere"], "sphere")
    part = setup()
    assert part.amendment is not None
    corrected = part.amendment.part
    on_sphere = replace(
        part,
        statement=replace(part.statement, given=(*part.statement.given, sphere)),
        amendment=replace(
            part.amendment,
            part=replace(corrected, statement=replace(corrected.statement, given=(*corrected.statement.given, sphere))),
        ),
    )
    found, because = conditional(on_sphere)
    assert found, because
    for without in (part, replace(part, statement=on_sphere.statement)):
        found, because = conditional(replace(on_sphere, statement=without.statement, amendment=part.amendment))
        assert found is (without is part), because


def test_constants_are_folded_before_the_conclusion_is_looked_for() -> None:
    """A hypothesis that hides the conclusion behind a maximum of numbers assumes it all the same."""
    hidden = hypothesis(at_least_zero(lambda x: ex.maximum(0, min(x.k, 0), -1) + alignment(x)))
    found, because = conditional(setup((hidden,)))
    assert not found and "assumes" in because


def test_assuming_the_conclusion_is_no_amendment() -> None:
    found, because = conditional(setup((hypothesis(at_least_zero(alignment)),)))
    assert not found, because
