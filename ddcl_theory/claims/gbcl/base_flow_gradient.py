"""Parts about the gradient flow of the error (19) itself, in one time for all prototypes, and (20) word by word."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import base_flow_frozen as frozen
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero

EMPTY = {"z": [[0]], "a": [0], "w": [0], "v": [1]}


def gradient(x, at):
    """∇E^j at a point."""
    y = [ex.variable("prototype", i) for i in range(x.d)]
    values = dict(zip(y, [ex.lift(v) for v in at], strict=True))
    return [ex.substitute(s, values) for s in f.slopes(f.error(x.z, x.a, y), y)]


GRADIENT = Domain((*frozen.CELL, real("w", "d"), real("r", "d")), frozen.SIZES)
ONE_SAMPLE = {"z": [[0]], "a": [1], "w": [1], "r": [1]}


def slope_gap(x, factor):
    """r·(∇E − factor Σ a_i (w − z_i))."""
    pull = ex.minus(ex.scaled(ex.total(x.a), x.w), f.output(x.z, x.a))
    return ex.dot(x.r, ex.minus(gradient(x, x.w), ex.scaled(factor, pull)))


def _slope(factor, *given, times=1):
    return Statement(GRADIENT, equals_zero(lambda x: times * slope_gap(x, factor)), given)


TRUE_SLOPE = Part(
    id="gradient-corrected",
    says=r"\nabla E^j = 2 \textstyle\sum_i a_i (W - x_i) = 2 n_j (W - \mu_j)",
    statement=_slope(2),
    checks=(Symbolic("gbcl.base_flow:slope"), Property(also=(ONE_SAMPLE,))),
    example=ONE_SAMPLE,
    twins=(Twin("without the 2", _slope(1), ONE_SAMPLE),),
    neighbours=(Neighbour("doubled", _slope(2, times=2), example=ONE_SAMPLE),),
)
STILL = Hypothesis("on-the-samples", r"W = x_i", equals_zero(lambda x: [v for s in x.z for v in ex.minus(x.w, s)]))
SLOPE = Part(
    id="gradient",
    says=r"\nabla E^j = \textstyle\sum_i (W - x_i)",
    statement=_slope(1),
    checks=(Certified(candidates=(ONE_SAMPLE,)), Property(also=(ONE_SAMPLE,))),
    example=ONE_SAMPLE,
    twins=(Twin("three times as long", _slope(3), ONE_SAMPLE),),
    neighbours=(Neighbour("on the samples", _slope(1, STILL), example={**ONE_SAMPLE, "w": [0]}),),
    amendment=Amendment(
        TRUE_SLOPE,
        FailingStep("(20)", "the derivative of a square brings a factor 2, which the second form of (20) drops"),
        "halve the learning rate of (20) when the loss is the sum of squares (19), or take half of it as the loss",
    ),
)


def follows(x, rate):
    """r·(dW/dt + ∇E) on W = μ + y (w − μ) with y = e^{−rate t}, for y = x."""
    mu = f.centroid(x.z, x.a)

    def path(left):
        return f.way(x.w, mu, left)

    return ex.dot(x.r, ex.plus(f.velocity(path, x.x, rate(x)), gradient(x, path(x.x))))


def _follows(rate, *given, times=1):
    return Statement(frozen.PATH, equals_zero(lambda x: times * follows(x, rate)), (f.OCCUPIED, *given))


def own_rate(x):
    return 2 * ex.total(x.a)


CENTRED = Hypothesis("at-rest", r"W = \mu", equals_zero(lambda x: ex.minus(x.w, f.centroid(x.z, x.a))))
TRUE_RATE = Part(
    id="rate-corrected",
    says=r"\dot W = -\nabla E^j \text{ has the solution } \mu_j + e^{-2 n_j t} (W(0) - \mu_j)",
    statement=_follows(own_rate),
    checks=(Symbolic("gbcl.base_flow:rate"), Property(also=(frozen.PLACED,))),
    example=frozen.PLACED,
    twins=(Twin("half as fast", _follows(lambda x: ex.total(x.a)), frozen.PLACED),),
    neighbours=(Neighbour("doubled", _follows(own_rate, times=2), example=frozen.PLACED),),
)
RATE = Part(
    id="rate",
    says=r"\dot W = -\nabla E^j \text{ has the solution } \mu_j + e^{-t} (W(0) - \mu_j)",
    statement=_follows(lambda x: 1),
    checks=(Certified(candidates=(frozen.PLACED,)), Property(also=(frozen.PLACED,))),
    example=frozen.PLACED,
    twins=(Twin("as e^{−5t}", _follows(lambda x: 5), frozen.PLACED),),
    neighbours=(Neighbour("at rest", _follows(lambda x: 1, CENTRED), example={**frozen.PLACED, "w": [1, 0]}),),
    amendment=Amendment(
        TRUE_RATE,
        FailingStep("(21)", "(21) divides the gradient by 2 n_j, another number for each prototype"),
        "with one learning rate for all prototypes, expect those of large cells to settle first; a bound on the rate is set by "
        "the largest cell",
    ),
)
UNIQUE_OCCUPIED = Part(
    id="unique-corrected",
    says=r"n_j > 0,\ W \ne W' \Rightarrow (W - W') \cdot (\nabla E^j(W) - \nabla E^j(W')) > 0",
    statement=frozen.apart_fields(gradient, f.OCCUPIED),
    checks=(Symbolic("gbcl.base_flow:unique_gradient"), Property(also=(frozen.PAIRED,))),
    example=frozen.PAIRED,
    twins=(Twin("of the other sign", frozen.apart_fields(gradient, f.OCCUPIED, sign=-1), frozen.PAIRED),),
    neighbours=(Neighbour("doubled", frozen.apart_fields(gradient, f.OCCUPIED, sign=2), example=frozen.PAIRED),),
)


def _occupied_example(k, d):
    return {"z": [[0] * d], "a": [1], "w": [1] * d, "v": [-1] * d}, "1/4"


UNIQUE_GRADIENT = Part(
    id="unique",
    says=r"W \ne W' \Rightarrow (W - W') \cdot (\nabla E^j(W) - \nabla E^j(W')) > 0",
    statement=frozen.apart_fields(gradient),
    checks=(Certified(candidates=(EMPTY,)), Property(also=(EMPTY, frozen.PAIRED))),
    example=frozen.PAIRED,
    twins=(Twin("of the other sign", frozen.apart_fields(gradient, sign=-1), frozen.PAIRED),),
    neighbours=(Neighbour("at least 0", frozen.apart_fields(gradient, op=at_least_zero), example=frozen.PAIRED),),
    amendment=Amendment(
        UNIQUE_OCCUPIED,
        FailingStep("(22)", "an empty cell has no centroid, and the gradient of its prototype is 0 everywhere"),
        "look for prototypes without samples (dead units): the flow never moves them, and where they stand is left to the start",
        examples=_occupied_example,
    ),
)
