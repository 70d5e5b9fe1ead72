"""Adversarial check: batched gradient search for the most negative margin, polished into an exact counterexample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Check, Settings, refutation
from ddcl_theory.checks.exact_search import verified
from ddcl_theory.checks.property import SUSPECTS, extent, sizes_up_to, suspicious
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
        sizes_run = sizes_up_to(statement.domain, settings.profile.largest)
        searches = settings.profile.searches
        searched = []
        for sizes in _spread(sizes_run, searches):
            searched.append(sizes)
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
        scope = ", ".join(filter(None, (extent(searched), "gradient search")))
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
        adam = _Adam(list(parameters.values()))
        best: list[tuple[float, Mapping[str, Any]]] = []
        for step in range(settings.profile.steps):
            values = from_parameters(statement.domain, parameters)
            low = margin(conclusion, values)
            penalty = sum((torch.relu(1e-3 - margin(t, values)) for t in premises), start=torch.zeros_like(low))
            loss = (torch.asinh(low) + 10 * penalty).nan_to_num(0.0, 0.0, 0.0).sum()
            if not loss.requires_grad:
                break
            gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
            if step % 20 == 19 or step == settings.profile.steps - 1:
                best.extend(_inside(conclusion, premises, values))
                best = sorted(best, key=lambda pair: pair[0])[:SUSPECTS]
            adam.step(gradients)
        with torch.no_grad():
            final = from_parameters(statement.domain, parameters)
            best.extend(_inside(conclusion, premises, final))
            reached = int(_feasible(premises, final, settings.profile.starts).sum())
        best = sorted(best, key=lambda pair: pair[0])[:SUSPECTS]
        lowest = best[0][0] if best else None
        return lowest, max(reached, len(best)), [values for low_, values in best if suspicious(conclusion.op, low_)]


class _Adam:
    """Adam (Kingma and Ba, 2015), step 0.05.  `torch.optim` would import the compiler stack: seconds for ten lines."""

    def __init__(self, parameters: list[Any]) -> None:
        self.parameters = parameters
        self.moments = [(u.detach() * 0, u.detach() * 0) for u in parameters]
        self.count = 0

    def step(self, gradients: Sequence[Any]) -> None:
        import torch

        self.count += 1
        with torch.no_grad():
            for u, (m, v), raw in zip(self.parameters, self.moments, gradients, strict=True):
                if raw is None:
                    continue
                g = raw.nan_to_num(0.0, 0.0, 0.0)
                m.mul_(0.9).add_(g, alpha=0.1)
                v.mul_(0.999).addcmul_(g, g, value=0.001)
                scale = (v / (1 - 0.999**self.count)).sqrt() + 1e-8
                u.sub_(0.05 * (m / (1 - 0.9**self.count)) / scale)


def _spread(sizes_run: list[dict[str, int]], most: int) -> list[dict[str, int]]:
    """At most that many sizes, evenly spread and with the largest among them, the smaller first."""
    count = len(sizes_run)
    return [sizes_run[i] for i in sorted({-(-count * (j + 1) // most) - 1 for j in range(min(most, count))})]


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
