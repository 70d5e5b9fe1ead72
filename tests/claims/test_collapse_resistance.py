"""Facts about collapse of prototypes and of features with prototypes, from fields written out here."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import torch

from ddcl_core.functional import losses, training
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.ddcl import collapse_resistance_frozen as frozen
from ddcl_theory.claims.ddcl import collapse_resistance_joint as joint
from ddcl_theory.claims.ddcl import collapsed
from ddcl_theory.claims.ddcl.dynamics import phase
from ddcl_theory.claims.ddcl.dynamics.end_to_end import Joint, build, returns, shrinks, train
from ddcl_theory.claims.ddcl.float_rows_collapse import joint_parts
from ddcl_theory.engine import run_part
from ddcl_theory.evaluate import tensors
from ddcl_theory.expression import lift
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
Z = torch.tensor([[2.0, -1.0], [1.0, 0.4], [-0.6, 2.0], [0.1, 0.2]], dtype=torch.float64)
P = torch.tensor([[1.0, 0.5], [-0.2, 0.1], [0.7, -0.9]], dtype=torch.float64)


def shares(z, p, t):
    return torch.softmax(-(z[:, None] - p).square().sum(-1) / t, -1)


def stopped(z, p, t):
    """The mean of L_q with the assignments held."""
    q = shares(z.detach(), p.detach(), t)
    return (q * (z[:, None] - p).square().sum(-1)).sum(-1).mean()


def free_energy(z, p, t):
    return (-t * torch.logsumexp(-(z[:, None] - p).square().sum(-1) / t, -1)).mean()


def test_native_growth_is_that_of_the_weights():
    """Central difference of Σ ω·(−∂L/∂W) at W = 1/n."""
    t, h = 1.3, 1e-5
    omega = torch.randn(4, 3, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    centred = omega - omega.mean(-1, keepdim=True)

    def force(e):
        w = (torch.full((4, 3), 0.25, dtype=torch.float64) + e * centred).requires_grad_()
        return -torch.autograd.grad(stopped(Z, w.T @ Z, t), w)[0]

    measured = float(((force(h) - force(-h)) * centred).sum()) / (2 * h)
    x = frozen.NATIVE.namespace({"k": 3, "d": 2, "n": 4})
    batch = {"z": Z[None], "w": omega[None], "T": torch.tensor([t], dtype=torch.float64)}
    assert float(tensors([frozen.native_growth(x)], batch)[0]) == pytest.approx(measured, rel=1e-6)
    assert float(tensors([frozen.same_form(x)], batch)[0]) == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("ratio", [0.9, 1.1])
def test_native_and_free_prototypes_have_one_threshold(ratio):
    y = Z - Z.mean(0)
    t = ratio * 2 * float(torch.linalg.eigvalsh(y.T @ y / 4)[-1])

    def field(w):
        p = w.reshape(4, 3).T @ Z
        q = torch.softmax(-(Z[:, None] - p).square().sum(-1) / t, -1)
        force = 2 * (q[:, :, None] * (Z[:, None] - p)).mean(0)
        return (Z @ force.T).reshape(-1)

    j = torch.func.jacrev(field)(torch.full((12,), 0.25, dtype=torch.float64))
    # Displacements of W that move no prototype stay where they are, whence eigenvalues 0.
    assert (float(torch.linalg.eigvals(j).real.max()) > 1e-9) is (ratio < 1)


@pytest.mark.parametrize("mode", ["stopped", "full"])
def test_v_takes_the_size_of_the_displacement_away(mode):
    x = collapsed.DISPLACED.namespace({"k": 3, "d": 2, "n": 4})
    batch = {"z": Z[None], "v": P[None], "T": torch.tensor([0.6], dtype=torch.float64)}
    with_v, without = (float(tensors([collapsed.growth(x, mode, loss)], batch)[0]) for loss in collapsed.LOSSES)
    assert with_v - without == pytest.approx(-2 / 3 * float((P - P.mean(0)).square().sum()), rel=1e-9)


@pytest.mark.parametrize("t", [0.2, 5.0])
def test_euler_identity_for_a_linear_backbone(t):
    """⟨θ, θ̇⟩ + ⟨P, Ṗ⟩ = −2 L_q, and ⟨θ, θ̇⟩ = −2 L_q for native prototypes."""
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    theta = torch.randn(3, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    p = P.clone().requires_grad_()
    loss = stopped(inputs @ theta, p, t)
    slopes = torch.autograd.grad(loss, (theta, p))
    radial = (theta * slopes[0]).sum() + (p * slopes[1]).sum()
    assert radial.item() == pytest.approx(2 * loss.item(), rel=1e-12)
    w = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    z = inputs @ theta
    loss = stopped(z, w.T @ z, t)
    radial = (theta * torch.autograd.grad(loss, theta)[0]).sum()
    assert radial.item() == pytest.approx(2 * loss.item(), rel=1e-12)


def test_the_radial_rate_is_minus_twice_the_loss():
    x = joint.STATE.namespace({"k": 3, "d": 2, "n": 4})
    batch = {"z": Z[None], "p": P[None], "T": torch.tensor([0.7], dtype=torch.float64)}
    assert float(tensors([joint.radial(x)], batch)[0]) == pytest.approx(-2 * float(stopped(Z, P, 0.7)), rel=1e-12)


@pytest.mark.parametrize("t", [0.1, 1.0, 30.0])
def test_total_collapse_has_the_least_free_energy(t):
    least = -t * math.log(3)
    assert float(
        free_energy(torch.zeros(4, 2, dtype=torch.float64), torch.zeros(3, 2, dtype=torch.float64), t)
    ) == pytest.approx(least)
    assert float(free_energy(Z, P, t)) > least
    e = 1e-3
    rise = float(free_energy(e * Z, e * P, t)) - least
    assert rise / e**2 == pytest.approx(float((Z[:, None] - P).square().sum(-1).mean()), rel=1e-3 / min(t, 1))


def test_unit_features_leave_the_pole_as_stated():
    t = torch.tensor([[0.3], [-0.8]], dtype=torch.float64)
    x = joint.SPHERE.namespace({"k": 3, "d": 1, "n": 2})
    batch = {"t": t[None], "v": P[None, :, :1], "r": P[None, :, 1], "T": torch.tensor([0.4], dtype=torch.float64)}
    features = [[float(v) for v in tensors(row, batch)] for row in joint.on_sphere(x, lift(Fraction(1, 2)))]
    assert [sum(v * v for v in row) for row in features] == pytest.approx([1.0, 1.0])
    gaps = torch.stack([torch.stack([2 * a[0] - v[0], v[1]]) for a in t for v in P])
    assert float(tensors([joint.sphere_growth(x)], batch)[0]) == pytest.approx(
        -2 / 6 * float(gaps.square().sum()), rel=1e-9
    )


@pytest.mark.parametrize("k", [2, 5])
def test_spectra_at_collapse_have_their_closed_forms(k):
    z = Z - Z.mean(0)
    largest = float(torch.linalg.eigvalsh(z.T @ z / 4)[-1])
    temperatures = (0.5, 3.0, 20.0)
    for mode, factor in (("stopped", 2), ("full", 4)):
        wanted = [2 / k * (factor * largest / t - 1) for t in temperatures]
        assert phase.eigenvalues(phase.Phase("quantization", mode, factor), z, k, temperatures) == pytest.approx(wanted)
    # With q free, a' = −(2/k) a + 2w and w' = 2λa along an axis of variance λ; under L_OLS a' = 2w.
    assert phase.eigenvalue_free("quantization", z, k) == pytest.approx(-1 / k + math.sqrt(1 / k**2 + 4 * largest))
    assert phase.eigenvalue_free("ols", z, k) == pytest.approx(2 * math.sqrt(largest))


def test_descents_collapse_where_collapse_attracts():
    z = torch.stack([torch.tensor([[1.0], [-1.0]], dtype=torch.float64).repeat(3, 1)])
    generator = torch.Generator().manual_seed(0)
    for loss, mode, wanted in (
        ("quantization", "stopped", [0, 1]),
        ("quantization", "full", [0, 0]),
        ("quantization", "free", [0, 0]),
        ("ols", "stopped", [0, 0]),
        ("ols", "full", [0, 0]),
        ("ols", "free", [0, 0]),
    ):
        assert phase.collapsed_share(loss, mode, z, 2, (1.0, 3.0), 3, generator).tolist() == [wanted], (loss, mode)


@pytest.mark.parametrize("backbone", ["free", "affine", "mlp", "normalised", "normalised-mlp"])
def test_joint_training_returns_to_total_collapse(backbone):
    assert min(returns(Joint((backbone,)), QUICK).margins) > 0


def test_runs_tell_backbones_apart():
    assert min(shrinks(Joint(("linear",)), QUICK).margins) > 0
    assert min(shrinks(Joint(("frozen",)), QUICK).margins) < 0
    assert min(shrinks(Joint(("normalised-mlp",)), QUICK).margins) < 0
    assert max(returns(Joint(("frozen",)), QUICK).margins) < 0
    both = returns(Joint(("affine", "frozen")), QUICK)
    assert len(both.margins) == 2 * len(returns(Joint(("frozen",)), QUICK).margins) and min(both.margins) < 0
    assert both.scope.startswith("affine, frozen features")


def test_batched_training_is_training_one_by_one():
    x = torch.stack([Z, 2 * Z.flip(0)])
    together = train("mlp", x, 3, 2, (0.5, 4.0), 5, 0.1, 0.3, torch.Generator().manual_seed(1))
    assert together.shape == (5, 2, 2, 2)
    alone = train("mlp", x, 3, 2, (4.0,), 5, 0.1, 0.3, torch.Generator().manual_seed(1))
    assert torch.allclose(together[:, :, 1:], alone, rtol=1e-9)
    assert not torch.allclose(together[:, :, 0], together[:, :, 1])


@pytest.mark.parametrize(("kind", "homogeneous"), [("linear", True), ("relu", True), ("affine", False), ("mlp", False)])
def test_backbones_without_a_bias_scale_with_their_last_layer(kind, homogeneous):
    parameters, features = build(kind, Z[None], 2, torch.Generator().manual_seed(0), 0.5)
    last = 0 if len(parameters) <= 2 else 2
    scaled = [3 * t if i == last else t for i, t in enumerate(parameters)]
    assert torch.allclose(features(scaled), 3 * features(parameters)) is homogeneous


def test_normalised_features_have_length_one():
    for kind in ("normalised", "normalised-mlp"):
        parameters, features = build(kind, Z[None], 3, torch.Generator().manual_seed(0), 0.5)
        assert torch.allclose(features(parameters).norm(dim=-1), torch.ones(1, 1, 4, dtype=torch.float64))


def test_an_unknown_backbone_is_refused():
    with pytest.raises(ValueError, match="backbone must be"):
        train("wide", Z[None], 2, 2, (1.0,), 1, 0.1, 1.0, torch.Generator())
    with pytest.raises(ValueError, match="backbones must be of"):
        Joint(("wide",))
    with pytest.raises(ValueError, match="backbones must be of"):
        Joint(())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_broken_code_is_noticed(monkeypatch, dtype):
    force, full, features, height = joint_parts(dtype)
    assert all(run_part(p, QUICK).verdict is Verdict.HOLDS for p in (force, full, features, height))
    pulled = training.pull
    monkeypatch.setattr(training, "pull", lambda *args: 1.001 * pulled(*args))
    assert run_part(force, QUICK).verdict is Verdict.REFUTED
    monkeypatch.setattr(training, "pull", pulled)
    free = losses.free
    monkeypatch.setattr(losses, "free", lambda *args: free(*args) + 1e-3)
    assert run_part(height, QUICK).verdict is Verdict.REFUTED
    residual = training.kernels.residual
    monkeypatch.setattr(training.kernels, "residual", lambda *args: -residual(*args))
    assert run_part(features, QUICK).verdict is Verdict.REFUTED
