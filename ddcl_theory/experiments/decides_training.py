"""What decides, one run: collapse in training over temperature, and what V does to the separation.

Gradient descent on free prototypes, the temperature fixed; stopped and full gradients in closed form.  A run of the
phase diagram trains at all temperatures at once, one trajectory each.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.functional.training import prototype_gradient
from ddcl_theory.experiments.block1_training import data as block1_data
from ddcl_theory.experiments.block1_training import start as samples_start
from ddcl_theory.experiments.protocol import Cell, Metrics

SAMPLES = 300
#: Variances along the axes of the Gaussian data.
SPECTRA = {"round": (1.0, 1.0), "elongated": (4.0, 1.0), "ten axes": tuple(0.7**i for i in range(10))}
#: T in units of the largest variance λ (with d/2T: of λ/2), on both sides of the thresholds 2 and 4.
RATIOS = (0.5, 1.0, 1.5, 1.9, 2.1, 2.5, 3.0, 3.5, 3.8, 4.2, 5.0, 8.0, 16.0)
#: Epochs of the phase diagram, whole and short, and its learning rate for each prototype's weight 1/k near the mean.
PHASE_EPOCHS, PHASE_RATE = {"whole": 300, "short": 200}, 0.2
#: Distance of the start near the mean, in units of the data's spread.
NEAR = 1e-3
#: D_P below this part of the data's variance at the end of a run from afar is collapse.
COLLAPSED = 1e-3
#: A prototype this far out has diverged.
FAR = 1e6
#: Epochs and learning rate on Moons, those of Block 1.
EPOCHS, RATE = 200, 0.1
#: Steps of V alone are this small, so that the rate of the flow can be read off them.
V_RATE = 1e-3
#: Epochs between two recorded points of a curve.
STRIDE = 4


class Way(NamedTuple):
    """What an arm descends, and what its assignments are."""

    loss: str
    q: str


WAYS = {
    "L_q, stopped": Way("quantization", "stopped"),
    "L_q, full": Way("quantization", "full"),
    "L_q, free": Way("quantization", "free"),
    "L_q, fixed": Way("quantization", "fixed"),
    "L_OLS, stopped": Way("ols", "stopped"),
    "L_OLS, full": Way("ols", "full"),
    "L_OLS, free": Way("ols", "free"),
}
#: Arms that descend V and nothing else, with what becomes of q.
ALONE = {"V, stopped": "stopped", "V, full": "full"}


def run(cell: Cell) -> Metrics:
    """Train and measure one cell."""
    if cell.arm in WAYS:
        return phase(cell)
    if cell.arm in ALONE:
        return variance_alone(cell)
    return mixture(cell)


def points(name: str, cell: Cell) -> Tensor:
    """Samples (n, d): Block 1's standardised Moons, or Gaussian ones whose variances are those of the name."""
    if name == "moons":
        x, _ = block1_data("moons", cell.seed, standardised=True)
    else:
        spread = np.sqrt(SPECTRA[name])
        x = np.random.default_rng([cell.seed, 2]).normal(size=(SAMPLES, len(spread))) * spread
    return torch.from_numpy(x).to(cell.device, torch.float32 if cell.device == "mps" else torch.float64)


def separation(prototypes: Tensor) -> Tensor:
    """D_P (35), the mean squared distance over pairs: (..., k, d) -> (...)."""
    return -core.separation(prototypes, "mean")


def largest_variance(z: Tensor) -> float:
    """The largest eigenvalue of the covariance of z (n, d), divisor n."""
    centred = z - z.mean(0)
    return float(torch.linalg.eigvalsh(centred.mT @ centred / len(z))[-1])


def phase(cell: Cell) -> Metrics:
    """Which of the runs at RATIOS · λ end with the prototypes apart, from a start near the mean or at samples.

    None for a run that diverges.
    """
    z, k = points(str(cell["data"]), cell), int(cell["k"])
    convention = str(cell["convention"])
    scale = largest_variance(z) * CONVENTIONS[convention]
    temperatures = scale * torch.tensor(RATIOS, dtype=z.dtype, device=z.device)[:, None, None]
    near = cell["start"] == "near the mean"
    first = near_the_mean(z, k, cell.seed) if near else samples_start(z, k, "samples", cell.seed)
    prototypes = first.expand(len(RATIOS), *first.shape).clone()
    assignments = core.soft_assignment(z, prototypes, temperatures, convention=convention)
    if WAYS[cell.arm].q == "fixed":
        assignments = torch.full_like(assignments, 1 / k)
    inside = torch.ones(len(RATIOS), dtype=torch.bool, device=z.device)
    for _ in range(PHASE_EPOCHS[str(cell["diagram"])]):
        moved, changed = step(z, prototypes, assignments, temperatures, WAYS[cell.arm], k, convention)
        # Not a number compares as false, so that a run that left the numbers stays where it was last among them.
        inside &= (moved.abs() < FAR).flatten(1).all(1)
        prototypes = torch.where(inside[:, None, None], moved, prototypes)
        assignments = torch.where(inside[:, None, None], changed, assignments)
    least = separation(first) if near else COLLAPSED * z.var(0, unbiased=False).sum()
    apart = separation(prototypes) > least
    ends = zip(RATIOS, apart.tolist(), inside.tolist(), strict=True)
    return {f"apart at {ratio:g}": a if ended else None for ratio, a, ended in ends}


