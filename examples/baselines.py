"""All baselines on handwritten digits: k-means and its kin, and three methods that train a network.

The pixels are used as they are, in float32. One seed is one run: the deep methods vary from seed to seed by several
points. The picture shows the three scores of each method.

Run: python examples/baselines.py [--seed 0] [--picture PATH]
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

from ddcl_core.baselines import REGISTRY, make
from ddcl_core.metrics import Scores, score_clustering

# Settings other than the defaults, for the sake of time.
OPTIONS = {"secu": {"epochs": 20}}
COLUMNS = {"accuracy": "ACC", "nmi": "NMI", "ari": "ARI"}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="baselines.png")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    pixels, digits = load_digits(return_X_y=True)
    pixels = pixels.astype(np.float32)

    scores: dict[str, Scores] = {}
    for name in REGISTRY:
        model = make(name, n_clusters=10, random_state=arguments.seed, **OPTIONS.get(name, {})).fit(pixels)
        title = REGISTRY[name].title
        scores[title] = score_clustering(digits, model.labels_)
        print(f"{title:20s}{scores[title]}")
    draw(scores).savefig(arguments.picture, dpi=120)
    print(f"picture: {arguments.picture}")


def draw(scores: dict[str, Scores]) -> Figure:
    """Bars of the three scores, one group a method."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(scores))
    for offset, (column, title) in zip((-0.27, 0.0, 0.27), COLUMNS.items(), strict=True):
        bars = axes.bar(places + offset, [getattr(entry, column) for entry in scores.values()], width=0.25, label=title)
        axes.bar_label(bars, fmt="%.2f", fontsize=7)
    axes.set_xticks(places, list(scores), fontsize=8)
    axes.set_ylim(0, 1.1)
    axes.set_ylabel("score")
    axes.legend(ncols=3, frameon=False, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    main()
