"""Boundedness under λ_P > k λ_sep, and descent.

bounded: on the rays ½ d‖P‖²/dt = −2 (λ_P − k λ_sep) ‖P‖².  For every trajectory: E = (λ_P − k λ_sep) ‖P‖² + λ_sep ‖Σ p_j‖² +
Σ q d + λ_bal KL + λ_ent L_ent with every term but the first bounded below on the simplex, and E never rises.
descent: −dE/dt = ‖Ṗ‖² + ‖q̇‖² on every face.
mean: with λ_P ≥ k λ_sep, E − λ_sep ‖Σ p_j‖² = (λ_P − k λ_sep) ‖P‖² + Σ q d ≥ 0.
centred: with z = 0, ⟨∇_P E, P⟩ − 2 (λ_P − k λ_sep) ‖P‖² = 2 λ_sep ‖Σ p_j‖² + 2 Σ q_nj ‖p_j‖² ≥ 0.
continuum: with z = 0, E is of degree 2 in P with coefficients that are linear in Q, so its slopes vanish at P = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.ddcl.theorem4_dissipation import chain_rule, property_of_the_cone
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import theorem4_limits as limits
from ddcl_theory.claims.ddcl.theorem4_dissipation import face_motion
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange, logarithm
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity


def _text(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{n} = {s}" for n, s in sizes.items())


def bounded(statement: Statement) -> Proof:
    """The rays do not grow, and the energy bounds ‖P‖ along every trajectory."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            others = x.p[1:]
            centre = [ex.mean(row[i] for row in others) for i in range(x.d)]
            size = ex.total(ex.norm2(ex.minus(row, centre)) for row in others)
            gap = x.weight - x.k * x.sep
            steps.verify(
                f"on rays the conclusion is a multiple of (λ_P − k λ_sep) ‖P_0‖² at {_text(sizes)}",
                conclusion.op == "ge0" and any(identity(conclusion.roots[0] - c * gap * size) for c in range(1, 10)),
            )
            strict = [r for _, t in given if t.op == "gt0" for r in t.roots]
            steps.verify(f"λ_P > k λ_sep is a hypothesis at {_text(sizes)}", any(identity(gap - r) for r in strict))
        quadratic_form(steps)
        logarithm.verify(steps)
        steps.note("with x_j = k q_j: KL ≥ 0 and −log k ≤ L_ent ≤ 0, so E ≥ (λ_P − k λ_sep) ‖P‖² − |λ_ent| log k")
        steps.note(
            "E never rises (the dissipation identity), so ‖P(t)‖² ≤ (E(0) + |λ_ent| log k) / (λ_P − k λ_sep) for all t"
        )
        return ALL_SIZES

    return carry_out(argument)


def quadratic_form(steps: Steps) -> None:
    """E without logarithms = (λ_P − k λ_sep) ‖P‖² + λ_sep ‖Σ p‖² + Σ q d, for every n, k and d."""
    lagrange.verify(steps)
    axes = (Carriers("k", {"p": 0, "q": 1}), Carriers("n", {"z": 0, "q": 0}), Carriers("d", {"z": 1, "p": 1}))
    identity_for_all_sizes(
        steps, _family, axes, says="E without logarithms = (λ_P − κ λ_sep) ‖P‖² + λ_sep ‖Σ p‖² + Σ q d, κ for k"
    )


def _family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    n, k, d = sizes["n"], sizes["k"], sizes["d"]
    z = [[ex.variable("z", i, j) for j in range(d)] for i in range(n)]
    p = [[ex.variable("p", i, j) for j in range(d)] for i in range(k)]
    q = [[ex.variable("q", i, j) for j in range(k)] for i in range(n)]
    sep, weight = ex.variable("sep"), ex.variable("weight")
    energy = e.quantization(z, p, q) - sep * lagrange.spread(p) + weight * e.square(p)
    total = [ex.total(row[i] for row in p) for i in range(d)]
    bound = (weight - lagrange.KAPPA * sep) * e.square(p) + sep * ex.norm2(total)
    distances = ex.total(
        w * ex.norm2(ex.minus(s, row)) for s, share in zip(z, q, strict=True) for w, row in zip(share, p, strict=True)
    )
    return [energy - bound - distances], {}


