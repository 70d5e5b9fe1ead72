"""DDCL on a stream: prototypes that learn batch by batch in constant memory."""

from __future__ import annotations

import math
import os
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from ddcl_core._validation import check_count, check_flag, check_real
from ddcl_core.baselines.kmeans import nearest_centres
from ddcl_core.estimators._base import PrototypeClusterer, automatic, restored_on_failure
from ddcl_core.estimators.ddcl import DDCL
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.kernels import sweep
from ddcl_core.objective import DDCLLoss
from ddcl_core.online import OnlinePrototypes
from ddcl_core.progress import track
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
    max_iter: passes of ``fit``, each in a random order; 1 is the single pass of the paper. Data of fewer than
        ``init_size`` rows are gathered in the first pass; the others make steps.
    device: "auto", "cpu", "cuda", …
    progress: show a progress bar in ``fit``.

    Fitted attributes: ``cluster_centers_`` (k, d); ``temperature_`` (convention d/T); ``labels_``, of the rows of the
    last call; ``loss_``, the mean loss of the last batch before its step, in the unit of a squared distance;
    ``n_samples_seen_``, each sample once for each pass; ``n_steps_``, gradient steps; ``n_iter_``, passes of ``fit``.

    While fewer than ``init_size`` samples have been seen, prototypes are those of the samples gathered so far (renewed
    whenever their number has doubled), and with fewer than n_clusters there are none yet.

    ``fit`` and ``partial_fit`` raise ValueError for parameters and data that they cannot use and
    :class:`ddcl_core.training.guard.TrainingDiverged`, with the number of the step, when the loss or a squared
    distance is no longer finite. A call that fails leaves the estimator as it was.
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
        device: str | torch.device = "auto",
        progress: bool = False,
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
        self.progress = progress

    def fit(self, X: Any, y: Any = None) -> IncrementalDDCL:
        """Start anew and learn from the rows of X (n, d) in ``max_iter`` shuffled passes; y is unused."""
        with restored_on_failure(self):
            z = self._read(X, reset=True)
            self._begin()
            self._check_clusters(z)
            generator = torch.Generator().manual_seed(self._fit_seed)
            size, passes = int(self.batch_size), int(self.max_iter)
            each = math.ceil(len(z) / size)
            batches = (
                index
                for _ in range(passes)
                for index in torch.split(torch.randperm(len(z), generator=generator).to(z.device), size)
            )
            shown = track(batches, total=passes * each, description="IncrementalDDCL", enabled=self.progress)
            for number, index in enumerate(shown, 1):
                self._absorb(z[index], interim=False)
                if number == each and self._online is None:
                    # The data are smaller than init_size: all of them have been gathered.
                    self._cluster_gathered(final=True)
            self.n_iter_ = passes
            self._publish(X)
            self.labels_ = self.predict(X)
        return self

    def partial_fit(self, X: Any, y: Any = None) -> IncrementalDDCL:
        """Learn from one batch X (b, d) of the stream; y is unused. Returns self.

        Raises ValueError if ``n_clusters`` has changed since the stream began.
        """
        first = not hasattr(self, "_gathered")
        with restored_on_failure(self, forget=False):
            z = self._read(X, reset=first)
            if first:
                self._begin()
            elif check_count("n_clusters", self.n_clusters) != self._k:
                raise ValueError(
                    f"n_clusters: got {self.n_clusters}, accepted {self._k}, with which the stream began (fit starts anew)"
                )
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
        parameters = {name: _plain(value) for name, value in self.get_params().items()}
        plain = self.random_state is None or isinstance(self.random_state, Integral)
        parameters.update(random_state=parameters["random_state"] if plain else self._fit_seed, device=str(self.device))
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
        self._k = check_count("n_clusters", self.n_clusters)
        self._loss = DDCLLoss(self.loss, assignments=self.assignments, convention=self.convention)
        if not automatic(self.temperature):
            check_real("temperature", self.temperature, minimum=0.0, strict=True)  # type: ignore[arg-type]  # may be a word
        check_count("batch_size", self.batch_size)
        check_count("max_iter", self.max_iter)
        check_flag("progress", self.progress)
        if not automatic(self.init_size):
            check_count("init_size", self.init_size, minimum=self._k)
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
            usual = max(GATHER_LEAST, GATHER_PER_CLUSTER * self._k)
            wanted = usual if automatic(self.init_size) else int(self.init_size)
            known = sum(map(len, self._gathered))
            first, z = z[: wanted - known], z[wanted - known :]
            self._gathered = [*self._gathered, first.clone()]
            known += len(first)
            if known == wanted or (interim and known >= max(2 * self._placed, self._k)):
                self._cluster_gathered(final=known == wanted)
        if self._online is not None and len(z) > 0:
            self.loss_ = self._online.step(z.to(self._online.dtype), self._own_temperature())
            self._centres = self._online.prototypes

    def _cluster_gathered(self, *, final: bool) -> None:
        """Prototypes from the samples gathered; with ``final`` the stream takes over from there."""
        z = torch.cat([part.to(self._gathered[0].dtype) for part in self._gathered])
        self._placed = len(z)
        start = DDCL(
            self._k,
            temperature=self.temperature,
            loss=self._loss.loss,
            assignments=self._loss.assignments,
            convention=self._loss.convention,
            # Prototypes that are soon renewed need not be the best of several starts.
            n_init="auto" if final else 1,
            batch_size=len(z),
            random_state=self._fit_seed,
            device=z.device,
        ).fit(z)
        self._centres = start.cluster_centers_
        self.temperature_, self.loss_ = start.temperature_, start.loss_
        if final:
            mass = sweep(z, self._centres, self._own_temperature(), convention=self._loss.convention, gradients=()).mass
            self._online = self._learner(self._centres, mass)
            self._gathered = []

    def _own_temperature(self) -> float:
        return self.temperature_ * CONVENTIONS[self._loss.convention]

    def _publish(self, X: Any) -> None:
        """Give the prototypes in the kind of X."""
        assert self._centres is not None
        self.cluster_centers_ = self._give(self._centres, X)
        self.n_steps_ = 0 if self._online is None else self._online.batches


def _plain(value: Any) -> Any:
    """A parameter as a file can hold it: Python's own numbers in place of NumPy's."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return tuple(_plain(item) for item in value)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else value
