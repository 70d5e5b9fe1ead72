r"""§5.5: does the linear model J describe training, and are damped oscillations its natural regime?

Training with the stopped gradient is the gradient flow of the free energy F_T = −T Σ_n log Σ_j e^{−d_nj/T}, jointly in
prototypes and features: ∂F_T/∂d_nj = q_nj.  With the full gradient it is that of L_q, and the reduced flow is that of E.  So at any
learning rates r the Jacobian is −D H with D = diag(r) and H symmetric; it is similar to −D^{1/2} H D^{1/2}, and its spectrum is
real at every point.  No equilibrium is approached in a spiral.  An oscillation needs a step too large, momentum, or a field that is
no gradient: L_OLS with the stopped gradient (reading "ols"), or detached prototypes.  The first two: theorem3_origins.

Nor is (D_P, C_q) a state with the printed signs.  Where q = softmax, C_q is a function of P.  In the symmetric family p = ∓m, with
data ±a, ±b, it increases with m, hence with D_P = 4m².  At a stable equilibrium ṁ falls with m, so that dĊ_q/dD_P =
C'(D_P) · d(Ḋ_P)/dD_P < 0: the entry e, which should be positive, is negative.  In the reduced flow with prototypes apart, q sits at
a vertex, and a displacement that increases D_P leaves Ċ_q = 0.

Equilibria.  Two prototypes ∓1 and data ±a, ±b rest at any T once the masses of the two data pairs are in the right ratio;
this gives exact equilibria with D_P > 0.  With features that move as well, p-rest and z_n = Pq_n give Σ_n V_n = 0: only
total collapse is at rest, where J is rational.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Figure,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.claims.ddcl import theorem3_ols as ols_parts
from ddcl_theory.claims.ddcl import theorem3_origins as origins
from ddcl_theory.claims.ddcl import theorem3_spectrum as spectrum_parts
from ddcl_theory.claims.ddcl.theorem3_code import float_reading
from ddcl_theory.claims.ddcl.theorem3_code import free_energy as free_energy
from ddcl_theory.domain import Domain, above_zero, temperature
from ddcl_theory.relation import equals_zero, positive

#: Data ±a and ±b, prototypes ∓1, learning rates of the two prototypes.
FOUR = Domain((above_zero("a"), above_zero("b"), temperature("T"), above_zero("rate", 2)))
RESTING = {"a": 2, "b": "1/2", "T": {"s": "1/2"}, "rate": [1, 1]}
UNEVEN = {"a": 2, "b": "1/2", "T": {"s": "1/2"}, "rate": [1, 100]}


def data(x):
    return [[-x.a], [x.a], [-x.b], [x.b]]


def pull(mode, x, z):
    """Velocity of p_2 at P = (−1, 1), for one unit of mass at each of ±z and rate 1."""
    pair, p = [[-z], [z]], [[ex.lift(-1)], [ex.lift(1)]]
    if mode == "stopped":
        return f.stopped_prototypes(pair, p, x.T, [1, 1])[1]
    return f.minus_gradient(lambda s: f.full_loss(pair, f.rows(s, 1), x.T, [1, 1]), [ex.lift(-1), ex.lift(1)])[1]


def masses(mode, x):
    """Masses at ±a and ±b for which P = (−1, 1) is at rest."""
    return [-pull(mode, x, x.b), pull(mode, x, x.a)]


def field(mode, x):
    """Velocities of (p_1, p_2)."""
    outer, inner = masses(mode, x)
    weights = [outer, outer, inner, inner]

    def stopped(s):
        return f.scaled_by(x.rate, f.stopped_prototypes(data(x), f.rows(s, 1), x.T, weights))

    def full(s):
        return f.scaled_by(x.rate, f.minus_gradient(lambda t: f.full_loss(data(x), f.rows(t, 1), x.T, weights), s))

    return stopped if mode == "stopped" else full


def jacobian(mode, x):
    return f.jacobian(field(mode, x), [-1, 1])


def at_rest(mode):
    return Hypothesis("masses-positive", r"w_a, w_b > 0", positive(lambda x: masses(mode, x)))


def stable(mode):
    return Hypothesis(
        "stable",
        r"\mathrm{tr}\,J < 0 < \det J",
        positive(lambda x: [-spectrum_parts.trace(jacobian(mode, x)), spectrum_parts.determinant(jacobian(mode, x))]),
    )


def _oscillates(mode, amendment):
    """A damped oscillation at a stable equilibrium with D_P > 0."""
    given = (at_rest(mode), stable(mode))
    true = positive(lambda x: -spectrum_parts.spiral(jacobian(mode, x)) + spectrum_parts.determinant(jacobian(mode, x)))
    return Part(
        id="oscillation",
        says=r"\text{a stable equilibrium's Jacobian has a pair that is not real}",
        statement=Statement(FOUR, positive(lambda x: spectrum_parts.spiral(jacobian(mode, x))), given),
        checks=(Property(), Certified(candidates=(RESTING, UNEVEN))),
        example=RESTING,
        twins=(
            Twin(
                "after doubling the product of the eigenvalues",
                Statement(
                    FOUR,
                    positive(
                        lambda x: (
                            spectrum_parts.spiral(jacobian(mode, x)) + spectrum_parts.determinant(jacobian(mode, x))
                        )
                    ),
                    given,
                ),
                UNEVEN,
            ),
        ),
        neighbours=(Neighbour("real, with a margin", Statement(FOUR, true, given)),),
        amendment=Amendment(amendment, spectrum_parts.NOT_A_GRADIENT, spectrum_parts.ADVICE),
    )


def response(mode, x):
    """d(dC_q/dt)/dD_P along p = ∓m at m = 1, rates 1, C_q averaged over the masses; dD_P/dm = 8."""
    m = ex.variable("separation")
    outer, inner = masses(mode, x)
    p = [[-m], [m]]

    def concentration(z):
        return ex.norm2(f.soft([z], p, x.T))

    level = (outer * concentration(x.a) + inner * concentration(x.b)) / (outer + inner)
    unit = type(x)(**{**vars(x), "rate": [ex.ONE, ex.ONE]})
    speed = field(mode, unit)([-m, m])[1]
    change = ex.differentiate(ex.differentiate(level, m) * speed, m)
    return ex.substitute(change, {m: ex.ONE}) / 8


def damping(mode, x):
    """−dṁ/dm at m = 1, rates 1."""
    m = ex.variable("separation")
    unit = type(x)(**{**vars(x), "rate": [ex.ONE, ex.ONE]})
    return -ex.substitute(ex.differentiate(field(mode, unit)([-m, m])[1], m), {m: ex.ONE})


def _responds(mode):
    damped = Hypothesis("damped", r"d\dot m/dm < 0", positive(lambda x: damping(mode, x)))
    given = (at_rest(mode), damped)
    falls = Statement(FOUR, positive(lambda x: -response(mode, x)), given)
    fast = Twin(
        "faster than the separation itself",
        Statement(FOUR, positive(lambda x: -response(mode, x) - damping(mode, x)), given),
        RESTING,
    )
    slower = Neighbour(
        "times the damping", Statement(FOUR, positive(lambda x: -response(mode, x) * damping(mode, x)), given)
    )
    return Part(
        id="response-of-concentration",
        says=r"e > 0:\ d\dot C_q/dD_P > 0",
        statement=Statement(FOUR, positive(lambda x: response(mode, x)), given),
        checks=(Property(), Certified(candidates=(RESTING,))),
        example=RESTING,
        twins=(fast,),
        neighbours=(slower,),
        amendment=Amendment(
            Part(
                id="concentration-falls",
                says=r"d\dot C_q/dD_P < 0 \text{ where } \dot D_P \text{ falls with } D_P",
                statement=falls,
                example=RESTING,
                checks=(Property(also=(RESTING,)), Adversarial()),
                twins=(fast,),
                neighbours=(slower,),
            ),
            FailingStep(
                "(39), §5.5",
                "C_q is treated as a state with a rate of its own; with q = softmax it follows the prototypes, and they return.",
            ),
            "Treat C_q as a readout of the prototypes, not as a second state.",
        ),
    )


# --- the reduced flow at a vertex: sample n sits on prototype n ---
def vertex_response(x, outward=1):
    """dC_q/dt after moving the prototypes apart by `shift` each, by (43) at the vertices.

    At q = (1, 0) the tangent cone is spanned by (−1, 1): q̇ = s(−1, 1) with s = max(0, (d_1 − d_2)/2), and Ċ = −2s.
    """
    z = [[x.left], [x.left + x.gap]]
    p = [[x.left - outward * x.shift], [x.left + x.gap + outward * x.shift]]
    total = []
    for n in range(2):
        d = a.distances(z[n], p)
        total.append(-ex.maximum(0, d[n] - d[1 - n]))
    return ex.mean(total)


FREE_RESPONDS = Part(
    id="response-of-concentration",
    says=r"e > 0:\ \dot C_q > 0 \text{ after } D_P \text{ is increased}",
    statement=Statement(spectrum_parts.APART, positive(vertex_response)),
    checks=(Property(), Certified(candidates=(spectrum_parts.TWO,))),
    example=spectrum_parts.TWO,
    twins=(
        Twin(
            "after D_P is decreased",
            Statement(spectrum_parts.APART, equals_zero(lambda x: vertex_response(x, -1))),
            {**spectrum_parts.TWO, "shift": 2},
        ),
    ),
    neighbours=(Neighbour("no response", Statement(spectrum_parts.APART, equals_zero(vertex_response))),),
    amendment=Amendment(
        Part(
            id="no-response",
            says=r"\dot C_q = 0 \text{ after } D_P \text{ is increased}",
            statement=Statement(spectrum_parts.APART, equals_zero(vertex_response)),
            checks=(Property(also=(spectrum_parts.TWO,)), Certified(candidates=(spectrum_parts.TWO,))),
            example=spectrum_parts.TWO,
            twins=(
                Twin(
                    "after D_P is decreased",
                    Statement(spectrum_parts.APART, equals_zero(lambda x: vertex_response(x, -1))),
                    {**spectrum_parts.TWO, "shift": 2},
                ),
            ),
            neighbours=(
                Neighbour("doubled", Statement(spectrum_parts.APART, equals_zero(lambda x: 2 * vertex_response(x)))),
            ),
        ),
        FailingStep("(39), §5.5", "A vertex of the simplex holds q: C_q is already 1 and cannot grow."),
        "With assignments free, an equilibrium with prototypes apart has hard assignments and no loop at all.",
    ),
)

CLAIM = Claim(
    id="ddcl.theorem3.applies",
    title="The linear model describes the dynamics",
    source=Source("ddcl", "§5.5, (39)"),
    says=r"J, \text{ with its signs, describes training near equilibrium; damped oscillations are the natural regime}",
    derivation=__doc__,
    uses=("ddcl.theorem3",),
    readings=(
        Reading(
            "stopped",
            "prototypes move, q = softmax, stopped gradient",
            (_oscillates("stopped", spectrum_parts.training("stopped", False)), _responds("stopped")),
            as_printed=True,
        ),
        Reading(
            "full",
            "prototypes move, gradient through the soft assignment",
            (_oscillates("full", spectrum_parts.training("full", False)),),
        ),
        Reading("free", "the reduced flow (42), (43)", (spectrum_parts.FREE_OSCILLATES, FREE_RESPONDS)),
        Reading("joint", "features move as well, at any learning rates", (spectrum_parts.JOINT_OSCILLATES,)),
        Reading(
            "ols",
            "prototypes move along the stopped gradient of L_OLS instead of L_q",
            (ols_parts.OSCILLATES, ols_parts.REAL),
        ),
        Reading(
            "steps",
            "gradient steps of the prototypes instead of a flow, gradients stopped at q",
            (origins.STEPS,),
        ),
        Reading("momentum", "steps with momentum along one mode of a gradient field", origins.MOMENTUM),
        Reading(
            "origins",
            "the converse: what an oscillation needs",
            (origins.ORIGINS,),
        ),
        float_reading("float64"),
        float_reading("float32"),
    ),
    figures=(
        Figure(
            "spectra",
            "Eigenvalues at true equilibria",
            "Eigenvalues in the complex plane: those of training lie on the real axis at every ratio of learning rates, "
            "those of the linear model do not.",
            "Eigenvalues at equilibria of training with the stopped gradient, all prototypes but the first learning "
            "1/1000 to 1000 times as fast as it (blue), and of the printed J with a = b = c = e = 1 over the same ratios "
            "(red), each divided by its largest modulus.",
            "ddcl_theory.claims.ddcl.figures.spectra:spectra_over_ratios",
        ),
        Figure(
            "origins",
            "Where oscillations come from",
            "Left: largest ratio of imaginary to real part over the ratio of learning rates, zero for gradient fields, positive for "
            "stopped L_OLS and detached prototypes. Right: multipliers of a step, on the real axis without momentum, on a circle "
            "with it.",
            "Stable equilibria continued in T from total collapse to T = 1/10, three prototypes. Left: spectra in continuous time. "
            "Right: multipliers of steps with ηλ = 1.5 for the fastest mode of stopped L_q, without momentum and with β = 0.9.",
            "ddcl_theory.claims.ddcl.figures.spectra:origins",
        ),
    ),
)
