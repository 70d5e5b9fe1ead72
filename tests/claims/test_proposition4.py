"""Feature gradients against autograd, the witnesses in fractions, and broken code that the float rows must notice."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
import torch
from torch import Tensor

from ddcl_core import functional as core
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.ddcl import proposition4 as claim
from ddcl_theory.claims.ddcl import proposition4_native as native
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])
SIZES = [(1, 1, 1), (2, 3, 1), (3, 4, 2), (5, 2, 3)]


def normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def soft(z: Tensor, p: Tensor, t: float) -> Tensor:
    return torch.softmax(-(z[:, None] - p).square().sum(-1) / t, -1)


def quantization(z: Tensor, p: Tensor, q: Tensor) -> Tensor:
    return (q * (z[:, None] - p).square().sum(-1)).sum()


def ols(z: Tensor, p: Tensor, q: Tensor) -> Tensor:
    return (z - q @ p).square().sum()


LOSSES = {"quantization": quantization, "ols": ols}


def slope(value: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
    leaf = z.clone().requires_grad_()
    return torch.autograd.grad(value(leaf), leaf)[0]


def corrections(z: Tensor, p: Tensor, q: Tensor, t: float, name: str) -> Tensor:
    """(2/T) P S_q g, row by row."""
    g = (z[:, None] - p).square().sum(-1) if name == "quantization" else -2 * (z - q @ p) @ p.T
    s = torch.diag_embed(q) - q[:, :, None] * q[:, None, :]
    return 2 / t * (s @ g[..., None])[..., 0] @ p


@pytest.mark.parametrize("n, k, d", SIZES)
@pytest.mark.parametrize("name", LOSSES)
def test_free_prototypes(n: int, k: int, d: int, name: str) -> None:
    z, p, t = normal(n, n, d), normal(k, k, d), 0.7
    q, loss = soft(z, p, t), LOSSES[name]
    stopped = slope(lambda s: loss(s, p, q), z)
    torch.testing.assert_close(stopped, 2 * (z - q @ p))
    full = slope(lambda s: loss(s, p, soft(s, p, t)), z)
    torch.testing.assert_close(full - stopped, corrections(z, p, q, t, name))


@pytest.mark.parametrize("n, k, d", SIZES)
@pytest.mark.parametrize("name", LOSSES)
def test_native_prototypes_add_their_own_movement(n: int, k: int, d: int, name: str) -> None:
    z, w, t = normal(n, n, d), normal(k + 10, n, k), 0.7
    p = w.T @ z
    q, loss = soft(z, p, t), LOSSES[name]
    held = slope(lambda s: loss(s, w.T @ s, q), z)
    prototypes = slope(lambda rows: loss(z, rows, q), p)
    torch.testing.assert_close(held, 2 * (z - q @ p) + w @ prototypes)
    full = slope(lambda s: loss(s, w.T @ s, soft(s, w.T @ s, t)), z)
    g = (z[:, None] - p).square().sum(-1) if name == "quantization" else -2 * (z - q @ p) @ p.T
    c = -2 / t * q * (g - (q * g).sum(-1, keepdim=True))
    away = c.sum(-1, keepdim=True) * z - c @ p - w @ (c.T @ z - c.sum(0)[:, None] * p)
    torch.testing.assert_close(full - held, away)


def test_the_triangle_in_fractions() -> None:
    """z = (1, 1), p = (0, 0), (1, 0), (0, 2), s = 1/2: corrections (−1/4, 1/4) and (0, −1/2)."""
    p = [(0, 0), (1, 0), (0, 2)]
    d = [(1 - x) ** 2 + (1 - y) ** 2 for x, y in p]
    mass = sum(Fraction(1, 2) ** e for e in d)
    q = [Fraction(1, 2) ** e / mass for e in d]
    m = [sum(c * r[i] for c, r in zip(q, p, strict=True)) for i in range(2)]

    def image(g: list[Fraction]) -> tuple[Fraction, ...]:
        mean = sum(c * s for c, s in zip(q, g, strict=True))
        return tuple(sum(c * r[i] * (s - mean) for c, r, s in zip(q, p, g, strict=True)) for i in range(2))

    first = image([Fraction(e) for e in d])
    second = image([-2 * (x * (1 - m[0]) + y * (1 - m[1])) for x, y in p])
    assert first == (Fraction(-1, 4), Fraction(1, 4)) and second == (0, Fraction(-1, 2))
    assert first[0] * second[1] - first[1] * second[0] == Fraction(1, 8)


def test_native_witnesses_by_hand() -> None:
    """k = n = 1: L = (1 − w)² z².  W = (0, 1): V = q_1 q_2 z² with q = (1/3, 2/3)."""
    w, z = Fraction(2), Fraction(1)
    assert 2 * (1 - w) ** 2 * z - 2 * (1 - w) * z == 4
    assert claim.STOPPED[0].statement.domain.variable("q").kind == "simplex"
    found = native.NATIVE_PARTS[2].statement
    from ddcl_theory.claim import examine

    outcome = examine(found, native.TWO).conclusion
    assert outcome is not None and outcome[1].value == str(2 * Fraction(1, 3) * Fraction(2, 3))


@pytest.mark.parametrize("part", [*claim.STOPPED, *claim.CORRECTIONS], ids=lambda p: p.id)
def test_proofs_reject_the_twin_and_name_the_step(part) -> None:  # type: ignore[no-untyped-def]
    (check,) = (c for c in part.checks if isinstance(c, Symbolic))
    good, bad = check.run(part.statement, QUICK), check.run(part.twins[0].statement, QUICK)
    assert good.outcome is Outcome.PROVES and good.scope == "all k, d"
    assert bad.outcome is Outcome.UNDECIDED and bad.violated and "fails:" in bad.detail


@pytest.mark.parametrize(
    "broken",
    [
        lambda original: lambda *a, **o: 0.5 * original(*a, **o),
        lambda original: lambda z, p, t, loss, mode, **o: original(z, p, t, loss, "stopped", **o),
        lambda original: lambda z, p, t, loss, mode, **o: original(z, p, 2 * t, loss, mode, **o),
    ],
    ids=["halved", "always stopped", "half the exponent"],
)
def test_broken_feature_gradients_are_noticed(monkeypatch: pytest.MonkeyPatch, broken) -> None:  # type: ignore[no-untyped-def]
    parts = next(r.parts for r in claim.CLAIM.readings if r.id == "float64")
    monkeypatch.setattr(core, "training_gradient_features", broken(core.training_gradient_features))
    outcomes = [run_part(p, QUICK).evidence[0].outcome for p in parts]
    assert Outcome.REFUTES in outcomes
