"""Training as a gradient flow: of F_T where q is stopped, of L_q where it is not.

gradient: ∇F_T = Σ_n q_nj 2 (p_j − z_n), for every n, k, d; the weights e^{−d/T} are free numbers.
free_falls, shifted_falls: −d/dt = ‖∇F_T‖² + κ Σ_n (1/k) Σ_j (x_j log x_j − x_j + 1), x_j = k q_nj.
full_falls: −dL_q/dt = ‖∇L_q‖² + κ Σ_n Var_q(d)/T².
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import theorem4_scope_fields as scope
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import logarithm
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity


def _text(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{n} = {s}" for n, s in sizes.items())


def _slope(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """∂F_T/∂r + 2 q_r (r − z)·(−1) for one sample z, a prototype r and k others, with the weights as atoms.

    One coordinate is enough: the others enter through the weights only, which are free.
    """
    t, z, r = ex.variable("T"), ex.variable("z"), ex.variable("r")
    own = ex.boltzmann((r - z) ** 2, t)
    others = [ex.boltzmann(ex.variable("D", j), t) for j in range(sizes["k"])]
    mass = own + ex.total(others)
    value = -t * ex.log(mass)
    labels: dict[Expr, Label] = {w: ("w", (j,)) for j, w in enumerate(others)}
    return [ex.differentiate(value, r) - 2 * own / mass * (r - z)], {**labels, own: ("u", ())}


def _heat(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """∂F_T/∂T + log Σ w + Σ_j q_j d_j / T for one sample: ∂F_T/∂T is minus the entropy of q."""
    t = ex.variable("T")
    d = [ex.variable("D", j) for j in range(sizes["k"])]
    weights = [ex.boltzmann(dj, t) for dj in d]
    mass = ex.total(weights)
    value = ex.differentiate(-t * ex.log(mass), t) + ex.log(mass) + ex.dot(weights, d) / (mass * t)
    return [value], {**{w: ("w", (j,)) for j, w in enumerate(weights)}, ex.log(mass): ("L", ())}


def _variance(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """T² ∂L_q/∂T − Σ_{i<j} q_i q_j (d_i − d_j)² for one sample."""
    t = ex.variable("T")
    k = sizes["k"]
    d = [ex.variable("D", j) for j in range(k)]
    weights = [ex.boltzmann(dj, t) for dj in d]
    mass = ex.total(weights)
    change = t**2 * ex.differentiate(ex.dot(weights, d) / mass, t)
    spread = ex.total(weights[i] * weights[j] * (d[i] - d[j]) ** 2 for i in range(k) for j in range(i)) / mass**2
    return [change - spread], {w: ("w", (j,)) for j, w in enumerate(weights)}


AXIS = (Carriers("k", {"D": 0, "w": 0}),)


def temperature_slope(steps: Steps) -> None:
    """∂G_T/∂T = Σ_n (log k − H(q_n)) ≥ 0 for all k."""
    logarithm.verify(steps)
    identity_for_all_sizes(steps, _heat, AXIS, says="∂F_T/∂T = −H(q), one sample")
    steps.note("∂G_T/∂T = Σ_n (log k − H(q_n)), which is (1/k) Σ_j x_j log x_j ≥ 0 with x_j = k q_nj")


def gradient(statement: Statement) -> Proof:
    """∇F_T + Ṗ = 0, entry by entry."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            roots = statement.trace(sizes)[1].roots
            steps.verify(f"every entry vanishes identically at {_text(sizes)}", all(identity(r) for r in roots))
        identity_for_all_sizes(
            steps, _slope, AXIS, says="an entry of ∇F_T + Ṗ, one sample and any number of other prototypes"
        )
        steps.note("F_T and Ṗ are sums over the samples")
        return "all n, k, d"

    return carry_out(argument)


def _falls(statement: Statement, cooled: bool) -> Proof:
    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, traced = statement.trace(sizes)
            speed = [v for row in scope.stopped(x) for v in row]
            value = ex.norm2(speed)
            if cooled:
                value = value + x.kappa * ex.total(surplus(x, z) for z in x.z)
                positive = {id(r) for _, t in given if t.op in ("ge0", "gt0") for r in t.roots}
                steps.verify("κ > 0 is a hypothesis", id(x.kappa) in positive)
            steps.verify(
                f"the conclusion is a multiple of the sum of non-negative terms at {_text(sizes)}",
                traced.op == "ge0" and any(identity(traced.roots[0] - c * value) for c in (1, 2)),
            )
        identity_for_all_sizes(
            steps, _slope, AXIS, says="an entry of ∇F_T + Ṗ, one sample and any number of other prototypes"
        )
        steps.note("chain rule: the prototypes change F_T at the rate ⟨∇F_T, Ṗ⟩ = −‖Ṗ‖², for all sizes")
        if cooled:
            temperature_slope(steps)
        return "all n, k, d"

    return carry_out(argument)


def surplus(x: Any, z: Any) -> Expr:
    """(1/k) Σ_j (x_j log x_j − x_j + 1), x_j = w_j/M, M the mean weight, log x_j = −(d_j − d_1)/T − log M."""
    d = a.distances(z, x.p)
    weights = [ex.boltzmann(dj - d[0], x.T) for dj in d]
    # Written as in G_T, so that both sides share one atom for its logarithm.
    level = Fraction(1, x.k) * ex.total(weights)
    ratios = [w / level for w in weights]
    logs = [-(dj - d[0]) / x.T - ex.log(level) for dj in d]
    return ex.mean(r * g - r + 1 for r, g in zip(ratios, logs, strict=True))


def free_falls(statement: Statement) -> Proof:
    """−dF_T/dt = ‖Ṗ‖²."""
    return _falls(statement, cooled=False)


def shifted_falls(statement: Statement) -> Proof:
    """−dG_T/dt = ‖Ṗ‖² + κ Σ_n (log k − H(q_n))."""
    return _falls(statement, cooled=True)


def full_falls(statement: Statement) -> Proof:
    """−dL_q/dt = ‖∇L_q‖² + (κ/T²) Σ_n Σ_{i<j} q_i q_j (d_i − d_j)²."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, traced = statement.trace(sizes)
            value = ex.norm2([v for row in scope.full(x) for v in row])
            if hasattr(x, "kappa"):
                spread = ex.ZERO
                for z, q in zip(x.z, scope.assignments(x, x.p), strict=True):
                    d = a.distances(z, x.p)
                    spread = spread + ex.total(q[i] * q[j] * (d[i] - d[j]) ** 2 for i in range(x.k) for j in range(i))
                value = value + x.kappa * spread / x.T**2
                positive = {id(r) for _, t in given if t.op in ("ge0", "gt0") for r in t.roots}
                steps.verify("κ > 0 is a hypothesis", id(x.kappa) in positive)
            steps.verify(
                f"the conclusion is a multiple of the sum of non-negative terms at {_text(sizes)}",
                traced.op == "ge0" and any(identity(traced.roots[0] - c * value) for c in (1, 2)),
            )
        identity_for_all_sizes(steps, _variance, AXIS, says="T² ∂L_q/∂T = Var_q(d), one sample")
        steps.note("chain rule: the prototypes change L_q at the rate ⟨∇L_q, Ṗ⟩ = −‖∇L_q‖², for all sizes")
        return "all n, k, d"

    return carry_out(argument)
