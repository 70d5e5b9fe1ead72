"""Total collapse on the mean of the data and displacements of any shape from it: p_j = z̄ + e ṽ_j, ṽ_j = v_j − v̄.

A common shift of all prototypes only moves them back to the mean (`ddcl.proposition6`), so that displacements are centred.
With y = z − z̄, S = mean_n Σ_j (ṽ_j·y_n)² and N = Σ_j ‖ṽ_j‖², the power Σ_j ṽ_j·F_j of the training force F = −∂L/∂p_j starts as
e · growth, where
    L_q:   growth = (2/k)(c S/T − N),   L_OLS: growth = (2/k) c S/T,   c = 2 with the stopped gradient, 4 with the full one.
The linear part of each field is symmetric, so a displacement with growth > 0 exists iff the Jacobian has a positive eigenvalue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.expression import Expr, Scalar
from ddcl_theory.relation import not_zero, positive

SIZES = {"k": (2, 3), "d": (1, 2), "n": (2, 2)}
DISPLACED = Domain((real("z", "n", "d"), real("v", "k", "d"), temperature("T")), SIZES)
Rows = list[list[Expr]]

#: By name: a sample's loss, and its force on a prototype at a given assignment.
LOSSES: dict[str, tuple[f.Loss, f.Pull]] = {
    "quantization": (a.quantization, f.pull_quantization),
    "ols": (a.ols, f.pull_ols),
}
#: The factor c of the module's formula.
MULTIPLE = {"stopped": 2, "full": 4}


def centred(x: Any) -> Rows:
    """ṽ_j = v_j − v̄."""
    middle = [ex.mean(row[i] for row in x.v) for i in range(x.d)]
    return [ex.minus(row, middle) for row in x.v]


def deviations(x: Any) -> Rows:
    """y_n = z_n − z̄."""
    middle = f.data_mean(x.z)
    return [ex.minus(z, middle) for z in x.z]


def moved(x: Any, e: Scalar, steps: Rows) -> Rows:
    """z̄ + e · steps."""
    middle = f.data_mean(x.z)
    return [ex.plus(middle, ex.scaled(e, step)) for step in steps]


def power(x: Any, e: Expr, steps: Rows, loss: str) -> Expr:
    """Σ_j steps_j·F_j at z̄ + e · steps, F the force with the stopped gradient."""
    rows = moved(x, e, steps)
    pull = LOSSES[loss][1]
    return ex.mean(
        ex.total(ex.dot(steps[j], pull(z, rows, q, j)) for j in range(x.k))
        for z in x.z
        for q in [f.collapsed_shares(z, rows, x.z, x.T)]
    )


def value(x: Any, e: Expr, steps: Rows, loss: str) -> Expr:
    """The mean loss at z̄ + e · steps, q the soft assignment."""
    rows = moved(x, e, steps)
    return ex.mean(LOSSES[loss][0](z, rows, f.collapsed_shares(z, rows, x.z, x.T)) for z in x.z)


def growth(x: Any, mode: str, loss: str = "quantization") -> Expr:
    """Derivative at e = 0 of Σ_j ṽ_j·F_j."""
    steps = centred(x)
    if mode == "full":
        return -ex.derivative_at_zero(lambda e: value(x, e, steps, loss), order=2)
    return ex.derivative_at_zero(lambda e: power(x, e, steps, loss))


def size(x: Any) -> Expr:
    """N = Σ_j ‖ṽ_j‖²."""
    return ex.total(ex.norm2(row) for row in centred(x))


def reach(x: Any) -> Expr:
    """n S = Σ_n Σ_j (ṽ_j·y_n)²."""
    return ex.total(ex.dot(row, y) ** 2 for row in centred(x) for y in deviations(x))


def closed(x: Any, mode: str, loss: str = "quantization") -> Expr:
    """The closed form of `growth`."""
    spread = ex.Fraction(2 * MULTIPLE[mode], x.k * x.n) * reach(x) / x.T
    return spread if loss == "ols" else spread - ex.Fraction(2, x.k) * size(x)


def reordered(x: Any) -> Any:
    """The same point with the samples in the opposite order."""
    return type(x)(**{**vars(x), "z": x.z[::-1]})


def excess(x: Any, multiple: int) -> Expr:
    """n (multiple · S − T N): positive iff T < multiple · S/N."""
    return multiple * reach(x) - x.n * x.T * size(x)


def cold(multiple: int) -> Hypothesis:
    return Hypothesis(
        "cold",
        rf"T \textstyle\sum_j\|v_j\|^2 < {multiple} \sum_j v_j^\top\Sigma v_j",
        positive(lambda x: excess(x, multiple)),
        breaks=(BOILING,),
    )


def hot(multiple: int) -> Hypothesis:
    return Hypothesis(
        "hot",
        rf"T \textstyle\sum_j\|v_j\|^2 > {multiple} \sum_j v_j^\top\Sigma v_j",
        positive(lambda x: -excess(x, multiple)),
    )


APART = Hypothesis("apart", r"v_j \text{ not all equal}", not_zero(lambda x: [c for row in centred(x) for c in row]))
VARY = Hypothesis(
    "data-vary-along-v",
    r"v_j \cdot (z_n - \bar z) \text{ not all } 0",
    not_zero(lambda x: [ex.dot(row, y) for row in centred(x) for y in deviations(x)]),
    breaks=({"z": [[1], [1]], "v": [[1], [-1]], "T": 1},),
)

#: S = 2 and N = 2: thresholds T = 2 (stopped) and 4 (full).
COOL = {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
WARM = {"z": [[1], [-1]], "v": [[1], [-1]], "T": 3}
BOILING = {"z": [[1], [-1]], "v": [[1], [-1]], "T": 9}


def examples(k: int, d: int) -> tuple[dict[str, Any], str]:
    """Two samples far out on the first axis, prototypes displaced along it."""
    tail = [0] * (d - 1)
    return {"z": [[10, *tail], [-10, *tail]], "v": [[j, *tail] for j in range(k)], "T": 1}, "1/10"


Growth = Callable[[Any], Expr]
