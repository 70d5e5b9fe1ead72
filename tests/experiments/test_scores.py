"""Tables of scores say what the finished runs measured, and whose the numbers beside them are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fabricated_block import BLOCK

from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.experiments import central, secu_figures
from ddcl_theory.experiments.block4 import BLOCK as BLOCK4
from ddcl_theory.experiments.block4_figures import scores as draw_scores
from ddcl_theory.experiments.index import INDEX, load_block
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, Scalar
from ddcl_theory.experiments.scores import Reported, Table, declared_for, table_row, tables_of
from ddcl_theory.experiments.store import Store
from ddcl_theory.report import numbers
from ddcl_theory.report.schema import schema

QUICK = Plan("quick")


def fabricated(change: Any = lambda cell, metrics: metrics) -> list[central.Run]:
    made = [(c, change(c, {"value": c.seed / 10, "done": c["x"] == 1})) for c in BLOCK.cells(QUICK)]
    return [(cell, metrics) for cell, metrics in made if metrics is not None]


def reported(arm: str, condition: Mapping[str, Scalar], metric: str) -> Reported | None:
    return Reported(0.576, 0.053, secondary=True) if (condition["x"], metric) == (2, "value") else None


TABLE = Table("scores", "Scores", {"value": "ACC", "done": "Collapsed"}, reported=reported, note="A note.")


def test_a_row_has_mean_deviation_and_number_and_the_paper_beside_it() -> None:
    row = table_row(TABLE, BLOCK, QUICK, fabricated())
    assert row["columns"] == ["Method", "Condition", "n", "ACC", "ACC, paper", "Collapsed"]
    first, second = row["rows"]
    assert first[:3] == ["steady", "x = 1", 3] and second[:3] == ["steady", "x = 2", 3]
    assert first[3] == pytest.approx({"mean": 0.1, "sd": 0.1}) and first[4] is None
    assert second[4] == {"mean": 0.576, "sd": 0.053, "secondary": True}
    assert first[5] == {"mean": 1.0, "sd": None} and second[5] == {"mean": 0.0, "sd": None}
    assert [numbers.cell(value) for value in second] == [
        "steady",
        "x = 2",
        "3",
        "0.100 ± 0.100",
        "0.576 ± 0.053 (secondary source)",
        "0.000",
    ]
    assert row["caption"] == (
        "Mean ± standard deviation over the n finished replicates. A note. "
        "Quick profile, 3 replicates, seeds 0 to 2; central setting: offset = 0."
    )


def test_what_is_not_there_is_missing_and_not_zero() -> None:
    def change(cell: Cell, metrics: Metrics) -> Metrics | None:
        if cell["x"] == 2:
            return None
        return metrics | {"value": None} if cell.seed == 0 else metrics

    first, second = table_row(TABLE, BLOCK, QUICK, fabricated(change))["rows"]
    assert first[3] == pytest.approx({"mean": 0.15, "sd": 0.0707107, "n": 2}) and first[2] == 3
    assert numbers.cell(first[3]) == "0.150 ± 0.071 (n = 2)"
    assert second[2] == 0 and second[3] is None and numbers.cell(second[3]) == "–"


def test_one_replicate_has_no_deviation() -> None:
    (first, _) = table_row(TABLE, BLOCK, QUICK, fabricated(lambda c, m: None if c.seed else m))["rows"]
    assert first[3] == {"mean": 0.0, "sd": None}


def test_only_the_named_arms_have_rows_and_a_common_condition_has_no_column() -> None:
    arms = [("steady", {"size": 9}), ("other", {"size": 9})]
    block = replace(BLOCK, conditions=lambda profile: arms)
    row = table_row(Table("t", "T", {"value": "V"}, arms=("other",)), block, QUICK, [])
    assert row["columns"] == ["Method", "n", "V"] and row["rows"] == [["other", 0, None]]


def test_numbers_of_other_data_stand_in_a_column_that_names_them() -> None:
    foreign = replace(TABLE, data="CIFAR-10")
    row = table_row(foreign, BLOCK, QUICK, fabricated())
    assert "ACC, paper (CIFAR-10)" in row["columns"] and "CIFAR-10, other data than were run here" in row["caption"]
    own = table_row(replace(foreign, other=lambda common: False), BLOCK, QUICK, fabricated())
    assert "ACC, paper" in own["columns"] and "CIFAR-10" not in own["caption"]


def of(block: str, profile: str = "thorough", which: int = 0) -> dict[tuple[str, str], dict[str, str]]:
    """(method, condition) -> column -> text, of a block without runs."""
    loaded = load_block(block)
    row = table_row(declared_for(block)[which], loaded, Plan(profile), [])
    found = {}
    for cells in row["rows"]:
        texts = dict(zip(row["columns"], map(numbers.cell, cells), strict=True))
        found[texts["Method"], texts.get("Condition", "")] = texts
    return found


def test_the_papers_numbers_stand_beside_what_they_are_of() -> None:
    two, three, five = (of(name) for name in ("block2", "block3", "block5"))
    assert {place: t["ACC, paper"] for place, t in two.items() if t["ACC, paper"] != "–"} == {
        ("L_q", ""): "0.576 (secondary source)",
        ("L_q, fixed T", "T = 0.5"): "0.563 (secondary source)",
        ("L_q + L_sep", "separation = 0.001"): "0.549 (secondary source)",
        ("L_q + L_sep", "separation = 0.0001"): "0.549 (secondary source)",
    }
    assert {p: t["ACC, paper"] for p, t in three.items() if t["ACC, paper"] != "–"} == {
        ("L_q", "d = 200"): "0.807 ± 0.124 (secondary source)"
    }
    assert {p: t["ACC, paper"] for (p, _), t in five.items() if t["ACC, paper"] != "–"} == {
        "L_q": "0.378 ± 0.085 (secondary source)",
        "L_OLS": "0.229 ± 0.041 (secondary source)",
        "DeepCluster": "0.170 ± 0.042 (secondary source)",
    }


def test_shares_of_collapse_of_block_1() -> None:
    found = {place: texts["Collapsed, paper"] for place, texts in of("block1").items()}
    assert found["L_OLS", "T = 1.0, dataset = moons"] == "1.000"
    assert found["L_OLS", "T = 0.5, dataset = moons"] == "–" and found["L_q", "T = 8.0, dataset = moons"] == "–"
    assert found["L_q", "T = 0.1, dataset = blobs"] == "0.000"


def test_singular_values_of_both_tables_of_gbcl() -> None:
    plane, features = of("gbcl-layers"), of("gbcl-layers", which=1)
    assert plane["k-means", "dataset = moons"]["Largest singular value, paper"] == "27.0"
    assert plane["DCL", "dataset = moons"]["Largest singular value, paper"] == "–"
    assert features["k-means, d", "d = 10000"]["Largest singular value, paper"] == "154.0"
    assert ("VCL", "dataset = moons") in plane and ("VCL", "dataset = moons") not in features


def test_secus_numbers_name_their_data_and_stand_at_every_method_and_value_drawn() -> None:
    found = of("secu-digits")
    column = "ACC, paper (CIFAR-10)"
    swept = [
        (*secu_figures._place(name, value), "accuracy") for name, values, _ in secu_figures.SWEEPS for value in values
    ]
    drawn = [(arm, where, metric) for arm, where, metric, _ in secu_figures.METHODS]
    for arm, where, metric in (*drawn, *swept):
        condition = ", ".join(f"{n} = {v}" for n, v in where.items())
        name = column if metric == "accuracy" else "ACC, self-labelled, paper (CIFAR-10)"
        assert float(found[arm, condition][name].split()[0]) == pytest.approx(secu_figures._paper(arm, where, metric))
    numbers = [secu_figures._paper(arm, where, metric) for arm, where, metric in drawn]
    assert numbers == pytest.approx([0.516, 0.881, 0.874, 0.857, 0.88, 0.93, 0.374, 0.659])
    # α/N, γ, batch size and output dimension, in the order of the figures (Tables 4, 9, 10 and 8).
    sweeps = [
        *(0.853, 0.879, 0.880, 0.849, 0.199, 0.100),
        *(0.854, 0.881, 0.876, 0.866),
        *(0.879, 0.883, 0.881, 0.879),
        *(0.880, 0.881, 0.882, 0.878),
    ]
    assert [secu_figures._paper(arm, where, metric) for arm, where, metric in swept] == pytest.approx(sweeps)
    assert found["closed form", ""]["ARI, paper (CIFAR-10)"] == "0.764 ± 0.009"
    assert found["entropy", "alpha = 0.002"]["#Max, paper (CIFAR-10)"] == "5.715"
    assert found["SeCu", ""]["#Min, paper (CIFAR-10)"] == "0.911"


@pytest.mark.parametrize("profile", ["quick", "standard", "thorough"])
@pytest.mark.parametrize("name", list(INDEX))
def test_every_block_has_tables_that_are_well_formed(name: str, profile: str, tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator

    settings = Settings(PROFILES[profile], store=str(tmp_path))
    rows = tables_of(name, settings)
    assert rows and len({row["id"] for row in rows}) == len(rows)
    validator = Draft202012Validator({"$ref": "#/$defs/table", "$defs": schema()["$defs"]})
    for row in rows:
        validator.validate(row)
        assert row["rows"] and all(len(cells) == len(row["columns"]) for cells in row["rows"])
        assert "none of" in row["caption"]


@pytest.mark.parametrize("name", list(INDEX))
def test_every_metric_of_a_table_is_one_that_its_runs_return(name: str) -> None:
    block = load_block(name)
    module = block.run.partition(":")[0]
    texts = [Path(__import__(m, fromlist=["x"]).__file__).read_text() for m in (module, *block.sources)]
    for table in declared_for(name):
        for metric in table.metrics:
            assert any(f'"{metric}"' in text for text in texts), metric


def test_a_claim_without_a_block_has_no_tables() -> None:
    assert tables_of(None, None) == [] and declared_for("fabricated_block:BLOCK") == ()


def test_tables_are_made_from_the_store(tmp_path: Path) -> None:
    block = load_block("block6")
    cells = block.cells(QUICK)
    for cell in cells[:-1]:
        Store(tmp_path).write(cell, {"accuracy": 0.5, "nmi": 0.25, "ari": 0.125}, 0.0)
    (row,) = tables_of("block6", Settings(PROFILES["quick"], store=str(tmp_path)))
    assert [cells[1] for cells in row["rows"]] == [3, 3, 2]
    assert row["rows"][0][2:] == [{"mean": v, "sd": 0.0} for v in (0.5, 0.25, 0.125)]
    assert "2 to 3 of 3 replicates finished" in row["caption"]


@pytest.mark.parametrize(("features", "other"), [("stand-in", True), ("CIFAR-10 0123456789ab", False)])
def test_block_4_says_whose_features_its_scores_are_of(
    features: str, other: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ddcl_theory.experiments.block4.source", lambda: features)
    monkeypatch.setattr("ddcl_theory.experiments.block4.available", lambda name, most: most)
    metrics: Metrics = {"accuracy": 0.3, "nmi": 0.2, "ari": 0.1}
    results = Results(BLOCK4.grid, dict.fromkeys(BLOCK4.cells(QUICK), metrics))
    monkeypatch.setattr(central, "finished", lambda block, plan, store: results)
    settings = Settings(PROFILES["quick"], store="unused")
    (row,) = tables_of("block4", settings)
    assert ("ACC, paper (CIFAR-10)" in row["columns"]) is other and ("other data" in row["caption"]) is other
    assert f"in all runs: features = {features}, samples = 500." in row["caption"]
    assert f"features = {features}" in central.drawn("block4", settings)
    (axes,) = draw_scores(settings).data["axes"]
    assert axes["title"] == f"features here: {features}"
    labels = [artist.get("label", "") for artist in axes["artists"]]
    assert ("paper's ACC, CIFAR-10 (other data)" in labels) is other
    assert ("paper's ACC, CIFAR-10" in labels) is not other
