"""Training fields and their Jacobians as expressions: state, velocity, learning rates.

A field maps a state (expressions) to velocities.  Its Jacobian is formed by exact differentiation in fresh variables, which
are then replaced by the point of interest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.expression import Expr, Scalar

Field = Callable[[Sequence[Expr]], Sequence[Expr]]
Rows = Sequence[Sequence[Scalar]]


def jacobian(field: Field, point: Sequence[Scalar]) -> list[list[Expr]]:
    """∂velocity_i/∂state_j at the point."""
    state = [ex.variable("state", i) for i in range(len(point))]
    there = dict(zip(state, [ex.lift(v) for v in point], strict=True))
    return [[ex.substitute(ex.differentiate(v, s), there) for s in state] for v in field(state)]


def soft(z: Sequence[Scalar], p: Rows, temperature: Expr) -> list[Expr]:
    """The soft assignment, anchored on the first distance so that it can be differentiated."""
    return a.assignment(z, p, temperature, anchor=ex.norm2(ex.minus(z, p[0])))


def rows(flat: Sequence[Expr], d: int) -> list[list[Expr]]:
    return [list(flat[i : i + d]) for i in range(0, len(flat), d)]


def stopped_prototypes(z: Rows, p: Rows, temperature: Expr, weights: Sequence[Scalar]) -> list[Expr]:
    """−∂L_q/∂p_j at given q, q = softmax: Σ_n w_n 2q_nj (z_n − p_j), flattened."""
    shares = [soft(s, p, temperature) for s in z]
    return [
        ex.total(2 * ex.lift(w) * q[j] * (ex.lift(s[i]) - row[i]) for s, q, w in zip(z, shares, weights, strict=True))
        for j, row in enumerate(p)
        for i in range(len(row))
    ]


def stopped_features(z: Rows, p: Rows, temperature: Expr) -> list[Expr]:
    """−∂L_q/∂z_n at given q, q = softmax: 2(Pq_n − z_n), flattened."""
    return [2 * c for s in z for c in ex.minus(a.mixture(p, soft(s, p, temperature)), s)]


def full_loss(z: Rows, p: Rows, temperature: Expr, weights: Sequence[Scalar]) -> Expr:
    """Σ_n w_n L_q(z_n, P, softmax)."""
    return ex.total(ex.lift(w) * a.quantization(s, p, soft(s, p, temperature)) for s, w in zip(z, weights, strict=True))


def minus_gradient(loss: Callable[[Sequence[Expr]], Expr], state: Sequence[Expr]) -> list[Expr]:
    """−∂loss/∂state, for a state of variables or of expressions."""
    fresh = [ex.variable("gradient of", i) for i in range(len(state))]
    value = loss(fresh)
    there = dict(zip(fresh, [ex.lift(s) for s in state], strict=True))
    return [-ex.substitute(ex.differentiate(value, v), there) for v in fresh]


def scaled_by(rates: Sequence[Scalar], velocity: Sequence[Expr]) -> list[Expr]:
    return [ex.lift(r) * v for r, v in zip(rates, velocity, strict=True)]


def asymmetry(matrix: Sequence[Sequence[Expr]], rates: Sequence[Scalar]) -> list[Expr]:
    """J_ij r_j − J_ji r_i for i < j: all 0 iff J is a symmetric matrix with its rows scaled by the rates."""
    size = len(matrix)
    return [matrix[i][j] * rates[j] - matrix[j][i] * rates[i] for i in range(size) for j in range(i + 1, size)]
