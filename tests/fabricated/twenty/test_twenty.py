"""Twenty statements, ten true and ten false, decided through the plugin interface; what is the case stands here alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ddcl_theory import registry
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Part, Statement
from ddcl_theory.engine import ClaimResult, PartResult, run_claim
from ddcl_theory.evidence import Outcome
from ddcl_theory.verdict import Verdict

pytestmark = pytest.mark.usefixtures("twenty")

#: By the derivations in the files.
TRUE = {
    "pairs": Verdict.PROVED,
    "squares": Verdict.PROVED,
    "form-three": Verdict.HOLDS,
    "cold-mean": Verdict.HOLDS,
    "order": Verdict.HOLDS,
    "vertex": Verdict.HOLDS,
    "below-average": Verdict.VACUOUS,
    "covariance-half": Verdict.HOLDS,
    "cross-positive": Verdict.HOLDS,
    "variance-two-pass": Verdict.HOLDS,
}
FALSE = {
    "newton": Verdict.REFUTED,
    "cubes": Verdict.CONDITIONAL,
    "form-many": Verdict.REFUTED,
    "cold-purity": Verdict.REFUTED,
    "majority": Verdict.REFUTED,
    "spread": Verdict.REFUTED,
    "balanced": Verdict.REFUTED,
    "covariance-uniform": Verdict.REFUTED,
    "cross-nonnegative": Verdict.REFUTED,
    "variance-one-pass": Verdict.REFUTED,
}
#: Smallest k at which the statement fails, where a smaller one is true.
FROM = {"newton": 4, "form-many": 4, "majority": 4, "covariance-uniform": 3}
BEYOND_QUICK = [name for name, k in FROM.items() if k > PROFILES["quick"].largest]


def decided(name: str, profile: str, seed: int = 0) -> ClaimResult:
    return run_claim(registry.load(f"twenty.{name}"), Settings(profile=PROFILES[profile], seed=seed))


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


def test_all_are_registered_by_entry_points() -> None:
    found = {e.id for e in registry.plugins() if e.id.startswith("twenty.")}
    assert len(TRUE) == len(FALSE) == 10
    assert found == {f"twenty.{name}" for name in (*TRUE, *FALSE)}


@pytest.mark.parametrize("name", [*TRUE, *FALSE])
def test_no_check_is_given_a_counterexample(name: str) -> None:
    for part in declared(registry.load(f"twenty.{name}")):
        assert not any(isinstance(check, Certified) for check in part.checks)
        assert not any(check.also or check.draw for check in part.checks if isinstance(check, Property))
        if isinstance(part.statement, Statement):
            assert not any(h.breaks for h in part.statement.given)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", [*TRUE, *FALSE])
def test_the_verdict_is_right(name: str, seed: int) -> None:
    result = decided(name, "standard" if name in BEYOND_QUICK else "quick", seed)
    assert result.verdict is (TRUE | FALSE)[name]
    for part in parts(result):
        for evidence in part.evidence:
            assert evidence.outcome is not Outcome.CRASHED, evidence.detail
            assert all(trial.passed for trial in (*evidence.twins, *evidence.neighbours)), evidence
            assert evidence.twins


@pytest.mark.parametrize("name", BEYOND_QUICK)
def test_below_the_size_at_which_it_fails_no_more_is_claimed_than_ran(name: str) -> None:
    result = decided(name, "quick")
    assert result.verdict is Verdict.HOLDS
    for part in parts(result):
        for evidence in part.evidence:
            assert "k ≤ 3" in evidence.scope or "(k) = (2), (3)" in evidence.scope or "k = 3" in evidence.scope


@pytest.mark.parametrize("name", FROM)
def test_witnesses_have_the_sizes_at_which_the_statement_is_false(name: str) -> None:
    result = decided(name, "standard")
    witnesses = [w for part in parts(result) for e in part.evidence for w in e.witnesses]
    assert witnesses and all(w.sizes["k"] >= FROM[name] for w in witnesses)
