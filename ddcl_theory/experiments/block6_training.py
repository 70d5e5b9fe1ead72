"""Block 6, one run: the digits as a stream that is seen once, and what is measured while it passes.

After each batch the clustering is scored on all samples, those still to come included, so that the curves of the arms
can be compared; nothing is learnt from a score.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.baselines.kmeans import kmeans_plus_plus
from ddcl_core.incremental import incremental_assignment
from ddcl_core.schedules import Ramp
from ddcl_theory.experiments import block2_training as whole
from ddcl_theory.experiments.block1_training import start
from ddcl_theory.experiments.block2_settings import GRID as BATCH_GRID
from ddcl_theory.experiments.protocol import Cell, Metrics, pairs

#: Part of the stream at whose end nothing should change any more.
LAST = 0.25
RATES = {"rate 0.5": 0.5, "rate 0.1": 0.1}


def stream(n: int, size: int, seed: int) -> list[NDArray[np.intp]]:
    """The indices of n samples in random order, cut into batches of `size`; what is left over is spread over them."""
    order = np.random.default_rng([seed, 2]).permutation(n)
    return np.array_split(order, n // size)


def first_prototypes(z: Tensor, kind: str, seed: int) -> Tensor:
    """Initial prototypes from the first batch z (b, d): samples of it, by chance or by k-means++, or Gaussian about its
    mean with 0.1 or 1 times its spread."""
    if kind == "k-means++":
        return kmeans_plus_plus(z, whole.CLUSTERS, torch.Generator().manual_seed(seed))
    return start(z, whole.CLUSTERS, kind, seed)


def temperature(cell: Cell, part: float) -> float:
    """T after this part of the stream: the number of the setting, or falling from 2 to 0.5."""
    given = cell["temperature"]
    return Ramp(whole.HOT, whole.COLD, "geometric").at(part) if isinstance(given, str) else float(given)


def path_of(z: Tensor, batches: list[NDArray[np.intp]], cell: Cell) -> list[Tensor]:
    """Prototypes before the stream and after each batch; it ends early where they have diverged."""
    path = [first_prototypes(z[torch.from_numpy(batches[0])], str(cell["init"]), cell.seed)]
    mass = torch.zeros(whole.CLUSTERS, dtype=z.dtype, device=z.device)
    for number, index in enumerate(batches):
        p, seen = path[-1], z[torch.from_numpy(index)]
        t = temperature(cell, number / len(batches))
        q, gradient = _assigned(seen, p, t, cell)
        if cell["step"] == "mass":
            # A prototype moves to the mean of all samples seen, each with the weight that it had at its time.
            mass = mass + q.sum(0)
            step = 0.5 * len(seen) / mass.clamp(min=torch.finfo(mass.dtype).tiny)[:, None]
            moved = p - step * gradient
        else:
            moved = p - RATES[str(cell["step"])] * gradient
        # Not a number compares as false.
        if not bool((moved.abs() < whole.FAR).all()):
            break
        path.append(moved)
    return path


def _assigned(z: Tensor, p: Tensor, t: float, cell: Cell) -> tuple[Tensor, Tensor]:
    """Assignments of a batch and the gradient of its mean L_q in the prototypes."""
    if cell["assignment"] == "row by row":
        # (18)-(20), a coordinate of the prototypes after the other; q is constant in the step.
        q = incremental_assignment(z, p).q
        return q, core.quantization_grad_prototypes(z, p, q)
    convention = str(cell["convention"])
    q = core.soft_assignment(z, p, t, convention=convention)
    mode = str(cell["gradient"])
    return q, core.training_gradient(z, p, t, "quantization", mode, "mean", convention)


def run(cell: Cell) -> Metrics:
    """Train and measure one cell."""
    features = str(cell["features"])
    if cell.arm == "batch L_q":
        setting = pairs({**dict(BATCH_GRID.of_arm("L_q", BATCH_GRID.central)), "features": features})
        found = whole.run(Cell("block2", "L_q", (), setting, cell.seed, cell.device))
        return {name: found[name] for name in ("accuracy", "nmi", "ari")}
    data = whole.digits(features)
    kind = torch.float32 if cell.device == "mps" else torch.float64
    z = torch.from_numpy(data.features).to(cell.device, kind)
    batches = stream(len(z), int(cell["batch"]), cell.seed)
    if cell.arm == "MiniBatchKMeans":
        states = minibatch_kmeans(data.features, batches, cell)
        return measure(z, [torch.from_numpy(centres).to(z) for centres in states], batches)
    path = path_of(z, batches, cell)
    if len(path) <= len(batches):
        return {"finished": False}
    # As for MiniBatchKMeans, the curve begins after the first batch.
    first = separation(path[0])
    return measure(z, path[1:], batches, first)


def minibatch_kmeans(x: NDArray[np.float64], batches: list[NDArray[np.intp]], cell: Cell) -> list[NDArray[np.float64]]:
    """The centres of scikit-learn's MiniBatchKMeans after each batch, with its defaults but for the seeds."""
    from sklearn.cluster import MiniBatchKMeans

    given = x[batches[0]]
    init = "k-means++"
    seeds = start(torch.from_numpy(given), whole.CLUSTERS, "samples", cell.seed).numpy()
    fitted = MiniBatchKMeans(
        whole.CLUSTERS, init=init if cell["seeds"] == init else seeds, n_init=1, random_state=cell.seed
    )
    states = []
    for index in batches:
        fitted.partial_fit(x[index])
        states.append(fitted.cluster_centers_.copy())
    return states


def measure(z: Tensor, states: list[Tensor], batches: list[NDArray[np.intp]], first: float | None = None) -> Metrics:
    """What is recorded of the states after each batch; D_P in units of the data's variance, `first` before the stream."""
    total = float(z.var(0, unbiased=False).sum())
    scores = [whole.scores_of(whole.nearest(z, p)) for p in states]
    accuracy = [float(s["accuracy"]) for s in scores]
    d_p = [separation(p) / total for p in states]
    if first is not None:
        d_p.insert(0, first / total)
    return {
        "finished": True,
        **scores[-1],
        "accuracy_start": accuracy[0],
        "drops": falls(accuracy),
        "separation": d_p[-1],
        "separation_start": d_p[0],
        "falls": falls(d_p) / (max(d_p) - min(d_p)),
        "unsettled": unsettled(d_p),
        "samples_seen": np.cumsum([len(index) for index in batches]).tolist(),
        "accuracy_over_batches": [round(v, 6) for v in accuracy],
        "separation_over_batches": [round(v, 6) for v in d_p],
    }


def separation(p: Tensor) -> float:
    """D_P (35)."""
    return -float(core.separation(p, "mean"))


def falls(series: list[float]) -> float:
    """The sum of all decreases from one entry to the next."""
    return sum(max(0.0, a - b) for a, b in zip(series, series[1:], strict=False))


def unsettled(series: list[float]) -> float:
    """The change over the last quarter of the series as a part of its range."""
    before = series[math.floor((1 - LAST) * (len(series) - 1))]
    return abs(series[-1] - before) / (max(series) - min(series))
