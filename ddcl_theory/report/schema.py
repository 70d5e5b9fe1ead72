"""Is a record well formed?  The JSON schema, and what a JSON schema cannot say.

`schema.json` fixes names and types.  Beyond it a record must have claim, reading and part ids that are unique,
exactly one reading marked `as_printed` in a claim that has readings, as many cells in a row of a table as it has columns,
counts of twins and neighbours that do not exceed their totals, finite numbers, and no claim that rests on itself through
`uses`.  Whether the verdicts follow from the evidence is not asked here: that is the business of the replay.  Records that
were written before a member that is not required are well formed without it.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

SCHEMA_ID = "ddcl-verify/1"
ROOT = "record"


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of the record."""
    text = resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@functools.cache
def _validator() -> Any:
    # jsonschema costs a fifth of a second: only those who validate pay for it.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def validate(record: Any) -> None:
    """Raise a ValueError that names the first wrong place of `record`; return nothing when it is well formed.

    The error names the place as a path such as `record.claims[0].readings[1].verdict`, the value found there and what
    is accepted.
    """
    _require_finite(record, ROOT)
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(record))
    if error is not None:
        raise ValueError(f"{_path(error.absolute_path)}: {_shorten(error.message)}")
    _require_unique(ROOT + ".claims", [claim["id"] for claim in record["claims"]])
    for c, claim in enumerate(record["claims"]):
        _validate_claim(f"{ROOT}.claims[{c}]", claim)
    for counts, hit in ((record["teeth"]["twins"], "killed"), (record["teeth"]["neighbours"], "spared")):
        if counts[hit] > counts["total"]:
            raise ValueError(f"{ROOT}.teeth: {hit} is {counts[hit]}, which exceeds the total {counts['total']}")
    circle = find_circle({claim["id"]: claim["uses"] for claim in record["claims"]})
    if circle:
        raise ValueError(f"{ROOT}.claims: uses must not run in a circle, found {' -> '.join(circle)}")


def _validate_claim(place: str, claim: Mapping[str, Any]) -> None:
    readings = claim["readings"]
    _require_unique(place + ".readings", [reading["id"] for reading in readings])
    _require_unique(place + ".figures", [figure["id"] for figure in claim["figures"]])
    tables = claim.get("tables", ())
    _require_unique(place + ".tables", [table["id"] for table in tables])
    for t, table in enumerate(tables):
        for r, row in enumerate(table["rows"]):
            if len(row) != len(table["columns"]):
                raise ValueError(
                    f"{place}.tables[{t}].rows[{r}]: {len(row)} cells, accepted as many as columns, {len(table['columns'])}"
                )
    printed = [reading["id"] for reading in readings if reading["as_printed"]]
    if readings and len(printed) != 1:
        raise ValueError(f"{place}.readings: exactly one reading is as_printed, found {printed}")
    for r, reading in enumerate(readings):
        _require_unique(f"{place}.readings[{r}].parts", [part["id"] for part in reading["parts"]])


def find_circle(uses: Mapping[str, Sequence[str]]) -> list[str]:
    """A path `[a, …, a]` along `uses`, or an empty list when there is none.  Iterative, so that depth is no limit."""
    done: set[str] = set()
    for start in uses:
        trail = [start]
        pending = [iter(uses[start])] if start not in done else []
        while pending:
            follower = next(pending[-1], None)
            if follower is None:
                done.add(trail.pop())
                pending.pop()
            elif follower in trail:
                return [*trail[trail.index(follower) :], follower]
            elif follower in uses and follower not in done:
                trail.append(follower)
                pending.append(iter(uses[follower]))
    return []


def _require_unique(place: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise ValueError(f"{place}: ids must be unique, found {name!r} twice")
        seen.add(name)


def _require_finite(value: Any, place: str) -> None:
    for where, leaf in _leaves(value, place):
        if isinstance(leaf, float) and not math.isfinite(leaf):
            raise ValueError(f"{where}: numbers must be finite (null stands for not measured), found {leaf}")


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    pending = [(place, value)]
    while pending:
        where, item = pending.pop()
        if isinstance(item, Mapping):
            pending.extend((f"{where}.{key}", inner) for key, inner in item.items())
        elif isinstance(item, list | tuple):
            pending.extend((f"{where}[{index}]", inner) for index, inner in enumerate(item))
        else:
            yield where, item


def _path(steps: Iterable[str | int]) -> str:
    return ROOT + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _shorten(message: str, limit: int = 300) -> str:
    line = " ".join(message.split())
    return line if len(line) <= limit else f"{line[: limit // 2]} … {line[-limit // 2 :]}"
