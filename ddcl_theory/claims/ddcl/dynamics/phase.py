"""Is total collapse stable? Eigenvalues, short runs and descents from many starts, over temperature and shape of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs

#: Temperatures of a data set, as multiples of the predicted threshold.
RATIOS = (0.9, 1.1)

#: Temperatures, in units of the largest variance, at which a field without a threshold is tried.
ANY = (1.0, 30.0)


@dataclass(frozen=True)
class Phase:
    """Prototypes follow minus the `mode` gradient of `loss`; collapse should repel iff T < multiple · λ_max(Σ).

    multiple: None where collapse should repel at every temperature.
    """

    loss: str
    mode: str
    multiple: float | None
    reduction: str = "mean"


def data(n: int, d: int, isotropic: bool, generator: Any) -> Any:
    """Centred samples (n, d), isotropic or with variances that fall by a factor of 4 from axis to axis."""
    import torch

    z = torch.randn(n, d, generator=generator, dtype=torch.float64)
    if not isotropic:
        z = z * 0.5 ** torch.arange(d, dtype=torch.float64)
    return z - z.mean(0)


def principal(z: Any) -> tuple[float, Any]:
    """The largest variance of the data and its direction."""
    import torch

    values, vectors = torch.linalg.eigh(z.T @ z / z.shape[0])
    return float(values[-1]), vectors[:, -1]


def velocity(field: Phase, z: Any, p: Any, temperature: float) -> Any:
    from ddcl_core.functional import training_gradient

    return -training_gradient(z, p, temperature, field.loss, field.mode, field.reduction)


def eigenvalue(field: Phase, z: Any, k: int, temperature: float) -> float:
    """The largest real part in the spectrum of the Jacobian at collapse on the mean (0) of centred data."""
    import torch

    at = torch.zeros(k, z.shape[1], dtype=torch.float64)
    jacobian = torch.func.jacrev(lambda p: velocity(field, z, p, temperature))(at).reshape(at.numel(), -1)
    return float(torch.linalg.eigvals(jacobian).real.max())


def drift(field: Phase, z: Any, k: int, temperature: float, direction: Any, rate: float) -> float:
    """log of the factor by which a small displacement along `direction` grows in a short run, divided by its length."""
    import torch

    steps, h = 20, 0.1 / rate
    weights = torch.linspace(-1, 1, k, dtype=torch.float64)[:, None]
    scale = 1e-4 * float(z.abs().max())
    p = scale * weights * direction
    start = float(p.norm())
    for _ in range(steps):
        p = p + h * velocity(field, z, p, temperature)
    return float(torch.log(p.norm() / start)) / (steps * h)


def local(field: Phase, settings: Settings) -> Runs:
    """The sign of the largest eigenvalue and of the growth in a short run, on both sides of the threshold.

    A run's margin is the smaller of the two rates, with the sign that the prediction gives them, over the decay rate 2/k.
    """
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    margins = []
    for run in range(settings.profile.trajectories):
        k, d, n = (2, 3, 5, 10)[run % 4], 1 + run % 3, 4 + run % 9
        z = data(n, d, run % 2 == 0, generator)
        largest, direction = principal(z)
        unit = 2 / k * (n if field.reduction == "sum" else 1)
        for ratio in ANY if field.multiple is None else RATIOS:
            temperature = ratio * largest * (1.0 if field.multiple is None else field.multiple)
            sign = 1 if field.multiple is None or ratio < 1 else -1
            fastest = unit * (1 + 4 * largest / temperature)
            rates = (
                eigenvalue(field, z, k, temperature),
                drift(field, z, k, temperature, direction, fastest),
            )
            margins.append(min(sign * r / unit for r in rates))
    return Runs(
        margins,
        "k ≤ 10, d ≤ 3, n ≤ 12, isotropic and anisotropic data, float64",
        "largest real part of the Jacobian of ddcl_core's field, and growth along the principal axis in 20 steps",
    )


def settle(z: Any, p: Any, temperature: float, steps: int) -> Any:
    """p_j ← Σ_n q_nj z_n / Σ_n q_nj, repeated: each step lowers F_T, and its fixed points are those of stopped training.

    p (starts, k, d).  The weights of each prototype are normalised in logarithms, so that one without a share moves too.
    """
    import torch

    for _ in range(steps):
        logits = -torch.cdist(z.expand(p.shape[0], *z.shape), p).square() / temperature
        shares = torch.log_softmax(logits, -1)
        p = torch.softmax(shares, -2).mT @ z
    return p


def reached(z: Any, k: int, temperature: float, starts: int, generator: Any, steps: int = 400) -> Any:
    """Spread of the prototypes, over the largest variance, after descents from random starts; (starts,)."""
    import torch

    largest, _ = principal(z)
    p = 2 * largest**0.5 * torch.randn(starts, k, z.shape[1], generator=generator, dtype=torch.float64)
    p = settle(z, p, temperature, steps)
    return (p - p.mean(-2, keepdim=True)).square().sum(-1).mean(-1) / largest


def diameter(z: Any) -> float:
    import torch

    return float(torch.cdist(z, z).max())


def everywhere(field: Phase, settings: Settings) -> Runs:
    """Descents of F_T from many starts: apart below the threshold of collapse, collapsed above T = diameter²/2.

    field.multiple: the factor of λ_max below which no descent should end collapsed.  Between the two temperatures both
    may happen.  A descent counts as collapsed if its spread is below 10⁻⁴ variances; a margin is a distance from that, in
    powers of ten.
    """
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    margins: list[float] = []
    for run in range(max(2, settings.profile.trajectories // 4)):
        k, d, n = (2, 3, 10)[run % 3], 1 + run % 3, 6 + run % 7
        z = data(n, d, run % 2 == 0, generator)
        largest, _ = principal(z)
        below = reached(z, k, 0.8 * (field.multiple or 2) * largest, 6, generator)
        above = reached(z, k, 1.25 * diameter(z) ** 2 / 2, 6, generator)
        margins += (torch.log10(below.clamp_min(1e-12)) + 4).tolist()
        margins += (-4 - torch.log10(above.clamp_min(1e-12))).tolist()
    return Runs(
        margins,
        "k ≤ 10, d ≤ 3, n ≤ 12, float64",
        "400 steps to the weighted means from 6 starts each, at 0.8 of the lower and 1.25 of the upper temperature",
    )
