"""Numerical solutions of the flows (21) and (30) for one cell, against their closed forms over the whole time course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs

#: Allowed distance from the closed form, relative to the size of the start and the centroid plus 1.
TOLERANCE = 1e-6

#: Times at which they are compared; the largest eigenvalue of XᵀX is about 4.
TIMES = np.linspace(0.0, 5.0, 51)


@dataclass(frozen=True)
class Course:
    """The closed form that a run is held against.

    layer: "base" or "dual".  rate: factor of the exponents, 1 for the flows as they are.  kernel: share of the component of the start
    in ker X that stays, 1 for the flow (30).
    """

    layer: str
    rate: float = 1.0
    kernel: float = 1.0


def problems(settings: Settings) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Samples (n, d), masses in {0, 1} with at least one 1, and a generator's standard normal numbers (n + d)."""
    generator = np.random.default_rng(settings.stream)
    for run in range(settings.profile.trajectories):
        n, d = ((2, 3), (3, 2), (4, 1), (3, 3))[run % 4]
        z = generator.standard_normal((n, d))
        z *= 2 / np.linalg.norm(z, 2)
        a = (generator.random(n) < 0.6).astype(float)
        a[run % n] = 1.0
        yield z, a, generator.standard_normal(n + d)


def closed(system: Course, z: np.ndarray, mu: np.ndarray, start: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The state (times, size) at the times t."""
    if system.layer == "base":
        return mu + np.exp(-system.rate * t)[:, None] * (start - mu)
    values, vectors = np.linalg.eigh(z @ z.T)
    rest = np.linalg.pinv(z.T) @ mu
    coordinates = vectors.T @ (start - rest)
    null = values < 1e-10
    factors = np.exp(-system.rate * np.outer(t, np.where(null, 0.0, values)))
    return rest + (np.where(null, system.kernel, factors) * coordinates) @ vectors.T


def course(system: Course, settings: Settings) -> Runs:
    """TOLERANCE minus the largest distance of a numerical solution from the closed form, a margin a run."""
    from scipy.integrate import solve_ivp

    margins: list[float] = []
    for z, a, numbers in problems(settings):
        mu = a @ z / a.sum()
        start = numbers[: z.shape[1]] if system.layer == "base" else numbers[: z.shape[0]]

        def field(t: float, state: Any, z: Any = z, mu: Any = mu) -> Any:
            return mu - state if system.layer == "base" else -z @ (state @ z - mu)

        run = solve_ivp(field, (0.0, TIMES[-1]), start, t_eval=TIMES, method="DOP853", rtol=1e-10, atol=1e-12)
        if not run.success:
            raise RuntimeError(f"the integration ended at t = {run.t[-1]}: {run.message}")
        gap = np.abs(run.y.T - closed(system, z, mu, start, TIMES)).max()
        margins.append(TOLERANCE - float(gap / (1 + np.abs(start).max() + np.abs(mu).max())))
    return Runs(
        margins,
        "n ≤ 4, d ≤ 3, 0 ≤ t ≤ 5, float64",
        f"DOP853 at a relative tolerance of 1e-10, compared at {len(TIMES)} times; tolerance {TOLERANCE:g}",
    )
