"""Block 2, one run: handwritten digits, prototypes trained on their principal components, and the methods beside them.

The path of the prototypes is recorded first and measured afterwards.  DeepCluster takes as many gradient steps as the
prototypes do, k-means as many passes at most, and one start each, as they have.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines.deepcluster import DeepClusterConfig, deep_cluster
from ddcl_core.estimators.kmeans import KMeans
from ddcl_core.kernels import sweep
from ddcl_core.metrics import match_labels, score_clustering
from ddcl_core.schedules import Ramp
from ddcl_theory.experiments.block1_training import pearson, start
from ddcl_theory.experiments.protocol import Cell, Metrics

CLUSTERS = 10
COMPONENTS = 20
EPOCHS = 200
HOT, COLD = 2.0, 0.5
#: Steps of DeepCluster between two clusterings: an epoch in batches of 256.
BATCH = 256
WIDTHS = (128, 128, 64)
#: Prototypes whose mean squared distance is below this part of the data's total variance count as collapsed.
COLLAPSED = 1e-3
#: |L_q − L_OLS − V| of a sample above this part of the mean L_q of its epoch is a violation of the decomposition.
VIOLATION = 1e-9
#: A prototype this far out has diverged.
FAR = 1e6
#: Epochs at the end over which a settled run must not change, and epochs between two recorded points of a curve.
LAST, STRIDE = 20, 4
#: Epochs that are measured at one time.
CHUNK = 16


@dataclass(frozen=True)
class Digits:
    """Features (n, 20) and classes (n,); a feature vector f stands for the image offset + f @ basis of 64 pixels."""

    features: NDArray[np.float64]
    classes: NDArray[np.int64]
    offset: NDArray[np.float64]
    basis: NDArray[np.float64]


@functools.cache
def pixels() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The 1797 images of scikit-learn's digits (n, 64), grey values 0 to 16, and their classes (n,)."""
    from sklearn.datasets import load_digits

    images, classes = load_digits(return_X_y=True)
    return np.asarray(images, dtype=np.float64), np.asarray(classes, dtype=np.int64)


@functools.cache
def digits(features: str) -> Digits:
    """Twenty principal components of the images: of the pixels and standardised afterwards, of standardised pixels, or
    of the pixels and left as they are."""
    from sklearn.decomposition import PCA

    images, classes = pixels()
    scale = np.ones(images.shape[1])
    if features == "standardised, then PCA":
        deviation = images.std(0)
        # A pixel that never changes has no deviation.
        scale = np.where(deviation > 0, deviation, 1.0)
    elif features not in ("PCA, then standardised", "PCA alone"):
        raise ValueError(
            f"features: got {features!r}, accepted are 'PCA, then standardised', 'standardised, then PCA', 'PCA alone'"
        )
    pca = PCA(COMPONENTS, svd_solver="full").fit(images / scale)
    scores = pca.transform(images / scale)
    unit = scores.std(0) if features == "PCA, then standardised" else np.ones(COMPONENTS)
    return Digits(scores / unit, classes, pca.mean_ * scale, unit[:, None] * pca.components_ * scale)


def temperatures(cell: Cell) -> list[float]:
    """T at the start and after each epoch: fixed where the condition says so, else from 2 to 0.5."""
    if cell.arm == "L_q, fixed T":
        return [float(cell["T"])] * (EPOCHS + 1)
    ramp = Ramp(HOT, COLD, str(cell["cooling"]))
    return [ramp.at(epoch / EPOCHS) for epoch in range(EPOCHS + 1)]


def path_of(z: Tensor, prototypes: Tensor, cell: Cell) -> Tensor:
    """Prototypes after each epoch (EPOCHS + 1, k, d); it ends early where they have diverged."""
    gram = z.T @ z / len(z)
    # The largest eigenvalue as unit, so that a native step is at most as long as a free one, whatever the data's scale.
    pull = gram / torch.linalg.eigvalsh(gram)[-1]
    path = [prototypes]
    for t in temperatures(cell)[:-1]:
        p = path[-1]
        if cell.arm == "L_OLS" and cell["ols"] == "least squares":
            moved = torch.linalg.pinv(core.soft_assignment(z, p, t, convention=str(cell["convention"]))) @ z
        else:
            g = _gradient(z, p, t, cell)
            moved = p - float(cell["rate"]) * (g @ pull if cell["prototypes"] == "native" else g)
        # Not a number compares as false.
        if not bool((moved.abs() < FAR).all()):
            break
        path.append(moved)
    return torch.stack(path)


