"""Theorem 2.4: XXᵀ = I_d and W_2 = Y_1 give W_1 = Y_2.

(10), (11): Y_2 = W_2 Xᵀ = W_1 XXᵀ = W_1. The hypothesis asks for n ≥ d (Theorem 2.1).
- Unit variance of centred features over n samples is XXᵀ = n I_d: then n W_1 = Y_2, prototypes n times too long.
- Centred features leave one dimension less: with |e| = 1 and Xe = 0 (e = 1/√n for centred features),
  n − d − 1 = ‖I_n − XᵀX − eeᵀ‖².
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.gbcl import half
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.claims.gbcl.theorem2_1_output import SAMPLE_COUNT
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero

POINT = {"X": [["3/5", "4/5"]], "W1": [[1]], "W2": [["3/5", "4/5"]]}
FIRST = half.printed(
    "first-constraint",
    r"XX^\top = I_d,\ W_2 = Y_1 \Rightarrow W_1 = Y_2",
    half.first_gap,
    (net.UNIT_FEATURES, net.SECOND),
    "gbcl.theorem2_4:first_constraint",
    POINT,
    net.draw(net.NETWORKS, "d", net.with_second),
)
STANDARD = half.standardised(
    "(11)",
    "first-constraint",
    (
        r"X 1 = 0,\ XX^\top = n I_d,\ W_2 = Y_1",
        r"XX^\top = c I_d,\ W_2 = Y_1",
        "W_1 = Y_2",
        r"c\, W_1 = Y_2",
    ),
    half.first_gap,
    (net.CENTRED, net.UNIT_VARIANCE, net.SECOND),
    (net.EVEN_FEATURES, net.SECOND),
    "gbcl.theorem2_4:scaled",
    {"X": [[1, -1]], "W1": [[1]], "W2": [[1, -1]]},
    "n",
    "features of variance 1 over n samples give XXᵀ = n I_d, not I_d",
    "whiten the data to XXᵀ = I_d, or divide the output of the dual network by n",
)

# --- centred features ---
COUNTED = Domain((real("X", "d", "n"), real("e", "n")), {"n": (1, 3), "d": (1, 2)})
ACROSS = Hypothesis("across", "X e = 0", equals_zero(lambda x: [ex.dot(row, x.e) for row in x.X]))
LENGTH = Hypothesis("length", r"\|e\| = 1", equals_zero(lambda x: ex.norm2(x.e) - 1))
SHORT = Hypothesis("length", r"e_1 = 0", equals_zero(lambda x: x.e[0]))
TWO = {"X": [["3/5", "4/5"]], "e": ["4/5", "-3/5"]}


def _counted(conclusion, *given):
    return Statement(COUNTED, at_least_zero(conclusion), given)


CENTRED = (net.UNIT_FEATURES, ACROSS, LENGTH)
CENTRED_COUNT = Part(
    id="sample-count-centred",
    says=r"XX^\top = I_d,\ X e = 0,\ \|e\| = 1 \Rightarrow n \ge d + 1",
    statement=_counted(lambda x: x.n - x.d - 1, *CENTRED),
    checks=(Symbolic("gbcl.theorem2_4:centred_count"), Certified(candidates=(TWO,))),
    example=TWO,
    twins=(
        Twin("two samples more", _counted(lambda x: x.n - x.d - 2, *CENTRED), TWO),
        Twin(
            "e of any length",
            _counted(lambda x: x.n - x.d - 1, net.UNIT_FEATURES, ACROSS, SHORT),
            {"X": [[1]], "e": [0]},
        ),
    ),
    neighbours=(Neighbour("doubled", _counted(lambda x: 2 * (x.n - x.d - 1), *CENTRED), example=TWO),),
)

CLAIM = Claim(
    id="gbcl.theorem2.4",
    title="Half duality II",
    source=Source("gbcl", "Theorem 2.4, (10), (11)"),
    says=r"XX^\top = I_d,\ W_2 = Y_1 \Rightarrow W_1 = Y_2",
    derivation=__doc__,
    uses=("gbcl.theorem2.1",),
    readings=(
        Reading("unit-gram", "XXᵀ = I_d, as the proof says", (FIRST,), as_printed=True),
        Reading(
            "sample-count",
            "what the hypothesis asks of the number of samples, centred (e = 1/√n) or not",
            (SAMPLE_COUNT, CENTRED_COUNT),
        ),
        Reading("unit-variance", "features centred and of variance 1 over the samples", (STANDARD,)),
    ),
)
