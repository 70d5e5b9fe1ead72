"""Momentum: the power of the force cancels against the growth of the kinetic energy; in steps, up to a square."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.ddcl import theorem4_scope
from ddcl_proofs.ddcl import theorem4_scope_steps as steps_of
from ddcl_proofs.ddcl.theorem3_applies import stopped_is_downhill
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import theorem4_scope_momentum as claim
from ddcl_theory.claims.ddcl import theorem4_scope_steps as s
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out


def flow(statement: Statement) -> Proof:
    """−d/dt = γ Σ |w_j|² + κ mean_n (log k − H(q_n))."""

    def value(x: Any) -> Expr:
        damping = x.gamma * ex.total(ex.norm2(row) for row in x.w)
        return damping + x.kappa * ex.mean(theorem4_scope.surplus(x, z) for z in x.z)

    def argument(steps: Steps) -> str:
        steps_of.matches(steps, statement, value)
        steps_of.assumes(steps, statement, lambda x: [x.gamma, x.kappa], "γ, κ ≥ 0 are hypotheses")
        stopped_is_downhill(steps)
        steps.note("⟨∇F_T, w⟩ of the potential cancels ⟨w, −∇F_T⟩ of the kinetic energy, for all sizes and masses")
        theorem4_scope.temperature_slope(steps)
        return "all n, k, d, masses, γ and κ"

    return carry_out(argument)


def _displaced(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """For one prototype: what −g·v − M|v|² + β(|u|² − |v|²)/(2η) exceeds the two squares by, where ηg = βu − v."""
    d = sizes["d"]
    u, v = ([ex.variable(name, i) for i in range(d)] for name in ("u", "v"))
    beta, eta, m = ex.variable("beta"), ex.variable("eta"), ex.variable("M")
    g = [(beta * a - b) / eta for a, b in zip(u, v, strict=True)]
    fall = -ex.dot(g, v) - m * ex.norm2(v) + beta * (ex.norm2(u) - ex.norm2(v)) / (2 * eta)
    squares = (1 - beta - eta * m) * ex.norm2(v) / eta + beta * ex.norm2(ex.minus(u, v)) / (2 * eta)
    return [fall - squares], {}


def heavy_ball(statement: Statement) -> Proof:
    """What F_T + β|u|²/(2η) loses: Σ_j (1 − β − ηM_j)|v_j|²/η + β|u − v|²/(2η) + T mean KL."""

    def value(x: Any) -> Expr:
        v = claim.step(x)
        m = s.masses(s.shares(x.z, x.p, x.T))
        granted = ex.total((1 - x.beta - x.eta * w) * ex.norm2(r) for w, r in zip(m, v, strict=True)) / x.eta
        turn = ex.total(ex.norm2(ex.minus(a, b)) for a, b in zip(x.u, v, strict=True))
        p = s.moved(x.p, v, -1)
        gap = x.T * ex.mean(steps_of.divergence(z, x.p, z, p, x.T) for z in x.z)
        return granted + x.beta * turn / (2 * x.eta) + gap

    def argument(steps: Steps) -> str:
        steps_of.majorised(steps)
        steps_of.matches(steps, statement, value)
        steps_of.assumes(
            steps, statement, lambda x: claim.SHORT.relation.trace(x).roots, "1 − β − ηM_j ≥ 0 is a hypothesis"
        )
        steps_of.assumes(steps, statement, lambda x: [x.beta], "β ≥ 0 is a hypothesis")
        steps_of.quadratic(steps)
        axis = (Carriers("d", {"u": 0, "v": 0}),)
        identity_for_all_sizes(
            steps, _displaced, axis, says="the fall at held q and of β|u|²/(2η) is a sum of two squares"
        )
        return "all n, k, d"

    return carry_out(argument)
