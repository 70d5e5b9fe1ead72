"""The dependency graph of the claims as inline SVG: who rests on whom, each node a link with its computed verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ddcl_theory.report.layers import Bend, Cell, arrange
from ddcl_theory.report.look import LOOKS
from ddcl_theory.report.visible import visible

HEIGHT, GAP, MARGIN, COLUMN_GAP = 30, 12, 6, 56
CHARACTER, BEFORE_TEXT, AFTER_TEXT = 7.25, 28, 12


def anchor(claim: str) -> str:
    """The fragment identifier of a claim's section."""
    return f"claim-{claim}"


def render(claims: Sequence[Mapping[str, Any]]) -> Markup:
    """SVG of `claims` ({id, title, verdict, uses}); edges run from the claim that is used to the claim that uses it.

    A claim that is used and not part of the record stands as a dashed node.  Claims without any edge follow in rows
    below. Raises ValueError when the uses run in a circle.
    """
    known = {claim["id"]: claim for claim in claims}
    edges = [(used, claim["id"]) for claim in claims for used in claim["uses"]]
    linked = dict.fromkeys(
        name
        for claim in claims
        for name in (*claim["uses"], claim["id"])
        if claim["uses"] or name in {u for u, _ in edges}
    )
    single = [name for name in known if name not in linked]
    width = max((len(name) for name in (*linked, *single)), default=0) * CHARACTER + BEFORE_TEXT + AFTER_TEXT
    layout = arrange(list(linked), edges)
    centre = _centres(layout.layers, width)
    lower = max((y for _, y in centre.values()), default=-GAP - HEIGHT / 2) + HEIGHT / 2 + GAP
    columns = max(len(layout.layers), 3 if single else 1)
    for index, name in enumerate(single):
        row, column = divmod(index, columns)
        top = lower + (2 * GAP if linked else 0)
        centre[name] = (MARGIN + column * (width + COLUMN_GAP) + width / 2, top + row * (HEIGHT + GAP) + HEIGHT / 2)
    total_width = MARGIN * 2 + columns * width + (columns - 1) * COLUMN_GAP
    total_height = max((y for _, y in centre.values()), default=0) + HEIGHT / 2 + MARGIN
    lines = [_edge([centre[cell] for cell in path], width) for path in layout.paths.values()]
    nodes = [_node(name, known.get(name), centre[name], width) for name in (*linked, *single)]
    description = "; ".join(f"{target} uses {source}" for source, target in edges) or "No claim uses another."
    return Markup(
        '<svg class="graph" role="group" aria-labelledby="graph-title graph-desc" '
        'width="{w:.0f}" height="{h:.0f}" viewBox="0 0 {w:.0f} {h:.0f}">'
        '<title id="graph-title">Dependency graph of the claims</title><desc id="graph-desc">{d}</desc>'
        '<defs><marker id="graph-arrow" viewBox="0 0 8 8" '
        'refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 .8 7.5 4 0 7.2z" class="arrow"/></marker></defs>{lines}{nodes}</svg>'
    ).format(w=total_width, h=total_height, d=description, lines=Markup("").join(lines), nodes=Markup("").join(nodes))


def _centres(layers: Sequence[Sequence[Cell]], width: float) -> dict[Cell, tuple[float, float]]:
    """Centres of all cells: layers side by side, each centred on the tallest."""

    def tall(cell: Cell) -> float:
        return GAP if isinstance(cell, Bend) else HEIGHT

    heights = [sum(map(tall, layer)) + GAP * (len(layer) - 1) for layer in layers]
    centre: dict[Cell, tuple[float, float]] = {}
    for index, layer in enumerate(layers):
        y = MARGIN + (max(heights) - heights[index]) / 2
        for cell in layer:
            centre[cell] = (MARGIN + index * (width + COLUMN_GAP) + width / 2, y + tall(cell) / 2)
            y += tall(cell) + GAP
    return centre


def _edge(points: Sequence[tuple[float, float]], width: float) -> Markup:
    """A smooth line from the right side of the first node to the left side of the last, level where it passes a
    layer.
    """
    half = width / 2
    x, y = points[0][0] + half, points[0][1]
    path = f"M{x:.1f} {y:.1f}"
    for index, (centre_x, next_y) in enumerate(points[1:], start=1):
        next_x = centre_x - half
        bow = (next_x - x) / 2
        path += f"C{x + bow:.1f} {y:.1f} {next_x - bow:.1f} {next_y:.1f} {next_x:.1f} {next_y:.1f}"
        if index < len(points) - 1:
            path += f"H{centre_x + half:.1f}"
        x, y = centre_x + half, next_y
    return Markup('<path class="edge" d="{}" marker-end="url(#graph-arrow)"/>').format(path)


def _node(name: str, claim: Mapping[str, Any] | None, centre: tuple[float, float], width: float) -> Markup:
    x, y = centre[0] - width / 2, centre[1] - HEIGHT / 2
    box = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" rx="5"/>').format(x, y, width, HEIGHT)
    text = Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(x + BEFORE_TEXT, centre[1] + 4, name)
    if claim is None:
        return Markup('<g class="node absent"><title>{} is not part of this report</title>{}{}</g>').format(
            name, box, text
        )
    verdict = claim["verdict"]
    icon = Markup(
        '<svg x="{:.1f}" y="{:.1f}" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">{}</svg>'
    ).format(x + 8, centre[1] - 7, Markup(LOOKS[verdict].icon))
    label = visible(f"{name}: {verdict}. {claim['title']}")
    return Markup('<a class="node v-{}" href="#{}" aria-label="{}"><title>{}</title>{}{}{}</a>').format(
        verdict, anchor(name), label, label, box, icon, text
    )
