"""Theorem 2: updating assignments by (11) never increases L(Y) = Σ_i Σ_j y_ij c_ij − α H(Y), c_ij = −log p_ij.

One by one, the others refreshed.  With s_ij = c_ij − α H(u_1 … u_{i−1}, e_j, y_{i+1} … y_n), step i lowers L by
Σ_j y_ij s_ij − Σ_l u_il s_il = Σ_j y_ij Σ_{l≠j} u_il (s_ij − s_il) ≥ 0, since u_i is the argmin and y_i a candidate; the sum over
the steps is L(Y) − L(U).  It holds for every α, n and k, and for any function of Y in place of H.

All from Y^{t−1}, as (11) prints it: two instances with costs (0, ½), both in cluster 1, α = 1.  Each alone gains
log 2 − ½ > 0 by moving, so both move: H = 0 as before, and L rises by 1.  A mini-batch whose rows do not see one another
fails in the same way from b = 2 on; in turn, or with b = 1, it is the first case with the other instances fixed.

Two views: the rule lowers L with the mean of the costs; L of one view may rise (n = 1: costs (0, 1) and (2, 0)).

Similarities: −log p_ij = −s_ij/λ + log Σ_l e^{s_il/λ}.  The rule argmin_j −s_ij − α H is (11) with the weight α/λ, so it lowers
(10) with α/λ.  (Not with α: n = 2, s = (0, −½), α = 1, λ = ½: L with α rises by 1 − log 2.  With similarities in the objective
as well it is the first case, c = −s.)

Convergence: L never rises, and L ≥ Σ_i min_j c_ij − α log K because H ≤ log K, so L converges.  The labels need not: costs (0,
0), n = 1, let argmin take any of two clusters for ever.  Where a tie keeps the present label, L falls strictly whenever a label
moves; there are finitely many labellings, so after finitely many passes none moves.  The same holds where ties go to the first
cluster in a fixed order: a move that leaves L alone then lowers the sum of the places in that order.  What is reached is best
for single moves only: costs (0, 1) and (1, 0), labels 2 and 1, α = 2: each move alone costs 2 log 2 − 1 > 0; swapping both
gains 2.
"""

from __future__ import annotations

from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, Claim, FailingStep, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.secu.float_rows_labels import entropy_parts
from ddcl_theory.claims.secu.theorem2_convergence import BEST, CONVERGES, SETTLES
from ddcl_theory.claims.secu.theorem2_draws import draw, draw_batch, draw_similarities, draw_views
from ddcl_theory.claims.secu.theorem2_moves import (
    BATCH,
    BATCH_HOT,
    BATCHED,
    DOMAIN,
    FIRST,
    ONE_HOT,
    PRINTED,
    REFRESHED,
    SECOND,
    SIMILAR,
    SIMILAR_RULE,
    STILL,
    TURN,
    TWO,
    VIEWS,
    VIEWS_RULE,
    averaged,
    drop,
    log_costs,
    statement,
    with_costs,
)
from ddcl_theory.relation import positive

BREAKS = FailingStep(
    "Theorem 2, proof",
    "(11) is optimal for one label while the others stay at t − 1; the optimum of each label does not bound the sum once several "
    "labels move at the same time, because H couples them",
)
ADVICE = "update the sizes after every single label, also within a mini-batch"


def descent(domain, given, example, witness, also, sampler):
    """L never rises where labels are refreshed."""
    fresh = statement(domain, drop, *given, REFRESHED)
    return Part(
        id="descent",
        says=r"\mathcal{L}(Y^t) \le \mathcal{L}(Y^{t-1})",
        statement=fresh,
        checks=(Symbolic("secu.theorem2:descends"), Property(also=also, draw=sampler)),
        example=example,
        twins=(Twin("all from the labels of before", statement(domain, drop, *given, PRINTED), witness),),
        neighbours=(Neighbour("doubled", statement(domain, lambda x: drop(x, 2), *given, REFRESHED)),),
    )


def together(identifier, domain, given, witness, still, amended):
    """The same where no label sees another's move."""
    return Part(
        id=identifier,
        says=r"\mathcal{L}(Y^t) \le \mathcal{L}(Y^{t-1})",
        statement=statement(domain, drop, *given, PRINTED),
        checks=(Certified(candidates=(witness,)),),
        example=witness,
        twins=(Twin("strictly", Statement(domain, positive(drop), (*given, PRINTED)), still),),
        neighbours=(
            Neighbour("in turn", statement(domain, drop, *given, REFRESHED), {**witness, "u": [SECOND, FIRST]}),
        ),
        amendment=Amendment(amended, BREAKS, ADVICE),
    )


TURNS = descent(DOMAIN, ONE_HOT, TURN, TWO, (TWO,), draw)
TURNS_IN_BATCH = descent(BATCH, BATCH_HOT, {**BATCHED, "u": [SECOND, FIRST]}, BATCHED, (BATCHED,), draw_batch)
#: b = 1 with a fixed instance in cluster 1: staying there is the optimum.
STILL_BATCH = {**STILL, "o": [FIRST], "c": [[0, 1]], "alpha": 0}