def near_the_mean(z: Tensor, k: int, seed: int) -> Tensor:
    """Prototypes (k, d) at the mean but for Gaussian noise of the size NEAR; their own mean is that of the data."""
    noise = torch.from_numpy(np.random.default_rng([seed, 3]).normal(size=(k, z.shape[1]))).to(z)
    spread = z.std(0, unbiased=False).norm() / math.sqrt(z.shape[1])
    near: Tensor = z.mean(0) + NEAR * spread * (noise - noise.mean(0))
    return near


def step(
    z: Tensor, prototypes: Tensor, assignments: Tensor, temperatures: Tensor, way: Way, k: int, convention: str
) -> tuple[Tensor, Tensor]:
    """Prototypes (r, k, d) and assignments (r, n, k) after one epoch.

    Free assignments follow (43) at the same time and rate, each sample's as if the loss were its own.
    """
    rate = PHASE_RATE * k
    if way.q in ("stopped", "full"):
        gradient = prototype_gradient(z, prototypes, temperatures, way.loss, way.q, "mean", convention)
        return prototypes - rate * gradient, assignments
    mixed = assignments.mT @ z / len(z)
    if way.loss == "quantization":
        gradient = 2 * (assignments.mean(-2)[..., None] * prototypes - mixed)
        slope = core.squared_distances(z.expand(len(prototypes), *z.shape), prototypes)
    else:
        error = z - assignments @ prototypes
        gradient = -2 * assignments.mT @ error / len(z)
        slope = -2 * error @ prototypes.mT
    if way.q == "free":
        assignments = core.project_simplex(assignments - PHASE_RATE * slope)
    return prototypes - rate * gradient, assignments


def variance_alone(cell: Cell) -> Metrics:
    """Descent on V alone, on Moons from samples: how D_P moves.

    At fixed q the flow of −∇V changes Σ_{i<j} |p_i − p_j|² at the rate −4kV; rate_error is the largest relative distance
    of a step from it.
    """
    z, t, k = points("moons", cell), float(cell["T"]), int(cell["k"])
    p = samples_start(z, k, "samples", cell.seed)
    convention, mode = str(cell["convention"]), ALONE[cell.arm]
    pairs = k * (k - 1) / 2
    falls, worst, series = True, 0.0, [float(separation(p))]
    for _ in range(EPOCHS):
        v = core.prototype_variance(z, p, core.soft_assignment(z, p, t, convention=convention))
        moved = p - V_RATE * prototype_gradient(z, p, t, "variance", mode, "mean", convention)
        before, after = (pairs * float(separation(x)) for x in (p, moved))
        rate, predicted = (after - before) / V_RATE, -4 * k * float(v)
        worst = max(worst, abs(rate - predicted) / abs(predicted))
        falls &= after < before
        p = moved
        series.append(after / pairs)
    return {
        "falls": falls,
        "rate_error": worst,
        "growth": math.log(series[-1] / series[0]),
        "separation_over_epochs": [round(v / series[0], 6) for v in series[::STRIDE]],
    }


def mixture(cell: Cell) -> Metrics:
    """D_P at the end of 200 epochs of L_OLS + c V on Moons, in units of the data's variance."""
    z, t, c = points("moons", cell), float(cell["T"]), float(cell["c"])
    p = samples_start(z, int(cell["k"]), "samples", cell.seed)
    convention, mode = str(cell["convention"]), str(cell["gradient"])
    for _ in range(EPOCHS):
        ols, variance = (prototype_gradient(z, p, t, name, mode, "mean", convention) for name in ("ols", "variance"))
        p = p - RATE * (ols + c * variance)
    return {"separation": float(separation(p)) / float(z.var(0, unbiased=False).sum())}
