"""`python -m ddcl_theory.formal`: builds, checks and compares the formal proofs.

build: compile all files in an empty folder, check that nothing is assumed beyond the allow-list, run `coqchk`, and keep
    what was compiled for later runs.
compare NAME...: show the statements that a person has to compare, and note that they were compared.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from ddcl_theory.formal import build, coq
from ddcl_theory.formal.sources import closure, folder, forbidden_words, lines_to_compare, sources, theorems, to_compare


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ddcl_theory.formal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="compile and check everything from clean")
    comparing = commands.add_parser("compare", help="show statements side by side and note that they were compared")
    comparing.add_argument("names", nargs="+", metavar="FILE[:THEOREM]", help="such as ddcl/theorem1:decomposition")
    comparing.add_argument("--accept", action="store_true", help="write the digests into the Coq file")
    options = parser.parse_args(arguments)
    lacking = coq.missing()
    if lacking is not None:
        print(lacking, file=sys.stderr)
        return 4
    try:
        return _build() if options.command == "build" else _compare(options.names, options.accept)
    except coq.Failure as refused:
        print(refused, file=sys.stderr)
        return 1


def _build() -> int:
    started = time.perf_counter()
    status = 0
    for source in sources().values():
        for word in forbidden_words(source):
            print(f"{source.name}.v holds the word {word}", file=sys.stderr)
            status = 1
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        folders = build.build_all(place, told=lambda name: print(f"compiling {name}.v", flush=True))
        for theorem in theorems():
            excess = build.beyond(theorem, build.assumptions(theorem, build.ensure(theorem.source, place)))
            if excess:
                print(f"{theorem.full_name} assumes {', '.join(excess)}", file=sys.stderr)
                status = 1
        algebra, analysis = _kinds()
        for names, how in ((algebra, ()), (analysis, ("-norec",))):
            if names:
                _coqchk(names, how, folders)
        if status == 0:
            build.keep(place)
    print(
        f"{len(theorems())} theorems in {len({t.source for t in theorems()})} files, "
        f"{sum(lines_to_compare(t) for t in theorems())} lines to compare, {time.perf_counter() - started:.0f} s"
    )
    return status


def _kinds() -> tuple[list[str], list[str]]:
    """Files that rest on algebra alone, and those that rest on Coq's reals."""
    analysis = [n for n in sources() if any("Reals" in s.text or "Coquelicot" in s.text for s in closure(n))]
    return [n for n in sources() if n not in analysis], analysis


def _coqchk(names: list[str], how: tuple[str, ...], folders: list[Path]) -> None:
    """Check compiled files once more with the independent checker: all they rest on, or with -norec each by itself."""
    started = time.perf_counter()
    modules = [m for name in names for m in (*how, sources()[name].module)]
    coq.run(["coqchk", "-silent", *coq.paths(folders), *modules], folders[0], limit=900.0)
    kind = "by themselves" if how else "with all they rest on"
    print(f"coqchk: {len(names)} files {kind}, {time.perf_counter() - started:.0f} s", flush=True)


def _compare(names: list[str], accept: bool) -> int:
    from ddcl_theory.formal.sources import digest

    chosen = [t for t in theorems() if t.full_name in names or t.source in names]
    if not chosen:
        print(f"no annotated theorem is named {', '.join(names)}", file=sys.stderr)
        return 2
    for theorem in chosen:
        print(f"\n== {theorem.full_name}, for {', '.join(theorem.claims)}")
        for text in to_compare(theorem):
            print(f"   {' '.join(text.split())}")
        pairs = {_pair(path, digest(theorem)) for path in theorem.claims}
        if len(pairs) > 1:
            print("   the parts that it is for do not say the same", file=sys.stderr)
            return 1
        if accept:
            build.ensure(theorem.source)
            _note(theorem.source, theorem.name, pairs.pop())
    return 0


def _pair(path: str, digest: str) -> str:
    from ddcl_theory import registry
    from ddcl_theory.checks.formal import statement_digest
    from ddcl_theory.relation import OPERATORS

    claim_id, reading_id, part_id, *amended = path.split("/")
    claim = next(e for e in registry.entries() if e.id == claim_id).load()
    reading = next(r for r in claim.readings if r.id == reading_id)
    part = next(p for p in reading.parts if p.id == part_id)
    for _ in amended:
        assert part.amendment is not None
        part = part.amendment.part
    statement = part.statement
    for v in statement.domain.variables:
        print(f"   claim: {v.name} is {v.kind}{f' of shape {v.shape}' if v.shape else ''}")
    for h in statement.hypotheses():
        print(f"   claim: assumes {h.says}  [{h.id}]")
    op = OPERATORS[statement.conclusion.op]
    print(f"   claim: {part.says}  [its expressions {op}; sizes sampled: {statement.domain.scope() or 'none'}]")
    return f"{statement_digest(part.statement)}-{digest}"


def _note(source: str, theorem: str, pair: str) -> None:
    """Write the digests as the last field of the annotation of a theorem."""
    import re

    path = folder() / f"{source}.v"
    text = path.read_text(encoding="utf-8")
    place = re.search(rf"\b(?:Theorem|Lemma)\s+{re.escape(theorem)}\b", text)
    assert place is not None
    start = text.rindex("(**", 0, place.start())
    comment = text[start : place.start()]
    bare = re.sub(r"\n\s*compared:[^\n]*?(?=\s*\*\)|\n)", "", comment)
    noted = (
        bare.replace("*)", f"\n    compared: {pair} *)", 1)
        if " *)" not in bare
        else bare.replace(" *)", f"\n    compared: {pair} *)", 1)
    )
    path.write_text(text[:start] + noted + text[place.start() :], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
