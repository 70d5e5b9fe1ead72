"""Witnesses are drawn where they lie."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from ddcl_theory.report.drawing import draw


def drawn(point: dict[str, Any]) -> ElementTree.Element:
    svg = draw({"role": "simplest", "point": point})
    assert svg is not None
    return ElementTree.fromstring(str(svg))


def places(root: ElementTree.Element, kind: str) -> list[tuple[float, float]]:
    found = []
    for path in root.iter("path"):
        if path.get("class") == f"mark {kind}":
            x, y = path.get("transform", "").removeprefix("translate(").removesuffix(")").split()
            found.append((float(x), float(y)))
    return found


def names(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter("text") if text.get("class") == "name"]


def test_a_line_keeps_proportions_and_joins_labels() -> None:
    root = drawn({"z": ["0"], "p": [["0"], ["1"], ["1"], ["1/4"]]})
    (a, _), (b, _), (c, _), (d, _) = places(root, "p")
    assert places(root, "z") == [(a, 55.0)] and b == c
    assert (d - a) / (b - a) == pytest.approx(0.25, abs=1e-3)
    assert sorted(names(root)) == ["p₁ = z", "p₂ = p₃", "p₄"]
    assert root.findtext("desc") == "p₁ at (0); p₂ at (1); p₃ at (1); p₄ at (1/4); z at (0)"


def test_a_plane_keeps_the_aspect_ratio_and_points_up() -> None:
    root = drawn({"z": ["0", "0"], "p": [["3", "0"], ["0", "4"]]})
    (x, y), (u, v) = places(root, "p")
    ((a, b),) = places(root, "z")
    assert (x - a) / (b - v) == pytest.approx(0.75, abs=1e-2)
    assert (y, u) == (b, a)


def test_the_mixture_of_a_given_q() -> None:
    root = drawn({"z": ["0"], "p": [["0"], ["4"]], "q": ["1/4", "3/4"]})
    (a, _), (b, _) = places(root, "p")
    ((m, _),) = places(root, "m")
    assert (m - a) / (b - a) == pytest.approx(0.75, abs=1e-3)
    assert "m = Pq" in names(root)


@pytest.mark.parametrize(
    ("temperature", "share"),
    [({"s": "0"}, 0.0), ({"s": "1"}, 0.5), ({"s": "1/2"}, 1 / 3), ("1", 0.2689414), ("1e-300", 0.0), ("1e300", 0.5)],
)
def test_the_mixture_of_softmax_q(temperature: Any, share: float) -> None:
    root = drawn({"z": ["0"], "p": [["0"], ["1"]], "T1": temperature})
    (a, _), (b, _) = places(root, "p")
    ((m, _),) = places(root, "m")
    assert (m - a) / (b - a) == pytest.approx(share, abs=1e-3)


@pytest.mark.parametrize("scale", ["1e-400", "1e400", "1/3"])
def test_huge_and_tiny_witnesses_draw_alike(scale: str) -> None:
    from fractions import Fraction

    unit = drawn({"z": ["0"], "p": [["0"], ["1"], ["3"]]})
    scaled = drawn({"z": ["0"], "p": [["0"], [str(Fraction(scale))], [str(3 * Fraction(scale))]]})
    assert places(unit, "p") == places(scaled, "p")


def test_coincident_points_draw() -> None:
    root = drawn({"z": ["1", "1"], "p": [["1", "1"]] * 8})
    assert set(places(root, "p")) == {(170.0, 125.0)}
    assert len(names(root)) == 1


def test_many_samples_are_named_apart() -> None:
    root = drawn({"z": [["0"], ["2"]], "p": [["1"]]})
    assert sorted(names(root)) == ["p₁", "z₁", "z₂"]


@pytest.mark.parametrize(
    "point",
    [
        {},
        {"z": ["0"]},
        {"p": []},
        {"p": [["0", "0", "0"]]},
        {"p": [["t"]]},
        {"p": [["1/0"]]},
        {"p": [["nan"]]},
        {"p": [[]]},
        {"p": [["0"], ["0", "1"]]},
        {"z": ["0", "1"], "p": [["0"]]},
        {"p": "1/2"},
        {"p": [[{"s": "1/2"}]]},
        {"p": [[["0"]]]},
    ],
)
def test_what_cannot_be_drawn_has_no_drawing(point: dict[str, Any]) -> None:
    assert draw({"role": "simplest", "point": point}) is None


def test_labels_lie_inside() -> None:
    root = drawn({"z": ["0", "0"], "p": [["-100", "0"], ["100", "0"], ["0", "1"]], "q": ["1/3", "1/3", "1/3"]})
    for text in root.iter("text"):
        half = len(text.text or "") * 3.5
        assert half <= float(text.get("x", "nan")) <= 340 - half
        assert 8 <= float(text.get("y", "nan")) <= 250
