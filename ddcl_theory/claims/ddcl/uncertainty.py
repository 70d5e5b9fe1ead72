"""S_q = diag(q) − qqᵀ as expressions, what claims about uncertainty read off it, and the force 2PS_q at given shares."""

from __future__ import annotations

from collections.abc import Sequence

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.algebra import Rows, Vector
from ddcl_theory.expression import Expr, Scalar

Matrix = Sequence[Sequence[Expr]]


def covariance(q: Vector) -> list[list[Expr]]:
    """S_q, k rows of k entries (25)."""
    return [[ex.lift(qi) * (int(i == j) - ex.lift(qj)) for j, qj in enumerate(q)] for i, qi in enumerate(q)]


def times(matrix: Matrix, v: Vector) -> list[Expr]:
    return [ex.dot(row, v) for row in matrix]


def quadratic(matrix: Matrix, v: Vector) -> Expr:
    """vᵀ M v."""
    return ex.dot(v, times(matrix, v))


def moments(q: Vector, v: Vector) -> Expr:
    """vᵀ S_q v as Σ q_j v_j² − (Σ q_j v_j)², the variance of v under q."""
    return ex.total(ex.lift(w) * ex.lift(c) ** 2 for w, c in zip(q, v, strict=True)) - ex.dot(q, v) ** 2


def trace(matrix: Matrix) -> Expr:
    return ex.total(matrix[i][i] for i in range(len(matrix)))


def frobenius2(matrix: Matrix) -> Expr:
    """The sum of the squared entries."""
    return ex.total(entry**2 for row in matrix for entry in row)


def trace_of(q: Vector) -> Expr:
    """tr S_q as 1 − ‖q‖² (37)."""
    return 1 - ex.norm2(q)


def pull(p: Rows, q: Vector) -> list[list[Expr]]:
    """2q_j (p_j − Pq), the columns of 2PS_q = ∇_P V at given q."""
    m = a.mixture(p, q)
    return [ex.scaled(2 * ex.lift(w), ex.minus(row, m)) for w, row in zip(q, p, strict=True)]


def force2(p: Rows, q: Vector) -> Expr:
    """‖2PS_q‖_F² = 4 Σ_j q_j² ‖p_j − Pq‖²."""
    return 4 * ex.total(ex.lift(w) ** 2 * ex.norm2(ex.minus(row, a.mixture(p, q))) for w, row in zip(q, p, strict=True))


def averaged(q: Vector, t: Scalar) -> list[Expr]:
    """q with the part t of its first two entries exchanged; for 0 ≤ t ≤ 1 a step towards the uniform assignment.

    One assignment majorises another exactly if such steps, on any pairs, lead from the first to the second, up to order.
    """
    first, second = ex.lift(q[0]), ex.lift(q[1])
    shift = ex.lift(t) * (second - first)
    return [first + shift, second - shift, *[ex.lift(w) for w in q[2:]]]


def below(c: Scalar, matrix: Matrix) -> list[list[Expr]]:
    """c I − M."""
    return [[ex.lift(c) * int(i == j) - entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)]


def determinant(m: Matrix) -> Expr:
    """By expansion along the first row; 1 for no rows."""
    if not m:
        return ex.ONE
    return ex.total(
        (-1) ** j * m[0][j] * determinant([[*row[:j], *row[j + 1 :]] for row in m[1:]]) for j in range(len(m))
    )
