"""Lemma 3.3, (54), (55): X R(Xᵀ) = R(X); u_i = X v_i / σ_i for i = 1, …, n; μ = X Ω_crit.

X R(Xᵀ) ⊆ R(X), since X(Xᵀy) is a combination of samples; the paper's proof says no more than this.  Equality: a v
orthogonal to all XXᵀy has XXᵀv = 0, so Σ_i (x_i·v)² = v·XXᵀv = 0 over the reals, and v is orthogonal to R(X).
(54): XᵀXv = σ²v makes |Xv|² = σ²|v|², so that u = Xv/σ is a unit vector with XXᵀu = σ²u, orthogonal to the others,
where σ > 0.  There are rank X such values.  The paper takes d > n and rank X = n; with LX = I, σ = 0 gives Xv = 0 and
v = LXv = 0, so that "for i = 1, …, n" is right.  Without that rank, for n > d or for two equal samples in any d, σ_i =
0 for the last ones.
(55): XᵀXΩ = XᵀXα makes |X(Ω − α)|² = (Ω − α)·(XᵀXΩ − XᵀXα) = 0: every critical point gives the centroid Xα of its
samples.  With μ the expectation over the cell, as after (21), which no combination of finitely many samples need hit,
XΩ_crit is the point of R(X) that is nearest to it.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
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
from ddcl_theory.claims.ddcl.dcl_subspace import ORTHOGONAL, draw_orthogonal, row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.claims.gbcl.code_subspaces import least_norm_part
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.relation import equals_zero, not_zero

IMAGE = Domain((real("z", "n", "d", latex="x"), real("p", "d"), real("v", "d")), sub.SIZES)
SEEN = Domain((real("z", "n", "d", latex="x"), real("v", "d")), sub.SIZES)
VECTORS = Domain(
    (real("z", "n", "d", latex="x"), real("a", "n"), real("b", "n"), above_zero("s"), above_zero("t")), sub.SIZES
)
VALUE = Domain((real("z", "n", "d", latex="x"), real("a", "n"), nonnegative("s")), sub.SIZES)
INVERTED = Domain((*VALUE.variables, sub.LEFT_INVERSE), sub.SIZES)
CRITICAL = Domain((real("z", "n", "d", latex="x"), real("o", "n"), simplex("q", "n")), sub.SIZES)
POPULATION = Domain((real("z", "n", "d", latex="x"), real("o", "n"), real("q", "n"), real("c", "d")), sub.SIZES)


def gram(z, a):
    """XᵀXa."""
    return sub.transposed(z, row_of(z, a))


ANNIHILATED = Hypothesis("annihilated", r"XX^\top v = 0", equals_zero(lambda x: row_of(x.z, sub.transposed(x.z, x.v))))
CANCELLED = Hypothesis(
    "cancelled", r"\textstyle\sum_i x_i \cdot v = 0", equals_zero(lambda x: ex.total(sub.transposed(x.z, x.v)))
)
EIGEN = Hypothesis(
    "eigenvector", r"X^\top X v = \sigma^2 v", equals_zero(lambda x: ex.minus(gram(x.z, x.a), ex.scaled(x.s**2, x.a)))
)
NONZERO = Hypothesis("nonzero", r"v \ne 0", not_zero(lambda x: x.a))
NORMAL = Hypothesis(
    "critical",
    r"X^\top X \Omega = X^\top \mu",
    equals_zero(lambda x: sub.transposed(x.z, ex.minus(row_of(x.z, x.o), target(x)))),
)


def target(x):
    """μ, free where the domain has one, otherwise the centroid."""
    return x.c if hasattr(x, "c") else sub.centroid(x)


def draw_axes(domain):
    """Float cases with X = [I, 0] where n ≤ d: every direction of the weights has the singular value 1."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        z = torch.eye(sizes["n"], sizes["d"], dtype=torch.float64).expand(cases, -1, -1).clone()
        return {**batch, "z": z, "s": torch.ones(cases, dtype=torch.float64)}

    return draw


