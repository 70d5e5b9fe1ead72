"""Adversarial check: batched gradient search for the most negative margin, polished into an exact counterexample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Check, Settings, refutation
from ddcl_theory.checks.exact_search import verified
from ddcl_theory.checks.property import SUSPECTS, _sizes, suspicious
from ddcl_theory.checks.sampling import from_parameters, search_parameters
from ddcl_theory.claim import Examination, Statement
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.relation import margin


@dataclass(frozen=True)
class Adversarial(Check):
    """Adam on the margin of the conclusion plus a penalty on violated hypotheses, from many starts, size by size."""

    kind = "adversarial"

    def run(self, statement: Statement, settings: Settings) -> Evidence:
        found: list[Examination] = []
        worst: float | None = None
        cases = 0
        sizes_run = _sizes(statement, settings.profile.largest)
        searches = settings.profile.searches
        for sizes in sizes_run[:: max(1, len(sizes_run) // searches)][:searches]:
            low, reached, suspects = self._search(statement, sizes, settings)
            cases += reached
            if low is not None and (worst is None or low < worst):
                worst = low
            for suspect in suspects:
                refuting = verified(statement, suspect)
                if refuting is not None:
                    found.append(refuting)
                    break
            if found:
                break
        scope = f"{statement.domain.scope()}, gradient search" if statement.domain.sizes else "gradient search"
        fields: dict[str, Any] = {"scope": scope, "cases": cases, "worst_margin": worst}
        if found:
            return refutation(self, statement, found, detail="gradient search, rounded and verified exactly", **fields)
        if cases == 0:
            return Evidence(self.name, self.kind, Outcome.UNDECIDED, scope=scope, detail="no start met the hypotheses")
        detail = f"{cases} starts ended inside the domain; the worst margin is what the search reached"
        return Evidence(self.name, self.kind, Outcome.SUPPORTS, strength=Strength.SEARCHED, detail=detail, **fields)

    def _search(
        self, statement: Statement, sizes: dict[str, int], settings: Settings
    ) -> tuple[float | None, int, list[Mapping[str, Any]]]:
        import torch

        generator = torch.Generator().manual_seed(settings.at("search", str(sorted(sizes.items()))).stream)
        given, conclusion = statement.trace(sizes)
        kinds = {i for i, _, _ in statement.domain.constraints()}
        premises = [t for h, t in given if h.id not in kinds]
        start = search_parameters(statement.domain, sizes, settings.profile.starts, generator)
        parameters = {name: u.to(settings.device).requires_grad_() for name, u in start.items()}
        optimiser = torch.optim.Adam(parameters.values(), lr=0.05)
        best: list[tuple[float, Mapping[str, Any]]] = []
        for step in range(settings.profile.steps):
            values = from_parameters(statement.domain, parameters)
            low = margin(conclusion, values)
            penalty = sum((torch.relu(1e-3 - margin(t, values)) for t in premises), start=torch.zeros_like(low))
            loss = (torch.asinh(low) + 10 * penalty).nan_to_num(0.0, 0.0, 0.0).sum()
            optimiser.zero_grad()
            if not loss.requires_grad:
                break
            loss.backward()  # type: ignore[no-untyped-call]
            for u in parameters.values():
                if u.grad is not None:
                    u.grad.nan_to_num_(0.0, 0.0, 0.0)
            if step % 20 == 19 or step == settings.profile.steps - 1:
                best.extend(_inside(conclusion, premises, values))
                best = sorted(best, key=lambda pair: pair[0])[:SUSPECTS]
            optimiser.step()
        with torch.no_grad():
            final = from_parameters(statement.domain, parameters)
            best.extend(_inside(conclusion, premises, final))
            reached = int(_feasible(premises, final, settings.profile.starts).sum())
        best = sorted(best, key=lambda pair: pair[0])[:SUSPECTS]
        lowest = best[0][0] if best else None
        return lowest, max(reached, len(best)), [values for low_, values in best if suspicious(conclusion.op, low_)]


def _feasible(premises: list[Any], values: Mapping[str, Any], cases: int) -> Any:
    import torch

    inside = torch.ones(cases, dtype=torch.bool, device=next(iter(values.values())).device)
    for t in premises:
        low = margin(t, values)
        inside &= (low > 0) if t.op in ("gt0", "ne0") else (low >= (-1e-9 if t.op == "eq0" else 0.0))
    return inside


def _inside(conclusion: Any, premises: list[Any], values: Mapping[str, Any]) -> list[tuple[float, Mapping[str, Any]]]:
    """The lowest margins among the points that meet the hypotheses, with copies of the points."""
    import torch

    with torch.no_grad():
        low = margin(conclusion, values)
        inside = _feasible(premises, values, low.shape[0]) & torch.isfinite(low)
        low = torch.where(inside, low, torch.full_like(low, torch.inf))
        order = torch.argsort(low)[: min(2, int(inside.sum()))]
        return [(float(low[i]), {n: v[i].detach().cpu().clone() for n, v in values.items()}) for i in order.tolist()]
