"""Pictures of prototypes, of training and of the topology, drawn on Matplotlib axes.

Each function draws on the axes given, or on a new figure of its own; pyplot and its global state are not used. A
figure is saved by ``figure.savefig(path)``; the figure of an ``Axes`` is ``axes.figure``. Arrays and tensors may be
mixed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from ddcl_core._validation import check_count

# What plot_dynamics draws: title -> (columns, logarithmic axis).
PANELS: dict[str, tuple[tuple[str, ...], bool]] = {
    "loss terms": (
        (
            "total", "loss", "base", "quantization", "ols", "variance", "balance", "entropy", "separation", "weight",
            "auxiliary",
        ),
        False,
    ),
    "prototype separation $D_P$": (("prototype_separation",), False),
    "concentration $C_q$": (("concentration",), False),
    "temperature $T$": (("temperature",), True),
}  # fmt: skip
# The step that a history's rows count, if it has one.
STEPS = ("epoch", "step")


def new_figure(width: float = 6.0, height: float = 4.0) -> Figure:
    """A figure that belongs to nobody's global state, laid out so that nothing overlaps."""
    return Figure(figsize=(width, height), layout="constrained")


def plot_prototypes(
    prototypes: Any,
    data: Any = None,
    *,
    labels: Any = None,
    image_shape: Sequence[int] | None = None,
    titles: Sequence[str] | None = None,
    columns: int = 10,
    ax: Axes | None = None,
) -> Axes:
    """Draw prototypes (k, d) as images, or as points among the data.

    image_shape: (height, width) or (height, width, 3) with product d; the prototypes become one mosaic, row by row
        with ``columns`` images a row and a margin of one pixel, grey values (or each colour) scaled together.
        ``titles`` (k,) are written above them. ``data`` is not drawn then.
    Otherwise prototypes are crosses and ``data`` (n, d) points, coloured by ``labels`` (n,); for d = 2 in their own
    coordinates, for d = 1 along a line, else in the two leading principal components of the data (of the prototypes
    if there are no data). Returns the axes.
    """
    points = _matrix("prototypes", prototypes)
    ax = new_figure().add_subplot() if ax is None else ax
    if titles is not None and len(titles) != len(points):
        raise ValueError(f"titles: got {len(titles)}, accepted {len(points)}, one for each prototype")
    if image_shape is not None:
        return _mosaic(points, image_shape, titles, check_count("columns", columns), ax)
    sample = None if data is None else _like("data", data, points)
    base = points if sample is None else sample
    plane = _Plane(base)
    if sample is not None:
        colours = None if labels is None else _flat_labels(labels, len(sample))
        _points(ax, plane(sample), colours, "0.6", s=8)
    flat = plane(points)
    _points(ax, flat, None, "black", marker="X", s=90, edgecolors="white", zorder=3, label="prototypes")
    for position, title in zip(flat, titles or (), strict=False):
        ax.annotate(str(title), position, textcoords="offset points", xytext=(6, 6))
    plane.name_axes(ax)
    return ax


def plot_dynamics(history: Any, *, figure: Figure | None = None, axes: Sequence[Axes] | None = None) -> Figure:
    """Draw the columns of a training history against its rows: loss terms, D_P, C_q and T, a panel each.

    history: a :class:`ddcl_core.training.History` or a mapping of equally long columns. A panel is drawn if a column
    of it is there, in this order: total, loss, base, quantization, ols, variance and the regularisers;
    prototype_separation (D_P, DDCL (35)); concentration (C_q, (36)); temperature, on a logarithmic axis. Columns that
    are zero throughout are left out of the loss panel. The abscissa is the column "epoch" or "step", or else the row.
    ``axes`` gives as many axes as there are panels to draw; otherwise they are added to ``figure``, or to a new one.
    Raises ValueError if there is nothing to draw. Returns the figure.
    """
    table = getattr(history, "columns", history)
    if not isinstance(table, Mapping):
        raise ValueError(f"history: got {type(history).__name__}, accepted a History or a mapping of columns")
    columns = {name: np.asarray(values, dtype=float) for name, values in table.items()}
    panels = []
    for title, (names, logarithmic) in PANELS.items():
        shown = {name: columns[name] for name in names if name in columns and np.isfinite(columns[name]).any()}
        if len(names) > 1:
            shown = {name: values for name, values in shown.items() if np.nan_to_num(values).any()}
        if shown:
            panels.append((title, shown, logarithmic))
    if not panels:
        raise ValueError(f"history: got the columns {', '.join(columns) or 'none'}, accepted one of those to draw")
    if axes is None:
        figure = new_figure(4.0 * len(panels), 3.2) if figure is None else figure
        axes = list(np.atleast_1d(figure.subplots(1, len(panels))))
    if len(axes) != len(panels):
        raise ValueError(f"axes: got {len(axes)}, accepted {len(panels)}: {', '.join(title for title, _, _ in panels)}")
    name = next((name for name in STEPS if name in columns), None)
    for ax, (title, shown, logarithmic) in zip(axes, panels, strict=True):
        for label, values in shown.items():
            steps = np.arange(len(values)) if name is None else columns[name]
            ax.plot(steps, values, label=label, marker="." if len(values) < 3 else None)
        ax.set_title(title)
        ax.set_xlabel(name or "pass")
        if logarithmic:
            ax.set_yscale("log")
        if len(shown) > 1:
            ax.legend(fontsize="small")
    found = axes[0].figure
    while isinstance(found, SubFigure):
        found = found.figure
    assert found is not None
    return found


