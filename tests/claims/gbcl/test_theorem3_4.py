"""Dimension: what stays in the span, what a further feature does, and what inner products alone decide."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
import torch

from ddcl_core.layers import DualCompetitiveLayer
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.gbcl import theorem3_4 as claim
from ddcl_theory.claims.gbcl import theorem3_4_rank as rank
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def trained(z: torch.Tensor, weights: torch.Tensor, steps: int = 10) -> DualCompetitiveLayer:
    layer = DualCompetitiveLayer(*weights.shape, dtype=z.dtype)
    with torch.no_grad():
        layer.weights.copy_(weights)
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.01)
    for _ in range(steps):
        optimiser.zero_grad()
        (z[:, None] - layer(z)).square().sum(-1).amin(1).sum().backward()
        optimiser.step()
    return layer


@pytest.fixture
def few() -> tuple[torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(5)
    return torch.randn(4, 6, generator=g, dtype=torch.float64), torch.rand(4, 3, generator=g, dtype=torch.float64)


def test_training_depends_on_inner_products_only(few: tuple[torch.Tensor, torch.Tensor]) -> None:
    z, w = few
    turn = torch.linalg.qr(torch.randn(50, 6, generator=torch.Generator().manual_seed(6), dtype=torch.float64))[0]
    torch.testing.assert_close(trained(z, w).weights, trained(z @ turn.T, w).weights, atol=1e-10, rtol=1e-10)


def test_noise_features_change_training(few: tuple[torch.Tensor, torch.Tensor]) -> None:
    z, w = few
    noisy = torch.cat([z, torch.randn(4, 20, generator=torch.Generator().manual_seed(7), dtype=torch.float64)], 1)
    one, two = trained(z, w), trained(noisy, w)
    assert float((one.weights - two.weights).detach().abs().max()) > 0.05
    distances = [((s[:, None] - w.T @ s) ** 2).sum(-1) for s in (z, noisy)]
    assert (distances[0].argmin(1) != distances[1].argmin(1)).any()


def test_flip_by_hand() -> None:
    """Prototypes at sample 2 and half of sample 1, against sample 1; the feature (0, 1) takes sample 2 away by 1."""
    first, second = F(1, 16), F(1, 4)
    assert first - second == F(-3, 16) and first + 1 - second == F(13, 16)
    x = np.array(claim.NEAR_PAIR["z"], dtype=object)
    inverse = np.array(claim.NEAR_PAIR["l"])
    assert (np.vectorize(F)(inverse) @ np.vectorize(F)(x).T == np.eye(2)).all()
    found = claim.ASSIGNMENT.statement.examine(_exact(claim.FLIPPED))
    assert (
        found.refutes
        and found.conclusion is not None
        and found.conclusion[1].value == str((first - second) * (first + 1 - second))
    )


def _exact(raw):  # type: ignore[no-untyped-def]
    from ddcl_theory.point import exact

    return {name: exact(value) for name, value in raw.items()}


def test_two_equal_samples_span_a_line() -> None:
    assert np.linalg.matrix_rank(np.array(rank.EQUAL["z"])) == 1


def test_independent_samples_leave_no_weights_off_the_row_space() -> None:
    x = np.random.default_rng(8).normal(size=(6, 4))
    o = np.random.default_rng(9).normal(size=4)
    assert np.linalg.matrix_rank(x) == 4
    np.testing.assert_allclose(x.T @ (np.linalg.pinv(x).T @ o), o, atol=1e-12)


@pytest.mark.parametrize("part", [rank.DIMENSION, rank.ROWS], ids=lambda p: p.id)
def test_proofs_notice_conclusions_that_are_false_from_four_on_and_missing_hypotheses(part) -> None:  # type: ignore[no-untyped-def]
    check = next(c for c in part.checks if isinstance(c, Symbolic))
    values = part.statement.conclusion.values

    def changed(x):  # type: ignore[no-untyped-def]
        return values(x) if x.n < 4 else [0 * values(x)[0] + x.z[0][0], *values(x)[1:]]

    late = replace(part.statement, conclusion=replace(part.statement.conclusion, values=changed), _traces={})
    assert check.run(late, QUICK).outcome is Outcome.UNDECIDED
    assert check.run(replace(part.statement, given=(), _traces={}), QUICK).violated


@pytest.mark.parametrize("part", [claim.GRAM, claim.LAW, claim.DISTANCES], ids=lambda p: p.id)
def test_proofs_reject_a_changed_conclusion(part) -> None:  # type: ignore[no-untyped-def]
    from ddcl_theory import expression as ex

    check = next(c for c in part.checks if isinstance(c, Symbolic))
    values = part.statement.conclusion.values

    def changed(x):  # type: ignore[no-untyped-def]
        found = values(x)
        extra = x.z[0][-1] * x.o[0] / 1000
        return [v + extra for v in found] if isinstance(found, list) else ex.lift(found) + extra

    off = replace(part.statement, conclusion=replace(part.statement.conclusion, values=changed), _traces={})
    assert check.run(off, QUICK).violated


def test_the_gram_proof_needs_its_hypothesis() -> None:
    check = next(c for c in claim.GRAM.checks if isinstance(c, Symbolic))
    assert check.run(replace(claim.GRAM.statement, given=(), _traces={}), QUICK).violated


def test_a_layer_that_forgets_the_last_feature_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(self, moment):  # type: ignore[no-untyped-def]
        mask = torch.ones_like(moment)
        mask[..., -1] = 0
        return moment * mask

    monkeypatch.setattr(DualCompetitiveLayer, "from_moment", forgetful)
    for dtype in ("float64", "float32"):
        (part,) = next(r.parts for r in claim.CLAIM.readings if r.id == dtype)
        assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES
