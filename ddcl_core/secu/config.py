"""The parameters of a SeCu run, checked before any work."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ddcl_core._validation import check_choice, check_count, check_real
from ddcl_core.secu.assignment import CONSTRAINTS, SCORES, check_bounds
from ddcl_core.secu.loss import NEGATIVES, check_share

CENTRE_UPDATES = ("sgd", "closed-form")
OPTIMISERS = ("sgd", "adam")


@dataclass(frozen=True)
class SeCuConfig:
    """How to train (SeCu, section 4, "Optimization", and Appendix C).

    temperature          λ of the encoder's loss
    centre_temperature   λ of the centres' loss; None: the same
    label_weight         τ, the share of the last epoch's label in a soft label (7)
    constraint           "size" (8), "entropy" (10) or "none"
    lower, upper         bounds on a cluster's size, relative to the mean size n/k; upper None: no bound
    dual_rate            η of the dual variables, in the unit of the costs
    entropy_weight       α/n of the entropy constraint
    score                cost of a cluster: "similarity" -⟨x, w⟩ or "log" -log p
    centre_update        "sgd" on the stable loss, or "closed-form" (4)
    negatives            "stopped" (the stable loss) or "attached" (cross entropy), for "sgd"
    optimiser, rate      of the encoder: "sgd" with momentum, or "adam"; the rate warms up, then falls as a cosine
    centre_rate          of the centres, constant; momentum is shared
    warmup_epochs        epochs in which the encoder's rate rises linearly
    """

    epochs: int = 400
    batch_size: int = 128
    temperature: float = 0.05
    centre_temperature: float | None = None
    label_weight: float = 0.2
    constraint: str = "size"
    lower: float = 0.9
    upper: float | None = None
    dual_rate: float = 0.1
    entropy_weight: float = 6 / 50
    score: str = "similarity"
    centre_update: str = "sgd"
    negatives: str = "stopped"
    optimiser: str = "sgd"
    rate: float = 0.2
    centre_rate: float = 1.2
    momentum: float = 0.9
    weight_decay: float = 0.0
    warmup_epochs: int = 10

    def __post_init__(self) -> None:
        check_count("epochs", self.epochs)
        check_count("batch_size", self.batch_size, minimum=2)
        check_real("temperature", self.temperature, minimum=0, strict=True)
        if self.centre_temperature is not None:
            check_real("centre_temperature", self.centre_temperature, minimum=0, strict=True)
        check_share("label_weight", self.label_weight)
        check_choice("constraint", self.constraint, CONSTRAINTS)
        check_bounds(self.lower, self.upper)
        check_real("dual_rate", self.dual_rate, minimum=0, strict=True)
        check_real("entropy_weight", self.entropy_weight, minimum=0)
        check_choice("score", self.score, SCORES)
        check_choice("centre_update", self.centre_update, CENTRE_UPDATES)
        check_choice("negatives", self.negatives, NEGATIVES)
        check_choice("optimiser", self.optimiser, OPTIMISERS)
        check_real("rate", self.rate, minimum=0, strict=True)
        check_real("centre_rate", self.centre_rate, minimum=0, strict=True)
        if not 0 <= check_real("momentum", self.momentum) < 1:
            raise ValueError(f"momentum: got {self.momentum!r}, accepted at least 0 and below 1")
        check_real("weight_decay", self.weight_decay, minimum=0)
        check_count("warmup_epochs", self.warmup_epochs, minimum=0)

    def rate_factor(self, epoch: float) -> float:
        """Factor on the encoder's rate at ``epoch`` (fractional, from 0): linear to 1, then half a cosine to 0."""
        warmup = min(self.warmup_epochs, self.epochs)
        if epoch < warmup:
            return max(epoch, 1e-3) / warmup
        rest = self.epochs - warmup
        return 0.5 * (1 + math.cos(math.pi * (epoch - warmup) / rest)) if rest else 1.0
