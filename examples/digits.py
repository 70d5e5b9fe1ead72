"""DDCL beside k-means on handwritten digits as they are: no scaling, no parameters but the number of clusters.

L_q and L_OLS, free and native prototypes. The picture shows the prototypes as images, each under the digit that it is
matched to, and how temperature and prototype separation went.

Run: python examples/digits.py [--seed 0] [--picture PATH]
"""

from __future__ import annotations

import argparse

import torch
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits

from ddcl_core.estimators import DDCL
from ddcl_core.metrics import match_labels, score_clustering
from ddcl_core.plots import new_figure, plot_dynamics, plot_prototypes

METHODS = {
    "DDCL (L_q)": {},
    "DDCL (L_q, native)": {"prototypes": "native", "n_init": 1},
    "DDCL (L_OLS)": {"loss": "ols"},
}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="digits.png")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    pixels, digits = load_digits(return_X_y=True)

    single = KMeans(10, n_init=1, random_state=options.seed).fit(pixels)
    several = KMeans(10, n_init=10, random_state=options.seed).fit(pixels)
    print(f"{'k-means, 1 start':20s} {score_clustering(digits, single.labels_)}")
    print(f"{'k-means, 10 starts':20s} {score_clustering(digits, several.labels_)}")
    models = {}
    for name, parameters in METHODS.items():
        models[name] = DDCL(10, random_state=options.seed, **parameters).fit(pixels)
        print(f"{name:20s} {score_clustering(digits, models[name].labels_)}")

    shown = models["DDCL (L_q)"]
    digit_of = match_labels(digits, shown.labels_)
    figure = new_figure(9, 4.2)
    above, below = figure.subfigures(2, 1, height_ratios=(1, 2.6))
    titles = [str(digit_of.get(cluster, "?")) for cluster in range(10)]
    plot_prototypes(shown.cluster_centers_, image_shape=(8, 8), titles=titles, ax=above.add_subplot())
    plot_dynamics(shown.history_, axes=list(below.subplots(1, 3)))
    figure.savefig(options.picture, dpi=120)
    print(f"picture: {options.picture}")


if __name__ == "__main__":
    main()
