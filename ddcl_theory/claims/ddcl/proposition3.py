"""Proposition 3: the gradients of L_q, L_OLS and V in the prototypes.

At a given q: ∂L_q/∂p_j = −2q_j (z − p_j) and ∂L_OLS/∂p_j = −2q_j (z − m), m = Pq.  V = L_q − L_OLS on the simplex, hence
∂V/∂p_j = 2q_j (p_j − m), which is column j of 2PS_q.  So the proposition holds where q is a constant.

Through the softmax q moves with P: dq_l = −(1/T) q_l (δ_l − ⟨δ⟩_q) with δ_l = 2(p_l − z)·dp_l, and with g = ∂L/∂q
    dL = (the terms above) + Σ_l c_l 2(p_l − z)·dp_l,      c_l = −(1/T) q_l (g_l − ⟨g⟩_q),
where g = d for L_q, −2Pᵀ(z − m) for L_OLS and ‖p_j − m‖² for V (a multiple of the all-ones vector in g does nothing).
The term vanishes only where every prototype has g_l = ⟨g⟩ or p_l = z, or as T → ∞.  For z = 0, p = (1, 1, −1), T = 1 all
distances are equal, so q = 1/3, and both L_OLS and V already disagree with the printed formulas; L_q does for p = (0, 1).
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, Claim, FailingStep, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.float_rows_gradients import fixed_parts, full_parts
from ddcl_theory.claims.ddcl.theorem1_gap import moderate
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import equals_zero

SIZES = {"k": (2, 3), "d": (1, 2)}
DOMAIN = Domain((real("z", "d"), real("p", "k", "d"), real("u", "k", "d"), temperature("T")), SIZES)
PAIR = {"z": [0], "p": [[0], [1]], "u": [[0], [1]], "T": {"s": "1/2"}}
TIE = {"z": [0], "p": [[1], [1], [-1]], "u": [[1], [0], [0]], "T": 1}
LOSSES = {"quantization": a.quantization, "ols": a.ols, "variance": lambda z, p, q: a.variance(p, q)}


def draw(sizes, cases, generator):
    """Points where the softmax is neither hard nor flat, and directions."""
    import torch

    u = torch.randn(cases, sizes["k"], sizes["d"], generator=generator, dtype=torch.float64)
    return {**moderate(sizes, cases, generator), "u": u}


def soft(x, p):
    """q(T), anchored at the first prototype so that it can be differentiated."""
    return a.assignment(x.z, p, x.T, anchor=a.distances(x.z, p)[0])


def pulled(x, q):
    """−2q_j (z − p_j), (29)."""
    return [ex.scaled(-2 * w, ex.minus(x.z, row)) for w, row in zip(q, x.p, strict=True)]


def fitted(x, q):
    """−2(z − Pq) qᵀ, (30)."""
    error = ex.minus(x.z, a.mixture(x.p, q))
    return [ex.scaled(-2 * w, error) for w in q]


def spread(x, q):
    """2PS_q, (31), with S_q = diag(q) − qqᵀ entry by entry."""
    s = [[(q[i] if i == j else 0) - q[i] * q[j] for j in range(x.k)] for i in range(x.k)]
    return [[2 * ex.total(x.p[i][c] * s[i][j] for i in range(x.k)) for c in range(x.d)] for j in range(x.k)]


def unsquared(x, q):
    """2P diag(q)."""
    return [ex.scaled(2 * w, row) for w, row in zip(q, x.p, strict=True)]


def slopes(loss, x, q):
    """∂L/∂q up to a multiple of the all-ones vector."""
    m = a.mixture(x.p, q)
    if loss == "ols":
        return [-2 * ex.dot(row, ex.minus(x.z, m)) for row in x.p]
    return [ex.norm2(ex.minus(row, x.z if loss == "quantization" else m)) for row in x.p]


def through_softmax(loss, printed, sign=1):
    """The printed gradient plus c_l 2(p_l − z)."""

    def gradient(x, q):
        g = slopes(loss, x, q)
        mean = ex.dot(q, g)
        c = [-sign * w * (gj - mean) / x.T for w, gj in zip(q, g, strict=True)]
        extra = [ex.scaled(2 * cj, ex.minus(row, x.z)) for cj, row in zip(c, x.p, strict=True)]
        return [ex.plus(first, second) for first, second in zip(printed(x, q), extra, strict=True)]

    return gradient


def slope(loss, gradient, moving, shifted=False):
    """The derivative of the loss along P + tu minus the gradient's component; moving: whether q follows the prototypes."""

    def residual(x):
        q = soft(x, x.p)

        def along(t):
            rows = [ex.plus(row, ex.scaled(t, step)) for row, step in zip(x.p, x.u, strict=True)]
            share = soft(x, rows) if moving else q
            if shifted:
                return LOSSES[loss](ex.scaled(2, x.z), [ex.plus(row, x.z) for row in rows], share)
            return LOSSES[loss](x.z, rows, share)

        component = ex.total(ex.dot(row, step) for row, step in zip(gradient(x, q), x.u, strict=True))
        return ex.derivative_at_zero(along) - component

    return equals_zero(residual)


