"""Parts of Proposition 6 at total collapse: all prototypes at the mean of the data, moved apart as z̄ + ε(a_j − ā)u."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl.dynamics.collapse import CollapseField
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.expression import Expr
from ddcl_theory.relation import not_zero, positive

SIZES = {"k": (2, 3), "d": (1, 2), "n": (2, 2)}
COLLAPSE = Domain((real("z", "n", "d"), real("a", "k"), temperature("T")), SIZES)
WITH_DIRECTION = Domain((*COLLAPSE.variables, real("u", "d")), SIZES)
FREE = Domain((real("z", "n", "d"), real("a", "k"), real("u", "d")), SIZES)

SPREAD = Hypothesis("spread", r"a_j \text{ not all equal}", not_zero(lambda x: f.centred(x.a)))
VARY = Hypothesis(
    "data-vary", r"z_n \text{ not all equal}", not_zero(lambda x: [c for z in x.z for c in deviation(x, z)])
)
VARY_ALONG = Hypothesis(
    "data-vary-along-u", r"u \cdot z_n \text{ not all equal}", not_zero(lambda x: [tau(x, z, x.u) for z in x.z])
)


def deviation(x: Any, z: list[Expr]) -> list[Expr]:
    """y = z − z̄."""
    return ex.minus(z, f.data_mean(x.z))


def tau(x: Any, z: list[Expr], u: list[Expr]) -> Expr:
    """u·(z − z̄)."""
    return ex.dot(u, deviation(x, z))


def growth_stopped(x: Any, u: list[Expr]) -> Expr:
    """Derivative at ε = 0 of Σ_j (a_j − ā) u·F_j, F the stopped force of L_q."""
    weights = f.centred(x.a)

    def power(e: Expr) -> Expr:
        rows = f.spread(x.z, x.a, u, e)
        return ex.mean(
            ex.total(weights[j] * ex.dot(u, f.pull_quantization(z, rows, q, j)) for j in range(x.k))
            for z in x.z
            for q in [f.collapsed_shares(z, rows, x.z, x.T)]
        )

    return ex.derivative_at_zero(power)


def growth_full(x: Any, u: list[Expr], loss: f.Loss = a.quantization) -> Expr:
    """−L'' at ε = 0: the same with the gradient through the softmax."""

    def value(e: Expr) -> Expr:
        rows = f.spread(x.z, x.a, u, e)
        return ex.mean(loss(z, rows, f.collapsed_shares(z, rows, x.z, x.T)) for z in x.z)

    return -ex.derivative_at_zero(value, order=2)


GROWTH: dict[str, Callable[..., Expr]] = {"stopped": growth_stopped, "full": growth_full}


def matrix(growth: Callable[..., Expr], x: Any) -> list[list[Expr]]:
    """The symmetric d × d matrix A with uᵀAu = growth along u, by polarisation."""
    axes = [f.unit(x.d, i) for i in range(x.d)]
    diagonal = [growth(x, e) for e in axes]

    def entry(i: int, j: int) -> Expr:
        if i == j:
            return diagonal[i]
        return (growth(x, ex.plus(axes[i], axes[j])) - diagonal[i] - diagonal[j]) * ex.Fraction(1, 2)

    return [[entry(min(i, j), max(i, j)) for j in range(x.d)] for i in range(x.d)]


def grows_somewhere(growth: Callable[..., Expr], x: Any) -> Expr:
    """Positive iff uᵀAu > 0 for some u: some principal minor of −A is negative."""
    negative = [[-c for c in row] for row in matrix(growth, x)]
    return ex.maximum(*[-m for m in f.principal_minors(negative)])


def excess(x: Any, u: list[Expr], multiple: int) -> Expr:
    """Σ_n {multiple · (u·y_n)² − T‖u‖²}: positive iff T < multiple · uᵀΣu for a unit u."""
    return ex.total(multiple * tau(x, z, u) ** 2 - x.T * ex.norm2(u) for z in x.z)


def reordered(x: Any) -> Any:
    """The same point with the samples in the opposite order."""
    return type(x)(**{**vars(x), "z": x.z[::-1]})


COLD = {"z": [[1], [-1]], "a": [1, -1], "T": 1}
HOT = {"z": [[1], [-1]], "a": [1, -1], "T": 9}
#: Σ = 1, a temperature between the thresholds 2 and 4, and one between 4 and 8.
BETWEEN = {"stopped": 3, "full": 5}


def growing(mode: str) -> Part:
    """A direction in which the collapsed prototypes run apart exists, whenever the data vary."""
    growth, multiple = GROWTH[mode], {"stopped": 2, "full": 4}[mode]
    conclusion = positive(lambda x: grows_somewhere(growth, x))

    def along(u: Callable[[Any], list[Expr]], factor: int) -> Hypothesis:
        return Hypothesis("cold-enough", rf"T < {factor}\,u^\top\Sigma u", positive(lambda x: excess(x, u(x), factor)))

    def first(x: Any) -> list[Expr]:
        return f.unit(x.d, 0)

    def bounded(factor: int, field: CollapseField, relation: Any = conclusion) -> Statement:
        return Statement(WITH_DIRECTION, relation, (SPREAD, VARY, along(lambda x: x.u, factor)), system=field)

    witness = {"z": [[1], [-1]], "a": [1, -1], "T": BETWEEN[mode]}
    field = CollapseField("quantization", mode, multiple)
    amended = Part(
        id="growing-when-cold",
        says=rf"T < {multiple}\,u^\top\Sigma u \text{{ for some unit }} u",
        statement=bounded(multiple, field),
        checks=(
            Symbolic(f"ddcl.proposition6_collapse:growing_{mode}"),
            Certified(candidates=({**COLD, "u": [1]},)),
            Dynamics(
                "ddcl_theory.claims.ddcl.dynamics.collapse:threshold", "eigenvalues of the training field at collapse"
            ),
        ),
        example={**COLD, "u": [1]},
        twins=(
            Twin(
                "a bound that is too weak",
                bounded(2 * multiple, CollapseField("quantization", mode, 2 * multiple)),
                {**witness, "u": [1]},
            ),
        ),
        neighbours=(
            Neighbour(
                "samples in another order, sums for means",
                bounded(
                    multiple,
                    CollapseField("quantization", mode, multiple, "sum"),
                    positive(lambda x: grows_somewhere(growth, reordered(x))),
                ),
            ),
        ),
    )
    return Part(
        id="growing-direction",
        says=r"\text{collapse has a growing direction}",
        statement=Statement(COLLAPSE, conclusion, (SPREAD, VARY)),
        checks=(Property(), Certified(candidates=(HOT, COLD))),
        example=COLD,
        twins=(
            Twin(
                "a bound that is too weak",
                Statement(COLLAPSE, conclusion, (SPREAD, VARY, along(first, 2 * multiple))),
                witness,
            ),
        ),
        neighbours=(
            Neighbour(
                "cold along the first axis", Statement(COLLAPSE, conclusion, (SPREAD, VARY, along(first, multiple)))
            ),
        ),
        amendment=Amendment(
            amended,
            FailingStep(
                "Proposition 6", "Instability is concluded from a separating force that exists only at low temperature."
            ),
            f"Collapse is unstable iff T is below {multiple} times the largest variance of the data in any direction.",
            lambda k, d: (
                {
                    "z": [[10] + [0] * (d - 1), [-10] + [0] * (d - 1)],
                    "a": list(range(k)),
                    "T": 1,
                    "u": [1] + [0] * (d - 1),
                },
                "1/10",
            ),
        ),
    )


def common_shift(x: Any) -> Expr:
    """Derivative at ε = 0 of Σ_j u·F_j when all prototypes are moved together to z̄ + εu."""

    def power(e: Expr) -> Expr:
        rows = [ex.plus(f.data_mean(x.z), ex.scaled(e, x.u)) for _ in x.a]
        return ex.mean(
            ex.total(ex.dot(x.u, f.pull_quantization(z, rows, q, j)) for j in range(x.k))
            for z in x.z
            for q in [f.collapsed_shares(z, rows, x.z, x.T)]
        )

    return ex.derivative_at_zero(power)


MOVED = Hypothesis("moved", r"u \ne 0", not_zero(lambda x: x.u))
DECAYING = Part(
    id="decaying-direction",
    says=r"\text{collapse has a decaying direction: the common shift}",
    statement=Statement(WITH_DIRECTION, positive(lambda x: -common_shift(x)), (MOVED,)),
    checks=(Symbolic("ddcl.proposition6_collapse:decaying"), Certified(candidates=({**COLD, "u": [1]},))),
    example={**COLD, "u": [1]},
    twins=(
        Twin(
            "faster than 2‖u‖²",
            Statement(WITH_DIRECTION, positive(lambda x: -common_shift(x) - 2 * ex.norm2(x.u)), (MOVED,)),
            {**COLD, "u": [1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "faster than ‖u‖²",
            Statement(WITH_DIRECTION, positive(lambda x: -common_shift(x) - ex.norm2(x.u)), (MOVED,)),
        ),
    ),
)


def hessian(x: Any) -> list[list[Expr]]:
    """Second derivatives of E = Σ q_nj ‖z_n − p_j‖² at P = z̄, q = 1/k, along δp_j = ã_j u and δq_nj = ã_j τ_n, ã = a − ā."""
    weights = f.centred(x.a)

    def second(s: int, t: int) -> Expr:
        def value(e: Expr) -> Expr:
            rows = f.spread(x.z, x.a, x.u, s * e)
            return ex.total(
                a.quantization(z, rows, [ex.Fraction(1, x.k) + t * e * w * tau(x, z, x.u) for w in weights])
                for z in x.z
            )

        return ex.derivative_at_zero(value, order=2)

    mixed = (second(1, 1) - second(1, -1)) * ex.Fraction(1, 4)
    return [[second(1, 0), mixed], [mixed, second(0, 1)]]


def indefinite(x: Any) -> Expr:
    """Minus the determinant of the Hessian on the plane: positive iff E both falls and rises there."""
    (pp, pq), (_, qq) = hessian(x)
    return pq**2 - pp * qq


AT_CENTRE = {"z": [[1], [-1]], "a": [1, -1], "u": [1]}
FREE_SADDLE = Part(
    id="saddle",
    says=r"E_{PP} E_{QQ} - E_{PQ}^2 < 0 \text{ on a plane through collapse}",
    statement=Statement(FREE, positive(indefinite), (SPREAD, VARY_ALONG)),
    checks=(Symbolic("ddcl.proposition6_collapse:free_saddle"), Property(also=(AT_CENTRE,))),
    example=AT_CENTRE,
    twins=(
        Twin(
            "data that need not vary",
            Statement(FREE, positive(indefinite), (SPREAD,)),
            {"z": [[1], [1]], "a": [1, -1], "u": [1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "samples in another order",
            Statement(FREE, positive(lambda x: indefinite(reordered(x))), (SPREAD, VARY_ALONG)),
        ),
    ),
)

OLS_REPELS = Part(
    id="ols-repels",
    says=r"\text{under } L_{\mathrm{OLS}} \text{ collapse repels along every direction in which the data vary, at every } T",
    statement=Statement(WITH_DIRECTION, positive(lambda x: growth_full(x, x.u, a.ols)), (SPREAD, VARY_ALONG)),
    checks=(Symbolic("ddcl.proposition6_collapse:ols_repels"), Certified(candidates=({**COLD, "u": [1]},))),
    example={**COLD, "u": [1]},
    twins=(
        Twin(
            "under L_q",
            Statement(WITH_DIRECTION, positive(lambda x: growth_full(x, x.u)), (SPREAD, VARY_ALONG)),
            {**HOT, "u": [1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "samples in another order",
            Statement(WITH_DIRECTION, positive(lambda x: growth_full(reordered(x), x.u, a.ols)), (SPREAD, VARY_ALONG)),
        ),
    ),
)


def moderate(sizes: Any, cases: int, generator: Any) -> dict[str, Any]:
    """Float cases whose soft assignments are neither uniform nor one-hot to rounding."""
    import torch

    def normal(*shape: int) -> Any:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    n, k, d = sizes["n"], sizes["k"], sizes["d"]
    exponent = 2 * torch.rand(cases, generator=generator, dtype=torch.float64) - 1
    return {"z": 2 * normal(cases, n, d), "p": normal(cases, k, d), "T": 10**exponent}
