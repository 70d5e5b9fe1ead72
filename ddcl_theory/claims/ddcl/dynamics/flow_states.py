"""The dissipation identity state by state: three numbers that must agree, at vertices, edges, faces and inside.

At a state (P, Q) these are minus the rate of E along the velocities that `ddcl_core` gives, by reverse-mode
differentiation of (41) as it is written here; the square of the speed that `ddcl_core` reports; and the squared distance
of −∇E from the normal cone of the simplex, which is the largest rate at which E can fall along a feasible direction of
length 1, squared.  The identity alone would not tell the tangent cone from a subspace: any orthogonal projection v of g
has ⟨g, v⟩ = ‖v‖².
"""

from __future__ import annotations

from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs
from ddcl_theory.claims.ddcl.dynamics.problems import Flow

#: Allowed difference of the three numbers, relative to Σ |∂_i E| |v_i|, the size of the products that add up to the rate.
STATE_TOLERANCE = 1e-12

#: States examined, in units of the float cases of the profile, and at most.
ON_FACES, INSIDE, MOST_STATES = 10, 3, 1_000_000

#: Sets of sizes and coefficients at least, and states with one such set at most.
BATCHES, LARGEST_BATCH = 40, 2_500

LARGEST_N, LARGEST_K, LARGEST_D = 6, 5, 3


def on_faces(system: Flow, settings: Settings) -> Runs:
    """States on every kind of face, without the terms in log q."""
    return _states(system, settings, logarithms=False)


def inside(system: Flow, settings: Settings) -> Runs:
    """States with all q_nj > 0, with every term of E."""
    return _states(system, settings, logarithms=True)


