"""Proposition 1 for any number of active and inactive prototypes: the excess is T Σ r_j log(r_j/q_j); the limits of q."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ddcl_proofs.ddcl import limits
from ddcl_proofs.ddcl.shares import demand, limit_of_weights, without_minimum
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.proposition1 import difference
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import logarithm
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity
from ddcl_theory.relation import Traced

#: Σ of the weights, its logarithm, the smallest exponent: numbers that the identities do not need to know.
LOG_MASS, SMALLEST = ex.variable("log mass"), ex.variable("smallest")
AXES = (
    Carriers("s", {"p": 0, "r": 0, "log r": 0, "w": 0}),
    Carriers("e", {"o": 0, "w of o": 0}),
    Carriers("d", {"z": 0, "p": 1, "o": 1}),
)
PLACES = ({"s": 1, "e": 0, "d": 1}, {"s": 2, "e": 1, "d": 2}, {"s": 3, "e": 2, "d": 1})
SCOPE = "all numbers of active and inactive prototypes, all d"


def _freed(x: Any, factor: Fraction) -> tuple[dict[Expr, Expr], list[Expr]]:
    """(logarithms and weights as free numbers, log q_j = −(factor d_j − smallest)/T − log mass)."""
    exponents = [factor * d for d in a.distances(x.z, [*x.p, *x.o])]
    reference = ex.minimum(*exponents)
    nodes = [ex.boltzmann(c - reference, x.T) for c in exponents]
    logs = [-(c - SMALLEST) / x.T - LOG_MASS for c in exponents]
    mass = ex.total(nodes)
    names = [("w", j) for j in range(x.s)] + [("w of o", j) for j in range(x.e)]
    mapping = {ex.log(node / mass): value for node, value in zip(nodes, logs, strict=True)}
    mapping |= {ex.log(w): ex.variable("log r", j) for j, w in enumerate(x.r)}
    mapping |= {node: ex.variable(*name) for node, name in zip(nodes, names, strict=True)}
    return mapping, logs


def _is_divergence(steps: Steps, statement: Statement, pick: Callable[[Traced], Traced], factor: Fraction) -> None:
    summed = statement.domain.variable("r").kind in ("simplex", "sum-one")
    first = pick(statement.trace(PLACES[1])[1])
    steps.verify("the conclusion is about one expression", len(first.roots) == 1)

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = statement.domain.namespace(sizes)
        mapping, logs = _freed(x, factor)
        value = without_minimum(ex.substitute(pick(statement.trace(sizes)[1]).roots[0], mapping))
        terms = [w * (ex.variable("log r", j) - log) for j, (w, log) in enumerate(zip(x.r, logs, strict=False))]
        return [value - x.T / factor * ex.total(terms)], {}

    identity_for_all_sizes(
        steps, family, AXES, simplex="r" if summed else None,
        says="with log q_j = −c_j/T − log M the excess is a multiple of T Σ_j r_j (log r_j − log q_j)",
    )  # fmt: skip
    demand(steps, statement, "active", "gt0", lambda x: x.r, "r > 0 on the support is a hypothesis", PLACES)
    demand(steps, statement, "T-positive", "gt0", lambda x: [x.T], "T > 0", PLACES)
    logarithm.verify(steps)
    steps.note(
        "Σ_j r_j log(r_j/q_j) = Σ_j q_j f(r_j/q_j) over all prototypes, since Σr = Σq = 1; f(0) = 1 where r_j = 0"
    )


def _minimiser(factor: Fraction) -> Callable[[Statement], Proof]:
    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            steps.verify("the conclusion says ≥ 0", statement.trace(PLACES[0])[1].op == "ge0")
            _is_divergence(steps, statement, lambda t: t, factor)
            return SCOPE

        return carry_out(argument)

    return prove


def _unique(factor: Fraction) -> Callable[[Statement], Proof]:
    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for sizes in PLACES:
                conclusion = statement.trace(sizes)[1]
                steps.verify("r = q, or > 0", tuple(o.op for o in conclusion.options) == ("eq0", "gt0"))
                wanted = tuple(difference(statement.domain.namespace(sizes), factor))
                steps.verify("the first option is r = q on all prototypes", conclusion.options[0].roots == wanted)
            _is_divergence(steps, statement, lambda t: t.options[1], factor)
            steps.note("f > 0 except at 1: the sum vanishes only if r_j = q_j for every j")
            return SCOPE

        return carry_out(argument)

    return prove


minimiser, unique = _minimiser(Fraction(1)), _unique(Fraction(1))
halved_minimiser, halved_unique = _minimiser(Fraction(1, 2)), _unique(Fraction(1, 2))


vertex, uniform = limits.cold, limits.hot


def tied(statement: Statement) -> Proof:
    """The tied prototypes have the weight 1, the others tend to 0."""

    def argument(steps: Steps) -> str:
        limit_of_weights(steps, hot=False)
        places = (*PLACES, {"s": 5, "e": 4, "d": 1})

        def nearest(x: Any) -> Expr:
            return a.distances(x.z, x.p)[0]

        def equal(x: Any) -> list[Expr]:
            return [d - nearest(x) for d in a.distances(x.z, x.p)[1:]]

        def beyond(x: Any) -> list[Expr]:
            return [d - nearest(x) for d in a.distances(x.z, x.o)]

        demand(steps, statement, "tied", "eq0", equal, "the p_i are equally far", places)
        demand(steps, statement, "farther", "gt0", beyond, "the o_l are farther", places)
        for sizes in places:
            x = statement.domain.namespace(sizes)
            d = a.distances(x.z, [*x.p, *x.o])
            reference = ex.minimum(*d)
            values = [ex.ONE] * x.s + [ex.ZERO] * x.e
            mapping = {ex.boltzmann(c - reference, x.T): v for c, v in zip(d, values, strict=True)}
            traced = statement.trace(sizes)[1]
            holds = traced.op == "eq0" and all(
                identity(without_minimum(ex.substitute(e, mapping))) for e in traced.roots
            )
            where = f"{x.s} tied, {x.e} farther"
            steps.verify(f"at the weights 1 and 0 the conclusion is an identity ({where})", holds)
        steps.note(
            "q_j = w_j/Σ_l w_l is continuous in the weights, whose sum does not vanish, for every number of them"
        )
        return SCOPE

    return carry_out(argument)
