"""With its statement altered, no theorem goes through; unaltered, each does."""

from __future__ import annotations

import pytest

from ddcl_theory.formal import mutation
from ddcl_theory.formal.sources import Theorem, theorems

NAMED = {t.full_name: t for t in theorems()}


@pytest.mark.coq
@pytest.mark.parametrize("mutant", mutation.mutants(), ids=lambda m: m.id)
def test_an_altered_statement_breaks_the_build(mutant: mutation.Mutant) -> None:
    assert not mutation.survives(mutant, NAMED[f"{mutant.source}:{mutant.theorem}"])


@pytest.mark.coq
@pytest.mark.parametrize("theorem", NAMED.values(), ids=lambda t: t.full_name)
def test_the_statement_as_it_is_goes_through(theorem: Theorem) -> None:
    assert mutation.survives(None, theorem)
