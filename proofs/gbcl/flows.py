"""Identities and combinations of hypotheses for all sizes: what the proofs about the gradient flows share.

A residual Σ_i c_i h_i + Σ_l f_l with h_i = 0 by hypothesis and f_l ≥ 0 as a product of factors that are non-negative by hypothesis or
squares is what it should be.  That the conclusion has this form is an identity in free variables, which the support lemma lifts;
that every h_i and every factor is given is looked up on the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from ddcl_theory.claim import Statement
from ddcl_theory.domain import Domain
from ddcl_theory.expression import Expr, lift, total
from ddcl_theory.lemmas.polynomial import Label, is_zero
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out

Labels = Callable[[Any], Mapping[Expr, Label]]


def no_labels(x: Any) -> Mapping[Expr, Label]:
    return {}


@dataclass(frozen=True)
class Terms:
    """zeros: (multiplier, expression that is 0 by hypothesis).  products: factors that are ≥ 0, see `_sign`."""

    zeros: Sequence[tuple[Expr | int, Expr]] = ()
    products: Sequence[Sequence[Expr]] = field(default=())

    def value(self) -> Expr:
        result = total(lift(c) * h for c, h in self.zeros)
        for factors in self.products:
            term = lift(1)
            for f in factors:
                term = term * f
            result = result + term
        return result


def axes_of(domain: Domain, more: Mapping[str, Mapping[str, int]] | None = None) -> tuple[Carriers, ...]:
    """Every size of the domain with the variables that carry it; `more` names labelled atoms."""
    found = []
    for axis in domain.sizes:
        positions = {v.name: v.shape.index(axis) for v in domain.variables if axis in v.shape}
        if any(v.shape.count(axis) > 1 for v in domain.variables):
            raise ValueError(f"a variable carries {axis} twice")
        found.append(Carriers(axis, {**positions, **((more or {}).get(axis, {}))}))
    return tuple(found)


def small_sizes(domain: Domain) -> list[dict[str, int]]:
    """Every combination of sizes 1 and 2, at which hypotheses are looked up."""
    return [dict(zip(domain.sizes, values, strict=True)) for values in product((1, 2), repeat=len(domain.sizes))]


def all_of(domain: Domain) -> str:
    return "all " + (", ".join(domain.sizes) or "real values")


def _sign(e: Expr, strict: set[int], weak: set[int]) -> int:
    """1 where the expression is positive by hypothesis, 0 where it is a square, a sum of such, or ≥ 0 by hypothesis; else −1."""
    if id(e) in strict or e.op in ("exp", "boltzmann") or (e.op == "const" and e.data > 0):
        return 1
    if id(e) in weak or (e.op == "const" and e.data == 0) or (e.op == "pow" and e.data % 2 == 0):
        return 0
    if e.op in ("add", "mul"):
        signs = [_sign(a, strict, weak) for a in e.args]
        if min(signs) < 0:
            return -1
        return max(signs) if e.op == "add" else min(signs)
    return -1


def _look_up(steps: Steps, statement: Statement, terms: Callable[[Any], Terms], op: str, labels: Labels) -> None:
    for sizes in small_sizes(statement.domain):
        x = statement.domain.namespace(sizes)
        given = [t for _, t in statement.trace(sizes)[0]]
        zero = [r for t in given if t.op == "eq0" for r in t.roots]
        strict = {id(r) for t in given if t.op == "gt0" for r in t.roots}
        weak = {id(r) for t in given if t.op == "ge0" for r in t.roots}
        found = terms(x)
        known = all(any(h is r for r in zero) or any(is_zero(h - r, labels(x)) for r in zero) for _, h in found.zeros)
        steps.verify(f"the {len(found.zeros)} expressions that should vanish are hypotheses at {sizes}", known)
        lowest = [min((_sign(f, strict, weak) for f in factors), default=1) for factors in found.products]
        steps.verify(
            f"the factors are non-negative by hypothesis or as squares at {sizes}", min(lowest, default=0) >= 0
        )
        if op == "gt0":
            steps.verify(f"one of the products is positive by hypothesis at {sizes}", 1 in lowest)


def combination(
    statement: Statement, *terms: Callable[[Any], Terms], labels: Labels = no_labels, more: Any = None
) -> Proof:
    """Every root of the conclusion is once or twice the value of its terms: 0, ≥ 0 or > 0 as the conclusion demands."""

    def argument(steps: Steps) -> str:
        small = {name: 2 for name in statement.domain.sizes}
        first = statement.trace(small)[1]
        steps.verify("the conclusion is a relation of a kind that is treated here", first.op in ("eq0", "ge0", "gt0"))
        steps.verify("it has as many expressions as the argument", len(first.roots) == len(terms))
        for place, one in enumerate(terms):
            x = statement.domain.namespace(small)
            signed = bool(one(x).products) or first.op != "eq0"
            steps.verify("an equality is made of zeros only", first.op != "eq0" or not one(x).products)
            root = first.roots[place]
            factors = (1, 2) if signed else (1, 2, -1, -2)
            factor = next((m for m in factors if is_zero(root - m * one(x).value(), labels(x))), 0)
            steps.verify(f"expression {place + 1} is once or twice the sum of its terms at {small}", factor != 0)
            _look_up(steps, statement, one, first.op, labels)

            def family(
                sizes: Mapping[str, int], one: Any = one, place: int = place, factor: int = factor
            ) -> tuple[list[Expr], Mapping[Expr, Label]]:
                y = statement.domain.namespace(sizes)
                return [statement.trace(sizes)[1].roots[place] - factor * one(y).value()], labels(y)

            if statement.domain.sizes:
                identity_for_all_sizes(
                    steps,
                    family,
                    axes_of(statement.domain, more),
                    says=f"expression {place + 1} is the sum of its terms",
                )
        return all_of(statement.domain)

    return carry_out(argument)


def identities(statement: Statement) -> Proof:
    """Every root of the conclusion vanishes identically, whatever the hypotheses."""
    count = len(statement.trace({name: 2 for name in statement.domain.sizes})[1].roots)
    return combination(statement, *[lambda x: Terms()] * count)
