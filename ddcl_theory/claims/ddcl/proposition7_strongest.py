"""§5.4: is the force strongest when prototypes are close and assignments undecided?"""

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
from ddcl_theory.claims.ddcl.covariance_monotone import SHARE
from ddcl_theory.claims.ddcl.proposition7_monotone import MANY, SAMPLED, TWO, growth, half_again, monotone, soft
from ddcl_theory.claims.ddcl.theorem1_gap import scaled_about
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero


def force_at(x):
    """‖2PS_q‖_F² at soft q."""
    return u.force2(x.p, soft(x))


SHRUNK = Hypothesis("shrunk", r"0 \le \sigma \le 1", at_least_zero(lambda x: [x.sigma, 1 - x.sigma]))
FIXED = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k"), real("sigma")), MANY)
SHRINKING = Domain((real("z", "d"), real("p", "k", "d"), temperature("T"), real("sigma")), MANY)
SOFT = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), MANY)


def nearer(x):
    """z + σ(P − z)."""
    return scaled_about(x.z, x.p, x.sigma)


def fixed_gain(x, factor=1):
    """The squared force of the scaled prototypes less factor times that of the prototypes."""
    return u.force2(nearer(x), x.q) - factor * u.force2(x.p, x.q)


def soft_gain(x, factor=1):
    rows = nearer(x)
    return u.force2(rows, a.assignment(x.z, rows, x.T)) - factor * force_at(x)


def fall_below(x, multiple=2):
    """multiple · V − ‖2PS_q‖_F²."""
    return multiple * a.variance(x.p, soft(x)) - force_at(x)


MIDDLE = {"z": [0], "p": [[0], [2]], "q": ["1/2", "1/2"], "sigma": "1/2"}
HOMOGENEOUS = Part(
    id="homogeneous",
    says=r"\|2P'S_q\|_F = \sigma \|2PS_q\|_F,\ P' = z + \sigma(P - z),\ \sigma \ge 0",
    statement=Statement(FIXED, equals_zero(lambda x: fixed_gain(x, x.sigma**2))),
    checks=(Symbolic("ddcl.proposition7:homogeneous"), Property()),
    example=MIDDLE,
    twins=(
        Twin(
            "the square grows linearly",
            Statement(FIXED, equals_zero(lambda x: fixed_gain(x, x.sigma))),
            witness=MIDDLE,
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(FIXED, equals_zero(lambda x: 3 * fixed_gain(x, x.sigma**2)))),),
)
CLOSE_FIXED = Part(
    id="close-fixed",
    says=r"0 \le \sigma \le 1 \Rightarrow \|2P'S_q\|_F \ge \|2PS_q\|_F,\ P' = z + \sigma(P - z),\ q \text{ fixed}",
    statement=Statement(FIXED, at_least_zero(fixed_gain), (SHRUNK,)),
    checks=(Certified(candidates=(MIDDLE,)), Property()),
    example=MIDDLE,
    twins=(
        Twin("twice as strong", Statement(FIXED, at_least_zero(lambda x: fixed_gain(x, 4)), (SHRUNK,)), witness=MIDDLE),
    ),
    neighbours=(Neighbour("not stronger", Statement(FIXED, at_least_zero(lambda x: -fixed_gain(x)), (SHRUNK,))),),
    amendment=Amendment(
        HOMOGENEOUS,
        breaks=FailingStep("§5.4, after (33)", "2PS_q is linear in P: halving all distances halves the force"),
        advice="expect no help from V near collapse; the force dies in proportion to the spread of the prototypes",
    ),
)
APART = {"z": [0], "p": [[0], [1]], "T": 1}
BELOW_V = Part(
    id="below-variance",
    says=r"\|2PS_q\|_F^2 \le 2V",
    statement=Statement(SOFT, at_least_zero(fall_below)),
    checks=(Symbolic("ddcl.proposition7:below_variance"), Property(also=(SAMPLED,))),
    example=APART,
    twins=(
        Twin(
            "7/4 V",
            Statement(SOFT, at_least_zero(lambda x: fall_below(x, ex.Fraction(7, 4)))),
            witness=SAMPLED | {"p": [[1], [-1]]},
        ),
    ),
    neighbours=(
        Neighbour(
            "with the sum over pairs for V",
            Statement(
                SOFT,
                at_least_zero(
                    lambda x: (
                        2
                        * ex.total(
                            soft(x)[i] * soft(x)[j] * ex.norm2(ex.minus(x.p[i], x.p[j]))
                            for j in range(x.k)
                            for i in range(j)
                        )
                        - force_at(x)
                    )
                ),
            ),
        ),
    ),
)
COLLAPSED = {"z": [0], "p": [[0], [2]], "T": {"s": "9/10"}, "sigma": "1/2"}
CLOSE_SOFT = Part(
    id="close",
    says=r"0 \le \sigma \le 1 \Rightarrow \|2P'S_{q'}\|_F \ge \|2PS_q\|_F,\ P' = z + \sigma(P - z),\ q, q' \text{ soft}",
    statement=Statement(SHRINKING, at_least_zero(soft_gain), (SHRUNK,)),
    checks=(Certified(candidates=(COLLAPSED, COLLAPSED | {"sigma": 0})), Property()),
    example=COLLAPSED,
    twins=(
        Twin(
            "twice as strong",
            Statement(SHRINKING, at_least_zero(lambda x: soft_gain(x, 4)), (SHRUNK,)),
            witness=COLLAPSED,
        ),
    ),
    neighbours=(
        Neighbour(
            "at most √(2V)", Statement(SHRINKING, at_least_zero(fall_below), (SHRUNK,)), example={**APART, "sigma": 1}
        ),
    ),
    amendment=Amendment(
        BELOW_V,
        breaks=FailingStep(
            "§5.4, after (33)",
            "closer prototypes soften q, but the force carries the factor ‖p_j − Pq‖ as well, which vanishes at collapse",
        ),
        advice="the force peaks where squared distances differ by about T; near collapse use L_sep, or lower T",
    ),
)
MIXED = (simplex("q", "k"), real("t"), real("p", "k", "d"))
MERGED = {"q": ["1/2", 0, "1/2"], "t": "1/2", "p": [[1], [0], [0]]}
EVEN = {"q": ["2/3", "1/3"], "t": "1/9", "p": [[0], [1]]}
UNDECIDED = monotone(
    MIXED,
    (SHARE,),
    MANY,
    r"q \mapsto \text{more uniform} \Rightarrow \|2PS_q\|_F \text{ does not fall},\ P \text{ fixed}",
    "undecided",
    (Certified(candidates=(MERGED,)), Property(also=(MERGED,))),
    ("V does not fall", growth(a.variance), MERGED),
    Amendment(
        monotone(
            MIXED,
            (SHARE,),
            TWO,
            r"q \mapsto \text{more uniform} \Rightarrow \|2PS_q\|_F \text{ does not fall},\ P \text{ fixed},\ k = 2",
            "undecided",
            (
                Symbolic("ddcl.proposition7:two_frobenius"),
                Property(also=(EVEN,)),
                Ablation("ddcl.proposition7:two_frobenius", only=("share",)),
            ),
            ("half as much again", half_again(u.force2), EVEN),
            example=EVEN,
        ),
        breaks=FailingStep(
            "§5.4, after (33)",
            "the norm of PS_q depends on which prototypes share the mass: spreading it over coinciding ones weakens the force",
        ),
        advice="for k ≥ 3 a larger entropy of q says nothing about the force; compute it",
    ),
    example=EVEN,
)
