"""The gradient step that the closed form is, and the descent of the damped update, for every n, K and d."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.secu.atoms import conclusion, freed_of, text
from ddcl_proofs.secu.theorem1 import SMALL, demand, term
from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.secu import theorem1_iteration as claim
from ddcl_theory.domain import Domain, real
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cauchy
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity
from ddcl_theory.relation import at_least_zero


def step(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            (root,) = conclusion(steps, statement, sizes, "eq0").roots
            x = statement.domain.namespace(sizes)
            odds = {claim.odd(x.x[0], x.w, v, x.T): ex.variable("odds", j) for j, v in enumerate(x.v)}
            return [freed_of(root, odds)], {}

        axes = (Carriers("o", {"v": 0, "odds": 0}), Carriers("d", {"x": 1, "w": 0, "v": 1, "u": 0}))
        identity_for_all_sizes(steps, family, axes, fixed={"n": 1}, says="λ ∇L·u = Σ (1 − p)(w − m)·u for one positive")
        for sizes in (*SMALL, {"n": 5, "o": 1, "d": 1}):
            (root,) = conclusion(steps, statement, sizes, "eq0").roots
            steps.verify(f"λ ∇L·u = Σ (1 − p)(w − m)·u at {text(sizes)}", identity(root))
        steps.note("L and Σ (1 − p)(w − x) are sums over the positives, each of one positive's terms")
        return "all n, K, d"

    return carry_out(argument)


def damped_descent(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        demand(steps, statement, (*claim.UNIT, *claim.DAMPED), SMALL)
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            root = conclusion(steps, statement, sizes, "ge0").roots[0]
            steps.verify(
                f"the conclusion is a positive multiple of e^f(w) − e^f(z) at {text(sizes)}",
                any(identity(root - c * claim.fall(x)) for c in range(1, 10)),
            )
            pulled = claim.pull(x, x.w)
            y = ex.minus(x.z, x.w)
            bound = -ex.dot(pulled, y) + sizes["n"] * ex.norm2(y) / (8 * x.T)
            rest = sizes["n"] * (ex.norm2(x.z) - ex.norm2(x.w)) / (8 * x.T)
            steps.verify(
                f"−s·y + n |y|²/(8λ) = −g·y + n (|z|² − |w|²)/(8λ), y = z − w, at {text(sizes)}",
                identity(bound + ex.dot(claim.damped(x), y) - rest),
            )
        term(steps)
        quarter = Statement(Domain((real("p"),)), at_least_zero(lambda x: ex.Fraction(1, 4) - x.p * (1 - x.p)))
        decide(steps, quarter, {}, "p (1 − p) ≤ 1/4")
        cauchy.verify(steps)
        steps.note("|x_i| = 1 makes (x_i·y)² ≤ |y|²; Taylor: f(z) ≤ f(w) − s·y/λ + n |y|²/(8λ²) = f(w) − g·y/λ")
        numbers = Domain((real("gz"), real("zw")))
        signs = (
            Hypothesis("sign", "", at_least_zero(lambda x: x.gz)),
            Hypothesis("cosine", "", at_least_zero(lambda x: 1 - x.zw)),
        )
        decide(steps, Statement(numbers, at_least_zero(lambda x: x.gz * (1 - x.zw)), signs), {}, "(g·z)(1 − z·w) ≥ 0")
        steps.note(
            "g parallel to the unit vector z is (g·z) z; by |z| = |w| = 1 this makes g·y = (g·z)(1 − z·w); one formula in n, K, d"
        )
        return "all n, K, d"

    return carry_out(argument)
