"""Parts of the duality claim about features: what batch normalisation achieves, and which prototypes are ZᵀW."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.conditioning import STANDARD
from ddcl_theory.claims.ddcl.dcl_subspace import ORTHOGONAL
from ddcl_theory.claims.ddcl.duality_steps import SCALED, draw_orthonormal
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero

FEATURES = Domain((real("z", "n", "d"),), {"n": (1, 3), "d": (1, 3)})
REACHED = Domain((real("z", "n", "d"), real("v", "d"), real("p", "d")), {"n": (1, 3), "d": (1, 3)})
INVERTED = Domain(
    (real("z", "n", "d"), real("a", "d", "d"), real("p", "d"), real("r", "d")), {"n": (1, 3), "d": (1, 3)}
)
TWO_EQUAL = {"z": [[1, 1], [-1, -1]]}
OPPOSITE = {"z": [[1], [-1]]}


def correlations(x):
    return [ex.total(s[i] * s[j] for s in x.z) for i in range(x.d) for j in range(i + 1, x.d)] or [0]


SECOND_MOMENT = Hypothesis(
    "unit-variance",
    r"\tfrac1n \textstyle\sum_n z_{ni}^2 = 1",
    equals_zero(lambda x: [ex.total(s[i] ** 2 for s in x.z) - x.n for i in range(x.d)]),
)
ADVICE = (
    "whiten the features (batch normalisation alone does not), or train the dual layer at the rate η/c where ZᵀZ = c I; "
    "otherwise the two layers follow different paths"
)
UNCORRELATED = Part(
    id="normalised-uncorrelated",
    says=r"\text{features of mean 0 and variance 1} \Rightarrow Z^\top Z \text{ is diagonal}",
    statement=Statement(FEATURES, equals_zero(correlations), (STANDARD,)),
    checks=(Certified(candidates=(TWO_EQUAL,)),),
    example=TWO_EQUAL,
    twins=(
        Twin(
            "without the mean",
            Statement(FEATURES, equals_zero(correlations), (SECOND_MOMENT,)),
            {"z": [[1, 1], [1, 1]]},
        ),
    ),
    neighbours=(
        Neighbour(
            "correlations of at most one",
            Statement(
                FEATURES,
                at_least_zero(lambda x: [x.n - c for c in correlations(x)] + [x.n + c for c in correlations(x)]),
                (STANDARD,),
            ),
            example=TWO_EQUAL,
        ),
    ),
    amendment=Amendment(
        SCALED,
        breaks=FailingStep(
            "Section 3.2, duality",
            "batch normalisation acts on each feature alone; it cannot remove a correlation between two",
        ),
        advice=ADVICE,
    ),
)
UNIT_DIAGONAL = Part(
    id="normalised-unit",
    says=r"\text{features of mean 0 and variance 1} \Rightarrow Z^\top Z \text{ has the diagonal 1}",
    statement=Statement(
        FEATURES, equals_zero(lambda x: [ex.total(s[i] ** 2 for s in x.z) - 1 for i in range(x.d)]), (STANDARD,)
    ),
    checks=(Certified(candidates=(OPPOSITE,)),),
    example=OPPOSITE,
    twins=(
        Twin(
            "the diagonal n − 1",
            Statement(
                FEATURES,
                equals_zero(lambda x: [ex.total(s[i] ** 2 for s in x.z) - x.n + 1 for i in range(x.d)]),
                (STANDARD,),
            ),
            OPPOSITE,
        ),
    ),
    neighbours=(
        Neighbour(
            "the diagonal n",
            Statement(
                FEATURES,
                equals_zero(lambda x: [ex.total(s[i] ** 2 for s in x.z) - x.n for i in range(x.d)]),
                (STANDARD,),
            ),
            example=OPPOSITE,
        ),
    ),
    amendment=Amendment(
        SCALED,
        breaks=FailingStep(
            "Section 3.2, duality", "unit variance is Σ_n z² = n, so that the dual layer steps n times as far"
        ),
        advice=ADVICE,
    ),
)


def reached(x):
    return ex.dot(x.v, x.p)


INVERSE = Hypothesis(
    "inverse",
    r"Z^\top Z A = I",
    equals_zero(
        lambda x: [
            ex.total(s[i] * ex.total(s[m] * x.a[m][j] for m in range(x.d)) for s in x.z) - int(i == j)
            for i in range(x.d)
            for j in range(x.d)
        ]
    ),
)
RIDGE = Hypothesis(
    "ridge",
    r"(Z^\top Z + I) A = I",
    equals_zero(
        lambda x: [
            ex.total(s[i] * ex.total(s[m] * x.a[m][j] for m in range(x.d)) for s in x.z) + x.a[i][j] - int(i == j)
            for i in range(x.d)
            for j in range(x.d)
        ]
    ),
)
OFF_FIRST = Hypothesis("off-first", r"v \perp z_1", equals_zero(lambda x: ex.dot(x.v, x.z[0])))
ZERO_DIRECTION = Hypothesis("no-direction", "v = 0", equals_zero(lambda x: x.v))


def inverted(x, factor=1):
    """r·(ZᵀW − factor · p) for W = Z A p."""
    weights = [[ex.dot(s, [ex.dot(row, x.p) for row in x.a])] for s in x.z]
    return ex.dot(x.r, nat.combined(x.z, weights)[0]) - factor * ex.dot(x.r, x.p)


def draw_inverted(sizes, cases, generator):
    """Features with orthonormal columns and A = I."""
    import torch

    batch = draw_orthonormal(INVERTED)(sizes, cases, generator)
    return {**batch, "a": torch.eye(sizes["d"], dtype=torch.float64).expand(cases, -1, -1).clone()}


INVERTED_POINT = {"z": [[1, 0], [1, 1]], "a": [[1, -1], [-1, 2]], "p": [1, 0], "r": [1, 0]}
OUTSIDE = {"z": [[1, 0]], "v": [0, 1], "p": [0, 1]}
REPRESENTS = Part(
    id="representation",
    says=r"\text{every } p \text{ is } Z^\top W \text{ for some } W:\ Zv = 0 \Rightarrow v \cdot p = 0",
    statement=Statement(REACHED, equals_zero(reached), (ORTHOGONAL,)),
    checks=(Certified(candidates=(OUTSIDE,)),),
    example=OUTSIDE,
    twins=(
        Twin(
            "orthogonal to the first sample only",
            Statement(REACHED, equals_zero(reached), (OFF_FIRST,)),
            witness={"z": [[1, 0], [0, 1]], "v": [0, 1], "p": [0, 1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "no direction left",
            Statement(REACHED, equals_zero(reached), (ORTHOGONAL, ZERO_DIRECTION)),
            example={"z": [[1, 0]], "v": [0, 0], "p": [0, 1]},
        ),
    ),
    amendment=Amendment(
        Part(
            id="representation-amended",
            says=r"Z^\top Z A = I \Rightarrow Z^\top W = P \text{ for } W = Z A P \text{: every } P \text{ where } "
            r"\operatorname{rank} Z = d",
            statement=Statement(INVERTED, equals_zero(inverted), (INVERSE,)),
            checks=(Symbolic("ddcl.duality:inverted"), Property(also=(INVERTED_POINT,), draw=draw_inverted)),
            example=INVERTED_POINT,
            twins=(
                Twin(
                    "the inverse of ZᵀZ + I",
                    Statement(INVERTED, equals_zero(inverted), (RIDGE,)),
                    witness={"z": [[1]], "a": [["1/2"]], "p": [1], "r": [1]},
                ),
            ),
            neighbours=(
                Neighbour(
                    "doubled",
                    Statement(INVERTED, equals_zero(lambda x: 2 * inverted(x)), (INVERSE,)),
                    example=INVERTED_POINT,
                ),
            ),
        ),
        breaks=FailingStep(
            "Section 3.2, duality", "equivalence under a condition that forces n ≥ d is carried over to fewer samples"
        ),
        advice="use at least d samples with independent features where prototypes must be free to lie anywhere",
    ),
)
