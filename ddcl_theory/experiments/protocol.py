"""What an experiment is: cells that run, predictions that are measured on their results.

A cell is one run of one arm at one condition, one setting and one seed.  A *condition* is what the paper varies (the data set, the
temperature); a *setting* is what its text leaves open or has lost (the temperature convention, the scale of the
start).  A prediction is measured at every setting of a declared grid, so that no setting can be picked for its result.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Scalar = str | int | float | bool
Pairs = tuple[tuple[str, Scalar], ...]
Metrics = dict[str, Any]

#: Seeds of different runs of the program do not meet: seed s gives the cells s * SPACING + 0, 1, 2, ….
SPACING = 10_000


def pairs(values: Mapping[str, Scalar]) -> Pairs:
    """The mapping as sorted pairs, which can be hashed."""
    return tuple(sorted(values.items()))


@dataclass(frozen=True)
class Cell:
    """One run: JSON-able, so that it can travel to another machine and name its result on disk."""

    block: str
    arm: str
    condition: Pairs
    setting: Pairs
    seed: int
    device: str = "cpu"

    def __getitem__(self, name: str) -> Scalar:
        """The value of a condition or of a setting."""
        return dict(self.condition + self.setting)[name]

    @property
    def root(self) -> int:
        """The seed of the program's run, which seeds what the replicates share."""
        return self.seed // SPACING

    @property
    def replicate(self) -> int:
        return self.seed % SPACING

    def as_json(self) -> dict[str, Any]:
        return {
            "block": self.block,
            "arm": self.arm,
            "condition": dict(self.condition),
            "setting": dict(self.setting),
            "seed": self.seed,
            "device": self.device,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Cell:
        return cls(row["block"], row["arm"], pairs(row["condition"]), pairs(row["setting"]), row["seed"], row["device"])

    def digest(self, fingerprint: str) -> str:
        """Names the result of this cell when it is computed by the code and libraries of the fingerprint."""
        text = json.dumps([fingerprint, self.as_json()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def label(self) -> str:
        """One line for people."""
        return f"{self.block} {self.arm} {describe(self.condition + self.setting)} seed {self.seed}"


def describe(values: Pairs) -> str:
    """The pairs as text: "T = 0.5, dataset = moons"."""
    return ", ".join(f"{name} = {value}" for name, value in values) or "the only setting"


@dataclass(frozen=True)
class Plan:
    """What a run of the program asks for."""

    profile: str = "standard"
    seed: int = 0
    device: str = "cpu"

    def seeds(self, replicates: int) -> tuple[int, ...]:
        if not 1 <= replicates < SPACING:
            raise ValueError(f"replicates: got {replicates}, accepted 1 to {SPACING - 1}")
        return tuple(self.seed * SPACING + r for r in range(replicates))


@dataclass(frozen=True)
class Grid:
    """The settings that the paper's text leaves open: the central value of each first, then the alternatives.

    ignored: for an arm, the settings that do not concern it; its cells do not carry them and are not run again for them.
    crossed: names whose values are combined with one another, everything else at its centre, for grids whose full product
        is out of reach; a name in no group leaves its centre alone.  Without it all combinations are run.
    """

    values: Mapping[str, tuple[Scalar, ...]]
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    crossed: tuple[tuple[str, ...], ...] | None = None

    def __post_init__(self) -> None:
        unknown = {name for group in self.crossed or () for name in group} - set(self.values)
        if unknown:
            raise ValueError(
                f"crossed: {', '.join(sorted(unknown))} is no setting; accepted are {', '.join(self.values)}"
            )

    @property
    def central(self) -> Pairs:
        """The setting declared before anything ran."""
        return pairs({name: options[0] for name, options in self.values.items()})

    def settings(self, profile: str) -> list[Pairs]:
        """All declared settings on the thorough profile, the central setting alone on the others."""
        if profile != "thorough":
            return [self.central]
        centre, found = dict(self.central), dict[Pairs, None]()
        for group in self._groups():
            for combo in itertools.product(*(self.values[n] for n in group)):
                found[pairs({**centre, **dict(zip(group, combo, strict=True))})] = None
        return list(found)

    def _groups(self) -> list[tuple[str, ...]]:
        """The names that are varied together."""
        if self.crossed is None:
            return [tuple(sorted(self.values))]
        together = {name for group in self.crossed for name in group}
        return [*self.crossed, *((name,) for name in self.values if name not in together)]

    def of_arm(self, arm: str, setting: Pairs) -> Pairs:
        """What of a setting concerns the arm."""
        return tuple((n, v) for n, v in setting if n not in self.ignored.get(arm, ()))


class Missing(ValueError):
    """A result that a prediction needs is not there; the message says which."""


@dataclass(frozen=True)
class Results:
    """Finished cells of a block with their metrics."""

    grid: Grid
    metrics: Mapping[Cell, Metrics]

    def __iter__(self) -> Iterator[tuple[Cell, Metrics]]:
        return iter(self.metrics.items())

    def changed(self, change: Callable[[Cell, Metrics], Metrics]) -> Results:
        """The same cells with other metrics."""
        return replace(self, metrics={cell: change(cell, dict(m)) for cell, m in self.metrics.items()})

    def at(self, setting: Pairs, seed: int, condition: Pairs = ()) -> Runs:
        return Runs(self._index(), self.grid, setting, seed, dict(condition))

    def _index(self) -> dict[tuple[str, Pairs, Pairs, int], Metrics]:
        # Built once a `Results`; the dataclass is frozen, so it is kept beside its fields.
        if "_by_place" not in self.__dict__:
            by_place = {(c.arm, c.condition, c.setting, c.seed): m for c, m in self.metrics.items()}
            object.__setattr__(self, "_by_place", by_place)
        found: dict[tuple[str, Pairs, Pairs, int], Metrics] = self.__dict__["_by_place"]
        return found


@dataclass(frozen=True)
class Runs:
    """The runs of one setting and one seed: what an effect is computed from."""

    index: Mapping[tuple[str, Pairs, Pairs, int], Metrics]
    grid: Grid
    setting: Pairs
    seed: int
    fixed: Mapping[str, Scalar]

    def __call__(self, arm: str, metric: str, **condition: Scalar) -> float:
        """A metric of the run of `arm` at this condition; Missing where the run or the metric is not there."""
        at = pairs({**self.fixed, **condition})
        setting = self.grid.of_arm(arm, self.setting)
        found = self.index.get((arm, at, setting, self.seed))
        if found is None:
            raise Missing(f"no finished run of {arm} at {describe(at)} with seed {self.seed}")
        if found.get(metric) is None:
            raise Missing(f"{metric} of {arm} at {describe(at)} is not defined")
        return float(found[metric])


@dataclass(frozen=True)
class Change:
    """A change of the results on which a prediction is measured again.

    A false change makes the prediction false whatever was measured, so that it must not come out as reproduced; a
    harmless one must leave its outcome as it is.
    """

    id: str
    apply: Callable[[Results], Results]
    harmless: bool = False


#: What is asked of the effect: its mean above the bound, below it, less than the bound away from 0, or (effects 0 and 1)
#: every replicate at 1.
RELATIONS = ("above", "below", "within", "every")


@dataclass(frozen=True)
class Prediction:
    """A sentence of the paper as a measurable effect.

    says: the sentence as a formula.  effect: one number a replicate, from the runs of one setting and one seed.
    measure: the name of that number.  arms: whose runs it reads; settings that concern none of them are not varied.
    over: conditions that the sentence leaves open, with their values; each counts as a setting.
    throughout: conditions over which the sentence says "every", with their values; a setting supports the prediction
        only where all of them do.
    paper: the value or the finding of the paper; secondary: it comes from a source other than the paper.
    ours: the sentence is this project's and not the paper's.
    """

    id: str
    says: str
    place: str
    measure: str
    effect: Callable[[Runs], float]
    relation: str
    arms: tuple[str, ...]
    changes: tuple[Change, ...]
    bound: float = 0.0
    over: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)
    throughout: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)
    paper: str = ""
    secondary: bool = False
    ours: bool = False

    def __post_init__(self) -> None:
        if both := set(self.over) & set(self.throughout):
            raise ValueError(f"throughout: {', '.join(sorted(both))} stands in over too; accepted is one of the two")
        if self.relation == "within" and self.bound <= 0:
            raise ValueError(f"bound: got {self.bound!r}, accepted with the relation within are numbers above 0")
        if self.relation not in RELATIONS:
            raise ValueError(f"relation: got {self.relation!r}, accepted are {', '.join(RELATIONS)}")
        if not any(not c.harmless for c in self.changes) or not any(c.harmless for c in self.changes):
            raise ValueError(f"{self.id}: changes must hold at least one false and one harmless change")

    def asks(self) -> str:
        """What is asked of the effect, in words."""
        if self.relation == "every":
            asked = "in every replicate"
        elif self.relation == "within":
            asked = f"mean between -{self.bound:g} and {self.bound:g}"
        else:
            asked = f"mean {self.relation} {self.bound:g}"
        return asked + "".join(f", at every {name}" for name in self.throughout)

    def change(self, identifier: str) -> Change:
        for change in self.changes:
            if change.id == identifier:
                return change
        raise ValueError(f"{self.id} has no change {identifier!r}")


@dataclass(frozen=True)
class Block:
    """An experiment of a paper.

    id: its name in the index, or "module:constant" where it stands outside.  claim: the identifier of its claim.
    replicates: how many seeds each profile runs.  conditions: the (arm, condition) pairs of a profile.  run:
    "module:function" of a cell that returns its metrics, numbers, booleans, text, None or lists of them.  sources:
    modules, besides the one of `run` and all of ddcl_core, on whose text the metrics depend.
    note: what is fixed without being in the paper.
    environment: the condition, if any, whose value depends on the machine that ran.
    """

    id: str
    claim: str
    title: str
    grid: Grid
    replicates: Mapping[str, int]
    conditions: Callable[[str], Sequence[tuple[str, Mapping[str, Scalar]]]]
    run: str
    predictions: tuple[Prediction, ...]
    sources: tuple[str, ...] = ()
    note: str = ""
    environment: str = ""

    def seeds(self, plan: Plan) -> tuple[int, ...]:
        return plan.seeds(self.replicates[plan.profile])

    def cells(self, plan: Plan) -> list[Cell]:
        """Every cell of the plan, once, in a fixed order."""
        made: dict[Cell, None] = {}
        for setting in self.grid.settings(plan.profile):
            for arm, condition in self.conditions(plan.profile):
                for seed in self.seeds(plan):
                    reduced = self.grid.of_arm(arm, setting)
                    made[Cell(self.id, arm, pairs(condition), reduced, seed, plan.device)] = None
        return list(made)

    def shared(self, prediction: Prediction, profile: str) -> dict[str, Scalar]:
        """Conditions with one value in all runs of the prediction's arms, by name."""
        found: dict[str, set[Scalar]] = {}
        for arm, condition in self.conditions(profile):
            for name, value in condition.items() if arm in prediction.arms else ():
                found.setdefault(name, set()).add(value)
        return {name: next(iter(values)) for name, values in sorted(found.items()) if len(values) == 1}

    def prediction(self, identifier: str) -> Prediction:
        for prediction in self.predictions:
            if prediction.id == identifier:
                return prediction
        names = ", ".join(p.id for p in self.predictions)
        raise ValueError(f"{self.id} has no prediction {identifier!r}; accepted are {names}")

    def function(self) -> Callable[[Cell], Metrics]:
        module, _, name = self.run.partition(":")
        found: Callable[[Cell], Metrics] = getattr(importlib.import_module(module), name)
        return found


def settings_of(prediction: Prediction, grid: Grid, profile: str) -> list[tuple[Pairs, Pairs]]:
    """(setting, conditions) at which a prediction is measured, without settings that concern none of its arms.

    The conditions are those of `over`, then those of `throughout`.
    """
    named = {**prediction.over, **prediction.throughout}
    opened = [tuple(zip(named, combo, strict=True)) for combo in itertools.product(*named.values())]
    found: dict[Pairs, None] = {}
    for setting in grid.settings(profile):
        concerned = {name for arm in prediction.arms for name, _ in grid.of_arm(arm, setting)}
        found[tuple((n, v) for n, v in setting if n in concerned)] = None
    return [(setting, condition) for setting in found for condition in opened]


def combinations(prediction: Prediction, grid: Grid) -> int:
    """How many settings there are where everything that concerns the prediction is combined with everything."""
    concerned = {name for arm in prediction.arms for name, _ in grid.of_arm(arm, grid.central)}
    counted = [*(grid.values[name] for name in concerned), *prediction.over.values()]
    return math.prod(len(values) for values in counted)
