"""(45), (47), (49): after a finite t_0 base weights lie in R(X) and dual weights in R(Xᵀ); rank X = min(d, n); singular values.

Base: v ⊥ x_1, …, x_n gives v·Ẇ = v·μ − v·W = −v·W, so v·W(t) = e^{−t} v·W(0): never 0 unless it is 0 from the start.
W(t) tends to R(X) and reaches it at no finite time.  Dual: Xu = 0 gives u·Ω̇ = −(Xu)·(XΩ − μ) = 0: that component is
constant, for frozen and for moving cells.  Ω(t) does not even tend to R(Xᵀ) unless it starts there; what lies in
R(Xᵀ) is Ω(t) − Ω(0).  So a component off the subspace that is not 0 at one time is 0 at none, and one time decides about every
t_0.

Rank: independent draws say nothing about the law they are drawn from.  A law with atoms of mass p_i draws twice the
same sample with probability Σ p_i² > 0, and then d = n = 2 gives rank 1.  Full rank is almost sure where no
hyperplane through 0 has mass, as for every law with a density: with v orthogonal to the other samples, the last one
is on their hyperplane where v·x = 0, which a line that is not parallel to it meets once.

(47): singular values are ≥ 0 by definition, so XXᵀ = I makes them 1, and the value −1 of (47), (48) belongs to no
vector u ≠ 0.  For d > n, XXᵀ = I cannot hold: Xᵀv = 0 has a solution v ≠ 0, and XXᵀ = I makes |v|² = v·XXᵀv = |Xᵀv|² = 0.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
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
from ddcl_theory.claims.ddcl.dcl_subspace import NOT_ZERO, ORTHOGONAL, row_of
from ddcl_theory.claims.ddcl.duality_steps import UNIT
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.claims.gbcl.code_subspaces import displacement_part
from ddcl_theory.domain import Domain, nonnegative, real
from ddcl_theory.relation import equals_zero, not_zero


def base_off(x):
    """v·W(t) at the time with e^{−t} = x."""
    return ex.dot(x.v, sub.base_path(x.w, sub.centroid(x), x.x))


HALFWAY = {**sub.OFF, "x": "1/2"}
INSIDE = Hypothesis("starts-inside", r"v \cdot W(0) = 0", equals_zero(lambda x: ex.dot(x.v, x.w)))
BASE_FINITE = sub.refuted(
    "base-after-finite-time",
    r"v \perp x_1, \dots, x_n \Rightarrow v \cdot W(t) = 0 \text{ for } t > t_0 \text{, hence, being } e^{-t}\, v \cdot "
    r"W(0) \text{, at every } t",
    Statement(sub.TIMED, equals_zero(base_off), (ORTHOGONAL, sub.STARTED)),
    example=HALFWAY,
    twin=Twin(
        "along the samples too",
        Statement(sub.TIMED, equals_zero(base_off), (sub.STARTED,)),
        {**HALFWAY, "w": [2, 0], "v": [1, 0]},
    ),
    neighbour=Neighbour(
        "from a start in R(X)",
        Statement(sub.TIMED, equals_zero(base_off), (ORTHOGONAL, sub.STARTED, INSIDE)),
        example={**HALFWAY, "w": [2, 0]},
    ),
    amendment=Amendment(
        sub.BASE_DECAYS,
        FailingStep(
            "(44)–(45)", "tending to a subspace is taken for lying in it after a finite time; e^{−t} is never 0"
        ),
        "start the prototypes in the span of the samples where they must lie in it, or project them; training "
        "brings them "
        "towards it only as fast as it brings them to their centroids",
    ),
)


def dual_off(x):
    """u·Ω at a time, Ω being any state."""
    return ex.dot(x.u, x.o)


DUAL_INSIDE = Hypothesis("starts-inside", r"u \cdot \Omega(0) = 0", equals_zero(lambda x: ex.dot(x.u, x.o)))
KEPT = Amendment(
    sub.DUAL_KEEPS,
    FailingStep("(48)–(49)", "the modes of the value 0, which (48) keeps constant, are dropped in the next line"),
    "start Ω in R(Xᵀ), for instance at 0 or at X⁺P, where weights of least norm are wanted; training does not "
    "remove what "
    "lies in the null space of X",
)
DUAL_FINITE = sub.refuted(
    "dual-after-finite-time",
    r"Xu = 0 \Rightarrow u \cdot \Omega(t) = 0 \text{ for } t > t_0 \text{, hence, being constant, at every } t",
    Statement(sub.DUAL, equals_zero(dual_off), (sub.NULL,)),
    example=sub.IDLE,
    twin=Twin(
        "for every u",
        Statement(sub.DUAL, equals_zero(dual_off)),
        {"z": [[1]], "c": [1], "o": [1], "u": [1]},
    ),
    neighbour=Neighbour(
        "from a start in R(Xᵀ)",
        Statement(sub.DUAL, equals_zero(dual_off), (sub.NULL, DUAL_INSIDE)),
        example={**sub.IDLE, "o": [3, 0]},
    ),
    amendment=KEPT,
)

ENDED = Domain((*sub.DUAL.variables, real("r", "d")), sub.SIZES)
SETTLED = Hypothesis(
    "settled",
    r"\Omega_\infty = \Omega(0) - X^\top r,\quad X^\top(X\Omega_\infty - c) = 0",
    equals_zero(lambda x: sub.dual_velocity(x.z, reached(x), x.c)),
)


def reached(x):
    """Ω(0) − Xᵀr with r = ∫ (XΩ − c) dt."""
    return ex.minus(x.o, sub.transposed(x.z, x.r))


ENDS = {"z": [[1], [1]], "c": [1], "o": [1, -1], "u": [1, -1], "r": ["-1/2"]}
DUAL_TENDS = sub.refuted(
    "dual-tends",
    r"Xu = 0 \Rightarrow u \cdot \Omega_\infty = 0 \text{ in the limit } t \to \infty",
    Statement(ENDED, equals_zero(lambda x: ex.dot(x.u, reached(x))), (sub.NULL, SETTLED)),
    example=ENDS,
    twin=Twin(
        "before the limit",
        Statement(ENDED, equals_zero(lambda x: ex.dot(x.u, reached(x))), (sub.NULL,)),
        {"z": [[1], [0]], "c": [1], "o": [0, 1], "u": [0, 1], "r": [0]},
    ),
    neighbour=Neighbour(
        "from a start in R(Xᵀ)",
        Statement(ENDED, equals_zero(lambda x: ex.dot(x.u, reached(x))), (sub.NULL, SETTLED, DUAL_INSIDE)),
        example={**ENDS, "o": [0, 0]},
    ),
    amendment=KEPT,
)

LAW = Domain((nonnegative("p", "k"), nonnegative("c")), {"k": (1, 3)})
MASS = Hypothesis("mass", r"c + \textstyle\sum_i p_i = 1", equals_zero(lambda x: x.c + ex.total(x.p) - 1))
NO_ATOMS = Hypothesis("no-atoms", r"p = 0", equals_zero(lambda x: x.p))
CONSTANT = {"p": ["1/2", "1/2"], "c": 0}
LAST = Domain((real("v", "d"), real("a", "d"), real("b", "d"), real("t"), real("s")), {"d": (1, 3)})
CROSSES = Hypothesis(
    "crosses-twice",
    r"v \cdot (a + t b) = v \cdot (a + s b) = 0",
    equals_zero(lambda x: [ex.dot(x.v, ex.plus(x.a, ex.scaled(m, x.b))) for m in (x.t, x.s)]),
)
ASLANT = Hypothesis("not-parallel", r"v \cdot b \ne 0", not_zero(lambda x: ex.dot(x.v, x.b)))
CROSSING = {"v": [1, 0], "a": [1, 5], "b": [1, 1], "t": -1, "s": -1}


def draw_crossing(sizes, cases, generator):
    """Float cases with a = −t b up to multiples of directions along the hyperplane v = e_1, s = t."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(LAST, sizes, cases, generator)
    first = torch.zeros(sizes["d"], dtype=torch.float64)
    first[0] = 1
    b = torch.where(first > 0, torch.ones_like(batch["b"]), batch["b"])
    a = torch.where(first > 0, -batch["t"][:, None].expand_as(batch["a"]), batch["a"])
    return {**batch, "v": first.expand_as(batch["v"]).clone(), "b": b, "a": a, "s": batch["t"].clone()}


