"""What a process sets before it runs checks, so that neither its surroundings nor its number shape the evidence."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


def prepare() -> None:
    """One thread a process, and no files of libraries in the user's folder; safe to call again."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    # Hypothesis caches what it read in sources; by default in the folder it is started in.
    user = os.getuid() if hasattr(os, "getuid") else "user"
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(tempfile.gettempdir(), f"ddcl-verify-{user}"))
    import torch

    torch.set_num_threads(1)


@contextlib.contextmanager
def output_to_stderr() -> Iterator[None]:
    """Send what checks print to stderr: the first line of stdout is the verdict."""
    with contextlib.redirect_stdout(sys.stderr):
        yield
