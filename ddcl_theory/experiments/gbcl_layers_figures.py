"""Figures of GBCL's experiments, drawn from finished runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ddcl_theory.experiments import central
from ddcl_theory.experiments.gbcl_layers import BLOCK
from ddcl_theory.experiments.gbcl_layers_data import DATASETS, plane
from ddcl_theory.experiments.gbcl_layers_features import BASELINES, DEEP, DUAL, FEATURES, VANILLA
from ddcl_theory.experiments.gbcl_layers_plane import LAYERS
from ddcl_theory.experiments.gbcl_layers_training import STRIDE
from ddcl_theory.experiments.protocol import Metrics
from ddcl_theory.report.style import DASHES, INK, PALETTE, panels, svg

Central = dict[tuple[str, Any], list[Metrics]]


def _central(settings: Any) -> Central:
    """(arm, data set or d) -> metrics of the replicates, in order, at the central setting."""
    found: Central = {}
    for cell, metrics in central.central(BLOCK, settings):
        found.setdefault((cell.arm, cell.condition[0][1]), []).append(metrics)
    return found


def _band(rows: Sequence[Sequence[float]]) -> tuple[Any, Any]:
    """Mean and standard error of the mean over the rows."""
    values = np.asarray(rows, dtype=np.float64)
    error = values.std(0, ddof=1) / len(values) ** 0.5 if len(values) > 1 else np.zeros(values.shape[1])
    return values.mean(0), error


def _legend(plot: Any) -> None:
    """A legend where there is something to name: runs may be missing."""
    if plot.get_legend_handles_labels()[0]:
        plot.legend(fontsize=7)


def course(settings: Any) -> str:
    """Quantisation error, ‖E‖ and valid prototypes over the epochs, as Figure 4."""
    runs = _central(settings)
    rows = (
        ("errors", "error a sample"),
        ("edges_over_epochs", "‖E‖"),
        ("valid_over_epochs", "valid prototypes"),
    )
    with panels(3, 3, width=8.4, height=6.6, sharex=True) as (figure, grid):
        for column, name in enumerate(DATASETS):
            grid[0][column].set_title(name.capitalize(), fontsize=10)
            grid[2][column].set_xlabel("epoch")
            reference = [float(m["error"]) for m in runs.get(("k-means", name), [])]
            if reference:
                look = {"color": PALETTE[-1], "linestyle": ":", "label": "k-means"}
                grid[0][column].axhline(sum(reference) / len(reference), **look)
            for row, (metric, label) in enumerate(rows):
                plot = grid[row][column]
                for i, arm in enumerate(LAYERS):
                    curves = [m[metric] for m in runs.get((arm, name), []) if metric in m]
                    if curves:
                        epochs = [STRIDE * e for e in range(len(curves[0]))]
                        mean, error = _band(curves)
                        plot.plot(epochs, mean, color=PALETTE[i], linestyle=DASHES[i], label=arm)
                        plot.fill_between(epochs, mean - error, mean + error, color=PALETTE[i], alpha=0.25, linewidth=0)
                if column == 0:
                    plot.set_ylabel(label)
            grid[0][column].set_yscale("log")
        _legend(grid[0][0])
        return svg(figure)


def topology(settings: Any) -> str:
    """Prototypes and links after 800 epochs, as Figure 5."""
    runs = _central(settings)
    with panels(2, 3, width=8.4, height=5.8) as (figure, grid):
        for row, arm in enumerate(LAYERS):
            for column, name in enumerate(DATASETS):
                plot = grid[row][column]
                x, _ = plane(name, settings.seed)
                plot.scatter(x[:, 0], x[:, 1], s=3, color=PALETTE[-1], alpha=0.4, linewidths=0)
                found = _first(runs, arm, name)
                if found is not None:
                    p = np.asarray(found["final"])
                    for i, j in found["links"]:
                        plot.plot(*p[[i, j]].T, color=INK, linewidth=0.9)
                    linked = sorted({i for pair in found["links"] for i in pair})
                    plot.plot(*p[linked].T, linestyle="none", marker="o", color=PALETTE[row], markersize=5)
                _finish(plot, f"{arm}, {name.capitalize()}")
        return svg(figure)


def trajectories(settings: Any) -> str:
    """Paths of all prototypes over 400 epochs, as Figure 6."""
    runs = _central(settings)
    with panels(2, 3, width=8.4, height=5.8) as (figure, grid):
        for row, arm in enumerate(LAYERS):
            for column, name in enumerate(DATASETS):
                plot = grid[row][column]
                x, _ = plane(name, settings.seed)
                plot.scatter(x[:, 0], x[:, 1], s=3, color=PALETTE[-1], alpha=0.4, linewidths=0)
                found = _first(runs, arm, name)
                if found is not None:
                    path = np.asarray(found["path"])
                    plot.plot(path[..., 0], path[..., 1], color=PALETTE[row], linewidth=0.9)
                    look = {"linestyle": "none", "color": INK, "markersize": 4}
                    plot.plot(*path[0].T, marker="o", markerfacecolor="none", **look)
                    plot.plot(*path[-1].T, marker="x", **look)
                _finish(plot, f"{arm}, {name.capitalize()}")
        return svg(figure)


def _first(runs: Central, arm: str, name: str) -> Metrics | None:
    """The replicate that kept its path."""
    return next((m for m in runs.get((arm, name), []) if "path" in m), None)


def _finish(plot: Any, title: str) -> None:
    plot.set_title(title, fontsize=9)
    plot.set_aspect("equal", adjustable="datalim")
    plot.tick_params(labelsize=7)


def features(settings: Any) -> str:
    """Accuracy by majority vote over the number of features, as Figure 7, and of methods without these layers."""
    runs = _central(settings)
    sides = ((VANILLA, DUAL, DEEP), BASELINES)
    with panels(1, 2, width=8.4, height=3.6, sharey=True) as (figure, plots):
        for plot, arms in zip(plots, sides, strict=True):
            for i, (arm, mark) in enumerate(zip(arms, "os^D", strict=False)):
                found = {d: [m for m in runs.get((arm, d), []) if m["accuracy"] is not None] for d in FEATURES}
                points = [(d, *_band([[float(m["accuracy"])] for m in rows])) for d, rows in found.items() if rows]
                if points:
                    d, mean, error = zip(*points, strict=True)
                    look = {"color": PALETTE[i], "linestyle": DASHES[i], "marker": mark, "markersize": 5, "capsize": 2}
                    bars = np.concatenate(error)
                    plot.errorbar(d, np.concatenate(mean), yerr=bars, label=arm.removesuffix(", d"), **look)
            chance = [[m["chance"] for m in runs.get((arms[0], d), []) if "chance" in m] for d in FEATURES]
            levels = [(d, sum(c) / len(c)) for d, c in zip(FEATURES, chance, strict=True) if c]
            if levels:
                plot.plot(*zip(*levels, strict=True), color=PALETTE[-1], linewidth=0.9, label="shuffled classes")
            plot.set_xscale("log")
            plot.set_xlabel("number of features d")
            _legend(plot)
        plots[0].set_ylabel("accuracy by majority vote")
        return svg(figure)
