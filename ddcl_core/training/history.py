"""What happened in training: named columns of numbers, a row for each epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class History:
    """Plain columns: ``history["total"]`` is a list of floats, ``history.columns`` all of them.

    A row that lacks a column, or brings a new one, leaves NaN in its place.
    """

    def __init__(self, columns: Mapping[str, Sequence[float]] | None = None) -> None:
        """Start from columns of equal length, or from none."""
        self.columns: dict[str, list[float]] = {
            name: [float(value) for value in values] for name, values in (columns or {}).items()
        }
        lengths = {len(values) for values in self.columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"columns: got lengths {sorted(lengths)}, accepted columns of one length")

    def append(self, row: Mapping[str, float]) -> None:
        """Add a row."""
        length = len(self)
        for name in row:
            self.columns.setdefault(name, [math.nan] * length)
        for name, values in self.columns.items():
            values.append(float(row.get(name, math.nan)))

    def rows(self) -> Iterator[dict[str, float]]:
        """The rows as dictionaries, in order."""
        for values in zip(*self.columns.values(), strict=True):
            yield dict(zip(self.columns, values, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """A copy of the columns."""
        return {name: list(values) for name, values in self.columns.items()}

    def __getitem__(self, name: str) -> list[float]:
        if name not in self.columns:
            raise KeyError(f"{name!r} is no column; there are {', '.join(self.columns) or 'none'}")
        return self.columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __len__(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values()), []))

    def __repr__(self) -> str:
        return f"History({len(self)} rows of {', '.join(self.columns)})"
