"""Prototype-based deep clustering: the DDCL functional, its layers, training, estimators, and the flows of its theory.

Names are loaded on first use, so that ``import ddcl_core`` costs nothing and does not import torch.
Prototypes are rows throughout: ``prototypes`` has shape (..., k, d) and row j is p_j.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddcl_core import (
        backbones,
        baselines,
        devices,
        distributed,
        energy,
        estimators,
        flow,
        functional,
        incremental,
        kernels,
        layers,
        metrics,
        monitors,
        objective,
        plots,
        schedules,
        secu,
        training,
    )
    from ddcl_core.energy import ReducedEnergy
    from ddcl_core.estimators.ddcl import DDCL
    from ddcl_core.estimators.deep import DeepDDCL
    from ddcl_core.estimators.deep_kmeans import DeepKMeans
    from ddcl_core.estimators.deepcluster import DeepCluster
    from ddcl_core.estimators.incremental import IncrementalDDCL
    from ddcl_core.estimators.secu import SeCu
    from ddcl_core.flow import FlowStatus, TrainingTrajectory, Trajectory, projected_gradient_flow, training_flow
    from ddcl_core.layers import DeepDualCompetitiveLayer, DualCompetitiveLayer, VanillaCompetitiveLayer
    from ddcl_core.metrics import Scores, score_clustering
    from ddcl_core.monitors import Monitor
    from ddcl_core.objective import CrossEntropyDDCL, DDCLLoss
    from ddcl_core.training import DDCLModel, Trainer, TrainingDiverged

_SUBMODULES = (
    "backbones",
    "baselines",
    "devices",
    "distributed",
    "energy",
    "estimators",
    "flow",
    "functional",
    "incremental",
    "kernels",
    "layers",
    "metrics",
    "monitors",
    "objective",
    "plots",
    "schedules",
    "secu",
    "training",
)
_EXPORTS = {
    "CrossEntropyDDCL": "ddcl_core.objective",
    "DDCL": "ddcl_core.estimators.ddcl",
    "DDCLLoss": "ddcl_core.objective",
    "DDCLModel": "ddcl_core.training",
    "DeepCluster": "ddcl_core.estimators.deepcluster",
    "DeepDDCL": "ddcl_core.estimators.deep",
    "DeepDualCompetitiveLayer": "ddcl_core.layers",
    "DeepKMeans": "ddcl_core.estimators.deep_kmeans",
    "DualCompetitiveLayer": "ddcl_core.layers",
    "FlowStatus": "ddcl_core.flow",
    "IncrementalDDCL": "ddcl_core.estimators.incremental",
    "Monitor": "ddcl_core.monitors",
    "ReducedEnergy": "ddcl_core.energy",
    "Scores": "ddcl_core.metrics",
    "SeCu": "ddcl_core.estimators.secu",
    "Trainer": "ddcl_core.training",
    "TrainingDiverged": "ddcl_core.training",
    "TrainingTrajectory": "ddcl_core.flow",
    "Trajectory": "ddcl_core.flow",
    "VanillaCompetitiveLayer": "ddcl_core.layers",
    "projected_gradient_flow": "ddcl_core.flow",
    "score_clustering": "ddcl_core.metrics",
    "training_flow": "ddcl_core.flow",
}

__all__ = [
    "DDCL",
    "CrossEntropyDDCL",
    "DDCLLoss",
    "DDCLModel",
    "DeepCluster",
    "DeepDDCL",
    "DeepDualCompetitiveLayer",
    "DeepKMeans",
    "DualCompetitiveLayer",
    "FlowStatus",
    "IncrementalDDCL",
    "Monitor",
    "ReducedEnergy",
    "Scores",
    "SeCu",
    "Trainer",
    "TrainingDiverged",
    "TrainingTrajectory",
    "Trajectory",
    "VanillaCompetitiveLayer",
    "backbones",
    "baselines",
    "devices",
    "distributed",
    "energy",
    "estimators",
    "flow",
    "functional",
    "incremental",
    "kernels",
    "layers",
    "metrics",
    "monitors",
    "objective",
    "plots",
    "projected_gradient_flow",
    "schedules",
    "score_clustering",
    "secu",
    "training",
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
