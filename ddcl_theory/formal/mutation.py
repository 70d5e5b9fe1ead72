"""Altered statements: with the proof left as it is, each must stop the file from compiling.

Beside `theorem1.v` stands `theorem1.mutants`, a line an alteration:

    gap_is_nonnegative | ols k d z p q <= quantization | ols k d z p q < quantization

The first text, found once in the statement of the theorem, gives way to the second.  Lines that begin with # are prose.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ddcl_theory.formal import build, coq
from ddcl_theory.formal.sources import Source, Theorem, folder, sources, theorems, without_comments


@dataclass(frozen=True)
class Mutant:
    """An alteration of the statement of a theorem."""

    source: str
    theorem: str
    old: str
    new: str

    @property
    def id(self) -> str:
        return f"{self.source}:{self.theorem}: {self.old} -> {self.new or 'nothing'}"


def mutants(root: Path | None = None) -> list[Mutant]:
    """Every alteration that is listed; ValueError for a line that fits no theorem."""
    top = root or folder()
    return [m for name in sources(root) for m in _listed(name, top / f"{name}.mutants")]


def _listed(name: str, path: Path) -> Iterator[Mutant]:
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [f.strip() for f in re.split(r"\s\|(?:\s|$)", line)]
        if len(fields) != 3:
            raise ValueError(f"{path.name}, line {number}: expected theorem | old | new; got {line!r}")
        yield Mutant(name, *fields)


def altered(mutant: Mutant | None, theorem: Theorem, root: Path | None = None) -> str:
    """The file up to the end of the theorem, its statement altered (or not, for None); ValueError where it cannot be.

    A mark is printed once the statement itself is accepted, so that a mere slip in it is told from a proof that fails.
    """
    source = sources(root)[theorem.source]
    start = _start(source, theorem.name)
    text = without_comments(source.text[start:])
    stated = re.search(r"\.(?=\s)", text)
    ended = re.search(r"\b(Qed|Defined)\.", text)
    if stated is None or ended is None:
        raise ValueError(f"{theorem.full_name} has no proof that ends")
    statement = text[: stated.end()]
    if mutant is not None:
        pattern = r"\s+".join(re.escape(word) for word in mutant.old.split())
        if len(re.findall(pattern, statement)) != 1:
            raise ValueError(
                f"{mutant.id}: the text stands {len(re.findall(pattern, statement))} times in the statement"
            )
        statement = re.sub(pattern, lambda _: mutant.new, statement)
    before = source.text[:start]
    sections: list[str] = []
    for kind, name in re.findall(r"^\s*(Section|End)\s+(\w+)\.", without_comments(before), flags=re.M):
        sections = [*sections, name] if kind == "Section" else sections[:-1]
    ends = "".join(f"End {name}.\n" for name in reversed(sections))
    return f'{before}{statement}\nidtac "@@stated".\n{text[stated.end() : ended.end()]}\n{ends}'


def _start(source: Source, theorem: str) -> int:
    found = re.search(rf"\b(?:Theorem|Lemma)\s+{re.escape(theorem)}\b", source.text)
    if found is None:
        raise ValueError(f"{source.name}.v has no theorem {theorem}")
    return found.start()


def survives(mutant: Mutant | None, theorem: Theorem, root: Path | None = None, place: Path | None = None) -> bool:
    """Whether the file compiles; ValueError where the altered statement is no statement at all."""
    folders = build.ensure(theorem.source, place, root)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "altered.v"
        path.write_text(altered(mutant, theorem, root), encoding="utf-8")
        try:
            coq.compile_file(path, folders)
        except coq.Failure as refused:
            if "@@stated" not in refused.printed:
                raise ValueError(
                    f"{mutant.id if mutant else theorem.full_name}: Coq does not accept the statement"
                ) from None
            return False
    return True


def untried(root: Path | None = None, fewest: int = 2) -> list[str]:
    """Theorems with fewer alterations than `fewest`."""
    listed = [(m.source, m.theorem) for m in mutants(root)]
    return [t.full_name for t in theorems(root) if listed.count((t.source, t.name)) < fewest]
