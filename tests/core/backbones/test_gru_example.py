"""The example runs, finds the classes of sequences that k-means misses, and its data are what it says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import torch

PATH = Path(__file__).parents[3] / "examples" / "gru_sequences.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gru_sequences_example", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_scores_and_picture(example: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "codes.png"
    example.main(["--seed", "0", "--picture", str(picture)])
    lines = capsys.readouterr().out.splitlines()
    scores = [re.search(r"ACC (\d\.\d{3})  NMI (\d\.\d{3})  ARI (\d\.\d{3})$", line) for line in lines[:3]]
    assert all(scores) and len(lines) == 4 and lines[3].endswith(str(picture))
    raw, _, trained = (float(found[2]) for found in scores if found)
    # Measured on seeds 0 to 4: NMI at most 0.24 for the raw sequences, at least 0.90 for the encoder.
    assert raw < 0.5 and trained > 0.8
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_data(example: ModuleType) -> None:
    data = example.draw_sequences(torch.Generator().manual_seed(3))
    again = example.draw_sequences(torch.Generator().manual_seed(3))
    assert torch.equal(data.x, again.x) and torch.equal(data.lengths, again.lengths)
    assert int(data.lengths.min()) >= example.SHORTEST and int(data.lengths.max()) <= example.LONGEST
    assert data.labels.bincount().tolist() == [100] * 4
    for row in range(0, 400, 37):
        values = data.x[row, : data.lengths[row], 0]
        assert not data.x[row, data.lengths[row] :].any()
        assert abs(float(values.mean())) < 1e-5 and abs(float(values.std(correction=0)) - 1) < 1e-5


def test_prediction_loss(example: ModuleType) -> None:
    """A predictor that returns the code plus the older value, on two sequences worked out by hand."""

    class Predictor(torch.nn.Module):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return inputs[:, :1] + inputs[:, 2:3]

    x = torch.full((2, example.LONGEST, 1), 99.0)
    x[0, :4, 0] = torch.tensor([1.0, 2.0, 4.0, 7.0])
    x[1, :3, 0] = torch.tensor([0.0, 5.0, 1.0])
    loss = example.prediction_loss(Predictor(), torch.tensor([[10.0], [20.0]]), x, torch.tensor([4, 3]))
    # Predicted 11 and 12 where 4 and 7 come, and 20 where 1 comes.
    assert float(loss) == pytest.approx((7**2 + 5**2 + 19**2) / 3)
