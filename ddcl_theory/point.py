"""Points: exact values of the variables of a statement, as read from and written to JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Temperature:
    """The temperature T with e^{−1/T} = s, 0 ≤ s ≤ 1; s = 0 stands for T → 0 and s = 1 for T → ∞."""

    s: Fraction

    def __post_init__(self) -> None:
        if not 0 <= self.s <= 1:
            raise ValueError(f"s must lie in [0, 1], got {self.s}")

    def __float__(self) -> float:
        if self.s == 0:
            return 0.0
        return math.inf if self.s == 1 else -1.0 / math.log(self.s)


Value: TypeAlias = "Fraction | Temperature | tuple[Value, ...]"
Point: TypeAlias = "Mapping[str, Value]"


def exact(raw: Any) -> Value:
    """A value from ints, Fractions, strings such as "3/4", {"s": "1/2"}, floats (taken exactly) or nested sequences."""
    if isinstance(raw, Temperature):
        return raw
    if isinstance(raw, Mapping):
        if set(raw) != {"s"}:
            raise ValueError(f'a temperature is written {{"s": "1/2"}}, got {dict(raw)!r}')
        return Temperature(Fraction(raw["s"]))
    if isinstance(raw, (list, tuple)):
        return tuple(exact(r) for r in raw)
    if isinstance(raw, bool):
        raise ValueError("a value must be a number, got a boolean")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise ValueError(f"a value must be finite, got {raw}")
    try:
        return Fraction(raw)
    except (ValueError, TypeError, ZeroDivisionError) as error:
        raise ValueError(f"not an exact number: {raw!r}") from error


def point(**values: Any) -> dict[str, Value]:
    """A point from keyword arguments: `point(z=[0], p=[[0], [1], [1]], T={"s": "1/2"})`."""
    return {name: exact(raw) for name, raw in values.items()}


def to_json(value: Value) -> Any:
    if isinstance(value, Temperature):
        return {"s": str(value.s)}
    if isinstance(value, tuple):
        return [to_json(v) for v in value]
    return str(value)


def component(value: Value, index: tuple[int, ...]) -> Fraction | Temperature:
    for i in index:
        if not isinstance(value, tuple):
            raise ValueError(f"the value {value} has no component {index}")
        value = value[i]
    if isinstance(value, tuple):
        raise ValueError(f"the component {index} is not a number")
    return value


def scalars(value: Value) -> Iterator[Fraction]:
    """All rational entries, for measuring how simple a point is."""
    if isinstance(value, tuple):
        for v in value:
            yield from scalars(v)
    else:
        yield value.s if isinstance(value, Temperature) else value


def height(p: Point) -> int:
    """How complicated a point is: the sum of the sizes of its numerators and denominators."""
    return sum(
        abs(x.numerator).bit_length() + x.denominator.bit_length() - 1 + (x != 0)
        for value in p.values()
        for x in scalars(value)
    )
