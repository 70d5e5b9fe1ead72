"""Abstract, §5.4, §9: V makes collapse impossible, or unstable, without any auxiliary term.

Frozen features, prototypes free.  At total collapse on the mean (`collapsed`) a displacement grows under L_q at (2/k)(c S/T − N), c = 2
with the stopped and 4 with the full gradient: collapse is unstable for T < c λ_max(Σ) and attracts for T > c λ_max.  Under
L_OLS alone the growth is (2/k) c S/T > 0.  The difference, −(2/k) N at every T, is what V = L_q − L_OLS contributes: V holds
collapse together.  L_q collapses where V wins; L_OLS never does.

Native prototypes P = ZᵀW, W trained: with p_j = z̄ + e Σ_n ω_nj z_n the quadratic form of W is that of P at v = Zᵀω.  The matrix of the
flow is ZZᵀ ⊗ (symmetric), whose inertia on the span of the data is that of the symmetric factor (Sylvester), and the
eigenvectors of Σ with λ > 0 lie in that span: the same thresholds, other rates.

A trainable backbone.  Training with the stopped gradient descends F_T = −T mean log Σ_j e^{−d_nj/T} in features and prototypes.
Since d ≥ 0, F_T ≥ −T log k, with equality iff every z_n equals every p_j: total collapse of features and prototypes is a
global minimum at every T.  Around it F_T = −T log k + (e²/k) mean_n Σ_j ‖δz_n − v_j‖² + …, free of T, whatever the backbone:
all displacements but common shifts decay.  Normalised features change nothing, as a backbone that can send all samples to
one direction is one more backbone; a threshold returns only while the features stay spread.
For z_n = θx_n (or any features homogeneous in θ, P free or native), Euler's identity gives
    ½ d/dt(‖θ‖² + ‖P‖²) = −2 L_q   (native: ½ d/dt ‖θ‖² = −2 L_q),
so that no other state is at rest and every run shrinks towards total collapse, at every T and from every start.
"""

from __future__ import annotations

from ddcl_theory.claim import (
    Claim,
    Figure,
    Reading,
    Source,
)
from ddcl_theory.claims.ddcl import collapse_resistance_frozen as frozen
from ddcl_theory.claims.ddcl import collapse_resistance_joint as joint
from ddcl_theory.claims.ddcl.float_rows_collapse import joint_parts

CLAIM = Claim(
    id="ddcl.collapse-resistance",
    title="Resistance to collapse without auxiliary terms",
    source=Source("ddcl", "Abstract, §5.4, §9"),
    says=r"V \text{ makes collapse impossible or unstable without any auxiliary term}",
    derivation=__doc__,
    uses=("ddcl.proposition6", "ddcl.proposition5", "ddcl.theorem1"),
    readings=(
        Reading(
            "stopped",
            "features frozen, prototypes free, stopped gradient; collapse of all prototypes on the mean of the data",
            (frozen.exists("stopped"), frozen.unstable("stopped"), frozen.attracts("stopped"), frozen.role("stopped")),
            as_printed=True,
        ),
        Reading(
            "full",
            "features frozen, prototypes free, gradient through the soft assignment",
            (frozen.exists("full"), frozen.unstable("full"), frozen.attracts("full"), frozen.role("full")),
        ),
        Reading(
            "native",
            "features frozen, P = ZᵀW with W trained, stopped gradient",
            (frozen.NATIVE_UNSTABLE, frozen.SAME_FORM),
        ),
        Reading(
            "end-to-end",
            "features trained together with the prototypes; total collapse of both",
            (joint.END_TO_END_UNSTABLE, joint.KEEPS_SCALE, joint.LOWEST),
        ),
        Reading("end-to-end-normalised", "the same with features of unit length", (joint.SPHERE_UNSTABLE,)),
        *(
            Reading(dtype, f"what ddcl_core computes near collapse in {dtype}", joint_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
    figures=(
        Figure(
            "phase",
            "Where collapse is stable",
            "Two rows of six panels over temperature and shape of the data: collapse attracts above a line under L_q with stopped and "
            "full gradients, and nowhere with free assignments or under L_OLS; descents agree.",
            "Above: sign of the largest eigenvalue at total collapse, k = 2, 5 and 10 prototypes in the plane side by side, over T and the "
            "share of the variance on the first axis, from isotropic data (1/2) to data on a line (1). Dots: collapse repels; crosses: "
            "it attracts. Below: descents of three prototypes from four random starts; dots: none ends collapsed; diamonds: some; "
            "crosses: all. Lines: T = 2 λ_max and 4 λ_max; dashed: half the squared diameter, above which no other state is at rest "
            "under the stopped gradient.",
            "ddcl_theory.claims.ddcl.figures.phase:phase_diagram",
        ),
        Figure(
            "joint",
            "Joint training of features and prototypes",
            "Distance between features and prototypes over time: it falls towards zero for linear and MLP backbones, normalised or "
            "not, and stays for frozen features.",
            "Root of L_q over its start along joint training with the stopped gradient, from features spread about one place; T = 0.1 "
            "(solid) and 10 (dashed). Only frozen features keep their distance.",
            "ddcl_theory.claims.ddcl.figures.joint:spread_over_time",
        ),
    ),
)
