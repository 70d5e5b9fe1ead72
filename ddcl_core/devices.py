"""The device that work runs on, and generators of random numbers for it."""

from __future__ import annotations

import torch

ACCEPTED = "'auto', 'cpu', 'cuda', 'cuda:0', 'mps', …"


def resolve_device(device: str | torch.device) -> torch.device:
    """The device asked for; "auto" is CUDA where there is one, else Apple's MPS, else the CPU.

    Raises ValueError for a name that torch does not know and for a device that this machine does not have.
    """
    if not isinstance(device, str | torch.device):
        raise ValueError(f"device: got {type(device).__name__} {device!r}, accepted {ACCEPTED}")
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        found = torch.device(device)
    except RuntimeError:
        raise ValueError(f"device: got {device!r}, accepted {ACCEPTED}") from None
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not present.get(found.type, False):
        names = ", ".join(name for name, here in present.items() if here)
        raise ValueError(f"device: got {str(found)!r}, accepted what this machine has: {names}")
    if found.type == "cuda" and found.index is not None and found.index >= torch.cuda.device_count():
        raise ValueError(f"device: got {str(found)!r}, accepted an index below {torch.cuda.device_count()}")
    return found


def device_generator(seed: int, device: torch.device) -> torch.Generator:
    """A generator seeded with ``seed`` whose numbers are drawn on ``device``."""
    return torch.Generator(device=device).manual_seed(seed)
