"""The projection onto the simplex by sorting, for `ddcl.incremental`.

Every v is w + τ − ν with w its projection, and the entries can be put in descending order, those with w_i > 0 first.  Sums
that must be 1 are divided by their mass, so that no condition is left.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, positive

POINTS = Domain(
    (
        simplex("w", "s"),
        nonnegative("nu", "e"),
        real("tau"),
        above_zero("b", "s"),
        nonnegative("c", "e"),
    ),
    {"s": (1, 3), "e": (0, 2)},
)


def farther(x, scale=1, released=False):
    """|v − y|² − |v − w|² for v = (w + τ, τ − ν) and y = (b, c)/(Σb + Σc); released: ν with the other sign."""
    off = [x.tau + nu if released else x.tau - nu for nu in x.nu]
    v = [*(entry + x.tau for entry in x.w), *off]
    mass = ex.total(x.b) + ex.total(x.c)
    y = [entry / mass for entry in (*x.b, *x.c)]
    w = [*x.w, *[ex.ZERO] * len(off)]
    return scale * (ex.norm2(ex.minus(v, y)) - ex.norm2(ex.minus(v, w)))


NEAREST = Part(
    id="nearest",
    says=r"v = w + \tau - \nu,\ \nu \ge 0 = \nu_j w_j \Rightarrow \|v - y\| \ge \|v - w\| \text{ for all } y \in \Delta",
    statement=Statement(POINTS, at_least_zero(farther)),
    checks=(Symbolic("ddcl.incremental:nearest"), Property()),
    example={"w": ["1/2", "1/2"], "nu": [1], "tau": 1, "b": [1, 1], "c": [1]},
    twins=(
        Twin(
            "entries above the threshold left out",
            Statement(POINTS, at_least_zero(lambda x: farther(x, released=True))),
            witness={"w": [1], "nu": [2], "tau": 0, "b": [1], "c": [1]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(POINTS, at_least_zero(lambda x: farther(x, 2)))),),
)

KEPT = Domain(
    (nonnegative("head", "h"), above_zero("w"), nonnegative("tail", "t"), real("tau")), {"h": (0, 3), "t": (0, 2)}
)


def kept(x, short=0, scale=1):
    """j v_j + 1 − Σ_{i≤j} v_i at an entry of the support with the entries `head` before it and `tail` after it."""
    mass = ex.total(x.head) + x.w + ex.total(x.tail)
    v = [entry / mass + x.tau for entry in (*x.head, x.w)]
    return scale * ((x.h + 1 - short) * v[-1] + 1 - ex.total(v))


SORT_KEEPS = Part(
    id="sort-keeps",
    says=r"w_j > 0 \Rightarrow j v_j + 1 - \textstyle\sum_{i \le j} v_i > 0",
    statement=Statement(KEPT, positive(kept)),
    checks=(Symbolic("ddcl.incremental:keeps"), Property()),
    example={"head": [1], "w": 1, "tail": [], "tau": 1},
    twins=(
        Twin(
            "one entry fewer counted",
            Statement(KEPT, positive(lambda x: kept(x, 1))),
            witness={"head": [], "w": 1, "tail": [], "tau": 1},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(KEPT, positive(lambda x: kept(x, scale=2)))),),
)

BEYOND = Domain(
    (simplex("w", "s"), nonnegative("before", "m"), nonnegative("nu"), real("tau")), {"s": (1, 3), "m": (0, 2)}
)
SORTED = Hypothesis(
    "sorted", r"\nu_l \le \nu_j \text{ for } l < j", at_least_zero(lambda x: [x.nu - v for v in x.before] or [1])
)


def beyond(x, extra=0, scale=1):
    """−(j v_j + 1 − Σ_{i≤j} v_i) at an entry beyond the support, with the entries τ − `before` between."""
    v = [*(entry + x.tau for entry in x.w), *(x.tau - nu for nu in x.before), x.tau - x.nu]
    return -scale * ((x.s + x.m + 1 + extra) * v[-1] + 1 - ex.total(v))


SORT_STOPS = Part(
    id="sort-stops",
    says=r"w_j = 0 \Rightarrow j v_j + 1 - \textstyle\sum_{i \le j} v_i \le 0",
    statement=Statement(BEYOND, at_least_zero(beyond), (SORTED,)),
    checks=(Symbolic("ddcl.incremental:stops"), Property()),
    example={"w": [1], "before": [0], "nu": 1, "tau": 0},
    twins=(
        Twin(
            "one entry more counted",
            Statement(BEYOND, at_least_zero(lambda x: beyond(x, 1)), (SORTED,)),
            witness={"w": [1], "before": [], "nu": 0, "tau": 1},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(BEYOND, at_least_zero(lambda x: beyond(x, scale=2)), (SORTED,))),),
)
