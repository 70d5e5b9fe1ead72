"""Self-labelling: a trained model teaches itself its confident predictions.

Source: Qian, "Stable Cluster Discrimination for Deep Clustering", Appendix C.1, after Van Gansbeke et al., "SCAN" (2020).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_count, check_floating, check_real, check_simplex
from ddcl_core.secu.loop import EpochLoop, History
from ddcl_core.secu.loss import check_labels, check_share, logits, normalise, stable_loss
from ddcl_core.secu.model import SeCuModel
from ddcl_core.secu.views import NoisyView, View
from ddcl_core.training.guard import check_finite


@dataclass(frozen=True)
class SelfLabelConfig:
    """Parameters of the stage: in the first ``warmup_epochs`` all samples keep the given labels; afterwards a sample
    takes part when its largest prediction is above ``threshold``. SGD with a constant rate, as in SeCu's experiments.
    """

    epochs: int = 100
    warmup_epochs: int = 10
    threshold: float = 0.9
    temperature: float = 0.05
    batch_size: int = 1024
    rate: float = 0.02
    momentum: float = 0.9
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_count("epochs", self.epochs)
        check_count("warmup_epochs", self.warmup_epochs, minimum=0)
        check_share("threshold", self.threshold)
        check_real("temperature", self.temperature, minimum=0, strict=True)
        check_count("batch_size", self.batch_size, minimum=2)
        check_real("rate", self.rate, minimum=0, strict=True)
        if not 0 <= check_real("momentum", self.momentum) < 1:
            raise ValueError(f"momentum: got {self.momentum!r}, accepted at least 0 and below 1")
        check_real("weight_decay", self.weight_decay, minimum=0)


def confident_labels(shares: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
    """Most likely cluster (n,) of predictions (n, k), and whether its share is above ``threshold`` (n,), booleans."""
    check_floating("shares", shares, 2)
    check_simplex(shares, "shares")
    largest = shares.detach().max(-1)
    return largest.indices, largest.values > check_share("threshold", threshold)


class SelfLabelling(EpochLoop):
    """Fine-tunes the encoder and the first head of a trained :class:`SeCuModel` on its own labels.

    The label of a sample comes from its weak view, in evaluation mode; the cross entropy (all gradients, as labels are
    now fixed) is taken on its strong view. Centres return to the sphere after each step; the other heads rest.
    ``weak`` None leaves the sample as it is. A batch without a confident sample makes no step. No constraint acts in
    this stage: from poor clusters it can merge them all.
    History columns: loss (mean over the samples that took part; 0 if none did) and confident (their share).
    """

    stage = "self-labelling"
    model: SeCuModel
    config: SelfLabelConfig

    def __init__(
        self,
        model: SeCuModel,
        config: SelfLabelConfig,
        *,
        weak: View | None = None,
        strong: View | None = None,
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
        self.weak = weak
        self.strong = NoisyView() if strong is None else strong
        parameters: list[nn.Parameter] = [*model.encoder_parameters, model.heads[0]]
        self.optimiser = torch.optim.SGD(
            parameters, config.rate, momentum=config.momentum, weight_decay=config.weight_decay
        )
        self.labels = torch.empty(0, dtype=torch.int64)

    def fit(self, x: Tensor, labels: Tensor) -> History:
        """Train on x (n, ...) from the labels (n,) of SeCu's first head."""
        self.check_unused()
        check_labels(labels, x, self.model.heads[0].shape[0], soft=False)
        self.labels = labels
        return self.run(x, self.config.epochs)

    def epoch(self, x: Tensor, number: int) -> dict[str, Any]:
        loss_sum, taught = 0.0, 0
        for index in self.batches(x.shape[0], self.config.batch_size):
            part = x[index]
            if number < self.config.warmup_epochs:
                labels, chosen = self.labels[index], torch.ones_like(index, dtype=torch.bool)
            else:
                labels, chosen = self._own_labels(part)
            count = int(chosen.sum())
            strong = self.strong(part, self.noise)
            if count:
                loss_sum += count * self._step(strong, labels, chosen)
                taught += count
            self.step += 1
        return {"loss": loss_sum / max(taught, 1), "confident": taught / x.shape[0]}

    @torch.no_grad()
    def _own_labels(self, part: Tensor) -> tuple[Tensor, Tensor]:
        self.model.eval()
        features = self.model.features(part if self.weak is None else self.weak(part, self.noise))
        self.model.train()
        check_finite(self.step, self.kept(), features=features)
        shares = torch.softmax(logits(features, self.model.heads[0], self.config.temperature), -1)
        return confident_labels(shares, self.config.threshold)

    def _step(self, strong: Tensor, labels: Tensor, chosen: Tensor) -> float:
        # All rows go through the encoder, so that batch normalisation sees the whole batch.
        features = self.model.features(strong)[chosen]
        loss = stable_loss(features, self.model.heads[0], labels[chosen], self.config.temperature, "attached", "mean")
        self.model.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self.check_step(loss=loss.detach())
        self.optimiser.step()
        with torch.no_grad():
            self.model.heads[0].copy_(normalise(self.model.heads[0]))
        return float(loss.detach())

    def own_state(self) -> dict[str, Any]:
        return {"labels": self.labels, "optimiser": self.optimiser.state_dict()}

    def load_own_state(self, state: dict[str, Any]) -> None:
        if not torch.equal(state["labels"], self.labels.cpu()):
            raise ValueError(f"checkpoint: {str(self.checkpoint)!r} comes from another run, as its labels differ")
        self.optimiser.load_state_dict(state["optimiser"])
