"""§5.3, the properties of S_q = diag(q) − qqᵀ.

vᵀS_q v = Σ q_j v_j² − (Σ q_j v_j)² = Σ_{i<j} q_i q_j (v_i − v_j)², the variance of v under q, so S_q ⪰ 0 and S_q 1 = 0.  If
S_q v = 0 every term vanishes: v agrees on the active prototypes.  All are active for a softmax, so ker S_q = span(1); on a
face of Δ the kernel is larger, q = (1, 0) has S_q = 0.  Rank ≤ k − 1 holds for every q; without its last row and column S_q
has the determinant Π_j q_j, so the rank is k − 1 exactly if all q_j > 0.  tr S_q = Σ q_j (1 − q_j).

Limits: S_q is continuous in q.  q → 1/k gives (I − 11ᵀ/k)/k.  As T → 0, q → e_j and S_q → 0 if the nearest prototype is
unique; at a tie of m prototypes S_q keeps the block (I − 11ᵀ/m)/m.

Jacobian: ∂d_j/∂z = 2(z − p_j) and ∂q_j/∂d_l = −S_jl/T give −(2/T) Σ_l S_jl (z − p_l) = (2/T) Σ_l S_jl p_l, as S_q 1 = 0.
Exponents d/(2T) give 1/T in place of 2/T.
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
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.corollary2 import COLD, HOT, UNIQUE
from ddcl_theory.claims.ddcl.covariance_jacobian import SAMPLED, SLOPE, SLOPE_HALVED
from ddcl_theory.claims.ddcl.float_rows_assignment import covariance_parts
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero, one_of, positive

SIZES = {"k": (2, 4), "d": (1, 2)}
SAMPLE = (real("z", "d"), real("p", "k", "d"), temperature("T"))
SOFT = Domain(SAMPLE, SIZES)
SOFT_V = Domain((*SAMPLE, real("v", "k")), SIZES)
ANY = Domain((simplex("q", "k"),), {"k": (2, 4)})
ANY_V = Domain((simplex("q", "k"), real("v", "k")), {"k": (2, 4)})

#: The shares (3/4, 1/4), which SAMPLED has as a softmax.
GIVEN = {"q": ["3/4", "1/4"]}


def shares(x):
    """x.q where it is given, else the softmax."""
    return x.q if hasattr(x, "q") else a.assignment(x.z, x.p, x.T)


def matrix(x):
    return u.covariance(shares(x))


def entries(s):
    return [entry for row in s for entry in row]


def variation(v):
    """Σ_j (v_j − v̄)²."""
    middle = ex.mean(v)
    return ex.total((c - middle) ** 2 for c in v)


def _part(identifier, says, domain, relation, value, example, proof, twin, neighbour, more=()):
    """relation maps a value to a relation; twin: (name, value, witness); neighbour: (name, value)."""
    return Part(
        id=identifier,
        says=says,
        statement=Statement(domain, relation(value)),
        checks=(Symbolic(f"ddcl.covariance:{proof}"), Property(also=(twin[2],)), *more),
        example=example,
        twins=(Twin(twin[0], Statement(domain, relation(twin[1])), witness=twin[2]),),
        neighbours=(Neighbour(neighbour[0], Statement(domain, relation(neighbour[1]))),),
    )


def _null(v, s):
    """v is a multiple of 1, or S v is not 0."""
    return one_of(equals_zero(lambda x: [c - v(x)[0] for c in v(x)[1:]]), not_zero(lambda x: u.times(s(x), v(x))))


ACTIVE = Hypothesis("all-active", r"q_j > 0", positive(lambda x: x.q), breaks=({"q": [1, 0], "v": [1, 0]},))


def _kernel(domain, example, witness, given=(), checks=None, amendment=None):
    def statement(relation):
        return Statement(domain, relation, given)

    kernel = _null(lambda x: x.v, matrix)
    return Part(
        id="kernel",
        says=r"\ker S_q = \operatorname{span}(\mathbf 1)",
        statement=statement(kernel),
        checks=checks or (Symbolic("ddcl.covariance:kernel"), Property(also=(witness,))),
        example=example,
        twins=(
            Twin(
                "nothing but 0 in the kernel",
                statement(one_of(equals_zero(lambda x: x.v), not_zero(lambda x: u.times(matrix(x), x.v)))),
                witness=witness,
            ),
        ),
        neighbours=(
            Neighbour(
                "the kernel of 2 S_q",
                Statement(
                    domain,
                    _null(lambda x: x.v, lambda x: [ex.scaled(2, row) for row in matrix(x)]),
                    given or ((ACTIVE,) if domain is ANY_V else ()),
                ),
                example=example,
            ),
        ),
        amendment=amendment,
    )


def _algebra(domain, with_v, at):
    """Semidefiniteness, the row sums, rank and trace."""
    along = {**at, "v": [1, 0]}
    return (
        _part(
            "psd",
            r"v^\top S_q v \ge 0",
            with_v,
            at_least_zero,
            lambda x: u.quadratic(matrix(x), x.v),
            along,
            "semidefinite",
            (
                "at least the first share times the variation",
                lambda x: u.quadratic(matrix(x), x.v) - shares(x)[0] * variation(x.v),
                along,
            ),
            ("as a difference of moments", lambda x: u.moments(shares(x), x.v)),
            (Ablation("ddcl.covariance:semidefinite"),) if domain is ANY else (),
        ),
        _part(
            "ones",
            r"S_q \mathbf 1 = 0",
            domain,
            equals_zero,
            lambda x: u.times(matrix(x), [1] * x.k),
            at,
            "vanishes",
            ("S_q q = 0", lambda x: u.times(matrix(x), shares(x)), at),
            ("1ᵀ S_q", lambda x: [ex.total(row[j] for row in matrix(x)) for j in range(x.k)]),
            (Ablation("ddcl.covariance:vanishes", only=("q-sums-to-one",)),) if domain is ANY else (),
        ),
        _part(
            "rank",
            r"\operatorname{rank} S_q \le k - 1",
            domain,
            equals_zero,
            lambda x: u.determinant(matrix(x)),
            at,
            "singular",
            ("rank at most k − 2", lambda x: u.determinant([row[:-1] for row in matrix(x)[:-1]]), at),
            ("of 2 S_q", lambda x: u.determinant([ex.scaled(2, row) for row in matrix(x)])),
        ),
        _part(
            "trace",
            r"\operatorname{tr} S_q = 1 - \|q\|^2",
            domain,
            equals_zero,
            lambda x: u.trace(matrix(x)) - u.trace_of(shares(x)),
            at,
            "vanishes",
            ("one product for each pair", lambda x: 2 * u.trace(matrix(x)) - u.trace_of(shares(x)), at),
            (
                "from the unequal pairs",
                lambda x: (
                    u.trace(matrix(x)) - 2 * ex.total(shares(x)[i] * shares(x)[j] for i in range(x.k) for j in range(i))
                ),
            ),
        ),
    )


KERNEL_AT = {"q": ["3/4", "1/4"], "v": [1, 0]}
SOFT_KERNEL = _kernel(SOFT_V, {**SAMPLED, "v": [1, 0]}, {**SAMPLED, "v": [1, 1]})
ANY_KERNEL = _kernel(
    ANY_V,
    KERNEL_AT,
    {**KERNEL_AT, "v": [1, 1]},
    checks=(Certified(candidates=({"q": [1, 0], "v": [1, 0]},)), Property()),
    amendment=Amendment(
        _kernel(
            ANY_V,
            KERNEL_AT,
            {**KERNEL_AT, "v": [1, 1]},
            (ACTIVE,),
            (
                Symbolic("ddcl.covariance:kernel"),
                Property(also=({**KERNEL_AT, "v": [1, 1]},)),
                Ablation("ddcl.covariance:kernel", only=("all-active",)),
            ),
        ),
        breaks=FailingStep(
            "§5.3, properties of S_q",
            "vᵀS_q v is a sum over pairs with the weights q_i q_j; an entry q_j = 0 drops all pairs of j, and v_j is free",
        ),
        advice="where shares may vanish (hard or projected assignments) use rank ≤ k − 1; the rank is the number of active "
        "prototypes less one",
        examples=lambda k, d: ({"q": [f"1/{k}"] * k, "v": [0] * k}, "1/20"),
    ),
)

FROZEN = {"z": [0], "p": [[0], [1]], "T": {"s": 0}}


def _cold(given, checks, amendment=None):
    return Part(
        id="cold",
        says=r"\lim_{T \to 0} S_{q(T)} = 0",
        statement=Statement(COLD, equals_zero(lambda x: entries(matrix(x))), given),
        checks=checks,
        example=FROZEN,
        twins=(
            Twin(
                "diag(q) vanishes too",
                Statement(COLD, equals_zero(shares), given),
                witness=FROZEN,
            ),
        ),
        neighbours=(
            Neighbour(
                "its trace, the nearest being unique",
                Statement(COLD, equals_zero(lambda x: u.trace(matrix(x))), (UNIQUE,)),
            ),
        ),
        amendment=amendment,
    )


COLD_LIMIT = _cold(
    (),
    (Certified(candidates=({"z": [0], "p": [[1], [-1]], "T": {"s": 0}},)), Property()),
    Amendment(
        _cold((UNIQUE,), (Symbolic("ddcl.covariance:cold"), Property(), Ablation("ddcl.covariance:cold"))),
        breaks=FailingStep(
            "§5.3, properties of S_q",
            "q tends to a vertex only if one prototype is strictly nearest; m tied ones keep the block (I − 11ᵀ/m)/m",
        ),
        advice="do not test for hardness by S_q → 0 alone: coincident prototypes keep S_q away from 0 at every temperature",
        examples=lambda k, d: ({"z": [0] * d, "p": [[j] + [0] * (d - 1) for j in range(k)], "T": {"s": 0}}, "1/20"),
    ),
)


def from_uniform(x, count=lambda k: k):
    """k S_q − (I − 11ᵀ/count(k)), entry by entry."""
    s = matrix(x)
    return [x.k * s[i][j] - (int(i == j) - ex.lift(1) / count(x.k)) for i in range(x.k) for j in range(x.k)]


HEATED = {"z": [0], "p": [[0], [1]], "T": {"s": 1}}
HOT_LIMIT = Part(
    id="hot",
    says=r"\lim_{T \to \infty} S_{q(T)} = \tfrac1k (I - \mathbf 1 \mathbf 1^\top / k)",
    statement=Statement(HOT, equals_zero(from_uniform)),
    checks=(Symbolic("ddcl.covariance:hot"), Property()),
    example=HEATED,
    twins=(
        Twin(
            "centred by k − 1", Statement(HOT, equals_zero(lambda x: from_uniform(x, lambda k: k - 1))), witness=HEATED
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(HOT, equals_zero(lambda x: [3 * e for e in from_uniform(x)]))),),
)


CLAIM = Claim(
    id="ddcl.covariance",
    title="Properties of the assignment covariance",
    source=Source("ddcl", "§5.3, after Corollary 3"),
    says=r"S_q \succeq 0,\ S_q \mathbf 1 = 0,\ \ker S_q = \operatorname{span}(\mathbf 1),\ \operatorname{tr} S_q = 1 - \|q\|^2,"
    r"\ S_q \to 0,\ S_q \to \tfrac1k(I - \mathbf 1 \mathbf 1^\top/k),\ \partial q/\partial z = \tfrac2T S_q P^\top",
    derivation=__doc__,
    uses=("ddcl.proposition1",),
    readings=(
        Reading(
            "softmax",
            "q(T) the softmax assignment (8), exponents d/T",
            (*_algebra(SOFT, SOFT_V, SAMPLED), SOFT_KERNEL, COLD_LIMIT, HOT_LIMIT, SLOPE),
            as_printed=True,
        ),
        Reading("any", "any q of the simplex, zero entries included", (*_algebra(ANY, ANY_V, GIVEN), ANY_KERNEL)),
        Reading("halved", "exponents d/(2T); what does not name T is as in the first reading", (SLOPE_HALVED,)),
        *(
            Reading(dtype, f"the covariance and the Jacobian of ddcl_core in {dtype}", covariance_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
