"""Appendix G, §9: removing the stop-gradient activates the separation force in the backbone.

P free.  With q in the graph the feature gradients of L_q and L_OLS differ by ∇_z V(q(z), P) = (2/T) P S_q a, a_j = ‖p_j − Pq‖².
- It is not active everywhere: for k = 2 it is (2/T) q_1 q_2 (q_2 − q_1) D² (p_1 − p_2), D = ‖p_1 − p_2‖, and vanishes at a
  sample halfway between the prototypes, where q is least decided and 2PS_q, the force on the prototypes, is largest.
- It moves features, no prototype.  For k = 2 descent drives a feature towards the nearer prototype, and
  d‖q‖²/dt = (8/T²) (q_1 q_2 (q_1 − q_2) D²)² ≥ 0: assignments sharpen.  For k = 3 they need not: with z = 0,
  p = (−2, 0, 1), e^{−1/T} = 1/2, q = (1, 16, 8)/25, the feature moves away from the far prototype and from the nearest alike.
What always holds is that V falls: the term is a gradient of V, and descent on L_q = L_OLS + V lowers it.

P native.  The force is in the backbone before the release: with q stopped the two losses already differ (Corollary 3).
Along −∇_Z V at constant q the prototypes move at Ṗ = −2 P (Σ_n S_n) WᵀW.  Where WᵀW = c I, every column of the same length and
orthogonal to the others, Σ_{i<j} ‖p_i − p_j‖² changes at −4 k c Σ_n V_n: the prototypes are drawn together.
Through the softmax, two samples that are the prototypes (W = I), δ = ‖z_1 − z_2‖²: with q the larger share V = 2 δ q(1 − q) and
dV/dδ = 2 q(1 − q)(1 − (δ/T)(2q − 1)), so that dδ/dt = −16 δ q(1 − q) {1 − (δ/T) tanh(δ/2T)}: prototypes attract one another
while δ tanh(δ/2T) < T, near each other, and repel beyond.  Near collapse the released force closes the gap.
"""

from __future__ import annotations

from types import SimpleNamespace

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.corollary3_release_native import CONTRACTS, INACTIVE, SEPARATES
from ddcl_theory.claims.ddcl.float_rows_features import row
from ddcl_theory.claims.ddcl.proposition4 import (
    SOFT,
    SOFT_PAIR,
    TWO_PLACES,
    corrections_differ,
    over_pairs,
    without_mean,
)
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero

