"""Dual competitive learning: the functional of DDCL, its reduced energy and its flows.

Names are loaded on first use, so that ``import ddcl_core`` costs nothing and does not import torch.
Prototypes are rows throughout: ``prototypes`` has shape (..., k, d) and row j is p_j.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddcl_core import energy, flow, functional
    from ddcl_core.energy import ReducedEnergy
    from ddcl_core.flow import FlowStatus, TrainingTrajectory, Trajectory, projected_gradient_flow, training_flow

_SUBMODULES = ("energy", "flow", "functional")
_EXPORTS = {
    "ReducedEnergy": "ddcl_core.energy",
    "FlowStatus": "ddcl_core.flow",
    "Trajectory": "ddcl_core.flow",
    "TrainingTrajectory": "ddcl_core.flow",
    "projected_gradient_flow": "ddcl_core.flow",
    "training_flow": "ddcl_core.flow",
}

__all__ = [
    "FlowStatus",
    "ReducedEnergy",
    "TrainingTrajectory",
    "Trajectory",
    "energy",
    "flow",
    "functional",
    "projected_gradient_flow",
    "training_flow",
]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name in _EXPORTS:
        value = getattr(import_module(_EXPORTS[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
