"""Proposition 5, the argument: where p_i = p_j the two L_OLS gradients point the same way, so no force separates the pair.

One sample: ∇_{p_i} L_OLS = −2q_i r with r = z − Pq, so the gradients are q_i and q_j times one vector: parallel, in the same
direction, for every q ≥ 0.  They are equal only if q_i = q_j or r = 0.

Several samples: the gradients are −2 mean_n q_ni r_n and −2 mean_n q_nj r_n.  The soft assignment gives coinciding prototypes equal
shares of every sample, so both agree (also with the gradient through the softmax, since L_OLS is then symmetric in p_i and
p_j).  With assignments of their own they need not even be parallel: z = ±1, p_i = p_j = 0, q = (1, 0), (0, 1) gives ∓1.

Equal forces keep a pair together only as long as it coincides exactly.  Pull it apart as c ± εu: the shares differ at once by
4qεt/T, t = u·(z − c), and the difference of the forces along u is 8qt u·r/T per sample (Proposition 6).  Its mean may have
either sign; at total collapse it is 8q t²/T > 0.  With constant q it is −2(q_i − q_j)² ‖u‖² ≤ 0 besides the constant 2(q_i − q_j) u·r:
only there no differential force of first order separates.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl import proposition6 as separation
from ddcl_theory.claims.ddcl import proposition6_fixed as constant
from ddcl_theory.claims.ddcl.float_rows_collapse import opening_parts
from ddcl_theory.claims.ddcl.proposition5 import unstable
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero

SIZES = {"k": (2, 3), "d": (1, 2), "n": (1, 2)}
#: Two coinciding prototypes at c, and k others.
OTHERS = {"k": (0, 2), "d": (1, 2), "n": (1, 2)}
SOFT = Domain((real("z", "n", "d"), real("c", "d"), real("r", "k", "d"), temperature("T"), real("u", "d")), OTHERS)
GIVEN = Domain(
    (real("z", "n", "d"), real("c", "d"), real("r", "k", "d"), simplex("q", "n", "j"), real("u", "d")),
    {"k": (1, 1), "j": (3, 3), "d": (1, 2), "n": (1, 2)},
)
ONE = Domain(GIVEN.variables, {**GIVEN.sizes, "n": (1, 1)})
PAIR_BREAKS = FailingStep(
    "Appendix D, proof of Proposition 5",
    "each sample's two gradients are multiples of one residual, but the multiples q_ni and q_nj change from sample to sample, "
    "so the sums over a data set need not be parallel",
)


def prototypes(x, e=0):
    """c + eu, c − eu and the others."""
    return [ex.plus(x.c, ex.scaled(e, x.u)), ex.minus(x.c, ex.scaled(e, x.u)), *x.r]


def soft(x, z, e=0):
    """Exponents relative to the distance to c."""
    return a.assignment(z, prototypes(x, e), x.T, anchor=ex.norm2(ex.minus(z, x.c)))


def gradients(x, shares):
    """Minus the gradients of mean L_OLS in the first two prototypes, where these coincide."""
    rows = prototypes(x)
    pulls = [[f.pull_ols(z, rows, q, j) for j in (0, 1)] for z, q in zip(x.z, shares, strict=True)]
    return [[ex.mean(p[j][i] for p in pulls) for i in range(x.d)] for j in (0, 1)]


def soft_gradients(x):
    return gradients(x, [soft(x, z) for z in x.z])


def given_gradients(x):
    return gradients(x, x.q)


def alignment(first, second):
    """F_1·F_2 and minus the squared area that they span: all ≥ 0 iff they point in one direction."""
    cross = [first[i] * second[j] - first[j] * second[i] for i in range(len(first)) for j in range(i + 1, len(first))]
    return [ex.dot(first, second), *[-(v**2) for v in cross]]


AT_ONE = {"z": [[1]], "c": [0], "r": [], "T": 1, "u": [1]}
TWO = {"z": [[2], [-1]], "c": [0], "r": [[1]], "T": {"s": "1/2"}, "u": [1]}
OWN = {"z": [[1], [-1]], "c": [0], "r": [[0]], "q": [[1, 0, 0], [0, 1, 0]], "u": [1]}
UNEVEN = {"z": [[1]], "c": [0], "r": [[0]], "q": [["1/2", "1/4", "1/4"]], "u": [1]}


# --- soft assignments ---
def soft_direction(stretch=0):
    def value(x):
        first, second = soft_gradients(x)
        return alignment(first, ex.minus(second, ex.scaled(stretch, [1] * x.d)))

    return Statement(SOFT, at_least_zero(value))


DIRECTION = Part(
    id="same-direction",
    says=r"p_1 = p_2 \Rightarrow \nabla_{p_1} L_{\mathrm{OLS}} \text{ and } \nabla_{p_2} L_{\mathrm{OLS}} \text{ point in one direction}",
    statement=soft_direction(),
    checks=(Symbolic("ddcl.proposition5_force:same_direction"), Property()),
    example=AT_ONE,
    twins=(Twin("one of them shifted", soft_direction(4), AT_ONE),),
    neighbours=(
        Neighbour("the pair renamed", Statement(SOFT, at_least_zero(lambda x: alignment(*soft_gradients(x)[::-1])))),
    ),
)


def full_difference(x, weight=1):
    """u·(F_1 − F_2) with the gradient through the softmax: minus the slope of the mean loss along (u, −weight u)."""

    def level(e):
        rows = [ex.plus(x.c, ex.scaled(e, x.u)), ex.minus(x.c, ex.scaled(weight * e, x.u)), *x.r]
        return ex.mean(a.ols(z, rows, a.assignment(z, rows, x.T, anchor=ex.norm2(ex.minus(z, x.c)))) for z in x.z)

    return -ex.derivative_at_zero(level)


def soft_difference(x, weight=1):
    first, second = soft_gradients(x)
    return ex.dot(x.u, ex.minus(first, ex.scaled(weight, second)))


DIFFERENCE = {"stopped": soft_difference, "full": full_difference}


def no_difference(mode):
    value = DIFFERENCE[mode]
    return Part(
        id="no-force-at-coincidence",
        says=r"p_1 = p_2 \Rightarrow u\cdot(F_1 - F_2) = 0",
        statement=Statement(SOFT, equals_zero(value)),
        checks=(Symbolic(f"ddcl.proposition5_force:no_difference_{mode}"), Property()),
        example=AT_ONE,
        twins=(
            Twin(
                "the second one counted half",
                Statement(SOFT, equals_zero(lambda x: value(x, ex.Fraction(1, 2)))),
                AT_ONE,
            ),
        ),
        neighbours=(Neighbour("doubled", Statement(SOFT, equals_zero(lambda x: 2 * value(x)))),),
    )


def nearby(mode):
    """No force separates a pair that is merely close: rate ≤ 0."""
    rate = separation.ols_rate if mode == "stopped" else separation.ols_full_rate
    corrected = separation.OLS_STOPPED.amendment.part if mode == "stopped" else unstable("full", runs=False)
    near, centred = separation.NEAR, separation.CENTRED

    def statement(predicate, given=()):
        return Statement(separation.DATA, at_least_zero(predicate), (separation.DISTINCT, *given))

    return Part(
        id="no-force-nearby",
        says=r"p_{1,2} = c \pm \varepsilon u:\ \tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) \le 0",
        statement=statement(lambda x: -rate(x, x.p)),
        checks=(Certified(candidates=(near, centred)), Property()),
        example=near,
        twins=(
            Twin(
                "attracted by more than its size", statement(lambda x: -rate(x, x.p) - ex.norm2(f.direction(x.p))), near
            ),
        ),
        neighbours=(
            Neighbour(
                "everything at the centre", statement(lambda x: -rate(x, x.p), (separation.AT_ONE_PLACE,)), centred
            ),
        ),
        amendment=Amendment(
            corrected,
            FailingStep(
                "Appendix D, proof of Proposition 5",
                "the argument looks at the one point where the pair coincides; as soon as it opens, the shares differ and with "
                "them the forces",
            ),
            "Judge a pair by the rate at which it opens, not by the force at coincidence, which vanishes for L_q as well.",
        ),
    )


# --- assignments of their own ---
def given_direction(domain):
    return Statement(domain, at_least_zero(lambda x: alignment(*given_gradients(x))))


def given_shifted(domain):
    def value(x):
        first, second = given_gradients(x)
        return alignment(first, ex.minus(second, [4] * x.d))

    return Statement(domain, at_least_zero(value))


PER_SAMPLE = Part(
    id="same-direction-one-sample",
    says=r"n = 1:\ \nabla_{p_1} L_{\mathrm{OLS}} \text{ and } \nabla_{p_2} L_{\mathrm{OLS}} \text{ point in one direction}",
    statement=given_direction(ONE),
    checks=(Symbolic("ddcl.proposition5_force:one_sample"), Property()),
    example=UNEVEN,
    twins=(Twin("one of them shifted", given_shifted(ONE), UNEVEN),),
    neighbours=(
        Neighbour("the pair renamed", Statement(ONE, at_least_zero(lambda x: alignment(*given_gradients(x)[::-1])))),
    ),
)
EQUAL_SHARES = Hypothesis("equal-shares", r"q_{n1} = q_{n2}", equals_zero(lambda x: [q[0] - q[1] for q in x.q]))
LEVEL = {"z": [[1], [-1]], "c": [0], "r": [[0]], "q": [["1/2", "1/2", 0], ["1/4", "1/4", "1/2"]], "u": [1]}
GIVEN_DIRECTION = Part(
    id="same-direction",
    says=DIRECTION.says,
    statement=given_direction(GIVEN),
    checks=(Certified(candidates=(OWN, LEVEL)), Property()),
    example=OWN,
    twins=(Twin("one of them shifted", given_shifted(GIVEN), UNEVEN),),
    neighbours=(
        Neighbour(
            "equal shares",
            Statement(GIVEN, at_least_zero(lambda x: alignment(*given_gradients(x))), (EQUAL_SHARES,)),
            LEVEL,
        ),
    ),
    amendment=Amendment(
        PER_SAMPLE,
        PAIR_BREAKS,
        "The direction is shared sample by sample; over a data set only if the two shares of each sample are in one ratio.",
    ),
)


def given_difference(x):
    first, second = given_gradients(x)
    return ex.dot(x.u, ex.minus(first, second))


def given_formula(x):
    """u·(F_1 − F_2) − 2 mean_n (q_n1 − q_n2) u·r_n."""
    rows = prototypes(x)
    return given_difference(x) - ex.mean(
        2 * (q[0] - q[1]) * ex.dot(x.u, ex.minus(z, a.mixture(rows, q))) for z, q in zip(x.z, x.q, strict=True)
    )


GIVEN_DIFFERENCE = Part(
    id="no-force-at-coincidence",
    says=r"p_1 = p_2 \Rightarrow u\cdot(F_1 - F_2) = 0",
    statement=Statement(GIVEN, equals_zero(given_difference)),
    checks=(Certified(candidates=(UNEVEN, LEVEL)), Property()),
    example=UNEVEN,
    twins=(
        Twin(
            "the sum of the forces",
            Statement(GIVEN, equals_zero(lambda x: ex.dot(x.u, ex.plus(*given_gradients(x))))),
            UNEVEN,
        ),
    ),
    neighbours=(Neighbour("equal shares", Statement(GIVEN, equals_zero(given_difference), (EQUAL_SHARES,)), LEVEL),),
    amendment=Amendment(
        Part(
            id="force-at-coincidence",
            says=r"u\cdot(F_1 - F_2) = 2\,\mathrm{mean}_n\,(q_{n1} - q_{n2})\,u\cdot(z_n - Pq_n)",
            statement=Statement(GIVEN, equals_zero(given_formula)),
            checks=(Symbolic("ddcl.proposition5_force:given_formula"), Property()),
            example=UNEVEN,
            twins=(
                Twin(
                    "half of it",
                    Statement(GIVEN, equals_zero(lambda x: given_formula(x) + given_difference(x))),
                    UNEVEN,
                ),
            ),
            neighbours=(Neighbour("doubled", Statement(GIVEN, equals_zero(lambda x: 2 * given_formula(x)))),),
        ),
        FailingStep(
            "Appendix D, proof of Proposition 5",
            "forces in one direction are not equal forces: their difference is the residual times the difference of the shares",
        ),
        "With assignments of their own, coinciding prototypes part at once unless they have equal shares of every residual.",
    ),
)


def constant_rate(x):
    return constant.fixed_ols_rate(x, x.p)


GIVEN_NEARBY = Part(
    id="no-force-nearby",
    says=r"p_{1,2} = c \pm \varepsilon u:\ \tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) \le 0",
    statement=Statement(constant.FIXED, at_least_zero(lambda x: -constant_rate(x))),
    checks=(Symbolic("ddcl.proposition5_force:given_nearby"), Property()),
    example=constant.EVEN,
    twins=(
        Twin(
            "at the rate of the squared share",
            Statement(
                constant.FIXED,
                at_least_zero(
                    lambda x: -constant_rate(x) - ex.mean(q[0] ** 2 for q in x.q) * ex.norm2(f.direction(x.p))
                ),
            ),
            constant.EVEN,
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(constant.FIXED, at_least_zero(lambda x: -2 * constant_rate(x)))),),
)

CLAIM = Claim(
    id="ddcl.proposition5.force",
    title="No force separates coinciding prototypes",
    source=Source("ddcl", "Proposition 5, Appendix D"),
    says=r"p_i = p_j \Rightarrow \nabla_{p_i} L_{\mathrm{OLS}} \text{ and } \nabla_{p_j} L_{\mathrm{OLS}} "
    r"\text{ point in the same direction, so that no differential force separates them}",
    derivation=__doc__,
    uses=("ddcl.proposition5", "ddcl.proposition6"),
    readings=(
        Reading(
            "stopped",
            "q is the soft assignment, recomputed at every step, without gradient through it; mean over a data set",
            (DIRECTION, no_difference("stopped"), nearby("stopped")),
            as_printed=True,
        ),
        Reading("full", "the gradient passes through the soft assignment", (no_difference("full"), nearby("full"))),
        Reading(
            "fixed",
            "q is constant, or (at the instant considered) a variable of its own",
            (GIVEN_DIRECTION, PER_SAMPLE, GIVEN_DIFFERENCE, GIVEN_NEARBY),
        ),
        *(
            Reading(
                dtype, f"the forces of L_OLS that ddcl_core computes near coincidence in {dtype}", opening_parts(dtype)
            )
            for dtype in ("float64", "float32")
        ),
    ),
)
