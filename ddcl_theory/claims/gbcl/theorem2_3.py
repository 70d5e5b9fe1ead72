"""Theorem 2.3: XᵀX = I_n and W_1 = Y_2 give W_2 = Y_1.

(8), (9): Y_1 = W_1 X = W_2 XᵀX = W_2. The hypothesis asks for n ≤ d: d − n = ‖I_d − XXᵀ‖². So n samples in fewer than n dimensions
never meet it.
- Nor do data with their mean removed, which is how the paper prepares them: X1 = 0 and XᵀX = c I give nc = 1ᵀXᵀX1 = 0, X = 0.
- Unit variance in its statistical sense, over the d features of each sample, is XᵀX = d I_n with Xᵀ1 = 0: then d W_2 = Y_1.
"""

from __future__ import annotations

from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.gbcl import half
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero

POINT = {"X": [["3/5"], ["4/5"]], "W1": [["3/5", "4/5"]], "W2": [[1]]}
SECOND = half.printed(
    "second-constraint",
    r"X^\top X = I_n,\ W_1 = Y_2 \Rightarrow W_2 = Y_1",
    half.second_gap,
    (net.UNIT_SAMPLES, net.FIRST),
    "gbcl.theorem2_3:second_constraint",
    POINT,
    net.draw(net.NETWORKS, "n", net.with_first),
)
STANDARD = half.standardised(
    "(9)",
    "second-constraint",
    (
        r"X^\top 1 = 0,\ X^\top X = d I_n,\ W_1 = Y_2",
        r"X^\top X = c I_n,\ W_1 = Y_2",
        "W_2 = Y_1",
        r"c\, W_2 = Y_1",
    ),
    half.second_gap,
    (net.CENTRED_SAMPLES, net.UNIT_VARIANCE_SAMPLES, net.FIRST),
    (net.EVEN_SAMPLES, net.FIRST),
    "gbcl.theorem2_3:scaled",
    {"X": [[1], [-1]], "W1": [[1, -1]], "W2": [[1]]},
    "d",
    "samples of variance 1 over d features give XᵀX = d I_n, not I_n",
    "scale the samples to norm 1, or divide the output of the base network by d",
)

COUNTED = Domain((real("X", "d", "n"),), {"n": (1, 3), "d": (1, 3)})
UNIT_SQUARE = {"X": [[1, 0], [0, 1]]}


def _counted(conclusion):
    return Statement(COUNTED, at_least_zero(conclusion), (net.UNIT_SAMPLES,))


SAMPLE_COUNT = Part(
    id="sample-count",
    says=r"X^\top X = I_n \Rightarrow n \le d",
    statement=_counted(lambda x: x.d - x.n),
    checks=(
        Symbolic("gbcl.theorem2_3:sample_count"),
        Property(also=(UNIT_SQUARE,), draw=net.draw(COUNTED, "n")),
        Ablation("gbcl.theorem2_3:sample_count"),
    ),
    example=UNIT_SQUARE,
    twins=(Twin("fewer samples than features", _counted(lambda x: x.d - x.n - 1), {"X": [[1]]}),),
    neighbours=(Neighbour("doubled", _counted(lambda x: 2 * (x.d - x.n)), example=UNIT_SQUARE),),
)

# --- data with their mean removed ---
EVEN = Domain((*net.NETWORKS.variables, real("c")), net.SIZES)
REMOVED = (net.EVEN_SAMPLES, net.CENTRED, net.FIRST)
NOTHING = {"X": [[0, 0]], "W1": [[0]], "W2": [[1, 2]], "c": 0}
MEAN_REMOVED = Part(
    id="second-constraint",
    says=r"X 1 = 0,\ X^\top X = c I_n,\ W_1 = Y_2 \Rightarrow c\, W_2 = Y_1",
    statement=Statement(EVEN, equals_zero(lambda x: half.second_gap(x, own=x.c)), REMOVED),
    checks=(Symbolic("gbcl.theorem2_3:only_zero"),),
    example=NOTHING,
    twins=(
        Twin(
            "the mean of each sample removed, c left out",
            Statement(EVEN, equals_zero(half.second_gap), (net.EVEN_SAMPLES, net.CENTRED_SAMPLES, net.FIRST)),
            {"X": [[1], [-1]], "W1": [[1, -1]], "W2": [[1]], "c": 2},
        ),
        Twin("c left out", Statement(EVEN, equals_zero(half.second_gap), REMOVED), NOTHING),
    ),
    neighbours=(
        Neighbour(
            "another multiple of the output",
            Statement(EVEN, equals_zero(lambda x: half.second_gap(x, 3, x.c)), REMOVED),
            example=NOTHING,
        ),
    ),
)

CLAIM = Claim(
    id="gbcl.theorem2.3",
    title="Half duality I",
    source=Source("gbcl", "Theorem 2.3, (8), (9)"),
    says=r"X^\top X = I_n,\ W_1 = Y_2 \Rightarrow W_2 = Y_1",
    derivation=__doc__,
    readings=(
        Reading("unit-gram", "XᵀX = I_n, as the proof says", (SECOND,), as_printed=True),
        Reading("sample-count", "what the hypothesis asks of the number of samples", (SAMPLE_COUNT,)),
        Reading("unit-variance", "samples centred and of variance 1 over their features", (STANDARD,)),
        Reading("mean-removed", "data with mean zero, the samples uncorrelated and of one norm √c", (MEAN_REMOVED,)),
    ),
)
