"""GBCL's experiments, one run: a layer on one of the sets in the plane, or a method on MADELON over the features."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ddcl_core import layers
from ddcl_theory.experiments import gbcl_layers_data as data
from ddcl_theory.experiments.gbcl_layers_networks import Network, distances, train
from ddcl_theory.experiments.madelon import WIDE, all_informative, principal, span_coordinates
from ddcl_theory.experiments.protocol import Cell, Metrics

PROTOTYPES = 30
#: Figures 4 and 6 show the first, Figure 5 the second.
EPOCHS, LONG = 400, 800
#: Learning rates of the text.
RATES = {"VCL": 0.008, "DCL": 0.0008}
#: Epochs between two recorded points of a curve.
STRIDE = 4
#: Settled: within this factor of the own final error; arrived: within this factor of that of k-means.
SETTLED, ARRIVED = 1.1, 2.0

#: MADELON: a tenth of the samples; learning rates of the code that the paper cites.
FEW = 10
HIGH_RATES = {"VCL": 0.002, "DCL": 0.001, "deep DCL": 0.002}
#: Starts of k-means and the passes of each, and the rounds of DeepCluster, of some twenty passes each, k-means' included.
STARTS, PASSES, ROUNDS = 10, 200, 100
#: Arms on MADELON that train a network, by kind.
NETWORKS = {"VCL, d": "VCL", "DCL, d": "DCL", "deep DCL": "deep DCL"}


def run(cell: Cell) -> Metrics:
    """Train and measure one cell."""
    if "d" in dict(cell.condition):
        return _over_features(cell)
    x, _ = data.plane(str(cell["dataset"]), cell.root)
    if cell.arm == "k-means":
        largest, smallest = data.singular_values(x)
        return {"error": _kmeans_error(x, cell.seed), "largest": largest, "smallest": smallest}
    return _in_the_plane(cell, x)


def rate(cell: Cell, rates: dict[str, float], kind: str) -> float:
    """The learning rate of a layer; all have the vanilla layer's where the setting says so."""
    return rates["VCL" if dict(cell.setting).get("rates") == "equal" else kind]


# --- the plane ---


def _in_the_plane(cell: Cell, x: NDArray[np.float64]) -> Metrics:
    z = torch.from_numpy(x).to(cell.device, torch.float32 if cell.device == "mps" else torch.float64)
    biased = cell.arm == "DCL" and cell["dual"] == "bias"
    ones = torch.ones_like(z[0]) if biased else None
    network = Network(cell.arm, z, PROTOTYPES, str(cell["glorot"]), cell.seed, ones)
    errors: list[float] = []
    path: list[Tensor] = []

    def seen(epoch: int, p: Tensor, error: float) -> None:
        errors.append(error)
        path.append(p.clone())

    speed = rate(cell, RATES, cell.arm)
    finished = train(network, str(cell["objective"]), str(cell["optimiser"]), speed, LONG, seen)
    metrics = {"finished": finished, **_of_the_start(z, path[0])}
    if not finished:
        return metrics
    metrics |= _of_the_course(z, torch.stack(path[: EPOCHS + 1]), errors[: EPOCHS + 1], _kmeans_error(x, cell.seed))
    metrics["off_the_data"] = link_distance(z, path[LONG])
    if central(cell):
        metrics |= _curves(z, path[: EPOCHS + 1 : STRIDE], errors[: EPOCHS + 1 : STRIDE])
        if cell.replicate == 0:
            metrics["path"] = [_rounded(p) for p in path[: EPOCHS + 1 : STRIDE]]
            metrics["final"] = _rounded(path[LONG])
            metrics["links"] = [[int(i), int(j)] for i, j in links(z, path[LONG])]
    return metrics


def _of_the_start(z: Tensor, p: Tensor) -> dict[str, Any]:
    return {
        "start_distance": float(distances(z, p).amin(0).mean()),
        "start_norm": float((p.square().sum(1).mean() / z.square().sum(1).mean()).sqrt()),
    }


def _of_the_course(z: Tensor, path: Tensor, errors: list[float], reference: float) -> dict[str, Any]:
    """What Figures 4 and 6 show of prototypes (epochs + 1, k, 2) and their errors."""
    last = path[-1]
    valid = winners(z, last)
    lengths = path.diff(dim=0).norm(dim=-1).sum(0)
    return {
        "error": errors[-1],
        "settled": epochs_until(errors, SETTLED * errors[-1]),
        "arrived": epochs_until(errors, ARRIVED * reference),
        "valid": len(valid),
        "edges": float(layers.winner_graph(z, last).norm()),
        "length": float(lengths[valid].mean()),
        "length_of_all": float(lengths.mean()),
    }


