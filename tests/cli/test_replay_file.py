"""Replaying a file: an honest one passes, and every alteration is found and named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ddcl_theory import registry
from ddcl_theory.file_replay import replay_record
from ddcl_theory.registry import Entry
from ddcl_theory.report import html, json_, load, write_atomically
from ddcl_theory.run import Options, run

Record = dict[str, Any]
NAMES = ["example.square", "example.product", "example.cube", "example.sum"]


@pytest.fixture(scope="module")
def entries(plugin_paths: list[str]) -> Iterator[list[Entry]]:
    with pytest.MonkeyPatch.context() as patch:
        for path in plugin_paths:
            patch.syspath_prepend(path)
        chosen = [e for e in registry.plugins() if e.id in NAMES]
        chosen.sort(key=lambda e: NAMES.index(e.id))
        patch.setattr(registry, "entries", lambda: chosen)
        yield chosen


@pytest.fixture(scope="module")
def recorded(entries: list[Entry]) -> Record:
    """As read back from JSON, so that nothing is shared with what ran."""
    record: Record = json.loads(json_.render(run(entries, Options("quick", figures=True), isolated=False)))
    return record


@pytest.fixture
def record(recorded: Record) -> Record:
    return copy.deepcopy(recorded)


def part(record: Record, claim: str, reading: int = 0) -> Record:
    found: Record = next(c for c in record["claims"] if c["id"] == claim)["readings"][reading]["parts"][0]
    return found


def reading(record: Record, claim: str) -> Record:
    found: Record = next(c for c in record["claims"] if c["id"] == claim)["readings"][0]
    return found


def test_an_honest_record_replays(record: Record) -> None:
    found = replay_record(record)
    assert found.problems == []
    assert found.counted["claims"] == 4
    assert found.counted["witnesses"] >= 3
    assert found.counted["twins"] == record["teeth"]["twins"]["total"] > 0


def _set(path: str, value: object) -> Callable[[Record], None]:
    """Set the entry at a path such as "a.0.b"."""

    def alter(item: Record) -> None:
        *way, last = path.split(".")
        target: Any = item
        for step in way:
            target = target[int(step)] if step.isdigit() else target[step]
        key: Any = int(last) if last.isdigit() else last
        assert target[key] != value
        target[key] = value

    return alter


def _constant(item: Record) -> None:
    """Another constant in the expression of a witness's conclusion."""
    nodes = next(r for r in item["witnesses"][0]["relations"] if r["role"] == "conclusion")["trees"]["nodes"]
    nodes.append(["const", [], "5"])


