"""Block 1, one run: two-dimensional data, prototypes trained by L_q or L_OLS, what is measured on the way.

The path of the prototypes is recorded first and measured afterwards, all epochs at once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.functional.training import prototype_gradient
from ddcl_core.metrics import score_clustering
from ddcl_theory.experiments.protocol import Cell, Metrics

SAMPLES = 300
EPOCHS = 200
RATE = 0.1
#: Prototypes whose mean squared distance is below this part of the data's total variance count as collapsed.
COLLAPSED = 1e-3
#: |L_q − L_OLS − V| above this part of L_q at some epoch is a violation of the decomposition.
VIOLATION = 1e-9
#: A turn of D_P counts if it swings back by more than this part of the range of D_P.
SWING = 1e-3
#: A prototype this far out has diverged.
FAR = 1e6
#: Epochs between two recorded points of a drawn curve.
STRIDE = 4
CLUSTERS = {"moons": 2, "circles": 2, "spiral": 2, "blobs": 3}


def data(name: str, seed: int, standardised: bool) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (n, 2) and their classes (n,)."""
    from sklearn.datasets import make_blobs, make_circles, make_moons

    if name == "moons":
        x, y = make_moons(SAMPLES, noise=0.05, random_state=seed)
    elif name == "circles":
        x, y = make_circles(SAMPLES, noise=0.05, factor=0.5, random_state=seed)
    elif name == "spiral":
        x, y = _spiral(seed)
    elif name == "blobs":
        centres = 4 * np.array([[math.cos(a), math.sin(a)] for a in (0.0, 2 * math.pi / 3, 4 * math.pi / 3)])
        x, y = make_blobs(SAMPLES, centers=centres, cluster_std=1.0, random_state=seed)
    else:
        raise ValueError(f"dataset: got {name!r}, accepted are {', '.join(CLUSTERS)}")
    return ((x - x.mean(0)) / x.std(0) if standardised else x), y


