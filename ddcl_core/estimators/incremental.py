"""DDCL on a stream: prototypes that learn batch by batch in constant memory."""

from __future__ import annotations

import os
from typing import Any

import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from ddcl_core._validation import check_count, check_real
from ddcl_core.baselines.kmeans import nearest_centres
from ddcl_core.estimators._base import PrototypeClusterer
from ddcl_core.estimators.ddcl import DDCL
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.kernels import sweep
from ddcl_core.objective import DDCLLoss
from ddcl_core.online import OnlinePrototypes
from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint

# "auto": samples that are gathered before the prototypes are placed, per cluster and at least.
GATHER_PER_CLUSTER, GATHER_LEAST = 50, 500


class IncrementalDDCL(PrototypeClusterer):
    """Streaming soft clustering: one gradient step on a DDCL loss per batch, no sample revisited (DDCL, Block 6).

    The first ``init_size`` samples are gathered and clustered by :class:`ddcl_core.estimators.DDCL`, which places the
    prototypes and, for ``temperature="auto"``, fixes T. From then on each batch moves the prototypes once, as
    :class:`ddcl_core.online.OnlinePrototypes` says, and is forgotten: memory depends on n_clusters, n_features,
    ``init_size`` and the batch, not on how many samples have been seen.

    n_clusters: k.
    temperature, loss, assignments, convention: as for :class:`ddcl_core.estimators.DDCL`.
    rate: None for steps of 1/(mass seen so far) per prototype, under which each prototype is a running soft mean; a
        number above 0 for steps of rate / (1 + decay * batches) along the mean gradient, as in the paper.
    decay: see ``rate``; at least 0.
    forgetting: factor on the mass seen before each batch, above 0 and up to 1; below 1 the prototypes follow a drift.
    init_size: samples to gather first, at least n_clusters, or "auto": 50 per cluster and at least 500.
    batch_size: rows per step in ``fit``; in ``partial_fit`` each call is one step.
    max_iter: passes of ``fit``, each in a random order; 1 is the single pass of the paper.
    device: "cpu", "cuda", … or "auto".

    Fitted attributes: ``cluster_centers_`` (k, d); ``temperature_`` (convention d/T); ``labels_``, of the rows of the
    last call; ``loss_``, the mean loss of the last batch before its step, in the unit of a squared distance;
    ``n_samples_seen_``; ``n_steps_``, gradient steps; ``n_iter_``, passes of ``fit``.

    While fewer than ``init_size`` samples have been seen, prototypes are those of the samples gathered so far (renewed
    whenever their number has doubled), and with fewer than n_clusters there are none yet.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        temperature: float | str = "auto",
        loss: str | tuple[float, float, float] = "quantization",
        assignments: str = "stopped",
        convention: str = "d/T",
        rate: float | None = None,
        decay: float = 0.0,
        forgetting: float = 1.0,
        init_size: int | str = "auto",
        batch_size: int = 1024,
        max_iter: int = 1,
        random_state: Any = None,
        device: str | torch.device = "cpu",
    ) -> None:
        """Store the parameters; they are checked by ``fit`` and the first ``partial_fit``."""
        self.n_clusters = n_clusters
        self.temperature = temperature
        self.loss = loss
        self.assignments = assignments
        self.convention = convention
        self.rate = rate
        self.decay = decay
        self.forgetting = forgetting
        self.init_size = init_size
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.random_state = random_state
        self.device = device

    def fit(self, X: Any, y: Any = None) -> IncrementalDDCL:
        """Start anew and learn from the rows of X (n, d) in ``max_iter`` shuffled passes; y is unused."""
        z = self._read(X, reset=True)
        self._begin()
        self._check_clusters(z)
        generator = torch.Generator().manual_seed(self._fit_seed)
        for _ in range(self.max_iter):
            order = torch.randperm(len(z), generator=generator).to(z.device)
            for index in torch.split(order, self.batch_size):
                self._absorb(z[index], interim=False)
        if self._online is None:
            # The data are smaller than init_size: all of them have been gathered.
            self._cluster_gathered(final=True)
        self.n_iter_ = self.max_iter
        self._publish(X)
        self.labels_ = self.predict(X)
        return self

    def partial_fit(self, X: Any, y: Any = None) -> IncrementalDDCL:
        """Learn from one batch X (b, d) of the stream; y is unused. Returns self."""
        first = not hasattr(self, "_gathered")
        z = self._read(X, reset=first)
        if first:
            self._begin()
        self._absorb(z)
        if self._centres is not None:
            self._publish(X)
            self.labels_ = self._give(nearest_centres(z.to(self._centres.dtype), self._centres)[0], X)
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything that :meth:`load` needs to continue the stream to the same result; atomic.

        A ``random_state`` that is an object is replaced by a seed drawn from it. Raises NotFittedError before data.
        """
        check_is_fitted(self, "_gathered")
        parameters = self.get_params()
        plain = self.random_state is None or isinstance(self.random_state, int)
        parameters.update(random_state=self.random_state if plain else self._fit_seed, device=str(self.device))
        names = getattr(self, "feature_names_in_", None)
        save_checkpoint(
            path,
            {
                "kind": type(self).__name__,
                "parameters": parameters,
                "seed": self._fit_seed,
                "n_features": self.n_features_in_,
                "feature_names": None if names is None else [str(name) for name in names],
                "gathered": list(self._gathered),
                "placed": self._placed,
                "centres": self._centres,
                "temperature": getattr(self, "temperature_", None),
                "loss": getattr(self, "loss_", None),
                "samples": self.n_samples_seen_,
                "passes": getattr(self, "n_iter_", None),
                "online": None if self._online is None else self._online.state_dict(),
            },
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> IncrementalDDCL:
        """The estimator written by :meth:`save`; ``labels_`` is not kept. ValueError for another kind of file."""
        state = load_checkpoint(path)
        if state.get("kind") != cls.__name__:
            raise ValueError(f"path: {str(path)!r} holds {state.get('kind')!r}, accepted {cls.__name__!r}")
        estimator = cls(**state["parameters"])
        estimator._begin()
        estimator._fit_seed = state["seed"]
        estimator.n_features_in_ = state["n_features"]
        if state["feature_names"] is not None:
            import numpy as np

            estimator.feature_names_in_ = np.array(state["feature_names"], dtype=object)
        estimator._gathered, estimator._placed = state["gathered"], state["placed"]
        estimator._centres, estimator.n_samples_seen_ = state["centres"], state["samples"]
        if state["temperature"] is not None:
            estimator.temperature_, estimator.loss_ = state["temperature"], state["loss"]
        if state["passes"] is not None:
            estimator.n_iter_ = state["passes"]
        if state["online"] is not None:
            estimator._online = estimator._learner(state["centres"], None)
            estimator._online.load_state_dict(state["online"])
        if estimator._centres is not None:
            estimator._publish(None)
        return estimator

    def __sklearn_is_fitted__(self) -> bool:
        """True once there are prototypes."""
        return getattr(self, "_centres", None) is not None

    def _begin(self) -> None:
        """Check the parameters and forget everything."""
        self._loss = DDCLLoss(self.loss, assignments=self.assignments, convention=self.convention)
        if self.temperature != "auto":
            check_real("temperature", self.temperature, minimum=0.0, strict=True)  # type: ignore[arg-type]  # may be a word
        check_count("batch_size", self.batch_size)
        check_count("max_iter", self.max_iter)
        if self.init_size != "auto":
            check_count("init_size", self.init_size, minimum=int(self.n_clusters))  # type: ignore[arg-type]  # refuses words
        self._fit_seed = self._seed()
        self._gathered: list[Tensor] = []
        self._placed = 0
        self._centres: Tensor | None = None
        self._online: OnlinePrototypes | None = None
        # Checks rate, decay and forgetting before data are used up.
        self._learner(torch.zeros(1, 1), None)
        self.n_samples_seen_ = 0

    def _learner(self, prototypes: Tensor, mass: Tensor | None) -> OnlinePrototypes:
        return OnlinePrototypes(
            prototypes, loss=self._loss, rate=self.rate, decay=self.decay, forgetting=self.forgetting, mass=mass
        )

    def _absorb(self, z: Tensor, *, interim: bool = True) -> None:
        """Learn from a batch: what is still to be gathered first, then a step over the rest.

        ``interim=False`` makes no prototypes before the gathering is complete.
        """
        self.n_samples_seen_ += len(z)
        if self._online is None:
            automatic = max(GATHER_LEAST, GATHER_PER_CLUSTER * self.n_clusters)
            wanted = automatic if self.init_size == "auto" else int(self.init_size)
            known = sum(map(len, self._gathered))
            first, z = z[: wanted - known], z[wanted - known :]
            self._gathered.append(first.clone())
            known += len(first)
            if known == wanted or (interim and known >= max(2 * self._placed, self.n_clusters)):
                self._cluster_gathered(final=known == wanted)
        if self._online is not None and len(z) > 0:
            self.loss_ = self._online.step(z.to(self._online.dtype), self._own_temperature())
            self._centres = self._online.prototypes

    def _cluster_gathered(self, *, final: bool) -> None:
        """Prototypes from the samples gathered; with ``final`` the stream takes over from there."""
        z = torch.cat([part.to(self._gathered[0].dtype) for part in self._gathered])
        self._placed = len(z)
        start = DDCL(
            self.n_clusters,
            temperature=self.temperature,
            loss=self.loss,
            assignments=self.assignments,
            convention=self.convention,
            # Prototypes that are soon renewed need not be the best of several starts.
            n_init="auto" if final else 1,
            batch_size=len(z),
            random_state=self._fit_seed,
            device=z.device,
        ).fit(z)
        self._centres = start.cluster_centers_
        self.temperature_, self.loss_ = start.temperature_, start.loss_
        if final:
            mass = sweep(z, self._centres, self._own_temperature(), convention=self.convention, gradients=()).mass
            self._online = self._learner(self._centres, mass)
            self._gathered = []

    def _own_temperature(self) -> float:
        return self.temperature_ * CONVENTIONS[self.convention]

    def _publish(self, X: Any) -> None:
        """Give the prototypes in the kind of X."""
        assert self._centres is not None
        self.cluster_centers_ = self._give(self._centres, X)
        self.n_steps_ = 0 if self._online is None else self._online.batches
