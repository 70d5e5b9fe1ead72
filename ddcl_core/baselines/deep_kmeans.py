"""Deep k-Means: an autoencoder and free prototypes, trained together on reconstruction plus the soft k-means loss.

Source: Moradi Fard, Thonet and Gaussier, "Deep k-means: jointly clustering with k-means and learning representations",
Pattern Recognition Letters 138 (2020). With features h = f(x), prototypes r_j and inverse temperature a the loss is

    rho * mean |x - g(h)|^2  +  lambda * mean sum_j softmax_j(-a |h - r_j|^2) |h - r_j|^2,

whose second term is L_q (DDCL, equation (11)) at the soft assignment of temperature T = 1/a, differentiated through the
assignment. a grows from epoch to epoch, so that the assignment goes from soft to hard.

Without reconstruction nothing keeps a trainable encoder from mapping all samples to one point, where L_q is zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_choice, check_count, check_real
from ddcl_core.baselines._run import (
    Checkpointing,
    History,
    Watch,
    features_of,
    load_weights,
    minibatches,
    seeded_epoch,
)
from ddcl_core.baselines.kmeans import kmeans, nearest_centres
from ddcl_core.functional import quantization_loss, soft_assignment
from ddcl_core.progress import track
from ddcl_core.training.guard import noted_interruption, squares

ANNEALING = ("geometric", "fard", "constant")


@dataclass(frozen=True)
class DeepKMeansConfig:
    """How to train.

    pretrain_epochs        on the reconstruction alone
    epochs                 on both terms, after k-means of the features has placed the prototypes
    batch_size, rate       of Adam, for encoder, decoder and prototypes
    reconstruction         rho; 0 needs no decoder
    clustering             lambda
    inverse_temperature    a in the first and in the last epoch, in units of 1/s: s is the mean squared distance of the
                           features to the nearest prototype at the start. Where 1/a exceeds 4 times the largest
                           eigenvalue of the features' covariance, the prototypes run together
    annealing              the law between the two, see :func:`inverse_temperatures`; "constant" keeps the last value
    n_init                 starts of the k-means that places the prototypes
    """

    pretrain_epochs: int = 20
    epochs: int = 50
    batch_size: int = 256
    rate: float = 1e-3
    reconstruction: float = 1.0
    clustering: float = 1.0
    inverse_temperature: tuple[float, float] = (5.0, 100.0)
    annealing: str = "geometric"
    n_init: int = 5

    def __post_init__(self) -> None:
        check_count("pretrain_epochs", self.pretrain_epochs, minimum=0)
        check_count("epochs", self.epochs, minimum=0)
        check_count("batch_size", self.batch_size, minimum=2)
        check_real("rate", self.rate, minimum=0.0, strict=True)
        check_real("reconstruction", self.reconstruction, minimum=0.0)
        check_real("clustering", self.clustering, minimum=0.0)
        pair = self.inverse_temperature
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"inverse_temperature: got {pair!r}, accepted a pair (first, last)")
        inverse_temperatures(max(self.epochs, 1), pair[0], pair[1], self.annealing)
        check_count("n_init", self.n_init)


class DeepKMeansResult(NamedTuple):
    """Outcome of :func:`deep_kmeans`: prototypes (k, m), the nearest of them ``labels`` (n,), the last ``temperature``.

    ``history`` has one entry an epoch, pretraining first: "loss", "reconstruction" and "clustering" before their
    weights (the last NaN in pretraining), and "temperature" in the unit of a squared distance of features (also NaN).
    """

    centres: Tensor
    labels: Tensor
    temperature: float
    history: History


def inverse_temperatures(steps: int, first: float, last: float, annealing: str = "geometric") -> list[float]:
    """Values a_1 = first to a_steps = last, in the unit of ``first`` and ``last``.

    "geometric" multiplies by a constant factor. "fard" is the authors' law, a_(i+1) = 2^(1/log(i+1)^2) a_i for
    i = 1, 2, ..., with all logarithms of factors stretched alike so that it ends at ``last``: fast first, then ever
    slower. "constant" is ``last`` throughout. A single step gives ``last``.
    """
    check_count("steps", steps)
    check_choice("annealing", annealing, ANNEALING)
    first = check_real("inverse_temperature[0]", first, minimum=0.0, strict=True)
    last = check_real("inverse_temperature[1]", last, minimum=0.0, strict=True)
    if annealing == "constant" or steps == 1:
        return [last] * steps
    growth = [1.0 if annealing == "geometric" else 1 / math.log(i + 1) ** 2 for i in range(1, steps)]
    total, done, values = sum(growth), 0.0, [first]
    for part in growth:
        done += part
        values.append(first * (last / first) ** (done / total))
    values[-1] = last
    return values


def deep_kmeans_loss(z: Tensor, prototypes: Tensor, inverse_temperature: float) -> Tensor:
    """Clustering term: L_q at the soft assignment of T = 1/inverse_temperature, differentiated through it.

    z (n, m), prototypes (k, m) -> 0-d, the mean over the samples.
    """
    return quantization_loss(z, prototypes, soft_assignment(z, prototypes, 1 / inverse_temperature))


def deep_kmeans(
    encoder: nn.Module,
    decoder: nn.Module | None,
    x: Tensor,
    k: int,
    config: DeepKMeansConfig | None = None,
    *,
    seed: int,
    checkpointing: Checkpointing | None = None,
    progress: bool = False,
) -> DeepKMeansResult:
    """Train ``encoder`` and ``decoder``, in place, on x (n, ...) with ``k`` prototypes among the features.

    The encoder maps a batch to features (b, m), the decoder features to as many entries as a sample has; both lie on
    the device of x, as does the result. Parameters that require no gradient stay as they are. The decoder may be None
    if the weight of the reconstruction is 0. All randomness comes from ``seed``; a resumed run ends as an uninterrupted
    one.

    Raises ValueError for n < k, features that are not (n, m) and a missing decoder; TrainingDiverged when a loss or a
    parameter is no longer finite.
    """
    config = DeepKMeansConfig() if config is None else config
    checkpointing = Checkpointing() if checkpointing is None else checkpointing
    if decoder is None and config.reconstruction > 0:
        raise ValueError("decoder: got None, accepted a module, or None with reconstruction=0")
    run = _Run(encoder, decoder if config.reconstruction > 0 else None, x, k, config, seed, checkpointing)
    run.restore()
    pretraining = config.pretrain_epochs if run.decoder is not None else 0
    total = pretraining + config.epochs
    steps = range(run.epoch, total)
    with noted_interruption(lambda: checkpointing.saved):
        for epoch in track(steps, total=len(steps), description="Deep k-Means", enabled=progress):
            if epoch == pretraining:
                run.place_prototypes()
            run.train(None if epoch < pretraining else epoch - pretraining)
            run.store(epoch + 1, total)
        if run.prototypes is None:
            run.place_prototypes()
        return run.result()


def _squared_error(made: Tensor, batch: Tensor) -> Tensor:
    """|x - g(h)|^2, the mean over the samples."""
    if made[0].numel() != batch[0].numel():
        raise ValueError(f"decoder: got an output {tuple(made.shape)}, accepted the entries of {tuple(batch.shape)}")
    return (made.flatten(1) - batch.flatten(1)).square().sum(-1).mean()


class _Run:
    """A run under way: what its epochs change."""

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module | None,
        x: Tensor,
        k: int,
        config: DeepKMeansConfig,
        seed: int,
        checkpointing: Checkpointing,
    ) -> None:
        self.encoder, self.decoder, self.x, self.k, self.config = encoder, decoder, x, k, config
        self.checkpointing = checkpointing
        self.generator = torch.Generator().manual_seed(seed)
        self.watch = Watch(checkpointing)
        settings = {
            "method": "Deep k-Means",
            **asdict(config),
            "k": k,
            "seed": seed,
        }
        self.identity = checkpointing.identity(settings, x)
        self.inverse = inverse_temperatures(max(config.epochs, 1), *config.inverse_temperature, config.annealing)
        self.history: History = {"loss": [], "reconstruction": [], "clustering": [], "temperature": []}
        self.prototypes: nn.Parameter | None = None
        self.unit = 1.0
        self.epoch = 0
        self.optimiser = self._new_optimiser()

    def place_prototypes(self) -> None:
        """Put the prototypes at the k-means centres of the features and fix the unit of the inverse temperature."""
        features = features_of(self.encoder, self.x)
        self.watch.features(features)
        found = kmeans(features, self.k, generator=self.generator, n_init=self.config.n_init)
        self.prototypes = nn.Parameter(found.centres.to(features.dtype))
        mean_squared = found.inertia / len(self.x)
        # All features on a prototype: any unit gives the hard assignment.
        self.unit = mean_squared if mean_squared > 0 else 1.0
        self.optimiser = self._new_optimiser()

    def train(self, phase: int | None) -> None:
        """One epoch on both terms with the inverse temperature number ``phase``, or of pretraining."""
        sums = {"loss": 0.0, "reconstruction": 0.0, "clustering": 0.0}
        temperature = math.nan if phase is None else self.unit / self.inverse[phase]
        order = torch.randperm(len(self.x), generator=self.generator).to(self.x.device)
        self.encoder.train()
        if self.decoder is not None:
            self.decoder.train()
        with seeded_epoch(self.generator, self.x.device):
            # Batch normalisation has no statistics of a single sample: such data are clustered by the encoder as it is.
            for batch in minibatches(order, self.config.batch_size) if len(order) > 1 else ():
                terms = self._losses(self.x[batch], temperature)
                self.watch.check(**terms)
                if terms["loss"].requires_grad:
                    self.optimiser.zero_grad(set_to_none=True)
                    torch.autograd.backward(terms["loss"])
                    self.optimiser.step()
                    self.watch.step += 1
                for name, value in terms.items():
                    sums[name] += float(value.detach()) * len(batch) / len(order)
        modules = [self.encoder] if self.decoder is None else [self.encoder, self.decoder]
        self.watch.parameters(*modules)
        if self.prototypes is not None:
            self.watch.parameters(nn.ParameterDict({"prototypes": self.prototypes}))
        if phase is None:
            sums["clustering"] = math.nan
        for name, total in sums.items():
            self.history[name].append(total)
        self.history["temperature"].append(temperature)
        self.epoch += 1

    def result(self) -> DeepKMeansResult:
        assert self.prototypes is not None
        self.encoder.eval()
        if self.decoder is not None:
            self.decoder.eval()
        centres = self.prototypes.detach()
        features = features_of(self.encoder, self.x)
        self.watch.features(features)
        labels, _ = nearest_centres(features.to(centres.dtype), centres)
        return DeepKMeansResult(centres, labels, self.unit / self.inverse[-1], self.history)

    def store(self, epoch: int, total: int) -> None:
        state: dict[str, Any] = {
            "encoder": self.encoder.state_dict(),
            "decoder": None if self.decoder is None else self.decoder.state_dict(),
            "prototypes": None if self.prototypes is None else self.prototypes.detach(),
            "unit": self.unit,
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "history": self.history,
            "epoch": self.epoch,
            "step": self.watch.step,
        }
        self.checkpointing.store(epoch, total, self.identity, state)

    def restore(self) -> None:
        state = self.checkpointing.restore(self.identity)
        if state is None:
            return
        load_weights(self.checkpointing.path, encoder=(self.encoder, state["encoder"]))
        if self.decoder is not None:
            load_weights(self.checkpointing.path, decoder=(self.decoder, state["decoder"]))
        if state["prototypes"] is not None:
            self.prototypes = nn.Parameter(state["prototypes"].to(self.x.device))
        self.unit, self.history, self.epoch = state["unit"], state["history"], state["epoch"]
        self.watch.step = state["step"]
        self.optimiser = self._new_optimiser()
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"])

    def _losses(self, batch: Tensor, temperature: float) -> dict[str, Tensor]:
        z = self.encoder(batch)
        zero = z.new_zeros(())
        reconstruction = zero if self.decoder is None else _squared_error(self.decoder(z), batch)
        if self.prototypes is None:
            return {"loss": reconstruction, "reconstruction": reconstruction, "clustering": zero}
        self.watch.features(z)
        self.watch.check(**{"squared prototypes": squares(self.prototypes)})
        clustering = deep_kmeans_loss(z, self.prototypes, 1 / temperature)
        loss = self.config.reconstruction * reconstruction + self.config.clustering * clustering
        return {"loss": loss, "reconstruction": reconstruction, "clustering": clustering}

    def _new_optimiser(self) -> torch.optim.Optimizer:
        parameters: Iterable[nn.Parameter] = self.encoder.parameters()
        trained = [parameter for parameter in parameters if parameter.requires_grad]
        if self.decoder is not None:
            trained += [parameter for parameter in self.decoder.parameters() if parameter.requires_grad]
        if self.prototypes is not None:
            trained.append(self.prototypes)
        # A frozen encoder without a decoder has nothing to train before the prototypes are placed.
        return torch.optim.Adam(trained or [nn.Parameter(torch.zeros(1))], lr=self.config.rate)
