"""The record as JSON text: canonical, so that equal records are equal texts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Line breaks inside texts are escaped, so that this finds nothing there.
_NUMBERS = re.compile(r"\[\n\s*(?:(?:-?\d[\d.eE+-]*|null),?\n\s*)+\]")


def render(record: Mapping[str, Any]) -> str:
    """`record` as JSON with two-space indentation, a list of numbers on one line, keys in the order of the record, and a
    final line break.

    Raises ValueError when the record holds a number that JSON has no form for (NaN, infinity), or a value that is no
    JSON at all.
    """
    try:
        text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
    except TypeError as error:
        raise ValueError(f"record: cannot be written as JSON: {error}") from error
    except ValueError as error:
        raise ValueError(f"record: cannot be written as JSON: {error}; accepted are finite numbers or null") from error
    return _NUMBERS.sub(lambda found: re.sub(r"\s+", " ", found[0]).replace("[ ", "[").replace(" ]", "]"), text) + "\n"
