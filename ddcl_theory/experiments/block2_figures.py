"""Figures of Block 2, drawn from finished runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory.experiments import central
from ddcl_theory.experiments.block2 import BLOCK
from ddcl_theory.experiments.block2_settings import (
    ACC_ANNEALED,
    ACC_MIDDLE,
    ACC_SEPARATED,
    HIGH,
    LOW,
    METHODS,
    MIDDLE,
    WEIGHTS,
)
from ddcl_theory.experiments.block2_training import STRIDE
from ddcl_theory.experiments.protocol import Metrics, Pairs, Scalar, pairs
from ddcl_theory.experiments.statistics import mean_sd
from ddcl_theory.report.style import INK, PALETTE, panels, svg

#: (arm, condition, replicate) -> metrics.
Central = dict[tuple[str, Pairs, int], Metrics]
#: Label, arm, condition, the paper's ACC.
Row = tuple[str, str, Mapping[str, Scalar], float | None]
LOSSES = (("L_q", PALETTE[0], "-", "o"), ("L_OLS", PALETTE[1], "--", "s"))


def _central(settings: Any) -> Central:
    """The finished runs at the central setting."""
    return {(c.arm, c.condition, c.replicate): m for c, m in central.central(BLOCK, settings)}


def _accuracies(runs: Central, arm: str, condition: Mapping[str, Scalar]) -> list[float]:
    at = pairs(condition)
    return [m["accuracy"] for (a, c, _), m in runs.items() if (a, c) == (arm, at) and m["accuracy"] is not None]


def accuracy(settings: Any) -> str:
    """ACC of the five methods, and of the ablation, with the paper's numbers where one survives."""
    runs = _central(settings)
    methods: list[Row] = [(arm, arm, {}, None) for arm in METHODS]
    ablation: list[Row] = [("L_q, T 2 → 0.5", "L_q", {}, ACC_ANNEALED)]
    for t in sorted((*LOW, MIDDLE, *HIGH)):
        ablation.append((f"L_q, T = {t:g}", "L_q, fixed T", {"T": t}, ACC_MIDDLE if t == MIDDLE else None))
    ablation += [(f"+ {w:g} L_sep, T 2 → 0.5", "L_q + L_sep", {"separation": w}, ACC_SEPARATED) for w in WEIGHTS]
    with panels(1, 2, width=9.2, height=3.6) as (figure, plots):
        for plot, rows in zip(plots, (methods, ablation), strict=True):
            for place, (_, arm, condition, number) in enumerate(rows):
                found = _accuracies(runs, arm, condition)
                if found:
                    mean, sd = mean_sd(found)
                    plot.errorbar(mean, place, xerr=sd, color=PALETTE[0], marker="o", capsize=3)
                    plot.plot(found, [place + 0.22] * len(found), "|", color=PALETTE[-1], markersize=6)
                if number is not None:
                    plot.plot(number, place, marker="D", color=INK, markerfacecolor="none", linestyle="none")
            plot.set_yticks(range(len(rows)), [label for label, *_ in rows])
            plot.set_ylim(len(rows) - 0.5, -0.5)
            plot.set_xlabel("ACC")
        return svg(figure)


def dynamics(settings: Any) -> str:
    """Loss terms over the epochs, the scatter of U_q against D_P, ACC over the epochs, the phase portrait."""
    runs = _central(settings)
    shown = {arm: runs.get((arm, (), 0)) for arm, *_ in LOSSES}
    with panels(1, 4, width=11.6, height=3.0) as (figure, (losses, scatter, scores, portrait)):
        found = shown["L_q"]
        if found is not None:
            epochs = [STRIDE * i for i in range(len(found["quantization_over_epochs"]))]
            terms = (("quantization", "L_q", "-"), ("ols", "L_OLS", "--"), ("variance", "V", ":"))
            for (name, label, dash), colour in zip(terms, PALETTE, strict=False):
                losses.plot(epochs, found[f"{name}_over_epochs"], color=colour, linestyle=dash, label=label)
        for arm, colour, dash, mark in LOSSES:
            run = shown[arm]
            if run is None:
                continue
            d_p, u_q, acc = (run[f"{name}_over_epochs"] for name in ("separation", "uncertainty", "accuracy"))
            scatter.plot(d_p, u_q, linestyle="none", marker=mark, markersize=3, color=colour, label=arm)
            epochs = [STRIDE * i for i in range(len(acc))]
            scores.plot(epochs, acc, color=colour, linestyle=dash, label=arm)
            portrait.plot(d_p, u_q, color=colour, linestyle=dash, label=arm)
            portrait.plot(d_p[0], u_q[0], marker="o", color=INK, markerfacecolor="none", markersize=5)
            portrait.plot(d_p[-1], u_q[-1], marker="x", color=INK, markersize=6)
        titles = ("loss terms", "U_q against D_P", "accuracy", "phase portrait")
        for plot, title in zip((losses, scatter, scores, portrait), titles, strict=True):
            plot.set_title(title, fontsize=10)
            # Runs may be missing, and a legend needs something to name.
            if plot.get_legend_handles_labels()[0]:
                plot.legend(fontsize=8)
        losses.set_xlabel("epoch")
        losses.set_ylabel("mean / variance of the data")
        scores.set_xlabel("epoch")
        scores.set_ylabel("ACC")
        for plot in (scatter, portrait):
            plot.set_xlabel("D_P / variance of the data")
            plot.set_ylabel("U_q")
        return svg(figure)


def prototypes(settings: Any) -> str:
    """The ten prototypes of the first replicate of each loss as images, named by the digit they are matched to."""
    runs = _central(settings)
    with panels(2, 10, width=9.6, height=2.9) as (figure, plots):
        for row, (arm, *_) in zip(plots, LOSSES, strict=True):
            found = runs.get((arm, (), 0))
            for j, plot in enumerate(row):
                plot.set_axis_off()
                if found is None:
                    continue
                image = [found["images"][j][8 * line : 8 * line + 8] for line in range(8)]
                # Eight by eight pixels as they are, in grey values of a fixed scale: paper and screens show the same.
                plot.imshow(image, cmap="gray_r", vmin=0, vmax=16, interpolation="none")
                digit = found["matched"][j]
                plot.set_title("none" if digit is None else str(digit), fontsize=10)
            row[0].text(-2, 3.5, arm, ha="right", va="center")
        return svg(figure)
