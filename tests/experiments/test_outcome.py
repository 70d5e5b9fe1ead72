"""The rule from supported settings to an outcome, exhaustively."""

from __future__ import annotations

import itertools

import pytest

from ddcl_theory.experiments.outcome import Outcome, outcome_of


@pytest.mark.parametrize("length", range(5))
def test_every_list_of_answers_has_the_outcome_of_the_table(length: int) -> None:
    for answers in itertools.product((True, False, None), repeat=length):
        true, false, none = (answers.count(v) for v in (True, False, None))
        if true and false:
            wanted = Outcome.DEPENDS_ON
        elif none or not length:
            wanted = Outcome.NOT_TESTABLE
        elif true:
            wanted = Outcome.REPRODUCED
        else:
            wanted = Outcome.NOT_REPRODUCED
        assert outcome_of(answers) is wanted, answers


def test_an_answer_that_is_not_known_is_never_decided_against_what_it_could_be() -> None:
    for answers in itertools.product((True, False, None), repeat=3):
        if None not in answers:
            continue
        outcomes = {
            outcome_of(filled) for filled in itertools.product(*((True, False) if a is None else (a,) for a in answers))
        }
        found = outcome_of(answers)
        assert found is (outcomes.pop() if len(outcomes) == 1 else Outcome.NOT_TESTABLE)


def test_every_outcome_has_its_sentence_and_its_label() -> None:
    assert len({o.value for o in Outcome}) == len(Outcome)
    assert [o.label for o in Outcome] == ["REPRODUCED", "NOT REPRODUCED", "DEPENDS ON", "NOT TESTABLE"]
