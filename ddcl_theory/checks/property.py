"""Property check: the degenerate battery, small exact cases that shrink, and i.i.d. float batches.

Exact cases decide by themselves.  Float cases only point at suspects: the worst are rounded to fractions and count as
counterexamples only if the exact evaluation says so.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Check, Settings, refutation
from ddcl_theory.checks.exact_search import simplified, verified
from ddcl_theory.checks.sampling import battery, float_batch, strategies
from ddcl_theory.claim import Examination, Statement
from ddcl_theory.domain import Domain
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.relation import margin

#: Suspects a size that are examined exactly.
SUSPECTS = 6

#: Share of float cases that must meet the hypotheses for the sample to count.
FEWEST = 20


@dataclass(frozen=True)
class Property(Check):
    """Sample the domain; sizes as declared there, at most `largest` of the profile.

    also: exact points that are examined first, e.g. ones that a reader would try.
    draw: an alternative float sampler (sizes, cases, generator) -> point batch, for domains that plain rejection
        rarely hits.  It must draw independent cases.
    """

    kind = "property"
    also: tuple[Mapping[str, Any], ...] = ()
    draw: Any = None

    def run(self, statement: Statement, settings: Settings) -> Evidence:
        exact_cases = float_cases = 0
        worst: float | None = None
        found: list[Examination] = []
        sizes_run = sizes_up_to(statement.domain, settings.profile.largest)
        reached: list[dict[str, int]] = []
        for examination in self._exact(statement, sizes_run, settings):
            if examination.in_domain is True:
                exact_cases += 1
                reached.append(examination.sizes)
            if examination.refutes:
                found.append(simplified(statement, examination))
                break
        drawn = 0
        for sizes in sizes_run:
            cases = max(64, settings.profile.sampled // len(sizes_run))
            accepted, low, suspects = self._floats(statement, sizes, cases, settings)
            drawn += cases
            float_cases += accepted
            reached += [sizes] if accepted else []
            worst = low if worst is None or (low is not None and low < worst) else worst
            for suspect in suspects:
                refuting = verified(statement, suspect)
                if refuting is not None:
                    found.append(refuting)
                    break
            if len(found) >= 3:
                break
        # Sizes at which no case met the hypotheses were not examined.
        examined = [sizes for sizes in sizes_run if sizes in reached] or sizes_run
        scope = ", ".join(filter(None, (extent(examined), "exact and float64")))
        fields: dict[str, Any] = {"scope": scope, "cases": exact_cases + float_cases, "worst_margin": worst}
        detail = (
            f"{exact_cases} exact cases (degenerate battery and small fractions), {float_cases} of {drawn} float cases"
        )
        if found:
            return refutation(self, statement, found, detail=detail, **fields)
        if exact_cases + float_cases == 0:
            return Evidence(
                self.name,
                self.kind,
                Outcome.UNDECIDED,
                scope=scope,
                detail="no case met the hypotheses",
                worst_margin=worst,
            )
        bound = 1.0 - 0.05 ** (1.0 / float_cases) if float_cases >= FEWEST else None
        return Evidence(
            self.name,
            self.kind,
            Outcome.SUPPORTS,
            strength=Strength.SAMPLED,
            chance_bound=bound,
            detail=detail,
            **fields,
        )

    def _exact(
        self, statement: Statement, sizes_run: list[dict[str, int]], settings: Settings
    ) -> Iterator[Examination]:
        from ddcl_theory.claim import examine

        for raw in self.also:
            yield examine(statement, raw)
        for sizes in sizes_run[:8]:
            for p in battery(statement.domain, sizes, most=min(60, 2 * settings.profile.examples)):
                yield statement.examine(p)
        yield from _hypothesis(statement, sizes_run[:6], settings)

    def _floats(
        self, statement: Statement, sizes: dict[str, int], cases: int, settings: Settings
    ) -> tuple[int, float | None, list[dict[str, Any]]]:
        import torch

        generator = torch.Generator().manual_seed(settings.at("float", str(sorted(sizes.items()))).stream)
        draw = self.draw or (lambda s, n, g: float_batch(statement.domain, s, n, g))
        values = draw(sizes, cases, generator)
        given, conclusion = statement.trace(sizes)
        inside = torch.ones(cases, dtype=torch.bool)
        kinds = {i for i, _, _ in statement.domain.constraints()}
        for h, traced in given:
            if h.id in kinds:
                continue
            low = margin(traced, values)
            slack = 1e-12 if traced.op == "eq0" else 0.0
            inside &= (low > 0) if traced.op in ("gt0", "ne0") else (low >= -slack)
        margins = margin(conclusion, values)
        margins = torch.where(torch.isfinite(margins), margins, torch.zeros_like(margins))
        accepted = int(inside.sum())
        if accepted == 0:
            return 0, None, []
        margins = torch.where(inside, margins, torch.full_like(margins, math.inf))
        order = torch.argsort(margins)[: min(SUSPECTS, accepted)]
        suspects = [
            {name: t[i] for name, t in values.items()}
            for i in order.tolist()
            if suspicious(conclusion.op, float(margins[i]))
        ]
        return accepted, float(margins.min()), suspects


def suspicious(op: str, low: float) -> bool:
    """Whether a float margin is worth an exact look: strict conclusions are met only near, not at, their boundary."""
    return low < (1e-3 if op in ("gt0", "ne0", "any") else 0.0)


def sizes_up_to(domain: Domain, largest: int) -> list[dict[str, int]]:
    """All declared combinations with no size above `largest` (the smallest declared sizes always run)."""
    combos = domain.all_sizes()
    kept = [c for c in combos if max(c.values(), default=0) <= largest]
    return kept or combos[:1]


def extent(sizes_run: list[dict[str, int]]) -> str:
    """The sizes that ran, as ranges where they fill a grid and one by one where they do not."""
    names = list(sizes_run[0])
    values = {name: sorted({sizes[name] for sizes in sizes_run}) for name in names}
    grid = math.prod(len(v) for v in values.values()) == len(sizes_run)
    if grid and all(v == list(range(v[0], v[-1] + 1)) for v in values.values()):
        return ", ".join(
            f"{v[0]} ≤ {name} ≤ {v[-1]}" if len(v) > 1 else f"{name} = {v[0]}" for name, v in values.items()
        )
    return f"({', '.join(names)}) = " + ", ".join(f"({', '.join(map(str, sizes.values()))})" for sizes in sizes_run)


def _hypothesis(statement: Statement, sizes_run: list[dict[str, int]], settings: Settings) -> Iterator[Examination]:
    """Small exact cases from Hypothesis, derandomised by our own seed; a failure arrives shrunk."""
    from hypothesis import HealthCheck, Phase, given, seed
    from hypothesis import settings as hypothesis_settings
    from hypothesis.control import _current_build_context as running
    from hypothesis.errors import Unsatisfiable

    for sizes in sizes_run:
        seen: list[Examination] = []
        failing: list[Examination] = []

        # A time-out in the middle of an earlier search can leave Hypothesis in the belief that a test of its own is still
        # running in this process, in which it runs no other.
        with running.with_value(None):
            decorate: Any = given(strategies(statement.domain, sizes))
            seeded: Any = seed(settings.at("hypothesis", str(sorted(sizes.items()))).stream)
            run: Any = seeded(decorate(_trial(statement, seen, failing)))
            run = hypothesis_settings(
                max_examples=max(4, settings.profile.examples // len(sizes_run)),
                database=None,
                deadline=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
            )(run)
            with contextlib.suppress(_Counterexample, Unsatisfiable):
                run()
        if failing:
            yield failing[-1]
        else:
            yield from seen


def _trial(statement: Statement, seen: list[Examination], failing: list[Examination]) -> Callable[[Any], None]:
    def trial(p: Any) -> None:
        examination = statement.examine(p)
        seen.append(examination)
        if examination.refutes:
            failing.append(examination)
            raise _Counterexample

    return trial


class _Counterexample(Exception):
    """Tells Hypothesis to shrink."""
