"""The paper's formulas as expressions: L_q, L_OLS, V, the mixture and the soft assignment, for one sample."""

from __future__ import annotations

from collections.abc import Sequence

from ddcl_theory import expression as ex
from ddcl_theory.expression import Expr, Scalar

Vector = Sequence[Scalar]
Rows = Sequence[Vector]


def distances(z: Vector, p: Rows) -> list[Expr]:
    """d_j = ‖z − p_j‖²."""
    return [ex.norm2(ex.minus(z, row)) for row in p]


def mixture(p: Rows, q: Vector) -> list[Expr]:
    """Pq = Σ_j q_j p_j."""
    return [ex.dot(q, [row[i] for row in p]) for i in range(len(p[0]))]


def quantization(z: Vector, p: Rows, q: Vector) -> Expr:
    """L_q = Σ_j q_j ‖z − p_j‖² (11)."""
    return ex.dot(q, distances(z, p))


def ols(z: Vector, p: Rows, q: Vector) -> Expr:
    """L_OLS = ‖z − Pq‖² (16)."""
    return ex.norm2(ex.minus(z, mixture(p, q)))


def variance(p: Rows, q: Vector) -> Expr:
    """V = Σ_j q_j ‖p_j − Pq‖² (23)."""
    m = mixture(p, q)
    return ex.total(ex.lift(w) * ex.norm2(ex.minus(row, m)) for w, row in zip(q, p, strict=True))


def assignment(z: Vector, p: Rows, temperature: Expr, anchor: Scalar | None = None) -> list[Expr]:
    """q_j ∝ exp(−‖z − p_j‖²/T) (8)."""
    return ex.softmax(distances(z, p), temperature, anchor)


def active_differences(p: Rows, q: Vector) -> list[Expr]:
    """q_i q_j (p_i − p_j) for i < j, flattened: all zero exactly when the active prototypes coincide."""
    k = len(p)
    return [ex.lift(q[i]) * ex.lift(q[j]) * c for i in range(k) for j in range(i + 1, k) for c in ex.minus(p[i], p[j])]
