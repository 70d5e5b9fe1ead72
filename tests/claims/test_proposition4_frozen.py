"""Frozen features: prototypes part, labels may part, and nothing is learned about feature gradients."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from ddcl_core import functional as core
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.ddcl import proposition4_frozen as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome
from ddcl_theory.record import part_row

F64 = torch.float64
QUICK = Settings(profile=PROFILES["quick"])


def stepped(z, p, s, rate, loss):  # type: ignore[no-untyped-def]
    """Prototypes after one step, in fractions, for whole differences of the squared distances."""
    rows = [[Fraction(c) for c in r] for r in p]
    for x in z:
        d = [sum((a - b) ** 2 for a, b in zip(x, r, strict=True)) for r in p]
        weights = [Fraction(s) ** (e - min(d)) for e in d]
        q = [w / sum(weights) for w in weights]
        m = [sum(c * r[i] for c, r in zip(q, p, strict=True)) for i in range(len(x))]
        for j, r in enumerate(p):
            target = r if loss == "quantization" else m
            rows[j] = [a + 2 * rate * q[j] * (b - c) for a, b, c in zip(rows[j], x, target, strict=True)]
    return rows


def label(x, p):  # type: ignore[no-untyped-def]
    d = [sum((a - b) ** 2 for a, b in zip(x, r, strict=True)) for r in p]
    return d.index(min(d))


def test_one_step_parts_the_labels() -> None:
    z, p = [(0, 1), (0, 0)], [(0, 0), (1, 0)]
    after = {loss: stepped(z, p, Fraction(1, 2), Fraction(1, 2), loss) for loss in ("quantization", "ols")}
    labels = {loss: [label(x, rows) for x in z] for loss, rows in after.items()}
    assert labels["quantization"][0] != labels["quantization"][1]
    assert labels["ols"][0] == labels["ols"][1]


@pytest.mark.parametrize("seed", range(5))
def test_two_prototypes_on_a_line_keep_their_midpoint_in_common(seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    z = [(int(v),) for v in torch.randint(-3, 4, (4,), generator=draw)]
    p = [(int(v),) for v in torch.randint(-3, 4, (2,), generator=draw)]
    one, two = (stepped(z, p, Fraction(1, 2), Fraction(1, 3), loss) for loss in ("quantization", "ols"))
    assert one[0][0] + one[1][0] == two[0][0] + two[1][0]


def test_rest_under_one_loss_is_motion_under_the_other() -> None:
    q, a = [Fraction(5, 8), Fraction(3, 8)], Fraction(1, 4)
    assert q[1] / q[0] == Fraction(3, 5) and q[0] - q[1] == a
    residual = 1 - a * (q[0] - q[1])
    assert -2 * (q[0] - q[1]) * residual == Fraction(-15, 32)


def test_the_gap_is_bounded_by_v_and_never_zero() -> None:
    draw = torch.Generator().manual_seed(0)
    z = torch.randn(200, 1, 2, generator=draw, dtype=F64)
    p = torch.randn(200, 4, 2, generator=draw, dtype=F64)
    gap = core.training_gradient(z, p, 1.0, "quantization") - core.training_gradient(z, p, 1.0, "ols")
    q = torch.softmax(-(z - p).square().sum(-1), -1)
    v = (q * (p - (q[:, None] @ p)).square().sum(-1)).sum(-1)
    assert bool((gap.square().sum((1, 2)) <= 4 * v).all())
    torch.testing.assert_close((p * gap).sum((1, 2)), 2 * v)


def test_nothing_decides_what_was_measured() -> None:
    result = run_part(claim.MEASURED, QUICK)
    assert {e.outcome for e in result.evidence} == {Outcome.UNDECIDED}
    row = part_row(result, claim.CLAIM.id, "measured")
    assert "Tables 3 and 7" in row["missing"] and "same frozen features" in row["missing"]


def test_a_broken_prototype_gradient_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    original = core.training_gradient
    monkeypatch.setattr(core, "training_gradient", lambda z, p, t, loss, **o: original(z, p, t, "ols", **o))
    (part,) = next(r.parts for r in claim.CLAIM.readings if r.id == "float64")
    assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES
