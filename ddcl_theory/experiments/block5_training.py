"""Block 5, one run: a perceptron on scikit-learn's digits, warmed up and then trained end to end.

The arms of one seed share the warm-up: same network, same data, same order.  The frozen arms train prototypes on the
features that the warm-up gave.
"""

from __future__ import annotations

import copy
import functools
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ddcl_core import functional as core
from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines import make
from ddcl_core.baselines._run import features_of, fit_standardisation
from ddcl_core.baselines.deepcluster import DeepClusterConfig, deep_cluster
from ddcl_core.estimators._unit_scale import LayerScaledAdam, UnitScale
from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer
from ddcl_core.layers.initialisation import uniform_weights
from ddcl_core.metrics import Scores, score_clustering
from ddcl_core.monitors.critical import accumulator
from ddcl_core.monitors.measurements import measure
from ddcl_core.objective import DDCLLoss
from ddcl_core.schedules import Phase, Ramp, Schedule
from ddcl_core.training import DDCLModel, Reconstruction, Trainer, TrainerState, TrainingDiverged, warm_up
from ddcl_theory.experiments.protocol import Cell, Metrics

CLUSTERS = 10
#: Epochs of joint training and of warm-up, those of the paper and those of the quick profile.
EPOCHS, WARM_UP = 300, 50
SHORT, SHORT_WARM_UP = 6, 2
#: The separation weight reaches its value after this part of the joint training: 100 of 300 epochs.
GROWTH = 1 / 3
#: Samples of a batch in the warm-up, Adam's rate there, and the weights of its two terms, which are equal.
WARM_UP_BATCH, WARM_UP_RATE = 256, 1e-3
NOISE = 0.1
#: λ_P in units of λ_sep: twice the least with which both together are bounded below (Remark 3), mean over pairs.
WEIGHT = 2 * 2 / (CLUSTERS - 1)
#: Epochs between two measurements.
STRIDE = 10
#: Projected gradient steps for the simplex-constrained least squares of (16).
DESCENT = 20
#: D_P below this part of the variance of the features at the start of joint training counts as collapsed.
COLLAPSED = 1e-3


class Start(NamedTuple):
    """A network after the warm-up, in evaluation mode, with its decoder."""

    backbone: nn.Module
    reconstruction: Reconstruction


@functools.cache
def _pixels() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return x, y


def data(device: str) -> tuple[Tensor, NDArray[np.int64]]:
    """Digits (n, 64), centred and divided by one standard deviation for all pixels, and their classes (n,)."""
    x, y = _pixels()
    z = torch.from_numpy(x).to(device, torch.float32)
    return fit_standardisation(z).apply(z), y


def network(layers: str, output: str, seed: int) -> nn.Module:
    """The perceptron of the sizes "64-256-…", and what follows its last linear layer."""
    sizes = [int(n) for n in layers.split("-")]
    tails: dict[str, list[nn.Module]] = {
        "linear": [],
        "BatchNorm": [nn.BatchNorm1d(sizes[-1])],
        "BatchNorm + ReLU": [nn.BatchNorm1d(sizes[-1]), nn.ReLU()],
        "unit scale": [UnitScale(torch.zeros(sizes[-1]), 1.0)],
    }
    return nn.Sequential(MLP(sizes, seed=seed), *tails[output])


@functools.lru_cache(maxsize=32)
def warmed(layers: str, output: str, epochs: int, seed: int, device: str) -> Start:
    """The network after the warm-up; kept, because the arms of a seed share it."""
    x, _ = data(device)
    backbone = network(layers, output, seed).to(device)
    decoder = Reconstruction.of(int(layers.split("-")[-1]), x.shape[1], seed=seed).to(device)
    warm_up(
        backbone,
        x,
        epochs=epochs,
        batch_size=WARM_UP_BATCH,
        rate=WARM_UP_RATE,
        reconstruct=1.0,
        contrast=1.0,
        noise=NOISE,
        reconstruction=decoder,
        seed=seed,
        device=device,
    )
    return Start(backbone, decoder)


def start_of(cell: Cell) -> Start:
    """A copy of the warmed-up network of the cell, to be trained further."""
    epochs = WARM_UP if cell["epochs"] == EPOCHS else SHORT_WARM_UP
    kept = warmed(str(cell["layers"]), str(cell["output"]), epochs, cell.seed, cell.device)
    return copy.deepcopy(kept)


