"""Phase diagram of total collapse over temperature and covariance: local stability, and whether descents end there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ddcl_theory.claims.ddcl.dynamics.phase import (
    Phase,
    collapsed_share,
    diameter,
    eigenvalue_free,
    eigenvalues,
    reached,
)
from ddcl_theory.report.style import PALETTE, panels, svg


@dataclass(frozen=True)
class Panel:
    """threshold: the multiple of λ_max at which collapse should turn stable; None where it should never.

    whole: whether T = diameter²/2 bounds the temperatures at which another state can be at rest.
    """

    title: str
    loss: str
    mode: str
    threshold: float | None
    whole: bool = False


PANELS = (
    Panel("$L_q$, stopped", "quantization", "stopped", 2, whole=True),
    Panel("$L_q$, full", "quantization", "full", 4),
    Panel("$L_q$, free q", "quantization", "free", None),
    Panel(r"$L_\mathrm{OLS}$, stopped", "ols", "stopped", None),
    Panel(r"$L_\mathrm{OLS}$, full", "ols", "full", None),
    Panel(r"$L_\mathrm{OLS}$, free q", "ols", "free", None),
)
PROTOTYPES = (2, 5, 10)
#: Prototypes of the descents, few because collapse takes a time in proportion to their number.
STARTED = 3
SHARES = (0.5, 0.625, 0.75, 0.875, 1.0)
TEMPERATURES = tuple(0.4 + 0.4 * i for i in range(13))
#: Marks that differ without colour: collapse repels, attracts; some descents end collapsed.
REPELS, ATTRACTS, SOME = ("o", PALETTE[1]), ("x", PALETTE[0]), ("D", PALETTE[2])


def samples(share: float) -> Any:
    """A grid of points in the plane with total variance 1 and this share of it on the first axis."""
    import torch

    side = torch.linspace(-1, 1, 5, dtype=torch.float64)
    z = torch.cartesian_prod(side, side)
    z = z / z.square().mean(0).sqrt()
    return z * torch.tensor([share**0.5, (1 - share) ** 0.5], dtype=torch.float64)


def phase_diagram(settings: Any) -> str:
    """SVG.  Above: the sign of the largest eigenvalue at collapse over (share, T), for k = 2, 5, 10 side by side.

    Below: whether descents from random starts end collapsed, k = 3.  Lines: predicted thresholds.
    """
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    with panels(2, len(PANELS), 10.0, 5.4, sharex=True, sharey=True) as (figure, plots):
        for panel, above, below in zip(PANELS, *plots, strict=True):
            above.set_title(panel.title)
            _local(above, panel)
            _global(below, panel, generator)
            for plot in (above, below):
                if panel.threshold is not None:
                    plot.plot(SHARES, [panel.threshold * s for s in SHARES], color=PALETTE[-1], linewidth=1.4)
            if panel.whole:
                limits = [diameter(samples(s)) ** 2 / 2 for s in SHARES]
                below.plot(SHARES, limits, color=PALETTE[-1], linewidth=1.4, linestyle="--")
            below.set_xlabel(r"$\lambda_\mathrm{max}$ / tr Σ")
        plots[0][0].set(ylabel="T / tr Σ, eigenvalues", ylim=(0, TEMPERATURES[-1] + 0.4))
        plots[1][0].set_ylabel("T / tr Σ, descents")
        return svg(figure)


def _local(plot: Any, panel: Panel) -> None:
    marked: dict[tuple[str, str], list[tuple[float, float]]] = {REPELS: [], ATTRACTS: []}
    for share in SHARES:
        z = samples(share)
        for index, k in enumerate(PROTOTYPES):
            place = share + 0.03 * (index - 1)
            if panel.mode == "free":
                rates = [eigenvalue_free(panel.loss, z, k)] * len(TEMPERATURES)
            else:
                field = Phase(panel.loss, panel.mode, panel.threshold)
                rates = eigenvalues(field, z, k, TEMPERATURES)
            for t, rate in zip(TEMPERATURES, rates, strict=True):
                marked[REPELS if rate > 1e-9 else ATTRACTS].append((place, t))
    _marks(plot, marked, 2.4)


def _global(plot: Any, panel: Panel, generator: Any) -> None:
    import torch

    marked: dict[tuple[str, str], list[tuple[float, float]]] = {REPELS: [], SOME: [], ATTRACTS: []}
    z = torch.stack([samples(share) for share in SHARES[::2]])
    # Free assignments know no temperature: one descent stands for all.
    temperatures = TEMPERATURES[:1] if panel.mode == "free" else TEMPERATURES
    found = collapsed_share(panel.loss, panel.mode, z, STARTED, temperatures, 4, generator)
    for share, row in zip(SHARES[::2], found.expand(-1, len(TEMPERATURES)).tolist(), strict=True):
        for t, part in zip(TEMPERATURES, row, strict=True):
            marked[REPELS if part == 0 else ATTRACTS if part == 1 else SOME].append((share, t))
    _marks(plot, marked, 4)


def _marks(plot: Any, marked: dict[tuple[str, str], list[tuple[float, float]]], size: float) -> None:
    for (mark, colour), places in marked.items():
        if places:
            plot.plot(*zip(*places, strict=True), mark, color=colour, markersize=size, linestyle="none")


def spread_over_temperature(settings: Any) -> str:
    """SVG: spread reached by descents of F_T from many starts, for even and for heavy-tailed data."""
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    even = torch.tensor([[1.0], [-1.0]] * 10, dtype=torch.float64)
    heavy = torch.tensor([[0.0]] * 19 + [[1.0]], dtype=torch.float64)
    with panels(1, 2, 6.8, 3.0) as (figure, plots):
        for axes, (title, z) in zip(plots, (("two equal groups", even), ("one outlier in twenty", heavy)), strict=True):
            z = z - z.mean(0)
            variance, limit = float(z.square().mean()), diameter(z) ** 2 / 2
            for t in (limit * (0.04 + 0.04 * i) for i in range(28)):
                found = reached(z, 2, t, 8, generator, steps=200)
                axes.plot([t / limit] * len(found), found.tolist(), "o", color=PALETTE[0], markersize=3)
            axes.axvline(2 * variance / limit, color=PALETTE[1], linewidth=1.2, linestyle="--")
            axes.axvline(1, color=PALETTE[-1], linewidth=1.2)
            axes.set(title=title, xlabel="2T / diameter²", ylabel="spread / λ_max")
        return svg(figure)
