"""What of this machine a run can use: versions, devices, optional tools, a place for temporary files."""

from __future__ import annotations

import os
import platform
import re
import tempfile
from importlib import metadata, util
from pathlib import Path

from ddcl_theory.versions import LIBRARIES, versions


def examine() -> tuple[list[tuple[str, str]], list[str]]:
    """(what, finding) for everything looked at, and the problems that would stop a run."""
    rows: list[tuple[str, str]] = []
    problems: list[str] = []
    found = versions()
    coq = found.pop("coq")
    required = _required()
    for name, version in found.items():
        rows.append((name, version or "not installed"))
        if version is None and name in required:
            problems.append(f"{name} is not installed")
    rows.append(("platform", f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"))
    rows.append(("devices", _devices() if found["torch"] else "unknown without torch"))
    rows.append(("coq", coq or "not installed; formal checks will not run"))
    scheduler = all(util.find_spec(name) is not None for name in ("dask", "distributed", "joblib"))
    rows.append(("dask.distributed", "installed" if scheduler else "not installed; --scheduler cannot be used"))
    writable = _writable(tempfile.gettempdir())
    rows.append(("temporary files", f"{tempfile.gettempdir()}{'' if writable else ', not writable'}"))
    if not writable:
        problems.append("the folder for temporary files is not writable")
    rows += _claims(problems)
    return rows, problems


def _required() -> set[str]:
    """Libraries that the installed distribution cannot do without; all of them where it was not installed as one."""
    try:
        requirements = metadata.requires("ddcl-verify") or []
    except metadata.PackageNotFoundError:
        return set(LIBRARIES)
    return {re.split(r"[^A-Za-z0-9._-]", r, maxsplit=1)[0] for r in requirements if "extra ==" not in r}


def _devices() -> str:
    import torch

    names = ["cpu"]
    if torch.cuda.is_available():
        names += [f"cuda:{i} ({torch.cuda.get_device_name(i)})" for i in range(torch.cuda.device_count())]
    return ", ".join(names + (["mps"] if torch.backends.mps.is_available() else []))


def _writable(folder: str) -> bool:
    try:
        with tempfile.TemporaryFile(dir=Path(folder)) as stream:
            stream.write(b"1")
    except OSError:
        return False
    return True


def _claims(problems: list[str]) -> list[tuple[str, str]]:
    """How many claims are registered, and which of them cannot be loaded."""
    from ddcl_theory import registry
    from ddcl_theory.run import describe

    try:
        entries = registry.entries()
    except ValueError as error:
        problems.append(str(error))
        return [("claims", "cannot be listed")]
    broken = []
    for entry in entries:
        try:
            entry.load()
        except Exception as error:  # any failure to load is what is looked for
            broken.append(entry.id)
            problems.append(f"{entry.id} cannot be loaded: {describe(error)}")
    return [("claims", f"{len(entries)} registered" + (f", {len(broken)} cannot be loaded" if broken else ""))]
