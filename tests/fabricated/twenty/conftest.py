"""Registers the twenty statements through the entry-point group, without an installation."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def twenty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with the entry points, and the package they name, are on the import path."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    from twenty_claims import NAMES

    info = tmp_path / "twenty_claims-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: twenty-claims\nVersion: 1.0\n", encoding="utf-8")
    lines = ["[ddcl_theory.claims]", *(f"twenty.{name} = twenty_claims:claims" for name in NAMES)]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
