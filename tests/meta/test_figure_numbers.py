"""Figures keep two decimals of coordinates, and all of the scale of their letters."""

from __future__ import annotations

from ddcl_theory.claim import Figure
from ddcl_theory.report.style import axes, svg


def test_coordinates_are_cut_and_the_scale_of_letters_is_not() -> None:
    drawn = '<path d="M 1.23456 -0.98765" transform="translate(61.279297 0) scale(0.015625)"/>'
    cut = Figure("f", "t", "a", "c", lambda settings: drawn).svg(None)
    assert cut == '<path d="M 1.23 -0.98" transform="translate(61.27 0) scale(0.015625)"/>'


def test_letters_of_a_drawn_figure_have_their_size() -> None:
    def draw(settings: object) -> str:
        figure, plot = axes()
        plot.set_xlabel("temperature")
        return svg(figure)

    assert "scale(0.015625)" in Figure("f", "t", "a", "c", draw).svg(None)
