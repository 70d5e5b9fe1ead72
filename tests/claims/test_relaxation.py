"""Constrained and unconstrained least squares, softmax and k-means, by hand and by NumPy."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch

from ddcl_core import functional as core
from ddcl_proofs.ddcl import relaxation as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import relaxation as claim
from ddcl_theory.claims.ddcl import relaxation_closed_form as closed
from ddcl_theory.claims.ddcl import relaxation_cold as cold
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact

QUICK = Settings(profile=PROFILES["quick"])


def by_hand(z, p, q):
    """(L_q, L_OLS) on a line."""
    return sum(w * (z - c) ** 2 for w, c in zip(q, p, strict=True)), (
        z - sum(w * c for w, c in zip(q, p, strict=True))
    ) ** 2


def test_relaxing_the_constraint_changes_neither_loss_nor_minimum_of_the_one_hot_problem():
    grid = [(Fraction(i, 8), 1 - Fraction(i, 8)) for i in range(9)]
    losses = [by_hand(0, (-1, 1), q) for q in grid]
    assert {v for v, _ in losses} == {1}
    assert min(fit for _, fit in losses) == 0
    assert all((v == fit) == (max(q) == 1) for q, (v, fit) in zip(grid, losses, strict=True))


def test_the_softmax_is_not_the_nearest_mixture():
    s = Fraction(1, 2)
    q = (1 / (1 + s), s / (1 + s))
    assert by_hand(0, (0, 1), q)[1] == Fraction(1, 9) > by_hand(0, (0, 1), (1, 0))[1]
    q = (s / (s + s**9), s**9 / (s + s**9))
    assert q == (Fraction(256, 257), Fraction(1, 257))
    assert by_hand(0, (-1, 3), (Fraction(3, 4), Fraction(1, 4)))[1] == 0 < by_hand(0, (-1, 3), q)[1]


@pytest.mark.parametrize("seed", range(4))
def test_the_softmax_minimises_the_penalised_problem(seed):
    rng = np.random.default_rng(seed)
    z, p, t = rng.normal(size=2), rng.normal(size=(4, 2)), 10 ** rng.uniform(-1, 1)
    d = np.square(z - p).sum(1)
    q = np.exp(-(d - d.min()) / t)
    q /= q.sum()

    def objective(r):
        m = r @ p
        return np.square(z - m).sum() + (r * np.square(p - m).sum(1)).sum() + t * (r * np.log(r)).sum()

    for r in rng.dirichlet(np.ones(4), size=200):
        kl = (r * np.log(r / q)).sum()
        assert objective(r) - objective(q) == pytest.approx(t * kl, abs=1e-9)
        assert kl >= 0


def test_half_the_entropy_moves_the_minimum():
    t = 1 / math.log(2)

    def objective(r):
        return r[1] + t / 2 * sum(w * math.log(w) for w in r)

    assert objective((4 / 5, 1 / 5)) < objective((2 / 3, 1 / 3)) - 0.01


@pytest.mark.parametrize(("p", "one_hot", "fit"), [((-1.0, 1.0), False, 0.0), ((1.0, 2.0), True, 1.0)])
def test_cold_assignments(p, one_hot, fit):
    z, rows = torch.zeros(1, 1, dtype=torch.float64), torch.tensor(p, dtype=torch.float64)[:, None]
    q = core.soft_assignment(z, rows, 1e-6)
    assert bool(q.max() == 1) is one_hot
    assert float(core.quantization_loss(z, rows, q)) == 1.0
    assert float(core.ols_loss(z, rows, q)) == fit
    raw = {"z": [0], "p": [[int(c)] for c in p], "T": {"s": 0}}
    assert examine(cold.COLD_VALUE.statement, raw).supports
    assert examine(cold.COLD_ASSIGNMENT.statement, raw).supports is one_hot


@pytest.mark.parametrize(("k", "d", "independent"), [(2, 3, True), (3, 2, False), (1, 1, True), (4, 1, False)])
def test_the_closed_form_needs_independent_prototypes(k, d, independent):
    rng = np.random.default_rng(k + d)
    p, z = rng.integers(1, 9, size=(k, d)).astype(float), rng.normal(size=d)
    gram = p @ p.T
    assert bool(np.linalg.matrix_rank(gram) == k) is independent
    q = np.linalg.lstsq(p.T, z, rcond=None)[0]
    assert np.allclose(gram @ q, p @ z)
    for r in rng.normal(size=(50, k)):
        gain = np.square(z - r @ p).sum() - np.square(z - q @ p).sum()
        assert gain == pytest.approx(np.square((r - q) @ p).sum(), abs=1e-9)
    if k <= 3:
        assert examine(closed.CLOSED_FORM.statement, {"p": p.astype(int).tolist()}).supports is independent


def test_the_determinant_by_expansion():
    m = [[2, 1, 0], [1, 3, 1], [0, 1, 4]]
    assert claim.CLAIM.readings[0].parts[-1] is closed.CLOSED_FORM
    assert closed.determinant([[Fraction(v) for v in row] for row in m]).data == 18 == round(np.linalg.det(np.array(m)))


@pytest.mark.parametrize("place", ["kernel", "solved"])
def test_drawn_points_meet_their_equations_exactly(place):
    domain, draw, hypothesis = {
        "kernel": (closed.KERNEL, closed.draw_kernel, closed.IN_KERNEL),
        "solved": (closed.SPACE, closed.draw_solved, closed.NORMAL),
    }[place]
    for k, d in ((1, 1), (3, 2), (4, 3)):
        roots = hypothesis.relation.trace(domain.namespace({"k": k, "d": d})).roots
        batch = draw({"k": k, "d": d}, 20, torch.Generator().manual_seed(0))
        for case in range(20):
            point = {name: exact(t[case].tolist()) for name, t in batch.items()}
            assert fractions(roots, point) == [0] * k


def test_proofs_reject_statements_without_their_hypotheses():
    for part, proof in (
        (closed.OPTIMAL, proofs.optimal),
        (closed.CLOSED_FORM.amendment.part, proofs.consistent),
        (cold.COLD_ASSIGNMENT.amendment.part, proofs.cold_one_hot),
        (cold.COLD_OLS.amendment.part, proofs.cold_fit),
        (claim.SOFT_OLS.amendment.part, proofs.entropic),
    ):
        assert proof(part.statement).covers_domain
        assert proof(replace(part.statement, given=(), _traces={})).outcome == "rejected"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_broken_assignment_is_noticed(dtype, monkeypatch):
    """Weight on the farthest prototype instead of the nearest."""
    part = cold.cold_code(dtype)
    assert part.checks[0].run(part.statement, QUICK).outcome.name == "SUPPORTS"
    healthy = core.soft_assignment
    monkeypatch.setattr(core, "soft_assignment", lambda z, p, t: healthy(-z, p, t))
    assert part.checks[0].run(part.statement, QUICK).outcome.name == "REFUTES"
