"""Remark 1: homogeneity of the two quadratic terms, and the rate at which they open or close the spread, for every k and d.

Lagrange's identity turns S = Σ_{i<j} ‖p_i − p_j‖² into κ Σ ‖p_j‖² − ‖Σ p_j‖² with κ = k, a number of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.remark1 import spread
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

AXES = (Carriers("k", {"p": 0}), Carriers("d", {"p": 1}))


def _rows(sizes: Mapping[str, int]) -> list[list[Expr]]:
    return [[ex.variable("p", j, i) for i in range(sizes["d"])] for j in range(sizes["k"])]


def _vanishing(steps: Steps, statement: Statement) -> None:
    for sizes in statement.domain.all_sizes():
        conclusion = statement.trace(sizes)[1]
        text = f"k = {sizes['k']}, d = {sizes['d']}"
        steps.verify(
            f"vanishes identically at {text}", conclusion.op == "eq0" and all(identity(r) for r in conclusion.roots)
        )


def same_order(statement: Statement) -> Proof:
    """S(tP) = t² S(P) and ‖tP‖² = t² ‖P‖², with S in Lagrange's form."""

    def argument(steps: Steps) -> str:
        _vanishing(steps, statement)
        lagrange.verify(steps)
        identity_for_all_sizes(steps, _scaled, AXES, says="both are homogeneous of degree 2")
        steps.note("‖tP‖² S(P) − ‖P‖² S(tP) = (t² − t²) ‖P‖² S(P)")
        return ALL_SIZES

    return carry_out(argument)


def unbounded(statement: Statement) -> Proof:
    """S · (t² S − M) = M² + M S + S² at t = (M + S)/S."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            own = spread(x.p)
            text = f"k = {sizes['k']}, d = {sizes['d']}"
            value = x.M**2 + x.M * own + own**2
            reached = conclusion.op == "ge0" and any(identity(own * conclusion.roots[0] - c * value) for c in (1, 2))
            steps.verify(f"S times the conclusion is a multiple of M² + M S + S² at {text}", reached)
            strict = [r for _, t in given if t.op == "gt0" for r in t.roots]
            steps.verify(
                f"S > 0 and M > 0 are hypotheses at {text}",
                all(any(identity(w - r) for r in strict) for w in (own, x.M)),
            )
        lagrange.verify(steps)
        identity_for_all_sizes(steps, _scaled, AXES, says="S is homogeneous of degree 2")
        steps.note("S(tP) = t² S for every k and d; the rest is about the two numbers M and S")
        return ALL_SIZES

    return carry_out(argument)


def _scaled(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """S(tP) − t² S(P) and ‖tP‖² − t² ‖P‖², S in Lagrange's form."""
    t, p = ex.variable("t"), _rows(sizes)
    far = [ex.scaled(t, row) for row in p]
    return [lagrange.spread(far) - t**2 * lagrange.spread(p), e.square(far) - t**2 * e.square(p)], {}


def _law(pairs: str) -> Callable[[Statement], Proof]:
    """dS/dt + 4 (λ_P − κφ λ_sep) S vanishes: with Σp the gradient of κ‖P‖² − ‖Σp‖² is 2(κ p_j − Σp)."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        p, flat = _rows(sizes), [v for row in _rows(sizes) for v in row]
        weight, sep = ex.variable("weight"), ex.variable("sep")
        # Differences are what S is made of: their velocities decide.
        value = weight * e.square(p) - sep * ex.variable("phi") * lagrange.spread(p)
        total = [ex.total(row[i] for row in p) for i in range(sizes["d"])]
        slopes = e.gradient(value, flat)
        wanted = [
            2 * (weight - sep * ex.variable("phi") * lagrange.KAPPA) * row[i] + 2 * sep * ex.variable("phi") * total[i]
            for row in p
            for i in range(sizes["d"])
        ]
        test = [ex.variable("m", j, i) for j in range(sizes["k"]) for i in range(sizes["d"])]
        return [ex.dot(test, [s - w for s, w in zip(slopes, wanted, strict=True)])], {}

    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            _vanishing(steps, statement)
            lagrange.verify(steps)
            axes = (Carriers("k", {"p": 0, "m": 0}), Carriers("d", {"p": 1, "m": 1}))
            identity_for_all_sizes(
                steps, family, axes, says=f"∂_j = 2 (λ_P − κφ λ_sep) p_j + 2 φ λ_sep Σp, {pairs} pairs with weight φ"
            )
            steps.note(
                "the last term is the same for all j, so that every difference p_i − p_j shrinks at the rate 2 (λ_P − kφ λ_sep)"
            )
            return "all k ≥ 3, d"

        return carry_out(argument)

    return prove


law_unordered = _law("unordered")
law_ordered = _law("ordered")
law_mean = _law("mean")
