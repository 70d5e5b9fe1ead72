"""Tables of scores: each method at each condition at the central setting, beside what the paper reports.

A table has a row an arm and condition, whether its runs are finished or not, with mean, standard deviation and number of
replicates of each score, and a column for the paper's numbers where some survive.  What is reported of other data stands
in a column that names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory.experiments import central
from ddcl_theory.experiments.index import load_block
from ddcl_theory.experiments.protocol import Block, Metrics, Pairs, Plan, Scalar, describe
from ddcl_theory.experiments.statistics import mean_sd

Row = dict[str, Any]

#: Metrics that most blocks have, with the names of their columns.
SCORES = {"accuracy": "ACC", "nmi": "NMI", "ari": "ARI"}


@dataclass(frozen=True)
class Reported:
    """A number of the paper; secondary: it comes from a source other than the paper."""

    mean: float
    sd: float | None = None
    secondary: bool = False


#: The paper's number for an arm, what its condition is, and a metric; None where there is none.
Source = Callable[[str, Mapping[str, Scalar], str], Reported | None]


def _nothing(arm: str, condition: Mapping[str, Scalar], metric: str) -> None:
    return None


@dataclass(frozen=True)
class Table:
    """Which metrics stand in which columns.

    arms: those with a row, all if empty.  reported: the paper's numbers.  data: what these are numbers of, where that is
    not what was run here; other: whether it is, given what all runs have in common.  note: what the caption adds.
    """

    id: str
    title: str
    metrics: Mapping[str, str]
    arms: tuple[str, ...] = ()
    reported: Source = _nothing
    data: str = ""
    other: Callable[[Mapping[str, Scalar]], bool] = lambda common: True
    note: str = ""


def tables_of(block: str | None, settings: Any) -> list[Row]:
    """The tables of the block of this name, for the record."""
    declared = declared_for(block) if block is not None else ()
    if not declared or block is None:
        return []
    loaded = load_block(block)
    runs = central.central(loaded, settings)
    return [table_row(table, loaded, central.plan_of(settings), runs) for table in declared]


def table_row(table: Table, block: Block, plan: Plan, runs: Sequence[central.Run]) -> Row:
    """The table for the record, from the finished runs at the central setting."""
    places = [
        (arm, tuple(sorted(condition.items())))
        for arm, condition in block.conditions(plan.profile)
        if not table.arms or arm in table.arms
    ]
    places = list(dict.fromkeys(places))
    found: dict[tuple[str, Pairs], list[Metrics]] = {place: [] for place in places}
    for cell, metrics in runs:
        if (cell.arm, cell.condition) in found:
            found[cell.arm, cell.condition].append(metrics)
    common = set.intersection(*(set(condition) for _, condition in places)) if places else set()
    reports = {
        (place, metric): table.reported(place[0], dict(place[1]), metric)
        for place in places
        for metric in table.metrics
    }
    beside = [m for m in table.metrics if any(reports[place, m] is not None for place in places)]
    foreign = table.data if table.data and table.other(dict(common)) else ""
    varied = any(set(condition) - common for _, condition in places)
    columns = ["Method", *(["Condition"] if varied else []), "n"]
    for metric, name in table.metrics.items():
        columns.append(name)
        if metric in beside:
            columns.append(f"{name}, paper" + (f" ({foreign})" if foreign else ""))
    rows = []
    for arm, condition in places:
        there = found[arm, condition]
        own = tuple(pair for pair in condition if pair not in common)
        row: list[Any] = [arm, *([describe(own) if own else ""] if varied else []), len(there)]
        for metric in table.metrics:
            row.append(_score([m.get(metric) for m in there], len(there)))
            if metric in beside:
                row.append(_reported(reports[(arm, condition), metric]))
        rows.append(row)
    caption = ["Mean ± standard deviation over the n finished replicates.", table.note]
    if foreign and beside:
        caption.append(f"The paper's numbers are those of {foreign}, other data than were run here.")
    caption.append(central.sentence(block, plan, [run for run in runs if (run[0].arm, run[0].condition) in found]))
    return {
        "id": table.id,
        "title": table.title,
        "caption": " ".join(filter(None, caption)),
        "columns": columns,
        "rows": rows,
    }


def _score(values: Sequence[Any], replicates: int) -> Row | None:
    """Mean and standard deviation of the runs that have the score; their number where not all have it."""
    there = [float(v) for v in values if v is not None]
    if not there:
        return None
    mean, sd = mean_sd(there)
    # A share of runs has no deviation of its own.
    share = all(isinstance(v, bool) for v in values if v is not None)
    row: Row = {"mean": mean, "sd": sd if len(there) > 1 and not share else None}
    return row if len(there) == replicates else row | {"n": len(there)}


def _reported(number: Reported | None) -> Row | None:
    if number is None:
        return None
    return {"mean": number.mean, "sd": number.sd} | ({"secondary": True} if number.secondary else {})


def _listed(numbers: Mapping[tuple[str, str], Reported]) -> Source:
    """Numbers by arm and metric, whatever the condition is."""
    return lambda arm, condition, metric: numbers.get((arm, metric))


def declared_for(block: str) -> tuple[Table, ...]:
    """The tables of a block, none where it has none; modules with the paper's numbers are imported when asked for."""
    makers: dict[str, Callable[[], tuple[Table, ...]]] = {
        "block1": _block1,
        "block2": _block2,
        "block3": _block3,
        "block4": _block4,
        "block5": _block5,
        "block6": _block6,
        "correlation": _correlation,
        "decides": _decides,
        "gbcl-layers": _gbcl,
        "secu-digits": _secu,
    }
    return makers[block]() if block in makers else ()


