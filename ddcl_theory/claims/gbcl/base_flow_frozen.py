"""Parts about the base flow (21) with the cell held: its course, its one critical point, and how near an epoch comes to the centroid."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Part, Statement, Twin
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
STRETCH = Domain((*CELL, real("w", "d"), above_zero("x")), SIZES)
BEGUN = {k: v for k, v in PLACED.items() if k != "r"}


def gain(x, after, share=1):
    """share ‖w − μ‖² − ‖after − μ‖²."""
    mu = f.centroid(x.z, x.a)
    return share * ex.norm2(ex.minus(x.w, mu)) - ex.norm2(ex.minus(after, mu))


def stretch_gain(x, power=0):
    """x^power ‖w − μ‖² − ‖W(t) − μ‖²."""
    return gain(x, f.way(x.w, f.centroid(x.z, x.a), x.x), x.x**power)


EPOCH = Part(
    id="epoch",
    says=r"\|W(t) - \mu\| < \|W(0) - \mu\| \text{ for } t > 0 \text{: nearer to the result of Lloyd's step}",
    statement=Statement(STRETCH, positive(stretch_gain), (f.OCCUPIED, OFF, ELAPSED)),
    checks=(
        Symbolic("gbcl.base_flow:epoch"),
        Property(also=(BEGUN,)),
        Ablation("gbcl.base_flow:epoch", only=("off", "elapsed")),
    ),
    example=BEGUN,
    twins=(
        Twin(
            "to less than e^{−t} of the distance",
            Statement(STRETCH, positive(lambda x: stretch_gain(x, 2)), (f.OCCUPIED, OFF, ELAPSED)),
            BEGUN,
        ),
    ),
    neighbours=(
        Neighbour(
            "at least as near",
            Statement(STRETCH, at_least_zero(stretch_gain), (f.OCCUPIED, OFF, ELAPSED)),
            example=BEGUN,
        ),
    ),
)
