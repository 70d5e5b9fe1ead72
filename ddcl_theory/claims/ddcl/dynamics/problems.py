"""Random problems for the reduced flow, and what a statement about it says of the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Settings

#: How λ_P is drawn: any positive number below k λ_sep, k λ_sep itself, or only above it.
WEIGHTS = ("positive", "threshold", "coercive")

#: Where −∇_q E is projected: onto the tangent cone of the simplex, onto the space Σ_j v_j = 0, or onto the tangent
#: space of the face, whose absent prototypes then never come back.
CONES = ("cone", "space", "face")


@dataclass(frozen=True)
class Flow:
    """The reduced flow (42)-(43) as a statement sees it.

    weight: which λ_P are drawn, one of `WEIGHTS`.  clock: time runs this many times slower; −1 reads every
    run backwards, which makes it a run of the ascending flow.  projected: whether the assignments are kept on the
    simplex.  reported: factor on the recorded dissipation.  cone: one of `CONES`.
    """

    weight: str = "coercive"
    clock: float = 1.0
    projected: bool = True
    reported: float = 1.0
    cone: str = "cone"

    def __post_init__(self) -> None:
        for name, accepted in (("weight", WEIGHTS), ("cone", CONES)):
            if getattr(self, name) not in accepted:
                raise ValueError(f"{name} must be one of {', '.join(accepted)}; got {getattr(self, name)!r}")


@dataclass(frozen=True, eq=False)
class Problem:
    """An energy and a batch of starting points: prototypes (b, k, d), q (b, n, k)."""

    energy: Any
    prototypes: Any
    q: Any

    @property
    def threshold(self) -> float:
        return float(self.energy.coercivity_threshold(self.prototypes.shape[-2]))

    @property
    def curvature(self) -> float:
        """Half a bound on the curvature of E in P, over all Q: the unit of 1 / step."""
        n, k = self.q.shape[-2:]
        return float(n + self.energy.weight + k * self.energy.separation)


#: (n, k, d) of the problems, in turn.
SIZES = ((3, 2, 1), (4, 3, 2), (6, 3, 1), (5, 4, 3))

#: Runs by profile: many more than its `trajectories`, because a flow moves a batch at nearly the price of one.
RUNS = {"quick": 128, "standard": 1_024, "thorough": 10_000}

#: What the problems look like, for the scope of evidence.
EXTENT = "n ≤ 6, k ≤ 4, d ≤ 3, float64"

#: Runs with logarithms: their steps are some thirty times dearer.
MOST_WITH_LOGARITHMS = 500


def problems(system: Flow, settings: Settings) -> Iterator[Problem]:
    """Two to four problems without logarithms that share `RUNS`; starts lie inside, on faces and at vertices."""
    import torch

    g = torch.Generator().manual_seed(settings.at("problems").stream)
    # A step costs nearly the same for any number of runs, so that few runs are best shared by few problems.
    chosen = SIZES[: max(2, min(len(SIZES), settings.profile.trajectories // 4))]
    each = RUNS[settings.profile.name] // len(chosen)
    for n, k, d in chosen:
        separation = 0.2 + _uniform(g)
        energy = _energy(g, (each, n, d), separation, _weight(system, k * separation, _uniform(g)))
        prototypes = torch.randn(each, k, d, generator=g, dtype=torch.float64)
        q = torch.softmax(2 * torch.randn(each, n, k, generator=g, dtype=torch.float64), -1)
        keep = torch.rand(each, n, k, generator=g, dtype=torch.float64) > 0.4
        q = q * (keep | (q == q.amax(-1, keepdim=True)))
        yield Problem(energy, prototypes, q / q.sum(-1, keepdim=True))


def with_logarithms(system: Flow, settings: Settings) -> Problem:
    """One problem with the balance and entropy terms; starts lie well inside the simplex."""
    import torch

    g = torch.Generator().manual_seed(settings.at("with logarithms").stream)
    n, k, d = SIZES[1]
    each = min(2 * settings.profile.trajectories, MOST_WITH_LOGARITHMS)
    separation = 0.2 + _uniform(g)
    weight = _weight(system, k * separation, _uniform(g))
    energy = _energy(g, (each, n, d), separation, weight, balance=0.3, entropy=0.2)
    prototypes = torch.randn(each, k, d, generator=g, dtype=torch.float64)
    return Problem(
        energy, prototypes, torch.softmax(0.5 * torch.randn(each, n, k, generator=g, dtype=torch.float64), -1)
    )


def _uniform(generator: Any) -> float:
    import torch

    return float(torch.rand((), generator=generator, dtype=torch.float64))


def _weight(system: Flow, threshold: float, share: float) -> float:
    """λ_P from 1.05 to 2.05 times k λ_sep, k λ_sep, or from 0.1 to 0.6 times k λ_sep."""
    if system.weight == "threshold":
        return threshold
    return threshold * (1.05 + share if system.weight == "coercive" else 0.1 + 0.5 * share)


def _energy(generator: Any, shape: tuple[int, ...], separation: float, weight: float, **more: float) -> Any:
    import torch

    from ddcl_core.energy import ReducedEnergy

    z = torch.randn(shape, generator=generator, dtype=torch.float64)
    return ReducedEnergy(z=z, separation=separation, weight=weight, **more)
