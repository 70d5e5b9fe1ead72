"""The example runs, prints a line a method and draws what it printed."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples" / "topology.py"


def test_topology_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "picture.png"
    names = runpy.run_path(str(EXAMPLE))
    main = names["main"]
    main.__globals__.update(DRAWS=1, SAMPLES=200, PROTOTYPES=12, EPOCHS=60)
    main(["--seed", "1", "--picture", str(picture)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0].strip() for line in lines[:3]] == ["Q", "Q + counts", "Q + links"]
    assert all("ACC " in line and "components [" in line for line in lines[:3])
    assert lines[3:] == [f"picture: {picture}"]
    assert picture.read_bytes().startswith(b"\x89PNG")
