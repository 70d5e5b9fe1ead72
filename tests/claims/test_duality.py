"""Vanilla and dual layers side by side: the same path under orthonormal features and descent, and not otherwise."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.ddcl import duality as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

F64 = torch.float64
QUICK = Settings(profile=PROFILES["quick"])


def paths(z: Tensor, p: Tensor, optimiser: type, rates: tuple[float, float], steps: int = 15) -> tuple[Tensor, Tensor]:
    """Prototypes after training the dual and the vanilla layer from p on the stopped L_q, one rate for each."""
    layers = (DualCompetitiveLayer.from_prototypes(z, p), VanillaCompetitiveLayer.from_prototypes(p))
    for layer, rate in zip(layers, rates, strict=True):
        step = optimiser(layer.parameters(), lr=rate)
        for _ in range(steps):
            step.zero_grad()
            d = (z[:, None] - layer(z)).square().sum(-1)
            (torch.softmax(-d.detach(), -1) * d).sum().backward()
            step.step()
    return layers[0](z).detach(), layers[1](z).detach()


@pytest.fixture
def features() -> tuple[Tensor, Tensor]:
    g = torch.Generator().manual_seed(3)
    z = torch.linalg.qr(torch.randn(12, 3, generator=g, dtype=F64))[0]
    return z, 0.3 * torch.randn(4, 3, generator=g, dtype=F64)


def test_descent_agrees_step_for_step(features: tuple[Tensor, Tensor]) -> None:
    z, p = features
    one, two = paths(z, p, torch.optim.SGD, (0.05, 0.05))
    torch.testing.assert_close(one, two, atol=1e-12, rtol=1e-12)
    assert float((one - p).abs().max()) > 0.1


def test_scaled_features_need_scaled_rates(features: tuple[Tensor, Tensor]) -> None:
    z, p = features
    c = 12.0
    one, two = paths(c**0.5 * z, p, torch.optim.SGD, (0.01 / c, 0.01))
    torch.testing.assert_close(one, two, atol=1e-12, rtol=1e-12)
    one, two = paths(c**0.5 * z, p, torch.optim.SGD, (0.001, 0.001), steps=3)
    assert float((one - two).abs().max()) > 1e-3


def test_adam_parts_the_layers(features: tuple[Tensor, Tensor]) -> None:
    z, p = features
    one, two = paths(z, p, torch.optim.Adam, (0.05, 0.05), steps=1)
    assert float((one - two).abs().max()) > 0.01
    torch.testing.assert_close((two - p).abs(), torch.full_like(p, 0.05), atol=1e-6, rtol=1e-6)


def test_batch_normalised_twins_stay_twins() -> None:
    z = torch.randn(20, 1, generator=torch.Generator().manual_seed(1), dtype=F64).expand(-1, 2)
    z = torch.nn.BatchNorm1d(2, eps=1e-30, affine=False, dtype=F64)(z)
    torch.testing.assert_close(z.T @ z, torch.full((2, 2), 20.0, dtype=F64))


def test_fewer_samples_than_features_miss_prototypes() -> None:
    z = torch.tensor([[1.0, 0.0]], dtype=F64)
    with pytest.raises(ValueError, match="span"):
        DualCompetitiveLayer.from_prototypes(z, torch.tensor([[0.0, 1.0]], dtype=F64))


@pytest.mark.parametrize("factor", [1.001, -1.0])
def test_a_wrong_step_is_noticed(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    original = torch.optim.SGD

    def broken(parameters, lr):  # type: ignore[no-untyped-def]
        return original(parameters, lr=abs(factor) * lr, maximize=factor < 0)

    monkeypatch.setattr(torch.optim, "SGD", broken)
    parts = next(r.parts for r in claim.CLAIM.readings if r.id == "float64")
    assert [run_part(p, QUICK).evidence[0].outcome for p in parts] == [Outcome.REFUTES] * 2
