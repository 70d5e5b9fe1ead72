"""The outcome of a prediction: an axis of its own beside the verdicts."""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Outcome(enum.Enum):
    """What became of a prediction; the value is the sentence that reports print."""

    REPRODUCED = "the prediction is supported at every declared setting"
    NOT_REPRODUCED = "the prediction is supported at no declared setting, or at no more than chance gives"
    DEPENDS_ON = "the prediction is supported at some of the declared settings and not at others"
    NOT_TESTABLE = "what was run does not decide the prediction"

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


def outcome_of(supported: Iterable[bool | None]) -> Outcome:
    """The outcome from what happened at each declared setting: True (the runs support the prediction), False (they do
    not), None (it could not be measured, or on too few seeds).

    | some True | some False | some None | outcome        |
    |-----------|------------|-----------|----------------|
    | yes       | yes        | yes or no | DEPENDS ON     |
    | yes       | no         | no        | REPRODUCED     |
    | no        | yes        | no        | NOT REPRODUCED |
    | yes       | no         | yes       | NOT TESTABLE   |
    | no        | yes        | yes       | NOT TESTABLE   |
    | no        | no         | yes or no | NOT TESTABLE   |

    A setting that could not be measured stands for either answer: only where both would give the same outcome is it
    given.
    """
    seen = set(supported)
    if {True, False} <= seen:
        return Outcome.DEPENDS_ON
    if None in seen or not seen:
        return Outcome.NOT_TESTABLE
    return Outcome.REPRODUCED if True in seen else Outcome.NOT_REPRODUCED
