"""Altered statements: with the proof left as it is, each must stop the file from compiling.

Beside `theorem1.v` stands `theorem1.mutants`, a line an alteration:

    gap_is_nonnegative | ols k d z p q <= quantization | ols k d z p q < quantization

The first text, found once in the statement of the theorem, gives way to the second.  Lines that begin with # are prose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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


def altered(mutant: Mutant, theorem: Theorem, root: Path | None = None) -> tuple[str, str]:
    """The altered statement under another name, and the proof as it is; ValueError where there is nothing to alter."""
    text = without_comments(sources(root)[theorem.source].text[_start(sources(root)[theorem.source], theorem.name) :])
    stated = re.search(r"\.(?=\s)", text)
    ended = re.search(r"\b(Qed|Defined)\.", text)
    if stated is None or ended is None:
        raise ValueError(f"{theorem.full_name} has no proof that ends")
    statement = text[: stated.end()]
    pattern = r"\s+".join(re.escape(word) for word in mutant.old.split())
    if len(re.findall(pattern, statement)) != 1:
        raise ValueError(f"{mutant.id}: the text stands {len(re.findall(pattern, statement))} times in the statement")
    statement = re.sub(pattern, lambda _: mutant.new, statement)
    renamed = re.sub(rf"^(\w+\s+){re.escape(theorem.name)}\b", r"\1altered_statement", statement)
    return renamed, text[stated.end() : ended.end()]


def _start(source: Source, theorem: str) -> int:
    found = re.search(rf"\b(?:Theorem|Lemma)\s+{re.escape(theorem)}\b", source.text)
    if found is None:
        raise ValueError(f"{source.name}.v has no theorem {theorem}")
    return found.start()


def survivors(name: str, root: Path | None = None, place: Path | None = None) -> list[str]:
    """Altered statements of a file whose proofs go through all the same, and what is wrong with the alterations.

    One session of Coq reads the file; before each theorem it is given every altered statement with the unaltered proof,
    and forgets it again.  An alteration is caught if its statement is accepted and its proof meets an error, while the
    unaltered statement goes through in the same session.  Lemmas are taken without their proofs there, which the build
    checks.
    """
    source = sources(root)[name]
    named = {t.name: t for t in theorems(root) if t.source == name}
    listed = [m for m in mutants(root) if m.source == name]
    folders = build.ensure(name, place, root)
    concerned = sorted({m.theorem for m in listed}, key=lambda t: _start(source, t))
    # After its section a lemma without a proof depends on all hypotheses of the section, one with a proof on those it uses.
    for shortened in (_without_proofs, str):
        said = coq.session("\n".join(_script(source, concerned, listed, named, root, shortened)), folders)
        broken = [complaint for theorem in concerned if (complaint := _control(source, theorem, said))]
        if not broken:
            break
    return broken + [complaint for number, m in enumerate(listed) if (complaint := _verdict(m, number, said))]


def _script(
    source: Source,
    concerned: list[str],
    listed: list[Mutant],
    named: dict[str, Theorem],
    root: Path | None,
    shortened: Callable[[str], str],
) -> Iterator[str]:
    yield "Set Default Timeout 60."
    at = 0
    for theorem in concerned:
        start = _start(source, theorem)
        yield shortened(without_comments(source.text[at:start]))
        at = start + _end(source.text[start:])
        for mutant in (m for m in listed if m.theorem == theorem):
            statement, proof = altered(mutant, named[theorem], root)
            number = listed.index(mutant)
            yield from (_say(f"@@begin {number}"), statement, f'idtac "@@stated {number}".', proof, "Abort All.")
            yield _say(f"@@end {number}")
            # A proof that went through leaves its name behind; the next one needs it.
            yield "Reset altered_statement."
        yield from (_say(f"@@own {theorem}"), without_comments(source.text[start:at]), _say(f"@@done {theorem}"))


def _end(text: str) -> int:
    """Where the first proof in the text ends."""
    ended = re.search(r"\b(Qed|Defined)\.", text)
    return len(text) if ended is None else ended.end()


def _without_proofs(text: str) -> str:
    """The text with lemmas granted whose proofs are opaque."""
    return re.sub(r"\bProof\b[^.]*\.(?=\s)(?:(?!\bDefined\.).)*?\bQed\.", "Admitted.", text, flags=re.S)


def _control(source: Source, theorem: str, said: str) -> str:
    """What is wrong with the theorem as it stands, in the session in which its alterations are tried."""
    own = re.search(rf"@@own {theorem}\b(.*?)@@done {theorem}\b", said, flags=re.S)
    if own is None or "Error:" in own.group(1):
        return f"{source.name}:{theorem}: the unaltered theorem does not go through in the session of its alterations"
    return ""


def _say(text: str) -> str:
    return f'Goal True. idtac "{text}". Abort.'


def _verdict(mutant: Mutant, number: int, said: str) -> str:
    """What is wrong with a mutant, by what Coq said between its marks."""
    match = re.search(rf"@@begin {number}\b(.*?)@@end {number}\b", said, flags=re.S)
    if match is None:
        return f"{mutant.id}: Coq did not come to its end"
    before, stated, after = match.group(1).partition(f"@@stated {number}")
    if not stated or "Error:" in before:
        return f"{mutant.id}: Coq does not accept the statement: {' '.join(before.split())[:300]}"
    return "" if "Error:" in after else f"{mutant.id}: survives"


def untried(root: Path | None = None, fewest: int = 2) -> list[str]:
    """Theorems with fewer alterations than `fewest`."""
    listed = [(m.source, m.theorem) for m in mutants(root)]
    return [t.full_name for t in theorems(root) if listed.count((t.source, t.name)) < fewest]