PART = {
    "the point of a witness": (
        "example.product",
        0,
        _set("witnesses.0.point", {"a": "3", "b": "-5"}),
        "witness 1 (simplest)",
    ),
    "a point that refutes nothing": (
        "example.product",
        0,
        _set("witnesses.0.point", {"a": "1", "b": "1"}),
        "it refutes nothing",
    ),
    "a point of another shape": ("example.product", 0, _set("witnesses.0.point", {"a": "1"}), "cannot be evaluated"),
    "a point that is no number": (
        "example.product",
        0,
        _set("witnesses.0.point", {"a": "one", "b": "-1"}),
        "cannot be evaluated",
    ),
    "an expression of a witness": ("example.product", 0, _constant, "its predicate is not that of the installed claim"),
    "the operator of a witness": (
        "example.product",
        0,
        _set("witnesses.0.relations.0.trees.op", "gt0"),
        "its predicate is not that",
    ),
    "the value of a witness": (
        "example.product",
        0,
        _set("witnesses.0.relations.0.value", "-7"),
        "value of conclusion is recorded as '-7'",
    ),
    "what a witness shows": (
        "example.product",
        0,
        _set("witnesses.0.shows", "Everything."),
        "it is recorded to show 'Everything.'",
    ),
    "the exactness of a witness": (
        "example.product",
        0,
        _set("witnesses.0.exact", False),
        "exact is recorded as False",
    ),
    "the digest of a witness": (
        "example.product",
        0,
        _set("witnesses.0.predicate", "0" * 64),
        "its digest is not that",
    ),
    "the sizes of a witness": (
        "example.product",
        0,
        _set("witnesses.0.sizes", {"k": 2}),
        "its sizes are recorded as {'k': 2}",
    ),
    "no witness": ("example.product", 0, _set("witnesses", []), "it refutes, yet there is no witness"),
    "the digest of a predicate": (
        "example.square",
        0,
        _set("predicate.digest", "0" * 64),
        "the predicate is recorded as",
    ),
    "the variables of a predicate": (
        "example.square",
        0,
        _set("predicate.free", ["a"]),
        "the predicate is recorded as",
    ),
    "what a part says": ("example.square", 0, _set("says", "a = b"), "what it says is recorded as 'a = b'"),
    "a better verdict of a part": (
        "example.product",
        0,
        _set("verdict", "PROVED"),
        "the verdict is recorded as 'PROVED', and is 'CONDITIONAL'",
    ),
    "a worse verdict of a part": (
        "example.square",
        0,
        _set("verdict", "HOLDS"),
        "the verdict is recorded as 'HOLDS', and is 'PROVED'",
    ),
    "the sentence of a verdict": ("example.square", 0, _set("verdict_says", "true"), "the sentence of the verdict"),
    "the strength of a part": ("example.square", 0, _set("strength", "formal"), "the strength is recorded as 'formal'"),
    "the scope of a part": ("example.square", 0, _set("scope", "everything"), "the scope is recorded as 'everything'"),
    "the outcome of evidence": (
        "example.cube",
        0,
        _set("evidence.0.outcome", "PROVES"),
        "a property check cannot prove",
    ),
    "the strength of evidence": (
        "example.cube",
        0,
        _set("evidence.0.strength", "searched"),
        "a property check is sampled at most",
    ),
    "the kind of evidence": ("example.cube", 0, _set("evidence.0.kind", "symbolic"), "the checks is recorded as"),
    "the count of cases": ("example.cube", 0, _set("evidence.0.cases", 10**9), "the doubt that is left"),
    "the chance bound": ("example.cube", 0, _set("evidence.0.chance_bound", 1e-9), "the doubt that is left"),
    "the worst margin": ("example.cube", 0, _set("evidence.0.worst_margin", 7.0), "the doubt that is left"),
    "a twin that survived": (
        "example.square",
        0,
        _set("evidence.0.twins.0.killed", False),
        "it counts although it did not notice the false twin",
    ),
    "a twin that is gone": ("example.square", 0, _set("evidence.0.twins", []), "the twins is recorded as []"),
    "a neighbour that is gone": (
        "example.square",
        0,
        _set("evidence.1.neighbours", []),
        "the neighbours is recorded as []",
    ),
    "a measurement where none belongs": (
        "example.square",
        0,
        lambda item: item["evidence"][0].update(experiment={"outcome": "REPRODUCED"}),
        "it has a measurement, yet measures no experiment",
    ),
    "a check that is gone": ("example.square", 0, lambda item: item["evidence"].pop(), "the checks is recorded as"),
    "the failing step": ("example.product", 0, _set("failing_step.place", "§9"), "the failing step is recorded as"),
    "the amendment's verdict": (
        "example.product",
        0,
        _set("amendment.verdict", "PROVED"),
        "amendment: the verdict is recorded as 'PROVED'",
    ),
    "the amendment's effect": (
        "example.product",
        0,
        _set("amendment.makes_conditional", False),
        "makes_conditional is recorded as False",
    ),
    "the amendment's conclusion": (
        "example.product",
        0,
        _set("amendment.same_conclusion", False),
        "same_conclusion is recorded as False",
    ),
    "the amendment's evidence": (
        "example.product",
        0,
        _set("amendment.evidence.0.outcome", "UNDECIDED"),
        "amendment: the verdict",
    ),
    "an example of the amendment": (
        "example.product",
        0,
        _set("amendment.examples.0.point", {"a": "-1", "b": "1"}),
        "examples is recorded as",
    ),
    "the amendment's hypotheses": (
        "example.product",
        0,
        lambda item: item["amendment"]["adds"].pop(),
        "adds is recorded as",
    ),
    "no amendment": ("example.product", 0, _set("amendment", None), "whether there is an amendment"),
    "the outputs of code": (
        "example.sum",
        1,
        _set("witnesses.0.relations.0.trees.computed", ["0x1.0p+0"]),
        "its value is recorded as",
    ),
    "the point of code": (
        "example.sum",
        1,
        _set("witnesses.0.point", {"a": "1", "b": "1"}),
        "the installed code does not miss",
    ),
    "the units of code": (
        "example.sum",
        1,
        _set("witnesses.0.relations.0.trees.units", 2),
        "its reference is not that",
    ),
    "the type of code": (
        "example.sum",
        1,
        _set("witnesses.0.relations.0.trees.dtype", "float64"),
        "its reference is not that",
    ),
    "the digest of code": ("example.sum", 1, _set("witnesses.0.predicate", "0" * 64), "its digest is not that"),
}


@pytest.mark.parametrize("case", PART)
def test_an_alteration_of_a_part_is_found_and_named(record: Record, case: str) -> None:
    claim, number, alter, message = PART[case]
    alter(part(record, claim, number))
    problems = replay_record(record).problems
    assert any(message in p and p.startswith(claim) for p in problems), problems


