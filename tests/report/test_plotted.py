"""The data of a figure are read from what is drawn, whatever drew it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from ddcl_theory.claim import Figure
from ddcl_theory.report import plotted, style
from ddcl_theory.report.schema import schema


def artists(draw: Callable[[Any], Any]) -> list[dict[str, Any]]:
    figure, plot = style.axes()
    draw(plot)
    return plotted.read(figure)["axes"][0]["artists"]


def test_axes_with_their_words_and_scales() -> None:
    with style.panels(1, 2) as (figure, (left, right)):
        left.plot([1, 10], [0.1, 0.2], label="L_q")
        left.set(title="t", xlabel="T", ylabel="ACC", xscale="log")
        right.set_yticks([0, 1], ["k-means", "L_q"])
        figure.suptitle("both")
        data = style.svg(figure).data
    first, second = data["axes"]
    assert data["title"] == "both"
    assert {n: first[n] for n in ("title", "xlabel", "ylabel", "xscale", "yscale")} == {
        "title": "t",
        "xlabel": "T",
        "ylabel": "ACC",
        "xscale": "log",
        "yscale": "linear",
    }
    assert first["artists"] == [{"kind": "line", "label": "L_q", "x": [1, 10], "y": [0.1, 0.2]}]
    assert "yticks" not in first and second["yticks"] == {"at": [0, 1], "labels": ["k-means", "L_q"]}


def test_numbers_are_short_and_what_is_not_finite_is_none() -> None:
    (line,) = artists(lambda plot: plot.plot([0, 1, 2, 3], [1 / 3, math.nan, 1234567.0, 2.0]))
    assert line == {"kind": "line", "x": [0, 1, 2, 3], "y": [0.333333, None, 1234570.0, 2]}


def test_marks_and_their_filling_are_kept() -> None:
    full, empty = artists(
        lambda plot: [plot.plot(1, 2, "o", color="#123456", markerfacecolor=f) for f in ("#123456", "none")]
    )
    assert (full["mark"], full["face"], empty["face"]) == ("o", "#123456", "none")


def test_a_line_across_the_panel_has_one_coordinate() -> None:
    across, up = artists(lambda plot: (plot.axhline(0.5), plot.axvline(2, label="threshold")))
    assert across == {"kind": "line", "y": [0.5]} and up == {"kind": "line", "label": "threshold", "x": [2]}


def test_points_with_bars_are_told_once() -> None:
    (found,) = artists(lambda plot: plot.errorbar([1, 2], [3, 4], yerr=[0.5, 1], capsize=2, fmt="s", label="a"))
    assert {n: found[n] for n in ("kind", "label", "x", "y", "y_low", "y_high", "mark")} == {
        "kind": "errors",
        "label": "a",
        "x": [1, 2],
        "y": [3, 4],
        "y_low": [2.5, 3],
        "y_high": [3.5, 5],
        "mark": "s",
    }
    (across,) = artists(lambda plot: plot.errorbar(1, 3, xerr=[[0.5], [2]], fmt="o"))
    assert (across["x_low"], across["x_high"]) == ([0.5], [3]) and "y_low" not in across


def test_points_areas_bars_and_texts() -> None:
    def draw(plot: Any) -> None:
        plot.scatter([1, 2], [3, 4], s=[5, 6])
        plot.scatter([7], [8], c=[0.5])
        plot.fill_between([0, 1], [0, 0], [1, 2])
        plot.bar([0, 1], [3, 4], width=0.5, label="b")
        plot.text(0.5, 0.25, "here")

    sized, coloured, area, bars, text = sorted(artists(draw), key=lambda a: "points area bars text".index(a["kind"]))
    assert sized == {"kind": "points", "x": [1, 2], "y": [3, 4], "sizes": [5, 6]}
    assert coloured == {"kind": "points", "x": [7], "y": [8], "values": [0.5]}
    assert area["kind"] == "area" and {(0, 1), (1, 2), (1, 0)} <= set(zip(area["x"], area["y"], strict=True))
    assert bars == {"kind": "bars", "label": "b", "x": [-0.25, 0.75], "y": [0, 0], "width": [0.5] * 2, "height": [3, 4]}
    assert text == {"kind": "text", "text": "here", "x": [0.5], "y": [0.25]}


def test_images_meshes_and_contours() -> None:
    values = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    (image,) = artists(lambda plot: plot.imshow(values))
    assert image["rows"] == values and image["extent"] == [-0.5, 2.5, 1.5, -0.5]
    (mesh,) = artists(lambda plot: plot.pcolormesh(values))
    assert mesh["rows"] == values
    levels = artists(lambda plot: plot.contour([[0, 0, 0], [1, 1, 1], [2, 2, 2]], levels=[0.5, 1.5]))
    assert [(a["kind"], a["level"], set(a["y"])) for a in levels] == [("contour", 0.5, {0.5}), ("contour", 1.5, {1.5})]


def test_all_that_is_read_is_what_the_schema_says() -> None:
    from jsonschema import Draft202012Validator

    def draw(plot: Any) -> None:
        plot.errorbar([1], [2], xerr=[1], yerr=[1], label="e")
        plot.pcolormesh([[1.0, math.nan]])
        plot.contourf([[0, 1], [1, 2]])
        plot.bar([0], [1])
        plot.hlines([1, 2], 0, 1)
        plot.axvspan(0, 1)
        plot.set_xticks([1], ["one"])

    figure, plot = style.axes()
    draw(plot)
    data = style.svg(figure).data
    Draft202012Validator({"$ref": "#/$defs/plotted", "$defs": schema()["$defs"]}).validate(data)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert {a["kind"] for a in data["axes"][0]["artists"]} == {"errors", "image", "contour", "bars", "line", "area"}


def drawn(settings: Any) -> str:
    figure, plot = style.axes()
    plot.plot([0, 1], [settings, 1])
    return style.svg(figure)


def plain(settings: Any) -> str:
    return "<svg/>"


def test_a_figure_gives_its_data_and_its_script() -> None:
    svg, data = Figure("f", "t", "a", "c", drawn).drawing(3)
    assert svg.startswith("<svg") and svg == Figure("f", "t", "a", "c", drawn).svg(3)
    assert data is not None and data["axes"][0]["artists"][0]["y"] == [3, 1]
    assert Figure("f", "t", "a", "c", drawn).script == f"{__name__}:drawn"
    assert Figure("f", "t", "a", "c", "some.module:function").script == "some.module:function"


def test_a_figure_that_others_draw_has_no_data() -> None:
    assert Figure("f", "t", "a", "c", plain).drawing(None) == ("<svg/>", None)


@pytest.mark.parametrize("number", [0, 1])
def test_the_drawing_is_text(number: int) -> None:
    found = drawn(number)
    assert isinstance(found, str) and found == drawn(number) and (found == drawn(2)) is False
