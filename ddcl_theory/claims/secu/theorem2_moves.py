"""The update (11) of labels as a predicate: scores, the rule, the change of the objective; and points that move.

The instances that are updated have costs c, old labels y and new labels u; instances o, where there are any, keep theirs.
"""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero

MOVES = (simplex("y", "n", "k"), simplex("u", "n", "k"), nonnegative("alpha"))
SIZES = {"n": (1, 3), "k": (2, 3)}
DOMAIN = Domain((real("c", "n", "k"), *MOVES), SIZES)
BATCH = Domain((*DOMAIN.variables, simplex("o", "r", "k")), {**SIZES, "r": (1, 2)})
VIEWS = Domain((real("c1", "n", "k"), real("c2", "n", "k"), *MOVES), SIZES)
SIMILAR = Domain((real("s", "n", "k"), *MOVES, above_zero("lam")), SIZES)


def others(x):
    """The labels of instances that are not updated."""
    return list(getattr(x, "o", []))


def state(x, i, row):
    """The labelling in which instances before i have their new labels, i has `row`, and those after i the old ones."""
    return [*x.u[:i], row, *x.y[i + 1 :], *others(x)]


def scores(x, i, fresh=True):
    """c_ij − α H(…, y_i = e_j) for every j; the other labels as they are by now, or (fresh=False) as they were."""
    rows = [lb.unit(j, x.k) for j in range(x.k)]
    states = [state(x, i, row) if fresh else [*x.y[:i], row, *x.y[i + 1 :], *others(x)] for row in rows]
    return [x.c[i][j] - x.alpha * lb.entropy(states[j]) for j in range(x.k)]


def rule(x, fresh=True):
    """u_i has the smallest score, for every i."""
    return [gap for i in range(len(x.c)) for gap in lb.chosen(x.u[i], scores(x, i, fresh))]


def drop(x, factor=1):
    """L(Y) − L(U), times a factor."""
    before, after = [*x.y, *others(x)], [*x.u, *others(x)]
    gained = lb.cost(x.c, x.y) - lb.cost(x.c, x.u) - x.alpha * (lb.entropy(before) - lb.entropy(after))
    return factor * gained


def with_costs(x, c, alpha=None):
    """The same point with other costs, or another weight."""
    return SimpleNamespace(**{**vars(x), "c": c, "alpha": x.alpha if alpha is None else alpha})


def averaged(x):
    """The mean of the two views' costs."""
    half = Fraction(1, 2)
    return with_costs(x, [ex.scaled(half, ex.plus(a, b)) for a, b in zip(x.c1, x.c2, strict=True)])


def log_costs(x, alpha):
    """−log p_ij at the temperature λ, for objectives with the weight alpha."""
    rows = []
    for s in x.s:
        scaled = ex.scaled(1 / x.lam, s)
        whole = ex.log(ex.total(ex.exp(v) for v in scaled))
        rows.append([whole - v for v in scaled])
    return with_costs(x, rows, alpha)


def by_similarity(x):
    """−s_ij in place of −log p_ij."""
    return with_costs(x, [ex.scaled(-1, s) for s in x.s])


REFRESHED = Hypothesis(
    "rule", r"u_i = e_j,\ j \in \arg\min_j c_{ij} - \alpha H(u_{<i}, e_j, y_{>i})", at_least_zero(rule)
)
PRINTED = Hypothesis(
    "rule", r"u_i = e_j,\ j \in \arg\min_j c_{ij} - \alpha H(y^{t-1}, y_{i:j})", at_least_zero(lambda x: rule(x, False))
)
VIEWS_RULE = Hypothesis("rule", r"\text{(11) with the mean cost}", at_least_zero(lambda x: rule(averaged(x))))
SIMILAR_RULE = Hypothesis("rule", r"\text{(11) with } -s_{ij}", at_least_zero(lambda x: rule(by_similarity(x))))
ONE_HOT = (lb.one_hot("y"), lb.one_hot("u"))
BATCH_HOT = (*ONE_HOT, lb.one_hot("o"))

FIRST, SECOND = [1, 0], [0, 1]
#: Two equal instances that leave cluster 1 together.
TWO = {"c": [[0, "1/2"]] * 2, "y": [FIRST] * 2, "u": [SECOND] * 2, "alpha": 1}
#: The same in turn: the first moves, the second stays.
TURN = {**TWO, "u": [SECOND, FIRST]}
STILL = {"c": [[0, 1]], "y": [FIRST], "u": [FIRST], "alpha": 0}
BATCHED = {**TWO, "o": [FIRST]}


def statement(domain, conclusion, *given):
    return Statement(domain, at_least_zero(conclusion), given)
