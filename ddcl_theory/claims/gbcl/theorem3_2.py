"""Theorem 3.2, (48), (50): under XXᵀ = I the two networks are dynamically equivalent; base flow in R(X), dual flow in R(Xᵀ).

Outputs: (XΩ)˙ = −XXᵀ(XΩ − μ) = −(XΩ − μ), the base flow, from the same start the same path.  With any force g(y) in
place of y − μ, such as that of moving cells or any loss of the prototypes, (XΩ)˙ = −XXᵀ g = −g likewise.
R(X) = R^d under XXᵀ = I, since v ⊥ X gives v = XXᵀv = 0: that the base flow evolves in R(X) excludes nothing.
Weights: Ω(t) = Ω(0) − (1 − e^{−t}) Xᵀ(XΩ(0) − μ), so Ω(t) − Ω(0) lies in R(Xᵀ); Ω(t) does only if Ω(0) does, always
for n = d.  With Ω_crit = X⁺μ = Xᵀμ the second line of (50), ω = e^{−t} ω(0), needs that too; for the critical point
that is reached, Ω_∞ = Ω(0) − Xᵀ(XΩ(0) − μ), it is true.  (50) is introduced as leaving out the centres, the modes of the
value 0: along u = Xᵀb, u·{Ω(t) − X⁺μ − e^{−t}(Ω(0) − X⁺μ)} = (1 − e^{−t}) b·(I − XXᵀ)XΩ(0) = 0, right for every start.
The theorem and (49) do not leave them out.  (48) itself is right for d ≤ n with the value 1 for −1, and its case d > n
is empty.
Against it the paper says, after (12), that equal architectures do not make the training equivalent, even for the same
loss and optimiser, and after (18) that the two layers learn in quite different ways.  Under XXᵀ = I, for flows and for
plain gradient descent, the theorem is right about the outputs and those sentences are not; else it is the reverse.
"Unit variance" taken as XXᵀ = nI: (XΩ)˙ = −n(XΩ − μ), the same paths n times as fast.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Hypothesis,
    Neighbour,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl.dcl_subspace import ORTHOGONAL, row_of
from ddcl_theory.claims.ddcl.duality_steps import EVEN, UNIT, draw_orthonormal
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.claims.gbcl.code_subspaces import output_part, vanilla_part
from ddcl_theory.claims.gbcl.subspaces_runs import Course
from ddcl_theory.domain import Domain, above_zero, real, simplex
from ddcl_theory.relation import equals_zero

SIZES = {"n": (1, 3), "d": (1, 2)}
STATE = (real("z", "n", "d"), real("o", "n"), simplex("q", "n"))
FLOW = Domain(STATE, SIZES)
FORCED = Domain((real("z", "n", "d"), real("g", "d")), SIZES)
COURSE = Domain((*STATE, above_zero("x")), SIZES)
SPANNED = Domain((real("z", "n", "d"), real("w", "d"), real("v", "d")), SIZES)
NULLED = Domain((*STATE, real("u", "n")), SIZES)
ROWWISE = Domain((*STATE, real("b", "d"), above_zero("x")), SIZES)
LAPSED = Domain((*STATE, real("u", "n"), above_zero("x")), SIZES)
EVENLY = Domain((*STATE, real("c")), SIZES)

TURNED = {"z": [["3/5", "-4/5"], ["4/5", "3/5"]], "o": [1, 0], "q": ["1/2", "1/2"]}
IDLE = {"z": [[1], [0]], "o": [1, 1], "q": [1, 0], "u": [0, 1]}
PAIR = {"z": [[1], [-1]], "o": [1, 0], "q": ["1/2", "1/2"]}


def output_velocity(x):
    """(XΩ)˙ = XΩ̇."""
    return row_of(x.z, sub.dual_velocity(x.z, x.o, sub.centroid(x)))


def against_base(x, speed=1):
    """XΩ̇ − speed · (μ − XΩ)."""
    return ex.minus(output_velocity(x), ex.scaled(speed, sub.base_velocity(row_of(x.z, x.o), sub.centroid(x))))


SAME = sub.proved(
    "same-outputs",
    r"XX^\top = I \Rightarrow (X\Omega)^{\cdot} = -(X\Omega - \mu) \text{: outputs of the dual flow follow the "
    r"base flow}",
    FLOW,
    (UNIT,),
    against_base,
    proof="gbcl.theorem3_2:same_outputs",
    example=TURNED,
    twin=("at half the speed", lambda x: against_base(x, ex.Fraction(1, 2)), TURNED),
    draw=draw_orthonormal(FLOW),
    course=(Course("outputs"), Course("outputs", clock=0.5)),
    more=(Ablation("gbcl.theorem3_2:same_outputs", only=("orthonormal-features",)),),
)


def forced(x, factor=1):
    """X(−Xᵀg) + factor · g."""
    return ex.plus(ex.scaled(-1, row_of(x.z, sub.transposed(x.z, x.g))), ex.scaled(factor, x.g))


FORCE = sub.proved(
    "same-outputs",
    r"XX^\top = I \Rightarrow (X\Omega)^{\cdot} = -g \text{ for } \dot\Omega = -X^\top g \text{ with any force } "
    r"g \text{ on the prototype, "
    r"such as } \textstyle\sum_{i \in V_j} (y_j - x_i) \text{ for the cell } V_j \text{ of the moment}",
    FORCED,
    (UNIT,),
    forced,
    proof="gbcl.theorem3_2:any_force",
    example={"z": TURNED["z"], "g": [1, 0]},
    twin=("half the force", lambda x: forced(x, ex.Fraction(1, 2)), {"z": TURNED["z"], "g": [1, 0]}),
    draw=draw_orthonormal(FORCED),
    course=(Course("moving"), Course("moving", clock=0.5)),
)


def solution(x, time):
    """Ω(t) = Ω(0) − (1 − e^{−t}) Xᵀ(XΩ(0) − μ)."""
    return ex.plus(x.o, ex.scaled(1 - time, sub.dual_velocity(x.z, x.o, sub.centroid(x))))


def residual(x, rate=1):
    """Ω̇ + Xᵀ(XΩ − μ) along the solution, Ω̇ = −x dΩ/dx, with e^{−rate·t} in its place."""
    path = solution(x, x.x**rate)
    speed = [-x.x * ex.differentiate(entry, x.x) for entry in path]
    return ex.minus(speed, sub.dual_velocity(x.z, path, sub.centroid(x)))


CLOSED = sub.proved(
    "closed-form",
    r"XX^\top = I \Rightarrow \Omega(t) = \Omega(0) - (1 - e^{-t})\, X^\top (X\Omega(0) - \mu) \text{ solves "
    r"(30), as (48) says for } d \le n",
    COURSE,
    (UNIT, sub.STARTED),
    residual,
    proof="gbcl.theorem3_2:closed_form",
    example={**TURNED, "x": "1/2"},
    twin=("with e^{−2t}", lambda x: residual(x, 2), {**TURNED, "x": "1/2"}),
    draw=sub.in_time(draw_orthonormal(COURSE)),
    course=(Course("weights"), Course("weights", clock=2.0)),
)
BASE_RANGE = sub.proved(
    "base-range",
    r"XX^\top = I,\ v \perp x_1, \dots, x_n \Rightarrow v \cdot W = 0 \text{ for every } W \in R^d",
    SPANNED,
    (UNIT, ORTHOGONAL),
    lambda x: ex.dot(x.v, x.w),
    proof="gbcl.theorem3_2:whole_space",
    example={"z": [[1, 0], [0, 1]], "w": [1, 2], "v": [0, 0]},
    twin=(
        "off by one",
        lambda x: ex.dot(x.v, x.w) + 1,
        {"z": [[1, 0], [0, 1]], "w": [1, 2], "v": [0, 0]},
    ),
)

NO_NULL = Hypothesis("no-null-space", "u = 0", equals_zero(lambda x: x.u))
IN_ROWS = Hypothesis(
    "starts-in-rows",
    r"\Omega(0) = X^\top X \Omega(0)",
    equals_zero(lambda x: ex.minus(x.o, sub.transposed(x.z, row_of(x.z, x.o)))),
)
DUAL_RANGE = sub.refuted(
    "dual-range",
    r"XX^\top = I,\ Xu = 0 \Rightarrow u \cdot \Omega = 0 \text{ along the dual flow}",
    Statement(NULLED, equals_zero(lambda x: ex.dot(x.u, x.o)), (UNIT, sub.NULL)),
    example=IDLE,
    twin=Twin(
        "without Xu = 0",
        Statement(NULLED, equals_zero(lambda x: ex.dot(x.u, x.o)), (UNIT,)),
        {"z": [[1]], "o": [1], "q": [1], "u": [1]},
    ),
    neighbour=Neighbour(
        "where X has no null space",
        Statement(NULLED, equals_zero(lambda x: ex.dot(x.u, x.o)), (UNIT, sub.NULL, NO_NULL)),
        example={"z": [[1]], "o": [1], "q": [1], "u": [0]},
    ),
    amendment=Amendment(
        sub.DUAL_KEEPS,
        FailingStep(
            "(49), Theorem 3.2",
            "the n − d constant modes of (48) are set aside in words before (50), but not in the theorem nor in (49)",
        ),
        "start Ω in R(Xᵀ), for instance at XᵀP for prototypes P; the outputs are the same, but then weights and "
        "flow stay in "
        "the row space",
    ),
)


def lapsed(x, critical):
    """u·{Ω(t) − Ω_crit − e^{−t} (Ω(0) − Ω_crit)}."""
    gone = ex.minus(solution(x, x.x), critical)
    return ex.dot(x.u, ex.minus(gone, ex.scaled(x.x, ex.minus(x.o, critical))))


def least(x):
    """X⁺μ = Xᵀμ under XXᵀ = I."""
    return sub.transposed(x.z, sub.centroid(x))


REACHED = sub.proved(
    "decay-to-the-point-reached",
    r"\Omega(t) - \Omega_\infty = e^{-t}\,(\Omega(0) - \Omega_\infty) \text{ for } \Omega_\infty = \Omega(0) - "
    r"X^\top (X\Omega(0) - \mu)",
    LAPSED,
    (UNIT, sub.STARTED),
    lambda x: lapsed(x, solution(x, ex.ZERO)),
    proof="gbcl.theorem3_2:reached",
    example={**IDLE, "x": "1/2"},
    twin=("to X⁺μ", lambda x: lapsed(x, least(x)), {**IDLE, "x": "1/2"}),
    draw=sub.in_time(draw_orthonormal(LAPSED)),
    course=(Course("weights"), Course("weights", clock=2.0)),
)


def lapsed_rows(x, rate=1):
    """The same for u = Xᵀb, against the factor e^{−rate·t}."""
    u, critical = sub.transposed(x.z, x.b), least(x)
    gone = ex.minus(solution(x, x.x), critical)
    return ex.dot(u, ex.minus(gone, ex.scaled(x.x**rate, ex.minus(x.o, critical))))


AWAY = {**TURNED, "b": [1, 0], "x": "1/2"}
MODES_DECAY = sub.proved(
    "modes-decay",
    r"XX^\top = I,\ u = X^\top b \Rightarrow u \cdot (\Omega(t) - X^+\mu) = e^{-t}\, u \cdot (\Omega(0) - X^+\mu) \text{: "
    r"(50), centres left out}",
    ROWWISE,
    (UNIT, sub.STARTED),
    lapsed_rows,
    proof="gbcl.theorem3_2:modes",
    example=AWAY,
    twin=("with e^{−2t}", lambda x: lapsed_rows(x, 2), AWAY),
    draw=sub.in_time(draw_orthonormal(ROWWISE)),
    course=(Course("weights"), Course("weights", clock=2.0)),
)
DECAYS = sub.refuted(
    "all-modes-decay",
    r"XX^\top = I \Rightarrow \Omega(t) - X^+\mu = e^{-t}\,(\Omega(0) - X^+\mu) \text{ in every direction } u",
    Statement(LAPSED, equals_zero(lambda x: lapsed(x, least(x))), (UNIT, sub.STARTED)),
    example={**IDLE, "x": "1/2"},
    twin=Twin(
        "in the opposite direction",
        Statement(LAPSED, equals_zero(lambda x: lapsed(x, least(x)) + 2 * ex.dot(x.u, x.o)), (UNIT, sub.STARTED)),
        {**IDLE, "x": "1/2"},
    ),
    neighbour=Neighbour(
        "from a start in R(Xᵀ)",
        Statement(LAPSED, equals_zero(lambda x: lapsed(x, least(x))), (UNIT, sub.STARTED, IN_ROWS)),
        example={**IDLE, "o": [3, 0], "x": "1/2"},
    ),
    amendment=Amendment(
        REACHED,
        FailingStep(
            "(48), (50)",
            "for n > d the point that is reached depends on the start; it is X⁺μ only from a start in R(Xᵀ)",
        ),
        "measure convergence of the weights against their own limit, or of the outputs against μ",
    ),
)

VARIANCE = Hypothesis("unit-variance", r"XX^\top = nI", equals_zero(lambda x: _gram(x, x.n)))


def _gram(x, c):
    return [ex.total(s[i] * s[j] for s in x.z) - (c if i == j else 0) for i in range(x.d) for j in range(i, x.d)]


NO_FORCE = Hypothesis("at-rest", r"X\Omega = \mu", equals_zero(lambda x: ex.minus(row_of(x.z, x.o), sub.centroid(x))))
SCALED = sub.proved(
    "same-paths",
    r"XX^\top = cI \Rightarrow (X\Omega)^{\cdot} = -c\,(X\Omega - \mu) \text{: the base flow, } c \text{ times as "
    r"fast}",
    EVENLY,
    (EVEN,),
    lambda x: against_base(x, x.c),
    proof="gbcl.theorem3_2:scaled",
    example={**TURNED, "c": 1},
    twin=("c² times as fast", lambda x: against_base(x, x.c**2), {**PAIR, "c": 2}),
    draw=draw_orthonormal(EVENLY, scaled=True),
    course=(Course("scaled-outputs"), Course("scaled-outputs", clock=2.0)),
)
UNIT_VARIANCE = sub.refuted(
    "same-outputs",
    r"XX^\top = nI \Rightarrow (X\Omega)^{\cdot} = -(X\Omega - \mu)",
    Statement(FLOW, equals_zero(against_base), (VARIANCE,)),
    example=PAIR,
    twin=Twin(
        "at half the speed",
        Statement(FLOW, equals_zero(lambda x: against_base(x, ex.Fraction(1, 2))), (VARIANCE,)),
        PAIR,
    ),
    neighbour=Neighbour(
        "at rest",
        Statement(FLOW, equals_zero(against_base), (VARIANCE, NO_FORCE)),
        example={**PAIR, "o": [0, 0]},
    ),
    amendment=Amendment(
        SCALED,
        FailingStep("Theorem 2.1", "unit variance over n samples is Σ x² = n, not 1"),
        "divide X by √n, or train the dual layer at the rate ε/n, to see the same time course",
    ),
)

CLAIM = Claim(
    id="gbcl.theorem3.2",
    title="Dynamical duality",
    source=Source("gbcl", "Theorem 3.2, (48), (50)"),
    says=r"\text{under } XX^\top = I \text{ base and dual trajectories coincide; the base flow evolves in } R(X) "
    r"\text{, the dual flow in } "
    r"R(X^\top)",
    derivation=__doc__,
    uses=("gbcl.ranges", "ddcl.duality"),
    readings=(
        Reading(
            "orthonormal",
            "XXᵀ = I, frozen cells; (50) for the modes that are no centres",
            (SAME, CLOSED, BASE_RANGE, DUAL_RANGE, MODES_DECAY),
            as_printed=True,
        ),
        Reading("centres", "XXᵀ = I, frozen cells; (50) for every mode", (DECAYS,)),
        Reading("displacement", "what evolves in R(Xᵀ) is the change of Ω since the start", (sub.DUAL_KEEPS,)),
        Reading("moving", "XXᵀ = I, moving cells or any other loss of the prototypes", (FORCE,)),
        Reading("unit-variance", "unit variance as XXᵀ = nI", (UNIT_VARIANCE,)),
        *(
            Reading(
                dtype, f"three steps of the layers of ddcl_core in {dtype}", (output_part(dtype), vanilla_part(dtype))
            )
            for dtype in ("float64", "float32")
        ),
    ),
)