def descent(statement: Statement) -> Proof:
    """The conclusion is a positive multiple of ‖Ṗ‖² + ‖q̇‖² at the sizes of the domain, on the simplex."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            conclusion = statement.trace(sizes)[1]
            _, down, turn = face_motion(x)
            on_simplex = {x.q[-1]: 1 - ex.total(x.q[:-1])}
            squares = ex.norm2(down) + ex.norm2(turn)
            steps.verify(
                f"−dE/dt is a multiple of a sum of squares at {_text(sizes)}",
                conclusion.op == "ge0"
                and any(identity(ex.substitute(conclusion.roots[0] - c * squares, on_simplex)) for c in (1, 2, 3, 4)),
            )
        chain_rule(steps)
        property_of_the_cone(steps)
        steps.note("for all sizes: −dE/dt = ‖Ṗ‖² − ⟨∇_q E, q̇⟩ and ⟨−∇_q E, q̇⟩ = ‖q̇‖²")
        return "all k, d and faces, one sample"

    return carry_out(argument)


def _multiple(root: Expr, of: Expr) -> bool:
    """Whether the expression is one of the first whole multiples of another."""
    return any(identity(root - c * of) for c in range(1, 10))


def mean(statement: Statement) -> Proof:
    """The energy of the start bounds the sum of the prototypes and the integrated dissipation."""

    def argument(steps: Steps) -> str:
        _signs(steps, statement)
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            gap = x.weight - x.k * x.sep
            steps.verify(
                f"the conclusion is a multiple of E − λ_sep ‖Σ p_j‖² at {_text(sizes)}",
                conclusion.op == "ge0" and _multiple(conclusion.roots[0], limits.mean_held(x)),
            )
            allowed = [r for _, t in given if t.op in ("ge0", "gt0") for r in t.roots]
            steps.verify(f"λ_P ≥ k λ_sep is a hypothesis at {_text(sizes)}", any(identity(gap - r) for r in allowed))
        quadratic_form(steps)
        steps.note("E − λ_sep ‖Σ p_j‖² = (λ_P − k λ_sep) ‖P‖² + Σ q d is a sum of non-negative terms")
        steps.note("E never rises, so E(0) bounds λ_sep ‖Σ p_j(t)‖² and ∫ r² ≥ t · min r²")
        return ALL_SIZES

    return carry_out(argument)


def _signs(steps: Steps, statement: Statement) -> None:
    kinds = {v.name: v.kind for v in statement.domain.variables}
    steps.verify("λ_sep ≥ 0 and q ≥ 0 are hypotheses", (kinds["sep"], kinds["q"]) == ("nonnegative", "simplex"))


def centred(statement: Statement) -> Proof:
    """With samples at the origin, ‖P‖² falls at least as fast as e^{−4 (λ_P − k λ_sep) t}."""

    def argument(steps: Steps) -> str:
        _signs(steps, statement)
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            conclusion = statement.trace(sizes)[1]
            total = [ex.total(row[i] for row in x.p) for i in range(x.d)]
            held = ex.total(share * ex.norm2(row) for shares in x.q for share, row in zip(shares, x.p, strict=True))
            steps.verify(
                f"the conclusion is a multiple of λ_sep ‖Σ p_j‖² + Σ q_nj ‖p_j‖² at {_text(sizes)}",
                conclusion.op == "ge0" and _multiple(conclusion.roots[0], x.sep * ex.norm2(total) + held),
            )
        lagrange.verify(steps)
        axes = (Carriers("k", {"p": 0, "q": 1}), Carriers("n", {"q": 0}), Carriers("d", {"p": 1}))
        identity_for_all_sizes(
            steps, _pull, axes, says="⟨∇_P E, P⟩ = 2 (λ_P − κ λ_sep) ‖P‖² + 2 λ_sep ‖Σ p‖² + 2 Σ q_nj ‖p_j‖², κ for k"
        )
        return ALL_SIZES

    return carry_out(argument)


def _centred(sizes: Mapping[str, int], p: Any, q: Any) -> Expr:
    """E with samples at the origin, κ for k."""
    origin = [[ex.ZERO] * sizes["d"] for _ in range(sizes["n"])]
    quadratic = ex.variable("weight") * e.square(p) - ex.variable("sep") * lagrange.spread(p)
    return e.quantization(origin, p, q) + quadratic


def _pull(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    p, q = _grid("p", sizes["k"], sizes["d"]), _grid("q", sizes["n"], sizes["k"])
    value = _centred(sizes, p, q)
    inward = ex.total(ex.dot(e.gradient(value, row), row) for row in p)
    sep, weight = ex.variable("sep"), ex.variable("weight")
    total = [ex.total(row[i] for row in p) for i in range(sizes["d"])]
    held = ex.total(share * ex.norm2(row) for shares in q for share, row in zip(shares, p, strict=True))
    bound = (weight - lagrange.KAPPA * sep) * e.square(p) + sep * ex.norm2(total) + held
    return [inward - 2 * bound], {}


def _grid(name: str, rows: int, columns: int) -> list[list[Expr]]:
    return [[ex.variable(name, i, j) for j in range(columns)] for i in range(rows)]


def continuum(statement: Statement) -> Proof:
    """With samples at the origin, E has slope 0 at (0, Q) in every direction."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            conclusion = statement.trace(sizes)[1]
            steps.verify(
                f"the slope vanishes identically at {_text(sizes)}",
                conclusion.op == "eq0" and all(identity(r) for r in conclusion.roots),
            )
        lagrange.verify(steps)
        axes = (
            Carriers("k", {"a": 0, "q": 1, "b": 1}),
            Carriers("n", {"q": 0, "b": 0}),
            Carriers("d", {"a": 1}),
        )
        identity_for_all_sizes(steps, _slope, axes, says="DE(0, Q) (A, B) = 0, κ for k")
        return ALL_SIZES

    return carry_out(argument)


def _slope(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    a, b = _grid("a", sizes["k"], sizes["d"]), _grid("b", sizes["n"], sizes["k"])
    q = _grid("q", sizes["n"], sizes["k"])
    origin = [[ex.ZERO] * sizes["d"] for _ in range(sizes["k"])]
    return [ex.derivative_at_zero(lambda t: _centred(sizes, e.moved(origin, t, a), e.moved(q, t, b)))], {}
