"""Figures of Block 1, drawn from finished runs."""

from __future__ import annotations

from typing import Any

from ddcl_theory.experiments import central
from ddcl_theory.experiments.block1 import BEYOND, BLOCK, DATASETS, TEMPERATURES
from ddcl_theory.experiments.block1_training import STRIDE, data
from ddcl_theory.experiments.protocol import Cell, Metrics
from ddcl_theory.report.style import DASHES, INK, PALETTE, panels, svg

ARMS = (("L_q", "L_q", PALETTE[0], "-"), ("L_OLS", "L_OLS", PALETTE[1], "--"))


def _central(settings: Any) -> dict[tuple[str, Any, Any, int], Metrics]:
    """(arm, dataset, T, replicate) -> metrics at the central setting."""
    return {_place(cell): metrics for cell, metrics in central.central(BLOCK, settings)}


def _place(cell: Cell) -> tuple[str, Any, Any, int]:
    return cell.arm, cell["dataset"], cell["T"], cell.replicate


def _over_replicates(runs: dict[Any, Metrics], arm: str, t: float, metric: str) -> list[float]:
    return [
        float(m[metric]) for (a, d, u, _), m in runs.items() if (a, d, u) == (arm, "moons", t) and m[metric] is not None
    ]


def _legend(plot: Any) -> None:
    """A legend where there is something to name: runs may be missing."""
    if plot.get_legend_handles_labels()[0]:
        plot.legend(fontsize=8)


def separation(settings: Any) -> str:
    """D_P over the epochs, and the share of collapsed runs over T, on Moons."""
    runs = _central(settings)
    with panels(1, 2, width=7.6, height=3.4) as (figure, (left, right)):
        for (arm, label, colour, _), mark in zip(ARMS, "os", strict=True):
            for t, dash in zip(TEMPERATURES, DASHES, strict=False):
                found = runs.get((arm, "moons", t, 0))
                if found is not None:
                    series = found["separation_over_epochs"]
                    epochs = [STRIDE * i for i in range(len(series))]
                    look = {"color": colour, "linestyle": dash, "marker": mark, "markevery": 10, "markersize": 4}
                    left.plot(epochs, series, label=f"{label}, T = {t:g}", **look)
        left.set_xlabel("epoch")
        left.set_ylabel("D_P / variance of the data")
        _legend(left)
        temperatures = sorted((*TEMPERATURES, *BEYOND))
        for (arm, label, colour, dash), mark in zip(ARMS, "os", strict=True):
            shares = [(t, _over_replicates(runs, arm, t, "collapsed")) for t in temperatures]
            points = [(t, sum(v) / len(v)) for t, v in shares if v]
            if points:
                right.plot(*zip(*points, strict=True), color=colour, linestyle=dash, marker=mark, label=label)
        right.set_xscale("log")
        right.set_xlabel("temperature T")
        right.set_ylabel("share of collapsed runs")
        right.set_ylim(-0.05, 1.05)
        _legend(right)
        return svg(figure)


def trajectories(settings: Any) -> str:
    """Paths of the prototypes at T = 0.5 from one start, on all data sets."""
    runs = _central(settings)
    with panels(1, 4, width=9.6, height=2.9) as (figure, plots):
        for name, plot in zip(DATASETS, plots, strict=True):
            x, _ = data(name, settings.seed, standardised=True)
            plot.scatter(x[:, 0], x[:, 1], s=3, color=PALETTE[-1], alpha=0.4, linewidths=0)
            for arm, label, colour, dash in ARMS:
                found = runs.get((arm, name, 0.5, 0))
                for j in range(len(found["path"][0]) if found else 0):
                    path = [state[j] for state in found["path"]] if found else []
                    h, v = zip(*path, strict=True)
                    plot.plot(h, v, color=colour, linestyle=dash, label=label if j == 0 else None)
                    plot.plot(h[0], v[0], marker="o", color=INK, markersize=4, markerfacecolor="none")
                    plot.plot(h[-1], v[-1], marker="x", color=INK, markersize=6)
            plot.set_title(name.capitalize(), fontsize=10)
            plot.set_aspect("equal", adjustable="datalim")
        _legend(plots[0])
        return svg(figure)


def temperature(settings: Any) -> str:
    """V and ACC under L_q over T, on Moons."""
    from ddcl_theory.experiments.statistics import mean_sd

    runs = _central(settings)
    with panels(1, 2, width=7.6, height=3.2) as (figure, plots):
        shown = (("variance", "V / variance of the data"), ("accuracy", "ACC"))
        for plot, (metric, label) in zip(plots, shown, strict=True):
            found = [(t, _over_replicates(runs, "L_q", t, metric)) for t in sorted((*TEMPERATURES, *BEYOND))]
            points = [(t, *mean_sd(v)) for t, v in found if v]
            if points:
                t, mean, sd = zip(*points, strict=True)
                plot.errorbar(t, mean, yerr=sd, color=PALETTE[0], marker="o", capsize=3)
            plot.set_xscale("log")
            plot.set_xlabel("temperature T")
            plot.set_ylabel(label)
        return svg(figure)
