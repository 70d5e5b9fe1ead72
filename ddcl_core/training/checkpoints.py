"""Checkpoints that a crash cannot damage.

A checkpoint is written to a new file in the same folder, forced to the disk, and renamed over the old one. Renaming is
atomic, so whoever reads the path finds the old checkpoint or the new one, whole, whenever the writer dies.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import secrets
import stat
import time
from pathlib import Path
from typing import Any

import torch

FORMAT = "ddcl-checkpoint-1"
# A partial file that was last touched before this process, or an hour ago, has no writer that is still at work.
_STARTED = time.time()
_STALE = 3600.0


def save_checkpoint(path: str | os.PathLike[str], state: dict[str, Any]) -> None:
    """Write ``state`` to ``path``, replacing what was there in one step.

    The state may hold tensors, numbers, strings, None, lists, tuples and dicts of these: what can be read back without
    running code from the file. Raises ValueError for anything else and for a folder that does not exist; nothing is
    lost then. The file has the permissions of the one it replaces, or else those that ``open`` would give. What a writer
    of this path that was killed left behind is removed.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise ValueError(f"path: got {str(target)!r}, accepted a file in a folder that exists")
    _check_plain("state", state)
    _remove_stale(target)
    name = target.parent / f".{target.name}.{secrets.token_hex(8)}.partial"
    try:
        with open(name, "xb") as file:
            torch.save({"format": FORMAT, "state": state}, file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            os.chmod(name, stat.S_IMODE(os.stat(target).st_mode))
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
    except Exception as error:
        # A damaged pickle may raise anything. What torch says of one is not repeated: it advises to run its code.
        raise ValueError(f"path: {str(path)!r} cannot be read as a checkpoint: {_reason(error)}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("state"), dict):
        raise ValueError(f"path: {str(path)!r} holds something else, accepted a checkpoint of format {FORMAT!r}")
    state: dict[str, Any] = content["state"]
    return state


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, pickle.UnpicklingError):
        return "it is damaged, or holds objects whose reading would run code, which a checkpoint never does"
    return "it is damaged, or no checkpoint"


def _remove_stale(target: Path) -> None:
    """Remove partial files of ``target`` that no living writer can be working on."""
    ours = re.compile(re.escape(f".{target.name}.") + r"[0-9a-z_]+\.partial")
    limit = max(_STARTED, time.time() - _STALE)
    for entry in os.scandir(target.parent):
        # Another process may be tidying up as well, or the file may be somebody else's.
        with contextlib.suppress(FileNotFoundError, PermissionError):
            if ours.fullmatch(entry.name) and entry.is_file() and entry.stat().st_mtime < limit:
                os.unlink(entry.path)


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
