"""Changes of results on which predictions are measured again: the twins and neighbours of experiments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ddcl_theory.experiments.protocol import Cell, Change, Results, Scalar


def planted(identifier: str, values: Mapping[str, Any], arm: str | None = None, **where: Scalar) -> Change:
    """A false change: these metrics in every run of the arm (of all arms) at these conditions."""

    def apply(results: Results) -> Results:
        return results.changed(lambda cell, metrics: metrics | dict(values) if _meets(cell, arm, where) else metrics)

    return Change(identifier, apply)


def copied(
    identifier: str, name: str, value: Scalar, source: Scalar, change: Callable[[str, float], float], **where: Scalar
) -> Change:
    """A false change: runs whose condition `name` has the value get the metrics of their counterparts at `source`, each
    number passed through change(metric, number)."""

    def apply(results: Results) -> Results:
        sources = {(c.arm, _without(c, name), c.setting, c.seed): m for c, m in results if _at(c, name) == source}

        def copy(cell: Cell, metrics: dict[str, Any]) -> dict[str, Any]:
            if _at(cell, name) != value or not _meets(cell, None, where):
                return metrics
            found = sources.get((cell.arm, _without(cell, name), cell.setting, cell.seed), metrics)
            return {n: change(n, v) if isinstance(v, float) else v for n, v in found.items()}

        return results.changed(copy)

    return Change(identifier, apply)


def scaled(identifier: str, metric: str, factor: float) -> Change:
    """A harmless change: the metric in another unit."""

    def apply(results: Results) -> Results:
        def rescale(cell: Cell, metrics: dict[str, Any]) -> dict[str, Any]:
            value = metrics.get(metric)
            return metrics | {metric: value * factor} if value is not None else metrics

        return results.changed(rescale)

    return Change(identifier, apply, harmless=True)


def renumbered() -> Change:
    """A harmless change: the replicates in reverse order, whatever belongs to one of them kept together."""

    def apply(results: Results) -> Results:
        seeds = sorted({cell.seed for cell, _ in results})
        other = dict(zip(seeds, reversed(seeds), strict=True))
        return replace(results, metrics={replace(cell, seed=other[cell.seed]): metrics for cell, metrics in results})

    return Change("replicates renumbered", apply, harmless=True)


def _meets(cell: Cell, arm: str | None, where: Mapping[str, Scalar]) -> bool:
    return (arm is None or cell.arm == arm) and all(_at(cell, name) == value for name, value in where.items())


def _at(cell: Cell, name: str) -> Scalar | None:
    return dict(cell.condition).get(name)


def _without(cell: Cell, name: str) -> tuple[tuple[str, Scalar], ...]:
    return tuple((n, v) for n, v in cell.condition if n != name)
