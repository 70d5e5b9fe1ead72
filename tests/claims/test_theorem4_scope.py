"""The reach of F_T: parametrisations, detached prototypes, the end-to-end norm, steps and momentum, by hand and by autograd."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from ddcl_core.functional import free_energy, soft_assignment, training_gradient, training_gradient_features
from ddcl_proofs.ddcl import theorem4_scope_backbone as backbone_proofs
from ddcl_proofs.ddcl import theorem4_scope_momentum as momentum_proofs
from ddcl_proofs.ddcl import theorem4_scope_parametrised as parametrised_proofs
from ddcl_proofs.ddcl import theorem4_scope_steps as step_proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.ddcl import theorem4_scope_backbone as backbone
from ddcl_theory.claims.ddcl import theorem4_scope_momentum as momentum
from ddcl_theory.claims.ddcl import theorem4_scope_parametrised as parametrised
from ddcl_theory.claims.ddcl import theorem4_scope_steps as steps
from ddcl_theory.claims.ddcl.dynamics.momentum import HeavyBall, falls
from ddcl_theory.evaluate import balls
from ddcl_theory.point import exact

F64 = torch.float64
QUICK = Settings(profile=PROFILES["quick"])


def energy(z, p, t):
    """(mean F_T, q) by NumPy."""
    d = np.square(z[:, None] - p[None]).sum(-1)
    low = d.min(1, keepdims=True)
    w = np.exp(-(d - low) / t)
    return float((low[:, 0] - t * np.log(w.sum(1))).mean()), w / w.sum(1, keepdims=True)


@pytest.mark.parametrize("seed", range(4))
def test_what_a_step_loses_is_a_square_and_a_divergence(seed):
    """EM steps and gradient steps at k = 5, d = 3, n = 7, beyond the sizes that the claims sample."""
    g = np.random.default_rng(seed)
    z, p, t = g.normal(size=(7, 3)), g.normal(size=(5, 3)), 0.4 + g.random()
    before, q = energy(z, p, t)
    masses = q.mean(0)
    means = q.T @ z / q.sum(0)[:, None]
    slope = 2 * masses[:, None] * (p - means)
    eta = 1 / masses.max()
    for new, square in (
        (means, (masses * np.square(p - means).sum(1)).sum()),
        (p - eta * slope, (eta * (1 - eta * masses) * np.square(slope).sum(1)).sum()),
    ):
        after, moved = energy(z, new, t)
        divergence = (q * np.log(q / moved)).sum(1).mean()
        assert before - after == pytest.approx(square + t * divergence, rel=1e-9)
        assert before > after


def test_long_steps_raise_the_free_energy_of_coincident_prototypes():
    """k prototypes in one place at distance 1 have masses 1/k and a step multiplies the distance by 1 − 2η/k."""
    for k in range(1, 6):
        for eta, rises in ((Fraction(k), False), (Fraction(17 * k, 16), True)):
            assert ((1 - 2 * eta / k) ** 2 > 1) is rises
    assert Fraction(steps.TOO_LONG["eta"]) == Fraction(17, 16) * 2


def test_the_joint_step_overshoots_though_each_step_alone_does_not():
    eta_z, eta_p, mass = Fraction(steps.PULLED["eta_z"]), Fraction(steps.PULLED["eta_p"]), Fraction(1, 2)
    z, p = Fraction(0), Fraction(1)
    moved_z, moved_p = z - eta_z * 2 * (z - p), p - eta_p * 2 * mass * (p - z)
    assert (moved_z - moved_p) ** 2 > (z - p) ** 2
    assert eta_z <= 1 and eta_p * mass <= 1 < eta_z + eta_p * mass
    assert (moved_z - p) ** 2 <= 1 and (z - moved_p) ** 2 <= 1


@pytest.mark.parametrize("seed", range(4))
def test_joint_steps_within_the_budget_lower_the_free_energy(seed):
    g = torch.Generator().manual_seed(seed)
    n, k, d = 5, 4, 3
    z, p = torch.randn(n, d, generator=g, dtype=F64), torch.randn(k, d, generator=g, dtype=F64)
    for share in (0.1, 0.5, 0.9):
        level = float(free_energy(z, p, 0.7))
        mass = float(soft_assignment(z, p, 0.7).mean(0).max())
        dz, dp = training_gradient_features(z, p, 0.7), training_gradient(z, p, 0.7)
        z, p = z - share * n * dz, p - (1 - share) / mass * dp
        assert float(free_energy(z, p, 0.7)) < level


@pytest.mark.parametrize("seed", range(4))
def test_steps_of_a_linear_backbone_within_the_budget_lower_the_free_energy(seed):
    g = torch.Generator().manual_seed(seed)
    n, m, k, d, t = 5, 3, 4, 2, 0.5
    x = 3 * torch.randn(n, m, generator=g, dtype=F64)
    theta, p = torch.randn(m, d, generator=g, dtype=F64), torch.randn(k, d, generator=g, dtype=F64)
    for share in (0.1, 0.5, 0.9):
        z = x @ theta
        level, mass = float(free_energy(z, p, t)), float(soft_assignment(z, p, t).mean(0).max())
        through = x.mT @ training_gradient_features(z, p, t)
        slope = training_gradient(z, p, t)
        theta = theta - share / float(x.square().sum(1).mean()) * through
        p = p - (1 - share) / mass * slope
        assert float(free_energy(x @ theta, p, t)) < level


def test_a_backbone_step_slightly_beyond_the_budget_rises():
    """x = 1, θ = 0, two prototypes at 1: the distance is multiplied by 1 − 2(η_θ + η_p/2)."""
    point = backbone.BEYOND
    budget = Fraction(point["eta_theta"]) + Fraction(point["eta_p"]) / 2
    assert 1 < budget <= Fraction(17, 16)
    assert (1 - 2 * budget) ** 2 > 1


@pytest.mark.parametrize("attached", [True, False])
def test_detached_prototypes_run_ahead_of_their_feature(attached):
    """At z = 1, w = (2, 2) and unit rates: dF/dt = 2 detached, and minus the squared speed attached."""
    z = torch.tensor([[1.0]], dtype=F64, requires_grad=True)
    w = torch.tensor([[2.0, 2.0]], dtype=F64, requires_grad=True)
    value = free_energy(z, w.mT @ z, 1.0, reduction="sum")
    true_z, true_w = torch.autograd.grad(value, (z, w), retain_graph=True)
    own = torch.autograd.grad(free_energy(z, (w.mT @ z).detach(), 1.0, reduction="sum"), z)[0]
    speed_z, speed_w = -(true_z if attached else own), -true_w
    rate = float((true_z * speed_z).sum() + (true_w * speed_w).sum())
    assert rate == pytest.approx(-float(true_z.square().sum() + true_w.square().sum()) if attached else 2.0)
    x = parametrised.NATIVE.namespace({"n": 1, "k": 2, "d": 1})
    point = {name: exact(value) for name, value in parametrised.AHEAD.items()}
    (ball,) = balls([parametrised.native_fall(x, int(attached))], point)
    assert float(ball) == pytest.approx(-rate)


def test_the_free_energy_falls_along_a_network_at_any_rates():
    """Two layers, native prototypes, rates from 1/1000 to 1000: dF/dt = −Σ θ̇²/r by autograd, held and true slopes agree."""
    g = torch.Generator().manual_seed(1)
    x = torch.randn(6, 4, generator=g, dtype=F64)
    shapes = ((4, 5), (5, 2), (6, 3))
    leaves = [torch.randn(s, generator=g, dtype=F64).requires_grad_() for s in shapes]
    rates = [1e-3, 1.0, 1e3]

    def outputs(a, b, w):
        z = torch.tanh(x @ a) @ b
        return z, w.mT @ z

    z, p = outputs(*leaves)
    q = soft_assignment(z, p, 0.5).detach()
    held = (q * (z[:, None] - p[None]).square().sum(-1)).sum()
    slopes = torch.autograd.grad(held, leaves, retain_graph=True)
    true = torch.autograd.grad(free_energy(z, p, 0.5, reduction="sum"), leaves)
    speeds = [-r * s for r, s in zip(rates, slopes, strict=True)]
    rate = sum(float((s * v).sum()) for s, v in zip(true, speeds, strict=True))
    assert rate == pytest.approx(
        -sum(float(v.square().sum()) / r for v, r in zip(speeds, rates, strict=True)), rel=1e-9
    )


def test_end_to_end_training_with_a_ridge_shrinks_to_the_origin():
    """Free features from a spread start, rates 9 : 1, low T: the norm falls at every step and all but vanishes."""
    g = torch.Generator().manual_seed(2)
    z, p = torch.randn(4, 2, generator=g, dtype=F64), torch.randn(3, 2, generator=g, dtype=F64)
    t, ridge, step, rate_z, rate_p = 0.05, 0.5, 0.01, 9.0, 1.0
    start = float(z.square().sum() / rate_z + p.square().sum() / rate_p)
    norm = start
    for _ in range(6000):
        q = soft_assignment(z, p, t)
        lost = float((q * (z[:, None] - p[None]).square().sum(-1)).sum() + ridge * p.square().sum())
        dz = training_gradient_features(z, p, t, reduction="sum")
        dp = training_gradient(z, p, t, reduction="sum") + 2 * ridge * p
        z, p = z - step * rate_z * dz, p - step * rate_p * dp
        new = float(z.square().sum() / rate_z + p.square().sum() / rate_p)
        assert new <= norm
        if norm > 1e-3 * start:
            second = float(step**2 * (rate_z * dz.square().sum() + rate_p * dp.square().sum()))
            assert norm - new == pytest.approx(4 * step * lost - second, rel=1e-6)
        norm = new
    assert norm < 1e-6 * start


def test_momentum_carries_a_prototype_past_its_sample():
    """One step from rest at the sample with u = 1: F rises by β², F + β|u|²/(2η) falls; in fractions, both prototypes alike."""
    beta, eta, u = Fraction(momentum.LAUNCHED["beta"]), Fraction(momentum.LAUNCHED["eta"]), Fraction(1)
    v = beta * u
    assert v**2 > 0
    kinetic = beta / (2 * eta)
    assert v**2 + kinetic * 2 * v**2 < kinetic * 2 * u**2
    assert eta / 2 <= 1 - beta


def test_the_experiment_notices_energies_without_their_kinetic_part():
    assert min(falls(HeavyBall(), QUICK).margins) >= 0
    assert min(falls(HeavyBall(kinetic=0.0), QUICK).margins) < 0
    assert min(falls(HeavyBall(factor=400.0), QUICK).margins) < 0


@pytest.mark.parametrize(
    ("proof", "part"),
    [
        (step_proofs.means, steps.MEANS),
        (step_proofs.annealed, steps.COOLING),
        (step_proofs.gradient_step, steps.GRADIENT.amendment.part),
        (step_proofs.joint_step, steps.TOGETHER_STEP.amendment.part),
        (parametrised_proofs.any_parametrisation, parametrised.PARAMETRISED),
        (parametrised_proofs.native, parametrised.native_part("native")),
        (parametrised_proofs.shrinks, parametrised.GLOBAL.amendment.part),
        (backbone_proofs.step, backbone.BACKBONE_STEP.amendment.part),
        (momentum_proofs.flow, momentum.FLOW_PART.amendment.part),
        (momentum_proofs.heavy_ball, momentum.BALL_PART.amendment.part),
    ],
)
def test_proofs_cover_all_sizes_and_reject_what_is_false(proof, part):
    assert proof(part.statement).covers_domain
    for twin in part.twins:
        assert proof(twin.statement).outcome == "rejected"


def test_proofs_need_their_hypotheses():
    """The unrestricted statement on steps of any length has the same conclusion; only the hypothesis is missing."""
    assert step_proofs.gradient_step(steps.GRADIENT.statement).outcome == "rejected"
    assert backbone_proofs.step(backbone.BACKBONE_STEP.statement).outcome == "rejected"
    assert step_proofs.joint_step(steps.TOGETHER_STEP.statement).outcome == "rejected"
    assert parametrised_proofs.shrinks(parametrised.GLOBAL.statement).outcome == "rejected"
