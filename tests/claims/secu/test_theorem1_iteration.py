"""Cycles of the update in fractions and on the code, the step on (12) by differences, descent of the damped update."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from ddcl_core.secu import closed_form_centres
from ddcl_proofs.secu import theorem1_iteration as proofs
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import theorem1_iteration as claim


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def pull(x, w, v, lam):
    own, rest = np.exp(x @ w / lam), np.exp(x @ v.T / lam).sum(1)
    return ((rest / (own + rest))[:, None] * x).sum(0)


def loss(x, w, v, lam):
    return np.log1p(np.exp(x @ v.T / lam).sum(1) * np.exp(-(x @ w) / lam)).sum()


def test_the_line_alternates():
    r = Fraction(2)

    def s(w, v=1):
        return sum(x * r ** (x * v) / (r ** (x * v) + r ** (x * w)) for x in (1, -1, -1))

    assert (s(1), s(-1)) == (Fraction(-1, 2), Fraction(2, 5))


def test_the_half_plane_alternates():
    """Weights in fractions with q = e^{1/(5λ)} = 5/2."""
    q = Fraction(5, 2)
    rest = q**4 + q**3
    at_a = rest / (q**4 + rest), rest / (q**3 + rest)
    assert at_a[0] / at_a[1] == Fraction(3, 4)
    found = pull(
        np.eye(2), np.array([0.8, 0.6]), np.array([[0.8, 0.6], [0.6, 0.8]]), 1 / (5 * np.log(2.5))
    )  # fmt: skip
    assert np.allclose(unit(found), [0.6, 0.8])


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_the_code_alternates_on_the_line(dtype):
    x = torch.tensor([[1.0], [-1.0], [-1.0], [1.0]], dtype=dtype)
    labels, w = torch.tensor([0, 0, 0, 1]), torch.tensor([[1.0], [1.0]], dtype=dtype)
    seen = []
    for _ in range(6):
        w = torch.stack([closed_form_centres(x, w, labels, 1 / np.log(2.0))[0], w[1]])
        seen.append(float(w[0]))
    assert seen == [-1.0, 1.0] * 3


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_of_the_objective(seed):
    draw = np.random.default_rng(seed)
    x, v = unit(draw.normal(size=(4, 3))), unit(draw.normal(size=(2, 3)))
    w, u, lam, h = unit(draw.normal(size=3)), draw.normal(size=3), 0.6, 1e-5

    def objective(w):
        square = ((x - w) ** 2).sum(1)
        rest = np.exp(-((x[:, None] - v) ** 2).sum(-1) / (2 * lam)).sum(1)
        return (np.log(np.exp(-square / (2 * lam)) + rest) + square / (2 * lam)).sum()

    slope = (objective(w + h * u) - objective(w - h * u)) / (2 * h)
    own, rest = np.exp(x @ w / lam), np.exp(x @ v.T / lam).sum(1)
    weights = rest / (own + rest)
    printed = (w - (weights[:, None] * x).sum(0) / weights.sum()) @ u
    assert slope == pytest.approx(weights.sum() / lam * printed, rel=1e-6)
    assert abs(slope - printed) > 1e-3


@pytest.mark.parametrize("seed", range(4))
def test_the_damped_update_descends_where_the_plain_one_need_not(seed):
    draw = np.random.default_rng(seed)
    x, v = unit(draw.normal(size=(5, 3))), unit(draw.normal(size=(3, 3)))
    w, lam = unit(draw.normal(size=3)), 0.05
    values = [loss(x, w, v, lam)]
    for _ in range(300):
        w = unit(pull(x, w, v, lam) + len(x) / (4 * lam) * w)
        values.append(loss(x, w, v, lam))
    assert all(b <= a + 1e-12 for a, b in zip(values, values[1:], strict=False))
    assert values[-1] < values[0]


def test_the_plain_update_may_ascend():
    x, v, lam = np.array([[1.0], [-1.0], [-1.0]]), np.array([[1.0]]), 1 / np.log(2)
    assert loss(x, np.array([1.0]), v, lam) > loss(x, np.array([-1.0]), v, lam)
    assert pull(x, np.array([-1.0]), v, lam) > 0


@pytest.mark.parametrize(
    ("point", "rate"), [(claim.ALTERNATING, 32.0), (claim.AROUND, 2.5**5)], ids=["line", "half-plane"]
)
def test_the_cycles_survive_when_all_centres_are_updated_at_once(point, rate):
    """Every other cluster has one positive, at its centre."""
    x, v = (np.array([[float(Fraction(c)) for c in row] for row in point[name]]) for name in "xv")
    w, z = (np.array([float(Fraction(c)) for c in point[name]]) for name in "wz")
    positives = [x, *(row[None] for row in v)]
    centres = np.concatenate([w[None], v])
    visited = []
    for _ in range(4):
        lam = 1 / np.log(rate)
        centres = np.stack(
            [unit(pull(rows, centres[j], np.delete(centres, j, 0), lam)) for j, rows in enumerate(positives)]
        )
        visited.append(centres[0])
        assert np.allclose(centres[1:], v)
    assert np.allclose(visited, [z, w, z, w])
    assert not np.allclose(z, w)


def test_proofs_reject_the_twins_and_want_their_hypotheses():
    for proof, part in ((proofs.step, claim.STEP_LENGTH), (proofs.damped_descent, claim.DESCENT)):
        assert proof(part.statement).covers_domain
        assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]
    for dropped in claim.DESCENT.statement.given:
        kept = tuple(h for h in claim.DESCENT.statement.given if h.id != dropped.id)
        bare = Statement(claim.STEP, claim.DESCENT.statement.conclusion, kept)
        assert proofs.damped_descent(bare).outcome == "rejected", dropped.id
