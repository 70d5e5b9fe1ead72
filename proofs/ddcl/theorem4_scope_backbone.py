"""Steps of a linear backbone and its prototypes: a sum of squares at held q, Lagrange's identity, and a divergence."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.ddcl import theorem4_scope_steps as steps_of
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import theorem4_scope_backbone as claim
from ddcl_theory.claims.ddcl import theorem4_scope_steps as s
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cauchy
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

#: (n, m, k, d) at which the statement itself is taken apart.
SMALL = ((1, 1, 1, 1), (2, 1, 1, 1), (1, 2, 1, 1), (1, 1, 2, 1), (1, 1, 1, 2))


def _value(x: Any) -> Expr:
    z = claim.features(x, x.theta)
    q = s.shares(z, x.p, x.T)
    through, g = claim.slopes(x)
    alpha = x.eta_theta * claim.power(x)
    u = [[x.eta_theta * ex.dot(row, [line[c] for line in through]) for c in range(x.d)] for row in x.x]
    v = [ex.scaled(x.eta_p, r) for r in g]
    squares = ex.mean(
        ex.total(row[j] * ex.norm2(ex.plus(ex.scaled(1 - alpha, u[n]), ex.scaled(alpha, v[j]))) for j in range(x.k))
        for n, row in enumerate(q)
    ) / (alpha * (1 - alpha))
    # |G|² |x|² − |Gᵀx|² by Lagrange, one output at a time.
    lagrange = ex.mean(
        ex.total(
            (through[i][c] * row[j] - through[j][c] * row[i]) ** 2
            for c in range(x.d)
            for i in range(x.m)
            for j in range(i + 1, x.m)
        )
        for row in x.x
    )
    granted = ex.total(
        x.eta_p * ex.norm2(r) * (1 - alpha - x.eta_p * w) / (1 - alpha) for w, r in zip(s.masses(q), g, strict=True)
    )
    new, p = claim.features(x, s.moved(x.theta, through, x.eta_theta)), s.moved(x.p, v, 1)
    gap = x.T * ex.mean(steps_of.divergence(a, x.p, b, p, x.T) for a, b in zip(z, new, strict=True))
    return squares + x.eta_theta**2 * lagrange / alpha + granted + gap


def step(statement: Statement) -> Proof:
    """F_T − F'_T is the sum of four terms, none of them negative."""

    def argument(steps: Steps) -> str:
        steps_of.majorised(steps)
        for n, m, k, d in SMALL:
            sizes = {"n": n, "m": m, "k": k, "d": d}
            x = statement.domain.namespace(sizes)
            given, traced = statement.trace(sizes)
            text = ", ".join(f"{name} = {size}" for name, size in sizes.items())
            expected = _value(x)
            steps.verify(
                f"the conclusion is a multiple of the sum of non-negative terms at {text}",
                traced.op == "ge0" and any(identity(traced.roots[0] - c * expected) for c in (1, 2)),
            )
            known = {id(r) for _, t in given if t.op in ("ge0", "gt0") for r in t.roots}
            budget = claim.SHORT.relation.trace(x).roots
            steps.verify(f"1 − α − η_p M_j ≥ 0 is a hypothesis at {text}", all(id(r) in known for r in budget))
            steps.verify(f"mean |x|² > 0 is a hypothesis at {text}", id(claim.power(x)) in known)
        steps.note("M_j > 0, so that α < 1; α > 0 because the inputs do not vanish")
        axis = (Carriers("d", dict.fromkeys(("z", "p", "a", "b"), 0)),)
        identity_for_all_sizes(steps, steps_of.pair, axis, says="|z − p|² loses 2(z − p)·(a − b) − |a − b|², one pair")
        identity_for_all_sizes(
            steps, steps_of.both, axis, says="|a|²/α + |b|²/(1 − α) − |a − b|² is a square over α(1 − α)"
        )
        cauchy.verify(steps)
        steps.note(
            "with a_n = η_θ Gᵀx_n: mean |a_n|²/α = η_θ |G|² − (η_θ²/α) mean (|G|² |x_n|² − |Gᵀx_n|²), column by column of G"
        )
        return "all n, m, k, d"

    return carry_out(argument)
