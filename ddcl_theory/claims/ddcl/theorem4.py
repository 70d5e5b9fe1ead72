"""Theorem 4: the reduced flow under λ_P > 0, and under the condition of Remark 3.

Descent holds (see `ddcl.theorem4.dissipation`).  Boundedness with λ_P > 0 alone does not: with n = 1, z = 0, k = 3 and
q = (1, 0, 0), the prototypes P(t) = (0, x, −x) e^{rt}, r = 2 (3 λ_sep − λ_P), solve (42)-(43) exactly, since the nearest
prototype keeps the sample (d_1 = 0 < d_2 = d_3) and the field is linear in P.  They leave every ball if λ_P < 3 λ_sep.
The same for k = 2, λ_sep = 2/3, λ_P = 1/3: P(t) = (1, −2) e^{4t/3}, q = (1, 0).

"bounded" is stated on the rays of this kind: P_0 = (0, v_2, …, v_k) with Σ v_j = 0, z = 0, q = (1, 0, …, 0).  That the field at P_0 is
parallel to P_0 and that q stays are hypotheses, which each witness shows; the conclusion is that ‖P‖ does not grow.  It
is a consequence of boundedness, which is what a counterexample needs.  The amended part asks for λ_P > k λ_sep; its proof
contains the argument for boundedness, not only for rays: E ≥ (λ_P − k λ_sep) ‖P‖² + λ_bal KL + λ_ent L_ent, entropies
bounded on the simplex, E never rises, so ‖P‖ stays in a ball.

"convergence" with λ_P > 0 fails on the same rays.  With z = 0 all terms in P are homogeneous and the KKT points form a
closed cone in P; the distance from c P_0 to it is c times that from P_0, which is no KKT point unless the ray is at rest.
Under the condition of Remark 3 convergence rests on LaSalle's principle: bounded trajectories, E continuously
differentiable, dE/dt = −‖Ṗ‖² − Σ‖q̇_n‖², and invariance of the limit set of a projected gradient flow.  No computation here
replaces that theorem: the evidence is runs of the flow.  What is left at λ_P = k λ_sep, and whether a trajectory converges to one
of the KKT points, are readings of their own; their mathematics stands in `theorem4_limits.py`.
"""

from __future__ import annotations

from dataclasses import replace

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
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
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import theorem4_dissipation as dissipation
from ddcl_theory.claims.ddcl import theorem4_limits as limits
from ddcl_theory.claims.ddcl.dynamics.problems import Flow
from ddcl_theory.claims.ddcl.figures.lyapunov import norm_over_time, residual_over_time
from ddcl_theory.claims.ddcl.float_rows import flow_parts
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

RUNS = "ddcl_theory.claims.ddcl.dynamics"
RAYS = Domain((real("p", "k", "d"), nonnegative("sep"), above_zero("weight")), {"k": (2, 4), "d": (1, 2)})


def start(x):
    """P_0: prototype 1 at the origin, the others at p_j minus their mean."""
    others = x.p[1:]
    centre = [ex.mean(row[i] for row in others) for i in range(x.d)]
    return [[ex.ZERO] * x.d, *[ex.minus(row, centre) for row in others]]


def energy(x, rows):
    """E for one sample at the origin, q = (1, 0, …, 0)."""
    return e.smooth([[0] * x.d], rows, [[int(j == 0) for j in range(x.k)]], x.sep, x.weight)


def field(x):
    """−∇_P E at P_0, flattened."""

    def slope(j, i):
        unit = [[int((row, entry) == (j, i)) for entry in range(x.d)] for row in range(x.k)]
        return ex.derivative_at_zero(lambda t: energy(x, e.moved(start(x), t, unit)))

    return [-slope(j, i) for j in range(x.k) for i in range(x.d)]


def turning(x):
    """Ṗ_a P_b − Ṗ_b P_a: zero where the field is parallel to P_0."""
    speed, place = field(x), [v for row in start(x) for v in row]
    return [speed[a] * place[b] - speed[b] * place[a] for a in range(len(place)) for b in range(a)]


