"""With its statement altered, no proof goes through."""

from __future__ import annotations

import pytest

from ddcl_theory.formal import mutation

ALTERED = sorted({m.source for m in mutation.mutants()})


@pytest.mark.coq
@pytest.mark.parametrize("source", ALTERED)
def test_no_proof_goes_through_for_an_altered_statement(source: str) -> None:
    assert mutation.survivors(source) == []
