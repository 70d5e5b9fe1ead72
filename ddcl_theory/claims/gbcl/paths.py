"""Gradient flows of the base and of the dual network, integrated side by side on white data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs

SAMPLES, PROTOTYPES, FEATURES = 9, 3, 2
DURATION, INSTANTS = 1.0, 21
#: Solver tolerance, and how far apart two runs with it may be: cells that change make the slopes jump.
TOLERANCE, APART = 1e-5, 1e-2


@dataclass(frozen=True)
class Flows:
    """Ẇ_1 = −base_rate ∂Q/∂W_1 and Ẇ_2 = −dual_rate ∂Q/∂W_2, Q the quantisation error of the nearest prototype."""

    base_rate: float = 1.0
    dual_rate: float = 1.0


def _slope(inputs: Any, weights: Any, dual: bool) -> Any:
    """∂Q/∂W by automatic differentiation through the network, Q of ddcl_core."""
    import torch

    from ddcl_core import layers

    w = weights.clone().requires_grad_()
    prototypes = w @ inputs.mT if dual else w
    return torch.autograd.grad(layers.winner_loss(inputs.mT, prototypes, reduction="sum"), w)[0]


def _path(inputs: Any, start: Any, rate: float, dual: bool) -> Any:
    """The weights (instants, k, ·) over the whole course."""
    import numpy as np
    import torch
    from scipy.integrate import solve_ivp

    def velocity(t: float, flat: Any) -> Any:
        return -rate * _slope(inputs, torch.from_numpy(flat).reshape(start.shape), dual).flatten().numpy()

    instants = np.linspace(0, DURATION, INSTANTS)
    run = solve_ivp(
        velocity, (0, DURATION), start.flatten().numpy(), t_eval=instants, rtol=TOLERANCE, atol=TOLERANCE, method="RK45"
    )
    return torch.from_numpy(run.y.T.copy()).reshape(-1, *start.shape) if run.success else None


def same_paths(flows: Flows, settings: Settings) -> Runs:
    """1 minus the largest distance of the two paths of prototypes, in units of APART."""
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    margins, unfinished, travelled = [], 0, []
    for _ in range(max(2, settings.profile.trajectories // 4)):
        tall = torch.randn(SAMPLES, FEATURES, generator=generator, dtype=torch.float64)
        inputs = torch.linalg.qr(tall)[0].mT.contiguous()
        start = 0.5 * torch.randn(PROTOTYPES, FEATURES, generator=generator, dtype=torch.float64)
        base = _path(inputs, start, flows.base_rate, dual=False)
        dual = _path(inputs, start @ inputs, flows.dual_rate, dual=True)
        if base is None or dual is None:
            unfinished += 1
            continue
        travelled.append(float((base[-1] - base[0]).norm()))
        margins.append(1 - float((dual @ inputs.mT - base).abs().max()) / APART)
    scope = f"n = {SAMPLES}, k = {PROTOTYPES}, d = {FEATURES}, {len(margins)} starts, t ≤ {DURATION:g}"
    return Runs(
        margins,
        scope,
        f"{INSTANTS} instants each; prototypes travelled up to {max(travelled, default=0):.2g}",
        unfinished,
    )
