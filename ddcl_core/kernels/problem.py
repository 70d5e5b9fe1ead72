"""The checked arguments of the entry points, and what they are handed to."""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core._validation import (
    check_choice,
    check_floating,
    check_points,
    check_prototypes,
    check_real,
    check_same_kind,
    check_temperature,
)
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.kernels import plain, selection
from ddcl_core.kernels.request import Request, Sums

MODES = ("full", "stopped")
REDUCTIONS = ("mean", "sum")


class Problem:
    """The checked arguments of an entry point."""

    def __init__(
        self,
        z: Tensor,
        prototypes: Tensor,
        temperature: float | Tensor,
        weights: tuple[float, float, float],
        mode: str,
        convention: str,
        reduction: str,
    ) -> None:
        check_choice("mode", mode, MODES)
        check_choice("convention", convention, tuple(CONVENTIONS))
        check_choice("reduction", reduction, REDUCTIONS)
        first, second, third = weights
        self.weights = (check_real("quantization", first), check_real("ols", second), check_real("variance", third))
        check_floating("z", z, 2)
        check_prototypes(prototypes)
        check_same_kind("prototypes", prototypes, "z", z)
        if z.shape[-1] != prototypes.shape[-1]:
            raise ValueError(
                f"prototypes: got shape {tuple(prototypes.shape)}, "
                f"accepted (..., k, {z.shape[-1]}) to match z {tuple(z.shape)}"
            )
        self.z, self.prototypes = z, prototypes
        self.temperature = check_temperature(temperature, z)
        self.mode, self.convention, self.reduction = mode, convention, reduction

    def choose(self, backend: str) -> str:
        """The form to run."""
        if selection.needs_plain(self.z, self.prototypes, self.temperature):
            if backend not in ("auto", "plain"):
                raise ValueError(
                    f"backend: got {backend!r}, accepted 'auto' or 'plain' for leading axes, more than one temperature, "
                    "a gradient in the temperature, or torch.func"
                )
            return "plain"
        return selection.pick(backend, self.z)

    def choose_fused(self, backend: str) -> str:
        """The form to run where one pair of matrices and one temperature are required."""
        if self.z.dim() != 2 or self.prototypes.dim() != 2:
            raise ValueError(
                f"z, prototypes: got shapes {tuple(self.z.shape)}, {tuple(self.prototypes.shape)}, "
                "accepted (n, d) and (k, d)"
            )
        if isinstance(self.temperature, Tensor) and self.temperature.numel() != 1:
            raise ValueError(f"temperature: got shape {tuple(self.temperature.shape)}, accepted one number")
        return selection.pick(backend, self.z)

    def plain(self) -> Tensor:
        """The loss by the plain form."""
        check_points(self.z, self.prototypes)
        return plain.loss(
            self.z, self.prototypes, self.temperature, self.weights, self.mode, self.convention, self.reduction
        )

    def differentiable(
        self, upstream: Tensor, wanted: tuple[bool, bool], z: Tensor, prototypes: Tensor
    ) -> tuple[Tensor | None, Tensor | None]:
        """The gradients as functions of ``upstream`` and the inputs, by the plain form."""
        loss = plain.loss(z, prototypes, self.temperature, self.weights, self.mode, self.convention, self.reduction)
        inputs = [tensor for tensor, needed in zip((z, prototypes), wanted, strict=True) if needed]
        found = iter(torch.autograd.grad(loss, inputs, upstream, create_graph=True, allow_unused=True))
        first, second = (next(found) if needed else None for needed in wanted)
        return first, second

    def run(self, backend: str, want_z: bool, want_prototypes: bool, details: bool) -> tuple[Request, Sums]:
        """Run the sweep; raise ValueError if z has entries that cannot be squared."""
        first, second, third = self.weights
        temperature = self.temperature
        request = Request(
            z=self.z.detach(),
            prototypes=self.prototypes.detach(),
            temperature=float(temperature.detach() if isinstance(temperature, Tensor) else temperature),
            scale=CONVENTIONS[self.convention],
            losses=first + second,
            spread=third - second,
            full=self.mode == "full",
            factor=1.0 / self.z.shape[0] if self.reduction == "mean" else 1.0,
            want_z=want_z,
            want_prototypes=want_prototypes,
            details=details,
        )
        sums = selection.run(request, backend)
        # Sums of k terms of this size must stay finite; the sweep squares z and P anyway, so that the check is free.
        if not sums.largest <= torch.finfo(request.z.dtype).max / (64 * self.prototypes.shape[0]):
            check_points(request.z, request.prototypes)
            sums = plain.run(request)
        return request, sums

    def gradient(self, sums: Sums, share: float) -> Tensor | None:
        """The gradient in the prototypes, in their dtype."""
        if sums.weight is None or sums.moment is None:
            return None
        centred = self.prototypes.detach().to(sums.middle.dtype) - sums.middle
        total = sums.weight.unsqueeze(1) * centred.to(sums.moment.dtype) - sums.moment
        return (2 * share * total).to(self.prototypes.dtype)
