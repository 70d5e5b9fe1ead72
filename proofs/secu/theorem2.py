"""Descent of single-label updates, for any number of instances and clusters.

For every i, with scores s_ij: Σ_j y_ij s_ij − Σ_l u_il s_il = Σ_j y_ij Σ_{l≠j} u_il (s_ij − s_il) on Σy = Σu = 1, an identity in free
numbers y, u, s.  On one-hot labels the left side is L before step i less L after it, and these differences telescope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_proofs.secu import declared
from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.claims.secu import theorem2_convergence as rest
from ddcl_theory.claims.secu import theorem2_moves as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import logarithm
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out

SCOPE = "all n, k"
Costs = Callable[[Any], Any]


def _gaps(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Σ_i of the identity above, with the terms that vanish on Σy = Σu = 1; scores are free numbers."""
    y, u, s = ([[ex.variable(name, i, j) for j in range(sizes["k"])] for i in range(sizes["n"])] for name in "yus")
    residual = ex.ZERO
    for old, new, score in zip(y, u, s, strict=True):
        before, after = ex.dot(old, score), ex.dot(new, score)
        gaps = ex.dot(old, lb.chosen(new, score))
        residual = residual + gaps - (before * ex.total(new) - after * ex.total(old))
    return [residual], {}


def gap_identity(steps: Steps) -> None:
    identity_for_all_sizes(
        steps,
        _gaps,
        (Carriers("n", dict.fromkeys("yus", 0)), Carriers("k", dict.fromkeys("yus", 1))),
        says="Σ_j y_ij Σ_{l≠j} u_il (s_ij − s_il) = Σ_j y_ij s_ij Σ_l u_il − Σ_l u_il s_il Σ_j y_ij",
    )


def _telescope(steps: Steps, statement: Statement, costs: Costs) -> None:
    """Where u_i = e_l, the state after step i is the one whose entropy the score of l holds; where y_i = e_j, the one before."""
    for s in declared.examined(statement):
        x = costs(statement.domain.namespace(s))
        n = len(x.c)
        whole = [[*x.u[:i], *x.y[i:], *claim.others(x)] for i in range(n + 1)]
        for i in range(n):
            for j in range(x.k):
                row = lb.unit(j, x.k)
                scored = lb.sizes(claim.state(x, i, row))
                for state, label in ((whole[i], x.y[i]), (whole[i + 1], x.u[i])):
                    chosen = dict(zip(label, row, strict=True))
                    sizes = [ex.substitute(m, chosen) for m in lb.sizes(state)]
                    if sizes != scored:
                        steps.verify(
                            f"the score of {j} holds the entropy of the state with the label {j} (at {s})", False
                        )
    steps.verify("the score of a label holds the entropy of the state that has it", True)
    steps.note("so Σ_j y_ij s_ij − Σ_l u_il s_il is L before step i less L after it, and the sum over i is L(Y) − L(U)")


def _hot(statement: Statement) -> tuple[Hypothesis, ...]:
    return claim.BATCH_HOT if any(v.name == "o" for v in statement.domain.variables) else claim.ONE_HOT


def _descends(rule: Hypothesis, objective: Costs, says: str) -> Callable[[Statement], Proof]:
    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            sizes = declared.examined(statement)
            declared.conclusion(
                steps, statement, "ge0", lambda x, f: [claim.drop(objective(x), f)], sizes, f"a multiple of {says}"
            )
            declared.kinds(steps, statement, {"y": "simplex", "u": "simplex"})
            declared.given(steps, statement, (*_hot(statement), rule), sizes)
            gap_identity(steps)
            _telescope(steps, statement, objective)
            return SCOPE

        return carry_out(_with_end(argument))

    return proof


def _with_end(argument: Callable[[Steps], str]) -> Callable[[Steps], str]:
    def whole(steps: Steps) -> str:
        scope = argument(steps)
        steps.note("each Σ_{l≠j} u_il (s_ij − s_il) is ≥ 0 by the rule, and y ≥ 0")
        return scope

    return whole


descends = _descends(claim.REFRESHED, lambda x: x, "L(Y) − L(U)")
descends_averaged = _descends(claim.VIEWS_RULE, claim.averaged, "L(Y) − L(U) with the mean costs")


