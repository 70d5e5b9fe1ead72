"""Coq files: what they require, the theorems that decide parts of claims, and what a reader has to compare."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

#: Words that would let a file compile without a proof.
FORBIDDEN = (
    "Admitted",
    "admit",
    "Axiom",
    "Axioms",
    "Parameter",
    "Parameters",
    "Conjecture",
    "Conjectures",
    "Abort",
    "give_up",
    "bypass_check",
    "Unset Guard Checking",
    "Unset Positivity Checking",
    "Unset Universe Checking",
)

_ANNOTATION = re.compile(r"\(\*\*((?:(?!\*\)).)*?\bclaim:.*?)\*\)\s*(?:Theorem|Lemma)\s+([\w']+)", re.S)
_FIELD = re.compile(r"^\s*(claim|role|value|truth|witness|scope|compared):", re.M)
_SENTENCE = re.compile(r"\.(?=\s|$)")
_REQUIRE = re.compile(r"\bFrom\s+DDCL(?:\.(\w+))?\s+Require\s+(?:Import|Export)?\s*([^.]+)\.(?=\s|$)")
_DEFINES = re.compile(
    r"^\s*(?:#\[[^\]]*\]\s*)?(?:Local\s+|Global\s+)?(Definition|Fixpoint|Class|Instance|Record|Inductive)\s+([\w']+)",
)

ROLES = ("proves", "refutes", "vacuous")


@dataclass(frozen=True)
class Source:
    """A Coq file.  name: its path below `proofs`, without ending, such as "ddcl/theorem1"."""

    name: str
    text: str

    @property
    def module(self) -> str:
        return "DDCL." + self.name.replace("/", ".")

    @property
    def requires(self) -> tuple[str, ...]:
        """Names of the files of the development that this one requires itself."""
        found = []
        for folder, modules in _REQUIRE.findall(without_comments(self.text)):
            found += [f"{folder}/{m}" if folder else m for m in modules.split()]
        return tuple(found)

    @property
    def is_plain(self) -> bool:
        """Whether it needs nothing but Coq's standard library, so that it loads at once."""
        return not re.search(r"\bFrom\s+(mathcomp|Coquelicot|Interval)\b", self.text)


@dataclass(frozen=True)
class Theorem:
    """A theorem that decides parts of claims."""

    source: str
    name: str
    statement: str
    claims: tuple[str, ...]
    role: str = "proves"
    value: str | None = None
    truth: str | None = None
    witness: Mapping[str, Any] | None = field(default=None, hash=False)
    scope: str | None = None
    compared: str | None = None

    @property
    def full_name(self) -> str:
        return f"{self.source}:{self.name}"


def folder() -> Path:
    """Where the Coq files stand."""
    import ddcl_proofs

    return Path(next(iter(ddcl_proofs.__path__))).resolve()


@cache
def sources(root: Path | None = None) -> dict[str, Source]:
    """All Coq files by name."""
    top = root or folder()
    found = (path for path in sorted(top.rglob("*.v")) if not path.name.startswith("."))
    names = [path.relative_to(top).with_suffix("").as_posix() for path in found]
    return {name: Source(name, (top / f"{name}.v").read_text(encoding="utf-8")) for name in names}


def closure(name: str, root: Path | None = None) -> list[Source]:
    """A file and all it requires, dependencies first; ValueError for a file that is not there."""
    everything, order = sources(root), list[str]()

    def visit(current: str, above: tuple[str, ...]) -> None:
        if current not in everything:
            raise ValueError(f"{above[-1] if above else name} requires {current}, and there is no {current}.v")
        if current in above:
            raise ValueError(f"these files require each other: {', '.join(above)}")
        if current in order:
            return
        for needed in everything[current].requires:
            visit(needed, (*above, current))
        order.append(current)

    visit(name, ())
    return [everything[n] for n in order]


@cache
def theorems(root: Path | None = None) -> tuple[Theorem, ...]:
    """Every annotated theorem of every file."""
    return tuple(t for source in sources(root).values() for t in annotated(source))


@cache
def by_part(root: Path | None = None) -> dict[str, tuple[Theorem, ...]]:
    """The theorems on each part of a claim."""
    found: dict[str, tuple[Theorem, ...]] = {}
    for theorem in theorems(root):
        for path in theorem.claims:
            found[path] = (*found.get(path, ()), theorem)
    return found


def annotated(source: Source) -> Iterator[Theorem]:
    for match in _ANNOTATION.finditer(source.text):
        fields = _fields(match.group(1))
        name, start = match.group(2), match.start(2)
        text = without_comments(source.text[start:])
        statement = "Theorem " + " ".join(text[: _end(text)].split())
        where = f"{source.name}.v, {name}"
        role = fields.get("role", ["proves"])[0]
        if role not in ROLES:
            raise ValueError(f"{where}: role must be one of {', '.join(ROLES)}; got {role!r}")
        if (role == "refutes") != ("witness" in fields):
            raise ValueError(f"{where}: a witness belongs to the role refutes, and to no other")
        if ("value" in fields) == ("truth" in fields):
            raise ValueError(f"{where}: one of value and truth has to say what is compared with the claim")
        yield Theorem(
            source.name,
            name,
            statement,
            tuple(fields["claim"]),
            role,
            value=_first(fields, "value"),
            truth=_first(fields, "truth"),
            witness=json.loads(fields["witness"][0]) if "witness" in fields else None,
            scope=_first(fields, "scope"),
            compared=_first(fields, "compared"),
        )


