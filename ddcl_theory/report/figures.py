"""Figures of a record: how to draw them with Matplotlib, and how to set an SVG into a page.

`STYLE` holds Matplotlib rc parameters as plain data (nothing here imports Matplotlib).  The ink of a figure drawn
with it becomes the text colour of the page, so that one SVG serves a light page, a dark one and paper.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

INK = "#161a1d"
PALETTE = ("#2f6f9f", "#c4472f", "#8a7a1f", "#3f8f5f", "#8a5a9f", "#7a7a7a")
STYLE: dict[str, Any] = {
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
    "font.size": 10.0,
    "lines.linewidth": 1.8,
    **dict.fromkeys(
        ("text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color"), INK
    ),
}

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_ALLOWED = set(
    [
        "svg",
        "g",
        "defs",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "title",
        "desc",
        "use",
        "symbol",
        "clipPath",
        "mask",
        "pattern",
        "marker",
        "linearGradient",
        "radialGradient",
        "stop",
        "image",
    ]
)
_LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^)'\"\s]+)['\"]?\s*\)")
_ANY_URL = re.compile(r"url\(|@import|expression\(|javascript:", re.IGNORECASE)


def embed(svg: str, prefix: str, label: str) -> str:
    """`svg` as an inline element: ids prefixed with `prefix`, ink as `currentColor`, `label` as its accessible name.

    Only drawing elements stay; scripts, event attributes, foreign objects and references that leave the document are
    dropped. Raises ValueError when `svg` is not well-formed SVG or declares entities.
    """
    if "<!ENTITY" in svg:
        raise ValueError("svg: entity declarations are not accepted")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ValueError(f"svg: not well-formed XML: {error}") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise ValueError(f"svg: the root element is {root.tag!r}; accepted is svg in the namespace {_SVG}")
    _clean(root, prefix)
    root.set("role", "img")
    root.set("aria-label", label)
    if "viewBox" in root.attrib:
        root.attrib.pop("height", None)
        root.attrib.pop("width", None)
        root.set("style", f"max-width:{_width(root):.0f}px")
    return re.sub(re.escape(INK), "currentColor", ElementTree.tostring(root, encoding="unicode"), flags=re.IGNORECASE)


def _width(root: ElementTree.Element) -> float:
    """Width of the drawing in CSS pixels: Matplotlib writes points, 3/4 of which make a pixel."""
    box = root.get("viewBox", "").replace(",", " ").split()
    return float(box[2]) * 4 / 3


def _clean(element: ElementTree.Element, prefix: str) -> None:
    element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    element.tail = element.tail if (element.tail or "").strip() else None
    element.text = element.text if (element.text or "").strip() else None
    link = element.attrib.pop(_XLINK, None) or element.attrib.get("href")
    for name, value in list(element.attrib.items()):
        local = _LOCAL_URL.sub(lambda match: f"url(#{prefix}{match.group(1)})", value)
        if name.startswith("{") or name.lower().startswith("on") or _ANY_URL.search(_LOCAL_URL.sub("", value)):
            del element.attrib[name]
        elif name == "id":
            element.set("id", prefix + value)
        else:
            element.set(name, local)
    element.attrib.pop("href", None)
    if link is not None and link.startswith("#"):
        element.set("href", "#" + prefix + link[1:])
    elif link is not None and link.startswith("data:image/png;base64,") and element.tag == "image":
        element.set("href", link)
    for child in list(element):
        if not isinstance(child.tag, str) or child.tag.removeprefix(f"{{{_SVG}}}") not in _ALLOWED:
            element.remove(child)
        else:
            _clean(child, prefix)
