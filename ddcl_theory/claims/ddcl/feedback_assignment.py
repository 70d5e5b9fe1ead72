"""(38), the first two links: does concentration follow the spread of the prototypes, and S_q the concentration?"""

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
from ddcl_theory.claims.ddcl.theorem1_gap import MORE_DISPERSED, scaled_about
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import at_least_zero

MANY, TWO = {"k": (2, 3), "d": (1, 2)}, {"k": (2, 2)}
SAMPLE = (real("z", "d"), real("p", "k", "d"))
MOVING = Domain((*SAMPLE, real("r", "k", "d"), temperature("T")), MANY)
SCALED = Domain((*SAMPLE, temperature("T"), real("sigma")), MANY)
SHARES = (simplex("q", "k"), simplex("w", "k"))
CHANGE = Domain(SHARES, {"k": (2, 3)})
ALONG = Domain((*SHARES, real("v", "k")), {"k": (2, 3)})


def soft(x, rows):
    return a.assignment(x.z, rows, x.T)


def distance(rows):
    """The sum over pairs of ‖p_i − p_j‖, not squared."""
    k = len(rows)
    return ex.total(ex.sqrt(ex.norm2(ex.minus(rows[i], rows[j]))) for j in range(k) for i in range(j))


def concentration(q):
    """C_q = ‖q‖² (36)."""
    return ex.norm2(q)


def largest(q):
    return ex.maximum(*q)


# D_P up, C_q up.

