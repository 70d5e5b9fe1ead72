"""Figures of Block 5, drawn from finished runs."""

from __future__ import annotations

from typing import Any

from ddcl_theory.checks.experiment import finished
from ddcl_theory.experiments import central
from ddcl_theory.experiments.assess import Measured, assess
from ddcl_theory.experiments.block5 import BLOCK, FROZEN, GRID, REPORTED, TRAINED
from ddcl_theory.experiments.protocol import Metrics, Pairs
from ddcl_theory.experiments.statistics import mean_sd
from ddcl_theory.report.style import INK, PALETTE, panels, svg

ARMS = (*TRAINED, "DeepCluster", *FROZEN, "k-means + PCA")
LOOK = (("L_q", PALETTE[0], "-", "o"), ("L_OLS", PALETTE[1], "--", "s"))
CURVES = (
    ("accuracy", "ACC", "linear"),
    ("separation", "D_P / variance of features at start", "log"),
    ("features", "variance of features / at start", "log"),
)


def _central(settings: Any, arm: str) -> list[Metrics]:
    """The runs of the arm at the first setting of the profile."""
    return [m for c, m in central.central(BLOCK, settings) if c.arm == arm]


def scores(settings: Any) -> str:
    """ACC of every arm at the central setting, beside what is reported."""
    with panels(width=6.8, height=3.2) as (figure, plot):
        for row, arm in enumerate(ARMS):
            found = [float(m["accuracy"]) for m in _central(settings, arm) if m["accuracy"] is not None]
            if found:
                mean, sd = mean_sd(found)
                plot.plot(found, [row + 0.12] * len(found), ".", color=PALETTE[-1], markersize=4)
                plot.errorbar(mean, row + 0.12, xerr=sd, fmt="o", color=PALETTE[0], capsize=3, label="here")
            if arm in REPORTED:
                mean, sd = REPORTED[arm]
                plot.errorbar(mean, row - 0.18, xerr=sd, fmt="s", color=PALETTE[1], capsize=3, label="reported")
        plot.set_yticks(range(len(ARMS)), ARMS)
        plot.invert_yaxis()
        plot.set_xlim(0, 1)
        plot.set_xlabel("ACC")
        handles = dict(zip(*reversed(plot.get_legend_handles_labels()), strict=True))
        if handles:
            plot.legend(handles.values(), handles.keys(), fontsize=8)
        return svg(figure)


def training(settings: Any) -> str:
    """ACC, D_P and the variance of the features over the joint training, both losses."""
    with panels(1, 3, width=9.6, height=3.0) as (figure, plots):
        for plot, (metric, label, scale) in zip(plots, CURVES, strict=True):
            for arm, colour, dash, mark in LOOK:
                runs = [m for m in _central(settings, arm) if m["finished"]]
                curves = [m[f"{metric}_over_epochs"] for m in runs]
                for run, curve in zip(runs, curves, strict=True):
                    plot.plot(run["measured_at"], curve, color=colour, linestyle=dash, linewidth=0.7, alpha=0.5)
                if runs:
                    mean = [sum(values) / len(values) for values in zip(*curves, strict=True)]
                    epochs = runs[0]["measured_at"]
                    plot.plot(epochs, mean, color=colour, linestyle=dash, marker=mark, markevery=5, label=arm)
            plot.set_xlabel("epoch")
            plot.set_ylabel(label)
            plot.set_yscale(scale)
        if plots[0].get_legend_handles_labels()[0]:
            plots[0].legend(fontsize=8)
        return svg(figure)


def settings_compared(settings: Any) -> str:
    """The gains of L_q over L_OLS and over DeepCluster at every declared setting that ran."""
    plan = central.plan_of(settings)
    results = finished(BLOCK.id, plan, settings.store)
    found = [assess(BLOCK, BLOCK.prediction(name), results, plan).rows for name in ("gain", "over-deepcluster")]
    # A prediction is not varied over what concerns none of its arms, so that each has its own rows.
    longest = max(len(rows) for rows in found)
    with panels(1, 2, width=9.6, height=1.4 + 0.24 * longest) as (figure, plots):
        for plot, rows, other in zip(plots, found, ("L_OLS", "DeepCluster"), strict=True):
            for position, row in enumerate(rows):
                if row.mean is not None and row.low is not None and row.high is not None:
                    bars = [[row.mean - row.low], [row.high - row.mean]]
                    mark = "o" if row.supported else "x"
                    plot.errorbar(row.mean, position, xerr=bars, fmt=mark, color=PALETTE[0], capsize=2)
            plot.axvline(0, color=INK, linewidth=0.8)
            plot.locator_params(axis="x", nbins=6)
            plot.set_yticks(range(len(rows)), [_away(row) for row in rows], fontsize=7)
            plot.set_ylim(len(rows) - 0.5, -0.5)
            plot.set_xlabel(f"ACC with L_q minus {other}")
        return svg(figure)


def _away(row: Measured) -> str:
    """How the setting differs from the central one."""
    centre: Pairs = GRID.central
    return ", ".join(f"{n} {v}" for n, v in row.setting if (n, v) not in centre) or "centre"
