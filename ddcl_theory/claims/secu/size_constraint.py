"""(8), (9): the closed-form assignment given the dual variables; bounds Σ_i y_ij ≥ β = γN/K, costs c_ij = −log p_ij.

Given ρ.  With u_i = e_l, l ∈ argmin_j c_ij − ρ_j, and any shares v, Λ(v, ρ) − Λ(u, ρ) = Σ_ij v_ij (c_ij − ρ_j − c_il + ρ_l) ≥ 0: the
rule minimises the Lagrangian, over one-hot labels and over shares, however ties are broken.

Solution of (8).  ρ is optimal for the dual iff some feasible shares w have Σ w c = min_y Λ(y, ρ) (linear programming duality).
Even then the rule need not be feasible: two instances with costs (0, 1), K = 2, γ = 1 have ρ = (0, 1), w = (½, ½), and every
label ties, so both may get cluster 1; a rule that is a function of the row gives them the same cluster at every ρ.
If the argmin is unique at an optimal ρ, then Σ w c − Λ(u, ρ) = Σ w_ij (gap_ij) + Σ_j ρ_j (Σ_i w_ij − β) = 0 has terms ≥ 0, so w_ij = 0 off
the argmin: w = u, and u is feasible.  For any ρ: if u is feasible with ρ_j (Σ_i u_ij − β) = 0, it solves (8), since then
Σ v c − Σ u c = Σ v_ij gap_ij + Σ_j ρ_j (Σ_i v_ij − β) ≥ 0 for all feasible v.

Value.  For labels 0 and 1 the dual problem has the value of the relaxed problem: two instances with costs (0, 1), γ = ½, give
½, while (8) has 1.  Always dual ≤ (8).  The labels exist iff β ≤ ⌊N/K⌋, since some cluster has at most N/K instances: N = 3, K
= 2 cannot be balanced (γ = 1).  ⌊N/K⌋ ≥ N/K − (K − 1)/K, so that for γ ≤ 1 the labels miss no bound by a whole instance.  Where
β is a whole number the relaxed problem has a solution in whole numbers (a transport problem), so β should be rounded up to one.
"""

from __future__ import annotations

from fractions import Fraction

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
from ddcl_theory.claims.secu.float_rows_labels import lagrangian_part
from ddcl_theory.claims.secu.size_constraint_draws import draw, draw_certified
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, positive

SIZES = {"n": (1, 3), "k": (2, 3)}
PRICED = (real("c", "n", "k"), nonnegative("rho", "k"), nonnegative("gamma"), simplex("u", "n", "k"))
RIVAL = Domain((*PRICED, simplex("v", "n", "k")), SIZES)
CERTIFIED = Domain((*PRICED, simplex("w", "n", "k")), SIZES)
SQUARE = Domain(
    (real("c", 2, 2), nonnegative("rho", 2), above_zero("gamma"), simplex("u", 2, 2), simplex("w", 2, 2)), {}
)
PLAIN = Domain((real("c", "n", "k"), nonnegative("gamma")), SIZES)


def room(x, y):
    """Σ_i y_ij − γN/K for every cluster: how far the lower bound is met."""
    return [m - x.gamma * Fraction(len(x.c), len(x.c[0])) for m in lb.sizes(y)]


def lagrangian(x, y):
    """Σ y c − Σ_j ρ_j (Σ_i y_ij − γN/K)."""
    return lb.cost(x.c, y) - ex.dot(x.rho, room(x, y))


def gaps(x):
    """For every i and j, how much dearer j is for i than the label that it has."""
    return [g for i in range(len(x.c)) for g in lb.chosen(x.u[i], ex.minus(x.c[i], x.rho))]


def lower(x, factor=1):
    return factor * (lagrangian(x, x.v) - lagrangian(x, x.u))


def flat(rows):
    return [v for row in rows for v in row]


