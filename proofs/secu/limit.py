"""λ → ∞ for every K, n and d: every exponential tends to 1, the rest is continuity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddcl_proofs.ddcl.shares import limit_of_weights
from ddcl_proofs.secu.atoms import conclusion, freed_of, given, text
from ddcl_proofs.secu.hardness import counted
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import limit as claim
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cauchy
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Rejected, Steps, carry_out, identity

SIZES = (
    {"n": 1, "o": 1, "d": 1},
    {"n": 2, "o": 2, "d": 1},
    {"n": 3, "o": 1, "d": 2},
    {"n": 2, "o": 2, "d": 2},
    {"n": 5, "o": 4, "d": 1},
    {"n": 7, "o": 7, "d": 1},
)


def _flat(e: Expr, x: Any) -> Expr:
    """The expression with 1 for every e^{x_i·w/λ}; no other exponential may be left."""
    rows: Sequence[Any] = [x.w, *x.v]
    result = ex.substitute(e, {s.attraction(row, w, x.T): ex.ONE for row in x.x for w in rows})
    if any(node.op == "boltzmann" for node in ex.topological([result])):
        raise Rejected("the exponentials are those of the positives at the centres")
    return result


def _shares(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """1/(1 + Σ_l e_l) + Σ_l e_l/(1 + Σ_l e_l) = 1: with e = 1 the K shares are equal and sum to 1."""
    e = [ex.variable("e", j) for j in range(sizes["o"])]
    whole = 1 + ex.total(e)
    return [1 / whole + ex.total(v / whole for v in e) - 1], {}


def hot(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        limit_of_weights(steps, hot=True)
        steps.note("e^(−x/T) = 1/e^(x/T) tends to 1 for x < 0 too")
        for sizes in SIZES:
            x = statement.domain.namespace(sizes)
            roots = conclusion(steps, statement, sizes, "eq0").roots
            steps.verify(
                f"with 1 for every exponential the conclusion is an identity at {text(sizes)}",
                all(identity(_flat(r, x)) for r in roots),
            )
        identity_for_all_sizes(steps, counted, (Carriers("n", {"e": 0, "x": 0}),), says="n Σ c x_i = Σ c Σ x_i")
        identity_for_all_sizes(steps, _shares, (Carriers("o", {"e": 0}),), says="1 + Σ_l 1 = K, 1 written as e_l")
        steps.note(
            "so p = 1/K, and equal weights c = 1 − 1/K give the mean; all is continuous there, as no denominator vanishes for K ≥ 2"
        )
        return "all n, K, d"

    return carry_out(argument)


def direction(statement: Statement) -> Proof:
    """Π(c m) = Π(m) for c > 0, m ≠ 0."""

    def argument(steps: Steps) -> str:
        limit_of_weights(steps, hot=True)
        steps.note("e^(−x/T) = 1/e^(x/T) tends to 1 for x < 0 too")
        for sizes in SIZES:
            x = statement.domain.namespace(sizes)
            roots = conclusion(steps, statement, sizes, "eq0").roots
            share = ex.lift(sizes["o"]) / (1 + sizes["o"])
            pull, m = s.pull(x.x, x.w, x.v, x.T), claim.sums(x)
            steps.verify(
                f"the weighted sum tends to (1 − 1/K) Σ x at {text(sizes)}",
                all(identity(_flat(u, x) - share * v) for u, v in zip(pull, m, strict=True)),
            )
            steps.verify(
                f"Σ x ≠ 0 is a hypothesis at {text(sizes)}", given(statement, sizes, "sum-not-zero", "ne0", claim.sums)
            )
            # With |m| and |c m| = c |m| for the lengths the difference of the directions is an identity.
            length = ex.variable("length of the sum")
            lengths = {ex.sqrt(ex.norm2(m)): length, ex.sqrt(ex.norm2(pull)): share * length}
            steps.verify(
                f"with |c m| = c |m|, c = 1 − 1/K > 0, the directions agree at {text(sizes)}",
                all(identity(_flat(ex.substitute(r, lengths), x)) for r in roots),
            )
        steps.note("one formula in n, K and d; Π is continuous away from 0")
        return "all n, K, d"

    return carry_out(argument)


R = ex.variable("r")


def _room(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """K a r² − (a + Σ b_l) = (a r² − a) + Σ_l (a r² − b_l), and the same with the sides swapped; 1 + o = K, 1 as e_l."""
    e, b = ([ex.variable(name, j) for j in range(sizes["o"])] for name in "eb")
    a = ex.variable("a")
    clusters, whole = 1 + ex.total(e), a + ex.dot(e, b)
    below = (
        clusters * a * R**2 - whole - (a * R**2 - a) - ex.total(c * (a * R**2 - v) for c, v in zip(e, b, strict=True))
    )
    above = (
        whole * R**2 - clusters * a - (a * R**2 - a) - ex.total(c * (v * R**2 - a) for c, v in zip(e, b, strict=True))
    )
    return [below, above], {}


def uniformly(statement: Statement) -> Proof:
    """p = a/(a + Σ b_l) with a and b_l between 1/r and r, r = e^{1/λ}."""

    def argument(steps: Steps) -> str:
        for sizes in ({"o": o, "d": d} for o, d in ((1, 1), (2, 2), (3, 1), (5, 2), (7, 1))):
            x = statement.domain.namespace(sizes)
            roots = conclusion(steps, statement, sizes, "ge0").roots
            a, b = ex.variable("a"), [ex.variable("b", j) for j in range(x.o)]
            named = {s.attraction(x.x, v, x.T): c for v, c in zip((x.w, *x.v), (a, *b), strict=True)}
            named |= {ex.boltzmann(2, x.T): R**-2, ex.boltzmann(-2, x.T): R**2}
            found = [freed_of(root, named) for root in roots]
            p, k = a / (a + ex.total(b)), 1 + x.o
            wanted = [p - R**-2 / k, R**2 / k - p]
            steps.verify(
                f"the conclusion is p ≥ r^−2/K and p ≤ r²/K at {text(sizes)}",
                any(all(identity(f - c * w) for f, w in zip(found, wanted, strict=True)) for c in range(1, 10)),
            )
            held = (given(statement, sizes, h.id, h.relation.op, h.relation.values) for h in s.unit("x", "w", "v"))
            steps.verify(f"x, w and v_l are unit vectors by hypothesis at {text(sizes)}", all(held))
        cauchy.verify(steps)
        steps.note("|x·w| ≤ 1 and |x·v_l| ≤ 1, so that 1/r ≤ a, b_l ≤ r, and r ≥ 1")
        axes = (Carriers("o", {"e": 0, "b": 0}),)
        identity_for_all_sizes(
            steps, _room, axes, says="K a r² − (a + Σ b) and (a + Σ b) r² − K a as sums over clusters"
        )
        steps.note("a r² ≥ r ≥ b_l and b_l r² ≥ r ≥ a make every term ≥ 0: p ≥ r^−2/K and p ≤ r²/K")
        return "all K, d"

    return carry_out(argument)
