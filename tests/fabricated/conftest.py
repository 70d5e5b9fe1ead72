"""Registers the fabricated statements through the entry-point group, without an installation."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with the entry points, and the package they name, are on the import path."""
    here = Path(__file__).parent
    monkeypatch.syspath_prepend(str(here))
    from fabricated_claims import NAMES

    info = tmp_path / "fabricated_claims-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fabricated-claims\nVersion: 1.0\n", encoding="utf-8")
    lines = ["[ddcl_theory.claims]", *(f"fabricated.{name} = fabricated_claims:claims" for name in NAMES)]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
