"""Eigenvalues of training at equilibrium and of the linear model, in the complex plane."""

from __future__ import annotations

import io
from typing import Any

from ddcl_theory.claims.ddcl.dynamics.spectra import RATIOS, TrainingField, equilibrium, spectra
from ddcl_theory.report.figures import PALETTE, STYLE


def spectra_over_ratios(settings: Any) -> str:
    """SVG: eigenvalues divided by their largest modulus, over learning-rate ratios."""
    import matplotlib
    import torch

    matplotlib.use("Agg")
    from matplotlib import pyplot

    generator = torch.Generator().manual_seed(settings.stream)
    field, points = TrainingField("stopped"), []
    for temperature in (0.3, 1.0):
        z = torch.randn(8, 2, generator=generator, dtype=torch.float64)
        state = equilibrium(field, z, 3, temperature, generator)
        points += spectra(field, z, 3, state, temperature, RATIOS)
    model = [
        torch.linalg.eigvals(torch.tensor([[ratio - 1.0, -1.0], [1.0, 0.0]], dtype=torch.float64)) for ratio in RATIOS
    ]
    with pyplot.rc_context(STYLE):
        figure, axes = pyplot.subplots()
        axes.axhline(0, color=PALETTE[-1], linewidth=0.8)
        axes.axvline(0, color=PALETTE[-1], linewidth=0.8)
        for values, colour, label in ((model, PALETTE[1], "linear model J"), (points, PALETTE[0], "training, stopped")):
            scaled = [v / v.abs().max() for v in values]
            axes.plot(
                [float(x) for v in scaled for x in v.real],
                [float(y) for v in scaled for y in v.imag],
                "o",
                color=colour,
                markersize=4,
                label=label,
            )
        axes.set(xlabel="real part", ylabel="imaginary part", xlim=(-1.1, 1.1), ylim=(-1.1, 1.1))
        axes.legend()
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    return text.getvalue()
