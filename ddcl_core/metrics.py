"""Agreement of a clustering with known classes: accuracy (Hungarian), NMI (geometric) and ARI (DDCL, §7).

scikit-learn computes the information and the pair counts, scipy the matching.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Scores(NamedTuple):
    """Clustering accuracy, normalised mutual information and adjusted Rand index, each 1 for a perfect agreement."""

    accuracy: float
    nmi: float
    ari: float

    def __str__(self) -> str:
        return f"ACC {self.accuracy:.3f}  NMI {self.nmi:.3f}  ARI {self.ari:.3f}"


def score_clustering(labels_true: ArrayLike, labels: ArrayLike) -> Scores:
    """All three scores of ``labels`` (n,) against ``labels_true`` (n,).

    NMI divides the mutual information by the geometric mean of the two entropies. Labels may be integers or strings,
    arrays or tensors. Raises ValueError for empty, non-flat or unequally long labels.
    """
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    true, found = _check_labels(labels_true, labels)
    return Scores(
        clustering_accuracy(true, found),
        float(normalized_mutual_info_score(true, found, average_method="geometric")),
        float(adjusted_rand_score(true, found)),
    )


def clustering_accuracy(labels_true: ArrayLike, labels: ArrayLike) -> float:
    """Share of samples whose cluster is matched to their class under the best one-to-one matching (DDCL, (45)).

    With more clusters than classes some clusters stay unmatched and their samples count as wrong, and the other way
    round.
    """
    true, found = _check_labels(labels_true, labels)
    counts, rows, columns, _, _ = _matching(true, found)
    return float(counts[rows, columns].sum() / true.size)


def match_labels(labels_true: ArrayLike, labels: ArrayLike) -> dict[Any, Any]:
    """The matching behind :func:`clustering_accuracy`: cluster -> class, without the clusters left unmatched."""
    _, rows, columns, classes, clusters = _matching(*_check_labels(labels_true, labels))
    return {clusters[column].item(): classes[row].item() for row, column in zip(rows, columns, strict=True)}


def _matching(
    true: NDArray[Any], found: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.intp], NDArray[Any], NDArray[Any]]:
    """Counts (classes, clusters), the matched rows and columns, the classes and the clusters."""
    from scipy.optimize import linear_sum_assignment

    classes, row = np.unique(true, return_inverse=True)
    clusters, column = np.unique(found, return_inverse=True)
    counts = np.zeros((classes.size, clusters.size), dtype=np.int64)
    np.add.at(counts, (row, column), 1)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return counts, rows, columns, classes, clusters


def _check_labels(labels_true: ArrayLike, labels: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    true, found = (_as_array(value) for value in (labels_true, labels))
    for name, value in (("labels_true", true), ("labels", found)):
        if value.ndim != 1 or value.size == 0:
            raise ValueError(f"{name}: got shape {value.shape}, accepted a flat array with at least one label")
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            raise ValueError(f"{name}: got a label that is not finite, accepted finite labels")
    if true.size != found.size:
        raise ValueError(f"labels: got {found.size} labels, accepted {true.size} as in labels_true")
    return true, found


def _as_array(value: ArrayLike) -> NDArray[Any]:
    detach = getattr(value, "detach", None)
    return np.asarray(value if detach is None else detach().cpu())
