"""The made-up block, importable here and in workers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
# Tests are imported by path, and the made-up block is named by module, here and in the processes that tests start.
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture(autouse=True)
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which made-up cells leave their traces."""
    folder = tmp_path / "traces"
    folder.mkdir()
    monkeypatch.setenv("DDCL_FABRICATED_TRACES", str(folder))
    monkeypatch.setenv("PYTHONPATH", f"{HERE}:{Path(__file__).parents[2]}")
    return folder
