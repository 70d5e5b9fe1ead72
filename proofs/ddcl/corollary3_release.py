"""The released force: two prototypes in any dimension, descent on V, and contraction with even weights.

pair, samples: identities in the weights e^{−d/T}, any d.
sharpens: T² d‖q‖²/dt = 8 (q_1 q_2 (q_1 − q_2) D²)².
falls: the velocity is minus the gradient of V, so −dV/dt = ‖∇_z V‖².
contracts: Ż = −W G, G the rows Σ_n ∂V_n/∂p_j, gives Ṗ = −WᵀW G = −c G; the spread changes at 2{k Σ p_j·ṗ_j − (Σ p_j)·(Σ ṗ_j)}
with Σ_j G_j = 0 and Σ_j p_j·G_j = 2 Σ_n V_n.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.ddcl import backbone
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import corollary3_release as release
from ddcl_theory.claims.ddcl import corollary3_release_native as parts
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity


def pair(statement: Statement) -> Proof:
    """An identity in one sample and two prototypes, for every d."""

    def argument(steps: Steps) -> str:
        def value(x: Any) -> Expr:
            return statement.trace({"d": x.d})[1].roots[0]

        backbone.vanishes_softly(steps, statement.domain, value, "two prototypes", k=2)
        return "all d, k = 2"

    return carry_out(argument)


def sharpens(statement: Statement) -> Proof:
    """T² times the conclusion is a positive multiple of the square of q_1 q_2 (q_1 − q_2) D²."""

    def square(x: Any) -> Expr:
        q = nat.soft(x.z, x.p, x.T)
        return (q[0] * q[1] * (q[0] - q[1]) * ex.norm2(ex.minus(x.p[0], x.p[1]))) ** 2

    def argument(steps: Steps) -> str:
        line = {"d": 1}
        x = statement.domain.namespace(line)
        conclusion = statement.trace(line)[1]
        multiple = next((m for m in (8, 16) if identity(x.T**2 * conclusion.roots[0] - m * square(x))), 0)
        steps.verify("the conclusion should be ≥ 0", conclusion.op == "ge0")
        steps.verify("on a line T² times it is 8 or 16 times the square", multiple > 0)
        backbone.vanishes_softly(
            steps,
            statement.domain,
            lambda x: x.T**2 * statement.trace({"d": x.d})[1].roots[0] - multiple * square(x),
            f"T² times the conclusion minus {multiple} (q_1 q_2 (q_1 - q_2) D²)²",
            k=2,
        )
        return "all d, k = 2"

    return carry_out(argument)


def falls(statement: Statement) -> Proof:
    """The conclusion is a positive multiple of ‖(2/T) P S_q a‖², and (2/T) P S_q a is the gradient of V."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            conclusion = statement.trace(sizes)[1]
            square = ex.norm2(release.closed_force(x))
            holds = conclusion.op == "ge0" and any(identity(conclusion.roots[0] - m * square) for m in (1, 2))
            steps.verify(f"the conclusion is once or twice ‖(2/T) P S_q a‖² at {sizes}", holds)
        backbone.soft_sample(steps, "variance")
        steps.note(
            "for v = 0 the derivative along u is u·(2/T) P S_q a; along u = −(2/T) P S_q a it is minus the square"
        )
        return ALL_SIZES

    return carry_out(argument)


def samples(statement: Statement) -> Proof:
    """An identity in two samples and the weight e^{−δ/T} between them, for every d."""

    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            root = statement.trace(sizes)[1].roots[0]
            delta = ex.norm2(ex.minus(x.z[0], x.z[1]))
            return [ex.substitute(root, _by_weight(steps, root, delta))], {}

        steps.verify("the conclusion is one identity", statement.trace({"d": 1})[1].op == "eq0")
        identity_for_all_sizes(steps, family, (Carriers("d", {"z": 1}),), says="in δ and the weight e^{-δ/T}")
        return "all d, n = k = 2"

    return carry_out(argument)


