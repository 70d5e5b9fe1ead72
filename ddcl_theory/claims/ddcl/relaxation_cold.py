"""§4.4, "hard DDCL": as T → 0 the soft assignment, its loss and its reconstruction error against those of k-means.

The parts of `relaxation.py` that concern this limit; the derivation stands there.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.corollary2 import UNIQUE
from ddcl_theory.claims.ddcl.relaxation_vertex import lowest
from ddcl_theory.domain import Domain, Variable, real
from ddcl_theory.relation import equals_zero

SIZES = {"k": (2, 4), "d": (1, 3)}
COLD = Domain((real("z", "d"), real("p", "k", "d"), Variable("T", "cold")), SIZES)
POINTS = Domain((real("z", "d"), real("p", "k", "d")), SIZES)
COLD_TIE = {"z": [0], "p": [[-1], [1]], "T": {"s": 0}}
COLD_SINGLE = {"z": [0], "p": [[1], [2]], "T": {"s": 0}}


def soft(x):
    return a.assignment(x.z, x.p, x.T)


def cold_value(x):
    return a.quantization(x.z, x.p, soft(x)) - lowest(x)


def cold_ols(x):
    return a.ols(x.z, x.p, soft(x)) - lowest(x)


def cold_uncertainty(x):
    """U_q = 1 − ‖q‖², zero exactly at the vertices."""
    return 1 - ex.norm2(soft(x))


def cold_pairs(x):
    """2 Σ_{i<j} q_i q_j, the same on Σq = 1."""
    q = soft(x)
    return 2 * ex.total(q[i] * q[j] for i in range(x.k) for j in range(i + 1, x.k))


def cold_split(x):
    q = soft(x)
    return a.ols(x.z, x.p, q) + a.variance(x.p, q) - lowest(x)


def cold_gap(x):
    q = soft(x)
    return a.quantization(x.z, x.p, q) - a.variance(x.p, q) - lowest(x)


COLD_VALUE = Part(
    id="cold-loss",
    says=r"\lim_{T \to 0} L_q(q(T)) = \min_j d_j",
    statement=Statement(COLD, equals_zero(cold_value)),
    checks=(Symbolic("ddcl.relaxation:cold_value"), Property(also=(COLD_TIE,))),
    example=COLD_TIE,
    twins=(Twin("L_OLS", Statement(COLD, equals_zero(cold_ols)), witness=COLD_TIE),),
    neighbours=(Neighbour("the loss as a sum of its parts", Statement(COLD, equals_zero(cold_split))),),
)


def cold_limit(identifier, says, values, proof, twin, neighbour, step, advice):
    """A limit that needs a unique nearest prototype."""
    corrected = Part(
        id=identifier,
        says=says,
        statement=Statement(COLD, equals_zero(values), (UNIQUE,)),
        checks=(
            Symbolic(f"ddcl.relaxation:{proof}"),
            Property(also=(COLD_SINGLE,)),
            Ablation(f"ddcl.relaxation:{proof}"),
        ),
        example=COLD_SINGLE,
        twins=(Twin(twin[0], Statement(COLD, equals_zero(twin[1]), (UNIQUE,)), witness=COLD_SINGLE),),
        neighbours=(Neighbour("in another form", Statement(COLD, equals_zero(neighbour), (UNIQUE,))),),
    )
    return Part(
        id=identifier,
        says=says,
        statement=Statement(COLD, equals_zero(values)),
        checks=(Certified(candidates=(COLD_TIE,)), Property(also=(COLD_TIE,))),
        example=COLD_SINGLE,
        twins=(Twin(twin[0], Statement(COLD, equals_zero(twin[1])), witness=COLD_SINGLE),),
        neighbours=(Neighbour("unique nearest prototype", Statement(COLD, equals_zero(values), (UNIQUE,))),),
        amendment=Amendment(
            corrected,
            breaks=FailingStep("§4.4, after (16)", step),
            advice=advice,
            examples=lambda k, d: ({"z": [0] * d, "p": [[j] + [0] * (d - 1) for j in range(k)], "T": {"s": 0}}, "1/20"),
        ),
    )


COLD_ASSIGNMENT = cold_limit(
    "cold-assignment",
    r"\lim_{T \to 0} q(T) \text{ is one-hot}",
    cold_uncertainty,
    "cold_one_hot",
    ("uniform instead", lambda x: x.k * ex.norm2(soft(x)) - 1),
    cold_pairs,
    "as T → 0 the softmax tends to the uniform distribution on the nearest prototypes, one-hot only if there is one",
    "break ties by hand before treating cold soft assignments as labels",
)
COLD_OLS = cold_limit(
    "cold-ols",
    r"\lim_{T \to 0} L_{\mathrm{OLS}}(q(T)) = \min_j d_j",
    cold_ols,
    "cold_fit",
    ("the loss vanishes", lambda x: a.ols(x.z, x.p, soft(x))),
    cold_gap,
    "at a tie the limit is the squared distance to the mean of the nearest prototypes, which is smaller",
    "use L_q, not L_OLS, for the value of k-means at small T",
)


def cold_code(dtype):
    """L_q of ddcl_core at the temperature 10⁻³⁰ against min_j d_j, ties included."""

    def statement(name):
        return CodeStatement(
            POINTS,
            f"ddcl_theory.claims.ddcl.code_cold:{name}",
            lowest,
            lambda x: ex.norm2(x.z) + ex.total(ex.norm2(row) for row in x.p),
            dtype=dtype,
            draw=draw_ties,
        )

    return Part(
        id="cold-loss",
        says=r"\mathrm{fl}(L_q(q(10^{-30}))) \approx \min_j d_j",
        statement=statement("loss"),
        checks=(Conforms(),),
        twins=(Twin("L_OLS", statement("fit")),),
        neighbours=(Neighbour("prototypes in another order", statement("loss_reversed")),),
    )


def draw_ties(sizes, cases, generator):
    """In every second case the second prototype mirrors the first about the sample, without rounding."""
    import torch

    def whole(*shape):
        return torch.randint(-99, 100, shape, generator=generator).to(torch.float64)

    z, p = whole(cases, sizes["d"]), whole(cases, sizes["k"], sizes["d"])
    even = (torch.arange(cases) % 2 == 0)[:, None]
    p[:, 1] = torch.where(even, 2 * z - p[:, 0], p[:, 1])
    return {"z": z / 8, "p": p / 8}
