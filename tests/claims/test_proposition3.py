"""Gradients in the prototypes: closed forms against automatic differentiation, the rational tie, broken code."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from ddcl_core import functional as core
from ddcl_proofs.ddcl import proposition3 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import proposition3 as claim
from ddcl_theory.claims.ddcl.float_rows_gradients import fixed_parts, full_parts
from ddcl_theory.evaluate import tensors

QUICK = Settings(profile=PROFILES["quick"])
LOSSES = {
    "quantization": lambda z, p, q: (q * (z - p).square().sum(-1)).sum(),
    "ols": lambda z, p, q: (z - q @ p).square().sum(),
    "variance": lambda z, p, q: (q * (p - q @ p).square().sum(-1)).sum(),
}


def softmax(z, p, t):
    return torch.softmax(-(z - p).square().sum(-1) / t, -1)


def case(seed):
    g = torch.Generator().manual_seed(seed)
    z, p = torch.randn(2, generator=g, dtype=torch.float64), torch.randn(3, 2, generator=g, dtype=torch.float64)
    return z, p, torch.tensor(0.5 + seed, dtype=torch.float64)


def formula(gradient, z, p, t):
    x = claim.DOMAIN.namespace({"k": 3, "d": 2})
    rows = gradient(x, claim.soft(x, x.p))
    flat = tensors([e for row in rows for e in row], {"z": z[None], "p": p[None], "u": p[None], "T": t[None]})
    return torch.stack([v[0] for v in flat]).reshape(3, 2)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("loss", LOSSES)
def test_formulas_against_automatic_differentiation(loss, seed):
    z, p, t = case(seed)
    _, printed, _ = claim.PRINTED[loss]
    stopped = torch.func.grad(lambda r: LOSSES[loss](z, r, softmax(z, p, t)))(p)
    full = torch.func.grad(lambda r: LOSSES[loss](z, r, softmax(z, r, t)))(p)
    assert torch.allclose(formula(printed, z, p, t), stopped)
    assert torch.allclose(formula(claim.through_softmax(loss, printed), z, p, t), full)
    assert not torch.allclose(stopped, full, rtol=1e-3)


@pytest.mark.parametrize(
    ("loss", "additional"), [("quantization", 0), ("ols", Fraction(-8, 27)), ("variance", Fraction(8, 27))]
)
def test_the_additional_term_at_the_tie_by_hand(loss, additional):
    """z = 0, p = (1, 1, −1), T = 1, q = 1/3: c_1 · 2 p_1 with c_1 = −q_1 (g_1 − ⟨g⟩)."""
    p, m = (1, 1, -1), Fraction(1, 3)
    g = {"quantization": [c**2 for c in p], "ols": [2 * c * m for c in p], "variance": [(c - m) ** 2 for c in p]}[loss]
    assert -Fraction(1, 3) * (g[0] - sum(g) / Fraction(3)) * 2 * p[0] == additional
    full = Statement(claim.DOMAIN, claim.slope(loss, claim.PRINTED[loss][1], True))
    assert examine(full, claim.TIE).supports is (additional == 0)


def test_the_additional_term_is_that_of_the_loss_at_a_pair():
    """z = 0, p = (0, 1), s = 1/2: c_2 = −ln 2 · q_2 q_1, twice that."""
    found = examine(Statement(claim.DOMAIN, claim.slope("quantization", claim.pulled, True)), claim.PAIR)
    assert found.refutes
    value = float(found.conclusion[1].signs[0].value)
    assert value == pytest.approx(-2 * 0.6931471805599453 * Fraction(2, 9))


def test_the_covariance_matrix_enters_entry_by_entry():
    z, p, t = case(0)
    s = core.assignment_covariance(softmax(z, p, t)[None])[0]
    assert torch.allclose(formula(claim.spread, z, p, t), 2 * s @ p)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_proof_tells_stopped_from_full(loss):
    gradient = claim.PRINTED[loss][1]
    assert proofs.slope(Statement(claim.DOMAIN, claim.slope(loss, gradient, False))).covers_domain
    assert proofs.slope(Statement(claim.DOMAIN, claim.slope(loss, gradient, True))).outcome == "rejected"


def outcomes(parts):
    return {part.id: part.checks[0].run(part.statement, QUICK).outcome.name for part in parts}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_gradient_without_its_factor_two_is_noticed(loss, monkeypatch):
    name = f"{loss}_grad_prototypes"
    healthy = getattr(core, name)
    monkeypatch.setattr(core, name, lambda *args: healthy(*args) / 2)
    found = outcomes(fixed_parts("float64"))
    assert {i for i, outcome in found.items() if outcome == "REFUTES"} == {loss}


def test_a_full_gradient_that_stops_is_noticed(monkeypatch):
    assert set(outcomes(full_parts("float32")).values()) == {"SUPPORTS"}
    healthy = core.training_gradient
    monkeypatch.setattr(
        core, "training_gradient", lambda z, p, t, loss, mode, *rest: healthy(z, p, t, loss, "stopped", *rest)
    )
    assert set(outcomes(full_parts("float32")).values()) == {"REFUTES"}
