"""Which form runs: the fastest that can do the request."""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core._validation import check_choice, is_traced
from ddcl_core.kernels import native, plain, tiled
from ddcl_core.kernels.request import Request, Sums

BACKENDS = ("auto", "plain", "tiled", "native")


def available() -> dict[str, bool | str | None]:
    """Which forms can run here.

    Keys: "plain", "tiled" and "native" (bool); "compiler", "instruction_set" and "library" of the native kernel, None
    without it; "reason", why it cannot run, None if it can. Builds the native kernel if that has not been done.
    """
    return {"plain": True, "tiled": True, **native.describe()}


def pick(backend: str, z: Tensor) -> str:
    """The form that runs a sweep over ``z`` (n, d); raises ValueError if "native" is asked for and cannot run."""
    check_choice("backend", backend, BACKENDS)
    if backend == "auto":
        return "native" if z.device.type == "cpu" and native.load() is not None else "tiled"
    if backend == "native":
        if z.device.type != "cpu":
            raise ValueError(f"backend: got 'native' with z on {z.device}, accepted 'native' on the CPU only")
        if native.load() is None:
            raise ValueError(
                f"backend: got 'native', accepted where a kernel can be built: {native.describe()['reason']}"
            )
    return backend


def needs_plain(z: Tensor, prototypes: Tensor, temperature: float | Tensor) -> bool:
    """True if only the plain form can do it: leading axes, a transform of ``torch.func``, or a temperature with more
    than one entry or with a gradient."""
    tensors = [z, prototypes]
    if isinstance(temperature, Tensor):
        if temperature.numel() != 1 or (temperature.requires_grad and torch.is_grad_enabled()):
            return True
        tensors.append(temperature)
    return z.dim() > 2 or prototypes.dim() > 2 or is_traced(*tensors)


def run(request: Request, backend: str) -> Sums:
    """Run the request by the form named, one of BACKENDS without "auto"."""
    if backend == "native":
        return native.run(request)
    return (plain if backend == "plain" else tiled).run(request)
