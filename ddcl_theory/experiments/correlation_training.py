"""The correlation of D_P and U_q, one run: with dynamics, without, at collapse, and after a disturbance.

Gradient descent of L_q on free prototypes as in Block 1, on Moons with k = 2 at a fixed temperature.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.functional.training import prototype_gradient
from ddcl_core.monitors.measurements import uncertainty
from ddcl_theory.experiments.block1_training import EPOCHS, RATE, data, pearson
from ddcl_theory.experiments.block1_training import start as start_of
from ddcl_theory.experiments.protocol import Cell, Metrics

#: D_P below this part of the data's variance is collapse.
COLLAPSED = 1e-3
#: Epochs before the state at rest is disturbed, and after it; the part by which D_P is changed.
SETTLING, RETURNING, PUSH = 500, 300, 0.1
#: Epochs between two recorded points of a curve.
STRIDE = 4


def points(cell: Cell) -> Tensor:
    """Standardised Moons (n, 2), drawn with the replicate."""
    x, _ = data("moons", cell.seed, standardised=True)
    return torch.from_numpy(x).to(cell.device, torch.float32 if cell.device == "mps" else torch.float64)


def separation(prototypes: Tensor) -> Tensor:
    """D_P (35), the mean squared distance over pairs: (..., k, d) -> (...)."""
    return -core.separation(prototypes, "mean")


def run(cell: Cell) -> Metrics:
    """Pearson of D_P and U_q over 200 epochs on Moons, with dynamics and without.

    Without: the first prototypes scaled about their mean so that D_P takes the very values that it took in training.
    Afterwards the end of a longer run is disturbed in the same way, and trained on.
    """
    z, t = points(cell), float(cell["T"])
    p = start_of(z, 2, str(cell["init"]), cell.seed)
    path = trained(z, p, cell, EPOCHS, t)
    spread = separation(path)
    with_dynamics, without = (_uncertainty(z, states, cell, t) for states in (path, rescaled(p, spread)))
    total = float(z.var(0, unbiased=False).sum())
    back = returned(z, path[-1], cell, t)
    return {
        "correlation": pearson(spread, with_dynamics),
        "rescaled": pearson(spread, without),
        "separation": float(spread[-1]) / total,
        "collapsed": float(spread[-1]) < COLLAPSED * total,
        "return": back,
        "separation_over_epochs": [round(float(v) / total, 6) for v in spread[::STRIDE]],
        "uncertainty_over_epochs": [round(float(v), 6) for v in with_dynamics[::STRIDE]],
        "uncertainty_rescaled": [round(float(v), 6) for v in without[::STRIDE]],
    }


def rescaled(prototypes: Tensor, spread: Tensor) -> Tensor:
    """The prototypes (k, d) scaled about their mean to each value of D_P in `spread` (r,): (r, k, d)."""
    middle = prototypes.mean(0)
    factors = (spread / separation(prototypes)).sqrt()
    return middle + factors[:, None, None] * (prototypes - middle)


def trained(z: Tensor, prototypes: Tensor, cell: Cell, epochs: int, temperature: float) -> Tensor:
    """Prototypes after each epoch of L_q (epochs + 1, k, d)."""
    path = [prototypes]
    for _ in range(epochs):
        g = prototype_gradient(
            z, path[-1], temperature, "quantization", str(cell["gradient"]), "mean", str(cell["convention"])
        )
        path.append(path[-1] - RATE * g)
    return torch.stack(path)


def _uncertainty(z: Tensor, states: Tensor, cell: Cell, t: float) -> Tensor:
    """U_q (37) averaged over the samples, for each state."""
    return uncertainty(core.soft_assignment(z, states, t, convention=str(cell["convention"]))).mean(-1)


def returned(z: Tensor, prototypes: Tensor, cell: Cell, t: float) -> float | None:
    """The part of a change of D_P by ± PUSH at rest that training takes back, the worse of both signs.

    None where there is no D_P left to be changed.
    """
    rest = trained(z, prototypes, cell, SETTLING, t)[-1]
    level = float(separation(rest))
    if level < COLLAPSED * float(z.var(0, unbiased=False).sum()):
        return None
    middle, parts = rest.mean(0), []
    for factor in (1 + PUSH, 1 - PUSH):
        pushed = middle + math.sqrt(factor) * (rest - middle)
        ends = [float(separation(trained(z, p, cell, RETURNING, t)[-1])) for p in (pushed, rest)]
        parts.append(1 - abs(ends[0] - ends[1]) / (PUSH * level))
    return min(parts)
