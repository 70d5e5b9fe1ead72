"""Compiles what changed, and reads what each theorem assumes.

Compiled files stand in a cache, each in a folder named after its own content, that of what it requires, and Coq's version.
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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
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
        place = Path(tempfile.gettempdir()) / f"ddcl-verify-{getpass.getuser()}" / "coq"
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place


def stamp(source: Source, root: Path | None = None) -> str:
    """Identifies the compiled file: the text of the file and of all that it requires, and the version of Coq."""
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


def folder_of(source: Source, place: Path, root: Path | None = None) -> Path:
    """Where the compiled file stands: a folder of its own, named by its stamp, that never changes once it is there."""
    return place / stamp(source, root)[:24]


def ensure(
    name: str, place: Path | None = None, root: Path | None = None, told: Callable[[str], None] = lambda name: None
) -> list[Path]:
    """Compile a file and what it requires, where that has not been done; the folders that hold the compiled files."""
    where = place or home()
    files = closure(name, root)
    folders = [folder_of(source, where, root) for source in files]
    if not all(folder.is_dir() for folder in folders):
        with locked(where):
            for source, folder in zip(files, folders, strict=True):
                if not folder.is_dir():
                    told(source.name)
                    _compile(source, where, root)
    return folders


def _compile(source: Source, place: Path, root: Path | None) -> None:
    """Compile in a temporary folder, and put that in its place only when all is done."""
    needed = [folder_of(s, place, root) for s in closure(source.name, root) if s.name != source.name]
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        folder = Path(scratch) / "compiled"
        path = folder / f"{source.name}.v"
        path.parent.mkdir(parents=True)
        path.write_text(source.text, encoding="utf-8")
        coq.compile_file(path, [folder, *needed])
        found = _read_assumptions(source, [folder, *needed], root)
        path.with_suffix(".assumptions").write_text(json.dumps(found), encoding="utf-8")
        target = folder_of(source, place, root)
        try:
            folder.rename(target)
        except OSError:
            # Another process may have been faster, where files cannot be locked.
            if not target.is_dir():
                raise


def _read_assumptions(source: Source, folders: list[Path], root: Path | None) -> dict[str, list[str]]:
    named = [t.name for t in theorems(root) if t.source == source.name]
    if not named:
        return {}
    asked = "\n".join(
        f'Goal True. idtac "@@{name}". exact I. Qed.\nPrint Assumptions {source.module}.{name}.' for name in named
    )
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "assumptions.v"
        path.write_text(f"Require {source.module}.\n{asked}\n", encoding="utf-8")
        said = coq.compile_file(path, folders)
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


def assumptions(theorem: Theorem, folders: list[Path]) -> list[str]:
    """What a compiled theorem rests on beyond its hypotheses; its own folder is the last of those that `ensure` gives."""
    path = folders[-1] / f"{theorem.source}.assumptions"
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
    place: Path | None = None, root: Path | None = None, told: Callable[[str], None] = lambda name: None, jobs: int = 2
) -> list[Path]:
    """Compile every file, `jobs` at a time, each after those that it requires; the folders of the compiled files."""
    where = place or home()
    everything = sources(root)
    waiting, done = dict(everything), set[str]()
    with locked(where), ThreadPoolExecutor(jobs) as workers:
        running: dict[Future[None], str] = {}
        while waiting or running:
            ready = [n for n, s in waiting.items() if done.issuperset(s.requires)]
            for name in ready:
                source = waiting.pop(name)
                if folder_of(source, where, root).is_dir():
                    done.add(name)
                else:
                    told(name)
                    running[workers.submit(_compile, source, where, root)] = name
            if not ready:
                if not running:
                    raise ValueError(f"these files require each other: {', '.join(waiting)}")
                for finished in wait(running, return_when=FIRST_COMPLETED).done:
                    finished.result()
                    done.add(running.pop(finished))
    return [folder_of(source, where, root) for source in everything.values()]


def keep(folders: Sequence[Path], place: Path | None = None) -> None:
    """Put compiled folders into the cache; their names tell what they hold, so that those already there are the same."""
    where = place or home()
    with locked(where), tempfile.TemporaryDirectory(dir=where) as scratch:
        for folder in folders:
            if not (where / folder.name).is_dir():
                shutil.copytree(folder, Path(scratch) / folder.name).rename(where / folder.name)
