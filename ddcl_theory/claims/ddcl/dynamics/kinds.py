"""Training fields on flat states: prototypes, prototypes and features, or the weights W of P = ZᵀW and the features.

Features that move are anchored to the data by 2 |z_n − x_n|²: without an anchor only total collapse is at rest.  Data have
λ_max(Σ) = 1, so that prototypes alone should leave collapse at T = 2 (stopped gradient of L_q) and T = 4 (full gradient).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Weight of the anchor |z − x|² of features that move.
ANCHOR = 2.0


@dataclass(frozen=True)
class Kind:
    """A training field.  moves: "prototypes", "features" (prototypes and features) or "native" (W and features).

    attached: whether the gradient runs through P = ZᵀW into the features.  gradient: whether the field is minus a gradient at
    some rates, by the theory.  leaves: the T at which collapse should turn unstable, where the theory gives one.
    """

    name: str
    loss: str
    mode: str
    moves: str = "prototypes"
    attached: bool = True
    gradient: bool = True
    leaves: float | None = None


KINDS = (
    Kind("L_q stopped", "quantization", "stopped", leaves=2.0),
    Kind("L_q full", "quantization", "full", leaves=4.0),
    Kind("L_q stopped, features move", "quantization", "stopped", "features"),
    Kind("L_q stopped, native", "quantization", "stopped", "native"),
    Kind("L_q stopped, detached", "quantization", "stopped", "native", attached=False, gradient=False),
    Kind("L_OLS stopped", "ols", "stopped", gradient=False),
    Kind("L_OLS full", "ols", "full"),
)


@dataclass(frozen=True)
class Fields:
    """What a statement on the origins of oscillations sees.

    turn: adds to the first two velocities a quarter turn of each other.  unseen: momentum of the steps that the prediction does
    not know of.  speed: a common factor of all rates.
    """

    turn: float = 0.0
    unseen: float = 0.0
    speed: float = 1.0


def samples(b: int, n: int, d: int, generator: Any) -> Any:
    """Data (b, n, d) with mean 0 and largest eigenvalue 1 of the covariance."""
    import torch

    x = torch.randn(b, n, d, generator=generator, dtype=torch.float64)
    x = x - x.mean(1, keepdim=True)
    largest = torch.linalg.eigvalsh(x.mT @ x / n)[:, -1]
    return x / largest.sqrt()[:, None, None]


def split(kind: Kind, x: Any, k: int, state: Any) -> tuple[Any, Any, Any]:
    """(P, Z, W) of a flat state; W is None where prototypes are no outputs."""
    b, n, d = x.shape
    if kind.moves == "prototypes":
        return state.reshape(b, k, d), x, None
    if kind.moves == "features":
        return state[:, : k * d].reshape(b, k, d), state[:, k * d :].reshape(b, n, d), None
    w, z = state[:, : n * k].reshape(b, n, k), state[:, n * k :].reshape(b, n, d)
    return w.mT @ z, z, w


def first_half(kind: Kind, x: Any, k: int) -> int:
    """How many entries of the state have the first learning rate: the first prototype, all prototypes, or W."""
    return {"prototypes": x.shape[2], "features": k * x.shape[2], "native": x.shape[1] * k}[kind.moves]


def collapse(kind: Kind, x: Any, k: int) -> Any:
    """Total collapse of the prototypes at the mean, with the features at rest, as a flat state."""
    import torch

    b, n, d = x.shape
    if kind.moves == "prototypes":
        return torch.zeros(b, k * d, dtype=x.dtype)
    z = (ANCHOR / (1 + ANCHOR) * x if kind.loss == "quantization" else x).reshape(b, -1)
    first = torch.zeros(b, k * d, dtype=x.dtype) if kind.moves == "features" else torch.full((b, n * k), 1 / n).to(x)
    return torch.cat([first, z], -1)


def velocity(kind: Kind, system: Fields, x: Any, k: int, temperature: float, state: Any) -> Any:
    """The training field of `ddcl_core` on flat states (b, s)."""
    import torch

    from ddcl_core.functional import training_gradient, training_gradient_features

    p, z, w = split(kind, x, k, state)
    arguments = (z, p, temperature, kind.loss, kind.mode, "sum")
    slope = training_gradient(*arguments)
    parts = [slope if w is None else z @ slope.mT]
    if kind.moves != "prototypes":
        own = training_gradient_features(*arguments) + 2 * ANCHOR * (z - x)
        parts.append(own + w @ slope if w is not None and kind.attached else own)
    v = -system.speed * torch.cat([part.flatten(1) for part in parts], -1)
    if system.turn:
        v = torch.cat([v[:, :1] - system.turn * v[:, 1:2], v[:, 1:2] + system.turn * v[:, :1], v[:, 2:]], -1)
    return v


def jacobian(kind: Kind, system: Fields, x: Any, k: int, temperature: float, state: Any) -> Any:
    """∂velocity/∂state (b, s, s), by `torch.func`; the same displacement is given to every state of the batch."""
    import torch

    def displaced(e: Any) -> Any:
        return velocity(kind, system, x, k, temperature, state + e)

    return torch.func.jacrev(displaced)(torch.zeros(state.shape[1], dtype=state.dtype))
