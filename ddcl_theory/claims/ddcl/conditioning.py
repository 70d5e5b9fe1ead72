"""§6.1: the subspace property keeps DCL blocks well conditioned whatever the dimension d.

At fixed q the loss is quadratic in W.  Along a change X of the weights of one prototype with shares q_n its curvature is
2 (Σ_n q_n) ‖ZᵀX‖²: the Hessian is 2 (Σ_n q_n) ZZᵀ, its condition number on the range of Z is (σ_max/σ_min)², the squared ratio of
the singular values of Z that are not zero.  Free prototypes have the Hessian 2 (Σ_n q_n) I, with condition number 1.  So the step
through W, which makes P move by −η ZᵀZ ∇_P L, brings the conditioning of the data in; the subspace does not keep it out.
- No bound for any d ≥ 2: two samples (1, 0), (1, ε) have a ratio of 4/ε² and more.  (For d = 1 or n = 1 the range is a line, and
  only the totals Σ_n q_nj of different prototypes can differ.)
- Batch normalisation does not help: with features f = (1, −1, 1, −1) and cf + sh, h = (1, 1, −1, −1), c = (1 − t²)/(1 + t²),
  s = 2t/(1 + t²), of mean 0 and variance 1, the ratio is (1 + c)/(1 − c) = 1/t².
- More features can make it worse: each appended feature f adds 2 (Σ_n q_n)(f·X)².
- What does not matter is d itself: samples put into more dimensions with the same inner products have the same Hessian.

Directions in the range of Z are written X = Zα, so that nothing is asked of the null directions.
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
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero

#: "Well conditioned": curvatures that differ by a factor of a million are not.
BOUND = 10**6

SAMPLES = (real("z", "n", "d"), real("w", "n"), nonnegative("q", "n"))
SIZES = {"n": (1, 3), "d": (1, 3)}
RANGE = Domain((*SAMPLES, real("a", "d"), real("b", "d")), SIZES)
APPENDED = Domain((*SAMPLES, real("f", "n"), real("x", "n"), real("y", "n")), SIZES)
ALONG = Domain((*SAMPLES, real("x", "n"), real("r", "d")), SIZES)
LINE = Domain((above_zero("t"),))

NEAR = {"z": [[1, 0], [1, "1/1000"]], "w": [0, 0], "q": [1, 1], "a": [1, 0], "b": [1, -2000]}


def block_loss(z, p, q):
    """Σ_n q_n ‖z_n − p‖²: the part of L_q that one prototype with shares q_n has."""
    return ex.total(ex.lift(c) * ex.norm2(ex.minus(s, p)) for c, s in zip(q, z, strict=True))


def output(z, w):
    """ZᵀW for one prototype."""
    return [ex.total(ex.lift(c) * s[i] for c, s in zip(w, z, strict=True)) for i in range(len(z[0]))]


def curvature(z, w, q, x):
    """The second derivative of the loss along a change X of the weights."""
    return ex.derivative_at_zero(lambda e: block_loss(z, output(z, ex.plus(w, ex.scaled(e, x))), q), order=2)


def free_curvature(z, p, q, r):
    """The second derivative along a change r of a free prototype."""
    return ex.derivative_at_zero(lambda e: block_loss(z, ex.plus(p, ex.scaled(e, r)), q), order=2)


def ratio(z, w, q, x, y, bound=BOUND):
    """bound · H(y)/‖y‖² − H(x)/‖x‖², times ‖x‖²‖y‖²."""
    return bound * curvature(z, w, q, y) * ex.norm2(x) - curvature(z, w, q, x) * ex.norm2(y)


def in_range(z, a):
    """Zα."""
    return [ex.dot(s, a) for s in z]


def bounded(bound=BOUND):
    return at_least_zero(lambda x: ratio(x.z, x.w, x.q, in_range(x.z, x.a), in_range(x.z, x.b), bound))


ORTHONORMAL = Hypothesis(
    "orthonormal-samples",
    r"z_n \cdot z_m = \delta_{nm}",
    equals_zero(lambda x: [ex.dot(x.z[i], x.z[j]) - int(i == j) for i in range(x.n) for j in range(i, x.n)]),
)
EYE = {"z": [[1, 0], [0, 1]], "w": [0, 0], "q": [1, 1]}


def formulas(x, factor=1):
    """H(X) − 2(Σq) ‖ZᵀX‖² for the dual layer and H(r) − 2(Σq) ‖r‖² for a free prototype."""
    mass = 2 * ex.total(x.q)
    return [
        curvature(x.z, x.w, x.q, x.x) - factor * mass * ex.norm2(output(x.z, x.x)),
        free_curvature(x.z, output(x.z, x.w), x.q, x.r) - mass * ex.norm2(x.r),
    ]


CURVE = {"z": [[1, 0], [1, 1]], "w": [0, 0], "q": [1, 1], "x": [1, 1], "r": [1, 0]}
CURVATURE = Part(
    id="curvature",
    says=r"X \cdot H X = 2 (\textstyle\sum_n q_n) \|Z^\top X\|^2 \text{ in } W,\ 2 (\sum_n q_n) \|r\|^2 \text{ in a free } p",
    statement=Statement(ALONG, equals_zero(formulas)),
    checks=(Symbolic("ddcl.conditioning:curvature"), Property()),
    example=CURVE,
    twins=(Twin("half of it", Statement(ALONG, equals_zero(lambda x: formulas(x, ex.Fraction(1, 2)))), witness=CURVE),),
    neighbours=(Neighbour("doubled", Statement(ALONG, equals_zero(lambda x: [2 * v for v in formulas(x)]))),),
)
BOUNDED = Part(
    id="bounded",
    says=r"\kappa(H) \le 10^6 \text{ on the range of } Z",
    statement=Statement(RANGE, bounded()),
    checks=(Certified(candidates=(NEAR,)),),
    example=NEAR,
    twins=(
        Twin(
            "at most 10",
            Statement(RANGE, bounded(10)),
            witness={**NEAR, "z": [[1, 0], [1, "1/2"]], "b": [1, -4]},
        ),
    ),
    neighbours=(
        Neighbour(
            "orthonormal samples",
            Statement(RANGE, bounded(), (ORTHONORMAL,)),
            example={**EYE, "a": [1, 0], "b": [0, 1]},
        ),
    ),
    amendment=Amendment(
        CURVATURE,
        breaks=FailingStep(
            "Section 6.1",
            "that the updates stay in the span of the data says in which directions they go, not how differently fast; in "
            "the span the Hessian has the squared singular values of Z",
        ),
        advice="whiten the features, or train free prototypes from a start in the span: these have condition number 1",
    ),
)


def moments(z):
    """Mean and second moment minus 1 of every feature, times n."""
    n, d = len(z), len(z[0])
    return [
        value for i in range(d) for value in (ex.total(s[i] for s in z), ex.total(ex.lift(s[i]) ** 2 for s in z) - n)
    ]


STANDARD = Hypothesis(
    "standardised",
    r"\textstyle\sum_n z_{ni} = 0,\ \tfrac1n \sum_n z_{ni}^2 = 1 \text{ for every feature } i",
    equals_zero(lambda x: moments(x.z)),
)


def correlated(t):
    """Four samples with two standardised features of correlation (1 − t²)/(1 + t²)."""
    c, s = (1 - t**2) / (1 + t**2), 2 * t / (1 + t**2)
    return [[ex.lift(f), c * f + s * h] for f, h in ((1, 1), (-1, 1), (1, -1), (-1, -1))]


def _rational(rows):
    return [[str(v.data) for v in row] for row in rows]


TIGHT = {
    "z": _rational(correlated(ex.lift(ex.Fraction(1, 2000)))),
    "w": [0] * 4,
    "q": [1] * 4,
    "a": [1, 1],
    "b": [1, -1],
}
LOOSE = {**TIGHT, "z": _rational(correlated(ex.lift(ex.Fraction(1, 2))))}


def family(x, power=2):
    """Moments, and t^power H(x)‖y‖² − H(y)‖x‖² for x = Z(1, 1), y = Z(1, −1)."""
    z, zero, one = correlated(x.t), [0] * 4, [1] * 4
    u, v = in_range(z, [1, 1]), in_range(z, [1, -1])
    gap = x.t**power * curvature(z, zero, one, u) * ex.norm2(v) - curvature(z, zero, one, v) * ex.norm2(u)
    return [*moments(z), gap]


STANDARDISED = Part(
    id="standardised",
    says=r"\text{features of mean 0 and variance 1} \Rightarrow \kappa(H) \le 10^6",
    statement=Statement(RANGE, bounded(), (STANDARD,)),
    checks=(Certified(candidates=(TIGHT,)),),
    example=LOOSE,
    twins=(Twin("at most 2", Statement(RANGE, bounded(2), (STANDARD,)), witness=LOOSE),),
    neighbours=(
        Neighbour(
            "in one direction only",
            Statement(
                RANGE,
                at_least_zero(lambda x: ratio(x.z, x.w, x.q, in_range(x.z, x.a), in_range(x.z, x.a))),
                (STANDARD,),
            ),
            example=LOOSE,
        ),
    ),
    amendment=Amendment(
        Part(
            id="unbounded",
            says=r"\text{standardised features with } \kappa \ge t^{-2} \text{ exist for every } t > 0",
            statement=Statement(LINE, equals_zero(family)),
            checks=(Symbolic("ddcl.conditioning:family"), Property()),
            example={"t": "1/2"},
            twins=(Twin("ratio 1/t", Statement(LINE, equals_zero(lambda x: family(x, 1))), {"t": "1/2"}),),
            neighbours=(Neighbour("doubled", Statement(LINE, equals_zero(lambda x: [2 * v for v in family(x)]))),),
        ),
        breaks=FailingStep("Section 6.1", "standardising fixes the diagonal of ZᵀZ and leaves the correlations"),
        advice="decorrelate the features (whitening), not only scale them",
    ),
)


def embedded(x, entry=0):
    """H(X) of samples with one more coordinate, equal to `entry`, minus H(X)."""
    z = [[*s, ex.lift(entry)] for s in x.z]
    return curvature(z, x.w, x.q, x.x) - curvature(x.z, x.w, x.q, x.x)


EMBEDDED = Part(
    id="embedded",
    says=r"H \text{ is the same for } (z_n, 0) \text{ in one dimension more}",
    statement=Statement(ALONG, equals_zero(embedded)),
    checks=(Symbolic("ddcl.conditioning:embedded"), Property()),
    example=CURVE,
    twins=(Twin("a constant coordinate 1", Statement(ALONG, equals_zero(lambda x: embedded(x, 1))), CURVE),),
    neighbours=(Neighbour("doubled", Statement(ALONG, equals_zero(lambda x: 2 * embedded(x)))),),
)


def with_feature(x):
    return [[*s, f] for s, f in zip(x.z, x.f, strict=True)]


def added(x, factor=1):
    """H(X) with the feature f minus H(X) without it, minus factor · 2(Σq)(f·X)²."""
    gain = curvature(with_feature(x), x.w, x.q, x.x) - curvature(x.z, x.w, x.q, x.x)
    return gain - factor * 2 * ex.total(x.q) * ex.dot(x.f, x.x) ** 2


LONG = {**EYE, "f": [1001, 0], "x": [1, 0], "y": [0, 1]}
APPENDING = Part(
    id="appended",
    says=r"z_n \cdot z_m = \delta_{nm} \Rightarrow \kappa(H) \le 10^6 \text{ after one more feature}",
    statement=Statement(APPENDED, at_least_zero(lambda x: ratio(with_feature(x), x.w, x.q, x.x, x.y)), (ORTHONORMAL,)),
    checks=(Certified(candidates=(LONG,)),),
    example=LONG,
    twins=(
        Twin(
            "at most 1",
            Statement(APPENDED, at_least_zero(lambda x: ratio(with_feature(x), x.w, x.q, x.x, x.y, 1)), (ORTHONORMAL,)),
            witness={**LONG, "f": [1, 0]},
        ),
    ),
    neighbours=(
        Neighbour(
            "before the feature",
            Statement(APPENDED, at_least_zero(lambda x: ratio(x.z, x.w, x.q, x.x, x.y)), (ORTHONORMAL,)),
            example=LONG,
        ),
    ),
    amendment=Amendment(
        Part(
            id="appended-amended",
            says=r"\text{a feature } f \text{ adds } 2 (\textstyle\sum_n q_n)(f \cdot X)^2 \text{ to } X \cdot H X",
            statement=Statement(APPENDED, equals_zero(added)),
            checks=(Symbolic("ddcl.conditioning:appended"), Property()),
            example=LONG,
            twins=(
                Twin("half as much", Statement(APPENDED, equals_zero(lambda x: added(x, ex.Fraction(1, 2)))), LONG),
            ),
            neighbours=(Neighbour("doubled", Statement(APPENDED, equals_zero(lambda x: 2 * added(x)))),),
        ),
        breaks=FailingStep("Section 6.1", "more features change the inner products of the samples, hence the Hessian"),
        advice="choose the place of a block by the spectrum of its features, not by their number",
    ),
)

CLAIM = Claim(
    id="ddcl.conditioning",
    title="Conditioning of DCL blocks",
    source=Source("ddcl", "Section 6.1"),
    says=r"\text{the subspace property keeps DCL blocks well conditioned whatever } d",
    derivation=__doc__,
    uses=("ddcl.dcl-subspace",),
    readings=(
        Reading("bounded", "condition numbers of at most a million, for all data", (BOUNDED,), as_printed=True),
        Reading("standardised", "the same after batch normalisation", (STANDARDISED,)),
        Reading("more-features", "adding features does no harm", (APPENDING,)),
        Reading("embedded", "the same samples in more dimensions", (EMBEDDED,)),
    ),
)
