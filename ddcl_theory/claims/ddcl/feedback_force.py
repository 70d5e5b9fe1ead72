"""(38), the last two links: does the force follow S_q, and the spread of the prototypes the force?"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
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
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.corollary1 import diameter2
from ddcl_theory.claims.ddcl.corollary1 import moments as spread_of
from ddcl_theory.claims.ddcl.feedback_assignment import (
    MANY,
    MOVING,
    SHARES,
    concentration,
    quadratic_fall,
    soft,
    trace_fall_of,
)
from ddcl_theory.claims.ddcl.force import principal_minors
from ddcl_theory.claims.ddcl.proposition6_mechanism import moved, spread
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero

AT_REST = Domain((real("p", "k", "d"), *SHARES), MANY)
GIVEN = Domain((real("p", "k", "d"), simplex("q", "k")), MANY)
STATES = Domain((real("p", "k", "d"), simplex("q", "k"), real("r", "k", "d"), simplex("w", "k")), MANY)
FULL_STATES = Domain((real("z", "d"), *STATES.variables), MANY)
SAMPLED = Domain((real("z", "d"), *GIVEN.variables), MANY)

LESS_TRACE = Hypothesis(
    "less-trace",
    r"\operatorname{tr} S_w \le \operatorname{tr} S_q",
    at_least_zero(trace_fall_of),
)
LESS_SPREAD = Hypothesis(
    "lower",
    r"S_w \preceq S_q",
    at_least_zero(
        lambda x: principal_minors([ex.minus(s, t) for s, t in zip(u.covariance(x.q), u.covariance(x.w), strict=True)])
    ),
)
SOFTER_SAMPLE = Hypothesis(
    "less-trace",
    r"\operatorname{tr} S_{q(r)} \le \operatorname{tr} S_{q(p)}",
    at_least_zero(lambda x: u.trace_of(soft(x, x.p)) - u.trace_of(soft(x, x.r))),
)
SPLIT = {"p": [[1], [0], [0]], "q": ["1/4", "1/4", "1/2"], "w": ["1/2", 0, "1/2"]}
ORDERED = {"p": [[0], [3], [1]], "q": ["1/6", "1/3", "1/2"], "w": ["1/12", "2/3", "1/4"]}
EVEN = {"p": [[0], [1]], "q": ["1/2", "1/2"], "w": ["1/2", "1/2"]}


def force_fall(x, factor=1):
    return u.force2(x.p, x.q) - factor * u.force2(x.p, x.w)


def bound(x, factor=2, trace=u.trace_of):
    """factor · D² (tr S_q)² − ‖2PS_q‖_F²."""
    return factor * diameter2(x.p) * trace(x.q) ** 2 - u.force2(x.p, x.q)


BOUNDED = Part(
    id="bounded",
    says=r"\|2PS_q\|_F \le \sqrt2\, D \operatorname{tr} S_q,\ D = \max \|p_i - p_j\|",
    statement=Statement(GIVEN, at_least_zero(bound)),
    checks=(
        Symbolic("ddcl.feedback:bounded"),
        Property(also=({"p": [[0], [1]], "q": ["1/2", "1/2"]},)),
        Ablation("ddcl.feedback:bounded"),
    ),
    example={"p": [[0], [1]], "q": ["3/4", "1/4"]},
    twins=(
        Twin(
            "7/4 in place of 2",
            Statement(GIVEN, at_least_zero(lambda x: bound(x, ex.Fraction(7, 4)))),
            witness={"p": [[0], [1]], "q": ["1/2", "1/2"]},
        ),
    ),
    neighbours=(
        Neighbour(
            "the trace of the matrix",
            Statement(GIVEN, at_least_zero(lambda x: bound(x, trace=lambda q: u.trace(u.covariance(q))))),
        ),
    ),
)


def variance_fall(x, factor=1):
    return spread_of(x.p, x.q) - factor * spread_of(x.p, x.w)


VARIANCE_FALLS = Part(
    id="variance",
    says=r"S_w \preceq S_q \Rightarrow V(w, P) \le V(q, P)",
    statement=Statement(AT_REST, at_least_zero(variance_fall), (LESS_SPREAD,)),
    checks=(
        Symbolic("ddcl.feedback:variance_falls"),
        Property(also=(EVEN,)),
        Ablation("ddcl.feedback:variance_falls", only=("lower",)),
    ),
    example=EVEN,
    twins=(
        Twin(
            "by a tenth",
            Statement(AT_REST, at_least_zero(lambda x: variance_fall(x, ex.Fraction(11, 10))), (LESS_SPREAD,)),
            witness=EVEN,
        ),
    ),
    neighbours=(
        Neighbour(
            "along each dimension",
            Statement(
                AT_REST,
                at_least_zero(
                    lambda x: ex.total(
                        quadratic_fall(type(x)(q=x.q, w=x.w, v=[row[i] for row in x.p])) for i in range(x.d)
                    )
                ),
                (LESS_SPREAD,),
            ),
        ),
    ),
)


def _weakens(given, witness, amended, says, breaks, advice):
    def statement(value):
        return Statement(AT_REST, at_least_zero(value), (given,))

    return Part(
        id="force",
        says=says + r" \Rightarrow \|2PS_w\|_F \le \|2PS_q\|_F,\ P \text{ fixed}",
        statement=statement(force_fall),
        checks=(Certified(candidates=(witness,)), Property(also=(witness, EVEN))),
        example=EVEN,
        twins=(Twin("by a tenth", statement(lambda x: force_fall(x, ex.Fraction(11, 10))), witness=EVEN),),
        neighbours=(Neighbour("the trace falls", statement(trace_fall_of)),),
        amendment=Amendment(amended, breaks=FailingStep("§5.5, (38)", breaks), advice=advice),
    )


FORCE = _weakens(
    LESS_TRACE,
    SPLIT,
    BOUNDED,
    r"\operatorname{tr} S_w \le \operatorname{tr} S_q",
    "U_q is said to control the force, but ‖2PS_q‖ depends on which prototypes share the mass; U_q bounds it",
    "monitor √2 D tr S_q as an upper bound, or the force itself",
)
FORCE_LOEWNER = _weakens(
    LESS_SPREAD,
    ORDERED,
    VARIANCE_FALLS,
    r"S_w \preceq S_q",
    "S_w ⪯ S_q orders PS_wPᵀ and PS_qPᵀ, but not the squares of S_w and S_q that the norm contains",
    "V falls with S_q in the Loewner order; the norm of its gradient may rise",
)
APART = {"z": [0], "p": [[0], [1]], "r": [[0], [2]], "T": {"s": "3/4"}}
INWARDS = {"z": [0], "p": [[0], [1]], "r": [[0], [1]], "T": {"s": "1/2"}}


def moving_fall(x, factor=1):
    return u.force2(x.p, soft(x, x.p)) - factor * u.force2(x.r, soft(x, x.r))


FORCE_MOVING = Part(
    id="force-moving",
    says=r"\operatorname{tr} S_{q(r)} \le \operatorname{tr} S_{q(p)} \Rightarrow \|2RS_{q(r)}\|_F \le \|2PS_{q(p)}\|_F",
    statement=Statement(MOVING, at_least_zero(moving_fall), (SOFTER_SAMPLE,)),
    checks=(Certified(candidates=(APART,)), Property(also=(APART, INWARDS))),
    example=INWARDS,
    twins=(
        Twin(
            "by a tenth",
            Statement(MOVING, at_least_zero(lambda x: moving_fall(x, ex.Fraction(11, 10))), (SOFTER_SAMPLE,)),
            witness=INWARDS,
        ),
    ),
    neighbours=(
        Neighbour(
            "the concentration grows",
            Statement(
                MOVING,
                at_least_zero(lambda x: concentration(soft(x, x.r)) - concentration(soft(x, x.p))),
                (SOFTER_SAMPLE,),
            ),
        ),
    ),
    amendment=Amendment(
        BOUNDED,
        breaks=FailingStep(
            "§5.5, (38)",
            "in the cycle S_q falls because the prototypes move apart; the force grows with their distances as S_q shrinks",
        ),
        advice="two prototypes: the force is √2 ‖p_1 − p_2‖ tr S_q, which peaks where the squared distances differ by about T",
    ),
)

# Force down, D_P down.

WEAKER = Hypothesis(
    "weaker",
    r"\|2RS_w\|_F \le \|2PS_q\|_F",
    at_least_zero(lambda x: u.force2(x.p, x.q) - u.force2(x.r, x.w)),
)


def rate(p, velocity):
    """d/dt Σ_{i<j} ‖p_i − p_j‖² along a velocity."""
    return ex.derivative_at_zero(lambda e: spread(moved(p, e, velocity)))


def rate_of_variance(p, q):
    """Along −∇_P V at given q."""
    return rate(p, [ex.scaled(-1, column) for column in u.pull(p, q)])


def rate_of_loss(z, p, q):
    """Along −∇_P L_q at given q."""
    return rate(p, [ex.scaled(2 * ex.lift(w), ex.minus(z, row)) for w, row in zip(q, p, strict=True)])


def predicted_loss_rate(x):
    """4k Σ_j q_j (p_j − p̄)·(z − p_j)."""
    middle = [ex.mean(row[i] for row in x.p) for i in range(x.d)]
    return (
        4
        * x.k
        * ex.total(w * ex.dot(ex.minus(row, middle), ex.minus(x.z, row)) for w, row in zip(x.q, x.p, strict=True))
    )


def contraction(x, factor=2):
    """The rate at which the spread falls along −∇_P V, less factor · k ‖2PS_q‖_F²."""
    return -rate_of_variance(x.p, x.q) - factor * x.k * u.force2(x.p, x.q)


CONTRACTS = Part(
    id="contracts",
    says=r"\tfrac{d}{dt}\textstyle\sum_{i<j}\|p_i - p_j\|^2 \le -2k\,\|2PS_q\|_F^2 \text{ along } -\nabla_P V",
    statement=Statement(GIVEN, at_least_zero(contraction)),
    checks=(
        Symbolic("ddcl.feedback:contracts"),
        Property(also=({"p": [[0], [1]], "q": ["1/2", "1/2"]},)),
        Ablation("ddcl.feedback:contracts", only=("q-nonnegative",)),
    ),
    example={"p": [[0], [1]], "q": ["3/4", "1/4"]},
    twins=(
        Twin(
            "9/4 in place of 2",
            Statement(GIVEN, at_least_zero(lambda x: contraction(x, ex.Fraction(9, 4)))),
            witness={"p": [[0], [1]], "q": ["1/2", "1/2"]},
        ),
    ),
    neighbours=(
        Neighbour(
            "4kV for the rate",
            Statement(GIVEN, at_least_zero(lambda x: 4 * x.k * a.variance(x.p, x.q) - 2 * x.k * u.force2(x.p, x.q))),
        ),
    ),
)
LOSS_POINT = {"z": [1], "p": [[0], [1]], "q": ["3/4", "1/4"]}
LOSS_RATE = Part(
    id="loss-rate",
    says=r"\tfrac{d}{dt}\textstyle\sum_{i<j}\|p_i - p_j\|^2 = 4k \sum_j q_j (p_j - \bar p)\cdot(z - p_j) "
    r"\text{ along } -\nabla_P L_q",
    statement=Statement(SAMPLED, equals_zero(lambda x: rate_of_loss(x.z, x.p, x.q) - predicted_loss_rate(x))),
    checks=(Symbolic("ddcl.feedback:loss_rate"), Property(also=(LOSS_POINT,))),
    example=LOSS_POINT,
    twins=(
        Twin(
            "half the rate",
            Statement(SAMPLED, equals_zero(lambda x: 2 * rate_of_loss(x.z, x.p, x.q) - predicted_loss_rate(x))),
            witness=LOSS_POINT,
        ),
    ),
    neighbours=(
        Neighbour(
            "doubled",
            Statement(SAMPLED, equals_zero(lambda x: 2 * rate_of_loss(x.z, x.p, x.q) - 2 * predicted_loss_rate(x))),
        ),
    ),
)
HALVED = {"p": [[0], [2]], "q": ["1/2", "1/2"], "r": [[0], [1]], "w": ["1/2", "1/2"]}
SAME = {"p": [[0], [1]], "q": ["1/2", "1/2"], "r": [[0], [1]], "w": ["1/2", "1/2"]}


def _separates(domain, along, witness, same, says, amendment):
    """along(x, p, q): the rate of the spread.  A weaker force should go with a rate that is not higher."""

    def statement(value):
        return Statement(domain, at_least_zero(value), (WEAKER,))

    def excess(x, factor=1):
        return along(x, x.p, x.q) - factor * along(x, x.r, x.w)

    return Part(
        id="separation",
        says=r"\|2RS_w\|_F \le \|2PS_q\|_F \Rightarrow \dot D_P(r) \le \dot D_P(p) \text{ along } " + says,
        statement=statement(excess),
        checks=(Certified(candidates=(witness,)), Property(also=(witness, same))),
        example=same,
        twins=(Twin("by a tenth", statement(lambda x: excess(x, ex.Fraction(9, 10))), witness=same),),
        neighbours=(Neighbour("the norm falls", statement(lambda x: u.force2(x.p, x.q) - u.force2(x.r, x.w))),),
        amendment=amendment,
    )


SEPARATES = _separates(
    STATES,
    lambda x, p, q: rate_of_variance(p, q),
    HALVED,
    SAME,
    r"-\nabla_P V",
    Amendment(
        CONTRACTS,
        breaks=FailingStep(
            "§5.5, (38)",
            "the force is taken to push prototypes apart; −∇_P V draws them to the mixture, so less of it is less",
        ),
        advice="the last link has the other sign: a stronger force closes the prototypes faster, and nothing here opens them",
    ),
)
LOSS_SEPARATES = _separates(
    FULL_STATES,
    lambda x, p, q: rate_of_loss(x.z, p, q),
    {**HALVED, "z": [0]},
    {**SAME, "z": [0]},
    r"-\nabla_P L_q",
    Amendment(
        LOSS_RATE,
        breaks=FailingStep(
            "§5.5, (38)",
            "with L_q the rate also has the part of L_OLS, which depends on the sample and not on the force",
        ),
        advice="D_P follows 4k Σ q_j (p_j − p̄)·(z − p_j), averaged over the samples; compute that instead of the force",
    ),
)
