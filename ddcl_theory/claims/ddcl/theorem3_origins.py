r"""Parts of §5.5 on where oscillations come from: a step too large, momentum, or a field that is no gradient.

Near an equilibrium of a gradient field at the rates D the Jacobian is −DH, H symmetric, and splits into modes ẋ = −λx with real λ.
steps: x ← (1 − ηλ)x never turns; it changes sign at each step iff ηλ > 1.  For stopped training and the mean loss,
    vᵀHv = 2 Σ_j M_j |v_j|² − (1/T) mean_n Σ_{i<j} q_ni q_nj (a_ni − a_nj)²,  a_nj = 2(p_j − z_n)·v_j,  M_j = mean_n q_nj,
  so that ηM_j ≤ 1/2 excludes ηλ > 1 at every state: up to the EM step nothing overshoots, whatever the data.
momentum (heavy ball): μ² − (1 + β − ηλ)μ + β = 0, whose discriminant is −(ηλ − (1 − √β)²)((1 + √β)² − ηλ).  The mode turns iff ηλ
  lies between, with |μ|² = β; it contracts iff β < 1 and ηλ < 2(1 + β).  Without momentum the interval is empty.  In continuous
  time position and velocity of one mode, v̇ = −γv − λx, ẋ = v, have the printed matrix: its oscillator is a mode with inertia.
origins: with a gradient field, β = 0 and ηλ ≤ 1 all multipliers are real and not negative; each of the three is needed.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.claims.ddcl import theorem3_spectrum as spectrum
from ddcl_theory.claims.ddcl import theorem4_scope_steps as training
from ddcl_theory.claims.ddcl.dynamics.kinds import Fields
from ddcl_theory.claims.ddcl.energy import moved
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, positive

# --- steps: how far training may step before a displacement changes sign ---
STATE = Domain(
    (real("z", "n", "d"), real("p", "k", "d"), temperature("T"), real("v", "k", "d"), above_zero("eta")),
    {"n": (1, 2), "k": (1, 3), "d": (1, 1)},
)
PUSHED = {"z": [[0], [1]], "p": [[0], [2]], "T": 1, "v": [[1], [-1]], "eta": "1/2"}
TOGETHER = {"z": [[0]], "p": [[0], [0]], "T": 1, "v": [[1], [1]], "eta": "17/16"}


def curvature(x):
    """vᵀHv: the second derivative of mean_n F_T along v."""
    return ex.derivative_at_zero(lambda t: training.free(x.z, moved(x.p, t, x.v), x.T), order=2)


def kept(x):
    """⟨v, (1 − ηH)v⟩: not negative for every v iff no multiplier 1 − ηλ is."""
    return ex.total(ex.norm2(row) for row in x.v) - x.eta * curvature(x)


def within(share):
    def values(x):
        return [share - x.eta * m for m in training.masses(training.shares(x.z, x.p, x.T))]

    return at_least_zero(values)


HALF = Hypothesis("half-steps", r"\eta\, \mathrm{mean}_n\, q_{nj} \le 1/2", within(ex.Fraction(1, 2)))
LONGER = Hypothesis("longer", r"\eta\, \mathrm{mean}_n\, q_{nj} \le 17/32", within(ex.Fraction(17, 32)))
MOVES = Hypothesis("moves", r"v \ne 0", positive(lambda x: ex.total(ex.norm2(row) for row in x.v)))
CALM = Part(
    id="no-overshoot",
    says=r"\eta\, \mathrm{mean}_n\, q_{nj} \le 1/2 \Rightarrow \langle v, (1 - \eta H) v\rangle \ge 0 "
    r"\text{: no multiplier is negative}",
    statement=Statement(STATE, at_least_zero(kept), (HALF,)),
    checks=(Symbolic("ddcl.theorem3_origins:no_overshoot"), Property()),
    example=PUSHED,
    twins=(Twin("a sixteenth longer", Statement(STATE, at_least_zero(kept), (LONGER,)), TOGETHER),),
    neighbours=(Neighbour("doubled", Statement(STATE, at_least_zero(lambda x: 2 * kept(x)), (HALF,))),),
)
STEPS = Part(
    id="oscillation",
    says=r"\text{every step overshoots: } \langle v, (1 - \eta H) v\rangle < 0",
    statement=Statement(STATE, positive(lambda x: -kept(x)), (MOVES,)),
    checks=(Certified(candidates=(PUSHED, TOGETHER)),),
    example=TOGETHER,
    twins=(Twin("never", Statement(STATE, positive(kept), (MOVES,)), TOGETHER),),
    neighbours=(Neighbour("none of half the length", Statement(STATE, at_least_zero(kept), (MOVES, HALF)), PUSHED),),
    amendment=Amendment(
        CALM,
        FailingStep(
            "(39), §5.5", "a step of a gradient field turns no mode; it reverses one only if it is longer than 1/λ"
        ),
        "If a loss curve alternates from step to step, shorten the step: with the mean loss η ≤ 1/2 cannot overshoot in the prototypes.",
    ),
)

# --- one mode with momentum ---
MODE = Domain((above_zero("curvature"), above_zero("eta"), nonnegative("beta")))
TURNING = {"curvature": 1, "eta": 1, "beta": "1/2"}
STIFF = {"curvature": 1, "eta": "1/8", "beta": "1/4"}


def level(x):
    """1 + β − ηλ, the sum of the two multipliers."""
    return 1 + x.beta - x.eta * x.curvature


def turning(x):
    """Minus the discriminant of μ² − (1 + β − ηλ)μ + β."""
    return 4 * x.beta - level(x) ** 2


def multipliers(x):
    """Real parts of the two multipliers, the smaller first."""
    root = ex.sqrt(ex.maximum(-turning(x), 0))
    return [(level(x) - root) / 2, (level(x) + root) / 2]


def contraction(x):
    """1 − |μ|² for the larger |μ|."""
    return 1 - ex.maximum(*(m**2 for m in multipliers(x))) - ex.maximum(turning(x), 0) / 4


def _lower(x):
    return (1 - ex.sqrt(x.beta)) ** 2


def _upper(x):
    return (1 + ex.sqrt(x.beta)) ** 2


CONTRACTS = Hypothesis(
    "contracts",
    r"\beta < 1,\ \eta\lambda < 2(1 + \beta)",
    positive(lambda x: [1 - x.beta, 2 * (1 + x.beta) - x.eta * x.curvature]),
    breaks=({"curvature": 1, "eta": 4, "beta": "1/2"},),
)
LOOSE = Hypothesis(
    "loose",
    r"\beta < 1,\ \eta\lambda < 2 + 4\beta",
    positive(lambda x: [1 - x.beta, 2 + 4 * x.beta - x.eta * x.curvature]),
)
WINDOW = Hypothesis(
    "between",
    r"(1 - \sqrt\beta)^2 < \eta\lambda < (1 + \sqrt\beta)^2",
    positive(lambda x: [x.eta * x.curvature - _lower(x), _upper(x) - x.eta * x.curvature]),
    breaks=(STIFF,),
)
BELOW = Hypothesis(
    "below",
    r"\eta\lambda \le (1 - \sqrt\beta)^2",
    at_least_zero(lambda x: _lower(x) - x.eta * x.curvature),
    breaks=(TURNING,),
)


def mode(identifier, says, given, conclusion, example, twin, amendment=None, checks=None, spared=()):
    proof = "ddcl.theorem3_origins:mode"
    return Part(
        id=identifier,
        says=says,
        statement=Statement(MODE, conclusion, given),
        checks=checks or (Symbolic(proof), Ablation(only=tuple(h.id for h in given))),
        example=example,
        twins=(twin,),
        neighbours=(
            Neighbour(
                "three times",
                Statement(
                    MODE, type(conclusion)(conclusion.op, lambda x: _thrice(conclusion.values(x))), (*given, *spared)
                ),
                TURNING if spared else example,
            ),
        ),
        amendment=amendment,
    )


def _thrice(values):
    return [3 * v for v in values] if isinstance(values, list) else 3 * values


AT_ANY_STEP = Twin(
    "by as much as β",
    Statement(MODE, positive(lambda x: turning(x) - x.beta), (CONTRACTS, WINDOW)),
    {"curvature": 1, "eta": "1/8", "beta": "1/2"},
)
SPIRALS = mode(
    "oscillation",
    r"\beta < 1,\ \eta\lambda < 2(1 + \beta) \Rightarrow \text{ the multipliers are not real}",
    (CONTRACTS,),
    positive(turning),
    STIFF,
    AT_ANY_STEP,
    Amendment(
        mode(
            "oscillation-amended",
            r"(1 - \sqrt\beta)^2 < \eta\lambda < (1 + \sqrt\beta)^2 \Rightarrow \text{ the multipliers are not real}",
            (CONTRACTS, WINDOW),
            positive(turning),
            TURNING,
            AT_ANY_STEP,
            checks=(Symbolic("ddcl.theorem3_origins:mode"), Certified(candidates=(TURNING,))),
        ),
        FailingStep(
            "(39), §5.5",
            "inertia is what the printed matrix describes, and its modes turn only between two step lengths",
        ),
        "Damped oscillations under momentum belong to the optimiser: modes with ηλ between (1 ∓ √β)² turn and shrink by √β a step. "
        "Lower β or η to see whether they go; nothing about the feedback of prototypes and assignments follows from them.",
        examples=lambda k, d: (TURNING, "1/50"),
    ),
    checks=(Certified(candidates=(STIFF, TURNING)),),
    spared=(WINDOW,),
)
REAL_BELOW = mode(
    "none-below",
    r"\beta < 1,\ \eta\lambda \le (1 - \sqrt\beta)^2 \Rightarrow 0 \le \mu < 1",
    (CONTRACTS, BELOW),
    at_least_zero(lambda x: [-turning(x), multipliers(x)[0], contraction(x)]),
    STIFF,
    Twin(
        "at any contracting step",
        Statement(MODE, at_least_zero(lambda x: [-turning(x), multipliers(x)[0]]), (CONTRACTS,)),
        TURNING,
    ),
    checks=(Symbolic("ddcl.theorem3_origins:mode"), Property(), Ablation(only=("below",))),
)
STABLE = mode(
    "contracts",
    r"\beta < 1,\ \eta\lambda < 2(1 + \beta) \Rightarrow |\mu| < 1",
    (CONTRACTS,),
    positive(contraction),
    TURNING,
    Twin(
        "up to 2 + 4β", Statement(MODE, positive(contraction), (LOOSE,)), {"curvature": 1, "eta": "7/2", "beta": "1/2"}
    ),
)
INERT = Domain((above_zero("curvature"), above_zero("gamma")))


def oscillator(x):
    """Jacobian of v̇ = −γv − λx, ẋ = v."""
    return f.jacobian(lambda s: [-x.gamma * s[0] - x.curvature * s[1], s[0]], [0, 0])


def printed_signs(x):
    """−J_11, −J_12 and J_21: positive iff a damped system has the printed signs."""
    j = oscillator(x)
    return [-j[0][0], -j[0][1], j[1][0]]


SIGNS = Part(
    id="printed-signs",
    says=r"\dot v = -\gamma v - \lambda x,\ \dot x = v:\ J = \begin{pmatrix} -\gamma & -\lambda \\ 1 & 0 \end{pmatrix} "
    r"\text{ has the signs of (39)}",
    statement=Statement(INERT, positive(printed_signs)),
    checks=(Symbolic("ddcl.theorem3_origins:algebra"), Certified(candidates=({"curvature": 1, "gamma": 1},))),
    example={"curvature": 1, "gamma": 1},
    twins=(
        Twin(
            "and turns at any damping",
            Statement(INERT, positive(lambda x: [*printed_signs(x), spectrum.spiral(oscillator(x))])),
            {"curvature": 1, "gamma": 3},
        ),
    ),
    neighbours=(Neighbour("three times", Statement(INERT, positive(lambda x: _thrice(printed_signs(x))))),),
)

# --- any field of two variables, steps with momentum ---
ANY = Domain((real("J", 2, 2), above_zero("rate", 2), above_zero("eta"), nonnegative("beta")))
QUIET = {"J": [[-2, 1], [2, -3]], "rate": [1, 2], "eta": "1/8", "beta": 0}
TURNED = {"J": [[0, 1], [-1, 0]], "rate": [1, 1], "eta": 1, "beta": 0}
PLAIN = {"J": [[-1, 0], [0, -1]], "rate": [1, 1], "eta": 1, "beta": 0}


def stretch(x):
    """(tr J)² − 4 det J: negative iff the eigenvalues of J are not real."""
    return -spectrum.spiral(x.J)


def decays(x):
    """Real parts of the eigenvalues of −J."""
    root = ex.sqrt(ex.maximum(stretch(x), 0))
    return [(-spectrum.trace(x.J) + sign * root) / 2 for sign in (1, -1)]


def still(x):
    """Not negative iff all multipliers are real and not negative: what is under the roots, and the smaller roots."""
    values = [stretch(x)]
    for decay in decays(x):
        total = 1 + x.beta - x.eta * decay
        square = total**2 - 4 * x.beta
        values += [square, (total - ex.sqrt(ex.maximum(square, 0))) / 2]
    return values


GRADIENT = Hypothesis(
    "gradient-field",
    r"J_{12} r_2 = J_{21} r_1",
    equals_zero(lambda x: f.asymmetry(x.J, x.rate)),
    breaks=(TURNED,),
)
NO_MOMENTUM = Hypothesis("no-momentum", r"\beta = 0", equals_zero(lambda x: x.beta), breaks=({**PLAIN, "beta": "1/2"},))
SHORT = Hypothesis(
    "short-steps",
    r"\eta \lambda_{\max}(-J) \le 1",
    at_least_zero(lambda x: [1 - x.eta * v for v in decays(x)]),
    breaks=({**PLAIN, "eta": 2},),
)
ORIGINS = Part(
    id="three-origins",
    says=r"\text{a gradient field at any rates, no momentum, } \eta\lambda \le 1 \Rightarrow "
    r"\text{ all multipliers are real and } \ge 0",
    statement=Statement(ANY, at_least_zero(still), (GRADIENT, NO_MOMENTUM, SHORT), system=Fields()),
    checks=(
        Symbolic("ddcl.theorem3_origins:origins"),
        Ablation(only=("gradient-field", "no-momentum", "short-steps")),
        Dynamics("ddcl_theory.claims.ddcl.dynamics.origins:origins", "spectra at equilibria continued in T"),
    ),
    example=QUIET,
    twins=(
        Twin(
            "of any field", Statement(ANY, at_least_zero(still), (NO_MOMENTUM, SHORT), system=Fields(turn=3.0)), TURNED
        ),
        Twin(
            "with momentum",
            Statement(ANY, at_least_zero(still), (GRADIENT, SHORT), system=Fields(unseen=0.5)),
            {**PLAIN, "beta": "1/2"},
        ),
    ),
    neighbours=(
        Neighbour(
            "three times",
            Statement(
                ANY,
                at_least_zero(lambda x: _thrice(still(x))),
                (GRADIENT, NO_MOMENTUM, SHORT),
                system=Fields(speed=2.0),
            ),
        ),
    ),
)
MOMENTUM = (SPIRALS, REAL_BELOW, STABLE, SIGNS)