ONCE = sub.proved(
    "rank-with-a-density",
    r"v \cdot (a + tb) = v \cdot (a + sb) = 0,\ v \cdot b \ne 0 \Rightarrow t = s \text{: a line that is not "
    r"parallel to the span of the other "
    r"samples meets it once, so that a density gives it no mass}",
    LAST,
    (CROSSES, ASLANT),
    lambda x: x.t - x.s,
    proof="gbcl.ranges:once",
    example=CROSSING,
    twin=("also at 2s", lambda x: x.t - 2 * x.s, CROSSING),
    draw=draw_crossing,
)
RANK = sub.refuted(
    "rank",
    r"d = n = 2,\ x_1, x_2 \text{ independent with one law of atoms } p_i \text{ and an atomless share } c:\ "
    r"\operatorname{rank} X = 2 \text{ almost surely, so } P(x_1 = x_2) = \textstyle\sum_i p_i^2 = 0",
    Statement(LAW, equals_zero(lambda x: ex.norm2(x.p)), (MASS,)),
    example=CONSTANT,
    twin=Twin(
        "the largest atom, twice",
        Statement(LAW, equals_zero(lambda x: ex.maximum(*x.p) ** 2), (MASS,)),
        {"p": [1], "c": 0},
    ),
    neighbour=Neighbour(
        "a law without atoms",
        Statement(LAW, equals_zero(lambda x: ex.norm2(x.p)), (MASS, NO_ATOMS)),
        example={"p": [0], "c": 1},
    ),
    amendment=Amendment(
        ONCE,
        FailingStep(
            "after (45)",
            "independence is about the draws; collinear samples come from laws that put mass on a hyperplane",
        ),
        "take the numerical rank of X; repeated samples, one-hot or count features and constant features lower it",
    ),
)

