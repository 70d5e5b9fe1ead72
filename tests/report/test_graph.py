"""The layered layout, and the graph that is drawn with it."""

from __future__ import annotations

import random
from typing import Any
from xml.etree import ElementTree

import pytest

from ddcl_theory.report import graph
from ddcl_theory.report.layers import Bend, arrange


def tree(claims: list[dict[str, Any]]) -> ElementTree.Element:
    return ElementTree.fromstring(str(graph.render(claims)))


def claim(name: str, uses: list[str], verdict: str = "PROVED") -> dict[str, Any]:
    return {"id": name, "title": f"Title of {name}", "verdict": verdict, "uses": uses}


def test_every_edge_leads_one_layer_on_through_bends() -> None:
    generator = random.Random(7)
    for _ in range(40):
        nodes = [f"n{i}" for i in range(generator.randint(1, 14))]
        pairs = [(a, b) for i, a in enumerate(nodes) for b in nodes[i + 1 :]]
        edges = generator.sample(pairs, generator.randint(0, min(len(pairs), 20)))
        generator.shuffle(nodes)
        layout = arrange(nodes, edges)
        layer = {cell: index for index, cells in enumerate(layout.layers) for cell in cells}
        cells = [cell for cells in layout.layers for cell in cells]
        assert len(cells) == len(set(cells))
        assert sorted(cell for cell in cells if not isinstance(cell, Bend)) == sorted(nodes)
        assert set(layout.paths) == set(edges)
        for (source, target), path in layout.paths.items():
            assert (path[0], path[-1]) == (source, target)
            assert [layer[cell] for cell in path] == list(range(layer[source], layer[target] + 1))
        for node in nodes:
            entering = [layer[source] for source, target in edges if target == node]
            assert layer[node] == max(entering, default=-1) + 1


def test_crossings_that_can_be_avoided_are_avoided() -> None:
    layout = arrange(["a", "b", "c", "x", "y", "z"], [("a", "z"), ("b", "y"), ("c", "x")])
    left, right = layout.layers
    assert [{"a": "z", "b": "y", "c": "x"}[str(cell)] for cell in left] == right


def test_edges_in_a_circle_are_refused() -> None:
    with pytest.raises(ValueError, match="must not run in a circle, found a -> b -> a"):
        arrange(["a", "b"], [("a", "b"), ("b", "a")])
    with pytest.raises(ValueError, match="circle"):
        graph.render([claim("a", ["b"]), claim("b", ["a"])])


def test_nodes_link_to_their_sections_and_say_their_verdicts(record: dict[str, Any]) -> None:
    root = tree(record["claims"])
    links = {a.get("href"): a for a in root.iter("a")}
    assert set(links) == {f"#claim-{c['id']}" for c in record["claims"]}
    for c in record["claims"]:
        link = links[f"#claim-{c['id']}"]
        assert link.get("class") == f"node v-{c['verdict']}"
        assert link.get("aria-label") == f"{c['id']}: {c['verdict']}. {c['title']}"
    absent = [g for g in root.iter("g") if "absent" in g.get("class", "")]
    assert [g.findtext("text") for g in absent] == ["elsewhere.lemma1"]
    assert len(root.findall("path")) == sum(len(c["uses"]) for c in record["claims"])
    assert "example.spread uses example.softmax" in root.findtext("desc", "")
    assert root.findtext("title")


def boxes(root: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    found = []
    for node in [*root.iter("a"), *root.iter("g")]:
        rect = node.find("rect")
        assert rect is not None
        x, y, w, h = (float(rect.get(name, "nan")) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + w, y + h))
    return found


@pytest.mark.parametrize(
    "uses", [{}, {"c3": ["c1", "c2"], "c5": ["c3"]}, {f"c{i}": [f"c{i - 1}", "c0"] for i in range(1, 9)}]
)
def test_nodes_lie_apart_and_inside(uses: dict[str, list[str]]) -> None:
    root = tree([claim(f"c{i}", uses.get(f"c{i}", [])) for i in range(12)])
    rectangles = boxes(root)
    assert len(rectangles) == 12
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    for index, (left, top, right, bottom) in enumerate(rectangles):
        assert left >= 0 and top >= 0 and right <= width and bottom <= height
        for other in rectangles[:index]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_titles_are_escaped() -> None:
    root = tree([claim("a", []) | {"title": "</svg><script>alert(1)</script> \"'&"}])
    link = next(root.iter("a"))
    assert link.get("aria-label", "").endswith("</svg><script>alert(1)</script> \"'&")


def test_a_graph_of_one_and_of_none() -> None:
    assert len(boxes(tree([claim("only", [])]))) == 1
    assert boxes(tree([])) == []
