"""Figures of the block on what decides, drawn from finished runs."""

from __future__ import annotations

from typing import Any

from ddcl_theory.experiments import central
from ddcl_theory.experiments.decides import BLOCK, COEFFICIENTS, TEMPERATURES
from ddcl_theory.experiments.decides_training import ALONE, RATIOS, STRIDE, WAYS
from ddcl_theory.experiments.protocol import Cell, Metrics
from ddcl_theory.experiments.statistics import mean_sd
from ddcl_theory.report.style import DASHES, INK, PALETTE, panels, svg

MARKS = "osD^"


def _legend(plot: Any) -> None:
    """A legend where there is something to name: runs may be missing."""
    if plot.get_legend_handles_labels()[0]:
        plot.legend(fontsize=8)


def phases(settings: Any) -> str:
    """Which runs end apart, over T / λ, a row each arm; lines at the predicted thresholds."""
    runs = central.central(BLOCK, settings)
    with panels(width=7.6, height=3.4) as (figure, plot):
        for row, arm in enumerate(WAYS):
            for ratio in RATIOS:
                found = [
                    m[f"apart at {ratio:g}"] for c, m in runs if c.arm == arm and m[f"apart at {ratio:g}"] is not None
                ]
                if found:
                    share = sum(found) / len(found)
                    fill = {1.0: INK, 0.0: "none"}.get(share, PALETTE[-1])
                    plot.plot(ratio, row, "o", markersize=8, markeredgecolor=INK, markerfacecolor=fill)
        for boundary in (2, 4):
            plot.axvline(boundary, color=PALETTE[1], linestyle=":")
        plot.set_xscale("log")
        ticks = [0.5, 1, 2, 4, 8, 16]
        plot.set_xticks(ticks, [f"{t:g}" for t in ticks])
        plot.minorticks_off()
        plot.set_yticks(range(len(WAYS)), list(WAYS))
        plot.set_ylim(len(WAYS) - 0.5, -0.5)
        plot.set_xlabel("T / λ, λ the largest variance of the data")
        return svg(figure)


def variance(settings: Any) -> str:
    """D_P under descent on V alone, and the final D_P of L_OLS + cV over c."""
    runs = central.central(BLOCK, settings)
    with panels(1, 2, width=8.2, height=3.4) as (figure, (left, right)):
        for t, colour, dash, mark in zip(TEMPERATURES, PALETTE, DASHES, MARKS, strict=False):
            for arm, fill in zip(ALONE, (colour, "none"), strict=True):
                series = [m["separation_over_epochs"] for c, m in runs if c.arm == arm and c["T"] == t]
                if series:
                    mean = [sum(values) / len(values) for values in zip(*series, strict=True)]
                    epochs = [STRIDE * i for i in range(len(mean))]
                    look = {"color": colour, "linestyle": dash, "marker": mark, "markevery": 10, "markersize": 5}
                    left.plot(epochs, mean, markerfacecolor=fill, label=f"{arm}, T = {t:g}", **look)
            at = [c for c in COEFFICIENTS if _ends(runs, t, c)]
            if at:
                means, sds = zip(*(mean_sd(_ends(runs, t, c)) for c in at), strict=True)
                right.errorbar(
                    at, means, yerr=sds, color=colour, linestyle=dash, marker=mark, capsize=3, label=f"T = {t:g}"
                )
        left.set_xlabel("epoch of descent on V alone")
        left.set_ylabel("D_P / D_P at start")
        _legend(left)
        right.set_xlabel("coefficient c of V in L_OLS + cV")
        right.set_ylabel("final D_P / variance of the data")
        _legend(right)
        return svg(figure)


def _ends(runs: list[tuple[Cell, Metrics]], t: float, c: float) -> list[float]:
    return [m["separation"] for cell, m in runs if cell.arm == "L_OLS + cV" and cell["T"] == t and cell["c"] == c]
