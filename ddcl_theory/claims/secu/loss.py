"""Loss (3): cross-entropy with the stop-gradient on every centre but the target.

For one instance x with label weights y (one-hot or soft), p its predictions, the centres moved to w_j + h u_j while the stopped
copies stay: d/dh Σ_j y_j ℓ(x, j) = Σ_j y_j (p_j − 1) x·u_j / λ.  A centre with y_j = 0 is not moved: only positives pull.  The
stop-gradient leaves values alone, so for fixed centres the loss is the cross-entropy and so is its gradient in x.

No objective of all centres has these gradients: the mixed derivatives of one would agree, but
∂/∂w_2 of (p_1 − 1) x / λ is −p_1 p_2 x xᵀ / λ², and the gradient of w_2 does not depend on w_1 where w_2 has no positives.  This
remains so on the sphere.  The problem "min over {w}" of Theorem 1 is one problem for each centre, the others held: an
equilibrium, if it is anything.  Each of these problems is that of one function, convex in its own centre: its second derivative
Σ_i y_ij p_ij (1 − p_ij) (x_i·u)² / λ² is ≥ 0, and mixed derivatives agree.  On the sphere it has an optimum, which is compact.

On R^d the loss Σ_i log(1 + S_i e^{−x_i·w/λ}) of a centre attains its infimum iff every direction u has a positive with x_i·u < 0, or
x_i·u = 0 for all: then it grows in all directions but those that leave it as it is.  Otherwise, where x_i·u ≥ 0 for all, and not
all are 0, moving along u lowers it for ever, from every w; so it is wherever the positives lie in an open half-space.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
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
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.claims.secu.float_rows_centres import gradient_parts
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, one_of, positive

SIZES = {"k": (2, 3), "d": (1, 2)}
ONE = Domain((real("x", "d"), real("w", "k", "d"), simplex("y", "k"), real("u", "k", "d"), temperature("T")), SIZES)
ENCODER = Domain((real("x", "d"), real("w", "k", "d"), simplex("y", "k"), real("u", "d"), temperature("T")), SIZES)
FIELD = Domain(
    (
        real("x", "n", "d"),
        real("w", "k", "d"),
        simplex("y", "n", "k"),
        real("u", "d"),
        real("v", "d"),
        temperature("T"),
    ),
    {"n": (1, 2), "k": (2, 3), "d": (1, 2)},
)
POSITIVES = Domain(
    (real("x", "n", "d"), real("w", "d"), real("v", "o", "d"), real("u", "d"), temperature("T")),
    {"n": (1, 3), "o": (1, 2), "d": (1, 2)},
)


def rest(x, point, j):
    """Σ_{l ≠ j} e^{point·w_l/λ}."""
    return ex.total(s.attraction(point, row, x.T) for m, row in enumerate(x.w) if m != j)


def stable(x, point, moved):
    """Σ_j y_j ℓ(point, j): the target's centre from `moved`, all others from w."""
    return ex.total(
        y * (ex.log(s.attraction(point, row, x.T) + rest(x, point, j)) - ex.dot(point, row) / x.T)
        for j, (y, row) in enumerate(zip(x.y, moved, strict=True))
    )


def cross_entropy(x, point, moved):
    """−Σ_j y_j log p_j with all centres from `moved`."""
    mass = ex.total(s.attraction(point, row, x.T) for row in moved)
    return ex.total(y * (ex.log(mass) - ex.dot(point, row) / x.T) for y, row in zip(x.y, moved, strict=True))


def shares(x, point):
    mass = ex.total(s.attraction(point, row, x.T) for row in x.w)
    return [s.attraction(point, row, x.T) / mass for row in x.w]


def slope(x, loss):
    """d/dh of the loss with the centres at w + h u."""
    return ex.derivative_at_zero(
        lambda h: loss(x, x.x, [ex.plus(row, ex.scaled(h, u)) for row, u in zip(x.w, x.u, strict=True)])
    )


