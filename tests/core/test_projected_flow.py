"""The projected gradient flow against exact solutions, a general solver and brute-force steps."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from scipy.integrate import solve_ivp

from ddcl_core import FlowStatus, ReducedEnergy, projected_gradient_flow
from ddcl_core import functional as F

REGULARISED = {
    "plain": {},
    "decay": {"weight": 0.3},
    "separated": {"separation": 0.2, "weight": 1.0},
    "entropy": {"entropy": 0.6, "weight": 0.1},
    "negative entropy": {"entropy": -0.6, "weight": 0.1},
    "balance": {"balance": 2.0},
    "balance against entropy": {"balance": 2.0, "entropy": -0.4},
    "all": {"balance": 0.5, "entropy": 0.3, "separation": 0.2, "weight": 1.0},
}


def hard(problem):
    """The problem with every sample assigned to one prototype."""
    return problem._replace(q=torch.eye(problem.q.shape[-1]).to(problem.q)[problem.q.argmax(-1)])


def tangent_solution(energy, prototypes, q, horizon):
    """End point of the flow without constraints at the boundary, by a general solver at tight tolerance."""
    shapes = (prototypes.shape, q.shape)

    def field(_, y):
        y = torch.from_numpy(y).to(q)
        p, a = y[: prototypes.numel()].reshape(shapes[0]), y[prototypes.numel() :].reshape(shapes[1])
        slope = energy.grad_q(p, a / a.sum(-1, keepdim=True))
        rate = slope.mean(-1, keepdim=True) - slope
        return (
            torch.cat((-energy.grad_prototypes(p, a / a.sum(-1, keepdim=True)).flatten(), rate.flatten())).cpu().numpy()
        )

    start = torch.cat((prototypes.flatten(), q.flatten())).cpu().numpy()
    end = solve_ivp(field, (0, horizon), start, method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    end = torch.from_numpy(end).to(q)
    return end[: prototypes.numel()].reshape(shapes[0]), end[prototypes.numel() :].reshape(shapes[1])


@pytest.mark.parametrize("name", REGULARISED)
def test_order_two_on_a_smooth_stretch(draw, name) -> None:
    problem = draw(n=3, k=3, d=2)
    energy = ReducedEnergy(problem.z, **REGULARISED[name])
    prototypes, q = problem.prototypes, torch.full_like(problem.q, 1 / 3) * 0.8 + 0.2 * problem.q
    horizon = 0.05
    expected = tangent_solution(energy, prototypes, q, horizon)
    assert expected[1].amin() > 0.02
    errors = []
    for count in (8, 16, 32):
        end = projected_gradient_flow(energy, prototypes, q, horizon=horizon, step=horizon / count)
        assert end.status is FlowStatus.HORIZON
        assert int(end.accepted) in (count, count + 1)
        assert int(end.refused) == 0
        errors.append(
            max(float((end.prototypes[-1] - expected[0]).abs().max()), float((end.q[-1] - expected[1]).abs().max()))
        )
    for coarse, fine in itertools.pairwise(errors):
        assert 1.8 <= math.log2(coarse / fine) <= 2.3


@pytest.mark.parametrize("name", ["plain", "all"])
def test_accuracy_controls_the_error(draw, name) -> None:
    problem = draw(n=3, k=3, d=2)
    energy = ReducedEnergy(problem.z, **REGULARISED[name])
    q = torch.full_like(problem.q, 1 / 3)
    expected = tangent_solution(energy, problem.prototypes, q, 0.05)
    errors = []
    for accuracy in (1e-3, 1e-4, 1e-5):
        end = projected_gradient_flow(energy, problem.prototypes, q, horizon=0.05, accuracy=accuracy)
        errors.append(float((end.prototypes[-1] - expected[0]).abs().max()))
        assert errors[-1] < accuracy
    assert errors[2] < errors[1] < errors[0]


def test_single_prototype_decays_exponentially(draw) -> None:
    problem = draw(n=5, k=1, d=2)
    energy = ReducedEnergy(problem.z, weight=0.7)
    rate = 2 * (5 + 0.7)
    rest = problem.z.sum(0) / 5.7
    end = projected_gradient_flow(energy, problem.prototypes, problem.q, horizon=0.2, accuracy=1e-6)
    expected = rest + (problem.prototypes - rest) * math.exp(-rate * 0.2)
    torch.testing.assert_close(end.prototypes[-1], expected, rtol=0, atol=1e-6)
    assert end.times[-1] == 0.2


def euler_on_the_simplex(energy, prototypes, q, horizon, count):
    """Projected Euler steps with the projection found by bisection on the threshold."""
    h = horizon / count
    for _ in range(count):
        slope_prototypes, slope = energy.grad_prototypes(prototypes, q), energy.grad_q(prototypes, q)
        target = q - h * slope
        low, high = target.amax(-1, keepdim=True) - 1, target.amax(-1, keepdim=True)
        for _ in range(50):
            middle = (low + high) / 2
            above = (target - middle).clamp(min=0).sum(-1, keepdim=True) > 1
            low, high = torch.where(above, middle, low), torch.where(above, high, middle)
        q = (target - high).clamp(min=0)
        q = q / q.sum(-1, keepdim=True)
        prototypes = prototypes - h * slope_prototypes
    return prototypes, q


def test_through_the_boundary_against_small_euler_steps(draw) -> None:
    problem = draw(n=4, k=4, d=2)
    energy = ReducedEnergy(problem.z, weight=0.2)
    end = projected_gradient_flow(energy, problem.prototypes, problem.q, horizon=0.6, accuracy=1e-5)
    zeros = (end.q == 0).sum((-2, -1))
    assert zeros[0] == 0
    assert zeros[-1] >= 8
    coarse = euler_on_the_simplex(energy, problem.prototypes, problem.q, 0.6, 400)
    fine = euler_on_the_simplex(energy, problem.prototypes, problem.q, 0.6, 800)
    # Extrapolation removes the first-order error of Euler's method.
    torch.testing.assert_close(end.prototypes[-1], 2 * fine[0] - coarse[0], rtol=0, atol=2e-4)
    torch.testing.assert_close(end.q[-1], 2 * fine[1] - coarse[1], rtol=0, atol=2e-4)


@pytest.mark.parametrize("name", REGULARISED)
@pytest.mark.parametrize("start", ["inside", "vertices", "coincident"])
def test_feasible_descent_to_a_kkt_point(draw, name, start) -> None:
    problem = draw(seed=2)
    problem = hard(problem) if start == "vertices" else problem
    if start == "coincident":
        problem = problem._replace(prototypes=problem.prototypes[:1].repeat(4, 1))
    energy = ReducedEnergy(problem.z, **REGULARISED[name])
    run = projected_gradient_flow(
        energy, problem.prototypes, problem.q, horizon=100.0, accuracy=1e-3, tolerance=1e-4, max_steps=1500
    )
    assert run.status is FlowStatus.CONVERGED, run.message
    assert (run.q >= 0).all()
    assert ((run.q.sum(-1) - 1).abs() <= 4 * torch.finfo(run.q.dtype).eps).all()
    scale = energy.unchecked_scale(run.prototypes, run.q)
    assert (run.energies.diff() <= 16 * torch.finfo(run.q.dtype).eps * scale[1:]).all()
    assert energy.kkt_residual(run.prototypes[-1], run.q[-1]) <= 1e-4
    torch.testing.assert_close(run.energies, energy.value(run.prototypes, run.q), rtol=1e-14, atol=1e-14)
    assert (run.times.diff() > 0).all()


@pytest.mark.parametrize("name", ["plain", "separated", "entropy", "all"])
def test_dissipation_identity(draw, name) -> None:
    problem = draw(n=4, k=3, d=2)
    energy = ReducedEnergy(problem.z, **REGULARISED[name])
    run = projected_gradient_flow(energy, problem.prototypes, problem.q, horizon=1.0, accuracy=1e-4)
    lost = float(run.energies[0] - run.energies[-1])
    spent = float(torch.trapezoid(run.dissipation, run.times))
    assert lost > 0.1
    assert math.isclose(lost, spent, rel_tol=3e-3)
    torch.testing.assert_close(run.kkt_residual, energy.kkt_residual(run.prototypes, run.q), rtol=1e-12, atol=1e-13)


def test_entropic_equilibrium_is_the_soft_assignment(draw) -> None:
    # At a KKT point of E with entropy weight a, q = softmax(-d n / a).
    problem = hard(draw(n=5, k=3, d=2))
    energy = ReducedEnergy(problem.z, entropy=2.0, weight=0.1)
    run = projected_gradient_flow(energy, problem.prototypes, problem.q, horizon=200.0, accuracy=1e-3, tolerance=1e-8)
    assert run.status is FlowStatus.CONVERGED
    expected = F.soft_assignment(problem.z, run.prototypes[-1], 2.0 / 5)
    torch.testing.assert_close(run.q[-1], expected, rtol=1e-6, atol=1e-12)
    assert expected.amin() < 1e-3


def test_each_trajectory_of_a_batch_has_its_own_step(draw) -> None:
    problem = draw(n=4, k=3, d=2, batch=(3,))
    scales = problem.z.new_tensor([0.3, 1.0, 3.0])[:, None, None]
    z, prototypes = problem.z * scales, problem.prototypes * scales
    together = projected_gradient_flow(ReducedEnergy(z), prototypes, problem.q, horizon=0.5, accuracy=1e-5)
    assert together.status == (FlowStatus.HORIZON,) * 3
    assert len(set(together.accepted.tolist())) == 3
    for index in range(3):
        alone = projected_gradient_flow(
            ReducedEnergy(z[index]), prototypes[index], problem.q[index], horizon=0.5, accuracy=1e-5
        )
        torch.testing.assert_close(together.prototypes[-1, index], alone.prototypes[-1], rtol=1e-10, atol=1e-10)
        assert int(together.accepted[index]) == int(alone.accepted)


def test_batch_of_starts_shares_the_data(draw) -> None:
    problem = draw(n=4, k=3, d=2, batch=(2,))
    run = projected_gradient_flow(ReducedEnergy(problem.z[0]), problem.prototypes, problem.q[0], horizon=0.2)
    assert run.q.shape[1:] == (2, 4, 3)
    assert run.energies.shape == run.times.shape == run.dissipation.shape == (run.times.shape[0], 2)


def test_unbounded_below_is_detected(draw) -> None:
    problem = draw()
    energy = ReducedEnergy(problem.z, separation=3.0)
    run = projected_gradient_flow(energy, problem.prototypes, problem.q, horizon=100.0, accuracy=1e-3)
    assert run.status is FlowStatus.UNBOUNDED
    assert run.message == "the prototypes left the ball of the given bound"
    assert run.times[-1] < 10
    assert run.energies[-1] < -1e6
    near = projected_gradient_flow(energy, problem.prototypes, problem.q, horizon=100.0, accuracy=1e-3, bound=20.0)
    assert near.status is FlowStatus.UNBOUNDED
    assert 20 < near.prototypes[-1].norm() < 100


def test_bounded_and_unbounded_in_one_batch(draw) -> None:
    # The same energy, coercive only where no prototype is free of samples to run away.
    problem = draw(n=4, k=2, d=1)
    z = torch.stack((problem.z, problem.z))
    energy = ReducedEnergy(z, separation=1.0, weight=0.5)
    shared = torch.full_like(problem.q, 0.5)
    lonely = torch.tensor([1.0, 0.0]).to(problem.q).expand(4, 2)
    run = projected_gradient_flow(
        energy,
        problem.prototypes * z.new_tensor([[[0.1]], [[50.0]]]),
        torch.stack((shared, lonely)),
        horizon=40.0,
        accuracy=1e-3,
    )
    assert isinstance(run.status, tuple)
    assert run.status[1] is FlowStatus.UNBOUNDED
    assert run.prototypes[-1, 0].isfinite().all()


def test_ends(draw) -> None:
    problem = draw()
    energy = ReducedEnergy(problem.z)
    start = (problem.prototypes, problem.q)
    few = projected_gradient_flow(energy, *start, horizon=10.0, max_steps=3)
    assert few.status is FlowStatus.MAX_STEPS
    still = projected_gradient_flow(energy, *start, horizon=0.0)
    assert still.status is FlowStatus.HORIZON
    assert still.times.tolist() == [0.0]
    done = projected_gradient_flow(energy, *start, horizon=10.0, tolerance=1e9)
    assert done.status is FlowStatus.CONVERGED
    assert done.times.tolist() == [0.0]


def test_an_energy_that_rises_stalls(draw) -> None:
    clock = itertools.count()

    class Rising(ReducedEnergy):
        """Its value rises at every evaluation, whatever the step."""

        def unchecked_value(self, prototypes, q):
            return super().unchecked_value(prototypes, q) + next(clock)

    problem = draw()
    run = projected_gradient_flow(Rising(problem.z), problem.prototypes, problem.q, horizon=1.0)
    assert run.status is FlowStatus.STALLED
    assert run.times.tolist() == [0.0]
    assert torch.equal(run.q[-1], run.q[0])
    assert int(run.accepted) == 0


def test_equilibrium_to_rounding_runs_to_the_horizon(draw) -> None:
    problem = hard(draw(n=5, k=3, d=2))
    energy = ReducedEnergy(problem.z, weight=0.5)
    settled = projected_gradient_flow(
        energy, problem.prototypes, problem.q, horizon=100.0, accuracy=1e-3, tolerance=1e-9, record=0
    )
    assert settled.status is FlowStatus.CONVERGED
    later = projected_gradient_flow(energy, settled.prototypes[-1], settled.q[-1], horizon=5.0, accuracy=1e-3)
    assert later.status is FlowStatus.HORIZON
    torch.testing.assert_close(later.prototypes[-1], settled.prototypes[-1], rtol=0, atol=1e-8)


def test_leaves_a_saddle(draw) -> None:
    # Collapse is an equilibrium; a perturbation far below the rounding of the energy must still grow.
    problem = draw(n=6, k=2, d=2)
    prototypes = problem.z.mean(0, keepdim=True).repeat(2, 1)
    prototypes[0, 0] += 1e-9
    run = projected_gradient_flow(
        ReducedEnergy(problem.z), prototypes, torch.full_like(problem.q, 0.5), horizon=20.0, accuracy=1e-3
    )
    assert (run.prototypes[-1, 0] - run.prototypes[-1, 1]).norm() > 0.5
    assert run.energies[-1] < 0.9 * run.energies[0]


def test_large_fixed_step_is_cut_to_descend(draw) -> None:
    problem = draw(n=20)
    energy = ReducedEnergy(problem.z)
    run = projected_gradient_flow(energy, problem.prototypes, problem.q, horizon=5.0, step=1.0)
    assert run.status is FlowStatus.HORIZON
    assert int(run.refused) > 0
    assert (run.energies.diff() <= 1e-12).all()


@pytest.mark.parametrize("record", [0, 1, 3])
def test_record(draw, record) -> None:
    problem = draw()
    run = projected_gradient_flow(
        ReducedEnergy(problem.z), problem.prototypes, problem.q, horizon=0.01, step=0.001, record=record
    )
    assert run.times.shape[0] == {0: 2, 1: int(run.accepted) + 1, 3: math.ceil(int(run.accepted) / 3) + 1}[record]
    assert run.times[0] == 0
    assert run.times[-1] == 0.01


def test_single_precision(draw) -> None:
    problem = draw(dtype=torch.float32)
    for coefficients in ({}, {"entropy": 0.6, "weight": 0.1}):
        energy = ReducedEnergy(problem.z, **coefficients)
        run = projected_gradient_flow(energy, problem.prototypes, problem.q, horizon=0.3, accuracy=1e-3)
        assert run.status is FlowStatus.HORIZON
        assert run.q.dtype == torch.float32
        assert (run.q >= 0).all()
        assert ((run.q.sum(-1) - 1).abs() <= 4 * torch.finfo(torch.float32).eps).all()
        wide = projected_gradient_flow(
            ReducedEnergy(problem.z.double(), **coefficients),
            problem.prototypes.double(),
            (problem.q.double() / problem.q.double().sum(-1, keepdim=True)),
            horizon=0.3,
            accuracy=1e-4,
        )
        torch.testing.assert_close(run.prototypes[-1].double(), wide.prototypes[-1], rtol=0, atol=2e-3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon", -1.0),
        ("horizon", math.nan),
        ("step", 0.0),
        ("accuracy", 0.0),
        ("tolerance", -1.0),
        ("max_steps", 0),
        ("max_steps", 1.5),
        ("record", -1),
        ("bound", 0.0),
    ],
)
def test_arguments_are_checked(draw, name, value) -> None:
    problem = draw()
    options = {"horizon": 1.0, name: value}
    with pytest.raises(ValueError, match=f"^{name}: got {value!r}, accepted "):
        projected_gradient_flow(ReducedEnergy(problem.z), problem.prototypes, problem.q, **options)


def test_points_are_checked(draw) -> None:
    problem = draw()
    energy = ReducedEnergy(problem.z)
    with pytest.raises(ValueError, match="^q: got a sum"):
        projected_gradient_flow(energy, problem.prototypes, 2 * problem.q, horizon=1.0)
    with pytest.raises(ValueError, match="^prototypes: got shape"):
        projected_gradient_flow(energy, problem.prototypes[:, :2], problem.q, horizon=1.0)
