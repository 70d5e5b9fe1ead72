"""The evidence of flows for Theorem 4: what the experiments measure, and that they notice a wrong flow."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import pytest
import torch

import ddcl_core.energy as energy_module
from ddcl_core import functional as core
from ddcl_core.energy import ReducedEnergy
from ddcl_core.flow import native, projected, projected_gradient_flow
from ddcl_core.flow.state import evaluate
from ddcl_core.functional import projections
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.claims.ddcl import theorem4_limits as limits
from ddcl_theory.claims.ddcl.dynamics import flow_balance, flow_limits, flow_runs, flow_states
from ddcl_theory.claims.ddcl.dynamics.problems import RUNS, Flow, problems
from ddcl_theory.evidence import Outcome

F64 = torch.float64
QUICK = Settings(profile=PROFILES["quick"])
Projection = Callable[[Any, Any], Any]


def against(margins: list[float]) -> int:
    return sum(not margin >= 0 for margin in margins)


def exact_distance(push: list[Fraction], on: list[bool]) -> Fraction:
    """min ‖g − ν‖² over the normal cone by trying every set of entries that lie above μ; the least is the projection's."""
    support = [j for j, inside in enumerate(on) if inside]
    others = [j for j, inside in enumerate(on) if not inside]
    candidates = []
    for free in chain.from_iterable(combinations(others, size) for size in range(len(others) + 1)):
        moving = [*support, *free]
        mu = sum((push[j] for j in moving), Fraction(0)) / len(moving)
        candidates.append(
            sum(((push[j] - mu) ** 2 for j in support), Fraction(0))
            + sum((max(Fraction(0), push[j] - mu) ** 2 for j in others), Fraction(0))
        )
    return min(candidates)


def test_the_distance_from_the_normal_cone_in_fractions() -> None:
    g = torch.Generator().manual_seed(4)
    for _ in range(60):
        k = int(torch.randint(1, 6, (), generator=g))
        push = torch.randint(-8, 9, (1, 1, k), generator=g).to(F64)
        on = torch.rand(1, 1, k, generator=g) < 0.5
        on[..., 0] = True
        q = on / on.sum(-1, keepdim=True).to(F64)
        wanted = exact_distance([Fraction(int(v)) for v in push.flatten()], on.flatten().tolist())
        assert float(flow_states._steepest(push, q)) == pytest.approx(float(wanted), rel=1e-13, abs=1e-13)


def free_entries_held(original: Projection) -> Projection:
    def broken(v: Any, q: Any) -> Any:
        on = (q > 0).to(v.dtype)
        return on * (v - (on * v).sum(-1, keepdim=True) / on.sum(-1, keepdim=True))

    return broken


def never_at_a_face(original: Projection) -> Projection:
    return lambda v, q: v - v.mean(-1, keepdim=True)


@pytest.mark.parametrize("broken", [free_entries_held, never_at_a_face])
def test_states_notice_a_projection_onto_a_subspace(
    monkeypatch: pytest.MonkeyPatch, broken: Callable[[Projection], Projection]
) -> None:
    """Both satisfy ⟨g, v⟩ = ‖v‖²: the identity between rate and speed alone cannot notice them."""
    original = projections.nearest_in_cone
    v, q = torch.tensor([[-1.0, 0.0, -5.0]], dtype=F64), torch.tensor([[1.0, 0.0, 0.0]], dtype=F64)
    moved = broken(original)(v, q)
    assert float((v * moved).sum()) == pytest.approx(float(moved.square().sum()), abs=1e-15)
    assert not torch.allclose(moved, original(v, q))
    assert against(flow_states.on_faces(Flow(), QUICK).margins) == 0
    for module in (projections, energy_module):
        monkeypatch.setattr(module, "nearest_in_cone", broken(original))
    assert against(flow_states.on_faces(Flow(), QUICK).margins) > 500
    # Inside the simplex both are right.
    assert against(flow_states.inside(Flow(), QUICK).margins) == 0


def test_states_lie_on_every_kind_of_face() -> None:
    g = torch.Generator().manual_seed(0)
    seen = set()
    for index in range(40):
        _, _, q = flow_states._draw(g, index, 100, logarithms=False)
        k = q.shape[-1]
        sizes = (q > 0).sum(-1)
        seen |= {(int(s), k) for s in sizes.flatten()}
        assert bool((q >= 0).all()) and torch.allclose(q.sum(-1), torch.ones(1, dtype=F64))
        assert (
            bool((sizes[::4] == 1).all()) and bool((sizes[1::4] == min(2, k)).all()) and bool((sizes[3::4] == k).all())
        )
    assert seen == {(s, k) for k in range(1, 6) for s in range(1, k + 1)}


