"""Does Theorem 4 cover DDCL as trained?  There q = softmax(−d/T) is tied to the prototypes and T falls.

Stopped gradient: P follows −Σ_n q_nj 2 (p_j − z_n).  This is −∇F_T for the free energy F_T = −T Σ_n log Σ_j e^{−d_nj/T}, since
∂F_T/∂d_nj = q_nj.  Hence
- equilibria are stationary points of F_T.  They are KKT points of E only if each sample's distances agree wherever q > 0,
  that is all of them.  Two samples at ±1, p = ±1/4, e^{−1/T} = 3/5: q = (5/8, 3/8), a fixed point with unequal distances;
- F_T falls, L_q need not: one sample at 0 and p = (0, 1): dL_q/dt = 4 q_2² (q_1/T − 1) > 0 where T < q_1.
  Moving the far prototype towards the sample gives it weight faster than it shortens its distance.  (For one sample and
  T ≥ all d_j it does fall, since ∂L_q/∂d_j = q_j (1 − (d_j − L_q)/T) ≥ 0; with several samples cross terms remain.)
- while T falls, dF_T/dt gains the term −Ṫ (log Σ …), and G_T = F_T + n T log k is what never rises: with κ = −Ṫ,
  −dG/dt = ‖∇F_T‖² + κ Σ_n (log k − H(q_n)) ≥ 0, by x log x ≥ x − 1 for x_j = k q_nj.

Full gradient: P follows −∇_P L_q, so L_q falls at fixed T, and cooling helps: ∂L_q/∂T = Var_q(d)/T² ≥ 0.

How far F_T reaches (Section 5.7): any backbone at any rates, native prototypes and free features (theorem4_scope_parametrised), EM and
gradient steps (theorem4_scope_steps), steps of a linear backbone (theorem4_scope_backbone) and, with a kinetic energy added, momentum
(theorem4_scope_momentum).  It does not reach detached prototypes, nor steps through a backbone whose curvature has no bound.

Along flows the sum over the samples is used; the mean only rescales time.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Figure,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import theorem4_scope_parametrised as parametrised
from ddcl_theory.claims.ddcl.corollary5_flow import DESCENDS
from ddcl_theory.claims.ddcl.dynamics.cooling import Training
from ddcl_theory.claims.ddcl.figures.lyapunov import energies_under_cooling
from ddcl_theory.claims.ddcl.float_rows_training import training_parts
from ddcl_theory.claims.ddcl.theorem4_scope_backbone import BACKBONE_STEP
from ddcl_theory.claims.ddcl.theorem4_scope_fields import COOLING, DOMAIN, free, kkt, loss, shifted, stopped
from ddcl_theory.claims.ddcl.theorem4_scope_full import CALM, FULL, RISING, SPEED, monotone
from ddcl_theory.claims.ddcl.theorem4_scope_momentum import MOMENTUM
from ddcl_theory.claims.ddcl.theorem4_scope_steps import STEPS
from ddcl_theory.domain import Domain
from ddcl_theory.relation import at_least_zero, equals_zero

REST = Hypothesis("equilibrium", r"\dot P = 0", equals_zero(lambda x: [v for row in stopped(x) for v in row]))
TIED = Hypothesis(
    "tied",
    r"d_{ni} = d_{nj}",
    equals_zero(lambda x: [d - a.distances(z, x.p)[0] for z in x.z for d in a.distances(z, x.p)]),
)
PAIR = {"z": [[1], [-1]], "p": [["1/4"], ["-1/4"]], "T": {"s": "3/5"}}
PLANE = {"z": [["1/2", "1/2"], ["-1/2", "-1/2"]], "p": [["1/4", "1/4"], ["-1/4", "-1/4"]], "T": {"s": "1/3"}}
COLLAPSED = {"z": [[1], [-1]], "p": [[0], [0]], "T": 1}
PLANES = Domain(DOMAIN.variables, {"n": (1, 2), "k": (1, 3), "d": (1, 2)})


def slope_of_free_energy(x, sign=1):
    """∇F_T + Ṗ, entry by entry."""
    value = free(x, x.p)
    return [
        sign * ex.differentiate(value, v) + s
        for row, speed in zip(x.p, stopped(x), strict=True)
        for v, s in zip(row, speed, strict=True)
    ]


LIMITS = Part(
    id="limits",
    says=r"\text{equilibria of training are KKT points of } E \text{ with all } \lambda = 0",
    statement=Statement(PLANES, at_least_zero(kkt), (REST,)),
    checks=(Certified(candidates=(PAIR, PLANE, COLLAPSED)),),
    example=COLLAPSED,
    twins=(
        Twin(
            "the farthest prototype",
            Statement(PLANES, at_least_zero(lambda x: [-v for v in kkt(x)]), (REST,)),
            witness=PAIR,
        ),
    ),
    neighbours=(Neighbour("equal distances", Statement(PLANES, at_least_zero(kkt), (REST, TIED))),),
    amendment=Amendment(
        part=Part(
            id="limits-amended",
            says=r"\dot P = -\nabla F_T \text{: equilibria are the stationary points of } F_T",
            statement=Statement(PLANES, equals_zero(slope_of_free_energy)),
            checks=(Symbolic("ddcl.theorem4_scope:gradient"), Property()),
            example=PAIR,
            twins=(
                Twin(
                    "ascending", Statement(PLANES, equals_zero(lambda x: slope_of_free_energy(x, -1))), witness=RISING
                ),
            ),
            neighbours=(
                Neighbour(
                    "doubled", Statement(PLANES, equals_zero(lambda x: [2 * v for v in slope_of_free_energy(x)]))
                ),
            ),
        ),
        breaks=FailingStep(
            "Section 5.6, (41)-(43)",
            "the theorem lets every q_n move freely over the simplex; a softmax is tied to the "
            "prototypes and, at T > 0, never reaches the faces where the KKT points with unequal distances lie",
        ),
        advice="At fixed T, the stationary points of F_T are KKT points of E with λ_ent = nT and the other λ zero: "
        "choose that energy, not the plain one, when softmax training is to be analysed.",
    ),
)


STILL = Hypothesis(
    "warm", r"T \ge d_{nj}", at_least_zero(lambda x: [x.T - d for z in x.z for d in a.distances(z, x.p)])
)
FIXED_CHECKS = (Certified(candidates=(RISING, {**CALM, "T": 3})), Property(), Adversarial())
COOLED_CHECKS = (Certified(candidates=({**RISING, **SPEED}, {**CALM, "T": 3, **SPEED})), Property(), Adversarial())
BREAKS = FailingStep(
    "Section 8.2",
    "L_q is the energy at free q; along stopped training its value changes through q as well, and this "
    "part of the derivative, −Cov_q(d, ḋ)/T, has no sign",
)
STOPPED_FIXED = monotone(
    "monotone",
    r"\dot L_q \le 0 \text{ at fixed } T",
    DOMAIN,
    loss,
    stopped,
    CALM,
    FIXED_CHECKS,
    calm=STILL,
    amendment=Amendment(
        part=monotone(
            "monotone-amended",
            r"\dot F_T \le 0 \text{ at fixed } T",
            DOMAIN,
            free,
            stopped,
            CALM,
            (Symbolic("ddcl.theorem4_scope:free_falls"), Property()),
        ),
        breaks=BREAKS,
        advice="Monitor F_T instead of L_q at fixed T.",
    ),
)
STOPPED_COOLED = monotone(
    "cooling",
    r"\dot L_q \le 0 \text{ while } T \text{ falls}",
    COOLING,
    loss,
    stopped,
    {**CALM, **SPEED},
    COOLED_CHECKS,
    calm=STILL,
    amendment=Amendment(
        part=monotone(
            "cooling-amended",
            r"\tfrac{d}{dt} (F_T + n T \log k) \le 0 \text{ while } T \text{ falls}",
            COOLING,
            shifted,
            stopped,
            {**CALM, **SPEED},
            (
                Symbolic("ddcl.theorem4_scope:shifted_falls"),
                Property(),
                Dynamics("ddcl_theory.claims.ddcl.dynamics.cooling:falls", "training while T falls"),
            ),
            system=Training(),
            twin_system=Training(cooling=-1.0),
        ),
        breaks=BREAKS,
        advice="Monitor F_T + T log k (per sample) under annealing: it never rises for any falling schedule.",
    ),
)


CLAIM = Claim(
    id="ddcl.theorem4.scope",
    title="The theorem covers DDCL as trained",
    source=Source("ddcl", "Sections 5.6 and 8.2"),
    says=r"\text{training with softmax } q \text{ and falling } T \text{ has the limits and the descent of Theorem 4}",
    derivation=__doc__,
    uses=("ddcl.theorem4",),
    readings=(
        Reading("stopped", "gradients stopped at q", (LIMITS, STOPPED_FIXED, STOPPED_COOLED), as_printed=True),
        Reading("joint", "features move as well, at any learning rates, gradients stopped at q", (DESCENDS,)),
        Reading("full", "gradients through the softmax", FULL),
        Reading(
            "backbone",
            "features and prototypes from parameters of any backbone, each at a rate of its own, gradients stopped at q",
            (parametrised.PARAMETRISED,),
        ),
        Reading(
            "native",
            "prototypes are outputs P = ZᵀW in the graph, gradients stopped at q",
            (parametrised.native_part("descends"),),
        ),
        Reading("detached", "the same without gradient through P into the features", (parametrised.DETACHED,)),
        Reading(
            "end-to-end",
            "Section 5.7: features that can move anywhere, a ridge λ_P ‖P‖², gradients stopped at q",
            (parametrised.GLOBAL,),
        ),
        Reading("steps", "the updates themselves instead of a flow: EM steps, gradient steps", (*STEPS, BACKBONE_STEP)),
        Reading("momentum", "training with momentum, as a flow and in steps", MOMENTUM),
        *(
            Reading(dtype, f"the training gradients of ddcl_core in {dtype}", training_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
    figures=(
        Figure(
            "cooling",
            "Energies under annealing",
            "Curves over time: L_q rises before it falls, the shifted free energy falls throughout",
            "Stopped training while T falls: L_q rises while the far prototype gains weight faster than it comes near.",
            energies_under_cooling,
        ),
    ),
)