def centre_gap(x, loss=stable, scale=1):
    """That less Σ_j y_j (p_j − 1) x·u_j / λ."""
    p = shares(x, x.x)
    wanted = ex.total(y * (pj - 1) * ex.dot(x.x, u) for y, pj, u in zip(x.y, p, x.u, strict=True))
    return scale * (slope(x, loss) - wanted / x.T)


def encoder_gap(x, other=cross_entropy, scale=1):
    """Derivatives in the feature, in the direction u, of the stable loss and of the other."""

    def along(loss):
        return ex.derivative_at_zero(lambda h: loss(x, ex.plus(x.x, ex.scaled(h, x.u)), x.w))

    return scale * (along(stable) - along(other))


def half_target(x, point, moved):
    """Cross-entropy with half the pull on the target."""
    return cross_entropy(x, point, moved) + ex.total(
        y * ex.dot(point, row) / (2 * x.T) for y, row in zip(x.y, moved, strict=True)
    )


def field(x, j, rows, direction):
    """direction · Σ_i y_ij (p_ij − 1) x_i / λ at the centres `rows`."""
    found = ex.ZERO
    for point, y in zip(x.x, x.y, strict=True):
        mass = ex.total(s.attraction(point, row, x.T) for row in rows)
        p = s.attraction(point, rows[j], x.T) / mass
        found = found + y[j] * (p - 1) * ex.dot(point, direction)
    return found / x.T


def jacobian(x, j, m, of, along):
    """Derivative of `of`·(gradient of centre j) as centre m moves along `along`."""

    def at(h):
        rows = [ex.plus(row, ex.scaled(h, along)) if i == m else row for i, row in enumerate(x.w)]
        return field(x, j, rows, of)

    return ex.derivative_at_zero(at)


def asymmetry(x):
    """∂(u·g_1)/∂w_2 along v less ∂(v·g_2)/∂w_1 along u."""
    return jacobian(x, 0, 1, x.u, x.v) - jacobian(x, 1, 0, x.v, x.u)


def own_curvature(x, scale=1, more=0):
    """∂(u·g_1)/∂w_1 along u, less what is asked for beyond 0."""
    found = jacobian(x, 0, 0, x.u, x.u)
    return scale * (found - more * ex.total(y[0] * ex.dot(row, x.u) ** 2 for row, y in zip(x.x, x.y, strict=True)))


def own_asymmetry(x):
    """∂(u·g_1)/∂w_1 along v less ∂(v·g_1)/∂w_1 along u."""
    return jacobian(x, 0, 0, x.u, x.v) - jacobian(x, 0, 0, x.v, x.u)


def convex_and_one(x, scale=1, more=0):
    """The curvature of the loss of centre 1 along u, and that its mixed derivatives along u and v agree."""
    gap = own_asymmetry(x)
    return [own_curvature(x, scale, more), gap, -gap]


def behind(x):
    """Σ_i max(0, −x_i·u)."""
    return ex.total(ex.maximum(0, -ex.dot(row, x.u)) for row in x.x)


def along(x):
    return [ex.dot(row, x.u) for row in x.x]


def descent(x, scale=1):
    """−λ d/dh of the loss of one centre along u: Σ_i (1 − p_i) x_i·u."""
    moved = ex.derivative_at_zero(lambda h: s.loss(x.x, ex.plus(x.w, ex.scaled(h, x.u)), x.v, x.T))
    return -scale * x.T * moved


