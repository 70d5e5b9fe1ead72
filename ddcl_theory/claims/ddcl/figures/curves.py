"""V along a curve: over the dispersion of two prototypes, and over temperature."""

from __future__ import annotations

import math
from typing import Any

from ddcl_theory.report.style import DASHES, INK, PALETTE, axes, legend, svg


def _variance(z: Any, p: Any, t: Any) -> Any:
    import numpy as np
    import torch

    from ddcl_core import functional as core

    sample, rows, temperature = (torch.as_tensor(np.array(v), dtype=torch.float64) for v in (z, p, t))
    q = core.soft_assignment(sample, rows, temperature)
    return core.prototype_variance(sample, rows, q, reduction="none")[..., 0].numpy()


def gap_over_dispersion(settings: Any) -> str:
    """V(x) for a sample at 0 and p = (0, x) at T = 1, with the predicted peak where x² tanh(x²/2) = 1."""
    import numpy as np

    x = np.linspace(0.0, 3.0, 241)
    p = np.stack([np.zeros_like(x), x], -1)[..., None]
    v = _variance(np.zeros((len(x), 1, 1)), p, np.ones((len(x), 1, 1)))
    low, high = 0.0, 4.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * math.tanh(middle / 2) < 1 else (low, middle)
    figure, plot = axes()
    plot.plot(x, v, color=PALETTE[0], linewidth=2, label="V")
    plot.axvline(math.sqrt(low), color=INK, linestyle=":", label=f"predicted peak, x = {math.sqrt(low):.3f}")
    plot.set_xlabel("distance x of the prototypes")
    plot.set_ylabel("gap V")
    legend(plot)
    return svg(figure)


def variance_over_temperature(settings: Any) -> str:
    """V(T) at z = 0: one prototype near and two far; two alike far; a tie of the nearest."""
    import numpy as np

    t = np.logspace(-1.3, 1.7, 241)
    cases = (("p = (0, 1, 1)", [0.0, 1.0, 1.0]), ("p = (0, 1)", [0.0, 1.0]), ("p = (−1, 1): tied", [-1.0, 1.0]))
    figure, plot = axes()
    for (label, p), colour, dash in zip(cases, PALETTE, DASHES, strict=False):
        rows = np.broadcast_to(np.array(p)[:, None], (len(t), len(p), 1))
        plot.plot(
            t,
            _variance(np.zeros((len(t), 1, 1)), rows, t[:, None, None]),
            color=colour,
            linestyle=dash,
            linewidth=2,
            label=label,
        )
    plot.set_xscale("log")
    plot.set_xlabel("temperature T")
    plot.set_ylabel("V(q(T), P)")
    legend(plot)
    return svg(figure)
