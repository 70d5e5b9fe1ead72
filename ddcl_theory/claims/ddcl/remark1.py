r"""Remark 1: λ_P ‖P‖² outgrows L_sep, so that any small λ_P > 0 makes E coercive.

Both terms are quadratic: L_sep(tP) = t² L_sep(P), ‖tP‖² = t² ‖P‖².  Their ratio does not change along a ray ("faster"); neither grows
faster.  So coercivity is a matter of the coefficients, and for λ_sep > 0 small λ_P fail: E(tP) = A t² + O(t) with the
A of `ddcl.remark3`, negative at λ_sep = 1, λ_P = 1/1000, p = (0, 1, −1).  λ_P > c_k λ_sep is what holds (c_k = k, 2k, 2/(k − 1)).

"separates": the remark also wants L_sep to push prototypes apart while λ_P confines them.  Along minus the gradient of
λ_P ‖P‖² + λ_sep L_sep the spread S = Σ_{i<j} ‖p_i − p_j‖² has dS/dt = −4 (λ_P − c_k λ_sep) S, by
∂_j = 2 λ_P p_j − 2 φ λ_sep (k p_j − Σ p), φ the weight of a pair.  Under
coercivity for k ≥ 3 the two terms draw the prototypes together: no λ_P confines them and leaves the separation on.
L_sep alone is unbounded below ("unbounded"), that sentence is right.
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
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import remark3
from ddcl_theory.claims.ddcl.float_rows import separation_parts
from ddcl_theory.domain import Domain, above_zero, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

RAYS = Domain((real("p", "k", "d"), above_zero("t")), {"k": (2, 4), "d": (1, 2)})
PAIR = {"p": [[0], [1]], "t": 2}
STRETCHED = Hypothesis("stretched", "t > 1", positive(lambda x: x.t - 1))


def spread(p):
    return -e.separation(p)


APART = Hypothesis("apart", r"\text{prototypes not all equal}", positive(lambda x: spread(x.p)))


def gain(x, power=1):
    """‖tP‖² S(P) − ‖P‖² S(tP), S = −L_sep: positive iff ‖·‖² gains on S from P to tP; power 2 multiplies S(tP) by t."""
    far = [ex.scaled(x.t, row) for row in x.p]
    return e.square(far) * spread(x.p) - x.t ** (power - 1) * e.square(x.p) * spread(far)


FASTER = Part(
    id="faster",
    says=r"\frac{\|tP\|^2}{|L_{\mathrm{sep}}(tP)|} > \frac{\|P\|^2}{|L_{\mathrm{sep}}(P)|} \text{ for } t > 1",
    statement=Statement(RAYS, positive(gain), (STRETCHED, APART)),
    checks=(Certified(candidates=(PAIR,)), Property()),
    example=PAIR,
    twins=(Twin("slower", Statement(RAYS, positive(lambda x: -gain(x)), (STRETCHED, APART)), PAIR),),
    neighbours=(Neighbour("not more slowly", Statement(RAYS, at_least_zero(gain), (STRETCHED, APART))),),
    amendment=Amendment(
        Part(
            id="same-order",
            says=r"\|tP\|^2 L_{\mathrm{sep}}(P) = \|P\|^2 L_{\mathrm{sep}}(tP)",
            statement=Statement(RAYS, equals_zero(gain)),
            checks=(Symbolic("ddcl.remark1:same_order"), Property()),
            example=PAIR,
            twins=(Twin("cubic growth of L_sep", Statement(RAYS, equals_zero(lambda x: gain(x, 2))), PAIR),),
            neighbours=(Neighbour("doubled", Statement(RAYS, equals_zero(lambda x: 2 * gain(x)))),),
        ),
        FailingStep("§5.6, after (41)", "both terms are quadratic in P: scaling P by t multiplies either by t²"),
        "Compare coefficients, not growth: λ_P against k λ_sep.",
    ),
)

DEPTH = Domain((above_zero("M"), real("p", "k", "d")), {"k": (2, 4), "d": (1, 2)})


def below(x):
    """−M − L_sep(tP) at t = (M + S)/S."""
    own = spread(x.p)
    return spread([ex.scaled((x.M + own) / own, row) for row in x.p]) - x.M


UNBOUNDED = Part(
    id="unbounded",
    says=r"\inf_P L_{\mathrm{sep}} = -\infty:\ L_{\mathrm{sep}}(tP) \le -M \text{ at } t = (M + S)/S,\ S = -L_{\mathrm{sep}}(P)",
    statement=Statement(DEPTH, at_least_zero(below), (APART,)),
    checks=(Symbolic("ddcl.remark1:unbounded"), Property()),
    example={"M": 3, "p": [[0], [1]]},
    twins=(
        Twin(
            "at t = 1",
            Statement(DEPTH, at_least_zero(lambda x: spread(x.p) - x.M), (APART,)),
            {"M": 3, "p": [[0], [1]]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(DEPTH, at_least_zero(lambda x: 2 * below(x)), (APART,))),),
)


def draw(sizes, cases, generator):
    """Points on both sides of the threshold, without the constant that other statements add."""
    batch = remark3.near_threshold(sizes, cases, generator)
    return {name: value for name, value in batch.items() if name != "c"}


def coercive(pairs):
    """λ_P > 0, however small, against λ_P > c_k λ_sep."""
    space = remark3.domain(pairs)
    conclusion = positive(lambda x: remark3.growth(x, pairs))
    light = Hypothesis("weight-positive-strictly", r"\lambda_P > 0", positive(lambda x: x.weight))
    given, enough = (remark3.MOVED, light), remark3.above(pairs)
    proof = f"ddcl.remark3:coercive_{pairs}"
    small = {**remark3.SPREAD, "sep": 1, "weight": "1/1000"}
    four = Neighbour(
        "four times the energy",
        Statement(space, positive(lambda x: 4 * remark3.growth(x, pairs)), (*given, enough)),
        {**remark3.SPREAD, "sep": 1, "weight": 7},
    )
    twin = Twin(
        "without any λ_P", Statement(space, conclusion, (remark3.MOVED,)), {**remark3.SPREAD, "sep": 1, "weight": 0}
    )
    return Part(
        id="coercive",
        says=r"\lambda_P > 0 \Rightarrow E \to \infty \text{ as } \|P\| \to \infty",
        statement=Statement(space, conclusion, given),
        checks=(Certified(candidates=(small,)), Property(draw=draw)),
        example={**remark3.SPREAD, "sep": 1, "weight": 7},
        twins=(twin,),
        neighbours=(four,),
        amendment=Amendment(
            Part(
                id="coercive-amended",
                says=r"\lambda_P > c_k \lambda_{\mathrm{sep}} \Rightarrow E \to \infty \text{ as } \|P\| \to \infty",
                statement=Statement(space, conclusion, (*given, enough)),
                checks=(Symbolic(proof), Property(draw=draw), Ablation(proof, only=("threshold",))),
                example={**remark3.SPREAD, "sep": 1, "weight": 7},
                twins=(twin,),
                neighbours=(four,),
            ),
            FailingStep(
                "§5.6, after (41)",
                "the quadratic term is said to grow faster than L_sep falls; with a smaller factor it does not outweigh it",
            ),
            "Take λ_P > k λ_sep (2k for ordered pairs, 2/(k − 1) for the mean), not just a small positive number; or leave L_sep out.",
            examples=lambda k, d: (
                {
                    "z": [[0] * d],
                    "p": [[j + 1] * d for j in range(k)],
                    "q": [[1] + [0] * (k - 1)],
                    "sep": 1,
                    "weight": 4 * k + 5,
                },
                "1/4",
            ),
        ),
    )


PULL = Domain((real("p", "k", "d"), above_zero("sep"), above_zero("weight")), {"k": (3, 5), "d": (1, 2)})
TRIPLE = {"p": [[0], [1], [-1]], "sep": 1, "weight": 7}


def opening(x, pairs):
    """dS/dt along minus the gradient of λ_P ‖P‖² + λ_sep L_sep."""
    flat = [v for row in x.p for v in row]
    value = x.weight * e.square(x.p) + x.sep * e.separation(x.p, pairs)
    return ex.dot(e.gradient(spread(x.p), flat), [-g for g in e.gradient(value, flat)])


def law(x, pairs, factor=4):
    """dS/dt + 4 (λ_P − c_k λ_sep) S."""
    return opening(x, pairs) + factor * (x.weight - remark3.bound(x, pairs) * x.sep) * spread(x.p)


def separates(pairs):
    given = (remark3.above(pairs), APART)
    return Part(
        id="separates",
        says=r"\text{under coercivity, } k \ge 3\text{, the two terms push apart: } \dot S \ge 0",
        statement=Statement(PULL, at_least_zero(lambda x: opening(x, pairs)), given),
        checks=(Certified(candidates=(TRIPLE,)),),
        example=TRIPLE,
        twins=(
            Twin(
                "at a rate",
                Statement(
                    PULL, at_least_zero(lambda x: opening(x, pairs) - x.sep * spread(x.p)), (remark3.above(pairs),)
                ),
                TRIPLE,
            ),
        ),
        neighbours=(Neighbour("together", Statement(PULL, positive(lambda x: -opening(x, pairs)), given)),),
        amendment=Amendment(
            Part(
                id="contracts",
                says=r"\dot S = -4 (\lambda_P - c_k \lambda_{\mathrm{sep}}) S",
                statement=Statement(PULL, equals_zero(lambda x: law(x, pairs))),
                checks=(Symbolic(f"ddcl.remark1:law_{pairs}"), Property()),
                example=TRIPLE,
                twins=(Twin("at half the rate", Statement(PULL, equals_zero(lambda x: law(x, pairs, 2))), TRIPLE),),
                neighbours=(Neighbour("doubled", Statement(PULL, equals_zero(lambda x: 2 * law(x, pairs)))),),
            ),
            FailingStep("Remark 1", "the force apart and the confinement are two signs of one number, λ_P − c_k λ_sep"),
            "Use a separation that saturates if prototypes are to be pushed apart and confined.",
        ),
    )


CLAIM = Claim(
    id="ddcl.remark1",
    title="The role of the quadratic term",
    source=Source("ddcl", "Remark 1, §5.6"),
    says=r"\lambda_P \|P\|^2 \text{ grows faster than } L_{\mathrm{sep}} \text{ falls, so } E "
    r"\text{ is coercive in } P \text{ for small } \lambda_P > 0",
    derivation=__doc__,
    uses=("ddcl.remark3",),
    readings=(
        Reading(
            "unordered",
            "L_sep sums over the pairs i < j",
            (FASTER, UNBOUNDED, coercive("unordered"), separates("unordered")),
            as_printed=True,
        ),
        Reading("ordered", "L_sep sums over all ordered pairs", (coercive("ordered"), separates("ordered"))),
        Reading("mean", "L_sep is the mean over the pairs i < j", (coercive("mean"), separates("mean"))),
        *(
            Reading(dtype, f"what ddcl_core computes in {dtype}", separation_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