def _block1() -> tuple[Table, ...]:
    from ddcl_theory.experiments.block1 import TEMPERATURES

    def reported(arm: str, condition: Mapping[str, Scalar], metric: str) -> Reported | None:
        if metric != "collapsed" or condition["T"] not in TEMPERATURES:
            return None
        if arm == "L_q":
            return Reported(0.0)
        return Reported(1.0) if (condition["dataset"], condition["T"]) == ("moons", max(TEMPERATURES)) else None

    return (
        Table(
            "scores",
            "Scores, and the share of runs that collapse",
            SCORES | {"collapsed": "Collapsed"},
            reported=reported,
            note="Of the paper's numbers only shares of collapse survive: none of 10 runs under L_q, all of them under L_OLS on "
            "Moons at T = 1.",
        ),
    )


def _block2() -> tuple[Table, ...]:
    from ddcl_theory.experiments.block2_settings import ACC_ANNEALED, ACC_MIDDLE, ACC_SEPARATED, MIDDLE

    def reported(arm: str, condition: Mapping[str, Scalar], metric: str) -> Reported | None:
        numbers = {"L_q": ACC_ANNEALED, "L_q + L_sep": ACC_SEPARATED}
        if arm == "L_q, fixed T" and condition["T"] == MIDDLE:
            numbers[arm] = ACC_MIDDLE
        return Reported(numbers[arm], secondary=True) if metric == "accuracy" and arm in numbers else None

    note = "The weight of L_sep is lost, so that its number stands beside both weights that were run."
    return (Table("scores", "Scores of the methods and of the ablation", SCORES, reported=reported, note=note),)


def _block3() -> tuple[Table, ...]:
    from ddcl_theory.experiments.block3 import DEVIATION, REPORTED, TRANSITION

    def reported(arm: str, condition: Mapping[str, Scalar], metric: str) -> Reported | None:
        at = (arm, condition["d"], metric) == ("L_q", TRANSITION, "accuracy")
        return Reported(REPORTED, DEVIATION, secondary=True) if at else None

    return (Table("scores", "Scores over the number of features", SCORES, reported=reported),)


