"""The rows of an experiment's prediction by setting, as the report shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]


def by_setting(found: Row) -> list[dict[str, Any]]:
    """One item a setting: what of it is not central, its least supported row, how many of its rows support the prediction
    and where the least supported one is (both empty where the sentence says "every" of nothing)."""
    members: dict[tuple[Any, ...], list[Row]] = {}
    for row in found["settings"]:
        kept = tuple((n, v) for n, v in row["setting"].items() if n not in found["throughout"])
        members.setdefault(kept, []).append(row)
    centre = found["central"].items()
    return [
        _item({n: v for n, v in setting if (n, v) not in centre}, rows, found["throughout"])
        for setting, rows in members.items()
    ]


def _item(setting: dict[str, Any], rows: list[Row], throughout: list[str]) -> dict[str, Any]:
    least = max(rows, key=_doubt)
    if not throughout:
        return {"setting": setting, "least": least, "held": "", "at": {}}
    held = sum(row["supported"] is True for row in rows)
    at = {name: value for name, value in least["setting"].items() if name in throughout}
    return {"setting": setting, "least": least, "held": f"{held} of {len(rows)}", "at": at}


def _doubt(row: Row) -> tuple[int, float]:
    """Grows the less a row supports the prediction: not, undecided, supported; then by p-value or by failed replicates."""
    answer = {False: 2, None: 1, True: 0}[row["supported"]]
    return answer, row["p"] if row["p"] is not None else 1 - (row["mean"] or 0.0)
