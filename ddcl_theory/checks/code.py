"""Statements about float code, and the check that compares code with exact arithmetic.

A statement over the reals and the behaviour of an implementation are different things, so they are different rows: here
the points are floats, taken exactly, the reference is the predicate in exact arithmetic at those very floats, and the
code must stay within a stated number of rounding units.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ddcl_theory.checks.base import Check, Settings
from ddcl_theory.checks.property import extent, sizes_up_to
from ddcl_theory.checks.sampling import float_batch
from ddcl_theory.domain import Domain, Sizes
from ddcl_theory.evaluate import Inexact, Undefined, balls, fractions
from ddcl_theory.evidence import Evidence, Outcome, Strength, Witness
from ddcl_theory.expression import Expr, digest, serialise
from ddcl_theory.point import Value, exact
from ddcl_theory.relation import Predicate, as_expressions


@dataclass(frozen=True)
class CodeStatement:
    """`code` computes `reference` to within `units` rounding units of `scale`.

    code: "module:function" of one argument, the batch of points {name: tensor (cases, *shape)}, that returns a tensor
        (cases,) or (cases, m); for a list-valued reference of m expressions.
    reference, scale: predicates; scale is the size of the terms that are added, so that cancellation is allowed for.
    at_least_zero: instead of comparing, demand that the code's value is never negative.
    """

    domain: Domain
    code: str
    reference: Predicate
    scale: Predicate
    dtype: str = "float64"
    units: int = 64
    at_least_zero: bool = False
    draw: Callable[[Sizes, int, Any], dict[str, Any]] | None = None

    def function(self) -> Callable[[Mapping[str, Any]], Any]:
        module, _, name = self.code.partition(":")
        found: Callable[[Mapping[str, Any]], Any] = getattr(importlib.import_module(module), name)
        return found


#: Points a size that are compared with exact arithmetic, by profile; evaluation in fractions is slow.
COMPARED = {"quick": 12, "standard": 40, "thorough": 600}


@dataclass(frozen=True)
class Conforms(Check):
    """Run the code on random batches and compare each value with exact arithmetic at the same floats."""

    kind = "property"

    @property
    def name(self) -> str:
        return "code against exact arithmetic"

    def applies(self, statement: Any) -> bool:
        return isinstance(statement, CodeStatement)

    def run(self, statement: CodeStatement, settings: Settings) -> Evidence:
        import torch

        dtype = {"float64": torch.float64, "float32": torch.float32}[statement.dtype]
        unit = Fraction(torch.finfo(dtype).eps) / 2
        worst: float | None = None
        cases = 0
        refuting: list[Witness] = []
        sizes_run = sizes_up_to(statement.domain, settings.profile.largest)
        scope = f"{extent(sizes_run)}, {statement.dtype} on {settings.device}"
        for sizes in sizes_run:
            generator = torch.Generator().manual_seed(settings.at("code", str(sorted(sizes.items()))).stream)
            draw = statement.draw or (lambda s, n, g: float_batch(statement.domain, s, n, g))
            batch = {n: t.to(dtype) for n, t in draw(sizes, COMPARED[settings.profile.name], generator).items()}
            computed = statement.function()({n: t.to(settings.device) for n, t in batch.items()}).detach().cpu()
            computed = computed.reshape(computed.shape[0], -1)
            x = statement.domain.namespace(sizes)
            roots, scales = as_expressions(statement.reference(x)), as_expressions(statement.scale(x))
            compared = _Comparison(statement, roots, scales)
            for case in range(computed.shape[0]):
                p = {n: exact(t[case].tolist()) for n, t in batch.items()}
                error, size_ = compared(p, computed[case].tolist())
                cases += 1
                margin = (
                    float(1 - error / (statement.units * unit * size_))
                    if size_
                    else (1.0 if error == 0 else float("-inf"))
                )
                worst = margin if worst is None else min(worst, margin)
                if margin < 0 and len(refuting) < 2:
                    refuting.append(_witness(statement, roots, scales, p, sizes, computed[case].tolist(), margin))
        detail = f"worst error is {'' if worst is None else f'{(1 - worst) * statement.units:.3g}'} of {statement.units} allowed units"
        fields: dict[str, Any] = {"scope": scope, "cases": cases, "worst_margin": worst, "detail": detail}
        if refuting:
            return Evidence(
                self.name, self.kind, Outcome.REFUTES, strength=Strength.CERTIFIED, witnesses=(refuting[0],), **fields
            )
        return Evidence(
            self.name,
            self.kind,
            Outcome.SUPPORTS,
            strength=Strength.SAMPLED,
            chance_bound=1 - 0.05 ** (1 / cases),
            **fields,
        )


class _Comparison:
    """Compares what the code computed at a point with the reference there, in units of the scale."""

    def __init__(self, statement: CodeStatement, roots: list[Expr], scales: list[Expr]) -> None:
        self.statement = statement
        # What is not asked for is not evaluated; what both need is evaluated once.
        self.wanted = list(scales) if statement.at_least_zero else [*scales, *roots]
        self.scales = len(scales)
        self.rational = True

    def __call__(self, p: Mapping[str, Value], computed: list[float]) -> tuple[Fraction, Fraction]:
        """(error, scale): the largest deviation and the size it is measured in."""
        if any(c != c or c in (float("inf"), float("-inf")) for c in computed):
            return Fraction(1), Fraction(0)
        values = self._values(p)
        size, reference = max(abs(v) for v in values[: self.scales]), values[self.scales :]
        if self.statement.at_least_zero:
            return max(Fraction(0), *(-Fraction(c) for c in computed)), size if min(computed) >= 0 else Fraction(0)
        if len(reference) != len(computed):
            raise ValueError(
                f"{self.statement.code} returned {len(computed)} values a case, the reference has {len(reference)}"
            )
        return max(abs(Fraction(c) - r) for c, r in zip(computed, reference, strict=True)), size

    def _values(self, p: Mapping[str, Value]) -> list[Fraction]:
        """Rational values, or enclosure midpoints at 640 bits, whose radius is far below any float's rounding unit.

        Floats that make one case irrational make all of them so, but for coincidences: rational arithmetic is given up
        after the first.
        """
        if self.rational:
            try:
                return [v for v in fractions(self.wanted, p) if isinstance(v, Fraction)]
            except Inexact:
                self.rational = False
        return [_fraction_of(b.mid()) for b in balls(self.wanted, p, 640)]


def _fraction_of(ball: Any) -> Fraction:
    if not ball.is_finite():
        raise Undefined("the reference has no finite value")
    mantissa, exponent = ball.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def tree_of(statement: CodeStatement, roots: list[Expr], scales: list[Expr], computed: list[float]) -> dict[str, Any]:
    """The JSON form that a replay judges: outputs, reference and scale, and how far apart they may be."""
    return {
        "op": "code",
        "code": statement.code,
        "computed": [c.hex() for c in computed],
        "compared": len(roots),
        "units": statement.units,
        "dtype": statement.dtype,
        "at_least_zero": statement.at_least_zero,
        **serialise([*roots, *scales]),
    }


def run_at(statement: CodeStatement, p: Mapping[str, Value]) -> list[float]:
    """The outputs of the code at one point, on the CPU."""
    import torch

    def floats(value: Value) -> Any:
        return [floats(v) for v in value] if isinstance(value, tuple) else float(value)

    batch = {name: torch.tensor([floats(value)], dtype=getattr(torch, statement.dtype)) for name, value in p.items()}
    outputs: list[float] = statement.function()(batch).detach().reshape(-1).tolist()
    return outputs


def _witness(
    statement: CodeStatement,
    roots: list[Expr],
    scales: list[Expr],
    p: Mapping[str, Value],
    sizes: dict[str, int],
    computed: list[float],
    margin: float,
) -> Witness:
    tree = tree_of(statement, roots, scales, computed)
    value = ", ".join(f"{c!r}" for c in computed)
    fault = (
        "a negative number"
        if statement.at_least_zero
        else f"{(1 - margin) * statement.units:.3g} rounding units of its scale off"
    )
    return Witness(
        type="float",
        sizes=dict(sizes),
        point=p,
        digest=digest([tree["nodes"], statement.code]),
        exact=False,
        relations=({"role": "conclusion", "id": "code", "says": "", "op": "code", "trees": tree, "value": value},),
        shows=f"{statement.code} in {statement.dtype} returns {value}: {fault}; {statement.units} units are allowed.",
    )
