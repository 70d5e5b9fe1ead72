"""Descent along training: the form of its parts, and those on the full gradient.

Full training descends L_q as a function of P alone.  On the line z = p_1 = 0, p_2 = x its field changes sign between x² = T and
x² = 2T, so that it has a zero with d_2 > d_1 and q_2 > 0, which is no KKT point of E.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl.theorem4_scope_fields import COOLING, DOMAIN, SIZES, fall, full, loss
from ddcl_theory.domain import Domain, above_zero, temperature
from ddcl_theory.relation import at_least_zero

LINE = Domain((above_zero("low"), above_zero("gap"), temperature("T")))
RISING = {"z": [[0]], "p": [[0], [1]], "T": "1/2"}
CALM = {"z": [[0]], "p": [[0], [1]], "T": 2}
SPEED = {"kappa": "1/100"}


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
FULL = (FULL_LIMITS, FULL_FIXED, FULL_COOLED)