def _states(system: Flow, settings: Settings, logarithms: bool) -> Runs:
    import torch

    wanted = min((INSIDE if logarithms else ON_FACES) * settings.profile.sampled, MOST_STATES)
    generator = torch.Generator().manual_seed(settings.at("states").stream)
    worst: list[Any] = []
    touching = 0
    each = min(-(-wanted // BATCHES), LARGEST_BATCH)
    for index in range(-(-wanted // each)):
        energy, p, q = _draw(generator, index, min(each, wanted - index * each), logarithms)
        touching += int((q == 0).any(-1).any(-1).sum())
        worst.append(_disagreement(system, energy, p, q))
    errors = torch.cat(worst)
    margins = (STATE_TOLERANCE - errors).tolist()
    where = "all inside" if logarithms else f"{touching} of them on a face"
    detail = (
        f"rate of E, squared speed and squared distance of −∇E from the normal cone agree to {float(errors.max()):.2g} "
        f"(median {float(errors.median()):.2g}) of Σ |∂_i E| |v_i|; allowed {STATE_TOLERANCE:g}"
    )
    scope = f"{len(margins)} states, {where}, n ≤ {LARGEST_N}, k ≤ {LARGEST_K}, d ≤ {LARGEST_D}, float64"
    return Runs(margins, scope, detail)


def _draw(generator: Any, index: int, cases: int, logarithms: bool) -> tuple[Any, Any, Any]:
    """An energy and states: prototypes (cases, k, d), q (cases, n, k); rows lie at vertices, on edges, faces, inside."""
    import torch

    from ddcl_core.energy import ReducedEnergy

    def uniform(*shape: int) -> Any:
        return torch.rand(shape, generator=generator, dtype=torch.float64)

    n, k, d = 1 + index % LARGEST_N, 1 + (index // 2) % LARGEST_K, 1 + index % LARGEST_D
    scale = float(10 ** (4 * uniform() - 2))
    separation = float(2 * uniform())
    q = torch.softmax(3 * torch.randn(cases, n, k, generator=generator, dtype=torch.float64), -1)
    if not logarithms:
        # A quarter of the states each: vertices, edges, rows on faces of their own, all of the simplex.
        kind = (torch.arange(cases) % 4)[:, None, None]
        carried = 1 + torch.floor(k * uniform(cases, n, 1))
        size = torch.where(kind == 0, 1.0, torch.where(kind == 1, 2.0, torch.where(kind == 2, carried, float(k))))
        q = q * (uniform(cases, n, k).argsort(-1).argsort(-1) < size)
        q = q / q.sum(-1, keepdim=True)
    energy = ReducedEnergy(
        z=scale * torch.randn(cases, n, d, generator=generator, dtype=torch.float64),
        balance=float(uniform()) if logarithms else 0.0,
        entropy=float(2 * uniform() - 1) if logarithms else 0.0,
        separation=separation,
        weight=float(2 * uniform()) * k * separation,
    )
    return energy, scale * torch.randn(cases, k, d, generator=generator, dtype=torch.float64), q


def _disagreement(system: Flow, energy: Any, p: Any, q: Any) -> Any:
    """The largest difference of the three numbers, relative; 1 where a velocity leaves the tangent cone."""
    import torch

    from ddcl_core.functional import project_tangent_cone

    slope_p, slope_q = _slopes(energy, p, q)
    motion_p, push = -energy.grad_prototypes(p, q), -energy.grad_q(p, q)
    if system.cone == "cone":
        motion_q = project_tangent_cone(push, q)
    else:
        moving = torch.ones_like(q) if system.cone == "space" else (q > 0).to(q.dtype)
        motion_q = moving * (push - (moving * push).sum(-1, keepdim=True) / moving.sum(-1, keepdim=True))
    products = torch.cat([(slope_p * motion_p).flatten(1), (slope_q * motion_q).flatten(1)], -1) / system.clock
    rate, size = -products.sum(-1), products.abs().sum(-1)
    speed = energy.kkt_residual(p, q).square() * system.reported / system.clock
    steepest = (slope_p.square().sum((-2, -1)) + _steepest(-slope_q, q)) / system.clock
    numbers = torch.stack([rate, speed, steepest])
    spread = numbers.amax(0) - numbers.amin(0)
    relative = torch.where(spread == 0, torch.zeros_like(spread), spread / size)
    outside = (((q == 0) & (motion_q < 0)).any(-1) | (motion_q.sum(-1).abs() > 1e-12 * push.abs().sum(-1))).any(-1)
    return torch.where(outside, torch.ones_like(relative), relative)


def _slopes(energy: Any, p: Any, q: Any) -> tuple[Any, Any]:
    """∇_P E and ∇_Q E of (41), by reverse-mode differentiation."""
    import torch

    p, q = p.clone().requires_grad_(), q.clone().requires_grad_()
    k = p.shape[-2]
    value = (q * (energy.z[:, :, None] - p[:, None]).square().sum(-1)).sum() + energy.weight * p.square().sum()
    value = value - energy.separation * (p[:, :, None] - p[:, None]).square().sum() / 2
    if energy.balance or energy.entropy:
        share = q.mean(-2)
        value = value + energy.balance * (share * (k * share).log()).sum()
        value = value + energy.entropy * (q * q.log()).sum() / q.shape[-2]
    slope_p, slope_q = torch.autograd.grad(value, (p, q))
    return slope_p, slope_q


def _steepest(push: Any, q: Any) -> Any:
    """Σ_n min_ν ‖g_n − ν‖², ν_j = μ where q_nj > 0 and ν_j ≤ μ where q_nj = 0: squared distances to the normal cones."""
    import torch

    on = q > 0
    held = torch.where(on, -torch.inf, push).sort(-1, descending=True).values
    zero = torch.zeros_like(push)
    inner, count = torch.where(on, push, zero).sum(-1, keepdim=True), on.sum(-1, keepdim=True)
    more = torch.where(held > -torch.inf, held, zero).cumsum(-1)
    ranks = torch.arange(1, q.shape[-1] + 1, dtype=q.dtype)
    # Adding an entry above the mean raises the mean, so the best μ is the largest mean over the sets that hold the support.
    means = torch.where(held > -torch.inf, (inner + more) / (count + ranks), -torch.inf)
    mu = torch.maximum(inner / count, means.amax(-1, keepdim=True))
    left = torch.where(on, push - mu, (push - mu).clamp(min=0))
    return left.square().sum((-2, -1))
