"""Figures are set into the page without their ids clashing and without anything that runs or loads."""

from __future__ import annotations

import io

import pytest

from ddcl_theory.report import style
from ddcl_theory.report.figures import embed
from ddcl_theory.report.style import INK, PALETTE, STYLE

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 30 40">'


def test_ids_and_references_are_prefixed() -> None:
    svg = embed(
        f'{OPEN}<defs><clipPath id="c"/><path id="t"/></defs><g clip-path="url(#c)" style="marker-end: url(#t)"/>'
        '<use xlink:href="#t"/><use href="#t"/></svg>',
        "x-",
        "label",
    )
    assert 'id="x-c"' in svg and 'id="x-t"' in svg and 'clip-path="url(#x-c)"' in svg and "url(#x-t)" in svg
    assert svg.count('href="#x-t"') == 2 and "xlink" not in svg


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<image href="https://example.org/x.png"/>',
        '<image xlink:href="file:///etc/passwd"/>',
        '<image href="data:image/svg+xml,alert"/>',
        '<use xlink:href="https://example.org/x.svg#a"/>',
        "<style>@import url(https://example.org/x.css);</style>",
        '<path style="fill: url(https://example.org/x)"/>',
        "<path fill=\"url( 'https://example.org/x' )\"/>",
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        "<!-- alert -->",
    ],
)
def test_nothing_runs_and_nothing_loads(inside: str) -> None:
    svg = embed(f"{OPEN}{inside}<path d='M0 0'/></svg>", "x-", "label")
    for word in ("alert", "https:", "file:", "javascript", "onload", "foreign"):
        assert word not in svg
    assert '<path d="M0 0"' in svg


def test_embedded_pixels_stay() -> None:
    svg = embed(f'{OPEN}<image xlink:href="data:image/png;base64,\niVBORw0KGgo="/></svg>', "x-", "label")
    assert "data:image/png;base64" in svg


def test_ink_follows_the_page_and_size_the_drawing() -> None:
    svg = embed(f'{OPEN}<path stroke="{INK.upper()}" style="fill: {INK}"/></svg>', "x-", 'a "label" & more')
    assert INK not in svg.lower() and svg.count("currentColor") == 2
    assert 'style="max-width:40px"' in svg
    assert 'role="img"' in svg and 'aria-label="a &quot;label&quot; &amp; more"' in svg


@pytest.mark.parametrize(
    ("svg", "why"),
    [
        ("<svg", "not well-formed"),
        ("<svg/>", "the root element is 'svg'"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "the root element"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{OPEN}</svg>', "entity"),
    ],
)
def test_what_is_no_svg_is_refused(svg: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^svg: .*{why}|^svg: {why}"):
        embed(svg, "x-", "label")


def test_a_figure_drawn_with_the_style_is_the_same_twice_and_takes_the_ink_of_the_page() -> None:
    import matplotlib
    from matplotlib.figure import Figure

    def svg() -> str:
        with matplotlib.rc_context(STYLE):
            figure = Figure()
            axes = figure.add_subplot()
            axes.plot([0, 1, 2], [0, 1, 0], color=PALETTE[0], label="$V(T)$")
            axes.set_xlabel("temperature")
            axes.legend()
            stream = io.StringIO()
            figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        return stream.getvalue()

    first = embed(svg(), "x-", "label")
    assert first == embed(svg(), "x-", "label")
    assert "currentColor" in first and INK not in first and PALETTE[0] in first
    assert "white" not in first and "#ffffff" not in first and "<style" not in first


def test_the_functions_of_the_style_leave_no_state_and_give_equal_text() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)

    def drawn() -> str:
        with style.panels(1, 2, 4.0, 2.0, sharey=True) as (figure, (left, right)):
            left.plot([0, 1], color=PALETTE[0], label="a")
            left.set_title("t")
            right.plot([1, 0])
            return style.svg(figure)

    def alone() -> str:
        figure, plot = style.axes(3.0, 2.0)
        plot.plot([0, 1], label="V")
        style.legend(plot)
        return style.svg(figure)

    for draw in (drawn, alone):
        first = draw()
        assert first == draw() and first.startswith("<svg") and "<metadata>" not in first
        assert "#000000" not in embed(first, "x-", "label") and "currentColor" in embed(first, "x-", "label")
    assert dict(matplotlib.rcParams) == before


def test_colours_read_on_light_and_on_dark_pages() -> None:
    def light(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for page in ("#fdfcf9", "#15181b"):
        for colour in PALETTE:
            high, low = sorted((light(colour), light(page)), reverse=True)
            assert (high + 0.05) / (low + 0.05) > 3, (colour, page)
    assert len(style.DASHES) == len(PALETTE) == len(set(PALETTE))
