"""Measuring a prediction: its effect at every declared setting, the interval, the outcome."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ddcl_theory.experiments import statistics
from ddcl_theory.experiments.outcome import Outcome, outcome_of
from ddcl_theory.experiments.protocol import (
    Block,
    Missing,
    Pairs,
    Plan,
    Prediction,
    Results,
    describe,
    pairs,
    settings_of,
)


@dataclass(frozen=True)
class Measured:
    """A prediction at one setting, and at one value of what its sentence says "every" of.

    effects: that of each replicate, None for one that has none.  supported: interval and, where there are replicates
    enough for it, test lie on the predicted side; None where that is not decided, and `missing` says why.  against: both
    lie on the other side.
    p: one-sided sign-flip test of the mean effect; None where the relation asks every replicate.
    p_corrected: that of the setting, the test of its least supported row corrected for the number of settings; None also
    with too few replicates for any test.
    """

    setting: Pairs
    effects: tuple[float | None, ...]
    mean: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_corrected: float | None = None
    supported: bool | None = None
    against: bool = False
    missing: str = ""

    @property
    def values(self) -> tuple[float, ...]:
        """The effects of the replicates that have one."""
        return tuple(v for v in self.effects if v is not None)

    @property
    def flat(self) -> bool:
        """Whether all replicates have the same effect."""
        return bool(self.values) and min(self.values) == max(self.values)


@dataclass(frozen=True)
class Group:
    """The rows of one setting: one, or one a value of what the sentence says "every" of."""

    setting: Pairs
    rows: tuple[Measured, ...]

    @property
    def supported(self) -> bool | None:
        """Whether all of its rows support the prediction; None where one is open and none fails."""
        found = [r.supported for r in self.rows]
        return False if False in found else None if None in found else True

    @property
    def confirmed(self) -> bool:
        """Whether its support is more than chance gives among all settings, as far as replicates suffice to tell."""
        return self.supported is True and all(
            r.p_corrected is None or r.p_corrected <= statistics.LEVEL for r in self.rows
        )


@dataclass(frozen=True)
class Finding:
    """What was found for a prediction.

    shared: conditions that all runs it reads have in common.  central: the setting declared before anything ran.
    p_count: that as many settings are supported where none should be; None with too few replicates for any test.
    """

    prediction: Prediction
    rows: tuple[Measured, ...]
    seeds: tuple[int, ...]
    shared: Pairs = ()
    central: Pairs = ()
    p_count: float | None = None

    @property
    def groups(self) -> tuple[Group, ...]:
        """The rows by setting."""
        members: dict[Pairs, list[Measured]] = {}
        for row in self.rows:
            members.setdefault(self.setting(row), []).append(row)
        return tuple(Group(setting, tuple(rows)) for setting, rows in members.items())

    @property
    def by_chance(self) -> bool:
        """Whether some settings support the prediction, others do not, and neither one nor their number tells from chance.

        A prediction that every setting supports needs no correction: each of them could have failed it.
        """
        seen = {g.supported for g in self.groups}
        many = self.p_count is not None and self.p_count <= statistics.LEVEL
        return {True, False} <= seen and not many and not any(g.confirmed for g in self.groups)

    @property
    def outcome(self) -> Outcome:
        counts = not self.by_chance
        return outcome_of(g.supported and counts for g in self.groups)

    @property
    def held(self) -> int:
        """At how many settings it is supported."""
        return sum(g.supported is True for g in self.groups)

    @property
    def cases(self) -> int:
        """Effects measured, over all settings."""
        return sum(len(r.values) for r in self.rows)

    def sentence(self) -> str:
        """The outcome with effect and interval, in a line."""
        p = self.prediction
        parts = [f"{self.outcome.label}: {p.measure}, asked {p.asks()}"]
        groups = self.groups
        if self.shared:
            parts.append(f"all runs with {describe(self.shared)}")
        if len(self.rows) == 1:
            parts += [_numbers(self.rows[0])] if self.rows[0].mean is not None else []
        else:
            parts.append(f"supported at {self.held} of {_count(len(groups), 'setting')}{self._throughout()}")
            if p.throughout and not self.held:
                alone = sum(r.supported is True for r in self.rows)
                parts.append(f"taken one by one, {alone} of {len(self.rows)} do")
            parts += [f"{self._place(r)}: {_numbers(r)}" for r in _extremes(self.rows)]
        if self.by_chance:
            least = min(max(r.p_corrected or 0.0 for r in g.rows) for g in groups if g.supported)
            parts.append(
                f"not told from chance among {len(groups)} settings: the smallest p-value there, corrected for their number, "
                f"is {least:.2g}, that of so many {self.p_count or 0.0:.2g}"
            )
        if self.outcome is Outcome.DEPENDS_ON:
            parts.append(depends(groups))
        parts += self._undecided()
        if p.paper:
            said = f"the paper: {p.paper}" + (" (secondary source)" if p.secondary else "")
            parts.append(said)
        if p.ours:
            parts.append("the prediction is this project's, not the paper's")
        return "; ".join(parts)

    def _throughout(self) -> str:
        p = self.prediction
        if not p.throughout:
            return ""
        return f", where all {_count(len(self.rows) // len(self.groups), 'value')} of {_names(p.throughout)} have to"

    def _undecided(self) -> list[str]:
        """What is said of rows whose runs lie on neither side, or are not there."""
        told = []
        none = [r for r in self.rows if r.supported is False and not r.against and self.prediction.relation != "every"]
        exactly = [r.flat and r.values[0] == self.prediction.bound for r in none]
        at_bound = list(itertools.compress(none, exactly))
        open_ = list(itertools.compress(none, (not e for e in exactly)))
        if at_bound:
            told.append(f"every replicate has exactly the bound{self._at(at_bound)}")
        if open_:
            told.append(
                f"interval or test do not tell the effect from the bound{self._at(open_)}, so that the runs show neither "
                "side there"
            )
        lacking = [r for r in self.rows if r.supported is None]
        if lacking:
            told.append(f"not decided{self._at(lacking)}: {lacking[0].missing}")
        return told

    def _at(self, rows: Sequence[Measured]) -> str:
        whole = _count(len(self.rows), "setting")
        if self.prediction.throughout:
            whole = f"{len(self.rows)} pairs of a setting and a value"
        return f" at {len(rows)} of {whole}" if len(self.rows) > 1 else ""

    def _place(self, row: Measured) -> str:
        """What of the row's setting is not central."""
        other = tuple(pair for pair in row.setting if pair not in self.central)
        return describe(other) if other else "central setting"

    def _centre(self) -> Pairs:
        """What of the central setting concerns the prediction."""
        named = {name for row in self.rows for name, _ in row.setting}
        return tuple((name, value) for name, value in self.central if name in named)

    def setting(self, row: Measured) -> Pairs:
        """The row's setting without what the sentence says "every" of."""
        return tuple(pair for pair in row.setting if pair[0] not in self.prediction.throughout)

    def as_json(self) -> dict[str, Any]:
        """For the record."""
        p = self.prediction
        return {
            "outcome": self.outcome.label,
            "measure": p.measure,
            "asked": p.asks(),
            "paper": p.paper,
            "secondary": p.secondary,
            "ours": p.ours,
            "throughout": list(p.throughout),
            "shared": dict(self.shared),
            "central": dict(self._centre()),
            "held": self.held,
            "of": len(self.groups),
            "p_count": self.p_count,
            "seeds": list(self.seeds),
            "settings": [
                {
                    "setting": dict(r.setting),
                    "values": list(r.effects),
                    "mean": r.mean,
                    "sd": r.sd,
                    "low": r.low,
                    "high": r.high,
                    "p": r.p,
                    "p_corrected": r.p_corrected,
                    "supported": r.supported,
                    "against": r.against,
                    "missing": r.missing,
                }
                for r in self.rows
            ],
        }