TRIPLE = Domain((real("z", "n", "d", latex="x"), real("u", "d"), real("v", "n"), nonnegative("s")), sub.SIZES)
LEFT = Hypothesis(
    "singular", r"X^\top u = \sigma v", equals_zero(lambda x: ex.minus(sub.transposed(x.z, x.u), ex.scaled(x.s, x.v)))
)
NORMS = (
    Hypothesis("unit-u", r"\|u\| = 1", equals_zero(lambda x: ex.norm2(x.u) - 1)),
    Hypothesis("unit-v", r"\|v\| = 1", equals_zero(lambda x: ex.norm2(x.v) - 1)),
)
AXIS = {"z": [[1, 0], [0, 1], [0, 0]], "u": [1, 0], "v": [1, 0, 0], "s": 1}


def draw_triple(sizes, cases, generator):
    """X = [I, 0] where n ≥ d, with the first singular vectors."""
    import torch

    n, d = sizes["n"], sizes["d"]
    z = torch.eye(n, d, dtype=torch.float64).expand(cases, n, d).clone()
    return {
        "z": z,
        "u": torch.eye(1, d, dtype=torch.float64).expand(cases, d).clone(),
        "v": torch.eye(1, n, dtype=torch.float64).expand(cases, n).clone(),
        "s": torch.ones(cases, dtype=torch.float64),
    }


