"""Theorem 1, equality: V = 0 exactly when q is a vertex or all active prototypes coincide.

V = Σ_{i<j} q_i q_j ‖p_i − p_j‖² (Theorem 1's gap as a sum over pairs), a sum of non-negative terms.  It vanishes iff every
term does, that is, iff q_i q_j (p_i − p_j) = 0 for all i < j: any two active prototypes are equal.  At a vertex only one
prototype is active, so the first alternative is contained in the second.

With softmax assignments at T > 0 every prototype is active.  There the vertex never occurs for k ≥ 2, and the gap
vanishes iff all prototypes coincide.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import equals_zero, not_zero, positive

SIZES = {"k": (2, 5), "d": (1, 3)}
DOMAIN = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k")), SIZES)
SOFT = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), SIZES)


def products(x):
    """q_i q_j for i < j: all zero exactly at the vertices."""
    return [x.q[i] * x.q[j] for i in range(x.k) for j in range(i + 1, x.k)]


def differences(x):
    """p_i − p_j for i < j, flattened."""
    return [c for i in range(x.k) for j in range(i + 1, x.k) for c in ex.minus(x.p[i], x.p[j])]


def variance(x):
    return a.variance(x.p, x.q)


def gap(x):
    return a.quantization(x.z, x.p, x.q) - a.ols(x.z, x.p, x.q)


def soft_variance(x):
    return a.variance(x.p, a.assignment(x.z, x.p, x.T))


def soft_gap(x):
    q = a.assignment(x.z, x.p, x.T)
    return a.quantization(x.z, x.p, q) - a.ols(x.z, x.p, q)


VERTEX = Hypothesis("vertex", r"q \text{ is a vertex}", equals_zero(products))
COINCIDE = Hypothesis(
    "active-coincide",
    r"p_i = p_j \text{ whenever } q_i, q_j > 0",
    equals_zero(lambda x: a.active_differences(x.p, x.q)),
)
ACTIVE_DIFFER = Hypothesis(
    "active-differ", r"\text{two active prototypes differ}", not_zero(lambda x: a.active_differences(x.p, x.q))
)
NO_VERTEX = Hypothesis("no-vertex", r"q \text{ is no vertex}", not_zero(products))
SOME_DIFFER = Hypothesis("some-differ", r"\text{two prototypes differ}", not_zero(differences))


def draw_vertices(sizes, cases, generator):
    """Vertices with arbitrary prototypes."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(DOMAIN, sizes, cases, generator)
    active = torch.randint(sizes["k"], (cases,), generator=generator)
    return {**batch, "q": torch.nn.functional.one_hot(active, sizes["k"]).to(torch.float64)}


