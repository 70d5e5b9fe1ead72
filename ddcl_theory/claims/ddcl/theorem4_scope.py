"""Does Theorem 4 cover DDCL as trained?  There q = softmax(−d/T) is tied to the prototypes and T falls.

Stopped gradient: P follows −Σ_n q_nj 2 (p_j − z_n).  This is −∇F_T for the free energy F_T = −T Σ_n log Σ_j e^{−d_nj/T}, since
∂F_T/∂d_nj = q_nj.  Hence
- equilibria are stationary points of F_T.  They are KKT points of E only if each sample's distances agree wherever q > 0,
  that is all of them.  Two samples at ±1, p = ±1/4, e^{−1/T} = 3/5: q = (5/8, 3/8), a fixed point with unequal distances;
- F_T falls, L_q need not: one sample at 0 and p = (0, 1): dL_q/dt = 4 q_2² (q_1/T − 1) > 0 where T < q_1.
  Moving the far prototype towards the sample gives it weight faster than it shortens its distance.  (For one sample and
  T ≥ all d_j it does fall, since ∂L_q/∂d_j = q_j (1 − (d_j − L_q)/T) ≥ 0; with several samples cross terms remain.)
- while T falls, dF_T/dt gains the term −Ṫ (log Σ …), and G_T = F_T + n T log k is what never rises: with κ = −Ṫ,
  −dG/dt = ‖∇F_T‖² + κ Σ_n (log k − H(q_n)) ≥ 0, by x log x ≥ x − 1 for x_j = k q_nj.

Full gradient: P follows −∇_P L_q, so L_q falls at fixed T, and cooling helps: ∂L_q/∂T = Var_q(d)/T² ≥ 0.  Its equilibria are
no KKT points of E either: on the line z = p_1 = 0, p_2 = x the field changes sign between x² = T and x² = 2T, so it has a zero
with d_2 > d_1 and q_2 > 0.

The sum over the samples is used throughout; the mean only rescales time.
"""

from __future__ import annotations

from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
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
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.corollary5_flow import DESCENDS
from ddcl_theory.claims.ddcl.dynamics.cooling import Training
from ddcl_theory.claims.ddcl.figures.lyapunov import energies_under_cooling
from ddcl_theory.claims.ddcl.float_rows_training import training_parts
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero

SIZES = {"n": (1, 2), "k": (1, 3), "d": (1, 1)}
DOMAIN = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), SIZES)
COOLING = Domain((*DOMAIN.variables, above_zero("kappa")), SIZES)
LINE = Domain((above_zero("low"), above_zero("gap"), temperature("T")))


def assignments(x, p):
    """q_n = softmax(−d_n/T), anchored at the first prototype so that it can be differentiated."""
    return [a.assignment(z, p, x.T, anchor=a.distances(z, p)[0]) for z in x.z]


def loss(x, p):
    """Σ_n L_q."""
    return ex.total(a.quantization(z, p, q) for z, q in zip(x.z, assignments(x, p), strict=True))


def free(x, p, share=1):
    """−T Σ_n log (share · Σ_j e^{−d_nj/T}): F_T, and G_T for share = 1/k."""
    energies = []
    for z in x.z:
        d = a.distances(z, p)
        energies.append(d[0] - x.T * ex.log(share * ex.total(ex.boltzmann(dj - d[0], x.T) for dj in d)))
    return ex.total(energies)


def shifted(x, p):
    """G_T = F_T + n T log k."""
    return free(x, p, Fraction(1, x.k))


def stopped(x):
    """Ṗ of stopped training: −Σ_n q_nj 2 (p_j − z_n)."""
    rows = assignments(x, x.p)
    return [
        [ex.total(-2 * q[j] * (x.p[j][i] - z[i]) for z, q in zip(x.z, rows, strict=True)) for i in range(x.d)]
        for j in range(x.k)
    ]


def full(x):
    """Ṗ of full training: −∇_P Σ_n L_q."""
    value = loss(x, x.p)
    return [[-ex.differentiate(value, v) for v in row] for row in x.p]


def fall(f, velocity):
    """−df/dt along the training flow, with T falling at the rate κ where the domain has one."""

    def value(x):
        speed = velocity(x)
        change = ex.derivative_at_zero(lambda t: f(x, e.moved(x.p, t, speed)))
        cooling = getattr(x, "kappa", ex.ZERO)
        return -change + cooling * ex.differentiate(f(x, x.p), x.T)

    return value


def kkt(x):
    """q_ni (d_nj − d_ni): non-negative for all i, j exactly where q_n is supported on the nearest prototypes."""
    values = []
    for z, q in zip(x.z, assignments(x, x.p), strict=True):
        d = a.distances(z, x.p)
        values += [q[i] * (d[j] - d[i]) for i in range(x.k) for j in range(x.k) if i != j]
    return values or [0]


