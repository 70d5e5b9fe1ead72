"""Corollary 1: the variance term is at most a constant times the squared diameter of the prototypes.

D² = max_{i,j} ‖p_i − p_j‖².  With V = Σ_{i<j} q_i q_j ‖p_i − p_j‖² (Theorem 1) and U_q = 1 − ‖q‖² = 2 Σ_{i<j} q_i q_j,
    D² U_q/2 − V = Σ_{i<j} q_i q_j (D² − ‖p_i − p_j‖²) ≥ 0      and      U_q ≤ (k−1)/k,
because k ‖q‖² − 1 = Σ_{i<j} (q_i − q_j)².  So V ≤ D² (k−1)/(2k) < D²/2: the constants 1 and ½ hold.

In few dimensions fewer prototypes count.  If q has more than d + 1 active entries, some t ≠ 0 on them has Σt = 0 and
Pt = 0 (d + 1 equations); along q + s t the mixture stays, V = Σ q_j ‖p_j‖² − ‖Pq‖² changes linearly, and in one of the
two directions it does not fall until an entry vanishes.  So d + 1 active prototypes suffice for the maximum, and
    V ≤ m/(2(m+1)) · D²,   m = min(k − 1, d)                          (Jung's theorem for the enclosing ball).
It is attained: the unit vectors e_1, …, e_r with q = 1/r have D² = 2 and V = (r−1)/r; they span r − 1 dimensions, and
further prototypes may be inactive.  The constant is ¼ for k = 2 or d = 1 and exceeds it otherwise: ¼ is false for k ≥ 3,
d ≥ 2, as any triangle with three acute angles shows at its circumcentre.

The proof's "tighter bound" is lost in print.  From Pq being a convex combination one gets ‖p_j − Pq‖ ≤ (1 − q_j) D, hence
V ≤ D² Σ_j q_j (1 − q_j)²; that is true, but weaker than D² U_q/2: the two differ by 3 D² Σ_{i<j<l} q_i q_j q_l.
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
from ddcl_theory.domain import Domain, Variable, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero

SIZES = {"k": (2, 4), "d": (1, 3)}
DOMAIN = Domain((real("p", "k", "d"), simplex("q", "k")), SIZES)
SIGNED = Domain((real("p", "k", "d"), Variable("q", "sum-one", ("k",))), SIZES)
REGULAR = Domain((real("z", "r"), real("sigma")), {"r": (1, 5)})
EXAMPLE = {"p": [[0], [1]], "q": ["1/2", "1/2"]}
TRIANGLE = {"p": [[0, 0], [2, 0], [1, 2]], "q": ["1/3", "1/3", "1/3"]}
FAR_APART = {"p": [[0], [1], [-1]], "q": [0, "1/2", "1/2"]}


def squares(p):
    """‖p_i − p_j‖² for i < j."""
    return [ex.norm2(ex.minus(p[i], p[j])) for i in range(len(p)) for j in range(i + 1, len(p))]


def diameter2(p):
    """D², the largest squared distance between two prototypes; 0 for one prototype."""
    return ex.maximum(0, *squares(p))


def reach2(p):
    """The largest squared distance from the first prototype, between D²/4 and D²."""
    return ex.maximum(0, *[ex.norm2(ex.minus(row, p[0])) for row in p[1:]])


def sharp_constant(k, d):
    m = min(k - 1, d)
    return Fraction(m, 2 * (m + 1))


def moments(p, q):
    """V as Σ q_j ‖p_j‖² − ‖Pq‖²."""
    return ex.total(w * ex.norm2(row) for w, row in zip(q, p, strict=True)) - ex.norm2(a.mixture(p, q))


def slack(constant, variance=a.variance, size=diameter2):
    """c(k, d) D² − V."""
    return at_least_zero(lambda x: constant(x.k, x.d) * size(x.p) - variance(x.p, x.q))


NONNEGATIVE = Hypothesis(
    "q-nonnegative",
    r"q \ge 0",
    at_least_zero(lambda x: x.q),
    breaks=({"p": [[0], [1], ["1/2"]], "q": [3, 3, -5]},),
)


def draw_simplex(sizes, cases, generator):
    from ddcl_theory.checks.sampling import float_batch

    return float_batch(DOMAIN, sizes, cases, generator)


def at_most(constant, says, twin, domain=DOMAIN, given=(), more=()):
    """V ≤ c(k, d) D²; twin: (its name, its conclusion, its witness)."""
    name, false, witness = twin
    return Part(
        id="bound",
        says=says,
        statement=Statement(domain, slack(constant), given),
        checks=(Symbolic("ddcl.corollary1:bounded"), Property(also=(TRIANGLE, FAR_APART), draw=draw_simplex), *more),
        example=EXAMPLE,
        twins=(Twin(name, Statement(domain, false, given), witness=witness),),
        neighbours=(Neighbour("V as a difference of moments", Statement(domain, slack(constant, moments), given)),),
    )


def quarter(k, d):
    return Fraction(1, 4)


ONE = at_most(
    lambda k, d: Fraction(1),
    r"V \le D^2",
    ("a quarter of the bound", slack(quarter), TRIANGLE),
    SIGNED,
    (NONNEGATIVE,),
    (Adversarial(), Ablation("ddcl.corollary1:bounded")),
)
HALF = at_most(
    lambda k, d: Fraction(1, 2),
    r"V \le \tfrac12 D^2",
    ("D measured from the first prototype", slack(lambda k, d: Fraction(1, 2), size=reach2), FAR_APART),
)
SHARP = at_most(
    sharp_constant,
    r"V \le \tfrac{m}{2(m+1)} D^2,\ m = \min(k - 1, d)",
    ("m one less for three prototypes or more", slack(lambda k, d: sharp_constant(max(2, k - 1), d)), TRIANGLE),
)
QUARTER = Part(
    id="bound",
    says=r"V \le \tfrac14 D^2",
    statement=Statement(DOMAIN, slack(quarter)),
    checks=(Certified(candidates=(TRIANGLE,)), Property(also=(TRIANGLE,)), Adversarial()),
    example=EXAMPLE,
    twins=(
        Twin(
            "two ninths",
            Statement(DOMAIN, slack(lambda k, d: Fraction(2, 9))),
            witness=EXAMPLE,
        ),
    ),
    neighbours=(Neighbour("a half", Statement(DOMAIN, slack(lambda k, d: Fraction(1, 2)))),),
    amendment=Amendment(
        SHARP,
        breaks=FailingStep(
            "Appendix A, proof of Corollary 1",
            "on a line the mixture can be replaced by the midpoint, half a diameter from everything; in the plane no point "
            "need lie within half a diameter of all prototypes, as for three prototypes in a triangle with acute angles",
        ),
        advice="normalise V by m/(2(m+1)) D², m = min(k − 1, d), or by D²/2 whatever the sizes; D²/4 serves for k = 2 or d = 1",
    ),
)


def regular(x):
    """The r corners z + σ e_j of a regular simplex in R^r."""
    return [ex.plus(x.z, [x.sigma if i == j else 0 for i in range(x.r)]) for j in range(x.r)]


def excess(x, share):
    """V − (r−1)/(2r) · D² at the corners with q_j = share(r), and ‖p_i − p_j‖² − D² for all pairs; D² = 2σ²."""
    rows, d2 = regular(x), 2 * x.sigma**2
    return [a.variance(rows, share(x.r)) - Fraction(x.r - 1, 2 * x.r) * d2, *[s - d2 for s in squares(rows)]]


def uniform(r):
    return [Fraction(1, r)] * r


def favoured(r):
    """Shares that give the first corner twice the weight of the others."""
    return [Fraction(2, r + 1)] + [Fraction(1, r + 1)] * (r - 1)


ATTAINED = Part(
    id="attained",
    says=r"V = \tfrac{r-1}{2r} D^2 \text{ at } r \text{ prototypes } z + \sigma e_j \text{ with } q = \tfrac1r,\ D^2 = 2\sigma^2",
    statement=Statement(REGULAR, equals_zero(lambda x: excess(x, uniform))),
    checks=(Symbolic("ddcl.corollary1:attained"), Property()),
    example={"z": [0, 0], "sigma": 1},
    twins=(
        Twin(
            "one corner with twice the share of the others",
            Statement(REGULAR, equals_zero(lambda x: excess(x, favoured))),
            witness={"z": [0, 0], "sigma": 1},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(REGULAR, equals_zero(lambda x: [2 * e for e in excess(x, uniform)]))),),
)


def cubes(q):
    """Σ_j q_j (1 − q_j)²."""
    return ex.total(w * (1 - w) ** 2 for w in q)


def half_uncertainty(q):
    """U_q / 2."""
    return (1 - ex.norm2(q)) * Fraction(1, 2)


def weighted(identifier, factor, says, twin, witness):
    def statement(f=factor, variance=a.variance):
        return Statement(DOMAIN, at_least_zero(lambda x: f(x.q) * diameter2(x.p) - variance(x.p, x.q)))

    return Part(
        id=identifier,
        says=says,
        statement=statement(),
        checks=(Symbolic(f"ddcl.corollary1:{identifier}"), Property(also=(EXAMPLE, TRIANGLE))),
        example=EXAMPLE,
        twins=(Twin("one power more", statement(twin), witness=witness),),
        neighbours=(Neighbour("V as a difference of moments", statement(variance=moments)),),
    )


TIGHTER = weighted(
    "tighter",
    cubes,
    r"V \le D^2 \textstyle\sum_j q_j (1 - q_j)^2",
    lambda q: ex.total(w * (1 - w) ** 3 for w in q),
    EXAMPLE,
)
UNCERTAINTY = weighted(
    "uncertainty",
    half_uncertainty,
    r"V \le \tfrac12 U_q D^2",
    lambda q: half_uncertainty(q) * (1 - ex.norm2(q)),
    EXAMPLE,
)

CLAIM = Claim(
    id="ddcl.corollary1",
    title="Upper bound of the variance term",
    source=Source("ddcl", "Corollary 1, Appendix A"),
    says=r"V \le c\,D^2,\ D = \max_{i,j} \|p_i - p_j\|",
    derivation=__doc__,
    uses=("ddcl.theorem1",),
    readings=(
        Reading("one", "c = 1", (ONE,), as_printed=True),
        Reading("half", "c = 1/2", (HALF,)),
        Reading("quarter", "c = 1/4", (QUARTER,)),
        Reading("sharp", "the smallest constant for k prototypes in d dimensions", (SHARP, ATTAINED)),
        Reading(
            "tighter",
            "the tighter bound of the proof, as far as it can be told: weights 1 − q_j, or the uncertainty U_q",
            (TIGHTER, UNCERTAINTY),
        ),
    ),
)
