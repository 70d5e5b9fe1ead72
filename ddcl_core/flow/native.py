"""The projected Heun steps as a compiled kernel (``heun.cpp``): float64 on the CPU, energies without logarithms.

The arithmetic and the step control are those of :mod:`ddcl_core.flow.heun` and :mod:`ddcl_core.flow.projected`, whose
form in torch runs everywhere else; the two differ by rounding. Built and loaded as the kernel of
:mod:`ddcl_core.kernels.native`, on first use where there is a C++ compiler. Trajectories share
``torch.get_num_threads()`` threads. It is built without the instructions of one processor and without contraction of
products and sums, so that its results are those of IEEE 754 wherever it runs.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from ddcl_core.energy import ReducedEnergy
from ddcl_core.flow.state import State
from ddcl_core.functional.regularisers import pair_factor
from ddcl_core.kernels import build

SOURCE = Path(__file__).with_name("heun.cpp")
# A call ends after about this many operations, so that Python can see an interrupt.
WORK = 10**9


class _Call(ctypes.Structure):
    """``DdclFlow`` of heun.cpp."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in ("batch", "n", "k", "d", "z_stride", "attempts", "fixed", "threads")),
        *((name, ctypes.c_double) for name in ("horizon", "step", "accuracy", "tolerance", "bound")),
        *((name, ctypes.c_double) for name in ("separation", "weight", "ulps")),
        *((name, ctypes.c_void_p) for name in ("z", "prototypes", "q", "energy", "speed", "time", "next")),
        *((name, ctypes.c_void_p) for name in ("codes", "accepted", "refused", "moved")),
    ]


@functools.cache
def load() -> ctypes.CDLL | None:
    """The library, built if need be; None where it cannot be used. Tried once in a process."""
    try:
        library = ctypes.CDLL(str(build.build(SOURCE, flags=build.PORTABLE).path))
        library.ddcl_flow.argtypes, library.ddcl_flow.restype = [ctypes.POINTER(_Call)], ctypes.c_int
    except (build.Unavailable, OSError, AttributeError):
        return None
    return library


def handles(energy: ReducedEnergy, q: Tensor) -> bool:
    """True if the kernel can integrate this energy from an assignment of this kind."""
    # A subclass may have redefined any part of the energy.
    plain = type(energy) is ReducedEnergy and energy.balance == 0 and energy.entropy == 0
    return plain and q.dtype == torch.float64 and q.device.type == "cpu" and load() is not None


class Integrator:
    """Trajectories that the kernel moves; its tensors have the batch axes of ``state``."""

    def __init__(
        self,
        energy: ReducedEnergy,
        state: State,
        steps: Tensor,
        codes: Tensor,
        *,
        horizon: float,
        step: float | None,
        accuracy: float,
        tolerance: float,
        bound: float,
        ulps: float,
    ) -> None:
        library = load()
        assert library is not None
        self.library = library
        batch = state.energy.shape
        n, k, d = state.q.shape[-2], state.q.shape[-1], state.prototypes.shape[-1]
        z = energy.z.detach()
        shared = z.dim() == 2
        self.z = z.contiguous() if shared else z.expand(*batch, n, d).contiguous()
        self.prototypes, self.q = _own(state.prototypes), _own(state.q)
        self.energy, self.speed, self.steps, self.codes = (
            _own(tensor) for tensor in (state.energy, state.speed, steps, codes)
        )
        self.time = torch.zeros_like(self.energy)
        self.accepted, self.refused, self.moved = (torch.zeros_like(self.codes) for _ in range(3))
        count = self.energy.numel()
        self.most = max(1, WORK // (count * n * k * (d + 10)))
        self.call = _Call(
            batch=count,
            n=n,
            k=k,
            d=d,
            z_stride=0 if shared else n * d,
            fixed=step is not None,
            threads=torch.get_num_threads(),
            horizon=horizon,
            step=0.0 if step is None else step,
            accuracy=accuracy,
            tolerance=tolerance,
            bound=bound,
            separation=energy.separation * pair_factor(k, energy.pairs),
            weight=energy.weight,
            ulps=ulps,
            z=self.z.data_ptr(),
            prototypes=self.prototypes.data_ptr(),
            q=self.q.data_ptr(),
            energy=self.energy.data_ptr(),
            speed=self.speed.data_ptr(),
            time=self.time.data_ptr(),
            next=self.steps.data_ptr(),
            codes=self.codes.data_ptr(),
            accepted=self.accepted.data_ptr(),
            refused=self.refused.data_ptr(),
            moved=self.moved.data_ptr(),
        )

    def advance(self, attempts: int) -> bool:
        """Up to ``attempts`` attempts of every running trajectory; True if one of them moved."""
        moved = False
        for part in _parts(attempts, self.most):
            self.call.attempts = part
            if self.library.ddcl_flow(ctypes.byref(self.call)) != 0:
                raise MemoryError("the native flow found no memory for its buffers")
            moved = moved or bool(self.moved.any())
            if bool((self.codes != 0).all()):
                break
        return moved


def _parts(total: int, most: int) -> Iterator[int]:
    while total > 0:
        yield min(total, most)
        total -= most


def _own(tensor: Tensor) -> Tensor:
    return tensor.detach().clone(memory_format=torch.contiguous_format)
