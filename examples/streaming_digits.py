"""A stream of handwritten digits in one pass: incremental DDCL beside MiniBatchKMeans (in the manner of Block 6).

Batches of 64 digits arrive once each and are forgotten. Scores are means over several orders of arrival, against
DDCL on all digits at once as the ceiling. The picture shows the accuracy on all digits, and the separation of the
prototypes, as functions of the samples seen.

Run: python examples/streaming_digits.py [--seed 0] [--picture PATH]
"""

from __future__ import annotations

import argparse
from statistics import fmean

import numpy as np
import torch
from sklearn.cluster import MiniBatchKMeans
from sklearn.datasets import load_digits

from ddcl_core import functional
from ddcl_core.estimators import DDCL, IncrementalDDCL
from ddcl_core.metrics import Scores, score_clustering
from ddcl_core.plots import new_figure

BATCH, ORDERS = 64, 5


def separation(model: IncrementalDDCL | MiniBatchKMeans) -> float:
    """Mean squared distance between two prototypes, D_P of (35)."""
    return -float(functional.separation(torch.as_tensor(model.cluster_centers_), "mean"))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="streaming_digits.png")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    pixels, digits = load_digits(return_X_y=True)

    curves: dict[str, list[list[tuple[int, float, float]]]] = {}
    scores: dict[str, list[Scores]] = {}
    for seed in range(options.seed, options.seed + ORDERS):
        order = np.random.default_rng(seed).permutation(len(pixels))
        models = {
            "incremental DDCL": IncrementalDDCL(10, init_size=4 * BATCH, random_state=seed),
            "MiniBatchKMeans": MiniBatchKMeans(10, random_state=seed, n_init=1),
        }
        for name, model in models.items():
            curve, seen = [], 0
            for batch in np.array_split(order, len(order) // BATCH):
                model.partial_fit(pixels[batch])
                seen += len(batch)
                curve.append((seen, score_clustering(digits, model.predict(pixels)).accuracy, separation(model)))
            curves.setdefault(name, []).append(curve)
            scores.setdefault(name, []).append(score_clustering(digits, model.predict(pixels)))
        whole = DDCL(10, random_state=seed).fit(pixels)
        scores.setdefault("DDCL, all at once", []).append(score_clustering(digits, whole.labels_))
    for name, each in scores.items():
        print(f"{name:18s} {Scores(*map(fmean, zip(*each, strict=True)))}")

    figure = new_figure(9, 3.6)
    left, right = figure.subplots(1, 2)
    for name, each in curves.items():
        mean = np.mean(each, axis=0)
        left.plot(mean[:, 0], mean[:, 1], label=name)
        right.plot(mean[:, 0], mean[:, 2], label=name)
    left.axhline(fmean(score.accuracy for score in scores["DDCL, all at once"]), color="0.6", linestyle="--")
    left.set(xlabel="samples seen", ylabel="accuracy on all digits", title="dashed: all at once")
    right.set(xlabel="samples seen", ylabel="$D_P$", title="prototype separation")
    right.legend()
    figure.savefig(options.picture, dpi=120)
    print(f"picture: {options.picture}")


if __name__ == "__main__":
    main()
