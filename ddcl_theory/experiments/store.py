"""Finished cells on disk: one JSON file each, named by what the result depends on.

A file appears whole or not at all, so that a run that was killed goes on where it was.  A file that cannot be read, or
that is not the result of its cell, counts as absent, and the one who asks is told.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ddcl_theory.experiments.fingerprint import fingerprint
from ddcl_theory.experiments.index import load_block
from ddcl_theory.experiments.protocol import Block, Cell, Metrics, Plan, Results
from ddcl_theory.report.files import write_atomically


class Store:
    """The folder of finished cells; made when it is first written to.

    complain: told of each file that could not be used.
    """

    def __init__(self, folder: str | os.PathLike[str], complain: Callable[[str], None] = lambda text: None) -> None:
        self.folder = Path(folder)
        self.complain = complain
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(f"store: {os.fspath(folder)!r} is no folder; accepted is a folder or a new name")

    def path(self, cell: Cell) -> Path:
        """Where the result of the cell lies or would lie."""
        digest = cell.digest(fingerprint(load_block(cell.block)))
        return self.folder / cell.block / digest[:2] / f"{digest}.json"

    def read(self, cell: Cell) -> Metrics | None:
        """The metrics of the cell, None where it is not finished."""
        path = self.path(cell)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            self.complain(f"{path} cannot be read ({error}); its cell runs again")
            return None
        try:
            row = json.loads(text, parse_constant=_refuse)
            if row["cell"] != cell.as_json() or not isinstance(row["metrics"], dict):
                raise ValueError("it holds another cell")
        except (ValueError, KeyError, TypeError) as error:
            self.complain(f"{path} is damaged ({error}); its cell runs again")
            return None
        metrics: Metrics = row["metrics"]
        return metrics

    def write(self, cell: Cell, metrics: Metrics, seconds: float) -> None:
        """Keep the result; ValueError where the folder cannot be written to or a metric is no JSON value."""
        check_metrics(metrics)
        path = self.path(cell)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"store: {str(self.folder)!r} cannot be written to: {error.strerror}") from error
        row = {"cell": cell.as_json(), "seconds": round(seconds, 4), "metrics": metrics}
        write_atomically(path, json.dumps(row, sort_keys=True, allow_nan=False) + "\n")

    def results(self, block: Block, plan: Plan) -> Results:
        """What is finished of the plan."""
        found = {cell: self.read(cell) for cell in block.cells(plan)}
        return Results(block.grid, {cell: m for cell, m in found.items() if m is not None})


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def check_metrics(metrics: Any) -> None:
    """ValueError unless the metrics are a dict of finite numbers, booleans, strings, None and lists of these."""
    if not isinstance(metrics, dict) or not all(isinstance(name, str) for name in metrics):
        raise ValueError(f"metrics: got {type(metrics).__name__}, accepted a dict with names as keys")
    for name, value in metrics.items():
        _check_value(name, value)


def _check_value(name: str, value: Any) -> None:
    if isinstance(value, list):
        for entry in value:
            _check_value(name, entry)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"metrics: {name} is {value}, accepted are finite numbers, and None for what has no value")
    elif value is not None and not isinstance(value, bool | int | float | str):
        raise ValueError(f"metrics: {name} is a {type(value).__name__}, accepted are numbers, text, None and lists")