def orders(margins: list[float]) -> Any:
    return torch.tensor(margins, dtype=F64) + flow_balance.LEAST_ORDER


def test_the_balance_notices_an_integrator_of_order_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def euler(energy: Any, state: Any, length: Any) -> Any:
        h = length[..., None, None]
        q = projections.nearest_on_simplex(state.q - h * state.slope_q)
        return evaluate(energy, state.prototypes - h * state.slope_prototypes, q), torch.zeros_like(length)

    monkeypatch.setattr(native, "load", lambda: None)
    healthy = flow_balance.balances(Flow(), QUICK).margins
    assert against(healthy) == 0
    monkeypatch.setattr(projected, "heun_step", euler)
    runs = flow_balance.balances(Flow(), QUICK).margins
    # The runs with logarithms have a step of their own.
    assert against(runs) == RUNS["quick"]
    assert float(orders(runs)[: RUNS["quick"]].median()) == pytest.approx(1.0, abs=0.05)


def test_the_balance_notices_a_dissipation_that_is_a_thousandth_off() -> None:
    assert against(flow_balance.balances(Flow(reported=1.001), QUICK).margins) > RUNS["quick"] / 2
    assert against(flow_balance.balances(Flow(clock=3.0), QUICK).margins) == 0


def test_what_the_balance_lacks_on_a_line() -> None:
    """k = n = d = 1, z = 0: p' = −2(1 + λ_P) p, so Heun's factor a and the trapezoidal rule give the amount in closed form."""
    weight, p = 0.5, 1.25
    energy = ReducedEnergy(z=torch.zeros(1, 1, 1, dtype=F64), weight=weight)
    problem = flow_balance.Problem(energy, torch.full((1, 1, 1), p, dtype=F64), torch.ones(1, 1, 1, dtype=F64))
    found = flow_balance._lacking(Flow(), problem, 2)
    count, longest = flow_balance._longest(problem)
    h, c = longest / 2, 1 + weight
    a = 1 - 2 * c * h + (2 * c * h) ** 2 / 2
    first = p**2 * c * (1 - a**2) - h / 2 * 4 * c**2 * p**2 * (1 + a**2)
    assert float(found.amount[0, 0]) == pytest.approx(first * (1 + a**2), rel=1e-9)
    assert found.amount.shape == (count, 1) and bool(found.steady.all())
    assert float(found.lost) == pytest.approx(c * p**2 * (1 - a ** (4 * count)), rel=1e-12)


def test_at_the_threshold_the_energy_does_not_bound_the_prototypes() -> None:
    """λ_P = k λ_sep: E is constant along P + t (0, 1, −1), and E = λ_sep ‖Σ p‖² + Σ q d."""
    z, q = torch.tensor([[0.5]], dtype=F64), torch.tensor([[1.0, 0.0, 0.0]], dtype=F64)
    energy = ReducedEnergy(z=z, separation=0.25, weight=0.75)
    p = torch.tensor([[0.5], [2.0], [1.0]], dtype=F64)
    away = torch.tensor([[0.0], [1.0], [-1.0]], dtype=F64)
    values = [float(energy.value(p + t * away, q)) for t in (0.0, 8.0, 1024.0)]
    assert values == pytest.approx([0.25 * 3.5**2] * 3, rel=1e-9)


def test_the_share_of_the_mean_in_fractions() -> None:
    """E − λ_sep ‖Σ p‖² = (λ_P − k λ_sep) ‖P‖² + Σ q d, by hand at one point and for the twin's witness."""
    z, p, q = (
        Fraction(1, 3),
        [Fraction(2), Fraction(-1, 2), Fraction(1)],
        [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)],
    )
    sep, weight = Fraction(3, 4), Fraction(5, 2)

    def parts(rows: list[Fraction]) -> tuple[Fraction, Fraction]:
        distances = sum(s * (z - v) ** 2 for s, v in zip(q, rows, strict=True))
        pairs = sum((rows[i] - rows[j]) ** 2 for i in range(3) for j in range(i))
        squares = sum(v**2 for v in rows)
        return distances - sep * pairs + weight * squares, (weight - 3 * sep) * squares + distances

    energy, right = parts(p)
    assert energy - sep * sum(p) ** 2 == right
    assert -6 + 2 * 2 == -2  # one λ_sep less: λ_sep = 1, λ_P = 2, P = (0, 1, −1), all of q on the first


