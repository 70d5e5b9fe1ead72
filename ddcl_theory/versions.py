"""Versions of what can change a result."""

from __future__ import annotations

import platform
import shutil
import subprocess
from importlib import metadata

from ddcl_theory import __version__

#: Libraries whose version can change what a run computes.
LIBRARIES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "torch",
    "sympy",
    "hypothesis",
    "python-flint",
    "z3-solver",
    "matplotlib",
    "latex2mathml",
    "jinja2",
)


def versions() -> dict[str, str | None]:
    """Versions of what can change a result, None for what is not installed."""
    found: dict[str, str | None] = {"ddcl-verify": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return {**found, "coq": coq_version()}


def coq_version() -> str | None:
    """The version of the installed Coq, None without one."""
    program = shutil.which("coqc") or shutil.which("rocq")
    if program is None:
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    return said.strip().splitlines()[0] if said.strip() else None
