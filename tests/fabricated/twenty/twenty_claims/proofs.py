"""Proofs of those of the twenty that have one for every k."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.lemmas.pairs import Term, nonnegative_for_all_sizes
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

AXES = (Carriers("k", {"q": 0, "a": 0}),)


def pairs(statement: Statement) -> Proof:
    """The conclusion vanishes identically on Σq = 1."""

    def argument(steps: Steps) -> str:
        identity_for_all_sizes(steps, lambda sizes: (statement.trace(sizes)[1].roots, {}), AXES, simplex="q")
        return "all k"

    return carry_out(argument)


def squares(statement: Statement) -> Proof:
    """The room is Σ_{i<j} q_i q_j (a_i² − a_j²)², or twice that."""

    def terms(factor: int) -> Any:
        return lambda x: [
            Term((ex.lift(factor), x.q[i], x.q[j]), (x.a[i] ** 2 - x.a[j] ** 2,))
            for i in range(x.k)
            for j in range(i + 1, x.k)
        ]

    def with_factor(factor: int) -> Proof:
        def argument(steps: Steps) -> str:
            nonnegative_for_all_sizes(steps, statement, terms(factor), AXES, simplex="q")
            return "all k"

        return carry_out(argument)

    return next((p for p in map(with_factor, (1, 2)) if p.outcome == "proved"), with_factor(1))


def below_average(statement: Statement) -> Proof:
    """The numbers that should all be positive have the sum 0."""

    def argument(steps: Steps) -> str:
        for k in range(1, 8):
            given = {h.id: t for h, t in statement.trace({"k": k})[0]}
            x = statement.domain.namespace({"k": k})
            steps.verify(f"there are k numbers that should be positive (k = {k})", len(given["below"].roots) == k)
            last = {x.q[-1]: 1 - ex.total(x.q[:-1])}
            steps.verify(
                f"their sum vanishes on Σq = 1 (k = {k})", identity(ex.substitute(ex.total(given["below"].roots), last))
            )
        steps.note("Σ_j (1/k − q_j) = 1 − Σq for every k, and numbers that are all positive have no sum 0")
        return "all k"

    proof = carry_out(argument)
    return replace(proof, outcome="vacuous") if proof.outcome == "proved" else proof
