"""Weights that belong to samples, and the product W^T Z of them with features that come in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_choice, check_magnitude, check_same_kind, square_root_bound
from ddcl_core.layers.base import CompetitiveLayer, check_features, check_samples

ESTIMATES = ("running", "unbiased")
FEATURES = ("moving", "frozen")
_STATE = ("prototypes", "total", "recorded_weights", "recorded_features", "seen")


class SampleLayer(CompetitiveLayer):
    """A layer with one row of ``weights`` (n, m) a sample, whose prototypes are a function of M = W^T Z (m, d).

    ``layer(z, index)`` takes the features z (b, d) of the samples ``index`` (b,); without ``index`` z holds all n
    samples in order and M is exact. Only the rows in the batch receive gradients, and so do the features in the batch.
    What a mini-batch says about M:

    ``estimate="unbiased"``: (n/b) W_I^T Z_I. Over batches drawn uniformly its mean is M, whatever b is, so a short last
    batch counts with its own b; :func:`ddcl_core.layers.sampling_variance` gives its variance, large where few samples
    carry a prototype. A loss that is not linear in M, and its
    gradient, are biased. A repeated index counts repeatedly, as drawing with replacement asks. No extra memory.
    Mini-batches leave the stored prototypes as they are: call :meth:`refresh` before they are used.

    ``estimate="running"``: M = sum_i w_i z_i^T over all samples, the batch at its present values and the others at those
    recorded when they were last seen, or after the step that followed. Until every sample has been seen the sum over
    the m' seen ones is multiplied by n/m'. Indices must differ.

    - ``features="moving"``: recorded are weights and features, memory n (m + d). A sample's part is replaced as a whole
      when it is seen again, so nothing older than the sample's last visit remains.
    - ``features="frozen"``: recorded are the weights, memory n m. M is exactly W^T Z if the features never change and
      each step alters the rows of its batch only (SGD without momentum and weight decay). Rows that change outside
      their batch, as with Adam, enter when they are seen next. Features that do change leave an error that stays until
      :meth:`refresh`.

    Where every batch is the whole data set both are exact and "unbiased" spares the records. Rounding errors of the
    running sum add up over the steps; a whole data set or :meth:`refresh` resets them. ``sparse=True`` gives sparse
    gradients for ``weights``: SGD and SparseAdam then touch the batch's rows only.
    """

    weights: Tensor
    total: Tensor | None
    recorded_weights: Tensor | None
    recorded_features: Tensor | None
    seen: Tensor | None
    _batch_index: Tensor | None
    _batch_features: Tensor | None

    def __init__(self, weights: Tensor, n_prototypes: int, *, estimate: str, features: str, sparse: bool) -> None:
        super().__init__()
        check_choice("estimate", estimate, ESTIMATES)
        check_choice("features", features, FEATURES)
        self.n_samples = weights.shape[0]
        self.n_prototypes = n_prototypes
        self.estimate = estimate
        self.features = features
        self.sparse = bool(sparse)
        self.weights = nn.Parameter(weights)
        for name in _STATE:
            self.register_buffer(name, None)
        # The last training batch: what the optimiser did to its rows enters with the next call.
        self.register_buffer("_batch_index", None, persistent=False)
        self.register_buffer("_batch_features", None, persistent=False)

    def forward(self, z: Tensor | None = None, index: Tensor | None = None) -> Tensor:
        """Prototypes (k, d): of the batch in train mode, the stored ones, without gradient, in eval mode.

        Raises ValueError for features that do not fit the weights and for indices out of range or repeated;
        RuntimeError in eval mode while no prototypes are stored.
        """
        if not self.training:
            return self.stored_prototypes()
        z, index = self._check_batch(z, index)
        moment = self._running(z, index) if self.estimate == "running" else self._unbiased(z, index)
        prototypes = self.from_moment(moment)
        if self._batch_features is not None:
            self.prototypes = prototypes.detach().clone()
        return prototypes

    def moment(self, z: Tensor, index: Tensor | None = None) -> Tensor:
        """The batch's part W_I^T Z_I (m, d) of M, differentiable and without scaling or recording.

        Parts of disjoint batches, on one device or on many, add up to M; :meth:`from_moment` takes the sum.
        """
        z, index = self._check_batch(z, index)
        return self._rows(index).mT @ z

    def from_moment(self, moment: Tensor) -> Tensor:
        """Prototypes (k, d) as a function of M (m, d)."""
        return moment

    def stored_prototypes(self) -> Tensor:
        """The stored prototypes, with the last step of the optimiser in them."""
        self._settle()
        return super().stored_prototypes()

    @torch.no_grad()
    def refresh(self, batches: Iterable[tuple[Tensor, Tensor | None]]) -> Tensor:
        """Recompute M and the stored prototypes from one pass over all samples; returns the prototypes (k, d).

        ``batches`` yields (z, index) with every sample exactly once. Raises ValueError otherwise, and then changes
        nothing.
        """
        total: Tensor | None = None
        seen = torch.zeros(self.n_samples, dtype=torch.bool, device=self.weights.device)
        recorded: Tensor | None = None
        for z, index in batches:
            z, index = self._check_batch(z, index, distinct=True)
            if total is None:
                total = self._zeros(self.weights.shape[1], z.shape[1])
                if self._keeps("recorded_features"):
                    recorded = z.new_empty(self.n_samples, z.shape[1])
            check_features(z, total.shape[1])
            rows = _select(index)
            if bool(seen[rows].any()):
                raise ValueError("batches: got a sample in two batches, accepted every sample exactly once")
            seen[rows] = True
            total = total + self.weights[rows].mT @ z
            if recorded is not None:
                recorded[rows] = z
        if total is None or not bool(seen.all()):
            raise ValueError(
                f"batches: got {int(seen.sum())} of {self.n_samples} samples, accepted every sample exactly once"
            )
        self._batch_index = self._batch_features = None
        if self.estimate == "running":
            self.total, self.recorded_weights = total, self.weights.detach().clone()
            self.recorded_features, self.seen = recorded, seen
        self.prototypes = self.from_moment(total.to(self.weights.dtype)).clone()
        return self.prototypes

    def train(self, mode: bool = True) -> SampleLayer:
        """Set the mode; leaving train mode brings the stored prototypes up to date."""
        if not mode:
            self._settle()
        super().train(mode)
        return self

    def extra_repr(self) -> str:
        return (
            f"n_samples={self.n_samples}, n_prototypes={self.n_prototypes}, estimate={self.estimate!r}, "
            f"features={self.features!r}"
        )

    def _zeros(self, *shape: int) -> Tensor:
        """Zeros for a running sum: at least float32."""
        dtype = torch.promote_types(self.weights.dtype, torch.float32)
        return torch.zeros(*shape, dtype=dtype, device=self.weights.device)

    def _rows(self, index: Tensor | None) -> Tensor:
        if index is None:
            return self.weights
        return nn.functional.embedding(index, self.weights, sparse=self.sparse)

    def _unbiased(self, z: Tensor, index: Tensor | None) -> Tensor:
        product = self._rows(index).mT @ z
        if index is not None:
            self._settle()
            self._batch_features = None
            return product * (self.n_samples / z.shape[0])
        self._batch_features = z.detach()
        return product

    def _running(self, z: Tensor, index: Tensor | None) -> Tensor:
        self._settle()
        if self.total is not None:
            check_features(z, self.total.shape[1])
        self._allocate(z)
        assert self.total is not None and self.recorded_weights is not None and self.seen is not None
        rows, weights = _select(index), self._rows(index)
        product = weights.mT @ z
        if index is None:
            others = torch.zeros_like(self.total)
        else:
            before = self.recorded_features[rows] if self.recorded_features is not None else z.detach()
            others = self.total - self.recorded_weights[rows].mT @ before
        self.total = others + product.detach()
        self.recorded_weights[rows] = weights.detach()
        self.seen[rows] = True
        if self.recorded_features is not None:
            self.recorded_features[rows] = z.detach()
        self._batch_index = index
        self._batch_features = z.detach().clone() if self.recorded_features is None else self.recorded_features[rows]
        return (others.to(z.dtype) + product) * self._scale(z.dtype)

    def _allocate(self, z: Tensor) -> None:
        """Make what is missing of the records; samples without a record have weight zero and count as not seen."""
        if self.recorded_weights is None or self.seen is None or self.total is None:
            self.total = self._zeros(self.weights.shape[1], z.shape[1])
            self.recorded_weights = torch.zeros_like(self.weights, requires_grad=False)
            self.seen = torch.zeros(self.n_samples, dtype=torch.bool, device=z.device)
            self.recorded_features = (
                z.new_zeros(self.n_samples, z.shape[1]) if self._keeps("recorded_features") else None
            )

    def _scale(self, dtype: torch.dtype) -> Tensor:
        assert self.seen is not None
        return (self.n_samples / self.seen.sum()).to(dtype)

    @torch.no_grad()
    def _settle(self) -> None:
        """Let the present weights of the last batch replace the recorded ones; does nothing the second time."""
        z = self._batch_features
        if z is None:
            return
        if self.estimate == "unbiased":
            moment = self.weights.mT @ z
        else:
            assert self.total is not None and self.recorded_weights is not None
            rows = _select(self._batch_index)
            weights = self.weights[rows]
            if self._batch_index is None:
                self.total = (weights.mT @ z).to(self.total.dtype)
            else:
                self.total = self.total + (weights - self.recorded_weights[rows]).mT @ z
            self.recorded_weights[rows] = weights
            moment = self.total * self._scale(self.total.dtype)
        self.prototypes = self.from_moment(moment.to(self.weights.dtype)).clone()

    def _check_batch(
        self, z: Tensor | None, index: Tensor | None, *, distinct: bool | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """z (b, d) and its index on the layer's device, checked; repeated indices only for the unbiased estimate."""
        if z is None:
            raise ValueError("z: got None, accepted features (b, d) in train mode")
        check_samples(z)
        check_same_kind("z", z, "the weights", self.weights)
        check_magnitude("z", z, square_root_bound(z.dtype, z.shape[1]))
        if index is None:
            if z.shape[0] != self.n_samples:
                raise ValueError(
                    f"z: got {z.shape[0]} samples, accepted all {self.n_samples}, "
                    "or a batch together with the index of its samples"
                )
            return z, None
        if not isinstance(index, Tensor) or index.dtype.is_floating_point or index.dtype.is_complex:
            found = index.dtype if isinstance(index, Tensor) else type(index).__name__
            raise ValueError(f"index: got {found}, accepted a torch.Tensor of integers")
        if index.dtype == torch.bool or tuple(index.shape) != (z.shape[0],):
            raise ValueError(
                f"index: got {index.dtype} of shape {tuple(index.shape)}, accepted integers ({z.shape[0]},)"
            )
        index = index.to(device=z.device, dtype=torch.long)
        least, largest = (int(value) for value in index.aminmax())
        if least < 0 or largest >= self.n_samples:
            raise ValueError(
                f"index: got {least if least < 0 else largest}, accepted integers from 0 to {self.n_samples - 1}"
            )
        if distinct if distinct is not None else self.estimate == "running":
            ordered = index.sort().values
            repeated = ordered[1:][ordered[1:] == ordered[:-1]]
            if repeated.numel():
                raise ValueError(f"index: got {int(repeated[0])} more than once, accepted distinct integers")
        return z, index

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        self._settle()
        super()._save_to_state_dict(destination, prefix, keep_vars)

    def _load_from_state_dict(self, state_dict: Mapping[str, Any], prefix: str, *rest: Any) -> None:
        # Which of these exist, and the number of features, is part of the state.
        if f"{prefix}weights" in state_dict:
            self._batch_index = self._batch_features = None
            for name in _STATE:
                stored = state_dict.get(prefix + name) if self._keeps(name) else None
                setattr(self, name, None if stored is None else self._like(stored, name))
            if (
                self.recorded_weights is not None
                and self._keeps("recorded_features")
                and self.recorded_features is None
            ):
                rest[-1].append("recorded_features: missing, accepted a state that was saved with features='moving'")
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def _keeps(self, name: str) -> bool:
        """Whether a layer with these options has that part of the state."""
        if name == "recorded_features":
            return self.estimate == "running" and self.features == "moving"
        return name == "prototypes" or self.estimate == "running"

    def _like(self, stored: Tensor, name: str) -> Tensor:
        dtype = {"seen": torch.bool, "total": self._zeros(0).dtype}.get(name, self.weights.dtype)
        return torch.empty(stored.shape, dtype=dtype, device=self.weights.device)


def _select(index: Tensor | None) -> Any:
    return slice(None) if index is None else index
