"""Small images clustered from scratch by SeCu, with both constraints and with self-labelling.

The images are scikit-learn's digits, 8x8 pixels. Two views of an image differ by a shift of up to half a pixel and by
noise; larger shifts, or pooling early in the network, gave poorer clusters in so few epochs. The second fit of the
size-constrained model reads its training from the checkpoint and adds self-labelling only.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional

from ddcl_core.estimators.secu import SeCu
from ddcl_core.metrics import score_clustering

SHAPE = (1, 8, 8)
SHOWN = 8


class SmallNet(nn.Module):
    """Two convolutions and two linear layers: images (b, 1, 8, 8) -> (b, 32)."""

    n_features = 32

    def __init__(self, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.net = nn.Sequential(
                nn.Conv2d(1, 16, 3, padding=1, bias=False),
                nn.BatchNorm2d(16),
                nn.ReLU(),
                nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(32),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(32 * 16, 128),
                nn.BatchNorm1d(128),
                nn.ReLU(),
                nn.Linear(128, self.n_features),
            )

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.net(x)
        return features


def shifted_and_noisy(x: Tensor, generator: torch.Generator) -> Tensor:
    """Images shifted by up to half a pixel in each direction, plus noise of standard deviation 0.3."""
    pixels = torch.rand(x.shape[0], 2, generator=generator, dtype=x.dtype, device=x.device) - 0.5
    moves = torch.zeros(x.shape[0], 2, 3, dtype=x.dtype, device=x.device)
    moves[:, 0, 0] = moves[:, 1, 1] = 1
    # The grid runs from -1 to 1 over 8 pixels.
    moves[:, :, 2] = pixels * 2 / 8
    grid = functional.affine_grid(moves, list(x.shape), align_corners=False)
    shifted = functional.grid_sample(x, grid, padding_mode="border", align_corners=False)
    return shifted + 0.3 * torch.randn(x.shape, generator=generator, dtype=x.dtype, device=x.device)


def draw(images: NDArray[np.float32], model: SeCu) -> Figure:
    """The images nearest to each centre, and the sizes of the clusters over the epochs."""
    figure = Figure(figsize=(11, 6), layout="constrained")
    parts: Any = figure.subfigures(1, 2, width_ratios=(1, 1.1))
    left, right = parts
    similarity = model.features(images) @ model.cluster_centers_.T
    panels = left.subplots(model.n_clusters, SHOWN)
    for cluster, row in enumerate(panels):
        for axis, index in zip(row, np.argsort(-similarity[:, cluster])[:SHOWN], strict=True):
            axis.imshow(images[index].reshape(SHAPE[1:]), cmap="gray_r")
            axis.set_axis_off()
    left.suptitle("images nearest to the centres, a row a cluster")
    axis = right.subplots()
    axis.plot(np.array(model.history_["sizes"]))
    axis.axhline(model.lower * len(images) / model.n_clusters, color="black", linestyle=":", label="lower bound")
    axis.set(xlabel="epoch", ylabel="samples", title="sizes of the clusters in training")
    axis.legend()
    return figure


def main(argv: list[str] | None = None) -> None:
    """Train, print the scores beside those of k-means, and draw the clusters."""
    parser = argparse.ArgumentParser(description="SeCu on small images.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="secu_images.png")
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args(argv)
    pixels, labels = load_digits(return_X_y=True)
    images = pixels.astype(np.float32)

    def secu(**changes: Any) -> SeCu:
        return SeCu(
            10,
            backbone=SmallNet(options.seed),
            input_shape=SHAPE,
            views=shifted_and_noisy,
            epochs=options.epochs,
            rate=0.05,
            random_state=options.seed,
            **changes,
        )

    baseline = KMeans(10, n_init=10, random_state=options.seed).fit_predict(images)
    print(f"{'k-means on pixels':24} {score_clustering(labels, baseline)}")
    entropy = secu(constraint="entropy").fit(images)
    print(f"{'SeCu, entropy':24} {score_clustering(labels, entropy.labels_)}")
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "secu.pt"
        size = secu(checkpoint=checkpoint).fit(images)
        print(f"{'SeCu, size':24} {score_clustering(labels, size.labels_)}")
        refined = secu(checkpoint=checkpoint, self_label_epochs=10).fit(images)
        print(f"{'SeCu, size, self-labels':24} {score_clustering(labels, refined.labels_)}")
    draw(images, size).savefig(options.picture, dpi=120)
    print(f"picture: {options.picture}")


if __name__ == "__main__":
    main()
