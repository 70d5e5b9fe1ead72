"""Algorithm 1 of SeCu: encoder, assignments and centres in one pass over the data an epoch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ddcl_core.baselines.kmeans import kmeans_plus_plus
from ddcl_core.devices import device_generator
from ddcl_core.secu.assignment import (
    UNASSIGNED,
    Assigner,
    EntropyConstraint,
    Greedy,
    SizeConstraint,
    mean_costs,
    size_entropy,
)
from ddcl_core.secu.centres import ClosedFormCentres
from ddcl_core.secu.config import SeCuConfig
from ddcl_core.secu.loop import EpochLoop, History
from ddcl_core.secu.loss import stable_loss, two_views
from ddcl_core.secu.model import SeCuModel
from ddcl_core.secu.views import NoisyView, View
from ddcl_core.training.guard import check_finite

# Rows whose features are computed at one time outside training.
CHUNK = 1024


class SeCuTrainer(EpochLoop):
    """Trains a :class:`SeCuModel` on x (n, ...) by SeCu (Algorithm 1).

    For each batch: two views; the encoder's loss at the centres and labels of the last epoch, summed over the heads;
    new labels of the batch under the constraint, from the current centres; the centres' update, by a gradient step on
    the stable loss of both views (mean over views, summed over heads; features held) or in closed form. An epoch 0 that
    trains no encoder sets the first labels and centres. The centres start at features chosen by k-means++.

    After :meth:`fit`, ``labels`` holds for each head the labels (n,) of training and ``history`` the columns
    encoder_loss, centre_loss (0 in closed form), relabelled (share of labels that changed), entropy (of the sizes, in
    nats) and sizes, the last three of the first head.
    """

    stage = "SeCu"
    model: SeCuModel
    config: SeCuConfig

    def __init__(
        self,
        model: SeCuModel,
        config: SeCuConfig,
        *,
        view: View | None = None,
        seed: int = 0,
        same_seed: bool = True,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int = 1,
        progress: bool = False,
    ) -> None:
        super().__init__(
            model,
            config,
            seed=seed,
            same_seed=same_seed,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
            progress=progress,
        )
        self.view = NoisyView() if view is None else view
        self.labels: list[Tensor] = []
        self.assigners: list[Assigner] = []
        self.sums = [ClosedFormCentres() for _ in model.heads]
        self.optimisers = _optimisers(model, config)

    def fit(self, x: Tensor) -> History:
        """Train on x (n, ...), on the device and of the dtype of the model, for ``config.epochs`` epochs."""
        self.check_unused()
        largest = max(head.shape[0] for head in self.model.heads)
        if largest > x.shape[0]:
            raise ValueError(f"heads: got a head of {largest} clusters, accepted at most n_samples={x.shape[0]}")
        self.labels = [torch.full((x.shape[0],), UNASSIGNED, device=self.device) for _ in self.model.heads]
        self.assigners = [make_assigner(self.config, head.shape[0], x.shape[0]) for head in self.model.heads]
        return self.run(x, self.config.epochs)

    def begin(self, x: Tensor) -> None:
        features = encode(self.model, x)
        with torch.no_grad():
            for head in self.model.heads:
                generator = device_generator(self.drawn_seed(), self.device)
                head.copy_(kmeans_plus_plus(features, head.shape[0], generator))
        self.model.train()
        self._pass(x, 0, train_encoder=False)

    def epoch(self, x: Tensor, number: int) -> dict[str, Any]:
        before = self.labels[0].clone()
        losses = self._pass(x, number, train_encoder=True)
        sizes = torch.bincount(self.labels[0], minlength=self.model.heads[0].shape[0])
        return {
            "encoder_loss": losses[0],
            "centre_loss": losses[1],
            "relabelled": float((self.labels[0] != before).double().mean()),
            "entropy": size_entropy(self.labels[0], sizes.shape[0]),
            "sizes": sizes.tolist(),
        }

    def _pass(self, x: Tensor, number: int, *, train_encoder: bool) -> tuple[float, float]:
        """One pass over the data; the mean losses of the encoder and of the centres."""
        last_epoch = [head.detach().clone() for head in self.model.heads]
        for sums in self.sums:
            sums.start_epoch()
        totals = [0.0, 0.0]
        batches = list(self.batches(x.shape[0], self.config.batch_size))
        for position, index in enumerate(batches):
            self._set_rate(number + (position + 1) / len(batches))
            losses = self._batch(x[index], index, last_epoch, train_encoder=train_encoder)
            share = index.shape[0] / x.shape[0]
            totals = [total + share * loss for total, loss in zip(totals, losses, strict=True)]
        return totals[0], totals[1]

    def _batch(
        self, x: Tensor, index: Tensor, last_epoch: Sequence[Tensor], *, train_encoder: bool
    ) -> tuple[float, float]:
        config = self.config
        with torch.set_grad_enabled(train_encoder):
            first, second = (self.model.features(self.view(x, self.noise)) for _ in range(2))
        views = [first.detach(), second.detach()]
        check_finite(self.step, self.kept(), features=torch.stack(views))
        of_encoder, of_centres = first.new_zeros(()), first.new_zeros(())
        closed: list[Tensor] = []
        for number, head in enumerate(self.model.heads):
            labels = self.labels[number]
            if train_encoder:
                of_encoder = of_encoder + two_views(
                    first, second, last_epoch[number], labels[index], config.temperature, config.label_weight
                )
            costs = mean_costs(views, head, config.temperature, config.score)
            chosen = self.assigners[number].assign(costs, labels[index])
            labels[index] = chosen
            if config.centre_update == "sgd":
                for view in views:
                    of_centres = of_centres + stable_loss(
                        view, head, chosen, self._centre_temperature, config.negatives, "mean"
                    ) / len(views)
            else:
                closed.append(self.sums[number].update(views, head, chosen, self._centre_temperature))
        self._update(of_encoder + of_centres, of_encoder, of_centres, closed, train_encoder=train_encoder)
        return float(of_encoder.detach()), float(of_centres.detach())

    def _update(
        self, total: Tensor, of_encoder: Tensor, of_centres: Tensor, closed: Sequence[Tensor], *, train_encoder: bool
    ) -> None:
        self.model.zero_grad(set_to_none=True)
        if total.requires_grad:
            torch.autograd.backward(total)
        self.check_step(encoder_loss=of_encoder.detach(), centre_loss=of_centres.detach())
        encoder, centres = self.optimisers
        if train_encoder:
            encoder.step()
        if closed:
            with torch.no_grad():
                for head, value in zip(self.model.heads, closed, strict=True):
                    head.copy_(value)
        else:
            centres.step()
            self.model.project()
        self.step += 1

    @property
    def _centre_temperature(self) -> float:
        config = self.config
        return config.temperature if config.centre_temperature is None else config.centre_temperature

    def _set_rate(self, epoch: float) -> None:
        for group in self.optimisers[0].param_groups:
            group["lr"] = self.config.rate * self.config.rate_factor(epoch)

    def own_state(self) -> dict[str, Any]:
        return {
            "labels": self.labels,
            "assigners": [assigner.state_dict() for assigner in self.assigners],
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
        }

    def load_own_state(self, state: dict[str, Any]) -> None:
        self.labels = [labels.to(self.device) for labels in state["labels"]]
        for assigner, found in zip(self.assigners, state["assigners"], strict=True):
            assigner.load_state_dict(found)
        for optimiser, found in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(found)


def make_assigner(config: SeCuConfig, n_clusters: int, n_samples: int) -> Assigner:
    """The constraint that ``config`` names, for one head."""
    if config.constraint == "size":
        return SizeConstraint(n_clusters, lower=config.lower, upper=config.upper, rate=config.dual_rate)
    if config.constraint == "entropy":
        return EntropyConstraint(n_clusters, n_samples, weight=config.entropy_weight)
    return Greedy(n_clusters)


@torch.no_grad()
def encode(model: SeCuModel, x: Tensor) -> Tensor:
    """Unit features (n, m) of x (n, ...) in evaluation mode, some rows at a time; the model's mode is left as it was."""
    training = model.training
    model.eval()
    features = torch.cat([model.features(part) for part in torch.split(x, CHUNK)])
    model.train(training)
    return features


def _optimisers(model: SeCuModel, config: SeCuConfig) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    """Of the encoder and of the centres."""
    # An encoder without trainable parameters still has an optimiser, over nothing that moves.
    encoder = model.encoder_parameters or [torch.nn.Parameter(torch.zeros(()))]
    if config.optimiser == "adam":
        first: torch.optim.Optimizer = torch.optim.Adam(encoder, config.rate, weight_decay=config.weight_decay)
    else:
        first = torch.optim.SGD(encoder, config.rate, momentum=config.momentum, weight_decay=config.weight_decay)
    return first, torch.optim.SGD(model.heads.parameters(), config.centre_rate, momentum=config.momentum)
