"""What pairs of statements can agree on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.corollary2 import growth
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity


def level(statement: Statement) -> Proof:
    """g ≥ 0 and −g ≥ 0 give g = 0, for g the growth of V between two temperatures."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            weak = [r for _, t in given if t.op == "ge0" for r in t.roots]
            g = growth(x)
            steps.verify(
                f"the conclusion is a multiple of g at {sizes}",
                conclusion.op == "eq0" and conclusion.roots in ((g,), (2 * g,)),
            )
            steps.verify(f"g ≥ 0 and −g ≥ 0 are hypotheses at {sizes}", g in weak and -g in weak)
        steps.note("a number that is neither negative nor positive is 0; the hypotheses are one formula in k and d")
        return ALL_SIZES

    return carry_out(argument)


def algebra(statement: Statement) -> Proof:
    """A statement about a few real numbers."""

    def argument(steps: Steps) -> str:
        decide(steps, statement, {}, "no real numbers meet the hypotheses and violate the conclusion")
        return "all real values"

    return carry_out(argument)


def _weighted(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Σ_{i<j} q_i q_j ‖p_i − p_j‖² − V on the simplex."""
    k, d = sizes["k"], sizes["d"]
    q = [ex.variable("q", j) for j in range(k)]
    p = [[ex.variable("p", j, i) for i in range(d)] for j in range(k)]
    pairs = ex.total(q[i] * q[j] * ex.norm2(ex.minus(p[i], p[j])) for i in range(k) for j in range(i + 1, k))
    return [pairs - a.variance(p, q)], {}


def _lifted(steps: Steps) -> None:
    axes = (Carriers("k", {"q": 0, "p": 0}), Carriers("d", {"p": 1}))
    identity_for_all_sizes(steps, _weighted, axes, simplex="q", says="V = Σ_{i<j} q_i q_j ‖p_i − p_j‖²")


def pairs(statement: Statement) -> Proof:
    """V as a sum over pairs, for every k and d."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            conclusion = statement.trace(sizes)[1]
            last = {x.q[-1]: 1 - ex.total(x.q[:-1])}
            vanishes = conclusion.op == "eq0" and all(identity(ex.substitute(r, last)) for r in conclusion.roots)
            steps.verify(f"vanishes on the simplex at {sizes}", vanishes)
        _lifted(steps)
        return ALL_SIZES

    return carry_out(argument)


def uniform(statement: Statement) -> Proof:
    """The same with q_j = 1/k."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            conclusion = statement.trace(sizes)[1]
            vanishes = conclusion.op == "eq0" and all(identity(r) for r in conclusion.roots)
            steps.verify(f"vanishes identically at {sizes}", vanishes)
        lagrange.verify(steps)
        _lifted(steps)
        steps.note("at q_j = 1/k the sum over pairs has the factor 1/k²")
        return ALL_SIZES

    return carry_out(argument)
