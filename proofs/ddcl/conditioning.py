"""Curvatures of the dual layer for every n and d, and the family of standardised features."""

from __future__ import annotations

from ddcl_theory.claim import Statement
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

AXES = (
    Carriers("n", {"z": 0, "w": 0, "q": 0, "x": 0, "y": 0, "f": 0}),
    Carriers("d", {"z": 1, "r": 0}),
)


def _identities(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        steps.verify("the conclusion is an identity", statement.trace({"n": 1, "d": 1})[1].op == "eq0")
        for place in range(len(statement.trace({"n": 1, "d": 1})[1].roots)):
            identity_for_all_sizes(
                steps,
                lambda sizes, place=place: ([statement.trace(sizes)[1].roots[place]], {}),  # type: ignore[misc]
                AXES,
                says=f"identity {place + 1}",
            )
        return "all n, d"

    return carry_out(argument)


def curvature(statement: Statement) -> Proof:
    """H(X) = 2(Σq) ‖ZᵀX‖² in the weights and 2(Σq) ‖r‖² in a free prototype."""
    return _identities(statement)


def embedded(statement: Statement) -> Proof:
    """A coordinate that is 0 in every sample changes no curvature."""
    return _identities(statement)


def appended(statement: Statement) -> Proof:
    """A feature f adds 2(Σq)(f·X)²."""
    return _identities(statement)


def family(statement: Statement) -> Proof:
    """Rational identities in t."""

    def argument(steps: Steps) -> str:
        conclusion = statement.trace({})[1]
        steps.verify("the conclusion is an identity", conclusion.op == "eq0")
        for place, root in enumerate(conclusion.roots):
            steps.verify(f"identity {place + 1} holds for every t", identity(root))
        return "all t"

    return carry_out(argument)
