"""Numbers and durations as they are printed."""

from __future__ import annotations

import pytest

from ddcl_theory.report.numbers import chance, counted, lasted, measured


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