def _block4() -> tuple[Table, ...]:
    from ddcl_theory.experiments.block4 import LOSSES, PUBLISHED, PUBLISHED_SD

    numbers = {(arm, "accuracy"): Reported(PUBLISHED, PUBLISHED_SD, secondary=True) for arm in LOSSES}
    return (
        Table(
            "scores",
            "Scores of the methods",
            SCORES,
            reported=_listed(numbers),
            data="CIFAR-10",
            other=lambda common: not str(common.get("features", "")).startswith("CIFAR-10"),
        ),
    )


def _block5() -> tuple[Table, ...]:
    from ddcl_theory.experiments.block5 import REPORTED

    numbers = {(arm, "accuracy"): Reported(*number, secondary=True) for arm, number in REPORTED.items()}
    note = "The paper's standard deviations are those of 3 runs."
    return (Table("scores", "Scores of all arms", SCORES, reported=_listed(numbers), note=note),)


def _block6() -> tuple[Table, ...]:
    return (Table("scores", "Scores after the stream", SCORES, note="The paper's numbers are lost."),)


def _correlation() -> tuple[Table, ...]:
    from ddcl_theory.experiments.correlation import HOT

    def reported(arm: str, condition: Mapping[str, Scalar], metric: str) -> Reported | None:
        # The abstract's number, without the temperature at which it was measured.
        return Reported(-0.98, secondary=True) if metric == "correlation" and condition["T"] != HOT else None

    metrics = {
        "correlation": "Correlation in training",
        "rescaled": "Correlation of rescaled prototypes",
        "collapsed": "Collapsed",
    }
    note = "The paper's number comes without a temperature and stands beside each of its three."
    return (Table("correlations", "Correlation of separation and uncertainty", metrics, reported=reported, note=note),)


def _decides() -> tuple[Table, ...]:
    from ddcl_theory.experiments.decides_training import ALONE

    return (
        Table(
            "alone",
            "Descent on V alone",
            {"growth": "ln of final over initial D_P"},
            arms=tuple(ALONE),
            note="Below 0 the prototypes have come closer.",
        ),
        Table(
            "mixed",
            "L_OLS with a multiple of V",
            {"separation": "Final D_P, in units of the data's variance"},
            arms=("L_OLS + cV",),
        ),
    )


def _gbcl() -> tuple[Table, ...]:
    from ddcl_theory.experiments.gbcl_layers_features import HIGH, KMEANS, TABLE_2
    from ddcl_theory.experiments.gbcl_layers_plane import LAYERS, TABLE_1

    def plane(arm: str, condition: Mapping[str, Scalar], metric: str) -> Reported | None:
        values = dict(zip(("largest", "smallest"), TABLE_1[str(condition["dataset"])], strict=True))
        return Reported(values[metric]) if arm == "k-means" and metric in values else None

    def features(arm: str, condition: Mapping[str, Scalar], metric: str) -> Reported | None:
        return Reported(TABLE_2[int(condition["d"])]) if (arm, metric) == (KMEANS, "largest") else None

    largest = "Largest singular value"
    return (
        Table(
            "plane",
            "Both layers in the plane, with the data of Table 1",
            {
                "error": "Error a sample",
                "valid": "Valid prototypes",
                "edges": "‖E‖",
                "largest": largest,
                "smallest": "Smallest singular value",
            },
            arms=("k-means", *LAYERS),
            reported=plane,
            note="The singular values are those of the data, which k-means shares with both layers.",
        ),
        Table(
            "features",
            "Accuracy by majority vote over the features, with the data of Table 2",
            {"accuracy": "Accuracy", "chance": "With shuffled classes", "largest": largest},
            arms=HIGH,
            reported=features,
            note="The accuracies of Figure 7 are printed nowhere.",
        ),
    )


def _secu() -> tuple[Table, ...]:
    from ddcl_theory.experiments.secu_published import published

    metrics = SCORES | {"accuracy_self_labelled": "ACC, self-labelled", "largest": "#Max", "smallest": "#Min"}
    return (
        Table(
            "scores",
            "Scores of the methods and of the sweeps",
            metrics,
            reported=published,
            data="CIFAR-10",
            note="#Max and #Min in units of the mean size of a cluster.",
        ),
    )
