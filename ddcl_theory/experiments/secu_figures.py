"""Figures of SeCu's experiments, drawn from finished runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ddcl_theory.experiments import central
from ddcl_theory.experiments.protocol import Metrics, Pairs, Scalar, pairs
from ddcl_theory.experiments.secu import BLOCK
from ddcl_theory.experiments.secu_effects import ALPHAS, BATCHES, GAMMAS, OUTPUTS, SIZES
from ddcl_theory.experiments.secu_published import published
from ddcl_theory.experiments.secu_training import CENTRAL, NEAREST, K
from ddcl_theory.experiments.statistics import mean_sd
from ddcl_theory.report.style import INK, PALETTE, panels, svg

Runs = dict[tuple[str, Pairs, int], Metrics]

#: Arm, what it changes, metric, name.
METHODS: tuple[tuple[str, dict[str, Scalar], str, str], ...] = (
    ("CE", {}, "accuracy", "cross-entropy"),
    ("SeCu", {}, "accuracy", "SeCu, size constraint, SGD"),
    ("closed form", {}, "accuracy", "SeCu, closed form"),
    ("uniform weights", {}, "accuracy", "uniform weights (CoKe)"),
    ("entropy", {"alpha": CENTRAL["alpha"]}, "accuracy", "SeCu, entropy constraint"),
    ("SeCu", {}, "accuracy_self_labelled", "SeCu with self-labelling"),
    ("DeepCluster", {}, "accuracy", "DeepCluster"),
    ("SimCLR + k-means", {}, "accuracy", "SimCLR and k-means"),
)
#: Condition, values, label: Tables 4, 9, 10, 8.
SWEEPS = (
    ("alpha", ALPHAS, "α/N"),
    ("gamma", GAMMAS, "γ"),
    ("batch", (*BATCHES[:2], CENTRAL["batch"], *BATCHES[2:]), "batch size"),
    ("output", (*OUTPUTS[:1], CENTRAL["output"], *OUTPUTS[1:]), "output dimension"),
)


def _central(settings: Any) -> Runs:
    """(arm, what the condition changes, replicate) -> metrics at the central setting."""
    size = SIZES[settings.profile.name]
    return {
        (cell.arm, tuple((n, v) for n, v in cell.condition if n not in size), cell.replicate): metrics
        for cell, metrics in central.central(BLOCK, settings)
    }


def _values(runs: Runs, arm: str, where: Any, metric: str) -> list[float]:
    return [m[metric] for (a, w, _), m in runs.items() if a == arm and w == pairs(where)]


def _paper(arm: str, where: Mapping[str, Scalar], metric: str) -> float:
    """The paper's number; NaN, which is not drawn, where there is none."""
    number = published(arm, where, metric)
    return math.nan if number is None else number.mean


def _ours(plot: Any, at: Iterable[float], found: Iterable[list[float]], *, across: bool) -> None:
    """Means with bars of one standard deviation, where there are runs."""
    points = [(x, *mean_sd(values)) for x, values in zip(at, found, strict=True) if values]
    if points:
        x, mean, sd = zip(*points, strict=True)
        look: dict[str, Any] = {
            "color": PALETTE[0],
            "marker": "o",
            "linestyle": "none",
            "capsize": 3,
            "label": "here, digits",
        }
        plot.errorbar(mean, x, xerr=sd, **look) if across else plot.errorbar(x, mean, yerr=sd, **look)


def methods(settings: Any) -> str:
    """ACC of each method, beside the paper's."""
    runs = _central(settings)
    with panels(width=7.2, height=3.8) as (figure, plot):
        at = list(range(len(METHODS)))
        _ours(plot, at, [_values(runs, arm, where, metric) for arm, where, metric, _ in METHODS], across=True)
        plot.plot(
            [_paper(arm, where, metric) for arm, where, metric, _ in METHODS],
            at,
            color=PALETTE[1],
            marker="D",
            markerfacecolor="none",
            linestyle="none",
            label="paper, CIFAR-10",
        )
        plot.set_yticks(at, [name for *_, name in METHODS])
        plot.invert_yaxis()
        plot.set_xlim(0, 1)
        plot.set_xlabel("ACC")
        plot.legend(fontsize=8, loc="lower left")
        return svg(figure)


def sweeps(settings: Any) -> str:
    """ACC over α, γ, batch size and output dimension, beside the paper's."""
    runs = _central(settings)
    with panels(1, 4, width=10.4, height=3.0, sharey=True) as (figure, plots):
        for plot, (name, values, label) in zip(plots, SWEEPS, strict=True):
            at = list(range(len(values)))
            found = [_values(runs, *_place(name, value), "accuracy") for value in values]
            _ours(plot, at, found, across=False)
            plot.plot(
                at,
                [_paper(*_place(name, value), "accuracy") for value in values],
                color=PALETTE[1],
                marker="D",
                markerfacecolor="none",
                linestyle="--",
                label="paper, CIFAR-10",
            )
            plot.set_xticks(at, [f"{value:g}" for value in values], rotation=45 if len(values) > 4 else 0)
            plot.set_xlabel(label)
            plot.set_ylim(0, 1)
        plots[0].set_ylabel("ACC")
        plots[0].legend(fontsize=8, loc="lower left")
        return svg(figure)


def _place(name: str, value: Any) -> tuple[str, dict[str, Any]]:
    """The arm that ran this value, and its condition."""
    if name == "alpha":
        return "entropy", {name: value}
    return ("SeCu", {}) if value == CENTRAL[name] else ("sweep", {name: value})


def stability(settings: Any) -> str:
    """Changing labels and the largest cluster over the epochs, for both losses."""
    runs = _central(settings)
    with panels(1, 2, width=7.6, height=3.2) as (figure, plots):
        shown = (("relabelled_over_epochs", "share of labels that change"), ("largest_over_epochs", "#Max / mean size"))
        for plot, (metric, label) in zip(plots, shown, strict=True):
            for arm, colour, dash, mark in (("SeCu", PALETTE[0], "-", "o"), ("CE", PALETTE[1], "--", "s")):
                series = runs.get((arm, (), 0), {}).get(metric, [])
                if series:
                    epochs = range(1, len(series) + 1)
                    plot.plot(
                        epochs, series, color=colour, linestyle=dash, marker=mark, markersize=4, markevery=5, label=arm
                    )
            plot.set_xlabel("epoch")
            plot.set_ylabel(label)
            plot.set_ylim(bottom=0)
        if plots[0].get_legend_handles_labels()[0]:
            plots[0].legend(fontsize=8)
        return svg(figure)


def exemplars(settings: Any) -> str:
    """The training images nearest to each centre, a row a cluster; each pixel a square whose area is its ink."""
    from sklearn.datasets import load_digits

    rows = _central(settings).get(("SeCu", (), 0), {}).get("exemplars", [])
    images = load_digits().images
    with panels(width=4.6, height=5.4) as (figure, plot):
        for row, chosen in enumerate(rows):
            for column, index in enumerate(chosen):
                down, right = np.nonzero(images[index])
                ink = images[index][down, right]
                plot.scatter(right + 9 * column, down + 9 * row, s=ink / 4, marker="s", color=INK, linewidths=0)
        plot.set_xlim(-1, 9 * NEAREST)
        plot.set_ylim(9 * K, -1)
        plot.set_yticks([9 * row + 3.5 for row in range(K)], [f"cluster {row + 1}" for row in range(K)])
        plot.set_xticks([])
        plot.set_aspect("equal")
        plot.grid(visible=False)
        plot.spines[:].set_visible(False)
        return svg(figure)
