"""Joint training of features and prototypes: distance between them over time, for backbones that can and cannot collapse."""

from __future__ import annotations

from typing import Any

from ddcl_theory.claims.ddcl.dynamics.end_to_end import train
from ddcl_theory.report.style import PALETTE, panels, svg

#: (label, backbone, mark).
LINES = (
    ("linear", "affine", "o"),
    ("MLP", "mlp", "s"),
    ("linear, normalised", "normalised", "^"),
    ("MLP, normalised", "normalised-mlp", "v"),
    ("frozen features", "frozen", "x"),
)
TEMPERATURES = ((0.1, "-"), (10.0, "--"))


def spread_over_time(settings: Any) -> str:
    """SVG: root of L_q over its start, a line a backbone and temperature."""
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    x = torch.randn(1, 8, 3, generator=generator, dtype=torch.float64)
    with panels() as (figure, axes):
        for (label, kind, mark), colour in zip(LINES, PALETTE, strict=False):
            rows = train(kind, x, 3, 2, [t for t, _ in TEMPERATURES], 240, 0.2, 0.3, generator)
            for index, (_, line) in enumerate(TEMPERATURES):
                level = (rows[:, 0, index, 0] / rows[0, 0, index, 0]).clamp_min(1e-12).sqrt()
                axes.semilogy(
                    range(len(level)),
                    level.tolist(),
                    line,
                    color=colour,
                    marker=mark,
                    markevery=(10 + 15 * index, 40),
                    markersize=5,
                    label=None if index else label,
                )
        axes.set(xlabel="step", ylabel="distance / start", ylim=(1e-3, 2))
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8)
        return svg(figure)
