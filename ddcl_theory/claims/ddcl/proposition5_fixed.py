"""Parts of Proposition 5 for constant assignments: stable, with a plane of equilibria, or no fixed point at all."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero, positive

CONSTANT = Domain((real("z", "n", "d"), real("p", "k", "d")), c.SIZES)
ASSIGNED = Domain((real("z", "n", "d"), simplex("q", "n", "k"), real("v", "k", "d")), c.SIZES)

BREAKS = FailingStep(
    "Appendix D, proof of Proposition 5",
    "no differential force acts on the pair, neither apart nor together: what is not separated is not thereby attracted",
)


def constant_power(x, steps):
    """Σ_j steps_j·F_j at the prototypes p under L_OLS with q = 1/k."""
    q = [ex.Fraction(1, x.k)] * x.k
    return ex.mean(ex.total(ex.dot(steps[j], f.pull_ols(z, x.p, q, j)) for j in range(x.k)) for z in x.z)


def away(x):
    """p_j − z̄."""
    return [ex.minus(row, f.data_mean(x.z)) for row in x.p]


def shrinking(x):
    """−½ d/dt Σ_j ‖p_j − z̄‖²."""
    return -constant_power(x, away(x))


def mean_square(x):
    """‖p̄ − z̄‖²."""
    rows = away(x)
    return ex.norm2([ex.mean(row[i] for row in rows) for i in range(x.d)])


LEVEL = {"z": [[1], [-1]], "p": [[1], [-1]]}
OFF = {"z": [[1], [-1]], "p": [[2], [1]]}
NOT_COLLAPSED = Hypothesis(
    "not-collapsed", r"p_j \text{ not all } \bar z", not_zero(lambda x: [v for row in away(x) for v in row])
)
CONSTANT_STABLE = Part(
    id="stable",
    says=r"q = \tfrac1k:\ \tfrac{d}{dt} \textstyle\sum_j \|p_j - \bar z\|^2 \le 0",
    statement=Statement(CONSTANT, at_least_zero(shrinking)),
    checks=(Symbolic("ddcl.proposition5:constant_stable"), Property()),
    example=LEVEL,
    twins=(
        Twin(
            "decay at the rate of the size",
            Statement(CONSTANT, at_least_zero(lambda x: shrinking(x) - ex.total(ex.norm2(r) for r in away(x)) / 8)),
            LEVEL,
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(CONSTANT, at_least_zero(lambda x: 2 * shrinking(x)))),),
)


def difference_power(x):
    """Σ_j ṽ_j·F_j, ṽ_j = p_j − p̄: the rate at which half the squared spread changes."""
    middle = [ex.mean(row[i] for row in x.p) for i in range(x.d)]
    return constant_power(x, [ex.minus(row, middle) for row in x.p])


CONSTANT_ATTRACTOR = Part(
    id="attractor",
    says=r"q = \tfrac1k:\ \tfrac{d}{dt} \textstyle\sum_j \|p_j - \bar z\|^2 < 0 \text{ away from collapse}",
    statement=Statement(CONSTANT, positive(shrinking), (NOT_COLLAPSED,)),
    checks=(Certified(candidates=(LEVEL, OFF)), Property()),
    example=LEVEL,
    twins=(
        Twin(
            "decay at the rate of the size",
            Statement(
                CONSTANT,
                positive(lambda x: 8 * shrinking(x) - ex.total(ex.norm2(r) for r in away(x))),
                (NOT_COLLAPSED,),
            ),
            LEVEL,
        ),
    ),
    neighbours=(
        Neighbour(
            "with the squared spread added",
            Statement(
                CONSTANT, positive(lambda x: shrinking(x) + ex.total(ex.norm2(r) for r in away(x))), (NOT_COLLAPSED,)
            ),
        ),
    ),
    amendment=Amendment(
        Part(
            id="differences-stay",
            says=r"q = \tfrac1k:\ \tfrac{d}{dt} \textstyle\sum_{i<j} \|p_i - p_j\|^2 = 0",
            statement=Statement(CONSTANT, equals_zero(difference_power)),
            checks=(Symbolic("ddcl.proposition5:differences_stay"), Property()),
            example=LEVEL,
            twins=(
                Twin(
                    "distances from the mean of the data stay",
                    Statement(CONSTANT, equals_zero(shrinking)),
                    OFF,
                ),
            ),
            neighbours=(
                Neighbour(
                    "samples in another order",
                    Statement(CONSTANT, equals_zero(lambda x: difference_power(c.reordered(x)))),
                ),
            ),
        ),
        BREAKS,
        "With constant uniform assignments L_OLS neither separates nor collapses: it keeps every difference of prototypes.",
    ),
)


def assigned_power(x):
    """Σ_j v_j·F_j at collapse on z̄ with any constant q."""
    rows = [f.data_mean(x.z)] * x.k
    return ex.mean(
        ex.total(ex.dot(x.v[j], f.pull_ols(z, rows, q, j)) for j in range(x.k)) for z, q in zip(x.z, x.q, strict=True)
    )


HARD = {"z": [[1], [-1]], "q": [[1, 0], [0, 1]], "v": [[1], [0]]}
EVEN = {"z": [[1], [-1]], "q": [["1/2", "1/2"], ["1/2", "1/2"]], "v": [[1], [0]]}
ALIKE = Hypothesis(
    "centres-alike",
    r"\textstyle\sum_n q_{nj} (z_n - \bar z) = 0",
    equals_zero(
        lambda x: [
            ex.total(q[j] * y[i] for q, y in zip(x.q, c.deviations(x), strict=True))
            for j in range(x.k)
            for i in range(x.d)
        ]
    ),
)
UNUSED_TWIN = Twin(
    "with a constant pull added",
    Statement(ASSIGNED, equals_zero(lambda x: assigned_power(x) + ex.norm2(x.v[0])), (ALIKE,)),
    EVEN,
)
SAMPLED_EVEN = Neighbour(
    "doubled, equal centres", Statement(ASSIGNED, equals_zero(lambda x: 2 * assigned_power(x)), (ALIKE,))
)
ASSIGNED_POINT = Part(
    id="fixed-point-at-any-q",
    says=r"p_1 = \dots = p_k = \bar z \Rightarrow \dot P = 0 \text{ at any constant } q",
    statement=Statement(ASSIGNED, equals_zero(assigned_power)),
    checks=(Certified(candidates=(HARD, EVEN)), Property()),
    example=EVEN,
    twins=(
        Twin(
            "with a constant pull added",
            Statement(ASSIGNED, equals_zero(lambda x: assigned_power(x) + ex.norm2(x.v[0]))),
            EVEN,
        ),
    ),
    neighbours=(SAMPLED_EVEN,),
    amendment=Amendment(
        Part(
            id="fixed-point-if-centres-alike",
            says=r"\text{the same where every prototype's weighted samples have the centre } \bar z",
            statement=Statement(ASSIGNED, equals_zero(assigned_power), (ALIKE,)),
            checks=(Symbolic("ddcl.proposition5:centres_alike"), Property()),
            example=EVEN,
            twins=(UNUSED_TWIN,),
            neighbours=(SAMPLED_EVEN,),
        ),
        FailingStep(
            "Proposition 5",
            "the two gradients are weighted by two columns of q; they vanish together only if both weighted residuals do",
        ),
        "Under frozen assignments that prefer different samples, collapsed prototypes leave at once for different centres.",
    ),
)
