"""What is recorded from evidence: strength, scope, doubt, what is missing, which witnesses, which limits."""

from __future__ import annotations

import math
import shutil
from typing import Any

import pytest

from ddcl_theory import record as rec
from ddcl_theory import summary, versions
from ddcl_theory.checks.base import PROFILES, Settings, refutation, witness_of
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Hypothesis, Part, Reading, Source, Statement, examine
from ddcl_theory.domain import Domain, real
from ddcl_theory.engine import run_claim
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.relation import Relation, at_least_zero, equals_zero, one_of
from ddcl_theory.report import validate

DOMAIN = Domain((real("a"), real("b")))


def row(outcome: str, **fields: Any) -> dict[str, Any]:
    return {
        "check": "some check",
        "kind": "property",
        "outcome": outcome,
        "strength": None,
        "scope": "",
        "cases": 0,
        "worst_margin": None,
        "chance_bound": None,
        "seconds": 0.0,
        "detail": "",
        "twins": [],
        "neighbours": [],
        **fields,
    }


def test_doubt_states_cases_margin_and_chance() -> None:
    evidence = [
        row("SUPPORTS", cases=2000, worst_margin=1.25e-7, chance_bound=0.0015),
        row("SUPPORTS", check="search", cases=1),
        row("UNDECIDED", check="silent"),
    ]
    assert summary.doubt_of("HOLDS", evidence) == (
        "some check: 2000 cases, worst margin 1.25e-07, "
        "the next independent case refutes with a chance of at most 0.0015 (95 % confidence); search: 1 case"
    )
    assert summary.doubt_of("PROVED", evidence) is None


@pytest.mark.parametrize("cases", [1, 20, 2000, 400_000])
def test_the_chance_bound_is_the_95_percent_bound_of_cases_without_a_failure(cases: int) -> None:
    bound = 1 - 0.05 ** (1 / cases)
    # With this chance of failure, all cases pass in 5 % of the samples.
    assert math.isclose((1 - bound) ** cases, 0.05, rel_tol=1e-9)


def test_the_recorded_chance_bound_is_that_of_the_independent_cases() -> None:
    statement = Statement(DOMAIN, at_least_zero(lambda x: x.a * x.a))
    evidence = Property().run(statement, Settings(PROFILES["quick"]))
    independent = int(evidence.detail.split(", ")[1].split()[0])
    assert evidence.chance_bound == 1 - 0.05 ** (1 / independent)
    assert evidence.cases > independent


def test_missing_says_why_nothing_was_decided() -> None:
    evidence = [
        row("UNDECIDED", detail="too wide"),
        row("NOT_RUN", check="formal", detail="Coq is not installed"),
        row("PROVES", check="proof"),
    ]
    assert summary.missing_of("INCONCLUSIVE", evidence, "A bound on a") == (
        "A bound on a. some check did not decide: too wide. formal did not run: Coq is not installed. "
        "proof proves it, but no stored point meets the hypotheses"
    )
    assert summary.missing_of("INCONCLUSIVE", [row("UNDECIDED")], "A bound on a") == "A bound on a"
    assert summary.missing_of("INCONCLUSIVE", [row("UNDECIDED")], None) == "some check did not decide"
    steps = row("UNDECIDED", check="proof", detail="a = a\nnot decided: b = c")
    assert summary.missing_of("INCONCLUSIVE", [steps], None) == "proof did not decide: not decided: b = c"
    assert summary.missing_of("INCONCLUSIVE", [], None) == "no check that could decide it ran"
    assert summary.missing_of("HOLDS", evidence, "A bound on a") is None


def test_strength_and_scope_are_those_of_the_deciding_evidence() -> None:
    evidence = [
        row("SUPPORTS", strength="sampled", scope="k ≤ 3"),
        row("PROVES", strength="symbolic", scope="all k"),
        row("UNDECIDED", scope="nowhere"),
    ]
    assert (summary.strength_of("PROVED", evidence), summary.scope_of("PROVED", evidence)) == ("symbolic", "all k")
    assert (summary.strength_of("HOLDS", evidence), summary.scope_of("HOLDS", evidence)) == ("symbolic", "k ≤ 3; all k")
    assert (summary.strength_of("ERROR", evidence), summary.scope_of("ERROR", evidence)) == (None, "")


