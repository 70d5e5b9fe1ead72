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


def velocity(field: Phase, z: Any, p: Any, temperature: Any) -> Any:
    from ddcl_core.functional import training_gradient

    return -training_gradient(z, p, temperature, field.loss, field.mode, field.reduction)


def eigenvalues(field: Phase, z: Any, k: int, temperatures: Any) -> list[float]:
    """The largest real part in the spectrum of the Jacobian at collapse on the mean (0) of centred data; one a temperature."""
    import torch

    from ddcl_core.functional.training import prototype_gradient

    def moves(p: Any, t: Any) -> Any:
        # Without the checks of arguments, which look at values and so cannot be mapped.
        return -prototype_gradient(z, p, t, field.loss, field.mode, field.reduction, "d/T")

    at = torch.zeros(k, z.shape[1], dtype=torch.float64)
    t = torch.as_tensor(temperatures, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(moves), in_dims=(None, 0))(at, t)
    found: list[float] = torch.linalg.eigvals(jacobians.reshape(len(t), at.numel(), -1)).real.amax(-1).tolist()
    return found


def eigenvalue_free(loss: str, z: Any, k: int) -> float:
    """The same where the assignments are free: prototypes at the mean, q uniform, both following minus their gradient.

    The simplex is represented by its tangent space, in which q is moved by the gradient less its mean over j.
    """
    import torch

    from ddcl_core.functional import gradients

    slopes = {
        "quantization": (gradients.quantization_grad_q, gradients.quantization_grad_prototypes),
        "ols": (gradients.ols_grad_q, gradients.ols_grad_prototypes),
    }[loss]
    n, d = z.shape

    def both(state: Any) -> Any:
        p, q = state[: k * d].reshape(k, d), state[k * d :].reshape(n, k)
        of_q = slopes[0](z, p, q)
        return -torch.cat([slopes[1](z, p, q).flatten(), (of_q - of_q.mean(-1, keepdim=True)).flatten()])

    at = torch.cat([torch.zeros(k * d, dtype=torch.float64), torch.full((n * k,), 1 / k, dtype=torch.float64)])
    return float(torch.linalg.eigvals(torch.func.jacrev(both)(at)).real.max())


def drift(field: Phase, z: Any, k: int, temperatures: Any, direction: Any, unit: float) -> list[float]:
    """log of the factor by which a small displacement along `direction` grows in a short run, divided by its length.

    unit: the rate at which a displacement decays at an infinite temperature.  A step is a tenth of the time in which the
    fastest displacement that the field allows grows by a factor e; one run a temperature.
    """
    import torch

    steps, t = 20, torch.as_tensor(temperatures, dtype=torch.float64)[:, None, None]
    h = 0.1 / (unit * (1 + 4 * float(z.square().sum(-1).mean()) / t))
    weights = torch.linspace(-1, 1, k, dtype=torch.float64)[:, None]
    p = (1e-4 * float(z.abs().max()) * weights * direction).expand(len(t), -1, -1)
    start = p.norm(dim=(-2, -1))
    for _ in range(steps):
        p = p + h * velocity(field, z, p, t)
    grown: list[float] = (torch.log(p.norm(dim=(-2, -1)) / start) / (steps * h.flatten())).tolist()
    return grown


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
        ratios = ANY if field.multiple is None else RATIOS
        temperatures = [ratio * largest * (field.multiple or 1.0) for ratio in ratios]
        fastest = eigenvalues(field, z, k, temperatures)
        grown = drift(field, z, k, temperatures, direction, unit)
        for ratio, *rates in zip(ratios, fastest, grown, strict=True):
            sign = 1 if field.multiple is None or ratio < 1 else -1
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


def descended(loss: str, mode: str, z: Any, p: Any, temperature: Any, steps: int) -> Any:
    """Prototypes after `steps` short steps along minus the `mode` gradient of `loss` ("free": q has a gradient of its own).

    z (..., n, d), p (..., k, d), temperature (..., 1, 1).  The step stays below what the largest curvature at collapse
    allows.
    """
    import torch

    from ddcl_core.functional import gradients, project_simplex, soft_assignment, training_gradient

    largest = z.square().sum((-2, -1), keepdim=True) / z.shape[-2]
    if mode != "free":
        h = 0.8 / (1 + 4 * largest / temperature)
        for _ in range(steps):
            p = p - h * training_gradient(z, p, temperature, loss, mode)
        return p
    of_q = {"quantization": gradients.quantization_grad_q, "ols": gradients.ols_grad_q}[loss]
    of_p = {"quantization": gradients.quantization_grad_prototypes, "ols": gradients.ols_grad_prototypes}[loss]
    q = soft_assignment(z, p, temperature)
    for _ in range(steps):
        q, p = project_simplex(q - 0.1 / largest * of_q(z, p, q)), p - 0.4 * of_p(z, p, q)
    return p if torch.isfinite(p).all() else torch.full_like(p, float("nan"))


def collapsed_share(
    loss: str, mode: str, z: Any, k: int, temperatures: Any, starts: int, generator: Any, steps: int = 300
) -> Any:
    """The share of descents from random starts that end with a spread below 10⁻³ of the variance; z (m, n, d) -> (m, temperatures)."""
    import torch

    m, _, d = z.shape
    t = torch.as_tensor(temperatures, dtype=torch.float64)[None, :, None, None, None]
    p = torch.randn(m, 1, starts, k, d, generator=generator, dtype=torch.float64).repeat(1, t.shape[1], 1, 1, 1)
    p = descended(loss, mode, z[:, None, None], p, t, steps)
    spread = (p - p.mean(-2, keepdim=True)).square().sum(-1).mean(-1)
    return (spread < 1e-3 * z.square().sum(-1).mean(-1)[:, None, None]).double().mean(-1)


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