RECORD = {
    "the count of killed twins": (
        _set("teeth.twins.killed", 1),
        "record: the count of twins (killed) is recorded as 1",
    ),
    "the count of twins": (_set("teeth.twins.total", 99), "record: the count of twins (total)"),
    "the count of spared neighbours": (_set("teeth.neighbours.spared", 1), "record: the count of neighbours (spared)"),
    "the count of neighbours": (_set("teeth.neighbours.total", 99), "record: the count of neighbours (total)"),
    "what it does not establish": (_set("limits", []), "record: what it does not establish is recorded as []"),
    "the verdict of a claim": (
        _set("claims.1.verdict", "PROVED"),
        "example.product: the verdict is recorded as ['PROVED']",
    ),
    "the verdict of a reading": (
        _set("claims.1.readings.0.verdict", "PROVED"),
        "example.product, reading real: the verdict is recorded as 'PROVED'",
    ),
    "the strength of a reading": (_set("claims.0.readings.0.strength", "formal"), "reading real: the strength"),
    "the scope of a reading": (_set("claims.0.readings.0.scope", "everything"), "reading real: the scope"),
    "which reading is printed": (_set("claims.3.readings.0.as_printed", False), "as_printed is recorded as False"),
    "a reading that is gone": (
        lambda r: r["claims"][3]["readings"].pop(),
        "example.sum: readings is recorded as ['product']",
    ),
    "a part that is gone": (lambda r: r["claims"][0]["readings"][0]["parts"].pop(), "parts is recorded as []"),
    "all readings gone": (_set("claims.0.readings", []), "the verdict of a claim without readings"),
    "the title of a claim": (
        _set("claims.0.title", "Something else"),
        "example.square: title is recorded as 'Something else'",
    ),
    "the statement of a claim": (_set("claims.0.says", "a = b"), "example.square: says is recorded as 'a = b'"),
    "the source of a claim": (_set("claims.0.source.place", "§8"), "example.square: source is recorded as"),
    "the derivation of a claim": (
        _set("claims.0.derivation", "Obvious."),
        "example.square: derivation is recorded as 'Obvious.'",
    ),
    "what a claim uses": (_set("claims.0.uses", ["example.cube"]), "example.square: uses is recorded as"),
    "a claim that nobody registers": (
        _set("claims.0.id", "example.other"),
        "example.other: this claim is not installed",
    ),
    "a finished claim called missing": (
        _set("missing", ["example.cube"]),
        "record: missing is recorded as ['example.cube']",
    ),
    "a hypothesis": (
        _set("claims.2.readings.0.hypotheses.0.says", "a > 0"),
        "reading real: the hypotheses is recorded as",
    ),
    "the parts that assume a hypothesis": (
        _set("claims.2.readings.0.hypotheses.0.parts", []),
        "the parts that assume it is recorded as []",
    ),
    "a hypothesis that is gone": (
        _set("claims.2.readings.0.hypotheses", []),
        "reading real: the hypotheses is recorded as []",
    ),
    "the status of a hypothesis": (
        _set("claims.2.readings.0.hypotheses.0.ablation.status", "REDUNDANT"),
        "whether a witness shows that it is needed",
    ),
    "the witness of a hypothesis": (
        _set("claims.2.readings.0.hypotheses.0.ablation.witness.point", {"a": "1"}),
        "hypothesis a-nonnegative, witness: it refutes nothing",
    ),
}


@pytest.mark.parametrize("case", RECORD)
def test_an_alteration_of_the_record_is_found_and_named(record: Record, case: str) -> None:
    alter, message = RECORD[case]
    alter(record)
    problems = replay_record(record).problems
    assert any(message in p for p in problems), problems


def test_a_claim_whose_installed_predicate_changed_is_found(
    record: Record, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from ddcl_example import product

    from ddcl_theory.claim import Statement
    from ddcl_theory.relation import at_least_zero

    other = replace(product.PART, statement=Statement(product.DOMAIN, at_least_zero(lambda x: x.a * x.b + 1)))
    changed = replace(product.CLAIM, readings=(replace(product.CLAIM.readings[0], parts=(other,)),))
    monkeypatch.setattr(product, "CLAIM", changed)
    problems = replay_record(record).problems
    assert any("example.product, reading real, part product: the predicate is recorded as" in p for p in problems)
    assert any("witness 1 (simplest): its predicate is not that of the installed claim" in p for p in problems)


def test_code_that_no_longer_misses_is_found(
    record: Record, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ddcl_example import floats

    monkeypatch.setattr(floats, "naive", floats.product)
    problems = replay_record(record).problems
    place = "example.sum, reading naive, part naive, witness 1 (simplest)"
    assert problems == [f"{place}: the installed code does not miss the reference at its point"]


@pytest.mark.parametrize("render", [json_.render, html.render])
def test_files_replay_from_the_command_line(
    here: Callable[..., Any], record: Record, entries: list[Entry], tmp_path: Path, render: Callable[[Record], str]
) -> None:
    file = tmp_path / "record"
    write_atomically(file, render(record))
    done = here("replay", file)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"REPLAYED  {file}: 4 claims, ")
    part(record, "example.product")["witnesses"][0]["point"]["b"] = "5"
    write_atomically(file, render(record))
    done = here("replay", file)
    assert done.status == 4
    assert "it refutes nothing" in done.err
    assert done.out.startswith("ALTERED  ")


def test_a_record_that_is_not_well_formed_counts_as_altered(
    here: Callable[..., Any], record: Record, tmp_path: Path
) -> None:
    record["teeth"]["twins"]["killed"] = record["teeth"]["twins"]["total"] + 1
    file = tmp_path / "r.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    done = here("replay", file)
    assert done.status == 4
    assert "killed is" in done.err
    with pytest.raises(ValueError, match="exceeds the total"):
        load(file)