def test_samples_at_the_origin_leave_a_continuum_of_kkt_points() -> None:
    g = torch.Generator().manual_seed(1)
    q = torch.softmax(torch.randn(50, 4, 3, generator=g, dtype=F64), -1)
    p = torch.zeros(50, 3, 2, dtype=F64)
    at_origin = ReducedEnergy(z=torch.zeros(4, 2, dtype=F64), separation=0.3, weight=1.2)
    assert bool((at_origin.kkt_residual(p, q) == 0).all())
    elsewhere = ReducedEnergy(z=torch.ones(4, 2, dtype=F64), separation=0.3, weight=1.2)
    assert float(elsewhere.kkt_residual(p, q).min()) > 1


def test_samples_at_the_origin_draw_the_prototypes_in_exponentially() -> None:
    """‖P(t)‖ ≤ e^{−2 (λ_P − k λ_sep) t} ‖P(0)‖ along runs, and the path of Q is no longer than ∫ √n ‖P‖² dt."""
    g = torch.Generator().manual_seed(2)
    n, k, d, sep = 4, 3, 2, 0.3
    gap = 0.25
    energy = ReducedEnergy(z=torch.zeros(n, d, dtype=F64), separation=sep, weight=k * sep + gap)
    p = torch.randn(20, k, d, generator=g, dtype=F64)
    q = torch.softmax(2 * torch.randn(20, n, k, generator=g, dtype=F64), -1)
    run = projected_gradient_flow(energy, p, q, horizon=4.0, step=2.0**-8)
    size = run.prototypes.square().sum((-2, -1))
    assert bool((size <= size[0] * torch.exp(-4 * gap * run.times) * (1 + 1e-3)).all())
    path = (run.q[1:] - run.q[:-1]).flatten(2).norm(dim=-1).sum(0)
    assert bool((path <= math.sqrt(n) * size[0] / (4 * gap) * (1 + 1e-3)).all())


def test_the_pull_on_centred_samples_by_autograd() -> None:
    g = torch.Generator().manual_seed(3)
    p = torch.randn(3, 2, generator=g, dtype=F64)
    q = torch.softmax(torch.randn(4, 3, generator=g, dtype=F64), -1)
    energy = ReducedEnergy(z=torch.zeros(4, 2, dtype=F64), separation=0.4, weight=1.7)
    inward = (energy.grad_prototypes(p, q) * p).sum() - 2 * (1.7 - 3 * 0.4) * p.square().sum()
    wanted = 2 * 0.4 * p.sum(0).square().sum() + 2 * (q.sum(0)[:, None] * p.square()).sum()
    assert float(inward) == pytest.approx(float(wanted), rel=1e-12)


def test_above_at_and_below_the_threshold() -> None:
    """Two prototypes without samples: their difference has the rate −2 (λ_P − k λ_sep), so runs below the threshold leave."""
    above, at, below = (
        flow_runs.bounded(Flow(weight), QUICK).margins for weight in ("coercive", "threshold", "positive")
    )
    assert (against(above), against(at)) == (0, 0)
    assert against(below) > len(below) / 4
    for weight, sign in (("coercive", 1), ("threshold", 0), ("positive", -1)):
        for problem in problems(Flow(weight), QUICK):
            k = problem.prototypes.shape[-2]
            gap = problem.energy.weight - k * problem.energy.separation
            assert (gap > 0) - (gap < 0) == sign


def test_runs_that_still_move_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    check = Dynamics(f"{flow_limits.__name__}:settles")
    statement = limits.BOUNDED.neighbours[0].statement
    assert statement.system == Flow("coercive")
    assert check.run(statement, QUICK).outcome is Outcome.SUPPORTS
    monkeypatch.setitem(flow_runs.LONG, "quick", 60)
    found = check.run(statement, QUICK)
    assert found.outcome is Outcome.UNDECIDED and not found.violated


def test_the_speed_on_a_face_by_hand() -> None:
    """z = 0, p = (1, 0), q = (1, 0): ∇_P E = (2, 0), −∇_q E = (−1, 0) projects to (−½, ½)."""
    energy = ReducedEnergy(z=torch.zeros(1, 1, dtype=F64))
    p, q = torch.tensor([[1.0], [0.0]], dtype=F64), torch.tensor([[1.0, 0.0]], dtype=F64)
    assert core.project_tangent_cone(-energy.grad_q(p, q), q).tolist() == [[-0.5, 0.5]]
    assert float(energy.kkt_residual(p, q)) ** 2 == pytest.approx(4.5, rel=1e-15)


@pytest.mark.parametrize("field, value", [("weight", "large"), ("cone", "ball")])
def test_a_flow_of_no_kind_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{field} must be one of .*; got '{value}'"):
        Flow(**{field: value})
