"""§4.4: relaxing the one-hot constraint of L_q gives L_OLS; soft DDCL is simplex-constrained least squares; k-means; closed form.

Relaxed: L_q is defined, and linear, on the whole simplex; widening its constraint leaves it L_q.  L_q and L_OLS agree at the
vertices and differ by V = Σ_{i<j} q_i q_j ‖p_i − p_j‖² between them.  Nor are the minima equal: z = 0, p = (−1, 1) has
min L_q = 1 and min L_OLS = 0.  The minimum of L_q over the simplex is min_j d_j, that of the one-hot problem.

Soft: the softmax does not minimise L_OLS (z = 0, p = (0, 1): a shorter way to z is q = (1, 0)); it would need
(p_i − p_j)·(z − Pq) = 0 for all i, j.  What q(T) minimises is L_OLS + V + T Σ r_j log r_j: with Λ = log Σ_j e^{−d_j/T} and
x_j = r_j/q_j the difference to its value at q(T) is T Σ_j r_j log x_j ≥ T Σ_j q_j (x_j − 1) = 0.

k-means: Σ_j q_j (d_j − δ) with δ = min d has terms (d_j − δ) e^{−(d_j − δ)/T}/mass → 0, so L_q → δ always.  The assignment
tends to one-hot, and L_OLS to δ, only if one prototype is nearest: at z = 0, p = (−1, 1) they stay at (½, ½) and 0.

Closed form: PᵀP is invertible iff the prototypes are linearly independent, which needs k ≤ d.  For every P the normal
equations PᵀPq = Pᵀz have a solution (if PᵀPλ = 0 then ‖Pλ‖² = 0 and λ·Pᵀz = 0), and every solution minimises ‖z − Pq‖² over
R^k, since ‖z − Pr‖² − ‖z − Pq‖² = ‖P(r − q)‖².  It need not lie in the simplex, nor be unique.

Remark 2, that total least squares suits noise in the prototypes and that the criterion should follow the noise, names no
problem, no noise and no measure of success: it states nothing that can be decided, and its part says what is missing.
"""

from __future__ import annotations

from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
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
from ddcl_theory.claims.ddcl import relaxation_vertex as vertex
from ddcl_theory.claims.ddcl.corollary1 import squares
from ddcl_theory.claims.ddcl.relaxation_closed_form import CLOSED_FORM, OPTIMAL
from ddcl_theory.claims.ddcl.relaxation_cold import COLD_ASSIGNMENT, COLD_OLS, COLD_VALUE, cold_code, soft
from ddcl_theory.domain import Domain, above_zero, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, positive

SIZES = {"k": (2, 4), "d": (1, 3)}
DOMAIN = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k")), SIZES)
SOFT = Domain((real("z", "d"), real("p", "k", "d"), simplex("r", "k"), temperature("T")), {"k": (2, 3), "d": (1, 2)})
TIE = vertex.TIE


def gap(x):
    """L_q − L_OLS."""
    return a.quantization(x.z, x.p, x.q) - a.ols(x.z, x.p, x.q)


def pairs(x):
    """Σ_{i<j} q_i q_j ‖p_i − p_j‖²."""
    return ex.total(w * s for w, s in zip(vertex.products(x), squares(x.p), strict=True))


def rows_of_gap(x):
    """Σ_j q_j (d_j − L_OLS), the gap on Σq = 1."""
    return ex.total(w * (d - a.ols(x.z, x.p, x.q)) for w, d in zip(x.q, a.distances(x.z, x.p), strict=True))


