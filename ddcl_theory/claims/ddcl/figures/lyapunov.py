"""Figures of the Lyapunov claims: energies and norms along runs of the reduced flow and of training."""

from __future__ import annotations

from typing import Any

from ddcl_theory.report.style import DASHES, PALETTE, axes, legend, svg


def energy_over_time(settings: Any) -> str:
    """E along five runs, and E plus the dissipation integrated so far."""
    import torch

    from ddcl_core.energy import ReducedEnergy
    from ddcl_core.flow import projected_gradient_flow

    g = torch.Generator().manual_seed(settings.stream)
    z = torch.randn(6, 2, generator=g, dtype=torch.float64)
    p = torch.randn(5, 3, 2, generator=g, dtype=torch.float64)
    q = torch.softmax(3 * torch.randn(5, 6, 3, generator=g, dtype=torch.float64), -1)
    energy = ReducedEnergy(z=z, separation=0.3, weight=1.1)
    run = projected_gradient_flow(energy, p, q, horizon=1.2, accuracy=5e-4, max_steps=300, record=2)
    integral = torch.zeros_like(run.energies)
    integral[1:] = torch.cumulative_trapezoid(run.dissipation, run.times, dim=0)
    figure, plot = axes()
    for i in range(p.shape[0]):
        kept = slice(None, None, max(1, run.times.shape[0] // 60))
        time = run.times[kept, i].numpy()
        plot.plot(
            time, run.energies[kept, i].numpy(), color=PALETTE[i % 5], linewidth=1.8, label="E" if i == 0 else None
        )
        total = (run.energies + integral)[kept, i].numpy()
        plot.plot(
            time,
            total,
            color=PALETTE[i % 5],
            linestyle=":",
            linewidth=1.2,
            label="E + dissipation so far" if i == 0 else None,
        )
    plot.set_xlabel("time t")
    plot.set_ylabel("reduced energy")
    legend(plot)
    return svg(figure)


def balance_over_step(settings: Any) -> str:
    """What the balance of energy and dissipation lacks, over the step: away from changes of face, and in whole runs."""
    from dataclasses import replace

    from ddcl_theory.checks.base import PROFILES
    from ddcl_theory.claims.ddcl.dynamics.flow_balance import steady_and_whole
    from ddcl_theory.claims.ddcl.dynamics.problems import Flow, problems

    quick = replace(settings, profile=PROFILES["quick"])
    problem = list(problems(Flow(), quick))[1]
    steps, away, whole = steady_and_whole(Flow(), problem, (1, 2, 4, 8))
    figure, plot = axes()
    for label, values, colour, dash in zip(
        ("away from changes of face", "whole runs"), (away, whole), PALETTE, DASHES, strict=False
    ):
        plot.plot(steps, values.median(-1).values.numpy(), color=colour, linestyle=dash, linewidth=2, label=label)
    # Half as high, so that it does not hide behind the curve.
    first = float(away[0].median()) / 2
    plot.plot(
        steps, [first * (h / steps[0]) ** 2 for h in steps], color=PALETTE[0], linestyle=":", linewidth=1.2, label="h²"
    )
    plot.set_xscale("log")
    plot.set_yscale("log")
    plot.set_xlabel("step h")
    plot.set_ylabel("|E(0) − E(t) − ∫ dissipation|")
    legend(plot)
    return svg(figure)


def residual_over_time(settings: Any) -> str:
    """The KKT residual along long runs."""
    from dataclasses import replace

    from ddcl_theory.checks.base import PROFILES
    from ddcl_theory.claims.ddcl.dynamics.flow_runs import LONG, long_run
    from ddcl_theory.claims.ddcl.dynamics.problems import Flow, problems

    quick = replace(settings, profile=PROFILES["quick"])
    problem = list(problems(Flow(), quick))[1]
    run = long_run(problem, LONG["quick"], bound=1e9)
    figure, plot = axes()
    for i in range(16):
        residual = run.kkt_residual[:, i].clamp(min=1e-16).numpy()
        plot.plot(run.times[:, i].numpy(), residual, color=PALETTE[i % 5], linewidth=1.2)
    plot.set_yscale("log")
    plot.set_xlabel("time t")
    plot.set_ylabel("KKT residual")
    return svg(figure)


def norm_over_time(settings: Any) -> str:
    """‖P‖ along runs from one start with λ_P below, at and above k λ_sep."""
    import torch

    from ddcl_core.energy import ReducedEnergy
    from ddcl_core.flow import projected_gradient_flow

    # All samples stay with prototype 1; the other two run apart, return, or move towards a fixed distance.
    z = torch.tensor([[0.2], [-0.1]], dtype=torch.float64)
    p = torch.tensor([[0.1], [1.0], [-1.2]], dtype=torch.float64)
    q = torch.tensor([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], dtype=torch.float64)
    figure, plot = axes()
    for factor, colour, dash in zip((0.9, 1.0, 1.1), PALETTE, DASHES, strict=False):
        energy = ReducedEnergy(z=z, separation=0.5, weight=factor * 3 * 0.5)
        run = projected_gradient_flow(energy, p, q, horizon=6.0, step=0.1, record=2)
        norm = run.prototypes.square().sum((-2, -1)).sqrt()
        plot.plot(
            run.times.numpy(),
            norm.numpy(),
            color=colour,
            linestyle=dash,
            linewidth=2,
            label=f"λ_P = {factor:g} · k λ_sep",
        )
    plot.set_yscale("log")
    plot.set_xlabel("time t")
    plot.set_ylabel("‖P‖")
    legend(plot)
    return svg(figure)


def energies_under_cooling(settings: Any) -> str:
    """L_q, F_T and G_T = F_T + T log k along stopped training while T falls: L_q and F_T rise, G_T does not."""
    import math

    import torch

    from ddcl_core.flow import training_flow

    z = torch.zeros(1, 1, dtype=torch.float64)
    p = torch.tensor([[0.0], [1.3]], dtype=torch.float64)
    run = training_flow(z, p, lambda t: 0.4 + 0.2 * math.exp(-t / 10), horizon=15.0, step=0.125, record=2)
    shifted = run.free_energy + run.temperatures * math.log(p.shape[-2])
    figure, plot = axes()
    curves = (("L_q", run.quantization), ("F_T", run.free_energy), ("F_T + T log k", shifted))
    for (label, values), colour, dash in zip(curves, PALETTE, DASHES, strict=False):
        plot.plot(run.times.numpy(), values.numpy(), color=colour, linestyle=dash, linewidth=2, label=label)
    plot.set_xlabel("time t; one sample at 0, p(0) = (0, 1.3), T(t) = 0.4 + 0.2 e^(−t/10)")
    plot.set_ylabel("energy")
    legend(plot)
    return svg(figure)


def slope_at_the_face(settings: Any) -> str:
    """The slope of L_ent and L_bal into the simplex over the distance to the face."""
    import numpy as np
    import torch

    from ddcl_core import functional as core

    h = np.logspace(-12, -0.4, 60)
    figure, plot = axes()
    for (label, function), colour, dash in zip(
        (("L_ent", core.negative_entropy), ("L_bal", core.balance)), PALETTE, DASHES, strict=False
    ):
        q = torch.tensor(np.stack([1 - h, h], -1)[:, None, :], requires_grad=True)
        (grad,) = torch.autograd.grad(function(q).sum(), q)
        plot.plot(h, (grad[:, 0, 1] - grad[:, 0, 0]).numpy(), color=colour, linestyle=dash, linewidth=2, label=label)
    plot.set_xscale("log")
    plot.set_xlabel("share h of the second prototype, k = 2")
    plot.set_ylabel("slope in h")
    legend(plot)
    return svg(figure)