VALUES = sub.proved(
    "singular-values",
    r"XX^\top = I,\ X^\top u = \sigma v,\ \|u\| = \|v\| = 1,\ \sigma \ge 0 \Rightarrow \sigma = 1",
    TRIPLE,
    (UNIT, LEFT, *NORMS),
    lambda x: x.s - 1,
    proof="gbcl.ranges:values",
    example=AXIS,
    twin=("the square root of 2", lambda x: x.s**2 - 2, AXIS),
    draw=draw_triple,
)


def vacuous(identifier, says, domain, given, weaker, value, proof, witness):
    """A part whose hypotheses contradict each other, so that no example meets them; the twin has weaker ones."""

    def statement(hypotheses, factor=1):
        return Statement(domain, equals_zero(lambda x: [factor * v for v in value(x)]), hypotheses)

    return Part(
        id=identifier,
        says=says,
        statement=statement(given),
        checks=(Symbolic(proof),),
        twins=(Twin("weaker hypotheses", statement(weaker), witness),),
        neighbours=(Neighbour("doubled", statement(given, 2)),),
    )


MIRRORED = Domain((real("z", "n", "d", latex="x"), real("u", "d"), nonnegative("s")), sub.SIZES)
SEEN_VECTOR = Hypothesis("u-nonzero", r"u \ne 0", not_zero(lambda x: x.u))
NEGATIVE = Hypothesis("value-minus-one", r"(\sigma + 1)\,u = 0", equals_zero(lambda x: ex.scaled(x.s + 1, x.u)))
POSITIVE = Hypothesis("value-one", r"(\sigma - 1)\,u = 0", equals_zero(lambda x: ex.scaled(x.s - 1, x.u)))


def mode(x):
    """XXᵀu − u: the left vector decays as e^{−t}."""
    return ex.minus(row_of(x.z, sub.transposed(x.z, x.u)), x.u)


MINUS = vacuous(
    "value-minus-one",
    r"\sigma \ge 0 \text{ and } \sigma = -1 \text{ on } u \ne 0 \text{, as in (48): } XX^\top u = u",
    MIRRORED,
    (NEGATIVE, SEEN_VECTOR),
    (POSITIVE, SEEN_VECTOR),
    mode,
    "gbcl.ranges:no_negative_value",
    {"z": [[2]], "u": [1], "s": 1},
)

TALL = Domain((real("z", "n", "d", latex="x"), real("v", "d")), sub.SIZES)
FIRST = Hypothesis("off-first", r"v \perp x_1", equals_zero(lambda x: ex.dot(x.v, x.z[0])))
SURPLUS = vacuous(
    "more-features-than-samples",
    r"XX^\top = I,\ X^\top v = 0,\ v \ne 0 \text{ (such a } v \text{ exists for } d > n \text{): } XX^\top v = 0 "
    r"\text{, the second case of (47)}",
    TALL,
    (UNIT, ORTHOGONAL, NOT_ZERO),
    (UNIT, FIRST, NOT_ZERO),
    lambda x: row_of(x.z, sub.transposed(x.z, x.v)),
    "gbcl.ranges:no_surplus",
    {"z": [[1, 0], [0, 1]], "v": [0, 1]},
)

CLAIM = Claim(
    id="gbcl.ranges",
    title="Ranges of the two flows and rank of the data",
    source=Source("gbcl", "(45), (47), (49)"),
    says=r"\text{after a finite } t_0 \text{ base weights lie in } R(X) \text{ and dual weights in } R(X^\top) "
    r"\text{; } "
    r"\operatorname{rank} X = \min(d, n) \text{ for independent samples; singular values under } XX^\top = I",
    derivation=__doc__,
    uses=("ddcl.dcl-subspace",),
    readings=(
        Reading(
            "printed",
            "for all t after a finite time",
            (BASE_FINITE, DUAL_FINITE, RANK, VALUES, MINUS, SURPLUS),
            as_printed=True,
        ),
        Reading("limit", "in the limit of infinite time", (sub.BASE_TENDS, DUAL_TENDS)),
        *(
            Reading(dtype, f"a step of the dual layer of ddcl_core in {dtype}", (displacement_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
