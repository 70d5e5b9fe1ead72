"""The passes behind DDCL: descent of the free energy, batches by hand, native steps, regularisers by autograd."""

from __future__ import annotations

import pytest
import torch

from ddcl_core import functional
from ddcl_core.estimators._annealing import cold_temperature, largest_variance
from ddcl_core.estimators._descent import Descent, State, regularisers, spread
from ddcl_core.estimators.ddcl import standardise
from ddcl_core.objective import DDCLLoss
from ddcl_core.training.reducer import SingleProcess


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def descent(z, loss, batch_size=None, rate=1.0):
    stiffness = float(torch.linalg.eigvalsh(z.mT @ z / len(z))[-1])
    return Descent(z, loss, rate, batch_size or len(z), stiffness, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("native", [False, True])
def test_a_pass_of_stopped_quantisation_never_raises_the_free_energy(native) -> None:
    z = standardise(random(200, 4) * torch.tensor([3.0, 1.0, 0.5, 0.1], dtype=torch.float64))[0]
    weights = torch.eye(200, dtype=torch.float64)[:, :6] if native else None
    state, run = State(z[:6], weights), descent(z, DDCLLoss(assignments="stopped"))
    energies = []
    for _ in range(60):
        energies.append(float(functional.free_energy(z, state.prototypes, 0.2)))
        run.run(state, 0.2)
    assert all(after <= before + 1e-14 for before, after in zip(energies, energies[1:], strict=False))
    assert energies[-1] < energies[0] - 0.05
    assert len(state.history["loss"]) == 60
    if native:
        torch.testing.assert_close(state.weights.mT @ z, state.prototypes, rtol=0, atol=1e-13)


@pytest.mark.parametrize("loss", ["quantization", "ols", (0.5, 0.5, 0.2)])
@pytest.mark.parametrize("native", [False, True])
def test_a_pass_through_the_softmax_never_raises_the_loss(loss, native) -> None:
    z = standardise(random(150, 3))[0]
    weights = torch.eye(150, dtype=torch.float64)[:, :5] if native else None
    objective = DDCLLoss(loss, assignments="full", balance=0.1, weight=0.01)
    state, run = State(z[:5], weights), descent(z, objective, rate=1.9)
    for _ in range(40):
        run.run(state, 0.1)
    losses = state.history["loss"]
    assert all(after <= before for before, after in zip(losses, losses[1:], strict=False))
    assert losses[-1] < 0.98 * losses[0]


@pytest.mark.parametrize("temperature", [0.003, 0.3])
def test_stiff_regularisers_of_a_stopped_loss_descend_the_regularised_free_energy(temperature) -> None:
    z = standardise(random(150, 3))[0]
    loss = DDCLLoss((2.0, 0.0, 0.0), assignments="stopped", balance=0.5, entropy=0.1, separation=0.01, weight=0.1)
    state, run = State(z[:5]), descent(z, loss)
    heights = []
    for _ in range(40):
        q = functional.soft_assignment(z, state.prototypes, temperature)
        heights.append(
            float(
                2 * functional.free_energy(z, state.prototypes, temperature)
                + 0.5 * functional.balance(q)
                + 0.1 * functional.negative_entropy(q)
                + 0.01 * functional.separation(state.prototypes, "mean")
                + 0.1 * functional.weight_norm(state.prototypes)
            )
        )
        run.run(state, temperature)
    # Both sides are sums of 150 samples, rounded in different orders.
    assert all(after <= before + 1e-14 for before, after in zip(heights, heights[1:], strict=False))
    assert heights[-1] < heights[0] - 0.01


def test_a_pass_in_batches_is_an_average_whose_weights_grow_with_the_batch() -> None:
    z = standardise(random(50, 3))[0]
    state, run = State(z[:4]), descent(z, DDCLLoss(assignments="stopped"), batch_size=8)
    moved = run.run(state, 0.3)
    order = torch.randperm(50, generator=torch.Generator().manual_seed(0))
    prototypes, moment, mass = z[:4], 0.0, 0.0
    for number, index in enumerate(order.split(8), 1):
        q = torch.softmax(-((z[index][:, None] - prototypes) ** 2).sum(-1) / 0.3, -1)
        moment, mass = moment + number * q.T @ z[index], mass + number * q.sum(0)
        prototypes = moment / mass[:, None]
    torch.testing.assert_close(state.prototypes, prototypes, rtol=1e-12, atol=1e-13)
    assert moved == pytest.approx(float((prototypes - z[:4]).norm(dim=-1).max()), rel=1e-12)


def test_a_native_step_is_a_gradient_step_on_the_weights() -> None:
    z = standardise(random(30, 3))[0]
    start = torch.softmax(random(4, 30, seed=1), -1).mT.contiguous()
    state, run = State(start.mT @ z, start), descent(z, DDCLLoss(assignments="stopped"), rate=0.7)
    leaf = start.clone().requires_grad_()
    q = functional.soft_assignment(z, leaf.detach().mT @ z, 0.3)
    functional.quantization_loss(z, leaf.mT @ z, q).backward()
    run.run(state, 0.3)
    # The gradient in W of the mean loss, its columns divided by the curvature 2 m_j, and by lambda_max n / n.
    step = leaf.grad / (2 * q.mean(0)) / (run.stiffness * len(z))
    torch.testing.assert_close(state.weights, start - 0.7 * step, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
@pytest.mark.parametrize("pairs", ["mean", "unordered", "ordered"])
def test_regularisers_equal_autograd(convention, pairs) -> None:
    z, prototypes = random(30, 4), random(5, 4, seed=1)
    loss = DDCLLoss(balance=0.3, entropy=-0.2, separation=0.1, weight=0.05, convention=convention, pairs=pairs)
    leaf = prototypes.clone().requires_grad_()
    expected = loss.with_regularisers(torch.zeros((), dtype=torch.float64), z, leaf, 0.7, 30, SingleProcess()).total
    expected.backward()
    value, gradient = regularisers(loss, z, prototypes, 0.7)
    assert value == pytest.approx(float(expected.detach()), rel=1e-13)
    torch.testing.assert_close(gradient, leaf.grad, rtol=1e-12, atol=1e-14)


def test_standardised_features_have_unit_total_variance() -> None:
    for scale in (1e-140, 1.0, 1e140):
        data = scale * (random(40, 3) + 5)
        z, mean, factor = standardise(data)
        assert float(z.square().sum(-1).mean()) == pytest.approx(1, rel=1e-12)
        torch.testing.assert_close(z * factor + mean, data, rtol=1e-13, atol=0)
        torch.testing.assert_close(mean, data.mean(0), rtol=1e-13, atol=0)


def test_variances_and_the_cold_temperature() -> None:
    z = standardise(random(500, 4) * torch.tensor([3.0, 1.0, 0.5, 0.1], dtype=torch.float64))[0]
    expected = torch.linalg.eigvalsh(z.mT @ z / 500)[-1]
    assert largest_variance(z, random(4, seed=2))[0] == pytest.approx(float(expected), rel=1e-10)
    prototypes = z[:3]
    inside = z - prototypes[((z[:, None] - prototypes) ** 2).sum(-1).argmin(-1)]
    largest = float(torch.linalg.eigvalsh(inside.mT @ inside / 500)[-1])
    # Eight steps of the power iteration approach it from below.
    assert (
        0.9 * 0.5 * largest
        <= cold_temperature(z, prototypes, "d/T", random(4, seed=2))[0]
        <= 0.5 * largest * (1 + 1e-12)
    )
    assert cold_temperature(z, prototypes, "d/2T", random(4, seed=2))[0] == pytest.approx(
        0.5 * cold_temperature(z, prototypes, "d/T", random(4, seed=2))[0]
    )


def test_spread_is_the_mean_over_pairs() -> None:
    prototypes = random(4, 3) + 1000
    pairs = [float((prototypes[i] - prototypes[j]).square().sum()) for i in range(4) for j in range(i)]
    assert spread(prototypes) == pytest.approx(sum(pairs) / 6, rel=1e-11)
    assert spread(prototypes[:1]) == 0