def _row_constants(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Cost differences with c_ij = z_i − s_ij/λ, less 1/λ times those with −s_ij, less what vanishes on Σy = Σu = 1."""
    y, u, s = ([[ex.variable(name, i, j) for j in range(sizes["k"])] for i in range(sizes["n"])] for name in "yus")
    inverse = ex.variable("inverse of lambda")
    residual = ex.ZERO
    for i, (old, new, row) in enumerate(zip(y, u, s, strict=True)):
        z = ex.variable("z", i)
        c = [z - inverse * v for v in row]
        moved = ex.dot(old, c) - ex.dot(new, c)
        similar = -ex.dot(old, row) + ex.dot(new, row)
        residual = residual + moved - inverse * similar - z * (ex.total(old) - ex.total(new))
    return [residual], {}


def descends_scaled(statement: Statement) -> Proof:
    """λ times the decrease of (10) with the weight α/λ is the decrease of the objective with −s_ij and α."""

    def argument(steps: Steps) -> str:
        sizes = declared.examined(statement)
        declared.conclusion(
            steps,
            statement,
            "ge0",
            lambda x, f: [claim.drop(claim.log_costs(x, x.alpha / x.lam), f)],
            sizes,
            "a multiple of L(Y) − L(U) with −log p_ij and α/λ",
        )
        declared.kinds(steps, statement, {"y": "simplex", "u": "simplex", "lam": "positive"})
        declared.given(steps, statement, (*claim.ONE_HOT, claim.SIMILAR_RULE), sizes)
        axes = (
            Carriers("n", {**dict.fromkeys("yus", 0), "z": 0}),
            Carriers("k", dict.fromkeys("yus", 1)),
        )
        identity_for_all_sizes(
            steps, _row_constants, axes, says="with −log p_ij = z_i − s_ij/λ, costs change by 1/λ of what −s_ij change"
        )
        steps.note("the entropies have the weight α/λ as well: L(Y) − L(U) is 1/λ times the same with −s_ij and α")
        gap_identity(steps)
        _telescope(steps, statement, claim.by_similarity)
        return SCOPE

    return carry_out(_with_end(argument))


def _shares_of_sizes(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Σ_j (K q_j − 1) with q_j = m_j / Σ_l m_l, times Σ_l m_l."""
    m = [ex.variable("m", j) for j in range(sizes["k"])]
    whole, clusters = ex.total(m), ex.total(ex.ONE for _ in m)
    return [ex.total(clusters * v - whole for v in m)], {}


def _least_costs(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Σ u c − Σ_i min_j c_ij less Σ_ij u_ij (c_ij − least_i), less what vanishes on Σu = 1."""
    u, c = ([[ex.variable(name, i, j) for j in range(sizes["k"])] for i in range(sizes["n"])] for name in "uc")
    residual = ex.ZERO
    for i, (label, row) in enumerate(zip(u, c, strict=True)):
        least = ex.variable("least", i)
        above = ex.total(a * (b - least) for a, b in zip(label, row, strict=True))
        residual = residual + ex.dot(label, row) - least - above - least * (ex.total(label) - 1)
    return [residual], {}


def converges(statement: Statement) -> Proof:
    """L falls, and L ≥ Σ_i min_j c_ij − α log K."""

    def argument(steps: Steps) -> str:
        sizes = declared.examined(statement)
        declared.conclusion(
            steps, statement, "ge0", rest.falls_to, sizes, "a multiple of L(Y) − L(U) and of L(U) less the lower bound"
        )
        declared.kinds(steps, statement, {"y": "simplex", "u": "simplex", "alpha": "nonnegative"})
        declared.given(steps, statement, (*claim.ONE_HOT, claim.REFRESHED), sizes)
        identity_for_all_sizes(
            steps,
            _least_costs,
            (Carriers("n", {"u": 0, "c": 0, "least": 0}), Carriers("k", {"u": 1, "c": 1})),
            says="on Σu = 1 costs exceed Σ_i min_j c_ij by Σ_ij u_ij (c_ij − min_j c_ij)",
        )
        steps.note("these terms are ≥ 0, as u ≥ 0")
        logarithm.verify(steps)
        identity_for_all_sizes(steps, _shares_of_sizes, (Carriers("k", {"m": 0}),), says="Σ_j (K q_j − 1) = 0, Σ q = 1")
        steps.note(
            "log K − H = (1/K) Σ_j f(K q_j) with f(x) = x log x ≥ x − 1 and f(0) = 0, so log K − H ≥ 0; and α ≥ 0"
        )
        gap_identity(steps)
        _telescope(steps, statement, lambda x: x)
        return SCOPE

    return carry_out(_with_end(argument))


def settles(statement: Statement) -> Proof:
    """L(Y) − L(U) = Σ_i g_i, where g_i ≥ 0, and g_i > 0 where label i moves."""

    def argument(steps: Steps) -> str:
        sizes = declared.examined(statement)
        declared.options(
            steps,
            statement,
            lambda x, f: [("eq0", ex.scaled(f, rest.unmoved(x))), ("gt0", [claim.drop(x, f)])],
            sizes,
            "that no label moves or L(Y) − L(U) > 0",
        )
        declared.kinds(steps, statement, {"y": "simplex", "u": "simplex"})
        declared.given(steps, statement, (*claim.ONE_HOT, claim.REFRESHED, rest.KEEPS), sizes)
        gap_identity(steps)
        _telescope(steps, statement, lambda x: x)
        steps.note(
            "if label i moves, Σ_j y_ij u_ij = 0 for one-hot labels, and the hypothesis says that its term is > 0"
        )
        return SCOPE

    return carry_out(_with_end(argument))


def single_moves(statement: Statement) -> Proof:
    """L with another first label less L(Y) is the gap of that label, which is ≥ 0 at rest."""

    def argument(steps: Steps) -> str:
        sizes = declared.examined(statement)
        declared.conclusion(
            steps,
            statement,
            "ge0",
            lambda x, f: [rest.excess(x, rest.one_move(x), f)],
            sizes,
            "a multiple of L with one other label less L(Y)",
        )
        declared.kinds(steps, statement, {"y": "simplex", "v": "simplex"})
        declared.given(steps, statement, (lb.one_hot("y"), lb.one_hot("v"), rest.REST), sizes)
        gap_identity(steps)
        for s in sizes:
            x = statement.domain.namespace(s)
            for j in range(x.k):
                row = lb.unit(j, x.k)
                wanted = lb.sizes([row, *x.y[1:]])
                found: Sequence[Sequence[Expr]] = [
                    [ex.substitute(m, dict(zip(label, row, strict=True))) for m in lb.sizes(state)]
                    for label, state in ((x.v, rest.one_move(x)), (x.y[0], x.y))
                ]
                if any(f != wanted for f in found):
                    steps.verify(f"the score of {j} holds the entropy with the first label {j} (at {s})", False)
        steps.verify("the score of a label holds the entropy of the state in which the first instance has it", True)
        steps.note(
            "the other costs drop out; v in the part of y and y in that of u: it is Σ_j v_j Σ_{l≠j} y_1l (s_1j − s_1l) ≥ 0"
        )
        return SCOPE

    return carry_out(argument)
