"""The objectives of batch DDCL: the unified loss (§4.3, equations (11)-(15)) and the cross-entropy form (§4.2, (8)-(10)).

Both are called as ``objective(z, prototypes, temperature)`` with features z (b, d) and prototypes (k, d) and return
:class:`LossTerms`. A native layer's prototypes and free ones are treated alike: what the prototypes depend on is
decided where they are made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from ddcl_core import functional
from ddcl_core._validation import check_choice, check_count, check_real
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.functional.regularisers import PAIRS
from ddcl_core.functional.training import MODES
from ddcl_core.kernels import mixture_loss
from ddcl_core.training.reducer import Reducer, SingleProcess

if TYPE_CHECKING:
    from ddcl_core.schedules import Setting

# Coefficients of L_q, L_OLS and V.
MIXTURES = {"quantization": (1.0, 0.0, 0.0), "ols": (0.0, 1.0, 0.0), "variance": (0.0, 0.0, 1.0)}
PROTOTYPES = ("attached", "detached")
BACKENDS = ("auto", "native", "tiled", "plain")
COEFFICIENTS = ("balance", "entropy", "separation", "weight")


class LossTerms(NamedTuple):
    """0-d tensors; the regularisers are already multiplied by their coefficients, so that ``total`` is the sum."""

    total: Tensor
    base: Tensor
    balance: Tensor
    entropy: Tensor
    separation: Tensor
    weight: Tensor


@dataclass(frozen=True)
class DDCLLoss:
    """The total loss of unified batch DDCL (equation (12)): a base loss and four regularisers.

    loss: "quantization" (11), "ols" (16), "variance" (23), or the coefficients (a, b, c) of a L_q + b L_OLS + c V; the
        mean over the batch at q = softmax(-d/T).
    assignments: "full" differentiates the base loss through q, "stopped" treats q as a constant there. Balance and
        entropy are functions of q alone and always differentiate through it: with q constant they would do nothing.
    prototypes: "attached", or "detached" to treat them as constants, so that only the features learn.
    convention: q = softmax(-d/T) or softmax(-d/(2T)).
    balance, entropy, separation, weight: coefficients of the KL divergence of the mean assignment from the uniform one
        (13), of sum q log q per sample (14; positive keeps the assignments soft), of minus the squared distances
        between prototypes (15, over ``pairs``), and of |P|_F^2 (Remark 1). At least 0; ``entropy`` may be negative.
    pairs: "mean", "unordered" or "ordered", see :func:`ddcl_core.functional.separation`.
    backend: the form of the base loss, see :func:`ddcl_core.kernels.mixture_loss`.

    Raises ValueError for anything else.
    """

    loss: str | tuple[float, float, float] = "quantization"
    _: KW_ONLY
    assignments: str = "full"
    prototypes: str = "attached"
    convention: str = "d/T"
    balance: float = 0.0
    entropy: float = 0.0
    separation: float = 0.0
    weight: float = 0.0
    pairs: str = "mean"
    backend: str = "auto"

    def __post_init__(self) -> None:
        """Check every switch and coefficient."""
        _ = self.mixture
        check_choice("assignments", self.assignments, MODES)
        check_choice("prototypes", self.prototypes, PROTOTYPES)
        check_choice("convention", self.convention, tuple(CONVENTIONS))
        check_choice("pairs", self.pairs, PAIRS)
        check_choice("backend", self.backend, BACKENDS)
        for name in ("balance", "separation", "weight"):
            check_real(name, getattr(self, name), minimum=0.0)
        check_real("entropy", self.entropy)

    @property
    def mixture(self) -> tuple[float, float, float]:
        """The coefficients of L_q, L_OLS and V."""
        if isinstance(self.loss, str):
            check_choice("loss", self.loss, tuple(MIXTURES))
            return MIXTURES[self.loss]
        # An array without axes calls itself iterable and is not.
        listed = isinstance(self.loss, Iterable) and getattr(self.loss, "ndim", 1) > 0
        values = tuple(self.loss) if listed else ()
        if len(values) != 3:
            raise ValueError(
                f"loss: got {self.loss!r}, "
                f"accepted {', '.join(map(repr, MIXTURES))} or three coefficients of L_q, L_OLS and V"
            )
        first, second, third = (check_real("loss", value, minimum=0.0) for value in values)
        return first, second, third

    def under(self, setting: Setting) -> DDCLLoss:
        """This loss with what a schedule sets; None in ``setting`` keeps the loss's own value."""
        names = ("assignments", *COEFFICIENTS)
        given = {name: value for name in names if (value := getattr(setting, name)) is not None}
        return replace(self, **given) if given else self

    def __call__(
        self,
        z: Tensor,
        prototypes: Tensor,
        temperature: float | Tensor,
        *,
        setting: Setting | None = None,
        reducer: Reducer | None = None,
    ) -> LossTerms:
        """The loss of a batch z (b, d) at prototypes (k, d), T > 0 in the unit of a squared distance.

        ``setting`` replaces the switches and coefficients that it names, not T. With a ``reducer`` over several
        processes, z holds this process's samples, the prototypes are the same in all, and the terms are this process's
        shares: their sum over the processes is the loss of the whole batch.
        """
        chosen = self if setting is None else self.under(setting)
        reducer = SingleProcess() if reducer is None else reducer
        if chosen.prototypes == "detached":
            prototypes = prototypes.detach()
        count = count_samples(z, reducer)
        base = chosen.base_sum(z, prototypes, temperature) / count
        return chosen.with_regularisers(base, z, prototypes, temperature, count, reducer)

    def base_sum(self, z: Tensor, prototypes: Tensor, temperature: float | Tensor) -> Tensor:
        """The base loss without regularisers, summed over the samples."""
        quantization, ols, variance = self.mixture
        return mixture_loss(
            z,
            prototypes,
            temperature,
            quantization=quantization,
            ols=ols,
            variance=variance,
            mode=self.assignments,
            convention=self.convention,
            reduction="sum",
            backend=self.backend,
        )

    def with_regularisers(
        self,
        base: Tensor,
        z: Tensor,
        prototypes: Tensor,
        temperature: float | Tensor,
        count: int | Tensor,
        reducer: Reducer,
    ) -> LossTerms:
        """``base`` and the regularisers whose coefficient is not zero; ``count`` samples in all processes."""
        balance = entropy = separation = weight = torch.zeros_like(base)
        if self.balance or self.entropy:
            q = functional.soft_assignment(z, prototypes, temperature, convention=self.convention)
            # At an entry of exactly 0 the slope of x log x is infinite; no gradient passes there, as softmax has none.
            floor = torch.finfo(q.dtype).tiny
            if self.balance:
                mean = (reducer.sum(q.sum(0)) / count).clamp(min=floor)
                balance = self.balance / reducer.world_size * functional.balance(mean.unsqueeze(0))
            if self.entropy:
                entropy = self.entropy * (z.shape[0] / count) * functional.negative_entropy(q.clamp(min=floor))
        if self.separation:
            separation = self.separation / reducer.world_size * functional.separation(prototypes, self.pairs)
        if self.weight:
            weight = self.weight / reducer.world_size * functional.weight_norm(prototypes)
        total = base + balance + entropy + separation + weight
        return LossTerms(total, base, balance, entropy, separation, weight)


