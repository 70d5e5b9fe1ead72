"""What tells one run from another: its data, and settings in plain types that a checkpoint can hold."""

from __future__ import annotations

import hashlib
import inspect
from numbers import Integral, Real
from typing import Any

import torch
from torch import Tensor, nn

from ddcl_core.training.data import Data, first_item


def digest(data: Tensor) -> str:
    """Shape, dtype and the SHA-256 of all bytes of ``data``, the same on every device."""
    raw = data.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
    return f"{tuple(data.shape)} {data.dtype} {hashlib.sha256(raw.data).hexdigest()}"


def fingerprint(data: Data) -> str:
    """The digest of a tensor; of a data set its length and its first and last sample.

    A data set is not read through: one that differs only between its ends is taken for the same. A sample that is
    drawn anew each time it is asked for counts by its shape and dtype alone.
    """
    if isinstance(data, Tensor):
        return digest(data)
    return f"{len(data)} samples: {_sample(data, 0)} .. {_sample(data, len(data) - 1)}"


def _sample(data: Any, index: int) -> str:
    with torch.random.fork_rng(devices=[]):
        first, second = (first_item([data[index]]) for _ in range(2))
    found = digest(first)
    return found if found == digest(second) else found.rpartition(" ")[0]


def plain(value: Any) -> Any:
    """``value`` in the types of a checkpoint: NumPy's numbers as Python's, sequences as lists; others as they are."""
    if isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def describe(part: Any) -> str:
    """The name of a function, or the class of an object with its public numbers and strings; "None" for None."""
    if part is None or inspect.isroutine(part) or isinstance(part, type):
        return str(getattr(part, "__qualname__", part))
    hidden = set(vars(nn.Module())) if isinstance(part, nn.Module) else set()
    options = {
        name: value
        for name, value in sorted(getattr(part, "__dict__", {}).items())
        if name not in hidden and not name.startswith("_") and isinstance(value, (bool, int, float, str))
    }
    return f"{type(part).__qualname__}({', '.join(f'{name}={value!r}' for name, value in options.items())})"
