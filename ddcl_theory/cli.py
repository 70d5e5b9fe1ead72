"""The command line: `ddcl-verify`.

Exit status: see `conclude`; 4 also where a file does not replay, 2 for wrong usage, always with one line on stderr.
Nothing heavy is imported at the top: `--help` and `list` cost what Python and click cost.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ddcl_theory import __version__, console
from ddcl_theory.conclude import DIFFERS, FAILED, INTERRUPTED, USAGE, Wishes, conclude

if TYPE_CHECKING:
    from ddcl_theory.registry import Entry

IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
PROFILES = ("quick", "standard", "thorough")
KINDS = ("symbolic", "formal", "property", "adversarial", "certified", "dynamics", "experiment", "ablation")

EXAMPLES = """\b
Examples:
  ddcl-verify all                          every claim, standard profile
  ddcl-verify theorem4 prop6               two claims by their short names
  ddcl-verify all --report audit.html      the same, with a report to read
  ddcl-verify all --expect earlier.json    exit 1 if a verdict changed

\b
Exit status: 0 every claim asked for has its verdict, whatever it is; 1 verdicts differ;
2 wrong usage; 3 INCONCLUSIVE under --strict; 4 ERROR, a named kind did not run, a file
that does not replay; 130 interrupted."""


class Commands(click.Group):
    """A group in which words that are no command are names of claims to run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if args and args[0] not in own and args[0] not in self.commands:
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "CLAIM... | all | COMMAND [OPTIONS]")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of a run, which is what the bare command does, and then the commands."""
        run = self.commands["run"]
        run.format_options(click.Context(run, parent=ctx), formatter)
        self.format_commands(ctx, formatter)


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, epilog=EXAMPLES
)
@click.version_option(__version__, prog_name="ddcl-verify", message="%(prog)s %(version)s")
def cli() -> None:
    """Check the claims of prototype-based deep clustering: prove, search, sample, integrate, report what was found."""


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """A ValueError inside is wrong usage: one line on stderr, exit status 2."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of all commands that run claims."""
    options = (
        click.option(
            "--profile", type=click.Choice(PROFILES), default="standard", show_default=True, help="How much work to do."
        ),
        click.option(
            "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of every random choice."
        ),
        click.option(
            "--only",
            type=click.Choice(KINDS),
            multiple=True,
            metavar="KIND",
            help="Run checks of this kind alone (repeatable).",
        ),
        click.option(
            "--require",
            type=click.Choice(KINDS),
            multiple=True,
            metavar="KIND",
            help="Exit 4 unless this kind ran (repeatable).",
        ),
        click.option("--device", default="cpu", show_default=True, help="cpu, cuda, cuda:N or mps."),
        click.option(
            "--jobs",
            type=click.IntRange(min=1),
            default=_processors,
            show_default="one a processor",
            help="Number of worker processes; the result does not depend on it.",
        ),
        click.option("--scheduler", metavar="ADDRESS", help="Run on the workers of a Dask scheduler instead."),
        click.option("--report", metavar="FILE.html", help="Write the report to this file."),
        click.option("--json", metavar="FILE", help="Write the recorded result to this file."),
        click.option("--expect", metavar="FILE", help="Exit 1 if verdicts differ from this earlier record."),
        click.option("--strict", is_flag=True, help="Exit 3 if anything is INCONCLUSIVE."),
        click.option(
            "--with",
            "extra",
            type=click.Choice(("experiments",)),
            multiple=True,
            help="Run the experiments of the claims too, which otherwise are not run.",
        ),
        click.option(
            "--store",
            metavar="DIR",
            default="ddcl-experiments",
            show_default=True,
            help="Where finished runs of experiments are kept; what is there is not run again.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@cli.command("run", hidden=True)
@click.argument("names", nargs=-1, required=True, metavar="CLAIM...")
@run_options
def run_command(names: tuple[str, ...], **options: Any) -> NoReturn:
    """Run claims by name, or `all`."""
    entries, everything = select(names)
    raise SystemExit(run_entries(entries, everything, None, **options))


def select(names: Sequence[str]) -> tuple[list[Entry], bool]:
    """The entries of the named claims in the order of the registry, and whether they are all of them."""
    from ddcl_theory import registry

    with usage_errors():
        pool = registry.entries()
        odd = [e.id for e in pool if not re.fullmatch(IDENTIFIER, e.id)]
        if odd:
            raise ValueError(f"a plugin registers a claim as {odd[0]!r}; accepted are names such as example.claim1")
        if any(name.strip().lower() == "all" for name in names):
            return pool, True
        wanted = {registry.resolve(name, pool).id for name in names}
    return [e for e in pool if e.id in wanted], False


def run_entries(
    entries: list[Entry],
    everything: bool,
    render: Callable[[dict[str, Any]], str] | None,
    *,
    profile: str,
    seed: int,
    only: tuple[str, ...],
    require: tuple[str, ...],
    device: str,
    jobs: int,
    scheduler: str | None,
    report: str | None,
    json: str | None,
    expect: str | None,
    strict: bool,
    extra: tuple[str, ...],
    store: str,
) -> int:
    """Check what the options name, run (experiments first), conclude."""
    from ddcl_theory import targets

    with usage_errors():
        if "experiments" in extra:
            targets.check_store(store)
        targets.check_outputs(report, json)
        targets.check_input("--expect", expect)
        targets.check_device(device)
        targets.check_scheduler(scheduler)

    from ddcl_theory.progress import shown
    from ddcl_theory.run import Options, run

    figures, wishes = bool(report or json), Wishes(report, json, expect, strict, (*only, *require), everything)
    if "experiments" not in extra:
        options = Options(profile, seed, device, only, figures)
        command = options.command("all") if everything else None
        with usage_errors_of_scheduler(scheduler), terminated_is_interrupted(), shown(len(entries)) as progress:
            record = run(entries, options, jobs=jobs, scheduler=scheduler, progress=progress, command=command)
        return conclude(record, wishes, render)

    from ddcl_theory.experiments.campaign import claims_left, planned, run_blocks

    options = Options(profile, seed, device, only, figures, store)
    command = options.command("all") if everything else None
    with usage_errors():
        cells = planned([e.id for e in entries], options)
    with usage_errors_of_scheduler(scheduler), terminated_is_interrupted():
        done = run_blocks(cells, options, jobs, scheduler)
        going = claims_left(entries, done)
        with shown(len(going)) as progress:
            record = run(going, options, jobs=jobs, scheduler=scheduler, progress=progress, command=command)
    if done.interrupted:
        record["interrupted"] = True
        record["missing"] += [e.id for e in entries if e not in going]
        console.complain(f"the runs of experiments that are finished are kept in {store} and will not run again")
    status = conclude(record, wishes, render)
    return FAILED if done.failures and status != INTERRUPTED else status


def usage_errors_of_scheduler(scheduler: str | None) -> contextlib.AbstractContextManager[None]:
    """Only an address at which nobody answers is wrong usage once a run has begun."""
    return usage_errors() if scheduler is not None else contextlib.nullcontext()


@contextlib.contextmanager
def terminated_is_interrupted() -> Iterator[None]:
    """SIGTERM, which batch systems send, ends a run as Ctrl-C does: what is done is kept."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@cli.command("list")
def list_command() -> None:
    """List the claims."""
    entries, _ = select(["all"])
    width = max((len(e.id) for e in entries), default=0)
    console.say("".join(f"{e.id:<{width}}  {e.title}\n" for e in entries))


@cli.command("show")
@click.argument("name", metavar="CLAIM")
def show_command(name: str) -> None:
    """Show how a claim is declared; nothing runs."""
    from ddcl_theory import registry, show
    from ddcl_theory.run import describe

    with usage_errors():
        entry = registry.resolve(name)
    try:
        claim = entry.load()
    except Exception as error:  # an extension may fail in any way when it is imported
        console.complain(f"{entry.id} could not be loaded: {describe(error)}")
        raise SystemExit(FAILED) from None
    console.say(show.render(claim))


@cli.command("experiments")
@click.argument("names", nargs=-1, metavar="[BLOCK]...")
@run_options
def experiments_command(names: tuple[str, ...], **options: Any) -> NoReturn:
    """Run the experiments of the papers, all or the BLOCKs named, and print what became of each prediction."""
    from ddcl_theory.experiments import index

    with usage_errors():
        chosen = {entry.id: entry for entry in map(index.entry, names or index.INDEX)}

    def render(record: dict[str, Any]) -> str:
        from ddcl_theory.experiments import listing

        return listing.render(record)

    options["extra"] = ("experiments",)
    raise SystemExit(run_entries(list(chosen.values()), False, render, **options))


@cli.command("referee")
@click.argument("file", required=False)
@run_options
def referee_command(file: str | None, **options: Any) -> NoReturn:
    """Print a referee's report, major findings first, from a record FILE or, without one, from a run of all claims."""
    from ddcl_theory import referee

    def render(record: dict[str, Any]) -> str:
        return referee.render(record, console.width())

    if file is None:
        entries, everything = select(["all"])
        raise SystemExit(run_entries(entries, everything, render, **options))
    console.say(render(read(file)))
    raise SystemExit(0)


@cli.command("replay")
@click.argument("file")
def replay_command(file: str) -> NoReturn:
    """Check a record or report FILE: witnesses, predicates, measurements, verdicts, counts."""
    from ddcl_theory.file_replay import replay_record

    found = replay_record(read(file, altered=FAILED))
    for problem in found.problems:
        console.complain(problem)
    number = len(found.problems)
    headline = f"ALTERED  {number} {'problem' if number == 1 else 'problems'} in" if number else "REPLAYED"
    console.say(f"{headline}  {file}: {found.summary()}\n")
    raise SystemExit(FAILED if found.problems else 0)


@cli.command("diff")
@click.argument("old")
@click.argument("new")
def diff_command(old: str, new: str) -> NoReturn:
    """List the verdicts in which two record files differ."""
    from ddcl_theory.diff import differences, verdicts

    before, after = read(old), read(new)
    found = differences(before, after)
    headline = f"{len(found)} of {len({**verdicts(before), **verdicts(after)})} verdicts differ"
    console.say("\n".join([headline, *(f"  {line}" for line in found)]) + "\n")
    raise SystemExit(DIFFERS if found else 0)


@cli.command("doctor")
def doctor_command() -> NoReturn:
    """Say what this machine offers to a run."""
    from ddcl_theory import doctor

    rows, problems = doctor.examine()
    width = max(len(name) for name, _ in rows)
    console.say(
        ("ready" if not problems else "not ready") + "\n" + "".join(f"{name:<{width}}  {says}\n" for name, says in rows)
    )
    for problem in problems:
        console.complain(problem)
    raise SystemExit(FAILED if problems else 0)


def read(file: str, altered: int = USAGE) -> dict[str, Any]:
    """The record in a file.  `altered`: the exit status for a file that holds a record which is not well formed."""
    from ddcl_theory.report import load
    from ddcl_theory.report.schema import ROOT

    try:
        return load(file)
    except ValueError as error:
        console.complain(str(error).removeprefix("path: "))
        misshapen = str(error.__cause__).startswith((f"{ROOT}.", f"{ROOT}["))
        raise SystemExit(altered if misshapen else USAGE) from None


def main() -> NoReturn:
    """The entry point: for wrong usage one line and status 2; a traceback only where this program is at fault."""
    try:
        cli.main(prog_name="ddcl-verify", standalone_mode=False)
    except click.ClickException as error:
        console.complain(error.format_message())
        raise SystemExit(USAGE) from None
    except (click.Abort, KeyboardInterrupt):
        console.complain("interrupted")
        raise SystemExit(INTERRUPTED) from None
    except Exception:  # an error of this program must not leave with the status of a finding
        traceback.print_exc()
        raise SystemExit(FAILED) from None
    raise SystemExit(0)