class CrossEntropyDDCL(nn.Module):
    """Batch DDCL with a linear head and soft targets (§4.2): the cross-entropy -sum_j q_j log y_j, y = softmax(Uz + b).

    The prototypes appear only in the targets q. With ``objective.assignments="stopped"``, the logic of pseudo-labels
    and the default, q is a constant: the cross-entropy trains the head and the features and leaves the prototypes
    alone. They learn from the second part of the base term, ``prototype_loss`` times the loss of ``objective`` at
    detached features. (Native prototypes W^T z depend on the features all the same; detach them where they are made
    if the backbone shall learn from the cross-entropy alone.) With "full" the gradient passes through the targets as
    well, and the entropy of q, a part of the cross-entropy, pulls the assignments towards the vertices.

    objective: a :class:`DDCLLoss`, whose convention, regularisers and mixture are used; its ``prototypes="detached"``
        keeps every gradient from the prototypes.
    prototype_loss: coefficient of the second part, at least 0.
    The head (``head.weight`` (k, d), ``head.bias`` (k,)) starts at zero, where y is uniform.
    """

    def __init__(
        self,
        n_features: int,
        n_prototypes: int,
        *,
        objective: DDCLLoss | None = None,
        prototype_loss: float = 1.0,
    ) -> None:
        """Make the head; ValueError for sizes below 1 or a negative coefficient."""
        super().__init__()
        n_features = check_count("n_features", n_features)
        n_prototypes = check_count("n_prototypes", n_prototypes)
        self.objective = DDCLLoss(assignments="stopped") if objective is None else objective
        self.prototype_loss = check_real("prototype_loss", prototype_loss, minimum=0.0)
        self.head = nn.Linear(n_features, n_prototypes, device="meta").to_empty(device="cpu")
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(
        self,
        z: Tensor,
        prototypes: Tensor,
        temperature: float | Tensor,
        *,
        setting: Setting | None = None,
        reducer: Reducer | None = None,
    ) -> LossTerms:
        """The loss of a batch; arguments as for :class:`DDCLLoss`."""
        chosen = self.objective if setting is None else self.objective.under(setting)
        reducer = SingleProcess() if reducer is None else reducer
        if chosen.prototypes == "detached":
            prototypes = prototypes.detach()
        count = count_samples(z, reducer)
        targets = functional.soft_assignment(z, prototypes, temperature, convention=chosen.convention)
        if chosen.assignments == "stopped":
            targets = targets.detach()
        base = -(targets * torch.log_softmax(self.head(z), -1)).sum() / count
        if self.prototype_loss:
            base = base + self.prototype_loss * chosen.base_sum(z.detach(), prototypes, temperature) / count
        return chosen.with_regularisers(base, z, prototypes, temperature, count, reducer)


def count_samples(z: Tensor, reducer: Reducer) -> int | Tensor:
    """How many samples the batch has in all processes together."""
    if reducer.world_size == 1:
        return z.shape[0]
    wide = torch.promote_types(z.dtype, torch.float32)
    return reducer.sum(torch.tensor(float(z.shape[0]), dtype=wide, device=z.device))
