"""The end of a run: files are written, the result is printed, the exit status follows from both.

Exit status: 0 every claim asked for has its verdict; 1 verdicts differ from an earlier record; 2 the earlier record is
none; 3 something is INCONCLUSIVE and that was to be strict; 4 an ERROR, a kind of check that was named did not run, or
a file that was asked for could not be written; 130 interrupted.  Of several: 130, 4, 2, 1, 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory import console

DIFFERS, USAGE, UNDECIDED, FAILED, INTERRUPTED = 1, 2, 3, 4, 130


@dataclass(frozen=True)
class Wishes:
    """What is to be done with a record: where it goes, what it is compared with, what counts against it.

    named: kinds of checks that must have run.  everything: all claims were asked for, so that a claim that the earlier
    record has and this one lacks is missing.
    """

    report: str | None = None
    json: str | None = None
    expect: str | None = None
    strict: bool = False
    named: tuple[str, ...] = ()
    everything: bool = False


def conclude(record: dict[str, Any], wishes: Wishes, render: Callable[[dict[str, Any]], str] | None = None) -> int:
    """Write the files, print the result (by the renderer given, else in full), return the exit status."""
    from ddcl_theory.run import evidence_ran

    found = {0, *_write(record, wishes)}
    console.say(render(record) if render is not None else _in_full(record))
    verdicts = [v for c in record["claims"] for v in (c["verdict"], *(r["verdict"] for r in c["readings"]))]
    if "ERROR" in verdicts:
        found.add(FAILED)
    for kind in dict.fromkeys(wishes.named):
        if not evidence_ran(record, kind):
            console.complain(f"{kind}: no check of this kind ran, or not wherever the claims declare one")
            found.add(FAILED)
    if wishes.strict and "INCONCLUSIVE" in verdicts:
        found.add(UNDECIDED)
    if wishes.expect is not None:
        found.add(_compare(wishes.expect, record, wishes.everything))
    if record["interrupted"]:
        console.complain(f"interrupted; not finished: {', '.join(record['missing']) or 'none'}")
        return INTERRUPTED
    return next(status for status in (FAILED, USAGE, DIFFERS, UNDECIDED, 0) if status in found)


def _in_full(record: dict[str, Any]) -> str:
    from ddcl_theory.report import terminal

    return terminal.render(record, width=console.width(), colour=console.colour())


def _write(record: dict[str, Any], wishes: Wishes) -> Sequence[int]:
    from ddcl_theory.report import write_atomically

    def html() -> str:
        from ddcl_theory.report import html

        return html.render(record)

    def json() -> str:
        from ddcl_theory.report import json_

        return json_.render(record)

    statuses = []
    for target, render in ((wishes.json, json), (wishes.report, html)):
        try:
            if target is not None:
                write_atomically(target, render())
        except ValueError as error:
            console.complain(f"{target} was not written: {str(error).removeprefix('path: ')}")
            statuses.append(FAILED)
    return statuses


def _compare(expect: str, record: dict[str, Any], everything: bool) -> int:
    """Compare with the earlier record, which is read only now that all verdicts are final."""
    from ddcl_theory.diff import differences
    from ddcl_theory.report import load

    try:
        earlier = load(expect)
    except ValueError as error:
        console.complain(f"--expect: {str(error).removeprefix('path: ')}")
        return USAGE
    asked = None if everything else {c["id"] for c in record["claims"]} | set(record["missing"])
    found = differences(earlier, record, asked)
    for line in found:
        console.complain(f"differs from {expect}: {line}")
    return DIFFERS if found else 0
