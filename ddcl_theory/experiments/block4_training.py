"""Block 4, one run: prototypes on frozen features of length 1, trained by L_q or L_OLS, and the methods beside them.

Each loss moves the prototypes by one gradient step on all samples an epoch, from the same start.  k-means starts there
too and makes as many passes at most.  DeepCluster trains the network of Block 2 on the frozen features in 20 rounds, each
a clustering of up to 50 passes and a pass of training, so that it sees the data more often than the prototypes do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines.deepcluster import DeepClusterConfig, deep_cluster
from ddcl_core.baselines.kmeans import kmeans
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.kernels import sweep
from ddcl_core.metrics import score_clustering
from ddcl_core.schedules import Ramp
from ddcl_theory.experiments.block1_training import pearson, start
from ddcl_theory.experiments.block4_features import WIDTH, K, samples
from ddcl_theory.experiments.protocol import Cell, Metrics

EPOCHS, RATE = 100, 0.5
#: Samples on which the decomposition is checked in every epoch; after the last it is checked on all.
FOLLOWED = 200
#: |L_q − L_OLS − V| above this part of L_q is a violation of the decomposition.
VIOLATION = 1e-9
#: A fall of V below this part of its largest value is rounding.
ROUNDING = 1e-9
#: Prototypes whose mean squared distance is below this part of the data's total variance count as collapsed.
COLLAPSED = 1e-3
FAR = 1e6
ROUNDS, BATCH, COMPONENTS, HIDDEN = 20, 256, 20, (128, 128, 64)

#: variation -> what it changes of the central setting.
VARIATIONS: dict[str, dict[str, Any]] = {
    "central": {},
    "d/2T": {"convention": "d/2T"},
    "full gradient": {"mode": "full"},
    "narrow start": {"start": "narrow"},
    "native prototypes": {"native": True},
    "unweighted L_OLS": {"ols": "unweighted"},
    "least-squares L_OLS": {"ols": "least squares"},
    "T 1 to 0.1": {"cooling": (1.0, 0.1)},
    "T 0.5 to 0.05": {"cooling": (0.5, 0.05)},
    "T 0.1 to 0.01": {"cooling": (0.1, 0.01)},
    "centred features": {"centred": True},
}
#: The schedule of Block 2, the only one that the text gives (secondary source).
COOLING = (2.0, 0.5)


def run(cell: Cell) -> Metrics:
    """Train and measure one cell."""
    changed = VARIATIONS[str(dict(cell.setting).get("variation", "central"))]
    rows, classes = samples(str(cell["features"]), int(cell["samples"]), cell.root)
    z = rows.to(cell.device, torch.float32 if cell.device == "mps" else torch.float64)
    if changed.get("centred"):
        z = torch.nn.functional.normalize(z - z.mean(0), dim=-1)
    if cell.arm == "DeepCluster":
        return scores(classes, deepcluster(z, cell.seed))
    first = start(z, K, str(changed.get("start", "samples")), cell.seed)
    if cell.arm == "k-means":
        found = kmeans(z, K, generator=torch.Generator(), max_iter=EPOCHS, initial=first)
        return scores(classes, found.labels)
    schedule = temperatures(*changed.get("cooling", COOLING))
    return measure(z, path_of(z, first, cell.arm, changed, schedule), schedule, classes, cell, changed)


def temperatures(hot: float, cold: float) -> list[float]:
    """T at the start and after each epoch, linear."""
    ramp = Ramp(hot, cold)
    return [ramp.at(epoch / EPOCHS) for epoch in range(EPOCHS + 1)]


def path_of(z: Tensor, first: Tensor, arm: str, changed: dict[str, Any], schedule: list[float]) -> Tensor:
    """Prototypes after each epoch (EPOCHS + 1, k, d); it ends early where they have diverged."""
    pull = None
    if changed.get("native"):
        gram = z.mT @ z / len(z)
        # The largest eigenvalue as unit, so that a native step is at most as long as a free one.
        pull = gram / torch.linalg.eigvalsh(gram)[-1]
    path = [first]
    for t in schedule[:-1]:
        moved = _moved(z, path[-1], t, arm, changed, pull)
        # Not a number compares as false.
        if not bool((moved.abs() < FAR).all()):
            break
        path.append(moved)
    return torch.stack(path)


def _moved(z: Tensor, p: Tensor, t: float, arm: str, changed: dict[str, Any], pull: Tensor | None) -> Tensor:
    convention, ols = str(changed.get("convention", "d/T")), arm == "L_OLS"
    if ols and "ols" in changed:
        q = assignment(z, p, t, convention)
        if changed["ols"] == "least squares":
            solved: Tensor = torch.linalg.pinv(q) @ z
            return solved
        # Unweighted: the residual of the mixture moves all prototypes alike, without the factor q_j of (30).
        return p + 2 * RATE * (z - q @ p).mean(0)
    found = sweep(
        z,
        p,
        t,
        quantization=0.0 if ols else 1.0,
        ols=1.0 if ols else 0.0,
        mode=str(changed.get("mode", "stopped")),
        convention=convention,
        gradients=("prototypes",),
        details=False,
        backend="tiled",
    ).grad_prototypes
    assert found is not None
    return p - RATE * (found if pull is None else found @ pull)


def measure(
    z: Tensor,
    path: Tensor,
    schedule: list[float],
    classes: NDArray[np.int64],
    cell: Cell,
    changed: dict[str, Any],
) -> Metrics:
    """What is recorded of a path of prototypes; None for what a path that diverged does not have."""
    convention = str(changed.get("convention", "d/T"))
    finished = len(path) == EPOCHS + 1
    steps = list(zip(path, schedule, strict=False))
    checks = [check(z[:FOLLOWED], p, t, convention) for p, t in steps]
    last = [check(part, *steps[-1], convention) for part in torch.split(z, FOLLOWED)]
    points = [point(z, p, t, convention) for p, t in steps]
    d_p, u_q, variance = ([values[i] for values in points] for i in range(3))
    total = float(z.var(0, unbiased=False).sum())
    metrics: Metrics = {
        **(scores(classes, nearest(z, path[-1])) if finished else dict.fromkeys(("accuracy", "nmi", "ari"))),
        "finished": finished,
        "epochs": len(path) - 1,
        "violations": sum(c[0] for c in (*checks, *last)),
        "negative": sum(c[1] for c in (*checks, *last)),
        "rise": (variance[-1] - variance[0]) / total if finished else None,
        "separation": d_p[-1] / total if finished else None,
        "collapsed": finished and d_p[-1] < COLLAPSED * total,
        "share_of_variance": variance[-1] * len(z) / sum(c[2] for c in last) if finished else None,
        "critical": 2 * float(torch.linalg.eigvalsh(torch.cov(z.mT, correction=0))[-1]),
    }
    for name, series in (("D_P", d_p), ("tr S_q", u_q), ("V", variance)):
        metrics[f"falls of {name}"] = _falls(series) if finished else None
        metrics[f"correlation with {name}"] = pearson(torch.tensor(d_p), torch.tensor(series)) if finished else None
    if cell.replicate == 0 and not changed:
        metrics["curves"] = [[round(v / total, 6) for v in d_p], [round(v, 6) for v in u_q]]
        metrics["curves"].append([round(v / total, 6) for v in variance])
    return metrics


def relative_distances(z: Tensor, p: Tensor) -> Tensor:
    """|z_n - p_j|^2 less |z_n - mean prototype|^2, (n, k), by products: directly, they would take n k d numbers.

    Without a loss of digits where prototypes are close to each other, since only their distances to their mean enter.
    """
    middle = p.mean(0)
    arms = p - middle
    return arms.square().sum(-1) - 2 * (z @ arms.mT - arms @ middle)


def assignment(z: Tensor, p: Tensor, t: float, convention: str) -> Tensor:
    """Soft assignments (n, k), equation (8)."""
    return torch.softmax(-CONVENTIONS[convention] * relative_distances(z, p) / t, -1)


def point(z: Tensor, p: Tensor, t: float, convention: str) -> tuple[float, float, float]:
    """D_P (35), and the means over all samples of tr S_q and of V."""
    q = assignment(z, p, t, convention)
    arms = p - p.mean(0)
    gram = arms @ arms.mT
    variance = (q @ gram.diagonal() - ((q @ gram) * q).sum(-1)).mean()
    i, j = torch.triu_indices(len(p), len(p), 1)
    separation = (p[i] - p[j]).square().sum(-1).mean()
    return float(separation), float((1 - q.square().sum(-1)).mean()), float(variance)


def check(z: Tensor, p: Tensor, t: float, convention: str) -> tuple[int, int, float]:
    """Samples with L_q ≠ L_OLS + V, samples with L_q < L_OLS, and the sum of L_q."""
    found = core.decomposition(z, p, assignment(z, p, t, convention))
    allowed = VIOLATION * found.quantization
    broken, negative = found.residual.abs() > allowed, found.quantization - found.ols < -allowed
    return int(broken.sum()), int(negative.sum()), float(found.quantization.sum())


def _falls(series: list[float]) -> float:
    """Share of the epochs in which a series falls."""
    least = ROUNDING * max(abs(v) for v in series)
    return sum(b < a - least for a, b in zip(series, series[1:], strict=False)) / (len(series) - 1)


def nearest(z: Tensor, p: Tensor) -> Tensor:
    """The index of the nearest prototype of each sample (n,)."""
    return relative_distances(z, p).argmin(-1)


def scores(classes: NDArray[np.int64], labels: Tensor) -> Metrics:
    found = score_clustering(classes, labels.cpu().numpy())
    return {"accuracy": found.accuracy, "nmi": found.nmi, "ari": found.ari}


def deepcluster(z: Tensor, seed: int) -> Tensor:
    """Labels (n,) of DeepCluster with a network of three layers on the features."""
    rows = z.to(torch.float32)
    network = MLP((WIDTH, *HIDDEN), norm="batch", seed=seed).to(rows)
    config = DeepClusterConfig(epochs=ROUNDS, batch_size=BATCH, n_components=COMPONENTS)
    return deep_cluster(network, rows, K, config, seed=seed).labels
