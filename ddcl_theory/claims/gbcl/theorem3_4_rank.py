"""How many dimensions the outputs and the dual weights of d > n features have: the rank of the samples."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl.dcl_subspace import DIMENSION as AT_MOST
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero, not_zero

SPAN = Domain((real("z", "n", "d", latex="x"), real("u", "n")), {"n": (2, 2), "d": (3, 4)})
SPANNED = Domain((real("z", "n", "d", latex="x"), real("u", "n"), sub.LEFT_INVERSE), sub.SIZES)
WEIGHTS = Domain((real("z", "n", "d", latex="x"), real("o", "n"), sub.LEFT_INVERSE), sub.SIZES)
LOOSE = Domain((real("z", "n", "d", latex="x"), real("o", "n"), real("u", "n")), sub.SIZES)

NOT_NULL = Hypothesis("u-nonzero", r"u \ne 0", not_zero(lambda x: x.u))
ORTHONORMAL = Hypothesis(
    "orthonormal-samples",
    r"X^\top X = I",
    equals_zero(lambda x: [ex.dot(x.z[i], x.z[j]) - int(i == j) for i in range(x.n) for j in range(i, x.n)]),
)
AT_ZERO = Hypothesis("at-zero", r"\Omega = 0", equals_zero(lambda x: x.o))
EQUAL = {"z": [[1, 0, 0], [1, 0, 0]], "u": [1, -1]}
AXES = {"z": [[1, 0, 0], [0, 1, 0]], "l": [[1, 0, 0], [0, 1, 0]]}
WHOLE = {**AXES, "u": [1, 1]}


def spanning(value):
    return Statement(SPANNED, not_zero(value), (NOT_NULL, sub.INDEPENDENT))


DIMENSION = Part(
    id="dimension",
    says=r"LX = I,\ u \ne 0 \Rightarrow Xu \ne 0 \text{: the subspace has dimension } n",
    statement=spanning(lambda x: row_of(x.z, x.u)),
    checks=(Symbolic("gbcl.theorem3_4:dimension"), Certified(candidates=(WHOLE,))),
    example=WHOLE,
    twins=(Twin("the first feature of Xu", spanning(lambda x: row_of(x.z, x.u)[0]), {**AXES, "u": [0, 1]}),),
    neighbours=(Neighbour("doubled", spanning(lambda x: ex.scaled(2, row_of(x.z, x.u))), WHOLE),),
)


def from_rows(x, factor=1):
    """Xᵀ(LᵀΩ) − factor · Ω."""
    return ex.minus(sub.transposed(x.z, row_of(x.l, x.o)), ex.scaled(factor, x.o))


ROWS = sub.proved(
    "weights-stay",
    r"LX = I \Rightarrow \Omega = X^\top (L^\top \Omega) \in R(X^\top) \text{ for every } \Omega \text{, at every time: "
    r"} R(X^\top) = R^n",
    WEIGHTS,
    (sub.INDEPENDENT,),
    from_rows,
    proof="gbcl.theorem3_4:rows",
    example={**AXES, "o": [1, 2]},
    twin=("2Ω", lambda x: from_rows(x, 2), {**AXES, "o": [1, 2]}),
    draw=sub.draw_independent(WEIGHTS),
)
IDLE_PAIR = {"z": [[1, 0, 0], [1, 0, 0]], "o": [1, 0], "u": [1, -1]}
ANY_WEIGHTS = sub.refuted(
    "weights-stay",
    r"Xu = 0 \Rightarrow u \cdot \Omega = 0 \text{ at every time: } \Omega \in R(X^\top)",
    Statement(LOOSE, equals_zero(lambda x: ex.dot(x.u, x.o)), (sub.NULL,)),
    example=IDLE_PAIR,
    twin=Twin(
        "for every u",
        Statement(LOOSE, equals_zero(lambda x: ex.dot(x.u, x.o))),
        {"z": [[1]], "o": [1], "u": [1]},
    ),
    neighbour=Neighbour(
        "from the start 0",
        Statement(LOOSE, equals_zero(lambda x: ex.dot(x.u, x.o)), (sub.NULL, AT_ZERO)),
        example={**IDLE_PAIR, "o": [0, 0]},
    ),
    amendment=Amendment(
        sub.DUAL_KEEPS,
        FailingStep("(48)–(49)", "the modes of the value 0, which (48) keeps constant, are dropped in the next line"),
        "start Ω in R(Xᵀ), for instance at 0, where equal or dependent samples may occur",
    ),
)
ANY_DIMENSION = sub.refuted(
    "dimension",
    r"d > n,\ u \ne 0 \Rightarrow Xu \ne 0 \text{: the subspace has dimension } n",
    Statement(SPAN, not_zero(lambda x: row_of(x.z, x.u)), (NOT_NULL,)),
    example=EQUAL,
    twin=Twin(
        "the first feature of Xu",
        Statement(SPAN, not_zero(lambda x: row_of(x.z, x.u)[0]), (NOT_NULL,)),
        {"z": [[0, 1, 0], [0, 0, 1]], "u": [1, 0]},
    ),
    neighbour=Neighbour(
        "for orthonormal samples",
        Statement(SPAN, not_zero(lambda x: row_of(x.z, x.u)), (NOT_NULL, ORTHONORMAL)),
        example={"z": [[1, 0, 0], [0, 1, 0]], "u": [1, 1]},
    ),
    amendment=Amendment(
        AT_MOST,
        FailingStep("before Theorem 3.4", "rank X = n is taken for granted where d > n; equal samples lower it"),
        "count on at most n dimensions; the number is the rank of X",
    ),
)
