"""Setting an SVG into a page: ids of its own, the ink of `style` as the text colour, nothing that runs or loads."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from ddcl_theory.report.style import INK

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
