"""Block 3, one run: a method clusters MADELON-style data of d features into two clusters.

Every arm has the same budget: `starts` starts of at most PASSES passes over the data each, the best by the arm's own
loss.  DeepCluster has one start; a round of it takes some ten passes, one for features, one to train and those of k-means.
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
from ddcl_theory.experiments.madelon import (
    informative_and_noise,
    outside_the_span,
    principal,
    span_coordinates,
    standardise,
)
from ddcl_theory.experiments.protocol import Cell, Metrics

CLUSTERS = 2
PASSES = 200
RATE = 0.1
HOT, COLD = 2.0, 0.5
#: Prototypes whose squared distance is below this part of the data's total variance count as collapsed.
COLLAPSED = 1e-3


def points(cell: Cell) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Data of the cell's replicate as its arm sees them."""
    count = min(int(cell["informative"]), int(cell["d"]))
    x, y = informative_and_noise(int(cell["d"]), count, float(cell["separation"]), cell.seed)
    if cell["features"] == "standardised":
        x = standardise(x)
    if dict(cell.setting).get("projection") == "PCA":
        x = standardise(principal(x))
    return x, y


def run(cell: Cell) -> Metrics:
    """Fit and score one cell."""
    x, y = points(cell)
    if cell.arm in ("L_q", "L_OLS"):
        return _ddcl(cell, x, y)
    if cell.arm == "DeepCluster":
        return _scored(y, _deep_cluster(cell, x))
    if cell.arm == "k-means + PCA":
        x = principal(x)
    elif cell.arm == "k-means, span":
        x = span_coordinates(x)
    labels, centres = kmeans(x, CLUSTERS, int(cell["starts"]), PASSES, cell.seed)
    return _scored(y, labels) | {"outside": outside_the_span(x, centres)}