UNIT = s.unit("x", "w")
TANGENT = Hypothesis(
    "tangent",
    r"u \cdot w_1 = v \cdot w_2 = 0",
    equals_zero(lambda x: [ex.dot(x.u, x.w[0]), ex.dot(x.v, x.w[1])]),
)
HALF_SPACE = Hypothesis(
    "half-space", r"x_i \cdot u > 0 \text{ for every positive}", positive(lambda x: [ex.dot(row, x.u) for row in x.x])
)
WITNESS = {
    "x": [[0, 1]], "w": [[1, 0], [1, 0]], "y": [[1, 0]], "u": [0, 1], "v": [0, 1], "T": 1,
}  # fmt: skip
BALANCED = {
    "x": [[0, 1], [0, 1]], "w": [[1, 0], [1, 0]], "y": [[1, 0], [0, 1]], "u": [0, 1], "v": [0, 1], "T": 1,
}  # fmt: skip
EXAMPLE = {"x": [1], "w": [[0], [0]], "y": [1, 0], "u": [[1], [1]], "T": 1}
FEATURE = {"x": [1], "w": [[1], [-1]], "y": [1, 0], "u": [1], "T": {"s": "1/2"}}
AT_REST = {"x": [[1]], "w": [0], "v": [[0]], "u": [1], "T": 1}


def tangents(sizes, cases, generator):
    """Unit instances and centres with directions tangent at the first two centres."""
    batch = s.spherical(FIELD, "x", "w")(sizes, cases, generator)
    for name, j in (("u", 0), ("v", 1)):
        w = batch["w"][:, j]
        batch[name] = batch[name] - (batch[name] * w).sum(-1, keepdim=True) * w
    return batch


CENTRE = Part(
    id="centre",
    says=r"\nabla_{w_j} \ell = \tfrac1\lambda\, y_j (p_j - 1)\, x",
    statement=Statement(ONE, equals_zero(centre_gap)),
    checks=(Symbolic("secu.loss:positives_only"), Property(draw=s.spherical(ONE, "x", "w"))),
    example=EXAMPLE,
    twins=(
        Twin(
            "without the stop-gradient",
            Statement(ONE, equals_zero(lambda x: centre_gap(x, cross_entropy))),
            witness=EXAMPLE,
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(ONE, equals_zero(lambda x: centre_gap(x, scale=3)))),),
)
ENCODED = Part(
    id="encoder",
    says=r"\nabla_x \ell_{SeCu} = \nabla_x \ell_{CE}",
    statement=Statement(ENCODER, equals_zero(encoder_gap)),
    checks=(Symbolic("secu.loss:encoder"), Property(draw=s.spherical(ENCODER, "x", "w"))),
    example=FEATURE,
    twins=(
        Twin(
            "half the pull on the target",
            Statement(ENCODER, equals_zero(lambda x: encoder_gap(x, half_target))),
            witness=FEATURE,
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(ENCODER, equals_zero(lambda x: encoder_gap(x, scale=3)))),),
)
OWN = Part(
    id="objective",
    says=r"u^\top \tfrac{\partial g_j}{\partial w_j} u \ge 0,\ \tfrac{\partial g_j}{\partial w_j} \text{ symmetric},"
    r" \quad g_j = \nabla_{w_j} \ell: \text{ one function of its own centre, and convex}",
    statement=Statement(FIELD, at_least_zero(convex_and_one)),
    checks=(Symbolic("secu.loss:convex_in_its_own_centre"), Property(draw=tangents)),
    example=WITNESS,
    twins=(
        Twin(
            "more than the fourth part",
            Statement(FIELD, at_least_zero(lambda x: convex_and_one(x, more=ex.Fraction(3, 10)))),
            witness=WITNESS,
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(FIELD, at_least_zero(lambda x: convex_and_one(x, 3)))),),
)
OBJECTIVE = Part(
    id="objective",
    says=r"\tfrac{\partial g_1}{\partial w_2} = \big(\tfrac{\partial g_2}{\partial w_1}\big)^\top, \quad g_j = \nabla_{w_j} \ell:"
    r" \text{ the gradients of an objective on the spheres}",
    statement=Statement(FIELD, equals_zero(asymmetry), (*UNIT, TANGENT)),
    checks=(Certified(candidates=(WITNESS,)), Property(also=(WITNESS,), draw=tangents)),
    example=BALANCED,
    twins=(
        Twin(
            "no dependence on the own centre",
            Statement(FIELD, equals_zero(own_curvature), (*UNIT, TANGENT)),
            witness=WITNESS,
        ),
    ),
    neighbours=(
        Neighbour("the derivatives of one centre", Statement(FIELD, equals_zero(own_asymmetry), (*UNIT, TANGENT))),
    ),
    amendment=Amendment(
        OWN,
        breaks=FailingStep(
            "(3), Theorem 1",
            "the stop-gradient removes the pull of negatives from each centre's gradient, and with it the symmetry that makes "
            "gradients those of one function",
        ),
        advice="do not monitor the loss as something that updates of the centres must lower together: each centre descends its own "
        "convex loss while the others change it",
    ),
)
UNATTAINED = Part(
    id="attained",
    says=r"x_i \cdot u > 0 \text{ for all } i \Rightarrow -\nabla_w \ell \cdot u > 0 \text{ at every } w \in \mathbb{R}^d:"
    r" \text{ no optimum off the sphere}",
    statement=Statement(POSITIVES, positive(descent), (HALF_SPACE,)),
    checks=(Symbolic("secu.loss:downhill_for_ever"), Property(also=(AT_REST,), draw=s.spherical(POSITIVES, "x", "v", "u"))),
    example=AT_REST,
    twins=(
        Twin(
            "uphill", Statement(POSITIVES, positive(lambda x: descent(x, -1)), (HALF_SPACE,)), witness=AT_REST
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(POSITIVES, positive(lambda x: descent(x, 3)), (HALF_SPACE,))),),
)  # fmt: skip
AROUND = {"x": [[1], [-1]], "w": [0], "v": [[0]], "u": [1], "T": 1}
OPPOSED = Hypothesis(
    "opposed", r"\textstyle\sum_i x_i = 0", equals_zero(lambda x: [ex.total(row[a] for row in x.x) for a in range(x.d)])
)


