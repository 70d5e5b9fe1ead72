"""Proposition 2: the gradients of L_q, L_OLS and V in the assignment q.

L_q is linear in q, so ∇L_q = d; L_OLS = ‖z − Pq‖² gives −2Pᵀ(z − Pq).  Their difference g_j = d_j + 2 p_j·(z − Pq) is the
gradient of L_q − L_OLS.  But V is another function off the simplex.  With m = Pq and σ = Σq:
    Σ q_j ‖p_j‖² − ‖m‖²    has the gradient ‖p_j‖² − 2 p_j·m = g_j − ‖z‖²,
    Σ q_j ‖p_j − m‖²  (23) has the gradient ‖p_j − m‖² − 2(1 − σ) p_j·m, on the simplex g_j + ‖m‖² − ‖z‖².
The forms agree where Σq = 1; so do their slopes in all directions of the simplex, because the gradients differ by multiples
of the all-ones vector.  In R^k (28) is the gradient of L_q − L_OLS only: V does not know z, so its gradient cannot.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, Claim, FailingStep, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.corollary1 import moments
from ddcl_theory.claims.ddcl.float_rows_gradients import assignment_parts
from ddcl_theory.domain import Domain, Variable, real, simplex
from ddcl_theory.relation import equals_zero

SIZES = {"k": (2, 4), "d": (1, 3)}
TANGENT = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k"), Variable("r", "sum-one", ("k",))), SIZES)
AMBIENT = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k"), real("v", "k")), SIZES)
ANYWHERE = Domain((real("z", "d"), real("p", "k", "d"), real("q", "k"), real("v", "k")), SIZES)
POINT = {"z": [1], "p": [[0], [2]], "q": ["3/4", "1/4"]}
TOWARDS = {**POINT, "r": [1, 0]}
ALONG = {**POINT, "v": [1, 0]}
OUTSIDE = {**POINT, "q": [1, 1], "v": [0, 1]}


def gap(x, q):
    return a.quantization(x.z, x.p, q) - a.ols(x.z, x.p, q)


def distances(x):
    """(26)."""
    return a.distances(x.z, x.p)


def fit(x):
    """−2Pᵀ(z − Pq), (27)."""
    error = ex.minus(x.z, a.mixture(x.p, x.q))
    return [-2 * ex.dot(row, error) for row in x.p]


def difference(x):
    """(28)."""
    return ex.minus(distances(x), fit(x))


def deviations(x):
    """‖p_j − Pq‖²."""
    m = a.mixture(x.p, x.q)
    return [ex.norm2(ex.minus(row, m)) for row in x.p]


def without_sample(x):
    """g_j − ‖z‖²."""
    return [g - ex.norm2(x.z) for g in difference(x)]


def moment_slopes(x):
    """‖p_j‖² − 2 p_j·Pq."""
    m = a.mixture(x.p, x.q)
    return [ex.norm2(row) - 2 * ex.dot(row, m) for row in x.p]


def off_the_simplex(x):
    """‖p_j − Pq‖² − 2(1 − Σq) p_j·Pq."""
    m = a.mixture(x.p, x.q)
    return [s - 2 * (1 - ex.total(x.q)) * ex.dot(row, m) for s, row in zip(deviations(x), x.p, strict=True)]


def off_the_simplex_expanded(x):
    """‖p_j‖² − 2(2 − Σq) p_j·Pq + ‖Pq‖²."""
    m = a.mixture(x.p, x.q)
    return [ex.norm2(row) - 2 * (2 - ex.total(x.q)) * ex.dot(row, m) + ex.norm2(m) for row in x.p]


FUNCTIONS = {
    "L_q": lambda x, q: a.quantization(x.z, x.p, q),
    "L_OLS": lambda x, q: a.ols(x.z, x.p, q),
    "printed": lambda x, q: a.variance(x.p, q),
    "moments": lambda x, q: moments(x.p, q),
    "difference": gap,
}


def slope(function, gradient):
    """The derivative of the function at q along the direction, minus the gradient's component."""

    def residual(x):
        v = ex.minus(x.r, x.q) if hasattr(x, "r") else x.v
        along = ex.derivative_at_zero(lambda t: FUNCTIONS[function](x, ex.plus(x.q, ex.scaled(t, v))))
        return along - ex.dot(gradient(x), v)

    return equals_zero(residual)


def part(identifier, says, domain, example, function, gradient, twin, neighbour, more=(), amendment=None):
    """twin and neighbour: (name, gradient)."""

    def statement(slopes):
        return Statement(domain, slope(function, slopes))

    return Part(
        id=identifier,
        says=says,
        statement=statement(gradient),
        checks=more or (Symbolic("ddcl.proposition2:slope"), Property(also=(example,))),
        example=example,
        twins=(Twin(twin[0], statement(twin[1]), witness=example),),
        neighbours=(Neighbour(neighbour[0], statement(neighbour[1])),),
        amendment=amendment,
    )


def halved(gradient):
    return lambda x: [g / 2 for g in gradient(x)]