def _first(fields: Mapping[str, list[str]], key: str) -> str | None:
    return fields[key][0] if key in fields else None


def _fields(comment: str) -> dict[str, list[str]]:
    """The fields of an annotation; words before the first are prose."""
    marks = list(_FIELD.finditer(comment))
    found: dict[str, list[str]] = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        text = comment[mark.end() : following.start() if following else len(comment)]
        found.setdefault(mark.group(1), []).append(" ".join(text.split()))
    return found


def _end(text: str) -> int:
    """Where the sentence ends that the text begins with."""
    match = _SENTENCE.search(text)
    return match.end() if match else len(text)


@lru_cache(maxsize=1024)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a Coq text without its comments."""
    bare, found, at = without_comments(text), [], 0
    for match in _SENTENCE.finditer(bare):
        found.append(bare[at : match.end()].strip())
        at = match.end()
    return tuple(found)


@lru_cache(maxsize=1024)
def without_comments(text: str) -> str:
    """The text with its comments, nested ones too, as blanks."""
    kept, depth, at = [], 0, 0
    while at < len(text):
        if text.startswith("(*", at):
            depth, at = depth + 1, at + 2
        elif depth and text.startswith("*)", at):
            depth, at = depth - 1, at + 2
            kept.append(" ")
        else:
            kept.append(text[at] if not depth else ("\n" if text[at] == "\n" else ""))
            at += 1
    return "".join(kept)


def forbidden_words(source: Source) -> list[str]:
    """Words that a file of proofs must not hold, comments included."""
    spaced = {word: r"\s+".join(map(re.escape, word.split())) for word in FORBIDDEN}
    return [word for word, pattern in spaced.items() if re.search(rf"(?<![\w']){pattern}(?![\w'])", source.text)]


def to_compare(theorem: Theorem, root: Path | None = None) -> tuple[str, ...]:
    """What a person compares with the claim: the statement, how its annotation ties it to the claim, and every definition
    of the development that either rests on."""
    # Two files may define the same name; which of them is meant is not told apart here, so that both are shown.
    defined: dict[str, list[str]] = {}
    instances: dict[str, list[str]] = {}
    for source in closure(theorem.source, root):
        for sentence in sentences(source.text):
            match = _DEFINES.match(sentence)
            if match:
                defined.setdefault(match.group(2), []).append(sentence)
                if match.group(1) == "Instance":
                    instances.setdefault(_class_of(sentence), []).append(match.group(2))
    sections = [
        s
        for s in sentences(_before(theorem, root))
        if re.match(r"\s*(Section|End|Variables?|Hypothes[ie]s|Context|Let)\b", s)
    ]
    found: dict[str, None] = {}

    def visit(text: str) -> None:
        for word in re.findall(r"[\w']+", text):
            if word in defined and word not in found:
                found[word] = None
                visit(" ".join([*defined[word], *instances.get(word, ())]))

    noted = _annotation(theorem)
    visit(" ".join([theorem.statement, *sections, *noted]))
    definitions = [sentence for name in found for sentence in defined[name]]
    return (*definitions, *_open(sections), *noted, theorem.statement)


def _annotation(theorem: Theorem) -> list[str]:
    """The fields that say how the theorem stands to the claim, but for the claim itself."""
    fields = {"role": theorem.role, "scope": theorem.scope, "value": theorem.value, "truth": theorem.truth}
    noted = [f"{name}: {text}" for name, text in fields.items() if text is not None]
    return noted if theorem.witness is None else [*noted, f"witness: {json.dumps(theorem.witness, sort_keys=True)}"]


def _class_of(sentence: str) -> str:
    """The class that an instance belongs to: the first word after its colon."""
    match = re.search(r":\s*([\w']+)", sentence.split(":=")[0])
    return match.group(1) if match else ""


def _before(theorem: Theorem, root: Path | None) -> str:
    text = sources(root)[theorem.source].text
    match = re.search(rf"\b(?:Theorem|Lemma)\s+{re.escape(theorem.name)}\b", text)
    return text[: match.start()] if match else text


def _open(declarations: list[str]) -> list[str]:
    """The declarations of sections that are still open at the end."""
    stack: list[list[str]] = []
    for sentence in declarations:
        if sentence.startswith("Section"):
            stack.append([])
        elif sentence.startswith("End"):
            stack.pop()
        elif stack:
            stack[-1].append(sentence)
    return [s for section in stack for s in section]


def digest(theorem: Theorem, root: Path | None = None) -> str:
    """Identifies what the theorem says, its definitions included."""
    text = "\n".join(" ".join(s.split()) for s in to_compare(theorem, root))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def lines_to_compare(theorem: Theorem, root: Path | None = None) -> int:
    """How many lines of at most 100 characters a person has to compare."""
    return sum(-(-len(" ".join(s.split())) // 100) for s in to_compare(theorem, root))
