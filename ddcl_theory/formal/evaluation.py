"""Coq's definitions, computed over the rationals, beside the expressions of the claim."""

from __future__ import annotations

import atexit
import hashlib
import json
import math
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ddcl_theory.claim import Statement
from ddcl_theory.domain import Variable, is_limit, namespace_of_point
from ddcl_theory.formal import build, coq, stand_ins
from ddcl_theory.formal.sources import Theorem, closure
from ddcl_theory.point import Point, Temperature, Value, to_json

#: How many points are compared, and how large they may be.
POINTS = 20
LARGEST = {"k": 3, "d": 2, "n": 3}

#: How many processes of Coq wait for more questions at most, and how many seconds one answer may take.
SESSIONS, LIMIT = 2, 120.0

_sessions: dict[tuple[str | Path, ...], coq.Session] = {}

_WHOLE = [Fraction(v) for v in (-3, -2, -1, 0, 1, 2, 3)]
_PARTS = [Fraction(v) for v in ("-2", "-3/2", "-1/2", "0", "1/3", "1", "5/2")]
_ABOVE = [Fraction(v) for v in ("1/3", "1/2", "1", "2", "5/2")]


def points(statement: Statement, most: int = 15 * POINTS) -> Iterator[Point]:
    """Small rational points of the domain, the same in every run; where a temperature enters, of whole coordinates."""
    domain, source = statement.domain, random.Random(0)
    sizes = [
        s for s in domain.all_sizes() if all(v <= max(LARGEST.get(n, 3), domain.sizes[n][0]) for n, v in s.items())
    ]
    whole = any(v.kind == "temperature" for v in domain.variables)

    def draw(v: Variable, shape: Sequence[int]) -> Value:
        if v.kind in ("temperature", "cold", "hot"):
            return is_limit(v) or Temperature(source.choice([Fraction(1, 2), Fraction(1, 3), Fraction(2, 3)]))
        if len(shape) == 1 and v.kind in ("simplex", "sum-one"):
            weights = [source.randint(0, 3) for _ in range(shape[0])]
            weights[source.randrange(shape[0])] += 1
            return tuple(Fraction(w, sum(weights)) for w in weights)
        if shape:
            return tuple(draw(v, shape[1:]) for _ in range(shape[0]))
        choices = _WHOLE if whole else _PARTS
        if v.kind == "nonnegative":
            choices = [abs(c) for c in choices]
        return source.choice(_ABOVE if v.kind == "positive" else choices)

    # The largest sizes come last in `all_sizes`; going round from there gives each size its share.
    for number in range(most):
        chosen = sizes[-1 - number % len(sizes)]
        yield {v.name: draw(v, v.extent(chosen)) for v in domain.variables}


def coq_values(theorem: Theorem, statement: Statement, where: Sequence[Point]) -> list[list[Fraction]]:
    """The theorem's `value` (or `truth`, as 1 or 0) at rational points, by `vm_compute`; kept by content."""
    term = theorem.value if theorem.value is not None else f"if {theorem.truth} then 1%Q else 0%Q"
    plain = [s for s in closure(theorem.source) if s.is_plain and not re.search(r"\bReals\b", s.text)]
    folders = build.ensure(theorem.source)
    head = "\n".join(
        ["From Coq Require Import QArith List.", "Import ListNotations."]
        + [f"Require Import {s.module}." for s in plain]
        + ["Open Scope Q_scope.", "Open Scope list_scope.", "Open Scope arithmetic_scope."]
        + ([stand_ins.COQ] if stand_ins.used(term) else [])
        + ["Set Printing Width 10000.", "Set Printing Depth 100000."]
    )
    key = hashlib.sha256("\n".join([head, term, *(build.stamp(s) for s in plain)]).encode()).hexdigest()[:32]
    store = build.home() / "values" / f"{key}.json"
    known: dict[str, list[str]] = json.loads(store.read_text()) if store.exists() else {}
    wanted = {_name(p): p for p in where}
    new = {name: p for name, p in wanted.items() if name not in known}
    if new:
        asked = "\n".join(f"Eval vm_compute in (shown ({_bindings(statement, p)} {term}))." for p in new.values())
        said = _session(head, folders).say(asked, LIMIT)
        if error := coq.error(said):
            raise coq.Failure(error)
        answers = re.findall(r"=\s*(\[.*?\]|nil)\s*:\s*list", said, flags=re.S)
        if len(answers) != len(new):
            raise coq.Failure(f"Coq gave {len(answers)} values for {len(new)} points")
        for name, answer in zip(new, answers, strict=True):
            numbers = re.findall(r"-?\d+", re.sub(r"%[A-Za-z]+", "", answer))
            known[name] = [f"{a}/{b}" for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
        store.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=store.parent, delete=False) as stream:
            json.dump(known, stream)
        Path(stream.name).replace(store)
    return [[Fraction(v) for v in known[_name(p)]] for p in where]


def _session(head: str, folders: Sequence[Path]) -> coq.Session:
    """A Coq that has read these first lines: checks of one claim ask it again and again, and its start takes longest."""
    key: tuple[str | Path, ...] = (head, *folders)
    if key not in _sessions or _sessions[key].closed:
        while len(_sessions) >= SESSIONS:
            _sessions.pop(next(iter(_sessions))).close()
        _sessions[key] = coq.Session(folders)
        if error := coq.error(_sessions[key].say(head, LIMIT)):
            _sessions.pop(key).close()
            raise coq.Failure(error)
    return _sessions[key]


@atexit.register
def close_sessions() -> None:
    """End every Coq that waits for questions."""
    while _sessions:
        _sessions.popitem()[1].close()


def _name(p: Point) -> str:
    return json.dumps({name: to_json(value) for name, value in p.items()}, sort_keys=True)


def _bindings(statement: Statement, p: Point) -> str:
    """Sizes and variables of the claim as Coq definitions of the same names; T also as the number near it."""
    sizes = [f"let {name} := {value}%nat in" for name, value in namespace_of_point(statement.domain, p).items()]
    bound = [f"let {v.name} := {_bound(p[v.name], len(v.shape))} in" for v in statement.domain.variables]
    near = [text for v in statement.domain.variables for text in _near(v, p[v.name])]
    return " ".join(sizes + bound + near)


def _near(v: Variable, value: Any) -> list[str]:
    """What is irrational of a temperature, as the number near it: T where s = e^(-1/T) is given, s where T is."""
    if isinstance(value, Temperature):
        return [f"let {v.name}_value := {_term(stand_ins.near(value))} in"] if 0 < value.s < 1 else []
    if v.kind != "temperature":
        return []
    s = Fraction(math.exp(-1 / float(value))).limit_denominator(20)
    return [f"let {v.name} := {_term(s)} in", f"let {v.name}_value := {_term(value)} in"]


def _bound(value: Any, axes: int) -> str:
    return f"({['', 'vector', 'matrix', 'tensor'][axes]} {_term(value)})" if axes else _term(value)


def _term(value: Any) -> str:
    if isinstance(value, Temperature):
        return _term(value.s)
    if isinstance(value, tuple):
        return "[" + "; ".join(_term(v) for v in value) + "]"
    sign = f"(-{-value.numerator})" if value.numerator < 0 else str(value.numerator)
    return f"(Qmake {sign}%Z {value.denominator}%positive)"
