"""The links of (38) that hold, for every k and d: scaling, the trace, the bound on the force, the rates of the spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddcl_proofs.ddcl import proposition6_mechanism as mechanism
from ddcl_proofs.ddcl import proposition7
from ddcl_proofs.ddcl.covariance_monotone import uncertainty_slope
from ddcl_proofs.ddcl.shares import (
    AXES,
    SMALL,
    antitone_weights,
    contracted,
    demand,
    nonnegative_shares,
    on_the_simplex,
    without_minimum,
)
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.corollary1 import diameter2
from ddcl_theory.claims.ddcl.feedback_assignment import concentration
from ddcl_theory.claims.ddcl.feedback_force import predicted_loss_rate
from ddcl_theory.claims.ddcl.force import principal_minors
from ddcl_theory.claims.ddcl.proposition6_mechanism import GIVEN, exact_spread, spread
from ddcl_theory.claims.ddcl.theorem1_gap import scaled_about
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.softmax import WEIGHT
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity
from ddcl_theory.relation import at_least_zero, equals_zero

DELTA = (Carriers("k", {WEIGHT: 0, "delta": 0}),)
D_AXIS = Carriers("d", {"z": 0, "p": 1})


def _single(steps: Steps, statement: Statement, op: str) -> None:
    traced = statement.trace({"k": 2, "d": 1})[1]
    steps.verify(f"the conclusion is one expression in the relation {op}", (traced.op, len(traced.roots)) == (op, 1))


def scaling(statement: Statement) -> Proof:
    """With δ_j for d_j the distances are σ²δ_j, and d/dσ of the conclusion is (2σ/T) times the slope of the trace."""

    def argument(steps: Steps) -> str:
        _single(steps, statement, "ge0")
        demand(steps, statement, "grown", "ge0", lambda x: [x.sigma - 1], "σ ≥ 1 is a hypothesis")

        def distance(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace({"k": 1, **sizes})
            (scaled,) = a.distances(x.z, scaled_about(x.z, x.p, x.sigma))
            return [scaled - x.sigma**2 * a.distances(x.z, x.p)[0]], {}

        identity_for_all_sizes(steps, distance, (D_AXIS,), says="‖z − p'_j‖² = σ² ‖z − p_j‖²")

        def freed(sizes: Mapping[str, int]) -> tuple[Any, Expr, list[Expr], list[Expr]]:
            """The conclusion with free numbers δ_j for the distances, which the softmax reads only."""
            x = statement.domain.namespace({**sizes, "d": 1})
            delta = [ex.variable("delta", j) for j in range(x.k)]
            mapping: dict[Expr, Expr] = {}
            nodes = [ex.boltzmann(x.sigma**2 * c, x.T) for c in delta]
            for rows, values in (
                (scaled_about(x.z, x.p, x.sigma), nodes),
                (x.p, [ex.boltzmann(c, x.T) for c in delta]),
            ):
                d = a.distances(x.z, rows)
                reference = ex.minimum(*d)
                mapping |= {ex.boltzmann(dj - reference, x.T): v for dj, v in zip(d, values, strict=True)}
            root = without_minimum(ex.substitute(statement.trace({**sizes, "d": 1})[1].roots[0], mapping))
            return x, root, delta, nodes

        def slope(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
            x, root, delta, nodes = freed(sizes)
            weights = [ex.variable(WEIGHT, j) for j in range(x.k)]
            value = x.T * ex.differentiate(root, x.sigma) / (2 * x.sigma)
            value = ex.substitute(value, dict(zip(nodes, weights, strict=True)))
            return [value - uncertainty_slope([w / ex.total(weights) for w in weights], delta)], {}

        for k in (1, 2, 3):
            x, root, _, _ = freed({"k": k})
            same = ex.substitute(root, {x.sigma: ex.ONE})
            steps.verify(f"the conclusion vanishes at σ = 1, k = {k}, as a difference of one function", identity(same))
        identity_for_all_sizes(
            steps, slope, DELTA, says="T/(2σ) times its slope in σ is 2 Σ_{i<j} q_i q_j (q_i − q_j)(δ_j − δ_i)"
        )
        antitone_weights(steps)
        steps.note("zero at σ = 1 with a derivative ≥ 0 beyond, it is ≥ 0 by the mean value theorem")
        return ALL_SIZES

    return carry_out(argument)


def trace(statement: Statement) -> Proof:
    """tr S_q − tr S_w = C_w − C_q + (Σq − Σw), the last bracket 0 on the simplex."""

    def argument(steps: Steps) -> str:
        _single(steps, statement, "ge0")

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            root = statement.trace(sizes)[1].roots[0]
            gap = concentration(x.w) - concentration(x.q)
            return [(root - gap) * (root - gap - ex.total(x.q) + ex.total(x.w))], {}

        identity_for_all_sizes(
            steps, family, (Carriers("k", {"q": 0, "w": 0}),), says="the conclusion is C_w − C_q, up to Σq − Σw"
        )
        demand(
            steps, statement, "sharper", "ge0", lambda x: [concentration(x.w) - concentration(x.q)], "C_w ≥ C_q",
            [{"k": 2}, {"k": 3}],
        )  # fmt: skip
        on_the_simplex(steps, statement, "q", "w")
        return ALL_SIZES

    return carry_out(argument)


def two_loewner(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        steps.verify("two prototypes", tuple(statement.domain.sizes["k"]) == (2, 2))
        _single(steps, statement, "ge0")
        x = statement.domain.namespace({"k": 2})
        gap = concentration(x.w) - concentration(x.q)
        difference = 2 * statement.trace({"k": 2})[1].roots[0] - gap * (x.v[0] - x.v[1]) ** 2
        on_simplex = ex.substitute(difference, {x.q[1]: 1 - x.q[0], x.w[1]: 1 - x.w[0]})
        steps.verify("twice the conclusion is (C_w − C_q)(v_1 − v_2)²", identity(on_simplex))
        on_the_simplex(steps, statement, "q", "w")
        demand(
            steps,
            statement,
            "sharper",
            "ge0",
            lambda x: [concentration(x.w) - concentration(x.q)],
            "C_w ≥ C_q",
            [{"k": 2}],
        )
        return "all q and w, k = 2"

    return carry_out(argument)


def two_largest(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        steps.verify("two prototypes", tuple(statement.domain.sizes["k"]) == (2, 2))
        decide(steps, statement, {"k": 2}, "no q and w with two entries violate it")
        return "all q and w, k = 2"

    return carry_out(argument)


#: Stands for D² in polynomial identities.
D2 = ex.variable("D2")


def bounded(statement: Statement) -> Proof:
    """PS_q = Σ_{i<j} q_i q_j (p_i − p_j)(e_i − e_j)ᵀ, a sum of matrices of the norms √2 q_i q_j ‖p_i − p_j‖."""

    def argument(steps: Steps) -> str:
        _single(steps, statement, "ge0")
        simplex = "q" if statement.domain.variable("q").kind in ("simplex", "sum-one") else None

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            size = diameter2(x.p)
            root = ex.substitute(statement.trace(sizes)[1].roots[0], {size: D2} if sizes["k"] > 1 else {})
            s = 2 * ex.total(x.q[i] * x.q[j] for j in range(x.k) for i in range(j))
            limit = (D2 if sizes["k"] > 1 else size) * s**2
            return [root - 2 * limit + u.force2(x.p, x.q)], {}

        identity_for_all_sizes(
            steps, family, AXES, simplex=simplex, says="the conclusion is 2D² (2 Σ_{i<j} q_i q_j)² − ‖2PS_q‖²"
        )

        def columns(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            q, v = ([ex.variable(name, j) for j in range(sizes["k"])] for name in ("q", "v"))
            through = [
                w * (c - ex.dot(q, v)) - w * ex.total(other * (c - b) for other, b in zip(q, v, strict=True))
                for w, c in zip(q, v, strict=True)
            ]
            return [contracted(through)], {}

        identity_for_all_sizes(
            steps,
            columns,
            AXES[:1],
            simplex=simplex,
            says="q_j (p_j − Pq) = Σ_l q_j q_l (p_j − p_l), in each dimension",
        )
        nonnegative_shares(steps, statement)
        steps.note("‖(p_i − p_j)(e_i − e_j)ᵀ‖ = √2 ‖p_i − p_j‖ ≤ √2 D, D² being the maximum over all pairs")
        steps.note("triangle inequality: ‖2PS_q‖ ≤ 2√2 D Σ_{i<j} q_i q_j = √2 D tr S_q, both sides ≥ 0")
        return ALL_SIZES

    return carry_out(argument)


def variance_falls(statement: Statement) -> Proof:
    """V(q) − V(w) = Σ_i vᵀ(S_q − S_w)v over the rows v of P."""

    def argument(steps: Steps) -> str:
        _single(steps, statement, "ge0")

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            s, t = u.covariance(x.q), u.covariance(x.w)
            value = ex.total(u.quadratic(s, v) - u.quadratic(t, v) for v in proposition7.rows(x.p))
            return [statement.trace(sizes)[1].roots[0] - value], {}

        axes = (Carriers("k", {"q": 0, "w": 0, "p": 0}), Carriers("d", {"p": 1}))
        identity_for_all_sizes(steps, family, axes, says="the conclusion is Σ_i vᵀ(S_q − S_w)v over the rows v of P")

        def minors(x: Any) -> Sequence[Expr]:
            return principal_minors([ex.minus(s, t) for s, t in zip(u.covariance(x.q), u.covariance(x.w), strict=True)])

        places = [{"k": 2, "d": 1}, {"k": 3, "d": 1}]
        demand(steps, statement, "lower", "ge0", minors, "no principal minor of S_q − S_w is negative", places)
        steps.note("so S_q − S_w is positive semidefinite, and every term is ≥ 0")
        return ALL_SIZES

    return carry_out(argument)


def contracts(statement: Statement) -> Proof:
    """−d/dt Σ_{i<j} ‖p_i − p_j‖² = 4kV, and ‖2PS_q‖² ≤ 2V."""

    def argument(steps: Steps) -> str:
        _single(steps, statement, "ge0")
        for lemma, about in (
            (mechanism.contraction, Statement(GIVEN, equals_zero(exact_spread))),
            (
                proposition7.below_variance,
                Statement(statement.domain, at_least_zero(lambda x: 2 * a.variance(x.p, x.q) - u.force2(x.p, x.q))),
            ),
        ):
            found = lemma(about)
            steps.verify(f"{found.steps[-1]}", True if found.covers_domain else None)
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            value = 4 * x.k * a.variance(x.p, x.q) - 2 * x.k * u.force2(x.p, x.q)
            difference = ex.substitute(statement.trace(sizes)[1].roots[0] - value, {x.q[-1]: 1 - ex.total(x.q[:-1])})
            steps.verify(f"the conclusion is 2k(2V − ‖2PS_q‖²), k = {x.k}, d = {x.d}", identity(difference))
        steps.note("by the rate −4kV of the first lemma, for every k and d; the second makes it ≥ 0")
        return ALL_SIZES

    return carry_out(argument)


def loss_rate(statement: Statement) -> Proof:
    """Along v the spread changes at 2 {k Σ p_j·v_j − (Σ p_j)·(Σ v_j)} = 2k Σ (p_j − p̄)·v_j, with v_j = 2q_j (z − p_j)."""

    def argument(steps: Steps) -> str:
        _single(steps, statement, "eq0")
        for k in range(1, 6):
            p, v = ([[ex.variable(name, j)] for j in range(k)] for name in ("p", "v"))
            slope = ex.derivative_at_zero(
                lambda e, p=p, v=v: spread([[r[0] + e * s[0]] for r, s in zip(p, v, strict=True)])
            )
            middle = ex.mean(r[0] for r in p)
            sums = 2 * k * ex.total((r[0] - middle) * s[0] for r, s in zip(p, v, strict=True))
            steps.verify(f"the slope of the spread is 2k Σ (p_j − p̄)·v_j at k = {k}", identity(slope - sums))
        steps.note(
            "both sides add over dimensions; coefficients of p_i v_i and p_i v_j agree for every k by counting partners"
        )
        for sizes in (*SMALL, {"k": 5, "d": 1}):
            steps.verify(
                f"with v_j = 2q_j (z − p_j) it is the formula (k = {sizes['k']}, d = {sizes['d']})",
                identity(statement.trace(sizes)[1].roots[0]),
            )
            x = statement.domain.namespace(sizes)
            steps.verify("the formula is not 0 itself", not identity(predicted_loss_rate(x)))
        return ALL_SIZES

    return carry_out(argument)
