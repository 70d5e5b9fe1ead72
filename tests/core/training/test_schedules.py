"""Schedules against values worked out by hand."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest

from ddcl_core.schedules import Phase, Ramp, Schedule, Setting, annealing, constant, four_phases


def test_ramps_by_hand() -> None:
    assert [Ramp(1.0, 3.0).at(x) for x in (0, 0.25, 0.5, 1)] == [1.0, 1.5, 2.0, 3.0]
    assert [Ramp(8.0, 0.5, "geometric").at(x) for x in (0, 0.25, 0.5, 1)] == pytest.approx([8.0, 4.0, 2.0, 0.5])
    quarter = 1 + 2 * (1 + math.sqrt(0.5)) / 2
    assert [Ramp(3.0, 1.0, "cosine").at(x) for x in (0, 0.25, 0.5, 1)] == pytest.approx([3.0, quarter, 2.0, 1.0])
    for shape in ("linear", "geometric", "cosine"):
        ramp = Ramp(0.7, 0.1, shape)
        assert (ramp.at(-1), ramp.at(0), ramp.at(1), ramp.at(7)) == (0.7, 0.7, 0.1, 0.1)
        assert Ramp(0.3, 0.3, shape).at(0.123) == 0.3


def test_constant() -> None:
    schedule = constant(0.5, rate_ratio=0.2, assignments="stopped", balance=1)
    for epoch in (0, 0.5, 1e9):
        assert schedule.at(epoch) == Setting(0.5, 0.2, "stopped", balance=1.0)
    assert schedule.epochs == math.inf


def test_phases_follow_one_another() -> None:
    first = Phase("a", 2, temperature=Ramp(4.0, 2.0), assignments="stopped")
    second = Phase("b", 3, temperature=Ramp(2.0, 1.0), rate_ratio=Ramp(0.0, 0.3), entropy=-1.0)
    schedule = Schedule((first, second))
    assert schedule.epochs == 5
    assert schedule.at(0) == Setting(4.0, 1.0, "stopped")
    assert schedule.at(1.5) == Setting(2.5, 1.0, "stopped")
    # The boundary belongs to the later phase; the end of the last one stays.
    assert schedule.at(2) == Setting(2.0, 0.0, None, entropy=-1.0)
    assert schedule.at(3.5) == pytest.approx(Setting(1.5, 0.15, None, None, -1.0))
    assert schedule.at(5) == schedule.at(50) == Setting(1.0, 0.3, None, entropy=-1.0)
    assert schedule.phase_at(1.99) is first and schedule.phase_at(2) is second and schedule.phase_at(9) is second


def test_four_phases_by_hand() -> None:
    """100 epochs cut at 10, 30, 80: shares 1 : 2 : 5 : 2."""
    schedule = four_phases(
        100,
        temperature=(4.0, 1.0),
        rate_ratio=(0.1, 0.5, 0.2),
        shares=(1, 2, 5, 2),
        balance=0.3,
        entropy=0.2,
        separation=0.6,
        weight=0.01,
    )
    assert [phase.name for phase in schedule.phases] == ["warm-up", "stabilisation", "sharpening", "refinement"]
    expected = {
        0: Setting(4.0, 0.1, "stopped", 0.3, 0.2, 0.0, 0.01),
        5: Setting(4.0, 0.1, "stopped", 0.3, 0.2, 0.1, 0.01),
        10: Setting(4.0, 0.1, "stopped", 0.3, 0.2, 0.2, 0.01),
        20: Setting(4.0, 0.3, "stopped", 0.3, 0.2, 0.4, 0.01),
        30: Setting(4.0, 0.5, "full", 0.3, 0.2, 0.6, 0.01),
        55: Setting(2.0, 0.5, "full", 0.3, 0.1, 0.6, 0.01),
        80: Setting(1.0, 0.5, "full", 0.3, 0.0, 0.6, 0.01),
        90: Setting(1.0, 0.35, "full", 0.3, 0.0, 0.6, 0.01),
        100: Setting(1.0, 0.2, "full", 0.3, 0.0, 0.6, 0.01),
    }
    for epoch, setting in expected.items():
        got = schedule.at(epoch)
        assert got.assignments == setting.assignments
        assert got[:2] + got[3:] == pytest.approx(setting[:2] + setting[3:], rel=1e-12)


def test_four_phases_leave_what_is_not_given() -> None:
    for epoch in (0, 30, 60, 99):
        assert four_phases(100, temperature=(2.0, 1.0)).at(epoch)[3:] == (None, None, None, None)


def test_annealing_shapes() -> None:
    assert annealing(10, (1.0, 0.01)).at(5).temperature == pytest.approx(0.1)
    assert annealing(10, (1.0, 0.5), shape="linear", rate_ratio=0.0).at(5) == Setting(0.75, 0.0)
    assert annealing(10, (1.0, 0.5), shape="cosine").at(5).temperature == pytest.approx(0.75)


@pytest.mark.parametrize(
    "schedule",
    [
        constant(2.0, entropy=-0.5),
        annealing(7.5, (3.0, 0.1), shape="cosine", assignments="full"),
        four_phases(30, temperature=(2.0, 0.2), balance=0.1, entropy=0.2, separation=0.3, weight=0.4),
    ],
)
def test_round_trip_through_json(schedule) -> None:
    again = Schedule.from_dict(json.loads(json.dumps(schedule.to_dict(), allow_nan=False)))
    assert again == schedule
    assert again.at(3.3) == schedule.at(3.3)


def test_describe_shows_each_phase() -> None:
    table = four_phases(40, temperature=(2.0, 0.5), entropy=0.1).describe().splitlines()
    assert table[0].split() == ["epochs", "phase", "temperature", "rate", "ratio", "q", "entropy"]
    assert table[1].split() == ["0", "–", "8", "warm-up", "2", "0.1", "stopped", "0.1"]
    assert "16 – 32" in table[3] and "2 → 0.5 (geometric)" in table[3] and "0.1 → 0 (linear)" in table[3]
    assert len(table) == 5


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Ramp(1.0, 0.0, "geometric"), "end"),
        (lambda: Ramp(1.0, math.inf), "end"),
        (lambda: Ramp(1.0, 2.0, "step"), "shape"),
        (lambda: constant(0.0), "temperature"),
        (lambda: constant("hot"), "temperature"),
        (lambda: constant(1.0, rate_ratio=-0.1), "rate_ratio"),
        (lambda: constant(1.0, weight=-1.0), "weight"),
        (lambda: constant(1.0, assignments="hard"), "assignments"),
        (lambda: constant(1.0, balance=Ramp(0.0, 1.0)), "balance"),
        (lambda: Phase("a", 0, temperature=1.0), "epochs"),
        (lambda: Phase("a", math.nan, temperature=1.0), "epochs"),
        (lambda: Schedule(()), "phases"),
        (lambda: Schedule((constant(1.0).phases[0], constant(2.0).phases[0])), "phases"),
        (lambda: four_phases(10, temperature=1.0), "temperature"),
        (lambda: four_phases(10, temperature=(1.0, 0.1), shares=(1, 1, 0, 1)), "shares"),
        (lambda: four_phases(0, temperature=(1.0, 0.1)), "epochs"),
        (lambda: constant(1.0).at(-0.5), "epoch"),
        (lambda: constant(1.0).at(math.nan), "epoch"),
        (lambda: Schedule.from_dict({"phases": 3}), "content"),
        (lambda: Schedule.from_dict({"phases": [{"name": "a"}]}), "phases"),
        (
            lambda: Schedule.from_dict({"phases": [{"name": "a", "epochs": 1, "temperature": {"from": 1}}]}),
            "temperature",
        ),
    ],
)
def test_bad_schedules_are_named(make, named) -> None:
    with pytest.raises(ValueError, match=f"^{named}: got "):
        make()


def test_module_needs_no_torch() -> None:
    program = "import sys, ddcl_core.schedules; print('torch' in sys.modules or 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