RELAXED = Part(
    id="relaxed",
    says=r"L_q(q) = L_{\mathrm{OLS}}(q) \text{ for } q \in \Delta",
    statement=Statement(DOMAIN, equals_zero(gap)),
    checks=(Certified(candidates=(TIE,)), Property(also=(TIE,)), Adversarial()),
    example=TIE,
    twins=(
        Twin(
            "L_OLS at half the mixture",
            Statement(
                DOMAIN,
                equals_zero(lambda x: a.quantization(x.z, x.p, x.q) - a.ols(x.z, x.p, ex.scaled(Fraction(1, 2), x.q))),
            ),
            witness=TIE,
        ),
    ),
    neighbours=(
        Neighbour("less the variance", Statement(DOMAIN, equals_zero(lambda x: gap(x) - a.variance(x.p, x.q)))),
    ),
    amendment=Amendment(
        Part(
            id="relaxed-amended",
            says=r"L_q - L_{\mathrm{OLS}} = \textstyle\sum_{i<j} q_i q_j \|p_i - p_j\|^2 \text{ on } \Delta",
            statement=Statement(DOMAIN, equals_zero(lambda x: gap(x) - pairs(x))),
            checks=(Symbolic("ddcl.theorem1:decomposition"), Property(), Ablation("ddcl.theorem1:decomposition")),
            example=TIE,
            twins=(
                Twin("every pair twice", Statement(DOMAIN, equals_zero(lambda x: gap(x) - 2 * pairs(x))), witness=TIE),
            ),
            neighbours=(Neighbour("row by row", Statement(DOMAIN, equals_zero(lambda x: rows_of_gap(x) - pairs(x)))),),
        ),
        breaks=FailingStep(
            "§4.4, before (16)",
            "the two losses agree at the vertices; a function on the simplex is not determined by its values there, and the "
            "relaxation of L_q, which is linear, is its linear extension: L_q itself",
        ),
        advice="treat L_OLS as a loss of its own, below L_q by V; a small L_OLS at a soft assignment says nothing about "
        "quantisation error",
    ),
)
SAME_MINIMUM = Part(
    id="same-minimum",
    says=r"\min_\Delta L_{\mathrm{OLS}} = \min_j d_j",
    statement=Statement(DOMAIN, at_least_zero(lambda x: a.ols(x.z, x.p, x.q) - vertex.lowest(x))),
    checks=(Certified(candidates=(TIE,)), Property(also=(TIE,)), Adversarial()),
    example={**TIE, "q": [1, 0]},
    twins=(
        Twin(
            "the variance as well",
            Statement(DOMAIN, at_least_zero(lambda x: a.ols(x.z, x.p, x.q) - a.variance(x.p, x.q) - vertex.lowest(x))),
            witness=TIE,
        ),
    ),
    neighbours=(Neighbour("L_q", Statement(DOMAIN, at_least_zero(vertex.above_lowest))),),
    amendment=Amendment(
        vertex.ATTAINED,
        breaks=FailingStep(
            "§4.4, before (16)",
            "a relaxation keeps the loss and widens its domain; L_q keeps its minimum min_j d_j then, but L_OLS is a smaller loss",
        ),
        advice="for hard clusters relax L_q: its minimum over the simplex is that of the one-hot problem, reached at a vertex",
    ),
)


def excess(x, factor=1, entropy=1):
    """L_OLS + factor V + entropy T Σ log at r, less the same at the softmax assignment."""

    def objective(q):
        value = a.ols(x.z, x.p, q) + factor * a.variance(x.p, q)
        return value + entropy * x.T * ex.total(w * ex.log(w) for w in q) if entropy else value

    return objective(x.r) - objective(soft(x))


def entropic_loss(x):
    """The same written with L_q."""

    def objective(q):
        return a.quantization(x.z, x.p, q) + x.T * ex.total(w * ex.log(w) for w in q)

    return objective(x.r) - objective(soft(x))


INSIDE = Hypothesis("r-inside", r"r_j > 0", positive(lambda x: x.r))
WARM = {"z": [0], "p": [[0], [1]], "r": ["3/4", "1/4"], "T": {"s": "1/2"}}


def soft_statement(factor, entropy, given=()):
    return Statement(SOFT, at_least_zero(lambda x: excess(x, factor, entropy)), given)