def test_a_reading_that_stands_is_as_strong_as_its_weakest_part() -> None:
    parts = [
        {"verdict": "HOLDS", "strength": "sampled", "scope": "here"},
        {"verdict": "PROVED", "strength": "symbolic", "scope": "everywhere"},
        {"verdict": "REFUTED", "strength": "certified", "scope": "a point"},
    ]
    assert summary.reading_strength("HOLDS", parts[:2]) == "sampled"
    assert summary.reading_scope("HOLDS", parts[:2]) == "here"
    assert (summary.reading_strength("REFUTED", parts), summary.reading_scope("REFUTED", parts)) == (
        "certified",
        "a point",
    )


def _refuting(relation: Relation, *points: dict[str, Any]) -> Evidence:
    statement = Statement(DOMAIN, relation)
    return refutation(Property(), statement, [examine(statement, p) for p in points])


def test_of_all_witnesses_the_simplest_and_the_worst_are_recorded() -> None:
    relation = at_least_zero(lambda x: x.a)
    evidence = [
        _refuting(relation, {"a": "-7/3", "b": 5}, {"a": "-100/7", "b": 2}),
        _refuting(relation, {"a": -1, "b": 0}),
    ]
    rows = rec.witness_rows(evidence)
    assert [(w["role"], w["point"]) for w in rows] == [
        ("simplest", {"a": "-1", "b": "0"}),
        ("worst", {"a": "-100/7", "b": "2"}),
    ]
    assert rows[1]["relations"][0]["value"] == "-100/7"
    assert len(rec.witness_rows(evidence[1:])) == 1
    assert rec.witness_rows([]) == []


@pytest.mark.parametrize(
    ("relation", "violation"),
    [
        (at_least_zero(lambda x: [x.a, x.b]), 7.0),
        (equals_zero(lambda x: [x.a, x.b]), 7.0),
        (one_of(at_least_zero(lambda x: x.a), equals_zero(lambda x: x.b)), -math.inf),
    ],
)
def test_the_violation_is_that_of_the_worst_expression(relation: Relation, violation: float) -> None:
    statement = Statement(DOMAIN, relation)
    witness = rec.witness_row(witness_of(statement, examine(statement, {"a": -7, "b": -2})))
    assert rec.violation(witness["relations"], witness["point"]) == violation


def test_measurements_that_are_no_numbers_are_recorded_as_not_measured() -> None:
    evidence = Evidence(
        "c",
        "property",
        Outcome.SUPPORTS,
        strength=Strength.SAMPLED,
        cases=1,
        worst_margin=-math.inf,
        chance_bound=math.nan,
    )
    recorded = rec.evidence_row(evidence)
    assert (recorded["worst_margin"], recorded["chance_bound"]) == (None, None)


def test_a_hypothesis_is_needed_as_soon_as_one_part_needs_it() -> None:
    hypothesis = Hypothesis("h", "h", at_least_zero(lambda x: x.a))
    statement = Statement(DOMAIN, at_least_zero(lambda x: x.a), (hypothesis,))
    parts = [Part(name, name, statement, (Property(),)) for name in ("one", "two", "three")]
    witness = _refuting(at_least_zero(lambda x: x.a), {"a": -1, "b": 0}).witnesses[0]

    def ablated(status: str) -> list[Evidence]:
        found = {
            "id": "h",
            "says": "h",
            "status": status,
            "detail": f"found {status}",
            "witness": witness if status == "NEEDED" else None,
        }
        return [Evidence("ablation", "ablation", Outcome.INFORMS, ablations=(found,))]

    merged = rec._hypothesis_row(
        hypothesis, [(parts[0], ablated("REDUNDANT")), (parts[1], ablated("NEEDED")), (parts[2], [])]
    )
    assert merged["ablation"]["status"] == "NEEDED"
    assert merged["ablation"]["detail"] == "one: REDUNDANT, found REDUNDANT; two: NEEDED, found NEEDED"
    assert merged["ablation"]["witness"]["point"] == {"a": "-1", "b": "0"}
    assert (
        rec._hypothesis_row(hypothesis, [(parts[0], ablated("UNDECIDED"))])["ablation"]["detail"] == "found UNDECIDED"
    )
    assert rec._hypothesis_row(hypothesis, [(parts[2], [])])["ablation"] is None