def draw_coinciding(sizes, cases, generator):
    """Active prototypes equal to the first, the inactive ones anywhere."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(DOMAIN, sizes, cases, generator)
    active = (batch["q"] > 0)[..., None]
    return {**batch, "p": torch.where(active, batch["p"][:, :1], batch["p"])}


def _part(identifier, says, given, conclusion, proof, draw, example, twin, neighbour):
    return Part(
        id=identifier,
        says=says,
        statement=Statement(DOMAIN, conclusion, (given,)),
        checks=(Symbolic(f"ddcl.theorem1_equality:{proof}"), Property(draw=draw)),
        example=example,
        twins=(twin,),
        neighbours=(Neighbour("gap for variance", Statement(DOMAIN, neighbour, (given,))),),
    )


AT_VERTICES = _part(
    "vertex",
    r"q \text{ a vertex} \Rightarrow V = 0",
    VERTEX,
    equals_zero(variance),
    "vanishes",
    draw_vertices,
    {"z": [0], "p": [[0], [1]], "q": [1, 0]},
    Twin(
        "L_OLS vanishes there",
        Statement(DOMAIN, equals_zero(lambda x: a.ols(x.z, x.p, x.q)), (VERTEX,)),
        witness={"z": [1], "p": [[0], [1]], "q": [1, 0]},
    ),
    equals_zero(gap),
)
WHERE_COINCIDENT = _part(
    "coincident",
    r"\text{active prototypes coincide} \Rightarrow V = 0",
    COINCIDE,
    equals_zero(variance),
    "vanishes",
    draw_coinciding,
    {"z": [0], "p": [[1], [1], [5]], "q": ["1/2", "1/2", 0]},
    Twin(
        "L_OLS vanishes there",
        Statement(DOMAIN, equals_zero(lambda x: a.ols(x.z, x.p, x.q)), (COINCIDE,)),
        witness={"z": [0], "p": [[1], [1], [5]], "q": ["1/2", "1/2", 0]},
    ),
    equals_zero(gap),
)
NOWHERE_ELSE = Part(
    id="nowhere-else",
    says=r"\text{two active prototypes differ} \Rightarrow V > 0",
    statement=Statement(DOMAIN, positive(variance), (ACTIVE_DIFFER,)),
    checks=(Symbolic("ddcl.theorem1_equality:positive_elsewhere"), Property()),
    example={"z": [0], "p": [[0], [1]], "q": ["1/2", "1/2"]},
    twins=(
        Twin(
            "q is no vertex",
            Statement(DOMAIN, positive(variance), (NO_VERTEX,)),
            witness={"z": [0], "p": [[0], [0]], "q": ["1/2", "1/2"]},
        ),
    ),
    neighbours=(Neighbour("gap for variance", Statement(DOMAIN, positive(gap), (ACTIVE_DIFFER,))),),
)
SOFT_POSITIVE = Part(
    id="all-coincide",
    says=r"V(q(T), P) > 0 \text{ unless all prototypes coincide}",
    statement=Statement(SOFT, positive(soft_variance), (SOME_DIFFER,)),
    checks=(Symbolic("ddcl.theorem1_equality:soft_positive"), Property()),
    example={"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}},
    twins=(
        Twin(
            "without a condition",
            Statement(SOFT, positive(soft_variance)),
            witness={"z": [0], "p": [[1], [1]], "T": {"s": "1/2"}},
        ),
    ),
    neighbours=(Neighbour("gap for variance", Statement(SOFT, positive(soft_gap), (SOME_DIFFER,))),),
)


def _vanishing_code(dtype):
    """ddcl_core's V at coinciding active prototypes: within rounding of 0, and never negative."""

    def scale(x):
        return ex.total(w * ex.norm2(row) for w, row in zip(x.q, x.p, strict=True))

    def statement(name, reference, **extra):
        return CodeStatement(
            DOMAIN,
            f"ddcl_theory.claims.ddcl.code:{name}",
            reference,
            scale,
            dtype=dtype,
            draw=draw_coinciding,
            units=16,
            **extra,
        )

    return Reading(
        dtype,
        f"what ddcl_core computes in {dtype} where V vanishes",
        parts=(
            Part(
                id="vanishing",
                says=r"\mathrm{fl}(V) \approx 0 \text{ where active prototypes coincide}",
                statement=statement("variance", variance),
                checks=(Conforms(),),
                twins=(Twin("L_OLS in place of V", statement("ols", variance)),),
                neighbours=(Neighbour("prototypes in another order", statement("variance_reversed", variance)),),
            ),
            Part(
                id="non-negative",
                says=r"\mathrm{fl}(V) \ge 0 \text{ where active prototypes coincide}",
                statement=statement("variance", variance, at_least_zero=True),
                checks=(Conforms(),),
                twins=(
                    Twin(
                        "a difference of losses in place of V",
                        statement("loss_difference", variance, at_least_zero=True),
                    ),
                ),
                neighbours=(
                    Neighbour(
                        "prototypes in another order", statement("variance_reversed", variance, at_least_zero=True)
                    ),
                ),
            ),
        ),
    )


CLAIM = Claim(
    id="ddcl.theorem1.equality",
    title="When the decomposition gap vanishes",
    source=Source("ddcl", "Theorem 1, Appendix A"),
    says=r"V = 0 \iff q \text{ is a vertex of } \Delta \text{ or all prototypes with } q_j > 0 \text{ coincide}",
    derivation=__doc__,
    uses=("ddcl.theorem1",),
    readings=(
        Reading("simplex", "any q in the simplex", (AT_VERTICES, WHERE_COINCIDENT, NOWHERE_ELSE), as_printed=True),
        Reading("softmax", "q the softmax assignment (8) at some T > 0", (SOFT_POSITIVE,)),
        _vanishing_code("float64"),
        _vanishing_code("float32"),
    ),
)
