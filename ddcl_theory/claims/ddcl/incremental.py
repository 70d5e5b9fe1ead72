"""§4.5, Appendix H: one row of P after the other, an assignment follows by a Widrow–Hoff step and a projection.

Projection.  A point w of the simplex is nearest to v exactly if v = w + τ − ν with ν ≥ 0 and ν_j w_j = 0, since then for
every y in the simplex |v − y|² − |v − w|² = |y − w|² + 2 Σ ν_j y_j.  Sorting finds τ: with entries in descending order
j v_j + 1 − Σ_{i≤j} v_i is j w_j + Σ_{i>j} w_i > 0 on the support, and −s ν_j − Σ_{s<l<j} (ν_j − ν_l) ≤ 0 beyond its s entries.

Update.  It is said to solve min_Δ |z − Pq|² (17) as rows come in.  One pass does not: z = 1, rows (0, 1), q = (½, ½), η = 1
gives (¼, ¾), the solution is (0, 1).  What a step does: with e = z_t − r_t·q, and any y in the simplex with r_t·y = z_t,
    |q − y|² − |q⁺ − y|² ≥ η e² (2 − η |r_t − r̄_t|²),
because the step without the constraint has equality (r_t·(q − y) = −e; Σ(q − y) = 0 lets r̄_t go) and projecting does not
increase a distance to a point of the simplex.  So distances to a solution never grow if η ≤ 2/|r_t − r̄_t|².

Repeated.  A solution stays where it is if z = Pq: then every e = 0.  If not, rows pull in turn: rows (0, 1) twice, z = (0, 1),
η = ½ move the solution (½, ½) by 1/32 in a pass.

Step.  The error of the row just used does not grow if η ≤ 2/|r_t − r̄_t|², whether z = Pq can be solved or not: with
δ = e r_t·(q⁺ − q), |q⁺ − q|² ≤ ηδ by the projection and δ² ≤ e² |r_t − r̄_t|² |q⁺ − q|², so 0 ≤ δ ≤ 2e², and the error
squared falls by δ(2 − δ/e²).
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
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
from ddcl_theory.claims.ddcl.float_rows import cone_parts
from ddcl_theory.claims.ddcl.float_rows_incremental import STEP, draw, error, spread, step_parts, updated
from ddcl_theory.claims.ddcl.incremental_projection import NEAREST, SORT_KEEPS, SORT_STOPS
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero

PASS = Domain(
    (real("z", "d"), real("p", "k", "d"), simplex("q", "k"), simplex("y", "k"), above_zero("eta")),
    {"k": (2, 3), "d": (1, 2)},
)
HALF = {"z": [1], "p": [[0], [1]], "q": ["1/2", "1/2"], "y": [0, 1], "eta": 1}


def rows(x):
    """r_t: coordinate t of all prototypes."""
    return [[p[t] for p in x.p] for t in range(len(x.p[0]))]


def passed(x, z):
    """The assignment after one pass over the rows."""
    q = x.q
    for r, target in zip(rows(x), z, strict=True):
        q = updated(q, r, target, x.eta)
    return q


def above_the_end(x):
    """|z − Py|² − |z − Pq|² with q after the pass."""
    return a.ols(x.z, x.p, x.y) - a.ols(x.z, x.p, passed(x, x.z))


def above_the_start(x):
    return a.ols(x.z, x.p, x.y) - a.ols(x.z, x.p, x.q)


def first_error_falls(x):
    """e² before less e² after the update by the first row."""
    r, target = rows(x)[0], x.z[0]
    return error(x.q, r, target) ** 2 - error(updated(x.q, r, target, x.eta), r, target) ** 2


STABLE = Hypothesis(
    "step",
    r"\eta \|r_t\|^2 \le 2 \text{ for every } t",
    at_least_zero(lambda x: [2 - x.eta * ex.norm2(r) for r in rows(x)]),
)

FEJER_DOMAIN = Domain((real("r", "k"), simplex("q", "k"), simplex("y", "k"), nonnegative("eta")), {"k": (2, 3)})


def closer(x, factor=2, scale=1):
    """|q − y|² − |q⁺ − y|² − η e² (2 − η |r − r̄|²) for z_t = r·y."""
    target = ex.dot(x.r, x.y)
    after = updated(x.q, x.r, target, x.eta)
    e = error(x.q, x.r, target)
    gained = ex.norm2(ex.minus(x.q, x.y)) - ex.norm2(ex.minus(after, x.y))
    return scale * (gained - x.eta * e**2 * (factor - x.eta * spread(x.r)))


def fejer_draw(sizes, cases, generator):
    """Steps on both sides of the bound, assignments with and without zeros."""
    first, second = draw(sizes, cases, generator), draw(sizes, cases, generator)
    return {"r": first["r"], "q": first["q"], "y": second["q"], "eta": first["eta"]}


CLOSER = Part(
    id="update",
    says=r"r_t^\top y = z_t \Rightarrow \|q - y\|^2 - \|q^+ - y\|^2 \ge \eta e_t^2 (2 - \eta \|r_t - \bar r_t\|^2)",
    statement=Statement(FEJER_DOMAIN, at_least_zero(closer)),
    checks=(Symbolic("ddcl.incremental:closer"), Property(draw=fejer_draw), Ablation("ddcl.incremental:closer")),
    example={"r": [0, 1], "q": ["1/2", "1/2"], "y": [0, 1], "eta": 1},
    twins=(
        Twin(
            "three in place of two",
            Statement(FEJER_DOMAIN, at_least_zero(lambda x: closer(x, 3))),
            witness={"r": [0, 1], "q": ["1/2", "1/2"], "y": [0, 1], "eta": 1},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(FEJER_DOMAIN, at_least_zero(lambda x: closer(x, scale=2)))),),
)
SOLVES = Part(
    id="update",
    says=r"\text{after one pass } q \in \arg\min_{\Delta} \|z - Pq\|^2",
    statement=Statement(PASS, at_least_zero(above_the_end), (STABLE,)),
    checks=(Certified(candidates=(HALF,)), Property(also=(HALF,))),
    example=HALF,
    twins=(Twin("before the pass", Statement(PASS, at_least_zero(above_the_start), (STABLE,)), witness=HALF),),
    neighbours=(Neighbour("the first error falls", Statement(PASS, at_least_zero(first_error_falls), (STABLE,))),),
    amendment=Amendment(
        CLOSER,
        breaks=FailingStep(
            "§4.5, (17)-(20)",
            "a step by one row removes a share of that row's error; one such step a row is a sweep of a projected Kaczmarz "
            "iteration, not its limit",
        ),
        advice="take 0 < η < 2/|r_t − mean(r_t)|², repeat the pass over the rows, and let η tend to 0 where z is no mixture; or "
        "solve (17) directly",
    ),
)

TURNS = Domain((real("c", 2), real("base", 2), real("h", "k"), simplex("q", "k"), above_zero("eta")), {"k": (2, 3)})
PULLED = {"c": ["-1/2", "1/2"], "base": [0, 0], "h": [0, -2], "q": ["1/2", "1/2"], "eta": "1/2"}


def on_a_line(x, residual=True):
    """(P, z): prototypes on a line, z = Pq + c with c perpendicular to it, so that q minimises |z − Pq|²."""
    p = [[x.base[0] - h * x.c[1], x.base[1] + h * x.c[0]] for h in x.h]
    m = a.mixture(p, x.q)
    return p, ex.plus(m, x.c) if residual else m


def motion(x, residual=True, passes=1):
    """The change of q in a pass."""
    p, z = on_a_line(x, residual)
    q = x.q
    for _ in range(passes):
        for t in range(2):
            q = updated(q, [row[t] for row in p], z[t], x.eta)
    return ex.minus(q, x.q)


CONSISTENT = Domain((real("r", "k"), simplex("q", "k"), above_zero("eta")), {"k": (1, 4)})


def stays(x, scale=1, shift=0):
    """q⁺ − q for z_t = r·q, or for a target beside it."""
    return ex.scaled(scale, ex.minus(updated(x.q, x.r, ex.dot(x.r, x.q) + shift, x.eta), x.q))


FIXED = Part(
    id="fixed",
    says=r"z_t = r_t^\top q \Rightarrow q^+ = q",
    statement=Statement(CONSISTENT, equals_zero(stays)),
    checks=(Symbolic("ddcl.incremental:stays"), Property(), Ablation("ddcl.incremental:stays")),
    example={"r": [0, 1], "q": ["1/2", "1/2"], "eta": 1},
    twins=(
        Twin(
            "a target one higher",
            Statement(CONSISTENT, equals_zero(lambda x: stays(x, shift=1))),
            witness={"r": [0, 1], "q": ["1/2", "1/2"], "eta": 1},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(CONSISTENT, equals_zero(lambda x: stays(x, 2)))),),
)
RESTS = Part(
    id="fixed",
    says=r"\text{a minimiser of } \|z - Pq\|^2 \text{ on } \Delta \text{ is left unchanged by a pass}",
    statement=Statement(TURNS, equals_zero(motion)),
    checks=(Certified(candidates=(PULLED,)), Property(also=(PULLED,))),
    example=PULLED,
    twins=(Twin("by two passes", Statement(TURNS, equals_zero(lambda x: motion(x, passes=2))), witness=PULLED),),
    neighbours=(Neighbour("where z = Pq", Statement(TURNS, equals_zero(lambda x: motion(x, residual=False)))),),
    amendment=Amendment(
        FIXED,
        breaks=FailingStep(
            "§4.5, (18)-(20)",
            "where z is no mixture of the prototypes the rows disagree at the minimiser: each has an error of its own, and a "
            "constant step follows them in turn",
        ),
        advice="with a constant step expect q near the minimiser, not at it, unless z = Pq; let η tend to 0 slowly",
    ),
)

BELOW = Hypothesis(
    "step",
    r"\eta \|r - \bar r\|^2 \le 2",
    at_least_zero(lambda x: 2 - x.eta * spread(x.r)),
    breaks=({"r": [0, 1], "target": "11/20", "q": ["1/2", "1/2"], "eta": 6},),
)


def falls(x, scale=1):
    """e² before less e² after."""
    after = updated(x.q, x.r, x.target, x.eta)
    return scale * (error(x.q, x.r, x.target) ** 2 - error(after, x.r, x.target) ** 2)


TWICE = Hypothesis("step", r"\eta \|r - \bar r\|^2 \le 4", at_least_zero(lambda x: 4 - x.eta * spread(x.r)))
ERROR = Part(
    id="error",
    says=r"|z_t - r_t^\top q^+| \le |z_t - r_t^\top q|",
    statement=Statement(STEP, at_least_zero(falls), (BELOW,)),
    checks=(
        Symbolic("ddcl.incremental:falls"),
        Property(draw=draw),
        Ablation("ddcl.incremental:falls", only=("step",)),
    ),
    example={"r": [0, 1], "target": 1, "q": ["1/2", "1/2"], "eta": 1},
    twins=(
        Twin(
            "steps up to twice the bound",
            Statement(STEP, at_least_zero(falls), (TWICE,)),
            witness={"r": [0, 1], "target": "11/20", "q": ["1/2", "1/2"], "eta": 6},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(STEP, at_least_zero(lambda x: falls(x, 2)), (BELOW,))),),
)

CLAIM = Claim(
    id="ddcl.incremental",
    title="Incremental assignments",
    source=Source("ddcl", "§4.5, (17)-(20), Appendix H"),
    says=r"\text{the update } q \leftarrow \Pi_\Delta(q + \eta e_t r_t) \text{ solves } \min_\Delta \|z - Pq\|^2 \text{ online}",
    derivation=__doc__,
    uses=("ddcl.theorem4.dissipation",),
    readings=(
        Reading(
            "pass",
            "the projection by sorting is that onto the simplex; one pass over the rows, as Algorithm 2 makes, solves (17)",
            (NEAREST, SORT_KEEPS, SORT_STOPS, SOLVES),
            as_printed=True,
        ),
        Reading("repeated", "what solves (17) is what repeated passes leave unchanged", (RESTS,)),
        Reading("step", "an update does not increase the error of its own row", (ERROR,)),
        *(
            Reading(
                dtype,
                f"the projection and the update of ddcl_core in {dtype}",
                (*(p for p in cone_parts(dtype) if p.id == "simplex"), *step_parts(dtype)),
            )
            for dtype in ("float64", "float32")
        ),
    ),
)
