"""The force that gradient descent exerts between two prototypes that start from one place.

p_1 and p_2 are moved to c ± εu with c = (p_1 + p_2)/2 and u = (p_1 − p_2)/2; every other prototype stays.  The net force
along u is u·(F_1 − F_2), F_j = −∂L/∂p_j, averaged over the samples; its derivative at ε = 0 is the rate: positive where
descent drives the pair apart.  Nothing is divided by ‖u‖, so a unit u gives the paper's numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.algebra import Rows, Vector
from ddcl_theory.expression import Expr, Scalar

#: A loss of one sample: (z, prototypes, q) → value.
Loss = Callable[[Vector, Rows, Vector], Expr]


def centre(p: Rows) -> list[Expr]:
    """c = (p_1 + p_2)/2."""
    return ex.scaled(Fraction(1, 2), ex.plus(p[0], p[1]))


def direction(p: Rows) -> list[Expr]:
    """u = (p_1 − p_2)/2."""
    return ex.scaled(Fraction(1, 2), ex.minus(p[0], p[1]))


def swapped(p: Rows) -> list[Vector]:
    """The prototypes with the names of the pair exchanged."""
    return [p[1], p[0], *p[2:]]


def opened(p: Rows, e: Scalar) -> list[list[Expr]]:
    """The prototypes with the pair at c ± eu."""
    c, u = centre(p), direction(p)
    return [ex.plus(c, ex.scaled(e, u)), ex.minus(c, ex.scaled(e, u)), *[[ex.lift(x) for x in row] for row in p[2:]]]


def shares(z: Vector, p: Rows, temperature: Expr, e: Scalar = 0, factor: Fraction | int = 1) -> list[Expr]:
    """Soft assignment to the opened prototypes, q ∝ exp(−factor · d/T).

    Exponents are relative to the smallest distance at e = 0, a constant in e: the softmax stays differentiable there.
    """
    reference = ex.lift(factor) * ex.minimum(*a.distances(z, opened(p, 0)))
    return ex.softmax([factor * d for d in a.distances(z, opened(p, e))], temperature, anchor=reference)


def pull_quantization(z: Vector, p: Rows, q: Vector, j: int) -> list[Expr]:
    """−∂L_q/∂p_j at fixed q: 2 q_j (z − p_j)."""
    return ex.scaled(2 * ex.lift(q[j]), ex.minus(z, p[j]))


def pull_ols(z: Vector, p: Rows, q: Vector, j: int) -> list[Expr]:
    """−∂L_OLS/∂p_j at fixed q: 2 q_j (z − Pq)."""
    return ex.scaled(2 * ex.lift(q[j]), ex.minus(z, a.mixture(p, q)))


Pull = Callable[[Vector, Rows, Vector, int], "list[Expr]"]


def net(z: Vector, p: Rows, q: Vector, u: Vector, pull: Pull) -> Expr:
    """u·(F_1 − F_2)."""
    return ex.dot(u, ex.minus(pull(z, p, q, 0), pull(z, p, q, 1)))


def rate_fixed(samples: Rows, p: Rows, assignments: Rows, pull: Pull = pull_quantization) -> Expr:
    """The rate with constant assignments, one row a sample."""
    u = direction(p)
    return ex.derivative_at_zero(
        lambda e: ex.mean(net(z, opened(p, e), q, u, pull) for z, q in zip(samples, assignments, strict=True))
    )


def rate_stopped(
    samples: Rows, p: Rows, temperature: Expr, pull: Pull = pull_quantization, factor: Fraction | int = 1
) -> Expr:
    """The rate with q = softmax, recomputed at every point, and no gradient through it."""
    u = direction(p)
    return ex.derivative_at_zero(
        lambda e: ex.mean(net(z, opened(p, e), shares(z, p, temperature, e, factor), u, pull) for z in samples)
    )


def rate_full(samples: Rows, p: Rows, temperature: Expr, loss: Loss = a.quantization) -> Expr:
    """The rate with the gradient through the softmax: u·(F_1 − F_2) = −dL/de along the opening, hence −L'' at e = 0."""
    return -ex.derivative_at_zero(
        lambda e: ex.mean(loss(z, opened(p, e), shares(z, p, temperature, e)) for z in samples), order=2
    )


def printed_size(p: Rows, assignments: Rows) -> Expr:
    """2 (q_1 + q_2) ‖u‖², averaged over the samples: the size that (33) gives for a unit u."""
    return ex.mean(2 * (ex.lift(q[0]) + q[1]) * ex.norm2(direction(p)) for q in assignments)


def along(z: Vector, p: Rows) -> Expr:
    """t = u·(z − c)."""
    return ex.dot(direction(p), ex.minus(z, centre(p)))


def data_mean(samples: Rows) -> list[Expr]:
    return [ex.mean(z[i] for z in samples) for i in range(len(samples[0]))]


def centred(a_: Sequence[Scalar]) -> list[Expr]:
    """a_j − mean(a)."""
    middle = ex.mean(a_)
    return [ex.lift(x) - middle for x in a_]


def spread(samples: Rows, weights: Vector, u: Vector, e: Scalar) -> list[list[Expr]]:
    """Prototypes collapsed at the mean of the data and moved apart: z̄ + e (a_j − ā) u."""
    origin = data_mean(samples)
    return [ex.plus(origin, ex.scaled(ex.lift(e) * w, u)) for w in centred(weights)]


def unit(d: int, i: int) -> list[Expr]:
    return [ex.lift(int(j == i)) for j in range(d)]


def collapsed_shares(z: Vector, rows: Rows, samples: Rows, temperature: Expr) -> list[Expr]:
    """Soft assignment to `rows`, exponents relative to the distance to the mean of the data."""
    return a.assignment(z, rows, temperature, anchor=ex.norm2(ex.minus(z, data_mean(samples))))


def principal_minors(matrix: Sequence[Sequence[Expr]]) -> list[Expr]:
    """All principal minors; a symmetric matrix is positive semidefinite iff none of them is negative."""
    size = len(matrix)
    subsets = [[i for i in range(size) if bits >> i & 1] for bits in range(1, 2**size)]
    return [_determinant([[matrix[i][j] for j in rows] for i in rows]) for rows in subsets]


def _determinant(m: Sequence[Sequence[Expr]]) -> Expr:
    if len(m) == 1:
        return m[0][0]
    return ex.total(
        (-1) ** j * m[0][j] * _determinant([[*row[:j], *row[j + 1 :]] for row in m[1:]]) for j in range(len(m))
    )
