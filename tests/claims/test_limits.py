"""The proofs at T → 0 and T → ∞ accept what vanishes in the limit, and nothing else about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ddcl_proofs.ddcl import proposition1
from ddcl_theory.claims.ddcl.proposition1 import CLAIM
from ddcl_theory.relation import Relation, at_least_zero, positive


def roots(relation: Relation):
    return lambda x: list(relation.trace(x).roots)


@pytest.mark.parametrize("form", [positive, at_least_zero])
@pytest.mark.parametrize("proof, part", [("uniform", "hot"), ("vertex", "cold"), ("tied", "cold")])
def test_an_inequality_between_what_vanishes_is_not_proved(form, proof, part) -> None:
    reading = "ties" if proof == "tied" else CLAIM.readings[0].id
    found = next(p for r in CLAIM.readings if r.id == reading for p in r.parts if p.id == part)
    statement = (found.amendment.part if proof == "vertex" else found).statement
    prove = getattr(proposition1, proof)
    assert prove(statement).outcome == "proved"
    other = replace(statement, conclusion=form(roots(statement.conclusion)), _traces={})
    assert prove(other).outcome == "rejected"
