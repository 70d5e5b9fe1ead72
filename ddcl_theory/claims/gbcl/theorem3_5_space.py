"""Where outputs and dual weights lie for d ≤ n: rank X = d, stated as XA = I, and any rank."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Statement, Twin
from ddcl_theory.claims.ddcl.dcl_subspace import ORTHOGONAL, row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero

SIZES = {"n": (1, 3), "d": (1, 2)}
RIGHT_INVERSE = real("a", "n", "d", latex="A")
REACHED = Domain((real("z", "n", "d", latex="x"), RIGHT_INVERSE, real("w", "d")), SIZES)
OFF = Domain((real("z", "n", "d", latex="x"), real("w", "d"), real("v", "d")), SIZES)
NULLED = Domain((real("z", "n", "d", latex="x"), real("o", "n"), real("u", "n")), SIZES)
WEIGHTS = Domain((*NULLED.variables, RIGHT_INVERSE), SIZES)
IDLE = {"z": [[1], [0]], "o": [1, 1], "u": [0, 1]}


def second_moment(z, g):
    """XXᵀg."""
    return row_of(z, sub.transposed(z, g))


INVERSE = Hypothesis(
    "inverse",
    r"XA = I \ (\operatorname{rank} X = d)",
    equals_zero(
        lambda x: [
            ex.total(s[i] * row[j] for s, row in zip(x.z, x.a, strict=True)) - int(i == j)
            for i in range(x.d)
            for j in range(x.d)
        ]
    ),
)


def solved(x, target):
    """Ω = A target."""
    return [ex.dot(row, target) for row in x.a]


def draw_axes(domain):
    """X = [I, 0] and A = Xᵀ, for n ≥ d."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        z = torch.eye(sizes["n"], sizes["d"], dtype=torch.float64).expand(cases, -1, -1).clone()
        if "a" in batch:
            batch["a"] = z.clone()
        return {**batch, "z": z}

    return draw


FULL = {"z": [[1, 0], [1, 1]], "a": [[1, -1], [0, 1]], "w": [1, 2]}
SAME_SPACE = sub.proved(
    "same-space",
    r"XA = I \Rightarrow \text{every } W \text{ is an output } X\Omega,\ \Omega = A W",
    REACHED,
    (INVERSE,),
    lambda x: ex.minus(row_of(x.z, solved(x, x.w)), x.w),
    proof="gbcl.theorem3_5:same_space",
    example=FULL,
    twin=("Ω = XᵀW", lambda x: ex.minus(second_moment(x.z, x.w), x.w), FULL),
    draw=draw_axes(REACHED),
)
ABSENT = {"z": [[1, 0], [2, 0]], "w": [0, 1], "v": [0, 1]}
INSIDE = Hypothesis(
    "w-in-span",
    r"W = \langle W, x_1 \rangle x_1",
    equals_zero(lambda x: ex.minus(x.w, ex.scaled(ex.dot(x.w, x.z[0]), x.z[0]))),
)
ANY_SPACE = sub.refuted(
    "same-space",
    r"d \le n,\ v \perp x_1, \dots, x_n \Rightarrow v \cdot W = 0 \text{ for the base prototype, as for every output}",
    Statement(OFF, equals_zero(lambda x: ex.dot(x.v, x.w)), (ORTHOGONAL,)),
    example=ABSENT,
    twin=Twin("for every v", Statement(OFF, equals_zero(lambda x: ex.dot(x.v, x.w))), {"z": [[1]], "w": [1], "v": [1]}),
    neighbour=Neighbour(
        "from a start along a sample",
        Statement(OFF, equals_zero(lambda x: ex.dot(x.v, x.w)), (ORTHOGONAL, INSIDE)),
        example={**ABSENT, "w": [1, 0]},
    ),
    amendment=Amendment(
        SAME_SPACE,
        FailingStep("before Theorem 3.5", "rank X = d is taken for granted where d ≤ n"),
        "drop constant and duplicate features before the two layers are compared",
    ),
)


AT_ZERO = Hypothesis("at-zero", r"\Omega = 0", equals_zero(lambda x: x.o))
IDLE_FULL = {**IDLE, "a": [[1], [0]]}


def in_rows(*given):
    return Statement(WEIGHTS, equals_zero(lambda x: ex.dot(x.u, x.o)), (INVERSE, *given))


WEIGHTS_SPACE = sub.refuted(
    "same-space",
    r"XA = I,\ Xu = 0 \Rightarrow u \cdot \Omega = 0 \text{: the dual weights lie in } R(X^\top) \text{, of the dimension } "
    r"d \text{ of the feature space}",
    in_rows(sub.NULL),
    example=IDLE_FULL,
    twin=Twin("for every u", in_rows(), {"z": [[1]], "a": [[1]], "o": [1], "u": [1]}),
    neighbour=Neighbour("from the start 0", in_rows(sub.NULL, AT_ZERO), example={**IDLE_FULL, "o": [0, 0]}),
    amendment=Amendment(
        sub.DUAL_KEEPS,
        FailingStep(
            "before Theorem 3.5",
            "the n − d null modes are called meaningless, as they are for outputs; the weights keep them, off R(Xᵀ)",
        ),
        "speak of the same space for the outputs; start Ω in R(Xᵀ), for instance at 0, where the weights should lie in it",
    ),
)
