r"""Do the paper's statements agree with one another?

Each part takes one statement as hypothesis and asks for the other.  Where both are mathematics, the variables are the paper's; where
they are reported facts, a number records what is said (1 for yes, 0 for no; a correlation for a correlation), and the
hypotheses cite the place.

mathematics
  temperature: Corollary 2 has V non-decreasing in T, Blocks 1 and 4 cite it for V growing with T and for V growing as T falls.  At fixed
    prototypes both hold only if V does not change.  p = (0, 1), z = 0 changes it.  (That Corollary 2 fails for k ≥ 3 is another matter.)
  hard-limit: Theorem 1 lets V vanish where active prototypes coincide, §5.1 and §9 only where assignments are hard.
  weights: Remark 1 and Theorem 4 ask for λ_P > 0, small; Remark 3 for λ_P > c λ_sep.  No c > 0 makes the first give the second.
  spread: §5.4 lets a step that decreases V increase the spread.  V is the weighted spread: at uniform q, S = k² V.
reported
  correlation: Blocks 1 and 2 report a negative correlation of D_P and U_q, Block 4 a positive one; all three are said to confirm
    the feedback cycle.  No sign of one quantity does both.
  table: Table 1 has no decoder and no augmentation for DDCL, and names the columns as absence of any; Block 5, the one end-to-end
    experiment, warms up with an autoencoder and contrastive augmented views.
  auxiliary: the abstract and §5.4 have V resist collapse without an auxiliary objective; Block 5, which
    is to show it, adds a separation term with a growing weight.
  frozen: §8.2 calls the losses indistinguishable on fixed features; §7.1 (no features learnt at all) has one of them collapse
    in every run at T = 1 and the other in none.
"""

from __future__ import annotations

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
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import corollary2, float_rows
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.consistency_reported import REPORTED
from ddcl_theory.domain import Domain, above_zero, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, positive


def clash(identifier, says, domain, given, conclusion, example, twin, neighbour, agreed, breaks, advice, searched=True):
    """One statement as hypotheses, the other as conclusion; `agreed` is what both can be true of."""
    return Part(
        id=identifier,
        says=says,
        statement=Statement(domain, conclusion, given),
        checks=(Certified(candidates=(example,)), *((Property(also=(example,)),) if searched else ())),
        example=example,
        twins=(twin,),
        neighbours=(neighbour,),
        amendment=Amendment(agreed, breaks, advice),
    )


def agreed(identifier, says, statement, proof, example, twin, neighbour):
    return Part(
        id=identifier,
        says=says,
        statement=statement,
        checks=(Symbolic(proof), Certified(candidates=(example,))),
        example=example,
        twins=(twin,),
        neighbours=(neighbour,),
    )


