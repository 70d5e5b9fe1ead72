"""λ → ∞ for every K, n and d: every exponential tends to 1, the rest is continuity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ddcl_proofs.ddcl.shares import limit_of_weights
from ddcl_proofs.secu.atoms import conclusion, given, text
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import limit as claim
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.expression import Expr
from ddcl_theory.proof import Proof, Rejected, Steps, carry_out, identity

SIZES = ({"n": 1, "o": 1, "d": 1}, {"n": 2, "o": 2, "d": 1}, {"n": 3, "o": 1, "d": 2}, {"n": 5, "o": 4, "d": 1})


def _flat(e: Expr, x: Any) -> Expr:
    """The expression with 1 for every e^{x_i·w/λ}; no other exponential may be left."""
    rows: Sequence[Any] = [x.w, *x.v]
    result = ex.substitute(e, {s.attraction(row, w, x.T): ex.ONE for row in x.x for w in rows})
    if any(node.op == "boltzmann" for node in ex.topological([result])):
        raise Rejected("the exponentials are those of the positives at the centres")
    return result


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
        steps.note("one formula in n, K and d; it is continuous there, as no denominator vanishes for K ≥ 2")
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
