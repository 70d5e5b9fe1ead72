"""The entropic functional on a grid of the simplex, its limits, and what the proofs and the code rows notice."""

from __future__ import annotations

from itertools import product

import mpmath
import numpy as np
import pytest

from ddcl_core import functional as core
from ddcl_proofs.ddcl import proposition1 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import proposition1 as claim
from ddcl_theory.claims.ddcl.float_rows_assignment import entropic_parts
from ddcl_theory.domain import Domain, Variable
from ddcl_theory.relation import at_least_zero

GRID = [np.array(c) / 12 for c in product(range(13), repeat=3) if sum(c) == 12]
D = np.array([0.0, 1.0, 4.0])


def functional(r, t, weight=1.0):
    """Σ r d + weight · T Σ r log r with 0 log 0 = 0."""
    active = r[r > 0]
    return r @ D + weight * t * (active * np.log(active)).sum()


def softmax(t):
    w = np.exp(-D / t)
    return w / w.sum()


@pytest.mark.parametrize("t", [0.1, 1.0, 7.0])
def test_no_point_of_the_grid_is_below_the_softmax(t):
    least = functional(softmax(t), t)
    assert least == pytest.approx(-t * np.log(np.exp(-D / t).sum()))
    assert min(functional(r, t) for r in GRID) >= least - 1e-12


def test_halved_exponents_need_twice_the_entropy():
    q = softmax(2.0)
    assert min(functional(r, 1.0) for r in GRID) < functional(q, 1.0) - 0.01
    assert min(functional(r, 1.0, 2.0) for r in GRID) >= functional(q, 1.0, 2.0) - 1e-12


def test_the_witness_against_halved_exponents():
    with mpmath.workdps(40):

        def value(r):
            return r[1] + sum(x * mpmath.log(x) for x in r)

        first = 1 / (1 + mpmath.exp(mpmath.mpf(-1) / 2))
        assert value((mpmath.mpf(18) / 25, mpmath.mpf(7) / 25)) < value((first, 1 - first))
    part = claim.PRINTED_HALF
    assert examine(part.statement, {**claim.OFF, "r": ["18/25", "7/25"]}).refutes


def test_ties_stay_uniform():
    for t in (1e-2, 1e-4):
        q = core.soft_assignment(*(np_to(x) for x in ([[0.0]], [[1.0], [-1.0], [2.0]])), t)[0]
        assert q.tolist() == pytest.approx([0.5, 0.5, 0.0], abs=1e-12)


def np_to(x):
    import torch

    return torch.tensor(x, dtype=torch.float64)


def test_proofs_want_the_simplex_and_the_right_entropy():
    good = claim.FACE
    loose = Domain(
        tuple(Variable("r", "nonnegative", ("s",)) if v.name == "r" else v for v in good.variables), good.sizes
    )
    relation = at_least_zero(claim.excess)
    assert proofs.minimiser(Statement(good, relation, (claim.ACTIVE,))).covers_domain
    assert proofs.minimiser(Statement(loose, relation, (claim.ACTIVE,))).outcome == "rejected"
    assert proofs.minimiser(Statement(good, relation)).outcome == "rejected"
    assert proofs.halved_minimiser(Statement(good, relation, (claim.ACTIVE,))).outcome == "rejected"
    assert proofs.vertex(claim.COLD_LIMIT.statement).outcome == "rejected"
    assert proofs.tied(Statement(claim.TIED, claim.TIES.statement.conclusion, (claim.EQUAL,))).outcome == "rejected"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["soft_assignment", "free_energy"])
def test_broken_code_is_noticed(name, dtype, monkeypatch):
    settings = Settings(profile=PROFILES["quick"])

    def outcomes():
        return {part.checks[0].run(part.statement, settings).outcome.name for part in entropic_parts(dtype)}

    assert outcomes() == {"SUPPORTS"}
    original = getattr(core, name)
    monkeypatch.setattr(core, name, lambda z, p, t, *rest, **options: original(z, p, 1.01 * t, *rest, **options))
    assert "REFUTES" in outcomes()
