"""Arguments of the suite: each misuse is one error that names the argument, what it got and what is accepted."""

from __future__ import annotations

import math
from typing import Any

import torch

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def count(name: str, value: Any, largest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= largest:
        raise ValueError(f"{name}: got {value!r}, accepted an integer from 1 to {largest}")
    return value


def seed(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(f"seed: got {value!r}, accepted an integer from 0 to 2^63 - 1")
    return value


def choice(name: str, value: Any, accepted: tuple[Any, ...]) -> Any:
    if value not in accepted:
        raise ValueError(f"{name}: got {value!r}, accepted {', '.join(map(repr, accepted))}")
    return value


def dtype(value: Any) -> torch.dtype:
    """A dtype from itself or from its name."""
    for name, found in DTYPES.items():
        if isinstance(value, (str, torch.dtype)) and value in (name, found):
            return found
    raise ValueError(f"dtype: got {value!r}, accepted {', '.join(map(str, DTYPES.values()))} or their names")


def device(value: Any) -> torch.device:
    """A device on which a tensor can be made here."""
    try:
        found = torch.device(value)
        torch.zeros(1, device=found)
    except (RuntimeError, TypeError, AssertionError) as error:
        raise ValueError(f"device: got {value!r}, accepted a device of this machine ({error})") from error
    return found


def temperature(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        raise ValueError(f"temperature: got {value!r}, accepted a positive finite number or None")
    return float(value)


def function(name: str, value: Any, accepted: str) -> Any:
    if not callable(value):
        raise TypeError(f"{name}: got {type(value).__name__}, accepted {accepted}")
    return value
