"""Corollary 5 in the true dynamics: the spectrum at collapse, in continuous time and in steps, and descent at all rates."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, temperature
from ddcl_theory.relation import at_least_zero, positive

# --- the true dynamics: one sample and two prototypes at rest at 0, with λ_P = weight ---
REST = Domain(tuple(above_zero(n) for n in ("eta_theta", "eta_P", "weight", "bound")))
PLAIN = {"eta_theta": "1/10", "eta_P": "1/10", "weight": 1, "bound": 1}
LEADING = {"eta_theta": "1/5", "eta_P": "1/50", "weight": 1, "bound": 5}


def stiffness(x):
    """−J at collapse, the sample first."""
    u = (1 + 2 * x.weight) * x.eta_P
    return [
        [2 * x.eta_theta, -x.eta_theta, -x.eta_theta],
        [-x.eta_P, u, ex.ZERO],
        [-x.eta_P, ex.ZERO, u],
    ]


def true_jacobian(x, t):
    """The same with its sign, from the fields of stopped training at temperature t."""

    def velocity(s):
        z, p = [[s[0]]], f.rows(s[1:], 1)
        pull = [v - 2 * x.weight * c for v, c in zip(f.stopped_prototypes(z, p, t, [1]), s[1:], strict=True)]
        return f.scaled_by([x.eta_theta, x.eta_P, x.eta_P], [*f.stopped_features(z, p, t), *pull])

    return f.jacobian(velocity, [0, 0, 0])


def invariants(m):
    """Trace, second invariant and determinant: all positive iff the eigenvalues are, where they are real."""
    pairs = [(0, 1), (0, 2), (1, 2)]
    second = ex.total(m[i][i] * m[j][j] - m[i][j] * m[j][i] for i, j in pairs)
    third = ex.total(
        m[0][i] * (m[1][(i + 1) % 3] * m[2][(i + 2) % 3] - m[1][(i + 2) % 3] * m[2][(i + 1) % 3]) for i in range(3)
    )
    return [m[0][0] + m[1][1] + m[2][2], second, third]


def flow_margin(x):
    return invariants(stiffness(x))


def step_margin(x):
    """Positive iff every eigenvalue of −J lies strictly between 0 and 2."""
    m = stiffness(x)
    return flow_margin(x) + invariants([[2 * (i == j) - v for j, v in enumerate(row)] for i, row in enumerate(m)])


def unstable(margin):
    """Not every one of the invariants is positive."""
    return at_least_zero(lambda x: -ex.minimum(*margin(x)))


ABOVE = Hypothesis("above", r"\eta_\theta \ge B \eta_P", at_least_zero(lambda x: x.eta_theta - x.bound * x.eta_P))
RATIO = Hypothesis("ratio-at-most-one", r"\eta_\theta \le \eta_P", at_least_zero(lambda x: x.eta_P - x.eta_theta))
SHORT = Hypothesis(
    "short-steps",
    r"2 \eta_\theta + 2 (1 + 2 \lambda_P) \eta_P < 2",
    positive(lambda x: 2 - 2 * x.eta_theta - 2 * (1 + 2 * x.weight) * x.eta_P),
    breaks=({**PLAIN, "eta_theta": 1, "eta_P": 1},),
)
NOT_THE_RATIO = FailingStep(
    "(39), (40)",
    "the backbone's self-feedback is given the sign of growth; its true field descends the same energy as the prototypes', and "
    "rescaling one of the two rates changes no sign of the spectrum",
)


def collapsed(identifier, says, given, conclusion, example, twin, checks=None, amendment=None, harmless=None):
    proof = "ddcl.corollary5:at_collapse"
    return Part(
        id=identifier,
        says=says,
        statement=Statement(REST, conclusion, given),
        checks=checks or (Symbolic(proof), Property(), Ablation(proof=proof, only=tuple(h.id for h in given))),
        example=example,
        twins=(twin,),
        neighbours=(
            harmless
            or Neighbour(
                "half the invariants",
                Statement(REST, positive(lambda x: [v / 2 for v in conclusion.values(x)]), given),
            ),
        ),
        amendment=amendment,
    )


STABLE = positive(flow_margin)
CONTRACTS = positive(step_margin)
OVERSHOOT = Twin("x ← x + Jx", Statement(REST, CONTRACTS, (RATIO,)), {**PLAIN, "eta_theta": 1, "eta_P": 1})
LONG_STEPS = Twin(
    "up to three times as long",
    Statement(
        REST,
        CONTRACTS,
        (
            RATIO,
            Hypothesis(
                "long",
                r"\mathrm{tr}(-J) < 6",
                positive(lambda x: 6 - 2 * x.eta_theta - 2 * (1 + 2 * x.weight) * x.eta_P),
            ),
        ),
    ),
    {**PLAIN, "eta_theta": "3/5", "eta_P": "3/5"},
)
WHATEVER_RATIO = collapsed(
    "any-ratio",
    r"2 \eta_\theta + 2 (1 + 2 \lambda_P) \eta_P < 2 \Rightarrow |1 + \lambda| < 1 \text{ at any ratio}",
    (SHORT,),
    CONTRACTS,
    LEADING,
    LONG_STEPS,
)

# --- every configuration: the energy falls at all rates ---
GENERAL = Domain(
    (
        real("z", "n", "d"),
        real("p", "k", "d"),
        temperature("T"),
        nonnegative("weight"),
        above_zero("rate_p", "k"),
        above_zero("rate_z", "n"),
    ),
    {"n": (1, 2), "k": (1, 3), "d": (1, 2)},
)


def velocities(x):
    """(Ż, Ṗ) of stopped training, each row at its own rate."""
    z = f.rows(f.stopped_features(x.z, x.p, x.T), x.d)
    p = f.rows(f.stopped_prototypes(x.z, x.p, x.T, [1] * x.n), x.d)
    p = [ex.minus(v, ex.scaled(2 * x.weight, row)) for v, row in zip(p, x.p, strict=True)]
    return [
        [ex.scaled(r, v) for r, v in zip(rates, rows, strict=True)] for rates, rows in ((x.rate_z, z), (x.rate_p, p))
    ]


def descent(x, sign=1):
    """−dΦ/dt with Φ = F_T + λ_P ‖P‖²; sign = −1 sends the features uphill."""
    speed_z, speed_p = velocities(x)

    def value(t):
        p = e.moved(x.p, t, speed_p)
        samples = e.moved(x.z, t, [ex.scaled(sign, v) for v in speed_z])
        total = x.weight * e.square(p)
        for z in samples:
            d = a.distances(z, p)
            total = total + d[0] - x.T * ex.log(ex.total(ex.boltzmann(c - d[0], x.T) for c in d))
        return total

    return -ex.derivative_at_zero(value)


MOVING = {"z": [[1]], "p": [[0], [3]], "T": 2, "weight": 1, "rate_p": [1, 2], "rate_z": [1000]}
DESCENDS = Part(
    id="descends",
    says=r"\tfrac{d}{dt}(F_T + \lambda_P \|P\|^2) \le 0 \text{ for all rates of features and prototypes}",
    statement=Statement(GENERAL, at_least_zero(descent)),
    checks=(Symbolic("ddcl.corollary5:descends"), Property()),
    example=MOVING,
    twins=(Twin("features uphill", Statement(GENERAL, at_least_zero(lambda x: descent(x, -1))), MOVING),),
    neighbours=(Neighbour("doubled", Statement(GENERAL, at_least_zero(lambda x: 2 * descent(x)))),),
)
FAST = {"eta_theta": 100, "eta_P": 1, "weight": 1, "bound": 10}

FLOW = (
    collapsed(
        "required",
        r"\eta_\theta \ge B \eta_P \Rightarrow \text{not stable}",
        (ABOVE,),
        unstable(flow_margin),
        FAST,
        Twin(
            "with the determinant alone",
            Statement(REST, at_least_zero(lambda x: -flow_margin(x)[2]), (ABOVE,)),
            FAST,
        ),
        (Certified(candidates=(FAST,)), Property()),
        Amendment(
            DESCENDS,
            NOT_THE_RATIO,
            "In continuous time choose the ratio freely; it changes the speed, not the stability.",
        ),
        Neighbour("stable", Statement(REST, STABLE, (ABOVE,))),
    ),
    collapsed("safe", r"\eta_\theta \le \eta_P \Rightarrow \text{stable}", (RATIO,), STABLE, PLAIN, OVERSHOOT),
)
STEPS = (
    collapsed(
        "required",
        r"\eta_\theta \ge B \eta_P \Rightarrow \text{steps do not contract}",
        (ABOVE,),
        unstable(step_margin),
        {**FAST, "eta_theta": 1000},
        Twin("in continuous time", Statement(REST, unstable(flow_margin), (ABOVE,)), FAST),
        (Certified(candidates=(LEADING,)), Property()),
        Amendment(
            WHATEVER_RATIO,
            NOT_THE_RATIO,
            "Bound the rates themselves: η times the largest curvature below 2, at any ratio.",
        ),
        Neighbour("short steps contract", Statement(REST, CONTRACTS, (ABOVE, SHORT)), LEADING),
    ),
    collapsed(
        "safe",
        r"\eta_\theta \le \eta_P \Rightarrow \text{steps contract}",
        (RATIO,),
        CONTRACTS,
        PLAIN,
        LONG_STEPS,
        (Certified(candidates=({**PLAIN, "eta_theta": 1, "eta_P": 1},)), Property()),
        Amendment(
            collapsed(
                "safe-amended",
                r"\eta_\theta \le \eta_P,\ \mathrm{tr}(-J) < 2 \Rightarrow \text{steps contract}",
                (RATIO, SHORT),
                CONTRACTS,
                PLAIN,
                LONG_STEPS,
            ),
            NOT_THE_RATIO,
            "A ratio of 1 says nothing about step size: shorten both steps until they contract.",
            examples=lambda k, d: ({**PLAIN, "eta_theta": "1/20"}, "1/50"),
        ),
        Neighbour("short steps contract", Statement(REST, CONTRACTS, (RATIO, SHORT))),
    ),
)
