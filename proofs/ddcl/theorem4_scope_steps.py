"""Steps of training: what F_T loses is a quadratic form at held q, and a divergence besides.

majorised: F − F' = mean_n Σ_j q_nj (d_nj − d'_nj) + T mean_n KL(q_n ‖ q'_n), an identity in the weights e^{−d/T}, e^{−d'/T};
KL(q ‖ q') = Σ_j q_j (y_j − 1 − log y_j) ≥ 0 with y_j = q'_j/q_j, since x log x ≥ x − 1 at x = 1/y.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import theorem4_scope_steps as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import logarithm
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

#: Sizes at which the statement itself is taken apart; the identities that it rests on are lifted to all.
SMALL = tuple(
    {"n": n, "k": k, "d": d} for n, k, d in ((1, 1, 1), (2, 1, 1), (1, 2, 1), (2, 2, 1), (1, 2, 2), (1, 3, 1))
)
SCOPE = "all n, k, d"
Rows = Sequence[Sequence[Any]]


def relative(z: Sequence[Any], p: Rows, t: Expr) -> tuple[list[Expr], Expr, list[Expr]]:
    """Weights relative to that of the first prototype, their sum, and their logarithms."""
    d = a.distances(z, p)
    weights = [ex.boltzmann(c - d[0], t) for c in d]
    return weights, ex.total(weights), [-(c - d[0]) / t for c in d]


def divergence(z: Sequence[Any], p: Rows, new: Sequence[Any], q: Rows, t: Expr, share: Any = 1) -> Expr:
    """Σ_j q_j (y_j − 1 − log y_j), y = q'/q, for a sample z that moves to `new` and prototypes p that move to q."""
    u, mass, logs = relative(z, p, t)
    v, mass_new, logs_new = relative(new, q, t)
    # Written as in the energies, so that both sides have the same logarithms.
    level = ex.log(mass * share)
    level_new = ex.log(mass_new * share)
    terms = []
    for old, fresh, lo, ln in zip(u, v, logs, logs_new, strict=True):
        share_old, ratio = old / mass, fresh * mass / (mass_new * old)
        terms.append(share_old * (ratio - 1 - (ln - level_new - lo + level)))
    return ex.total(terms)


