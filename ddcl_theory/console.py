"""Writing to stdout and stderr as a command-line tool should."""

from __future__ import annotations

import os
import shutil
import sys


def say(text: str) -> None:
    """To stdout, with escapes where its encoding lacks a character; a reader who went away is no error."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """One line to stderr."""
    sys.stderr.write(f"ddcl-verify: {' '.join(text.split())}\n")
    sys.stderr.flush()


def width() -> int:
    return max(60, min(120, shutil.get_terminal_size((100, 24)).columns))


def colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
