"""Phase diagram of total collapse: measured growth over temperature and covariance, with the predicted thresholds."""

from __future__ import annotations

import io
from typing import Any

from ddcl_theory.claims.ddcl.dynamics.phase import Phase, diameter, eigenvalue, reached
from ddcl_theory.report.figures import PALETTE, STYLE

#: (title, field, multiple of λ_max at which collapse should turn stable).
PANELS = (
    ("L_q, stopped", Phase("quantization", "stopped", 2), 2),
    ("L_q, full", Phase("quantization", "full", 4), 4),
    ("L_OLS, stopped", Phase("ols", "stopped", None), None),
    ("L_OLS, full", Phase("ols", "full", None), None),
)
PROTOTYPES = 10


def samples(share: float) -> Any:
    """A grid of points in the plane with total variance 1 and this share of it on the first axis."""
    import torch

    side = torch.linspace(-1, 1, 5, dtype=torch.float64)
    z = torch.cartesian_prod(side, side)
    z = z / z.square().mean(0).sqrt()
    return z * torch.tensor([share**0.5, (1 - share) ** 0.5], dtype=torch.float64)


def phase_diagram(settings: Any) -> str:
    """SVG: k/2 times the largest eigenvalue at collapse over (T, share); lines at the predicted thresholds."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shares = [0.5 + 0.125 * i for i in range(5)]
    temperatures = [0.4 + 0.4 * i for i in range(13)]
    with pyplot.rc_context(STYLE):
        figure, panels = pyplot.subplots(1, 4, figsize=(8.4, 2.6), sharey=True)
        for axes, (title, field, multiple) in zip(panels, PANELS, strict=True):
            for share in shares:
                z = samples(share)
                rates = [PROTOTYPES / 2 * eigenvalue(field, z, PROTOTYPES, t) for t in temperatures]
                # Two marks, so that the sign does not rest on colour alone.
                for mark, colour, chosen in (("o", PALETTE[1], True), ("x", PALETTE[0], False)):
                    kept = [t for t, r in zip(temperatures, rates, strict=True) if (r > 1e-9) is chosen]
                    axes.plot([share] * len(kept), kept, mark, color=colour, markersize=4)
            if multiple is not None:
                axes.plot(shares, [multiple * s for s in shares], color=PALETTE[-1], linewidth=1.2)
            axes.set(title=title, xlabel="λ_max / tr Σ")
        panels[0].set_ylabel("T / tr Σ")
        figure.tight_layout()
        return _svg(figure, pyplot)


def spread_over_temperature(settings: Any) -> str:
    """SVG: spread reached by descents of F_T from many starts, for even and for heavy-tailed data."""
    import matplotlib
    import torch

    matplotlib.use("Agg")
    from matplotlib import pyplot

    generator = torch.Generator().manual_seed(settings.stream)
    even = torch.tensor([[1.0], [-1.0]] * 10, dtype=torch.float64)
    heavy = torch.tensor([[0.0]] * 19 + [[1.0]], dtype=torch.float64)
    with pyplot.rc_context(STYLE):
        figure, panels = pyplot.subplots(1, 2, figsize=(6.8, 3.0))
        for axes, (title, z) in zip(
            panels, (("two equal groups", even), ("one outlier in twenty", heavy)), strict=True
        ):
            z = z - z.mean(0)
            variance, limit = float(z.square().mean()), diameter(z) ** 2 / 2
            for t in (limit * (0.04 + 0.04 * i) for i in range(28)):
                found = reached(z, 2, t, 8, generator, steps=200)
                axes.plot([t / limit] * len(found), found.tolist(), "o", color=PALETTE[0], markersize=3)
            axes.axvline(2 * variance / limit, color=PALETTE[1], linewidth=1.2, linestyle="--")
            axes.axvline(1, color=PALETTE[-1], linewidth=1.2)
            axes.set(title=title, xlabel="2T / diameter²", ylabel="spread / λ_max")
        figure.tight_layout()
        return _svg(figure, pyplot)


def _svg(figure: Any, pyplot: Any) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    pyplot.close(figure)
    return text.getvalue()
