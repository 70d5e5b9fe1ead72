"""Finished cells on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fabricated_block import BLOCK, cells

from ddcl_theory.experiments.protocol import Plan
from ddcl_theory.experiments.store import Store, check_metrics

METRICS = {"value": 0.1 + 0.2, "count": 3, "flag": True, "none": None, "text": "a", "series": [[1.0, None], [2]]}


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, complaints: list[str]) -> Store:
    return Store(tmp_path / "store", complaints.append)


def test_what_is_written_is_read_back_to_the_last_bit(store: Store) -> None:
    first, second = cells("steady", 2)
    assert store.read(first) is None
    store.write(first, METRICS, 0.5)
    assert store.read(first) == METRICS
    assert store.read(second) is None


def test_no_part_of_a_file_stays_behind(store: Store) -> None:
    cell = cells("steady", 1)[0]
    store.write(cell, METRICS, 0.5)
    store.write(cell, METRICS | {"value": 2.0}, 0.5)
    assert [p.name for p in store.path(cell).parent.iterdir()] == [store.path(cell).name]
    assert (store.read(cell) or {})["value"] == 2.0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"cell": 1}', '{"cell": {}, "metrics": {}}', "\xff", '{"metrics": {"value": NaN}}']
)
def test_a_damaged_file_counts_as_absent_and_is_named(store: Store, complaints: list[str], text: str) -> None:
    cell = cells("steady", 1)[0]
    store.write(cell, METRICS, 0.5)
    store.path(cell).write_bytes(text.encode("latin-1"))
    assert store.read(cell) is None
    assert len(complaints) == 1 and "its cell runs again" in complaints[0] and str(store.path(cell)) in complaints[0]


def test_a_cut_file_counts_as_absent(store: Store, complaints: list[str]) -> None:
    cell = cells("steady", 1)[0]
    store.write(cell, METRICS, 0.5)
    whole = store.path(cell).read_bytes()
    store.path(cell).write_bytes(whole[: len(whole) // 2])
    assert store.read(cell) is None and complaints


def test_the_result_of_another_cell_is_not_taken(store: Store, complaints: list[str]) -> None:
    first, second = cells("steady", 2)
    store.write(first, METRICS, 0.5)
    store.path(second).parent.mkdir(parents=True, exist_ok=True)
    os.rename(store.path(first), store.path(second))
    assert store.read(second) is None
    assert "holds another cell" in complaints[0]


@pytest.mark.parametrize("metrics", [{"v": float("nan")}, {"v": [1.0, float("inf")]}, {"v": object()}, {1: 2.0}, [1.0]])
def test_metrics_that_are_no_json_are_refused(store: Store, metrics: object) -> None:
    with pytest.raises(ValueError, match="metrics: "):
        check_metrics(metrics)


def test_results_are_those_of_the_plan(store: Store) -> None:
    wanted = BLOCK.cells(Plan("quick", 0))
    for cell in wanted[:4]:
        store.write(cell, METRICS, 0.5)
    for cell in BLOCK.cells(Plan("quick", 1)):
        store.write(cell, METRICS, 0.5)
    assert [cell for cell, _ in store.results(BLOCK, Plan("quick", 0))] == wanted[:4]


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ValueError, match="is no folder"):
        Store(tmp_path / "file")
    cell = cells("steady", 1)[0]
    blocked = Store(tmp_path / "blocked")
    (tmp_path / "blocked").write_text("x", encoding="utf-8")
    with pytest.raises(ValueError, match="cannot be written to"):
        blocked.write(cell, METRICS, 0.1)


def test_a_file_says_what_it_is(store: Store) -> None:
    cell = cells("steady", 1)[0]
    store.write(cell, METRICS, 0.5)
    row = json.loads(store.path(cell).read_text(encoding="utf-8"))
    assert row["cell"] == cell.as_json() and row["seconds"] == 0.5
