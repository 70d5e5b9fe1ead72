"""Ten statements of which it is known whether they are true, declared and run like any others.

The engine is told nothing: no check of a false one gets candidates, and the verdicts stand here alone.  A statement that
fails only beyond the sizes of a profile is decided at the profile that reaches them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ddcl_theory import registry
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Part
from ddcl_theory.engine import ClaimResult, PartResult, run_claim
from ddcl_theory.evidence import Evidence, Outcome
from ddcl_theory.verdict import Verdict

pytestmark = pytest.mark.usefixtures("registered")

#: What is the case, by the derivations in the files, and the profile that can tell.
KNOWN = {
    "overlap": (Verdict.PROVED, "quick"),
    "entropy": (Verdict.PROVED, "quick"),
    "excess": (Verdict.HOLDS, "quick"),
    "candidates": (Verdict.PROVED, "quick"),
    "spread": (Verdict.PROVED, "quick"),
    "mixture": (Verdict.REFUTED, "quick"),
    "diameter": (Verdict.REFUTED, "quick"),
    "ring": (Verdict.REFUTED, "standard"),
    "convexity": (Verdict.CONDITIONAL, "quick"),
    "logarithm": (Verdict.REFUTED, "quick"),
}
TRUE = [name for name, (verdict, _) in KNOWN.items() if verdict in (Verdict.PROVED, Verdict.HOLDS)]


def decided(name: str, profile: str) -> ClaimResult:
    return run_claim(registry.load(f"fabricated.{name}"), Settings(profile=PROFILES[profile]))


def parts(result: ClaimResult) -> Iterator[PartResult]:
    for reading in result.readings:
        for part in reading.parts:
            yield part
            if part.amendment is not None:
                yield part.amendment.part


def declared(claim: Claim) -> Iterator[Part]:
    for reading in claim.readings:
        for part in reading.parts:
            yield part
            if part.amendment is not None:
                yield part.amendment.part


def test_five_are_true_and_five_are_false() -> None:
    assert len(KNOWN) == 10 and len(TRUE) == 5


def test_all_are_registered_by_entry_points() -> None:
    found = {e.id: e for e in registry.plugins() if e.id.startswith("fabricated.")}
    assert set(found) == {f"fabricated.{name}" for name in KNOWN}
    for identifier, entry in found.items():
        assert entry.load().id == identifier
        assert registry.resolve(identifier.removeprefix("fabricated.")).id == identifier


@pytest.mark.parametrize("name", KNOWN)
def test_no_check_is_given_a_counterexample(name: str) -> None:
    for part in declared(registry.load(f"fabricated.{name}")):
        assert not any(isinstance(check, Certified) for check in part.checks)
        assert not any(check.also for check in part.checks if isinstance(check, Property))
        assert not any(h.breaks for h in part.statement.given)


@pytest.mark.parametrize("name", KNOWN)
def test_the_verdict_is_right(name: str) -> None:
    expected, profile = KNOWN[name]
    result = decided(name, profile)
    assert result.verdict is expected
    for part in parts(result):
        assert part.inhabited
        for evidence in part.evidence:
            assert evidence.outcome in (Outcome.PROVES, Outcome.SUPPORTS, Outcome.REFUTES), evidence.detail
            check_teeth(evidence)
    if expected in (Verdict.REFUTED, Verdict.CONDITIONAL):
        refuting = [e for part in parts(result) for e in part.evidence if e.outcome is Outcome.REFUTES]
        assert refuting and all(e.kind in ("property", "adversarial") and e.witnesses for e in refuting)
    if expected is Verdict.PROVED:
        assert all(part.scope.startswith("all k") for part in parts(result))


def check_teeth(evidence: Evidence) -> None:
    assert evidence.twins and all(trial.passed for trial in evidence.twins), evidence.twins
    assert evidence.neighbours and all(trial.passed for trial in evidence.neighbours), evidence.neighbours


def test_a_profile_that_does_not_reach_the_failing_sizes_says_so() -> None:
    """With four clusters or fewer the ring statement is true; the quick profile must not claim more than it ran."""
    result = decided("ring", "quick")
    assert result.verdict is Verdict.HOLDS
    for part in parts(result):
        for evidence in part.evidence:
            assert evidence.scope.startswith("2 ≤ k ≤ 3"), evidence.scope


@pytest.mark.parametrize(("name", "sizes"), [("mixture", "k"), ("logarithm", "k")])
def test_witnesses_lie_where_the_derivation_says(name: str, sizes: str) -> None:
    """With two prototypes both statements are true."""
    for part in parts(decided(name, "quick")):
        for evidence in part.evidence:
            assert all(w.sizes[sizes] >= 3 for w in evidence.witnesses)


def test_the_plane_is_needed_against_the_diameter() -> None:
    for part in parts(decided("diameter", "quick")):
        for evidence in part.evidence:
            assert all(w.sizes["d"] >= 2 for w in evidence.witnesses)
