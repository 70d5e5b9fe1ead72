"""Replaying a recorded result: witnesses are re-checked, measurements and verdicts follow again, counts are counted.

What is claimed comes from the installed registry and must equal the file's copy; what was found comes from the file and
must lead to the verdicts in the file.  A replay does not repeat searches, samples, proofs, runs of experiments or trials of
twins: evidence that no witness backs is taken as recorded, within what its kind of check may claim, and what is said of
an experiment must follow from its recorded effects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ddcl_theory import engine, registry, summary
from ddcl_theory import record as rec
from ddcl_theory.amendment import judge
from ddcl_theory.checks import experiment
from ddcl_theory.checks.ablation import without
from ddcl_theory.checks.base import Check
from ddcl_theory.checks.experiment import Experiment, Predicted
from ddcl_theory.claim import Claim, Part, Reading, Statement
from ddcl_theory.evidence import CEILING, Outcome, Strength
from ddcl_theory.experiments.protocol import Plan
from ddcl_theory.recheck import objections
from ddcl_theory.run import describe
from ddcl_theory.verdict import Facts, Verdict, of_part, of_reading
from ddcl_theory.versions import versions

Row = Mapping[str, Any]


@dataclass
class Replay:
    """What a replay found: `problems`, each with its place, and how much of what was looked at.

    plan: that of the recorded run.  same: whether it had the library for enclosures that is installed here.
    """

    plan: Plan
    same: bool
    problems: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def expect(self, place: str, what: str, recorded: Any, right: Any) -> None:
        """Note a problem unless what is recorded is right."""
        if recorded != right:
            self.problems.append(f"{place}: {what} is recorded as {_short(recorded)}, and is {_short(right)}")

    def summary(self) -> str:
        return ", ".join(f"{n} {what}" for what, n in self.counted.items()) or "nothing to replay"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:100]} … {text[-50:]}"


def replay_record(record: Row) -> Replay:
    """Replay a well-formed record (see `report.validate`) against the installed claims."""
    same = versions()["python-flint"] == record["versions"].get("python-flint")
    found = Replay(Plan(record["profile"], record["seed"], record["device"]), same)
    for row in record["claims"]:
        _replay_claim(found, row)
    limits = summary.limits_of(record["claims"], record["profile"], record["device"])
    found.expect("record", "what it does not establish", record["limits"], limits)
    finished = {c["id"] for c in record["claims"]}
    found.expect("record", "missing", [i for i in record["missing"] if i in finished], [])
    teeth = summary.teeth_of(record["claims"])
    for animal, hit in (("twins", "killed"), ("neighbours", "spared")):
        for what in (hit, "total"):
            found.expect(
                "record", f"the count of {animal} ({what})", record["teeth"][animal][what], teeth[animal][what]
            )
        found.counted[animal] = teeth[animal]["total"]
    return found


def _replay_claim(found: Replay, row: Row) -> None:
    place = row["id"]
    found.counted["claims"] += 1
    try:
        claim = next(e for e in registry.entries() if e.id == row["id"]).load()
    except StopIteration:
        found.problems.append(f"{place}: this claim is not installed, so that its predicates cannot be compared")
        return
    except Exception as error:  # whatever hinders a claim from loading is the finding
        if row["verdict"] != "ERROR":
            found.problems.append(f"{place}: the installed claim could not be loaded: {describe(error)}")
        return
    if not row["readings"]:
        found.expect(place, "the verdict of a claim without readings", row["verdict"], "ERROR")
        return
    declared = {
        "title": claim.title,
        "says": claim.says,
        "derivation": claim.derivation.strip(),
        "uses": list(claim.uses),
        "source": {"paper": claim.source.paper, "place": claim.source.place},
    }
    for what, right in declared.items():
        found.expect(place, what, row[what], right)
    _expect_ids(found, place, "readings", row["readings"], [r.id for r in claim.readings])
    for reading in claim.readings:
        for recorded in row["readings"]:
            if recorded["id"] == reading.id:
                _replay_reading(found, recorded, claim, reading)
    _claim_verdict(found, place, row, claim)


def _claim_verdict(found: Replay, place: str, row: Row, claim: Claim) -> None:
    """The verdict of the default reading, or ERROR where a figure that the claim declares could not be drawn."""
    default = [r["verdict"] for r in row["readings"] if r["id"] == claim.default.id]
    if row["verdict"] == "ERROR" and len(row["figures"]) < len(claim.figures):
        return
    found.expect(place, "the verdict", [row["verdict"]], default)
    found.expect(place, "the sentence of the verdict", row["verdict_says"], Verdict[row["verdict"]].value)
    found.counted["verdicts"] += 1


def _expect_ids(found: Replay, place: str, what: str, rows: Sequence[Row], right: list[str]) -> None:
    found.expect(place, what, [r["id"] for r in rows], right)


def _replay_reading(found: Replay, row: Row, claim: Claim, reading: Reading) -> None:
    place = f"{claim.id}, reading {reading.id}"
    found.expect(place, "what it says", row["says"], reading.says)
    found.expect(place, "as_printed", row["as_printed"], reading.as_printed)
    _expect_ids(found, place, "parts", row["parts"], [p.id for p in reading.parts])
    for part in reading.parts:
        for recorded in row["parts"]:
            if recorded["id"] == part.id:
                _replay_part(found, recorded, f"{place}, part {part.id}", part)
    verdict = of_reading([Verdict[p["verdict"]] for p in row["parts"]]).name
    found.expect(place, "the verdict", row["verdict"], verdict)
    found.expect(place, "the strength", row["strength"], summary.reading_strength(verdict, row["parts"]))
    found.expect(place, "the scope", row["scope"], summary.reading_scope(verdict, row["parts"]))
    found.counted["verdicts"] += 1
    _replay_hypotheses(found, place, row["hypotheses"], reading.parts, None)


def _replay_part(found: Replay, row: Row, place: str, part: Part) -> None:
    found.expect(place, "what it says", row["says"], part.says)
    found.expect(place, "the predicate", row["predicate"], rec.predicate_row(part.statement))
    rescued = _replay_amendment(found, row["amendment"], place, part)
    verdict = _replay_findings(found, row, place, part, rescued)
    found.expect(place, "the sentence of the verdict", row["verdict_says"], Verdict[verdict].value)
    found.expect(place, "what is missing", row["missing"], summary.missing_of(verdict, row["evidence"], part.missing))
    found.expect(place, "the failing step", row["failing_step"], rec.failing_step(part, verdict))


def _replay_findings(found: Replay, row: Row, place: str, part: Part, rescued: bool) -> str:
    """Evidence, witnesses and verdict of a part or of an amendment; the verdict that follows."""
    _replay_evidence(found, row, place, part)
    for number, witness in enumerate(row["witnesses"], 1):
        for complaint in objections(witness, [part.statement], found.same):
            found.problems.append(f"{place}, witness {number} ({witness['role']}): {complaint}")
        found.counted["witnesses"] += 1
    verdict = of_part(_facts(row["evidence"], part, rescued)).name
    found.expect(place, "the verdict", row["verdict"], verdict)
    found.expect(place, "the strength", row["strength"], summary.strength_of(verdict, row["evidence"]))
    found.expect(place, "the scope", row["scope"], summary.scope_of(verdict, row["evidence"]))
    found.expect(place, "the doubt that is left", row["doubt"], summary.doubt_of(verdict, row["evidence"]))
    found.counted["verdicts"] += 1
    return verdict


def _facts(evidence: Sequence[Row], part: Part, rescued: bool) -> Facts:
    outcomes = {e["outcome"] for e in evidence}
    # Runs of a flow that went wrong: they decided nothing although they measured margins, the worst of them not ≥ 0.
    against = any(
        e["kind"] == "dynamics"
        and e["outcome"] == "UNDECIDED"
        and e["cases"] > 0
        and not (e["worst_margin"] is not None and e["worst_margin"] >= 0)
        for e in evidence
    )
    return Facts(
        crashed="CRASHED" in outcomes or (against and "PROVES" in outcomes),
        refuted="REFUTES" in outcomes,
        rescued=rescued,
        vacuous="VACUOUS" in outcomes,
        proved="PROVES" in outcomes,
        inhabited=bool(engine.example_text(part)),
        supported="SUPPORTS" in outcomes and not against,
    )


_COUNTING = ("SUPPORTS", "PROVES", "VACUOUS")


def _replay_evidence(found: Replay, row: Row, place: str, part: Part) -> None:
    found.expect(
        place, "the checks", [[e["check"], e["kind"]] for e in row["evidence"]], [[c.name, c.kind] for c in part.checks]
    )
    for check, e in zip(part.checks, row["evidence"], strict=False):
        here = f"{place}, {e['check']}"
        found.problems += [f"{here}: {complaint}" for complaint in _beyond(e, bool(row["witnesses"]))]
        found.problems += [f"{here}: {complaint}" for complaint in _measurement(found, check, part, e)]
        if e["outcome"] == "NOT_RUN":
            continue
        tried = [t.id for t in part.twins if check.applies(t.statement) and check.has_trial(e.get("experiment"))]
        found.expect(here, "the twins", [t["id"] for t in e["twins"]], tried)
        neighbours = [n.id for n in part.neighbours if check.applies(n.statement)]
        found.expect(here, "the neighbours", [n["id"] for n in e["neighbours"]], neighbours)


def _measurement(found: Replay, check: Check, part: Part, e: Row) -> list[str]:
    """What is wrong with the measurement of an experiment in this evidence, or with there being one."""
    if not (isinstance(check, Experiment) and isinstance(part.statement, Predicted)):
        return ["it has a measurement, yet measures no experiment"] if "experiment" in e else []
    if "experiment" in e:
        found.counted["measurements"] += 1
    try:
        return experiment.objections(check, part.statement, e, found.plan)
    except Exception as error:  # whatever hinders the recomputation is the finding
        return [f"its measurement could not be computed again: {describe(error)}"]


def _beyond(e: Row, witnessed: bool) -> list[str]:
    """What this evidence claims beyond what its kind of check can, or without what it needs."""
    complaints = []
    strength = Strength[e["strength"].upper()] if e["strength"] else None
    if e["outcome"] in ("PROVES", "VACUOUS") and e["kind"] not in ("symbolic", "formal"):
        complaints.append(f"a {e['kind']} check cannot prove, yet its outcome is {e['outcome']}")
    if e["outcome"] == "REFUTES":
        if not witnessed:
            complaints.append("it refutes, yet there is no witness")
        if strength not in (Strength.CERTIFIED, Strength.EXACT):
            complaints.append(f"a refutation is certified or exact, and not {e['strength']}")
    elif strength is not None and strength > CEILING[e["kind"]]:
        complaints.append(f"a {e['kind']} check is {CEILING[e['kind']].label} at most, and not {e['strength']}")
    if e["outcome"] == "SUPPORTS" and e["cases"] < 1:
        complaints.append("it supports without a case")
    survived = [t["id"] for t in e["twins"] if not t["killed"]]
    if survived and e["outcome"] in _COUNTING:
        complaints.append(f"it counts although it did not notice the false twin {', '.join(survived)}")
    if "experiment" in e and (e["outcome"] == "SUPPORTS") and e["experiment"]["outcome"] != "REPRODUCED":
        complaints.append("it supports although the prediction was not reproduced")
    if e["outcome"] not in Outcome.__members__:
        complaints.append(f"the outcome {e['outcome']} is unknown")
    return complaints


def _replay_amendment(found: Replay, row: Row | None, place: str, part: Part) -> bool:
    """Whether the recorded amendment makes its part CONDITIONAL, everything in it being as it should."""
    amendment = part.amendment
    if amendment is None or row is None:
        found.expect(place, "whether there is an amendment", row is not None, amendment is not None)
        return False
    here = f"{place}, amendment"
    verdict = Verdict[_replay_findings(found, row, here, amendment.part, False)]
    judged = judge(part, amendment, verdict)
    found.expect(here, "adds", [h["id"] for h in row["adds"]], list(judged.adds))
    found.expect(here, "examples", row["examples"], [dict(e) for e in judged.examples])
    for what in ("same_conclusion", "makes_conditional", "because"):
        found.expect(here, what, row[what], getattr(judged, what))
    found.expect(here, "what it says", row["says"], amendment.part.says)
    found.expect(here, "the advice", row["advice"], amendment.advice)
    _replay_hypotheses(found, here, row["adds"], [amendment.part], judged.adds)
    return judged.makes_conditional


def _replay_hypotheses(
    found: Replay, place: str, rows: Sequence[Row], parts: Sequence[Part], only: Sequence[str] | None
) -> None:
    """Hypotheses are those of the parts; the witness that one is needed refutes a part without it."""
    assumed = [(p, h) for p in parts for h in rec.hypotheses_of(p.statement) if only is None or h.id in only]
    right = list(dict.fromkeys((h.id, h.says) for _, h in assumed))
    found.expect(place, "the hypotheses", [(r["id"], r["says"]) for r in rows], right)
    for row in rows:
        here = f"{place}, hypothesis {row['id']}"
        assuming = [p.id for p, h in assumed if (h.id, h.says) == (row["id"], row["says"])]
        found.expect(here, "the parts that assume it", row.get("parts", assuming), assuming)
        ablation = row["ablation"]
        if ablation is None:
            continue
        found.expect(
            here,
            "whether a witness shows that it is needed",
            ablation["witness"] is not None,
            ablation["status"] == "NEEDED",
        )
        if ablation["witness"] is not None:
            weaker = [
                without(p.statement, h) for p, h in assumed if h.id == row["id"] and isinstance(p.statement, Statement)
            ]
            complaints = objections(ablation["witness"], weaker, found.same)
            found.problems += [f"{here}, witness: {complaint}" for complaint in complaints]
            found.counted["witnesses"] += 1