def shrinking(x):
    """−½ d‖P‖²/dt at P_0."""
    return -ex.dot(field(x), [v for row in start(x) for v in row])


GIVEN = (
    Hypothesis("ray", r"\dot P \parallel P_0", equals_zero(turning)),
    Hypothesis(
        "pinned",
        r"d_1 \le d_j",
        at_least_zero(lambda x: [ex.norm2(row) - ex.norm2(start(x)[0]) for row in start(x)[1:]]),
    ),
)
CONDITION = Hypothesis("remark3", r"\lambda_P > k \lambda_{\mathrm{sep}}", positive(lambda x: x.weight - x.k * x.sep))
THREE = {"p": [[0], [1], [-1]], "sep": 1, "weight": 1}
FOUR = {"p": [[0, 0], [1, 1], [-1, 0], [0, -1]], "sep": "1/100", "weight": "1/50"}
CALM = {"p": [[0], [1], [-1]], "sep": 1, "weight": 5}


def _examples(k, d):
    """Any prototypes will do; λ_P = k + 2 and λ_sep = 1/2 leave room around them."""
    return {"p": [[j + 1] * d for j in range(k)], "sep": "1/2", "weight": k + 2}, "1/4"


def _trajectories(identifier, says, conclusion, experiment, weight, missing=None):
    """The part on rays, for λ_P > 0, or with a proof and runs of the flow under the condition of Remark 3."""
    positive_weight = weight == "positive"
    given = GIVEN if positive_weight else (*GIVEN, CONDITION)
    flow = Dynamics(f"{RUNS}.{experiment}", "runs of the flow")
    if positive_weight:
        checks = (Certified(candidates=(THREE, FOUR, CALM)), Property())
        # The witnesses decide; how far runs go below the threshold is shown beside them.
        checks += (flow,) if identifier == "bounded" else ()
    elif identifier == "bounded":
        checks = (Symbolic("ddcl.theorem4:bounded"), Property(), flow)
    else:
        # Rays say nothing in favour of convergence: the runs are all the evidence there is.
        checks = (flow,)
    backwards = Twin(
        "time backwards",
        Statement(RAYS, at_least_zero(lambda x: -shrinking(x)), given, system=Flow("positive", clock=-1.0)),
        witness=CALM,
    )
    unbounded = Twin(
        "any positive weight", Statement(RAYS, at_least_zero(shrinking), GIVEN, system=Flow("positive")), witness=THREE
    )
    slower = Statement(RAYS, at_least_zero(lambda x: 3 * shrinking(x)), (*GIVEN, CONDITION), system=Flow(clock=3.0))
    return Part(
        id=identifier,
        says=says,
        conclusion=conclusion,
        example=CALM,
        checks=checks,
        statement=Statement(RAYS, at_least_zero(shrinking), given, system=Flow(weight)),
        twins=(backwards if positive_weight else unbounded,),
        neighbours=(Neighbour("time rescaled", slower),),
        missing=missing,
    )


BOUNDED = (
    "bounded",
    r"\textstyle\sup_t \|P(t)\| < \infty \text{ on invariant rays}",
    "every trajectory is bounded",
    "flow_runs:bounded",
)
CONVERGES = (
    "convergence",
    r"\mathrm{dist}\bigl((P, Q)(t), \mathrm{KKT}\bigr) \to 0 \text{, exact on invariant rays}",
    "every trajectory converges to the set of KKT points",
    "flow_limits:converges",
)
ONE_POINT = (
    "one-point",
    r"(P, Q)(t) \to (P_*, Q_*)\text{, one point; exact on invariant rays}",
    "every trajectory converges to one point",
    "flow_limits:settles",
)


def _amended(which):
    corrected = _trajectories(*which, "coercive")
    return replace(
        _trajectories(*which, "positive"),
        amendment=Amendment(
            part=replace(corrected, id=f"{corrected.id}-amended"),
            breaks=FailingStep(
                "Appendix F, step 2",
                "the separation term falls as −k λ_sep ‖P‖² where the prototypes sum to zero, as fast "
                "as the quadratic term grows when λ_P = k λ_sep; a smaller λ_P does not outweigh it",
            ),
            advice="Ask for λ_P > k λ_sep (pairs i < j). The two terms together then separate no prototypes.",
            examples=_examples,
        ),
    )


