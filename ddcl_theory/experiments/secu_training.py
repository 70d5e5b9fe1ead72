"""SeCu at small scale, one run: a small encoder on scikit-learn's digits, trained and measured on held-out images.

The parameters are those of SeCu, §4 ("Optimization"), with fewer epochs, heads and images; α is scaled by n as there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines.deepcluster import DeepClusterConfig, deep_cluster
from ddcl_core.baselines.kmeans import kmeans, nearest_centres
from ddcl_core.metrics import score_clustering
from ddcl_core.secu import (
    ClosedFormCentres,
    SeCuConfig,
    SeCuModel,
    SeCuTrainer,
    SelfLabelConfig,
    SelfLabelling,
    View,
    encode,
    head_sizes,
    normalise,
)
from ddcl_core.training.warmup import contrastive_loss
from ddcl_theory.experiments.protocol import Cell, Metrics, Scalar

K = 10
#: Images for training, and those held out for the scores; a run on fewer leaves out the rest.
TRAINED, HELD_OUT = 1437, 360
#: What the text fixes for CIFAR-10 and a run may change: γ, α/N, batch size, output dimension.
CENTRAL: dict[str, Scalar] = {"gamma": 0.9, "alpha": 0.12, "batch": 128, "output": 128}
HEADS, CENTRE_RATE = 3, 1.2
#: The text warms up for 10 of 400 epochs, and labels itself for 100 after 400.
WARM_UP, SELF_LABEL = 10 / 400, 100 / 400
#: Starts of k-means on the features of SimCLR, whose temperature is that of the paper that SeCu cites.
STARTS, CONTRAST = 10, 0.5
NEAREST = 8
#: variation -> what it changes of the central setting.
VARIATIONS: dict[str, dict[str, Any]] = {
    "central": {},
    "1 head": {"heads": 1},
    "10 heads": {"heads": 10},
    "crops": {"view": "crops"},
    "log p": {"score": "log"},
    "centre rate 0.12": {"centre_rate": 0.12},
    "convolutions": {"encoder": "convolutions"},
    "epochs / 3": {"shorter": 3},
}


@dataclass(frozen=True)
class Distorted:
    """Random rotation, zoom and shift of images (b, 1, h, w), a change of contrast, and noise.

    angle: largest rotation in radians.  zoom: a window of (1 - zoom) to (1 + zoom) times the image's side.  shift:
    largest, in half sides.  contrast: largest relative change.  noise: standard deviation in the unit of the images.
    """

    angle: float = math.pi / 12
    zoom: float = 0.2
    shift: float = 0.25
    contrast: float = 0.2
    noise: float = 0.1

    def __call__(self, x: Tensor, generator: torch.Generator) -> Tensor:
        turn, size, right, down, light = _uniform(x, 5, generator)
        side = 1 + self.zoom * size
        cos, sin = torch.cos(self.angle * turn) * side, torch.sin(self.angle * turn) * side
        seen = _window(x, cos, sin, self.shift * right, self.shift * down)
        return _lit(seen, 1 + self.contrast * light, self.noise, generator)


@dataclass(frozen=True)
class Crops:
    """Random square crops of images (b, 1, h, w), `smallest` to 1 of the area, put back to full size; contrast, noise.

    The smallest area is that of SeCu, §4 ("Augmentation"), for CIFAR-10.
    """

    smallest: float = 0.3
    contrast: float = 0.4
    noise: float = 0.1

    def __call__(self, x: Tensor, generator: torch.Generator) -> Tensor:
        size, right, down, light = _uniform(x, 4, generator)
        side = (self.smallest + (1 - self.smallest) * (size + 1) / 2).sqrt()
        seen = _window(x, side, torch.zeros_like(side), (1 - side) * right, (1 - side) * down)
        return _lit(seen, 1 + self.contrast * light, self.noise, generator)


def _uniform(x: Tensor, rows: int, generator: torch.Generator) -> Tensor:
    """(rows, b) numbers from -1 to 1."""
    return 2 * torch.rand(rows, len(x), generator=generator, dtype=x.dtype, device=x.device) - 1


def _window(x: Tensor, cos: Tensor, sin: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """What is seen through a window of each image; beyond the border the border goes on."""
    rows = torch.stack([torch.stack([cos, -sin, right], -1), torch.stack([sin, cos, down], -1)], 1)
    grid = nn.functional.affine_grid(rows, list(x.shape), align_corners=False)
    return nn.functional.grid_sample(x, grid, padding_mode="border", align_corners=False)


def _lit(x: Tensor, factor: Tensor, noise: float, generator: torch.Generator) -> Tensor:
    """Each image times its factor (b,), with noise."""
    draws = torch.randn(x.shape, generator=generator, dtype=x.dtype, device=x.device)
    return x * factor[:, None, None, None] + noise * draws


VIEWS: dict[str, View] = {"distorted": Distorted(), "crops": Crops()}


@dataclass(frozen=True)
class Split:
    """Images (n, 1, 8, 8) in units of their spread, classes, and indices into the data set; the first part trains."""

    images: Tensor
    classes: NDArray[np.int64]
    index: NDArray[np.int64]
    trained: int

    @property
    def train(self) -> Tensor:
        return self.images[: self.trained]

    @property
    def test(self) -> Tensor:
        return self.images[self.trained :]


def split(seed: int, trained: int, device: str = "cpu") -> Split:
    """Digits in an order that belongs to the seed: the first HELD_OUT are held out, the next `trained` train."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(x))
    chosen = np.concatenate([order[HELD_OUT : HELD_OUT + trained], order[:HELD_OUT]])
    images = torch.from_numpy(x[chosen]).to(device, torch.float32).reshape(-1, 1, 8, 8)
    seen = images[:trained]
    return Split((images - seen.mean()) / seen.std(correction=0), y[chosen], chosen, trained)


