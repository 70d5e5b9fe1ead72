"""Prototypes on a stream against running sums, autograd and closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from ddcl_core import functional
from ddcl_core.objective import DDCLLoss
from ddcl_core.online import OnlinePrototypes, prototype_step
from ddcl_core.training.guard import TrainingDiverged


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def softmax_of_distances(z, prototypes, temperature):
    return torch.softmax(-((z[:, None] - prototypes[None]) ** 2).sum(-1) / temperature, -1)


def test_the_default_rule_is_the_mean_of_all_samples_weighted_with_their_assignment_at_the_time() -> None:
    batches = [random(7, 3, seed=s) for s in range(5)]
    learner = OnlinePrototypes(random(4, 3, seed=9))
    moment, mass = torch.zeros(4, 3, dtype=torch.float64), torch.zeros(4, dtype=torch.float64)
    prototypes = random(4, 3, seed=9)
    for z in batches:
        q = softmax_of_distances(z, prototypes, 0.7)
        expected_loss = float((q * ((z[:, None] - prototypes[None]) ** 2).sum(-1)).sum(-1).mean())
        assert learner.step(z, 0.7) == pytest.approx(expected_loss, rel=1e-12)
        moment, mass = moment + q.T @ z, mass + q.sum(0)
        prototypes = moment / mass[:, None]
        torch.testing.assert_close(learner.prototypes, prototypes, rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(learner.mass, mass, rtol=1e-13, atol=0)
    assert (learner.batches, learner.samples) == (5, 35)


@pytest.mark.parametrize("assignments", ["stopped", "full"])
@pytest.mark.parametrize("loss", ["quantization", "ols", (0.3, 0.2, 0.1)])
@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
def test_a_rate_steps_along_the_gradient(loss, assignments, convention) -> None:
    prototypes = random(4, 3, seed=9)
    learner = OnlinePrototypes(
        prototypes, loss=DDCLLoss(loss, assignments=assignments, convention=convention), rate=0.3, decay=0.5
    )
    coefficients = {"quantization": (1, 0, 0), "ols": (0, 1, 0)}.get(loss, loss)
    for number in range(4):
        z = random(6, 3, seed=number)
        leaf = prototypes.clone().requires_grad_()
        q = functional.soft_assignment(z, leaf, 0.8, convention=convention)
        q = q.detach() if assignments == "stopped" else q
        parts = functional.decomposition(z, leaf, q)
        value = sum(c * part.mean() for c, part in zip(coefficients, parts[:3], strict=True))
        value.backward()
        prototypes = prototypes - 0.3 / (1 + 0.5 * number) * leaf.grad
        assert learner.step(z, 0.8) == pytest.approx(float(value.detach()), rel=1e-12)
        torch.testing.assert_close(learner.prototypes, prototypes, rtol=1e-12, atol=1e-13)


def test_the_masses_of_both_sweeps_agree_with_the_assignment() -> None:
    z, prototypes = random(9, 3), random(4, 3, seed=1)
    mass = softmax_of_distances(z, prototypes, 0.7).sum(0)
    for loss in (DDCLLoss(assignments="stopped"), DDCLLoss((2.5, 0, 0), assignments="stopped"), DDCLLoss("ols")):
        for gradient in (True, False):
            torch.testing.assert_close(prototype_step(z, prototypes, 0.7, loss, gradient=gradient)[2], mass)


def test_forgetting_weights_old_batches_down_geometrically() -> None:
    batches = [random(5, 2, seed=s) for s in range(6)]
    learner = OnlinePrototypes(torch.zeros(1, 2, dtype=torch.float64), forgetting=0.6)
    for z in batches:
        learner.step(z, 1.0)
    weights = [0.6 ** (5 - s) for s in range(6)]
    expected = sum(w * z.mean(0) for w, z in zip(weights, batches, strict=True)) / sum(weights)
    torch.testing.assert_close(learner.prototypes[0], expected, rtol=1e-12, atol=1e-14)


def test_many_small_steps_are_not_lost_in_float32() -> None:
    z = random(20_000, 1, dtype=torch.float32) + 100
    learner = OnlinePrototypes(torch.zeros(1, 1))
    for batch in z.split(4):
        learner.step(batch, 1.0)
    # A float32 sum of 5000 steps near 100 would be off by several times its spacing of 7.6e-6.
    assert learner.prototypes.dtype == torch.float32
    assert float(learner.position) == pytest.approx(float(z.double().mean()), abs=1e-6)


def test_a_prototype_that_nothing_reaches_stays() -> None:
    far = torch.tensor([[0.0], [1e6]], dtype=torch.float64)
    learner = OnlinePrototypes(far)
    learner.step(random(50, 1), 1e-3)
    assert float(learner.prototypes[1]) == 1e6 and float(learner.mass[1]) == 0


@pytest.mark.parametrize("options", [{}, {"rate": 0.2, "decay": 0.1}, {"forgetting": 0.9}])
def test_a_stream_continues_from_its_state_to_the_bit(options) -> None:
    whole, first, second = (OnlinePrototypes(random(3, 2, seed=5), **options) for _ in range(3))
    for number in range(8):
        whole.step(random(6, 2, seed=number), 0.5)
        (first if number < 4 else second).step(random(6, 2, seed=number), 0.5)
        if number == 3:
            second.load_state_dict(first.state_dict())
    assert torch.equal(whole.prototypes, second.prototypes) and torch.equal(whole.mass, second.mass)
    assert (second.batches, second.samples) == (8, 48)


P = torch.zeros(2, 3)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: OnlinePrototypes(P, rate=0.0), "rate"),
        (lambda: OnlinePrototypes(P, decay=-0.1), "decay"),
        (lambda: OnlinePrototypes(P, forgetting=1.1), "forgetting"),
        (lambda: OnlinePrototypes(P, forgetting=0.0), "forgetting"),
        (lambda: OnlinePrototypes(P, loss=DDCLLoss(balance=0.1)), "loss"),
        (lambda: OnlinePrototypes(P[None]), "prototypes"),
        (lambda: OnlinePrototypes(P * math.inf), "prototypes"),
        (lambda: OnlinePrototypes(P).step(torch.zeros(4, 2), 1.0), "prototypes"),
        (lambda: OnlinePrototypes(P).step(torch.full((4, 3), math.nan), 1.0), "z"),
        (lambda: OnlinePrototypes(P).step(torch.zeros(4, 3), 0.0), "temperature"),
        (lambda: OnlinePrototypes(P).load_state_dict(OnlinePrototypes(P[:1]).state_dict()), "state"),
    ],
)
def test_bad_arguments_are_named(call, named) -> None:
    with pytest.raises(ValueError, match=f"^{named}: got"):
        call()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_step_that_goes_too_far_changes_nothing(dtype) -> None:
    learner = OnlinePrototypes(random(4, 3, seed=9, dtype=dtype), rate=0.1)
    learner.step(random(7, 3, dtype=dtype), 0.7)
    before = learner.state_dict()
    learner.rate = 1e200
    with pytest.raises(TrainingDiverged, match="^step 1: the squared distance of a prototype is not finite"):
        learner.step(random(7, 3, dtype=dtype), 0.7)
    after = learner.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in ("position", "mass"))
    assert (learner.batches, learner.samples) == (1, 7)
    with pytest.raises(ValueError, match="^loss: got 'ols', accepted a DDCLLoss or None"):
        OnlinePrototypes(random(4, 3), loss="ols")
