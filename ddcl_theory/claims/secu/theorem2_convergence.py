"""Theorem 2 is offered as a guarantee of convergence: of the objective, of the labels, and to a minimum?"""

from __future__ import annotations

from types import SimpleNamespace

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.claims.secu.theorem2_draws import draw, draw_at_rest, draw_one_move
from ddcl_theory.claims.secu.theorem2_moves import (
    DOMAIN,
    FIRST,
    ONE_HOT,
    REFRESHED,
    SECOND,
    SIZES,
    STILL,
    TURN,
    drop,
    rule,
    scores,
)
from ddcl_theory.domain import Domain, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, one_of, positive


def stays(x):
    """1 for a label that stays, else how much cheaper its new cluster is; for every instance."""
    values = []
    for i in range(len(x.c)):
        s = scores(x, i)
        moved = ex.total(x.y[i][j] * gap for j, gap in enumerate(lb.chosen(x.u[i], s)))
        values.append(moved + ex.dot(x.y[i], x.u[i]))
    return values


def unmoved(x):
    return [u - y for new, old in zip(x.u, x.y, strict=True) for u, y in zip(new, old, strict=True)]


def settles(factor=1):
    return one_of(equals_zero(lambda x: ex.scaled(factor, unmoved(x))), positive(lambda x: drop(x, factor)))


def floor(x, entropy=True):
    """Σ_i min_j c_ij − α log K, or without the last term."""
    least = ex.total(ex.minimum(*row) for row in x.c)
    return least - x.alpha * ex.log(ex.lift(x.k)) if entropy else least


def objective(x, labels):
    return lb.cost(x.c, labels) - x.alpha * lb.entropy(labels)


def falls_to(x, factor=1, entropy=True):
    """L(Y^{t−1}) − L(Y^t), and L(Y^t) less its lower bound."""
    return [drop(x, factor), factor * (objective(x, x.u) - floor(x, entropy))]


APART = {"c": [[0, 0]] * 2, "y": [FIRST, SECOND], "u": [FIRST, SECOND], "alpha": 1}
CONVERGES = Part(
    id="objective-converges",
    says=r"\mathcal{L}(Y^{t-1}) \ge \mathcal{L}(Y^t) \ge \textstyle\sum_i \min_j c_{ij} - \alpha \log K",
    statement=Statement(DOMAIN, at_least_zero(falls_to), (*ONE_HOT, REFRESHED)),
    checks=(Symbolic("secu.theorem2:converges"), Property(also=(APART, TURN), draw=draw)),
    example=TURN,
    twins=(
        Twin(
            "bounded by the costs",
            Statement(DOMAIN, at_least_zero(lambda x: falls_to(x, entropy=False)), (*ONE_HOT, REFRESHED)),
            APART,
        ),
    ),
    neighbours=(
        Neighbour("doubled", Statement(DOMAIN, at_least_zero(lambda x: falls_to(x, 2)), (*ONE_HOT, REFRESHED))),
    ),
)


KEEPS = Hypothesis("ties-stay", r"u_i \ne y_i \text{ only where it is strictly cheaper}", positive(stays))
TIE = {"c": [[0, 0]], "y": [FIRST], "u": [SECOND], "alpha": 0}
ALWAYS = positive(drop)


def moves(k, d):
    """One instance that leaves cluster 1 for a cheaper one."""
    costs = [1, 0, *[1] * (k - 2)]
    return {"c": [costs], "y": [vertex(0, k)], "u": [vertex(1, k)], "alpha": 0}, "1/8"


def vertex(j, k):
    return [int(i == j) for i in range(k)]


