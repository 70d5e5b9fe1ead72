"""A witness drawn as inline SVG: sample z, prototypes p_j and mixture m, when they live on a line or in a plane.

Coordinates are rationals; they are scaled exactly before they become floats, so that huge and tiny witnesses draw
alike. What cannot be drawn (d > 2, no prototypes, a value that is not rational) has no drawing: `draw` returns None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from markupsafe import Markup

Vector = tuple[Fraction, ...]
Pixel = tuple[float, float]
Box = tuple[float, float, float, float]
Place = Callable[[Vector], Pixel]
WIDTH, LINE_HEIGHT, PLANE_HEIGHT, PAD = 340, 110, 250, 44
CHARACTER, ROW = 7.0, 13.0
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def draw(witness: Mapping[str, Any]) -> Markup | None:
    """SVG of the point of `witness`, or None when it has no prototypes in one or two dimensions."""
    point = witness["point"]
    prototypes = _vectors(point.get("p"))
    samples = _vectors(point.get("z"))
    if not prototypes or len(prototypes[0]) not in (1, 2) or (samples and len(samples[0]) != len(prototypes[0])):
        return None
    marks = [("p", _name("p", j, len(prototypes)), p) for j, p in enumerate(prototypes)]
    marks += [("z", _name("z", n, len(samples)), z) for n, z in enumerate(samples)]
    marks += [("m", name, m) for name, m in _mixtures(point, prototypes, samples)]
    place = _scale([vector for _, _, vector in marks])
    height = LINE_HEIGHT if len(prototypes[0]) == 1 else PLANE_HEIGHT
    description = "; ".join(f"{name} at ({', '.join(map(_short, vector))})" for _, name, vector in marks)
    spokes = [(place(z), place(p)) for z in samples[:1] for p in prototypes] if height == PLANE_HEIGHT else []
    body = [_axes(len(prototypes[0]), height)]
    body += [
        Markup('<path class="spoke" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>').format(*start, *end) for start, end in spokes
    ]
    body += _draw_marks(marks, place, height, spokes)
    title = f"{witness['role'].capitalize()} witness: where its points lie"
    return Markup(
        '<svg class="drawing" role="img" width="{w}" height="{h}" viewBox="0 0 {w} {h}">'
        "<title>{t}</title><desc>{d}</desc>{b}</svg>"
    ).format(w=WIDTH, h=height, t=title, d=description, b=Markup("").join(body))


def _name(letter: str, index: int, total: int) -> str:
    return letter if total == 1 and letter == "z" else letter + str(index + 1).translate(SUBSCRIPTS)


def _short(value: Fraction) -> str:
    text = str(value)
    return text if len(text) <= 12 else f"{float(value):.4g}" if abs(value) < 10**300 else "huge"


def _rational(value: Any) -> Fraction | None:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _vectors(value: Any) -> list[Vector]:
    """Rows of an array of rationals; one row for a vector; none when it has another shape."""
    if not isinstance(value, list) or not value:
        return []
    rows = value if isinstance(value[0], list) else [value]
    vectors = [tuple(map(_rational, row)) if isinstance(row, list) else (None,) for row in rows]
    if any(None in vector or not vector or len(vector) != len(vectors[0]) for vector in vectors):
        return []
    return vectors  # type: ignore[return-value]  # None was ruled out in the line above


def _mixtures(
    point: Mapping[str, Any], prototypes: Sequence[Vector], samples: Sequence[Vector]
) -> list[tuple[str, Vector]]:
    """m = Σ q_j p_j for a given q, else for softmax q of the single sample at each temperature of the point."""
    weights = _vectors(point.get("q"))
    if weights and all(len(q) == len(prototypes) for q in weights):
        return [
            (_name("m", n, len(weights)) if len(weights) > 1 else "m = Pq", _mix(q, prototypes))
            for n, q in enumerate(weights)
        ]
    if len(samples) != 1:
        return []
    squares = [sum(((a - b) ** 2 for a, b in zip(samples[0], p, strict=True)), Fraction(0)) for p in prototypes]
    found = []
    for name, value in point.items():
        q = _softmax(squares, value) if name.startswith("T") else None
        if q is not None:
            found.append((f"m({name})", _mix(q, prototypes)))
    return found


def _softmax(squares: Sequence[Fraction], temperature: Any) -> list[Fraction] | None:
    """q_j ∝ exp(−(d_j − min d)/T) to float accuracy;

    {"s": r} stands for exp(−1/T) = r, with T → 0+ at r = 0 and T = ∞ at r = 1.
    """
    least = min(squares)
    base = _rational(temperature.get("s")) if isinstance(temperature, Mapping) else None
    value = _rational(temperature)
    if base is not None and 0 <= base <= 1:
        rate = math.inf if base == 0 else -math.log(base)
    elif value is not None and value > 0:
        rate = 1 / float(value) if value < 10**300 else 0.0
    else:
        return None
    mass = [
        Fraction(1 if d == least else math.exp(-min(float(d - least) * rate, 800.0)) if rate < math.inf else 0)
        for d in squares
    ]
    return [m / sum(mass) for m in mass]


def _mix(q: Sequence[Fraction], prototypes: Sequence[Vector]) -> Vector:
    return tuple(
        sum((w * x for w, x in zip(q, column, strict=True)), Fraction(0)) for column in zip(*prototypes, strict=True)
    )


def _scale(vectors: Sequence[Vector]) -> Place:
    """A map from rational coordinates to pixels that keeps the aspect ratio."""
    columns = list(zip(*vectors, strict=True))
    lows, highs = [min(c) for c in columns], [max(c) for c in columns]
    height = LINE_HEIGHT if len(columns) == 1 else PLANE_HEIGHT
    rooms = [WIDTH - 2 * PAD, height - 2 * PAD]
    unit = min(
        (Fraction(room) / (high - low) for room, low, high in zip(rooms, lows, highs, strict=False) if high > low),
        default=Fraction(1),
    )

    def place(vector: Vector) -> Pixel:
        offsets = [float((x - (low + high) / 2) * unit) for x, low, high in zip(vector, lows, highs, strict=True)]
        return WIDTH / 2 + offsets[0], height / 2 - (offsets[1] if len(offsets) > 1 else 0)

    return place


def _axes(dimension: int, height: int) -> Markup:
    if dimension == 1:
        return Markup('<path class="axis" d="M12 {y}H{x}"/>').format(y=height / 2, x=WIDTH - 12)
    return Markup('<rect class="axis" x=".5" y=".5" width="{}" height="{}" rx="6"/>').format(WIDTH - 1, height - 1)


def _draw_marks(
    marks: Sequence[tuple[str, str, Vector]], place: Place, height: int, spokes: Sequence[tuple[Pixel, Pixel]]
) -> list[Markup]:
    """Shapes at their places; marks of one place share one label, which goes where it covers least."""
    shapes = []
    groups: dict[tuple[float, float], list[tuple[str, str, Vector]]] = {}
    for mark in marks:
        x, y = place(mark[2])
        shapes.append(
            Markup('<path class="mark {}" transform="translate({:.1f} {:.1f})" d="{}"/>').format(
                mark[0], x, y, SHAPES[mark[0]]
            )
        )
        groups.setdefault((round(x, 1), round(y, 1)), []).append(mark)
    taken = [(x - 8, y - 8, x + 8, y + 8) for x, y in groups]
    for (x, y), (u, v) in spokes:
        along = ((x + (u - x) * step / 16, y + (v - y) * step / 16) for step in range(1, 16))
        taken += [(a - 2, b - 2, a + 2, b + 2) for a, b in along]
    labels = []
    for (x, y), group in sorted(groups.items()):
        lines = [" = ".join(name for _, name, _ in group)]
        if height == LINE_HEIGHT:
            lines.append(_short(group[0][2][0]))
        box = _free_place(x, y, max(map(len, lines)) * CHARACTER, len(lines) * ROW, height, taken)
        taken.append(box)
        for row, (line, style) in enumerate(zip(lines, ("name", "value"), strict=False)):
            labels.append(
                Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(
                    style, (box[0] + box[2]) / 2, box[1] + row * ROW + 10, line
                )
            )
    return [*shapes, *labels]


def _free_place(x: float, y: float, width: float, tall: float, height: int, taken: Sequence[Box]) -> Box:
    """The first box of the given size near (x, y), above before below before beside, that covers least of what is
    `taken`.
    """
    beside = (
        ()
        if height == LINE_HEIGHT
        else ((9, -tall / 2), (-9 - width, -tall / 2), (6, -8 - tall), (-6 - width, -8 - tall), (6, 8), (-6 - width, 8))
    )
    offsets = [(-width / 2, -9 - tall), (-width / 2, 9), *beside]
    boxes = []
    for dx, dy in offsets:
        left = min(max(x + dx, 3), WIDTH - 3 - width)
        top = min(max(y + dy, 3), height - 3 - tall)
        boxes.append((left, top, left + width, top + tall))
    return min(boxes, key=lambda box: sum(_overlap(box, other) for other in taken))


def _overlap(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


SHAPES = {
    "p": "M0-6.5 6.5 0 0 6.5-6.5 0z",
    "z": "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0",
    "m": "M-4.5-4.5 4.5 4.5M-4.5 4.5 4.5-4.5",
}
