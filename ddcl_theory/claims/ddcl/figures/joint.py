"""Joint training of features and prototypes: distance between them over time, for backbones that can and cannot collapse."""

from __future__ import annotations

import io
from typing import Any

from ddcl_theory.claims.ddcl.dynamics.end_to_end import train
from ddcl_theory.report.figures import PALETTE, STYLE

BACKBONES = ("linear", "relu", "normalised", "frozen")


def spread_over_time(settings: Any) -> str:
    """SVG: root of L_q over its start, a line a backbone and temperature."""
    import matplotlib
    import torch

    matplotlib.use("Agg")
    from matplotlib import pyplot

    generator = torch.Generator().manual_seed(settings.stream)
    x = torch.randn(8, 3, generator=generator, dtype=torch.float64)
    with pyplot.rc_context(STYLE):
        figure, axes = pyplot.subplots()
        for kind, colour in zip(BACKBONES, PALETTE, strict=False):
            for temperature, line in ((0.1, "-"), (10.0, "--")):
                start = 0.1 if kind == "normalised" else 1.0
                rows = train(kind, x, 3, 2, temperature, 200, 0.1, start, generator)
                level = (rows[:, 0] / rows[0, 0]).clamp_min(1e-12).sqrt()
                label = kind if line == "-" else None
                axes.semilogy(range(len(level)), level.tolist(), line, color=colour, label=label)
        axes.set(xlabel="step", ylabel="distance / start", ylim=(1e-3, 2))
        axes.legend()
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    return text.getvalue()
