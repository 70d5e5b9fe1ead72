"""The runs that figures and tables show: those at the first setting of the profile, and a sentence that says which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ddcl_theory.checks.experiment import finished
from ddcl_theory.experiments.index import load_block
from ddcl_theory.experiments.protocol import Block, Cell, Metrics, Pairs, Plan, describe, pairs

Run = tuple[Cell, Metrics]


def plan_of(settings: Any) -> Plan:
    """What the settings of a run of the program ask for."""
    return Plan(settings.profile.name, settings.seed, settings.device)


def first_setting(block: Block, profile: str) -> Pairs:
    """The central setting, or what a quick profile runs in its place."""
    return block.grid.settings(profile)[0]


def central(block: Block, settings: Any) -> list[Run]:
    """The finished runs at that setting."""
    plan = plan_of(settings)
    return at_first_setting(block, plan, finished(block.id, plan, settings.store))


def at_first_setting(block: Block, plan: Plan, results: Any) -> list[Run]:
    """Those of the results that are at the first setting of the profile, in the order of their replicates."""
    first = first_setting(block, plan.profile)
    found = [(c, m) for c, m in results if c.setting == block.grid.of_arm(c.arm, first)]
    return sorted(found, key=lambda run: run[0].seed)


def shared(cells: Sequence[Cell]) -> Pairs:
    """What is the same in the conditions of all cells, such as the features and their number."""
    common = set(cells[0].condition) if cells else set()
    for cell in cells:
        common &= set(cell.condition)
    return tuple(sorted(common))


def drawn(block: str, settings: Any, first: bool = False) -> str:
    """The sentence for a figure of the block with this name."""
    loaded = load_block(block)
    return sentence(loaded, plan_of(settings), central(loaded, settings), first)


def sentence(block: Block, plan: Plan, runs: Sequence[Run], first: bool = False) -> str:
    """Profile, replicates and seeds that are there, the setting, and what all runs have in common.

    first: of the replicates only the first is shown.
    """
    parts = [f"{plan.profile.capitalize()} profile", _replicates(block, plan, runs, first)]
    setting = first_setting(block, plan.profile)
    kind = "central" if setting == block.grid.central else "shortened"
    parts[-1] += f"; {kind} setting: {describe(setting)}"
    common = shared([cell for cell, _ in runs])
    if common:
        parts[-1] += f"; in all runs: {describe(common)}"
    return ", ".join(parts) + "."


def _replicates(block: Block, plan: Plan, runs: Sequence[Run], first: bool) -> str:
    seeds = block.seeds(plan)
    places = dict.fromkeys((arm, pairs(condition)) for arm, condition in block.conditions(plan.profile))
    if first:
        done = {(c.arm, c.condition) for c, _ in runs if c.seed == seeds[0]}
        lacking = sum(place not in done for place in places)
        missing = f", not finished for {lacking} of {len(places)} arms and conditions" if lacking else ""
        return f"the first of {len(seeds)} replicates, seed {seeds[0]}{missing}"
    found = Counter((c.arm, c.condition) for c, _ in runs)
    least, most = (bound(found[place] for place in places) for bound in (min, max))
    if most == 0:
        return f"none of {len(seeds)} replicates finished"
    span = f"seeds {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"seed {seeds[0]}"
    if least == len(seeds):
        return f"{_counted(least, 'replicate')}, {span}"
    if least == most:
        there = sorted({c.seed for c, _ in runs})
        return f"{most} of {len(seeds)} replicates finished, seeds {', '.join(map(str, there))}"
    return f"{least} to {most} of {len(seeds)} replicates finished an arm and condition, of {span}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