def schedule(cell: Cell) -> Schedule:
    """T and the regularisers over the joint training; λ_P keeps its ratio to λ_sep."""
    epochs = int(cell["epochs"])
    hot, cold = {"2 to 0.5": (2.0, 0.5), "0.5": (0.5, 0.5)}[str(cell["temperature"])]
    middle = hot * (cold / hot) ** GROWTH
    top = float(cell["separation"])
    growing = Phase(
        "separation grows",
        epochs * GROWTH,
        temperature=Ramp(hot, middle, "geometric"),
        separation=Ramp(0.0, top),
        weight=Ramp(0.0, WEIGHT * top),
    )
    held = Phase(
        "separation held",
        epochs * (1 - GROWTH),
        temperature=Ramp(middle, cold, "geometric"),
        separation=top,
        weight=WEIGHT * top,
    )
    return Schedule((growing, held))


class LeastSquares(DDCLLoss):
    """L_OLS at the q that minimises it over the simplex (16), found by projected gradient steps from the soft one.

    At the minimiser the derivative through q has no part in the gradient, so that q is a constant.
    """

    def base_sum(self, z: Tensor, prototypes: Tensor, temperature: float | Tensor) -> Tensor:
        """The loss without regularisers, summed over the samples."""
        with torch.no_grad():
            q = constrained(z, prototypes, core.soft_assignment(z, prototypes, temperature, convention=self.convention))
        return core.ols_loss(z, prototypes, q, "sum")


