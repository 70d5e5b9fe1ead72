"""The graph of winners for every n, k and d: what a midpoint sees, norms of counts and of links, moves, clusters.

Statements about winners depend on the order of the distances only.  That of d_1 … d_k exactly one pair has a positive margin
is run through for all orders at small k; for every k the pair is that of the two smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import permutations
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import chl as claim
from ddcl_theory.claims.ddcl import chl_clusters as clusters
from ddcl_theory.claims.ddcl import chl_moves as moves
from ddcl_theory.claims.ddcl import links
from ddcl_theory.evaluate import fractions
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cauchy
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity
from ddcl_theory.relation import Traced

#: Whole multiples of a conclusion that a proof recognises.
MULTIPLES = range(1, 10)


def _given(statement: Statement, sizes: Mapping[str, int]) -> dict[str, Traced]:
    return {h.id: traced for h, traced in statement.trace(sizes)[0]}


def _is_multiple(
    steps: Steps,
    statement: Statement,
    op: str,
    wanted: Iterable[Callable[[Any, int], list[Expr]]],
    sizes: Iterable[Mapping[str, int]],
    says: str,
) -> None:
    """Verify that the conclusion is, node by node, one of the wanted formulas times a whole number > 0."""
    options, checked = list(wanted), list(sizes)

    def fits(formula: Callable[[Any, int], list[Expr]], factor: int) -> bool:
        return all(
            statement.trace(s)[1].op == op
            and list(statement.trace(s)[1].roots) == formula(statement.domain.namespace(s), factor)
            for s in checked
        )

    steps.verify(
        f"{says}, as the formula stands at {len(checked)} sizes",
        any(fits(formula, factor) for formula in options for factor in MULTIPLES),
    )


def midpoint(statement: Statement) -> Proof:
    """The conclusion is a multiple of the sum of the two hypotheses."""

    def argument(steps: Steps) -> str:
        for name in ("near-a", "near-b"):
            traced = _given(statement, {"d": 2}).get(name)
            steps.verify(f"{name} is a hypothesis", traced is not None and traced.op == "ge0")
        traced = statement.trace({"d": 1})[1]
        steps.verify(
            "the conclusion is one expression that should be ≥ 0", traced.op == "ge0" and len(traced.roots) == 1
        )

        def family(factor: int) -> Callable[[Mapping[str, int]], tuple[list[Expr], dict[Expr, Any]]]:
            def at(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
                given = _given(statement, sizes)
                half = Fraction(factor, 2) * (given["near-a"].roots[0] + given["near-b"].roots[0])
                return [statement.trace(sizes)[1].roots[0] - half], {}

            return at

        factor = next((f for f in MULTIPLES if identity(family(f)({"d": 1})[0][0])), 0)
        steps.verify("for d = 1 the conclusion is a multiple of half the sum of the hypotheses", factor > 0)
        axes = (Carriers("d", {"a": 0, "b": 0, "c": 0}),)
        identity_for_all_sizes(steps, family(factor), axes, says="conclusion = multiple of half the sum")
        steps.note("c is any other prototype, so the number of prototypes does not matter")
        return ALL_SIZES

    return carry_out(argument)


def one_link_a_sample(steps: Steps) -> None:
    """Whatever the distances without a tie for the second place, one pair is linked and no other."""
    for k in (2, 3, 4, 5):
        d = [ex.variable("d", j) for j in range(k)]
        roots = [links.linked(d, i, j) for i, j in links.pairs(k)]
        for order in permutations(range(k)):
            values = fractions(roots, {"d": tuple(Fraction(v) for v in order)})
            winners = tuple(sorted((order.index(0), order.index(1))))
            if values != [Fraction(pair == winners) for pair in links.pairs(k)]:
                steps.verify(f"the two winners are linked for the order {order}, and nothing else", False)
    steps.verify("for every order of up to 5 distances the two smallest are linked, and no other pair", True)
    steps.note("the formula compares distances only, so that E is a matrix of whole numbers with Σ_{i<j} E_ij = n")


SIZES = tuple({"n": n, "k": k, "d": d} for n, k, d in ((1, 3, 1), (2, 3, 2), (3, 4, 1), (2, 5, 1)))


def enough_links(statement: Statement) -> Proof:
    """n² ≤ (number of links) · Σ E²."""

    def argument(steps: Steps) -> str:
        _is_multiple(
            steps,
            statement,
            "ge0",
            [lambda x, f: [claim.enough_links(x, scale=f)]],
            SIZES,
            "the conclusion is a multiple of (number of links) · ΣE² − n²",
        )
        one_link_a_sample(steps)
        cauchy.verify(steps)
        steps.note("with u = A in {0, 1} and v = E: |u|² is the number of links, |v|² = ΣE², and u·v = ΣE = n")
        return "all n, k, d"

    return carry_out(argument)


def sparse(statement: Statement) -> Proof:
    """With 0/1 entries ΣA² = ΣA, so that the conclusion is a square."""

    def argument(steps: Steps) -> str:
        def swapped(x: Any) -> Any:
            return type(x)(**{**vars(x), "p": x.r, "r": x.p})

        _is_multiple(
            steps,
            statement,
            "ge0",
            [
                lambda x, f: [claim.links_against_norm(x, "links", f)],
                lambda x, f: [claim.links_against_norm(swapped(x), "links", f)],
            ],
            SIZES,
            "the conclusion is a multiple of (ΣA − ΣB)(ΣA² − ΣB²)",
        )
        one_link_a_sample(steps)
        entry = ex.minimum(1, ex.variable("e"))
        values = [fractions([entry**2 - entry], {"e": Fraction(e)})[0] for e in range(4)]
        steps.verify("min(1, e)² = min(1, e) for whole e ≥ 0", values == [0, 0, 0, 0])
        steps.note("so ΣA² = ΣA, and the conclusion is a multiple of (ΣA − ΣB)²")
        return "all n, k, d"

    return carry_out(argument)


def components(statement: Statement) -> Proof:
    """A pair with a prototype of another cluster has one of the sample's own cluster that is nearer than it."""

    def argument(steps: Steps) -> str:
        sizes = [{"s": s, "m": m, "d": d} for s, m, d in ((2, 1, 1), (2, 2, 2), (3, 1, 1), (3, 3, 1))]
        _is_multiple(
            steps,
            statement,
            "gt0",
            [lambda x, f: [f * v for v in clusters.cross_margins(x)]],
            sizes,
            "the conclusion is a multiple of max(d_i, d_j) − min_{l ≠ i, j} d_l, over the pairs with j in another cluster",
        )
        wanted = {h.id: h.relation for h in (*clusters.SEPARATED, clusters.PAIRED)}
        for s in sizes:
            given, x = _given(statement, s), statement.domain.namespace(s)
            for name, relation in wanted.items():
                if given.get(name) != relation.trace(x):
                    steps.verify(f"{name} is a hypothesis (at {s})", False)
        steps.verify(
            "the sample's own prototypes lie within ϱ, the others outside, and there are two of the former", True
        )
        steps.note(
            "of two own prototypes one, l, is not i; d_l ≤ ϱ² < d_j ≤ max(d_i, d_j), and l is among those of the minimum"
        )
        return ALL_SIZES

    return carry_out(argument)


def flat(statement: Statement) -> Proof:
    """Moves keep the order where the gap exceeds their lengths together."""

    def argument(steps: Steps) -> str:
        sizes = [{"d": d} for d in (1, 2, 3, 5)]
        _is_multiple(
            steps,
            statement,
            "gt0",
            [lambda x, f: [moves.still_nearer(x, f)]],
            sizes,
            "the conclusion is a multiple of ‖z − b − v‖² − ‖z − a − u‖²",
        )
        for s in sizes:
            given, x = _given(statement, s), statement.domain.namespace(s)
            if given.get("gap") != moves.gap().relation.trace(x):
                steps.verify(f"‖z − b‖ − ‖z − a‖ > ‖u‖ + ‖v‖ is a hypothesis (at {s})", False)
        steps.verify("‖z − b‖ − ‖z − a‖ > ‖u‖ + ‖v‖ is a hypothesis", True)
        cauchy.verify_lengths(steps)
        steps.note("after the move a is within ‖z − a‖ + ‖u‖ of the sample, and b outside that")
        steps.note("a and b are any two prototypes, so the order of all of them stays the same")
        return ALL_SIZES

    return carry_out(argument)