REST = Hypothesis("equilibrium", r"\dot P = 0", equals_zero(lambda x: [v for row in stopped(x) for v in row]))
TIED = Hypothesis(
    "tied",
    r"d_{ni} = d_{nj}",
    equals_zero(lambda x: [d - a.distances(z, x.p)[0] for z in x.z for d in a.distances(z, x.p)]),
)
PAIR = {"z": [[1], [-1]], "p": [["1/4"], ["-1/4"]], "T": {"s": "3/5"}}
PLANE = {"z": [["1/2", "1/2"], ["-1/2", "-1/2"]], "p": [["1/4", "1/4"], ["-1/4", "-1/4"]], "T": {"s": "1/3"}}
COLLAPSED = {"z": [[1], [-1]], "p": [[0], [0]], "T": 1}
RISING = {"z": [[0]], "p": [[0], [1]], "T": "1/2"}
CALM = {"z": [[0]], "p": [[0], [1]], "T": 2}
PLANES = Domain(DOMAIN.variables, {"n": (1, 2), "k": (1, 3), "d": (1, 2)})


def slope_of_free_energy(x, sign=1):
    """∇F_T + Ṗ, entry by entry."""
    value = free(x, x.p)
    return [
        sign * ex.differentiate(value, v) + s
        for row, speed in zip(x.p, stopped(x), strict=True)
        for v, s in zip(row, speed, strict=True)
    ]


LIMITS = Part(
    id="limits",
    says=r"\text{equilibria of training are KKT points of } E \text{ with all } \lambda = 0",
    statement=Statement(PLANES, at_least_zero(kkt), (REST,)),
    checks=(Certified(candidates=(PAIR, PLANE, COLLAPSED)),),
    example=COLLAPSED,
    twins=(
        Twin(
            "the farthest prototype",
            Statement(PLANES, at_least_zero(lambda x: [-v for v in kkt(x)]), (REST,)),
            witness=PAIR,
        ),
    ),
    neighbours=(Neighbour("equal distances", Statement(PLANES, at_least_zero(kkt), (REST, TIED))),),
    amendment=Amendment(
        part=Part(
            id="limits-amended",
            says=r"\dot P = -\nabla F_T \text{: equilibria are the stationary points of } F_T",
            statement=Statement(PLANES, equals_zero(slope_of_free_energy)),
            checks=(Symbolic("ddcl.theorem4_scope:gradient"), Property()),
            example=PAIR,
            twins=(
                Twin(
                    "ascending", Statement(PLANES, equals_zero(lambda x: slope_of_free_energy(x, -1))), witness=RISING
                ),
            ),
            neighbours=(
                Neighbour(
                    "doubled", Statement(PLANES, equals_zero(lambda x: [2 * v for v in slope_of_free_energy(x)]))
                ),
            ),
        ),
        breaks=FailingStep(
            "Section 5.6, (41)-(43)",
            "the theorem lets every q_n move freely over the simplex; a softmax is tied to the "
            "prototypes and, at T > 0, never reaches the faces where the KKT points with unequal distances lie",
        ),
        advice="At fixed T, the stationary points of F_T are KKT points of E with λ_ent = nT and the other λ zero: "
        "choose that energy, not the plain one, when softmax training is to be analysed.",
    ),
)


def monotone(
    identifier, says, domain, f, velocity, example, checks, amendment=None, system=None, twin_system=None, calm=None
):
    """−df/dt ≥ 0 along the flow.

    calm: where the part itself fails, a hypothesis under which it holds for one sample; the neighbour uses it.
    """

    def statement(factor=1, given=(), about=system):
        value = fall(f, velocity)
        space = Domain(domain.variables, {**SIZES, "n": (1, 1)}) if given else domain
        return Statement(space, at_least_zero(lambda x: factor * value(x)), given, system=about)

    return Part(
        id=identifier,
        says=says,
        statement=statement(),
        checks=checks,
        example=example,
        twins=(Twin("time backwards", statement(-1, about=twin_system), witness=example),),
        neighbours=(Neighbour("doubled", statement(2, () if calm is None else (calm,))),),
        amendment=amendment,
    )