def _majorised(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """T log(Σw'/Σw) − Σ_j q_j (D_j − D'_j) − T Σ_j q_j (log q_j − log q'_j) for one sample."""
    k, t = sizes["k"], ex.variable("T")
    old, new = ([ex.variable(name, j) for j in range(k)] for name in ("D", "E"))
    u, v = ([ex.boltzmann(c, t) for c in d] for d in (old, new))
    total, total_new = ex.log(ex.total(u)), ex.log(ex.total(v))
    q = [w / ex.total(u) for w in u]
    held = ex.dot(q, [c - e for c, e in zip(old, new, strict=True)])
    gap = ex.dot(q, [-c / t - total + e / t + total_new for c, e in zip(old, new, strict=True)])
    labels: dict[Expr, Label] = {w: ("u", (j,)) for j, w in enumerate(u)} | {w: ("v", (j,)) for j, w in enumerate(v)}
    return [t * (total_new - total) - held - t * gap], {**labels, total: ("L", ()), total_new: ("N", ())}


def majorised(steps: Steps) -> None:
    """Verify the identity for all k, and that the divergence is not negative."""
    axis = Carriers("k", {"D": 0, "E": 0, "u": 0, "v": 0})
    identity_for_all_sizes(
        steps, _majorised, (axis,), says="F − F' = Σ_j q_j (d_j − d'_j) + T Σ_j q_j log(q_j/q'_j), one sample"
    )
    logarithm.verify(steps)
    steps.note("at x = 1/y it says y − 1 − log y ≥ 0, and Σ_j q_j (q'_j/q_j − 1) = 0: the divergence is ≥ 0")


def matches(
    steps: Steps, statement: Statement, value: Callable[[Any], Expr], multiples: Sequence[int] = (1, 2)
) -> None:
    """The conclusion is a positive multiple of the declared sum of non-negative terms."""
    for sizes in SMALL:
        x = statement.domain.namespace(sizes)
        traced = statement.trace(sizes)[1]
        text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
        expected = value(x)
        steps.verify(
            f"the conclusion is a multiple of the sum of non-negative terms at {text}",
            traced.op == "ge0" and any(identity(traced.roots[0] - c * expected) for c in multiples),
        )


def assumes(steps: Steps, statement: Statement, terms: Callable[[Any], Sequence[Expr]], says: str) -> None:
    """Every term is non-negative by a hypothesis, literally."""
    for sizes in SMALL:
        x = statement.domain.namespace(sizes)
        known = {id(r) for _, t in statement.trace(sizes)[0] if t.op in ("ge0", "gt0") for r in t.roots}
        steps.verify(
            says + f" (n = {sizes['n']}, k = {sizes['k']}, d = {sizes['d']})",
            all(id(term) in known for term in terms(x)),
        )


def _divergences(x: Any, z: Rows, p: Rows, share: Any = 1) -> Expr:
    return x.T * ex.mean(divergence(s, x.p, r, p, x.T, share) for s, r in zip(x.z, z, strict=True))


def _mass(sizes: Mapping[str, int]) -> tuple[list[Expr], Expr, list[Expr], list[list[Expr]], Expr]:
    """One prototype: shares q_n, their mean, p, samples and 1/n as a free number, so that means are sums."""
    q = [ex.variable("q", n) for n in range(sizes["n"])]
    z = [[ex.variable("z", n, i) for i in range(sizes["d"])] for n in range(sizes["n"])]
    each = ex.variable("each")
    return q, each * ex.total(q), [ex.variable("p", i) for i in range(sizes["d"])], z, each


def _loss(q: Sequence[Expr], z: Rows, p: Sequence[Expr], each: Expr) -> Expr:
    return each * ex.total(s * ex.norm2(ex.minus(row, p)) for s, row in zip(q, z, strict=True))


AXES = (Carriers("n", {"q": 0, "z": 0}), Carriers("d", {"z": 1, "p": 0, "move": 0}))


def _step(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """L(p) − L(p + v) + g·v + M |v|² for one prototype, any displacement v, g the slope of L."""
    q, m, p, z, each = _mass(sizes)
    v = [ex.variable("move", i) for i in range(sizes["d"])]
    g = [2 * each * ex.total(s * (c - row[i]) for s, row in zip(q, z, strict=True)) for i, c in enumerate(p)]
    return [_loss(q, z, p, each) - _loss(q, z, ex.plus(p, v), each) + ex.dot(g, v) + m * ex.norm2(v)], {}


def quadratic(steps: Steps) -> None:
    """The loss at held q is quadratic in each prototype, with the curvature 2 M_j, for all n and d."""
    identity_for_all_sizes(
        steps, _step, AXES, says="L_q(p) − L_q(p + v) = −g·v − M|v|² at held q, one prototype, M = mean q"
    )


def means(statement: Statement) -> Proof:
    """F − F' = Σ_j M_j |p_j − c_j|² + T mean KL."""

    def value(x: Any) -> Expr:
        p = claim.weighted_means(x)
        m = claim.masses(claim.shares(x.z, x.p, x.T))
        far = ex.total(w * ex.norm2(ex.minus(r, s)) for w, r, s in zip(m, x.p, p, strict=True))
        return far + _divergences(x, x.z, p)

    def argument(steps: Steps) -> str:
        majorised(steps)
        matches(steps, statement, value)
        quadratic(steps)
        steps.note("v = c − p = −g/(2M): −g·v − M|v|² = M|p − c|²; masses are positive")
        return SCOPE

    return carry_out(argument)


def gradient_step(statement: Statement) -> Proof:
    """F − F' = Σ_j η (1 − η M_j) |g_j|² + T mean KL."""

    def value(x: Any) -> Expr:
        q = claim.shares(x.z, x.p, x.T)
        g = claim.slopes(x.z, x.p, q)
        first = ex.total(x.eta * (1 - x.eta * m) * ex.norm2(r) for m, r in zip(claim.masses(q), g, strict=True))
        return first + _divergences(x, x.z, claim.moved(x.p, g, x.eta))

    def argument(steps: Steps) -> str:
        majorised(steps)
        matches(steps, statement, value)
        assumes(steps, statement, lambda x: claim.SHORT.relation.trace(x).roots, "1 − η M_j ≥ 0 is a hypothesis")
        quadratic(steps)
        steps.note("v = −ηg: −g·v − M|v|² = η (1 − ηM) |g|²")
        return SCOPE

    return carry_out(argument)


def annealed(statement: Statement) -> Proof:
    """G_T(P) − G_T'(P') = (F_T(P) − F_T(P')) + (G_T(P') − G_T'(P')), both not negative."""
    from ddcl_proofs.ddcl.theorem4_scope import temperature_slope

    def argument(steps: Steps) -> str:
        majorised(steps)

        def value(x: Any) -> Expr:
            share = ex.lift(1) / x.k
            p = claim.weighted_means(x)
            m = claim.masses(claim.shares(x.z, x.p, x.T))
            far = ex.total(w * ex.norm2(ex.minus(r, s)) for w, r, s in zip(m, x.p, p, strict=True))
            cooled = claim.free(x.z, p, x.T, share) - claim.free(x.z, p, x.cooler, share)
            return far + _divergences(x, x.z, p, share) + cooled

        matches(steps, statement, value)
        assumes(steps, statement, lambda x: [x.T - x.cooler], "T' ≤ T is a hypothesis")
        quadratic(steps)
        temperature_slope(steps)
        steps.note("G rises with T at every P', so that G_T(P') − G_T'(P') ≥ 0 for T' ≤ T")
        return SCOPE

    return carry_out(argument)


def both(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """|a|²/α + |b|²/(1 − α) − |a − b|² − |(1 − α)a + αb|²/(α(1 − α))."""
    u, v = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("a", "b"))
    alpha = ex.variable("alpha")
    rest = ex.norm2(ex.plus(ex.scaled(1 - alpha, u), ex.scaled(alpha, v))) / (alpha * (1 - alpha))
    return [ex.norm2(u) / alpha + ex.norm2(v) / (1 - alpha) - ex.norm2(ex.minus(u, v)) - rest], {}


def pair(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """|z − p|² − |z − a − p + b|² − 2(z − p)·a + 2(z − p)·b + |a − b|²."""
    z, p, u, v = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("z", "p", "a", "b"))
    apart, change = ex.minus(z, p), ex.minus(u, v)
    return [ex.norm2(apart) - ex.norm2(ex.minus(apart, change)) - 2 * ex.dot(apart, change) + ex.norm2(change)], {}


def joint_step(statement: Statement) -> Proof:
    """The two displacements share one quadratic form; its excess is a sum of squares and what the hypothesis grants."""

    def value(x: Any) -> Expr:
        q = claim.shares(x.z, x.p, x.T)
        m = claim.masses(q)
        alpha = x.eta_z / x.n
        u = [ex.scaled(x.eta_z, g) for g in claim.feature_slopes(x.z, x.p, q)]
        g = claim.slopes(x.z, x.p, q)
        v = [ex.scaled(x.eta_p, r) for r in g]
        squares = ex.mean(
            ex.total(row[j] * ex.norm2(ex.plus(ex.scaled(1 - alpha, u[n]), ex.scaled(alpha, v[j]))) for j in range(x.k))
            for n, row in enumerate(q)
        ) / (alpha * (1 - alpha))
        granted = ex.total(
            x.eta_p * ex.norm2(r) * (1 - alpha - x.eta_p * w) / (1 - alpha) for w, r in zip(m, g, strict=True)
        )
        return squares + granted + _divergences(x, claim.moved(x.z, u, 1), claim.moved(x.p, v, 1))

    def argument(steps: Steps) -> str:
        majorised(steps)
        matches(steps, statement, value)
        assumes(
            steps,
            statement,
            lambda x: claim.BOTH_SHORT.relation.trace(x).roots,
            "1 − η_z/n − η_p M_j ≥ 0 is a hypothesis",
        )
        steps.note("M_j > 0, so that α = η_z/n < 1")
        axis = (Carriers("d", dict.fromkeys(("z", "p", "a", "b"), 0)),)
        identity_for_all_sizes(steps, pair, axis, says="|z − p|² loses 2(z − p)·(a − b) − |a − b|², one pair")
        identity_for_all_sizes(steps, both, axis, says="|a|²/α + |b|²/(1 − α) − |a − b|² is a square over α(1 − α)")
        steps.note(
            "summed with the weights q_nj/n: Σ_n |a_n|²/(nα) = Σ_n η_z|g_n|², Σ_j M_j|b_j|² = Σ_j M_j η_p²|g_j|²"
        )
        return SCOPE

    return carry_out(argument)
