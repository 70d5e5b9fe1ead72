"""Formal check: a Coq theorem on a part of a claim.

It counts only if the file compiles, holds no word that leaves a proof out, assumes nothing beyond the allow-list, if
its definitions agree with the part's expressions at rational points, and if neither statement changed since a person
compared them.  Without Coq nothing runs and nothing counts.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from ddcl_theory.checks.base import Check, Settings, witness_of
from ddcl_theory.claim import Claim, Part, Statement, examine
from ddcl_theory.domain import namespace_of_point
from ddcl_theory.evaluate import Inexact, Undefined, fractions
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.formal import build, coq, evaluation, stand_ins
from ddcl_theory.formal.sources import Theorem, by_part, closure, digest, forbidden_words, lines_to_compare, to_compare
from ddcl_theory.point import Point, exact, to_json
from ddcl_theory.relation import Traced

#: What a comparison of a theorem with its claim at so many points says.
COMPARED = {
    "values": "its value equals the claim's at {} rational points",
    "stand-ins": "its value equals the claim's at {} rational points, with rational functions in place of the irrational ones",
    "truth": "its conclusion is as true as the claim's at {} points where the hypotheses hold, which says less than values",
}


def attach(claim: Claim) -> Claim:
    """The claim with the formal checks that the annotations of the Coq files give its parts and their amendments."""
    if not any(path.startswith(f"{claim.id}/") for path in by_part()):
        return claim
    readings = [
        replace(r, parts=tuple(_with_theorems(p, f"{claim.id}/{r.id}/{p.id}") for p in r.parts)) for r in claim.readings
    ]
    return replace(claim, readings=tuple(readings))


def _with_theorems(part: Part, path: str) -> Part:
    checks = (*part.checks, *(Formal(theorem) for theorem in by_part().get(path, ())))
    amendment = part.amendment
    if amendment is not None:
        amendment = replace(amendment, part=_with_theorems(amendment.part, f"{path}/amended"))
    return replace(part, checks=checks, amendment=amendment)


@dataclass(frozen=True)
class Formal(Check):
    """points: examined besides the drawn ones.  trial: whether a twin or neighbour is on trial.  Its truth is compared
    with that of the theorem's conclusion, the values being those of another statement; where the theorem refutes the part or
    says that no point is left, only the twin itself is evaluated."""

    kind: ClassVar[str] = "formal"
    theorem: Theorem
    points: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    trial: bool = False

    @property
    def name(self) -> str:
        return f"formal {self.theorem.full_name}"

    def on_trial(self) -> Formal:
        return replace(self, trial=True)

    def prepare(self) -> None:
        """Compile what is needed; what does not compile is said when the check runs."""
        if coq.missing() is None:
            with contextlib.suppress(Exception):
                build.ensure(self.theorem.source)

    def with_points(self, points: tuple[Mapping[str, Any], ...]) -> Formal:
        return replace(self, points=(*self.points, *points))

    def run(self, statement: Statement, settings: Settings) -> Evidence:
        lacking = coq.missing()
        if lacking is not None:
            return self._evidence(Outcome.NOT_RUN, lacking)
        words = {w: s.name for s in closure(self.theorem.source) for w in forbidden_words(s)}
        if words:
            said = ", ".join(f"{word} in {name}.v" for word, name in words.items())
            return self._evidence(Outcome.UNDECIDED, f"refused: {said}")
        assumed = build.assumptions(self.theorem, build.ensure(self.theorem.source))
        excess = build.beyond(self.theorem, assumed)
        if excess:
            return self._evidence(Outcome.UNDECIDED, f"refused: it assumes {', '.join(excess)}")
        agreed, difference = self._compare(statement)
        if self.trial:
            outcome = Outcome.SUPPORTS if agreed and not difference else Outcome.UNDECIDED
            return self._evidence(outcome, difference, agreed, violated=bool(difference))
        if difference:
            return self._evidence(Outcome.UNDECIDED, f"the Coq definitions are not the claim's: {difference}", agreed)
        if agreed < evaluation.POINTS:
            return self._evidence(Outcome.UNDECIDED, f"only {agreed} points could be compared", agreed)
        pair = f"{statement_digest(statement)}-{digest(self.theorem)}"
        if self.theorem.compared != pair:
            return self._evidence(
                Outcome.UNDECIDED,
                f"stale: one of the two statements changed since they were compared; once they agree, write {pair}",
                agreed,
            )
        return self._count(statement, agreed, assumed)

    def _compare(self, statement: Statement) -> tuple[int, str]:
        """How many points agree, and the first difference, if any."""
        usable = self._usable(statement)
        if self.trial and self.theorem.role != "proves":
            # What is on trial has to be false or true at its own points.  Outside of its hypotheses, where a theorem of
            # vacuity says that every point lies, it is true; for a counterexample such points say nothing.
            against = [f"at {_text(p)} the statement is false" for p, _, own in usable if not own]
            tried = evaluation.points(statement) if self.theorem.role == "vacuous" else usable
            return sum(1 for _ in tried), "".join(against[:1])
        values = evaluation.coq_values(self.theorem, statement, [p for p, _, _ in usable])
        agreed = 0
        for (p, traced, own), coqs in zip(usable, values, strict=True):
            if self._by_truth:
                said = bool(coqs[0]) if self.theorem.truth is not None else _holds(traced, coqs)
                if said != own or (self.trial and not said):
                    return agreed, f"at {_text(p)} Coq's conclusion is {said}, the statement's {own}"
            elif coqs != own:
                shown = [", ".join(str(v) for v in vs) for vs in (coqs, own)]
                return agreed, f"at {_text(p)} Coq has {shown[0]}, the claim {shown[1]}"
            agreed += 1
        return agreed, ""

    @property
    def _compared(self) -> str:
        """How the theorem was compared with the claim."""
        return "truth" if self.theorem.truth is not None else "stand-ins" if self._instead else "values"

    @property
    def _by_truth(self) -> bool:
        return self.trial or self.theorem.truth is not None

    @property
    def _instead(self) -> Mapping[str, Callable[[Any], Any]]:
        """Rational functions in place of irrational ones, where the theorem's value names them."""
        return stand_ins.FUNCTIONS if self.theorem.value is not None and stand_ins.used(self.theorem.value) else {}

    def _usable(self, statement: Statement) -> list[tuple[Point, Traced, Any]]:
        """Points with what the statement says there: values, which need no hypotheses, or the truth of its conclusion
        where all hypotheses hold.  On trial, where a theorem covers what it is shown, the conclusion must be true."""
        found = []
        names = {v.name for v in statement.domain.variables}
        given = ({n: exact(v) for n, v in p.items()} for p in self.points if set(p) == names)
        for p in itertools.chain(given, evaluation.points(statement)):
            said = self._said(statement, p)
            if said is not None:
                found.append((p, *said))
            if len(found) == evaluation.POINTS + len(self.points):
                break
        return found

    def _said(self, statement: Statement, p: Point) -> tuple[Traced, Any] | None:
        traced = statement.trace(namespace_of_point(statement.domain, p))[1]
        try:
            if not self._by_truth:
                return traced, fractions(_roots(traced), p, self._instead)
            found = statement.examine(p)
            holds = None if found.conclusion is None else found.conclusion[1].holds
            if holds is None and self._instead and traced.op == "eq0":
                # Enclosures never tell that an irrational number is 0; that the terms cancel can be told without it.
                # Where stand-ins do not cancel, what they stand for still may.
                holds = _holds(traced, fractions(traced.roots, p, self._instead)) or None
        except (Inexact, Undefined):
            return None
        if found.in_domain is not True or holds is None:
            return None
        return traced, holds

    def _count(self, statement: Statement, agreed: int, assumed: list[str]) -> Evidence:
        assumes = f"at most {', '.join(assumed)}" if assumed else "nothing"
        detail = (
            f"{self.theorem.statement} Assumes {assumes}; {COMPARED[self._compared].format(agreed)}; "
            f"{lines_to_compare(self.theorem)} lines to compare."
        )
        shown = self._shown(agreed, assumed)
        if self.theorem.role == "refutes":
            assert self.theorem.witness is not None
            found = examine(statement, self.theorem.witness)
            if not found.refutes:
                return self._evidence(Outcome.UNDECIDED, "the statement holds at the theorem's witness", agreed)
            witness = witness_of(statement, found)
            strength = Strength.EXACT if witness.exact else Strength.CERTIFIED
            refuted = {"strength": strength, "witnesses": (witness,), "formal": shown}
            return self._evidence(Outcome.REFUTES, detail, agreed, **refuted)
        unnamed = self._unnamed_sizes(statement)
        if unnamed and self.theorem.scope is None:
            says = f"the theorem names no {', '.join(unnamed)}, and its annotation no scope"
            return self._evidence(Outcome.UNDECIDED, says, agreed)
        scope = self.theorem.scope or f"all {', '.join(statement.domain.sizes) or 'values'}"
        proved = Outcome.VACUOUS if self.theorem.role == "vacuous" else Outcome.PROVES
        outcome = proved if scope.startswith("all") else Outcome.SUPPORTS
        return self._evidence(outcome, detail, agreed, strength=Strength.FORMAL, scope=scope, formal=shown)

    def _unnamed_sizes(self, statement: Statement) -> list[str]:
        """Sizes that vary in the claim and do not occur in the theorem: it may hold for one value of them only."""
        words = set(re.findall(r"[\w']+", self.theorem.statement))
        return [name for name, (low, high) in statement.domain.sizes.items() if low < high and name not in words]

    def _shown(self, agreed: int, assumed: list[str]) -> dict[str, Any]:
        *definitions, statement = (" ".join(s.split()) for s in to_compare(self.theorem))
        return {
            "theorem": self.theorem.full_name,
            "statement": statement,
            "definitions": definitions,
            "lines": lines_to_compare(self.theorem),
            "assumes": assumed,
            "agreed": agreed,
            "compared": COMPARED[self._compared].format(agreed),
        }

    def _evidence(self, outcome: Outcome, detail: str, cases: int = 0, **fields: Any) -> Evidence:
        return Evidence(self.name, self.kind, outcome, cases=cases, detail=detail, **fields)


