"""Section 5.7 in steps through a backbone: z_n = Θᵀx_n, Θ and the prototypes step together, gradients stopped at q.

At held q the loss is quadratic in (Θ, P).  With G its slope in Θ, g_j in p_j, M_j = mean_n q_nj, α = η_θ mean_n |x_n|², the features
move by −η_θ Gᵀx_n, and what F_T loses is at least
    (1/n) Σ_nj q_nj |(1 − α) η_θ Gᵀx_n + α η_p g_j|²/(α (1 − α)) + (η_θ²/α) mean_n (|G|² |x_n|² − |Gᵀx_n|²)
        + Σ_j η_p |g_j|² (1 − η_p M_j/(1 − α)),
not negative where α + η_p M_j ≤ 1, the middle term by Cauchy and Schwarz.  No rate serves all data: inputs ten times as large call for
a hundredth of η_θ.  For a backbone that is not linear the same holds only as far as its second derivative is bounded.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import theorem4_scope_steps as s
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import at_least_zero, positive

DOMAIN = Domain(
    (
        real("x", "n", "m"),
        real("theta", "m", "d"),
        real("p", "k", "d"),
        temperature("T"),
        above_zero("eta_theta"),
        above_zero("eta_p"),
    ),
    {"n": (1, 2), "m": (1, 2), "k": (1, 2), "d": (1, 1)},
)


def features(x, theta):
    """Θᵀx_n, a row a sample."""
    return [[ex.dot(row, [line[i] for line in theta]) for i in range(len(theta[0]))] for row in x.x]


def slopes(x):
    """(G, g): slopes of mean_n L_q at held q in Θ and in the prototypes."""
    z = features(x, x.theta)
    q = s.shares(z, x.p, x.T)
    own = s.feature_slopes(z, x.p, q)
    through = [
        [ex.total(row[i] * g[c] for row, g in zip(x.x, own, strict=True)) for c in range(x.d)] for i in range(x.m)
    ]
    return through, s.slopes(z, x.p, q)


def fall(x):
    through, g = slopes(x)
    new = features(x, s.moved(x.theta, through, x.eta_theta))
    return s.free(features(x, x.theta), x.p, x.T) - s.free(new, s.moved(x.p, g, x.eta_p), x.T)


def power(x):
    """mean_n |x_n|²."""
    return ex.mean(ex.norm2(row) for row in x.x)


def within(budget):
    def values(x):
        masses = s.masses(s.shares(features(x, x.theta), x.p, x.T))
        return [budget - x.eta_theta * power(x) - x.eta_p * m for m in masses]

    return at_least_zero(values)


SHORT = Hypothesis(
    "short-steps", r"\eta_\theta\, \mathrm{mean}_n \|x_n\|^2 + \eta_p\, \mathrm{mean}_n\, q_{nj} \le 1", within(1)
)
LONGER = Hypothesis(
    "slightly-longer",
    r"\eta_\theta\, \mathrm{mean}_n \|x_n\|^2 + \eta_p\, \mathrm{mean}_n\, q_{nj} \le 17/16",
    within(ex.Fraction(17, 16)),
)
INPUTS = Hypothesis("inputs", r"x \ne 0", positive(power))
AT_ONE = {"x": [[1]], "theta": [[0]], "p": [[1], [1]], "T": 1, "eta_theta": "1/4", "eta_p": "1/4"}
LARGE = {**AT_ONE, "x": [[10]]}
BEYOND = {**AT_ONE, "eta_theta": "9/16", "eta_p": 1}
TWIN = Twin("a sixteenth longer", Statement(DOMAIN, at_least_zero(fall), (INPUTS, LONGER)), BEYOND)
BACKBONE_STEP = Part(
    id="backbone-step",
    says=r"z = \Theta^\top x:\ \Theta \text{ and prototypes step together; } F_T \text{ does not rise, for any } \eta_\theta, \eta_p > 0",
    statement=Statement(DOMAIN, at_least_zero(fall), (INPUTS,)),
    checks=(Certified(candidates=(AT_ONE, LARGE)),),
    example=LARGE,
    twins=(TWIN,),
    neighbours=(
        Neighbour(
            "within the budget", Statement(DOMAIN, at_least_zero(lambda x: 2 * fall(x)), (INPUTS, SHORT)), AT_ONE
        ),
    ),
    amendment=Amendment(
        Part(
            id="backbone-step-amended",
            says=SHORT.says + r" \Rightarrow F_T \text{ does not rise}",
            statement=Statement(DOMAIN, at_least_zero(fall), (INPUTS, SHORT)),
            checks=(Symbolic("ddcl.theorem4_scope_backbone:step"), Certified(candidates=(AT_ONE,))),
            example=AT_ONE,
            twins=(TWIN,),
            neighbours=(
                Neighbour("doubled", Statement(DOMAIN, at_least_zero(lambda x: 2 * fall(x)), (INPUTS, SHORT))),
            ),
        ),
        FailingStep("Section 5.7, (44)", "a step through a backbone is stretched by the square of its Jacobian"),
        "Scale the rate of a linear backbone by 1 over the mean squared length of its inputs and leave the rest of the budget of 1 to "
        "the prototypes; normalise what enters the last layer.",
        examples=lambda k, d: (
            {**AT_ONE, "theta": [[1] * d], "p": [[j] * d for j in range(k)]},
            "1/100",
        ),
    ),
)
