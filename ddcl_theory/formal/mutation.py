"""Altered statements: with the proof left as it is, Coq must refuse each at some step.

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

#: Seconds that one step may take.
LIMIT = 30

#: Errors that say nothing about the statement.
NO_ANSWER = re.compile(r"^(Timeout!|Anomaly|Stack overflow|Out of memory)")


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
    source = sources(root)[theorem.source]
    text = source.text[_start(source, theorem.name) :]
    statement, proof = split(without_comments(text[: _end(text)]))
    pattern = r"\s+".join(re.escape(word) for word in mutant.old.split())
    if len(re.findall(pattern, statement)) != 1:
        raise ValueError(f"{mutant.id}: the text stands {len(re.findall(pattern, statement))} times in the statement")
    statement = re.sub(pattern, lambda _: mutant.new, statement)
    renamed = re.sub(rf"^(\w+\s+){re.escape(theorem.name)}\b", r"\1altered_statement", statement)
    return renamed, proof


def split(text: str) -> tuple[str, str]:
    """The statement and the proof of a theorem without comments; ValueError where it has none."""
    stated = re.search(r"\.(?=\s)", text)
    if stated is None or not re.search(r"\b(Qed|Defined)\.\s*$", text):
        raise ValueError(f"no proof that ends: {' '.join(text.split())[:80]!r}")
    return text[: stated.end()], text[stated.end() :]


def _start(source: Source, theorem: str) -> int:
    found = re.search(rf"\b(?:Theorem|Lemma)\s+{re.escape(theorem)}\b", source.text)
    if found is None:
        raise ValueError(f"{source.name}.v has no theorem {theorem}")
    return found.start()


def survivors(name: str, root: Path | None = None, place: Path | None = None) -> list[str]:
    """Altered statements of a file whose proofs go through all the same, and what is wrong with the alterations.

    One session of Coq reads the file; before each theorem it is given every altered statement with the unaltered proof,
    and forgets it again.  An alteration is caught if its statement is accepted and a step of its proof is refused, while
    the unaltered statement goes through in the same session.  Lemmas are taken without their proofs there, which the
    build checks.
    """
    # After its section a lemma without a proof depends on all hypotheses of the section, one with a proof on those it uses.
    for shortened in (_without_proofs, str):
        broken, complaints = _session(name, root, place, shortened)
        if not broken:
            return complaints
    return broken + complaints


def _session(
    name: str, root: Path | None, place: Path | None, shortened: Callable[[str], str]
) -> tuple[list[str], list[str]]:
    """What is wrong with the unaltered theorems, where the alterations are not tried then, and with the alterations."""
    source = sources(root)[name]
    named = {t.name: t for t in theorems(root) if t.source == name}
    listed = [m for m in mutants(root) if m.source == name]
    complaints, at = [], 0
    with coq.Session(build.ensure(name, place, root)) as coqtop:
        for theorem in sorted({m.theorem for m in listed}, key=lambda t: _start(source, t)):
            start = _start(source, theorem)
            coqtop.say(shortened(without_comments(source.text[at:start])))
            at = start + _end(source.text[start:])
            for mutant in (m for m in listed if m.theorem == theorem):
                if complaint := _tried(coqtop, *altered(mutant, named[theorem], root)):
                    complaints.append(f"{mutant.id}: {complaint}")
            # The theorem as it stands comes last, because what follows rests on it.
            statement, proof = split(without_comments(source.text[start:at]))
            if coq.error(coqtop.say(statement)) or any(coq.error(coqtop.say(step)) for step in _steps(proof)):
                said = "the unaltered theorem does not go through in the session of its alterations"
                return [f"{name}:{theorem}: {said}"], complaints
    return [], complaints


def _tried(coqtop: coq.Session, statement: str, proof: str) -> str:
    """What is wrong with an alteration; nothing, if its proof is refused at some step."""
    if refused := coq.error(coqtop.say(statement)):
        return f"Coq does not accept the statement: {refused[:300]}"
    coqtop.say(f"Set Default Timeout {LIMIT}.")
    for step in _steps(proof):
        if error := coq.error(coqtop.say(step, limit=2 * LIMIT)):
            coqtop.say("Abort All. Unset Default Timeout.")
            # A step that never came to an answer refuses nothing.
            return f"no answer to {step.strip()!r}: {error[:300]}" if NO_ANSWER.search(error) else ""
    # A proof that went through leaves its name behind; the next one needs it.
    coqtop.say("Reset altered_statement. Unset Default Timeout.")
    return "survives"


def _steps(proof: str) -> list[str]:
    """The sentences of a proof."""
    return [step for step in re.split(r"(?<=[^.]\.)(?=\s)", proof) if step.strip()]


def _end(text: str) -> int:
    """Where the first proof in the text ends."""
    ended = re.search(r"\b(Qed|Defined)\.", text)
    return len(text) if ended is None else ended.end()


def _without_proofs(text: str) -> str:
    """The text with lemmas granted whose proofs are opaque."""
    return re.sub(r"\bProof\b[^.]*\.(?=\s)(?:(?!\bDefined\.).)*?\bQed\.", "Admitted.", text, flags=re.S)


def untried(root: Path | None = None, fewest: int = 2) -> list[str]:
    """Theorems with fewer alterations than `fewest`."""
    listed = [(m.source, m.theorem) for m in mutants(root)]
    return [t.full_name for t in theorems(root) if listed.count((t.source, t.name)) < fewest]
