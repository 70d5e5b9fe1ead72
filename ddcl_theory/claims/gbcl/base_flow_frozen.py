"""Parts about the base flow (21) with the cell held: its course, its one critical point, and how near an epoch comes to the centroid."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl.flow_runs import Course
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

RUNS = "ddcl_theory.claims.gbcl.flow_runs"
SIZES = {"n": (1, 3), "d": (1, 3)}
CELL = (real("z", "n", "d"), nonnegative("a", "n"))
PATH = Domain((*CELL, real("w", "d"), real("r", "d"), above_zero("x")), SIZES)
PLACED = {"z": [[0, 0], [2, 0]], "a": [1, 1], "w": [3, 1], "r": [1, 1], "x": "1/2"}


def solves(x, power=1):
    """r·(dW/dt − (μ − W)) and r·(W(0) − w) on W = μ + x^power (w − μ)."""
    mu = f.centroid(x.z, x.a)

    def path(left):
        return f.way(x.w, mu, ex.lift(left) ** power)

    moving = ex.minus(f.velocity(path, x.x), ex.minus(mu, path(x.x)))
    return [ex.dot(x.r, moving), ex.dot(x.r, ex.minus(path(ex.ONE), x.w))]


def _solution(power=1, factor=1):
    return Statement(
        PATH,
        equals_zero(lambda x: [factor * v for v in solves(x, power)]),
        (f.OCCUPIED,),
        system=Course("base", rate=power),
    )


SOLUTION = Part(
    id="exponential",
    says=r"r \cdot (W(t) - \mu) = e^{-t}\, r \cdot (W(0) - \mu) \text{ in every direction } r",
    statement=_solution(),
    checks=(
        Symbolic("gbcl.base_flow:solution"),
        Property(also=(PLACED,)),
        Dynamics(f"{RUNS}:course", "numerical solutions of (21) against the closed form over the whole time course"),
    ),
    example=PLACED,
    twins=(Twin("as e^{−2t}", _solution(2), PLACED),),
    neighbours=(Neighbour("doubled", _solution(factor=2), example=PLACED),),
)

TWO_POINTS = Domain((*CELL, real("w", "d"), real("v", "d")), SIZES)
APART = Hypothesis("apart", r"W \ne W'", positive(lambda x: ex.norm2(ex.minus(x.w, x.v))))


def monotone(x, field):
    """(w − v)·(field(w) − field(v))."""
    return ex.dot(ex.minus(x.w, x.v), ex.minus(field(x, x.w), field(x, x.v)))


def away(x, at):
    """W − μ, minus the field (21)."""
    return ex.minus(at, f.centroid(x.z, x.a))


def apart_fields(field, *given, op=positive, sign=1):
    return Statement(TWO_POINTS, op(lambda x: sign * monotone(x, field)), (APART, *given))


PAIRED = {"z": [[1]], "a": [1], "w": [0], "v": [1]}
UNIQUE = Part(
    id="unique",
    says=r"W \ne W' \Rightarrow (W - W') \cdot (\dot W' - \dot W) > 0 \text{: the field (21) vanishes at } \mu \text{ only}",
    statement=apart_fields(away, f.OCCUPIED),
    checks=(Symbolic("gbcl.base_flow:unique"), Property(also=(PAIRED,))),
    example=PAIRED,
    twins=(Twin("of the other sign", apart_fields(away, f.OCCUPIED, sign=-1), PAIRED),),
    neighbours=(Neighbour("at least 0", apart_fields(away, f.OCCUPIED, op=at_least_zero), example=PAIRED),),
)

ELAPSED = Hypothesis("elapsed", "t > 0", positive(lambda x: 1 - x.x))
OFF = Hypothesis("off", r"W \ne \mu", positive(lambda x: ex.norm2(ex.minus(x.w, f.centroid(x.z, x.a)))))
STRETCH = Domain((*CELL, real("w", "d"), above_zero("x"), above_zero("delta")), SIZES)
BEGUN = {**{k: v for k, v in PLACED.items() if k != "r"}, "delta": "1/4"}
LONG_ENOUGH = {**BEGUN, "x": "1/8"}


def gain(x, after, share=1):
    """share ‖w − μ‖² − ‖after − μ‖²."""
    mu = f.centroid(x.z, x.a)
    return share * ex.norm2(ex.minus(x.w, mu)) - ex.norm2(ex.minus(after, mu))


def stretch_gain(x, share):
    """share ‖w − μ‖² − ‖W(t) − μ‖²."""
    return gain(x, f.way(x.w, f.centroid(x.z, x.a), x.x), share)


def _left(power=2, times=1):
    return Statement(STRETCH, equals_zero(lambda x: times * stretch_gain(x, x.x**power)), (f.OCCUPIED,))


def _within(*given, scale=1, offset=0):
    return Statement(
        STRETCH, at_least_zero(lambda x: stretch_gain(x, scale * x.delta**2 + offset)), (f.OCCUPIED, ELAPSED, *given)
    )


LEFT = Part(
    id="epoch-error",
    says=r"\|W(t) - \mu\|^2 = e^{-2t}\, \|W(0) - \mu\|^2 \text{: what an epoch of length } t \text{ leaves of the way to } \mu",
    statement=_left(),
    checks=(Symbolic("gbcl.base_flow:left"), Property(also=(BEGUN,))),
    example=BEGUN,
    twins=(Twin("e^{−3t}", _left(3), BEGUN),),
    neighbours=(Neighbour("doubled", _left(times=2), example=BEGUN),),
)
EPOCH = Part(
    id="epoch",
    says=r"\|W(t) - \mu\| \le \delta\, \|W(0) - \mu\| \text{ for every } t > 0 \text{ and every tolerance } \delta > 0",
    statement=_within(),
    checks=(Certified(candidates=(BEGUN,)), Property(also=(BEGUN, LONG_ENOUGH))),
    example=BEGUN,
    twins=(Twin("within half the tolerance", _within(scale=ex.Fraction(1, 4)), BEGUN),),
    neighbours=(
        Neighbour(
            "a tolerance of at least 1",
            _within(Hypothesis("loose", r"\delta \ge 1", at_least_zero(lambda x: x.delta - 1))),
            example={**BEGUN, "delta": 1},
        ),
    ),
    amendment=Amendment(
        LEFT,
        FailingStep(
            "after (23)",
            "no length of an epoch and no bound on the error are given; what is left is e^{−t} of the way, near 0 for long epochs only",
        ),
        "read off how near: after the time t the share e^{−t} of the way to the centroid is left, after one step of (20) the share "
        "|1 − ε n_j| (|1 − 2ε n_j| for the gradient of (19)); at the published ε = 0.008 and 500/30 samples to a cell an epoch "
        "leaves 87 % (73 %); for Lloyd's step take ε = 1/n_j (1/(2n_j))",
    ),
)
