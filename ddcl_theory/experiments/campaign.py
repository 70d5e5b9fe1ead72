"""Running the blocks that a command asks for, before their claims are decided."""

from __future__ import annotations

from collections.abc import Sequence

from ddcl_theory import console
from ddcl_theory.experiments.execute import Executed, execute
from ddcl_theory.experiments.index import block_of_claim, load_block
from ddcl_theory.experiments.progress import shown
from ddcl_theory.experiments.protocol import Cell, Plan
from ddcl_theory.experiments.store import Store
from ddcl_theory.registry import Entry
from ddcl_theory.run import Options


def planned(claims: Sequence[str], options: Options) -> list[Cell]:
    """The runs of the experiments among these claims; ValueError for data of the user's that a block cannot read."""
    plan = Plan(options.profile, options.seed, options.device)
    blocks = [load_block(name) for name in map(block_of_claim, claims) if name is not None]
    return [cell for block in blocks for cell in block.cells(plan)]


def run_blocks(cells: Sequence[Cell], options: Options, jobs: int, scheduler: str | None) -> Executed:
    """Run those cells that the store of the options lacks, with progress on stderr."""
    if options.store is None:
        raise ValueError("options.store: got None, accepted is the folder where finished runs are kept")
    with shown() as told:
        done = execute(cells, Store(options.store, console.complain), jobs=jobs, scheduler=scheduler, told=told)
    if done.failures:
        console.complain(f"{len(done.failures)} of {len(cells)} runs of experiments failed")
    return done


def claims_left(entries: Sequence[Entry], done: Executed) -> list[Entry]:
    """The claims to decide after the experiments: all, or after an interrupt those that only read what has run."""
    return [e for e in entries if not done.interrupted or block_of_claim(e.id) is not None]
