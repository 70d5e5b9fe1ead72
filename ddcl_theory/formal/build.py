"""Compiles what changed, and reads what each theorem assumes.

Compiled files stand in a cache, each with a stamp of its own content, of what it requires and of Coq's version.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ddcl_theory.formal import coq
from ddcl_theory.formal.sources import Source, Theorem, closure, sources, theorems

#: What a theorem may assume, by what its file rests on.  The algebra assumes nothing; Coq's reals are classical and
#: their functions extensional; interval arithmetic computes with the machine integers and floats of Coq's kernel.
REALS = (
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "functional_extensionality_dep",
    "Classical_Prop.classic",
    "classic",
    "ClassicalEpsilon.constructive_indefinite_description",
    "constructive_indefinite_description",
)
MACHINE = re.compile(r"^(PrimInt63|PrimFloat|Uint63|FloatAxioms|Sint63|FloatOps|Int63)\.")


def home() -> Path:
    """The cache: DDCL_VERIFY_CACHE, or the user's cache folder; a temporary folder where neither can be written."""
    named = os.environ.get("DDCL_VERIFY_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    place = Path(named).expanduser() / ("coq" if os.environ.get("DDCL_VERIFY_CACHE") else "ddcl-verify/coq")
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return place
    except OSError:
        place = Path(tempfile.gettempdir()) / f"ddcl-verify-{os.getuid()}" / "coq"
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place


def stamp(source: Source, root: Path | None = None) -> str:
    """Identifies the compiled file: the text of the file and of all that it requires, and the version of Coq."""
    texts = [f"{s.name}\n{s.text}" for s in closure(source.name, root)]
    return hashlib.sha256("\n".join([coq.version(), *coq.OPTIONS, *texts]).encode()).hexdigest()


@contextmanager
def locked(place: Path) -> Iterator[None]:
    """One process at a time builds."""
    with (place / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def ensure(
    name: str, place: Path | None = None, root: Path | None = None, told: Callable[[str], None] = lambda name: None
) -> Path:
    """Compile a file and what it requires, where that is not up to date; the folder of the compiled development."""
    where = place or home()
    with locked(where):
        for source in closure(name, root):
            if not _current(source, where, root):
                told(source.name)
                _compile(source, where, root)
    return where


def _paths(source: Source, place: Path) -> tuple[Path, Path]:
    path = place / f"{source.name}.v"
    return path, path.with_suffix(".stamp")


def _current(source: Source, place: Path, root: Path | None) -> bool:
    path, mark = _paths(source, place)
    return path.with_suffix(".vo").exists() and mark.exists() and mark.read_text() == stamp(source, root)


def _compile(source: Source, place: Path, root: Path | None) -> None:
    path, mark = _paths(source, place)
    path.parent.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    path.write_text(source.text, encoding="utf-8")
    coq.compile_file(path, place)
    found = _read_assumptions(source, place, root)
    path.with_suffix(".assumptions").write_text(json.dumps(found), encoding="utf-8")
    mark.write_text(stamp(source, root))


def _read_assumptions(source: Source, place: Path, root: Path | None) -> dict[str, list[str]]:
    named = [t.name for t in theorems(root) if t.source == source.name]
    if not named:
        return {}
    asked = "\n".join(
        f'Goal True. idtac "@@{name}". exact I. Qed.\nPrint Assumptions {source.module}.{name}.' for name in named
    )
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "assumptions.v"
        path.write_text(f"Require {source.module}.\n{asked}\n", encoding="utf-8")
        said = coq.compile_file(path, place)
    return {name: assumed(text) for name, text in _after_marks(said)}


def _after_marks(said: str) -> Iterator[tuple[str, str]]:
    pieces = re.split(r"^@@(\S+)\s*$", said, flags=re.M)
    yield from zip(pieces[1::2], pieces[2::2], strict=True)


def assumed(said: str) -> list[str]:
    """The names that `Print Assumptions` lists; ValueError for an answer of another form."""
    if "Closed under the global context" in said:
        return []
    if "Axioms:" not in said:
        raise ValueError(f"Coq said of a theorem's assumptions: {' '.join(said.split())[:200]}")
    return re.findall(r"^([\w'.]+)\s*:", said.split("Axioms:", 1)[1], flags=re.M)


def assumptions(theorem: Theorem, place: Path) -> list[str]:
    """What a compiled theorem rests on beyond its hypotheses."""
    path = (place / f"{theorem.source}.v").with_suffix(".assumptions")
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))[theorem.name]
    return found


def beyond(theorem: Theorem, found: list[str], root: Path | None = None) -> list[str]:
    """Which assumptions are not allowed for a theorem of this file."""
    files = closure(theorem.source, root)
    reals = any(re.search(r"\b(Reals|Coquelicot)\b", s.text) for s in files)
    machine = any(re.search(r"\bFrom\s+Interval\b", s.text) for s in files)
    return [a for a in found if not ((reals and a in REALS) or (machine and MACHINE.match(a)))]


def prepare(claims: Sequence[str], told: Callable[[str], None] = lambda name: None) -> None:
    """Compile what the theorems on these claims need, so that no check waits for it.

    A file that does not compile is left to the checks, which say so.
    """
    if coq.missing() is not None:
        return
    for name in dict.fromkeys(t.source for t in theorems() if {p.split("/")[0] for p in t.claims} & set(claims)):
        with contextlib.suppress(coq.Failure):
            ensure(name, told=told)


def build_all(
    place: Path | None = None, root: Path | None = None, told: Callable[[str], None] = lambda name: None
) -> list[str]:
    """Compile every file; their names."""
    for name in sources(root):
        ensure(name, place, root, told)
    return list(sources(root))
