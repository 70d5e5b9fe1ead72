"""The Coq programs: found, or said to be missing; run under a time limit."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

#: How to get Coq with the libraries that the proofs use.
INSTALL = "apt-get install coq libcoq-mathcomp-algebra-tactics libcoq-interval"

#: Seconds that one file may take.
LIMIT = 600.0

#: Warnings that the libraries cause.
OPTIONS = ("-q", "-w", "-notation-overridden,-ambiguous-paths,-deprecated,-undeclared-scope")


class Failure(RuntimeError):
    """A Coq program refused its input, or took too long.  printed: what it had written to its output by then."""

    def __init__(self, message: str, printed: str = "") -> None:
        super().__init__(message)
        self.printed = printed


@cache
def missing() -> str | None:
    """Why formal checks cannot run here, or None."""
    if shutil.which("coqc") is None:
        return f"Coq was not found; install it with: {INSTALL}"
    found = Path(_say(["coqc", "-where"])) / "user-contrib"
    absent = [name for name in ("mathcomp/algebra_tactics", "Coquelicot", "Interval") if not (found / name).is_dir()]
    return f"Coq lacks {', '.join(absent)}; install with: {INSTALL}" if absent else None


@cache
def version() -> str:
    return _say(["coqc", "--version"])


def _say(command: Sequence[str]) -> str:
    return " ".join(subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.split())


def compile_file(path: Path, folders: Sequence[Path], limit: float = LIMIT) -> str:
    """Compile a file, what it requires standing in these folders; what Coq prints.  Failure with Coq's message."""
    return run(["coqc", *OPTIONS, *paths(folders), str(path)], path.parent, limit)


def session(script: str, folders: Sequence[Path], limit: float = 2 * LIMIT) -> str:
    """What Coq says to a script that it reads sentence by sentence, going on after errors."""
    command = ["coqtop", *OPTIONS, *paths(folders)]
    try:
        done = subprocess.run(
            command,
            input=script,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise Failure(f"coqtop took longer than {limit:.0f} s") from slow
    return done.stdout


def paths(folders: Sequence[Path]) -> list[str]:
    """The options that make compiled folders known."""
    return [word for folder in folders for word in ("-Q", str(folder), "DDCL")]


def run(command: Sequence[str], folder: Path, limit: float) -> str:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=limit, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as slow:
        raise Failure(f"{command[0]} took longer than {limit:.0f} s on {Path(command[-1]).name}") from slow
    if done.returncode:
        raise Failure(" ".join((done.stderr or done.stdout).split())[-1500:] or f"{command[0]} failed", done.stdout)
    return done.stdout
