"""Appendix B: prices ρ, ρ' ≥ 0 for the bounds γN/K ≤ Σ_i y_ij ≤ γ'N/K; a batch of b instances is labelled by
argmin_j c_ij − ρ_j + ρ'_j, and with share_j = (1/b) Σ_s y_sj
    ρ_j ← max(0, ρ_j − η (share_j − γ/K)),    ρ'_j ← max(0, ρ'_j + η (share_j − γ'/K)).

Signs.  The Lagrangian of the batch, Σ y c − Σ_j ρ_j (Σ_s y_sj − γb/K) + Σ_j ρ'_j (Σ_s y_sj − γ'b/K), has the slopes
−(Σ_s y_sj − γb/K) and Σ_s y_sj − γ'b/K in ρ_j and ρ'_j.  The steps are η/b times them: projected ascent, as it should be; a
cluster that is too small gets cheaper and one that is too large dearer.

Feasible.  Not one by one: two instances with costs (0, 1), N = b = K = 2, γ = 1, γ' = 2, η = 1.  Equal rows have equal argmins, so
they share a label, whatever the prices are.  From ρ = (0, 3/2) both get cluster 2 and ρ becomes (½, 1); then both get cluster 1
and ρ is (0, 3/2) again: a cycle for ever, with sizes (0, 2) and (2, 0) and never (1, 1).  (From ρ = 0 it is entered after three
steps.)  What holds is a bound on average: since max(0, a) ≥ a, over R batches
    mean share_j ≥ γ/K − (ρ_j^R − ρ_j^0)/(ηR),    mean share_j ≤ γ'/K + (ρ'_j^R − ρ'_j^0)/(ηR).
So in every cycle the mean sizes are within the bounds.  If γ > 1 no labels are feasible, and, summed over j, the first bound
says Σ_j ρ_j^R ≥ Σ_j ρ_j^0 + ηR (γ − 1): the prices grow without end.
"""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

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
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.claims.secu.float_rows_labels import prices_part, updated_prices
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, one_of

PRICES = (
    nonnegative("rho", "k"),
    nonnegative("rho2", "k"),
    nonnegative("gamma"),
    nonnegative("gamma2"),
    above_zero("eta"),
)
SIZES = {"n": (1, 3), "k": (2, 3)}
STEP = Domain((real("c", "n", "k"), simplex("y", "n", "k"), *PRICES), SIZES)
TWO_STEPS = Domain((real("c", "n", "k"), simplex("y", "n", "k"), simplex("t", "n", "k"), *PRICES), SIZES)
RUN = Domain((simplex("share", "r", "k"), *PRICES), {"r": (1, 3), "k": (2, 3)})


def room_below(x, y):
    """Σ_s y_sj − γn/K."""
    return [m - x.gamma * Fraction(x.n, x.k) for m in lb.sizes(y)]


def room_above(x, y):
    """γ'n/K − Σ_s y_sj."""
    return [x.gamma2 * Fraction(x.n, x.k) - m for m in lb.sizes(y)]


def lagrangian(x, rho, rho2):
    """Σ y c − Σ_j ρ_j (Σ_s y_sj − γn/K) − Σ_j ρ'_j (γ'n/K − Σ_s y_sj)."""
    return lb.cost(x.c, x.y) - ex.dot(rho, room_below(x, x.y)) - ex.dot(rho2, room_above(x, x.y))


def slopes(x):
    """The derivatives of the Lagrangian in ρ_1 … ρ_K, ρ'_1 … ρ'_K."""
    prices, found = [*x.rho, *x.rho2], []
    for j in range(2 * x.k):

        def along(t, j=j):
            moved = [p + t if i == j else p for i, p in enumerate(prices)]
            return lagrangian(x, moved[: x.k], moved[x.k :])

        found.append(ex.derivative_at_zero(along))
    return found


def steps(x, upper=1):
    """What is added to the prices before they are cut off at 0; upper: the sign of the second step."""
    share = [m * Fraction(1, x.n) for m in lb.sizes(x.y)]
    low = [-x.eta * (q - x.gamma * Fraction(1, x.k)) for q in share]
    return low + [upper * x.eta * (q - x.gamma2 * Fraction(1, x.k)) for q in share]