SAYS = {
    "L_q": r"\nabla_q L_q = d",
    "L_OLS": r"\nabla_q L_{\mathrm{OLS}} = -2P^\top(z - Pq)",
    "printed": r"\nabla_q V = d + 2P^\top(z - Pq),\ V = \textstyle\sum_j q_j \|p_j - Pq\|^2",
    "moments": r"\nabla_q V = d + 2P^\top(z - Pq),\ V = \textstyle\sum_j q_j \|p_j\|^2 - \|Pq\|^2",
    "difference": r"\nabla_q V = d + 2P^\top(z - Pq),\ V = L_q - L_{\mathrm{OLS}}",
}
NAMES = {
    "L_q": "quantization",
    "L_OLS": "ols",
    "printed": "variance",
    "moments": "variance-moments",
    "difference": "variance-difference",
}


def tangent(function, gradient, twin, neighbour, more=()):
    says = SAYS[function] + r" \text{ along } \Delta"
    return part(NAMES[function], says, TANGENT, TOWARDS, function, gradient, twin, neighbour, more)


def ambient(function, gradient, twin, neighbour, more=(), amendment=None):
    says = SAYS[function] + r" \text{ in } \mathbb{R}^k"
    return part(NAMES[function], says, AMBIENT, ALONG, function, gradient, twin, neighbour, more, amendment)


ALONG_SIMPLEX = (
    tangent(
        "L_q",
        distances,
        ("that of L_OLS", fit),
        ("without the sample's norm", lambda x: [d - ex.norm2(x.z) for d in distances(x)]),
    ),
    tangent(
        "L_OLS",
        fit,
        ("halved", halved(fit)),
        ("L_q less V", lambda x: ex.minus(distances(x), deviations(x))),
    ),
    tangent(
        "printed",
        difference,
        ("the distances alone", distances),
        ("about the mixture", deviations),
        (Symbolic("ddcl.proposition2:slope"), Property(also=(TOWARDS,)), Ablation("ddcl.proposition2:slope")),
    ),
    tangent("moments", difference, ("halved", halved(difference)), ("about the mixture", deviations)),
    tangent("difference", difference, ("halved", halved(difference)), ("about the mixture", deviations)),
)

BREAKS = FailingStep(
    "Appendix C, proof of Proposition 2",
    "L_q = L_OLS + V holds on the simplex only; subtracting gradients that are taken in R^k needs it in a neighbourhood",
)
ADVICE = (
    "compare gradients in q after removing their mean: two implementations of V that agree on every assignment may return "
    "gradients that differ by a multiple of the all-ones vector, which no step along the simplex feels"
)


def refuted(function, corrected, says, twin, neighbour):
    """In R^k the printed gradient is not that of this form of V; `corrected` is, at every q in R^k."""
    amended = part(f"{NAMES[function]}-amended", says, ANYWHERE, OUTSIDE, function, corrected, twin, neighbour)
    return ambient(
        function,
        difference,
        ("halved", halved(difference)),
        ("the corrected gradient", corrected),
        (Certified(candidates=(ALONG,)), Property()),
        Amendment(amended, breaks=BREAKS, advice=ADVICE),
    )


IN_SPACE = (
    ambient(
        "L_q",
        distances,
        ("without the sample's norm", lambda x: [d - ex.norm2(x.z) for d in distances(x)]),
        ("the gap's and that of L_OLS", lambda x: ex.plus(difference(x), fit(x))),
    ),
    ambient(
        "L_OLS",
        fit,
        ("L_q less V", lambda x: ex.minus(distances(x), deviations(x))),
        ("of Pq less z", lambda x: [2 * ex.dot(row, ex.minus(a.mixture(x.p, x.q), x.z)) for row in x.p]),
    ),
    refuted(
        "printed",
        off_the_simplex,
        r"\partial V/\partial q_j = \|p_j - m\|^2 - 2(1 - \textstyle\sum q)\, p_j^\top m \text{ for } q \in \mathbb{R}^k,\ m = Pq",
        ("as on the simplex", deviations),
        ("expanded", off_the_simplex_expanded),
    ),
    refuted(
        "moments",
        without_sample,
        r"\nabla_q V = d + 2P^\top(z - Pq) - \|z\|^2 \mathbf 1 \text{ for } q \in \mathbb{R}^k",
        ("with the sample's norm", difference),
        ("without the sample", moment_slopes),
    ),
    ambient(
        "difference",
        difference,
        ("about the mixture", deviations),
        ("summands in another order", lambda x: ex.plus([-g for g in fit(x)], distances(x))),
    ),
)

CLAIM = Claim(
    id="ddcl.proposition2",
    title="Gradients in the assignment",
    source=Source("ddcl", "Proposition 2, (26)-(28), Appendix C"),
    says=r"\nabla_q L_q = d,\ \nabla_q L_{\mathrm{OLS}} = -2P^\top(z - Pq),\ \nabla_q V = d + 2P^\top(z - Pq)",
    derivation=__doc__,
    uses=("ddcl.theorem1",),
    readings=(
        Reading("tangent", "slopes in the directions of the simplex", ALONG_SIMPLEX, as_printed=True),
        Reading("ambient", "all k partial derivatives, at points of the simplex", IN_SPACE),
        *(
            Reading(dtype, f"the gradients of ddcl_core in {dtype}", assignment_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
