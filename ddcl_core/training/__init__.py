"""Training of DDCL end to end: the model, the trainer, its history, checkpoints and the guard against NaN.

Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint
    from ddcl_core.training.guard import TrainingDiverged, check_finite
    from ddcl_core.training.history import History
    from ddcl_core.training.model import DDCLModel
    from ddcl_core.training.reducer import Reducer, SingleProcess
    from ddcl_core.training.state import TrainerState
    from ddcl_core.training.trainer import Trainer
    from ddcl_core.training.warmup import Reconstruction, WarmUp, contrastive_loss, warm_up

_EXPORTS = {
    "DDCLModel": "model",
    "History": "history",
    "Reconstruction": "warmup",
    "Reducer": "reducer",
    "SingleProcess": "reducer",
    "Trainer": "trainer",
    "TrainerState": "state",
    "TrainingDiverged": "guard",
    "WarmUp": "warmup",
    "check_finite": "guard",
    "contrastive_loss": "warmup",
    "load_checkpoint": "checkpoints",
    "save_checkpoint": "checkpoints",
    "warm_up": "warmup",
}

__all__ = [
    "DDCLModel",
    "History",
    "Reconstruction",
    "Reducer",
    "SingleProcess",
    "Trainer",
    "TrainerState",
    "TrainingDiverged",
    "WarmUp",
    "check_finite",
    "contrastive_loss",
    "load_checkpoint",
    "save_checkpoint",
    "warm_up",
]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
