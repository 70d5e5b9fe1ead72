"""The Coq programs: found, or said to be missing; run under a time limit."""

from __future__ import annotations

import contextlib
import queue
import shutil
import subprocess
import threading
import time
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


class Session:
    """A coqtop that is told one text after another; it ends with the `with` block.

    folders: where the compiled files stand that it may require.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._process = subprocess.Popen(
            ["coqtop", *OPTIONS, *paths(folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        # Coq may answer before it has read all; without a reader of its own both sides could wait for each other.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._texts = 0

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it; it answers no more."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            # What it was never told is lost.
            with contextlib.suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()

    @property
    def closed(self) -> bool:
        return self._process.poll() is not None

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _write(self, text: str) -> None:
        assert self._process.stdin is not None
        # It may be closed meanwhile.
        with contextlib.suppress(BrokenPipeError, ValueError):
            self._process.stdin.write(text)
            self._process.stdin.flush()

    def say(self, text: str, limit: float = LIMIT) -> str:
        """What Coq answers to a text that ends with a full stop, errors included; after an error it goes on reading.

        Failure if it ends, or does not answer within `limit` seconds; it is closed then.
        """
        self._texts += 1
        try:
            return self._answer(text, f"end_of_text_{self._texts}", limit)
        except BaseException:
            # What comes later would be taken for the answer to the next text.
            self.close()
            raise

    def _answer(self, text: str, mark: str, limit: float) -> str:
        if self.closed:
            raise Failure("coqtop ended")
        # A text larger than the pipe is not taken before Coq has read the first sentences.
        threading.Thread(target=self._write, args=(f"{text}\nLocate {mark}.\n",), daemon=True).start()
        answer: list[str] = []
        end = time.monotonic() + limit
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise Failure(f"coqtop did not answer within {limit:.0f} s", "".join(answer)) from None
            if line is None:
                raise Failure("coqtop ended", "".join(answer))
            # A name that nobody uses is answered in the same words whatever notations are in force.
            if f"No object of basename {mark}" in line:
                return "".join(answer)
            answer.append(line)


def error(said: str) -> str:
    """What an answer of Coq says of its first error, or nothing."""
    _, found, after = said.partition("Error:")
    return " ".join(after.split())[:1500] or "without a word" if found else ""


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
