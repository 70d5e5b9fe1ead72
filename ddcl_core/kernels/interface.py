"""The public entry points: a differentiable loss, a sweep for loops without autograd, and sums that can be all-reduced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ddcl_core._validation import check_choice
from ddcl_core.kernels.problem import Problem

GRADIENTS = ("z", "prototypes")


class Sweep(NamedTuple):
    """What one sweep gives; losses are 0-d and reduced over the samples as asked. None is what was not asked for."""

    value: Tensor  # the mixture
    grad_z: Tensor | None  # (n, d)
    grad_prototypes: Tensor | None  # (k, d)
    mass: Tensor | None  # (k,): sum_n q_nj
    counts: Tensor | None  # (k,), int64: samples nearest to each prototype
    entropy: Tensor | None  # -sum_j q_j log q_j, in nats
    quantization: Tensor  # L_q
    ols: Tensor | None  # L_OLS
    variance: Tensor | None  # V


class Statistics(NamedTuple):
    """Plain sums over the samples, so that those of parts of a data set add up to those of the whole.

    The gradient of ``value`` in the prototypes is 2 (diag(weight) P - moment): :func:`prototype_gradient`. For
    that difference to be exact at a large offset of the data, weight and moment are float64 (float32 on devices
    without it) and should be added in it.
    """

    samples: int
    value: Tensor
    weight: Tensor  # (k,)
    moment: Tensor  # (k, d)
    grad_z: Tensor | None  # (n, d), of the sum
    mass: Tensor | None
    counts: Tensor | None
    entropy: Tensor | None
    quantization: Tensor
    ols: Tensor | None
    variance: Tensor | None


def mixture_loss(
    z: Tensor,
    prototypes: Tensor,
    temperature: float | Tensor,
    *,
    quantization: float = 1.0,
    ols: float = 0.0,
    variance: float = 0.0,
    mode: str = "full",
    convention: str = "d/T",
    reduction: str = "mean",
    backend: str = "auto",
) -> Tensor:
    """quantization L_q + ols L_OLS + variance V at q = softmax(-d/T), without an n x k matrix (DDCL, (8), (11), (22)).

    z (n, d), prototypes (k, d) -> 0-d tensor of the dtype of z, differentiable in z and in the prototypes; the
    gradients are computed in the same sweep as the value. Temperature in the unit of a squared distance.
    mode: "full" differentiates through the softmax, "stopped" holds q. reduction over the samples: "mean" or "sum".
    backend: "auto" takes the fastest form; "native", "tiled" and "plain" force one. Leading axes, more than one
    temperature, a gradient in the temperature and ``torch.func`` need the plain form, which "auto" then takes; so do
    derivatives with ``create_graph``, which take it by themselves.
    Raises ValueError for shapes that do not match, entries whose square overflows, and a form that cannot do it.
    """
    problem = Problem(z, prototypes, temperature, (quantization, ols, variance), mode, convention, reduction)
    chosen = problem.choose(backend)
    if chosen == "plain":
        return problem.plain()
    recording = torch.is_grad_enabled()
    wanted = (recording and z.requires_grad, recording and prototypes.requires_grad)
    if not any(wanted):
        request, sums = problem.run(chosen, False, False, details=False)
        return (sums.value(request) * request.factor).to(z.dtype)
    apply: Callable[..., Tensor] = _MixtureLoss.apply
    return apply(z, prototypes, problem, chosen, wanted)


def sweep(
    z: Tensor,
    prototypes: Tensor,
    temperature: float | Tensor,
    *,
    quantization: float = 1.0,
    ols: float = 0.0,
    variance: float = 0.0,
    mode: str = "full",
    convention: str = "d/T",
    reduction: str = "mean",
    gradients: Sequence[str] = GRADIENTS,
    details: bool = True,
    backend: str = "auto",
) -> Sweep:
    """Value and gradients of :func:`mixture_loss` in one sweep, for loops without autograd.

    z (n, d), prototypes (k, d). gradients: which of "z" and "prototypes" to compute. details=False leaves out mass,
    counts and entropy, and L_OLS and V where the mixture does not need them, which saves a matrix product.
    Losses and mass are float64 (float32 on devices without it), gradients have the dtype of z. ``entropy`` is reduced
    like the losses. backend="plain" computes in float64.
    Raises ValueError as :func:`mixture_loss` and where only the plain form of that function would do.
    """
    problem = Problem(z, prototypes, temperature, (quantization, ols, variance), mode, convention, reduction)
    for name in gradients:
        check_choice("gradients", name, GRADIENTS)
    request, sums = problem.run(problem.choose_fused(backend), "z" in gradients, "prototypes" in gradients, details)
    share = request.factor

    def reduced(total: Tensor | None) -> Tensor | None:
        return None if total is None else total * share

    return Sweep(
        value=sums.value(request) * share,
        grad_z=sums.grad_z,
        grad_prototypes=problem.gradient(sums, share),
        mass=sums.mass,
        counts=sums.counts,
        entropy=reduced(sums.entropy),
        quantization=sums.quantization * share,
        ols=reduced(sums.ols),
        variance=reduced(sums.variance),
    )


def statistics(
    z: Tensor,
    prototypes: Tensor,
    temperature: float | Tensor,
    *,
    quantization: float = 1.0,
    ols: float = 0.0,
    variance: float = 0.0,
    mode: str = "full",
    convention: str = "d/T",
    features: bool = False,
    details: bool = True,
    backend: str = "auto",
) -> Statistics:
    """Sums over the samples that determine the loss and its gradient in the prototypes, for data-parallel use.

    z (n, d) is one part of the data, prototypes (k, d) are the same for all parts. ``features=True`` adds the gradient
    of the sum in z. Other arguments as in :func:`sweep`; nothing is divided by n.
    """
    problem = Problem(z, prototypes, temperature, (quantization, ols, variance), mode, convention, "sum")
    request, sums = problem.run(problem.choose_fused(backend), features, True, details)
    weight, moment = sums.weight, sums.moment
    assert weight is not None and moment is not None
    return Statistics(
        samples=z.shape[0],
        value=sums.value(request),
        weight=weight,
        moment=moment + weight.unsqueeze(1) * sums.middle.to(moment.dtype),
        grad_z=sums.grad_z,
        mass=sums.mass,
        counts=sums.counts,
        entropy=sums.entropy,
        quantization=sums.quantization,
        ols=sums.ols,
        variance=sums.variance,
    )


def prototype_gradient(prototypes: Tensor, weight: Tensor, moment: Tensor, *, samples: int | None = None) -> Tensor:
    """2 (diag(weight) P - moment), divided by ``samples`` if given; prototypes (k, d), weight (k,), moment (k, d).

    The result has the dtype of the prototypes and is computed in that of the sums (see :class:`Statistics`).
    """
    total = 2 * (weight.unsqueeze(1) * prototypes.to(weight.dtype) - moment)
    return (total if samples is None else total / samples).to(prototypes.dtype)


class _MixtureLoss(torch.autograd.Function):
    """Computes the gradients with the value and hands them over in the backward pass.

    The stored gradient is given away, so that no copy is made of it; a second backward pass through the same graph,
    which needs ``retain_graph``, sweeps again. With ``create_graph`` the gradients come from the plain form, which can
    be differentiated further.
    """

    @staticmethod
    def forward(
        ctx: Any, z: Tensor, prototypes: Tensor, problem: Problem, backend: str, wanted: tuple[bool, bool]
    ) -> Tensor:
        request, sums = problem.run(backend, *wanted, details=False)
        ctx.save_for_backward(z, prototypes)
        ctx.problem, ctx.backend, ctx.wanted = problem, backend, wanted
        ctx.gradients = [sums.grad_z, problem.gradient(sums, request.factor)]
        return (sums.value(request) * request.factor).to(z.dtype)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, Tensor | None, None, None, None]:
        if torch.is_grad_enabled():
            return *ctx.problem.differentiable(upstream, ctx.wanted, *ctx.saved_tensors), None, None, None
        gradients, ctx.gradients = ctx.gradients, None
        if gradients is None:
            ctx.saved_tensors  # noqa: B018 - raises if the graph was freed or an input changed in place
            request, sums = ctx.problem.run(ctx.backend, *ctx.wanted, details=False)
            gradients = [sums.grad_z, ctx.problem.gradient(sums, request.factor)]
        if upstream.device.type != "cpu" or float(upstream) != 1:
            for gradient in gradients:
                if gradient is not None:
                    gradient.mul_(upstream)
        features, prototypes = gradients
        del gradients
        return features, prototypes, None, None, None
