"""One look for all figures: transparent, mid-grey axes that read on light and on dark pages, reproducible SVG text."""

from __future__ import annotations

import io
import re
from typing import Any

#: Distinguishable also without colour vision; lines differ in their dashes as well.
COLOURS = ("#2b7bba", "#d1662c", "#4a9a5b", "#9b59b6", "#b0883a")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))
INK = "#7f868d"


def axes(width: float = 6.0, height: float = 3.4) -> tuple[Any, Any]:
    """A figure without any global state, and its axes."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "ddcl-verify", "font.size": 10})
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0.0)
    plot = figure.add_subplot()
    plot.patch.set_alpha(0.0)
    plot.grid(True, color=INK, alpha=0.2, linewidth=0.6)
    for spine in plot.spines.values():
        spine.set_color(INK)
    for side in ("top", "right"):
        plot.spines[side].set_visible(False)
    plot.tick_params(colors=INK, which="both")
    for label in (plot.xaxis.label, plot.yaxis.label, plot.title):
        label.set_color(INK)
    return figure, plot


def legend(plot: Any, **options: Any) -> None:
    """A legend without a frame, in the ink of the axes."""
    drawn = plot.legend(frameon=False, **options)
    for text in drawn.get_texts():
        text.set_color(INK)


def svg(figure: Any) -> str:
    """SVG text without date, prologue or fixed size, so that it scales with the page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    return re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S).strip()