def test_a_hypothesis_names_the_parts_that_assume_it() -> None:
    one, both = (Hypothesis(n, n, at_least_zero(lambda x: x.a)) for n in ("one", "both"))
    conclusion = at_least_zero(lambda x: x.a)
    parts = (
        Part("first", "a", Statement(DOMAIN, conclusion, (one, both)), (Property(),)),
        Part("second", "a", Statement(DOMAIN, conclusion, (both,)), (Property(),)),
    )
    found = run_claim(
        Claim("x.y", "t", Source("x", "p"), "a", (Reading("r", "r", parts, as_printed=True),)),
        Settings(PROFILES["quick"]),
    )
    rows = rec.claim_row(found, "run")["readings"][0]["hypotheses"]
    assert [(h["id"], h["parts"]) for h in rows] == [("one", ["first"]), ("both", ["first", "second"])]


def test_symbols_that_were_given_are_recorded() -> None:
    domain = Domain((real("a", latex=r"\alpha"), real("b")))
    found = rec.predicate_row(Statement(domain, equals_zero(lambda x: x.a)))
    assert (found["free"], found["symbols"]) == (["a", "b"], {"a": r"\alpha"})
    assert "symbols" not in rec.predicate_row(Statement(DOMAIN, equals_zero(lambda x: x.a)))


def test_the_digest_of_code_depends_on_all_that_is_asserted_of_it() -> None:
    from dataclasses import replace

    from ddcl_theory.checks.code import CodeStatement

    base = CodeStatement(DOMAIN, "m:f", lambda x: x.a, lambda x: x.b)
    others = [
        replace(base, code="m:g"),
        replace(base, dtype="float32"),
        replace(base, units=65),
        replace(base, at_least_zero=True),
        replace(base, reference=lambda x: x.b),
        replace(base, scale=lambda x: x.a),
    ]
    digests = {rec.statement_digest(s) for s in (base, *others)}
    assert len(digests) == 7
    assert rec.statement_digest(replace(base, reference=lambda x: x.a)) == rec.statement_digest(base)


def test_a_record_of_nothing_but_a_failure_is_well_formed() -> None:
    record = rec.assemble(
        [rec.failed_row("a.b", "A title", "it could not be loaded", "ddcl-verify a.b")],
        seed=0,
        profile="quick",
        device="cpu",
        command="ddcl-verify a.b",
        started="2026-01-01T00:00:00Z",
        seconds=0.1,
        claim_seconds={"a.b": 0.1},
    )
    validate(record)
    assert record["teeth"] == {"twins": {"killed": 0, "total": 0}, "neighbours": {"spared": 0, "total": 0}}


def test_versions_name_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "LIBRARIES", ("click", "a-library-that-is-not-there"))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    found = versions.versions()
    assert found["a-library-that-is-not-there"] is None
    assert found["coq"] is None
    assert found["click"]


def test_limits_follow_from_what_is_in_the_record() -> None:
    assert summary.limits_of([], "thorough", "cpu") == ["No machine-checked formal proof is part of this record."]
    part = {"verdict": "HOLDS", "evidence": [row("NOT_RUN", kind="dynamics")], "amendment": None}
    limits = summary.limits_of([{"readings": [{"id": "float32", "parts": [part]}]}], "quick", "cuda:0")
    assert len(limits) == 5
    assert "Checks of these kinds did not run everywhere: dynamics." in limits
    assert any("cuda:0" in limit for limit in limits)


def test_times_are_all_that_differs_between_equal_runs() -> None:
    record: dict[str, Any] = {
        "times": {"seconds": 3.0},
        "claims": [{"id": "a", "evidence": [{"seconds": 2.0, "cases": 3}]}],
    }
    assert summary.without_times(record) == {"claims": [{"id": "a", "evidence": [{"cases": 3}]}]}
    assert record["claims"][0]["evidence"][0]["seconds"] == 2.0  # the record itself is left as it is
