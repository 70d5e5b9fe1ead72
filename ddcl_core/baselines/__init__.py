"""Baselines of deep clustering behind one interface: :func:`make` gives an estimator by its name.

Every estimator has ``n_clusters``, ``random_state``, ``fit``, ``predict``, ``transform``, ``score``, ``labels_`` and
``cluster_centers_`` (see ``ddcl_core.estimators``). Names are loaded on first use: importing this package imports
neither torch nor scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ddcl_core.baselines.deep_kmeans import DeepKMeansConfig
    from ddcl_core.baselines.deepcluster import DeepClusterConfig, deep_cluster
    from ddcl_core.baselines.kmeans import KMeansResult, kmeans_plus_plus, nearest_centres
    from ddcl_core.baselines.sampling import uniform_over_clusters
    from ddcl_core.baselines.whitening import Whitening, fit_whitening
    from ddcl_core.estimators._base import PrototypeClusterer


class Baseline(NamedTuple):
    """A registered baseline: where its estimator is, what is set before the caller's options, and its name in tables."""

    module: str
    estimator: str
    options: Mapping[str, Any]
    title: str


def _entry(module: str, estimator: str, title: str, **options: Any) -> Baseline:
    return Baseline(f"ddcl_core.estimators.{module}", estimator, MappingProxyType(options), title)


REGISTRY: Mapping[str, Baseline] = MappingProxyType(
    {
        "kmeans": _entry("kmeans", "KMeans", "k-means"),
        # Principal components with 90 % of the variance.
        "kmeans-pca": _entry("kmeans", "KMeans", "k-means + PCA", n_components=0.9),
        "minibatch-kmeans": _entry("kmeans", "MiniBatchKMeans", "mini-batch k-means"),
        "deepcluster": _entry("deepcluster", "DeepCluster", "DeepCluster"),
        "deep-kmeans": _entry("deep_kmeans", "DeepKMeans", "Deep k-Means"),
        "secu": _entry("secu", "SeCu", "SeCu"),
    }
)

# The functions ``kmeans`` and ``deep_kmeans`` are imported from the modules of the same names.
_EXPORTS = {
    "DeepClusterConfig": "deepcluster",
    "DeepKMeansConfig": "deep_kmeans",
    "KMeansResult": "kmeans",
    "Whitening": "whitening",
    "deep_cluster": "deepcluster",
    "fit_whitening": "whitening",
    "kmeans_plus_plus": "kmeans",
    "nearest_centres": "kmeans",
    "uniform_over_clusters": "sampling",
}

__all__ = [
    "REGISTRY",
    "Baseline",
    "DeepClusterConfig",
    "DeepKMeansConfig",
    "KMeansResult",
    "Whitening",
    "deep_cluster",
    "fit_whitening",
    "kmeans_plus_plus",
    "make",
    "nearest_centres",
    "uniform_over_clusters",
]


def make(name: str, n_clusters: int, random_state: Any = None, **options: Any) -> PrototypeClusterer:
    """An unfitted estimator of the baseline ``name`` of :data:`REGISTRY`; ``options`` are its keyword parameters.

    Raises ValueError for an unknown name or option.
    """
    if name not in REGISTRY:
        raise ValueError(f"name: got {name!r}, accepted {', '.join(map(repr, REGISTRY))}")
    entry = REGISTRY[name]
    kind = getattr(import_module(entry.module), entry.estimator)
    known = kind(n_clusters).get_params(deep=False)
    unknown = sorted(set(options) - set(known))
    if unknown:
        accepted = ", ".join(sorted(set(known) - {"n_clusters", "random_state"}))
        raise ValueError(f"options: got {unknown[0]!r}, accepted for {name!r}: {accepted}")
    estimator: PrototypeClusterer = kind(n_clusters, random_state=random_state, **{**entry.options, **options})
    return estimator


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
