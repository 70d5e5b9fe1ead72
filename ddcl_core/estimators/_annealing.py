"""The temperatures of a data set, and annealing between them.

Above the critical temperature of :mod:`ddcl_core.monitors.critical` all prototypes collapse into one, below it they
part along the main axis. The same holds in each cluster for the prototypes that share it, so the largest variance of
the data tells how hot to start, and the largest variance inside the clusters how cold is cold enough.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ddcl_core.baselines.kmeans import nearest_centres
from ddcl_core.estimators._descent import Descent, State
from ddcl_core.functional._kernels import squared_distances
from ddcl_core.monitors.critical import from_eigenvalue
from ddcl_core.objective import DDCLLoss

# "auto": the final temperature is this part of the stop-gradient critical temperature of what is inside the clusters.
COLD = 0.25
# A floor for it, in units of the total variance, where the samples lie on the prototypes.
COLDEST = 1e-6
COOLING = 0.85
PASSES = {"free": 3, "native": 10}
# Prototypes nearer than this part of sqrt(T) count as one; how often they are parted, and for how long.
NEAR, ROUNDS, PARTING = 1e-2, 3, 5
# The temperature has arrived when it is within this factor of the end.
CLOSE = 1.02
POWER_STEPS = 60
REFRESH_STEPS = 8


def largest_variance(z: Tensor, start: Tensor, steps: int = POWER_STEPS) -> tuple[float, Tensor]:
    """Largest eigenvalue of z^T z / n by power iteration, from below, and the direction (d,) reached."""
    vector, value = start / start.norm().clamp(min=torch.finfo(start.dtype).tiny), 0.0
    for _ in range(steps):
        image = z.mT @ (z @ vector) / len(z)
        value = float(image.norm())
        if value == 0:
            break
        vector = image / value
    return value, vector


def cold_temperature(z: Tensor, prototypes: Tensor, convention: str, start: Tensor) -> tuple[float, Tensor]:
    """The final T of "auto" for the present clusters, and the direction to continue from.

    z has unit total variance.
    """
    labels, _ = nearest_centres(z, prototypes)
    inside = z - prototypes[labels]
    # The direction of before, with a part of a residual, in case it has become orthogonal to what is left.
    probe = start + 0.1 * inside[inside.square().sum(-1).argmax()]
    value, vector = largest_variance(inside, probe, REFRESH_STEPS)
    stopped = DDCLLoss(assignments="stopped", convention=convention)
    return max(COLD * from_eigenvalue(value, stopped, len(prototypes)), COLDEST), vector


def anneal(
    descent: Descent, state: State, start: float, target: float | None, direction: Tensor, convention: str
) -> float:
    """Cool from T = ``start`` to ``target`` (None: :func:`cold_temperature`, followed as it falls); returns the end.

    Prototypes that have become one stay one when it would have turned unstable, for want of a difference that could
    grow; at the end they are parted, and given time to move away, a few times at most.
    """
    passes = PASSES["free" if state.weights is None else "native"]
    temperature, rounds = start, ROUNDS
    while True:
        if target is None:
            end, direction = cold_temperature(descent.z, state.prototypes, convention, direction)
        else:
            end = target
        temperature = max(temperature, end)
        for _ in range(passes):
            descent.run(state, temperature)
        # The automatic end falls on a little for as long as the prototypes move; chasing it would never end.
        if temperature > CLOSE * end:
            temperature = max(COOLING * temperature, end)
        elif rounds > 0 and part(descent, state, temperature):
            rounds -= 1
            for _ in range(PARTING * passes):
                descent.run(state, temperature)
        else:
            return temperature


def part(descent: Descent, state: State, temperature: float) -> bool:
    """Move prototypes that coincide with one before them a little towards a sample of theirs; False if none does."""
    z, prototypes = descent.z, state.prototypes
    apart = squared_distances(prototypes, prototypes)
    close = (apart <= NEAR**2 * temperature).tril(-1)
    seconds = close.any(-1).nonzero().squeeze(-1).tolist()
    if not seconds:
        return False
    labels, moved = nearest_centres(z, prototypes)[0], False
    for second in seconds:
        members = (labels == int(close[second].nonzero()[0])).nonzero().squeeze(-1)
        if len(members) == 0:
            continue
        chosen = int(members[int(torch.randint(len(members), (), generator=descent.generator))])
        way = float((z[chosen] - prototypes[second]).norm())
        if way > 0:
            share = min(1.0, NEAR * math.sqrt(temperature) / way)
            state.pull(second, z, chosen, share)
            moved = True
    return moved
