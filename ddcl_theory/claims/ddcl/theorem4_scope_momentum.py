"""Section 5.7 with momentum: what falls is F_T plus a kinetic energy.

Flow: m_j p̈_j + γ ṗ_j = −∂F_T/∂p_j, masses m_j for rates of their own, T falling at the rate κ.  With w = ṗ,
    −d/dt (F_T + T log k + Σ_j m_j |w_j|²/2) = γ Σ_j |w_j|² + κ mean_n (log k − H(q_n)) ≥ 0,
while dF_T/dt = ⟨∇F_T, w⟩ has no sign: a prototype that moves past its sample climbs.

Steps (heavy ball): v = −ηg + βu, u the last displacement, p' = p + v.  F_T is majorised by its loss at held q (steps), so that
    F_T + β|u|²/(2η)  minus  F'_T + β|v|²/(2η)  =  Σ_j (1 − β − η M_j) |v_j|²/η + β|u − v|²/(2η) + T mean KL(q ‖ q')
is not negative where η M_j ≤ 1 − β, M_j = mean_n q_nj.  F_T alone rises: from rest at g = 0, u ≠ 0.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import theorem4_scope_steps as s
from ddcl_theory.claims.ddcl.dynamics.momentum import HeavyBall
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero

FLOW = Domain(
    (*s.STATE, real("w", "k", "d"), above_zero("mass", "k"), nonnegative("gamma"), nonnegative("kappa")), s.SIZES
)
BALL = Domain((*s.STATE, real("u", "k", "d"), above_zero("eta"), nonnegative("beta")), s.SIZES)


def along(x, value):
    """The derivative along the flow of value(p, w): ṗ = w, m ẇ = −γw − ∂F_T/∂p."""
    g = s.slopes(x.z, x.p, s.shares(x.z, x.p, x.T))
    force = [
        ex.scaled(ex.lift(-1) / m, ex.plus(ex.scaled(x.gamma, w), r)) for m, w, r in zip(x.mass, x.w, g, strict=True)
    ]
    return ex.derivative_at_zero(lambda t: value(s.moved(x.p, x.w, -t), s.moved(x.w, force, -t)))


def shifted(x, p):
    """F_T + T log k."""
    return s.free(x.z, p, x.T, ex.lift(1) / x.k)


def kinetic(x, w):
    return ex.total(m * ex.norm2(row) for m, row in zip(x.mass, w, strict=True)) / 2


def flow_fall(x, share=1):
    """−d/dt (F_T + T log k + share · kinetic energy) while T falls at the rate κ."""
    change = along(x, lambda p, w: shifted(x, p) + share * kinetic(x, w))
    return -change + x.kappa * ex.differentiate(shifted(x, x.p), x.T)


def step(x):
    """v = −ηg + βu."""
    g = s.slopes(x.z, x.p, s.shares(x.z, x.p, x.T))
    return [ex.minus(ex.scaled(x.beta, u), ex.scaled(x.eta, r)) for u, r in zip(x.u, g, strict=True)]


def ball_fall(x, share=1):
    """What F_T + share · β|u|²/(2η) loses in a step."""
    v = step(x)
    square_old, square = (ex.total(ex.norm2(row) for row in rows) for rows in (x.u, v))
    new = s.free(x.z, s.moved(x.p, v, -1), x.T)
    return s.free(x.z, x.p, x.T) - new + share * x.beta / (2 * x.eta) * (square_old - square)


SHORT = Hypothesis(
    "short-step",
    r"\eta\, \mathrm{mean}_n\, q_{nj} \le 1 - \beta",
    at_least_zero(lambda x: [1 - x.beta - x.eta * m for m in s.masses(s.shares(x.z, x.p, x.T))]),
)
NO_MOMENTUM = Hypothesis("no-momentum", r"\beta = 0", at_least_zero(lambda x: -x.beta))
STILL = Hypothesis("at-rest", "w = 0", at_least_zero(lambda x: [-ex.norm2(row) for row in x.w]))
PAST = {"z": [[0]], "p": [[1], [1]], "T": 1, "w": [[1], [1]], "mass": [1, 2], "gamma": 1, "kappa": 0}
BACK = {**PAST, "w": [[-1], [0]]}
LAUNCHED = {"z": [[0]], "p": [[0], [0]], "T": 1, "u": [[1], [1]], "eta": "1/2", "beta": "1/2"}
RETURNING = {**LAUNCHED, "p": [[1], [1]], "u": [["-1/2"], ["-1/2"]]}
INERTIA = FailingStep(
    "Section 5.7, (44)", "with momentum the prototypes do not move along −∇F_T but along what they have gathered"
)


def _part(identifier, says, domain, value, given, example, twin, neighbour, checks, amendment=None, system=None):
    return Part(
        id=identifier,
        says=says,
        statement=Statement(domain, at_least_zero(value), given, system=system),
        checks=checks,
        example=example,
        twins=(twin,),
        neighbours=(neighbour,),
        amendment=amendment,
    )


def _doubled(domain, value, *given):
    return Neighbour("doubled", Statement(domain, at_least_zero(lambda x: 2 * value(x)), given))


FLOW_PART = _part(
    "flow",
    r"m_j \ddot p_j + \gamma \dot p_j = -\partial F_T/\partial p_j:\ \dot F_T \le 0",
    FLOW,
    lambda x: flow_fall(x, 0),
    (),
    PAST,
    Twin("never falls", Statement(FLOW, at_least_zero(lambda x: -flow_fall(x, 0))), BACK),
    Neighbour(
        "from rest", Statement(FLOW, at_least_zero(lambda x: flow_fall(x, 0)), (STILL,)), {**PAST, "w": [[0], [0]]}
    ),
    (Certified(candidates=(PAST, {**PAST, "w": [[0], [0]]})),),
    Amendment(
        _part(
            "flow-with-kinetic-energy",
            r"\tfrac{d}{dt}(F_T + T \log k + \tfrac12 \textstyle\sum_j m_j \|\dot p_j\|^2) \le 0 \text{ while } T \text{ falls}",
            FLOW,
            flow_fall,
            (),
            PAST,
            Twin(
                "with half of the kinetic energy",
                Statement(FLOW, at_least_zero(lambda x: flow_fall(x, ex.Fraction(1, 2)))),
                {**PAST, "gamma": "1/4"},
            ),
            _doubled(FLOW, flow_fall),
            (Symbolic("ddcl.theorem4_scope_momentum:flow"), Property()),
        ),
        INERTIA,
        "Under momentum monitor F_T + T log k plus the kinetic energy; rises of F_T alone are no sign of divergence.",
    ),
)
BALL_TWIN = Twin(
    "F_T alone",
    Statement(BALL, at_least_zero(lambda x: ball_fall(x, 0)), (SHORT,), system=HeavyBall(kinetic=0.0)),
    LAUNCHED,
)
BALL_PART = _part(
    "heavy-ball",
    r"p' = p - \eta g + \beta u,\ \eta\, \mathrm{mean}_n\, q_{nj} \le 1 - \beta:\ F_T \text{ does not rise}",
    BALL,
    lambda x: ball_fall(x, 0),
    (SHORT,),
    LAUNCHED,
    Twin("never falls", Statement(BALL, at_least_zero(lambda x: -ball_fall(x, 0)), (SHORT,)), RETURNING),
    Neighbour(
        "without momentum",
        Statement(BALL, at_least_zero(lambda x: ball_fall(x, 0)), (SHORT, NO_MOMENTUM)),
        {**RETURNING, "beta": 0},
    ),
    (Certified(candidates=(LAUNCHED, {**RETURNING, "u": [[0], [0]]})),),
    Amendment(
        _part(
            "heavy-ball-with-kinetic-energy",
            r"\eta\, \mathrm{mean}_n\, q_{nj} \le 1 - \beta:\ F_T + \tfrac{\beta}{2\eta} \|u\|^2 \text{ does not rise}",
            BALL,
            ball_fall,
            (SHORT,),
            LAUNCHED,
            BALL_TWIN,
            Neighbour(
                "doubled",
                Statement(BALL, at_least_zero(lambda x: 2 * ball_fall(x)), (SHORT,), system=HeavyBall(factor=0.5)),
            ),
            (
                Symbolic("ddcl.theorem4_scope_momentum:heavy_ball"),
                Certified(candidates=(RETURNING,)),
                Dynamics(
                    "ddcl_theory.claims.ddcl.dynamics.momentum:falls", "heavy-ball runs at the longest step allowed"
                ),
            ),
            system=HeavyBall(),
        ),
        INERTIA,
        "With momentum β keep η times the largest mean mass within 1 − β and monitor F_T + β/(2η) times the squared displacement.",
    ),
)
MOMENTUM = (FLOW_PART, BALL_PART)