def attained(*given, conclusion=None):
    stays = equals_zero(along) if conclusion is None else conclusion
    return Statement(POSITIVES, one_of(positive(behind), stays), given)


ATTAINED = Part(
    id="attained",
    says=r"\text{the loss of a centre attains its infimum on } \mathbb{R}^d \text{: every direction } u \text{ has a positive with } "
    r"x_i \cdot u < 0, \text{ or } x_i \cdot u = 0 \text{ for all}",
    statement=attained(),
    checks=(Certified(candidates=(AT_REST,)), Property(also=(AT_REST,))),
    example=AROUND,
    twins=(
        Twin("a positive behind every direction", Statement(POSITIVES, positive(behind)), witness=AT_REST),
    ),
    neighbours=(Neighbour("positives that sum to zero", attained(OPPOSED), example=AROUND),),
    amendment=Amendment(
        UNATTAINED,
        breaks=FailingStep(
            "Theorem 1, Appendix A.3",
            "an optimal solution is supposed to exist; it is the unit length that provides one, and without it the loss of a "
            "separable cluster falls along a ray for ever",
        ),
        advice="normalise the centres, as the paper does: without it they grow for as long as they are trained",
    ),
)  # fmt: skip
CLAIM = Claim(
    id="secu.loss",
    title="The stable loss, its gradients and its objective",
    source=Source("secu", "equation (3)"),
    says=r"\ell_{SeCu} \text{ pulls a centre by its positives only, the encoder as cross-entropy does, and has an optimum in the centres}",
    derivation=__doc__,
    readings=(
        Reading(
            "sphere",
            "centres on the unit sphere; one objective of all centres",
            (CENTRE, ENCODED, OBJECTIVE),
            as_printed=True,
        ),
        Reading(
            "unconstrained",
            "centres in R^d: is there an optimum without the unit length",
            (ATTAINED,),
        ),
        *(
            Reading(dtype, f"the gradients of ddcl_core in {dtype}", gradient_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
