"""Training of features and prototypes together, with the stopped gradient of L_q: does it return to total collapse?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs

#: Temperatures of the runs, for inputs of unit variance.
TEMPERATURES = (0.1, 1.0, 10.0)

#: (k, d, n) of the runs.
SIZES = ((2, 2, 4), (3, 3, 5), (4, 2, 6), (2, 3, 7), (3, 2, 4), (4, 3, 5))

BACKBONES = ("free", "frozen", "linear", "relu", "affine", "mlp", "normalised", "normalised-mlp")


@dataclass(frozen=True)
class Joint:
    """Backbones whose training is run, one after the other.

    "free" features, or "frozen", which leaves them as they are; without a bias, so that θ scales the features, "linear"
    z = θx and "relu" (three layers); with a bias, so that one place can take all samples, "affine" z = θ(x, 1) and "mlp"
    (two hidden layers); these two divided by their norm, "normalised" and "normalised-mlp".
    """

    backbones: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [b for b in self.backbones if b not in BACKBONES]
        if unknown or not self.backbones:
            raise ValueError(f"backbones must be of {', '.join(BACKBONES)}; got {self.backbones!r}")


Features = Callable[[list[Any]], Any]


def build(kind: str, x: Any, d: int, generator: Any, spread: float) -> tuple[list[Any], Features]:
    """Parameters (starts, 1, …) and the features (starts, 1, n, d) that they give to inputs x (starts, n, m).

    spread: how far features start from one place, where the backbone can send all samples to one.
    """
    import torch

    if kind not in BACKBONES:
        raise ValueError(f"backbone must be one of {', '.join(BACKBONES)}; got {kind!r}")
    starts, n, m = x.shape
    inputs, width = x[:, None], 16

    def normal(*shape: int) -> Any:
        return torch.randn((starts, 1, *shape), generator=generator, dtype=torch.float64)

    if kind in ("free", "frozen"):
        return [spread * normal(n, d)], lambda t: t[0]
    if kind == "linear":
        return [0.7 * normal(m, d)], lambda t: inputs @ t[0]
    if kind == "relu":
        layers = [0.7 * normal(m, width), 0.35 * normal(width, width), 0.5 * normal(width, d)]
        return layers, lambda t: torch.relu(torch.relu(inputs @ t[0]) @ t[1]) @ t[2]
    place = torch.zeros(starts, 1, 1, d, dtype=torch.float64)
    place[..., 0] = 1.0
    if kind.endswith("mlp"):
        # The last layer is divided by √width, which keeps the steps below 2/curvature.
        layers = [normal(m, width) / m**0.5, normal(width, width) / width**0.5, spread * normal(width, d), place]

        def raw(t: list[Any]) -> Any:
            return torch.relu(torch.relu(inputs @ t[0]) @ t[1]) @ t[2] / width**0.5 + t[3]
    else:
        layers = [spread * normal(m, d), place]

        def raw(t: list[Any]) -> Any:
            return inputs @ t[0] + t[1]

    if kind.startswith("normalised"):
        return layers, lambda t: torch.nn.functional.normalize(raw(t), dim=-1)
    return layers, raw


def inputs(n: int, m: int, generator: Any) -> Any:
    """Inputs (n, m) with mean 0 and covariance 1, so that no direction of a linear backbone learns slowly; n > m."""
    import torch

    raw = torch.randn(n, m + 1, generator=generator, dtype=torch.float64)
    raw[:, 0] = 1.0
    return torch.linalg.qr(raw).Q[:, 1:] * n**0.5


def train(
    kind: str,
    x: Any,
    k: int,
    d: int,
    temperatures: Sequence[float],
    steps: int,
    rate: float,
    spread: float,
    generator: Any,
) -> Any:
    """Per step, start and temperature: mean L_q, and Σ‖θ‖² of the first layer plus ‖P‖²; (steps, starts, temperatures, 2).

    x (starts, n, m).  A start is the same at all temperatures.
    """
    import torch

    from ddcl_core.functional import quantization_loss, soft_assignment

    parameters, features = build(kind, x, d, generator, spread)
    starts, t = x.shape[0], torch.tensor(temperatures, dtype=torch.float64)[:, None, None]
    p = spread * torch.randn(starts, 1, k, d, generator=generator, dtype=torch.float64)
    if kind in ("affine", "mlp", "normalised", "normalised-mlp"):
        p[..., 0] += 1.0
    p = p.repeat(1, len(temperatures), 1, 1)
    parameters = [layer.repeat(1, len(temperatures), 1, 1) for layer in parameters]
    fixed, rows = kind == "frozen", []
    for _ in range(steps):
        moving = [layer.detach().requires_grad_(not fixed) for layer in parameters]
        prototypes = p.detach().requires_grad_()
        z = features(moving)
        q = soft_assignment(z.detach(), prototypes.detach(), t)
        losses = quantization_loss(z, prototypes, q, reduction="none").mean(-1)
        wanted = [prototypes, *([] if fixed else moving)]
        slopes = torch.autograd.grad(losses.sum(), wanted)
        size = parameters[0].square().sum((-2, -1)) + p.square().sum((-2, -1))
        rows.append(torch.stack([losses.detach(), size.detach()], -1))
        p = p - rate * slopes[0]
        if not fixed:
            parameters = [layer - rate * slope for layer, slope in zip(parameters, slopes[1:], strict=True)]
    return torch.stack(rows)


def _runs(system: Joint, settings: Settings, steps: int, rate: float, spread: float) -> list[Any]:
    """Rows of `train` for every backbone; a quarter of the profile's trajectories a backbone, at least two.

    Runs of one size are trained as a batch, so that each backbone gets few sizes: three, other ones for the next.
    """
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    wanted = max(2, settings.profile.trajectories // 4)
    batches = min(3, wanted)
    found = []
    for turn, kind in enumerate(system.backbones):
        for index in range(batches):
            k, d, n = SIZES[(3 * turn + index) % len(SIZES)]
            starts = len(range(index, wanted, batches))
            x = torch.stack([inputs(n, 3, generator) for _ in range(starts)])
            found.append(train(kind, x, k, d, TEMPERATURES, steps, rate, spread, generator))
    return found


def _scope(system: Joint) -> str:
    temperatures = ", ".join(f"{t:g}" for t in TEMPERATURES)
    return f"{', '.join(system.backbones)} features, k ≤ 4, d ≤ 3, n ≤ 7, float64, T = {temperatures}"


def returns(system: Joint, settings: Settings) -> Runs:
    """From near total collapse: L_q at the end over L_q at the start, below a twentieth at every temperature.

    Slow directions of a hidden layer set the pace; with frozen features more than a twentieth stays for ever.
    """
    found = _runs(system, settings, steps=120, rate=0.5, spread=0.05)
    return Runs(
        [float(m) for rows in found for m in (0.05 - rows[-1, ..., 0] / rows[0, ..., 0]).flatten()],
        _scope(system),
        "120 joint steps of length 0.5; the loss must fall twentyfold",
    )


def shrinks(system: Joint, settings: Settings) -> Runs:
    """From random starts: what ‖θ‖² + ‖P‖² loses, over 4 ∫ L_q dt, lies within a fifth of 1, and it never rises."""
    import torch

    rate, margins = 0.01, []
    for rows in _runs(system, settings, steps=100, rate=rate, spread=1.0):
        loss, size = rows[..., 0], rows[..., 1]
        rise = (size[1:] - size[:-1]).amax(0) / size[0]
        lost = (size[0] - size[-1]) / (4 * rate * loss[:-1].sum(0))
        margins += torch.minimum(1e-3 - rise, 0.2 - (lost - 1).abs()).flatten().tolist()
    return Runs(
        margins,
        _scope(system),
        "100 joint steps of length 0.01, whose error is what the fifth allows for",
    )
