"""Reports are written whole or not at all, and read back equal."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ddcl_theory.report import html, json_, load, write_atomically


def test_json_round_trip(record: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "audit.json"
    write_atomically(path, json_.render(record))
    assert load(path) == record
    assert json_.render(load(path)) == json_.render(record)


def test_html_round_trip_with_text_that_tries_to_end_the_script(record: dict[str, Any], tmp_path: Path) -> None:
    hostile = "</script><!-- <script> ]]> \u2028 \u2029 & &amp; \\u003c \N{GRINNING FACE}"
    record["claims"][0]["readings"][0]["parts"][0]["evidence"][0]["detail"] = hostile
    path = tmp_path / "audit.html"
    write_atomically(path, html.render(record))
    assert load(path) == record


def test_json_keeps_the_order_of_the_record(record: dict[str, Any]) -> None:
    text = json_.render(record)
    assert text.index('"schema"') < text.index('"versions"') < text.index('"claims"')
    assert text.endswith("}\n")


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_json_refuses_what_json_cannot_say(record: dict[str, Any], bad: float) -> None:
    record["times"]["seconds"] = bad
    with pytest.raises(ValueError, match=r"^record: cannot be written as JSON"):
        json_.render(record)


def test_numbers_share_a_line_and_nothing_else_changes(record: dict[str, Any]) -> None:
    record["command"] = "[\n 1,\n 2\n]"
    record["claims"][1]["tables"][0]["rows"] = [[-1.5e-7, 2, None], ["a", None]]
    text = json_.render(record)
    assert json.loads(text) == record
    assert '"x": [0, 1, 2],\n' in text and '"y": [0, 0.5, null],\n' in text and "[-1.5e-07, 2, null]" in text
    assert '[\n              "a",\n' in text


def test_json_refuses_other_types(record: dict[str, Any]) -> None:
    record["limits"] = {1, 2}
    with pytest.raises(ValueError, match=r"^record: cannot be written as JSON"):
        json_.render(record)


def test_write_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "audit.json"
    path.write_text("old")
    path.chmod(0o640)
    write_atomically(path, "neu ü\n")
    assert path.read_bytes() == "neu ü\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["audit.json"]


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    write_atomically(tmp_path / "audit.json", "text")
    (tmp_path / "plain").write_text("text")
    assert (tmp_path / "audit.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_write_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write_atomically(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failure_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    path = tmp_path / "audit.json"
    path.write_text("old")

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(ValueError, match=r"audit\.json' cannot be written: No space left on device"):
        write_atomically(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["audit.json"]


def test_an_interruption_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "audit.json"
    path.write_text("old")

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["audit.json"]


def test_text_that_is_not_utf8_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "audit.json"
    path.write_text("old")
    with pytest.raises(ValueError, match=r"^text: cannot be written as UTF-8: surrogates not allowed at character 15"):
        write_atomically(path, "lone surrogate \ud800")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["audit.json"]


def test_write_names_what_is_wrong_with_the_path(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^path: .*the directory .* does not exist; accepted is"):
        write_atomically(tmp_path / "missing" / "audit.json", "text")
    with pytest.raises(ValueError, match=r"^path: .*is not a regular file; accepted is"):
        write_atomically(tmp_path, "text")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(ValueError, match=r"^path: .*is not a regular file; accepted is"):
        write_atomically(fifo, "text")


def test_write_names_a_directory_that_is_not_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Permissions do not bind an administrator, so the refusal of the system is imitated.
    import tempfile

    def refuse(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(ValueError, match=r"^path: .*Permission denied; accepted is a file in a writable directory"):
        write_atomically(tmp_path / "audit.json", "text")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", r"not JSON: Expecting value at line 1, column 1"),
        (b'{"schema": ', r"not JSON: Expecting value at line 1"),
        (b"[]", r"record: \[\] is not of type 'object'"),
        (b'{"seed": NaN}', r"NaN is not a JSON number"),
        (b'{"seed": 1, "seed": 2}', r"the name 'seed' stands twice"),
        (b"\xff\xfe\x00", r"is not UTF-8 text \(byte 0\)"),
        (b"<html><p>no record</p></html>", r"this HTML file has no <script"),
        (b'<script type="application/json" id="ddcl-verify-record">{]</script>', r"not JSON"),
        (
            b'<script data-encoding="base64 deflate json" id="ddcl-verify-record">e30=</script>',
            r"packed record is damaged",
        ),
        (
            b'<script data-encoding="base64 deflate json" id="ddcl-verify-record">!</script>',
            r"packed record is damaged",
        ),
        (b'<script type="application/json" id="ddcl-verify-record">{}</script>', r"'schema' is a required property"),
        (b"[" * 200_000, r"nested too deeply"),
    ],
)
def test_load_names_what_is_wrong(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "audit.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=says) as caught:
        load(path)
    assert str(caught.value).startswith(f"path: {str(path)!r}") and "\n" not in str(caught.value)


def test_load_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^path: .*cannot be read: No such file"):
        load(tmp_path / "missing.json")
    with pytest.raises(ValueError, match=r"^path: .*cannot be read"):
        load(tmp_path)


def test_a_changed_record_is_refused_by_name(record: dict[str, Any], tmp_path: Path) -> None:
    record["claims"][0]["verdict"] = "TRUE"
    path = tmp_path / "audit.json"
    write_atomically(path, json_.render({**record, "claims": record["claims"][1:]}).replace('"REFUTED"', '"TRUE"'))
    with pytest.raises(ValueError, match=r"record\.claims\[\d\].*'TRUE' is not one of"):
        load(path)
