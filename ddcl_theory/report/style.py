"""One look for all figures of a report, as Matplotlib parameters and a few functions that draw with them.

A figure is transparent and its ink becomes the text colour of the page (see `figures.embed`), so that one SVG serves a
light page, a dark one and paper.  Colours that read on all of these differ little in lightness, so that lines differ in
their dashes too, and points in their marks.  Nothing here imports Matplotlib before it draws, and no global state is left changed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ddcl_theory.report import plotted

INK = "#161a1d"
#: The last one is grey, for what is not data.
PALETTE = ("#2f6f9f", "#c4472f", "#8a7a1f", "#3f8f5f", "#8a5a9f", "#7a7a7a")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "ddcl-verify",
    "svg.fonttype": "path",
    "figure.figsize": (6.4, 3.6),
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.transparent": True,
    "savefig.bbox": "tight",
    "legend.framealpha": 0.0,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": INK,
    "grid.alpha": 0.12,
    "grid.linewidth": 0.6,
    "hatch.color": INK,
    "font.size": 10.0,
    "lines.linewidth": 1.8,
    **dict.fromkeys(
        ("text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color"), INK
    ),
}


class Drawing(str):
    """SVG text with the data that it draws."""

    data: dict[str, Any]

    def __new__(cls, text: str, data: dict[str, Any]) -> Drawing:
        drawing = super().__new__(cls, text)
        drawing.data = data
        return drawing


@contextmanager
def panels(
    rows: int = 1, columns: int = 1, width: float = 6.4, height: float = 3.6, **options: Any
) -> Iterator[tuple[Any, Any]]:
    """A figure of `width` × `height` inches and its axes, one or an array; everything is drawn inside the context."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.subplots(rows, columns, **options)


def axes(width: float = 6.4, height: float = 3.6) -> tuple[Any, Any]:
    """A figure with one pair of axes, to be drawn on without a context; its legend comes from `legend`."""
    with panels(width=width, height=height) as drawn:
        return drawn


def legend(plot: Any, **options: Any) -> None:
    """A legend in the look of the figure."""
    import matplotlib

    with matplotlib.rc_context(STYLE):
        plot.legend(**options)


def svg(figure: Any) -> Drawing:
    """SVG text without date, prologue or metadata: equal for equal figures; and the data of the figure."""
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL).strip()
    return Drawing(text, plotted.read(figure))
