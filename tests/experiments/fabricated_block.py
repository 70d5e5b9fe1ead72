"""A made-up block whose cells behave as their arm says; workers import it by name."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ddcl_theory.experiments.changes import planted, renumbered
from ddcl_theory.experiments.protocol import Block, Cell, Grid, Metrics, Prediction, Runs, Scalar

NAME = "fabricated_block:BLOCK"
#: The folder in which cells leave a file for each time they were started.
TRACES = "DDCL_FABRICATED_TRACES"


def run(cell: Cell) -> Metrics:
    """Leave a trace, then return, raise, or die, once or always."""
    folder = Path(os.environ[TRACES])
    name = f"{cell.arm}-{cell['x']}-{cell['offset']}-{cell.seed}"
    started = len(list(folder.glob(f"{name}.*")))
    (folder / f"{name}.{started}").touch()
    if cell.arm == "raises":
        raise RuntimeError("on purpose")
    if cell.arm == "dies" or (cell.arm == "dies once" and started == 0):
        os.kill(os.getpid(), signal.SIGKILL)
    if cell.arm == "odd":
        return {"value": float("nan")}
    if cell.arm == "slow":
        time.sleep(0.2)
    return {"value": float(cell["x"]) + float(cell["offset"]) + cell.replicate / 100, "process": os.getpid()}


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    return [("steady", {"x": x}) for x in (1, 2)]


def rise(runs: Runs) -> float:
    return runs("steady", "value", x=2) - runs("steady", "value", x=1)


def offset(runs: Runs) -> float:
    return runs("steady", "value", x=1) - 1


FALSE = planted("nothing", {"value": 0.0})
BLOCK = Block(
    id=NAME,
    claim="fabricated.block",
    title="A made-up block",
    grid=Grid({"offset": (0, -2, 3)}, ignored={"none": ("offset",)}),
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="fabricated_block:run",
    predictions=(
        Prediction(
            "rises", "x", "§0", "rise", rise, "above", ("steady",), (FALSE, renumbered()), bound=0.5, paper="about 1"
        ),
        Prediction("offset", "x", "§0", "offset", offset, "above", ("steady",), (FALSE, renumbered()), bound=-1.0),
        Prediction("falls", "x", "§0", "rise", rise, "below", ("steady",), (FALSE, renumbered())),
    ),
    note="made up",
)


def cells(arm: str, number: int, block: str = NAME) -> list[Cell]:
    """Cells of one arm that differ in their seeds."""
    return [Cell(block, arm, (("x", 1),), (("offset", 0),), seed) for seed in range(number)]