def _by_weight(steps: Steps, root: Expr, delta: Expr) -> dict[Expr, Expr]:
    """Every Boltzmann factor of the graph as 1, w or 1/w with w = e^{−δ/T}."""
    w = ex.variable("weight")
    found: dict[Expr, Expr] = {}
    for node in ex.topological([root]):
        if node.op == "boltzmann":
            options: tuple[tuple[Expr, Expr], ...] = ((ex.ZERO, ex.ONE), (delta, w), (-delta, 1 / w))
            value = next((v for argument, v in options if identity(node.args[0] - argument)), None)
            if value is None:
                steps.verify("every Boltzmann factor is 1, e^{-δ/T} or e^{δ/T}", False)
            else:
                found[node] = value
    return found


def _velocity(x: Any) -> list[list[Expr]]:
    """Ṗ = −WᵀW G with G_j = Σ_n ∂V_n/∂p_j at constant q."""
    p = nat.combined(x.z, x.w)
    rows = [nat.prototype_slopes("variance", z, p, nat.soft(z, p, x.T)) for z in x.z]
    g = [[ex.total(r[j][i] for r in rows) for i in range(x.d)] for j in range(x.k)]
    gram = [[ex.total(r[i] * r[j] for r in x.w) for j in range(x.k)] for i in range(x.k)]
    return [[-ex.total(gram[j][m] * g[m][i] for m in range(x.k)) for i in range(x.d)] for j in range(x.k)]


def _bilinear(k: int, p: Any, v: Any) -> Expr:
    """2{k Σ p_j·v_j − (Σ p_j)·(Σ v_j)}."""
    d = len(p[0])
    sums = [[ex.total(r[i] for r in rows) for i in range(d)] for rows in (p, v)]
    return 2 * (k * nat.dot_rows(p, v) - ex.dot(*sums))


def contracts(statement: Statement) -> Proof:
    def lifted(steps: Steps, value: Callable[[Any], Expr], says: str) -> None:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            return [value(backbone.HELD.namespace(sizes))], {}

        identity_for_all_sizes(steps, family, backbone.AXES, simplex="q", says=says)

    def argument(steps: Steps) -> str:
        for k in range(1, 6):
            p, v = ([[ex.variable(name, j)] for j in range(k)] for name in ("p", "v"))
            slope = ex.derivative_at_zero(lambda e, p=p, v=v: parts.dispersion(parts.moved(p, e, v)))
            steps.verify(
                f"the slope of the spread is 2{{k Σp·v − Σp·Σv}} at k = {k}", identity(slope - _bilinear(k, p, v))
            )
        steps.note("coefficients of p_i v_i and p_i v_j agree for every k by counting partners; coordinates add")
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            even = [t for h, t in given if h.id == "even-weights"]
            steps.verify(
                f"the hypothesis says WᵀW = cI at {sizes}",
                bool(even) and even[0].op == "eq0" and even[0].roots == tuple(parts.gram(x)),
            )
            closed = _bilinear(x.k, nat.combined(x.z, x.w), _velocity(x)) + 4 * x.k * x.c * parts.total_variance(x)
            holds = conclusion.op == "eq0" and any(identity(conclusion.roots[0] - m * closed) for m in (1, 2))
            steps.verify(f"the conclusion is the slope for Ṗ = −WᵀW G plus 4kc Σ V at {sizes}", holds)
        lifted(
            steps,
            lambda x: ex.total(ex.dot(x.u, g) for g in nat.prototype_slopes("variance", x.z, x.p, x.q)),
            "one sample: Σ_j G_j = 0",
        )
        lifted(
            steps,
            lambda x: nat.dot_rows(x.p, nat.prototype_slopes("variance", x.z, x.p, x.q)) - 2 * a.variance(x.p, x.q),
            "one sample: Σ_j p_j·G_j = 2V",
        )
        steps.note("with WᵀW = cI the slope is −2c{k · 2 Σ V − (Σ p_j)·0}; chain rule and sums hold for all n, k, d")
        return "all n, k, d"

    return carry_out(argument)
