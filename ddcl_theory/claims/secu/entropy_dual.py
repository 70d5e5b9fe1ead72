"""(10): by duality, min Σ y c s.t. H(y) ≥ γ is said to be equivalent to min Σ y c − α H(y); c_ij = −log p_ij.

A penalised solution y always solves the constrained problem with its own entropy as γ: if H(v) ≥ H(y), then
Σ v c − Σ y c ≥ α (H(v) − H(y)) ≥ 0.  The question is the converse: has every constrained solution a multiplier α?  It has iff
for all v, w with H(v) > H(y) > H(w)
    (cost v − cost y)/(H(v) − H(y)) ≥ (cost y − cost w)/(H(y) − H(w)),
the bounds on α that v and w impose (α ≥ 0, since cost v ≥ cost y for all v with H(v) ≥ H(y)).

One-hot labels.  False: four instances with costs (0, 1, 2), K = 3, γ = 3/5.  The solution has sizes (2, 2, 0), cost 2, H = log 2.  But
(3, 1, 0) costs 1 with H = 0.562, and (2, 1, 1) costs 3 with H = 1.040: the multiplier would have to be ≥ 7.6 and ≤ 2.9.  No α
gives a solution of this constrained problem: penalised solutions with H ≥ γ cost at least 3.  Nothing smaller fails: with
K = 2 the least cost is a convex function of one size, and a convex one of H; with N ≤ 3 there are at most three entropies, and changing
one label of the best constant labelling towards the best one of three clusters costs at most half of the way for
log 3 − (2/3) log 2 of log 3 in entropy, 58 %.

Shares.  True where some v has H(v) > H(y) (Slater's condition; γ < log K suffices for y with H(y) = γ): the mixture
z = θv + (1 − θ)w with θ H(v) + (1 − θ) H(w) = H(y) has H(z) ≥ H(y) ≥ γ, so cost z ≥ cost y, which is the inequality (checked where
all shares of clusters are above 0; x log x ≥ x − 1 holds at 0 as well).  At γ = log K
it fails: the only labels with H = log K for N = 1 are uniform, where H is flat to first order and the cost is not; costs (0, 1)
have no multiplier.  Where the multiplier is 0, penalised solutions need not satisfy the constraint; where it is
above 0, all of them do (`entropy_dual_solutions`).

So the equivalence needs labels that are shares, γ < log K and an active bound.  The algorithm uses one-hot labels: for them (10)
is another problem, whose solutions are some of the constrained ones.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ddcl_theory import expression as ex
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
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.claims.secu.entropy_dual_draws import draw_hot, draw_mixed, draw_shares
from ddcl_theory.claims.secu.entropy_dual_solutions import PENALISED_ALLOWED
from ddcl_theory.claims.secu.entropy_dual_solutions import REWARDED as ALL_PENALISED
from ddcl_theory.claims.secu.float_rows_labels import size_entropy_part
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero, one_of, positive

THREE = (simplex("y", "n", "k"), simplex("v", "n", "k"), simplex("w", "n", "k"))
#: γ > 0: without it the constraint says nothing, and one-hot labels have entropy 0 or an irrational one.
SUPPORTED = Domain((real("c", "n", "k"), *THREE, above_zero("gamma")), {"n": (2, 4), "k": (2, 3)})
PAIR_SIZES = {"n": (1, 3), "k": (2, 3)}
PAIR = Domain((real("c", "n", "k"), simplex("y", "n", "k"), simplex("v", "n", "k"), nonnegative("alpha")), PAIR_SIZES)
MIXED = Domain((real("c", "n", "k"), *THREE, nonnegative("gamma")), {"n": (1, 2), "k": (2, 3)})


def labellings(n, k):
    return product(range(k), repeat=n)


def exact_entropies(x):
    """The entropies that labellings of n instances can have."""
    return [lb.entropy_of(m, x.n) for m in lb.partitions(x.n, x.k)]


def constrained(x):
    """For every labelling: it is no cheaper than y, or its entropy is below γ (both may hold)."""
    values, own = [], lb.cost(x.c, x.y)
    for labelling in labellings(x.n, x.k):
        counts = sorted((labelling.count(j) for j in range(x.k)), reverse=True)
        price = ex.total(x.c[i][j] for i, j in enumerate(labelling))
        values.append(ex.maximum(price - own, x.gamma - lb.entropy_of(counts, x.n)))
    return values


def slopes(x, entropy=lb.entropy):
    """(cost v − cost y)(H(y) − H(w)) − (cost y − cost w)(H(v) − H(y))."""
    y, v, w = (lb.cost(x.c, label) for label in (x.y, x.v, x.w))
    return (v - y) * (entropy(x.y) - entropy(x.w)) - (y - w) * (entropy(x.v) - entropy(x.y))


def between(entropy):
    return Hypothesis(
        "between",
        r"H(v) > H(y) > H(w)",
        positive(lambda x: [entropy(x.v) - entropy(x.y), entropy(x.y) - entropy(x.w)]),
    )


def allowed(entropy):
    return Hypothesis("y-allowed", r"H(y) \ge \gamma", at_least_zero(lambda x: entropy(x.y) - x.gamma))


HOT = tuple(lb.one_hot(name) for name in "yvw")
GENERIC = Hypothesis(
    "gamma-generic",
    r"\gamma \text{ is the entropy of no labelling}",
    not_zero(lambda x: _product([h - x.gamma for h in exact_entropies(x)])),
)
SOLUTION = Hypothesis("y-solves", r"y \text{ solves the constrained problem}", at_least_zero(constrained))


def _product(values):
    result = ex.ONE
    for value in values:
        result = result * value
    return result


def vertices(*labels, k=3):
    return [[int(j == label) for j in range(k)] for label in labels]


FOUR = {
    "c": [[0, 1, 2]] * 4,
    "y": vertices(0, 0, 1, 1),
    "v": vertices(0, 0, 1, 2),
    "w": vertices(0, 0, 0, 1),
    "gamma": "3/5",
}
#: Costs at which y is dearer than both v and w.
DEAR = {**FOUR, "c": [[0, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]], "y": vertices(1, 1, 0, 0)}
TWO_CLUSTERS = {
    "c": [[0, 1]] * 4,
    "y": vertices(0, 0, 0, 1, k=2),
    "v": vertices(0, 0, 1, 1, k=2),
    "w": vertices(0, 0, 0, 0, k=2),
    "gamma": "1/2",
}
IN_ORDER = (between(lb.entropy), allowed(lb.entropy))
PAIR_OF_CLUSTERS = Hypothesis("two-clusters", r"K = 2", equals_zero(lambda x: x.k - 2))


def penalised_excess(x, entropy):
    """(Σ v c − α H(v)) − (Σ y c − α H(y))."""
    return lb.cost(x.c, x.v) - lb.cost(x.c, x.y) - x.alpha * (entropy(x.v) - entropy(x.y))


def dearer(x, factor=1):
    return factor * (lb.cost(x.c, x.v) - lb.cost(x.c, x.y))


def penalised(entropy):
    return Hypothesis(
        "y-penalised",
        r"\textstyle\sum v c - \alpha H(v) \ge \sum y c - \alpha H(y)",
        at_least_zero(lambda x: penalised_excess(x, entropy)),
    )


def no_less(entropy, sign=1):
    says = r"H(v) \ge H(y)" if sign == 1 else r"H(v) \le H(y)"
    return Hypothesis("v-allowed", says, at_least_zero(lambda x: sign * (entropy(x.v) - entropy(x.y))))


def inside(*names):
    return tuple(
        Hypothesis(
            f"{name}-inside",
            rf"\textstyle\sum_i {name}_{{ij}} > 0",
            positive(lambda x, name=name: lb.sizes(getattr(x, name))),
        )
        for name in names
    )


#: Rewarded for its entropy, y is dearer than v, whose entropy is lower.
REWARDED = {"c": [[0, 0], [0, "1/2"]], "y": vertices(0, 1, k=2), "v": vertices(0, 0, k=2), "alpha": 1}
REWARDED_SHARES = {"c": [[0, 1]], "y": [["1/2", "1/2"]], "v": [["9/10", "1/10"]], "alpha": 2}
LEVEL = {"c": [[0, 1], [0, 1]], "y": vertices(0, 0, k=2), "v": vertices(0, 1, k=2), "alpha": 0}
LEVEL_SHARES = {"c": [[0, 1]], "y": [["3/4", "1/4"]], "v": [["1/2", "1/2"]], "alpha": 0}


def backward(kind, entropy, given, example, witness, draw):
    """A penalised solution solves the constrained problem with its own entropy as the bound."""

    def statement(h, factor=1):
        return Statement(PAIR, at_least_zero(lambda x: dearer(x, factor)), (*given, penalised(entropy), h))

    return Part(
        id="penalised-solves",
        says=r"y \in \arg\min \textstyle\sum y c - \alpha H \Rightarrow y \in \arg\min \sum y c \text{ s.t. } H \ge H(y)",
        statement=statement(no_less(entropy)),
        checks=(Symbolic(f"secu.entropy_dual:backward_{kind}"), Property(also=(witness,), draw=draw)),
        example=example,
        twins=(Twin("against labels of lower entropy", statement(no_less(entropy, -1)), witness),),
        neighbours=(Neighbour("doubled", statement(no_less(entropy), 2)),),
    )


BACKWARD = backward("one_hot", lb.entropy, HOT[:2], LEVEL, REWARDED, draw_hot)
BACKWARD_SHARES = backward("shares", lb.relaxed_entropy, inside("y", "v"), LEVEL_SHARES, REWARDED_SHARES, draw_shares)

MULTIPLIER = Part(
    id="has-a-multiplier",
    says=r"y \in \arg\min \textstyle\sum y c \text{ s.t. } H \ge \gamma \Rightarrow \text{ some } \alpha \ge 0 \text{ has } "
    r"y \in \arg\min \sum y c - \alpha H",
    statement=Statement(SUPPORTED, at_least_zero(slopes), (*HOT, *IN_ORDER, GENERIC, SOLUTION)),
    checks=(Certified(candidates=(FOUR,)),),
    example=FOUR,
    twins=(Twin("whatever y is", Statement(SUPPORTED, at_least_zero(slopes), (*HOT, *IN_ORDER, GENERIC)), DEAR),),
    neighbours=(
        Neighbour(
            "two clusters",
            Statement(SUPPORTED, at_least_zero(slopes), (*HOT, *IN_ORDER, GENERIC, SOLUTION, PAIR_OF_CLUSTERS)),
            TWO_CLUSTERS,
        ),
    ),
    amendment=Amendment(
        BACKWARD,
        FailingStep(
            "§3.3, before (10)",
            "duality without a gap needs convex sets; one-hot labels are a finite set, and solutions that lie above the lower convex "
            "hull of (H, cost) minimise no sum of both",
        ),
        "choose α by the sizes that it gives, and do not expect that every bound γ can be reached; to impose a bound use the "
        "constraint itself",
    ),
)


def mixture(x, halves=False):
    """θv + (1 − θ)w with θ H(v) + (1 − θ) H(w) = H(y); halves: θ = 1/2 instead."""
    h = lb.relaxed_entropy
    theta = ex.lift(Fraction(1, 2)) if halves else (h(x.y) - h(x.w)) / (h(x.v) - h(x.w))
    return [ex.plus(ex.scaled(theta, a), ex.scaled(1 - theta, b)) for a, b in zip(x.v, x.w, strict=True)]


def beaten_by_no(labels):
    """The labels are no cheaper than y, or their entropy is below γ."""
    return one_of(
        at_least_zero(lambda x: lb.cost(x.c, labels(x)) - lb.cost(x.c, x.y)),
        positive(lambda x: x.gamma - lb.relaxed_entropy(labels(x))),
    )


NO_MIXTURE = Hypothesis("y-solves", r"\text{no mixture of } v \text{ and } w \text{ beats } y", beaten_by_no(mixture))
NO_MIDDLE = Hypothesis(
    "y-solves", r"\tfrac12 v + \tfrac12 w \text{ does not beat } y", beaten_by_no(lambda x: mixture(x, True))
)
ORDER = (*inside("y", "v", "w"), between(lb.relaxed_entropy), allowed(lb.relaxed_entropy))


def shares(solution, factor=1):
    return Statement(MIXED, at_least_zero(lambda x: factor * slopes(x, lb.relaxed_entropy)), (*ORDER, solution))


LINE = {"c": [[0, 1]], "y": [["3/4", "1/4"]], "v": [["1/2", "1/2"]], "w": [["9/10", "1/10"]], "gamma": "1/2"}
BENT = {
    "c": [[0, 0], [0, 4]],
    "y": [[1, 0], ["1/2", "1/2"]],
    "v": [[1, 0], [0, 1]],
    "w": [["3/5", "2/5"], [1, 0]],
    "gamma": 0,
}
SLATER = Part(
    id="has-a-multiplier",
    says=MULTIPLIER.says
    + r", \text{ if some } v \text{ has } H(v) > H(y) \text{, all clusters of } y, v, w \text{ being used}",
    statement=shares(NO_MIXTURE),
    checks=(Symbolic("secu.entropy_dual:forward"), Property(also=(BENT,), draw=draw_mixed)),
    example=LINE,
    twins=(Twin("the middle of v and w", shares(NO_MIDDLE), BENT),),
    neighbours=(Neighbour("doubled", shares(NO_MIXTURE, 2)),),
)

FLAT = Domain((real("c", "k"), simplex("y", "k"), real("s", "k")), {"k": (2, 3)})


def change_of_entropy(x):
    """The derivative of log k − Σ_j y_j log(k y_j) along s."""
    return ex.derivative_at_zero(
        lambda t: -ex.total((y + t * s) * ex.log(x.k * (y + t * s)) for y, s in zip(x.y, x.s, strict=True))
    )


def stationary(change):
    """Where the entropy does not change to first order, neither does `change`."""
    return one_of(not_zero(change_of_entropy), equals_zero(change))


TANGENT = Hypothesis("tangent", r"\textstyle\sum_j s_j = 0", equals_zero(lambda x: ex.total(x.s)))
LARGEST = Hypothesis("largest-entropy", r"y_j = 1/K", equals_zero(lambda x: [x.k * y - 1 for y in x.y]))
EQUAL_COSTS = Hypothesis("equal-costs", r"c_j = c_1", equals_zero(lambda x: [c - x.c[0] for c in x.c]))
UNIFORM = {"c": [0, 1], "y": ["1/2", "1/2"], "s": [1, -1]}
BOUNDARY = Part(
    id="largest-entropy",
    says=r"\text{at } \gamma = \log K \text{ the solution has a multiplier}",
    statement=Statement(FLAT, stationary(lambda x: ex.dot(x.c, x.s)), (TANGENT, LARGEST)),
    checks=(Certified(candidates=(UNIFORM,)), Property(also=(UNIFORM,))),
    example=UNIFORM,
    twins=(
        Twin(
            "the first cost alone",
            Statement(FLAT, stationary(lambda x: x.c[0] * x.s[0]), (TANGENT, LARGEST)),
            {**UNIFORM, "c": [1, 1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "equal costs",
            Statement(FLAT, stationary(lambda x: ex.dot(x.c, x.s)), (TANGENT, LARGEST, EQUAL_COSTS)),
            {**UNIFORM, "c": [1, 1]},
        ),
    ),
    amendment=Amendment(
        SLATER,
        FailingStep(
            "§3.3, before (10)",
            "a multiplier is sure to exist only if some labels satisfy the constraint strictly, which γ = log K excludes",
        ),
        "ask for γ < log K: exact balance is the limit α → ∞ of (10), not one of its solutions",
    ),
)

CLAIM = Claim(
    id="secu.entropy-dual",
    title="Entropy constraint and entropy penalty",
    source=Source("secu", "(10)"),
    says=r"\min \textstyle\sum y c \text{ s.t. } H(y) \ge \gamma \text{ is equivalent to } \min \sum y c - \alpha H(y)",
    derivation=__doc__,
    readings=(
        Reading("one-hot", "labels 0 and 1, as the problem is stated", (MULTIPLIER, BACKWARD), as_printed=True),
        Reading(
            "relaxed",
            "labels that are shares, some of them of larger entropy than the solution",
            (SLATER, BACKWARD_SHARES, ALL_PENALISED),
        ),
        Reading(
            "inactive-bound",
            "labels that are shares, and a bound that may not be active, whose multiplier is 0",
            (PENALISED_ALLOWED,),
        ),
        Reading("relaxed-boundary", "labels that are shares, and the largest bound γ = log K", (BOUNDARY,)),
        *(
            Reading(dtype, f"the entropy of the cluster sizes by ddcl_core in {dtype}", (size_entropy_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
