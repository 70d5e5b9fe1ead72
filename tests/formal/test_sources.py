"""How Coq files are read: comments, annotations, what they require, what a reader compares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ddcl_theory import registry
from ddcl_theory.checks.formal import statement_digest
from ddcl_theory.formal import build, mutation, sources

FILE = """(** Words. *)
From mathcomp Require Import all_ssreflect.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions.

Definition twice (x : nat) : nat := x + x. (* a (* nested *) remark. *)
Section A.
Variable y : nat.

(** What this says, in words.
    claim: a.claim/reading/part
    claim: a.claim/reading/other
    value: twice x
      - 1
    compared: 0123-4567 *)
Theorem doubled : twice y = y + y.
Proof. by []. Qed.
End A.
"""


def development(folder: Path, **files: str) -> Path:
    for name, text in {"algebra": "Definition one := 1.", "ddcl/definitions": "", **files}.items():
        path = folder / f"{name.replace('__', '/')}.v"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def test_an_annotation_is_read_with_the_theorem_after_it(tmp_path: Path) -> None:
    (theorem,) = sources.theorems(development(tmp_path, example=FILE))
    assert theorem.full_name == "example:doubled"
    assert theorem.claims == ("a.claim/reading/part", "a.claim/reading/other")
    assert (theorem.role, theorem.value, theorem.compared) == ("proves", "twice x - 1", "0123-4567")
    assert theorem.statement == "Theorem doubled : twice y = y + y."


def test_a_reader_compares_the_definitions_the_open_section_the_annotation_and_the_statement(tmp_path: Path) -> None:
    root = development(tmp_path, example=FILE)
    (theorem,) = sources.theorems(root)
    compared = sources.to_compare(theorem, root)
    assert [" ".join(s.split()) for s in compared] == [
        "Definition twice (x : nat) : nat := x + x.",
        "Variable y : nat.",
        "role: proves",
        "value: twice x - 1",
        "Theorem doubled : twice y = y + y.",
    ]
    assert sources.lines_to_compare(theorem, root) == 5


def test_the_digest_follows_definitions_but_not_proofs_or_comments(tmp_path: Path) -> None:
    def digest(name: str, text: str) -> str:
        root = development(tmp_path / name, example=text) if (tmp_path / name).mkdir() is None else tmp_path
        return sources.digest(sources.theorems(root)[0], root)

    first = digest("a", FILE)
    assert digest("b", FILE.replace("by []", "reflexivity").replace("a (* nested *) remark", "other")) == first
    assert digest("c", FILE.replace("nat := x + x", "nat := 2 * x")) != first
    assert digest("d", FILE.replace("Variable y : nat", "Variable y : bool")) != first


def test_dependencies_come_first_and_missing_ones_are_named(tmp_path: Path) -> None:
    root = development(tmp_path, example=FILE, broken="From DDCL Require Import nowhere.")
    assert [s.name for s in sources.closure("example", root)] == ["algebra", "ddcl/definitions", "example"]
    with pytest.raises(ValueError, match=r"broken requires nowhere, and there is no nowhere\.v"):
        sources.closure("broken", root)


def test_files_that_require_each_other_are_named(tmp_path: Path) -> None:
    root = development(tmp_path, one="From DDCL Require Import two.", two="From DDCL Require Import one.")
    with pytest.raises(ValueError, match="require each other: one, two"):
        sources.closure("one", root)


@pytest.mark.parametrize("word", ["Admitted", "admit", "Axiom", "Parameter", "Conjecture", "Abort"])
def test_words_that_leave_proofs_out_are_found_even_in_comments(word: str) -> None:
    assert sources.forbidden_words(sources.Source("x", f"(* {word} *)")) == [word]
    assert sources.forbidden_words(sources.Source("x", f"Lemma not_{word}s : True.")) == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("role: hopes", "role must be one of proves, refutes, vacuous"),
        ("role: refutes", "a witness belongs to the role refutes"),
        ("truth: true", "one of value and truth"),
    ],
)
def test_a_wrong_annotation_is_refused(tmp_path: Path, line: str, complaint: str) -> None:
    root = development(tmp_path, example=FILE.replace("    compared:", f"    {line}\n    compared:"))
    with pytest.raises(ValueError, match=complaint):
        sources.theorems(root)


def test_every_theorem_names_parts_that_exist() -> None:
    claims = {e.id: e for e in registry.builtin()}
    for theorem in sources.theorems():
        for path in theorem.claims:
            claim_id, reading_id, part_id, *amended = path.split("/")
            reading = next(r for r in claims[claim_id].load().readings if r.id == reading_id)
            part = next(p for p in reading.parts if p.id == part_id)
            assert amended in ([], ["amended"]), path
            assert not amended or part.amendment is not None, path


def test_a_loaded_claim_carries_the_theorems_on_its_parts() -> None:
    """So that whoever reads the declaration, a replay too, sees the checks that ran."""
    claims = {e.id: e for e in registry.builtin()}
    for theorem in sources.theorems():
        claim_id, reading_id, part_id, *amended = theorem.claims[0].split("/")
        reading = next(r for r in claims[claim_id].load().readings if r.id == reading_id)
        part = next(p for p in reading.parts if p.id == part_id)
        if amended:
            assert part.amendment is not None
            part = part.amendment.part
        assert f"formal {theorem.full_name}" in [c.name for c in part.checks]


def test_every_theorem_was_compared_with_what_its_claim_says_now() -> None:
    """Both digests are current: neither statement changed since a person read the two side by side."""
    claims = {e.id: e for e in registry.builtin()}
    stale = []
    for theorem in sources.theorems():
        for path in theorem.claims:
            claim_id, reading_id, part_id, *amended = path.split("/")
            reading = next(r for r in claims[claim_id].load().readings if r.id == reading_id)
            part = next(p for p in reading.parts if p.id == part_id)
            if amended:
                assert part.amendment is not None, path
                part = part.amendment.part
            if theorem.compared != f"{statement_digest(part.statement)}-{sources.digest(theorem)}":
                stale.append(f"{theorem.full_name} for {path}")
    assert stale == []


def test_the_development_is_as_large_as_it_says_and_no_word_leaves_a_proof_out() -> None:
    found = sources.theorems()
    assert len({t.full_name for t in found}) == len(found)
    assert [
        (s.name, sources.forbidden_words(s)) for s in sources.sources().values() if sources.forbidden_words(s)
    ] == []


def test_every_theorem_has_two_altered_statements() -> None:
    assert mutation.untried() == []


def test_an_altered_statement_has_its_own_text_and_the_proof_stays(tmp_path: Path) -> None:
    root = development(tmp_path, example=FILE)
    (theorem,) = sources.theorems(root)
    statement, proof = mutation.altered(mutation.Mutant("example", "doubled", "y  + y", "y"), theorem, root)
    assert statement == "Theorem altered_statement : twice y = y."
    assert proof.split() == ["Proof.", "by", "[].", "Qed."]
    with pytest.raises(ValueError, match="stands 0 times"):
        mutation.altered(mutation.Mutant("example", "doubled", "z", "y"), theorem, root)


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "vacuous"},
        {"scope": "all k"},
        {"value": "quantization k d z p q"},
        {"truth": "true"},
        {"witness": {"z": [0]}},
    ],
)
def test_a_comparison_is_stale_once_the_theorem_stands_to_the_claim_in_another_way(changed: dict[str, Any]) -> None:
    theorem = next(t for t in sources.theorems() if t.full_name == "ddcl/theorem1:gap_is_nonnegative")
    assert sources.digest(replace(theorem, **changed)) != sources.digest(theorem)


def test_a_definition_that_only_the_value_names_is_compared_too() -> None:
    theorem = next(t for t in sources.theorems() if t.full_name == "ddcl/theorem1:gap_is_nonnegative")
    named = replace(theorem, value="variance k d p q")
    assert any(text.startswith("Definition variance") for text in sources.to_compare(named))
    assert not any(text.startswith("Definition variance") for text in sources.to_compare(theorem))


def test_blanks_hide_no_forbidden_word() -> None:
    assert sources.forbidden_words(sources.Source("a", "Unset  Guard\n Checking.")) == ["Unset Guard Checking"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Closed under the global context\n", []),
        ("Axioms:\nclassic : forall P : Prop,\n  P \\/ ~ P\nlonger.name\n  : True\n", ["classic", "longer.name"]),
        ("Axioms:\nloop is assumed to be guarded.\n", ["loop is assumed to be guarded."]),
    ],
)
def test_what_coq_says_of_assumptions_is_read_whole(said: str, found: list[str]) -> None:
    assert build.assumed(said) == found


@pytest.mark.parametrize("said", ["", "Closed under the global context\nAxioms:\nevil : False\n", "something else"])
def test_another_answer_about_assumptions_is_none(said: str) -> None:
    with pytest.raises(ValueError, match="assumptions"):
        build.assumed(said)
