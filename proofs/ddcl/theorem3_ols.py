"""The discriminant of a 2 × 2 matrix: 4 det J − (tr J)² = −(J_11 − J_22)² − 4 J_12 J_21."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import theorem3_ols as claim
from ddcl_theory.claims.ddcl.theorem3_spectrum import spiral
from ddcl_theory.proof import Proof, Steps, carry_out, identity


def criterion(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        x = claim.THREE.namespace({})
        given, conclusion = statement.trace({})
        entries = [[ex.variable("J", i, j) for j in range(2)] for i in range(2)]
        formula = -((entries[0][0] - entries[1][1]) ** 2) - 4 * entries[0][1] * entries[1][0]
        steps.verify("4 det J − (tr J)² = −(J_11 − J_22)² − 4 J_12 J_21", identity(spiral(entries) - formula))
        wanted = claim.spiral(x)
        steps.verify(
            "the conclusion is a multiple of 4 det J − (tr J)²",
            conclusion.op == "gt0" and conclusion.roots in ((wanted,), (2 * wanted,)),
        )
        turning = claim.turning(x)
        steps.verify(
            "the right side is positive by a hypothesis", any(t.op == "gt0" and t.roots == (turning,) for _, t in given)
        )
        return "all real entries"

    return carry_out(argument)
