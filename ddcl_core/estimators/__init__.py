"""scikit-learn estimators of prototype-based clustering: DDCL and the methods that it is compared with.

Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddcl_core.estimators.ddcl import DDCL
    from ddcl_core.estimators.deep import DeepDDCL
    from ddcl_core.estimators.deep_kmeans import DeepKMeans
    from ddcl_core.estimators.deepcluster import DeepCluster
    from ddcl_core.estimators.incremental import IncrementalDDCL
    from ddcl_core.estimators.kmeans import KMeans, MiniBatchKMeans
    from ddcl_core.estimators.secu import SeCu

_EXPORTS = {
    "DDCL": "ddcl",
    "DeepCluster": "deepcluster",
    "DeepDDCL": "deep",
    "DeepKMeans": "deep_kmeans",
    "IncrementalDDCL": "incremental",
    "KMeans": "kmeans",
    "MiniBatchKMeans": "kmeans",
    "SeCu": "secu",
}

__all__ = [
    "DDCL",
    "DeepCluster",
    "DeepDDCL",
    "DeepKMeans",
    "IncrementalDDCL",
    "KMeans",
    "MiniBatchKMeans",
    "SeCu",
]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
