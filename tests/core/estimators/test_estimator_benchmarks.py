"""The benchmark scripts measure what they say, on sizes too small for figures."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "benchmarks"


def script(name):
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_epoch_and_a_pass_reach_the_same_loss() -> None:
    record = script("epoch").measure(n=4000, d=8, k=4, batch=256, repeat=2, dtype="float32")
    assert record["ratio"]["least"] <= record["ratio"]["median"] <= record["ratio"]["largest"]
    assert record["loss"]["ddcl"] == pytest.approx(record["loss"]["kmeans"], rel=0.2)


def test_the_stream_reports_memory_and_speed() -> None:
    record = script("stream").measure(n=20_000, d=4, k=3, batch=500)
    assert [mark["samples"] for mark in record["marks"]] == list(range(2000, 20_001, 2000))
    assert record["samples_per_second"] > 0 and record["time_ratio"] > 0
    # All samples together would be 0.3 MiB: no test of memory, only that it is read.
    assert min(mark["resident"] for mark in record["marks"]) > 2**24
    assert -8 < record["score"] < 0
