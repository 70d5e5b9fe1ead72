"""Checks, seeded initialisation and the registry of activations, shared by the backbones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_choice, check_count, check_floating, check_real, check_same_kind

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Initialise the modules built inside from ``seed``, on the CPU, and put torch's global generator back as it was."""
    check_count("seed", seed, minimum=0)
    with torch.random.fork_rng(devices=[]), torch.device("cpu"):
        torch.default_generator.manual_seed(seed)
        yield


def activation_module(name: str) -> nn.Module:
    """The activation called ``name``."""
    check_choice("activation", name, tuple(ACTIVATIONS))
    return ACTIVATIONS[name]()


def check_rate(name: str, value: float) -> float:
    """Return ``value`` as a float; raise ValueError unless it is in [0, 1)."""
    number = check_real(name, value, minimum=0.0)
    if number >= 1:
        raise ValueError(f"{name}: got {value!r}, accepted a number in [0, 1)")
    return number


def check_sizes(name: str, sizes: Sequence[int], *, minimum: int) -> tuple[int, ...]:
    """Return ``sizes`` as a tuple; raise ValueError unless it holds at least ``minimum`` positive integers."""
    if isinstance(sizes, str) or not isinstance(sizes, Sequence) or len(sizes) < minimum:
        raise ValueError(f"{name}: got {sizes!r}, accepted a sequence of at least {minimum} positive integers")
    return tuple(check_count(f"{name}[{position}]", size) for position, size in enumerate(sizes))


def check_input(x: Tensor, accepted: Sequence[int | str], module: nn.Module, name: str = "x") -> None:
    """Check a floating tensor against axes given by size, or by a letter where any size will do.

    It must have the dtype and device of the module's parameters (under autocast torch chooses the dtypes), and more
    than one sample where batch normalisation is about to take statistics of it.
    """
    check_floating(name, x, 1)
    fits = x.dim() == len(accepted) and all(
        isinstance(size, str) or size == actual for size, actual in zip(accepted, x.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name}: got shape {tuple(x.shape)}, accepted ({', '.join(map(str, accepted))})")
    parameter = next(module.parameters(), None)
    if parameter is not None and not torch.is_autocast_enabled(x.device.type):
        check_same_kind(name, x, "the parameters", parameter)
    if x.shape[0] == 1 and any(isinstance(part, BATCH_NORMS) and part.training for part in module.modules()):
        raise ValueError(
            f"{name}: got a batch of 1 in training mode, accepted at least 2 samples: "
            "batch normalisation has no statistics of a single one (call .eval() first, or use another norm)"
        )
