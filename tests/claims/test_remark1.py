"""Two quadratic terms, by NumPy."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from ddcl_core import functional as core
from ddcl_proofs.ddcl import remark1 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.ddcl import remark1 as claim


def spread(p):
    return sum(np.square(p[i] - p[j]).sum() for i, j in combinations(range(len(p)), 2))


@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_ratio_of_the_terms_does_not_change_along_a_ray(k):
    p = np.random.default_rng(k).normal(size=(k, 2))
    ratios = [np.square(t * p).sum() / spread(t * p) for t in (1, 2, 1000)]
    assert np.allclose(ratios, ratios[0])


def test_a_small_weight_leaves_the_energy_unbounded():
    """One sample at 0 on prototype 1, the others at ±t: E = 2 λ_P t² − 6 λ_sep t²."""

    def energy(t, weight):
        p = np.array([[0.0], [t], [-t]])
        return weight * np.square(p).sum() - spread(p)

    assert energy(1, 1e-3) == pytest.approx(-5.998)
    assert energy(100, 1e-3) == pytest.approx(1e4 * energy(1, 1e-3))
    assert energy(1, 7) > 0


@pytest.mark.parametrize(("weight", "opens"), [(2.0, True), (3.5, False)])
def test_the_spread_opens_exactly_below_the_threshold(weight, opens):
    p = np.random.default_rng(1).normal(size=(3, 2))
    speed = -2 * weight * p + 2 * (3 * p - p.sum(0))
    change = (spread(p + 1e-6 * speed) - spread(p)) / 1e-6
    assert bool(change > 0) is opens
    assert change == pytest.approx(-4 * (weight - 3) * spread(p), rel=1e-4)


def test_proofs_reject_the_twins():
    for part, proof in (
        (claim.FASTER.amendment.part, proofs.same_order),
        (claim.UNBOUNDED, proofs.unbounded),
        (claim.separates("mean").amendment.part, proofs.law_mean),
    ):
        assert proof(part.statement).covers_domain
        assert proof(part.twins[0].statement).outcome == "rejected"
    assert proofs.unbounded(replace(claim.UNBOUNDED.statement, given=(), _traces={})).outcome == "rejected"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_separation_of_the_wrong_size_is_noticed(dtype, monkeypatch):
    part = next(r for r in claim.CLAIM.readings if r.id == dtype).parts[0]
    quick = Settings(profile=PROFILES["quick"])
    assert part.checks[0].run(part.statement, quick).outcome.name == "SUPPORTS"
    healthy = core.separation
    monkeypatch.setattr(core, "separation", lambda p, *pairs: 1.01 * healthy(p, *pairs))
    assert part.checks[0].run(part.statement, quick).outcome.name == "REFUTES"
