"""DDCL on given features: soft competitive prototypes with deterministic annealing."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from ddcl_core._validation import check_choice, check_count, check_flag, check_real, square_root_bound
from ddcl_core.baselines.kmeans import kmeans_plus_plus_indices, nearest_centres
from ddcl_core.estimators._annealing import anneal, largest_variance
from ddcl_core.estimators._base import PrototypeClusterer, automatic, restored_on_failure
from ddcl_core.estimators._descent import Descent, State, spread
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.monitors.critical import from_eigenvalue
from ddcl_core.objective import DDCLLoss
from ddcl_core.progress import track
from ddcl_core.training.history import History

PROTOTYPES = ("free", "native")
INITS = ("k-means++", "random")
# Up to this many samples a pass is one step over all of them; beyond, "auto" means batches.
FULL_BATCH = 10_000
BATCH = 1024
# Annealing looks at no more than this many samples, or at 50 for each cluster.
SUBSET = 5_000
SUBSET_PER_CLUSTER = 50
STARTS = 4
# The coldest of several starts, in units of the hottest.
COLDEST_START = 0.2
# Prototypes whose mean squared distance is below this part of the total variance count as one.
COLLAPSED = 1e-8


class DDCL(PrototypeClusterer):
    """Prototype-based soft clustering of given features by a DDCL loss (DDCL, §4.3), annealed in temperature.

    The assignment of a sample is q = softmax(-d/T) over its squared distances d to the prototypes, and the prototypes
    descend the mean of the loss. With the default, L_q with stopped assignments, that is soft k-means: a pass that is
    one step over all samples never raises the free energy at its temperature. Training starts hot, near the critical
    temperature at which the prototypes fall into one, and cools down to T, which avoids many of the poor minima that a
    cold start falls into.

    The features are centred and divided by their root mean squared distance from the mean. Nothing depends on their
    unit or origin: X and a X + b give the same labels up to rounding, for any number a other than 0 and any row b, if
    T is "auto" or changes with a^2, and an array ``init`` with the data. The coefficients of the regularisers refer to
    features and prototypes centred and scaled in this way, ``temperature`` and ``init`` to those given.

    n_clusters: k, at most the number of samples.
    temperature: the final T > 0, in the unit of a squared distance, or "auto": half the largest variance along a
        direction inside the clusters, a quarter of the temperature at which such a cluster would hold its prototypes
        together.
    loss: "quantization", "ols", "variance" or the coefficients of L_q, L_OLS and V.
    assignments: "stopped" holds q constant in the gradient of the loss, "full" differentiates through it.
    prototypes: "free" steps in the prototypes, "native" in weights W with P = W^T Z (§3.2), which moves P by Z^T Z
        times as much: the same stationary points on given features by another and slower path.
    convention: q = softmax(-d/T) or, for "d/2T", softmax(-d/(2T)), for which T is half as large.
    balance, entropy, separation, weight: coefficients of (13), (14), (15, mean over pairs) and of |P|_F^2. Without
        ``weight``, a loss with ``separation`` above 0 has no lower bound: a prototype that runs away lowers it for
        ever, though for a small coefficient training may end in a local minimum before. ``weight`` of at least
        2/(k - 1) * separation bounds it, whatever the data are.
    init: "k-means++", "random" (distinct samples) or an array (k, d), with which nothing is annealed.
    n_init: number of starts, or "auto": 4, or 1 where they would not differ. Each has its own seeds and its own
        initial temperature, spaced geometrically from ``annealing`` to a fifth of it; the one whose annealed
        prototypes have the smallest mean squared distance to the samples is trained to the end.
    annealing: the highest initial temperature in units of the critical one, from 0 (no annealing) to 1.
    rate: the step in units of the soft k-means step; above 0 and below 2.
    batch_size: samples per step, or "auto": all of them up to 10 000 samples, 1024 beyond.
    max_iter: largest number of passes after the annealing, at the final temperature.
    tol: the passes end when no prototype moves by more than ``tol`` root mean squared distances in one.
    device: "auto", "cpu", "cuda", …
    progress: show a progress bar for the starts and one for the passes.

    Fitted attributes: ``cluster_centers_`` (k, d); ``labels_`` (n,); ``temperature_``, the final T in the convention
    d/T; ``critical_temperature_``, above which the loss without regularisers collapses the prototypes of these data, in
    the same convention; ``loss_``, the mean loss over the last pass, before its step or steps, in the unit of a squared
    distance (regularisers included); ``n_iter_``, passes after the annealing; ``history_``, a
    :class:`ddcl_core.training.History` with one row for each pass of the chosen start: temperature, loss, movement (the
    largest of a prototype), prototype_separation (D_P of (35) before the pass); ``dual_weights_`` (n, k) for native prototypes, with
    ``cluster_centers_ - mean = dual_weights_.T @ (X - mean)``.

    Emits ``ConvergenceWarning`` when ``max_iter`` does not suffice, when X has fewer distinct rows than clusters, and
    when all prototypes end in one point. ``fit`` raises ValueError for parameters that it cannot use and
    :class:`ddcl_core.training.guard.TrainingDiverged`, with the number of the gradient step of that start, when the
    loss or a squared distance is no longer finite. A ``fit`` that fails leaves the estimator as it was.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        temperature: float | str = "auto",
        loss: str | tuple[float, float, float] = "quantization",
        assignments: str = "stopped",
        prototypes: str = "free",
        convention: str = "d/T",
        balance: float = 0.0,
        entropy: float = 0.0,
        separation: float = 0.0,
        weight: float = 0.0,
        init: Any = "k-means++",
        n_init: int | str = "auto",
        annealing: float = 0.95,
        rate: float = 1.0,
        batch_size: int | str = "auto",
        max_iter: int = 300,
        tol: float = 1e-3,
        random_state: Any = None,
        device: str | torch.device = "auto",
        progress: bool = False,
    ) -> None:
        """Store the parameters; they are checked by ``fit``."""
        self.n_clusters = n_clusters
        self.temperature = temperature
        self.loss = loss
        self.assignments = assignments
        self.prototypes = prototypes
        self.convention = convention
        self.balance = balance
        self.entropy = entropy
        self.separation = separation
        self.weight = weight
        self.init = init
        self.n_init = n_init
        self.annealing = annealing
        self.rate = rate
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.device = device
        self.progress = progress

    def fit(self, X: Any, y: Any = None) -> DDCL:
        """Learn the prototypes of X (n, d), an array or a tensor; y is unused. Returns self."""
        with restored_on_failure(self):
            loss = self._check_parameters()
            data = self._read(X, reset=True)
            self._check_clusters(data)
            k = int(self.n_clusters)
            self._check_init(k, data.shape[1])
            generator = torch.Generator().manual_seed(self._seed())
            z, mean, scale = standardise(data)
            # Not from the generator of the seeds: they shall not depend on the number of features.
            direction = torch.randn(z.shape[1], generator=torch.Generator().manual_seed(0), dtype=z.dtype).to(z.device)
            index = self._subset(len(z), generator)
            sample = z if index is None else z[index]
            variance, direction = largest_variance(sample, direction)
            critical = from_eigenvalue(variance, loss, k)
            hottest = from_eigenvalue(variance, DDCLLoss(assignments=self.assignments, convention=self.convention), k)
            # The square of a scale near the limits of the type must still be a temperature.
            unit = max(scale**2, torch.finfo(z.dtype).tiny)
            target = None if automatic(self.temperature) else float(self.temperature) / unit
            small = self._descent(sample, loss, variance, len(sample), generator)
            state, end = self._best_start(small, mean, scale, target, self.annealing * hottest, direction)
            if index is not None:
                state = self._widen(state, z, index)
            large = self._descent(z, loss, variance, self._batch(len(z)), generator)
            if not large.full:
                self._remember(large, state, len(sample), end)
            moved, passes, most = math.inf, 0, int(self.max_iter)
            for number in track(range(most), total=most, description="DDCL, passes", enabled=self.progress):
                moved, passes = large.run(state, end), number + 1
                if moved <= self.tol:
                    break
            if variance > 0:
                self._warn_of_collapse(state.prototypes, end * unit, critical * unit)
            if moved > self.tol:
                warnings.warn(
                    f"max_iter={self.max_iter} passes were not enough: a prototype still moves by {moved * scale:.3g} in a "
                    f"pass, tol={self.tol:g} allows {self.tol * scale:.3g}",
                    ConvergenceWarning,
                    stacklevel=2,
                )
            self.n_iter_ = passes
            self.temperature_ = max(end * unit, torch.finfo(z.dtype).tiny) / CONVENTIONS[self.convention]
            self.critical_temperature_ = critical * unit / CONVENTIONS[self.convention]
            self.history_ = _in_units(state.history, scale)
            self.loss_ = self.history_["loss"][-1]
            self.cluster_centers_ = self._give(state.prototypes * scale + mean, X)
            if state.weights is not None:
                self.dual_weights_ = self._give(state.weights, X)
            self.labels_ = self.predict(X)
        return self

    def _check_parameters(self) -> DDCLLoss:
        if not automatic(self.temperature):
            check_real("temperature", self.temperature, minimum=0.0, strict=True)  # type: ignore[arg-type]  # may be a word
        check_choice("prototypes", self.prototypes, PROTOTYPES)
        if isinstance(self.init, str):
            check_choice("init", self.init, INITS)
        if not automatic(self.n_init):
            check_count("n_init", self.n_init)
        if not 0 <= check_real("annealing", self.annealing) <= 1:
            raise ValueError(f"annealing: got {self.annealing!r}, accepted a number from 0 to 1")
        if not 0 < check_real("rate", self.rate) < 2:
            raise ValueError(f"rate: got {self.rate!r}, accepted a number above 0 and below 2")
        if not automatic(self.batch_size):
            check_count("batch_size", self.batch_size)
        check_count("max_iter", self.max_iter)
        check_real("tol", self.tol, minimum=0.0)
        check_flag("progress", self.progress)
        return DDCLLoss(
            self.loss,
            assignments=self.assignments,
            convention=self.convention,
            balance=self.balance,
            entropy=self.entropy,
            separation=self.separation,
            weight=self.weight,
        )

    def _check_init(self, k: int, d: int) -> Tensor:
        """The prototypes given as ``init``; an empty tensor for a word."""
        if isinstance(self.init, str):
            return torch.empty(0)
        accepted = f"accepted {', '.join(map(repr, INITS))} or an array of real numbers of shape {(k, d)}"
        try:
            given = self.init.detach() if isinstance(self.init, Tensor) else torch.as_tensor(np.array(self.init))
        except (TypeError, ValueError, RuntimeError):
            raise ValueError(f"init: got {self.init!r}, {accepted}") from None
        if given.is_complex() or given.dtype == torch.bool:
            raise ValueError(f"init: got dtype {given.dtype}, {accepted}")
        if tuple(given.shape) != (k, d):
            raise ValueError(f"init: got shape {tuple(given.shape)}, {accepted}")
        if not bool(torch.isfinite(given).all()):
            raise ValueError("init: got NaN or infinity among its entries, accepted finite numbers")
        return given

    def _batch(self, n: int) -> int:
        if automatic(self.batch_size):
            return n if n <= FULL_BATCH else BATCH
        return min(n, int(self.batch_size))

    def _subset(self, n: int, generator: torch.Generator) -> Tensor | None:
        """Indices of the samples that annealing looks at; None for all."""
        size = max(SUBSET, SUBSET_PER_CLUSTER * int(self.n_clusters))
        return None if n <= max(FULL_BATCH, size) else torch.randperm(n, generator=generator)[:size]

    def _descent(
        self, z: Tensor, loss: DDCLLoss, variance: float, batch_size: int, generator: torch.Generator
    ) -> Descent:
        return Descent(z, loss, self.rate, batch_size, max(variance, torch.finfo(z.dtype).tiny), generator)

    def _best_start(
        self, descent: Descent, mean: Tensor, scale: float, target: float | None, hottest: float, direction: Tensor
    ) -> tuple[State, float]:
        """Annealed prototypes and their final temperature: the best of the starts."""
        given = not isinstance(self.init, str)
        usual = 1 if given or self.n_clusters == 1 else STARTS
        count = usual if automatic(self.n_init) else int(self.n_init)
        best: tuple[float, State, float] | None = None
        for number in track(range(count), total=count, description="DDCL, starts", enabled=self.progress):
            state = self._start(descent, mean, scale)
            start = 0.0 if given else hottest * COLDEST_START ** (number / max(1, count - 1))
            end = anneal(descent, state, start, target, direction, self.convention)
            distance = float(nearest_centres(descent.z, state.prototypes)[1].double().mean())
            if best is None or distance < best[0]:
                best = distance, state, end
        assert best is not None
        return best[1:]

    def _start(self, descent: Descent, mean: Tensor, scale: float) -> State:
        z, k = descent.z, int(self.n_clusters)
        if isinstance(self.init, str):
            if self.init == "random":
                seeds = torch.randperm(len(z), generator=descent.generator)[:k].to(z.device)
            else:
                seeds = kmeans_plus_plus_indices(z, k, descent.generator)
            prototypes = z[seeds]
            weights = torch.zeros(len(z), k, dtype=z.dtype, device=z.device)
            weights[seeds, torch.arange(k, device=z.device)] = 1
        else:
            prototypes = (self._check_init(k, z.shape[1]).to(z) - mean) / scale
            if not float(prototypes.abs().amax()) <= square_root_bound(z.dtype, z.shape[1]):
                raise ValueError("init: got a row whose squared distance from X is infinite, accepted rows near X")
            weights = torch.linalg.pinv(z).mT @ prototypes.mT if self.prototypes == "native" else prototypes
        if self.prototypes == "free":
            return State(prototypes, None, self.rate)
        return State(weights.mT @ z, weights, self.rate)

    def _widen(self, state: State, z: Tensor, index: Tensor) -> State:
        """The state on all samples from one on those of ``index``; the others have weight 0."""
        if state.weights is not None:
            weights = torch.zeros(len(z), state.weights.shape[1], dtype=z.dtype, device=z.device)
            weights[index.to(z.device)] = state.weights
            state.weights = weights
        return state

    def _remember(self, descent: Descent, state: State, seen: int, temperature: float) -> None:
        """Let the averages over batches begin as if the annealing had been their first batches."""
        state.batches = math.ceil(seen / descent.batch_size)
        mass = descent.mass(state.prototypes, temperature)
        state.mass = mass / len(descent.z) * descent.batch_size * state.batches * (state.batches + 1) / 2

    def _warn_of_collapse(self, prototypes: Tensor, temperature: float, critical: float) -> None:
        if self.n_clusters > 1 and spread(prototypes) < COLLAPSED:
            warnings.warn(
                f"all prototypes are one point: T={temperature:g}, and above {critical:g} the loss collapses them",
                ConvergenceWarning,
                stacklevel=3,
            )


def standardise(data: Tensor) -> tuple[Tensor, Tensor, float]:
    """Features centred and of unit total variance, the mean (d,) and the scale; scale 1 if all rows agree."""
    anchor = data[0]
    z = data - anchor
    middle = z.mean(0)
    z -= middle
    largest = float(z.abs().max())
    if largest == 0:
        return z, anchor + middle, 1.0
    z /= largest
    root = float(torch.linalg.vector_norm(z)) / math.sqrt(len(z))
    z /= root
    return z, anchor + middle, largest * root


def _in_units(history: dict[str, list[float]], scale: float) -> History:
    """The history of standardised features in the unit of the data."""
    powers = {"movement": 1}
    return History({name: [x * scale ** powers.get(name, 2) for x in column] for name, column in history.items()})
