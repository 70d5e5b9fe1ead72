"""What a Matplotlib figure shows, as plain data: the numbers behind each curve, point, bar, area and image.

Numbers are rounded to six digits, beyond what a drawing can show; what is not finite becomes None.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

DIGITS = 6

Row = dict[str, Any]


def read(figure: Any) -> Row:
    """The axes of the figure, in order, each with its labels, scales and artists; a title of the whole where it has one."""
    title = figure.get_suptitle()
    return ({"title": title} if title else {}) | {"axes": [_axes(plot) for plot in figure.axes]}


def _axes(plot: Any) -> Row:
    row: Row = {
        "title": plot.get_title(),
        "xlabel": plot.get_xlabel(),
        "ylabel": plot.get_ylabel(),
        "xscale": plot.get_xscale(),
        "yscale": plot.get_yscale(),
    }
    for name, axis in (("xticks", plot.xaxis), ("yticks", plot.yaxis)):
        named = _named_ticks(axis)
        if named is not None:
            row[name] = named
    return row | {"artists": list(_artists(plot))}


def _named_ticks(axis: Any) -> Row | None:
    """Where ticks stand that have names of their own, such as a row for each method."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter

    form = axis.get_major_formatter()
    if not isinstance(axis.get_major_locator(), FixedLocator) or not isinstance(form, FixedFormatter | FuncFormatter):
        return None
    at = axis.get_majorticklocs()
    return {"at": _flat(at), "labels": form.format_ticks(at)} if len(at) else None


def _artists(plot: Any) -> Iterator[Row]:
    from matplotlib.container import BarContainer, ErrorbarContainer

    told: set[int] = set()
    for container in plot.containers:
        if isinstance(container, ErrorbarContainer):
            line, caps, bars = container.lines
            told |= {id(a) for a in (line, *caps, *bars) if a is not None}
            yield _errors(container)
        elif isinstance(container, BarContainer):
            told |= {id(a) for a in (container.errorbar.lines[2] if container.errorbar else ())}
            told |= {id(patch) for patch in container.patches}
            yield _bars(container)
    for artist in (*plot.lines, *plot.collections, *plot.images, *plot.patches, *plot.texts):
        if id(artist) not in told:
            yield from _artist(artist, plot)


def _artist(artist: Any, plot: Any) -> Iterator[Row]:
    from matplotlib.collections import LineCollection, PathCollection, QuadMesh
    from matplotlib.contour import ContourSet
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    if isinstance(artist, Text):
        if artist.get_text():
            x, y = artist.get_unitless_position()
            yield {"kind": "text", "text": artist.get_text(), "x": [_rounded(x)], "y": [_rounded(y)]}
    elif isinstance(artist, Line2D):
        yield _line(artist, plot)
    elif isinstance(artist, Patch):
        path = artist.get_path().transformed(artist.get_patch_transform())
        yield _named("area", artist) | _columns(path.vertices)
    elif isinstance(artist, ContourSet):
        for level, path in zip(artist.levels, artist.get_paths(), strict=False):
            for piece in path.to_polygons(closed_only=False):
                yield _named("contour", artist) | {"level": _rounded(level)} | _columns(piece)
    elif isinstance(artist, QuadMesh):
        values: Any = artist.get_array()
        yield _image(artist, values.reshape(_cells(artist)))
    elif isinstance(artist, PathCollection):
        yield _points(artist)
    elif hasattr(artist, "get_paths"):
        kind = "line" if isinstance(artist, LineCollection) else "area"
        for path in artist.get_paths():
            yield _named(kind, artist) | _columns(path.vertices)
    elif hasattr(artist, "get_extent"):
        yield _image(artist, artist.get_array()) | {"extent": _flat(artist.get_extent())}


def _named(kind: str, artist: Any) -> Row:
    """The kind and the label, where it has one that is no automatic one."""
    label = str(artist.get_label() or "")
    return {"kind": kind} | ({"label": label} if label and not label.startswith("_") else {})


def _line(line: Any, plot: Any) -> Row:
    """Both coordinates; of a line across the whole panel only the one that it marks."""
    row, inside = _named("line", line), line.get_transform().contains_branch_seperately(plot.transData)
    for name, values, given in zip("xy", (line.get_xdata(False), line.get_ydata(False)), inside, strict=True):
        if given:
            row[name] = _flat(values if all(inside) else sorted(set(values)))
    return row | _mark(line)


def _mark(line: Any) -> Row:
    """The mark and its filling, which may carry a meaning of their own."""
    from matplotlib.colors import to_hex

    mark, face = line.get_marker(), line.get_markerfacecolor()
    if mark in (None, "None", "none", "", " "):
        return {}
    return {"mark": str(mark), "face": face if isinstance(face, str) and face == "none" else to_hex(face)}


def _points(points: Any) -> Row:
    row = _named("points", points) | _columns(points.get_offsets())
    sizes = points.get_sizes()
    if len(set(sizes)) > 1:
        row["sizes"] = _flat(sizes)
    if points.get_array() is not None:
        row["values"] = _flat(points.get_array())
    return row


def _errors(container: Any) -> Row:
    """Points with the ends of their bars."""
    line, _, bars = container.lines
    row = _named("errors", container)
    if line is not None:
        row |= {"x": _flat(line.get_xdata(False)), "y": _flat(line.get_ydata(False))} | _mark(line)
    axes = [name for name, has in (("x", container.has_xerr), ("y", container.has_yerr)) if has]
    for name, bar in zip(axes, bars, strict=True):
        ends = [segment[:, "xy".index(name)] for segment in bar.get_segments() if len(segment)]
        row |= {f"{name}_low": _flat(min(e) for e in ends), f"{name}_high": _flat(max(e) for e in ends)}
    return row


def _bars(container: Any) -> Row:
    corners = [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in container.patches]
    columns = zip(*corners, strict=True) if corners else ((), (), (), ())
    return _named("bars", container) | {
        name: _flat(c) for name, c in zip(("x", "y", "width", "height"), columns, strict=True)
    }


def _image(image: Any, values: Any) -> Row:
    return _named("image", image) | {"rows": [_flat(line) for line in values.reshape(len(values), -1)]}


def _cells(mesh: Any) -> tuple[int, int]:
    rows, columns, _ = mesh.get_coordinates().shape
    return (rows, columns) if mesh.get_array().size == rows * columns else (rows - 1, columns - 1)


def _columns(vertices: Any) -> Row:
    return {"x": _flat(v[0] for v in vertices), "y": _flat(v[1] for v in vertices)}


def _flat(values: Iterable[Any]) -> list[float | int | None]:
    return [_rounded(v) for v in values]


def _rounded(value: Any) -> float | int | None:
    """Six significant digits, whole numbers without a point; None for what is masked or not finite."""
    number = math.nan if getattr(value, "mask", False) else float(value)
    if not math.isfinite(number):
        return None
    short = float(f"{number:.{DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 10**DIGITS else short
