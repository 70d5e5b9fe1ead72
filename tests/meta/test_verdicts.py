"""The rule that turns facts into a verdict, against a restatement of it that shares no code."""

from __future__ import annotations

import itertools
from dataclasses import fields

import pytest

from ddcl_theory.verdict import Facts, Verdict, of_part, of_reading

NAMES = ("crashed", "refuted", "rescued", "vacuous", "proved", "inhabited", "supported")
PRECEDENCE = ("ERROR", "REFUTED", "CONDITIONAL", "VACUOUS", "PROVED", "HOLDS", "INCONCLUSIVE")


def restated(true: set[str]) -> str:
    """Every verdict with the condition under which it is due, all conditions written out and none relying on order."""
    contradiction = "refuted" in true and bool(true & {"vacuous", "proved"})
    error = "crashed" in true or contradiction
    falls = "refuted" in true and not error
    stands = not error and not falls
    proved = {"proved", "inhabited"} <= true and "vacuous" not in true
    conditions = {
        "ERROR": error,
        "CONDITIONAL": falls and "rescued" in true,
        "REFUTED": falls and "rescued" not in true,
        "VACUOUS": stands and "vacuous" in true,
        "PROVED": stands and proved,
        "HOLDS": stands and "vacuous" not in true and not proved and "supported" in true,
        "INCONCLUSIVE": stands and "vacuous" not in true and not proved and "supported" not in true,
    }
    due = [verdict for verdict, condition in conditions.items() if condition]
    assert len(due) == 1, f"the restatement is no function at {true}: {due}"
    return due[0]


def test_the_facts_are_the_ones_enumerated_here() -> None:
    assert tuple(f.name for f in fields(Facts)) == NAMES


@pytest.mark.parametrize("values", list(itertools.product((False, True), repeat=len(NAMES))))
def test_every_combination_of_facts(values: tuple[bool, ...]) -> None:
    facts = dict(zip(NAMES, values, strict=True))
    assert of_part(Facts(**facts)).name == restated({name for name, value in facts.items() if value})


def test_every_verdict_can_be_reached() -> None:
    reached = {of_part(Facts(*values)) for values in itertools.product((False, True), repeat=len(NAMES))}
    assert reached == set(Verdict)


def test_precedence_is_the_documented_order() -> None:
    assert [v.name for v in sorted(Verdict, key=lambda v: v.rank)] == list(PRECEDENCE)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_multiset_of_parts(count: int) -> None:
    for parts in itertools.combinations_with_replacement(PRECEDENCE, count):
        found = of_reading([Verdict[p] for p in parts]).name
        for orders in itertools.permutations(parts):
            assert of_reading([Verdict[p] for p in orders]).name == found, "the order of the parts must not matter"
        if set(parts) & set(PRECEDENCE[:4]):
            assert found == min(parts, key=PRECEDENCE.index)
        elif "INCONCLUSIVE" in parts:
            assert found == "INCONCLUSIVE"
        elif "HOLDS" in parts:
            assert found == "HOLDS"
        else:
            assert set(parts) == {"PROVED"} and found == "PROVED"


def test_a_reading_without_parts_is_undecided() -> None:
    assert of_reading([]) is Verdict.INCONCLUSIVE


def test_each_verdict_carries_a_sentence_of_its_own() -> None:
    assert len({v.value for v in Verdict}) == len(Verdict) and all(len(v.value.split()) > 3 for v in Verdict)
