"""Compiles what changed, and reads what the theorems of a file assume.

Compiled files stand in a cache, each in a folder named after its text, Coq's version, and the compiled files of what it
requires: Coq accepts a compiled file only beside those very files that it was compiled against, and two compilations of
the same text need not give the same bytes.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
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

#: What a file with theorems is asked after its last line, in their place a binding of each; it leaves one name behind.
MARK = "@@assumptions@@"
QUESTION = f"""
Goal True. idtac "{MARK}". Abort.
Definition theorems_of_this_file := %s I.
Print Assumptions theorems_of_this_file.
"""


def home() -> Path:
    """The cache: DDCL_VERIFY_CACHE, or the user's cache folder; a temporary folder where neither can be written."""
    named = os.environ.get("DDCL_VERIFY_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    place = Path(named).expanduser() / ("coq" if os.environ.get("DDCL_VERIFY_CACHE") else "ddcl-verify/coq")
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return place
    except OSError:
        place = Path(tempfile.gettempdir()) / f"ddcl-verify-{getpass.getuser()}" / "coq"
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place


def stamp(source: Source, root: Path | None = None) -> str:
    """Identifies what a file says: its text, that of all that it requires, and the version of Coq."""
    texts = [f"{s.name}\n{s.text}" for s in closure(source.name, root)]
    return hashlib.sha256("\n".join([coq.version(), *coq.OPTIONS, *texts]).encode()).hexdigest()


@contextmanager
def locked(place: Path) -> Iterator[None]:
    """One process at a time builds, where files can be locked; elsewhere two may do the same work twice."""
    with (place / "lock").open("w") as stream:
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def folder_of(source: Source, compiled: Mapping[str, Path], place: Path) -> Path:
    """Where the compiled file stands: a folder of its own that never changes once it is there.

    compiled: the folders of all that the file requires.
    """
    against = [_bytes_of(compiled[name] / f"{name}.vo") for name in source.requires]
    text = "\n".join([coq.version(), *coq.OPTIONS, QUESTION, source.name, source.text, *against])
    return place / hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def _bytes_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def ensure(
    name: str, place: Path | None = None, root: Path | None = None, told: Callable[[str], None] = lambda name: None
) -> list[Path]:
    """Compile a file and what it requires, where that has not been done; the folders that hold the compiled files."""
    return build_all(place, root, told, jobs=1, names=[name])


def _compile(source: Source, needed: Sequence[Path], target: Path, root: Path | None) -> None:
    """Compile in a temporary folder, and put that in its place only when all is done."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch) / "compiled"
        path = folder / f"{source.name}.v"
        path.parent.mkdir(parents=True)
        named = [t.name for t in theorems(root) if t.source == source.name]
        # Each question makes Coq walk through all that a proof rests on, down to the libraries: one for all theorems
        # takes no longer than for each of them.
        asked = QUESTION % " ".join(f"let _ := @{name} in" for name in named)
        path.write_text(f"{source.text}\n{asked if named else ''}", encoding="utf-8")
        # Only what comes after the mark is the answer, whatever the file itself prints.
        _, _, said = coq.compile_file(path, [folder, *needed]).rpartition(MARK)
        path.write_text(source.text, encoding="utf-8")
        path.with_suffix(".assumptions").write_text(json.dumps(assumed(said) if named else []), encoding="utf-8")
        try:
            folder.rename(target)
        except OSError:
            # Another process may have been faster, where files cannot be locked.
            if not target.is_dir():
                raise


def assumed(said: str) -> list[str]:
    """The names that `Print Assumptions` lists; ValueError for an answer of another form.

    A line that names nothing, such as that something is assumed to be guarded, stands for itself.
    """
    if said.strip() == "Closed under the global context":
        return []
    before, axioms, listed = said.partition("Axioms:")
    if not axioms or before.strip():
        raise ValueError(f"Coq said of the theorems' assumptions: {' '.join(said.split())[:200]}")
    found = []
    for line in listed.splitlines():
        # The type of an assumption goes on in lines that are indented.
        if line.strip() and not line[0].isspace():
            named = re.match(r"([\w'.]+)\s*(:|$)", line)
            found.append(named.group(1) if named else line.strip())
    return found


def assumptions(theorem: Theorem, folders: list[Path]) -> list[str]:
    """What the theorems of a compiled file rest on together, beyond their hypotheses.

    folders: those that `ensure` gives for the file; its own is the last.
    """
    path = folders[-1] / f"{theorem.source}.assumptions"
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def beyond(theorem: Theorem, found: list[str], root: Path | None = None) -> list[str]:
    """Which assumptions are not allowed for a theorem of this file."""
    files = closure(theorem.source, root)
    reals = any(re.search(r"\b(Reals|Coquelicot)\b", s.text) for s in files)
    machine = any(re.search(r"\bFrom\s+Interval\b", s.text) for s in files)
    return [a for a in found if not ((reals and a in REALS) or (machine and MACHINE.match(a)))]


def prepare(claims: Sequence[str], told: Callable[[str], None] = lambda name: None, jobs: int = 1) -> None:
    """Compile what the theorems on these claims need, `jobs` files at a time, so that no check waits for it.

    What does not compile is left to the checks, which say so.
    """
    if coq.missing() is not None:
        return
    needed = {t.source for t in theorems() if {p.split("/")[0] for p in t.claims} & set(claims)}
    with contextlib.suppress(coq.Failure):
        build_all(told=told, jobs=jobs, names=sorted(needed))


def build_all(
    place: Path | None = None,
    root: Path | None = None,
    told: Callable[[str], None] = lambda name: None,
    jobs: int = 2,
    names: Sequence[str] | None = None,
) -> list[Path]:
    """Compile these files (None: all) and what they require, `jobs` at a time, each after those that it requires.

    The folders of the compiled files, dependencies first.  A Failure of one file is raised when those that had begun are
    done.
    """
    where = place or home()
    needed = {s.name: s for name in (sources(root) if names is None else names) for s in closure(name, root)}
    compiled = _standing(needed, where)
    if len(compiled) < len(needed):
        with locked(where), ThreadPoolExecutor(jobs) as workers:
            compiled = _standing(needed, where)
            running: dict[Future[None], tuple[str, Path]] = {}
            while len(compiled) < len(needed):
                begun = {name for name, _ in running.values()}
                for source in needed.values():
                    if source.name in compiled or source.name in begun or not compiled.keys() >= set(source.requires):
                        continue
                    target = folder_of(source, compiled, where)
                    if target.is_dir():
                        compiled[source.name] = target
                        continue
                    against = [compiled[s.name] for s in closure(source.name, root) if s.name != source.name]
                    running[workers.submit(_begin, source, against, target, root, told)] = (source.name, target)
                for finished in wait(running, return_when=FIRST_COMPLETED).done:
                    name, target = running.pop(finished)
                    try:
                        finished.result()
                    except coq.Failure:
                        workers.shutdown(cancel_futures=True)
                        raise
                    compiled[name] = target
    return [compiled[name] for name in needed]


def _standing(needed: Mapping[str, Source], place: Path) -> dict[str, Path]:
    """The folders of those files that are compiled, together with all that they require."""
    found: dict[str, Path] = {}
    for source in needed.values():
        if found.keys() >= set(source.requires) and (target := folder_of(source, found, place)).is_dir():
            found[source.name] = target
    return found


def _begin(
    source: Source, needed: Sequence[Path], target: Path, root: Path | None, told: Callable[[str], None]
) -> None:
    told(source.name)
    _compile(source, needed, target, root)


def keep(compiled: Path, place: Path | None = None, root: Path | None = None) -> None:
    """Put what was compiled in one place into another (None: the cache), as far as it fits to what stands there.

    What has been compiled before stays; of the rest only that is taken which was compiled against the same bytes.
    """
    where = place or home()
    with locked(where), tempfile.TemporaryDirectory(dir=where) as scratch:
        standing: dict[str, Path] = {}
        for source in (s for name in sources(root) for s in closure(name, root)):
            if source.name in standing or not standing.keys() >= set(source.requires):
                continue
            target = folder_of(source, standing, where)
            if not target.is_dir() and (compiled / target.name).is_dir():
                shutil.copytree(compiled / target.name, Path(scratch) / target.name).rename(target)
            if target.is_dir():
                standing[source.name] = target
