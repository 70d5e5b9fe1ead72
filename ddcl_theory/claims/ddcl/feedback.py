"""(38), the cycle: D_P ↑ ⇒ C_q ↑ ⇒ S_q ↓ ⇒ force ↓ ⇒ D_P ↓, link by link.

D_P ↑ ⇒ C_q ↑: false.  Concentration is about the sample: z = 0 and p = (0, 1) → (−1, 1) spreads the prototypes and makes
the assignment uniform.  True for scaling about the sample, P' = z + σ(P − z), which acts on q like the temperature T/σ²:
dC/dσ = (4σ/T) Σ_{i<j} q_i q_j (q_i − q_j)(d_j − d_i) ≥ 0.

C_q ↑ ⇒ S_q ↓: for the trace an identity, tr S_q = 1 − C_q, no step of a dynamics.  Not in the Loewner order, and not if C_q
is the largest share, for k ≥ 3.

S_q ↓ ⇒ force ↓: false at given P for k ≥ 3, whether S_q falls in trace or in the Loewner order (what falls then is
V = tr(PS_qPᵀ), not ‖PS_q‖); false for k = 2 if P moves, as it does in the cycle.  What holds is a bound: from
PS_q = Σ_{i<j} q_i q_j (p_i − p_j)(e_i − e_j)ᵀ the triangle inequality gives ‖2PS_q‖_F ≤ √2 D tr S_q, D the diameter.

Force ↓ ⇒ D_P ↓: along −∇_P V the sum over pairs of ‖p_i − p_j‖² changes at −4kV ≤ −2k ‖2PS_q‖_F² (Propositions 6, 7): the
force contracts, so a weaker one contracts less.  Along −∇_P L_q the rate is 4k Σ_j q_j (p_j − p̄)·(z − p_j), of either sign.
"""

from __future__ import annotations

from ddcl_theory.claim import (
    Claim,
    Reading,
    Source,
)
from ddcl_theory.claims.ddcl.feedback_assignment import CONCENTRATES, LARGEST_COVARIANCE, LARGEST_GROWS, LOEWNER, TRACE
from ddcl_theory.claims.ddcl.feedback_force import FORCE, FORCE_LOEWNER, FORCE_MOVING, LOSS_SEPARATES, SEPARATES
from ddcl_theory.claims.ddcl.float_rows_assignment import feedback_parts

CLAIM = Claim(
    id="ddcl.feedback",
    title="The feedback cycle, link by link",
    source=Source("ddcl", "§5.5, (38)"),
    says=r"D_P \uparrow \Rightarrow C_q \uparrow \Rightarrow "
    r"S_q \downarrow \Rightarrow \|\nabla_P V\| \downarrow \Rightarrow D_P \downarrow",
    derivation=__doc__,
    uses=("ddcl.proposition6.mechanism", "ddcl.proposition7", "ddcl.covariance"),
    readings=(
        Reading(
            "trace",
            "D_P the mean squared distance, C_q = ‖q‖², S_q by its trace U_q, the force in the Frobenius norm, D_P along −∇_P V",
            (CONCENTRATES, TRACE, FORCE, FORCE_MOVING, SEPARATES),
            as_printed=True,
        ),
        Reading("loewner", "S_q in the Loewner order", (LOEWNER, FORCE_LOEWNER)),
        Reading("largest", "D_P the mean distance, C_q the largest share", (LARGEST_GROWS, LARGEST_COVARIANCE)),
        Reading("loss", "D_P along a descent step on L_q at the current assignment", (LOSS_SEPARATES,)),
        *(
            Reading(dtype, f"D_P, U_q and the force that ddcl_core computes in {dtype}", feedback_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
