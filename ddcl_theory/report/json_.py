"""The record as JSON text: canonical, so that equal records are equal texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def render(record: Mapping[str, Any]) -> str:
    """`record` as JSON with two-space indentation, keys in the order of the record, and a final line break.

    Raises ValueError when the record holds a number that JSON has no form for (NaN, infinity), or a value that is no
    JSON at all.
    """
    try:
        return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    except TypeError as error:
        raise ValueError(f"record: cannot be written as JSON: {error}") from error
    except ValueError as error:
        raise ValueError(f"record: cannot be written as JSON: {error}; accepted are finite numbers or null") from error