def kmeans(
    x: NDArray[np.float64], k: int, starts: int, passes: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Labels (n,) and centres (k, ·) of Lloyd's k-means from k-means++ seeds."""
    from ddcl_core.estimators import KMeans

    found = KMeans(k, n_init=starts, max_iter=passes, tol=0.0, random_state=seed).fit(x)
    return found.labels_, found.cluster_centers_


def _deep_cluster(cell: Cell, x: NDArray[np.float64]) -> NDArray[np.int64]:
    from ddcl_core.estimators import DeepCluster

    # Float32 halves the time of its perceptron.
    settings: dict[str, Any] = {"epochs": int(cell["rounds"]), "device": cell.device}
    found = DeepCluster(CLUSTERS, random_state=cell.seed, **settings).fit(x.astype(np.float32))
    labels: NDArray[np.int64] = np.asarray(found.labels_)
    return labels


def _scored(y: NDArray[np.int64], labels: NDArray[np.int64]) -> dict[str, Any]:
    scores = score_clustering(y, labels)
    return {"accuracy": scores.accuracy, "nmi": scores.nmi, "ari": scores.ari}


# --- DDCL ---


def _ddcl(cell: Cell, x: NDArray[np.float64], y: NDArray[np.int64]) -> Metrics:
    z = torch.from_numpy(np.array(x)).to(cell.device, torch.float32 if cell.device == "mps" else torch.float64)
    count = int(cell["starts"])
    z, starts = isometric(z, [start(z, str(cell["init"]), [cell.seed, 1 + number]) for number in range(count)])
    if cell["prototypes"] == "native":
        starts = [into_the_span(z, p) for p in starts]
    ends = [train(z, p, cell) for p in starts]
    losses = [_loss(z, p, cell) for p in ends]
    best = min(range(count), key=losses.__getitem__)
    p, finished = ends[best], math.isfinite(losses[best])
    if not finished:
        return dict.fromkeys(("accuracy", "nmi", "ari", "separation", "outside")) | {
            "finished": False,
            "collapsed": False,
        }
    separation = float((p[0] - p[1]).square().sum() / z.var(0, unbiased=False).sum())
    return _scored(y, core.squared_distances(z, p).argmin(-1).cpu().numpy()) | {
        "finished": True,
        "collapsed": separation < COLLAPSED,
        "separation": separation,
        "outside": outside_the_span(z.cpu().double().numpy(), p.cpu().double().numpy()),
    }


def isometric(z: Tensor, starts: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """Samples (n, d) and prototypes (k, d) in coordinates of their joint span, where that has fewer than d dimensions.

    Distances, losses and gradient steps are the same there: each step adds combinations of samples and prototypes.
    """
    stacked = torch.cat([z, *starts])
    if z.shape[1] <= len(stacked):
        return z, starts
    coordinates = torch.linalg.qr(stacked.T, mode="r").R.T
    samples, *rest = coordinates.split([len(z), *(len(p) for p in starts)])
    return samples.contiguous(), [p.contiguous() for p in rest]


def into_the_span(z: Tensor, prototypes: Tensor) -> Tensor:
    """The nearest prototypes WᵀZ."""
    nearest: Tensor = prototypes @ torch.linalg.pinv(z) @ z
    return nearest


def start(z: Tensor, kind: str, seed: list[int]) -> Tensor:
    """Initial prototypes (k, d): distinct samples, or Gaussian about the mean with 0.1 or 1 times the data's spread."""
    rng = np.random.default_rng(seed)
    if kind == "samples":
        return z[torch.from_numpy(rng.choice(len(z), CLUSTERS, replace=False)).to(z.device)]
    spread = z.std(0, unbiased=False).norm() / math.sqrt(z.shape[1])
    noise = torch.from_numpy(rng.normal(size=(CLUSTERS, z.shape[1]))).to(z)
    prototypes: Tensor = z.mean(0) + {"narrow": 0.1, "wide": 1.0}[kind] * spread * noise
    return prototypes


def temperatures(z: Tensor, schedule: str) -> list[float]:
    """The temperature of each pass."""
    if schedule == "2 to 0.5":
        return [HOT * (COLD / HOT) ** (i / (PASSES - 1)) for i in range(PASSES)]
    if schedule == "0.5":
        return [COLD] * PASSES
    if schedule == "largest variance":
        # Half the temperature at which the mean attracts under the stopped gradient of L_q.
        return [float(torch.linalg.matrix_norm(z - z.mean(0), 2)) ** 2 / len(z)] * PASSES
    raise ValueError(f"temperature: got {schedule!r}, accepted are '2 to 0.5', '0.5', 'largest variance'")


def train(z: Tensor, prototypes: Tensor, cell: Cell) -> Tensor:
    """Prototypes after PASSES steps, each over all samples."""
    native, convention = cell["prototypes"] == "native", str(cell["convention"])
    # The largest eigenvalue of ZᵀZ as unit, so that a native step is at most as long as a free one.
    unit = float(torch.linalg.matrix_norm(z, 2)) ** 2
    least = cell.arm == "L_OLS" and cell["ols"] == "least squares"
    p = prototypes
    for t in temperatures(z, str(cell["temperature"])):
        if least:
            p = torch.linalg.pinv(core.soft_assignment(z, p, t, convention=convention)) @ z
            continue
        g = gradient(z, p, t, cell)
        p = p - RATE * ((g @ z.T @ z) / unit if native else g)
        if not bool(torch.isfinite(p).all()):
            break
    return p


def gradient(z: Tensor, p: Tensor, t: float, cell: Cell) -> Tensor:
    """Gradient of the mean loss in the prototypes, as the arm reads it."""
    mode, convention = str(cell["gradient"]), str(cell["convention"])
    if cell.arm == "L_q":
        return prototype_gradient(z, p, t, "quantization", mode, "mean", convention)
    if cell["ols"] == "gradient":
        return prototype_gradient(z, p, t, "ols", mode, "mean", convention)
    # Unweighted: the residual of the mixture moves all prototypes alike, without the factor q_j of (30).
    q = core.soft_assignment(z, p, t, convention=convention)
    return (-2 * (z - q @ p).mean(0)).expand_as(p)


def _loss(z: Tensor, p: Tensor, cell: Cell) -> float:
    """The arm's own loss at the last temperature, by which it chooses among its starts."""
    if not bool(torch.isfinite(p).all()):
        return math.inf
    last = temperatures(z, str(cell["temperature"]))[-1]
    q = core.soft_assignment(z, p, last, convention=str(cell["convention"]))
    of = core.quantization_loss if cell.arm == "L_q" else core.ols_loss
    return float(of(z, p, q))
