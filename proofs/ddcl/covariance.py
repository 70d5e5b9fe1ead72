"""The properties of S_q for every k and d, as identities in the shares: vᵀS_q v is the variance of v under q."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ddcl_proofs.ddcl import limits
from ddcl_proofs.ddcl.shares import (
    AXES,
    SMALL,
    axes_of,
    contracted,
    demand,
    equals,
    nonnegative_shares,
    simplex_of,
)
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.covariance import shares
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.softmax import WEIGHT
from ddcl_theory.lemmas.support import identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity


def pairs(q: Sequence[Expr], v: Sequence[Expr]) -> Expr:
    """Σ_{i<j} q_i q_j (v_i − v_j)²."""
    return ex.total(q[i] * q[j] * (v[i] - v[j]) ** 2 for j in range(len(q)) for i in range(j))


def semidefinite(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        equals(steps, statement, "ge0", lambda x, q: pairs(q, x.v), "the conclusion is Σ_{i<j} q_i q_j (v_i − v_j)²")
        nonnegative_shares(steps, statement)
        return ALL_SIZES

    return carry_out(argument)


def vanishes(statement: Statement) -> Proof:
    """Every expression of the conclusion vanishes identically in the shares."""

    def argument(steps: Steps) -> str:
        equals(steps, statement, "eq0", lambda x, q: ex.ZERO, "the conclusion, with free multipliers")
        return ALL_SIZES

    return carry_out(argument)


def _multiple(rows: Sequence[Expr], wanted: Sequence[Expr]) -> bool:
    """Whether rows = c · wanted for one number c ≠ 0 among 1 and 2."""
    return any(all(identity(r - c * w) for r, w in zip(rows, wanted, strict=True)) for c in (1, 2))


def _sizes(statement: Statement) -> list[dict[str, int]]:
    return [{name: size for name, size in sizes.items() if name in statement.domain.sizes} for sizes in SMALL]


def kernel(statement: Statement) -> Proof:
    """If S_q v = 0 then vᵀS_q v = Σ_{i<j} q_i q_j (v_i − v_j)² = 0, with all q_i q_j > 0."""

    def argument(steps: Steps) -> str:
        for sizes in _sizes(statement):
            x = statement.domain.namespace(sizes)
            conclusion = statement.trace(sizes)[1]
            operators = tuple(option.op for option in conclusion.options)
            steps.verify("all v_i agree, or S_q v ≠ 0", operators == ("eq0", "ne0"))
            steps.verify(
                f"the first option is v_j − v_1 = 0 for all j ≥ 2 (k = {x.k})",
                conclusion.options[0].roots == tuple(c - x.v[0] for c in x.v[1:]),
            )
            wanted = u.times(u.covariance(shares(x)), x.v)
            rows = conclusion.options[1].roots
            steps.verify(
                f"the second is about a multiple of S_q v (k = {x.k})", len(rows) == x.k and _same(rows, wanted, x)
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
            k = sizes["k"]
            q, v = ([ex.variable(name, j) for j in range(k)] for name in ("q", "v"))
            return [u.quadratic(u.covariance(q), v) - pairs(q, v)], {}

        identity_for_all_sizes(
            steps, family, AXES[:1], simplex="q", says="vᵀS_q v = Σ_{i<j} q_i q_j (v_i − v_j)² on Σq = 1"
        )
        if simplex_of(statement) == WEIGHT:
            steps.note("w_j = e^(-d_j/T) > 0")
        else:
            demand(steps, statement, "all-active", "gt0", lambda x: x.q, "q > 0 is a hypothesis", _sizes(statement))
        steps.note("S_q v = 0 makes the sum 0, and every term with it: all v_i agree")
        return ALL_SIZES

    return carry_out(argument)


def _same(rows: Sequence[Expr], wanted: Sequence[Expr], x: Any) -> bool:
    """Whether the rows are S_q v or 2 S_q v as polynomials in free shares."""
    free = [ex.variable("share", j) for j in range(x.k)]
    mapping = dict(zip(shares(x), free, strict=True))
    return _multiple([ex.substitute(r, mapping) for r in rows], [ex.substitute(w, mapping) for w in wanted])


def singular(statement: Statement) -> Proof:
    """det S_q = 0, because the columns of S_q sum to 0."""

    def argument(steps: Steps) -> str:
        for sizes in _sizes(statement):
            x = statement.domain.namespace(sizes)
            traced = statement.trace(sizes)[1]
            steps.verify("the conclusion is one expression that vanishes", (traced.op, len(traced.roots)) == ("eq0", 1))
            s = u.covariance(shares(x))
            steps.verify(
                f"it is the determinant of a multiple of S_q (k = {x.k})",
                any(traced.roots[0] is u.determinant([ex.scaled(c, row) for row in s] if c > 1 else s) for c in (1, 2)),
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
            q = [ex.variable("q", j) for j in range(sizes["k"])]
            return [contracted(u.times(u.covariance(q), [1] * len(q)))], {}

        identity_for_all_sizes(
            steps, family, AXES[:1], simplex="q" if simplex_of(statement) else None, says="S_q 1 = 0 on Σq = 1"
        )
        steps.note("a matrix that annihilates 1 ≠ 0 has the determinant 0, and rank at most k − 1")
        return ALL_SIZES

    return carry_out(argument)


cold, hot = limits.cold, limits.hot


def _jacobian(factor: Fraction) -> Callable[[Statement], Proof]:
    """Σ_j t_j times the residual, in free weights relative to the first prototype."""

    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            steps.verify("the conclusion is an identity", statement.trace(SMALL[0])[1].op == "eq0")

            def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
                x = statement.domain.namespace(sizes)
                c = [factor * d for d in a.distances(x.z, x.p)]
                nodes = [ex.boltzmann(cj - c[0], x.T) for cj in c]
                labels: dict[Expr, Label] = {ex.variable(WEIGHT, j): (WEIGHT, (j,)) for j in range(x.k)}
                root = contracted(statement.trace(sizes)[1].roots)
                return [ex.substitute(root, dict(zip(nodes, labels, strict=True)))], labels

            identity_for_all_sizes(steps, family, axes_of(statement), says="the Jacobian, for all positive weights")
            return ALL_SIZES

        return carry_out(argument)

    return prove


jacobian, jacobian_halved = _jacobian(Fraction(1)), _jacobian(Fraction(1, 2))
