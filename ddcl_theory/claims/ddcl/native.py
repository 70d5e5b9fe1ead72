"""Backbone gradients as expressions: features that move, and prototypes P = ZᵀW that move with them.

Samples are rows z_n, W has a row for each sample, p_j = Σ_n W_nj z_n.  A parameter θ of the backbone moves the features
along u_n = ∂z_n/∂θ; the derivative of a loss along arbitrary directions u_n is therefore the backbone's gradient for
every backbone at once.  v_j is the velocity of prototype j: 0 where prototypes are parameters of their own, Σ_n W_nj u_n
where they are outputs in the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.energy import moved
from ddcl_theory.claims.ddcl.response import soft
from ddcl_theory.expression import Expr, Scalar

Vector = Sequence[Scalar]
Rows = Sequence[Vector]
#: A loss of one sample: (z, prototypes, q) → value.
Loss = Callable[[Vector, Rows, Vector], Expr]


def variance(z: Vector, p: Rows, q: Vector) -> Expr:
    """V, which does not depend on z where q is held."""
    return a.variance(p, q)


LOSSES: dict[str, Loss] = {"quantization": a.quantization, "ols": a.ols, "variance": variance}


def combined(z: Rows, w: Rows) -> list[list[Expr]]:
    """ZᵀW, a row for each prototype: p_j = Σ_n W_nj z_n."""
    return [
        [ex.total(ex.lift(row[j]) * s[i] for row, s in zip(w, z, strict=True)) for i in range(len(z[0]))]
        for j in range(len(w[0]))
    ]


def deviation(z: Vector, p: Rows, q: Vector) -> list[Expr]:
    """z − Pq."""
    return ex.minus(z, a.mixture(p, q))


def still(p: Rows) -> list[list[Expr]]:
    """Velocities of prototypes that do not move."""
    return [[ex.ZERO for _ in row] for row in p]


def held(loss: Loss, z: Vector, u: Vector, p: Rows, v: Rows, q: Vector) -> Expr:
    """The derivative of a loss of one sample along (u, v), q a constant."""
    return ex.derivative_at_zero(lambda e: loss(ex.plus(z, ex.scaled(e, u)), moved(p, e, v), q))


def through(loss: Loss, z: Vector, u: Vector, p: Rows, v: Rows, temperature: Expr) -> Expr:
    """The derivative of a loss of one sample along (u, v), q = softmax(−d/T) moving along."""

    def value(e: Expr) -> Expr:
        s, rows = ex.plus(z, ex.scaled(e, u)), moved(p, e, v)
        return loss(s, rows, soft(s, rows, temperature))

    return ex.derivative_at_zero(value)


def pull(z: Vector, u: Vector, p: Rows, q: Vector) -> Expr:
    """2 u·(z − Pq)."""
    return 2 * ex.dot(u, deviation(z, p, q))


def prototype_slopes(name: str, z: Vector, p: Rows, q: Vector) -> list[list[Expr]]:
    """∂L/∂p_j of one sample at fixed q."""
    m = a.mixture(p, q)
    away = {
        "quantization": lambda row: ex.minus(row, z),
        "ols": lambda row: ex.minus(m, z),
        "variance": lambda row: ex.minus(row, m),
    }[name]
    return [ex.scaled(2 * ex.lift(w), away(row)) for w, row in zip(q, p, strict=True)]


def shares_slopes(name: str, z: Vector, p: Rows, q: Vector) -> list[Expr]:
    """∂L/∂q_j of one sample, up to a common shift: d_j, −2 p_j·(z − Pq), ‖p_j − Pq‖²."""
    if name == "quantization":
        return a.distances(z, p)
    if name == "ols":
        return [-2 * ex.dot(row, deviation(z, p, q)) for row in p]
    return a.distances(a.mixture(p, q), p)


def dot_rows(left: Rows, right: Rows) -> Expr:
    return ex.total(ex.dot(r, s) for r, s in zip(left, right, strict=True))


def correction(name: str, z: Vector, u: Vector, p: Rows, q: Vector, temperature: Expr) -> Expr:
    """(2/T) u·P S_q g with S_q = diag(q) − qqᵀ and g = ∂L/∂q."""
    g = shares_slopes(name, z, p, q)
    mean = ex.dot(q, g)
    return 2 * ex.total(w * ex.dot(u, row) * (s - mean) for w, row, s in zip(q, p, g, strict=True)) / temperature


def softmax_part(name: str, z: Vector, u: Vector, p: Rows, v: Rows, q: Vector, temperature: Expr) -> Expr:
    """−(2/T) Σ_j q_j (g_j − ⟨g⟩_q) (z − p_j)·(u − v_j): what the softmax adds where prototypes move as well."""
    g = shares_slopes(name, z, p, q)
    mean = ex.dot(q, g)
    terms = (
        w * (s - mean) * ex.dot(ex.minus(z, row), ex.minus(u, speed))
        for w, row, speed, s in zip(q, p, v, g, strict=True)
    )
    return -2 * ex.total(terms) / temperature


def over_samples(x: Any, term: Callable[[Vector, Vector, Rows, Rows, list[Expr]], Expr]) -> Expr:
    """Σ_n term(z_n, u_n, P, V, q_n) for P = ZᵀW, its velocity V = UᵀW and q_n the soft assignment."""
    p, v = combined(x.z, x.w), combined(x.u, x.w)
    return ex.total(term(z, u, p, v, soft(z, p, x.T)) for z, u in zip(x.z, x.u, strict=True))


def native_held(x: Any, loss: Loss) -> Expr:
    """The derivative of Σ_n L along the features, W and the assignments constant, prototypes in the graph."""
    p = combined(x.z, x.w)
    q = [soft(z, p, x.T) for z in x.z]

    def value(e: Expr) -> Expr:
        z = moved(x.z, e, x.u)
        return ex.total(loss(s, combined(z, x.w), row) for s, row in zip(z, q, strict=True))

    return ex.derivative_at_zero(value)


def native_through(x: Any, loss: Loss) -> Expr:
    """The same with the assignments in the graph."""

    def value(e: Expr) -> Expr:
        z = moved(x.z, e, x.u)
        p = combined(z, x.w)
        return ex.total(loss(s, p, soft(s, p, x.T)) for s in z)

    return ex.derivative_at_zero(value)
