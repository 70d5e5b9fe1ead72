"""Is what a command is told to use there?  Asked first, so that no run ends in a file that cannot be written."""

from __future__ import annotations

import os
import re
from importlib import util
from pathlib import Path


def check_outputs(report: str | None, json_: str | None) -> None:
    """ValueError unless both files can be written: their folders exist, and they are different regular files or new."""
    for option, name in (("--report", report), ("--json", json_)):
        if name is not None:
            _check_output(option, name)
    if report is not None and json_ is not None and os.path.realpath(report) == os.path.realpath(json_):
        raise ValueError(f"--report and --json name the same file {report!r}; accepted are two files")


def _check_output(option: str, name: str) -> None:
    if name == "-":
        raise ValueError(f"{option} '-': standard output carries the verdicts; accepted is a file name")
    target = Path(os.path.realpath(name))
    if not name or target.is_dir():
        raise ValueError(f"{option} {name!r} is a folder; accepted is a file name")
    if target.exists() and not target.is_file():
        raise ValueError(f"{option} {name!r} is no regular file; accepted is a file name")
    if not target.parent.is_dir():
        raise ValueError(
            f"{option} {name!r}: the folder {str(target.parent)!r} does not exist; "
            "accepted is a file in an existing folder"
        )
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise ValueError(
            f"{option} {name!r}: the folder {str(target.parent)!r} is not writable; "
            "accepted is a file in a writable folder"
        )


def check_input(option: str, name: str | None) -> None:
    """ValueError unless the file can be read; what is in it is looked at later."""
    if name is None:
        return
    if not Path(name).is_file():
        raise ValueError(f"{option} {name!r} is no file; accepted is a record written by --json or --report")
    if not os.access(name, os.R_OK):
        raise ValueError(f"{option} {name!r} cannot be read: permission denied")


def check_store(folder: str) -> None:
    """ValueError unless finished runs can be kept there: a folder, or a name that is free in an existing one."""
    target = Path(os.path.realpath(folder))
    if not folder or (target.exists() and not target.is_dir()):
        raise ValueError(f"--store {folder!r} is no folder; accepted is a folder or a new name in an existing one")
    if not (target if target.is_dir() else target.parent).is_dir():
        raise ValueError(
            f"--store {folder!r}: the folder {str(target.parent)!r} does not exist; "
            "accepted is a folder or a new name in an existing one"
        )
    if not os.access(target if target.is_dir() else target.parent, os.W_OK | os.X_OK):
        raise ValueError(f"--store {folder!r} cannot be written to; accepted is a folder that can")


def check_device(device: str) -> None:
    """ValueError unless the device exists on this machine; torch is asked only about devices other than the CPU."""
    if device == "cpu":
        return
    match = re.fullmatch(r"(cuda)(?::(\d+))?|mps", device)
    if match is None:
        raise ValueError(f"--device {device!r} is unknown; accepted are cpu, cuda, cuda:N and mps")
    import torch

    if device == "mps":
        if not torch.backends.mps.is_available():
            raise ValueError("--device mps: this machine has no usable MPS device; accepted here is cpu")
        return
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if int(match[2] or 0) >= count:
        here = "cpu" if not count else "cpu, cuda, " + ", ".join(f"cuda:{i}" for i in range(count))
        raise ValueError(f"--device {device}: this machine has {count} usable CUDA devices; accepted here: {here}")


def check_scheduler(address: str | None) -> None:
    """ValueError unless Dask is there to reach a scheduler with."""
    if address is None:
        return
    if not address:
        raise ValueError("--scheduler '' is no address; accepted is one such as tcp://host:8786")
    if any(util.find_spec(name) is None for name in ("dask", "distributed", "joblib")):
        raise ValueError(
            "--scheduler needs dask.distributed and joblib, which are not installed; install ddcl-verify[campaign]"
        )