RULE = Hypothesis("rule", r"u_i = e_j,\ j \in \arg\min_j c_{ij} - \rho_j", at_least_zero(gaps))
HOT = lb.one_hot("u")
FEASIBLE = Hypothesis("w-feasible", r"\textstyle\sum_i w_{ij} \ge \gamma N/K", at_least_zero(lambda x: room(x, x.w)))
OPTIMAL = Hypothesis(
    "dual-optimal",
    r"\textstyle\sum w_{ij} c_{ij} = \Lambda(u, \rho) \text{: } \rho \text{ solves the dual problem}",
    equals_zero(lambda x: lb.cost(x.c, x.w) - lagrangian(x, x.u)),
)
UNIQUE = Hypothesis("unique", r"\text{every argmin is unique}", positive(lambda x: ex.plus(gaps(x), flat(x.u))))
V_FEASIBLE = Hypothesis("v-feasible", r"\textstyle\sum_i v_{ij} \ge \gamma N/K", at_least_zero(lambda x: room(x, x.v)))
U_FEASIBLE = Hypothesis("u-feasible", r"\textstyle\sum_i u_{ij} \ge \gamma N/K", at_least_zero(lambda x: room(x, x.u)))
SLACK = Hypothesis(
    "slack",
    r"\rho_j (\textstyle\sum_i u_{ij} - \gamma N/K) = 0",
    equals_zero(lambda x: [r * m for r, m in zip(x.rho, room(x, x.u), strict=True)]),
)

FIRST, SECOND, HALF = [1, 0], [0, 1], ["1/2", "1/2"]
TIED = {"c": [[0, 1]] * 2, "rho": [0, 1], "gamma": 1, "u": [FIRST] * 2, "w": [HALF] * 2}
APART = {"c": [[0, 1], [1, 0]], "rho": [0, 0], "gamma": 1, "u": [FIRST, SECOND], "w": [FIRST, SECOND]}
DEAR = {"c": [[0, 1]], "rho": [0, 0], "gamma": 0, "u": [FIRST], "v": [HALF]}


def rival(conclusion, *given):
    return Statement(RIVAL, at_least_zero(conclusion), given)


GIVEN_RHO = Part(
    id="given-rho",
    says=r"u \in \arg\min_y \Lambda(y, \rho) \text{ for every } \rho",
    statement=rival(lower, HOT, RULE),
    checks=(Symbolic("secu.size_constraint:minimises"), Property(draw=draw), Ablation(only=("rule",))),
    example=DEAR,
    twins=(
        Twin(
            "the cost alone",
            rival(lambda x: lb.cost(x.c, x.v) - lb.cost(x.c, x.u), HOT, RULE),
            {**DEAR, "rho": [2, 0]} | {"c": [[1, 0]], "v": [SECOND]},
        ),
    ),
    neighbours=(Neighbour("doubled", rival(lambda x: lower(x, 2), HOT, RULE)),),
)


def feasible(*given, gamma=1, factor=1):
    def values(x):
        return [factor * (m - (gamma - 1) * x.gamma * Fraction(x.n, x.k)) for m in room(x, x.u)]

    return Statement(CERTIFIED, at_least_zero(values), (HOT, RULE, FEASIBLE, OPTIMAL, *given))


TWICE = Twin("twice the bound", feasible(gamma=2), APART)
IF_UNIQUE = Part(
    id="feasible",
    says=r"\text{at an optimal } \rho \text{ with unique argmins the labels (9) satisfy (8)}",
    statement=feasible(UNIQUE),
    checks=(
        Symbolic("secu.size_constraint:feasible_if_unique"),
        Property(also=(APART,), draw=draw_certified),
    ),
    example=APART,
    twins=(Twin("twice the bound", feasible(UNIQUE, gamma=2), APART),),
    neighbours=(Neighbour("doubled", feasible(UNIQUE, factor=2)),),
)


def one_each(k, d):
    """k instances, each cheapest in a cluster of its own; γ = 1 is met without prices."""
    labels = [[int(i == j) for j in range(k)] for i in range(k)]
    costs = [[1 - v for v in row] for row in labels]
    return {"c": costs, "rho": [0] * k, "gamma": 1, "u": labels, "w": labels}, "1/16"


