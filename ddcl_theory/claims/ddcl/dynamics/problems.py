"""Random problems for the reduced flow, and what a statement about it says of the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: How λ_P is drawn: any positive number up to the threshold of coercivity and beyond, or only above the threshold.
WEIGHTS = ("positive", "coercive")


@dataclass(frozen=True)
class Flow:
    """The reduced flow (42)-(43) as a statement sees it.

    weight: which λ_P are drawn ("positive" or "coercive").  clock: time runs this many times slower; −1 reads every
    run backwards, which makes it a run of the ascending flow.  projected: whether the assignments are kept on the
    simplex.  reported: factor on the recorded dissipation.
    """

    weight: str = "coercive"
    clock: float = 1.0
    projected: bool = True
    reported: float = 1.0

    def __post_init__(self) -> None:
        if self.weight not in WEIGHTS:
            raise ValueError(f"weight must be one of {', '.join(WEIGHTS)}; got {self.weight!r}")


@dataclass(frozen=True, eq=False)
class Problem:
    """An energy and a batch of starting points: prototypes (b, k, d), q (b, n, k)."""

    energy: Any
    prototypes: Any
    q: Any

    @property
    def threshold(self) -> float:
        return float(self.energy.coercivity_threshold(self.prototypes.shape[-2]))


#: (n, k, d) of the problems, in turn.
SIZES = ((3, 2, 1), (4, 3, 2), (6, 3, 1), (5, 4, 3))

#: Runs of a problem with logarithms: their steps are some thirty times dearer.
MOST_WITH_LOGARITHMS = 2


def problems(system: Flow, trajectories: int, stream: int, logarithms: bool = True) -> Iterator[Problem]:
    """Two to four problems that share `trajectories`; starts lie inside, on faces and at vertices of the simplex.

    logarithms: whether the second problem has the balance and entropy terms.
    """
    import torch

    from ddcl_core.energy import ReducedEnergy
    from ddcl_core.functional.regularisers import pair_factor

    g = torch.Generator().manual_seed(stream)
    # A step costs nearly the same for any number of runs, so that few runs are best shared by few problems.
    chosen = SIZES[: max(2, min(len(SIZES), trajectories // 4))]
    share_of_each = max(1, trajectories // len(chosen))
    for index, (n, k, d) in enumerate(chosen):
        separation = float(0.2 + torch.rand((), generator=g, dtype=torch.float64))
        threshold = k * separation * pair_factor(k, "unordered")
        share = float(torch.rand((), generator=g, dtype=torch.float64))
        weight = threshold * (1.05 + share) if system.weight == "coercive" else threshold * (0.1 + 0.5 * share)
        logs = logarithms and index == 1
        each = min(share_of_each, MOST_WITH_LOGARITHMS) if logs else share_of_each
        energy = ReducedEnergy(
            z=torch.randn(each, n, d, generator=g, dtype=torch.float64),
            balance=0.3 if logs else 0.0,
            entropy=0.2 if logs else 0.0,
            separation=separation,
            weight=weight,
        )
        prototypes = torch.randn(each, k, d, generator=g, dtype=torch.float64)
        share_q = torch.softmax(2 * torch.randn(each, n, k, generator=g, dtype=torch.float64), -1)
        if not logs:
            keep = torch.rand(each, n, k, generator=g, dtype=torch.float64) > 0.4
            keep = keep | (share_q == share_q.amax(-1, keepdim=True))
            share_q = share_q * keep
            share_q = share_q / share_q.sum(-1, keepdim=True)
        yield Problem(energy, prototypes, share_q)