PUSHED = {"z": [0], "p": [[0], [1]], "r": [[-1], [1]], "T": {"s": "1/2"}}
OUTWARDS = {"z": [0], "p": [[0], [1]], "r": [[0], [2]], "T": {"s": "1/2"}}
STRETCHED = {"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}, "sigma": 2}
GROWN = Hypothesis("grown", r"\sigma \ge 1", at_least_zero(lambda x: x.sigma - 1))
FARTHER = Hypothesis(
    "more-distant",
    r"\text{mean} \|r_i - r_j\| \ge \text{mean} \|p_i - p_j\|",
    at_least_zero(lambda x: distance(x.r) - distance(x.p)),
)


def stretched(x, of):
    """of(q) at z + σ(P − z)."""
    return of(soft(x, scaled_about(x.z, x.p, x.sigma)))


def _scaling():
    def statement(value):
        return Statement(SCALED, at_least_zero(value), (GROWN,))

    return Part(
        id="scaling",
        says=r"\sigma \ge 1 \Rightarrow C_q(z + \sigma(P - z)) \ge C_q(P)",
        statement=statement(lambda x: stretched(x, concentration) - concentration(soft(x, x.p))),
        checks=(
            Symbolic("ddcl.feedback:scaling"),
            Property(also=(STRETCHED,)),
            Ablation("ddcl.feedback:scaling", only=("grown",)),
        ),
        example=STRETCHED,
        twins=(
            Twin(
                "in proportion to σ",
                statement(lambda x: stretched(x, concentration) - x.sigma * concentration(soft(x, x.p))),
                witness=STRETCHED,
            ),
        ),
        neighbours=(
            Neighbour("the trace falls", statement(lambda x: u.trace_of(soft(x, x.p)) - stretched(x, u.trace_of))),
        ),
    )


def _concentrates(identifier, says, given, of):
    def statement(value):
        return Statement(MOVING, at_least_zero(value), (given,))

    return Part(
        id=identifier,
        says=says,
        statement=statement(lambda x: of(soft(x, x.r)) - of(soft(x, x.p))),
        checks=(Certified(candidates=(PUSHED,)), Property(also=(OUTWARDS,))),
        example=OUTWARDS,
        twins=(Twin("it falls", statement(lambda x: of(soft(x, x.p)) - of(soft(x, x.r))), witness=OUTWARDS),),
        neighbours=(Neighbour("at least 1/k", statement(lambda x: x.k * of(soft(x, x.r)) - 1)),),
        amendment=Amendment(
            _scaling(),
            breaks=FailingStep(
                "§5.5, (38)",
                "'well separated prototypes make each sample clearly belong to one' takes separation from each other for "
                "nearness to the sample",
            ),
            advice="measure C_q; it follows D_P only while the prototypes are scaled about the sample",
        ),
    )


CONCENTRATES = _concentrates(
    "concentration", r"D_P(r) \ge D_P(p) \Rightarrow C_q(r) \ge C_q(p)", MORE_DISPERSED, concentration
)
LARGEST_GROWS = _concentrates(
    "concentration", r"D_P(r) \ge D_P(p) \Rightarrow \max_j q_j(r) \ge \max_j q_j(p)", FARTHER, largest
)

# C_q up, S_q down.

SHARPER = Hypothesis("sharper", r"C_w \ge C_q", at_least_zero(lambda x: concentration(x.w) - concentration(x.q)))
PEAKED = Hypothesis("peaked", r"\max w \ge \max q", at_least_zero(lambda x: largest(x.w) - largest(x.q)))
SOFTENED = {"q": ["1/2", "1/2"], "w": ["3/4", "1/4"]}
OTHER_FACE = {"q": [0, "1/2", "1/2"], "w": ["1/2", "1/2", 0]}
FLATTENED = {"q": ["1/2", "1/2", 0], "w": ["3/5", "1/5", "1/5"]}


def trace_fall(x):
    return u.trace(u.covariance(x.q)) - u.trace(u.covariance(x.w))


def trace_fall_of(x):
    return u.trace_of(x.q) - u.trace_of(x.w)


def first_fall(x):
    return x.q[0] * (1 - x.q[0]) - x.w[0] * (1 - x.w[0])


TRACE = Part(
    id="covariance",
    says=r"C_w \ge C_q \Rightarrow \operatorname{tr} S_w \le \operatorname{tr} S_q",
    statement=Statement(CHANGE, at_least_zero(trace_fall), (SHARPER,)),
    checks=(
        Symbolic("ddcl.feedback:trace"),
        Property(also=(OTHER_FACE,)),
        Ablation("ddcl.feedback:trace", only=("sharper", "q-sums-to-one")),
    ),
    example=SOFTENED,
    twins=(
        Twin(
            "each diagonal entry",
            Statement(CHANGE, at_least_zero(first_fall), (SHARPER,)),
            witness=OTHER_FACE,
        ),
    ),
    neighbours=(Neighbour("as 1 − ‖q‖²", Statement(CHANGE, at_least_zero(trace_fall_of), (SHARPER,))),),
)


def quadratic_fall(x, factor=1):
    return u.moments(x.q, x.v) - factor * u.moments(x.w, x.v)


def _loewner(sizes, checks, amendment=None):
    def statement(value):
        return Statement(Domain(ALONG.variables, sizes), at_least_zero(value), (SHARPER,))

    near = {"q": ["1/2", "1/2"], "w": ["1/2", "1/2"], "v": [1, 0]}
    right = (
        ("from the matrix", lambda x: u.quadratic(u.covariance(x.q), x.v) - u.quadratic(u.covariance(x.w), x.v))
        if sizes is TWO
        else ("the trace", trace_fall_of)
    )
    return Part(
        id="covariance",
        says=r"C_w \ge C_q \Rightarrow S_w \preceq S_q" + (r",\ k = 2" if sizes is TWO else ""),
        statement=statement(quadratic_fall),
        checks=checks(near),
        example={**SOFTENED, "v": [1, 0]},
        twins=(Twin("by a tenth", statement(lambda x: quadratic_fall(x, ex.Fraction(11, 10))), witness=near),),
        neighbours=(Neighbour(right[0], statement(right[1])),),
        amendment=amendment,
    )


LOEWNER = _loewner(
    {"k": (2, 3)},
    lambda near: (Certified(candidates=({**OTHER_FACE, "v": [1, 0, 0]},)), Property(also=(near,))),
    Amendment(
        _loewner(TWO, lambda near: (Symbolic("ddcl.feedback:two_loewner"), Property(also=(near,)))),
        breaks=FailingStep("§5.5, (38)", "one number, C_q, orders the traces of S_q and nothing else of it for k ≥ 3"),
        advice="read S_q in the cycle as its trace, which makes this link the identity tr S_q = 1 − C_q",
    ),
)


def _largest(sizes, checks, amendment=None):
    def statement(value):
        return Statement(Domain(SHARES, sizes), at_least_zero(value), (PEAKED,))

    near = {"q": ["1/2", "1/2"], "w": ["1/2", "1/2"]}
    return Part(
        id="covariance",
        says=r"\max w \ge \max q \Rightarrow \operatorname{tr} S_w \le \operatorname{tr} S_q"
        + (r",\ k = 2" if sizes is TWO else ""),
        statement=statement(trace_fall),
        checks=checks(near),
        example=SOFTENED,
        twins=(
            Twin(
                "by a tenth", statement(lambda x: u.trace_of(x.q) - ex.Fraction(11, 10) * u.trace_of(x.w)), witness=near
            ),
        ),
        neighbours=(
            Neighbour("as 1 − ‖q‖²", statement(trace_fall_of))
            if sizes is TWO
            else Neighbour("tr S_w ≤ 1 − (max q)²", statement(lambda x: 1 - largest(x.q) ** 2 - u.trace_of(x.w))),
        ),
        amendment=amendment,
    )


LARGEST_COVARIANCE = _largest(
    {"k": (2, 3)},
    lambda near: (Certified(candidates=(FLATTENED,)), Property(also=(near,))),
    Amendment(
        _largest(TWO, lambda near: (Symbolic("ddcl.feedback:two_largest"), Property(also=(near,)))),
        breaks=FailingStep("§5.5, (38)", "the largest share may grow while the others spread; then ‖q‖² may fall"),
        advice="use ‖q‖² for the concentration, as (36) has it",
    ),
)
