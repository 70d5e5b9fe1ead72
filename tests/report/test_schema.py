"""The schema accepts the fabricated record and rejects what it must."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ddcl_theory.report import schema, validate
from ddcl_theory.report.look import LOOKS, OPERATORS
from ddcl_theory.report.schema import find_circle


def place(record: dict[str, Any], path: str) -> Any:
    for step in path.split("/"):
        record = record[int(step) if step.isdigit() else step]
    return record


def change(record: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(record)
    *parents, last = path.split("/")
    owner = place(changed, "/".join(parents)) if parents else changed
    owner[int(last) if last.isdigit() else last] = value
    return changed


def test_accepts_the_record(record: dict[str, Any]) -> None:
    validate(record)


def test_the_schema_is_itself_a_schema() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())


def test_the_looks_name_the_verdicts_of_the_schema_in_order() -> None:
    assert list(LOOKS) == schema()["$defs"]["verdict"]["enum"]
    assert list(OPERATORS) == schema()["$defs"]["relation"]["properties"]["op"]["enum"]


MUTATIONS = [
    ("schema", "ddcl-verify/2", "record.schema"),
    ("profile", "fast", "record.profile"),
    ("seed", "0", "record.seed"),
    ("interrupted", 1, "record.interrupted"),
    ("times/started", "yesterday", "record.times.started"),
    ("times/seconds", -1.0, "record.times.seconds"),
    ("teeth/twins/killed", 99, "record.teeth"),
    ("teeth/neighbours/spared", 99, "record.teeth"),
    ("claims/0/id", "", "record.claims[0].id"),
    ("claims/0/id", "a claim", "record.claims[0].id"),
    ("claims/1/id", "example.decomposition", "record.claims"),
    ("claims/0/verdict", "TRUE", "record.claims[0].verdict"),
    ("claims/0/source/place", "", "record.claims[0].source.place"),
    ("claims/0/uses", ["example.unique"], "record.claims"),
    ("claims/0/readings/0/as_printed", False, "record.claims[0].readings"),
    ("claims/2/readings/1/as_printed", True, "record.claims[2].readings"),
    ("claims/2/readings/1/id", "softmax", "record.claims[2].readings"),
    ("claims/2/readings/0/strength", "strong", "record.claims[2].readings[0].strength"),
    ("claims/2/readings/0/parts/1/id", "monotone", "record.claims[2].readings[0].parts"),
    ("claims/2/readings/0/parts/0/predicate/digest", "xyz", "record.claims[2].readings[0].parts[0].predicate.digest"),
    ("claims/2/readings/0/parts/0/evidence/0/cases", -1, "record.claims[2].readings[0].parts[0].evidence[0].cases"),
    ("claims/2/readings/0/parts/0/evidence/0/cases", 1.5, "record.claims[2].readings[0].parts[0].evidence[0].cases"),
    ("claims/2/readings/0/parts/0/evidence/0/kind", "vote", "record.claims[2].readings[0].parts[0].evidence[0].kind"),
    ("claims/2/readings/0/parts/0/witnesses/0/relations/0/op", "le0", ".relations[0].op"),
    ("claims/2/readings/0/parts/0/witnesses/0/relations/1/value", 0.5, ".relations[1].value"),
    ("claims/2/readings/0/parts/0/witnesses/0/point/T1", {"t": "1/2"}, ".point.T1"),
    ("claims/2/readings/0/parts/0/amendment/adds", "k > 2", ".amendment"),
    ("claims/2/figures/0/svg", "a picture", "record.claims[2].figures[0].svg"),
    ("claims/0/readings/0/parts/0/evidence/2/chance_bound", 1.5, ".chance_bound"),
    ("claims/1/figures/0/script", "figures.py", "record.claims[1].figures[0].script"),
    ("claims/1/figures/0/data/axes/0/artists/0/kind", "pie", ".artists[0].kind"),
    ("claims/1/figures/0/data/axes/0/artists/0/x", [0, "1"], ".artists[0].x[1]"),
    ("claims/1/figures/0/data/axes/0/artists/0/z", [0], ".artists[0]"),
    ("claims/1/tables/0/rows/0/3", 0.5, "record.claims[1].tables[0].rows[0][3]"),
    ("claims/1/tables/0/rows/1", ["hard", "", 0], "record.claims[1].tables[0].rows[1]: 3 cells"),
    ("claims/1/tables/0/columns", [], "record.claims[1].tables[0].columns"),
]


@pytest.mark.parametrize(("path", "value", "named"), MUTATIONS)
def test_rejects_a_mutation_and_names_the_place(record: dict[str, Any], path: str, value: Any, named: str) -> None:
    with pytest.raises(ValueError) as caught:
        validate(change(record, path, value))
    assert str(caught.value).startswith("record") and "\n" not in str(caught.value)
    assert named in str(caught.value)


def test_records_from_before_scripts_data_and_tables_are_well_formed(record: dict[str, Any]) -> None:
    claim = record["claims"][1]
    del claim["tables"], claim["figures"][0]["script"], claim["figures"][0]["data"]
    validate(record)


def test_tables_of_a_claim_have_ids_of_their_own(record: dict[str, Any]) -> None:
    record["claims"][1]["tables"] *= 2
    with pytest.raises(ValueError, match=r"claims\[1\].tables: ids must be unique"):
        validate(record)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_rejects_numbers_that_are_not_finite(record: dict[str, Any], bad: float) -> None:
    changed = change(record, "claims/0/readings/0/parts/0/evidence/0/worst_margin", bad)
    with pytest.raises(ValueError, match=r"claims\[0\].*worst_margin: numbers must be finite"):
        validate(changed)


def required_paths(record: dict[str, Any]) -> list[str]:
    """Every member of every object that the schema closes."""
    paths: list[str] = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if not any(free in path for free in ("/point", "/trees", "/sizes")) and path not in (
                    "versions",
                    "times/claims",
                ):
                    paths.append(f"{path}/{key}".lstrip("/"))
                walk(inner, f"{path}/{key}".lstrip("/"))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{path}/{index}")

    walk(record, "")
    return paths


def test_every_member_is_required_and_none_may_be_added(record: dict[str, Any]) -> None:
    claim = copy.deepcopy(record["claims"][2])
    claim["uses"] = []
    small = {**record, "claims": [claim]}
    validate(small)
    paths = required_paths(small)
    assert len(paths) > 250
    for path in paths:
        *parents, last = path.split("/")
        changed = copy.deepcopy(small)
        owner = place(changed, "/".join(parents)) if parents else changed
        value = owner.pop(last)
        with pytest.raises(ValueError):
            validate(changed)
        owner[last] = value
        owner["surprise"] = value
        with pytest.raises(ValueError):
            validate(changed)


@pytest.mark.parametrize("value", [None, [], "text", 3, {}])
def test_rejects_what_is_no_record(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^record"):
        validate(value)


def test_a_circle_of_uses_is_shown() -> None:
    assert find_circle({"a": ["b"], "b": ["c"], "c": ["a"]}) == ["a", "b", "c", "a"]
    assert find_circle({"a": ["a"]}) == ["a", "a"]
    assert find_circle({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["elsewhere"]}) == []


def test_a_long_chain_of_uses_is_no_circle() -> None:
    chain = {str(n): [str(n + 1)] for n in range(3000)}
    assert find_circle(chain) == []
    chain["3000"] = ["2999"]
    assert find_circle(chain) == ["2999", "3000", "2999"]
