"""Evidence above the ceiling of its kind cannot be made, a refutation needs a witness, support needs a case."""

from __future__ import annotations

import itertools

import pytest

from ddcl_theory.evidence import CEILING, PROVING, Evidence, Outcome, Strength, Witness

WITNESS = Witness(type="point", sizes={}, point={}, relations=(), digest="", exact=True)
#: The ceilings as documented: sampled < searched < certified < symbolic < formal.
DOCUMENTED = {
    "symbolic": "symbolic",
    "formal": "formal",
    "property": "sampled",
    "adversarial": "searched",
    "certified": "certified",
    "dynamics": "sampled",
    "experiment": "sampled",
    "ablation": "searched",
}
LADDER = ("sampled", "searched", "certified", "symbolic", "formal")


def test_ceilings_are_the_documented_ones() -> None:
    assert {kind: strength.label for kind, strength in CEILING.items()} == DOCUMENTED
    assert [s.label for s in sorted(Strength)][: len(LADDER)] == list(LADDER)


@pytest.mark.parametrize(("kind", "strength"), list(itertools.product(DOCUMENTED, LADDER)))
def test_support_above_the_ceiling_is_refused(kind: str, strength: str) -> None:
    def make() -> Evidence:
        return Evidence("check", kind, Outcome.SUPPORTS, strength=Strength[strength.upper()], cases=1)

    if LADDER.index(strength) <= LADDER.index(DOCUMENTED[kind]):
        assert make().strength is Strength[strength.upper()]
    else:
        with pytest.raises(ValueError, match=f"{kind} check is {DOCUMENTED[kind]} at most, got {strength}"):
            make()


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.REFUTES])
@pytest.mark.parametrize("kind", list(DOCUMENTED))
def test_only_a_refutation_can_be_exact(kind: str, outcome: Outcome) -> None:
    with pytest.raises(ValueError):
        Evidence("check", kind, outcome, strength=Strength.EXACT, cases=1)


@pytest.mark.parametrize("outcome", [Outcome.PROVES, Outcome.VACUOUS])
@pytest.mark.parametrize("kind", list(DOCUMENTED))
def test_only_symbolic_and_formal_checks_prove(kind: str, outcome: Outcome) -> None:
    if kind in ("symbolic", "formal"):
        assert Evidence("check", kind, outcome, cases=1).outcome is outcome
    else:
        with pytest.raises(ValueError, match="cannot prove"):
            Evidence("check", kind, outcome, cases=1)


def test_the_kinds_that_prove_are_the_documented_ones() -> None:
    assert set(PROVING) == {"symbolic", "formal"}


@pytest.mark.parametrize("kind", list(DOCUMENTED))
def test_a_refutation_needs_a_witness(kind: str) -> None:
    with pytest.raises(ValueError, match="witness"):
        Evidence("check", kind, Outcome.REFUTES, strength=Strength.EXACT, cases=1)
    assert Evidence("check", kind, Outcome.REFUTES, strength=Strength.EXACT, witnesses=(WITNESS,)).witnesses


@pytest.mark.parametrize("kind", list(DOCUMENTED))
def test_support_needs_a_case(kind: str) -> None:
    with pytest.raises(ValueError, match="at least one case"):
        Evidence("check", kind, Outcome.SUPPORTS, cases=0)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="'hearsay'"):
        Evidence("check", "hearsay", Outcome.UNDECIDED)