MEAN_TURN = {"c1": TWO["c"], "c2": TWO["c"], **{name: TURN[name] for name in ("y", "u", "alpha")}}
ONE_VIEW = {"c1": [[0, 1]], "c2": [[2, 0]], "y": [FIRST], "u": [SECOND], "alpha": 0}
AVERAGED = Part(
    id="averaged",
    says=r"\tfrac12(\mathcal{L}^1 + \mathcal{L}^2) \text{ never rises}",
    statement=statement(VIEWS, lambda x: drop(averaged(x)), *ONE_HOT, VIEWS_RULE),
    checks=(Symbolic("secu.theorem2:descends_averaged"), Property(also=(ONE_VIEW,), draw=draw_views)),
    example=MEAN_TURN,
    twins=(
        Twin("the first view", statement(VIEWS, lambda x: drop(with_costs(x, x.c1)), *ONE_HOT, VIEWS_RULE), ONE_VIEW),
    ),
    neighbours=(Neighbour("doubled", statement(VIEWS, lambda x: drop(averaged(x), 2), *ONE_HOT, VIEWS_RULE)),),
)
EACH_VIEW = Part(
    id="each-view",
    says=r"\mathcal{L} \text{ of the first view never rises}",
    statement=statement(VIEWS, lambda x: drop(with_costs(x, x.c1)), *ONE_HOT, VIEWS_RULE),
    checks=(Certified(candidates=(ONE_VIEW,)),),
    example=ONE_VIEW,
    twins=(
        Twin(
            "strictly",
            Statement(VIEWS, positive(lambda x: drop(with_costs(x, x.c1))), (*ONE_HOT, VIEWS_RULE)),
            {**ONE_VIEW, "c1": [[0, 1]], "c2": [[0, 1]], "u": [FIRST]},
        ),
    ),
    neighbours=(Neighbour("the mean", statement(VIEWS, lambda x: drop(averaged(x)), *ONE_HOT, VIEWS_RULE), MEAN_TURN),),
    amendment=Amendment(
        AVERAGED,
        FailingStep(
            "§3.3, two-view form of (11)",
            "the rule minimises the mean of two objectives, and a mean may fall while one of them rises",
        ),
        "watch the mean of both views, which is what falls",
    ),
)

SHARP = {"s": [[0, "-1/2"]] * 2, "y": [FIRST] * 2, "u": [SECOND, FIRST], "alpha": 1, "lam": "1/2"}
SCALED = Part(
    id="scaled-weight",
    says=r"\text{the rule with } -s_{ij} \text{ never raises (10) with the weight } \alpha/\lambda",
    statement=statement(SIMILAR, lambda x: drop(log_costs(x, x.alpha / x.lam)), *ONE_HOT, SIMILAR_RULE),
    checks=(Symbolic("secu.theorem2:descends_scaled"), Property(also=(SHARP,), draw=draw_similarities)),
    example=SHARP,
    twins=(
        Twin("the weight α", statement(SIMILAR, lambda x: drop(log_costs(x, x.alpha)), *ONE_HOT, SIMILAR_RULE), SHARP),
    ),
    neighbours=(
        Neighbour(
            "doubled", statement(SIMILAR, lambda x: drop(log_costs(x, x.alpha / x.lam), 2), *ONE_HOT, SIMILAR_RULE)
        ),
    ),
)
CLAIM = Claim(
    id="secu.theorem2",
    title="Descent of the assignment update",
    source=Source("secu", "(11), Theorem 2"),
    says=r"y_i \leftarrow \arg\min_j c_{ij} - \alpha H(y^{t-1}, y_{i:j}) \text{ never increases } "
    r"\textstyle\sum y_{ij} c_{ij} - \alpha H(y)",
    derivation=__doc__,
    readings=(
        Reading("refreshed", "one label after the other, each seeing the moves before it", (TURNS,), as_printed=True),
        Reading(
            "printed",
            "all labels from those of t − 1, as (11) writes it",
            (together("descent", DOMAIN, ONE_HOT, TWO, STILL, TURNS),),
        ),
        Reading(
            "mini-batch",
            "a batch at a time, its rows from the labels before the batch; the other instances keep theirs",
            (together("batch", BATCH, BATCH_HOT, BATCHED, STILL_BATCH, TURNS_IN_BATCH),),
        ),
        Reading("two-view", "the mean cost of two views", (AVERAGED,)),
        Reading("each-view", "the mean cost of two views; the objective of one of them", (EACH_VIEW,)),
        Reading(
            "similarity",
            "similarities in place of logarithms, the objective with the weight that belongs to them",
            (SCALED,),
        ),
        Reading("convergence", "the objective converges", (CONVERGES,)),
        Reading("labels", "the labels converge as well, to a minimum of the objective", (SETTLES, BEST)),
        *(
            Reading(dtype, f"what ddcl_core's EntropyConstraint does in {dtype}", entropy_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
