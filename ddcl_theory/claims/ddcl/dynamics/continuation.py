"""Equilibria of training continued in T, from total collapse through its bifurcation down to small T."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.claims.ddcl.dynamics.kinds import Fields, Kind, collapse, jacobian, samples, velocity

#: Prototypes, samples and dimensions (k, n, d) of the problems.
SIZES = (3, 6, 2)
#: Highest and lowest temperature of a branch.
RANGE = (5.0, 0.1)
#: A state is at rest below this speed; it is stable if no eigenvalue has a real part above the other.
REST, STABLE = 1e-9, 1e-7
#: No step of the corrector is longer than this, in the largest entry.
LONGEST = 0.3


@dataclass
class Branch:
    """A branch of equilibria: per temperature the state (b, s), its Jacobian (b, s, s), which of the b states are at rest and
    stable, and which of the collapsed states are unstable there.
    """

    temperatures: list[float] = field(default_factory=list)
    states: list[Any] = field(default_factory=list)
    jacobians: list[Any] = field(default_factory=list)
    settled: list[Any] = field(default_factory=list)
    collapse_unstable: list[Any] = field(default_factory=list)


def growth(j: Any) -> tuple[Any, Any]:
    """The largest real part (b,) and its eigenvector's real part (b, s)."""
    import torch

    values, vectors = torch.linalg.eig(j)
    top = values.real.argmax(-1)
    chosen = vectors.gather(-1, top[:, None, None].expand(-1, vectors.shape[1], 1))[..., 0].real
    return values.real.amax(-1), chosen


def settled(kind: Kind, x: Any, k: int, temperature: float, state: Any, rounds: int) -> tuple[Any, Any]:
    """(stable state, Jacobian there): Newton's method where nothing grows, implicit steps along the flow elsewhere.

    An implicit step of length h solves (1/h − J) δ = v.  With h at most half of the fastest growth time it follows
    the flow away from saddles, which Newton's method would be drawn to.  1/h contains the speed, which keeps steps along
    flat directions short (W has some) and vanishes at rest.
    """
    import torch

    plain, eye = Fields(), torch.eye(state.shape[1], dtype=state.dtype)
    j = jacobian(kind, plain, x, k, temperature, state)
    for _ in range(rounds):
        v = velocity(kind, plain, x, k, temperature, state)
        rate, _ = growth(j)
        if float(v.abs().max()) < REST / 100 and float(rate.max()) < STABLE:
            break
        inverse = torch.where(rate > STABLE, 2 * rate, 0.0) + v.abs().amax(-1) + 1e-10
        step = torch.linalg.solve(inverse[:, None, None] * eye - j, v[..., None])[..., 0]
        state = state + step * (LONGEST / step.abs().amax(-1, keepdim=True).clamp_min(LONGEST))
        j = jacobian(kind, plain, x, k, temperature, state)
    return state, j


@functools.lru_cache(maxsize=64)
def continued(kind: Kind, batch: int, points: int, seed: int) -> tuple[Any, Branch]:
    """(data, the branches of stable equilibria from collapse down the temperatures), one a data set.

    Predictor: the secant over one step of the grid.  Corrector: `settled`.  Where a branch has turned unstable it is left
    along its growing direction, with a small random part against accidental symmetry.
    """
    import torch

    generator = torch.Generator().manual_seed(Settings(seed=seed).at("continuation", kind.name).stream)
    x, k = samples(batch, SIZES[1], SIZES[2], generator), SIZES[0]
    high, low = RANGE
    temperatures = [high * (low / high) ** (i / (points - 1)) for i in range(points)]
    branch = Branch()
    state = before = collapse(kind, x, k)
    for temperature in temperatures:
        at_collapse = collapse(kind, x, k)
        branch.collapse_unstable.append(growth(jacobian(kind, Fields(), x, k, temperature, at_collapse))[0] > STABLE)
        guess = 2 * state - before
        rate, direction = growth(jacobian(kind, Fields(), x, k, temperature, guess))
        noise = torch.randn(state.shape, generator=generator, dtype=state.dtype)
        pushed = guess + 0.05 * direction + 0.01 * noise
        new, j = settled(kind, x, k, temperature, torch.where((rate > STABLE)[:, None], pushed, guess), 60)
        before, state = torch.where((rate > STABLE)[:, None], new, state), new
        speed = velocity(kind, Fields(), x, k, temperature, state).abs().amax(-1)
        branch.temperatures.append(temperature)
        branch.states.append(state)
        branch.jacobians.append(j)
        branch.settled.append((speed < REST) & (growth(j)[0] < STABLE))
    return x, branch
