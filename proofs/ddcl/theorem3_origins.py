"""Modes of training under steps and momentum, decided for all real numbers; the curvature of F_T at every state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.ddcl.theorem3_applies import stopped_is_downhill
from ddcl_proofs.ddcl.theorem4_scope_steps import SMALL, assumes
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import theorem3_origins as claim
from ddcl_theory.claims.ddcl import theorem4_scope_steps as training
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

DECIDED = "no real numbers meet the hypotheses and violate the conclusion"


def algebra(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        decide(steps, statement, {}, DECIDED)
        return "all real numbers"

    return carry_out(argument)


def mode(statement: Statement) -> Proof:
    """The statement about one mode, and that training splits into modes at every n, k, d."""

    def argument(steps: Steps) -> str:
        decide(steps, statement, {}, DECIDED)
        stopped_is_downhill(steps)
        steps.note(
            "at any rates J = −DH with H = Hᵀ is similar to a symmetric matrix: its modes decouple, each with a real λ"
        )
        return "all λ > 0, η, β; all n, k, d through the modes"

    return carry_out(argument)


def origins(statement: Statement) -> Proof:
    """The statement for two variables; a symmetric matrix of any size has real modes, each of which it contains."""

    def argument(steps: Steps) -> str:
        decide(steps, statement, {}, DECIDED)
        steps.note(
            "a gradient field of more variables splits into real modes λ; diag(−λ, −λ') is a case of the statement"
        )
        return "all real J of two variables, rates, η and β"

    return carry_out(argument)


def _curvature(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """f'' − Σ_j q_j b_j + Σ_{i<j} q_i q_j (a_i − a_j)²/T for f(t) = −T log Σ_j e^{−(D_j + t a_j + t² b_j/2)/T} at 0."""
    k, t = sizes["k"], ex.variable("T")
    d, slope, bend = ([ex.variable(name, j) for j in range(k)] for name in ("D", "a", "b"))

    def energy(s: Expr) -> Expr:
        terms = zip(d, slope, bend, strict=True)
        return -t * ex.log(ex.total(ex.boltzmann(c + s * a + s * s * b / 2, t) for c, a, b in terms))

    weights = [ex.boltzmann(c, t) for c in d]
    mass = ex.total(weights)
    pairs = ex.total(weights[i] * weights[j] * (slope[i] - slope[j]) ** 2 for i in range(k) for j in range(i + 1, k))
    value = ex.derivative_at_zero(energy, order=2) - ex.dot(weights, bend) / mass + pairs / (mass**2 * t)
    return [value], {w: ("w", (j,)) for j, w in enumerate(weights)}


def no_overshoot(statement: Statement) -> Proof:
    """|v|² − η vᵀHv = Σ_j (1 − 2ηM_j)|v_j|² + (η/T) mean_n Σ_{i<j} q_ni q_nj (a_ni − a_nj)²."""

    def value(x: Any) -> Expr:
        q = training.shares(x.z, x.p, x.T)
        m = training.masses(q)
        granted = ex.total((1 - 2 * x.eta * w) * ex.norm2(row) for w, row in zip(m, x.v, strict=True))
        spread = []
        for s, row in zip(x.z, q, strict=True):
            a = [2 * ex.dot(ex.minus(p, s), v) for p, v in zip(x.p, x.v, strict=True)]
            spread.append(ex.total(row[i] * row[j] * (a[i] - a[j]) ** 2 for j in range(x.k) for i in range(j)))
        return granted + x.eta * ex.mean(spread) / x.T

    def argument(steps: Steps) -> str:
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            traced = statement.trace(sizes)[1]
            text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
            steps.verify(
                f"the conclusion is a multiple of the sum of non-negative terms at {text}",
                traced.op == "ge0" and any(identity(traced.roots[0] - c * value(x)) for c in (1, 2)),
            )
        assumes(steps, statement, lambda x: claim.HALF.relation.trace(x).roots, "1/2 − ηM_j ≥ 0 is a hypothesis")
        axis = (Carriers("k", {"D": 0, "a": 0, "b": 0, "w": 0}),)
        identity_for_all_sizes(steps, _curvature, axis, says="the second derivative of F_T along a line, one sample")
        steps.note("along p + tv the distances have a_j = 2(p_j − z)·v_j and b_j = 2|v_j|²; F_T is a mean over samples")
        return "all n, k, d"

    return carry_out(argument)
