"""Corollary 2.4.1: are the outputs Y_1 of the base network labels of the samples?

Under Theorem 2.4 Y_1 = W_2, so output j of sample i is the inner product w_j · x_i.
- Labels as cells, the first reading: a label for clustering says which prototype a sample belongs to, and the network is read by its
  largest output.  (That Y_1 = W_2 alone says nothing about samples; it is decided below.)  The largest output need not be that of
  the nearest prototype: samples 3/5 and 4/5 with the prototypes 3/5 and 4/5, where the first sample has the outputs 9/25 < 12/25.
  Since ‖x − w_j‖² = ‖x‖² − 2 (w_j · x − ‖w_j‖²/2), it is with the bias −‖w_j‖²/2 on each neuron, for every X; without it where all
  prototypes have one norm.  (Where the nearer prototype is the longer one the outputs are in the right order too, but that
  cannot hold for the cells of both.)
- The corollary's proof takes W_1 = Y_2 and reads W_2 = Y_1 off Theorem 2.4, which assumes just that. From W_1 = Y_2 and XXᵀ = I it
  does not follow: Y_1 = W_2 XᵀX is the projection of W_2 on the row space of X. It does for weights in that space, where
  gradient descent keeps weights that start there. With W_2 = Y_1 among the assumptions there is nothing to conclude.
- Class memberships: the outputs of a sample need not sum to one.  Once the mean is removed, as in the paper, X1 = 0, they cannot for
  all samples: each row of Y_1 = W_1 X sums to 0 over the samples, and so do all outputs together, where memberships would give n.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
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
from ddcl_theory.claims.gbcl import half
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero, positive

PLACE = "Corollary 2.4.1, proof"
COMPETING = Domain(net.NETWORKS.variables, {**net.SIZES, "k": (2, 3), "d": (1, 2)})
ASSUMED = (net.UNIT_FEATURES, net.SECOND)


def distance(x, i, j):
    """‖x_i − w_j‖²."""
    return ex.norm2(ex.minus(net.transposed(x.X)[i], x.W1[j]))


def score(x, i, j, bias):
    """Output j of the base network for sample i, with the bias −bias · ‖w_j‖²."""
    return ex.dot(x.W1[j], net.transposed(x.X)[i]) - bias * ex.norm2(x.W1[j])


NEARER = Hypothesis(
    "nearer", r"\|x_1 - w_1\| < \|x_1 - w_2\|", positive(lambda x: distance(x, 0, 1) - distance(x, 0, 0))
)
LONGER_FIRST = Hypothesis("longer", r"\|w_1\| > \|w_2\|", positive(lambda x: ex.norm2(x.W1[0]) - ex.norm2(x.W1[1])))


def _larger(*more):
    return Statement(COMPETING, positive(lambda x: score(x, 0, 0, 0) - score(x, 0, 1, 0)), (*ASSUMED, NEARER, *more))


def _scores(bias, factor=1):
    def value(x):
        return [
            factor * (ex.norm2(sample) - 2 * score(x, i, j, bias) - distance(x, i, j))
            for i, sample in enumerate(net.transposed(x.X))
            for j in range(x.k)
        ]

    return Statement(COMPETING, equals_zero(value))


HALF = ex.Fraction(1, 2)
ONE_THREE = {"X": [[1]], "W1": [[1], [3]], "W2": [[1], [3]]}
#: Each prototype stands on a sample, so that both cells are occupied.
OCCUPIED = {"X": [["3/5", "4/5"]], "W1": [["3/5"], ["4/5"]], "W2": [["9/25", "12/25"], ["12/25", "16/25"]]}
LONGER = {"X": [[1]], "W1": [["3/4"], ["1/4"]], "W2": [["3/4"], ["1/4"]]}
FAR_SAMPLE = {"X": [[1]], "W1": [[1], [-2]], "W2": [[1], [-2]]}
BIASED = Part(
    id="biased",
    says=r"\|x_i - w_j\|^2 = \|x_i\|^2 - 2\,(w_j \cdot x_i - \tfrac12 \|w_j\|^2)",
    statement=_scores(HALF),
    checks=(Symbolic("gbcl.corollary2_4_1:scores"), Certified(candidates=(ONE_THREE, FAR_SAMPLE))),
    example=ONE_THREE,
    twins=(Twin("the bias −‖w‖²", _scores(1), ONE_THREE),),
    neighbours=(Neighbour("doubled", _scores(HALF, 2)),),
)
NEAREST = Part(
    id="nearest",
    says=r"XX^\top = I_d,\ W_2 = Y_1,\ \|x_1 - w_1\| < \|x_1 - w_2\| \Rightarrow (Y_1)_{11} > (Y_1)_{21}",
    statement=_larger(),
    checks=(Certified(candidates=(OCCUPIED,)),),
    example=FAR_SAMPLE,
    twins=(
        Twin(
            "the second output is the larger",
            Statement(COMPETING, positive(lambda x: score(x, 0, 1, 0) - score(x, 0, 0, 0)), (*ASSUMED, NEARER)),
            FAR_SAMPLE,
        ),
    ),
    neighbours=(
        Neighbour(
            "a nearer prototype that is longer",
            _larger(LONGER_FIRST),
            example=LONGER,
        ),
    ),
    amendment=Amendment(
        BIASED,
        breaks=FailingStep(
            PLACE, "an inner product with a prototype orders prototypes by distance only where their norms agree"
        ),
        advice="give every output neuron the bias −‖w‖²/2, or assign samples by distances",
    ),
)

# --- what the proof takes from Theorem 2.4 ---
ROW_SPACE_DOMAIN = Domain((*net.NETWORKS.variables, real("C", "k", "d")), net.SIZES)
ROW_SPACE = Hypothesis("row-space", "W_2 = C X", equals_zero(lambda x: net.difference(x.W2, net.product(x.C, x.X))))
FROM_FIRST = (net.UNIT_FEATURES, net.FIRST)
KERNEL = {"X": [[1, 0]], "W1": [[1]], "W2": [[1, 1]]}
INSIDE = {"X": [["3/5", "4/5"]], "W1": [[1]], "W2": [["3/5", "4/5"]], "C": [[1]]}


def _second(domain, given, gap=half.second_gap):
    return Statement(domain, equals_zero(gap), given)


IN_ROW_SPACE = Part(
    id="second-constraint-amended",
    says=r"XX^\top = I_d,\ W_1 = Y_2,\ W_2 = CX \Rightarrow W_2 = Y_1",
    statement=_second(ROW_SPACE_DOMAIN, (*FROM_FIRST, ROW_SPACE)),
    checks=(Symbolic("gbcl.corollary2_4_1:row_space"), Certified(candidates=(INSIDE,))),
    example=INSIDE,
    twins=(Twin("any weights", _second(ROW_SPACE_DOMAIN, FROM_FIRST), {**KERNEL, "C": [[0]]}),),
    neighbours=(
        Neighbour(
            "doubled",
            _second(ROW_SPACE_DOMAIN, (*FROM_FIRST, ROW_SPACE), lambda x: [2 * v for v in half.second_gap(x)]),
            example=INSIDE,
        ),
    ),
)
CONSTRAINT = Part(
    id="second-constraint",
    says=r"XX^\top = I_d,\ W_1 = Y_2 \Rightarrow W_2 = Y_1",
    statement=_second(net.NETWORKS, FROM_FIRST),
    checks=(Certified(candidates=(KERNEL,)),),
    example=KERNEL,
    twins=(
        Twin(
            "W_2 = Y_1 in its last sample only",
            _second(net.NETWORKS, FROM_FIRST, lambda x: [half.second_gap(x)[-1]]),
            KERNEL,
        ),
    ),
    neighbours=(
        Neighbour(
            "seen through X",
            _second(
                net.NETWORKS,
                FROM_FIRST,
                lambda x: net.difference(net.dual_output(x), net.product(net.base_output(x), net.transposed(x.X))),
            ),
            example=KERNEL,
        ),
    ),
    amendment=Amendment(
        IN_ROW_SPACE,
        breaks=FailingStep(
            PLACE,
            "Theorem 2.4 has the second constraint as its assumption; what the trained dual network offers is the first, and "
            "XXᵀ = I leaves the part of W_2 in the kernel of X free",
        ),
        advice="start the dual weights in the row space of X (at zero, or at W_2 = CX); or read labels off W_2 XᵀX, not off W_2",
    ),
)
ASSUMED_PART = Part(
    id="second-constraint",
    says=r"XX^\top = I_d,\ W_2 = Y_1 \Rightarrow W_2 = Y_1",
    statement=_second(net.NETWORKS, ASSUMED),
    checks=(Symbolic("gbcl.corollary2_4_1:assumed"),),
    example={"X": [[1, 0]], "W1": [[1]], "W2": [[1, 0]]},
    twins=(
        Twin("from the first constraint", _second(net.NETWORKS, FROM_FIRST), KERNEL),
        Twin(
            "twice the output",
            _second(net.NETWORKS, ASSUMED, lambda x: half.second_gap(x, 2)),
            {"X": [[1, 0]], "W1": [[1]], "W2": [[1, 0]]},
        ),
    ),
    neighbours=(Neighbour("doubled", _second(net.NETWORKS, ASSUMED, lambda x: [2 * v for v in half.second_gap(x)])),),
)

# --- class memberships ---
CLASSES = Domain(net.NETWORKS.variables, {**net.SIZES, "k": (2, 3)})


def _sums(given, value=1, factor=1):
    return Statement(
        CLASSES,
        equals_zero(lambda x: [factor * (ex.total(column) - value) for column in net.transposed(net.base_output(x))]),
        given,
    )


TWO = {"X": [[1]], "W1": [[1], [2]], "W2": [[1], [2]]}
BALANCED = {"X": [["3/5", "-3/5"]], "W1": [[1], [2]], "W2": [["3/5", "-3/5"], ["6/5", "-6/5"]]}
CENTRED_ROWS = (net.CENTRED,)


def row_sums(x, factor=1):
    """Σ_i of (Y_1)_ji − (1 − factor) W_1 for every neuron: 0 at factor 1 for centred features."""
    return [ex.total(row) - (1 - factor) * ex.total(w) for row, w in zip(net.base_output(x), x.W1, strict=True)]


def _centred(factor=1, times=1, given=CENTRED_ROWS):
    return Statement(CLASSES, equals_zero(lambda x: [times * v for v in row_sums(x, factor)]), given)


def _mean_removed(batch):
    """X with the mean of the samples removed."""
    return {"X": batch["X"] - batch["X"].mean(-1, keepdim=True)}


NO_SHARES = Part(
    id="memberships-amended",
    says=r"X 1 = 0 \Rightarrow \textstyle\sum_i (Y_1)_{ji} = 0 \text{ for every neuron, so that all outputs sum to } 0 \ne n",
    statement=_centred(),
    checks=(
        Symbolic("gbcl.corollary2_4_1:centred_outputs"),
        Property(also=(BALANCED,), draw=net.draw(CLASSES, "d", _mean_removed)),
        Ablation("gbcl.corollary2_4_1:centred_outputs"),
    ),
    example=BALANCED,
    twins=(Twin("half of the weights remain", _centred(HALF), BALANCED),),
    neighbours=(Neighbour("doubled", _centred(times=2), example=BALANCED),),
)
SUM = Part(
    id="memberships",
    says=r"XX^\top = I_d,\ W_2 = Y_1 \Rightarrow \textstyle\sum_j (Y_1)_{ji} = 1",
    statement=_sums(ASSUMED),
    checks=(Certified(candidates=(TWO,)),),
    example=TWO,
    twins=(Twin("to two", _sums(ASSUMED, 2), TWO),),
    neighbours=(
        Neighbour(
            "the sums of the dual weights",
            Statement(
                CLASSES,
                equals_zero(
                    lambda x: [
                        ex.total(u) - ex.total(v)
                        for u, v in zip(net.transposed(net.base_output(x)), net.transposed(x.W2), strict=True)
                    ]
                ),
                ASSUMED,
            ),
        ),
    ),
    amendment=Amendment(
        NO_SHARES,
        breaks=FailingStep(
            PLACE,
            "nothing in Theorem 2.4 restricts the weights, so the outputs may be any numbers; with the mean of the data removed no "
            "weights make them memberships",
        ),
        advice="do not train linear outputs as memberships of centred data; take a softmax of the outputs with the bias −‖w‖²/2",
    ),
)

CLAIM = Claim(
    id="gbcl.corollary2.4.1",
    title="Self-supervised learning",
    source=Source("gbcl", "Corollary 2.4.1"),
    says=r"\text{the assumption of Theorem 2.4 makes } Y_1 \text{ labels for the base network}",
    derivation=__doc__,
    uses=("gbcl.theorem2.4",),
    readings=(
        Reading(
            "cells",
            "a label is the cell of a sample: the largest output belongs to the nearest prototype",
            (NEAREST,),
            as_printed=True,
        ),
        Reading("dual-weights", "Y_1 is W_2, from the constraint that training the dual network gives", (CONSTRAINT,)),
        Reading("assumption", "Y_1 is W_2, from all that Theorem 2.4 assumes", (ASSUMED_PART,)),
        Reading("memberships", "the outputs of a sample are class memberships, which sum to one", (SUM,)),
    ),
)
