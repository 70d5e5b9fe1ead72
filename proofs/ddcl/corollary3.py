"""Corollary 3 for every n, k and d.

one_step: both derivatives along u are 2 Σ_n u_n·(z_n − Pq_n); samples add, one sample is lifted.
prototypes_part: ∂(L_q − L_OLS)/∂P = 2 P S_q for one sample with soft assignments; samples add.
"""

from __future__ import annotations

from typing import Any

from ddcl_proofs.ddcl import backbone
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity


def one_step(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            conclusion = statement.trace(sizes)[1]
            text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
            steps.verify("the conclusion is an identity", conclusion.op == "eq0")
            steps.verify(f"it vanishes identically at {text}", all(identity(r) for r in conclusion.roots))

        def family(sizes: Any) -> tuple[list[Expr], dict[Expr, Any]]:
            x = backbone.HELD.namespace(sizes)
            still = nat.still(x.p)
            values = [nat.held(nat.LOSSES[name], x.z, x.u, x.p, still, x.q) for name in ("quantization", "ols")]
            return [v - nat.pull(x.z, x.u, x.p, x.q) for v in values], {}

        identity_for_all_sizes(
            steps, family, backbone.AXES, simplex="q", says="one sample, both losses: the derivative is 2u·(z − Pq)"
        )
        steps.note("the losses add over the samples, and each term has the same value for both")
        return "all n, k, d"

    return carry_out(argument)


def prototypes_part(statement: Statement) -> Proof:
    axes = (Carriers("k", {WEIGHT: 0, "p": 0, "r": 0}), Carriers("d", {"z": 0, "p": 1, "r": 1}))

    def argument(steps: Steps) -> str:
        def family(sizes: Any) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            first = ex.norm2(ex.minus(x.z, x.p[0]))
            residual, labels = weights(statement.trace(sizes)[1].roots[0], x, anchor=first)
            return [residual], labels

        identity_for_all_sizes(steps, family, axes, simplex=WEIGHT, says="the gap after one step, one sample")
        steps.note("steps at one rate add over the samples")
        return ALL_SIZES

    return carry_out(argument)
