"""False changes of every experiment against whatever could have been measured, and the numbers in its description."""

from __future__ import annotations

import functools
import importlib
import math
import random
import zlib

import pytest

from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.decides_training import RATIOS
from ddcl_theory.experiments.index import INDEX, load_block
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Prediction, Results

#: The least and the greatest value of each metric; accuracy of k clusters is at least 1/k.
RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("accuracy", "best_accuracy", "accuracy_start", "accuracy_self_labelled"), (0.1, 1.0)),
    **dict.fromkeys(("nmi", "uncertainty", "uncertainty_start", "outside", "unsettled", "relabelled"), (0.0, 1.0)),
    **dict.fromkeys(("violations", "negative", "collapsed", "falls", "adequate", "nearest_first"), (0, 1)),
    **dict.fromkeys(("variance", "separation", "separation_start", "drops", "rate_error"), (0.0, 3.0)),
    **dict.fromkeys(("correlation", "rescaled", "return", "rise"), (-1.0, 1.0)),
    **dict.fromkeys((f"correlation with {name}" for name in ("tr S_q", "V")), (-1.0, 1.0)),
    **dict.fromkeys((f"falls of {name}" for name in ("D_P", "tr S_q", "V")), (0.0, 1.0)),
    **dict.fromkeys(("settled", "arrived"), (1, 401)),
    **dict.fromkeys(("error", "edges", "off_the_data", "start_norm", "start_distance", "length"), (0.001, 10.0)),
    "ari": (-0.5, 1.0),
    "turns": (0, 9),
    "digits": (1, 10),
    "valid": (1, 30),
    "largest": (1.0, 10.0),
    "smallest": (0.0, 1.0),
}
DRAWS = 24
PLAN = Plan("standard")
CASES = [(name, p) for name in INDEX for p in load_block(name).predictions]


@functools.lru_cache(maxsize=DRAWS)
def drawn(name: str, seed: int) -> Results:
    """Metrics at either end of what they can be, or between, the same in all replicates.

    They differ between the conditions of an arm for even seeds, and not for odd ones.
    """
    block = load_block(name)
    ranges = RANGES | ({"accuracy": (0.5, 1.0)} if name == "block3" else {})
    places: dict[object, Metrics] = {}
    metrics: dict[Cell, Metrics] = {}
    for cell in block.cells(PLAN):
        place = (cell.arm, cell.setting, () if seed % 2 else cell.condition)
        if place not in places:
            rng = random.Random(zlib.crc32(repr((seed, place)).encode()))
            threshold = rng.choice((0.0, 2.0, 4.0, math.inf))
            phases = {f"apart at {ratio:g}": ratio < threshold for ratio in RATIOS}
            places[place] = phases | {n: between(rng, *ends) for n, ends in ranges.items()}
        metrics[cell] = places[place]
    return Results(block.grid, metrics)


def between(rng: random.Random, low: float, high: float) -> float:
    value = rng.choice((low, high, rng.uniform(low, high)))
    return round(value) if isinstance(low, int) else value


@pytest.mark.parametrize(("name", "prediction"), CASES, ids=[f"{name}-{p.id}" for name, p in CASES])
def test_after_a_false_change_no_setting_is_supported_whatever_was_measured(name: str, prediction: Prediction) -> None:
    block = load_block(name)
    for seed in range(DRAWS):
        for change in (c for c in prediction.changes if not c.harmless):
            changed = change.apply(drawn(name, seed))
            answers = [g.supported for g in assess(block, prediction, changed, PLAN).groups]
            assert True not in answers, (change.id, seed)


@pytest.mark.parametrize("name", INDEX)
def test_the_draws_support_and_refute(name: str) -> None:
    """Without a change, most predictions are supported by some draw: the test above could fail."""
    block = load_block(name)
    found = {p.id: {assess(block, p, drawn(name, s), PLAN).outcome for s in range(DRAWS)} for p in block.predictions}
    open_ = {p for p, outcomes in found.items() if outcomes == {Outcome.NOT_TESTABLE}}
    held = {p for p, outcomes in found.items() if outcomes & {Outcome.REPRODUCED, Outcome.DEPENDS_ON}}
    assert len(held) >= 0.4 * (len(found) - len(open_))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("block1", "of which all {settings} combinations run"),
        ("block2", "{settings} settings of {combinations} combinations"),
        ("block3", "{settings} settings of {combinations} combinations"),
        ("block4", "{others} of them beside the centre"),
        ("block5", "{settings} settings of {combinations} combinations"),
        ("block6", "{settings} settings of {combinations} combinations"),
        ("correlation", "all {settings} combinations of the grid run"),
        ("decides", "{settings} settings of {combinations} combinations"),
        ("gbcl-layers", "{settings} settings of {combinations} combinations"),
        ("secu-digits", "{others} variations beside the centre"),
    ],
)
def test_a_description_counts_the_settings_that_run(name: str, said: str) -> None:
    grid = load_block(name).grid
    settings, combinations = len(grid.settings("thorough")), math.prod(len(v) for v in grid.values.values())
    words = " ".join((importlib.import_module(INDEX[name][3]).__doc__ or "").split())
    assert said.format(settings=settings, combinations=combinations, others=settings - 1) in words
    assert (settings == combinations) is ("settings of" not in said)
    claim = " ".join((importlib.import_module(INDEX[name][2]).__doc__ or "").split())
    if "settings of" in said and name != "decides":
        assert str(settings) in claim and str(combinations) in claim
