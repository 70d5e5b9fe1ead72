"""Proposition 7: the columns of 2PS_q, and whether its norm grows with temperature."""

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
from ddcl_theory.claims.ddcl.corollary2 import HOTTER
from ddcl_theory.claims.ddcl.covariance_jacobian import MOVING
from ddcl_theory.claims.ddcl.covariance_monotone import FALLS, after, before
from ddcl_theory.claims.ddcl.force import principal_minors
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero

HEATED = (real("z", "d"), real("p", "k", "d"), temperature("T1"), temperature("T2"))
MANY, TWO = {"k": (2, 3), "d": (1, 2)}, {"k": (2, 2), "d": (1, 2)}
PAIR = {"z": [0], "p": [[0], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}
HALF_AGAIN = ex.Fraction(3, 2)


def soft(x):
    return a.assignment(x.z, x.p, x.T)


def entry(x, e):
    """Σ_l (p_l·e) 2S_lj for every j: the row eᵀ 2PS_q."""
    return [2 * c for c in u.times(u.covariance(soft(x)), [ex.dot(row, e) for row in x.p])]


def column_gap(x, power=1):
    """eᵀ 2PS_q less 2q_j^power (p_j − m)·e."""
    q = soft(x)
    m = a.mixture(x.p, q)
    return [
        left - 2 * w**power * ex.dot(ex.minus(row, m), x.e) for left, w, row in zip(entry(x, x.e), q, x.p, strict=True)
    ]


SAMPLED = {"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}}
COLUMNS = Part(
    id="columns",
    says=r"2PS_q = (2q_1(p_1 - Pq), \dots, 2q_k(p_k - Pq))",
    statement=Statement(MOVING, equals_zero(column_gap)),
    checks=(Symbolic("ddcl.proposition7:columns"), Property(also=({**SAMPLED, "e": [1]},))),
    example={**SAMPLED, "e": [1]},
    twins=(
        Twin(
            "with squared shares",
            Statement(MOVING, equals_zero(lambda x: column_gap(x, 2))),
            witness={**SAMPLED, "e": [1]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(MOVING, equals_zero(lambda x: [2 * g for g in column_gap(x)]))),),
)


def growth(of):
    return lambda x: of(x.p, after(x)) - of(x.p, before(x))


def half_again(of):
    return lambda x: of(x.p, after(x)) - HALF_AGAIN * of(x.p, before(x))


def traced(p, q):
    """2 (tr S_q)² ‖p_1 − p_2‖², what the squared force is for two prototypes."""
    return 2 * u.trace_of(q) ** 2 * ex.norm2(ex.minus(p[0], p[1]))


def monotone(variables, given, sizes, says, identifier, checks, twin, amendment=None, example=None):
    """The growth of the squared Frobenius norm; twin: (name, value, witness)."""

    def statement(value):
        return Statement(Domain(variables, sizes), at_least_zero(value), given)

    neighbour = (
        ("through the trace", growth(traced)) if sizes is TWO else ("the trace", growth(lambda p, q: u.trace_of(q)))
    )
    return Part(
        id=identifier,
        says=says,
        statement=statement(growth(u.force2)),
        checks=checks,
        example=example,
        twins=(Twin(twin[0], statement(twin[1]), witness=twin[2]),),
        neighbours=(Neighbour(neighbour[0], statement(neighbour[1])),),
        amendment=amendment,
    )


RISES = r"T_2 > T_1 \Rightarrow \|2PS_{q(T_2)}\|_F \ge \|2PS_{q(T_1)}\|_F"
MONOTONE = monotone(
    HEATED,
    (HOTTER,),
    MANY,
    RISES,
    "monotone",
    (Certified(candidates=(FALLS,)), Property(also=(FALLS,))),
    ("V does not fall", growth(a.variance), FALLS),
    Amendment(
        monotone(
            HEATED,
            (HOTTER,),
            TWO,
            RISES + r",\ k = 2",
            "monotone",
            (
                Symbolic("ddcl.proposition7:two_frobenius"),
                Property(also=(PAIR,)),
                Ablation("ddcl.proposition7:two_frobenius", only=("hotter",)),
            ),
            ("half as much again", half_again(u.force2), PAIR),
            example=PAIR,
        ),
        breaks=FailingStep(
            "Appendix D, proof of Proposition 7",
            "S_q does not grow with T in the Loewner order, only its trace does; and even S ⪯ S' gives tr(PSPᵀ) ≤ tr(PS'Pᵀ), "
            "not ‖PS‖ ≤ ‖PS'‖",
        ),
        advice="do not set λ_sep or T as if the force grew with T; for k ≥ 3 compute 4 Σ q_j² ‖p_j − Pq‖² and look",
    ),
    example=PAIR,
)


def gram(p, q):
    """4 P S_q² Pᵀ, whose largest eigenvalue is the square of the operator norm."""
    columns, d = u.pull(p, q), len(p[0])
    return [[ex.total(c[i] * c[j] for c in columns) for j in range(d)] for i in range(d)]


def slack(x, factor=1):
    """c ‖v‖² − factor · ‖(2PS_q)ᵀ v‖² at T_1."""
    return x.c * ex.norm2(x.v) - factor * ex.total(ex.dot(c, x.v) ** 2 for c in u.pull(x.p, before(x)))


def slack_of_matrix(x):
    return x.c * ex.norm2(x.v) - u.quadratic(gram(x.p, before(x)), x.v)


BOUND = Hypothesis(
    "bound",
    r"\|2PS_{q(T_2)}\|_2^2 \le c",
    at_least_zero(lambda x: principal_minors(u.below(x.c, gram(x.p, after(x))))),
)
ALONG = (*HEATED, real("v", "d"), real("c"))
TIGHT = {**PAIR, "v": [1], "c": "1152/2401"}


def _operator(sizes, checks, amendment=None):
    def statement(value):
        return Statement(Domain(ALONG, sizes), at_least_zero(value), (HOTTER, BOUND))

    return Part(
        id="monotone",
        says=r"T_2 > T_1 \Rightarrow \|2PS_{q(T_2)}\|_2 \ge \|2PS_{q(T_1)}\|_2" + (r",\ k = 2" if sizes is TWO else ""),
        statement=statement(slack),
        checks=checks,
        example={**PAIR, "v": [1], "c": 1},
        twins=(Twin("half as much again", statement(lambda x: slack(x, HALF_AGAIN)), witness=TIGHT),),
        neighbours=(
            Neighbour("from the matrix", statement(slack_of_matrix))
            if sizes is TWO
            else Neighbour("a bound is not negative", statement(lambda x: x.c)),
        ),
        amendment=amendment,
    )


LOWER = {**FALLS, "v": [1], "c": "216/625"}
OPERATOR = _operator(
    MANY,
    (Certified(candidates=(LOWER,)), Property(also=(LOWER, TIGHT))),
    Amendment(
        _operator(TWO, (Symbolic("ddcl.proposition7:two_operator"), Property(also=(TIGHT,)))),
        breaks=FailingStep(
            "Appendix D, proof of Proposition 7", "S_q does not grow with T in the Loewner order, only its trace does"
        ),
        advice="do not set λ_sep or T as if the force grew with T unless there are two prototypes",
    ),
)
