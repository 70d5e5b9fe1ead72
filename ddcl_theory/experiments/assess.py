"""Measuring a prediction: its effect at every declared setting, the interval, the outcome."""

from __future__ import annotations

from collections.abc import Sequence
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
    Scalar,
    describe,
    settings_of,
)


@dataclass(frozen=True)
class Measured:
    """A prediction at one setting.

    values: the effect of each replicate that has one.  supported: None where that does not decide, and `missing` says
    why.  against: the interval lies wholly on the other side.
    p, p_holm: paired test of the mean effect against the bound, alone and corrected over the settings; they are shown
    and decide nothing, since three replicates cannot give less than 1/8.
    """

    setting: Pairs
    values: tuple[float, ...]
    mean: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_holm: float | None = None
    supported: bool | None = None
    against: bool = False
    missing: str = ""


@dataclass(frozen=True)
class Finding:
    """What was found for a prediction."""

    prediction: Prediction
    outcome: Outcome
    rows: tuple[Measured, ...]
    seeds: tuple[int, ...]

    @property
    def cases(self) -> int:
        """Effects measured, over all settings."""
        return sum(len(r.values) for r in self.rows)

    def sentence(self) -> str:
        """The outcome with effect and interval, in a line."""
        p = self.prediction
        parts = [f"{self.outcome.label}: {p.measure}, asked {p.asks()}"]
        first = self.rows[0]
        if first.mean is not None and len(self.rows) == 1:
            parts.append(_numbers(first))
        elif len(self.rows) > 1:
            held = [r for r in self.rows if r.supported]
            parts.append(f"supported at {len(held)} of {len(self.rows)} settings")
            common = _common(self.rows)
            parts += [f"{describe(_without(r.setting, common))}: {_numbers(r)}" for r in _extremes(self.rows)]
        if self.outcome is Outcome.DEPENDS_ON:
            parts.append(depends(self.rows))
        open_ = [r for r in self.rows if r.supported is False and not r.against and p.relation != "every"]
        if open_:
            at = f" at {len(open_)} of {len(self.rows)} settings" if len(self.rows) > 1 else ""
            parts.append(f"the interval holds the bound{at}, so that the runs show neither side there")
        lacking = [r.missing for r in self.rows if r.supported is None]
        if lacking:
            at = f" at {len(lacking)} of {len(self.rows)} settings" if len(self.rows) > 1 else ""
            parts.append(f"not decided{at}: {lacking[0]}")
        if p.paper:
            parts.append(f"the paper: {p.paper}" + (" (secondary source)" if p.secondary else ""))
        return "; ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """For the record."""
        p = self.prediction
        return {
            "outcome": self.outcome.label,
            "measure": p.measure,
            "asked": p.asks(),
            "paper": p.paper,
            "secondary": p.secondary,
            "seeds": list(self.seeds),
            "settings": [
                {
                    "setting": dict(r.setting),
                    "values": list(r.values),
                    "mean": r.mean,
                    "sd": r.sd,
                    "low": r.low,
                    "high": r.high,
                    "p": r.p,
                    "p_holm": r.p_holm,
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
    rows = [
        _measure(prediction, results, setting, condition, seeds)
        for setting, condition in settings_of(prediction, block.grid, plan.profile)
    ]
    tested = [i for i, r in enumerate(rows) if r.p is not None]
    for i, p in zip(tested, statistics.holm([rows[i].p or 0.0 for i in tested]), strict=True):
        rows[i] = replace(rows[i], p_holm=p)
    return Finding(prediction, outcome_of(r.supported for r in rows), tuple(rows), seeds)


def _measure(
    prediction: Prediction, results: Results, setting: Pairs, condition: Pairs, seeds: Sequence[int]
) -> Measured:
    label = condition + setting
    values: list[float] = []
    why = ""
    for seed in seeds:
        try:
            values.append(float(prediction.effect(results.at(setting, seed, condition))))
        except Missing as missing:
            why = why or str(missing)
    if len(values) < max(statistics.FEWEST, len(seeds) // 2 + 1):
        return Measured(label, tuple(values), missing=why or f"{len(values)} seeds, needed {statistics.FEWEST}")
    mean, sd = statistics.mean_sd(values)
    bound = prediction.bound
    if prediction.relation == "every":
        held = sum(v == 1 for v in values)
        low, high = statistics.share_interval(held, len(values))
        # A replicate without a value may be the one that fails.
        supported = False if held < len(values) else None if why else True
        return Measured(
            label,
            tuple(values),
            mean,
            sd,
            low,
            high,
            None,
            None,
            supported,
            held == 0,
            why if supported is None else "",
        )
    low, high = statistics.bootstrap_interval(values)
    sign = 1.0 if prediction.relation == "above" else -1.0
    supported = low > bound if sign > 0 else high < bound
    against = high < bound if sign > 0 else low > bound
    p = statistics.paired_p([sign * (v - bound) for v in values])
    return Measured(label, tuple(values), mean, sd, low, high, p, None, supported, against)


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


def depends(rows: Sequence[Measured]) -> str:
    """Which settings decide: each named value with the share of its settings that support the prediction."""
    shares: dict[tuple[str, Scalar], list[bool]] = {}
    for row in rows:
        for pair in row.setting:
            if row.supported is not None:
                shares.setdefault(pair, []).append(row.supported)
    told = []
    for name in dict.fromkeys(name for name, _ in shares):
        rates = {value: (sum(held), len(held)) for (n, value), held in shares.items() if n == name}
        if len({held / all_ for held, all_ in rates.values()}) > 1:
            told.append(f"{name} ({', '.join(f'{value}: {held}/{all_}' for value, (held, all_) in rates.items())})")
    return "depends on " + ", ".join(told) if told else "depends on combinations of settings"


def _common(rows: Sequence[Measured]) -> set[tuple[str, Scalar]]:
    """What all settings share."""
    return set.intersection(*(set(r.setting) for r in rows))


def _without(setting: Pairs, common: set[tuple[str, Scalar]]) -> Pairs:
    return tuple(pair for pair in setting if pair not in common)