def _spiral(seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Two arms of one and a half turns, radius growing to 1, with noise of 0.03."""
    rng = np.random.default_rng(seed)
    y = np.arange(SAMPLES) % 2
    t = np.sqrt(rng.uniform(0.02, 1.0, SAMPLES))
    angle = 3 * math.pi * t + math.pi * y
    x = np.stack([t * np.cos(angle), t * np.sin(angle)], 1) + rng.normal(0, 0.03, (SAMPLES, 2))
    return x, y


def start(z: Tensor, k: int, kind: str, seed: int) -> Tensor:
    """Initial prototypes (k, 2): distinct samples, or Gaussian about the mean with 0.1 or 1 times the data's spread."""
    rng = np.random.default_rng([seed, 1])
    if kind == "samples":
        return z[torch.from_numpy(rng.choice(len(z), k, replace=False)).to(z.device)]
    spread = z.std(0, unbiased=False).norm() / math.sqrt(z.shape[1])
    noise = torch.from_numpy(rng.normal(size=(k, z.shape[1]))).to(z)
    prototypes: Tensor = z.mean(0) + {"narrow": 0.1, "wide": 1.0}[kind] * spread * noise
    return prototypes


def path_of(z: Tensor, prototypes: Tensor, cell: Cell) -> Tensor:
    """Prototypes after each epoch (EPOCHS + 1, k, 2); it ends early where they are no longer finite."""
    t, convention, mode = float(cell["T"]), str(cell["convention"]), str(cell["gradient"])
    native = cell["prototypes"] == "native"
    gram = z.T @ z / len(z)
    # The largest eigenvalue as unit, so that a native step is at most as long as a free one, whatever the data's scale.
    pull = gram / torch.linalg.eigvalsh(gram)[-1]
    path = [prototypes]
    for _ in range(EPOCHS):
        p = path[-1]
        if cell.arm == "L_OLS" and cell["ols"] == "least squares":
            q = core.soft_assignment(z, p, t, convention=convention)
            moved = torch.linalg.pinv(q) @ z
        else:
            g = _gradient(z, p, t, cell, mode, convention)
            moved = p - RATE * (g @ pull if native else g)
        path.append(moved)
    whole = torch.stack(path)
    # Not a number compares as false, so that a path that left the numbers ends there too.
    inside = (whole.abs() < FAR).flatten(1).all(1)
    return whole if bool(inside.all()) else whole[: int(inside.int().argmin())]


def _gradient(z: Tensor, p: Tensor, t: float, cell: Cell, mode: str, convention: str) -> Tensor:
    if cell.arm == "L_q":
        return prototype_gradient(z, p, t, "quantization", mode, "mean", convention)
    if cell["ols"] == "gradient":
        return prototype_gradient(z, p, t, "ols", mode, "mean", convention)
    # Unweighted: the residual of the mixture moves all prototypes alike, without the factor q_j of (30).
    q = core.soft_assignment(z, p, t, convention=convention)
    return (-2 * (z - q @ p).mean(0)).expand_as(p)


def run(cell: Cell) -> Metrics:
    """Train and measure one cell."""
    name = str(cell["dataset"])
    x, y = data(name, cell.root, cell["features"] == "standardised")
    z = torch.from_numpy(x).to(cell.device, torch.float32 if cell.device == "mps" else torch.float64)
    path = path_of(z, start(z, CLUSTERS[name], str(cell["init"]), cell.seed), cell)
    return measure(z, path, y, cell)


def measure(z: Tensor, path: Tensor, y: NDArray[np.int64], cell: Cell) -> Metrics:
    """What is recorded of a path of prototypes; None for what a path that left the finite numbers does not have."""
    finished = len(path) == EPOCHS + 1
    q = core.soft_assignment(z, path, float(cell["T"]), convention=str(cell["convention"]))
    parts = core.decomposition(z, path, q)
    residual = (parts.residual.abs() / parts.quantization.clamp(min=1e-300)).amax(-1)
    separation = _separation(path)
    uncertainty = (1 - q.square().sum(-1)).mean(-1)
    total = float(z.var(0, unbiased=False).sum())
    share = float(separation[-1]) / total
    scores = score_clustering(y, q[-1].argmax(-1).cpu()) if finished else None
    turns = count_turns(separation.cpu().numpy())
    metrics: dict[str, Any] = {
        "finished": finished,
        "violations": int((residual > VIOLATION).sum()),
        "negative": int((parts.quantization - parts.ols < -VIOLATION * parts.quantization).any(-1).sum()),
        "epochs": len(path) - 1,
        "variance": float(parts.variance[-1].mean()) / total if finished else None,
        "separation": share if finished else None,
        "uncertainty": float(uncertainty[-1]) if finished else None,
        "collapsed": finished and share < COLLAPSED,
        "correlation": pearson(separation, uncertainty) if finished else None,
        "turns": turns if finished else None,
        "accuracy": scores.accuracy if scores else None,
        "nmi": scores.nmi if scores else None,
        "ari": scores.ari if scores else None,
    }
    if drawn(cell):
        metrics["separation_over_epochs"] = [round(float(v) / total, 6) for v in separation[::STRIDE]]
        metrics["uncertainty_over_epochs"] = [round(float(v), 6) for v in uncertainty[::STRIDE]]
        metrics["path"] = [[[round(float(c), 4) for c in p] for p in state] for state in path[::STRIDE]]
    return metrics


def drawn(cell: Cell) -> bool:
    """Whether the run's curves are kept for the figures: the first replicate at the setting that figures show."""
    shown = ("samples", "standardised", "d/T", "stopped", "free")
    names = ("init", "features", "convention", "gradient", "prototypes")
    central = all(cell[n] == v for n, v in zip(names, shown, strict=True))
    return cell.replicate == 0 and central and (cell.arm == "L_q" or cell["ols"] == "gradient")


def _separation(path: Tensor) -> Tensor:
    """D_P (35): the mean squared distance over pairs of prototypes, an epoch each."""
    k = path.shape[-2]
    i, j = torch.triu_indices(k, k, 1)
    return (path[..., i, :] - path[..., j, :]).square().sum(-1).mean(-1)


def pearson(a: Tensor, b: Tensor) -> float | None:
    """The Pearson correlation of two series; None where one of them is constant to rounding."""
    x, y = a - a.mean(), b - b.mean()
    if float(x.abs().max()) <= 1e-12 * float(a.abs().max()) or float(y.abs().max()) <= 1e-12 * float(b.abs().max()):
        return None
    return float((x * y).sum() / (x.norm() * y.norm()))


def count_turns(series: NDArray[np.float64]) -> int:
    """How often a series turns by more than SWING of its range: a damped oscillation turns at least twice."""
    least = SWING * float(series.max() - series.min())
    if least == 0:
        return 0
    turns, direction, extreme = 0, 0, float(series[0])
    for value in map(float, series[1:]):
        if direction >= 0 and value > extreme or direction <= 0 and value < extreme:
            if direction == 0 and abs(value - extreme) > least:
                direction = 1 if value > extreme else -1
            if direction != 0:
                extreme = value
        elif abs(value - extreme) > least:
            turns, direction, extreme = turns + 1, -direction, value
    return turns
