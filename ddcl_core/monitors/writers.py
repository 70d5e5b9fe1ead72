"""Where rows of measurements go: a CSV file or TensorBoard."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class Writer(Protocol):
    """Takes rows of numbers; every row has a "step", and steps grow."""

    def write(self, row: Mapping[str, float]) -> None:
        """Keep one row."""
        ...


class CSVWriter:
    """A CSV file with a header and a row for each call, on the disk's side of the process after each.

    The first row written by this object removes the rows of the file that are not before it: those that an interrupted
    run wrote after the checkpoint from which it continues, or a run that is started anew. A last line without its end
    is removed as well. Raises ValueError for a row with other columns than the file's.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Name the file; its folder must exist."""
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise ValueError(f"path: got {str(path)!r}, accepted a file in a folder that exists")
        self._columns: list[str] | None = None

    def write(self, row: Mapping[str, float]) -> None:
        """Append the row."""
        if "step" not in row:
            raise ValueError(f"row: got columns {', '.join(row)}, accepted one with a step")
        if self._columns is None:
            self._begin(row)
        if list(row) != self._columns:
            raise ValueError(f"row: got columns {', '.join(row)}, accepted {', '.join(self._columns or [])}")
        with self.path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow([_text(value) for value in row.values()])

    def _begin(self, row: Mapping[str, float]) -> None:
        """Bring the file to the rows before ``row``, in one step."""
        columns, kept = self._earlier(float(row["step"]))
        self._columns = columns if kept else list(row)
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", suffix=".partial", dir=self.path.parent)
        try:
            with os.fdopen(handle, "w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([self._columns, *kept])
            os.replace(name, self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _earlier(self, step: float) -> tuple[list[str], list[list[str]]]:
        if not self.path.exists():
            return [], []
        with self.path.open(newline="", encoding="utf-8") as file:
            lines = [line for line in file if line.endswith("\n")]
        header, *rows = csv.reader(lines) if lines else [[]]
        if rows and "step" not in header:
            raise ValueError(f"path: got {str(self.path)!r} without a column 'step', accepted a file of a CSVWriter")
        return header, [cells for cells in rows if float(cells[header.index("step")]) < step]


class TensorBoardWriter:
    """A TensorBoard run with a scalar for each column; NaN is left out.

    log_dir: the run's folder; needs the package tensorboard (the extra ``tensorboard``), ImportError without it.
    writer: an object with ``add_scalar(tag, value, step)`` and ``flush()`` instead, such as a SummaryWriter.
    Tags are ``prefix`` + column. What an interrupted run wrote after its checkpoint is hidden from the first step on.
    """

    def __init__(
        self, log_dir: str | os.PathLike[str] | None = None, *, writer: Any = None, prefix: str = "ddcl/"
    ) -> None:
        """Take the folder or the writer; ValueError for both or neither."""
        if (log_dir is None) == (writer is None):
            raise ValueError(f"log_dir, writer: got {log_dir!r} and {writer!r}, accepted exactly one of them")
        self._make = None if log_dir is None else _summary_writer()
        self._log_dir = log_dir
        self._writer = writer
        self.prefix = prefix

    def write(self, row: Mapping[str, float]) -> None:
        """Add the row's scalars at its step."""
        step = int(row["step"])
        if self._writer is None:
            assert self._make is not None
            self._writer = self._make(log_dir=os.fspath(self._log_dir or ""), purge_step=step)
        for name, value in row.items():
            if name != "step" and value == value:
                self._writer.add_scalar(self.prefix + name, value, step)
        self._writer.flush()


def _summary_writer() -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ImportError(
            "TensorBoardWriter needs the package tensorboard: pip install 'ddcl-verify[tensorboard]'"
        ) from error
    return SummaryWriter


def _text(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))
