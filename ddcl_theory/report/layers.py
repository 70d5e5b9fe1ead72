"""A layered layout of a directed acyclic graph (Sugiyama, Tagawa and Toda 1981), small and deterministic.

Layer of a node: the longest path that leads to it.  An edge that spans several layers passes through one bend a
layer, so that lines do not run through nodes.  Nodes within a layer are ordered by sweeps of the median heuristic,
keeping the order with fewest crossings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ddcl_theory.report.schema import find_circle

SWEEPS = 12


class Bend(NamedTuple):
    """A passing point of the edge `source` → `target` in the layer `layer`."""

    source: str
    target: str
    layer: int


Cell = str | Bend


class Layout(NamedTuple):
    """`layers[i]`:

    the nodes and bends of layer i, in order.  `paths`: for every edge (source, target) its cells, ends included.
    """

    layers: list[list[Cell]]
    paths: dict[tuple[str, str], list[Cell]]


def arrange(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> Layout:
    """Layers for `nodes` such that every edge (source, target) points to a later layer.

    Raises ValueError when the edges run in a circle.
    """
    follow: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        follow[source].append(target)
    circle = find_circle(follow)
    if circle:
        raise ValueError(f"edges: must not run in a circle, found {' -> '.join(circle)}")
    depth = _depths(nodes, edges)
    layers: list[list[Cell]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in nodes:
        layers[depth[node]].append(node)
    paths: dict[tuple[str, str], list[Cell]] = {}
    for source, target in edges:
        bends: list[Cell] = [Bend(source, target, layer) for layer in range(depth[source] + 1, depth[target])]
        for offset, bend in enumerate(bends):
            layers[depth[source] + 1 + offset].append(bend)
        paths[source, target] = [source, *bends, target]
    return Layout(_untangle(layers, paths), paths)


def _depths(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    depth = dict.fromkeys(nodes, 0)
    changed = True
    while changed:  # at most one pass a layer, since the graph has no circle
        changed = False
        for source, target in edges:
            if depth[target] < depth[source] + 1:
                depth[target] = depth[source] + 1
                changed = True
    return depth


def _links(paths: Mapping[tuple[str, str], list[Cell]]) -> list[tuple[Cell, Cell]]:
    return [link for path in paths.values() for link in pairwise(path)]


def _untangle(layers: list[list[Cell]], paths: Mapping[tuple[str, str], list[Cell]]) -> list[list[Cell]]:
    links = _links(paths)
    before: dict[Cell, list[Cell]] = {}
    after: dict[Cell, list[Cell]] = {}
    for left, right in links:
        after.setdefault(left, []).append(right)
        before.setdefault(right, []).append(left)
    best, fewest = [list(layer) for layer in layers], _crossings(layers, links)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        order = range(1, len(layers)) if forward else range(len(layers) - 2, -1, -1)
        for index in order:
            fixed = {cell: place for place, cell in enumerate(layers[index - 1 if forward else index + 1])}
            neighbours = before if forward else after
            own = {cell: place for place, cell in enumerate(layers[index])}
            layers[index].sort(
                key=lambda cell: (
                    median(fixed[n] for n in neighbours[cell]) if cell in neighbours else own[cell],
                    own[cell],
                )
            )
        crossings = _crossings(layers, links)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _crossings(layers: Sequence[Sequence[Cell]], links: Sequence[tuple[Cell, Cell]]) -> int:
    place = {cell: (index, row) for index, layer in enumerate(layers) for row, cell in enumerate(layer)}
    total = 0
    by_layer: dict[int, list[tuple[int, int]]] = {}
    for left, right in links:
        by_layer.setdefault(place[left][0], []).append((place[left][1], place[right][1]))
    for ends in by_layer.values():
        total += sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(ends) for c, d in ends[:i])
    return total
