"""Deep DDCL as a scikit-learn estimator: a backbone and its prototypes trained on one objective."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_callable, check_choice, check_count, check_real
from ddcl_core.baselines._estimator import DeepBaseline
from ddcl_core.baselines._run import Checkpointing, features_of, load_weights
from ddcl_core.estimators._annealing import COLD
from ddcl_core.estimators._base import restored_on_failure
from ddcl_core.estimators._unit_scale import Affine, LayerScaledAdam, UnitScale
from ddcl_core.estimators.ddcl import DDCL, PROTOTYPES, standardise
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer
from ddcl_core.objective import DDCLLoss
from ddcl_core.schedules import Schedule, four_phases
from ddcl_core.training import DDCLModel, Reconstruction, Trainer, warm_up
from ddcl_core.training.data import count_batches
from ddcl_core.training.guard import check_finite, noted_interruption, squares

# Features of the network that is built when none is given.
WIDTH = 10
# The hot phases stay below the temperature at which the start would collapse by this factor.
BELOW_CRITICAL = 0.9


class DeepDDCL(DeepBaseline):
    """DDCL end to end (DDCL, Appendix G): a backbone, its prototypes and one loss, under the four phases of §8.4.

    1. Warm-up: the backbone learns to reconstruct the samples through a decoder, for ``warm_up_epochs``.
    2. Start: from here on features are centred and divided by their root mean squared norm (in the batch, as it is trained), and
       :class:`ddcl_core.estimators.DDCL` places the prototypes among them.
    3. Training: :class:`ddcl_core.training.Trainer` descends the loss in the backbone and the prototypes together; the
       reconstruction stays on as a term, so that the features still tell the samples apart.
    New rows get the features of the trained backbone and the nearest prototype.

    Parameters
    ----------
    n_clusters : number of clusters k.
    backbone : ``nn.Module`` from a batch to features (b, m), copied before training and used in its own dtype; None
        builds a perceptron d-256-10 in the dtype of the data (float32 data train faster).
    input_shape : shape of a sample for the backbone, such as (1, 28, 28); None leaves rows flat.
    standardise : subtract the mean row and divide by one number, the standard deviation over all entries.
    loss, assignments, convention, balance, entropy, separation, weight : see :class:`ddcl_core.objective.DDCLLoss`;
        a phase of the schedule that names ``assignments`` or a coefficient replaces it.
    prototypes : "free" for :class:`ddcl_core.layers.VanillaCompetitiveLayer`, "native" for
        :class:`ddcl_core.layers.DualCompetitiveLayer` with running prototypes.
    schedule : :class:`ddcl_core.schedules.Schedule` whose temperatures refer to features of unit scale, or None:
        four phases over ``epochs``, from four times the temperature that DDCL finds there down to it.
    reconstruction : weight of the reconstruction term, a mean squared error per entry of the standardised sample; with
        0 there is neither a decoder nor a warm-up.
    warm_up_epochs, epochs, batch_size : of the two stages; batches differ in size by at most one.
    warm_up_rate, rate : Adam's rate in the warm-up, and of the prototypes; the backbone's is ``rate`` times the
        schedule's ratio.
    callbacks : see :class:`ddcl_core.training.Trainer`, for instance a :class:`ddcl_core.monitors.Monitor`.
    checkpoint : file written after every ``checkpoint_every`` epochs and after the last, with another beside it, named
        ``.start`` in addition, that holds what warm-up and start gave. ``fit`` goes on from them if they exist; on the
        CPU the result is then the same as without the interruption. Nothing is written before the start is made: an
        interruption in the warm-up loses it.
    progress : show progress bars.
    random_state : None, an integer or a ``RandomState``.
    device : "auto", "cpu", "cuda", "mps", ...

    Attributes
    ----------
    labels_ : (n,) nearest prototype of each sample.
    cluster_centers_ : (k, m) prototypes among the features.
    temperature_ : the last temperature of training, in the convention d/T.
    history_ : :class:`ddcl_core.training.History` with a row for each epoch of training; ``warm_up_loss_``, a list.
    model_ : the trained :class:`ddcl_core.training.DDCLModel`; ``schedule_``, the one used; n_iter_, epochs of training.

    ``fit`` raises ValueError for parameters that cannot be met, and ``TrainingDiverged`` if a loss, a gradient or a
    parameter is no longer finite.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        backbone: nn.Module | None = None,
        input_shape: Sequence[int] | None = None,
        standardise: bool = True,
        loss: str | tuple[float, float, float] = "quantization",
        assignments: str = "full",
        convention: str = "d/T",
        balance: float = 0.0,
        entropy: float = 0.0,
        separation: float = 0.0,
        weight: float = 0.0,
        prototypes: str = "free",
        schedule: Schedule | None = None,
        reconstruction: float = 1.0,
        warm_up_epochs: int = 30,
        epochs: int = 30,
        batch_size: int = 128,
        warm_up_rate: float = 1e-3,
        rate: float = 2e-3,
        callbacks: Sequence[Any] = (),
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int = 1,
        progress: bool = False,
        random_state: Any = None,
        device: str | torch.device = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.backbone = backbone
        self.input_shape = input_shape
        self.standardise = standardise
        self.loss = loss
        self.assignments = assignments
        self.convention = convention
        self.balance = balance
        self.entropy = entropy
        self.separation = separation
        self.weight = weight
        self.prototypes = prototypes
        self.schedule = schedule
        self.reconstruction = reconstruction
        self.warm_up_epochs = warm_up_epochs
        self.epochs = epochs
        self.batch_size = batch_size
        self.warm_up_rate = warm_up_rate
        self.rate = rate
        self.callbacks = callbacks
        self.checkpoint = checkpoint
        self.checkpoint_every = checkpoint_every
        self.progress = progress
        self.random_state = random_state
        self.device = device

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train on the rows of X (n, d); y is unused. A fit that fails leaves the estimator as it was."""
        with restored_on_failure(self):
            objective = self._check_parameters()
            z = self._read(X, reset=True)
            self._check_clusters(z)
            self._open(z)
            checkpointing = self._checkpointing(self._start_path(), 1)
            with noted_interruption(lambda: checkpointing.saved):
                self._train(z, objective, checkpointing)
            self.cluster_centers_ = self._give(self.model_.stored_prototypes().to(z.dtype), X)
            self.labels_ = self.predict(X)
            self._warn_of_empty(z)
        return self

    def _train(self, z: Tensor, objective: DDCLLoss, checkpointing: Checkpointing) -> None:
        start = self._start(z, checkpointing)
        layer = self._layer(start, z)
        self.schedule_ = self.schedule or four_phases(self.epochs, temperature=start.temperatures)
        self.model_ = DDCLModel(self.backbone_, layer)
        trainer = Trainer(
            self.model_,
            objective,
            self.schedule_,
            rate=self.rate,
            optimizer="adam" if self.prototypes == "free" else lambda groups: LayerScaledAdam(groups, 1 / len(z)),
            callbacks=self.callbacks,
            auxiliary=start.reconstruction,
            checkpoint=self.checkpoint,
            checkpoint_every=self.checkpoint_every,
            progress=self.progress,
            device=z.device,
        )
        trainer.continuing = "fit again goes on from it"
        self.history_ = trainer.fit(
            self._inputs(z),
            epochs=self.epochs,
            batch_size=self.batch_size,
            seed=start.seed,
            resume=self.checkpoint is not None,
        )
        self.warm_up_loss_ = start.losses
        self.n_iter_ = len(self.history_)
        self.temperature_ = self.schedule_.at(self.epochs).temperature / CONVENTIONS[self.convention]

    def _features(self, z: Tensor) -> Tensor:
        return super()._features(z).to(z.dtype)

    def _start_path(self) -> str | None:
        return None if self.checkpoint is None else f"{os.fspath(self.checkpoint)}.start"

    def _check_parameters(self) -> DDCLLoss:
        self._check_kinds()
        if isinstance(self.callbacks, str) or not isinstance(self.callbacks, Iterable):
            raise ValueError(f"callbacks: got {self.callbacks!r}, accepted a sequence of functions")
        for callback in self.callbacks:
            check_callable("callbacks", callback)
        check_choice("prototypes", self.prototypes, PROTOTYPES)
        for name in ("epochs", "batch_size"):
            check_count(name, getattr(self, name))
        check_count("warm_up_epochs", self.warm_up_epochs, minimum=0)
        check_real("reconstruction", self.reconstruction, minimum=0.0)
        for name in ("warm_up_rate", "rate"):
            check_real(name, getattr(self, name), minimum=0.0, strict=True)
        if self.schedule is not None and not isinstance(self.schedule, Schedule):
            raise ValueError(f"schedule: got {self.schedule!r}, accepted a Schedule or None")
        return DDCLLoss(
            self.loss,
            assignments=self.assignments,
            convention=self.convention,
            balance=self.balance,
            entropy=self.entropy,
            separation=self.separation,
            weight=self.weight,
        )

    def _start(self, z: Tensor, keeping: Checkpointing) -> _Start:
        """Warm-up, the unit of the features, prototypes and temperatures: made, or read from the file beside."""
        seed = self._seed()
        path = keeping.path
        settings = {
            "method": "DeepDDCL",
            "n_clusters": int(self.n_clusters),
            "epochs": self.warm_up_epochs,
            "batch_size": self.batch_size,
            "rate": self.warm_up_rate,
            "reconstruction": self.reconstruction,
            "convention": self.convention,
            "seed": seed,
        }
        identity = keeping.identity(settings, z)
        state = keeping.restore(identity)
        if state is None and self.checkpoint is not None and Path(self.checkpoint).exists():
            raise ValueError(f"checkpoint: got {str(self.checkpoint)!r} without {path!r}, accepted both files or none")
        seed = seed if state is None else int(state["seed"])
        self._set_backbone(z, WIDTH, "layer", seed)
        x = self._inputs(z)
        decoder = self._decoder(x, seed) if self.reconstruction > 0 else None
        if state is None:
            start = self._make_start(x, decoder, seed)
            keeping.store(1, 1, identity, self._pack(start))
            return start
        self._rescale(state["mean"].to(z.device), state["scale"], decoder)
        load_weights(path, backbone=(self.backbone_, state["backbone"]))
        if decoder is not None:
            load_weights(path, decoder=(decoder, state["decoder"]))
        hot, cold = state["temperatures"]
        return _Start(seed, state["losses"], decoder, state["prototypes"].to(z.device), (hot, cold))

    def _make_start(self, x: Tensor, decoder: Reconstruction | None, seed: int) -> _Start:
        losses: list[float] = []
        if decoder is not None:
            losses = warm_up(
                self.backbone_,
                x,
                epochs=self.warm_up_epochs,
                batch_size=self.batch_size,
                rate=self.warm_up_rate,
                reconstruction=decoder,
                seed=seed,
                device=x.device,
                progress=self.progress,
            ).loss
        raw = features_of(self.backbone_, x)
        steps = len(losses) * count_batches(len(x), int(self.batch_size))
        check_finite(max(steps - 1, 0), None, features=raw, **{"squared features": squares(raw)})
        features, mean, scale = standardise(raw)
        self._rescale(mean, scale, decoder)
        placed = DDCL(self.n_clusters, convention=self.convention, random_state=seed, device=x.device).fit(features)
        cold = placed.temperature_ * CONVENTIONS[self.convention]
        limit = BELOW_CRITICAL * placed.critical_temperature_ * CONVENTIONS[self.convention]
        hot = max(cold, min(cold / COLD, limit))
        return _Start(seed, losses, decoder, placed.cluster_centers_, (hot, cold))

    def _decoder(self, x: Tensor, seed: int) -> Reconstruction:
        width = features_of(self.backbone_, x[:1]).shape[1]
        made = Reconstruction.of(width, x[0].numel(), weight=self.reconstruction, seed=seed)
        return made.to(device=x.device, dtype=x.dtype)

    def _rescale(self, mean: Tensor, scale: float, decoder: Reconstruction | None) -> None:
        """Let the backbone end with features of unit scale, and the decoder begin with the way back."""
        self.backbone_ = nn.Sequential(self.backbone_, UnitScale(mean, scale))
        if decoder is not None:
            decoder.decoder = nn.Sequential(Affine(mean, scale), decoder.decoder)

    def _layer(self, start: _Start, z: Tensor) -> nn.Module:
        if self.prototypes == "free":
            return VanillaCompetitiveLayer.from_prototypes(start.prototypes)
        features = features_of(self.backbone_, self._inputs(z))
        return DualCompetitiveLayer.from_prototypes(features, start.prototypes)

    def _pack(self, start: _Start) -> dict[str, Any]:
        sequence: Any = self.backbone_
        unit = sequence[-1]
        return {
            "seed": start.seed,
            "losses": start.losses,
            "mean": unit.mean,
            "scale": float(unit.scale),
            "backbone": dict(self.backbone_.state_dict()),
            "decoder": None if start.reconstruction is None else dict(start.reconstruction.state_dict()),
            "prototypes": start.prototypes,
            "temperatures": list(start.temperatures),
        }


class _Start(NamedTuple):
    """What training begins with; prototypes and temperatures (hot, cold) in the unit of the rescaled features."""

    seed: int
    losses: list[float]
    reconstruction: Reconstruction | None
    prototypes: Tensor
    temperatures: tuple[float, float]
