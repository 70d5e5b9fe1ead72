"""Parts of Theorem 2.1 about outputs: W_2 = PX gives out P, when every P is an output, and what XXᵀ = I asks of X."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Statement,
    Twin,
)
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.domain import Domain, above_zero, real
from ddcl_theory.relation import at_least_zero, equals_zero

HALF = ex.Fraction(1, 2)
INPUT = real("X", "d", "n")
PROTOTYPES = real("P", "k", "d")
REALISED = Domain((INPUT, PROTOTYPES), net.SIZES)
SCALED = Domain((INPUT, PROTOTYPES, above_zero("c")), net.SIZES)
INVERTED = Domain((INPUT, PROTOTYPES, real("R", "n", "d")), net.SIZES)
PAIRS = {"n": (1, 3), "d": (1, 3)}
COUNTED = Domain((INPUT,), PAIRS)
SPANNED = Domain((INPUT, real("W2", "d", "n"), real("v", "d")), PAIRS)

TURN = [["3/5", "4/5"]]
WHITE = {"X": TURN, "P": [[2]]}
OPPOSITE = [[1, -1]]


def realised(x, factor=1):
    """The output of the dual network with the weights factor · PX."""
    return net.product([ex.scaled(factor, row) for row in net.product(x.P, x.X)], net.transposed(x.X))


def least_distances(inputs, prototypes):
    """min_j ‖x_i − p_j‖² for every sample."""
    return [ex.minimum(*[ex.norm2(ex.minus(sample, row)) for row in prototypes]) for sample in net.transposed(inputs)]


def quantisation(inputs, prototypes):
    """Σ_i min_j ‖x_i − p_j‖², (12) with λ = 0."""
    return ex.total(least_distances(inputs, prototypes))


def doubled(value):
    return lambda x: [2 * v for v in value(x)]


def outputs(
    identifier, says, domain, given, value, wrong, proof, draw, example, twin, more=(), systems=(None, None, None)
):
    """W_2 = … gives out P; the twin has another factor.  systems: what is integrated, for the part, twin and neighbour."""
    return Part(
        id=identifier,
        says=says,
        statement=Statement(domain, equals_zero(value), given, systems[0]),
        checks=(
            Symbolic(f"gbcl.theorem2_1:{proof}"),
            Certified(candidates=(example,)) if draw is None else Property(also=(example,), draw=draw),
            *more,
        ),
        example=example,
        twins=(Twin(twin, Statement(domain, equals_zero(wrong), given, systems[1]), example),),
        neighbours=(
            Neighbour("doubled", Statement(domain, equals_zero(doubled(value)), given, systems[2]), example=example),
        ),
    )


OUTPUT = outputs(
    "output",
    r"XX^\top = I_d \Rightarrow Y_2 = P \text{ for } W_2 = PX",
    REALISED,
    (net.UNIT_FEATURES,),
    lambda x: net.difference(realised(x), x.P),
    lambda x: net.difference(realised(x), x.P, 2),
    "output",
    net.draw(REALISED, "d"),
    WHITE,
    "twice P",
    more=(Ablation("gbcl.theorem2_1:output"),),
)
SAME_LOSS = Part(
    id="same-loss",
    says=r"\mathcal L(X, W_1) = \mathcal L(X, Y_2) \text{ for } W_1 = P,\ W_2 = PX",
    statement=Statement(
        REALISED, equals_zero(lambda x: quantisation(x.X, x.P) - quantisation(x.X, realised(x))), (net.UNIT_FEATURES,)
    ),
    checks=(Symbolic("gbcl.theorem2_1:same_loss"), Property(also=(WHITE,), draw=net.draw(REALISED, "d"))),
    example=WHITE,
    twins=(
        Twin(
            "weights half as large",
            Statement(
                REALISED,
                equals_zero(lambda x: quantisation(x.X, x.P) - quantisation(x.X, realised(x, HALF))),
                (net.UNIT_FEATURES,),
            ),
            WHITE,
        ),
    ),
    neighbours=(
        Neighbour(
            "with centred features as well",
            Statement(
                REALISED,
                equals_zero(lambda x: quantisation(x.X, x.P) - quantisation(x.X, realised(x))),
                (
                    net.UNIT_FEATURES,
                    Hypothesis("bounded", r"\|P\| \le 10", at_least_zero(lambda x: 100 - ex.norm2(net.entries(x.P)))),
                ),
            ),
            example=WHITE,
        ),
    ),
)

# --- sharper: rank d ---
RIGHT_INVERSE = Hypothesis(
    "right-inverse", "XR = I_d", equals_zero(lambda x: net.difference(net.product(x.X, x.R), net.identity(x.d)))
)
INVERSE_POINT = {"X": [[1, 1]], "P": [[1]], "R": [[2], [-1]]}


def _with_inverse(batch):
    import torch

    return {"R": torch.linalg.pinv(batch["X"])}


FULL_RANK = outputs(
    "full-rank",
    r"XR = I_d \Rightarrow Y_2 = P \text{ for } W_2 = P R^\top",
    INVERTED,
    (RIGHT_INVERSE,),
    lambda x: net.difference(net.product(net.product(x.P, net.transposed(x.R)), net.transposed(x.X)), x.P),
    lambda x: net.difference(net.product(net.product(x.P, x.X), net.transposed(x.X)), x.P),
    "right_inverse",
    net.draw(INVERTED, "d", _with_inverse),
    INVERSE_POINT,
    "the weights PX",
)


def _spanned(conclusion, given):
    return Statement(SPANNED, equals_zero(conclusion), given)


EVERY = Hypothesis(
    "realised",
    r"W_2 X^\top = I_d",
    equals_zero(lambda x: net.difference(net.product(x.W2, net.transposed(x.X)), net.identity(x.d))),
)
ORTHOGONAL = Hypothesis(
    "orthogonal", r"X^\top v = 0", equals_zero(lambda x: [ex.dot(c, x.v) for c in net.transposed(x.X)])
)
OFF_FIRST = Hypothesis("off-first", r"v \perp x_1", equals_zero(lambda x: ex.dot(net.transposed(x.X)[0], x.v)))
NO_DIRECTION = {"X": [[1, 0], [0, 1]], "W2": [[1, 0], [0, 1]], "v": [0, 0]}
SECOND_AXIS = {**NO_DIRECTION, "v": [0, 1]}
RANK_NEEDED = Part(
    id="rank-needed",
    says=r"W_2 X^\top = I_d,\ X^\top v = 0 \Rightarrow v = 0",
    statement=_spanned(lambda x: x.v, (EVERY, ORTHOGONAL)),
    checks=(
        Symbolic("gbcl.theorem2_1:full_rank_needed"),
        Certified(candidates=(NO_DIRECTION, SECOND_AXIS)),
    ),
    example=NO_DIRECTION,
    twins=(Twin("orthogonal to the first sample only", _spanned(lambda x: x.v, (EVERY, OFF_FIRST)), SECOND_AXIS),),
    neighbours=(Neighbour("doubled", _spanned(lambda x: [2 * v for v in x.v], (EVERY, ORTHOGONAL))),),
)


def _counted(conclusion):
    return Statement(COUNTED, at_least_zero(conclusion), (net.UNIT_FEATURES,))


SQUARE = {"X": [[1, 0], [0, 1]]}
SAMPLE_COUNT = Part(
    id="sample-count",
    says=r"XX^\top = I_d \Rightarrow n \ge d",
    statement=_counted(lambda x: x.n - x.d),
    checks=(
        Symbolic("gbcl.theorem2_1:sample_count"),
        Property(also=(SQUARE,), draw=net.draw(COUNTED, "d")),
        Ablation("gbcl.theorem2_1:sample_count"),
    ),
    example=SQUARE,
    twins=(Twin("more samples than features", _counted(lambda x: x.n - x.d - 1), {"X": [[1]]}),),
    neighbours=(Neighbour("doubled", _counted(lambda x: 2 * (x.n - x.d)), example=SQUARE),),
)

# --- unit variance in its statistical sense ---
SCALED_POINT = {"X": OPPOSITE, "P": [[1]], "c": 2}
SCALED_OUTPUT = outputs(
    "output-amended",
    r"XX^\top = c I_d \Rightarrow Y_2 = P \text{ for } W_2 = PX/c",
    SCALED,
    (net.EVEN_FEATURES,),
    lambda x: net.difference(realised(x, 1 / x.c), x.P),
    lambda x: net.difference(realised(x), x.P),
    "scaled_output",
    None,
    SCALED_POINT,
    "the weights PX",
)
STANDARD = (net.CENTRED, net.UNIT_VARIANCE)
ADVICE = (
    "whiten the data to XXᵀ = I, or with standardised uncorrelated features divide the weights and the rate of the dual "
    "network by the number of samples"
)


def standard(part, says, domain, value, wrong, twin, neighbour, point, amended, breaks):
    return Part(
        id=part,
        says=says,
        statement=Statement(domain, equals_zero(value), STANDARD),
        checks=(Certified(candidates=(point,)),),
        example=point,
        twins=(Twin(twin, Statement(domain, equals_zero(wrong), STANDARD), point),),
        neighbours=(Neighbour("n times as much", Statement(domain, equals_zero(neighbour), STANDARD), example=point),),
        amendment=Amendment(amended, breaks=FailingStep("proof of Theorem 2.1", breaks), advice=ADVICE),
    )


STANDARD_OUTPUT = standard(
    "output",
    r"X 1 = 0,\ XX^\top = n I_d \Rightarrow Y_2 = P \text{ for } W_2 = PX",
    REALISED,
    lambda x: net.difference(realised(x), x.P),
    lambda x: net.difference(realised(x), x.P, x.n - 1 + HALF),
    "n − 1/2 times P",
    lambda x: net.difference(realised(x), x.P, x.n),
    {"X": OPPOSITE, "P": [[1]]},
    SCALED_OUTPUT,
    "uncorrelated features of variance 1 over n samples give XXᵀ = n I_d, not I_d",
)
