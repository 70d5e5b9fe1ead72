"""Parts about an epoch in steps: one step of (20), or a step for each sample."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import base_flow_frozen as frozen
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.domain import Domain, above_zero, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

STEP = Domain((*frozen.CELL, real("w", "d"), above_zero("eps")), frozen.SIZES)
LONG = {"z": [[0]], "a": [1], "w": [1], "eps": 2}
SHORT = {**LONG, "eps": 1}


def after_step(x):
    """(20) as printed: w − ε Σ a_i (w − z_i)."""
    return ex.minus(x.w, ex.scaled(x.eps, ex.minus(ex.scaled(ex.total(x.a), x.w), f.output(x.z, x.a))))


def _nearer(*given, op=positive, bound=1):
    return Statement(STEP, op(lambda x: bound * frozen.gain(x, after_step(x))), (f.OCCUPIED, frozen.OFF, *given))


STABLE = Hypothesis("stable-rate", r"\varepsilon n_j < 2", positive(lambda x: 2 - x.eps * ex.total(x.a)))
STEP_STABLE = Part(
    id="one-step-corrected",
    says=r"\varepsilon n_j < 2 \Rightarrow \|W^+ - \mu\| < \|W - \mu\|",
    statement=_nearer(STABLE),
    checks=(
        Symbolic("gbcl.base_flow:step"),
        Property(also=(SHORT,)),
        Ablation("gbcl.base_flow:step", only=("stable-rate", "off")),
    ),
    example=SHORT,
    twins=(Twin("of the other sign", _nearer(STABLE, bound=-1), SHORT),),
    neighbours=(Neighbour("doubled", _nearer(STABLE, bound=2), example=SHORT),),
)
STEP_PART = Part(
    id="one-step",
    says=r"W^+ = W - \varepsilon \textstyle\sum_i (W - x_i) \Rightarrow \|W^+ - \mu\| < \|W - \mu\|",
    statement=_nearer(),
    checks=(Certified(candidates=(LONG,)), Property(also=(LONG, SHORT))),
    example=SHORT,
    twins=(Twin("of the other sign", _nearer(bound=-1), SHORT),),
    neighbours=(
        Neighbour(
            "at the rates up to 1/n_j",
            _nearer(Hypothesis("slow", r"\varepsilon n_j \le 1", at_least_zero(lambda x: 1 - x.eps * ex.total(x.a)))),
            example=SHORT,
        ),
    ),
    amendment=Amendment(
        STEP_STABLE,
        FailingStep("(20), (21)", "the ODE describes small steps; a step of (20) multiplies W − μ by 1 − ε n_j"),
        "choose ε below 2 / max n_j for (20) as printed, 1 / max n_j for the gradient of (19); ε = 1/n_j is Lloyd's step",
        examples=lambda k, d: ({"z": [[0] * d], "a": [1], "w": [1] * d, "eps": "1/2"}, "1/4"),
    ),
)


def step_error(x, factor=1):
    """‖W⁺ − μ‖² − (1 − factor ε n_j)² ‖W − μ‖²."""
    return -frozen.gain(x, after_step(x), (1 - factor * x.eps * ex.total(x.a)) ** 2)


def _error(factor=1, times=1):
    return Statement(STEP, equals_zero(lambda x: times * step_error(x, factor)), (f.OCCUPIED,))


#: The published rate, and three samples to the cell.
PUBLISHED = {"z": [[0], [0], [3]], "a": [1, 1, 1], "w": [0], "eps": "1/125"}
STEP_ERROR = Part(
    id="step-error",
    says=r"\|W^+ - \mu\|^2 = (1 - \varepsilon n_j)^2\, \|W - \mu\|^2",
    statement=_error(),
    checks=(Symbolic("gbcl.base_flow:step_error"), Property(also=(PUBLISHED, SHORT))),
    example=PUBLISHED,
    twins=(Twin("1 − 2 ε n_j, the factor of the gradient of (19)", _error(2), PUBLISHED),),
    neighbours=(Neighbour("doubled", _error(times=2), example=PUBLISHED),),
)
ONLINE = Domain((real("z", "n", "d", latex="x"), real("w", "d"), above_zero("eps")), {"n": (1, 3), "d": (1, 2)})
SWINGING = {"z": [[-1], [1]], "w": [0], "eps": "1/2"}


def one_by_one(x):
    """w after a step w + ε (z_i − w) for each sample in turn."""
    w = list(x.w)
    for s in x.z:
        w = f.way(w, s, 1 - x.eps)
    return w


def online_gain(x):
    mu = [ex.mean(column) for column in zip(*x.z, strict=True)]
    return ex.norm2(ex.minus(x.w, mu)) - ex.norm2(ex.minus(one_by_one(x), mu))


RUNNING = Domain((real("s", "d"), real("z", "d", latex="x"), real("r", "d"), above_zero("i")), {"d": (1, 3)})
COUNTED = {"s": [3], "z": [2], "r": [1], "i": 2}


def running(x, offset=1):
    """r·((i + 1) W⁺ − (s + z)) for W = s/i and the step W⁺ = W + (z − W)/(i + offset)."""
    before = ex.scaled(1 / x.i, x.s)
    after = ex.plus(before, ex.scaled(1 / (x.i + offset), ex.minus(x.z, before)))
    return ex.dot(x.r, ex.minus(ex.scaled(x.i + 1, after), ex.plus(x.s, x.z)))


RUNNING_MEAN = Part(
    id="running-mean",
    says=r"W = \tfrac1i \textstyle\sum_{l \le i} x_l \text{ and the rate } \tfrac{1}{i+1} \Rightarrow "
    r"W^+ = \tfrac{1}{i+1} \sum_{l \le i+1} x_l",
    statement=Statement(RUNNING, equals_zero(running)),
    checks=(Symbolic("gbcl.base_flow:running"), Property(also=(COUNTED,))),
    example=COUNTED,
    twins=(Twin("the rate 1/(i + 2)", Statement(RUNNING, equals_zero(lambda x: running(x, 2))), COUNTED),),
    neighbours=(Neighbour("doubled", Statement(RUNNING, equals_zero(lambda x: 2 * running(x))), example=COUNTED),),
)
SLOW_ONLINE = Hypothesis("one-sample", "n = 1", equals_zero(lambda x: ex.lift(x.n - 1)))
WITHIN = Hypothesis("rate-at-most-one", r"\varepsilon \le 1", at_least_zero(lambda x: 1 - x.eps))
ONLINE_PART = Part(
    id="sample-by-sample",
    says=r"W \leftarrow W + \varepsilon (x_i - W),\ i = 1, \dots, n,\ \varepsilon \le 1 \Rightarrow \|W^+ - \mu\| \le \|W - \mu\|",
    statement=Statement(ONLINE, at_least_zero(online_gain), (WITHIN,)),
    checks=(Certified(candidates=(SWINGING,)), Property(also=(SWINGING,))),
    example=SWINGING,
    twins=(
        Twin(
            "of the other sign",
            Statement(ONLINE, at_least_zero(lambda x: -online_gain(x)), (WITHIN,)),
            {"z": [[0]], "w": [1], "eps": 1},
        ),
    ),
    neighbours=(
        Neighbour(
            "a single sample",
            Statement(ONLINE, at_least_zero(online_gain), (WITHIN, SLOW_ONLINE)),
            example={"z": [[0]], "w": [1], "eps": 1},
        ),
    ),
    amendment=Amendment(
        RUNNING_MEAN,
        FailingStep(
            "(20), (21)", "a step for each sample weighs the last ones most, so that the result depends on their order"
        ),
        "with steps for single samples use the rates 1, 1/2, 1/3, …: the epoch then ends at the centroid, in any order",
    ),
)
