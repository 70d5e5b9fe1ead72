"""Proposition 7, what holds of it: the columns of 2PS_q, its limits, k = 2, and the bound ‖2PS_q‖_F² ≤ 2V for all k and d."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_proofs.ddcl import limits
from ddcl_proofs.ddcl.covariance_monotone import alpha, grows_for_two
from ddcl_proofs.ddcl.shares import AXES, demand, equals, nonnegative_shares
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.covariance_monotone import after, before
from ddcl_theory.claims.ddcl.force import principal_minors
from ddcl_theory.claims.ddcl.proposition7_monotone import gram
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

D_AXIS = (Carriers("d", {"z": 0, "p": 1, "v": 0}),)


def columns(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        equals(steps, statement, "eq0", lambda x, q: ex.ZERO, "the columns along any e, with free multipliers")
        return ALL_SIZES

    return carry_out(argument)


def homogeneous(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        equals(steps, statement, "eq0", lambda x, q: ex.ZERO, "homogeneity of degree 2 about z")
        return ALL_SIZES

    return carry_out(argument)


cold, hot = limits.cold, limits.hot


def _for_two(value: Callable[[Any, Expr, Expr], Expr], says: str) -> Callable[[Steps, Statement], None]:
    """The conclusion at k = 2 as a function of α = q_1 q_2 at both assignments, for all d."""

    def verify(steps: Steps, statement: Statement) -> None:
        steps.verify("two prototypes", tuple(statement.domain.sizes["k"]) == (2, 2))
        grows_for_two(steps, statement)

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
            x = statement.domain.namespace({"k": 2, **sizes})
            root = statement.trace({"k": 2, **sizes})[1].roots[0]
            hard, soft = before(x), after(x)
            difference = root - value(x, alpha(hard), alpha(soft))
            if hasattr(x, "q"):
                return [ex.substitute(difference, {x.q[1]: 1 - x.q[0]})], {}
            first = {hard[0]: ex.variable("q_1 of T1"), soft[0]: ex.variable("q_1 of T2")}
            second = {hard[1]: 1 - first[hard[0]], soft[1]: 1 - first[soft[0]]}
            return [ex.substitute(difference, first | second)], {}

        identity_for_all_sizes(steps, family, D_AXIS, says=says)

    return verify


def _step(x: Any) -> list[Expr]:
    return ex.minus(x.p[0], x.p[1])


def two_frobenius(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        steps.verify("the conclusion says ≥ 0", statement.trace({"k": 2, "d": 1})[1].op == "ge0")
        _for_two(
            lambda x, hard, soft: 8 * (soft - hard) * (soft + hard) * ex.norm2(_step(x)),
            "the conclusion is 8(α_2 − α_1)(α_2 + α_1)‖p_1 − p_2‖², α = q_1 q_2",
        )(steps, statement)
        return "all d, k = 2"

    return carry_out(argument)


def two_operator(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        steps.verify("the conclusion says ≥ 0", statement.trace({"k": 2, "d": 1})[1].op == "ge0")
        _for_two(
            lambda x, hard, soft: x.c * ex.norm2(x.v) - 8 * hard**2 * ex.dot(_step(x), x.v) ** 2,
            "the conclusion is c‖v‖² − 8α_1² (u·v)², u = p_1 − p_2",
        )(steps, statement)
        places = [{"k": 2, "d": 1}, {"k": 2, "d": 2}, {"k": 2, "d": 3}]

        def minors(x: Any) -> list[Expr]:
            return principal_minors(u.below(x.c, gram(x.p, after(x))))

        demand(steps, statement, "bound", "ge0", minors, "c I − 4PS_q²Pᵀ ⪰ 0 at T2 is a hypothesis", places)
        steps.note("along u it says c‖u‖² ≥ 8α_2² ‖u‖⁴, and c ≥ 0, so that c ≥ 8α_2² ‖u‖² ≥ 8α_1² ‖u‖²")
        steps.note("(u·v)² ≤ ‖u‖²‖v‖² by Cauchy and Schwarz")
        return "all d, k = 2"

    return carry_out(argument)


def verify_half(steps: Steps) -> None:
    """S_q ⪯ ½ I for every k: vᵀS_q v ≤ ‖v‖²/2."""
    top, low = ex.variable("top"), ex.variable("low")

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
        q, v = ([ex.variable(name, j) for j in range(sizes["k"])] for name in ("q", "v"))
        middle = ex.dot(q, v)
        slack = ex.total(w * (top - c) * (c - low) for w, c in zip(q, v, strict=True))
        return [u.moments(q, v) + slack - (top - middle) * (middle - low)], {}

    identity_for_all_sizes(
        steps, family, AXES[:1], simplex="q", says="vᵀS_q v + Σ q_j (b − v_j)(v_j − a) = (b − ⟨v⟩)(⟨v⟩ − a)"
    )
    middle = ex.variable("middle")
    square = (top - low) ** 2 / 4 - (top - middle) * (middle - low) - (middle - (top + low) / 2) ** 2
    steps.verify("(b − m)(m − a) = (b − a)²/4 − (m − (a + b)/2)²", identity(square))
    steps.verify(
        "(b − a)²/4 = (a² + b²)/2 − (a + b)²/4",
        identity((top**2 + low**2) / 2 - (top + low) ** 2 / 4 - (top - low) ** 2 / 4),
    )
    steps.note(
        "with a and b the least and the largest entry of v, vᵀS_q v ≤ (b − a)²/4 ≤ (a² + b²)/2 ≤ ‖v‖²/2, or v is constant and "
        "vᵀS_q v = 0"
    )


def rows(p: Sequence[Sequence[Expr]]) -> list[list[Expr]]:
    """The rows of P, one for each dimension."""
    return [[row[i] for row in p] for i in range(len(p[0]))]


def twice_variance_less_force(p: Sequence[Sequence[Expr]], q: Sequence[Expr]) -> Expr:
    """Σ_i 2 vᵀS_q v − 4 ‖S_q v‖² over the rows v of P."""
    s = u.covariance(q)
    return ex.total(2 * u.moments(q, v) - 4 * ex.norm2(u.times(s, v)) for v in rows(p))


def below_variance(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        equals(
            steps, statement, "ge0", lambda x, q: twice_variance_less_force(x.p, q),
            "the conclusion is Σ_i 2 vᵀS_q v − 4 ‖S_q v‖² over the rows v of P",
        )  # fmt: skip
        verify_half(steps)
        nonnegative_shares(steps, statement)
        steps.note("S_q and ½ I − S_q are ⪰ 0 and commute, so that 4 S_q(½ I − S_q) = 2S_q − 4S_q² ⪰ 0")
        return ALL_SIZES

    return carry_out(argument)