def assess(block: Block, prediction: Prediction, results: Results, plan: Plan) -> Finding:
    """Measure the prediction on the results at every setting of the plan."""
    seeds = block.seeds(plan)
    rows = []
    for setting, condition in settings_of(prediction, block.grid, plan.profile):
        effects, why = _effects(prediction, results, setting, condition, seeds)
        rows.append(_measure(prediction, condition + setting, effects, why))
    shared = pairs(block.shared(prediction, plan.profile))
    return _corrected(Finding(prediction, tuple(rows), seeds, shared, block.grid.central))


def reassess(block: Block, prediction: Prediction, measured: Mapping[str, Any], plan: Plan) -> Finding:
    """The finding that follows from recorded effects, one list a declared setting in the declared order.

    What is taken as recorded is why a replicate has none, and conditions that depend on the machine that ran.
    measured: what `Finding.as_json` wrote.
    """
    rows = []
    places = settings_of(prediction, block.grid, plan.profile)
    for (setting, condition), recorded in zip(places, measured["settings"], strict=True):
        effects = recorded["values"]
        why = recorded["missing"].removeprefix(_lost(effects)) or "it is not recorded why"
        rows.append(_measure(prediction, condition + setting, effects, why if None in effects else ""))
    shared = block.shared(prediction, plan.profile)
    if block.environment and measured["shared"].get(block.environment) != shared.get(block.environment):
        shared = measured["shared"]
    found = Finding(prediction, tuple(rows), tuple(measured["seeds"]), pairs(shared), block.grid.central)
    return _corrected(found)


def _corrected(found: Finding) -> Finding:
    """With what takes the number of settings into account.

    A setting falls with any of its rows, so that the least supported one stands for it: where one is at the bound, what
    is the least of several is the least by chance too, which errs against the prediction.
    """
    tested = [
        group
        for group in found.groups
        if all(r.p is not None and len(r.values) >= statistics.FEWEST_TESTED for r in group.rows)
    ]
    if not tested:
        return found
    least = []
    for group in tested:
        sides = [side for row in group.rows for side in _sides(found.prediction, row.effects)]
        least.append(min(sides, key=lambda side: statistics.sign_ratio([v for v in side if v is not None])))
    corrected = {g.setting: p for g, p in zip(tested, statistics.corrected_p(least), strict=True)}
    rows = tuple(replace(r, p_corrected=corrected.get(found.setting(r))) for r in found.rows)
    return replace(found, rows=rows, p_count=statistics.count_p(least))


