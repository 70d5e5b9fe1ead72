"""Running claims: each in a worker of its own or in this process, to the same record.

A claim never ends a run: one that cannot be imported, built or drawn, and one whose worker dies, becomes an ERROR that
says so.  An interrupt keeps the claims that are finished and names the others.
"""

from __future__ import annotations

import shlex
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ddcl_theory.experiments.index import block_of_claim
from ddcl_theory.formal.build import prepare as prepare_proofs
from ddcl_theory.process import output_to_stderr, prepare
from ddcl_theory.registry import Entry
from ddcl_theory.verdict import Verdict

Row = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """What decides the outcome of a run, apart from the claims.

    only: kinds of checks to run, all if empty.  figures: whether figures are drawn (only files show them).  store: the
    folder with the finished runs of experiments, None where experiments were not asked for.
    """

    profile: str = "standard"
    seed: int = 0
    device: str = "cpu"
    only: tuple[str, ...] = ()
    figures: bool = False
    store: str | None = None

    def command(self, *claims: str) -> str:
        """The command that repeats the run of these claims."""
        words = ["ddcl-verify", *claims, "--profile", self.profile, "--seed", str(self.seed)]
        words += ["--device", self.device] if self.device != "cpu" else []
        words += [w for kind in self.only for w in ("--only", kind)]
        words += ["--with", "experiments"] if self.store is not None else []
        return shlex.join(words)


@dataclass(frozen=True)
class Progress:
    """Told of each claim as it starts and as it ends (verdict, seconds), before that of each file of formal proofs that
    is compiled; the default stays silent."""

    started: Callable[[str], None] = lambda claim: None
    finished: Callable[[str, str, float], None] = lambda claim, verdict, seconds: None
    compiling: Callable[[str], None] = lambda file: None


def run_claim_entry(entry: Entry, options: Options) -> Row:
    """The record of one claim; whatever goes wrong in it becomes an ERROR."""
    from ddcl_theory.checks.base import PROFILES, Settings
    from ddcl_theory.engine import run_claim
    from ddcl_theory.experiments.scores import tables_of
    from ddcl_theory.record import claim_row, failed_row, figure_row, validate_claim

    reproduce = options.command(entry.id)
    settings = Settings(PROFILES[options.profile], options.seed, options.device, store=options.store)
    doing = "could not be loaded"
    try:
        claim = entry.load()
        doing = "could not be run"
        row = claim_row(run_claim(claim, settings, options.only, figures=False), reproduce)
        doing = "has scores that could not be read"
        tables = tables_of(block_of_claim(entry.id), settings) if options.store is not None else []
        row |= {"tables": tables} if tables else {}
    except (Exception, SystemExit) as error:  # a broken claim is a result of the run, not its end
        return failed_row(entry.id, entry.title, f"the claim {doing}: {describe(error)}", reproduce)
    for figure in claim.figures if options.figures else ():
        if figure.experiment and options.store is None:
            continue
        try:
            row["figures"].append(figure_row(figure, settings.at(claim.id, "figure", figure.id)))
        except (Exception, SystemExit) as error:  # as above
            row["verdict"] = Verdict.ERROR.name
            row["verdict_says"] = f"the figure {figure.id} could not be drawn: {describe(error)}"
    try:
        validate_claim(row)
    except ValueError as error:
        message = f"the claim's record is not well formed, which its declaration causes: {error}"
        return failed_row(entry.id, entry.title, message, reproduce)
    return row


def describe(error: BaseException) -> str:
    """One line: the exception and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())}{where}"


def run(
    entries: Sequence[Entry],
    options: Options,
    *,
    jobs: int = 1,
    isolated: bool = True,
    scheduler: str | None = None,
    progress: Progress | None = None,
    command: str | None = None,
) -> Row:
    """Run the claims and return the record; the order of claims is that of `entries`.

    jobs: how many workers share the claims.  isolated: False runs them in this process one after the other, where a
    crash of the interpreter ends everything; the record is the same.  scheduler: the address of a Dask scheduler whose
    workers run the claims instead.  command: what the record names as its command.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs}")
    from ddcl_theory.record import assemble

    told = progress or Progress()
    begun, clock = datetime.now(UTC), time.perf_counter()
    done: dict[str, tuple[Row, float]] = {}

    def finished(entry: Entry, row: Row, seconds: float) -> None:
        done[entry.id] = (row, seconds)
        told.finished(entry.id, row["verdict"], seconds)

    interrupted = False
    try:
        if not options.only or "formal" in options.only:
            prepare_proofs([e.id for e in entries], told.compiling, jobs)
        here = list(entries)
        if scheduler is not None:
            from ddcl_theory.campaign import run_on_scheduler

            # Claims about experiments only read what has run, from a folder that other machines may not have.
            here = [e for e in entries if options.store is not None and block_of_claim(e.id) is not None]
            if away := [e for e in entries if e not in here]:
                run_on_scheduler(away, options, scheduler, finished)
        if isolated:
            from ddcl_theory.workers import run_in_workers

            run_in_workers(here, options, jobs, told.started, finished)
        else:
            _run_here(here, options, told.started, finished)
    except KeyboardInterrupt:
        interrupted = True
    return assemble(
        [done[e.id][0] for e in entries if e.id in done],
        seed=options.seed,
        profile=options.profile,
        device=options.device,
        command=command or options.command(*(e.id for e in entries)),
        started=begun.isoformat(timespec="seconds").replace("+00:00", "Z"),
        seconds=time.perf_counter() - clock,
        claim_seconds={e.id: done[e.id][1] for e in entries if e.id in done},
        interrupted=interrupted,
        missing=[e.id for e in entries if e.id not in done],
    )


def _run_here(
    entries: Sequence[Entry],
    options: Options,
    started: Callable[[str], None],
    finished: Callable[[Entry, Row, float], None],
) -> None:
    prepare()
    for entry in entries:
        started(entry.id)
        with output_to_stderr():
            finished(entry, *timed(entry, options))


def timed(entry: Entry, options: Options) -> tuple[Row, float]:
    """The record of a claim and how long it took."""
    clock = time.perf_counter()
    row = run_claim_entry(entry, options)
    return row, time.perf_counter() - clock


def evidence_ran(record: Mapping[str, Any], kind: str) -> bool:
    """Whether checks of this kind ran at least once, and wherever the claims of the record declare one."""
    from ddcl_theory.summary import all_evidence

    outcomes = [e["outcome"] for c in record["claims"] for e in all_evidence(c) if e["kind"] == kind]
    return bool(outcomes) and "NOT_RUN" not in outcomes
