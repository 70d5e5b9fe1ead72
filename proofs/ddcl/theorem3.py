"""Theorem 3: statements of real algebra in a, b, c, e, η_θ, η_P > 0, decided by Z3 for all real values."""

from __future__ import annotations

from ddcl_theory.claim import Statement
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.proof import Proof, Steps, carry_out


def for_all_entries(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        decide(steps, statement, {}, "no real entries meet the hypotheses and violate the conclusion")
        return "all real a, b, c, e, η_θ, η_P > 0"

    return carry_out(argument)