# --- temperature ---
LINE = corollary2.CHORD
COOLING = {"z": [0], "p": [[0], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}
LEVEL = {"z": [0], "p": [[1], [-1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}
GROWS = Hypothesis(
    "corollary-2", r"V(q(T_2), P) \ge V(q(T_1), P) \text{ (Corollary 2)}", at_least_zero(corollary2.growth)
)
FALLS = Hypothesis(
    "block-4", r"V(q(T_1), P) \ge V(q(T_2), P) \text{ (Block 4)}", at_least_zero(lambda x: -corollary2.growth(x))
)
TEMPERATURE = clash(
    "temperature",
    r"T_2 > T_1,\ V(q(T_2), P) \ge V(q(T_1), P) \text{ (Cor. 2)} \Rightarrow V(q(T_1), P) \ge V(q(T_2), P) \text{ (Block 4)}",
    LINE,
    (corollary2.HOTTER, GROWS),
    at_least_zero(lambda x: -corollary2.growth(x)),
    COOLING,
    Twin("strictly", Statement(LINE, positive(lambda x: -corollary2.growth(x)), (corollary2.HOTTER, GROWS)), COOLING),
    Neighbour(
        "twice the growth",
        Statement(LINE, at_least_zero(lambda x: 2 * corollary2.growth(x)), (corollary2.HOTTER, GROWS)),
    ),
    agreed(
        "level",
        r"\text{both} \Rightarrow V(q(T_1), P) = V(q(T_2), P)",
        Statement(LINE, equals_zero(corollary2.growth), (corollary2.HOTTER, GROWS, FALLS)),
        "ddcl.consistency:level",
        LEVEL,
        Twin("Corollary 2 alone", Statement(LINE, equals_zero(corollary2.growth), (corollary2.HOTTER, GROWS)), COOLING),
        Neighbour(
            "doubled",
            Statement(LINE, equals_zero(lambda x: 2 * corollary2.growth(x)), (corollary2.HOTTER, GROWS, FALLS)),
        ),
    ),
    FailingStep("§7.4, §8.2 (2)", "growth under cooling is cited as a confirmation of growth with temperature"),
    "Along training P changes with T, and V with both: report V at fixed P if Corollary 2 is to be tested.",
)

# --- hard limit ---
SHARES = Domain((real("p", "k", "d"), simplex("q", "k")), {"k": (2, 4), "d": (1, 2)})
MERGED = {"p": [[1], [1]], "q": ["1/2", "1/2"]}
VANISHES = Hypothesis("no-variance", r"V = 0", equals_zero(lambda x: a.variance(x.p, x.q)))


def softness(x):
    return 1 - ex.norm2(x.q)


def products(x):
    return a.active_differences(x.p, x.q)


HARD = clash(
    "hard-limit",
    r"V = 0 \text{ (Theorem 1)} \Rightarrow q \text{ is a vertex (§5.1, §9)}",
    SHARES,
    (VANISHES,),
    equals_zero(softness),
    MERGED,
    Twin("half of it", Statement(SHARES, equals_zero(lambda x: softness(x) / 2), (VANISHES,)), MERGED),
    Neighbour("softness at least 0", Statement(SHARES, at_least_zero(softness), (VANISHES,))),
    agreed(
        "coincide",
        r"\textstyle\sum_{i<j} q_i q_j \|p_i - p_j\|^2 = V \text{: it vanishes where each pair is inactive or coincides}",
        Statement(SHARES, equals_zero(lambda x: pair_gap(x))),
        "ddcl.consistency:pairs",
        MERGED,
        Twin(
            "without the weights",
            Statement(SHARES, equals_zero(lambda x: pair_gap(x, False))),
            {"p": [[0], [1]], "q": ["1/2", "1/2"]},
        ),
        Neighbour("doubled", Statement(SHARES, equals_zero(lambda x: 2 * pair_gap(x)))),
    ),
    FailingStep(
        "§5.1, §9",
        "the second case of Theorem 1, coinciding active prototypes, is dropped: that is the collapse the paper is about",
    ),
    "A vanishing V means hard assignments or collapse; look at D_P to tell which.",
    searched=False,
)


def pair_gap(x, weighted=True):
    """Σ_{i<j} q_i q_j ‖p_i − p_j‖² − V."""
    pairs = [(i, j) for i in range(x.k) for j in range(i + 1, x.k)]
    return ex.total(
        (x.q[i] * x.q[j] if weighted else 1) * ex.norm2(ex.minus(x.p[i], x.p[j])) for i, j in pairs
    ) - a.variance(x.p, x.q)


# --- weights ---
WEIGHTS = Domain(tuple(above_zero(n) for n in ("c", "sep", "weight")))
SMALL = {"c": 1, "sep": 1, "weight": "1/1000"}
COEFFICIENT = Hypothesis(
    "remark-3", r"\lambda_P > c \lambda_{\mathrm{sep}} \text{ (Remark 3)}", positive(lambda x: x.weight - x.c * x.sep)
)
REMARKS = clash(
    "weights",
    r"\lambda_P > 0 \text{ (Remark 1, Theorem 4)} \Rightarrow \lambda_P > c \lambda_{\mathrm{sep}} \text{ (Remark 3)}",
    WEIGHTS,
    (),
    positive(lambda x: x.weight - x.c * x.sep),
    SMALL,
    Twin("twice c", Statement(WEIGHTS, positive(lambda x: x.weight - 2 * x.c * x.sep)), SMALL),
    Neighbour(
        "given Remark 3",
        Statement(WEIGHTS, positive(lambda x: 2 * x.weight - x.c * x.sep), (COEFFICIENT,)),
        {**SMALL, "weight": 2},
    ),
    agreed(
        "stronger",
        r"\lambda_P > c \lambda_{\mathrm{sep}} \text{ (Remark 3)} \Rightarrow \lambda_P > 0 \text{ (Remark 1)}",
        Statement(WEIGHTS, positive(lambda x: x.weight - x.c * x.sep / 2), (COEFFICIENT,)),
        "ddcl.consistency:algebra",
        {**SMALL, "weight": 2},
        Twin(
            "with a smaller bound",
            Statement(WEIGHTS, positive(lambda x: x.weight - 2 * x.c * x.sep), (COEFFICIENT,)),
            {**SMALL, "weight": 2},
        ),
        Neighbour("doubled", Statement(WEIGHTS, positive(lambda x: 2 * x.weight - x.c * x.sep), (COEFFICIENT,))),
    ),
    FailingStep(
        "Remark 1, Theorem 4 (4), Remark 3",
        "the condition of Remark 3 is needed in the proof and missing in the theorem",
    ),
    "Use the condition of Remark 3 with its sharp constant (`ddcl.remark3`) wherever λ_P > 0 is printed.",
)

# --- spread ---
PROTOTYPES = Domain((real("p", "k", "d"), real("r", "k", "d")), {"k": (2, 4), "d": (1, 2)})
CLOSER = {"p": [[0], [2]], "r": [[0], [1]]}


def plain(p):
    k = len(p)
    return a.variance(p, [ex.ONE / k] * k)


def spread(p):
    return -e.separation(p)


STEP = Hypothesis("step", r"V(R) < V(P) \text{ at uniform } q", positive(lambda x: plain(x.p) - plain(x.r)))
SPREAD = clash(
    "spread",
    r"\text{uniform } q:\ V \text{ decreases from } P \text{ to } R \Rightarrow \text{the spread increases (§5.4)}",
    PROTOTYPES,
    (STEP,),
    positive(lambda x: spread(x.r) - spread(x.p)),
    CLOSER,
    Twin("or stays", Statement(PROTOTYPES, at_least_zero(lambda x: spread(x.r) - spread(x.p)), (STEP,)), CLOSER),
    Neighbour("decreases", Statement(PROTOTYPES, positive(lambda x: spread(x.p) - spread(x.r)), (STEP,))),
    agreed(
        "same",
        r"\textstyle\sum_{i<j} \|p_i - p_j\|^2 = k^2 V \text{ at uniform } q",
        Statement(PROTOTYPES, equals_zero(lambda x: spread(x.p) - x.k**2 * plain(x.p))),
        "ddcl.consistency:uniform",
        CLOSER,
        Twin("k V", Statement(PROTOTYPES, equals_zero(lambda x: spread(x.p) - x.k * plain(x.p))), CLOSER),
        Neighbour("doubled", Statement(PROTOTYPES, equals_zero(lambda x: 2 * (spread(x.p) - x.k**2 * plain(x.p))))),
    ),
    FailingStep("§5.4, after Proposition 6", "decreasing V is equated with increasing the spread that V measures"),
    "Minimising V contracts prototypes (`ddcl.proposition6.mechanism`); what separates them is the pull of different samples.",
)


CLAIM = Claim(
    id="ddcl.consistency",
    title="The paper's statements agree with one another",
    source=Source("ddcl", "§4.3, §5, §7, §8, Tables 1 and 10, Appendix F"),
    says=r"\text{the paper's statements do not contradict each other}",
    derivation=__doc__,
    uses=("ddcl.corollary2", "ddcl.theorem1.equality", "ddcl.remark3", "ddcl.proposition6.mechanism"),
    readings=(
        Reading(
            "mathematics", "pairs of mathematical statements", (TEMPERATURE, HARD, REMARKS, SPREAD), as_printed=True
        ),
        Reading("reported", "pairs of reported facts, as numbers", REPORTED),
        *(
            Reading(
                dtype,
                f"the quantities compared, as ddcl_core computes them in {dtype}",
                float_rows.separation_parts(dtype),
            )
            for dtype in ("float64", "float32")
        ),
    ),
)
