"""The plane of trace and determinant of a two-dimensional linear model."""

from __future__ import annotations

from typing import Any

from ddcl_theory.report.style import INK, PALETTE, axes, svg


def linear_model(settings: Any) -> str:
    """Regions by the eigenvalues of matrices with the given trace and determinant, on a grid."""
    import numpy as np

    traces, determinants = np.meshgrid(np.linspace(-5, 2, 71), np.linspace(0.01, 5, 51))
    root = np.sqrt((traces**2 - 4 * determinants).astype(complex))
    values = np.stack([(traces + root) / 2, (traces - root) / 2])
    stable, spiral = values.real.max(0) < 0, np.abs(values.imag).max(0) > 1e-12
    kind = np.where(stable, np.where(spiral, 1, 0), 2)
    steps_stable = (np.abs(1 + values).max(0) < 1).astype(float)
    figure, plot = axes()
    plot.contourf(
        traces,
        determinants,
        kind,
        levels=[-0.5, 0.5, 1.5, 2.5],
        colors=[PALETTE[2], PALETTE[0], PALETTE[1]],
        alpha=0.25,
    )
    plot.contourf(traces, determinants, steps_stable, levels=[0.5, 1.5], colors="none", hatches=["///"])
    plot.contour(traces, determinants, steps_stable, levels=[0.5], colors=[INK], linewidths=1)
    for x, y, text in (
        (-4.3, 1.2, "stable node"),
        (-1.9, 3.4, "stable spiral"),
        (0.9, 2.5, "unstable"),
        (-2.55, 0.55, "steps stable"),
    ):
        plot.text(x, y, text, color=INK, ha="center")
    plot.set_xlabel("trace  η_θ a − η_P b")
    plot.set_ylabel("determinant  ce")
    return svg(figure)
