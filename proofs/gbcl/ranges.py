"""Ranges: hyperplanes and lines, singular values under XXᵀ = I, and hypotheses that only 0 meets."""

from __future__ import annotations

from dataclasses import replace

from ddcl_proofs.gbcl.subspaces import D, Equations, N, assumes, combines, concludes
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof, Steps, carry_out

LINE = Carriers("d", {"v": 0, "a": 0, "b": 0})
TRIPLE = (Carriers("n", {"z": 0, "v": 0}), Carriers("d", {"z": 1, "u": 0}))


def on(vector: list[Expr], roots: tuple[Expr, ...]) -> Expr:
    """vᵀGv for the entries i ≤ j of G, in the order in which the hypothesis lists them."""
    d = len(vector)
    pairs = [(i, j) for i in range(d) for j in range(i, d)]
    return ex.total((1 if i == j else 2) * vector[i] * vector[j] * g for (i, j), g in zip(pairs, roots, strict=True))


def once(statement: Statement) -> Proof:
    """(t − s) v·b is the difference of v·(a + tb) = 0 and v·(a + sb) = 0, and v·b ≠ 0."""

    def argument(steps: Steps) -> str:
        assumes(steps, statement, "ne0", lambda x: [ex.dot(x.v, x.b)], "v·b ≠ 0", (LINE,))
        concludes(steps, statement, "eq0", lambda x: [x.t - x.s], "t = s", (LINE,))
        times = replace(
            statement,
            conclusion=replace(
                statement.conclusion,
                values=lambda x: ex.dot(x.v, x.b) * ex.lift(statement.conclusion.values(x)),  # type: ignore[misc, arg-type]
            ),
            _traces={},
        )
        combines(
            steps, times, ("crosses-twice",), lambda x, e: e["crosses-twice"][0] - e["crosses-twice"][1], axes=(LINE,)
        )
        steps.note("v·b ≠ 0, so t − s = 0")
        return "all d"

    return carry_out(argument)


def values(statement: Statement) -> Proof:
    """σ² − 1 = u·(XXᵀ − I)u + (|u|² − 1) − (Xᵀu − σv)·(Xᵀu + σv) − σ²(|v|² − 1), and σ + 1 > 0."""

    def combination(x, e: Equations) -> Expr:  # type: ignore[no-untyped-def]
        gap = ex.total(f * (ex.dot(s, x.u) + x.s * v) for f, s, v in zip(e["singular"], x.z, x.v, strict=True))
        return on(x.u, e["orthonormal-features"]) + e["unit-u"][0] - gap - x.s**2 * e["unit-v"][0]

    def argument(steps: Steps) -> str:
        concludes(steps, statement, "eq0", lambda x: [x.s - 1], "σ = 1", TRIPLE)
        assumes(steps, statement, "ge0", lambda x: [x.s], "σ ≥ 0", TRIPLE)
        square = replace(
            statement,
            conclusion=replace(
                statement.conclusion,
                values=lambda x: ex.lift(statement.conclusion.values(x)) * (x.s + 1),  # type: ignore[misc, arg-type]
            ),
            _traces={},
        )
        needs = ("orthonormal-features", "singular", "unit-u", "unit-v")
        combines(steps, square, needs, combination, axes=TRIPLE, says="(σ − 1)(σ + 1) is a sum of multiples")
        steps.note("σ + 1 > 0, so σ = 1")
        return "all n, d"

    return carry_out(argument)


def _empty(proof: Proof) -> Proof:
    """Hypotheses that contradict each other show that the part is empty, not that it is true."""
    return replace(proof, outcome="vacuous") if proof.outcome == "proved" else proof


MIRRORED = (Carriers("n", {"z": 0}), Carriers("d", {"z": 1, "u": 0, "test d": 0}))


def no_negative_value(statement: Statement) -> Proof:
    """(σ + 1)u = 0 with σ ≥ 0 leaves u = 0 only, and u ≠ 0."""

    def argument(steps: Steps) -> str:
        assumes(steps, statement, "ge0", lambda x: [x.s], "σ ≥ 0", MIRRORED)
        assumes(steps, statement, "eq0", lambda x: ex.scaled(x.s + 1, x.u), "(σ + 1)u = 0", MIRRORED, "d")
        assumes(steps, statement, "ne0", lambda x: x.u, "u ≠ 0", MIRRORED, "d")
        steps.note("σ + 1 > 0, so that u = 0, against u ≠ 0: no singular vector has the value −1")
        return "all n, d"

    return _empty(carry_out(argument))


def no_surplus(statement: Statement) -> Proof:
    """|v|² = Σ_n (v·x_n)(v·x_n) − v·(XXᵀ − I)v = 0, and v ≠ 0."""

    def argument(steps: Steps) -> str:
        assumes(steps, statement, "ne0", lambda x: x.v, "v ≠ 0", (N, D), "d")
        square = replace(
            statement, conclusion=replace(statement.conclusion, values=lambda x: ex.norm2(x.v)), _traces={}
        )
        combines(
            steps,
            square,
            ("orthonormal-features", "orthogonal"),
            lambda x, e: ex.total(f**2 for f in e["orthogonal"]) - on(x.v, e["orthonormal-features"]),
            axes=(N, D),
            says="|v|² is a sum of multiples of the hypotheses",
        )
        steps.note("v = 0, against v ≠ 0; n equations Xᵀv = 0 in d > n unknowns have such a solution")
        return "all n, d"

    return _empty(carry_out(argument))
