"""Every example runs as its reader would run it, prints scores and leaves a picture."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SCORES = re.compile(r"ACC (\d\.\d{3})  NMI (\d\.\d{3})  ARI (-?\d\.\d{3})")


def run(example: Path, folder: Path) -> tuple[str, bytes]:
    done = subprocess.run(
        [sys.executable, str(example)],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, (folder / f"{example.stem}.png").read_bytes()


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.stem for example in EXAMPLES])
def test_the_example_clusters_and_draws(example: Path, tmp_path: Path) -> None:
    from matplotlib.image import imread

    printed, _ = run(example, tmp_path)
    scores = [float(found[0]) for found in SCORES.findall(printed)]
    assert scores and max(scores) > 0.5, printed
    assert f"{example.stem}.png" in printed
    picture = imread(tmp_path / f"{example.stem}.png")
    assert min(picture.shape[:2]) >= 200 and picture[..., :3].std() > 0.02


def test_every_kind_of_work_has_an_example() -> None:
    wanted = {"digits", "streaming_digits", "mlp_end_to_end", "gru_sequences", "secu_images", "topology", "baselines"}
    assert {example.stem for example in EXAMPLES} >= wanted | {"distributed_two_processes"}
