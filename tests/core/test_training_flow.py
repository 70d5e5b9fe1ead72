"""The flows of training against a general solver, their Lyapunov function and each other."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from scipy.integrate import solve_ivp

from ddcl_core import FlowStatus, training_flow
from ddcl_core import functional as F

OPTIONS = list(itertools.product(("quantization", "ols", "variance"), ("stopped", "full")))


def solution(field, start, horizon):
    """End point by a general solver at tight tolerance."""

    def flat(time, y):
        return field(time, torch.from_numpy(y).to(start).reshape(start.shape)).flatten().cpu().numpy()

    end = solve_ivp(flat, (0, horizon), start.flatten().cpu().numpy(), method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    return torch.from_numpy(end).to(start).reshape(start.shape)


@pytest.mark.parametrize(("loss", "mode"), OPTIONS)
def test_free_prototypes_against_a_general_solver(draw, loss, mode) -> None:
    problem = draw()
    expected = solution(
        lambda t, p: -F.training_gradient(problem.z, p, 0.8, loss=loss, mode=mode), problem.prototypes, 1.0
    )
    run = training_flow(problem.z, problem.prototypes, 0.8, loss=loss, mode=mode, horizon=1.0, step=0.01)
    assert run.status is FlowStatus.HORIZON
    torch.testing.assert_close(run.prototypes[-1], expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize(("loss", "mode"), OPTIONS)
def test_native_weights_against_a_general_solver(draw, loss, mode) -> None:
    problem = draw()
    weights = draw(n=6, k=1, d=4, seed=4).z * 0.3

    def field(_, w):
        w = w.clone().requires_grad_()
        prototypes = w.mT @ problem.z
        q = F.soft_assignment(problem.z, prototypes, 0.8)
        q = q.detach() if mode == "stopped" else q
        losses = {"quantization": F.quantization_loss, "ols": F.ols_loss, "variance": F.prototype_variance}
        (gradient,) = torch.autograd.grad(losses[loss](problem.z, prototypes, q), w)
        return -gradient

    run = training_flow(
        problem.z, None, 0.8, weights=weights, parametrisation="native", loss=loss, mode=mode, horizon=0.3, step=0.01
    )
    assert run.weights is not None
    torch.testing.assert_close(run.weights[-1], solution(field, weights, 0.3), rtol=0, atol=1e-7)
    torch.testing.assert_close(run.prototypes, run.weights.mT @ problem.z, rtol=0, atol=0)


@pytest.mark.parametrize("annealed", [False, True])
def test_order_four(draw, annealed) -> None:
    problem = draw()

    def temperature(time):
        return 1.0 / (1 + time) if annealed else 1.0

    expected = solution(
        lambda t, p: -F.training_gradient(problem.z, p, temperature(t), mode="full"), problem.prototypes, 2.0
    )
    errors = []
    for count in (10, 20, 40):
        run = training_flow(
            problem.z, problem.prototypes, temperature, mode="full", horizon=2.0, step=2.0 / count, record=0
        )
        errors.append(float((run.prototypes[-1] - expected).abs().max()))
    for coarse, fine in itertools.pairwise(errors):
        assert 3.5 <= math.log2(coarse / fine) <= 4.6


@pytest.mark.parametrize("parametrisation", ["free", "native"])
def test_free_energy_is_a_lyapunov_function_of_stopped_training(draw, parametrisation) -> None:
    problem = draw(n=8)
    native = parametrisation == "native"
    parameter = {"weights": draw(n=8, k=1, d=4, seed=4).z * 0.2} if native else {}
    run = training_flow(
        problem.z,
        None if native else problem.prototypes,
        0.3,
        parametrisation=parametrisation,
        horizon=3.0,
        step=0.01,
        **parameter,
    )
    assert (run.free_energy.diff() <= 1e-14).all()
    # The slope of the free energy is minus the squared speed of the parameter.
    spent = torch.trapezoid(run.speed.square(), run.times)
    torch.testing.assert_close(run.free_energy[0] - run.free_energy[-1], spent, rtol=1e-3, atol=0)


def test_recorded_losses(draw) -> None:
    problem = draw(batch=(2,))
    run = training_flow(
        problem.z, problem.prototypes, 0.5, loss="ols", horizon=0.5, step=0.1, reduction="sum", convention="d/2T"
    )
    for row in range(run.times.shape[0]):
        prototypes = run.prototypes[row]
        q = F.soft_assignment(problem.z, prototypes, 0.5, convention="d/2T")
        expected = {
            "quantization": F.quantization_loss(problem.z, prototypes, q, "sum"),
            "ols": F.ols_loss(problem.z, prototypes, q, "sum"),
            "variance": F.prototype_variance(problem.z, prototypes, q, "sum"),
            "free_energy": F.free_energy(problem.z, prototypes, 0.5, "sum", convention="d/2T"),
        }
        for name, value in expected.items():
            torch.testing.assert_close(getattr(run, name)[row], value, rtol=1e-14, atol=0)
    assert run.status == (FlowStatus.HORIZON,) * 2
    assert run.temperatures.tolist() == [0.5] * 6


def test_batches_and_batched_temperatures(draw) -> None:
    problem = draw(batch=(2,))
    temperature = problem.z.new_tensor([0.3, 3.0])[:, None, None]
    together = training_flow(problem.z, problem.prototypes, temperature, horizon=0.5, step=0.05)
    for index, value in enumerate((0.3, 3.0)):
        alone = training_flow(problem.z[index], problem.prototypes[index], value, horizon=0.5, step=0.05)
        torch.testing.assert_close(together.prototypes[:, index], alone.prototypes, rtol=1e-12, atol=1e-13)
    many = training_flow(problem.z[0], problem.prototypes[0], temperature, horizon=0.5, step=0.05)
    assert many.prototypes.shape == (11, 2, 4, 3)


def test_rate_rescales_time(draw) -> None:
    problem = draw()
    slow = training_flow(problem.z, problem.prototypes, 0.5, horizon=1.0, step=0.1)
    fast = training_flow(problem.z, problem.prototypes, 0.5, rate=2.0, horizon=0.5, step=0.05)
    torch.testing.assert_close(fast.prototypes, slow.prototypes, rtol=1e-13, atol=1e-14)
    still = training_flow(problem.z, problem.prototypes, 0.5, rate=0.0, horizon=0.5, step=0.05)
    assert torch.equal(still.prototypes[-1], problem.prototypes)


def test_collapse_is_kept_exactly(draw) -> None:
    # Equal prototypes see equal gradients, so only a perturbation can separate them.
    problem = draw()
    prototypes = problem.prototypes[:1].repeat(4, 1)
    for loss, mode in OPTIONS:
        run = training_flow(problem.z, prototypes, 0.1, loss=loss, mode=mode, horizon=1.0, step=0.1)
        assert torch.equal(run.prototypes, run.prototypes[:, :1].expand_as(run.prototypes))


def test_bound(draw) -> None:
    # Descent on V alone at full gradient is not what is asked here: a step far too long diverges numerically.
    problem = draw()
    run = training_flow(problem.z, problem.prototypes, 1.0, rate=100.0, horizon=100.0, step=1.0, bound=50.0)
    assert run.status is FlowStatus.UNBOUNDED
    assert run.times[-1] < 100
    assert run.prototypes[-1].norm() <= 50


@pytest.mark.parametrize("record", [0, 1, 4])
def test_record(draw, record) -> None:
    problem = draw()
    run = training_flow(problem.z, problem.prototypes, 1.0, horizon=1.0, step=0.1, record=record)
    assert run.times.tolist() == {0: [0.0, 1.0], 1: [i / 10 for i in range(11)], 4: [0.0, 0.4, 0.8, 1.0]}[record]


def test_arguments_are_checked(draw) -> None:
    problem = draw()
    good = {"horizon": 1.0, "step": 0.1}
    for name, value in (
        ("loss", "kmeans"),
        ("mode", "half"),
        ("parametrisation", "detached"),
        ("reduction", "none"),
        ("convention", "T"),
        ("rate", -1.0),
        ("horizon", -1.0),
        ("step", 0.0),
        ("record", -1),
        ("bound", -2.0),
    ):
        with pytest.raises(ValueError, match=f"^{name}: got {value!r}, accepted "):
            training_flow(problem.z, problem.prototypes, 1.0, **(good | {name: value}))
    with pytest.raises(ValueError, match="^weights, prototypes: got parametrisation 'native'"):
        training_flow(problem.z, problem.prototypes, 1.0, parametrisation="native", **good)
    with pytest.raises(ValueError, match="^prototypes, weights: got parametrisation 'free'"):
        training_flow(problem.z, problem.prototypes, 1.0, weights=problem.q, **good)
    with pytest.raises(ValueError, match=r"^weights: got shape \(5, 4\), accepted \(..., 6, k\)"):
        training_flow(problem.z, None, 1.0, weights=problem.q[:5], parametrisation="native", **good)
    with pytest.raises(ValueError, match="^temperature: got 0.0, accepted "):
        training_flow(problem.z, problem.prototypes, lambda t: 0.5 - t, horizon=1.0, step=1.0)
