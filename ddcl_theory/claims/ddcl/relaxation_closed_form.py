"""§4.4, the closed form of unconstrained least squares: where PᵀP is invertible, and what holds where it is not.

The parts of `relaxation.py` that concern it; the derivation stands there.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero, one_of, positive

MATRIX = Domain((real("p", "k", "d"),), {"k": (1, 3), "d": (1, 3)})
KERNEL = Domain((real("z", "d"), real("p", "k", "d"), real("lam", "k")), {"k": (1, 4), "d": (1, 3)})
SPACE = Domain((real("z", "d"), real("p", "k", "d"), real("q", "k"), real("r", "k")), {"k": (1, 4), "d": (1, 3)})


def gram(x, transposed=False):
    """PᵀP, or PPᵀ."""
    rows = [list(column) for column in zip(*x.p, strict=True)] if transposed else x.p
    return [[ex.dot(u, v) for v in rows] for u in rows]


def determinant(m):
    """By expansion along the first row."""
    if not m:
        return ex.ONE
    minors = [[row[:j] + row[j + 1 :] for row in m[1:]] for j in range(len(m))]
    return ex.total((-1) ** j * m[0][j] * determinant(minors[j]) for j in range(len(m)))


def ridge(x):
    """det(PᵀP + I)."""
    m = gram(x)
    return determinant([[m[i][j] + int(i == j) for j in range(x.k)] for i in range(x.k)])


def residual_equations(x, q):
    """Pᵀz − PᵀPq."""
    error = ex.minus(x.z, a.mixture(x.p, q))
    return [ex.dot(row, error) for row in x.p]


IN_KERNEL = Hypothesis(
    "kernel",
    r"P^\top P \lambda = 0",
    equals_zero(lambda x: [ex.dot(row, a.mixture(x.p, x.lam)) for row in x.p]),
    breaks=({"z": [1], "p": [[1]], "lam": [1]},),
)
NORMAL = Hypothesis(
    "normal-equations",
    r"P^\top P q = P^\top z",
    equals_zero(lambda x: residual_equations(x, x.q)),
    breaks=({"z": [1], "p": [[1]], "q": [0], "r": [1]},),
)


def draw_kernel(sizes, cases, generator):
    """The last prototype equal to the first and λ = c (e_1 − e_k); λ = 0 for one prototype."""
    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(KERNEL, sizes, cases, generator)
    lam = 0 * batch["lam"]
    lam[:, 0] = batch["lam"][:, 0]
    lam[:, -1] -= batch["lam"][:, 0]
    p = batch["p"].clone()
    p[:, -1] = p[:, 0]
    return {**batch, "p": p, "lam": lam}


def draw_solved(sizes, cases, generator):
    """Prototypes at unit vectors, so that z = Pq + e solves the equations exactly where e is off their span."""
    import torch

    def whole(*shape):
        return torch.randint(-8, 9, shape, generator=generator).to(torch.float64)

    k, d = sizes["k"], sizes["d"]
    axis = torch.arange(k) % max(1, d - 1)
    p = torch.nn.functional.one_hot(axis, d).to(torch.float64).expand(cases, k, d) * (1 + whole(cases, k, 1).abs())
    q, r = whole(cases, k), whole(cases, k)
    z = (q[..., None] * p).sum(1)
    if d > 1:
        z[:, -1] += whole(cases)
    return {"z": z, "p": p, "q": q, "r": r}


def consistent(x):
    """λ·Pᵀz."""
    return ex.dot(x.lam, [ex.dot(row, x.z) for row in x.p])


def improvement(x):
    """‖z − Pr‖² − ‖z − Pq‖²."""
    return a.ols(x.z, x.p, x.r) - a.ols(x.z, x.p, x.q)


def short_improvement(x):
    """The same with ‖z‖² left out of both."""

    def rest(q):
        m = a.mixture(x.p, q)
        return ex.norm2(m) - 2 * ex.dot(x.z, m)

    return rest(x.r) - rest(x.q)


FLAT = {"z": [1], "p": [[1], [1]], "lam": [1, -1]}
EQUAL = {"z": [1], "p": [[1], [1]], "q": [1, 0], "r": [0, 1]}
CLOSED_FORM = Part(
    id="closed-form",
    says=r"P^\top P \text{ is invertible}",
    statement=Statement(MATRIX, positive(lambda x: determinant(gram(x)))),
    checks=(Certified(candidates=({"p": [[1], [2]]},)), Property(also=({"p": [[1], [2]]},))),
    example={"p": [[1, 0], [0, 1]]},
    twins=(
        Twin(
            "of the rows",
            Statement(MATRIX, positive(lambda x: determinant(gram(x, transposed=True)))),
            witness={"p": [[1, 0]]},
        ),
    ),
    neighbours=(Neighbour("with a ridge", Statement(MATRIX, positive(ridge))),),
    amendment=Amendment(
        Part(
            id="normal-equations",
            says=r"P^\top P \lambda = 0 \Rightarrow \lambda^\top P^\top z = 0 \text{: the normal equations have a solution}",
            statement=Statement(KERNEL, equals_zero(consistent), (IN_KERNEL,)),
            checks=(
                Symbolic("ddcl.relaxation:consistent"),
                Property(also=(FLAT,), draw=draw_kernel),
                Ablation("ddcl.relaxation:consistent"),
            ),
            example=FLAT,
            twins=(
                Twin(
                    "for any right side",
                    Statement(KERNEL, equals_zero(lambda x: ex.total(x.lam) + x.lam[0] + consistent(x)), (IN_KERNEL,)),
                    witness=FLAT,
                ),
            ),
            neighbours=(
                Neighbour(
                    "z against Pλ",
                    Statement(KERNEL, equals_zero(lambda x: ex.dot(x.z, a.mixture(x.p, x.lam))), (IN_KERNEL,)),
                ),
            ),
        ),
        breaks=FailingStep(
            "§4.4, before (16)",
            "the formula divides by det PᵀP, which is 0 whenever there are more prototypes than dimensions or the prototypes "
            "are linearly dependent, as at collapse",
        ),
        advice="solve the normal equations by least squares (pseudo-inverse) or add a ridge; never invert PᵀP",
    ),
)
OPTIMAL = Part(
    id="optimal",
    says=r"P^\top P q = P^\top z \Rightarrow \|z - Pq\| \le \|z - Pr\| \text{ for } r \in \mathbb{R}^k",
    statement=Statement(SPACE, at_least_zero(improvement), (NORMAL,)),
    checks=(
        Symbolic("ddcl.relaxation:optimal"),
        Property(also=(EQUAL,), draw=draw_solved),
        Ablation("ddcl.relaxation:optimal"),
    ),
    example=EQUAL,
    twins=(
        Twin(
            "uniquely",
            Statement(SPACE, one_of(positive(improvement), equals_zero(lambda x: ex.minus(x.r, x.q))), (NORMAL,)),
            witness=EQUAL,
        ),
    ),
    neighbours=(Neighbour("without the sample's norm", Statement(SPACE, at_least_zero(short_improvement), (NORMAL,))),),
)