def draw_critical(domain):
    """Float cases whose last sample repeats the first, with Ω = α + τ (1, 0, …, 0, −1) and μ = Xα."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        z = torch.randint(-3, 4, batch["z"].shape, generator=generator).double()
        shares = torch.full((cases, sizes["n"]), 1 / sizes["n"], dtype=torch.float64)
        u = torch.zeros(cases, sizes["n"], dtype=torch.float64)
        if sizes["n"] > 1:
            z[:, -1] = z[:, 0]
            u[:, 0], u[:, -1] = 1, -1
        batch |= {
            "z": z,
            "q": shares,
            "o": shares + u * torch.randn(cases, 1, generator=generator, dtype=torch.float64),
        }
        return batch | ({"c": torch.einsum("bn,bnd->bd", shares, z)} if "c" in batch else {})

    return draw


INTO = sub.proved(
    "into",
    r"v \perp x_1, \dots, x_n \Rightarrow v \cdot X(X^\top y) = 0:\ X R(X^\top) \subseteq R(X)",
    IMAGE,
    (ORTHOGONAL,),
    lambda x: ex.dot(x.v, row_of(x.z, sub.transposed(x.z, x.p))),
    proof="gbcl.lemma3_3:into",
    example={"z": [[1, 0]], "p": [1, 1], "v": [0, 1]},
    twin=(
        "y itself",
        lambda x: ex.dot(x.v, ex.plus(x.p, row_of(x.z, sub.transposed(x.z, x.p)))),
        {"z": [[1, 0]], "p": [1, 1], "v": [0, 1]},
    ),
    draw=draw_orthogonal(IMAGE),
)


def seen(x):
    return sub.transposed(x.z, x.v)


ONTO_POINT = {"z": [[1, 0], [2, 0]], "v": [0, 1]}
ONTO = Part(
    id="onto",
    says=r"XX^\top v = 0 \Rightarrow v \perp x_1, \dots, x_n:\ R(X) \subseteq X R(X^\top)",
    statement=Statement(SEEN, equals_zero(seen), (ANNIHILATED,)),
    checks=(Symbolic("gbcl.lemma3_3:onto"), Certified(candidates=(ONTO_POINT, {"z": [[0, 0]], "v": [1, 0]}))),
    example=ONTO_POINT,
    twins=(
        Twin(
            "where the inner products cancel",
            Statement(SEEN, equals_zero(seen), (CANCELLED,)),
            {"z": [[1], [-1]], "v": [1]},
        ),
    ),
    neighbours=(
        Neighbour("doubled", Statement(SEEN, equals_zero(lambda x: ex.scaled(2, seen(x))), (ANNIHILATED,)), ONTO_POINT),
    ),
)

AXIS = {"z": [[2, 0], [0, 3]], "a": [1, 0], "b": [0, 1], "s": 2, "t": 3}


def products(x, power=1):
    """u·u' − (σ/σ')^power v·v' for u = Xv/σ and u' = Xv'/σ'."""
    u, other = ex.scaled(1 / x.s, row_of(x.z, x.a)), ex.scaled(1 / x.t, row_of(x.z, x.b))
    return ex.dot(u, other) - (x.s / x.t) ** power * ex.dot(x.a, x.b)


LEFT = sub.proved(
    "left-vectors-orthonormal",
    r"X^\top X v = \sigma^2 v,\ \sigma, \sigma' > 0 \Rightarrow u \cdot u' = (\sigma/\sigma')\, v \cdot v' \text{ "
    r"for } u = Xv/\sigma,\ u' = Xv'/\sigma'",
    VECTORS,
    (EIGEN,),
    products,
    proof="gbcl.lemma3_3:orthonormal",
    example=AXIS,
    twin=("the squared ratio", lambda x: products(x, 2), {**AXIS, "b": [1, 0]}),
    draw=draw_axes(VECTORS),
)


def eigen(x, power=2):
    """XXᵀu − σ^power u."""
    u = ex.scaled(1 / x.s, row_of(x.z, x.a))
    return ex.minus(row_of(x.z, sub.transposed(x.z, u)), ex.scaled(x.s**power, u))


LEFT_EIGEN = sub.proved(
    "left-vectors",
    r"X^\top X v = \sigma^2 v,\ \sigma > 0 \Rightarrow XX^\top u = \sigma^2 u \text{ for } u = Xv/\sigma",
    VECTORS,
    (EIGEN,),
    eigen,
    proof="gbcl.lemma3_3:left_eigen",
    example=AXIS,
    twin=("the value σ", lambda x: eigen(x, 1), AXIS),
    draw=draw_axes(VECTORS),
)

EQUAL = {"z": [[1, 0, 0], [1, 0, 0]], "a": [1, -1], "s": 0}
MANY = {"z": [[1], [0]], "a": [0, 1], "s": 0}
ONE = {"z": [[1]], "a": [1], "s": 1}
ONE_INVERTED = {**ONE, "l": [[1]]}
FULL_RANK = (EIGEN, NONZERO, sub.INDEPENDENT)
POSITIVE_VALUE = Part(
    id="index-range",
    says=r"LX = I,\ X^\top X v_i = \sigma_i^2 v_i,\ v_i \ne 0,\ i \le n \Rightarrow \sigma_i \ne 0 \text{, so that } "
    r"X v_i / \sigma_i \text{ exists}",
    statement=Statement(INVERTED, not_zero(lambda x: x.s), FULL_RANK),
    checks=(Symbolic("gbcl.lemma3_3:positive_value"), Certified(candidates=(ONE_INVERTED,))),
    example=ONE_INVERTED,
    twins=(Twin("other than 1", Statement(INVERTED, not_zero(lambda x: x.s - 1), FULL_RANK), ONE_INVERTED),),
    neighbours=(Neighbour("doubled", Statement(INVERTED, not_zero(lambda x: 2 * x.s), FULL_RANK), ONE_INVERTED),),
)
INDEX_RANGE = sub.refuted(
    "index-range",
    r"X^\top X v_i = \sigma_i^2 v_i,\ v_i \ne 0,\ i \le n \Rightarrow \sigma_i \ne 0 \text{, so that } X v_i / "
    r"\sigma_i \text{ exists}",
    Statement(VALUE, not_zero(lambda x: x.s), (EIGEN, NONZERO)),
    example=EQUAL,
    candidates=(EQUAL, MANY),
    twin=Twin("other than 1", Statement(VALUE, not_zero(lambda x: x.s - 1), (EIGEN, NONZERO)), ONE),
    neighbour=Neighbour(
        "for independent samples", Statement(INVERTED, not_zero(lambda x: x.s), FULL_RANK), ONE_INVERTED
    ),
    amendment=Amendment(
        POSITIVE_VALUE,
        FailingStep(
            "(54)",
            "the index runs to n, the number of right singular vectors; it is the rank of X for d > n at the best",
        ),
        "let i run to rank X, and treat singular values below rounding as zero",
    ),
)


def missed(x):
    return ex.minus(row_of(x.z, x.o), target(x))


IDLE = {"z": [[1], [1]], "o": [2, -1], "q": ["1/2", "1/2"]}
CENTROID = sub.proved(
    "centroid",
    r"X^\top X \Omega = X^\top \mu,\ \mu = X\alpha \Rightarrow X\Omega = \mu",
    CRITICAL,
    (NORMAL,),
    missed,
    proof="gbcl.lemma3_3:centroid",
    example=IDLE,
    twin=(
        "Ω = α",
        lambda x: ex.minus(x.o, x.q),
        IDLE,
    ),
    draw=draw_critical(CRITICAL),
)


def pythagoras(x, factor=1):
    """|μ − Xα|² − |μ − XΩ|² − factor · |X(α − Ω)|²."""
    other = ex.minus(row_of(x.z, x.q), x.c)
    apart = ex.norm2(row_of(x.z, ex.minus(x.q, x.o)))
    return ex.norm2(other) - ex.norm2(missed(x)) - factor * apart


OUTSIDE = {"z": [[1, 0]], "o": [0], "q": [1], "c": [0, 1]}
NEAREST = sub.proved(
    "nearest-in-range",
    r"X^\top X \Omega = X^\top \mu \Rightarrow \|\mu - X\alpha\|^2 = \|\mu - X\Omega\|^2 + \|X(\alpha - "
    r"\Omega)\|^2 \text{ for every } \alpha",
    POPULATION,
    (NORMAL,),
    pythagoras,
    proof="gbcl.lemma3_3:nearest",
    example=OUTSIDE,
    twin=("half of it", lambda x: pythagoras(x, ex.Fraction(1, 2)), OUTSIDE),
    draw=draw_critical(POPULATION),
)
HIT = Hypothesis("in-range", r"\mu = X\alpha", equals_zero(lambda x: ex.minus(x.c, row_of(x.z, x.q))))
EXPECTED = sub.refuted(
    "expectation",
    r"X^\top X \Omega = X^\top \mu \Rightarrow X\Omega = \mu \text{ for } \mu \text{ the expectation over the "
    r"Voronoi cell}",
    Statement(POPULATION, equals_zero(missed), (NORMAL,)),
    example=OUTSIDE,
    twin=Twin(
        "without the normal equations",
        Statement(POPULATION, equals_zero(missed)),
        {"z": [[1]], "o": [0], "q": [1], "c": [1]},
    ),
    neighbour=Neighbour(
        "for μ in R(X)",
        Statement(POPULATION, equals_zero(missed), (NORMAL, HIT)),
        example={**OUTSIDE, "o": [1], "c": [1, 0]},
    ),
    amendment=Amendment(
        NEAREST,
        FailingStep("(33), (55)", "an overdetermined system has a least squares solution, which need not solve it"),
        "for d > n read the output as the centroid of the samples in the cell; the part of the population mean "
        "off their span "
        "cannot be reached",
    ),
)

CLAIM = Claim(
    id="gbcl.lemma3.3",
    title="Transformation of the ranges",
    source=Source("gbcl", "Lemma 3.3, (54), (55)"),
    says=r"X R(X^\top) = R(X);\ u_i = X v_i / \sigma_i \text{ for } i = 1, \dots, n;\ \mu = X\Omega_{\mathrm{crit}}",
    derivation=__doc__,
    uses=("gbcl.ranges",),
    readings=(
        Reading(
            "samples",
            "rank X = n, as the paper states it for d > n; μ the mean of the samples in a cell",
            (INTO, ONTO, LEFT_EIGEN, LEFT, POSITIVE_VALUE, CENTROID),
            as_printed=True,
        ),
        Reading("any-rank", "any samples, n > d and equal ones included", (INDEX_RANGE,)),
        Reading("population", "μ the expectation over the Voronoi cell", (EXPECTED,)),
        *(
            Reading(dtype, f"weights of least norm in ddcl_core in {dtype}", (least_norm_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
