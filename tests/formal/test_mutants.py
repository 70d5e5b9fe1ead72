"""With its statement altered, no theorem goes through."""

from __future__ import annotations

import pytest

from ddcl_theory.formal import mutation

ALTERED = sorted({m.source for m in mutation.mutants()})


@pytest.mark.coq
@pytest.mark.parametrize("source", ALTERED)
def test_altered_statements_break_the_build(source: str) -> None:
    assert mutation.survivors(source) == []
