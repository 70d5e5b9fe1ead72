"""Theorem 2.1: under XXᵀ = I_d the dual network puts out what the base network has for weights.

(3)–(5): Y = WX, YXᵀ = WXXᵀ = W. So the dual weights W_2 = PX give out Y_2 = P: every prototype matrix is realised, and
any loss of the prototypes has the same value.
- Sharper: a right inverse R of X is enough, XR = I_d, by W_2 = PRᵀ: X needs rank d, not white rows. Conversely W_2 Xᵀ = I
  and Xᵀv = 0 give v = W_2 Xᵀ v = 0, so if every P is realised X has rank d.
- XXᵀ = I_d asks for n ≥ d: n − d = ‖I_n − XᵀX‖², the rank of a projection.
- Trajectories: ∂L/∂W_2 = G X with G = ∂L/∂Y_2, so Y_2 moves along −G XXᵀ = −G: with any momentum, any loss, cells that move or
  not. Steps that act entry by entry (Adam) do not commute with X.
- "Unit variance" of centred features is XXᵀ = n I: then W_2 = PX gives nP, and the steps are n times as long. W_2 = PX/n
  and the rate η/n repair both.
- Batch normalisation makes the variances 1 and leaves the correlations.
"""

from __future__ import annotations

from dataclasses import replace

from ddcl_theory.claim import Amendment, Claim, FailingStep, Reading, Source
from ddcl_theory.claims.ddcl import duality, duality_features
from ddcl_theory.claims.ddcl.float_rows_native import step_parts
from ddcl_theory.claims.gbcl.float_rows_networks import realised_part
from ddcl_theory.claims.gbcl.theorem2_1_output import (
    FULL_RANK,
    OUTPUT,
    RANK_NEEDED,
    SAME_LOSS,
    SAMPLE_COUNT,
    STANDARD_OUTPUT,
)
from ddcl_theory.claims.gbcl.theorem2_1_steps import SAME_STEP, STANDARD_STEP, STEPS_SCALED


def _normalised(part, says):
    """What the paper says of batch normalisation, from the claim on DDCL, which says the same."""
    return replace(
        part, amendment=Amendment(STEPS_SCALED, FailingStep("after Theorem 2.1", says), part.amendment.advice)
    )


BATCH_NORMALISED = (
    _normalised(
        duality_features.UNCORRELATED,
        "batch normalisation acts on each feature alone; it cannot remove a correlation between two",
    ),
    _normalised(
        duality_features.UNIT_DIAGONAL, "unit variance is Σ_n x² = n; the dual network then steps n times as far"
    ),
)
ADAM = replace(
    duality.ADAM,
    amendment=replace(
        duality.ADAM.amendment,
        breaks=FailingStep(
            "Theorem 2.1, conclusion", "the equivalence of the steps needs steps linear in the gradient"
        ),
    ),
)

CLAIM = Claim(
    id="gbcl.theorem2.1",
    title="Network duality in competitive learning",
    source=Source("gbcl", "Theorem 2.1, (3)–(5)"),
    says=r"XX^\top = I_d \Rightarrow \text{the base network with prototypes as weights is equivalent to the dual with "
    r"prototypes as outputs}",
    derivation=__doc__,
    uses=("ddcl.duality",),
    readings=(
        Reading(
            "realised", "every prototype matrix is an output, with the same loss", (OUTPUT, SAME_LOSS), as_printed=True
        ),
        Reading(
            "trajectories",
            "from a common start (the reading before), gradient descent, with momentum or without, moves both alike",
            (SAME_STEP,),
        ),
        Reading("adam", "the first step of Adam moves both alike (samples as rows, Z = Xᵀ)", (ADAM,)),
        Reading("full-rank", "rank d in place of assumption 2, and that it is needed", (FULL_RANK, RANK_NEEDED)),
        Reading("sample-count", "what assumption 2 asks of the number of samples", (SAMPLE_COUNT,)),
        Reading("unit-variance", "centred features with variance 1 over the samples", (STANDARD_OUTPUT, STANDARD_STEP)),
        Reading(
            "batch-normalised",
            "batch normalisation brings about assumption 2 (samples as rows, Z = Xᵀ)",
            BATCH_NORMALISED,
        ),
        *(
            Reading(dtype, f"the layers of ddcl_core in {dtype}", (realised_part(dtype), *step_parts(dtype)))
            for dtype in ("float64", "float32")
        ),
    ),
)
