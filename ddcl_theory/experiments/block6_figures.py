"""Figure of Block 6, drawn from finished runs."""

from __future__ import annotations

from typing import Any

from ddcl_theory.experiments import central
from ddcl_theory.experiments.block6 import BLOCK, CEILING, HARD, INCREMENTAL
from ddcl_theory.experiments.protocol import Metrics
from ddcl_theory.experiments.statistics import mean_sd
from ddcl_theory.report.style import PALETTE, panels, svg

ARMS = ((INCREMENTAL, PALETTE[0], "-", "o"), (HARD, PALETTE[1], "--", "s"))


def _central(settings: Any) -> dict[str, list[Metrics]]:
    """arm -> the finished runs at the central setting, a replicate each."""
    found: dict[str, list[Metrics]] = {arm: [] for arm in (INCREMENTAL, HARD, CEILING)}
    for cell, metrics in central.central(BLOCK, settings):
        if metrics.get("accuracy") is not None:
            found[cell.arm].append(metrics)
    return found


def stream(settings: Any) -> str:
    """ACC and D_P over the samples seen, and ACC at the end."""
    runs = _central(settings)
    with panels(1, 3, width=10.6, height=3.2) as (figure, (scores, apart, final)):
        for arm, colour, dash, mark in ARMS:
            if not runs[arm]:
                continue
            seen = runs[arm][0]["samples_seen"]
            # Only the prototypes have a place before the first batch.
            for plot, name in ((scores, "accuracy_over_batches"), (apart, "separation_over_batches")):
                series = list(zip(*(m[name] for m in runs[arm]), strict=True))
                x = [0, *seen] if len(series) > len(seen) else seen
                mean = [sum(values) / len(values) for values in series]
                plot.plot(x, mean, color=colour, linestyle=dash, marker=mark, markevery=4, markersize=4, label=arm)
                low, high = [min(v) for v in series], [max(v) for v in series]
                plot.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        for place, arm in enumerate((INCREMENTAL, HARD, CEILING)):
            values = [m["accuracy"] for m in runs[arm]]
            if values:
                mean_value, sd = mean_sd(values)
                final.errorbar(mean_value, place, xerr=sd, color=PALETTE[0], marker="o", capsize=3)
                final.plot(values, [place + 0.15] * len(values), "|", color=PALETTE[-1], markersize=6)
        final.set_yticks(range(3), ["incremental L_q", "MiniBatch\nKMeans", "batch L_q"])
        final.set_ylim(2.5, -0.5)
        final.set_xlabel("ACC after the stream")
        for plot, label in ((scores, "ACC"), (apart, "D_P / variance of the data")):
            plot.set_xlabel("samples seen")
            plot.set_ylabel(label)
            # Runs may be missing, and a legend needs something to name.
            if plot.get_legend_handles_labels()[0]:
                plot.legend(fontsize=8)
        return svg(figure)
