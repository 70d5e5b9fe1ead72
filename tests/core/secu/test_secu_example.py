"""The example runs, prints its lines and draws its picture."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples" / "secu_images.py"


def test_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("secu_images", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    picture = tmp_path / "picture.png"
    module.main(["--seed", "1", "--epochs", "2", "--picture", str(picture)])
    lines = capsys.readouterr().out.splitlines()
    accuracies = [float(match[1]) for line in lines if (match := re.search(r"ACC (\d\.\d{3})  NMI \d\.\d{3}", line))]
    assert len(lines) == 5 and len(accuracies) == 4
    # Ten classes: a tenth is what one cluster for all of them scores.
    assert min(accuracies) > 0.5
    assert lines[-1] == f"picture: {picture}"
    assert picture.read_bytes().startswith(b"\x89PNG")
