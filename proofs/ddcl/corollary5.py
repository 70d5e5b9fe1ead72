"""Corollary 5: real algebra of the linear model and of training at collapse, and descent at all rates.

at_collapse: −J is D H with H symmetric, so that its eigenvalues are real; that its invariants, or those of 2 + J, are positive is
decided for all real rates.  descends: −dΦ/dt = Σ_i velocity_i²/r_i.
"""

from __future__ import annotations

from ddcl_proofs.ddcl.theorem3_applies import stopped_is_downhill
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import corollary5_flow as claim
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.proof import Proof, Steps, carry_out, identity


def for_all_entries(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        decide(steps, statement, {}, "no real entries meet the hypotheses and violate the conclusion")
        return "all real a, b, c, e, η_P, ρ > 0"

    return carry_out(argument)


def at_collapse(statement: Statement) -> Proof:
    """The invariants that the statement demands are positive for all rates that meet its hypotheses."""

    def argument(steps: Steps) -> str:
        x = claim.REST.namespace({})
        m, true = claim.stiffness(x), claim.true_jacobian(x, ex.variable("T"))
        pairs = [(i, j) for i in range(3) for j in range(3)]
        steps.verify(
            "J is the Jacobian of stopped training at z = p = 0, any T",
            all(identity(m[i][j] + true[i][j]) for i, j in pairs),
        )
        rates = [x.eta_theta, x.eta_P, x.eta_P]
        steps.verify(
            "J_ij r_j = J_ji r_i: real eigenvalues",
            all(identity(m[i][j] * rates[j] - m[j][i] * rates[i]) for i, j in pairs),
        )
        decide(steps, statement, {}, "no rates meet the hypotheses and violate the conclusion")
        steps.note("a real spectrum is positive iff its elementary symmetric functions are")
        return "all rates, λ_P > 0 and T; one sample, two prototypes"

    return carry_out(argument)


def descends(statement: Statement) -> Proof:
    """−dΦ/dt is a positive multiple of Σ velocity²/rate, for every n, k and d."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            if sizes["n"] * sizes["k"] * sizes["d"] > 4:
                continue
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
            moved = zip((x.rate_z, x.rate_p), claim.velocities(x), strict=True)
            total = ex.total(ex.norm2(v) / r for rates, rows in moved for r, v in zip(rates, rows, strict=True))
            steps.verify(
                f"the conclusion is a multiple of Σ velocity²/rate at {text}",
                conclusion.op == "ge0" and any(identity(conclusion.roots[0] - c * total) for c in (1, 2)),
            )
            strict = {id(r) for _, t in given if t.op == "gt0" for r in t.roots}
            steps.verify(f"the rates are positive at {text}", {id(r) for r in (*x.rate_z, *x.rate_p)} <= strict)
        stopped_is_downhill(steps)
        steps.note("the chain rule with velocity = −rate · ∂Φ, coordinate by coordinate; λ_P ‖P‖² adds 2 λ_P p_j to ∂Φ")
        return "all n, k, d and rates"

    return carry_out(argument)
