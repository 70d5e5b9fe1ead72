"""Theorem 3: the linear system with J = [[η_θ a − η_P b, −c], [e, 0]], all entries positive.

tr J = t = η_θ a − η_P b and det J = ce > 0.  The eigenvalues are (t ± √(t² − 4ce))/2; their product is positive, so that
real ones share the sign of t, and a non-real pair has real part t/2.
  asymptotic: both real parts are negative iff t < 0; the pair is non-real iff t² < 4ce; for t > 0 both are positive.
  Lyapunov stability: at t = 0 the eigenvalues are ±i√(ce), simple, and every solution circles.  The system is stable
    there although η_θ a < η_P b fails: stability is t ≤ 0.
  discrete: training takes steps, x ← x + Jx.  The eigenvalues 1 + λ must lie in the unit disc; a non-real pair has
    |1 + λ|² = 1 + t + ce, so that t < 0 is not enough.  Jury's criterion: ce < −t and 4 + 2t + ce > 0.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.certified import Certified
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
from ddcl_theory.domain import Domain, above_zero
from ddcl_theory.relation import at_least_zero, equals_zero, positive

NAMES = ("a", "b", "c", "e", "eta_theta", "eta_P")
DOMAIN = Domain(tuple(above_zero(n) for n in NAMES))
STABLE = dict.fromkeys(NAMES, 1) | {"b": 2}
UNSTABLE = dict.fromkeys(NAMES, 1) | {"a": 2}
CENTRE = dict.fromkeys(NAMES, 1)
NODE = dict.fromkeys(NAMES, 1) | {"b": 5}


def trace(x):
    return x.eta_theta * x.a - x.eta_P * x.b


def discriminant(x):
    """(tr J)² − 4 det J with det J = (η_θ a − η_P b)·0 + c·e."""
    return trace(x) ** 2 - 4 * (x.c * x.e)


def growth(x):
    """The largest real part of the eigenvalues."""
    return (trace(x) + ex.sqrt(ex.maximum(discriminant(x), 0))) / 2


def frequency(x):
    """The largest imaginary part of the eigenvalues."""
    return ex.sqrt(ex.maximum(-discriminant(x), 0)) / 2


def squared_radius(x):
    """The largest |1 + λ|², λ the eigenvalues of J."""
    root = ex.sqrt(ex.maximum(discriminant(x), 0))
    real_parts = [1 + (trace(x) + sign * root) / 2 for sign in (1, -1)]
    return ex.maximum(*(r**2 for r in real_parts)) + ex.maximum(-discriminant(x), 0) / 4


FASTER = Hypothesis("prototypes-dominate", r"\eta_\theta a < \eta_P b", positive(lambda x: -trace(x)))
NOT_FASTER = Hypothesis("prototypes-do-not-dominate", r"\eta_\theta a \ge \eta_P b", at_least_zero(trace))
SLOWER = Hypothesis("backbone-dominates", r"\eta_\theta a > \eta_P b", positive(trace))
OFF_BOUNDARY = Hypothesis("off-the-boundary", r"\eta_\theta a \ne \eta_P b", positive(lambda x: trace(x) ** 2))
NARROW = Hypothesis(
    "below-critical-damping", r"(\mathrm{tr} J)^2 < 4ce", positive(lambda x: 4 * x.c * x.e - trace(x) ** 2)
)
WIDE = Hypothesis(
    "above-critical-damping", r"(\mathrm{tr} J)^2 \ge 4ce", at_least_zero(lambda x: trace(x) ** 2 - 4 * x.c * x.e)
)
DAMPED = Hypothesis(
    "damping-exceeds-coupling", r"\eta_P b - \eta_\theta a > ce", positive(lambda x: -trace(x) - x.c * x.e)
)
SHORT = Hypothesis("no-overshoot", r"4 + 2\,\mathrm{tr} J + ce > 0", positive(lambda x: 4 + 2 * trace(x) + x.c * x.e))


def part(identifier, says, given, conclusion, example, twin, twin_statement, twin_witness, **extra):
    """A part decided by Z3 and searched; the neighbour scales its conclusion by 3."""
    statement = Statement(DOMAIN, conclusion, given)
    scaled = Statement(DOMAIN, type(conclusion)(conclusion.op, lambda x: 3 * conclusion.values(x)), given)
    return Part(
        id=identifier,
        says=says,
        statement=statement,
        example=example,
        checks=(
            Symbolic("ddcl.theorem3:for_all_entries"),
            Property(),
            Adversarial(),
            Ablation(proof="ddcl.theorem3:for_all_entries"),
        ),
        twins=(Twin(twin, twin_statement, witness=twin_witness),),
        neighbours=(Neighbour("three times the conclusion", scaled),),
        **extra,
    )


SUFFICIENT = part(
    "sufficient",
    r"\eta_\theta a < \eta_P b \Rightarrow \mathrm{Re}\,\lambda < 0",
    (FASTER,),
    positive(lambda x: -growth(x)),
    STABLE,
    "decay faster than the trace",
    Statement(DOMAIN, positive(lambda x: trace(x) - growth(x)), (FASTER,)),
    STABLE,
)
NECESSARY = part(
    "necessary",
    r"\eta_\theta a \ge \eta_P b \Rightarrow \max \mathrm{Re}\,\lambda \ge 0",
    (NOT_FASTER,),
    at_least_zero(growth),
    UNSTABLE,
    "growth at least the trace",
    Statement(DOMAIN, at_least_zero(lambda x: growth(x) - trace(x)), (NOT_FASTER,)),
    UNSTABLE,
)
UNSTABLE_PART = part(
    "unstable",
    r"\eta_\theta a > \eta_P b \Rightarrow \max \mathrm{Re}\,\lambda > 0",
    (SLOWER,),
    positive(growth),
    UNSTABLE,
    "growth exceeds the trace",
    Statement(DOMAIN, positive(lambda x: growth(x) - trace(x)), (SLOWER,)),
    UNSTABLE,
)
SPIRAL = part(
    "spiral",
    r"\eta_\theta a < \eta_P b,\ (\mathrm{tr} J)^2 < 4ce \Rightarrow \mathrm{Im}\,\lambda \ne 0",
    (FASTER, NARROW),
    positive(frequency),
    STABLE,
    "whenever it is stable",
    Statement(DOMAIN, positive(frequency), (FASTER,)),
    NODE,
)
NO_SPIRAL = part(
    "no-spiral",
    r"\eta_\theta a < \eta_P b,\ (\mathrm{tr} J)^2 \ge 4ce \Rightarrow \mathrm{Im}\,\lambda = 0",
    (FASTER, WIDE),
    equals_zero(frequency),
    NODE,
    "whenever it is stable",
    Statement(DOMAIN, equals_zero(frequency), (FASTER,)),
    STABLE,
)

LYAPUNOV_NECESSARY = Part(
    id="necessary",
    says=r"\eta_\theta a \ge \eta_P b \Rightarrow \text{not stable, } \max \mathrm{Re}\,\lambda > 0",
    statement=Statement(DOMAIN, positive(growth), (NOT_FASTER,)),
    example=UNSTABLE,
    checks=(Certified(candidates=(CENTRE,)), Property()),
    twins=(
        Twin(
            "growth exceeds the trace",
            Statement(DOMAIN, positive(lambda x: growth(x) - trace(x)), (NOT_FASTER,)),
            witness=UNSTABLE,
        ),
    ),
    neighbours=(Neighbour("off the boundary", Statement(DOMAIN, positive(growth), (NOT_FASTER, OFF_BOUNDARY))),),
    amendment=Amendment(
        part(
            "necessary",
            r"\eta_\theta a > \eta_P b \Rightarrow \max \mathrm{Re}\,\lambda > 0",
            (NOT_FASTER, OFF_BOUNDARY),
            positive(growth),
            UNSTABLE,
            "growth exceeds the trace",
            Statement(DOMAIN, positive(lambda x: growth(x) - trace(x)), (NOT_FASTER, OFF_BOUNDARY)),
            UNSTABLE,
        ),
        breaks=FailingStep(
            "Appendix E, proof of Theorem 3",
            "at η_θ a = η_P b the eigenvalues ±i√(ce) are simple: the system is stable, only not "
            "asymptotically, so that 'stable' needs ≤",
        ),
        advice="treat η_θ a = η_P b as undamped cycling, not as divergence",
        examples=lambda k, d: (UNSTABLE, "1/10"),
    ),
)
DISCRETE_SUFFICIENT = Part(
    id="sufficient",
    says=r"\eta_\theta a < \eta_P b \Rightarrow |1 + \lambda| < 1",
    statement=Statement(DOMAIN, positive(lambda x: 1 - squared_radius(x)), (FASTER,)),
    example=STABLE | {"c": "1/2"},
    checks=(Certified(candidates=(STABLE | {"c": 2},)), Property(), Adversarial()),
    twins=(
        Twin(
            "contraction by the trace",
            Statement(DOMAIN, positive(lambda x: 1 + trace(x) - squared_radius(x)), (FASTER,)),
            witness=STABLE,
        ),
    ),
    neighbours=(
        Neighbour(
            "damping exceeds coupling, no overshoot",
            Statement(DOMAIN, positive(lambda x: 1 - squared_radius(x)), (FASTER, DAMPED, SHORT)),
            example=STABLE | {"c": "1/2"},
        ),
    ),
    amendment=Amendment(
        part(
            "sufficient",
            r"ce < \eta_P b - \eta_\theta a,\ 4 + 2\,\mathrm{tr} J + ce > 0 \Rightarrow |1 + \lambda| < 1",
            (FASTER, DAMPED, SHORT),
            positive(lambda x: 1 - squared_radius(x)),
            STABLE | {"c": "1/2"},
            "without the damping condition",
            Statement(DOMAIN, positive(lambda x: 1 - squared_radius(x)), (FASTER, SHORT)),
            STABLE | {"c": 2},
        ),
        breaks=FailingStep(
            "§5.5, (39)",
            "the theorem is about a differential equation; training takes steps, and a step of a spiral leaves the unit disc "
            "unless the damping exceeds the product of the couplings",
        ),
        advice="with finite steps ask for η_P b − η_θ a > ce and 4 + 2 tr J + ce > 0; "
        "a smaller step shrinks ce quadratically and the damping linearly",
        examples=lambda k, d: (STABLE | {"c": "1/2"}, "1/50"),
    ),
)
DISCRETE_NECESSARY = part(
    "necessary",
    r"\eta_\theta a \ge \eta_P b \Rightarrow |1 + \lambda| \ge 1",
    (NOT_FASTER,),
    at_least_zero(lambda x: squared_radius(x) - 1),
    UNSTABLE,
    "expansion by twice the trace",
    Statement(DOMAIN, at_least_zero(lambda x: squared_radius(x) - (1 + 2 * trace(x)) ** 2), (NOT_FASTER,)),
    UNSTABLE,
)

CLAIM = Claim(
    id="ddcl.theorem3",
    title="Local stability of the linear model",
    source=Source("ddcl", "Theorem 3, (39), Appendix E"),
    says=r"\text{with } J = \begin{pmatrix} \eta_\theta a - \eta_P b & -c \\ e & 0 \end{pmatrix}: "
    r"\text{stable} \iff \eta_\theta a < \eta_P b, "
    r"\text{ a spiral} \iff \text{also } (\mathrm{tr} J)^2 < 4ce",
    derivation=__doc__,
    readings=(
        Reading(
            "asymptotic",
            "asymptotic stability of the differential equation",
            (SUFFICIENT, NECESSARY, SPIRAL, NO_SPIRAL, UNSTABLE_PART),
            as_printed=True,
        ),
        Reading(
            "lyapunov",
            "stability in the sense of Lyapunov: solutions that start close stay close",
            (SUFFICIENT, LYAPUNOV_NECESSARY),
        ),
        Reading(
            "discrete",
            "the iteration x ← x + Jx, as gradient descent takes it",
            (DISCRETE_SUFFICIENT, DISCRETE_NECESSARY),
        ),
    ),
    figures=(
        Figure(
            "regions",
            "Where the linear model is stable",
            "Regions of the plane of trace and determinant: node, spiral, unstable, and where steps are stable.",
            "Computed from the eigenvalues on a grid. Left of the vertical axis the differential equation is stable; "
            "only inside the hatched triangle is "
            "the iteration stable too.",
            "ddcl_theory.claims.ddcl.figures.regions:linear_model",
        ),
    ),
)
