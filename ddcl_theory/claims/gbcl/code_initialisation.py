"""Rows about the starts of the layers of ddcl_core, with the gains that give Glorot's variance 2/(fan in + fan out).

Uniform weights of variance s lie within ±√(3s), so that |W_i| ≤ √(6/(d + k)) and |(XΩ)_i| ≤ √(6/(n + k)) Σ_n |x_ni|.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.domain import Domain, real

MODULE = "ddcl_theory.claims.gbcl.code_initialisation"
DATA = Domain((real("z", "n", "d", latex="x"),), {"n": (1, 3), "d": (1, 2)})
SAMPLE = Domain((real("z", 1, "d", latex="x"),), {"d": (1, 3)})
PROTOTYPES = 4
#: Room for the rounding of the bound itself, in units.
SLACK = 32
Batch = Mapping[str, Any]


def _room(batch: Batch, start: Any, reach: Any) -> Any:
    """(cases, k·d): how far each coordinate of a start stays below the bound; every case has a seed of its own."""
    import torch

    rooms = []
    for case, z in enumerate(batch["z"]):
        seed = case + 1_000 * (10 * z.shape[0] + z.shape[1])
        bound = reach(z) * (1 + SLACK * torch.finfo(z.dtype).eps)
        rooms.append((bound - start(z, seed).abs()).flatten())
    return torch.stack(rooms)


def _dual(z: Any, seed: int, gain: float = 1.0) -> Any:
    """XΩ (k, d) for the uniform start whose variance is Glorot's, times gain²."""
    import torch

    from ddcl_core import layers
    from ddcl_core.layers import initialisation

    n = len(z)
    glorot = (2 * n / (n + PROTOTYPES)) ** 0.5
    layer = layers.DualCompetitiveLayer(n, PROTOTYPES, estimate="unbiased", dtype=z.dtype, device=z.device)
    with torch.no_grad():
        layer.weights.copy_(initialisation.uniform_weights(n, PROTOTYPES, seed, gain=gain * glorot))
    return layer(z).detach()


def _dual_reach(z: Any) -> Any:
    return (6 / (len(z) + PROTOTYPES)) ** 0.5 * z.abs().sum(0)


def _vanilla(z: Any, seed: int, gain: float = 1.0) -> Any:
    """W (k, d) for the start whose variance is Glorot's, times gain²."""
    from ddcl_core import layers

    d = z.shape[1]
    scale = gain * (2 / (d + PROTOTYPES)) ** 0.5
    layer = layers.VanillaCompetitiveLayer(
        PROTOTYPES, d, scale=scale, random_state=seed, dtype=z.dtype, device=z.device
    )
    return layer().detach()


def _vanilla_reach(z: Any) -> Any:
    return z.new_full((z.shape[1],), (6 / (z.shape[1] + PROTOTYPES)) ** 0.5)


def dual_room(batch: Batch) -> Any:
    return _room(batch, _dual, _dual_reach)


def dual_room_reseeded(batch: Batch) -> Any:
    return _room(batch, lambda z, seed: _dual(z, seed + 1_000_000), _dual_reach)


def dual_room_wider(batch: Batch) -> Any:
    """Weights of variance 3/(n + k)."""
    return _room(batch, lambda z, seed: _dual(z, seed, gain=1.5**0.5), _dual_reach)


def vanilla_room(batch: Batch) -> Any:
    return _room(batch, _vanilla, _vanilla_reach)


def vanilla_room_reseeded(batch: Batch) -> Any:
    return _room(batch, lambda z, seed: _vanilla(z, seed + 1_000_000), _vanilla_reach)


def vanilla_room_wider(batch: Batch) -> Any:
    """Weights of variance 3/(d + k)."""
    return _room(batch, lambda z, seed: _vanilla(z, seed, gain=1.5**0.5), _vanilla_reach)


def box_parts(dtype: str) -> tuple[Part, ...]:
    """Both starts stay within the box of their weights."""

    def statement(function: str) -> CodeStatement:
        domain = DATA if function.startswith("dual") else SAMPLE
        return CodeStatement(
            domain, f"{MODULE}:{function}", lambda x: 0, lambda x: ex.ONE, dtype=dtype, at_least_zero=True
        )

    says = {
        "dual": r"|\mathrm{fl}(X\Omega)_i| \le \sqrt{6/(n + k)}\, \textstyle\sum_n |x_{ni}|",
        "vanilla": r"|\mathrm{fl}(W)_i| \le \sqrt{6/(d + k)}",
    }
    return tuple(
        Part(
            id=f"{name}-start",
            says=text,
            statement=statement(f"{name}_room"),
            checks=(Conforms(),),
            twins=(Twin("half as much variance again", statement(f"{name}_room_wider")),),
            neighbours=(Neighbour("other seeds", statement(f"{name}_room_reseeded")),),
        )
        for name, text in says.items()
    )
