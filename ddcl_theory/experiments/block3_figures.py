"""Figure of Block 3, drawn from finished runs."""

from __future__ import annotations

from typing import Any

from ddcl_theory.experiments import central
from ddcl_theory.experiments.block3 import BLOCK, DEVIATION, DIMENSIONS, REPORTED, TRANSITION
from ddcl_theory.experiments.protocol import Metrics
from ddcl_theory.experiments.statistics import mean_sd
from ddcl_theory.report.style import DASHES, INK, PALETTE, panels, svg

#: Arm, colour, dash and mark.
LOOKS = tuple(
    (arm, PALETTE[i], DASHES[i], mark)
    for i, (arm, mark) in enumerate(
        zip(("L_q", "L_OLS", "DeepCluster", "k-means + PCA", "k-means", "k-means, span"), "os^Dv+", strict=True)
    )
)
#: Factor between two arms' places at one dimension, so that bars do not hide one another.
APART = 1.05


def _central(settings: Any) -> dict[tuple[str, int], list[Metrics]]:
    """(arm, d) -> metrics of the replicates at the central setting."""
    found: dict[tuple[str, int], list[Metrics]] = {}
    for cell, metrics in central.central(BLOCK, settings):
        found.setdefault((cell.arm, int(cell["d"])), []).append(metrics)
    return found


def accuracy(settings: Any) -> str:
    """ACC and NMI of all methods over the number of features."""
    runs = _central(settings)
    with panels(1, 2, width=8.4, height=3.8) as (figure, plots):
        for plot, metric, label in zip(plots, ("accuracy", "nmi"), ("ACC", "NMI"), strict=True):
            for place, (arm, colour, dash, mark) in enumerate(LOOKS):
                values = {
                    d: [float(m[metric]) for m in runs.get((arm, d), []) if m[metric] is not None] for d in DIMENSIONS
                }
                points = [(d * APART ** (place - 2.5), *mean_sd(v)) for d, v in values.items() if v]
                if points:
                    where, mean, sd = zip(*points, strict=True)
                    look = {"color": colour, "linestyle": dash, "marker": mark, "markersize": 5}
                    plot.errorbar(where, mean, yerr=sd, label=arm, capsize=2, elinewidth=0.8, **look)
            plot.set_xscale("log")
            plot.set_xlabel("number of features d")
            plot.set_ylabel(label)
        left = plots[0]
        star: dict[str, Any] = {"color": INK, "marker": "*", "linestyle": "none", "capsize": 3, "elinewidth": 0.8}
        left.errorbar([TRANSITION], [REPORTED], yerr=[DEVIATION], label="L_q in the paper (secondary)", **star)
        left.set_ylim(0.4, 1.03)
        left.axhline(0.5, color=PALETTE[-1], linewidth=0.8)
        left.legend(fontsize=7)
        return svg(figure)