def encoder(kind: str, output: int, seed: int) -> tuple[nn.Module, nn.Module]:
    """A backbone of 128 features and the two-layer head that ends in `output`."""
    head = MLP((128, 128, output), seed=seed + 1)
    if kind == "perceptron":
        return nn.Sequential(nn.Flatten(), MLP((64, 128, 128), seed=seed)), head
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for before, after in ((1, 16), (16, 32)):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
        return nn.Sequential(*layers, nn.Flatten()), head


def run(cell: Cell) -> Metrics:
    """Train and measure one cell."""
    changed = VARIATIONS[str(dict(cell.setting).get("variation", "central"))]
    epochs = max(1, int(cell["epochs"]) // int(changed.get("shorter", 1)))
    data = split(cell.root, int(cell["images"]), cell.device)
    view = VIEWS[str(changed.get("view", "distorted"))]
    at = CENTRAL | dict(cell.condition)
    seed = cell.seed + 1
    parts = encoder(str(changed.get("encoder", "perceptron")), int(at["output"]), 2 * seed)
    backbone, head = (part.to(cell.device) for part in parts)
    if cell.arm == "DeepCluster":
        return _deep_cluster(nn.Sequential(backbone, head), data, view, epochs, seed)
    if cell.arm == "SimCLR + k-means":
        return _contrast(nn.Sequential(backbone, head), data, view, epochs, seed)
    return _secu(cell, changed, at, backbone, head, data, view, epochs, seed)


def _secu(
    cell: Cell,
    changed: dict[str, Any],
    at: dict[str, Scalar],
    backbone: nn.Module,
    head: nn.Module,
    data: Split,
    view: View,
    epochs: int,
    seed: int,
) -> Metrics:
    sizes = head_sizes(K, int(changed.get("heads", HEADS)))
    generator = torch.Generator().manual_seed(seed)
    model = SeCuModel(backbone, sizes, int(at["output"]), projector=head, generator=generator).to(cell.device)
    config = SeCuConfig(
        epochs=epochs,
        batch_size=int(at["batch"]),
        constraint="entropy" if cell.arm == "entropy" else "size",
        lower=float(at["gamma"]),
        entropy_weight=float(at["alpha"]),
        score=str(changed.get("score", "similarity")),
        centre_update="closed-form" if cell.arm in ("closed form", "uniform weights") else "sgd",
        negatives="attached" if cell.arm == "CE" else "stopped",
        centre_rate=float(changed.get("centre_rate", CENTRE_RATE)),
        warmup_epochs=max(1, round(WARM_UP * epochs)),
    )
    trainer = SeCuTrainer(model, config, view=view, seed=seed)
    if cell.arm == "uniform weights":
        trainer.sums = [ClosedFormCentres("uniform") for _ in sizes]
    history = trainer.fit(data.train)
    predicted = _predicted(model, data.test)
    counts = trainer.labels[0].bincount(minlength=K).tolist()
    mean = data.trained / K
    late = history["relabelled"][-max(1, epochs // 4) :]
    metrics = _scores(data, predicted) | {
        "largest": max(counts) / mean,
        "smallest": min(counts) / mean,
        "relabelled": sum(late) / len(late),
        "clusters_predicted": len(np.unique(predicted)),
    }
    if cell.replicate == 0 and not changed and cell.arm in ("SeCu", "CE"):
        metrics["relabelled_over_epochs"] = [round(v, 5) for v in history["relabelled"]]
        metrics["largest_over_epochs"] = [round(max(row) / mean, 5) for row in history["sizes"]]
    if cell.arm == "SeCu":
        if cell.replicate == 0 and not changed:
            near = (encode(model, data.train) @ model.heads[0].detach().mT).topk(NEAREST, dim=0).indices.cpu().numpy()
            metrics["exemplars"] = data.index[near].T.tolist()
        metrics["accuracy_self_labelled"] = _self_labelled(model, data, trainer.labels[0], view, epochs, seed)
    return metrics


def _self_labelled(model: SeCuModel, data: Split, labels: Tensor, view: View, epochs: int, seed: int) -> float:
    """ACC after self-labelling, with the views of training as strong views and the images themselves as weak ones."""
    stage = max(1, round(SELF_LABEL * epochs))
    config = SelfLabelConfig(epochs=stage, warmup_epochs=round(stage / 10))
    SelfLabelling(model, config, strong=view, seed=seed).fit(data.train, labels)
    return float(_scores(data, _predicted(model, data.test))["accuracy"])


def _predicted(model: SeCuModel, images: Tensor) -> NDArray[np.int64]:
    """The nearest centre of the first head, without a constraint."""
    with torch.no_grad():
        found: NDArray[np.int64] = model(images).argmax(-1).cpu().numpy()
    return found


def _scores(data: Split, predicted: NDArray[np.int64]) -> Metrics:
    scores = score_clustering(data.classes[data.trained :], predicted)
    return {"accuracy": scores.accuracy, "nmi": scores.nmi, "ari": scores.ari}


def _deep_cluster(network: nn.Module, data: Split, view: View, epochs: int, seed: int) -> Metrics:
    """As many epochs, and the same network, views and batch size; its own rates."""
    found = deep_cluster(
        network,
        data.train,
        K,
        DeepClusterConfig(epochs=epochs, batch_size=int(CENTRAL["batch"])),
        seed=seed,
        views=view,
    )
    network.eval()
    with torch.no_grad():
        features = found.whitening.apply(network(data.test))
    return _scores(data, nearest_centres(features, found.centres)[0].cpu().numpy())


def contrasted(
    network: nn.Module, images: Tensor, view: View, epochs: int, seed: int, *, batch: int, rate: float = 1e-3
) -> None:
    """Train the network in place by instance discrimination (SimCLR) with Adam; it ends in evaluation mode."""
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    order = torch.Generator().manual_seed(seed)
    noise = torch.Generator(images.device).manual_seed(seed + 1)
    network.train()
    for _ in range(epochs):
        for index in torch.tensor_split(torch.randperm(len(images), generator=order), -(-len(images) // batch)):
            part = images[index.to(images.device)]
            loss = contrastive_loss(network(view(part, noise)), network(view(part, noise)), CONTRAST)
            optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimiser.step()
    network.eval()


def _contrast(network: nn.Module, data: Split, view: View, epochs: int, seed: int) -> Metrics:
    """Two-stage: the same network and views for as many epochs of instance discrimination, then k-means."""
    contrasted(network, data.train, view, epochs, seed, batch=int(CENTRAL["batch"]))
    with torch.no_grad():
        trained, test = (normalise(network(images)) for images in (data.train, data.test))
    centres = kmeans(trained, K, generator=torch.Generator().manual_seed(seed), n_init=STARTS).centres
    return _scores(data, nearest_centres(test, centres)[0].cpu().numpy())
