"""Reports on disk: written whole or not at all, and read back."""

from __future__ import annotations

import base64
import json
import os
import stat
import tempfile
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NoReturn

from ddcl_theory.report.schema import validate

RECORD_ID = "ddcl-verify-record"


def write_atomically(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` (UTF-8) to `path` so that a reader sees the old file or the new one, never a part of either.

    The text goes to a temporary file in the same directory, reaches the disk, and takes the place of `path` in one
    step. A symbolic link is followed; the permissions of an existing file are kept. Raises ValueError when the
    directory does not exist or is not writable, or when `path` exists and is not a regular file.
    """
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"text: cannot be written as UTF-8: {error.reason} at character {error.start}") from error
    target = Path(os.path.realpath(path))
    folder = target.parent
    if not folder.is_dir():
        raise ValueError(
            f"path: {os.fspath(path)!r} cannot be written: the directory {str(folder)!r} does not exist; "
            "accepted is a file in an existing directory"
        )
    if target.exists() and not target.is_file():
        raise ValueError(
            f"path: {os.fspath(path)!r} cannot be written: it is not a regular file; accepted is a file name"
        )
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:80]}.", suffix=".part", dir=folder)
    except OSError as error:
        raise ValueError(
            f"path: {os.fspath(path)!r} cannot be written: {error.strerror}; accepted is a file in a writable directory"
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except OSError as error:
        os.unlink(temporary)
        raise ValueError(f"path: {os.fspath(path)!r} cannot be written: {error.strerror}") from error
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_directory(folder)


def _mode(target: Path) -> int:
    """Permissions of the file that is replaced, or those that `open` would give a new one."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_directory(folder: Path) -> None:
    """Make the renaming itself durable, where directories can be opened (POSIX)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The record in a JSON file, or in the HTML report that embeds it; validated.

    Raises ValueError, with `path` and one clear line, when the file cannot be read or holds no well-formed record.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"path: {os.fspath(path)!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"path: {os.fspath(path)!r} is not UTF-8 text (byte {error.start})") from error
    try:
        record: dict[str, Any] = _parse(text if text.lstrip()[:1] != "<" else _embedded(text))
        validate(record)
    except RecursionError as error:
        raise ValueError(f"path: {os.fspath(path)!r} holds no record: nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"path: {os.fspath(path)!r} holds no record: {error}") from error
    return record


def _parse(text: str) -> Any:
    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is not a JSON number")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            names = [name for name, _ in pairs]
            raise ValueError(f"the name {next(n for n in names if names.count(n) > 1)!r} stands twice in one object")
        return members

    try:
        return json.loads(text, parse_constant=refuse, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error


def _embedded(text: str) -> str:
    finder = _Finder()
    finder.feed(text)
    finder.close()
    if not finder.found:
        raise ValueError(f'this HTML file has no <script id="{RECORD_ID}">')
    text = "".join(finder.pieces)
    if not finder.packed:
        return text
    try:
        return zlib.decompress(base64.b64decode(text, validate=True)).decode()
    except (ValueError, zlib.error) as error:
        raise ValueError(f"the packed record is damaged: {error}") from error


class _Finder(HTMLParser):
    """Collects the text of the script element that holds the record."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.found = False
        self.packed = False
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and dict(attrs).get("id") == RECORD_ID and not self.found:
            self.found = self._inside = True
            self.packed = dict(attrs).get("data-encoding") is not None

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.pieces.append(data)
