"""§5.3: ∂q/∂z = (2/T) S_q Pᵀ for exponents d/T, and half of it for d/(2T)."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    FailingStep,
    Neighbour,
    Part,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.theorem1_gap import moderate
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import equals_zero

MOVING = Domain((real("z", "d"), real("p", "k", "d"), temperature("T"), real("e", "d")), {"k": (2, 4), "d": (1, 2)})
#: The shares (3/4, 1/4).
SAMPLED = {"z": [0], "p": [[0], [1]], "T": {"s": "1/3"}}


def soft(z, x, factor=1):
    """The soft assignment with exponents factor · d/T, anchored on the first distance so that it can be differentiated."""
    d = [factor * c for c in a.distances(z, x.p)]
    return ex.softmax(d, x.T, anchor=d[0])


def jacobian(x, factor=1, slope=2, centred=False):
    """∂q_j/∂z along e, minus (slope/T) Σ_l S_jl p_l·e, for all j; centred: p_l − z in place of p_l."""
    s = u.covariance(soft(x.z, x, factor))
    along = [ex.dot(ex.minus(row, x.z) if centred else row, x.e) for row in x.p]
    return [
        ex.derivative_at_zero(lambda t, j=j: soft(ex.plus(x.z, ex.scaled(t, x.e)), x, factor)[j])
        - slope / x.T * ex.dot(s[j], along)
        for j in range(x.k)
    ]


TOWARDS = {**SAMPLED, "e": [1]}


def _jacobian(factor, slope, says, checks, amendment=None):
    def statement(**change):
        return Statement(MOVING, equals_zero(lambda x: jacobian(x, factor, **({"slope": slope} | change))))

    return Part(
        id="jacobian",
        says=says,
        statement=statement(),
        checks=checks,
        example=TOWARDS,
        twins=(Twin("half as steep again", statement(slope=ex.Fraction(3, 2) * slope), witness=TOWARDS),),
        neighbours=(
            Neighbour(
                "about the sample",
                statement(slope=2 * factor, centred=True),
                example={"z": [0], "p": [[1], [1]], "T": 1, "e": [1]},
            ),
        ),
        amendment=amendment,
    )


def draw_moving(sizes, cases, generator):
    """Temperatures of the size of the distances, where the softmax and its slopes are not extreme."""
    import torch

    batch = moderate(sizes, cases, generator)
    return {**batch, "e": torch.randn((cases, sizes["d"]), generator=generator, dtype=torch.float64)}


CHECKS = (Symbolic("ddcl.covariance:jacobian"), Property(also=(TOWARDS,), draw=draw_moving))
SLOPE = _jacobian(1, 2, r"\partial q/\partial z = \tfrac2T S_q P^\top", CHECKS)
HALF = ex.Fraction(1, 2)
SLOPE_HALVED = _jacobian(
    HALF,
    2,
    r"\partial q/\partial z = \tfrac2T S_q P^\top \text{ for exponents } d/(2T)",
    (Certified(candidates=(TOWARDS,)), Property()),
    Amendment(
        _jacobian(
            HALF,
            1,
            r"\partial q/\partial z = \tfrac1T S_q P^\top \text{ for exponents } d/(2T)",
            (Symbolic("ddcl.covariance:jacobian_halved"), Property(also=(TOWARDS,), draw=draw_moving)),
        ),
        breaks=FailingStep("§5.3, properties of S_q", "∂d_j/∂z = 2(z − p_j) meets the factor 1/(2T) of the exponent"),
        advice="take 2/T with exponents d/T and 1/T with d/(2T); a wrong factor rescales every gradient through q",
    ),
)