def plot_topology(
    prototypes: Any,
    graph: Any,
    data: Any = None,
    *,
    labels: Any = None,
    components: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the graph of winners over the data: prototypes (k, d) as nodes, links as lines.

    graph: (k, k), such as :func:`ddcl_core.layers.topology.winner_graph`; i and j are linked if graph[i, j] or
    graph[j, i] is above 0, by a line whose width grows with their sum. ``components`` (k,) colours the nodes, ``labels``
    (n,) the points of ``data`` (n, d). The plane is that of :func:`plot_prototypes`. Returns the axes.
    """
    points = _matrix("prototypes", prototypes)
    weights = _matrix("graph", graph)
    if weights.shape != (len(points), len(points)):
        raise ValueError(f"graph: got shape {weights.shape}, accepted {(len(points), len(points))}")
    ax = new_figure().add_subplot() if ax is None else ax
    sample = None if data is None else _like("data", data, points)
    plane = _Plane(points if sample is None else sample)
    if sample is not None:
        colours = None if labels is None else _flat_labels(labels, len(sample))
        _points(ax, plane(sample), colours, "0.8", s=6)
    flat = plane(points)
    strength = np.triu(weights + weights.T, 1)
    first, second = np.nonzero(strength > 0)
    widths = 0.5 + 2.5 * strength[first, second] / max(strength.max(initial=0.0), 1e-300)
    ax.add_collection(LineCollection(list(np.stack([flat[first], flat[second]], 1)), linewidths=widths, colors="0.3"))
    nodes = None if components is None else _flat_labels(components, len(points))
    _points(ax, flat, nodes, "black", s=40, edgecolors="white", zorder=3)
    ax.autoscale_view()
    plane.name_axes(ax)
    return ax


class _Plane:
    """Two coordinates of rows (m, d): their own, or along the leading principal components of ``base``."""

    def __init__(self, base: NDArray[np.float64]) -> None:
        self.dimension = base.shape[1]
        self.mean = base.mean(0)
        if self.dimension > 2:
            rotation = np.linalg.svd(base - self.mean, full_matrices=True)[2][:2]
            # The sign of a component is arbitrary: let its largest entry be positive, so that pictures repeat.
            largest = np.abs(rotation).argmax(1)
            self.rotation = rotation * np.sign(rotation[[0, 1], largest])[:, None]

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.dimension == 2:
            return rows
        if self.dimension == 1:
            return np.hstack([rows, np.zeros_like(rows)])
        return (rows - self.mean) @ self.rotation.T

    def name_axes(self, ax: Axes) -> None:
        names = (
            ("feature 1", "feature 2") if self.dimension == 2 else ("principal component 1", "principal component 2")
        )
        ax.set_xlabel("feature" if self.dimension == 1 else names[0])
        ax.set_ylabel("" if self.dimension == 1 else names[1])


def _mosaic(
    points: NDArray[np.float64], shape: Sequence[int], titles: Sequence[str] | None, columns: int, ax: Axes
) -> Axes:
    shape = tuple(int(size) for size in shape)
    colour = len(shape) == 3 and shape[2] == 3
    if not (len(shape) == 2 or colour) or min(shape) < 1 or math.prod(shape) != points.shape[1]:
        raise ValueError(
            f"image_shape: got {shape}, accepted (height, width) or (height, width, 3) of {points.shape[1]} entries"
        )
    height, width = shape[:2]
    columns = min(columns, len(points))
    rows = -(-len(points) // columns)
    low, high = points.min(), points.max()
    images = (points - low) / (high - low if high > low else 1.0)
    mosaic = np.ones((rows * (height + 1) - 1, columns * (width + 1) - 1, *shape[2:]))
    for number, image in enumerate(images.reshape(len(points), *shape)):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        mosaic[top : top + height, left : left + width] = image
        if titles is not None:
            box = {"facecolor": "white", "alpha": 0.7, "pad": 1, "edgecolor": "none"}
            ax.text(left, top, str(titles[number]), va="top", ha="left", fontsize="small", bbox=box)
    ax.imshow(mosaic, cmap=None if colour else "gray", vmin=0, vmax=1, interpolation="nearest")
    ax.set_axis_off()
    return ax


def _points(ax: Axes, flat: NDArray[np.float64], colours: NDArray[np.int64] | None, plain: str, **options: Any) -> None:
    chosen = {"color": plain} if colours is None else {"c": colours, "cmap": "tab10"}
    ax.scatter(flat[:, 0], flat[:, 1], **chosen, **options)


def _matrix(name: str, value: Any) -> NDArray[np.float64]:
    detach = getattr(value, "detach", None)
    matrix = np.asarray(value if detach is None else detach().cpu().double(), dtype=float)
    if matrix.ndim != 2 or matrix.size == 0 or not np.isfinite(matrix).all():
        raise ValueError(f"{name}: got shape {matrix.shape}, accepted two axes that are not empty, of finite numbers")
    return matrix


def _like(name: str, value: Any, points: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix = _matrix(name, value)
    if matrix.shape[1] != points.shape[1]:
        raise ValueError(f"{name}: got shape {matrix.shape}, accepted (n, {points.shape[1]}) as the prototypes")
    return matrix


def _flat_labels(value: Any, count: int) -> NDArray[np.int64]:
    """Labels as numbers from 0 in their sorted order."""
    detach = getattr(value, "detach", None)
    labels = np.asarray(value if detach is None else detach().cpu())
    if labels.shape != (count,):
        raise ValueError(f"labels, components: got shape {labels.shape}, accepted {(count,)}")
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
