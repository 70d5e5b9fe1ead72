"""Builds a native kernel once a machine, into the user's cache, under a name that says everything it depends on.

The compiler is $CXX, else the first of c++, g++ and clang++ on the path. $DDCL_NATIVE=0 turns the kernels off. The cache
is $DDCL_CACHE, else $XDG_CACHE_HOME/ddcl-core, else ~/.cache/ddcl-core. A library is compiled under a temporary name
and then renamed, so that processes that build at the same time, or die while they build, leave no half of one.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

COMMON = ("-O3", "-std=gnu++17", "-fPIC", "-shared", "-pthread")
FLAGS = (*COMMON, "-march=native", "-ffp-contract=fast")
PORTABLE = (*COMMON, "-ffp-contract=off")
SECONDS = 120


class Unavailable(Exception):
    """There is no native kernel; the message says why."""


class Built(NamedTuple):
    """A compiled library and the command that names its compiler."""

    path: Path
    compiler: str


def build(source: Path, headers: Sequence[Path] = (), flags: Sequence[str] = FLAGS) -> Built:
    """The library of ``source`` for this machine, compiled unless the cache has it; raises Unavailable."""
    if os.environ.get("DDCL_NATIVE", "1").strip().lower() in ("0", "off", "false", "no"):
        raise Unavailable("DDCL_NATIVE turns it off")
    command = _compiler()
    try:
        text = b"\0".join(path.read_bytes() for path in (source, *headers))
        folder = _folder()
        path = folder / f"{source.stem}-{_digest(text, command, flags)}.so"
        if not path.is_file():
            _compile([*command, *flags], source, path)
    except OSError as error:
        raise Unavailable(f"the kernel cannot be stored: {error}") from error
    return Built(path, shlex.join(command))


def _compiler() -> list[str]:
    chosen = os.environ.get("CXX", "").strip()
    candidates = [shlex.split(chosen)] if chosen else [["c++"], ["g++"], ["clang++"]]
    for command in candidates:
        found = shutil.which(command[0])
        if found:
            return [found, *command[1:]]
    raise Unavailable(f"no C++ compiler: looked for {', '.join(shlex.join(command) for command in candidates)}")


def _folder() -> Path:
    chosen = os.environ.get("DDCL_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    folder = Path(chosen) if chosen else Path(base or Path.home() / ".cache") / "ddcl-core"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
        raise Unavailable(f"the cache {folder} belongs to somebody else")
    return folder


def _digest(text: bytes, command: list[str], flags: Sequence[str]) -> str:
    """Names the source, the compiler, its flags and the processor that -march=native meant."""
    binary = Path(command[0]).resolve()
    facts = binary.stat()
    parts = [text, repr((command, str(binary), facts.st_size, facts.st_mtime_ns, tuple(flags))).encode(), _processor()]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:32]


def _processor() -> bytes:
    """Model and instruction sets of the processor."""
    wanted = ("vendor_id", "cpu family", "model", "stepping", "flags", "features", "cpu implementer", "cpu part")
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return repr(platform.uname()).encode()
    kept = {line for line in lines if line.split(":")[0].strip().lower() in wanted}
    return "\n".join([platform.machine(), *sorted(kept)]).encode()


def _compile(command: list[str], source: Path, path: Path) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    os.close(handle)
    try:
        done = subprocess.run(
            [*command, str(source), "-o", name], capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if done.returncode != 0:
            raise Unavailable(f"{shlex.join(command)} failed: {done.stderr.strip()[-500:]}")
        os.replace(name, path)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{shlex.join(command)} took more than {SECONDS} s") from error
    finally:
        Path(name).unlink(missing_ok=True)
