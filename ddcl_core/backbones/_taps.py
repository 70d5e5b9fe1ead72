"""Reading what passes inside a module: recording the input or output of its submodules during one call.

The hooks are module-level functions without state, and what they record goes to readings that live for one call and
belong to the thread (context) that makes it. Hence a module with hooks copies, pickles and runs in several threads
like any other, and outside a recorded call the hooks do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_choice

LAYOUTS = ("channels_first", "channels_last")
POINTS = ("output", "pool", "penultimate")


class Tap(NamedTuple):
    """A submodule's dotted name ("" is the module itself), the side that is read ("input" or "output"), and the name
    of the argument that asked for it, for errors."""

    name: str
    side: str
    argument: str


class Call(NamedTuple):
    """One call of a submodule: ``axes`` is the number of axes of its output, 0 if that is no tensor."""

    name: str
    module: nn.Module
    axes: int


class Reading:
    """What passes one side of one submodule during one call, as features (b, c)."""

    def __init__(self, target: nn.Module, tap: Tap, layout: str) -> None:
        self.target = target
        self.tap = tap
        self.layout = layout
        self.features: Tensor | None = None


_READINGS: ContextVar[tuple[Reading, ...]] = ContextVar("ddcl_core_backbones_readings", default=())


def _keep(module: nn.Module, side: str, value: Any) -> None:
    for reading in _READINGS.get():
        if reading.target is module and reading.tap.side == side:
            # At once, for the next submodule may overwrite the value in place.
            reading.features = averaged(value, reading.layout, reading.tap)


def _keep_input(module: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    _keep(module, "input", args[0] if args else next(iter(kwargs.values()), None))


def _keep_output(module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
    _keep(module, "output", output)


def install(module: nn.Module, tap: Tap) -> nn.Module:
    """The submodule that ``tap`` names, with the hook for its side registered once."""
    target = module.get_submodule(tap.name)
    if tap.side == "input":
        if _keep_input not in target._forward_pre_hooks.values():
            target.register_forward_pre_hook(_keep_input, with_kwargs=True)
    elif _keep_output not in target._forward_hooks.values():
        target.register_forward_hook(_keep_output)
    return target


def record(
    module: nn.Module, taps: Sequence[Tap], layout: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> list[Tensor]:
    """Call the module; features (b, c) at each tap, of the last call where a submodule is called repeatedly."""
    readings = [Reading(install(module, tap), tap, layout) for tap in taps]
    token = _READINGS.set((*_READINGS.get(), *readings))
    try:
        module(*args, **kwargs)
    finally:
        _READINGS.reset(token)
    features = []
    for reading in readings:
        if reading.features is None:
            raise ValueError(
                f"{reading.tap.argument}: got {reading.tap.name!r}, "
                "accepted a submodule that the module calls on this input"
            )
        features.append(reading.features)
    return features


@contextmanager
def at_rest(module: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradient; every submodule's own mode is put back at the end."""
    modes = {part: part.training for part in module.modules()}
    try:
        module.eval()
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes.items():
            part.training = mode


def dry_run(module: nn.Module, example: Any) -> list[Call]:
    """Calls of all submodules on ``example``, in the order in which they return; the module is left as it was."""
    calls: list[Call] = []
    names = {part: name for name, part in module.named_modules()}

    def note(part: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        calls.append(Call(names[part], part, output.dim() if isinstance(output, Tensor) else 0))

    handles = [part.register_forward_hook(note) for part in names]
    try:
        with at_rest(module):
            module(*as_arguments(example))
    finally:
        for handle in handles:
            handle.remove()
    return calls


def width(module: nn.Module, tap: Tap, example: Any, layout: str) -> int:
    """Number of features at ``tap``, found by a call on ``example`` that leaves the module as it was."""
    with at_rest(module):
        (features,) = record(module, [tap], layout, as_arguments(example), {})
    return features.shape[1]


def as_arguments(example: Any) -> tuple[Any, ...]:
    """``example`` as positional arguments."""
    return example if isinstance(example, tuple) else (example,)


def locate(
    module: nn.Module, at: str, calls: Sequence[Call], argument: str = "at", words: Sequence[str] = POINTS
) -> Tap:
    """The tap that ``at`` means in a module whose calls are ``calls``; ``words`` are listed in errors beside names."""
    if at == "output":
        return Tap("", "output", argument)
    if at == "penultimate":
        linear = [call.name for call in calls if isinstance(call.module, nn.Linear)]
        if not linear:
            raise ValueError(f"{argument}: got 'penultimate', accepted for a module that calls an nn.Linear")
        return Tap(linear[-1], "input", argument)
    if at == "pool":
        maps = [call.name for call in calls if call.axes >= 4]
        if not maps:
            raise ValueError(f"{argument}: got 'pool', accepted for a module with a feature map (b, c, height, width)")
        return Tap(maps[-1], "output", argument)
    names = [name for name, _ in module.named_modules(remove_duplicate=False) if name]
    check_choice(argument, at, [*words, *names])
    return Tap(at, "output", argument)


def averaged(value: Any, layout: str, tap: Tap) -> Tensor:
    """A copy of vectors (b, c); the mean over the positions of maps (b, c, ...) or, channels last, (b, ..., c)."""
    if not isinstance(value, Tensor) or not value.is_floating_point() or value.dim() < 2:
        got = f"{value.dtype} of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(
            f"{tap.argument}: got {got} at {tap.name!r}, accepted a point with a floating tensor of at least 2 axes"
        )
    if value.dim() == 2:
        return value.clone()
    return value.flatten(2).mean(-1) if layout == "channels_first" else value.flatten(1, -2).mean(1)
