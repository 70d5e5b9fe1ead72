"""The rows of a prediction by setting."""

from __future__ import annotations

from typing import Any

from ddcl_theory.report.settings import by_setting


def row(setting: dict[str, Any], supported: bool | None, p: float | None, mean: float = 0.0) -> dict[str, Any]:
    return {"setting": setting, "supported": supported, "p": p, "mean": mean}


def test_without_every_each_row_stands_for_itself() -> None:
    rows = [row({"a": 1}, True, 0.01), row({"a": 2}, False, 0.5)]
    items = by_setting({"settings": rows, "throughout": [], "central": {"a": 1}})
    assert [(i["setting"], i["least"], i["held"], i["at"]) for i in items] == [
        ({}, rows[0], "", {}),
        ({"a": 2}, rows[1], "", {}),
    ]


def test_the_least_supported_row_stands_for_a_setting() -> None:
    rows = [
        row({"d": 1, "a": 1}, True, 0.020),
        row({"d": 2, "a": 1}, True, 0.001),
        row({"d": 1, "a": 2}, False, 0.03),
        row({"d": 2, "a": 2}, False, 0.9),
        row({"d": 1, "a": 3}, None, None),
        row({"d": 2, "a": 3}, True, 0.001),
    ]
    items = by_setting({"settings": rows, "throughout": ["d"], "central": {}})
    assert [(i["setting"], i["held"], i["at"]) for i in items] == [
        ({"a": 1}, "2 of 2", {"d": 1}),
        ({"a": 2}, "0 of 2", {"d": 2}),
        ({"a": 3}, "1 of 2", {"d": 1}),
    ]


def test_of_replicates_that_must_all_hold_the_fewest_stand_for_a_setting() -> None:
    rows = [row({"d": 1}, False, None, 0.9), row({"d": 2}, False, None, 0.2), row({"d": 3}, True, None, 1.0)]
    (item,) = by_setting({"settings": rows, "throughout": ["d"], "central": {}})
    assert item["at"] == {"d": 2} and item["held"] == "1 of 3"
