"""Where oscillations come from: steps, momentum, fields that are no gradients; by NumPy, autograd and runs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ddcl_core.functional import free_energy, soft_assignment
from ddcl_proofs.ddcl import theorem3_origins as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import theorem3_applies as applies
from ddcl_theory.claims.ddcl import theorem3_origins as claim
from ddcl_theory.claims.ddcl.dynamics import continuation, kinds
from ddcl_theory.claims.ddcl.dynamics import origins as measured
from ddcl_theory.evaluate import balls, tensors
from ddcl_theory.point import exact

F64 = torch.float64
QUICK = Settings(profile=PROFILES["quick"])
BY_NAME = {kind.name: kind for kind in kinds.KINDS}


@pytest.mark.parametrize("seed", range(4))
def test_half_steps_leave_every_multiplier_at_least_zero(seed):
    """At any state, k = 4, d = 2: η = 1/(2 max mass) times the largest eigenvalue of the Hessian is at most 1."""
    g = torch.Generator().manual_seed(seed)
    z, p = torch.randn(6, 2, generator=g, dtype=F64), torch.randn(4, 2, generator=g, dtype=F64)
    hessian = torch.func.jacrev(torch.func.grad(lambda p: free_energy(z, p, 0.3)))(p).reshape(8, 8)
    largest = float(torch.linalg.eigvalsh(hessian)[-1])
    assert largest <= 2 * float(soft_assignment(z, p, 0.3).mean(0).max()) * (1 + 1e-12)
    x = claim.STATE.namespace({"n": 6, "k": 4, "d": 2})
    v = torch.randn(4, 2, generator=g, dtype=F64)
    values = {"z": z[None], "p": p[None], "v": v[None], "T": torch.tensor([0.3], dtype=F64)}
    (found,) = tensors([claim.curvature(x)], values)
    assert float(found[0]) == pytest.approx(float(v.reshape(8) @ hessian @ v.reshape(8)), rel=1e-9)


def test_the_bound_on_overshooting_is_sharp():
    """Coincident prototypes on their sample: F = p² − T log 2 along (1, 1), curvature 2 on |v|² = 2, masses 1/2."""
    x = claim.STATE.namespace({"n": 1, "k": 2, "d": 1})
    (kept,) = balls([claim.kept(x)], {name: exact(value) for name, value in claim.TOGETHER.items()})
    assert float(kept) == pytest.approx(2 - 17 / 16 * 2)


@pytest.mark.parametrize("beta", [0.0, 0.1, 0.5, 0.9])
def test_multipliers_are_the_roots(beta):
    x = claim.MODE.namespace({})
    for eta in (0.01, 0.09, 0.5, 1.0, 2.1, 3.7):
        values = {n: torch.tensor([v], dtype=F64) for n, v in (("curvature", 1.0), ("eta", eta), ("beta", beta))}
        real, turning, contraction = tensors([claim.multipliers(x)[1], claim.turning(x), claim.contraction(x)], values)
        roots = np.roots([1, -(1 + beta - eta), beta])
        assert (float(turning) > 1e-12) == bool(abs(roots.imag).max() > 1e-6)
        assert float(real) == pytest.approx(roots.real.max(), abs=1e-9)
        assert float(contraction) == pytest.approx(1 - abs(roots).max() ** 2, abs=1e-9)
        inside = (1 - math.sqrt(beta)) ** 2 < eta < (1 + math.sqrt(beta)) ** 2
        assert inside == (float(turning) > 0)
        assert (eta < 2 * (1 + beta)) == (float(contraction) > 0)


def resting():
    """Data, masses, prototypes, T and Jacobian of stopped training at the exact equilibrium p = ∓1 of theorem3_applies."""
    point = {name: exact(value) for name, value in applies.RESTING.items()}
    x = applies.FOUR.namespace({})
    outer, inner = (float(b) for b in balls(applies.masses("stopped", x), point))
    z = np.array([-2.0, 2.0, -0.5, 0.5])
    flat = [float(b) for b in balls([c for row in applies.jacobian("stopped", x) for c in row], point)]
    return z, np.array([outer, outer, inner, inner]), np.array([-1.0, 1.0]), 1 / math.log(2), np.reshape(flat, (2, 2))


def track(eta, beta, steps=80):
    """Displacements along the fastest mode of a run of stopped training with momentum, started there."""
    z, w, p, t, j = resting()
    values, vectors = np.linalg.eigh(j)
    mode = vectors[:, 0]
    state, last, rows = p + 1e-4 * mode, np.zeros(2), []
    for _ in range(steps):
        d = np.square(z[:, None] - state)
        q = np.exp(-(d - d.min(1, keepdims=True)) / t)
        q /= q.sum(1, keepdims=True)
        slope = 2 * ((w[:, None] * q) * (state - z[:, None])).sum(0)
        last = beta * last - eta / -values[0] * slope
        state = state + last
        rows.append(float((state - p) @ mode))
    return np.array(rows)


def signs(rows):
    kept = rows[np.abs(rows) > 1e-12]
    return int((kept[1:] * kept[:-1] < 0).sum()), len(kept)


def test_training_oscillates_with_momentum_or_long_steps_and_not_otherwise():
    assert signs(track(0.5, 0.0))[0] == 0
    changes, length = signs(track(1.5, 0.0))
    assert changes == length - 1
    turned, length = signs(track(0.5, 0.9))
    period = math.pi / math.acos((1 + 0.9 - 0.5) / (2 * math.sqrt(0.9)))
    assert turned == pytest.approx(length / period, abs=2)
    assert signs(track(0.5 * (1 - math.sqrt(0.2)) ** 2, 0.2))[0] == 0
    grown = track(2.1, 0.0, 20)
    assert abs(grown[-1]) > abs(grown[0])


def test_every_origin_is_needed():
    for index, hypothesis in enumerate(claim.ORIGINS.statement.given):
        given = tuple(h for i, h in enumerate(claim.ORIGINS.statement.given) if i != index)
        weaker = Statement(claim.ANY, claim.ORIGINS.statement.conclusion, given)
        assert examine(weaker, hypothesis.breaks[0]).refutes
        assert proofs.origins(weaker).outcome == "rejected"


def test_proofs_reject_what_is_false():
    for part in (claim.CALM, *claim.MOMENTUM[1:], claim.MOMENTUM[0].amendment.part, claim.ORIGINS):
        proof = {"no-overshoot": proofs.no_overshoot, "three-origins": proofs.origins, "printed-signs": proofs.algebra}
        chosen = proof.get(part.id, proofs.mode)
        assert chosen(part.statement).covers_domain
        for twin in part.twins:
            assert chosen(twin.statement).outcome == "rejected", (part.id, twin.id)


@pytest.mark.parametrize("name", ["L_q stopped", "L_q stopped, features move", "L_q stopped, native"])
def test_fields_are_the_gradient_of_the_free_energy_and_the_anchor(name):
    kind, k, t = BY_NAME[name], 3, 0.6
    g = torch.Generator().manual_seed(3)
    x = kinds.samples(2, 6, 2, g)
    state = torch.randn(kinds.collapse(kind, x, k).shape, generator=g, dtype=F64)

    def energy(s):
        p, z, _ = kinds.split(kind, x, k, s)
        return free_energy(z, p, t, reduction="sum").sum() + kinds.ANCHOR * (z - x).square().sum()

    slope = torch.func.grad(energy)(state)
    torch.testing.assert_close(kinds.velocity(kind, kinds.Fields(), x, k, t, state), -slope, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.name)
def test_branches_leave_collapse_and_stay_at_rest(kind):
    x, branch = continuation.continued(kind, 2, 6, 0)
    assert float(kinds.velocity(kind, kinds.Fields(), x, 3, 5.0, kinds.collapse(kind, x, 3)).abs().max()) < 1e-12
    p = kinds.split(kind, x, 3, branch.states[-1])[0]
    assert float((p - p.mean(1, keepdim=True)).abs().amax((-2, -1)).min()) > 0.1
    for temperature, state, j, settled in zip(
        branch.temperatures, branch.states, branch.jacobians, branch.settled, strict=True
    ):
        speed = kinds.velocity(kind, kinds.Fields(), x, 3, temperature, state).abs().amax(-1)
        assert float(speed[settled].max()) < 1e-9
        assert float(torch.linalg.eigvals(j[settled]).real.max()) < 1e-7


def test_spectra_tell_gradients_from_other_fields():
    """More data sets than the quick profile has: gradients stay real at every ratio, stopped L_OLS and detached do not."""
    worst = {}
    for name in ("L_q stopped, native", "L_q stopped, detached", "L_OLS stopped"):
        kind = BY_NAME[name]
        x, branch = continuation.continued(kind, 4, 12, 0)
        slants = [
            float(
                measured.slant(torch.linalg.eigvals(measured.scaled(j[s], kinds.first_half(kind, x, 3), ratio))).max()
            )
            for j, s in zip(branch.jacobians, branch.settled, strict=True)
            for ratio in (1e-3, 1.0, 1e3)
        ]
        worst[name] = max(slants)
    assert worst["L_q stopped, native"] < 1e-9
    assert worst["L_q stopped, detached"] > 1e-2 and worst["L_OLS stopped"] > 1e-2


@pytest.mark.parametrize("wrong", [kinds.Fields(turn=3.0), kinds.Fields(unseen=0.5)])
def test_the_experiment_notices_what_it_should(wrong):
    assert min(measured.origins(kinds.Fields(), QUICK).margins) >= 0
    assert min(measured.origins(wrong, QUICK).margins) < 0
