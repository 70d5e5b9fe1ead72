"""Eigenvalues of training at equilibrium and of the linear model, and where oscillations come from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ddcl_theory.claims.ddcl.dynamics import continuation, kinds
from ddcl_theory.claims.ddcl.dynamics import origins as measured
from ddcl_theory.claims.ddcl.dynamics.spectra import RATIOS, TrainingField, equilibrium, spectra
from ddcl_theory.report.style import PALETTE, panels, svg

#: What is drawn in place of a ratio that is 0 or rounding.
FLOOR = 1e-16
#: Momentum of the steps, with the mark of their multipliers.
MOMENTA = ((0.9, "o"), (0.0, "x"))
LENGTH = 1.5


def spectra_over_ratios(settings: Any) -> str:
    """SVG: eigenvalues divided by their largest modulus, over learning-rate ratios."""
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    field, points = TrainingField("stopped"), []
    for temperature in (0.3, 1.0):
        z = torch.randn(8, 2, generator=generator, dtype=torch.float64)
        state = equilibrium(field, z, 3, temperature, generator)
        points += spectra(field, z, 3, state, temperature, RATIOS)
    model = [
        torch.linalg.eigvals(torch.tensor([[ratio - 1.0, -1.0], [1.0, 0.0]], dtype=torch.float64)) for ratio in RATIOS
    ]
    with panels() as (figure, axes):
        axes.axhline(0, color=PALETTE[-1], linewidth=0.8)
        axes.axvline(0, color=PALETTE[-1], linewidth=0.8)
        series = ((model, PALETTE[1], "s", "linear model J"), (points, PALETTE[0], "o", "training, stopped"))
        for values, colour, mark, label in series:
            scaled = [v / v.abs().max() for v in values]
            axes.plot(
                [float(x) for v in scaled for x in v.real],
                [float(y) for v in scaled for y in v.imag],
                mark,
                color=colour,
                markersize=4,
                label=label,
            )
        axes.set(xlabel="real part", ylabel="imaginary part", xlim=(-1.1, 1.1), ylim=(-1.1, 1.1))
        axes.legend()
        return svg(figure)


def _jacobians(kind: Any, settings: Any) -> Iterator[tuple[Any, Any]]:
    """(data, the Jacobians (b, s, s) at the stable equilibria of a branch), a temperature at a time."""
    x, branch = continuation.continued(kind, *measured.extent(settings), settings.seed)
    for j, settled in zip(branch.jacobians, branch.settled, strict=True):
        yield x, j[settled]


def origins(settings: Any) -> str:
    """SVG: largest |Im|/|Re| over the ratio of rates, a line a field; multipliers of steps with and without momentum."""
    import torch

    with panels(1, 2, 8.0, 3.8, width_ratios=(1.2, 1)) as (figure, (left, right)):
        for kind, mark, colour in zip(kinds.KINDS, "osD^vPX", (*PALETTE, PALETTE[0]), strict=True):
            worst = dict.fromkeys(RATIOS, FLOOR)
            for x, j in _jacobians(kind, settings):
                first = kinds.first_half(kind, x, continuation.SIZES[0])
                for ratio in RATIOS:
                    slants = measured.slant(torch.linalg.eigvals(measured.scaled(j, first, ratio)))
                    worst[ratio] = max(worst[ratio], *slants.tolist())
            line = "--" if kind.gradient else "-"
            values = list(worst.values())
            left.loglog(RATIOS, values, line, marker=mark, markersize=4, color=colour, label=kind.name, linewidth=1.2)
        left.set(xlabel="ratio of learning rates", ylabel="largest |Im λ| / |Re λ|", ylim=(FLOOR / 3, 1e5))
        left.legend(fontsize=7, ncols=2, loc="upper left")
        for (beta, mark), colour in zip(MOMENTA, (PALETTE[1], PALETTE[0]), strict=True):
            points: set[tuple[float, float]] = set()
            for _, j in _jacobians(kinds.KINDS[0], settings):
                eta = LENGTH / torch.linalg.eigvals(j).abs().amax(-1)
                points |= {
                    (round(v.real, 2), round(v.imag, 2)) for v in measured.multipliers(j, eta, beta).flatten().tolist()
                }
            right.plot(*zip(*sorted(points), strict=True), mark, markersize=3.5, color=colour, label=f"β = {beta:g}")
        turn = [2 * math.pi * i / 200 for i in range(201)]
        for radius, line in ((1.0, "-"), (MOMENTA[0][0] ** 0.5, ":")):
            circle = [radius * math.cos(t) for t in turn], [radius * math.sin(t) for t in turn]
            right.plot(*circle, line, color=PALETTE[-1], linewidth=0.8)
        right.set(xlabel="real part of μ", ylabel="imaginary part of μ", aspect="equal")
        right.legend(fontsize=8, loc="center left", bbox_to_anchor=(0.05, 0.7))
        return svg(figure)