def winners(z: Tensor, p: Tensor) -> list[int]:
    """The prototypes that are nearest to some sample: the valid ones."""
    return sorted(set(distances(z, p).argmin(1).tolist()))


def epochs_until(errors: list[float], level: float) -> int:
    """The first epoch from which on the error is at most the level; one more than there are where there is none."""
    above = [epoch for epoch, error in enumerate(errors) if error > level]
    return above[-1] + 1 if above else 0


def links(z: Tensor, p: Tensor) -> Tensor:
    """Pairs (m, 2) of prototypes that are the first and the second winner of some sample."""
    graph = layers.winner_graph(z, p)
    return graph.triu(1).nonzero()


def link_distance(z: Tensor, p: Tensor) -> float:
    """Mean distance from the middle of a link to the nearest sample."""
    pair = links(z, p)
    middle = (p[pair[:, 0]] + p[pair[:, 1]]) / 2
    return float(distances(z, middle).amin(0).sqrt().mean())


def _curves(z: Tensor, path: list[Tensor], errors: list[float]) -> dict[str, Any]:
    return {
        "errors": [round(e, 6) for e in errors],
        "edges_over_epochs": [round(float(layers.winner_graph(z, p).norm()), 4) for p in path],
        "valid_over_epochs": [len(winners(z, p)) for p in path],
    }


def central(cell: Cell) -> bool:
    """Whether the figures show the run's curves."""
    shown = {"objective": "sum", "optimiser": "Adam", "glorot": "normal", "rates": "published", "dual": "linear"}
    return all(shown[name] == value for name, value in cell.setting)


def _rounded(p: Tensor) -> list[list[float]]:
    return [[round(float(c), 4) for c in row] for row in p]


def _kmeans_error(x: NDArray[np.float64], seed: int) -> float:
    from ddcl_core.estimators import KMeans

    return float(KMeans(PROTOTYPES, n_init=STARTS, max_iter=EPOCHS, random_state=seed).fit(x).inertia_) / len(x)


# --- over the features ---


def _over_features(cell: Cell) -> Metrics:
    x, y = all_informative(int(cell["d"]), WIDE, cell.seed)
    labels = _network_labels(cell, x) if cell.arm in NETWORKS else _baseline_labels(cell, x)
    if labels is None:
        return {"finished": False, "accuracy": None}
    metrics: dict[str, Any] = {
        "finished": True,
        "accuracy": data.majority_accuracy(y, labels),
        "chance": data.majority_by_chance(y, labels, cell.seed),
        "clusters": len(np.unique(labels)),
    }
    if cell.arm == "k-means, d":
        metrics["largest"], metrics["smallest"] = data.singular_values(x)
    return metrics


def _network_labels(cell: Cell, x: NDArray[np.float64]) -> NDArray[np.int64] | None:
    kind = NETWORKS[cell.arm]
    rows = np.array(x)
    ones = np.ones((1, x.shape[1])) if kind == "DCL" and cell["dual"] == "bias" else np.empty((0, x.shape[1]))
    if kind == "DCL":
        # Its outputs are combinations of the samples, and of ones with a bias: in coordinates of their span it is the
        # same network.  Steps of Adam in the features themselves, or tanh of them, would be others.
        both = span_coordinates(np.concatenate([rows, ones]))
        rows, ones = both[: len(x)], both[len(x) :]
    z, extra = (torch.from_numpy(a).to(cell.device, torch.float32) for a in (rows, ones))
    network = Network(kind, z, FEW, str(cell["glorot"]), cell.seed, extra[0] if len(extra) else None)
    last: list[Tensor] = []

    def seen(epoch: int, p: Tensor, error: float) -> None:
        last[:] = [p]

    if not train(network, str(cell["objective"]), "Adam", rate(cell, HIGH_RATES, kind), int(cell["epochs"]), seen):
        return None
    labels: NDArray[np.int64] = distances(z, last[0]).argmin(1).cpu().numpy()
    return labels


def _baseline_labels(cell: Cell, x: NDArray[np.float64]) -> NDArray[np.int64]:
    from ddcl_core.estimators import DeepCluster, KMeans

    if cell.arm == "DeepCluster":
        settings: dict[str, Any] = {"epochs": ROUNDS, "device": cell.device}
        deep = DeepCluster(FEW, random_state=cell.seed, **settings).fit(x.astype(np.float32))
        return np.asarray(deep.labels_, dtype=np.int64)
    if cell.arm == "k-means + PCA":
        x = principal(x)
    elif cell.arm == "k-means, span":
        x = span_coordinates(x)
    found = KMeans(FEW, n_init=STARTS, max_iter=PASSES, random_state=cell.seed).fit(x)
    return np.asarray(found.labels_, dtype=np.int64)