AT_OPTIMAL = Part(
    id="feasible",
    says=r"\text{at an optimal } \rho \text{ the labels (9) satisfy (8)}",
    statement=feasible(),
    checks=(Certified(candidates=(TIED,)), Property(also=(TIED, APART), draw=draw_certified)),
    example=TIED,
    twins=(TWICE,),
    neighbours=(Neighbour("unique argmins", IF_UNIQUE.statement, APART),),
    amendment=Amendment(
        IF_UNIQUE,
        FailingStep(
            "§3.3, (9)",
            "the maximin problem has a saddle point among shares; its part in y is one of the minimisers of the Lagrangian, and where "
            "minimisers tie, which is what active bounds bring about, the rule may pick another",
        ),
        "break ties by what the clusters still lack (or assign with a solver of transport problems), and check the sizes "
        "afterwards",
        examples=one_each,
    ),
)


def cheaper(x, factor=1):
    return factor * (lb.cost(x.c, x.v) - lb.cost(x.c, x.u))


LOOSE = {"c": [[1, 0]], "rho": [2, 0], "gamma": 0, "u": [FIRST], "v": [SECOND]}
SHORT = {"c": [[0, 1]] * 2, "rho": [0, 1], "gamma": 1, "u": [FIRST, SECOND], "v": [FIRST, FIRST]}
ENOUGH = (HOT, RULE, U_FEASIBLE, SLACK, V_FEASIBLE)
SUFFICIENT = Part(
    id="complementary",
    says=r"\text{labels (9) that are feasible, with } \rho_j > 0 \text{ only at tight bounds, solve (8)}",
    statement=rival(cheaper, *ENOUGH),
    checks=(Symbolic("secu.size_constraint:solves"), Property(also=(LOOSE, SHORT), draw=draw)),
    example={**SHORT, "v": [SECOND, FIRST]},
    twins=(
        Twin("without complementary slackness", rival(cheaper, HOT, RULE, U_FEASIBLE, V_FEASIBLE), LOOSE),
        Twin("against labels that break the bounds", rival(cheaper, HOT, RULE, U_FEASIBLE, SLACK), SHORT),
    ),
    neighbours=(Neighbour("doubled", rival(lambda x: cheaper(x, 2), *ENOUGH)),),
)


def value(x):
    """The value of (8) for N = K = 2 and 0 < γ ≤ 1: one instance in each cluster."""
    return ex.minimum(x.c[0][0] + x.c[1][1], x.c[0][1] + x.c[1][0])


AT_MOST_ONE = Hypothesis("gamma-at-most-one", r"\gamma \le 1", at_least_zero(lambda x: 1 - x.gamma))
SADDLE = (HOT, RULE, FEASIBLE, OPTIMAL, AT_MOST_ONE)
SQUARE_GAP = {**TIED, "gamma": "1/2", "w": [["3/4", "1/4"]] * 2}
WEAK = Part(
    id="weak-duality",
    says=r"\min_y \Lambda(y, \rho) \le \textstyle\sum v_{ij} c_{ij} \text{ for every feasible } v \text{ and } \rho \ge 0",
    statement=rival(lambda x: lb.cost(x.c, x.v) - lagrangian(x, x.u), HOT, RULE, V_FEASIBLE),
    checks=(Symbolic("secu.size_constraint:weak_duality"), Property(draw=draw), Ablation(only=("v-feasible",))),
    example=DEAR,
    twins=(
        Twin(
            "without the bounds",
            rival(lambda x: lb.cost(x.c, x.v) - lagrangian(x, x.u), HOT, RULE),
            {"c": [[0, 1]], "rho": [0, 1], "gamma": 1, "u": [FIRST], "v": [FIRST]},
        ),
    ),
    neighbours=(
        Neighbour("doubled", rival(lambda x: 2 * (lb.cost(x.c, x.v) - lagrangian(x, x.u)), HOT, RULE, V_FEASIBLE)),
    ),
)
DUAL_VALUE = Part(
    id="dual-value",
    says=r"\max_\rho \min_y \Lambda(y, \rho) \text{ is the value of (8)}",
    statement=Statement(SQUARE, equals_zero(lambda x: value(x) - lagrangian(x, x.u)), SADDLE),
    checks=(Certified(candidates=(SQUARE_GAP,)),),
    example=SQUARE_GAP,
    twins=(
        Twin(
            "the value without bounds",
            Statement(SQUARE, equals_zero(lambda x: lb.cost(x.c, x.u) - lagrangian(x, x.u)), SADDLE),
            TIED,
        ),
    ),
    neighbours=(
        Neighbour("at least", Statement(SQUARE, at_least_zero(lambda x: value(x) - lagrangian(x, x.u)), SADDLE)),
    ),
    amendment=Amendment(
        WEAK,
        FailingStep(
            "§3.3, after (8)",
            "strong duality needs the convex set of shares; labels 0 and 1 leave a gap where γN/K is no whole number",
        ),
        "take γ such that γN/K is a whole number, or round it up: one-hot labels have to meet the rounded bound anyway",
    ),
)


