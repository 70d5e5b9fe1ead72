"""What the estimators share: reading features, giving results back in the caller's kind, predicting by prototypes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from ddcl_core._validation import check_count, check_magnitude, square_root_bound
from ddcl_core.devices import resolve_device
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.assignment import assign

# Largest number of entries of the distances (rows of a tile times k) held at one time when predicting.
TILE = 2**22


def automatic(value: Any) -> bool:
    """True for the word "auto"; a comparison with an array would give an array."""
    return isinstance(value, str) and value == "auto"


@contextmanager
def restored_on_failure(estimator: BaseEstimator, *, forget: bool = True) -> Iterator[None]:
    """A fit that leaves the attributes of an earlier one alone until it succeeds.

    With ``forget``, the fitted attributes (names that end in an underscore) are absent inside, so that none of an
    earlier fit stays behind. If the block raises, an interrupt included, the attributes of ``estimator`` are those
    from before it: the same objects, so the block must replace them and not write into them.
    """
    before = dict(vars(estimator))
    if forget:
        for name in before:
            if name.endswith("_"):
                delattr(estimator, name)
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


class PrototypeClusterer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """Base of the estimators: clusters are prototypes in a feature space, assignments are soft at a temperature.

    A subclass sets the parameters ``n_clusters``, ``random_state`` and ``device`` in its constructor and implements
    ``fit``, which

    1. reads the data with ``z = self._read(X, reset=True)`` (a floating tensor (n, d) on the device) and checks
       ``self._check_clusters(z)``;
    2. trains, with randomness from ``self._seed()`` only;
    3. stores ``cluster_centers_ = self._give(prototypes, X)`` (k, m), ``temperature_`` (a float in the unit of a
       squared distance, convention d/T) and ``labels_ = self._give(labels, X)`` (n,), and returns self.

    With a learned representation it also overrides ``_features``, which maps rows of the data to rows of the space of
    the prototypes. ``X`` may be an array or a tensor, and what comes back is of the same kind, on the same device.
    Data is held to a finite matrix; integers and booleans become float64, 16-bit floats float32.
    """

    n_clusters: int
    random_state: Any
    device: str | torch.device
    n_features_in_: int
    cluster_centers_: Any
    labels_: Any
    temperature_: float

    def predict(self, X: Any) -> Any:
        """Index of the nearest prototype of each row of X (n, d) -> (n,), integers."""
        z, prototypes = self._prepare(X)
        return self._give(torch.cat([kernels.squared_distances(part, prototypes).argmin(-1) for part in z]), X)

    def transform(self, X: Any) -> Any:
        """Soft assignment of each row of X (n, d) at ``temperature_`` -> (n, k); its rows sum to 1."""
        z, prototypes = self._prepare(X)
        shares = [assign(kernels.squared_distances(part, prototypes), self.temperature_, "d/T") for part in z]
        return self._give(torch.cat(shares), X)

    def score(self, X: Any, y: Any = None) -> float:
        """Minus the mean squared distance of X (n, d) to the nearest prototype, in the prototypes' space; y is unused.

        Higher is better. scikit-learn's ``KMeans.score`` is the sum of the same distances, not the mean.
        """
        z, prototypes = self._prepare(X)
        nearest = torch.cat([kernels.squared_distances(part, prototypes).amin(-1) for part in z])
        return -float(nearest.double().mean())

    def _features(self, z: Tensor) -> Tensor:
        """Rows of the data (b, d) -> rows of the prototypes' space (b, m)."""
        return z

    def _prepare(self, X: Any) -> tuple[Iterator[Tensor], Tensor]:
        """Features of X, tile by tile, and the prototypes."""
        check_is_fitted(self)
        z = self._read(X, reset=False)
        centres = torch.as_tensor(self.cluster_centers_)
        return self._tiles(z, centres.to(device=z.device))

    def _tiles(self, z: Tensor, prototypes: Tensor) -> tuple[Iterator[Tensor], Tensor]:
        with torch.no_grad():
            first = self._features(z[:1])
        kind = torch.promote_types(first.dtype, prototypes.dtype)
        rows = max(1, TILE // max(prototypes.shape[0], prototypes.shape[1]))

        def parts() -> Iterator[Tensor]:
            for part in torch.split(z, rows):
                with torch.no_grad():
                    yield self._features(part).to(kind)

        return parts(), prototypes.to(kind)

    def _read(self, X: Any, *, reset: bool) -> Tensor:
        """X as a floating tensor (n, d) on the device; with ``reset`` its width becomes ``n_features_in_``."""
        device = resolve_device(self.device)
        if isinstance(X, Tensor):
            z = self._place(self._read_tensor(X, reset=reset), device)
        else:
            values = validate_data(self, X, reset=reset, dtype=[np.float64, np.float32], order="C")
            # A copy of read-only memory: torch warns of tensors that share it.
            z = self._place(torch.from_numpy(values if values.flags.writeable else values.copy()), device)
        check_magnitude("X", z, square_root_bound(z.dtype, z.shape[1]))
        return z

    @staticmethod
    def _place(z: Tensor, device: torch.device) -> Tensor:
        """``z`` on the device, in float32 where that has no float64."""
        return z.to(device, torch.float32) if device.type == "mps" else z.to(device)

    def _read_tensor(self, X: Tensor, *, reset: bool) -> Tensor:
        if X.is_complex():
            raise ValueError(f"X: got dtype {X.dtype}, accepted real numbers")
        if X.dim() != 2 or X.numel() == 0:
            raise ValueError(f"X: got shape {tuple(X.shape)}, accepted (n_samples, n_features), neither of them 0")
        if reset:
            self.n_features_in_ = X.shape[1]
            if hasattr(self, "feature_names_in_"):
                del self.feature_names_in_
        elif X.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {X.shape[1]} features, but {type(self).__name__} is expecting {self.n_features_in_} features"
            )
        z = X.detach()
        if not z.is_floating_point():
            return z.to(torch.float64)
        z = z.float() if z.dtype.itemsize < 4 else z
        if not bool(torch.isfinite(z).all()):
            raise ValueError("X: got NaN or infinity, accepted finite numbers")
        return z.contiguous()

    def _give(self, value: Tensor, X: Any) -> Any:
        """``value`` as an array, or as a tensor on X's device if X is a tensor."""
        value = value.detach()
        return value.to(X.device) if isinstance(X, Tensor) else value.cpu().numpy()

    def _seed(self) -> int:
        """A seed for ``torch.Generator`` from ``random_state`` (None, an integer or a ``RandomState``)."""
        return int(self._random().randint(2**31 - 1))

    def _random(self) -> np.random.RandomState:
        try:
            if isinstance(self.random_state, (bool, np.bool_)):
                raise TypeError
            state: np.random.RandomState = check_random_state(self.random_state)
        except (TypeError, ValueError):
            raise ValueError(
                f"random_state: got {self.random_state!r}, "
                "accepted None, an integer from 0 to 2**32 - 1 or a numpy.random.RandomState"
            ) from None
        return state

    def _check_clusters(self, z: Tensor) -> None:
        """Raise ValueError unless 1 <= n_clusters <= n; warn if z (n, d) has fewer distinct rows than clusters."""
        k = check_count("n_clusters", self.n_clusters)
        if k > z.shape[0]:
            raise ValueError(f"n_clusters: got {k}, accepted from 1 to n_samples={z.shape[0]}")
        distinct = _distinct_rows(z, k)
        if distinct < k:
            warnings.warn(
                f"n_clusters={k}, but X has {distinct} distinct rows: some prototypes will coincide",
                ConvergenceWarning,
                stacklevel=3,
            )

    @property
    def _n_features_out(self) -> int:
        return int(self.cluster_centers_.shape[0])


def _distinct_rows(z: Tensor, enough: int) -> int:
    """Number of distinct rows if it is below ``enough``, else some number of at least ``enough``."""
    # Most data show enough distinct rows at once; sorting all of them would cost more than training may.
    few = z[: 2 * enough]
    found = torch.unique(few, dim=0).shape[0]
    return found if found >= enough or few.shape[0] == z.shape[0] else torch.unique(z, dim=0).shape[0]
