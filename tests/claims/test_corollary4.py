"""Facts about the weight of L_sep at total collapse, from eigenvalues and from fractions by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import torch

from ddcl_core.functional import regularisers, separation
from ddcl_proofs.ddcl import corollary4 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import collapsed
from ddcl_theory.claims.ddcl import corollary4 as claim
from ddcl_theory.claims.ddcl import corollary4_ridge as ridge
from ddcl_theory.claims.ddcl.float_rows_collapse import quantization_parts, separation_part
from ddcl_theory.engine import run_part
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
Z = torch.tensor([[1.5, 0.0], [-1.5, 0.2], [0.5, -0.3], [-0.5, 0.1]], dtype=torch.float64)
Z = Z - Z.mean(0)
LARGEST = float(torch.linalg.eigvalsh(Z.T @ Z / 4)[-1])


def fastest(k, t, weight, mode, pairs="unordered"):
    """The largest eigenvalue of the field of L_q + weight · L_sep at collapse, the Jacobian by automatic differentiation."""

    def field(p):
        d = (Z[:, None] - p).square().sum(-1)
        if mode == "full":
            return -torch.func.grad(lambda r: level(r).mean())(p) - weight * torch.func.grad(
                lambda r: separation(r, pairs)
            )(p)
        q = torch.softmax(-d / t, -1)
        force = 2 * (q[:, :, None] * (Z[:, None] - p)).mean(0)
        return force - weight * torch.func.grad(lambda r: separation(r, pairs))(p)

    def level(p):
        d = (Z[:, None] - p).square().sum(-1)
        return (torch.softmax(-d / t, -1) * d).sum(-1)

    at = torch.zeros(k, 2, dtype=torch.float64)
    j = torch.func.jacrev(field)(at).reshape(2 * k, -1)
    return float(torch.linalg.eigvals(j).real.max())


@pytest.mark.parametrize(
    ("pairs", "phi"), [("unordered", lambda k: 1), ("ordered", lambda k: 2), ("mean", lambda k: 2 / (k * (k - 1)))]
)
@pytest.mark.parametrize(("mode", "factor"), [("stopped", 2), ("full", 4)])
@pytest.mark.parametrize("k", [2, 5])
def test_the_critical_weight(k, mode, factor, pairs, phi):
    for ratio in (1.5, 4.0, 40.0):
        t = ratio * factor * LARGEST
        critical = (1 - 1 / ratio) / (k**2 * phi(k))
        assert fastest(k, t, 1.01 * critical, mode, pairs) > 0
        assert fastest(k, t, 0.99 * critical, mode, pairs) < 0
    assert fastest(k, 0.9 * factor * LARGEST, 0.0, mode, pairs) > 0


def test_a_weight_that_falls_with_the_temperature_is_overtaken():
    for constant in (0.1, 1.0, 10.0):
        t = 2 * LARGEST + 4 * constant + 1
        assert fastest(2, t, constant / t, "stopped") < 0


@pytest.mark.parametrize("weight", [0, "1/8", "1/2", 1])
@pytest.mark.parametrize("t", [1, 3, "9/2", 100])
def test_growth_by_hand(weight, t):
    """z = ±1, v = ±1, k = 2: growth = 4/T − 2 + 8λ."""
    p = {"z": exact([[1], [-1]]), "v": exact([[1], [-1]]), "T": exact(t), "sep": exact(weight)}
    x = claim.WEIGHTED.namespace({"k": 2, "d": 1, "n": 2})
    wanted = 4 / Fraction(t) - 2 + 8 * Fraction(weight)
    assert fractions([claim.growth(x, "stopped", x.sep)], p) == [wanted]


def test_the_witness_against_the_schedule_is_past_its_last_temperature():
    """C = 1, k = 2, S/N = 1: collapse attracts from T = 2 + 4 on."""
    part = claim.schedule("stopped", "unordered")
    for t, refutes in ((5, False), (7, True)):
        found = examine(part.statement, {**collapsed.COOL, "T": t, "C": 1})
        assert found.refutes is refutes


def test_the_ray_grows_or_falls_with_the_temperature():
    """E along t(0, 1, −1): ½E'' = 2λ_P − 6C/T by hand."""
    x = ridge.RAYS.namespace({"k": 3, "d": 1})
    for c, t, weight in ((1, 1, 1), (1, 4, 1), (2, 3, 5)):
        p = {"p": exact([[0], [1], [-1]]), "C": exact(c), "T": exact(t), "weight": exact(weight)}
        assert fractions([ridge.ray_growth(x)], p) == [2 * weight - 6 * Fraction(c, t)]


@pytest.mark.parametrize("k", [2, 3, 6])
def test_the_two_regularisers_together_contract_when_coercive(k):
    generator = torch.Generator().manual_seed(k)
    for _ in range(50):
        v = torch.randn(k, 2, generator=generator, dtype=torch.float64)
        value = 0.7 * separation(v) + 0.7 * k * 1.001 * v.square().sum()
        assert float(value) > 0
    centred = v - v.mean(0)
    assert float(0.7 * separation(centred) + 0.7 * k * 0.999 * centred.square().sum()) < 0


def test_the_proof_rejects_the_wrong_direction():
    part = claim.needed_when_cold("stopped")
    assert proofs.needed_when_hot_stopped(part.amendment.part.statement).outcome == "proved"
    assert proofs.needed_when_hot_stopped(part.statement).outcome == "rejected"
    wrong = replace(part.amendment.part, checks=part.amendment.part.checks[:1])
    assert all(t.passed for e in run_part(wrong, QUICK).evidence for t in (*e.twins, *e.neighbours))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_broken_separation_is_noticed(monkeypatch, dtype):
    parts = (separation_part(dtype), *quantization_parts(dtype))
    assert all(run_part(p, QUICK).verdict is Verdict.HOLDS for p in parts)
    original = regularisers.pair_factor
    monkeypatch.setattr(regularisers, "pair_factor", lambda k, pairs: 1.001 * original(k, pairs))
    assert run_part(parts[0], QUICK).verdict is Verdict.REFUTED
