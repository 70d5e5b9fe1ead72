"""Remark after Theorem 1: the closed form weighs an instance by 1 − p, p its prediction at the own centre.

In the paper's sense of hardness, p itself, it is the definition of the weight that 1 − p falls in p.  With equal weights c > 0,
Σ c x_i / Σ c = Σ x_i / n, the mean of (5).  That (4) "captures hard instances better" than (5) is more: the mean of p over the
positives, weighted as in (4), is at most their plain mean, as n Σ (1 − p) p − Σ (1 − p) Σ p = −½ Σ_ij (p_i − p_j)² (Chebyshev's
sum inequality).

Hardness as distance from the own centre is another thing, because p also depends on the other centres.  With w = e_1, one other
centre e_2 and e^{1/λ} = 32, a = (−3, −4)/5 is farther from w than b = e_2, but 1 − p is 1/3 at a and 32/33 at b.  Where the farther
instance is no less similar to every other centre it has the larger weight: p = e^{x·w/λ} / (e^{x·w/λ} + S) falls in S and grows with
x·w = 1 − |x − w|²/2.
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
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.claims.secu.float_rows_centres import hardness_part
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero

PAIR = Domain(
    (real("a", "d"), real("b", "d"), real("w", "d"), real("v", "o", "d"), temperature("T")), {"o": (1, 3), "d": (1, 3)}
)
MEAN = Domain((real("x", "n", "d"), above_zero("c")), {"n": (1, 4), "d": (1, 3)})
draw = s.spherical(PAIR, "a", "b", "w", "v")
UNIT = s.unit("a", "b")


def heavier(x, sign=1, scale=1):
    """Weight of a less that of b."""
    return sign * scale * (s.weight(x.a, x.w, x.v, x.T) - s.weight(x.b, x.w, x.v, x.T))


def harder(x):
    """p of b less that of a."""
    return s.prediction(x.b, x.w, x.v, x.T) - s.prediction(x.a, x.w, x.v, x.T)


def farther(x):
    return ex.norm2(ex.minus(x.a, x.w)) - ex.norm2(ex.minus(x.b, x.w))


def like_others(x):
    return [ex.dot(x.a, v) - ex.dot(x.b, v) for v in x.v]


HARDER = Hypothesis(
    "harder",
    r"p_a \le p_b",
    at_least_zero(harder),
    breaks=({"a": [1], "b": [-1], "w": [1], "v": [[-1]], "T": {"s": "1/2"}},),
)
FARTHER = Hypothesis("farther", r"\|a - w\| \ge \|b - w\|", at_least_zero(farther))
NEARER = Hypothesis(
    "nearer", r"a \cdot v_l \ge b \cdot v_l \text{ for every other centre } v_l", at_least_zero(like_others)
)
LOWER = {"a": [-1], "b": [1], "w": [1], "v": [[-1]], "T": {"s": "1/2"}}
FARTHER_AND_LIGHTER = {
    "a": ["-3/5", "-4/5"], "b": [0, 1], "w": [1, 0], "v": [[0, 1]], "T": {"s": "1/32"},
}  # fmt: skip
SAME_DISTANCE = {"a": [0, -1], "b": [0, 1], "w": [1, 0], "v": [[0, 1]], "T": {"s": "1/2"}}
ACROSS = {"a": [-1, 0], "b": [1, 0], "w": [1, 0], "v": [[0, 1]], "T": {"s": "1/2"}}


def draw_alike(sizes, cases, generator):
    """Pairs that differ only across the hyperplane that holds all other centres; a is the farther one."""
    batch = draw(sizes, cases, generator)
    batch["v"][..., 0] = 0
    batch["v"] = batch["v"] / batch["v"].norm(dim=-1, keepdim=True).clamp_min(1e-9)
    b = batch["a"].clone()
    b[..., 0] = -b[..., 0]
    swap = ((batch["a"] - b) * batch["w"]).sum(-1, keepdim=True) > 0
    batch["a"], batch["b"] = b.where(swap, batch["a"]), batch["a"].where(swap, b)
    return batch


def uniform(x, scale=1, power=1):
    """Σ c x_i / Σ c − Σ x_i / n."""
    n = len(x.x)
    plain = [ex.total(row[a] for row in x.x) / n**power for a in range(x.d)]
    weighted = [ex.total(x.c * row[a] for row in x.x) / ex.total(x.c for _ in x.x) for a in range(x.d)]
    return [scale * (u - v) for u, v in zip(weighted, plain, strict=True)]


POSITIVES = Domain(
    (real("x", "n", "d"), real("w", "d"), real("v", "o", "d"), temperature("T")),
    {"n": (1, 3), "o": (1, 2), "d": (1, 2)},
)


def easier(x, scale=1, own=False):
    """Σ p / n − Σ c p / Σ c with the weights c = 1 − p, or c = p."""
    p = [s.prediction(row, x.w, x.v, x.T) for row in x.x]
    weights = p if own else [s.weight(row, x.w, x.v, x.T) for row in x.x]
    return scale * (ex.total(p) / x.n - ex.dot(weights, p) / ex.total(weights))


TWO_POSITIVES = {"x": [[1], [-1]], "w": [1], "v": [[-1]], "T": {"s": "1/2"}}
CAPTURES = Part(
    id="captures",
    says=r"\frac{\sum_i (1 - p_i) p_i}{\sum_i 1 - p_i} \le \frac1n \textstyle\sum_i p_i: "
    r"\text{ (4) averages over harder instances than (5)}",
    statement=Statement(POSITIVES, at_least_zero(easier)),
    checks=(
        Symbolic("secu.hardness:captures"),
        Property(also=(TWO_POSITIVES,), draw=s.spherical(POSITIVES, "x", "w", "v")),
    ),
    example=TWO_POSITIVES,
    twins=(
        Twin(
            "weighted by p", Statement(POSITIVES, at_least_zero(lambda x: easier(x, own=True))), witness=TWO_POSITIVES
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(POSITIVES, at_least_zero(lambda x: easier(x, 3)))),),
)
WEIGHTS = Part(
    id="weights",
    says=r"p_a \le p_b \Rightarrow 1 - p_a \ge 1 - p_b \quad (\text{by definition})",
    statement=Statement(PAIR, at_least_zero(heavier), (HARDER,)),
    checks=(Symbolic("secu.hardness:harder"), Property(also=(LOWER,), draw=draw), Ablation("secu.hardness:harder", only=("harder",))),
    example=LOWER,
    twins=(Twin("lighter", Statement(PAIR, at_least_zero(lambda x: heavier(x, -1)), (HARDER,)), witness=LOWER),),
    neighbours=(
        Neighbour("three times", Statement(PAIR, at_least_zero(lambda x: heavier(x, scale=3)), (HARDER,))),
    ),
)  # fmt: skip
UNIFORM = Part(
    id="uniform",
    says=r"\frac{\sum_i c\, x_i}{\sum_i c} = \frac1n \textstyle\sum_i x_i",
    statement=Statement(MEAN, equals_zero(uniform)),
    checks=(Symbolic("secu.hardness:uniform_weights"), Property()),
    example={"x": [[1], [-1]], "c": "1/2"},
    twins=(
        Twin(
            "divided twice",
            Statement(MEAN, equals_zero(lambda x: uniform(x, power=2))),
            witness={"x": [[1], [1]], "c": "1/2"},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(MEAN, equals_zero(lambda x: uniform(x, scale=2)))),),
)
APART = (*UNIT, *s.unit("w", "v"), FARTHER)


def opposite(k, d):
    """b at the centre, a at another one, which is opposite."""
    first = [int(i == 0) for i in range(d)]
    other = [-v for v in first]
    return {"a": other, "b": first, "w": first, "v": [other], "T": {"s": "1/2"}}, "1/8"


NEARER_TO_OTHERS = Part(
    id="distance",
    says=r"\|a - w\| \ge \|b - w\|,\ a \cdot v_l \ge b \cdot v_l \text{ for all } l \Rightarrow 1 - p_a \ge 1 - p_b",
    statement=Statement(PAIR, at_least_zero(heavier), (*APART, NEARER)),
    checks=(
        Symbolic("secu.hardness:farther"),
        Property(also=(ACROSS, LOWER, FARTHER_AND_LIGHTER), draw=draw_alike),
    ),
    example=ACROSS,
    twins=(
        Twin("lighter", Statement(PAIR, at_least_zero(lambda x: heavier(x, -1)), (*APART, NEARER)), witness=ACROSS),
        Twin("farther only", Statement(PAIR, at_least_zero(heavier), APART), witness=FARTHER_AND_LIGHTER),
    ),
    neighbours=(
        Neighbour("three times", Statement(PAIR, at_least_zero(lambda x: heavier(x, scale=3)), (*APART, NEARER))),
    ),
)
DISTANCE = Part(
    id="distance",
    says=r"\|a - w\| \ge \|b - w\| \Rightarrow 1 - p_a \ge 1 - p_b",
    statement=Statement(PAIR, at_least_zero(heavier), APART),
    checks=(
        Certified(candidates=(FARTHER_AND_LIGHTER, SAME_DISTANCE)),
        Property(also=(FARTHER_AND_LIGHTER, SAME_DISTANCE), draw=draw),
    ),
    example=FARTHER_AND_LIGHTER,
    twins=(
        Twin(
            "lighter",
            Statement(PAIR, at_least_zero(lambda x: heavier(x, -1)), APART),
            witness=SAME_DISTANCE | {"a": [0, 1], "b": [0, -1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "harder instead of farther",
            Statement(PAIR, at_least_zero(heavier), (*UNIT, *s.unit("w", "v"), HARDER)),
            example=ACROSS,
        ),
    ),
    amendment=Amendment(
        NEARER_TO_OTHERS,
        breaks=FailingStep(
            "Remark after Theorem 1",
            "the weight is a function of p, and p sets the similarity to the own centre against those to all others; "
            "the distance from the own centre alone does not order the weights",
        ),
        examples=opposite,
        advice="read the weight as ambiguity between clusters, not as eccentricity within one: an outlier that is far from all "
        "centres gets no more than an instance between two of them",
    ),
)
CLAIM = Claim(
    id="secu.hardness",
    title="The closed form weighs instances by their hardness",
    source=Source("secu", "Remark after Theorem 1"),
    says=r"w_j = \Pi\Big(\tfrac{\sum_i (1 - p_{ij}) x_i}{\sum_i 1 - p_{ij}}\Big) \text{ weighs hard instances more; "
    r"uniform weights give the mean}",
    derivation=__doc__,
    readings=(
        Reading(
            "prediction",
            "an instance is hard if its prediction p at the own centre is small",
            (WEIGHTS, UNIFORM, CAPTURES),
            as_printed=True,
        ),
        Reading("distance", "an instance is hard if it is far from its own centre", (DISTANCE,)),
        *(
            Reading(dtype, f"the weights of ddcl_core in {dtype}", (hardness_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)  # fmt: skip
