"""The sweep as a compiled kernel (``sweep.cpp``), for float32 and float64 on the CPU; narrower types are widened.

It is built on first use where there is a C++ compiler (see :mod:`ddcl_core.kernels.build`), loaded with ctypes, and
tried on a small problem against the tiled form before anything relies on it. Uses ``torch.get_num_threads()`` threads.
"""

from __future__ import annotations

import ctypes
import functools
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from ddcl_core.functional import _kernels as kernels
from ddcl_core.kernels import build, tiled
from ddcl_core.kernels.request import Request, Sums

SOURCE, *HEADERS = (Path(__file__).with_name(name) for name in ("sweep.cpp", "finish.h", "product.h", "vector.h"))

# Below this many multiplications a second thread costs more than it saves.
WORTH_A_THREAD = 2**22


class _Call(ctypes.Structure):
    """``DdclSweep`` of sweep.cpp."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in ("n", "d", "k", "stride")),
        *(
            (name, ctypes.c_int64)
            for name in ("full", "want_z", "want_prototypes", "details", "needs_mean", "needs_variance", "threads")
        ),
        *((name, ctypes.c_double) for name in ("inverse", "losses", "spread", "factor")),
        *((name, ctypes.c_void_p) for name in ("z", "prototypes", "middle", "apart", "grad_z")),
        *((name, ctypes.c_void_p) for name in ("moment", "weight", "mass", "counts", "totals")),
    ]


class _State(NamedTuple):
    """A usable library, or the reason why there is none."""

    library: ctypes.CDLL | None
    built: build.Built | None
    reason: str | None


def load() -> ctypes.CDLL | None:
    """The library, built if need be; None where it cannot be used. Tried once in a process."""
    return _state().library


def describe() -> dict[str, bool | str | None]:
    """The native entries of :func:`ddcl_core.kernels.available`."""
    state = _state()
    instructions = None
    if state.library is not None:
        instructions = state.library.ddcl_instruction_set().decode()
    return {
        "native": state.library is not None,
        "compiler": state.built.compiler if state.built else None,
        "instruction_set": instructions,
        "library": str(state.built.path) if state.built else None,
        "reason": state.reason,
    }


@functools.cache
def _state() -> _State:
    try:
        built = build.build(SOURCE, HEADERS)
        library = ctypes.CDLL(str(built.path))
        library.ddcl_instruction_set.restype = ctypes.c_char_p
        for name in ("ddcl_sweep_float32", "ddcl_sweep_float64"):
            function = getattr(library, name)
            function.argtypes, function.restype = [ctypes.POINTER(_Call)], ctypes.c_int
    except (build.Unavailable, OSError, AttributeError) as error:
        return _State(None, None, str(error))
    if not _agrees(library):
        return _State(None, built, f"{built.path} gives other results than the tiled form")
    return _State(library, built, None)


def _agrees(library: ctypes.CDLL) -> bool:
    """True if the library and the tiled form give the same on a small mixture."""
    generator = torch.Generator().manual_seed(0)
    for dtype, tolerance in ((torch.float32, 1e-3), (torch.float64, 1e-9)):
        z, prototypes = (torch.randn(size, 5, generator=generator, dtype=dtype) for size in (150, 37))
        for losses, spread, full in ((1.0, 0.0, True), (0.5, 1.0, True), (1.0, -0.5, False)):
            request = Request(z, prototypes, 2.0, 1.0, losses, spread, full, 1.0, True, True, True)
            ours, theirs = _sweep(library, request), tiled.run(request)
            for name in ("grad_z", "moment", "weight", "mass"):
                first, second = getattr(ours, name), getattr(theirs, name)
                if not bool(((first - second).abs() <= tolerance * (1 + second.abs())).all()):
                    return False
    return True


def run(request: Request) -> Sums:
    """All sums of the request; :func:`load` must have given a library."""
    library = load()
    if library is None:
        raise ValueError(f"backend: got 'native', accepted where a kernel can be built: {_state().reason}")
    with torch.no_grad():
        return _sweep(library, request)


def _sweep(library: ctypes.CDLL, request: Request) -> Sums:
    dtype = tiled.compute_dtype(request.z.dtype)
    z, prototypes = request.z.to(dtype), request.prototypes.to(dtype)
    if z.stride(1) != 1:
        z = z.contiguous()
    (n, d), k = z.shape, prototypes.shape[0]
    middle = kernels.centre(prototypes)
    centred = (prototypes - middle).contiguous()
    needs_mean = request.needs_mean or not request.full
    # The matrix of distances costs k^2 d once; with fewer samples than prototypes the kernel forms what it needs.
    apart = kernels.pairwise_squared_distances(centred).contiguous() if request.needs_variance and k <= n else None
    grad_z = torch.empty(n, d, dtype=dtype) if request.want_z else None
    moment = torch.zeros(k, d, dtype=torch.float64) if request.want_prototypes else None
    weight = torch.zeros(k, dtype=torch.float64) if request.want_prototypes else None
    mass = torch.zeros(k, dtype=torch.float64) if request.details else None
    counts = torch.zeros(k, dtype=torch.int64) if request.details else None
    totals = torch.zeros(5, dtype=torch.float64)
    threads = min(torch.get_num_threads(), max(1, n * d * k // WORTH_A_THREAD))
    call = _Call(
        n=n,
        d=d,
        k=k,
        stride=z.stride(0),
        full=request.full,
        want_z=request.want_z,
        want_prototypes=request.want_prototypes,
        details=request.details,
        needs_mean=needs_mean,
        needs_variance=request.needs_variance,
        threads=threads,
        inverse=request.inverse,
        losses=request.losses,
        spread=request.spread,
        factor=request.factor,
        z=z.data_ptr(),
        prototypes=centred.data_ptr(),
        middle=middle.data_ptr(),
        apart=_address(apart),
        grad_z=_address(grad_z),
        moment=_address(moment),
        weight=_address(weight),
        mass=_address(mass),
        counts=_address(counts),
        totals=totals.data_ptr(),
    )
    function = library.ddcl_sweep_float64 if dtype == torch.float64 else library.ddcl_sweep_float32
    if function(ctypes.byref(call)) != 0:
        raise MemoryError("the native sweep found no memory for its buffers")
    quantization, ols, variance, entropy, largest = totals
    return Sums(
        middle=middle,
        largest=float(largest),
        quantization=quantization,
        ols=ols if request.needs_mean else None,
        variance=variance if request.needs_variance else None,
        grad_z=None if grad_z is None else grad_z.to(request.z.dtype),
        weight=weight,
        moment=moment,
        mass=mass,
        counts=counts,
        entropy=entropy if request.details else None,
    )


def _address(tensor: Tensor | None) -> int | None:
    return None if tensor is None else tensor.data_ptr()