def _gradient(z: Tensor, p: Tensor, t: float, cell: Cell) -> Tensor:
    convention = str(cell["convention"])
    if cell.arm == "L_OLS" and cell["ols"] == "unweighted":
        # The residual of the mixture moves all prototypes alike, without the factor q_j of (30).
        q = core.soft_assignment(z, p, t, convention=convention)
        return (-2 * (z - q @ p).mean(0)).expand_as(p)
    ols = cell.arm == "L_OLS"
    found = sweep(
        z,
        p,
        t,
        quantization=0.0 if ols else 1.0,
        ols=1.0 if ols else 0.0,
        mode=str(cell["gradient"]),
        convention=convention,
        gradients=("prototypes",),
        details=False,
        backend="tiled",
    ).grad_prototypes
    assert found is not None
    return found + separation_gradient(p, cell) if cell.arm == "L_q + L_sep" else found


def separation_gradient(p: Tensor, cell: Cell) -> Tensor:
    """Gradient of the weighted L_sep (15), and of the quadratic term that Remark 3 puts beside it."""
    weight, pairs = float(cell["separation"]), str(cell["pairs"])
    variable = p.clone().requires_grad_()
    loss = weight * core.separation(variable, pairs)
    if cell["quadratic"] == "coercive":
        # The smallest weight at which the quadratic term outweighs L_sep, which pulls at each prototype k times.
        share = 2 / (CLUSTERS * (CLUSTERS - 1)) if pairs == "mean" else 1.0
        loss = loss + weight * CLUSTERS * share * core.weight_norm(variable)
    return torch.autograd.grad(loss, variable)[0]


def run(cell: Cell) -> Metrics:
    """Train and measure one cell."""
    if cell.arm == "DeepCluster":
        return deepcluster(cell)
    if cell.arm in ("k-means", "k-means + PCA"):
        return kmeans(cell)
    z, data = features_of(cell)
    return measure(z, path_of(z, start(z, CLUSTERS, str(cell["init"]), cell.seed), cell), data, cell)


def features_of(cell: Cell) -> tuple[Tensor, Digits]:
    """The features as a tensor (n, 20) on the device of the cell, and what they come from."""
    data = digits(str(cell["features"]))
    kind = torch.float32 if cell.device == "mps" else torch.float64
    return torch.from_numpy(data.features).to(cell.device, kind), data


def nearest(z: Tensor, p: Tensor) -> NDArray[np.int64]:
    """The index of the nearest prototype of each sample (n,)."""
    found: NDArray[np.int64] = core.squared_distances(z, p).argmin(-1).cpu().numpy()
    return found


def deepcluster(cell: Cell) -> Metrics:
    """A network of three layers with batch normalisation, clustered and trained in turn."""
    if cell["network sees"] == "features":
        x = digits(str(cell["features"])).features
    else:
        images, _ = pixels()
        x = (images - images.mean()) / images.std()
    inputs = torch.from_numpy(x).to(cell.device, torch.float32)
    network = MLP((x.shape[1], *WIDTHS), norm="batch", seed=cell.seed).to(inputs)
    config = DeepClusterConfig(epochs=int(cell["rounds"]), batch_size=BATCH, n_components=COMPONENTS)
    found = deep_cluster(network, inputs, CLUSTERS, config, seed=cell.seed)
    return scores_of(found.labels.cpu().numpy())


def kmeans(cell: Cell) -> Metrics:
    """Lloyd's algorithm from k-means++ seeds, on pixels or on the features that the prototypes live on."""
    x = pixels()[0] if cell.arm == "k-means" else digits(str(cell["features"])).features
    fitted = KMeans(CLUSTERS, n_init=int(cell["starts"]), max_iter=EPOCHS, random_state=cell.seed).fit(x)
    return scores_of(fitted.labels_)


def scores_of(labels: NDArray[Any]) -> Metrics:
    """The three scores of labels (n,)."""
    found = score_clustering(pixels()[1], labels)
    return {"accuracy": found.accuracy, "nmi": found.nmi, "ari": found.ari}


