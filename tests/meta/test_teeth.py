"""Every check of every built-in claim kills its twins and spares its neighbours; every part has an example.

Nothing here says which verdict a claim should get.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ddcl_theory import record, registry
from ddcl_theory.claim import Statement, examine
from ddcl_theory.engine import ClaimResult, PartResult
from ddcl_theory.evidence import Outcome
from ddcl_theory.report import html
from ddcl_theory.report.schema import validate
from ddcl_theory.verdict import Verdict

IDENTIFIERS = [entry.id for entry in registry.builtin()]

every_claim = pytest.mark.parametrize("identifier", IDENTIFIERS)
QuickRun = Callable[[str], ClaimResult]


def parts(result: ClaimResult) -> Iterator[tuple[str, PartResult]]:
    """Every part with its name, amendments included."""

    def walk(name: str, part: PartResult) -> Iterator[tuple[str, PartResult]]:
        yield f"{name}.{part.part.id}", part
        if part.amendment is not None:
            yield from walk(f"{name}.{part.part.id}.amended", part.amendment.part)

    for reading in result.readings:
        for part in reading.parts:
            yield from walk(reading.reading.id, part)


def row(result: ClaimResult) -> dict[str, Any]:
    return record.claim_row(result, f"ddcl-verify {result.claim.id} --profile quick --seed 0")


@every_claim
def test_no_check_crashes(quick_run: QuickRun, identifier: str) -> None:
    crashed = [
        f"{name}: {e.check}: {e.detail}"
        for name, part in parts(quick_run(identifier))
        for e in part.evidence
        if e.outcome is Outcome.CRASHED
    ]
    assert crashed == []


@every_claim
def test_every_check_runs(quick_run: QuickRun, identifier: str) -> None:
    """Formal proofs have tests of their own."""
    for name, part in parts(quick_run(identifier)):
        assert part.evidence, f"{name} has no check"
        stayed = [e.kind for e in part.evidence if e.outcome is Outcome.NOT_RUN]
        assert set(stayed) <= {"formal"}, name


@every_claim
def test_every_check_kills_its_twins(quick_run: QuickRun, identifier: str) -> None:
    toothless, alive = [], []
    for name, part in parts(quick_run(identifier)):
        for check, e in zip(part.part.checks, part.evidence, strict=True):
            if bool(e.twins) != check.has_trial(e.experiment) and e.outcome is not Outcome.NOT_RUN:
                toothless.append(f"{name}: {e.check}")
            alive += [f"{name}: {e.check}: {t.id}: {t.detail}" for t in e.twins if not t.passed]
    assert (toothless, alive) == ([], [])


@every_claim
def test_every_check_spares_its_neighbours(quick_run: QuickRun, identifier: str) -> None:
    untried, hurt = [], []
    for name, part in parts(quick_run(identifier)):
        for e in part.evidence:
            if not e.neighbours and e.outcome is not Outcome.NOT_RUN:
                untried.append(f"{name}: {e.check}")
            hurt += [f"{name}: {e.check}: {t.id}: {t.detail}" for t in e.neighbours if not t.passed]
    assert (untried, hurt) == ([], [])


@every_claim
def test_every_part_has_an_example_that_meets_its_hypotheses(quick_run: QuickRun, identifier: str) -> None:
    """All but those whose hypotheses were proved to contradict each other."""
    for name, part in parts(quick_run(identifier)):
        empty = part.verdict is Verdict.VACUOUS and part.part.example is None
        if isinstance(part.part.statement, Statement) and not empty:
            assert part.part.example is not None, f"{name} has no example"
            assert examine(part.part.statement, part.part.example).in_domain is True, (
                f"the example of {name} is outside"
            )
            assert part.inhabited, name


@every_claim
def test_every_witness_lies_in_the_domain_of_its_statement(quick_run: QuickRun, identifier: str) -> None:
    """The statement as declared, not the copy that the witness carries, is violated at the point."""
    for name, part in parts(quick_run(identifier)):
        if isinstance(part.part.statement, Statement):
            for e in part.evidence:
                for witness in e.witnesses:
                    assert part.part.statement.examine(witness.point).refutes, f"{name}: {e.check}"
                    assert witness.digest == part.part.statement.digest(witness.sizes)


@every_claim
def test_no_run_of_a_flow_speaks_against_a_part_that_stands(quick_run: QuickRun, identifier: str) -> None:
    for name, part in parts(quick_run(identifier)):
        against = [e.check for e in part.evidence if e.violated and e.kind == "dynamics"]
        assert not (against and part.verdict.name in ("PROVED", "HOLDS", "VACUOUS")), f"{name}: {against}"


@every_claim
def test_the_record_follows_the_schema_and_shows_all_its_mathematics(quick_run: QuickRun, identifier: str) -> None:
    result = quick_run(identifier)
    recorded = record.assemble(
        [row(result)], seed=0, profile="quick", device="cpu", command="ddcl-verify", started="2000-01-01T00:00:00Z",
        seconds=result.seconds, claim_seconds={identifier: result.seconds},
    )  # fmt: skip
    validate(recorded)
    assert html.problems(recorded) == []


@every_claim
def test_what_a_claim_uses_is_registered(quick_run: QuickRun, identifier: str) -> None:
    claim = quick_run(identifier).claim
    assert set(claim.uses) <= set(IDENTIFIERS) - {identifier}
    assert claim.derivation.strip() and claim.title and claim.source.place


@every_claim
def test_float_rows_stand_beside_the_statement_over_the_reals(quick_run: QuickRun, identifier: str) -> None:
    """Never the printed reading, one for each precision, and only about code of that precision."""
    rows = {r.reading.id: r for r in quick_run(identifier).readings if r.reading.id.startswith("float")}
    assert set(rows) in (set(), {"float64", "float32"})
    for dtype, result in rows.items():
        assert not result.reading.as_printed
        assert {p.part.statement.dtype for p in result.parts} == {dtype}
