"""LaTeX statements as one line of Unicode text, for terminals and accessible names.

The text is read off the MathML tree, so that it says what the page shows.
"""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

from ddcl_theory.report import mathml

ACCENTS = {"¯": "\u0304", "―": "\u0304", "‾": "\u0304", "˙": "\u0307", "^": "\u0302", "~": "\u0303", "→": "\u20d7"}
BINARY = set("+−-±×·∘∧∨∩∪⊙")
_SUPERSCRIPT = {"2": "²", "3": "³", "⊤": "ᵀ", "−1": "⁻¹", "′": "′", "*": "*", "∗": "*"}


def plain(latex: str) -> str:
    """One line of Unicode text of a LaTeX statement, for terminals and accessible names.

    Raises as `statement` does.
    """
    pieces = [body if kind == "text" else _text(mathml.formula(body)) for kind, body in mathml.segments(latex)]
    return re.sub(r"\s+([,.;])", r"\1", " ".join("".join(pieces).split()))


def _text(element: ElementTree.Element) -> str:
    tag, children = element.tag, list(element)
    if tag in ("mi", "mn", "mtext"):
        return (element.text or "").replace("\u00a0", " ")
    if tag == "mo":
        return _operator(element.text or "")
    if tag == "mspace":
        return " " if not (element.get("width") or "").startswith(("-", "0.1")) else ""
    parts = [_text(child) for child in children]
    if tag == "mfrac":
        return f"{_wrap(parts[0])}/{_wrap(parts[1], strict=True)} "
    if tag in ("msub", "munder"):
        return f"{parts[0].rstrip()}_{_brace(parts[1])}{_tail(children[0])}"
    if tag == "msup":
        return parts[0].rstrip() + _raise(parts[1])
    if tag in ("msubsup", "munderover"):
        return f"{parts[0].rstrip()}_{_brace(parts[1])}{_raise(parts[2])}{_tail(children[0])}"
    if tag == "mover":
        mark = ACCENTS.get(parts[1].strip())
        return (
            unicodedata.normalize("NFC", parts[0] + mark)
            if mark and len(parts[0]) == 1
            else f"{parts[0].strip()} {parts[1].strip()} "
        )
    if tag == "msqrt":
        return f"√({''.join(parts)})"
    if tag == "mtable":
        return "; ".join(", ".join(_text(cell).strip() for cell in row) for row in children)
    return _join(children, parts)


def _join(children: list[ElementTree.Element], parts: list[str]) -> str:
    line, previous = "", ""
    for child, part in zip(children, parts, strict=True):
        if (
            child.tag == "mo"
            and (child.text or "") in BINARY
            and (not line.strip() or line.rstrip()[-1] in "([{,=<>≤≥⟹⇒→")
        ):
            part = part.strip()  # a sign, not a difference
        if part.startswith((" ", ")", ",")):
            line = line.rstrip()
        crowded = previous in ("msub", "msubsup") and part[:1].isalpha()
        named = (child.tag == "mo" and (child.text or "").isalpha()) or _tail(child[0] if len(child) else child)
        if crowded or (named and line[-1:].isalnum()):
            line += " "
        previous = child.tag
        line += part
    return line


def _operator(text: str) -> str:
    if text in mathml.RELATIONS or text in BINARY:
        return f" {text} "
    if len(text) > 1 and text.isalpha():
        return f"{text} "
    return f"{text} " if text in (",", ";", ":") else text


def _tail(base: ElementTree.Element) -> str:
    """A sum or a named operator is set off from its argument."""
    text = base.text or ""
    return " " if base.tag == "mo" and (text in "∑∏∫" or text.isalpha()) else ""


def _brace(text: str) -> str:
    text = text.strip()
    return text if len(text) == 1 or text.isalnum() else f"{{{text}}}"


def _raise(text: str) -> str:
    text = text.strip()
    return _SUPERSCRIPT.get(text, f"^{_brace(text)}")


def _wrap(text: str, *, strict: bool = False) -> str:
    text = text.strip()
    simple = text.isalnum() if strict else not re.search(r"[\s+−]", text)
    return text if simple or len(text) == 1 else f"({text})"
