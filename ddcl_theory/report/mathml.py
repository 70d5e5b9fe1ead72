"""LaTeX statements as MathML that wraps.

latex2mathml parses the LaTeX.  Around it this file (a) refuses what the converter lets through in silence, such as an
unknown command or a missing brace, (b) corrects spacing that MathML Core browsers would get wrong, and (c) cuts a
statement at its top-level words, commas and implications, because browsers never break a line inside one `<math>`
element.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

from ddcl_theory.report.visible import visible

# Elements with a fixed number of children; a converter that lost an argument leaves fewer.
ARITY = {"mfrac": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2, "msubsup": 3, "munderover": 3, "mroot": 2}
LONG = 18  # leaves; a shorter formula fits on a line of any page
IDENTIFIERS = "∅∞⊤⊥∂∇ℓℏ"
FENCES = "‖|"
WORDS = {r"\implies": "⟹", r"\Rightarrow": "⇒", r"\iff": "⟺", r"\Leftrightarrow": "⇔", r"\Longrightarrow": "⟹"}
SPACES = {r"\quad", r"\qquad", r"\ ", r"\\", r"\;", r"\,", r"\:", r"\!", "~"}
# Standard LaTeX that the converter does not know, in words that it knows.
DIALECT = (
    (re.compile(r"\\mathop\s*(?=\{)"), ""),
    (
        re.compile(r"\\operatorname\*?\s*\{([^{}]*)\}"),
        lambda match: f"\\operatorname{{{match[1].replace(chr(92) + ',', '')}}}",
    ),
    (re.compile(r"\\arg(?![A-Za-z])"), r"\\operatorname{arg}"),
    (re.compile(r"\\([lr])brace(?![A-Za-z])"), lambda match: "\\{" if match[1] == "l" else "\\}"),
    (re.compile(r"(\\[bB]igg?[lrm]?\s*)?\\\|"), r"\\Vert "),
)
RELATIONS = set("=<>≤≥≠≈≡∈∉⊂⊆→⇒⟹⟺⇔⪰⪯≽≼≻≺∝∼↦↑↓↗↘≔∣⟶∥⟂") | {"∖"}
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)


def statement(latex: str, *, display: bool = False) -> str:
    """HTML of a LaTeX statement: words as text, each formula a `<math>` element; `display` sets limits and fractions
    large.

    Raises ValueError with the LaTeX source when it cannot be converted.
    """
    pieces = []
    for kind, body in segments(latex):
        if kind == "math":
            for element in _broken(formula(body, display=display)):
                pieces.append(ElementTree.tostring(element, encoding="unicode"))
        else:
            pieces.append(html.escape(visible(body)))
    return "".join(pieces)


def formula(latex: str, *, display: bool = False) -> ElementTree.Element:
    """The `<math>` element of one formula (no top-level words).  The caller owns the element."""
    source = latex
    for pattern, replacement in DIALECT:
        source = pattern.sub(replacement, source)
    protected = re.sub(r"\\text\s*\{[^{}]*\}", lambda match: _protect(match.group()), source)
    try:
        root = convert_to_element(protected, display="block" if display else "inline")
    except Exception as error:  # the converter raises many types; each means that the source is not LaTeX it knows
        raise ValueError(
            f"says: LaTeX {latex!r} cannot be converted: {type(error).__name__} {error}".rstrip()
        ) from error
    root.attrib.clear()
    if display:
        root.set("displaystyle", "true")
    else:
        _without_textstyle(root)
    for element in root.iter():
        element.text = _unprotect(html.unescape(element.text or ""))
        _check(element, latex)
    _simplify(root)
    _respace(root)
    return root


def _without_textstyle(root: ElementTree.Element) -> None:
    r"""Splice in what \textstyle encloses: inline formulas have that style, and no line ends inside its element."""
    row = root[0] if len(root) == 1 and root[0].tag == "mrow" else root
    for index in reversed(range(len(row))):
        if row[index].tag == "mstyle" and row[index].get("displaystyle") == "false":
            row[index : index + 1] = list(row[index])


def _broken(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """A long formula in pieces, each of which begins with a relation or a sum sign, where a line may then end."""
    if sum(1 for _ in root.itertext()) <= LONG:
        yield root
        return
    piece = ElementTree.Element("math", root.attrib)
    depth = 0
    for child in root:
        text = (child.text or "") if child.tag == "mo" else ""
        if depth == 0 and len(piece) and (text in RELATIONS or (text in ("+", "−") and piece[-1].tag != "mo")) and text:
            yield piece
            piece = ElementTree.Element("math", root.attrib)
            child.set("form", "infix")
        depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
        piece.append(child)
    yield piece


def _protect(text: str) -> str:
    r"""Hide the characters that the converter would read as markup inside `\text`."""
    return text.replace("&", "\ue000").replace("<", "\ue001").replace(">", "\ue002")


def _unprotect(text: str) -> str:
    return text.replace("\ue000", "&").replace("\ue001", "<").replace("\ue002", ">")


def _check(element: ElementTree.Element, latex: str) -> None:
    if "\\" in (element.text or ""):
        raise ValueError(f"says: LaTeX {latex!r} has a command that is not known: {element.text}")
    if element.tag == "mi" and element.text in ("{", "}", "&", "$"):
        raise ValueError(f"says: LaTeX {latex!r} has a stray {element.text!r}")
    if len(element) != ARITY.get(element.tag, len(element)):
        raise ValueError(f"says: LaTeX {latex!r} lacks an argument of <{element.tag}>")


def segments(latex: str) -> Iterator[tuple[str, str]]:
    """Cut at top-level words, commas, implications and wide spaces.

    Yields ("math" | "text", body) in order; a math body is not blank.  Raises ValueError when brackets do not match.
    """
    if not latex.strip():
        raise ValueError(f"says: LaTeX {latex!r} is empty")
    math: list[str] = []
    depth = 0
    tokens = _TOKEN.findall(latex)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        free = depth == 0
        if free and token == r"\text":
            body, after = _group(tokens, place + 1, latex)
            if " " in body or not "".join(math).strip(" ,"):
                yield from _flush(math)
                yield from _words(body)
            else:
                math.append(f"\\text{{{body}}}")
            place = after
            continue
        if token in ("{", "(", "[", r"\left", r"\begin", r"\{"):
            depth += 1
        elif token in ("}", ")", "]", r"\right", r"\end", r"\}") and not (token in (")", "]", r"\}") and depth == 0):
            depth -= 1
        if token in (r"\left", r"\right") and place + 1 < len(tokens):
            # the delimiter belongs to \left or \right, and opens or closes nothing by itself
            math += [token, tokens[place + 1]]
            place += 2
            continue
        place += 1
        if free and token in WORDS:
            yield from _flush(math)
            yield "text", f" {WORDS[token]} "
        elif free and token in (r"\quad", r"\qquad", r"\\"):
            yield from _flush(math)
            yield "text", "\u2003"
        elif free and token in (",", ";"):
            yield from ((kind, body) for kind, body in _flush(math) if kind == "math")
            yield "text", f"{token} "
        else:
            math.append(token)
    if depth != 0:
        raise ValueError(f"says: LaTeX {latex!r} has unbalanced brackets")
    yield from _flush(math)


def _group(tokens: list[str], start: int, latex: str) -> tuple[str, int]:
    """The body of the brace group that opens at `start`, and the index after it."""
    while start < len(tokens) and tokens[start].isspace():
        start += 1
    depth = 0
    for place in range(start, len(tokens) if tokens[start:] and tokens[start] == "{" else start):
        depth += {"{": 1, "}": -1}.get(tokens[place], 0)
        if depth == 0:
            return "".join(tokens[start + 1 : place]), place + 1
    raise ValueError(f"says: LaTeX {latex!r} has a \\text without its braces")


def _words(body: str) -> Iterator[tuple[str, str]]:
    r"""Words of a `\text`; formulas between dollar signs inside it are formulas."""
    for index, piece in enumerate(body.split("$")):
        if piece:
            escaped = re.sub(r"\\([%&#_{}])", r"\1", piece)
            yield ("math", piece) if index % 2 else ("text", escaped)


def _flush(math: list[str]) -> Iterator[tuple[str, str]]:
    body = "".join(math).strip()
    tokens = _TOKEN.findall(body)
    while tokens and (tokens[0] in SPACES or tokens[0].isspace()):
        tokens.pop(0)
    while tokens and (tokens[-1] in SPACES or tokens[-1].isspace()):
        tokens.pop()
    whole, kept = "".join(math), "".join(tokens)
    math.clear()
    if not whole.startswith(kept) and kept:
        yield "text", " "
    if kept:
        yield "math", kept
    if not whole.endswith(kept) or (whole and not kept):
        yield "text", " "


def _respace(root: ElementTree.Element) -> None:
    """Give operators the tags and spaces that MathML Core needs."""
    for parent in root.iter():
        children = list(parent)
        for index, element in enumerate(children):
            text = _restyle(element)
            if element.tag == "mspace" and element.get("width") == "negativethinmathspace":
                element.set("width", "-0.167em")
            if (
                element.tag == "mi"
                and len(text) == 1
                and text not in IDENTIFIERS
                and (unicodedata.category(text) == "Sm" or text == ":")
            ):
                element.tag = "mo"
            script = parent.tag in ARITY and index > 0
            if element.tag == "mi" and len(text) > 1 and text.isascii() and text.isalpha() and not script:
                element.tag = "mo"
            if element.tag != "mo":
                continue
            if text in IDENTIFIERS:
                element.tag = "mi"
                element.attrib.clear()
                element.set("mathvariant", "normal")
            elif text in FENCES:
                element.tag = "mi"  # a bar is set close to what it encloses, whatever stands beside it
                element.attrib.clear()
            elif text == "―":
                element.text = "¯"
                element.set("stretchy", "true")
            elif len(text) > 1 and text.isalpha():
                before = children[index - 1] if index else None
                after = children[index + 1] if index + 1 < len(children) else None
                tight = parent.tag not in ARITY and (after is None or (after.text or "") in ("(", "["))
                element.set("lspace", "0" if script or before is None or before.tag == "mo" else "0.167em")
                element.set("rspace", "0" if script or tight else "0.167em")


def _simplify(element: ElementTree.Element) -> None:
    """Drop rows that hold one child or merely fill their parent, and join the letters of an upright word."""
    for index, child in enumerate(list(element)):
        _simplify(child)
        letters = [leaf.text or "" for leaf in child]
        if child.tag != "mrow":
            continue
        if len(child) > 1 and all(
            leaf.tag == "mi" and leaf.get("mathvariant") == "normal" and leaf.text for leaf in child
        ):
            element[index] = ElementTree.Element("mi")
            element[index].text = "".join(letters)
        elif len(child) == 1:
            element[index] = child[0]
    if element.tag in ("math", "mrow") and len(element) == 1 and element[0].tag == "mrow":
        element[:] = list(element[0])


def _restyle(element: ElementTree.Element) -> str:
    """The text of `element`, with a style such as bold made part of the character, since browsers ignore the
    attribute.
    """
    text = element.text or ""
    variant = element.get("mathvariant", "normal")
    if variant != "normal" and len(text) == 1:
        words = unicodedata.name(text).replace("GREEK ", "").replace("LATIN ", "").replace("LETTER ", "")
        try:
            text = unicodedata.lookup(f"MATHEMATICAL {variant.upper().replace('BOLD-ITALIC', 'BOLD ITALIC')} {words}")
        except KeyError:
            return text  # Unicode has no such form of this character; the attribute stays for browsers that know it
        del element.attrib["mathvariant"]
        element.text = text
    return text
