"""Numbers and durations as they are printed."""

from __future__ import annotations

import pytest

from ddcl_theory.report.numbers import cell, chance, counted, lasted, measured, scored


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (-0.0416, "−0.0416"),
        (1.0, "1"),
        (123.456, "123"),
        (99999.0, "99999"),
        (100.0, "100"),
        (1234567.0, "1.23e6"),
        (-3.1e-16, "−3.1e−16"),
        (0.001, "0.001"),
        (9.999e-4, "1e−3"),
        (5e-324, "4.94e−324"),
    ],
)
def test_measured(value: float | None, text: str) -> None:
    assert measured(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (9999, "9999"), (10000, "10\u202f000"), (4096000, "4\u202f096\u202f000")]
)
def test_counted(value: int, text: str) -> None:
    assert counted(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (0.0001, "< 1 ms"),
        (0.02, "0.020 s"),
        (0.0999, "0.10 s"),
        (1.84, "1.84 s"),
        (9.96, "10.0 s"),
        (59.94, "59.9 s"),
        (59.97, "1 min 00 s"),
        (83.9, "1 min 24 s"),
        (3599.7, "1 h 00 min"),
        (7500.0, "2 h 05 min"),
    ],
)
def test_lasted(seconds: float, text: str) -> None:
    assert lasted(seconds) == text.replace(" ", "\u00a0")


def test_chance() -> None:
    assert chance(None) == "–"
    assert chance(2.5e-5) == "≤ 2.5e−5"


@pytest.mark.parametrize(
    ("mean", "sd", "text"),
    [
        (0.5764, 0.0531, "0.576 ± 0.053"),
        (0.0, None, "0.000"),
        (-0.98, None, "−0.980"),
        (0.01234, 0.5, "0.012 ± 0.500"),
        (-1e-9, 0.0, "0.000 ± 0.000"),
        (1.0, 0.25, "1.000 ± 0.250"),
        (26.97, 0.04, "27.0 ± 0.0"),
    ],
)
def test_scored(mean: float, sd: float | None, text: str) -> None:
    assert scored(mean, sd) == text


def test_cells_of_a_table() -> None:
    score = {"mean": 0.5, "sd": 0.1}
    cells = (None, "L_q", 12, score, score | {"n": 2}, score | {"secondary": True}, score | {"n": 2, "secondary": True})
    assert [cell(c) for c in cells] == [
        "–",
        "L_q",
        "12",
        "0.500 ± 0.100",
        "0.500 ± 0.100 (n = 2)",
        "0.500 ± 0.100 (secondary source)",
        "0.500 ± 0.100 (n = 2, secondary source)",
    ]
