"""Components of prototypes: alone in the forward pass, together in training."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from torch import Tensor

from ddcl_core import layers
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.gbcl import forward as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

F64 = torch.float64
QUICK = Settings(profile=PROFILES["quick"])


def layer(w: Tensor) -> layers.DualCompetitiveLayer:
    found = layers.DualCompetitiveLayer(*w.mT.shape, estimate="unbiased", dtype=w.dtype)
    with torch.no_grad():
        found.weights.copy_(w.mT)
    return found


def first_component(z: Tensor, w: Tensor, rate: float) -> Tensor:
    """After one step on the quantisation error; rate 0 is the forward pass."""
    dual = layer(w)
    step = torch.optim.SGD(dual.parameters(), lr=rate)
    layers.winner_loss(z, dual(z), reduction="sum").backward()
    step.step()
    return dual(z).detach()[:, 0]


def test_only_the_forward_pass_ignores_the_other_feature() -> None:
    one, two = torch.tensor([[1.0, 1.0]], dtype=F64), torch.tensor([[1.0, 0.0]], dtype=F64)
    w = torch.zeros(1, 1, dtype=F64)
    assert float(first_component(one, w, 0.0)) == float(first_component(two, w, 0.0)) == 0.0
    assert (float(first_component(one, w, 0.25)), float(first_component(two, w, 0.25))) == (1.0, 0.5)


def test_the_witness_by_hand() -> None:
    """y⁺ = w f − η 2 (w − 1)(f² + a²) f for one sample and one prototype."""
    f, w, eta = Fraction(1), Fraction(0), Fraction(1, 4)
    found = [w * f - eta * 2 * (w - 1) * (f**2 + a**2) * f for a in (1, 0)]
    assert found == [1, Fraction(1, 2)]


def test_uncorrelated_features_stay_apart_for_one_step() -> None:
    g = torch.Generator().manual_seed(0)
    z = torch.linalg.qr(torch.randn(6, 3, generator=g, dtype=F64))[0]
    w = torch.randn(1, 6, generator=g, dtype=F64)
    scaled = z * torch.tensor([1.0, 5.0, 0.1], dtype=F64)
    torch.testing.assert_close(first_component(z, w, 0.1), first_component(scaled, w, 0.1))
    mixed = z + torch.tensor([0.0, 1.0, 0.0], dtype=F64) * z[:, :1]
    assert float((first_component(z, w, 0.1) - first_component(mixed, w, 0.1)).abs().max()) > 1e-3


def test_the_other_feature_moves_a_cell() -> None:
    w = torch.tensor([[2.0, 0.0], [0.0, 1.0]], dtype=F64)
    winners = []
    for other in ([0.0, 5.0], [0.0, 0.0]):
        z = torch.stack([torch.ones(2, dtype=F64), torch.tensor(other, dtype=F64)], 1)
        winners.append(int(layers.winners(z, layer(w)(z).detach()).first[0]))
    assert winners == [0, 1]


def test_prototypes_of_several_samples_have_any_rank() -> None:
    g = torch.Generator().manual_seed(1)
    w, z = torch.randn(4, 5, generator=g, dtype=F64), torch.randn(5, 3, generator=g, dtype=F64)
    y = layer(w)(z).detach()
    assert int(torch.linalg.matrix_rank(y)) == 3 and int(torch.linalg.matrix_rank(y[:1])) == 1
    torch.testing.assert_close(y, sum(torch.outer(w[:, i], z[i]) for i in range(5)))
    assert int(torch.linalg.matrix_rank(layer(w[:, :1])(z[:1]).detach())) == 1


@pytest.mark.parametrize("part", [claim.COMPONENT, claim.STEP_UNCORRELATED, claim.ADDITIVE, claim.OUTER_SUM])
def test_the_proofs_reject_the_twins(part) -> None:  # type: ignore[no-untyped-def]
    proof = next(c for c in part.checks if isinstance(c, Symbolic))
    assert proof.run(part.statement, QUICK).outcome is Outcome.PROVES
    assert all(proof.run(t.statement, QUICK).violated for t in part.twins)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_leak_between_features_is_noticed(monkeypatch: pytest.MonkeyPatch, dtype: str) -> None:
    original = layers.DualCompetitiveLayer.from_moment

    def leaking(self, moment):  # type: ignore[no-untyped-def]
        return original(self, moment) + 0.001 * original(self, moment).flip(-1)

    monkeypatch.setattr(layers.DualCompetitiveLayer, "from_moment", leaking)
    (part,) = next(r.parts for r in claim.CLAIM.readings if r.id == dtype)
    assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES
