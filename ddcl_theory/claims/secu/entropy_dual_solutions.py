"""Do all penalised solutions satisfy the constraint, when labels are shares and α is a multiplier of a constrained solution y?

Not with α = 0: costs (0, 0) and (0, 1), γ = ½; y gives half of the first instance to cluster 2, H = 0.56, cost 0, and 0 is its only
multiplier, since a reward would move all of that instance.  But v with a tenth of it there has cost 0 as well, and H = 0.20 < γ.

With α > 0 they do: the middle z of two penalised solutions y, v is penalised no less than they, so H(z) ≤ ½H(y) + ½H(v), while H is
strictly concave in the sizes; so the sizes agree, and H(v) = H(y) ≥ γ.

Entropies are written log K − D with D = Σ_j q_j log(K q_j), which is rational for equal sizes.
"""

from __future__ import annotations

from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.claims.secu.entropy_dual_draws import draw_equal
from ddcl_theory.domain import Domain, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, positive

DOMAIN = Domain(
    (real("c", "n", "k"), simplex("y", "n", "k"), simplex("v", "n", "k"), nonnegative("alpha"), nonnegative("gamma")),
    {"n": (1, 3), "k": (2, 3)},
)


def divergence(y):
    """D = Σ_j q_j log(K q_j) for the shares q of the clusters."""
    shares = [m * Fraction(1, len(y)) for m in lb.sizes(y)]
    return ex.total(q * ex.log(len(shares) * q) for q in shares)


def excess(x, labels):
    """(Σ c − α H) at the labels less the same at y."""
    return lb.cost(x.c, labels) - lb.cost(x.c, x.y) + x.alpha * (divergence(labels) - divergence(x.y))


def middle(x):
    half = Fraction(1, 2)
    return [ex.scaled(half, ex.plus(a, b)) for a, b in zip(x.y, x.v, strict=True)]


def room(x, labels, factor=1):
    """H − γ."""
    return factor * (ex.log(ex.lift(x.k)) - divergence(labels) - x.gamma)


INSIDE = tuple(
    Hypothesis(
        f"{name}-inside",
        rf"\textstyle\sum_i {name}_{{ij}} > 0",
        positive(lambda x, name=name: lb.sizes(getattr(x, name))),
    )
    for name in ("y", "v")
)
ALLOWED = Hypothesis("y-allowed", r"H(y) \ge \gamma", at_least_zero(lambda x: room(x, x.y)))
EQUALLY = Hypothesis("equally-good", r"v \text{ is penalised as } y \text{ is}", equals_zero(lambda x: excess(x, x.v)))
LEAST = Hypothesis(
    "y-penalised",
    r"\tfrac12(y + v) \text{ is penalised no less than } y",
    at_least_zero(lambda x: excess(x, middle(x))),
)
REWARD = Hypothesis("reward", r"\alpha > 0", positive(lambda x: x.alpha))

UNIFORM = {"c": [[0, 0]], "y": [["1/2", "1/2"]], "v": [["1/2", "1/2"]], "alpha": 1, "gamma": "3/5"}
UNEQUAL = {**UNIFORM, "v": [["9/10", "1/10"]]}
#: The bound is not active at y, and 0 is its only multiplier: any α > 0 would move the first instance to cluster 2.
INACTIVE = {
    "c": [[0, 0], [0, 1]],
    "y": [["1/2", "1/2"], [1, 0]],
    "v": [["9/10", "1/10"], [1, 0]],
    "alpha": 0,
    "gamma": "1/2",
}


def statement(*given, factor=1):
    return Statement(DOMAIN, at_least_zero(lambda x: room(x, x.v, factor)), (*INSIDE, ALLOWED, *given))


def uniform(k, d):
    """One instance, shared alike among all clusters, which have the same cost."""
    share = [f"1/{k}"] * k
    return {"c": [[0] * k], "y": [share], "v": [share], "alpha": 1, "gamma": "1/2"}, "1/64"


REWARDED = Part(
    id="penalised-allowed",
    says=r"\alpha > 0 \Rightarrow \text{all penalised solutions satisfy } H \ge \gamma \text{ if one of them does}",
    statement=statement(EQUALLY, LEAST, REWARD),
    checks=(Symbolic("secu.entropy_dual_solutions:same_sizes"), Property(also=(UNEQUAL,), draw=draw_equal)),
    example=UNIFORM,
    twins=(Twin("whatever v is", statement(LEAST, REWARD), UNEQUAL),),
    neighbours=(Neighbour("doubled", statement(EQUALLY, LEAST, REWARD, factor=2)),),
)
PENALISED_ALLOWED = Part(
    id="penalised-allowed",
    says=r"\text{all penalised solutions satisfy } H \ge \gamma \text{ if one of them does}",
    statement=statement(EQUALLY, LEAST),
    checks=(Certified(candidates=(INACTIVE,)),),
    example=INACTIVE,
    twins=(Twin("whatever v is", statement(LEAST), UNEQUAL),),
    neighbours=(Neighbour("with α > 0", REWARDED.statement, UNIFORM),),
    amendment=Amendment(
        REWARDED,
        FailingStep(
            "§3.3, before (10)",
            "where the bound is not active its multiplier is 0, and (10) with α = 0 forgets the bound",
        ),
        "use some α > 0 where a bound matters, even if a solution without it happens to satisfy the bound",
        examples=uniform,
    ),
)
