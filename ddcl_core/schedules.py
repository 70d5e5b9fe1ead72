"""Schedules of training: what temperature, learning-rate ratio and regularisers hold at an epoch (DDCL, §8.4).

A schedule is a sequence of phases; in a phase every quantity is a :class:`Ramp`. All objects are immutable and turn
into plain dictionaries and back. This module needs neither torch nor numpy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from numbers import Real
from typing import Any, NamedTuple

SHAPES = ("linear", "geometric", "cosine")
ASSIGNMENTS = ("full", "stopped")
RAMPS = ("temperature", "rate_ratio", "balance", "entropy", "separation", "weight")


class Setting(NamedTuple):
    """What holds at one moment of training. None leaves the loss's own switch or coefficient in place.

    ``temperature`` is in the unit of a squared distance; ``rate_ratio`` is the backbone's learning rate divided by
    that of the prototypes, eta_theta / eta_P of Corollary 5.
    """

    temperature: float
    rate_ratio: float = 1.0
    assignments: str | None = None
    balance: float | None = None
    entropy: float | None = None
    separation: float | None = None
    weight: float | None = None


@dataclass(frozen=True)
class Ramp:
    """A quantity that goes from ``start`` to ``end`` over a phase.

    With x from 0 to 1: "linear" start + x (end - start); "geometric" start (end/start)^x, both above 0; "cosine"
    end + (start - end) (1 + cos(pi x)) / 2, which is level at both ends.
    """

    start: float
    end: float
    shape: str = "linear"

    def __post_init__(self) -> None:
        """Check the ends and the shape."""
        _check_choice("shape", self.shape, SHAPES)
        for name in ("start", "end"):
            number = _check_number(name, getattr(self, name))
            if self.shape == "geometric" and number <= 0:
                raise ValueError(f"{name}: got {number!r}, accepted a number above 0 for a geometric ramp")
            object.__setattr__(self, name, number)

    def at(self, x: float) -> float:
        """The value at the part x of the phase, held at its ends outside 0 to 1."""
        if x <= 0 or self.start == self.end:
            return self.start
        if x >= 1:
            return self.end
        if self.shape == "linear":
            return self.start + x * (self.end - self.start)
        if self.shape == "geometric":
            return self.start * (self.end / self.start) ** x
        return self.end + (self.start - self.end) * (1 + math.cos(math.pi * x)) / 2

    def __str__(self) -> str:
        return f"{self.start:g}" if self.start == self.end else f"{self.start:g} → {self.end:g} ({self.shape})"


def hold(value: float) -> Ramp:
    """A ramp that stays at ``value``."""
    return Ramp(value, value)


@dataclass(frozen=True)
class Phase:
    """A stretch of ``epochs`` (above 0, fractions allowed, infinity only for the last one).

    ``temperature`` is above 0 and ``rate_ratio``, ``balance``, ``separation`` and ``weight`` at least 0; a number
    stands for a ramp that stays there. None, and ``assignments=None``, leave the loss's own value.
    """

    name: str
    epochs: float
    _: KW_ONLY
    temperature: Ramp | float
    rate_ratio: Ramp | float = 1.0
    assignments: str | None = None
    balance: Ramp | float | None = None
    entropy: Ramp | float | None = None
    separation: Ramp | float | None = None
    weight: Ramp | float | None = None

    def __post_init__(self) -> None:
        """Check the phase and turn numbers into ramps."""
        if isinstance(self.epochs, bool) or not isinstance(self.epochs, Real) or not self.epochs > 0:
            raise ValueError(f"epochs: got {self.epochs!r}, accepted a number above 0")
        if self.assignments is not None:
            _check_choice("assignments", self.assignments, ASSIGNMENTS)
        for name in RAMPS:
            value = getattr(self, name)
            if value is None and name not in ("temperature", "rate_ratio"):
                continue
            ramp = value if isinstance(value, Ramp) else hold(_check_number(name, value))
            _check_range(name, ramp)
            if self.epochs == math.inf and ramp.start != ramp.end:
                raise ValueError(f"{name}: got a ramp in a phase without end, accepted a number")
            object.__setattr__(self, name, ramp)

    def at(self, x: float) -> Setting:
        """The setting at the part x of the phase."""
        values: dict[str, Any] = {name: None if (ramp := getattr(self, name)) is None else ramp.at(x) for name in RAMPS}
        return Setting(assignments=self.assignments, **values)


@dataclass(frozen=True)
class Schedule:
    """Phases one after the other, at least one; after the last its final values hold."""

    phases: tuple[Phase, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        """Check the sequence."""
        object.__setattr__(self, "phases", tuple(self.phases))
        if not self.phases or not all(isinstance(phase, Phase) for phase in self.phases):
            raise ValueError(f"phases: got {self.phases!r}, accepted at least one Phase")
        for phase in self.phases[:-1]:
            if phase.epochs == math.inf:
                raise ValueError(
                    f"phases: got {phase.name!r} without end before another, accepted that only at the end"
                )

    @property
    def epochs(self) -> float:
        """The length of all phases together."""
        return sum(phase.epochs for phase in self.phases)

    def phase_at(self, epoch: float) -> Phase:
        """The phase that ``epoch`` (at least 0) falls in; a boundary belongs to the later phase."""
        return self._locate(epoch)[0]

    def at(self, epoch: float) -> Setting:
        """The setting at ``epoch``, counted from 0; fractions are positions within an epoch."""
        phase, x = self._locate(epoch)
        return phase.at(x)

    def _locate(self, epoch: float) -> tuple[Phase, float]:
        number = _check_number("epoch", epoch)
        if number < 0:
            raise ValueError(f"epoch: got {epoch!r}, accepted a number of at least 0")
        begin = 0.0
        for phase in self.phases[:-1]:
            if number < begin + phase.epochs:
                return phase, (number - begin) / phase.epochs
            begin += phase.epochs
        last = self.phases[-1]
        return last, min(1.0, (number - begin) / last.epochs)

    def to_dict(self) -> dict[str, Any]:
        """A dictionary that JSON can hold; ``epochs`` is None for a phase without end."""
        return {"phases": [_phase_to_dict(phase) for phase in self.phases]}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Schedule:
        """The schedule that :meth:`to_dict` described; ValueError for anything else."""
        phases = content.get("phases") if isinstance(content, Mapping) else None
        if not isinstance(phases, Sequence) or isinstance(phases, str):
            raise ValueError(f"content: got {content!r}, accepted a dictionary with a list of phases")
        return cls(tuple(_phase_from_dict(phase) for phase in phases))

    def describe(self) -> str:
        """A table with one line for each phase."""
        names = ("epochs", "phase", "temperature", "rate ratio", "q", *RAMPS[2:])
        rows = [list(names)]
        begin = 0.0
        for phase in self.phases:
            end = begin + phase.epochs
            span = f"{begin:g} – {end:g}" if end < math.inf else f"{begin:g} –"
            regularisers = (getattr(phase, name) for name in RAMPS[2:])
            cells = [span, phase.name, str(phase.temperature), str(phase.rate_ratio), phase.assignments or "·"]
            rows.append(cells + ["·" if ramp is None else str(ramp) for ramp in regularisers])
            begin = end
        kept = [column for column in zip(*rows, strict=True) if set(column[1:]) != {"·"}]
        widths = [max(map(len, column)) for column in kept]
        lines = zip(*kept, strict=True)
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def constant(temperature: float, *, rate_ratio: float = 1.0, **values: Any) -> Schedule:
    """A schedule without phases: the same setting at every epoch. ``values`` are further fields of :class:`Phase`."""
    return Schedule((Phase("constant", math.inf, temperature=temperature, rate_ratio=rate_ratio, **values),))


def annealing(epochs: float, temperature: tuple[float, float], *, shape: str = "geometric", **values: Any) -> Schedule:
    """One phase in which T goes from the first to the second of ``temperature``; see :class:`Phase` for ``values``."""
    return Schedule((Phase("annealing", epochs, temperature=_ramp("temperature", temperature, shape), **values),))


def four_phases(
    epochs: float,
    *,
    temperature: tuple[float, float],
    rate_ratio: tuple[float, float, float] = (0.1, 0.5, 0.1),
    shares: tuple[float, float, float, float] = (0.2, 0.2, 0.4, 0.2),
    shape: str = "geometric",
    balance: float | None = None,
    entropy: float | None = None,
    separation: float | None = None,
    weight: float | None = None,
) -> Schedule:
    """The four phases of §8.4 over ``epochs``.

    1. warm-up: T hot, the backbone slow (first ``rate_ratio``), q stopped, ``balance`` and ``entropy`` in force;
    2. stabilisation: the ratio rises to its second value; q stays stopped;
    3. sharpening: T falls from hot to cold along ``shape``, q is released, and ``entropy``, which would hold the
       assignments soft, fades to 0;
    4. refinement: T cold, the ratio falls to its third value.
    ``separation`` grows from 0 over the first two phases, ahead of the cooling that makes it useful (Corollary 4);
    ``balance`` and ``weight`` stay. None leaves the loss's own coefficient. ``temperature`` is (hot, cold);
    ``shares`` of the epochs are above 0 and are divided by their sum. Temperatures fit one set of features only, hence
    T has no default; a hot T above the critical temperature (:func:`ddcl_core.monitors.critical_temperature`) merges
    the prototypes.
    """
    parts = _numbers("shares", shares, 4)
    hot, cold = _numbers("temperature", temperature, 2)
    slow, fast, late = _numbers("rate_ratio", rate_ratio, 3)
    if min(parts) <= 0:
        raise ValueError(f"shares: got {shares!r}, accepted four numbers above 0")
    lengths = [_check_number("epochs", epochs) * part / sum(parts) for part in parts]
    first, second = (
        (None, None)
        if separation is None
        else (Ramp(0.0, grown := separation * parts[0] / (parts[0] + parts[1])), Ramp(grown, separation))
    )
    fading = None if entropy is None else Ramp(entropy, 0.0)
    kept = {"balance": balance, "weight": weight}
    return Schedule(
        (
            Phase(
                "warm-up",
                lengths[0],
                temperature=hot,
                rate_ratio=slow,
                assignments="stopped",
                entropy=entropy,
                separation=first,
                **kept,
            ),
            Phase(
                "stabilisation",
                lengths[1],
                temperature=hot,
                rate_ratio=Ramp(slow, fast),
                assignments="stopped",
                entropy=entropy,
                separation=second,
                **kept,
            ),
            Phase(
                "sharpening",
                lengths[2],
                temperature=_ramp("temperature", (hot, cold), shape),
                rate_ratio=fast,
                assignments="full",
                entropy=fading,
                separation=separation,
                **kept,
            ),
            Phase(
                "refinement",
                lengths[3],
                temperature=cold,
                rate_ratio=Ramp(fast, late),
                assignments="full",
                entropy=None if entropy is None else 0.0,
                separation=separation,
                **kept,
            ),
        )
    )


def _phase_to_dict(phase: Phase) -> dict[str, Any]:
    epochs = None if phase.epochs == math.inf else phase.epochs
    content: dict[str, Any] = {"name": phase.name, "epochs": epochs, "assignments": phase.assignments}
    for name in RAMPS:
        ramp = getattr(phase, name)
        content[name] = None if ramp is None else {"start": ramp.start, "end": ramp.end, "shape": ramp.shape}
    return content


def _phase_from_dict(content: Any) -> Phase:
    accepted = {item.name for item in fields(Phase)} - {"_"}
    if not isinstance(content, Mapping) or not {"name", "epochs", "temperature"} <= set(content) <= accepted:
        raise ValueError(f"phases: got {content!r}, accepted dictionaries with fields of Phase")
    values = dict(content)
    if values["epochs"] is None:
        values["epochs"] = math.inf
    for name in RAMPS:
        if isinstance(values.get(name), Mapping):
            if not {"start", "end"} <= set(values[name]) <= {"start", "end", "shape"}:
                raise ValueError(f"{name}: got {values[name]!r}, accepted start, end and shape")
            values[name] = Ramp(**values[name])
    return Phase(**values)


def _ramp(name: str, ends: tuple[float, float], shape: str) -> Ramp:
    start, end = _numbers(name, ends, 2)
    return Ramp(start, end, shape)


def _numbers(name: str, values: Sequence[float], count: int) -> list[float]:
    if isinstance(values, (Real, str)) or len(values) != count:
        raise ValueError(f"{name}: got {values!r}, accepted {count} numbers")
    return [_check_number(name, value) for value in values]


def _check_range(name: str, ramp: Ramp) -> None:
    low = min(ramp.start, ramp.end)
    if name == "temperature" and low <= 0:
        raise ValueError(f"{name}: got {low!r}, accepted a number above 0")
    if name != "entropy" and low < 0:
        raise ValueError(f"{name}: got {low!r}, accepted a number of at least 0")


def _check_number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"{name}: got {value!r}, accepted a finite number")
    return float(value)


def _check_choice(name: str, value: Any, accepted: Sequence[str]) -> None:
    if value not in accepted:
        raise ValueError(f"{name}: got {value!r}, accepted {', '.join(map(repr, accepted))}")
