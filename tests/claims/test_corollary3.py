"""Backbone updates through native and detached prototypes, and what the second step sees."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from torch import Tensor

from ddcl_core.layers import DualCompetitiveLayer
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.ddcl import corollary3 as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def backbone_slopes(theta: Tensor, w: Tensor, x: Tensor, detached: bool, t: float = 0.9) -> list[Tensor]:
    """∂/∂θ of both losses for z = tanh(xθ), P = ZᵀW and assignments that are stopped."""
    found = []
    for loss in ("quantization", "ols"):
        leaf = theta.clone().requires_grad_()
        z = torch.tanh(x @ leaf)
        p = w.T @ (z.detach() if detached else z)
        d = (z[:, None] - p).square().sum(-1)
        q = torch.softmax(-d / t, -1).detach()
        value = (q * d).sum() if loss == "quantization" else (z - q @ p).square().sum()
        found.append(torch.autograd.grad(value, leaf)[0])
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_nonlinear_backbone(seed: int) -> None:
    g = torch.Generator().manual_seed(seed)
    x, theta, w = (torch.randn(s, generator=g, dtype=torch.float64) for s in ((6, 4), (4, 2), (6, 3)))
    one, two = backbone_slopes(theta, w, x, detached=True)
    torch.testing.assert_close(one, two)
    one, two = backbone_slopes(theta, w, x, detached=False)
    assert float((one - two).abs().max()) > 0.01
    # The difference is the derivative of V at constant q.
    leaf = theta.clone().requires_grad_()
    z = torch.tanh(x @ leaf)
    p = w.T @ z
    q = torch.softmax(-(z[:, None] - p).square().sum(-1) / 0.9, -1).detach()
    v = (q * (p - (q @ p)[:, None]).square().sum(-1)).sum()
    torch.testing.assert_close(one - two, torch.autograd.grad(v, leaf)[0])


def test_the_second_step_in_fractions() -> None:
    """z = 0, p = (0, 1), s = 1/3, rate 2: the deviations z − Pq are 1 and 17/56 after one step."""
    s, rate = Fraction(1, 3), 2
    z, p = Fraction(0), [Fraction(0), Fraction(1)]

    def shares(z: Fraction, p: list[Fraction]) -> list[Fraction]:
        gap = (z - p[1]) ** 2 - (z - p[0]) ** 2
        assert gap.denominator == 1
        return [1 / (1 + s ** int(gap)), s ** int(gap) / (1 + s ** int(gap))]

    q = shares(z, p)
    m = q[0] * p[0] + q[1] * p[1]
    after = z - 2 * rate * (z - m)
    found = []
    for loss in ("quantization", "ols"):
        rows = [r + 2 * rate * c * (z - (r if loss == "quantization" else m)) for r, c in zip(p, q, strict=True)]
        share = shares(after, rows)
        found.append(after - share[0] * rows[0] - share[1] * rows[1])
    assert found == [1, Fraction(17, 56)]


def test_sums_of_prototypes_never_part() -> None:
    """Σ_j (P S_q)_j = 0: one step moves the mean prototype alike under both losses."""
    g = torch.Generator().manual_seed(4)
    z, p = torch.randn(5, 3, generator=g, dtype=torch.float64), torch.randn(4, 3, generator=g, dtype=torch.float64)
    d = (z[:, None] - p).square().sum(-1)
    q = torch.softmax(-d, -1)
    one = -2 * (q[..., None] * (z[:, None] - p)).sum(0)
    two = -2 * (q[..., None] * (z - q @ p)[:, None]).sum(0)
    torch.testing.assert_close(one.sum(0), two.sum(0))
    s = torch.diag_embed(q) - q[:, :, None] * q[:, None, :]
    torch.testing.assert_close(one - two, 2 * s.sum(0) @ p)


@pytest.mark.parametrize("mutant", ["detached", "negated"])
def test_a_broken_layer_is_noticed(monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    parts = {p.id: p for p in next(r.parts for r in claim.CLAIM.readings if r.id == "float64")}

    def broken(self: DualCompetitiveLayer, moment: Tensor) -> Tensor:
        return moment.detach() if mutant == "detached" else -moment

    monkeypatch.setattr(DualCompetitiveLayer, "from_moment", broken)
    cut = run_part(parts["quantization-detached"], QUICK).evidence[0].outcome
    native = run_part(parts["quantization-native"], QUICK).evidence[0].outcome
    assert native in (Outcome.REFUTES, Outcome.CRASHED)
    assert cut is (Outcome.SUPPORTS if mutant == "detached" else Outcome.REFUTES)
