"""Figure of the correlation, drawn from finished runs."""

from __future__ import annotations

from typing import Any

from ddcl_theory.experiments import central
from ddcl_theory.experiments.correlation import BLOCK
from ddcl_theory.report.style import PALETTE, panels, svg


def both(settings: Any) -> str:
    """U_q over D_P of one run with and without dynamics, and both correlations over T."""
    runs = central.central(BLOCK, settings)
    looks = (
        ("correlation", "uncertainty_over_epochs", "training", PALETTE[0], "o"),
        ("rescaled", "uncertainty_rescaled", "rescaled, no dynamics", PALETTE[1], "s"),
    )
    with panels(1, 2, width=8.2, height=3.4) as (figure, (left, right)):
        for metric, series, label, colour, mark in looks:
            for c, m in runs:
                if c["T"] == 0.5 and c.replicate == 0:
                    fill = colour if mark == "o" else "none"
                    style = {"color": colour, "markerfacecolor": fill, "markersize": 5, "linestyle": "none"}
                    left.plot(m["separation_over_epochs"], m[series], marker=mark, label=label, **style)
            fill = colour if mark == "o" else "none"
            points = [(c["T"], m[metric]) for c, m in runs if m[metric] is not None]
            shift = 0.94 if mark == "o" else 1.06
            right.plot(
                [shift * float(t) for t, _ in points],
                [r for _, r in points],
                color=colour,
                marker=mark,
                markerfacecolor=fill,
                markersize=5,
                linestyle="none",
            )
        left.set_xlabel("D_P / variance of the data")
        left.set_ylabel("U_q")
        if left.get_legend_handles_labels()[0]:
            left.legend(fontsize=8)
        right.set_xscale("log")
        right.set_xlabel("temperature T")
        right.set_ylabel("Pearson correlation of D_P and U_q")
        return svg(figure)