SOFT_OLS = Part(
    id="soft",
    says=r"q(T) \in \arg\min_\Delta L_{\mathrm{OLS}}",
    statement=soft_statement(0, 0),
    checks=(
        Certified(candidates=({**WARM, "r": [1, 0]}, {**WARM, "p": [[-1], [3]], "r": ["3/4", "1/4"]})),
        Property(),
        Adversarial(),
    ),
    example=WARM,
    twins=(Twin("with the variance", soft_statement(1, 0), witness=WARM),),
    neighbours=(Neighbour("with variance and entropy", soft_statement(1, 1, (INSIDE,))),),
    amendment=Amendment(
        Part(
            id="soft-amended",
            says=r"L_{\mathrm{OLS}} + V + T \textstyle\sum_j r_j \log r_j \text{ is least at } q(T) \text{ among } r \in \Delta,\ r > 0",
            statement=soft_statement(1, 1, (INSIDE,)),
            checks=(Symbolic("ddcl.relaxation:entropic"), Property()),
            example=WARM,
            twins=(
                Twin(
                    "half the entropy",
                    soft_statement(1, Fraction(1, 2), (INSIDE,)),
                    witness={**WARM, "r": ["4/5", "1/5"]},
                ),
            ),
            neighbours=(Neighbour("L_q for its parts", Statement(SOFT, at_least_zero(entropic_loss), (INSIDE,))),),
        ),
        breaks=FailingStep(
            "§4.4, after (16)",
            "the assignment (8) comes from distances to single prototypes; least squares asks for the mixture nearest to z. The two "
            "agree only where (p_i − p_j)·(z − Pq) = 0 for all i and j",
        ),
        advice="call soft DDCL entropy-regularised least squares with a variance penalty; where the nearest mixture is wanted, "
        "solve the constrained problem by projected gradients instead of a softmax",
    ),
)

ERRORS = Domain((above_zero("a"), above_zero("b")))
TOTAL_LEAST_SQUARES = Part(
    id="remark2",
    says=r"\text{with noise in the prototypes the error } b \text{ of total least squares is at most the error } a \text{ of (16)}",
    statement=Statement(ERRORS, at_least_zero(lambda x: x.a - x.b)),
    checks=(Certified(),),
    example={"a": 2, "b": 1},
    twins=(Twin("at least", Statement(ERRORS, at_least_zero(lambda x: x.b - x.a)), {"a": 2, "b": 1}),),
    neighbours=(Neighbour("doubled", Statement(ERRORS, at_least_zero(lambda x: 2 * x.a - 2 * x.b))),),
    missing="A problem in which the two could be compared: Remark 2 names no model of the noise, no estimate that total least squares "
    "would give for q, whose sum and signs it does not keep, and no measure of error. No evidence can stand in for a definition; to "
    "decide, state the three",
)

CLAIM = Claim(
    id="ddcl.relaxation",
    title="Constrained least squares and k-means",
    source=Source("ddcl", "§4.4, (16), Remark 2"),
    says=r"\text{relaxing } q \in \{e_j\} \text{ to } \Delta \text{ gives } L_{\mathrm{OLS}};\ q(T) \text{ solves it};\ "
    r"T \to 0 \text{ is k-means};\ q = (P^\top P)^{-1} P^\top z \text{ without constraint}",
    derivation=__doc__,
    uses=("ddcl.theorem1", "ddcl.relaxation.vertex", "ddcl.corollary2"),
    readings=(
        Reading(
            "literal",
            "each sentence as it stands, for every sample and all prototypes",
            (RELAXED, SAME_MINIMUM, SOFT_OLS, COLD_VALUE, COLD_ASSIGNMENT, COLD_OLS, CLOSED_FORM),
            as_printed=True,
        ),
        Reading(
            "normal-equations", "the closed form where it is defined, and otherwise the equations it solves", (OPTIMAL,)
        ),
        Reading("remark2", "Remark 2, as far as it says anything of errors", (TOTAL_LEAST_SQUARES,)),
        *(
            Reading(dtype, f"what ddcl_core computes in {dtype} at a tiny temperature", (cold_code(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