def _effects(
    prediction: Prediction, results: Results, setting: Pairs, condition: Pairs, seeds: Sequence[int]
) -> tuple[list[float | None], str]:
    """The effect of each seed, None where it has none, and why the first of those has none."""
    found: list[float | None] = []
    why = ""
    for seed in seeds:
        try:
            found.append(float(prediction.effect(results.at(setting, seed, condition))))
        except Missing as missing:
            found.append(None)
            why = why or str(missing)
    return found, why


def _sides(prediction: Prediction, effects: Sequence[float | None]) -> list[list[float | None]]:
    """What must have a mean above 0 for the prediction: one list of differences, two where the effect has two bounds."""
    b = prediction.bound
    above = [None if v is None else v - b for v in effects]
    below = [None if v is None else b - v for v in effects]
    if prediction.relation == "within":
        return [below, [None if v is None else v + b for v in effects]]
    return [above if prediction.relation == "above" else below]


def _measure(prediction: Prediction, label: Pairs, effects: Sequence[float | None], why: str) -> Measured:
    effects = tuple(effects)
    values = [v for v in effects if v is not None]
    if len(values) < max(statistics.FEWEST, len(effects) // 2 + 1):
        return Measured(label, effects, missing=why or f"{len(values)} seeds, needed {statistics.FEWEST}")
    mean, sd = statistics.mean_sd(values)
    if prediction.relation == "every":
        held = sum(v == 1 for v in values)
        low, high = statistics.share_interval(held, len(values))
        row = Measured(label, effects, mean, sd, low, high, supported=held == len(values), against=held == 0)
    else:
        low, high = statistics.bootstrap_interval(values)
        sides = [[v for v in side if v is not None] for side in _sides(prediction, effects)]
        p = max(statistics.sign_flip_p(side) for side in sides)
        opposite = min(statistics.sign_flip_p([-v for v in side]) for side in sides)
        holds, fails = _lies(prediction, low, high)
        row = Measured(
            label,
            effects,
            mean,
            sd,
            low,
            high,
            p,
            None,
            holds and _tells(p, values),
            fails and _tells(opposite, values),
        )
    if why and row.supported:
        # A replicate without a value may be the one that would have changed the answer.
        return replace(row, supported=None, missing=_lost(effects) + why)
    return row


def _lost(effects: Sequence[float | None]) -> str:
    return f"{sum(v is None for v in effects)} of {len(effects)} replicates have no value: "


def _lies(prediction: Prediction, low: float, high: float) -> tuple[bool, bool]:
    """Whether the interval lies on the predicted side, and whether on the other."""
    b = prediction.bound
    if prediction.relation == "within":
        return -b < low and high < b, high < -b or b < low
    return (low > b, high < b) if prediction.relation == "above" else (high < b, low > b)


def _tells(p: float, values: Sequence[float]) -> bool:
    """Whether the test agrees; with too few replicates for any answer of its own it has none."""
    return len(values) < statistics.FEWEST_TESTED or p <= statistics.LEVEL


def _numbers(row: Measured) -> str:
    if row.mean is None or row.low is None or row.high is None:
        return "not measured"
    n = len(row.values)
    return f"{row.mean:.3g} ± {row.sd or 0.0:.2g}, 95 % interval [{row.low:.3g}, {row.high:.3g}], n = {n}"


def _extremes(rows: Sequence[Measured]) -> list[Measured]:
    """The settings with the smallest and with the largest mean effect."""
    measured = [r for r in rows if r.mean is not None]
    if not measured:
        return []
    ends = [min(measured, key=lambda r: r.mean or 0.0), max(measured, key=lambda r: r.mean or 0.0)]
    return ends if ends[0] is not ends[1] else ends[:1]


def depends(groups: Sequence[Group]) -> str:
    """Which settings decide: how often the answer changes between two settings that differ in one name alone."""
    decided = [(dict(g.setting), g.supported) for g in groups if g.supported is not None]
    changes: dict[str, list[bool]] = {}
    for (one, first), (other, second) in itertools.combinations(decided, 2):
        differ = [name for name in one if other.get(name) != one[name]]
        if len(differ) == 1:
            changes.setdefault(differ[0], []).append(first is not second)
    shares = sorted(((sum(c) / len(c), name) for name, c in changes.items() if any(c)), key=lambda found: -found[0])
    if not shares:
        return "depends on combinations of settings"
    told = [f"{name} (the answer changes in {sum(changes[name])} of {len(changes[name])} pairs)" for _, name in shares]
    return f"depends on {', '.join(told)}; a pair is two settings that differ in that alone"


def _names(values: Mapping[str, object]) -> str:
    return " and ".join(values)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
