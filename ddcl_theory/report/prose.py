"""Sentences made of words and formulas, and how the points and numbers of a record are written in them.

A formula stays LaTeX until a renderer writes it, so that text and page say the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ddcl_theory.symbols import symbol


@dataclass(frozen=True)
class Formula:
    latex: str


Prose = tuple[str | Formula, ...]

#: A rational with more characters than this is shown as a decimal.
LONG = 16
_ENCLOSURE = re.compile(r"\[(?P<middle>[^\s\]]*) ?\+/- (?P<radius>[^\]]+)\]")


def listed(items: Sequence[str | Formula], last: str = " and ") -> Prose:
    """The items with commas, and `last` before the last one."""
    gaps = [", "] * (len(items) - 2) + [last]
    return tuple(x for item, gap in zip(items, [*gaps[: len(items) - 1], ""], strict=True) for x in (item, gap) if x)


def sentence(text: str) -> str:
    """`text` with a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".") if text else text


def clause(text: str) -> str:
    """`text` without its full stop, to stand inside a sentence."""
    return text.strip().rstrip(".")


def coordinates(point: Mapping[str, Any], symbols: Mapping[str, str]) -> Prose:
    """A point as equations, one a variable or a row of a matrix; rows that are alike share one.

    Symbols are formulas and values are words, since no line ends inside a formula.
    symbols: LaTeX of variables whose name does not tell it.
    """
    equations = [pair for name, value in point.items() for pair in _equations(name, value, symbols)]
    return tuple(x for pair in equations for x in (*pair, ", "))[:-1]


def _equations(name: str, value: Any, symbols: Mapping[str, str]) -> Iterator[Prose]:
    def written(*indices: int) -> str:
        if name not in symbols:
            return symbol(name, *indices)
        return f"({symbols[name]})_{{{','.join(map(str, indices))}}}" if indices else symbols[name]

    if isinstance(value, Mapping):
        yield _temperature(written(), value["s"])
    elif isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        places: dict[str, list[str]] = {}
        for index, row in enumerate(value, 1):
            places.setdefault(_tuple(row), []).append(written(index))
        for row, names in places.items():
            yield Formula(" = ".join(names)), f" = {row}"
    else:
        yield Formula(written()), f" = {_tuple(value)}"


def _temperature(name: str, boltzmann: str) -> Prose:
    """A temperature is recorded by s = e^(−1/T): 0 and 1 are its limits."""
    limit = {"0": "0", "1": r"\infty"}.get(boltzmann)
    if limit is not None:
        return (Formula(rf"{name} \to {limit}"),)
    return Formula(rf"e^{{-1/{name}}}"), f" = {boltzmann}"


def _tuple(value: Any) -> str:
    if not isinstance(value, list):
        return str(value["s"] if isinstance(value, Mapping) else value).replace("-", "−")
    return _tuple(value[0]) if len(value) == 1 else f"({', '.join(map(_tuple, value))})"


#: What the numbers of a relation must be, and when one of them is not.
WANTED = {"ge0": "at least 0", "gt0": "above 0", "eq0": "0", "ne0": "other than 0"}
_VIOLATES = {
    "ge0": lambda v: v < 0,
    "gt0": lambda v: v <= 0,
    "eq0": lambda v: v != 0,
    "ne0": lambda v: v == 0,
}


def violation(op: str, value: str) -> Prose | None:
    """What a relation demands and the number that violates it most; None where its value is no list of numbers."""
    if op == "any":
        return (
            f"none of the alternatives that it allows is met there, with {value.replace('-', '−').replace(';', ' and')}",
        )
    numbers = [number(text) for text in re.split(r"\s*[;,]\s*(?![^\[]*\])", value)]
    if op not in WANTED or not all(n is not None for n in numbers):
        return None
    known = [n for n in numbers if n is not None]
    against = [n for n in known if _VIOLATES[op](n[0])]
    if not against:
        return None
    worst = max(against, key=lambda n: abs(n[0]))
    lead = "the number that" if len(known) == 1 else f"one of the {len(known)} numbers that"
    return (f"{lead} must be {WANTED[op]} is ", worst[1], " there")


def number(text: str) -> tuple[float, str] | None:
    """The value and how it is written: a short rational as it is, an enclosure or a long rational rounded."""
    enclosed = _ENCLOSURE.fullmatch(text.strip())
    try:
        if enclosed is not None:
            value = float(enclosed["middle"] or 0)
            return value, f"about {rounded(value)}"
        exact = Fraction(text.strip())
    except ValueError:
        return None
    if len(text.strip()) <= LONG:
        return float(exact), text.strip().replace("-", "−")
    return float(exact), f"about {rounded(float(exact))}"


def rounded(value: float) -> str:
    """Four significant digits, with a true minus sign."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    digits = 3 - math.floor(math.log10(abs(value)))
    text = f"{value:.{digits}f}" if 0 <= digits <= 9 else f"{value:.3e}"
    if "e" not in text and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")
