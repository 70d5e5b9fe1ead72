"""Training of features and prototypes together, with the stopped gradient of L_q: does it return to total collapse?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs

#: Temperatures of the runs, for inputs of unit variance.
TEMPERATURES = (0.1, 10.0)


@dataclass(frozen=True)
class Joint:
    """backbone: "free" features, "linear" z = θx, "relu" (three layers, no bias), "normalised" z = θ(x, 1)/‖θ(x, 1)‖, or
    "frozen", which leaves the features as they are.
    """

    backbone: str


def build(kind: str, x: Any, d: int, generator: Any, spread: float) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """Parameters and the features (n, d) that they give; spread: how far free and normalised features start from one place."""
    import torch

    def normal(*shape: int) -> Any:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    n, m = x.shape
    if kind in ("free", "frozen"):
        return [spread * normal(n, d)], lambda t: t[0]
    if kind == "linear":
        return [0.7 * normal(m, d)], lambda t: x @ t[0]
    if kind == "relu":
        layers = [0.7 * normal(m, 8), 0.5 * normal(8, 8), 0.5 * normal(8, d)]
        return layers, lambda t: torch.relu(torch.relu(x @ t[0]) @ t[1]) @ t[2]
    if kind == "normalised":
        bias = torch.zeros(1, d, dtype=torch.float64)
        bias[0, 0] = 1.0
        extended = torch.cat([x, torch.ones(n, 1, dtype=torch.float64)], -1)

        def features(t: list[Any]) -> Any:
            raw = extended @ t[0]
            return raw / raw.norm(dim=-1, keepdim=True)

        return [torch.cat([spread * normal(m, d), bias])], features
    raise ValueError(f"backbone must be free, frozen, linear, relu or normalised; got {kind!r}")


def inputs(n: int, m: int, generator: Any) -> Any:
    """Inputs (n, m) with mean 0 and covariance 1, so that no direction of a linear backbone learns slowly; n > m."""
    import torch

    raw = torch.randn(n, m + 1, generator=generator, dtype=torch.float64)
    raw[:, 0] = 1.0
    return torch.linalg.qr(raw).Q[:, 1:] * n**0.5


def train(
    kind: str, x: Any, k: int, d: int, temperature: float, steps: int, rate: float, spread: float, generator: Any
) -> Any:
    """Per step: mean L_q and Σ‖θ_l‖² of the first layer plus ‖P‖²; (steps, 2)."""
    import torch

    from ddcl_core.functional import quantization_loss, soft_assignment

    parameters, features = build(kind, x, d, generator, spread)
    p = spread * torch.randn(k, d, generator=generator, dtype=torch.float64)
    if kind == "normalised":
        p[:, 0] += 1.0
    rows = []
    for _ in range(steps):
        moving = [t.clone().requires_grad_(kind != "frozen") for t in parameters]
        prototypes = p.clone().requires_grad_()
        z = features(moving)
        q = soft_assignment(z.detach(), prototypes.detach(), temperature)
        loss = quantization_loss(z, prototypes, q)
        wanted = [prototypes, *([] if kind == "frozen" else moving)]
        slopes = torch.autograd.grad(loss, wanted)
        rows.append([float(loss.detach()), float(sum(t.square().sum() for t in parameters[:1]) + p.square().sum())])
        p = p - rate * slopes[0]
        parameters = (
            parameters if kind == "frozen" else [t - rate * s for t, s in zip(parameters, slopes[1:], strict=True)]
        )
    return torch.tensor(rows, dtype=torch.float64)


def _sizes(run: int) -> tuple[int, int, int]:
    return 2 + run % 3, 2 + run % 2, 4 + run % 4


def returns(system: Joint, settings: Settings) -> Runs:
    """From near total collapse: L_q at the end over L_q at the start, below a hundredth at every temperature."""
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    margins = []
    for run in range(max(2, settings.profile.trajectories // 4)):
        k, d, n = _sizes(run)
        x = inputs(n, 3, generator)
        for temperature in TEMPERATURES:
            rows = train(system.backbone, x, k, d, temperature, 60, 0.5, 0.05, generator)
            margins.append(0.01 - float(rows[-1, 0] / rows[0, 0]))
    return Runs(
        margins,
        "k ≤ 4, d ≤ 3, n ≤ 7, float64, T = 0.1 and 10",
        "60 joint steps of length 0.5; the loss must fall a hundredfold",
    )


def shrinks(system: Joint, settings: Settings) -> Runs:
    """From random starts: what ‖θ‖² + ‖P‖² loses, over 4 ∫ L_q dt, lies within a fifth of 1, and it never rises."""
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    rate, margins = 0.01, []
    for run in range(max(2, settings.profile.trajectories // 4)):
        k, d, n = _sizes(run)
        x = inputs(n, 3, generator)
        for temperature in TEMPERATURES:
            rows = train(system.backbone, x, k, d, temperature, 100, rate, 1.0, generator)
            rise = float((rows[1:, 1] - rows[:-1, 1]).max() / rows[0, 1])
            lost = float((rows[0, 1] - rows[-1, 1]) / (4 * rate * rows[:-1, 0].sum()))
            margins.append(min(1e-3 - rise, 0.2 - abs(lost - 1)))
    return Runs(
        margins,
        "k ≤ 4, d ≤ 3, n ≤ 7, float64, T = 0.1 and 10",
        "100 joint steps of length 0.01, whose error is what the fifth allows for",
    )