STILL = Hypothesis(
    "warm", r"T \ge d_{nj}", at_least_zero(lambda x: [x.T - d for z in x.z for d in a.distances(z, x.p)])
)
SPEED = {"kappa": "1/100"}
FIXED_CHECKS = (Certified(candidates=(RISING, {**CALM, "T": 3})), Property(), Adversarial())
COOLED_CHECKS = (Certified(candidates=({**RISING, **SPEED}, {**CALM, "T": 3, **SPEED})), Property(), Adversarial())
BREAKS = FailingStep(
    "Section 8.2",
    "L_q is the energy at free q; along stopped training its value changes through q as well, and this "
    "part of the derivative, −Cov_q(d, ḋ)/T, has no sign",
)
STOPPED_FIXED = monotone(
    "monotone",
    r"\dot L_q \le 0 \text{ at fixed } T",
    DOMAIN,
    loss,
    stopped,
    CALM,
    FIXED_CHECKS,
    calm=STILL,
    amendment=Amendment(
        part=monotone(
            "monotone-amended",
            r"\dot F_T \le 0 \text{ at fixed } T",
            DOMAIN,
            free,
            stopped,
            CALM,
            (Symbolic("ddcl.theorem4_scope:free_falls"), Property()),
        ),
        breaks=BREAKS,
        advice="Monitor F_T instead of L_q at fixed T.",
    ),
)
STOPPED_COOLED = monotone(
    "cooling",
    r"\dot L_q \le 0 \text{ while } T \text{ falls}",
    COOLING,
    loss,
    stopped,
    {**CALM, **SPEED},
    COOLED_CHECKS,
    calm=STILL,
    amendment=Amendment(
        part=monotone(
            "cooling-amended",
            r"\tfrac{d}{dt} (F_T + n T \log k) \le 0 \text{ while } T \text{ falls}",
            COOLING,
            shifted,
            stopped,
            {**CALM, **SPEED},
            (
                Symbolic("ddcl.theorem4_scope:shifted_falls"),
                Property(),
                Dynamics("ddcl_theory.claims.ddcl.dynamics.cooling:falls", "training while T falls"),
            ),
            system=Training(),
            twin_system=Training(cooling=-1.0),
        ),
        breaks=BREAKS,
        advice="Monitor F_T + T log k (per sample) under annealing: it never rises for any falling schedule.",
    ),
)


def line_field(x, place):
    """dx/dt of full training for z = p_1 = 0, p_2 = x."""
    q = ex.softmax([0, place**2], x.T, anchor=0)
    slope = ex.derivative_at_zero(lambda t: ex.softmax([0, (place + t) ** 2], x.T, anchor=0)[1] * (place + t) ** 2)
    return -slope, q


def no_crossing(x):
    """The product of the fields at the ends of an interval of places x > 0."""
    return line_field(x, x.low)[0] * line_field(x, x.low + x.gap)[0]


NEAR = Hypothesis("near", r"x^2 \le T", at_least_zero(lambda x: x.T - (x.low + x.gap) ** 2))
FULL_DESCENDS = (Symbolic("ddcl.theorem4_scope:full_falls"), Property())
FULL_FIXED = monotone("monotone", r"\dot L_q \le 0 \text{ at fixed } T", DOMAIN, loss, full, CALM, FULL_DESCENDS)
FULL_COOLED = monotone(
    "cooling", r"\dot L_q \le 0 \text{ while } T \text{ falls}", COOLING, loss, full, {**CALM, **SPEED}, FULL_DESCENDS
)
FULL_LIMITS = Part(
    id="limits",
    says=r"\text{no equilibrium with } z = p_1 \ne p_2 \text{, which would be no KKT point of } E",
    statement=Statement(LINE, at_least_zero(no_crossing)),
    checks=(Certified(candidates=({"low": 1, "gap": 1, "T": 1}, {"low": "1/4", "gap": "1/4", "T": 1})), Property()),
    example={"low": 1, "gap": 1, "T": 1},
    twins=(
        Twin(
            "always a crossing",
            Statement(LINE, at_least_zero(lambda x: -no_crossing(x)), (NEAR,)),
            witness={"low": "1/4", "gap": "1/4", "T": 1},
        ),
    ),
    neighbours=(Neighbour("near the sample", Statement(LINE, at_least_zero(no_crossing), (NEAR,))),),
    amendment=Amendment(
        part=Part(
            id="limits-amended",
            says=FULL_FIXED.says,
            statement=FULL_FIXED.statement,
            checks=FULL_FIXED.checks,
            example=FULL_FIXED.example,
            twins=FULL_FIXED.twins,
            neighbours=FULL_FIXED.neighbours,
        ),
        breaks=FailingStep(
            "Section 5.6, (41)-(43)",
            "the theorem's q is free; tied to the prototypes, q has equilibria inside the simplex",
        ),
        advice="Full training descends L_q as a function of P alone; its limits are the stationary points of that function.",
    ),
)

CLAIM = Claim(
    id="ddcl.theorem4.scope",
    title="The theorem covers DDCL as trained",
    source=Source("ddcl", "Sections 5.6 and 8.2"),
    says=r"\text{training with softmax } q \text{ and falling } T \text{ has the limits and the descent of Theorem 4}",
    derivation=__doc__,
    uses=("ddcl.theorem4",),
    readings=(
        Reading("stopped", "gradients stopped at q", (LIMITS, STOPPED_FIXED, STOPPED_COOLED), as_printed=True),
        Reading("joint", "features move as well, at any learning rates, gradients stopped at q", (DESCENDS,)),
        Reading("full", "gradients through the softmax", (FULL_LIMITS, FULL_FIXED, FULL_COOLED)),
        *(
            Reading(dtype, f"the training gradients of ddcl_core in {dtype}", training_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
    figures=(
        Figure(
            "cooling",
            "Energies under annealing",
            "Curves over time: L_q rises before it falls, the shifted free energy falls throughout",
            "Stopped training while T falls: L_q rises while the far prototype gains weight faster than it comes near.",
            energies_under_cooling,
        ),
    ),
)