def _roots(traced: Traced) -> list[Any]:
    """The expressions of a conclusion; those of its alternatives one after the other."""
    return [*traced.roots, *(root for option in traced.options for root in _roots(option))]


def _holds(traced: Traced, values: list[Any]) -> bool:
    if traced.op == "any":
        ends = list(itertools.accumulate(len(_roots(option)) for option in traced.options))
        if len(values) != ends[-1]:
            return False
        shares = zip(traced.options, [0, *ends[:-1]], ends, strict=True)
        return any(_holds(option, values[start:end]) for option, start, end in shares)
    tests = {"ge0": lambda v: v >= 0, "gt0": lambda v: v > 0, "eq0": lambda v: v == 0, "ne0": lambda v: v != 0}
    results = [tests[traced.op](v) for v in values]
    return any(results) if traced.op == "ne0" else all(results)


def _text(p: Point) -> str:
    return ", ".join(f"{name} = {to_json(value)}" for name, value in p.items())


def statement_digest(statement: Statement) -> str:
    """Identifies what the claim says, over its smallest sizes."""
    sizes = [
        s for s in statement.domain.all_sizes() if all(v <= max(2, statement.domain.sizes[n][0]) for n, v in s.items())
    ]
    return hashlib.sha256("".join(statement.digest(s) for s in sizes).encode()).hexdigest()[:12]
