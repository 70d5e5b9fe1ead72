"""How many clusters? Thirty prototypes on two moons, linked by competitive Hebbian learning.

A dual competitive layer minimises the quantisation error Q, alone or with lambda ||E||_F of the graph E that links the
first and second winner of every sample. Clusters are the connected components of E. One stray sample between the moons
is enough to join them; penalising links removes such bridges, penalising counts adds links. The lines printed are means
over four draws of the data, and the picture shows the last one.
"""

from __future__ import annotations

import argparse
from statistics import fmean

import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from sklearn.datasets import make_moons
from torch import Tensor

from ddcl_core.layers import DualCompetitiveLayer, Topology, competitive_loss, data_topology
from ddcl_core.metrics import Scores, score_clustering

DRAWS, SAMPLES, PROTOTYPES, EPOCHS = 4, 500, 30, 200
TEMPERATURE = 0.05  # of the soft winners, in squared standard deviations
METHODS = {"Q": (0.0, "links"), "Q + counts": (2.0, "counts"), "Q + links": (2.0, "links")}


def fit(z: Tensor, weight: float, kind: str, seed: int) -> DualCompetitiveLayer:
    """Minimise Q + weight ||E||_F over the dual weights; whole data set each step."""
    layer = DualCompetitiveLayer(len(z), PROTOTYPES, estimate="unbiased", dtype=z.dtype)
    layer.initialise(z, random_state=seed)
    # A step of Adam may change every weight by its rate and so move a prototype by about n times as much.
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1 / len(z))
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        competitive_loss(z, layer(z), weight=weight, kind=kind, temperature=TEMPERATURE).backward()
        optimizer.step()
    layer.eval()
    return layer


def draw(axes: Axes, z: Tensor, topology: Topology, title: str) -> None:
    """Data by component, prototypes and the links between them."""
    prototypes, linked = topology.pruned.prototypes, topology.pruned.graph.triu() > 0
    axes.scatter(*z.T, c=topology.labels, s=6, cmap="tab10", vmax=10, alpha=0.5)
    axes.add_collection(
        LineCollection([prototypes[pair].tolist() for pair in linked.nonzero()], colors="0.2", linewidths=1)
    )
    axes.scatter(*prototypes.T, c="black", s=16)
    axes.set(title=title, xticks=[], yticks=[], aspect="equal")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="topology.png")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)

    figure = Figure(figsize=(12, 4), layout="constrained")
    for place, (name, (weight, kind)) in enumerate(METHODS.items(), 1):
        scores, counts, links = [], [], []
        for seed in range(options.seed, options.seed + DRAWS):
            points, classes = make_moons(SAMPLES, noise=0.08, random_state=seed)
            z = torch.from_numpy((points - points.mean(0)) / points.std(0))
            topology = data_topology(z, fit(z, weight, kind, seed).stored_prototypes())
            scores.append(score_clustering(classes, topology.labels))
            counts.append(topology.components.n_components)
            links.append(int((topology.pruned.graph.triu() > 0).sum()))
        found = Scores(*(fmean(column) for column in zip(*scores, strict=True)))
        print(f"{name:<10}  {found}  components {counts}  links {links}")
        title = f"{name}: components {counts[-1]}, links {links[-1]}"
        draw(figure.add_subplot(1, len(METHODS), place), z, topology, title)
    figure.savefig(options.picture, dpi=120)
    print(f"picture: {options.picture}")


if __name__ == "__main__":
    main()