def part(loss, says, gradient, moving, twin, checks=(), neighbour=None, amendment=None, example=TIE):
    """twin: (name, gradient).  neighbour: a gradient that is right, or the losses after a shift of all points."""

    def statement(*options):
        return Statement(DOMAIN, slope(loss, *options))

    harmless = (
        Neighbour("sample and prototypes shifted", statement(gradient, moving, True))
        if neighbour is None
        else Neighbour("with the term of the softmax", statement(neighbour, moving))
    )
    return Part(
        id=loss,
        says=says,
        statement=statement(gradient, moving),
        checks=checks or (Symbolic("ddcl.proposition3:slope"), Property(also=(TIE,), draw=draw)),
        example=example,
        twins=(Twin(twin[0], statement(twin[1], moving), witness=example),),
        neighbours=(harmless,),
        amendment=amendment,
    )


PRINTED = {
    "quantization": (r"\nabla_{p_j} L_q = -2 q_j (z - p_j)", pulled, ("towards the mixture", fitted)),
    "ols": (r"\nabla_P L_{\mathrm{OLS}} = -2 (z - Pq) q^\top", fitted, ("towards the sample", pulled)),
    "variance": (r"\nabla_P V = 2 P S_q", spread, ("without the square", unsquared)),
}


COLUMN = {
    "quantization": r"\nabla_{p_j} L_q = -2 q_j (z - p_j) + 2 c_j (p_j - z),\ g = d",
    "ols": r"\nabla_{p_j} L_{\mathrm{OLS}} = -2 q_j (z - Pq) + 2 c_j (p_j - z),\ g = -2P^\top(z - Pq)",
    "variance": r"\nabla_{p_j} V = 2 q_j (p_j - Pq) + 2 c_j (p_j - z),\ g_j = \|p_j - Pq\|^2",
}


def stopped(loss):
    says, gradient, twin = PRINTED[loss]
    return part(loss, says, gradient, False, twin)


def full(loss):
    """The printed gradient is not that through the softmax; with the additional term it is."""
    says, gradient, twin = PRINTED[loss]
    corrected, witness = through_softmax(loss, gradient), PAIR if loss == "quantization" else TIE
    amended = part(
        loss,
        COLUMN[loss] + r",\ c_j = -\tfrac1T q_j (g_j - \textstyle\sum_l q_l g_l)",
        corrected,
        True,
        ("the additional term reversed", through_softmax(loss, gradient, -1)),
        example=witness,
    )
    return part(
        loss,
        says + r" \text{ through the softmax}",
        gradient,
        True,
        twin,
        (
            Certified(candidates=(witness,)),
            Property(also=(witness,), draw=draw),
        ),
        corrected,
        Amendment(
            amended,
            breaks=FailingStep(
                "Appendix C, proof of Proposition 3",
                "the product rule is applied as if q were a constant; with q = softmax the prototypes also move the shares",
            ),
            advice="add 2 c_j (p_j − z) when gradients pass through the softmax; detach q where (29)-(31) are meant",
        ),
        TIE,
    )


CLAIM = Claim(
    id="ddcl.proposition3",
    title="Gradients in the prototypes",
    source=Source("ddcl", "Proposition 3, (29)-(31), Appendix C"),
    says=r"\nabla_{p_j} L_q = -2 q_j (z - p_j),\ \nabla_P L_{\mathrm{OLS}} = -2 (z - Pq) q^\top,\ \nabla_P V = 2 P S_q",
    derivation=__doc__,
    uses=("ddcl.theorem1", "ddcl.proposition2"),
    readings=(
        Reading(
            "stopped",
            "q the softmax assignment, held constant in the derivative",
            tuple(stopped(loss) for loss in PRINTED),
            as_printed=True,
        ),
        Reading("full", "q the softmax assignment, differentiated as well", tuple(full(loss) for loss in PRINTED)),
        *(
            Reading(dtype, f"the gradients of ddcl_core in {dtype}", (*fixed_parts(dtype), *full_parts(dtype)))
            for dtype in ("float64", "float32")
        ),
    ),
)
