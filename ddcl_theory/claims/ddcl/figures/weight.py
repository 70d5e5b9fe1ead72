"""The weight of the separation term that total collapse needs, over temperature."""

from __future__ import annotations

import io
from typing import Any

from ddcl_theory.claims.ddcl.dynamics.phase import Phase, eigenvalue
from ddcl_theory.report.figures import PALETTE, STYLE

#: (label, field, factor of λ_max at which collapse turns stable without L_sep).
CURVES = (
    ("L_q, stopped", Phase("quantization", "stopped", 2), 2),
    ("L_q, full", Phase("quantization", "full", 4), 4),
)
PROTOTYPES = 3


def measured(field: Phase, z: Any, temperature: float) -> float:
    """k² times the smallest weight: the term of L_sep adds 2λk to every eigenvalue of a centred displacement."""
    rate = eigenvalue(field, z, PROTOTYPES, temperature)
    return max(0.0, -rate * PROTOTYPES / 2)


def required_weight(settings: Any) -> str:
    """SVG: k² λ*(T), closed forms and eigenvalues, beside a weight that falls like 1/T."""
    import matplotlib
    import torch

    matplotlib.use("Agg")
    from matplotlib import pyplot

    z = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    temperatures = [0.5 + 0.25 * i for i in range(79)]
    with pyplot.rc_context(STYLE):
        figure, axes = pyplot.subplots()
        for (label, field, multiple), colour in zip(CURVES, PALETTE, strict=False):
            axes.plot(temperatures, [max(0.0, 1 - multiple / t) for t in temperatures], color=colour, label=label)
            dots = temperatures[::8]
            axes.plot(dots, [measured(field, z, t) for t in dots], "o", color=colour, markersize=4)
        recommended = [1 / t for t in temperatures]
        axes.plot(temperatures, recommended, color=PALETTE[-1], linestyle="--", label="C/T, C k² = λ_max")
        axes.set(xlabel="T / λ_max", ylabel="k² λ_sep", ylim=(0, 1.6))
        axes.legend()
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    return text.getvalue()
