"""Every formal check kills the twins of its part and spares its neighbours."""

from __future__ import annotations

import pytest

from ddcl_theory import registry
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.engine import run_claim
from ddcl_theory.evidence import Outcome
from ddcl_theory.formal.sources import by_part

CLAIMS = sorted({path.split("/")[0] for path in by_part()})


@pytest.mark.twins
@pytest.mark.parametrize("identifier", CLAIMS)
def test_formal_checks_count_and_tell_twins_from_neighbours(identifier: str) -> None:
    claim = next(e for e in registry.entries() if e.id == identifier).load()
    found = run_claim(claim, Settings(profile=PROFILES["quick"]), only=("formal",), figures=False)
    rows = [e for r in found.readings for p in r.parts for e in p.evidence if e.kind == "formal"]
    undecided = (Outcome.CRASHED, Outcome.UNDECIDED, Outcome.NOT_RUN)
    assert [(e.check, e.detail) for e in rows if e.outcome in undecided] == []
    assert [(e.check, t.id) for e in rows for t in (*e.twins, *e.neighbours) if not t.passed] == []