def best_smallest(x, factor=1):
    """The largest γN/K-excess of the smallest cluster over all ways to label n instances."""
    smallest = ex.maximum(*[ex.minimum(*counts) for counts in lb.partitions(x.n, x.k)])
    return factor * (smallest - x.gamma * Fraction(x.n, x.k))


ODD = {"c": [[0, 0]] * 3, "gamma": 1}
FEW = {"c": [[0, 0]], "gamma": 1}
FIVE = {"c": [[0, 0, 0]] * 5, "gamma": 1}


def nearly(x, factor=1, less=0):
    """The same with bounds that are lower by (K − 1)/K, less `less`/K."""
    return best_smallest(x, factor) + factor * Fraction(x.k - 1 - less, x.k)


def solvable(*given, conclusion=best_smallest):
    return Statement(PLAIN, at_least_zero(conclusion), (AT_MOST_ONE, *given))


NEARLY = Part(
    id="solvable",
    says=r"\gamma \le 1 \Rightarrow \text{some one-hot labels have } \textstyle\sum_i y_{ij} \ge \gamma N/K - (K - 1)/K"
    r" \ge \lfloor \gamma N/K \rfloor - (K - 1)/K",
    statement=solvable(conclusion=nearly),
    checks=(
        Symbolic("secu.size_constraint:even"),
        Property(also=(FIVE,)),
        Ablation(only=("gamma-at-most-one",)),
    ),
    example=ODD,
    twins=(Twin("lower by (K − 2)/K", solvable(conclusion=lambda x: nearly(x, less=1)), FIVE),),
    neighbours=(Neighbour("doubled", solvable(conclusion=lambda x: nearly(x, 2))),),
)
DIVIDES = Hypothesis("divides", r"K \mid N", equals_zero(lambda x: x.n % x.k))
SOLVABLE = Part(
    id="solvable",
    says=r"\gamma \le 1 \Rightarrow \text{some one-hot labels satisfy (8)}",
    statement=solvable(),
    checks=(Certified(candidates=(FEW, ODD)), Property(also=(ODD,))),
    example=ODD,
    twins=(
        Twin("with one to spare", solvable(conclusion=lambda x: best_smallest(x) - 1), {"c": [[0, 0]] * 2, "gamma": 1}),
    ),
    neighbours=(Neighbour("K divides N", solvable(DIVIDES), {"c": [[0, 0]] * 2, "gamma": 1}),),
    amendment=Amendment(
        NEARLY,
        FailingStep(
            "§3.3, after (8)",
            "γ = 1 demands N/K instances in every cluster, which whole instances cannot give unless K divides N",
        ),
        "choose γ ≤ K⌊N/K⌋/N; the whole number ⌊γN/K⌋ is always within reach",
    ),
)

CLAIM = Claim(
    id="secu.size-constraint",
    title="Closed-form assignment under size bounds",
    source=Source("secu", "(8), (9)"),
    says=r"y_i = e_j,\ j = \arg\min_j -\log p_{ij} - \rho_j \text{ solves (8), given the dual variables}",
    derivation=__doc__,
    readings=(
        Reading(
            "given-rho", "the labels minimise the Lagrangian at the given dual variables", (GIVEN_RHO,), as_printed=True
        ),
        Reading(
            "optimal-duals",
            "the labels solve (8) once the dual variables are optimal",
            (AT_OPTIMAL, DUAL_VALUE, SOLVABLE),
        ),
        Reading(
            "complementary", "the labels solve (8) if they are feasible and slackness is complementary", (SUFFICIENT,)
        ),
        *(
            Reading(dtype, f"the labels of ddcl_core's SizeConstraint in {dtype}", (lagrangian_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
