r"""§7, §8.2: does a negative correlation of D_P and U_q confirm the feedback of Theorem 2?

Move the prototypes away from a sample without any dynamics, p_j(c) = z + c (p_j − z).  Then D_P(c) = c² D_P(1), and with weights
w_j = e^{−c² d_j/T} the uncertainty U_q = 1 − Σ q_j² has
    dU_q/d(c²) = −(2/T) Σ_{i<j} q_i q_j (q_i − q_j)(d_j − d_i) < 0
unless all distances agree, because the nearer prototype has the larger share.  So for k ≥ 2 and unequal distances D_P rises
and U_q falls strictly along the rescaling ("without feedback"): every sample of such states is negatively correlated.  The
softmax alone makes the sign; the second half of the cycle (force and return) is not in it.  "evidence" asks for a sign
that rules this out, and fails at z = 0, p = (1, 2).

Only the first two arrows of (38), D_P ↑ ⇒ C_q ↑, are seen in the correlation.  The measured readings run Moons as in Block 1
(`experiments.correlation`) and compare: the same values of D_P without dynamics, a temperature at which the prototypes
collapse, and a disturbance of a state at rest.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.code import CodeStatement, Conforms
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
from ddcl_theory.claims.ddcl.theorem1_gap import moderate
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.experiments.claim import part_of
from ddcl_theory.experiments.correlation import BLOCK
from ddcl_theory.relation import at_least_zero, not_zero, positive

STATES = Domain(
    (real("z", "d"), real("p", "k", "d"), temperature("T"), above_zero("c1"), above_zero("c2")),
    {"k": (2, 4), "d": (1, 2)},
)
POINT = {"z": [0], "p": [[1], [2]], "T": {"s": "1/2"}, "c1": 1, "c2": 2}
TIED = {"z": [0], "p": [[1], [-1]], "T": {"s": "1/2"}, "c1": 1, "c2": 2}


def rescaled(x, c):
    """z + c (p_j − z)."""
    return [ex.plus(x.z, ex.scaled(c, ex.minus(row, x.z))) for row in x.p]


def separation(p):
    """D_P (35): the mean squared distance over the pairs."""
    k = len(p)
    return ex.mean(ex.norm2(ex.minus(p[i], p[j])) for i in range(k) for j in range(i + 1, k))


def uncertainty(z, p, t, anchor=None):
    """U_q (37) at the soft assignment."""
    return 1 - ex.norm2(a.assignment(z, p, t, anchor))


def rise(x):
    """D_P at c_2 minus D_P at c_1."""
    return separation(rescaled(x, x.c2)) - separation(rescaled(x, x.c1))


def drop(x):
    """U_q at c_1 minus U_q at c_2."""
    u1, u2 = (uncertainty(x.z, rescaled(x, c), x.T) for c in (x.c1, x.c2))
    return u1 - u2


FARTHER = Hypothesis("farther", r"c_2 > c_1", positive(lambda x: x.c2 - x.c1), breaks=({**POINT, "c1": 2, "c2": 1},))
UNEQUAL = Hypothesis(
    "unequal",
    r"d_i \ne d_j \text{ for some } i, j",
    not_zero(lambda x: [d - a.distances(x.z, x.p)[0] for d in a.distances(x.z, x.p)[1:]]),
    breaks=(TIED,),
)
GIVEN = (FARTHER, UNEQUAL)


def draw(sizes, cases, generator):
    """Scales from 1/2 to 2 in order, temperatures of the size of the distances."""
    import torch

    batch = moderate(sizes, cases, generator)
    low = 0.5 + torch.rand(cases, generator=generator, dtype=torch.float64)
    return {**batch, "c1": low, "c2": low * (1.05 + torch.rand(cases, generator=generator, dtype=torch.float64) / 2)}


BOTH = Part(
    id="without-feedback",
    says=r"\text{rescaling about the sample: } D_P \text{ rises and } U_q \text{ falls, strictly}",
    statement=Statement(STATES, positive(lambda x: [rise(x), drop(x)]), GIVEN),
    checks=(
        Symbolic("ddcl.correlation:without_feedback"),
        Property(draw=draw),
        Ablation("ddcl.correlation:without_feedback", only=("farther", "unequal")),
    ),
    example=POINT,
    twins=(Twin("tied distances too", Statement(STATES, positive(lambda x: [rise(x), drop(x)]), (FARTHER,)), TIED),),
    neighbours=(Neighbour("doubled", Statement(STATES, positive(lambda x: [2 * rise(x), 2 * drop(x)]), GIVEN)),),
)
EVIDENCE = Part(
    id="evidence",
    says=r"\text{without dynamics } D_P \text{ and } U_q \text{ are not negatively correlated}",
    statement=Statement(STATES, at_least_zero(lambda x: -rise(x) * drop(x)), GIVEN),
    checks=(Certified(candidates=(POINT,)), Property(draw=draw)),
    example=POINT,
    twins=(Twin("positively correlated", Statement(STATES, positive(lambda x: -rise(x) * drop(x)), GIVEN), POINT),),
    neighbours=(Neighbour("negatively correlated", Statement(STATES, positive(lambda x: rise(x) * drop(x)), GIVEN)),),
    amendment=Amendment(
        BOTH,
        FailingStep(
            "§7.1, §8.2, prediction 4",
            "the sign is taken for the signature of a loop; it follows from q being a softmax of the distances, "
            "whatever moves the prototypes",
        ),
        "To see feedback, perturb D_P at an equilibrium and measure its return; the correlation of two readouts of P shows none.",
    ),
)

MEASURED = (part_of(BLOCK, BLOCK.prediction("correlation")),)
BESIDE = tuple(part_of(BLOCK, p) for p in BLOCK.predictions if p.id != "correlation")


def float_reading(dtype):
    """D_P and U_q as ddcl_core measures them."""
    space = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 4), "d": (1, 2)})

    def part(identifier, says, name, reference, wrong, scale):
        def code(suffix, wanted):
            return CodeStatement(
                space, f"ddcl_theory.claims.ddcl.code_feedback:{name}{suffix}", wanted, scale, dtype, 256, draw=moderate
            )

        return Part(
            id=identifier,
            says=says,
            statement=code("", reference),
            checks=(Conforms(),),
            twins=(Twin("another normalisation", code("", wrong)),),
            neighbours=(Neighbour("prototypes in the opposite order", code("_reversed", reference)),),
        )

    def size(x):
        return 1 + ex.norm2(x.z) + ex.total(ex.norm2(row) for row in x.p)

    return Reading(
        dtype,
        f"D_P and U_q as ddcl_core computes them in {dtype}",
        (
            part(
                "separation",
                r"\mathrm{fl}(D_P)",
                "separation",
                lambda x: separation(x.p),
                lambda x: 1 + separation(x.p) / 2,
                size,
            ),
            part(
                "uncertainty",
                r"\mathrm{fl}(U_q)",
                "uncertainty",
                lambda x: uncertainty(x.z, x.p, x.T, 0),
                lambda x: uncertainty(x.z, x.p, x.T, 0) * ex.lift(x.k) / (x.k - 1),
                lambda x: 1 + size(x) / x.T,
            ),
        ),
    )


CLAIM = Claim(
    id="ddcl.correlation",
    title="The correlation of separation and uncertainty",
    source=Source("ddcl", "§7.1, §7.2, §8.2"),
    says=r"D_P \text{ and } U_q \text{ are negatively correlated in training, which confirms the feedback theorem}",
    derivation=__doc__,
    readings=(
        Reading("inference", "what such a correlation shows, whatever was measured", (EVIDENCE,), as_printed=True),
        Reading("measured", "the correlation in the paper's runs", MEASURED),
        Reading("beside", "that correlation beside one without dynamics, one at collapse, and a disturbance", BESIDE),
        float_reading("float64"),
        float_reading("float32"),
    ),
    figures=(
        Figure(
            "both",
            "Separation and uncertainty with dynamics and without",
            alt="Left: the uncertainty over the separation at the epochs of one run, as filled circles, and for prototypes "
            "that are only rescaled, as open squares. Right: the correlations of both over temperature, with the same marks.",
            caption="Left T = 0.5, first replicate; right a mark for each replicate, the two kinds side by side. "
            f"Fixed: {BLOCK.note}.",
            draw="ddcl_theory.experiments.correlation_figures:both",
            experiment=BLOCK.id,
        ),
    ),
)
