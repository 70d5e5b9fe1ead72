"""The formal check counts only what it should: every way to go wrong leaves the part without a proof."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.checks import formal
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.formal import Formal
from ddcl_theory.claim import Statement
from ddcl_theory.domain import Domain, real
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.formal import build, coq, mutation, sources
from ddcl_theory.relation import at_least_zero

SETTINGS = Settings(PROFILES["quick"])
DOMAIN = Domain((real("x", "n"),), {"n": (1, 3)})
SQUARES = Statement(DOMAIN, at_least_zero(lambda v: ex.norm2(v.x)))
SUM = Statement(DOMAIN, at_least_zero(lambda v: ex.total(v.x)))

PROOF = """From mathcomp Require Import all_ssreflect all_algebra.
From DDCL Require Import algebra.
From DDCL Require Import squares_definition.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** claim: fabricated/reading/part
    value: squares n x
    compared: unknown *)
Theorem nonnegative (R : realFieldType) n (x : nat -> R) : 0 <= squares n x.
Proof. by apply: sum_ge0 => i _; exact: sqr_ge0. Qed.
"""

DEFINITION = """From DDCL Require Import arithmetic.
Definition squares {T} `{Arithmetic T} (n : nat) (x : nat -> T) : T := sum n (fun i => square (x i)).
"""


@pytest.fixture
def developed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A development of its own: the shared files and one theorem."""
    root = tmp_path / "proofs"
    root.mkdir()
    for name in ("arithmetic", "algebra"):
        (root / f"{name}.v").write_text(sources.sources()[name].text)
    (root / "squares_definition.v").write_text(DEFINITION)
    (root / "squares.v").write_text(PROOF)
    monkeypatch.setattr(sources, "folder", lambda: root)
    monkeypatch.setenv("DDCL_VERIFY_CACHE", str(tmp_path / "cache"))
    forget()
    yield root
    forget()


def forget() -> None:
    for cached in (sources.sources, sources.theorems, sources.by_part):
        cached.cache_clear()


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / f"{name}.v"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    forget()


def check(statement: Statement = SQUARES, trial: bool = False, compared: bool = True) -> Evidence:
    (theorem,) = sources.theorems()
    if compared:
        pair = f"{formal.statement_digest(SQUARES)}-{sources.digest(theorem)}"
        theorem = replace(theorem, compared=pair)
    found = Formal(theorem)
    return (found.on_trial() if trial else found).run(statement, SETTINGS)


def test_without_coq_nothing_runs(developed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coq, "missing", lambda: f"Coq was not found; install it with: {coq.INSTALL}")
    found = check()
    assert found.outcome is Outcome.NOT_RUN
    assert "libcoq-interval" in found.detail


@pytest.mark.coq
def test_a_theorem_that_was_compared_proves_for_all_sizes(developed: Path) -> None:
    found = check()
    assert (found.outcome, found.strength, found.scope) == (Outcome.PROVES, Strength.FORMAL, "all n"), found.detail
    assert "Assumes nothing; its value equals the claim's at 20 rational points" in found.detail


@pytest.mark.coq
def test_a_pair_that_was_never_compared_does_not_count(developed: Path) -> None:
    found = check(compared=False)
    assert found.outcome is Outcome.UNDECIDED
    assert found.detail.startswith("stale")


@pytest.mark.coq
def test_an_edited_definition_makes_it_stale(developed: Path) -> None:
    (theorem,) = sources.theorems()
    pair = f"{formal.statement_digest(SQUARES)}-{sources.digest(theorem)}"
    edit(developed, "squares_definition", "square (x i)", "x i * x i")
    (theorem,) = sources.theorems()
    found = Formal(replace(theorem, compared=pair)).run(SQUARES, SETTINGS)
    assert (found.outcome, found.detail[:5]) == (Outcome.UNDECIDED, "stale")


@pytest.mark.coq
def test_definitions_that_are_not_the_claims_do_not_count(developed: Path) -> None:
    edit(developed, "squares_definition", "square (x i)", "square (x i + x i)")
    found = check()
    assert found.outcome is Outcome.UNDECIDED
    assert found.detail.startswith("the Coq definitions are not the claim's")


@pytest.mark.coq
def test_a_false_twin_is_noticed_and_the_part_itself_is_not(developed: Path) -> None:
    assert check(SUM, trial=True).violated
    assert check(SQUARES, trial=True).outcome is Outcome.SUPPORTS


@pytest.mark.coq
@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ("Proof. Admitted.", "Admitted in squares.v"),
        ("Proof. admit. Admitted.", "refused"),
    ],
)
def test_a_proof_that_is_left_out_is_refused(developed: Path, proof: str, said: str) -> None:
    edit(developed, "squares", "Proof. by apply: sum_ge0 => i _; exact: sqr_ge0. Qed.", proof)
    found = check()
    assert found.outcome is Outcome.UNDECIDED
    assert said in found.detail


@pytest.mark.coq
def test_an_assumption_is_found_even_if_no_word_gives_it_away(developed: Path) -> None:
    """A variable outside of any section is assumed for good."""
    edit(
        developed,
        "squares",
        "Proof. by apply",
        "Proof. by apply: granted. Qed. (*",
    )
    edit(developed, "squares", "exact: sqr_ge0. Qed.", "exact: sqr_ge0. Qed. *)")
    edit(
        developed,
        "squares",
        "(** claim",
        "Variable granted : forall (R : realFieldType) n (x : nat -> R), 0 <= squares n x.\n\n(** claim",
    )
    found = check()
    assert found.outcome is Outcome.UNDECIDED
    assert "refused: it assumes" in found.detail
    assert "granted" in found.detail


@pytest.mark.coq
@pytest.mark.parametrize(
    ("scope", "outcome"),
    [("", Outcome.UNDECIDED), ("    scope: n = 2\n", Outcome.SUPPORTS), ("    scope: all n\n", Outcome.PROVES)],
)
def test_a_theorem_that_names_no_size_has_to_say_its_scope(developed: Path, scope: str, outcome: Outcome) -> None:
    edit(developed, "squares", "n (x : nat -> R) : 0 <= squares n x", "(x : nat -> R) : 0 <= squares 2 x")
    edit(developed, "squares", "    compared:", f"{scope}    compared:")
    found = check()
    assert found.outcome is outcome, found.detail


@pytest.mark.coq
def test_a_file_that_does_not_compile_is_an_error_of_the_check(developed: Path) -> None:
    edit(developed, "squares", "exact: sqr_ge0", "exact: mulr_ge0")
    with pytest.raises(coq.Failure):
        check()


@pytest.mark.coq
def test_what_did_not_change_is_not_compiled_again(developed: Path) -> None:
    told: list[str] = []
    build.ensure("squares", told=told.append)
    assert told == ["arithmetic", "algebra", "squares_definition", "squares"]
    edit(developed, "squares", "by apply", "apply")
    edit(developed, "squares", "sqr_ge0. Qed", "sqr_ge0; done. Qed")
    build.ensure("squares", told=told.append)
    assert told[4:] == ["squares"]


@pytest.mark.coq
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_fails_does_not_keep_the_others_from_being_built(developed: Path, jobs: int) -> None:
    edit(developed, "squares", "exact: sqr_ge0", "exact: mulr_ge0")
    told: list[str] = []
    with pytest.raises(coq.Failure):
        build.build_all(told=told.append, jobs=jobs)
    assert set(told) == {"arithmetic", "algebra", "squares_definition", "squares"}
    build.prepare(["fabricated"])
    told.clear()
    build.ensure("squares_definition", told=told.append)
    assert told == []


@pytest.mark.coq
def test_what_was_compiled_elsewhere_can_be_kept(developed: Path, tmp_path: Path) -> None:
    other, told = tmp_path / "other", list[str]()
    other.mkdir()
    build.ensure("squares")
    build.keep(build.home(), other)
    build.ensure("squares", place=other, told=told.append)
    assert told == []


@pytest.mark.coq
def test_what_was_compiled_against_other_bytes_is_not_kept(developed: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    folders = build.ensure("squares")
    standing = shutil.copytree(folders[0], other / folders[0].name)
    with (standing / "arithmetic.vo").open("ab") as stream:
        stream.write(b"compiled anew")
    build.keep(build.home(), other)
    assert [f.name for f in other.iterdir() if f.is_dir()] == [standing.name]


@pytest.mark.coq
def test_a_file_that_was_compiled_anew_takes_its_dependents_with_it(developed: Path) -> None:
    arithmetic = build.ensure("squares")[0]
    before = (arithmetic / "arithmetic.vo").read_bytes()
    shutil.rmtree(arithmetic)
    told: list[str] = []
    again = build.ensure("squares", told=told.append)
    same = (again[0] / "arithmetic.vo").read_bytes() == before
    assert told == (["arithmetic"] if same else ["arithmetic", "algebra", "squares_definition", "squares"])
    assert check().outcome is Outcome.PROVES


@pytest.mark.coq
@pytest.mark.parametrize(
    ("alteration", "said"),
    [
        ("0 <= squares n x | 0 < squares n x", None),
        ("0 <= squares n x | (0 <= squares n x)", "survives"),
        ("0 <= squares n x | 0 <= cubes n x", "does not accept the statement"),
    ],
)
def test_an_alteration_that_changes_nothing_survives_and_nonsense_is_no_alteration(
    developed: Path, alteration: str, said: str | None
) -> None:
    (developed / "squares.mutants").write_text(f"nonnegative | {alteration}\n")
    found = mutation.survivors("squares", developed)
    assert found == [] if said is None else (len(found) == 1 and said in found[0]), found


@pytest.mark.coq
def test_an_alteration_whose_proof_never_ends_was_not_refused(developed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutation, "LIMIT", 1)
    by_hand = "first [by apply: sum_ge0 => i _; exact: sqr_ge0 | do 1000000000 idtac]"
    edit(developed, "squares", "by apply: sum_ge0 => i _; exact: sqr_ge0", by_hand)
    (developed / "squares.mutants").write_text("nonnegative | 0 <= squares n x | 0 < squares n x\n")
    found = mutation.survivors("squares", developed)
    assert len(found) == 1
    assert f"no answer to '{by_hand}.': Timeout" in found[0]


@pytest.mark.coq
def test_an_alteration_counts_only_if_the_unaltered_theorem_goes_through(
    developed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (developed / "squares.mutants").write_text("nonnegative | 0 <= squares n x | 0 < squares n x\n")
    folders = build.ensure("squares")
    edit(developed, "squares", "exact: sqr_ge0", "exact: mulr_ge0")
    monkeypatch.setattr(build, "ensure", lambda *_: folders)
    found = mutation.survivors("squares", developed)
    assert found == ["squares:nonnegative: the unaltered theorem does not go through in the session of its alterations"]


@pytest.mark.coq
def test_a_session_answers_each_text_and_goes_on_after_errors() -> None:
    with coq.Session([]) as session:
        assert "Error:" not in session.say("From mathcomp Require Import all_ssreflect.\nLemma one : 1 = 2.")
        assert "Error:" in session.say("Proof. reflexivity.")
        assert "= 3" in session.say("Abort. Eval compute in 1 + 2.")
        with pytest.raises(coq.Failure, match="did not answer within 0 s"):
            session.say("Eval compute in 12345.", limit=0.0)
        assert session.closed
        with pytest.raises(coq.Failure, match="ended"):
            session.say("Eval compute in 1.")


@pytest.mark.coq
def test_what_a_file_prints_is_no_answer_about_its_assumptions(developed: Path) -> None:
    edit(
        developed,
        "squares",
        "(** claim",
        "Lemma clean : True.\nProof. exact I. Qed.\nPrint Assumptions clean.\n\n(** claim",
    )
    edit(developed, "squares", "Proof. by apply", "Proof. by apply: granted. Qed. (*")
    edit(developed, "squares", "exact: sqr_ge0. Qed.", "exact: sqr_ge0. Qed. *)")
    granted = "Variable granted : forall (R : realFieldType) n (x : nat -> R), 0 <= squares n x.\n\n(** claim"
    edit(developed, "squares", "(** claim", granted)
    found = check()
    assert found.outcome is Outcome.UNDECIDED
    assert "refused: it assumes" in found.detail


@pytest.mark.coq
def test_a_comparison_by_truth_is_said_to_be_one(developed: Path) -> None:
    edit(developed, "squares", "value: squares n x", "truth: Qle_bool 0 (squares n x)")
    (theorem,) = sources.theorems()
    found = Formal(replace(theorem, compared=f"{formal.statement_digest(SQUARES)}-{sources.digest(theorem)}")).run(
        SQUARES, SETTINGS
    )
    assert found.outcome is Outcome.PROVES, found.detail
    assert "as true as the claim's at 20 points where the hypotheses hold" in found.detail
