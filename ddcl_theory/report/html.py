"""The record as one self-contained HTML file:

it opens from disk, needs no network, and reads in full without JavaScript.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from ddcl_theory.report import drawing, figures, findings, graph, mathml, numbers
from ddcl_theory.report.files import RECORD_ID
from ddcl_theory.report.look import LOOKS, OPERATORS, assumed_by_some, check_name, count_by_verdict, trials
from ddcl_theory.report.prose import Formula, Prose, sentence
from ddcl_theory.report.settings import by_setting
from ddcl_theory.report.visible import visible

# Nothing is fetched, and no script runs but the one whose fingerprint is added.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
# Templates are indented for those who read them; the page is smaller without it.
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def render(record: Mapping[str, Any]) -> str:
    """The HTML report of a well-formed record (see `schema.validate`).

    LaTeX that cannot be converted is shown as its source with the reason, visibly marked; `problems` lists such places.
    Raises ValueError when the claims' `uses` run in a circle or a figure is not SVG.
    """
    style, script = _asset("style.css"), _asset("script.js")
    fingerprint = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            record=record,
            counts=count_by_verdict(record["claims"]),
            audit=findings.audit(record),
            known={claim["id"] for claim in record["claims"]},
            policy=f"{POLICY}; script-src 'sha256-{fingerprint}'",
            style=Markup(style),
            script=Markup(script),
            embedded=_embed_json(record),
            record_id=RECORD_ID,
        )
    )


def problems(record: Mapping[str, Any]) -> list[str]:
    """One line for every LaTeX text of `record` that `render` would show as source; empty for a good record."""
    found = []
    for place, latex in _latex(record):
        try:
            mathml.statement(latex)
        except ValueError as error:
            found.append(f"{place}: {error}")
    return found


def _latex(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every LaTeX text of `record` with the place where it stands."""
    for claim in record["claims"]:
        yield claim["id"], claim["says"]
        for reading in claim["readings"]:
            here = f"{claim['id']} {reading['id']}"
            yield from _latex_of_hypotheses(here, reading["hypotheses"])
            for part in reading["parts"]:
                yield f"{here} {part['id']}", part["says"]
                yield from _latex_of_witnesses(f"{here} {part['id']}", part["witnesses"])
                amendment = part["amendment"]
                if amendment:
                    yield amendment["id"], amendment["says"]
                    yield from _latex_of_hypotheses(amendment["id"], amendment["adds"])
                    yield from _latex_of_witnesses(amendment["id"], amendment["witnesses"])


def _latex_of_hypotheses(place: str, items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for item in items:
        here = f"{place} {item['id']}"
        yield here, item["says"]
        if item["ablation"] and item["ablation"]["witness"]:
            yield from _latex_of_witnesses(here, [item["ablation"]["witness"]])


def _latex_of_witnesses(place: str, items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for witness in items:
        for relation in witness["relations"]:
            if relation["says"]:
                yield f"{place} {witness['role']} witness {relation['id']}", relation["says"]


@functools.cache
def _asset(name: str) -> str:
    return resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: _INDENT.sub("", _asset(name))),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        math=lambda latex: _statement(latex, display=False),
        formula=lambda latex: _statement(latex, display=True),
        measured=numbers.measured,
        counted=numbers.counted,
        lasted=numbers.lasted,
        chance=numbers.chance,
        cell=numbers.cell,
        prose=_prose,
        sentence=sentence,
        paragraphs=_paragraphs,
        point=_point,
        breakable=_breakable,
    )
    environment.globals.update(
        looks={verdict: Markup(look.icon) for verdict, look in LOOKS.items()},
        operators=OPERATORS,
        anchor=graph.anchor,
        check_name=check_name,
        assumed_by_some=assumed_by_some,
        trials=trials,
        by_setting=by_setting,
        draw_graph=graph.render,
        draw_witness=drawing.draw,
        embed_figure=lambda figure, prefix: Markup(figures.embed(figure["svg"], prefix, visible(figure["alt"]))),
    )
    return environment


def _statement(latex: str, *, display: bool) -> Markup:
    try:
        return Markup(mathml.statement(latex, display=display))
    except ValueError as error:
        return Markup('<code class="unconverted">{}</code> <small class="unconverted-why">({})</small>').format(
            latex, error
        )


def _prose(pieces: Prose) -> Markup:
    return Markup("").join(
        _statement(piece.latex, display=False) if isinstance(piece, Formula) else Markup("{}").format(visible(piece))
        for piece in pieces
    )


def _paragraphs(text: str) -> Markup:
    """Blank lines part paragraphs; an indented line keeps its line for itself, since it is a displayed formula."""
    blocks = []
    for block in text.strip("\n").split("\n\n"):
        lines = block.splitlines()
        if any(line.startswith(("  ", "\t")) for line in lines):
            blocks.append(Markup('<p class="kept">{}</p>').format(visible("\n".join(line.rstrip() for line in lines))))
        elif block.strip():
            blocks.append(Markup("<p>{}</p>").format(visible(" ".join(line.strip() for line in lines))))
    return Markup("\n").join(blocks)


def _breakable(name: str) -> Markup:
    """A name in which lines may end after a colon or an underscore."""
    text = str(escape(visible(name)))
    return Markup(text.replace(":", ":<wbr>").replace("_", "_<wbr>"))


def _point(point: Mapping[str, Any]) -> str:
    """A point as JSON, one name a line, ready to be copied."""
    members = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in point.items())
    return "{" + ",\n ".join(members) + "}"


def _embed_json(record: Mapping[str, Any]) -> Markup:
    """The record as deflated JSON in base64: a sixth of its length, and nothing in it can end the script element."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(base64.b64encode(zlib.compress(text.encode(), 9)).decode())
