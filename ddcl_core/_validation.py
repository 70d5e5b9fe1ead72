"""Checks of arguments: each failure is one ValueError that names the argument, its value and what is accepted.

Checks that read the data are skipped for tensors inside a ``torch.func`` transform, where values cannot be read.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

# A sum of k rounded probabilities may differ from 1 by more than rounding when q was computed in a narrower type
# and then widened, so the tolerance on the sum is looser than the type's own precision.
SIMPLEX_TOLERANCE = {torch.float64: 1e-6, torch.float32: 1e-4, torch.float16: 1e-2, torch.bfloat16: 2e-2}


def is_traced(*tensors: Tensor) -> bool:
    """True if a tensor is inside a ``torch.func`` transform, where its values cannot steer Python code."""
    return any(torch._C._functorch.is_functorch_wrapped_tensor(tensor) for tensor in tensors)


def check_choice(name: str, value: str, accepted: Sequence[str]) -> None:
    """Raise ValueError unless ``value`` is one of ``accepted``."""
    if not isinstance(value, str) or value not in accepted:
        raise ValueError(f"{name}: got {value!r}, accepted {', '.join(map(repr, accepted))}")


def check_real(name: str, value: float, *, minimum: float = -math.inf, strict: bool = False) -> float:
    """Return ``value`` as a float; raise ValueError unless it is finite and at least (strict: above) ``minimum``.

    One number: no word, no truth value, no array, and no tensor with axes.
    """
    try:
        if isinstance(value, (bool, np.bool_, str, bytes, np.ndarray)) or getattr(value, "ndim", 0) != 0:
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name}: got {value!r}, accepted a real number") from None
    if not math.isfinite(number) or number < minimum or (strict and number == minimum):
        bound = "" if minimum == -math.inf else f" {'above' if strict else 'of at least'} {minimum:g}"
        raise ValueError(f"{name}: got {value!r}, accepted a finite number{bound}")
    return number


def check_count(name: str, value: Any, *, minimum: int = 1) -> int:
    """Return ``value`` as an int; raise ValueError unless it is an integer (NumPy's included) of at least ``minimum``."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < minimum:
        raise ValueError(f"{name}: got {value!r}, accepted an integer of at least {minimum}")
    return int(value)


def check_flag(name: str, value: Any) -> bool:
    """Return ``value`` as a bool; raise ValueError unless it is True or False (NumPy's included)."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name}: got {value!r}, accepted True or False")
    return bool(value)


def check_path(name: str, value: Any) -> Path | None:
    """Return ``value`` as a Path, None as None; raise ValueError unless it is a path in text, or None."""
    if value is None:
        return None
    if isinstance(value, (str, os.PathLike)) and isinstance(os.fspath(value), str) and os.fspath(value) != "":
        return Path(value)
    raise ValueError(f"{name}: got {value!r}, accepted a path (str or os.PathLike) or None")


def check_callable(name: str, value: Any) -> Callable[..., Any]:
    """Return ``value``; raise ValueError unless it can be called."""
    if not callable(value):
        raise ValueError(f"{name}: got {value!r}, accepted a callable")
    return value


def check_module(name: str, value: Any) -> nn.Module:
    """Return ``value``; raise ValueError unless it is a ``torch.nn.Module``, an object and not a class."""
    if not isinstance(value, nn.Module):
        raise ValueError(f"{name}: got {value!r}, accepted a torch.nn.Module")
    return value


def check_sizes(name: str, value: Any) -> tuple[int, ...]:
    """Return ``value`` as a tuple of ints; raise ValueError unless it is a sequence of integers of at least 1."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable) or getattr(value, "ndim", 1) == 0:
        raise ValueError(f"{name}: got {value!r}, accepted a sequence of integers of at least 1")
    return tuple(check_count(f"{name}[{position}]", size) for position, size in enumerate(value))


def check_dim(dim: int, dims: int) -> None:
    """Raise ValueError unless ``dim`` is an axis of a tensor with ``dims`` axes."""
    if isinstance(dim, bool) or not isinstance(dim, int) or not -dims <= dim < dims:
        raise ValueError(f"dim: got {dim!r}, accepted an integer from {-dims} to {dims - 1}")


def check_floating(name: str, value: Tensor, dims: int) -> None:
    """Raise ValueError unless ``value`` is a floating-point tensor with at least ``dims`` axes, none of them empty."""
    if not isinstance(value, Tensor):
        raise ValueError(f"{name}: got {type(value).__name__}, accepted a torch.Tensor")
    if not value.is_floating_point():
        raise ValueError(f"{name}: got dtype {value.dtype}, accepted a floating-point dtype")
    if value.dim() < dims:
        raise ValueError(f"{name}: got shape {tuple(value.shape)}, accepted at least {dims} axes")
    if value.numel() == 0:
        raise ValueError(f"{name}: got shape {tuple(value.shape)}, accepted no empty axis")


def check_magnitude(name: str, value: Tensor, bound: float) -> None:
    """Raise ValueError unless every entry is a number of absolute value at most ``bound``."""
    if is_traced(value):
        return
    largest = float(value.detach().abs().amax())
    if not largest <= bound:
        raise ValueError(
            f"{name}: got an entry of absolute value {largest:g}, accepted at most {bound:g} in {value.dtype}"
        )


def square_root_bound(dtype: torch.dtype, size: int) -> float:
    """Largest entry for which squared distances in ``size`` coordinates stay finite, with a factor 2 to spare."""
    return math.sqrt(torch.finfo(dtype).max / size) / 4


def check_same_kind(name: str, value: Tensor, reference_name: str, reference: Tensor) -> None:
    """Raise ValueError unless both tensors have one dtype and one device."""
    if value.dtype != reference.dtype or value.device != reference.device:
        raise ValueError(
            f"{name}: got {value.dtype} on {value.device}, "
            f"accepted {reference.dtype} on {reference.device} as {reference_name}"
        )


def broadcast_batches(**shapes: Sequence[int]) -> tuple[int, ...]:
    """Common shape; raises ValueError with the names if there is none."""
    try:
        return np.broadcast_shapes(*(tuple(shape) for shape in shapes.values()))
    except ValueError:
        listing = ", ".join(f"{name} {tuple(shape)}" for name, shape in shapes.items())
        raise ValueError(f"{', '.join(shapes)}: got shapes {listing}, accepted shapes that broadcast") from None


def check_points(z: Tensor, prototypes: Tensor) -> tuple[int, ...]:
    """Check z (..., n, d) against prototypes (..., k, d); return the common leading shape."""
    check_floating("z", z, 2)
    check_prototypes(prototypes)
    check_same_kind("prototypes", prototypes, "z", z)
    if z.shape[-1] != prototypes.shape[-1]:
        raise ValueError(
            f"prototypes: got shape {tuple(prototypes.shape)}, "
            f"accepted (..., k, {z.shape[-1]}) to match z {tuple(z.shape)}"
        )
    check_magnitude("z", z, square_root_bound(z.dtype, z.shape[-1]))
    return broadcast_batches(z=z.shape[:-2], prototypes=prototypes.shape[:-2])


def check_prototypes(prototypes: Tensor) -> None:
    """Check prototypes (..., k, d): floating, not empty, finite and small enough to be squared."""
    check_floating("prototypes", prototypes, 2)
    check_magnitude("prototypes", prototypes, square_root_bound(prototypes.dtype, prototypes.shape[-1]))


def check_simplex(q: Tensor, name: str = "q", *, dim: int = -1) -> None:
    """Check that ``q`` is non-negative and sums to 1 along ``dim`` within ``SIMPLEX_TOLERANCE`` of its dtype."""
    if is_traced(q):
        return
    values = q.detach()
    smallest = float(values.amin())
    if not smallest >= 0:
        raise ValueError(f"{name}: got an entry {smallest:g}, accepted entries of at least 0")
    tolerance = SIMPLEX_TOLERANCE[q.dtype]
    worst = float((values.sum(dim) - 1).abs().amax())
    if not worst <= tolerance:
        raise ValueError(
            f"{name}: got a sum that differs from 1 by {worst:g}, accepted at most {tolerance:g} in {q.dtype}"
        )


def check_assignment(z: Tensor, prototypes: Tensor, q: Tensor, *, ambient: bool = False) -> None:
    """Check z (..., n, d), prototypes (..., k, d) and q (..., n, k); q on the simplex unless ``ambient``."""
    batch = check_points(z, prototypes)
    check_floating("q", q, 2)
    check_same_kind("q", q, "z", z)
    expected = (z.shape[-2], prototypes.shape[-2])
    if tuple(q.shape[-2:]) != expected:
        raise ValueError(f"q: got shape {tuple(q.shape)}, accepted (..., {expected[0]}, {expected[1]})")
    broadcast_batches(points=batch, q=q.shape[:-2])
    if ambient:
        check_magnitude("q", q, torch.finfo(q.dtype).max)
    else:
        check_simplex(q)


def check_temperature(temperature: float | Tensor, like: Tensor) -> float | Tensor:
    """Return the temperature, a float or a tensor of the dtype and device of ``like``.

    A tensor must broadcast against (..., n, 1): 0-d, or with a last axis of size 1, as all prototypes share it.
    Accepted values run from the smallest normal number of the dtype to its largest.
    """
    limits = torch.finfo(like.dtype)
    accepted = f"accepted a number from {limits.tiny:g} to {limits.max:g} in {like.dtype}"
    if not isinstance(temperature, Tensor):
        number = check_real("temperature", temperature)
        if not limits.tiny <= number <= limits.max:
            raise ValueError(f"temperature: got {number!r}, {accepted}")
        return number
    if temperature.dim() > 0 and temperature.shape[-1] != 1:
        raise ValueError(
            f"temperature: got shape {tuple(temperature.shape)}, "
            "accepted a 0-d tensor or one that broadcasts against (..., n, 1)"
        )
    if not is_traced(temperature):
        values = temperature.detach()
        if not bool(((values >= limits.tiny) & (values <= limits.max)).all()):
            worst = float(values.amin()) if not bool(values.isnan().any()) else math.nan
            raise ValueError(f"temperature: got {worst!r}, {accepted}")
    return temperature.to(dtype=like.dtype, device=like.device)