def measure(z: Tensor, path: Tensor, data: Digits, cell: Cell) -> Metrics:
    """What is recorded of a path of prototypes; None for what a path that diverged does not have.

    Only the two annealed losses are measured in every epoch, the others at their end.
    """
    finished = len(path) == EPOCHS + 1
    whole = cell.arm in ("L_q", "L_OLS")
    convention, schedule = str(cell["convention"]), temperatures(cell)
    first = 0 if whole else len(path) - 1
    curves = curves_of(z, path[first:], schedule[first:], convention)
    total = float(z.var(0, unbiased=False).sum())
    d_p, u_q = curves["separation"], curves["uncertainty"]
    labels = nearest(z, path[-1])
    metrics: Metrics = {
        **(scores_of(labels) if finished else dict.fromkeys(("accuracy", "nmi", "ari"))),
        "finished": finished,
        "epochs": len(path) - 1,
        "variance": float(curves["variance"][-1]) / total if finished else None,
        "separation": float(d_p[-1]) / total if finished else None,
        "uncertainty": float(u_q[-1]) if finished else None,
        "digits": len(set(majorities(labels, data.classes))) if finished else None,
    }
    if whole:
        metrics |= {
            "violations": int((curves["residual"] > VIOLATION).sum()),
            "negative": int((curves["slack"] < -VIOLATION).sum()),
            "separation_start": float(d_p[0]) / total,
            "uncertainty_start": float(u_q[0]),
            "correlation": pearson(d_p, u_q) if finished else None,
            "unsettled": unsettled(d_p, total) if finished else None,
        }
        if cell.replicate == 0:
            metrics |= drawing(z, path, curves, total, data, labels)
    return metrics


def unsettled(d_p: Tensor, total: float) -> float | None:
    """Relative change of D_P over the last epochs; None where the prototypes have collapsed."""
    if float(d_p[-1]) < COLLAPSED * total:
        return None
    return float(abs(d_p[-1] - d_p[-1 - LAST]) / d_p[-1])


def drawing(
    z: Tensor, path: Tensor, curves: dict[str, Tensor], total: float, data: Digits, labels: NDArray[np.int64]
) -> Metrics:
    """The curves of a run, every fourth epoch, its prototypes as images and the digits they are matched to."""
    names = ("quantization", "ols", "variance", "separation")
    found: Metrics = {f"{n}_over_epochs": [round(float(v) / total, 6) for v in curves[n][::STRIDE]] for n in names}
    found["uncertainty_over_epochs"] = [round(float(v), 6) for v in curves["uncertainty"][::STRIDE]]
    found["accuracy_over_epochs"] = [round(scores_of(nearest(z, p))["accuracy"], 6) for p in path[::STRIDE]]
    images = data.offset + path[-1].cpu().double().numpy() @ data.basis
    found["images"] = [[round(float(v), 2) for v in image] for image in images]
    matched = match_labels(data.classes, labels)
    found["matched"] = [matched.get(j) for j in range(CLUSTERS)]
    return found


def curves_of(z: Tensor, path: Tensor, temperature: list[float], convention: str) -> dict[str, Tensor]:
    """Over the epochs: mean L_q, L_OLS and V; the largest |L_q − L_OLS − V| and the smallest L_q − L_OLS of a sample, in
    units of the mean L_q, since a sample on which a prototype starts has no L_q of its own; D_P (35) and U_q (37)."""
    parts: list[dict[str, Tensor]] = []
    for at in range(0, len(path), CHUNK):
        p = path[at : at + CHUNK]
        t = torch.tensor(temperature[at : at + len(p)], dtype=z.dtype, device=z.device)[:, None, None]
        q = core.soft_assignment(z, p, t, convention=convention)
        found = core.decomposition(z, p, q)
        size = found.quantization.mean(-1, keepdim=True)
        parts.append(
            {
                "quantization": found.quantization.mean(-1),
                "ols": found.ols.mean(-1),
                "variance": found.variance.mean(-1),
                "residual": (found.residual.abs() / size).amax(-1),
                "slack": ((found.quantization - found.ols) / size).amin(-1),
                "separation": -core.separation(p, "mean"),
                "uncertainty": (1 - q.square().sum(-1)).mean(-1),
            }
        )
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def majorities(labels: NDArray[np.int64], classes: NDArray[np.int64]) -> list[int]:
    """The most frequent class of each cluster that has samples."""
    return [int(np.bincount(classes[labels == j]).argmax()) for j in np.unique(labels)]
