"""Parts of §5.5 on L_OLS with the stopped gradient: its field is no gradient, and stable equilibria may be spirals.

Ṗ_j = Σ_n 2 w_n q_nj (z_n − Pq_n), q = softmax.  Two prototypes 0 and L, three samples: rest asks Σ w e = Σ w q_2 e = 0 with
e_n = z_n − Pq_n, so that w is the vector product of e and (q_2 e), up to a factor.  For L = 5, z = (1, 3, 9),
e^{−1/T} = 3/4 the masses are positive and the eigenvalues are a damped pair whose imaginary part is more than three times the real part.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.claims.ddcl import theorem3_spectrum as spectrum
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import at_least_zero, positive

THREE = Domain((real("z", 3), above_zero("L"), temperature("T"), above_zero("rate", 2)))
SPIRAL = {"z": [1, 3, 9], "L": 5, "T": {"s": "3/4"}, "rate": [1, 1]}
NODE = {"z": [-3, 1, 2], "L": 3, "T": {"s": "1/2"}, "rate": [1, 1]}


def shares(x, p):
    return [f.soft([z], p, x.T) for z in x.z]


def residuals(x, p, q):
    """z_n − Pq_n."""
    return [z - a.mixture(p, row)[0] for z, row in zip(x.z, q, strict=True)]


def masses(x):
    """w for which the prototypes 0 and L are at rest, up to a factor."""
    p = [[ex.ZERO], [x.L]]
    q = shares(x, p)
    e = residuals(x, p, q)
    g = [r * row[1] for r, row in zip(e, q, strict=True)]
    return [g[(n + 1) % 3] * e[(n + 2) % 3] - e[(n + 1) % 3] * g[(n + 2) % 3] for n in range(3)]


def jacobian(x):
    w = masses(x)

    def velocity(s):
        p = f.rows(s, 1)
        q = shares(x, p)
        pulls = [2 * m * r for m, r in zip(w, residuals(x, p, q), strict=True)]
        return f.scaled_by(x.rate, [ex.dot(pulls, [row[j] for row in q]) for j in range(2)])

    return f.jacobian(velocity, [ex.ZERO, x.L])


def turning(x):
    """−(J_11 − J_22)² − 4 J_12 J_21."""
    j = jacobian(x)
    return -((j[0][0] - j[1][1]) ** 2) - 4 * j[0][1] * j[1][0]


def spiral(x):
    return spectrum.spiral(jacobian(x))


AT_REST = Hypothesis("masses-positive", r"w_1, w_2, w_3 > 0", positive(masses))
STABLE = Hypothesis(
    "stable",
    r"\mathrm{tr}\,J < 0 < \det J",
    positive(lambda x: [-spectrum.trace(jacobian(x)), spectrum.determinant(jacobian(x))]),
)
TURNS = Hypothesis("turning", r"(J_{11} - J_{22})^2 < -4 J_{12} J_{21}", positive(turning))
GIVEN = (AT_REST, STABLE)
DAMPED = Neighbour(
    "positive determinant", Statement(THREE, positive(lambda x: spectrum.determinant(jacobian(x))), GIVEN)
)
CRITERION = Part(
    id="criterion",
    says=r"(J_{11} - J_{22})^2 < -4 J_{12} J_{21} \Rightarrow \text{ the pair is not real}",
    statement=Statement(THREE, positive(spiral), (*GIVEN, TURNS)),
    checks=(Symbolic("ddcl.theorem3_ols:criterion"), Certified(candidates=(SPIRAL,))),
    example=SPIRAL,
    twins=(Twin("at any stable equilibrium", Statement(THREE, positive(spiral), GIVEN), NODE),),
    neighbours=(Neighbour("doubled", Statement(THREE, positive(lambda x: 2 * spiral(x)), (*GIVEN, TURNS))),),
)
ADVICE = (
    "With L_OLS and the stopped gradient oscillations are no fault of the step size; they need entries of J across the diagonal of "
    "opposite signs, which L_q never has."
)
OSCILLATES = Part(
    id="oscillation",
    says=r"\text{a stable equilibrium's Jacobian has a pair that is not real}",
    statement=Statement(THREE, positive(spiral), GIVEN),
    checks=(Certified(candidates=(NODE, SPIRAL)),),
    example=SPIRAL,
    twins=(Twin("real and distinct", Statement(THREE, positive(lambda x: -spiral(x)), GIVEN), SPIRAL),),
    neighbours=(DAMPED,),
    amendment=Amendment(
        CRITERION,
        FailingStep("(39), §5.5", "the sign pattern is assumed at every equilibrium; some have it and some do not"),
        ADVICE,
    ),
)
REAL = Part(
    id="real-spectrum",
    says=r"\text{a stable equilibrium's Jacobian has real eigenvalues, as for } L_q",
    statement=Statement(THREE, at_least_zero(lambda x: -spiral(x)), GIVEN),
    checks=(Certified(candidates=(SPIRAL,)),),
    example=SPIRAL,
    twins=(Twin("a pair that is not real", Statement(THREE, positive(spiral), GIVEN), NODE),),
    neighbours=(DAMPED,),
    amendment=Amendment(
        CRITERION,
        FailingStep(
            "§5.5", "the field of L_OLS with the stopped gradient is the gradient of no function, at any rates"
        ),
        ADVICE,
    ),
)