def constrained(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """q (n, k) after projected gradient steps on |z - Pq|^2 of the length 1/L."""
    centre = prototypes.mean(0)
    p, target = prototypes - centre, (z - centre) @ (prototypes - centre).mT
    gram = p @ p.mT
    length = float(torch.linalg.eigvalsh(gram)[-1])
    if length <= 0:
        return q
    for _ in range(DESCENT):
        q = core.project_simplex(q + (target - q @ gram) / length)
    return q


def assigned(cell: Cell, z: Tensor, prototypes: Tensor) -> NDArray[np.int64]:
    """The cluster of each sample: the largest entry of the assignment that the arm trains with."""
    q = core.soft_assignment(z, prototypes, 1.0)
    if _least_squares(cell):
        q = constrained(z, prototypes, q)
    found: NDArray[np.int64] = q.argmax(-1).cpu().numpy()
    return found


def _least_squares(cell: Cell) -> bool:
    return cell.arm.startswith("L_OLS") and cell["ols"] == "simplex"


def objective(cell: Cell) -> DDCLLoss:
    """The base loss of the arm and the switches of the setting."""
    kind = LeastSquares if _least_squares(cell) else DDCLLoss
    return kind(
        "quantization" if cell.arm.startswith("L_q") else "ols",
        assignments=str(cell["gradient"]),
        convention=str(cell["convention"]),
        balance=float(cell["balance"]),
    )


def first_prototypes(z: Tensor, kind: str, seed: int) -> Tensor:
    """Initial prototypes (k, d): distinct samples, W^T Z with random weights W, or centres of one run of k-means."""
    if kind == "samples":
        chosen = np.random.default_rng([seed, 1]).choice(len(z), CLUSTERS, replace=False)
        return z[torch.from_numpy(chosen).to(z.device)]
    if kind == "random weights":
        return uniform_weights(len(z), CLUSTERS, seed).to(z).mT @ z
    found = make("kmeans", CLUSTERS, seed, n_init=1).fit(z.cpu().numpy()).cluster_centers_
    return torch.as_tensor(found).to(z)


def run(cell: Cell) -> Metrics:
    """Train and measure one cell."""
    if cell.arm == "k-means + PCA":
        return _kmeans(cell)
    return _deepcluster(cell) if cell.arm == "DeepCluster" else _ddcl(cell)


def _kmeans(cell: Cell) -> Metrics:
    x, y = data("cpu")
    found = make("kmeans-pca", CLUSTERS, cell.seed, n_init=1).fit(x.numpy())
    return _scores(score_clustering(y, found.labels_))


def _deepcluster(cell: Cell) -> Metrics:
    """The same network with as many passes over the data; without the warm-up where the setting says so."""
    x, y = data(cell.device)
    if cell["deepcluster"] == "warm-up":
        backbone = start_of(cell).backbone
    else:
        backbone = network(str(cell["layers"]), str(cell["output"]), cell.seed).to(cell.device)
    config = DeepClusterConfig(epochs=int(cell["epochs"]), batch_size=int(cell["batch"]))
    try:
        found = deep_cluster(backbone, x, CLUSTERS, config, seed=cell.seed)
    except TrainingDiverged:
        return {"finished": False, **_scores(None)}
    return {"finished": True, **_scores(score_clustering(y, found.labels.cpu()))}


def _ddcl(cell: Cell) -> Metrics:
    x, y = data(cell.device)
    start = start_of(cell)
    z = features_of(start.backbone, x)
    frozen = cell.arm.endswith("frozen")
    model = _model(cell, start.backbone, z)
    spread = float(z.to(accumulator(z.device)).var(0, unbiased=False).sum())
    watch = Watch(cell, y, spread)
    prototype_rate, backbone_rate = rates(cell)
    trainer = Trainer(
        model,
        objective(cell),
        _with_ratio(schedule(cell), backbone_rate / prototype_rate),
        rate=prototype_rate,
        optimizer="adam" if cell["prototypes"] == "free" else lambda groups: LayerScaledAdam(groups, 1 / len(x)),
        callbacks=(watch,),
        auxiliary=start.reconstruction if not frozen and cell["reconstruction"] == "kept" else None,
        device=cell.device,
    )
    try:
        trainer.fit(z if frozen else x, epochs=int(cell["epochs"]), batch_size=int(cell["batch"]), seed=cell.seed)
    except TrainingDiverged:
        return {"finished": False, **_scores(None)}
    return _measured(cell, model, z if frozen else x, y, watch)


def _model(cell: Cell, backbone: nn.Module, z: Tensor) -> DDCLModel:
    """The network, or none where it is frozen, and prototypes of the kind of the setting."""
    prototypes = first_prototypes(z, str(cell["init"]), cell.seed)
    kind = str(cell["prototypes"])
    free = VanillaCompetitiveLayer.from_prototypes(prototypes)
    layer = free if kind == "free" else DualCompetitiveLayer.from_prototypes(z, prototypes)
    return DDCLModel(nn.Identity() if cell.arm.endswith("frozen") else backbone, layer, through_layer=kind == "native")


def rates(cell: Cell) -> tuple[float, float]:
    """Adam's rates of the prototypes and of the network."""
    return {"0.1": (1e-2, 1e-3), "1": (1e-3, 1e-3)}[str(cell["rate ratio"])]


def _with_ratio(plan: Schedule, ratio: float) -> Schedule:
    return Schedule(tuple(replace(phase, rate_ratio=ratio) for phase in plan.phases))


class Watch:
    """Measures the training every STRIDE epochs and at its end, in float64 where the device has it."""

    def __init__(self, cell: Cell, y: NDArray[np.int64], spread: float) -> None:
        """y: the classes; spread: the variance of the features when joint training begins."""
        self.cell, self.y, self.spread = cell, y, spread
        self.rows: list[dict[str, float]] = []

    def __call__(self, state: TrainerState) -> None:
        if state.epoch % STRIDE and state.epoch != self.cell["epochs"]:
            return
        wide = accumulator(state.device)
        z, prototypes = state.sample().to(wide), state.prototypes().to(wide)
        found = measure(z, prototypes, state.setting.temperature, loss=state.objective)
        self.rows.append(
            {
                "epoch": state.epoch,
                "separation": found.prototype_separation / self.spread,
                "features": float(z.var(0, unbiased=False).sum()) / self.spread,
                "uncertainty": found.uncertainty,
                "violation": float(found.residual > found.residual_bound),
                "accuracy": score_clustering(self.y, assigned(self.cell, z, prototypes)).accuracy,
            }
        )


def _measured(cell: Cell, model: DDCLModel, x: Tensor, y: NDArray[np.int64], watch: Watch) -> Metrics:
    labels = assigned(cell, model.encode(x), model.stored_prototypes())
    last = watch.rows[-1]
    metrics: dict[str, Any] = {
        "finished": True,
        "violations": int(sum(row["violation"] for row in watch.rows)),
        "clusters": int(np.unique(labels).size),
        "separation": last["separation"],
        "features": last["features"],
        "uncertainty": last["uncertainty"],
        "collapsed": last["separation"] < COLLAPSED,
        "best_accuracy": max(row["accuracy"] for row in watch.rows),
        **_scores(score_clustering(y, labels)),
    }
    metrics["measured_at"] = [int(row["epoch"]) for row in watch.rows]
    for name in ("accuracy", "separation", "features", "uncertainty"):
        metrics[f"{name}_over_epochs"] = [round(row[name], 6) for row in watch.rows]
    return metrics


def _scores(scores: Scores | None) -> Metrics:
    if scores is None:
        return {"accuracy": None, "nmi": None, "ari": None}
    return {"accuracy": scores.accuracy, "nmi": scores.nmi, "ari": scores.ari}
