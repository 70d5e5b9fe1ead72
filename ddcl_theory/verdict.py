"""Verdicts and the one rule that combines evidence into them."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass


class Verdict(enum.Enum):
    """The verdicts in the order of their precedence, each with its sentence."""

    ERROR = "a check crashed or timed out, or two pieces of evidence contradict each other"
    REFUTED = "an exact witness, replayed by an independent evaluator, violates the statement"
    CONDITIONAL = "false as stated; the same conclusion holds under an added hypothesis"
    VACUOUS = "proved, but the hypotheses cannot be met or the conclusion cannot fail"
    PROVED = "a symbolic or formal proof covers the whole domain"
    HOLDS = "no counterexample was found; this is not a proof"
    INCONCLUSIVE = "the evidence does not decide"

    @property
    def rank(self) -> int:
        return list(Verdict).index(self)


@dataclass(frozen=True)
class Facts:
    """What the evidence on one part amounts to.

    crashed: some check crashed or timed out.
    refuted: a witness was replayed.  rescued: an amendment with the identical conclusion and more hypotheses stands.
    vacuous: it was proved that the part is empty.  proved: a proof covers the domain.
    inhabited: some point is known to meet the hypotheses.  supported: a check looked and found no counterexample.
    """

    crashed: bool = False
    refuted: bool = False
    rescued: bool = False
    vacuous: bool = False
    proved: bool = False
    inhabited: bool = False
    supported: bool = False


def of_part(f: Facts) -> Verdict:
    """The verdict of a part.  The first line that matches decides (· is either):

    | crashed | refuted | vacuous or proved | rescued | vacuous | proved | inhabited | supported | verdict      |
    |---------|---------|-------------------|---------|---------|--------|-----------|-----------|--------------|
    | yes     | ·       | ·                 | ·       | ·       | ·      | ·         | ·         | ERROR        |
    | no      | yes     | yes               | ·       | ·       | ·      | ·         | ·         | ERROR        |
    | no      | yes     | no                | yes     | ·       | ·      | ·         | ·         | CONDITIONAL  |
    | no      | yes     | no                | no      | ·       | ·      | ·         | ·         | REFUTED      |
    | no      | no      | ·                 | ·       | yes     | ·      | ·         | ·         | VACUOUS      |
    | no      | no      | ·                 | ·       | no      | yes    | yes       | ·         | PROVED       |
    | no      | no      | ·                 | ·       | no      | ·      | ·         | yes       | HOLDS        |
    | no      | no      | ·                 | ·       | no      | ·      | ·         | no        | INCONCLUSIVE |

    A proof of a statement whose hypotheses no known point meets does not count as PROVED.
    """
    if f.crashed or (f.refuted and (f.vacuous or f.proved)):
        return Verdict.ERROR
    if f.refuted:
        return Verdict.CONDITIONAL if f.rescued else Verdict.REFUTED
    if f.vacuous:
        return Verdict.VACUOUS
    if f.proved and f.inhabited:
        return Verdict.PROVED
    return Verdict.HOLDS if f.supported else Verdict.INCONCLUSIVE


def of_reading(parts: Sequence[Verdict]) -> Verdict:
    """The worst verdict among the parts, in the order of precedence, except that a reading is not PROVED or HOLDS
    while a part of it is undecided: `PROVED` needs all parts proved, and INCONCLUSIVE beats both.
    """
    if not parts:
        return Verdict.INCONCLUSIVE
    worst = min(parts, key=lambda v: v.rank)
    if worst in (Verdict.PROVED, Verdict.HOLDS):
        return max(parts, key=lambda v: v.rank)
    return worst
