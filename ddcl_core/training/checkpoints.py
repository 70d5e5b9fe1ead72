"""Checkpoints that a crash cannot damage.

A checkpoint is written to a new file in the same folder, forced to the disk, and renamed over the old one. Renaming is
atomic, so whoever reads the path finds the old checkpoint or the new one, whole, whenever the writer dies.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import torch

FORMAT = "ddcl-checkpoint-1"


def save_checkpoint(path: str | os.PathLike[str], state: dict[str, Any]) -> None:
    """Write ``state`` to ``path``, replacing what was there in one step.

    The state may hold tensors, numbers, strings, None, lists, tuples and dicts of these: what can be read back without
    running code from the file. Raises ValueError for anything else and for a folder that does not exist; nothing is
    lost then.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise ValueError(f"path: got {str(target)!r}, accepted a file in a folder that exists")
    _check_plain("state", state)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save({"format": FORMAT, "state": state}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    _flush_folder(target.parent)


def load_checkpoint(path: str | os.PathLike[str], *, map_location: str | torch.device = "cpu") -> dict[str, Any]:
    """The state written by :func:`save_checkpoint`, its tensors on ``map_location``.

    Runs no code from the file. Raises FileNotFoundError if there is none, ValueError if it is damaged or foreign.
    """
    try:
        content = torch.load(path, map_location=map_location, weights_only=True)
    except FileNotFoundError:
        raise
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"path: {str(path)!r} cannot be read as a checkpoint ({reason})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"path: {str(path)!r} holds something else, accepted a checkpoint of format {FORMAT!r}")
    state: dict[str, Any] = content["state"]
    return state


def _flush_folder(folder: Path) -> None:
    """Force the renaming to the disk, where the system can do that for a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_plain(name: str, value: Any) -> None:
    """Raise ValueError unless :func:`load_checkpoint` can read ``value`` back."""
    if value is None or isinstance(value, (bool, int, float, str, torch.Tensor)):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, (str, int)):
                raise ValueError(f"{name}: got a key of type {type(key).__name__}, accepted strings and integers")
            _check_plain(f"{name}[{key!r}]", item)
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            _check_plain(f"{name}[{position}]", item)
    else:
        raise ValueError(
            f"{name}: got {type(value).__name__}, accepted tensors, numbers, strings, None, lists, tuples and dicts"
        )
