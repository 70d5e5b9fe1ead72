"""Figures of Block 4, drawn from finished runs."""

from __future__ import annotations

from typing import Any

from ddcl_theory.experiments import central
from ddcl_theory.experiments.block4 import BASELINES, BLOCK, LOSSES, PUBLISHED, PUBLISHED_SD, SCORES
from ddcl_theory.experiments.protocol import Metrics
from ddcl_theory.experiments.statistics import mean_sd
from ddcl_theory.report.style import INK, PALETTE, panels, svg

LOOKS = {"L_q": (PALETTE[0], "-", "o"), "L_OLS": (PALETTE[1], "--", "s")}
NAMES = {"accuracy": "ACC", "nmi": "NMI", "ari": "ARI"}


def _central(settings: Any) -> dict[tuple[str, int], Metrics]:
    """(arm, replicate) -> metrics at the central setting."""
    return {(cell.arm, cell.replicate): metrics for cell, metrics in central.central(BLOCK, settings)}


def is_cifar(features: str) -> bool:
    """Whether features of this name are those of CIFAR-10, and no stand-in."""
    return features.startswith("CIFAR-10")


def _names_of_features(settings: Any) -> list[str]:
    """Where the features of the runs come from."""
    return sorted({str(cell["features"]) for cell, _ in central.central(BLOCK, settings)})


def dynamics(settings: Any) -> str:
    """D_P, tr S_q and V over the epochs, for both losses."""
    runs = _central(settings)
    labels = ("D_P / variance of the data", "mean tr S_q", "V / variance of the data")
    with panels(1, 3, width=9.6, height=3.0) as (figure, plots):
        for arm in LOSSES:
            colour, dash, mark = LOOKS[arm]
            for plot, series in zip(plots, runs.get((arm, 0), {}).get("curves", ()), strict=False):
                look = {"color": colour, "linestyle": dash, "marker": mark, "markevery": 10, "markersize": 4}
                plot.plot(range(len(series)), series, label=arm, **look)
        for plot, label in zip(plots, labels, strict=True):
            plot.set_xlabel("epoch")
            plot.set_ylabel(label)
        if plots[0].get_legend_handles_labels()[0]:
            plots[0].legend(fontsize=8)
        return svg(figure)


def scores(settings: Any) -> str:
    """The three scores of each method, and the ACC of the paper for both losses."""
    runs = _central(settings)
    names = _names_of_features(settings)
    other = not all(is_cifar(name) for name in names)
    published = "paper's ACC, CIFAR-10" + (" (other data)" if other else "")
    arms = (*LOSSES, *BASELINES)
    with panels(width=6.4, height=3.4) as (figure, plot):
        for shift, (metric, mark, colour) in enumerate(zip(SCORES, "osD", PALETTE, strict=False)):
            found = [[m[metric] for (a, _), m in runs.items() if a == arm and m[metric] is not None] for arm in arms]
            points = [(i + 0.2 * (shift - 1), *mean_sd(values)) for i, values in enumerate(found) if values]
            if points:
                x, mean, sd = zip(*points, strict=True)
                look: dict[str, Any] = {"color": colour, "marker": mark, "linestyle": "none", "capsize": 3}
                plot.errorbar(x, mean, yerr=sd, label=NAMES[metric], **look)
        for i in range(len(LOSSES)):
            plot.errorbar(
                i - 0.35,
                PUBLISHED,
                yerr=PUBLISHED_SD,
                color=INK,
                marker="^",
                markerfacecolor="none",
                capsize=3,
                linestyle="none",
                label=published if i == 0 else None,
            )
        plot.set_title(f"features here: {', '.join(names) or 'no finished run'}", fontsize=10)
        plot.set_xticks(range(len(arms)), arms)
        plot.set_ylim(0, 1)
        plot.set_ylabel("score")
        plot.legend(fontsize=8, ncols=2)
        return svg(figure)


def agreement(settings: Any) -> str:
    """The scores of L_OLS over those of L_q, a point a run."""
    runs = _central(settings)
    with panels(width=4.2, height=3.8) as (figure, plot):
        plot.plot([0, 1], [0, 1], color=PALETTE[-1], linestyle=":")
        for metric, mark, colour in zip(SCORES, "osD", PALETTE, strict=False):
            both = [
                (m[metric], runs["L_OLS", r][metric])
                for (arm, r), m in runs.items()
                if arm == "L_q" and ("L_OLS", r) in runs
            ]
            points = [(a, b) for a, b in both if a is not None and b is not None]
            if points:
                plot.scatter(
                    *zip(*points, strict=True), color=colour, marker=mark, facecolors="none", label=NAMES[metric]
                )
        plot.set_xlim(0, 1)
        plot.set_ylim(0, 1)
        plot.set_xlabel("L_q")
        plot.set_ylabel("L_OLS")
        if plot.get_legend_handles_labels()[0]:
            plot.legend(fontsize=8, loc="upper left")
        return svg(figure)
