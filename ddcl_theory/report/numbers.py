"""Numbers and times as a reader wants them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def measured(value: float | None) -> str:
    """Three significant digits, with a true minus sign; "–" when nothing was measured."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if -3 <= size < 6:
        text = f"{value:.{max(0, 2 - size)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa, exponent = f"{value:.2e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return text.replace("-", "−")


def scored(mean: float, sd: float | None) -> str:
    """A score with its standard deviation, both with three decimals, from 10 on with one."""
    decimals = 1 if abs(mean) >= 10 else 3
    text = f"{mean:.{decimals}f}" + (f" ± {sd:.{decimals}f}" if sd is not None else "")
    return text.replace("-", "−").replace("−0.000", "0.000")


def cell(value: Any) -> str:
    """A cell of a table of scores: a text, a count, a score, or "–" where there is none."""
    if value is None:
        return "–"
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else counted(value)
    text = scored(value["mean"], value["sd"])
    remarks = [f"n = {value['n']}"] if "n" in value else []
    remarks += ["secondary source"] if value.get("secondary") else []
    return f"{text} ({', '.join(remarks)})" if remarks else text


def counted(value: int) -> str:
    """An integer in groups of three digits, set apart by narrow no-break spaces (from 10 000 on)."""
    return str(value) if abs(value) < 10_000 else f"{value:,}".replace(",", "\u202f")


def lasted(seconds: float) -> str:
    """A duration in seconds as "0.012 s", "3.4 s", "2 min 05 s" or "3 h 07 min", with no-break spaces."""
    whole, minutes = round(seconds), round(seconds / 60)
    if seconds < 0.0005:
        text = "0 s" if seconds == 0 else "< 1 ms"
    elif seconds < 59.95:
        text = f"{seconds:.{3 if seconds < 0.0995 else 2 if seconds < 9.95 else 1}f} s"
    elif whole < 3600:
        text = f"{whole // 60} min {whole % 60:02d} s"
    else:
        text = f"{minutes // 60} h {minutes % 60:02d} min"
    return text.replace(" ", "\u00a0")


def chance(bound: float | None) -> str:
    """The 95 % bound on the chance that the next independent case refutes."""
    return "–" if bound is None else f"≤ {measured(bound)}"