FORCE = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 3), "d": (1, 2)})
PAIR = Domain((real("z", "d"), real("p", 2, "d"), real("u", "d"), temperature("T")), {"d": (1, 3)})
SHARP_PAIR = Domain((real("z", "d"), real("p", 2, "d"), temperature("T")), {"d": (1, 3)})
HALFWAY = {"z": [0], "p": [[-1], [1]], "T": 1}
UNEVEN = {"z": [0], "p": [[-2], [0], [1]], "T": {"s": "1/2"}}
DECIDED = {"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}}

EXTRA = Part(
    id="extra-term",
    says=r"\nabla_z L_q - \nabla_z L_{\mathrm{OLS}} = \nabla_z V = \tfrac2T P S_q\,a \text{ through the softmax}",
    statement=Statement(SOFT, equals_zero(corrections_differ())),
    checks=(Symbolic("ddcl.proposition4:correction"), Property()),
    example=SOFT_PAIR,
    twins=(Twin("diag(q) for S_q", Statement(SOFT, equals_zero(corrections_differ(without_mean))), SOFT_PAIR),),
    neighbours=(Neighbour("S_q as a sum over pairs", Statement(SOFT, equals_zero(corrections_differ(over_pairs)))),),
)


def axes(d):
    return [[ex.lift(int(i == j)) for j in range(d)] for i in range(d)]


def force(x):
    """∇_z V(q(z), P), entry by entry, by exact rules."""
    return [nat.through(nat.variance, x.z, u, x.p, nat.still(x.p), x.T) for u in axes(len(x.z))]


def closed_force(x):
    """(2/T) P S_q a."""
    q = nat.soft(x.z, x.p, x.T)
    return [nat.correction("variance", x.z, u, x.p, q, x.T) for u in axes(len(x.z))]


DIFFER = Hypothesis(
    "some-differ",
    r"\text{two prototypes differ}",
    not_zero(lambda x: [c for r in x.p[1:] for c in ex.minus(r, x.p[0])]),
)
UNBALANCED = Hypothesis("unbalanced", r"q_1 \ne \tfrac12", not_zero(lambda x: 2 * nat.soft(x.z, x.p, x.T)[0] - 1))


def pair_force(x, factor=1):
    """u·∇_z V − (2/T) q_1 q_2 (q_2 − q_1) D² u·(p_1 − p_2) for two prototypes."""
    q = nat.soft(x.z, x.p, x.T)
    gap = ex.minus(x.p[0], x.p[1])
    closed = 2 * q[0] * q[1] * (q[1] - q[0]) * ex.norm2(gap) * ex.dot(x.u, gap) / x.T
    return nat.through(nat.variance, x.z, x.u, x.p, nat.still(x.p), x.T) - factor * closed


ACTIVE = Part(
    id="active",
    says=r"\nabla_z V \ne 0 \text{ wherever two prototypes differ}",
    statement=Statement(FORCE, not_zero(force), (DIFFER,)),
    checks=(Certified(candidates=(HALFWAY,)),),
    example=HALFWAY,
    twins=(Twin("without a condition", Statement(FORCE, not_zero(force)), {**HALFWAY, "p": [[1], [1]]}),),
    neighbours=(
        Neighbour(
            "prototypes in two places, q not balanced between them",
            Statement(FORCE, not_zero(force), (DIFFER, TWO_PLACES, UNBALANCED)),
            example=DECIDED,
        ),
    ),
    amendment=Amendment(
        Part(
            id="active-amended",
            says=r"k = 2:\ \nabla_z V = \tfrac2T q_1 q_2 (q_2 - q_1) D^2 (p_1 - p_2), "
            r"\text{ zero iff } z \text{ is halfway or } p_1 = p_2",
            statement=Statement(PAIR, equals_zero(pair_force)),
            checks=(Symbolic("ddcl.corollary3_release:pair"), Property()),
            example={**DECIDED, "u": [1]},
            twins=(
                Twin(
                    "half the force",
                    Statement(PAIR, equals_zero(lambda x: pair_force(x, ex.Fraction(1, 2)))),
                    {**DECIDED, "u": [1]},
                ),
            ),
            neighbours=(Neighbour("doubled", Statement(PAIR, equals_zero(lambda x: 2 * pair_force(x)))),),
        ),
        breaks=FailingStep(
            "Appendix G, note 2",
            "the term in the backbone is P S_q applied to a, not the force 2 P S_q on the prototypes; where prototypes "
            "share a sample evenly a is constant, which S_q annihilates",
        ),
        advice="do not count on the release to move undecided samples: their share of the extra gradient is the smallest",
    ),
)


def sharpening(x):
    """d‖q‖²/dt at P fixed along ż = −∇_z V."""
    speed = [-c for c in closed_force(x)]

    def value(e):
        return ex.norm2(nat.soft(ex.plus(x.z, ex.scaled(e, speed)), x.p, x.T))

    return ex.derivative_at_zero(value)


def fall_of_v(x):
    """−dV/dt at P fixed along ż = −∇_z V."""
    return -nat.through(nat.variance, x.z, [-c for c in closed_force(x)], x.p, nat.still(x.p), x.T)


SHARPENS = Part(
    id="sharpens",
    says=r"\tfrac{d}{dt}\|q\|^2 \ge 0 \text{ along } \dot z = -\nabla_z V",
    statement=Statement(FORCE, at_least_zero(sharpening)),
    checks=(Certified(candidates=(UNEVEN,)),),
    example=UNEVEN,
    twins=(Twin("along +∇_z V", Statement(FORCE, at_least_zero(lambda x: -sharpening(x))), DECIDED),),
    neighbours=(
        Neighbour(
            "a single place beside the first",
            Statement(
                FORCE,
                at_least_zero(lambda x: sharpening(SimpleNamespace(**{**vars(x), "p": x.p[:2], "k": 2}))),
            ),
            example=DECIDED,
        ),
    ),
    amendment=Amendment(
        Part(
            id="sharpens-amended",
            says=r"k = 2:\ \tfrac{d}{dt}\|q\|^2 \ge 0 \text{ along } \dot z = -\nabla_z V",
            statement=Statement(SHARP_PAIR, at_least_zero(sharpening)),
            checks=(Symbolic("ddcl.corollary3_release:sharpens"), Property()),
            example=DECIDED,
            twins=(Twin("along +∇_z V", Statement(SHARP_PAIR, at_least_zero(lambda x: -sharpening(x))), DECIDED),),
            neighbours=(Neighbour("doubled", Statement(SHARP_PAIR, at_least_zero(lambda x: 2 * sharpening(x)))),),
        ),
        breaks=FailingStep(
            "Section 9",
            "descent lowers V, which with three prototypes it may do by leaving both the farthest and the nearest for the "
            "second nearest",
        ),
        advice="read the released term as descent on V in the features: it separates two clusters, it need not sharpen "
        "assignments among more",
    ),
)
FALLS = Part(
    id="lowers-v",
    says=r"\tfrac{d}{dt} V \le 0 \text{ along } \dot z = -\tfrac2T P S_q\,a",
    statement=Statement(FORCE, at_least_zero(fall_of_v)),
    checks=(Symbolic("ddcl.corollary3_release:falls"), Property()),
    example=DECIDED,
    twins=(Twin("time backwards", Statement(FORCE, at_least_zero(lambda x: -fall_of_v(x))), DECIDED),),
    neighbours=(Neighbour("doubled", Statement(FORCE, at_least_zero(lambda x: 2 * fall_of_v(x)))),),
)

CLAIM = Claim(
    id="ddcl.corollary3.release",
    title="The separation force in the backbone without stop-gradient",
    source=Source("ddcl", "Appendix G note 2, Section 9"),
    says=r"\text{removing the stop-gradient activates the separation force in the backbone}",
    derivation=__doc__,
    uses=("ddcl.corollary3", "ddcl.proposition4", "ddcl.proposition6.mechanism"),
    readings=(
        Reading("free", "prototypes are parameters of their own", (EXTRA, ACTIVE, SHARPENS, FALLS), as_printed=True),
        Reading("native", "P = ZᵀW in the graph", (INACTIVE, SEPARATES, CONTRACTS)),
        *(
            Reading(dtype, f"the feature gradient of V in ddcl_core in {dtype}", (row(dtype, "variance", True),))
            for dtype in ("float64", "float32")
        ),
    ),
)
