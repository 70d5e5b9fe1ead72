"""Gradients of the stable loss by differences, the field that has no potential, and a broken loss."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ddcl_core.secu import loss as code
from ddcl_proofs.secu import loss as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import loss as claim
from ddcl_theory.claims.secu.float_rows_centres import gradient_parts
from ddcl_theory.relation import positive

QUICK = Settings(profile=PROFILES["quick"])


def stable(x, w, moved, y, lam):
    """(3) with the target's centre from `moved`."""
    total = 0.0
    for j, share in enumerate(y):
        others = sum(np.exp(x @ v / lam) for m, v in enumerate(w) if m != j)
        total += share * (np.log(np.exp(x @ moved[j] / lam) + others) - x @ moved[j] / lam)
    return total


@pytest.mark.parametrize("seed", range(3))
def test_differences_give_the_printed_gradient(seed):
    draw = np.random.default_rng(seed)
    x, w, u = draw.normal(size=3), draw.normal(size=(4, 3)), draw.normal(size=(4, 3))
    y, lam, h = draw.dirichlet(np.ones(4)), 0.7, 1e-5
    slope = (stable(x, w, w + h * u, y, lam) - stable(x, w, w - h * u, y, lam)) / (2 * h)
    p = np.exp(w @ x / lam) / np.exp(w @ x / lam).sum()
    assert slope == pytest.approx((y * (p - 1) * (u @ x)).sum() / lam, rel=1e-6)


def test_the_field_has_no_potential():
    """Around a small square in (w_1, w_2) the gradients of the code do work."""
    x, y = torch.tensor([[0.0, 1.0]], dtype=torch.float64), torch.tensor([0])

    def gradients(a, b):
        rows = [[np.cos(t), np.sin(t)] for t in (a, b)]
        w = torch.tensor(rows, dtype=torch.float64, requires_grad=True)
        found = torch.autograd.grad(code.secu_loss(x, w, y, 1.0), w)[0]
        tangents = torch.tensor([[-np.sin(t), np.cos(t)] for t in (a, b)], dtype=torch.float64)
        return (found * tangents).sum(-1)

    h = 1e-2
    bottom, top = gradients(h / 2, 0.0)[0], gradients(h / 2, h)[0]
    right, left = gradients(h, h / 2)[1], gradients(0.0, h / 2)[1]
    work = (bottom + right - top - left) * h
    # −∂g_1/∂w_2 = p_1 p_2 = 1/4 over the square.
    assert float(work) / h**2 == pytest.approx(0.25, rel=0.05)


def test_the_loss_of_a_separable_cluster_has_no_minimum():
    draw = np.random.default_rng(0)
    x = np.abs(draw.normal(size=(3, 2)))
    values = [sum(stable(row, [t * np.ones(2), -np.ones(2)], [t * np.ones(2), -np.ones(2)], [1, 0], 1.0) for row in x)
              for t in (0, 1, 4, 16)]  # fmt: skip
    assert all(a > b > 0 for a, b in zip(values, values[1:], strict=False))


@pytest.mark.parametrize(
    ("x", "bounded"), [([[1.0], [1.0]], False), ([[1.0], [-1.0]], True), ([[1.0, 0], [-1, 1], [0, -1]], True)]
)
def test_the_infimum_is_attained_where_positives_surround_the_origin(x, bounded):
    """Far out in every direction the loss is above its value at 0, or in one direction below all others."""
    x = np.array(x)
    d = x.shape[1]
    angles = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(angles), np.sin(angles)], 1)[:, :d] if d == 2 else np.array([[1.0], [-1.0]])

    def loss(w):
        return np.log1p(2 * np.exp(-x @ w)).sum()

    assert all(loss(50 * u) > loss(0 * u) for u in circle) is bounded
    assert all((x @ u < 0).any() for u in circle) is bounded


def test_proofs_reject_the_twins():
    for proof, part in (
        (proofs.positives_only, claim.CENTRE),
        (proofs.encoder, claim.ENCODED),
        (proofs.convex_in_its_own_centre, claim.OWN),
        (proofs.downhill_for_ever, claim.UNATTAINED),
    ):
        assert proof(part.statement).covers_domain
        assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]
    assert proofs.downhill_for_ever(Statement(claim.POSITIVES, positive(claim.descent))).outcome == "rejected"


def test_a_loss_that_lets_negatives_push_is_noticed(monkeypatch):
    def outcomes():
        return {p.id: p.checks[0].run(p.statement, QUICK).outcome.name for p in gradient_parts("float64")}

    assert set(outcomes().values()) == {"SUPPORTS"}
    healthy = code.stable_loss
    monkeypatch.setattr(code, "stable_loss", lambda x, w, y, t, n, r: healthy(x, w, y, t, "attached", r))
    assert outcomes() == {"centre": "REFUTES", "encoder": "SUPPORTS"}