KEPT = Part(
    id="settles",
    says=r"Y^t = Y^{t-1} \text{ or } \mathcal{L}(Y^t) < \mathcal{L}(Y^{t-1})",
    statement=Statement(DOMAIN, settles(), (*ONE_HOT, REFRESHED, KEEPS)),
    checks=(Symbolic("secu.theorem2:settles"), Property(also=(STILL,), draw=draw), Ablation(only=("ties-stay",))),
    example=TURN,
    twins=(Twin("it always falls", Statement(DOMAIN, ALWAYS, (*ONE_HOT, REFRESHED, KEEPS)), STILL),),
    neighbours=(Neighbour("doubled", Statement(DOMAIN, settles(2), (*ONE_HOT, REFRESHED, KEEPS))),),
)
SETTLES = Part(
    id="settles",
    says=KEPT.says,
    statement=Statement(DOMAIN, settles(), (*ONE_HOT, REFRESHED)),
    checks=(Certified(candidates=(TIE,)),),
    example=TURN,
    twins=(Twin("it always falls", Statement(DOMAIN, ALWAYS, (*ONE_HOT, REFRESHED)), STILL),),
    neighbours=(Neighbour("ties stay", KEPT.statement),),
    amendment=Amendment(
        KEPT,
        FailingStep(
            "before Theorem 2",
            "an objective that does not increase converges, but the labels may wander among equally good ones",
        ),
        "break ties by keeping the present label, or by any fixed order of the clusters, as an argmin of arrays does: then the "
        "labels stop moving after finitely many passes",
        examples=moves,
    ),
)

RIVAL = Domain((real("c", "n", "k"), simplex("y", "n", "k"), simplex("v", "n", "k"), nonnegative("alpha")), SIZES)
ONE_MOVE = Domain((real("c", "n", "k"), simplex("y", "n", "k"), simplex("v", "k"), nonnegative("alpha")), SIZES)


def at_rest(x):
    """No single label can move to a smaller score."""
    return rule(SimpleNamespace(**{**vars(x), "u": x.y}))


def excess(x, rival, factor=1):
    """L(rival) − L(Y)."""
    gained = lb.cost(x.c, rival) - lb.cost(x.c, x.y) - x.alpha * (lb.entropy(rival) - lb.entropy(x.y))
    return factor * gained


def one_move(x):
    return [x.v, *x.y[1:]]


REST = Hypothesis("rest", r"\text{no single label can move to a smaller score}", at_least_zero(at_rest))
SWAP = {"c": [[0, 1], [1, 0]], "y": [SECOND, FIRST], "v": [FIRST, SECOND], "alpha": 2}
AT_REST = {**SWAP, "v": FIRST}
FREE_MOVE = {"c": [[0, 1]], "y": [SECOND], "v": FIRST, "alpha": 0}
SINGLE_MOVES = Part(
    id="single-moves",
    says=r"\text{where labels rest, no labelling with one other label is better}",
    statement=Statement(
        ONE_MOVE, at_least_zero(lambda x: excess(x, one_move(x))), (lb.one_hot("y"), lb.one_hot("v"), REST)
    ),
    checks=(Symbolic("secu.theorem2:single_moves"), Property(also=(FREE_MOVE,), draw=draw_one_move)),
    example=AT_REST,
    twins=(
        Twin(
            "anywhere",
            Statement(ONE_MOVE, at_least_zero(lambda x: excess(x, one_move(x))), (lb.one_hot("y"), lb.one_hot("v"))),
            FREE_MOVE,
        ),
    ),
    neighbours=(
        Neighbour(
            "doubled",
            Statement(
                ONE_MOVE, at_least_zero(lambda x: excess(x, one_move(x), 2)), (lb.one_hot("y"), lb.one_hot("v"), REST)
            ),
        ),
    ),
)
BEST = Part(
    id="best",
    says=r"\text{where labels rest, } Y \text{ minimises } \mathcal{L}",
    statement=Statement(RIVAL, at_least_zero(lambda x: excess(x, x.v)), (lb.one_hot("y"), lb.one_hot("v"), REST)),
    checks=(Certified(candidates=(SWAP,)), Property(draw=draw_at_rest)),
    example=SWAP,
    twins=(
        Twin(
            "anywhere",
            Statement(RIVAL, at_least_zero(lambda x: excess(x, x.v)), (lb.one_hot("y"), lb.one_hot("v"))),
            {**FREE_MOVE, "v": [FIRST]},
        ),
    ),
    neighbours=(
        Neighbour(
            "one move",
            Statement(
                RIVAL, at_least_zero(lambda x: excess(x, [x.v[0], *x.y[1:]])), (lb.one_hot("y"), lb.one_hot("v"), REST)
            ),
        ),
    ),
    amendment=Amendment(
        SINGLE_MOVES,
        FailingStep(
            "before Theorem 2", "H couples the labels: a state that no single move improves may be improved by two"
        ),
        "call the result a local optimum; compare several starts or orders, or allow exchanges of two labels",
    ),
)
