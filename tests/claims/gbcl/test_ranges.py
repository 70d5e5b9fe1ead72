"""Ranges: what a flow approaches, what it never leaves, and when samples are collinear."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
import torch

from ddcl_core.layers import DualCompetitiveLayer
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import examine
from ddcl_theory.claims.gbcl import ranges as claim
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def expm(a: np.ndarray) -> np.ndarray:
    """e^a of a symmetric matrix."""
    values, vectors = np.linalg.eigh(a)
    return (vectors * np.exp(values)) @ vectors.T


@pytest.mark.parametrize("t", [0.5, 3.0, 12.0])
def test_components_off_the_ranges_at_any_time(t: float) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 2))
    mu, w = x @ [0.25, 0.75], rng.normal(size=4)
    v = np.linalg.svd(x)[0][:, 2:]
    np.testing.assert_allclose((mu + np.exp(-t) * (w - mu)) @ v, np.exp(-t) * (w @ v), atol=1e-13)
    assert np.abs(w @ v).min() > 0.1
    wide = x.T
    o, centre = rng.normal(size=4), wide @ np.full(4, 0.25)
    limit = np.linalg.pinv(wide) @ centre
    u = np.linalg.svd(wide)[2][2:].T
    now = limit + u @ (u.T @ o) + expm(-t * wide.T @ wide) @ (o - limit - u @ (u.T @ o))
    np.testing.assert_allclose(now @ u, o @ u, atol=1e-12)


def test_equilibrium_that_is_off_the_row_space() -> None:
    x, o, c = (F(1), F(0)), (F(1), F(1)), F(1)
    error = sum(a * b for a, b in zip(x, o, strict=True)) - c
    assert [-a * error for a in x] == [0, 0] and o[1] == 1


@pytest.mark.parametrize("x", ["1", "1/2", "1/1000"])
def test_no_time_brings_the_base_weights_into_the_span(x: str) -> None:
    found = examine(claim.BASE_FINITE.statement, {**claim.HALFWAY, "x": x})
    assert found.refutes and found.conclusion is not None and found.conclusion[1].value == x


def test_limit_of_two_equal_samples() -> None:
    z, o = np.ones((2, 1)), np.array([1.0, -1.0])
    for _ in range(400):
        o = o - 0.05 * z @ (z.T @ o - 1)
    np.testing.assert_allclose(o, [1.5, -0.5], atol=1e-12)


def test_two_draws_coincide_as_often_as_the_masses_say() -> None:
    rng = np.random.default_rng(1)
    atoms = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    p = np.array([0.5, 0.25, 0.25])
    pairs = atoms[rng.choice(3, size=(20_000, 2), p=p)]
    rank_one = np.mean(np.abs(np.linalg.det(pairs)) < 1e-12)
    assert abs(rank_one - (p**2).sum()) < 0.02
    assert np.all(np.linalg.matrix_rank(rng.normal(size=(500, 3, 3))) == 3)


def test_singular_values_are_not_negative_and_there_are_no_spare_features() -> None:
    rng = np.random.default_rng(2)
    x = np.linalg.qr(rng.normal(size=(5, 3)))[0].T
    np.testing.assert_allclose(np.linalg.svd(x)[1], np.ones(3))
    np.testing.assert_allclose(np.linalg.svd(-x)[1], np.ones(3))
    tall = rng.normal(size=(3, 2))
    assert np.linalg.matrix_rank(tall @ tall.T) == 2 < 3


@pytest.mark.parametrize(
    "part", [sub.BASE_DECAYS, sub.DUAL_KEEPS, claim.ONCE, claim.VALUES, claim.MINUS, claim.SURPLUS], ids=lambda p: p.id
)
def test_proofs_need_their_hypotheses(part) -> None:  # type: ignore[no-untyped-def]
    check = next(c for c in part.checks if isinstance(c, Symbolic))
    found = check.run(replace(part.statement, given=(), _traces={}), QUICK)
    assert found.outcome is Outcome.UNDECIDED and found.violated and "fails:" in found.detail


@pytest.mark.parametrize("part", [claim.MINUS, claim.SURPLUS], ids=lambda p: p.id)
def test_hypotheses_contradict_each_other_only_with_a_vector_that_is_not_zero(part) -> None:  # type: ignore[no-untyped-def]
    check = next(c for c in part.checks if isinstance(c, Symbolic))
    assert check.run(part.statement, QUICK).outcome is Outcome.VACUOUS
    for left_out in part.statement.given:
        given = tuple(h for h in part.statement.given if h is not left_out)
        assert check.run(replace(part.statement, given=given, _traces={}), QUICK).violated, left_out.id


def test_a_contradiction_that_ends_at_four_features_is_no_contradiction() -> None:
    check = next(c for c in claim.MINUS.checks if isinstance(c, Symbolic))
    negative = replace(
        claim.NEGATIVE,
        relation=replace(
            claim.NEGATIVE.relation, values=lambda x: [(x.s + (1 if x.d < 4 else -1)) * entry for entry in x.u]
        ),
    )
    late = replace(claim.MINUS.statement, given=(negative, claim.SEEN_VECTOR), _traces={})
    found = examine(late, {"z": [[1, 0, 0, 0]], "u": [1, 0, 0, 0], "s": 1})
    assert found.in_domain and check.run(late, QUICK).outcome is Outcome.UNDECIDED


def test_half_of_the_gram_hypothesis_is_not_enough() -> None:
    """Unit diagonal alone leaves other singular values."""
    from ddcl_theory import expression as ex
    from ddcl_theory.claim import Hypothesis
    from ddcl_theory.relation import equals_zero

    diagonal = Hypothesis(
        "orthonormal-features", "", equals_zero(lambda x: [ex.total(s[i] ** 2 for s in x.z) - 1 for i in range(x.d)])
    )
    given = tuple(diagonal if h.id == diagonal.id else h for h in claim.VALUES.statement.given)
    check = next(c for c in claim.VALUES.checks if isinstance(c, Symbolic))
    weaker = replace(claim.VALUES.statement, given=given, _traces={})
    with pytest.raises(ValueError, match="argument"):
        check.run(weaker, QUICK)
    x = np.array([[1.0], [1.0]])
    assert abs(np.linalg.svd(x)[1][0] - np.sqrt(2)) < 1e-12


def test_a_step_off_the_row_space_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    original = DualCompetitiveLayer.from_moment
    monkeypatch.setattr(DualCompetitiveLayer, "from_moment", lambda self, moment: original(self, moment) * 1.01)
    for dtype in ("float64", "float32"):
        (part,) = next(r.parts for r in claim.CLAIM.readings if r.id == dtype)
        assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES


def test_weights_of_the_layer_move_within_the_row_space() -> None:
    z = torch.tensor([[1.0, 2.0], [1.0, 2.0], [0.5, -1.0]], dtype=torch.float64)
    layer = DualCompetitiveLayer(3, 2, dtype=torch.float64)
    before = layer.weights.detach().clone()
    step = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(5):
        step.zero_grad()
        (z[:, None] - layer(z)).square().sum(-1).amin(1).sum().backward()
        step.step()
    moved = layer.weights.detach() - before
    assert float(moved.abs().max()) > 0.1
    torch.testing.assert_close(moved[0], moved[1])