def beside_ascent(x, factor=1, upper=1):
    """The steps less η/n times the slopes."""
    return [
        factor * (step - x.eta * Fraction(1, x.n) * slope)
        for step, slope in zip(steps(x, upper), slopes(x), strict=True)
    ]


def gained(x, factor=1, sign=1):
    """The change of the Lagrangian, at the labels of the batch, when the prices are updated."""
    moved = updated_prices(x, sign)
    return factor * (lagrangian(x, moved[: x.k], moved[x.k :]) - lagrangian(x, x.rho, x.rho2))


PLAIN = {"c": [[0, 1]], "y": [[1, 0]], "rho": [0, 0], "rho2": [0, 0], "gamma": 1, "gamma2": 1, "eta": 1}
ASCENT = Part(
    id="signs",
    says=r"\text{the steps are } \tfrac{\eta}{b} \nabla_{\rho, \rho'} \Lambda",
    statement=Statement(STEP, equals_zero(beside_ascent)),
    checks=(Symbolic("secu.upper_bound:ascent"), Property()),
    example=PLAIN,
    twins=(
        Twin("the second step downwards", Statement(STEP, equals_zero(lambda x: beside_ascent(x, upper=-1))), PLAIN),
    ),
    neighbours=(Neighbour("doubled", Statement(STEP, equals_zero(lambda x: beside_ascent(x, 2)))),),
)
RISES = Part(
    id="rises",
    says=r"\Lambda(y, \rho^r, \rho'^r) \ge \Lambda(y, \rho^{r-1}, \rho'^{r-1})",
    statement=Statement(STEP, at_least_zero(gained)),
    checks=(Symbolic("secu.upper_bound:rises"), Property(), Ablation(only=("rho-nonnegative", "rho2-nonnegative"))),
    example=PLAIN,
    twins=(
        Twin(
            "both steps with the other sign",
            Statement(STEP, at_least_zero(lambda x: gained(x, sign=-1))),
            {**PLAIN, "rho": [1, 1]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(STEP, at_least_zero(lambda x: gained(x, 2)))),),
)


def rule(x, label, rho, rho2):
    prices = ex.minus(rho, rho2)
    return [g for row, own in zip(x.c, label, strict=True) for g in lb.chosen(own, ex.minus(row, prices))]


def after(x):
    """The prices after the first batch."""
    moved = updated_prices(x)
    return moved[: x.k], moved[x.k :]


def returned(x):
    """The prices after both batches less those before."""
    rho, rho2 = after(x)
    second = SimpleNamespace(**{**vars(x), "y": x.t, "rho": rho, "rho2": rho2})
    return ex.minus(updated_prices(second), [*x.rho, *x.rho2])


def within(label):
    return at_least_zero(lambda x: [*room_below(x, label(x)), *room_above(x, label(x))])


HOT = (lb.one_hot("y"), lb.one_hot("t"))
RULES = (
    Hypothesis(
        "first-rule", r"y_i \text{ by the rule at } \rho, \rho'", at_least_zero(lambda x: rule(x, x.y, x.rho, x.rho2))
    ),
    Hypothesis(
        "second-rule",
        r"t_i \text{ by the rule at the updated prices}",
        at_least_zero(lambda x: rule(x, x.t, *after(x))),
    ),
)
CYCLE = Hypothesis("cycle", r"\text{after two batches the prices are what they were}", equals_zero(returned))
BOUNDS = Hypothesis("bounds", r"\gamma \le 1 \le \gamma'", at_least_zero(lambda x: [1 - x.gamma, x.gamma2 - 1]))
FIRST, SECOND = [1, 0], [0, 1]
TOGETHER = {
    "c": [[0, 1]] * 2,
    "y": [SECOND] * 2,
    "t": [FIRST] * 2,
    "rho": [0, "3/2"],
    "rho2": [0, 0],
    "gamma": 1,
    "gamma2": 2,
    "eta": 1,
}
SETTLED = {**TOGETHER, "c": [[0, 1], [1, 0]], "y": [FIRST, SECOND], "t": [FIRST, SECOND], "rho": [0, 0]}


def mean_sizes(x):
    """Sizes of the two batches together less twice the bounds."""
    below = ex.plus(room_below(x, x.y), room_below(x, x.t))
    above = ex.plus(room_above(x, x.y), room_above(x, x.t))
    return [*below, *above]


def cycle(conclusion, *given):
    return Statement(TWO_STEPS, conclusion, (*HOT, *given, CYCLE, BOUNDS))


def surplus(x, factor=1, rounds=True):
    """η Σ_r (share_rj − γ/K) + ρ_j^R − ρ_j^0 and η Σ_r (γ'/K − share_rj) + ρ'_j^R − ρ'_j^0."""
    rho, rho2 = list(x.rho), list(x.rho2)
    for share in x.share:
        step = SimpleNamespace(**{**vars(x), "n": 1, "y": [share], "rho": rho, "rho2": rho2})
        moved = updated_prices(step)
        rho, rho2 = moved[: x.k], moved[x.k :]
    count = len(x.share) if rounds else len(x.share) - 1
    total = [ex.total(share[j] for share in x.share) for j in range(x.k)]
    bound, bound2 = (g * Fraction(count, x.k) for g in (x.gamma, x.gamma2))
    low = [x.eta * (m - bound) + new - old for m, new, old in zip(total, rho, x.rho, strict=True)]
    high = [x.eta * (bound2 - m) + new - old for m, new, old in zip(total, rho2, x.rho2, strict=True)]
    return ex.scaled(factor, [*low, *high])


SHARED = {"share": [FIRST, SECOND], "rho": [0, 0], "rho2": [0, 0], "gamma": 1, "gamma2": 1, "eta": 1}
ON_AVERAGE = Part(
    id="mean-sizes",
    says=r"\eta \textstyle\sum_r (\mathrm{share}_{rj} - \gamma/K) \ge \rho_j^0 - \rho_j^R,\ "
    r"\eta \sum_r (\gamma'/K - \mathrm{share}_{rj}) \ge \rho_j'^0 - \rho_j'^R",
    statement=Statement(RUN, at_least_zero(surplus)),
    checks=(Symbolic("secu.upper_bound:on_average"), Property()),
    example=SHARED,
    twins=(
        Twin(
            "one batch fewer above",
            Statement(RUN, at_least_zero(lambda x: surplus(x, rounds=False))),
            {**SHARED, "share": [["1/2", "1/2"]]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(RUN, at_least_zero(lambda x: surplus(x, 2)))),),
)
REACHES = Part(
    id="reaches",
    says=r"\text{prices that repeat after two batches of all instances have met a feasible assignment}",
    statement=cycle(one_of(within(lambda x: x.y), within(lambda x: x.t)), *RULES),
    checks=(Certified(candidates=(TOGETHER,)),),
    example=TOGETHER,
    twins=(Twin("the first of them", cycle(within(lambda x: x.y), *RULES), TOGETHER),),
    neighbours=(Neighbour("their mean", cycle(at_least_zero(mean_sizes), *RULES), SETTLED),),
    amendment=Amendment(
        ON_AVERAGE,
        FailingStep(
            "Appendix B, last paragraph",
            "past assignments enter the prices, so that dual ascent with a constant step bounds the mean of the sizes over batches; "
            "the assignment itself may jump over the bounds for ever, as when equal instances change cluster together",
        ),
        "judge the sizes by their mean over batches; for labels that meet the bounds at once, solve the assignment problem of "
        "the batch",
    ),
)

CLAIM = Claim(
    id="secu.upper-bound",
    title="Prices for lower and upper size bounds",
    source=Source("secu", "Appendix B"),
    says=r"\rho_j \leftarrow [\rho_j - \eta(\mathrm{share}_j - \gamma/K)]_+,\ "
    r"\rho'_j \leftarrow [\rho'_j + \eta(\mathrm{share}_j - \gamma'/K)]_+ "
    r"\text{ have the right signs and reach a feasible assignment}",
    derivation=__doc__,
    uses=("secu.size-constraint",),
    readings=(
        Reading(
            "literal",
            "both halves of the sentence: the signs, and an assignment within the bounds",
            (ASCENT, RISES, REACHES),
            as_printed=True,
        ),
        Reading(
            "on-average",
            "the mean of the sizes over batches comes within the bounds as long as prices stay bounded",
            (ON_AVERAGE,),
        ),
        *(
            Reading(dtype, f"the prices of ddcl_core's SizeConstraint in {dtype}", (prices_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
