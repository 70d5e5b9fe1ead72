"""Running claims on many machines: joblib's Dask backend sends each claim to a worker of a scheduler."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ddcl_theory.process import prepare
from ddcl_theory.record import failed_row
from ddcl_theory.registry import Entry
from ddcl_theory.run import Options, Row, describe, timed


def run_on_scheduler(
    entries: Sequence[Entry], options: Options, address: str, finished: Callable[[Entry, Row, float], None]
) -> None:
    """Run the claims on the workers of the Dask scheduler at `address`, which must have the same packages installed.

    Raises ValueError where no scheduler answers.  A claim whose worker is lost is an ERROR.
    """
    from dask.distributed import Client
    from joblib import Parallel, delayed, parallel_config

    try:
        client = Client(address, timeout="20s")
    except (OSError, ValueError, TimeoutError) as error:
        raise ValueError(f"--scheduler {address!r}: no scheduler answers there ({describe(error)})") from error
    by_id = {e.id: e for e in entries}
    with client, parallel_config(backend="dask"):
        try:
            rows = Parallel(return_as="generator_unordered")(delayed(remote)(e, options) for e in entries)
            for row, seconds in rows:
                finished(by_id.pop(row["id"]), row, seconds)
        except Exception as error:  # a scheduler or worker that is lost must not take the finished claims with it
            for entry in by_id.values():
                message = f"the scheduler lost this claim: {describe(error)}"
                finished(entry, failed_row(entry.id, entry.title, message, options.command(entry.id)), 0.0)


def remote(entry: Entry, options: Options) -> tuple[Row, float]:
    """What a worker of the scheduler runs."""
    prepare()
    return timed(entry, options)