def descent(weight):
    """dE/dt ≤ 0 along the flow: exactly for one sample on any face, on runs for several samples."""
    given = (dissipation.SUPPORTED, dissipation.FREED, dissipation.HELD)

    def statement(factor=1, clock=1.0):
        conclusion = at_least_zero(lambda x: -factor * dissipation.face_motion(x)[0])
        return Statement(dissipation.FACE, conclusion, given, system=Flow(weight, clock=clock))

    return Part(
        id="descent",
        says=r"\dot E \le 0 \text{ for one sample on any face, and along runs}",
        statement=statement(),
        checks=(
            Symbolic("ddcl.theorem4:descent"),
            Property(),
            Dynamics(f"{RUNS}.flow_runs:descends", "descent along projected steps"),
        ),
        example={"z": [0], "q": [1], "on": [[1]], "free": [[0]], "held": [[2]], "sep": 0, "weight": 1},
        twins=(
            Twin(
                "the ascending flow",
                statement(-1, -1.0),
                witness={"z": [0], "q": [1], "on": [[1]], "free": [], "held": [], "sep": 0, "weight": 1},
            ),
        ),
        neighbours=(Neighbour("time rescaled", statement(3, 3.0)),),
    )


CLAIM = Claim(
    id="ddcl.theorem4",
    title="Global Lyapunov stability of the reduced flow",
    source=Source("ddcl", "Theorem 4, Appendix F"),
    says=r"\lambda_P > 0 \Rightarrow \text{trajectories of the reduced flow are bounded, } E \text{ never rises, limits are KKT points}",
    derivation=__doc__,
    uses=("ddcl.theorem4.dissipation", "ddcl.theorem4.hypotheses", "ddcl.remark3"),
    readings=(
        Reading(
            "positive",
            "with λ_P > 0, as the theorem is printed; the exact parts take λ_bal = λ_ent = 0, which the theorem allows",
            (_amended(BOUNDED), descent("positive"), _amended(CONVERGES)),
            as_printed=True,
        ),
        Reading(
            "remark3",
            "with the condition of Remark 3, λ_P > k λ_sep; the exact parts take λ_bal = λ_ent = 0",
            (_trajectories(*BOUNDED, "coercive"), descent("coercive"), _trajectories(*CONVERGES, "coercive")),
        ),
        Reading(
            "threshold", "at λ_P = k λ_sep, where E no longer bounds the prototypes", (limits.BOUNDED, limits.MEAN)
        ),
        Reading(
            "one-point",
            "a stronger sense of convergence, λ_P > k λ_sep: to one of the KKT points, not only to their set",
            (
                limits.CONTINUUM,
                limits.DECAY,
                _trajectories(
                    *ONE_POINT,
                    "coercive",
                    missing="A proof for all data: Łojasiewicz's inequality for E on the polyhedron of the assignments, "
                    "a theorem on semialgebraic functions that no check here carries out",
                ),
            ),
        ),
        *(
            Reading(dtype, f"the energy, its gradients and the flow of ddcl_core in {dtype}", flow_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
    figures=(
        Figure(
            "norm",
            "Norm of the prototypes below, at and above the threshold",
            "Curves of the norm over time: growing, level, falling",
            "‖P‖ along runs from one start, all samples on prototype 1, k = 3, λ_sep = 1/2: λ_P > 0 alone does not bound it.",
            norm_over_time,
        ),
        Figure(
            "residual",
            "KKT residual along long runs",
            "Curves that fall in steps, with slow stretches, and end in straight lines on a logarithmic axis",
            "The KKT residual along 16 runs with λ_P above k λ_sep: runs pass slowly by some KKT points, where the residual is "
            "small for a while, before they settle exponentially at one.",
            residual_over_time,
        ),
    ),
)
