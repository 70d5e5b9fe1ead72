"""The reduced energy (41) as an expression, for samples z_n, prototypes p_j and assignments q_n.

E(P, Q) = Σ_n Σ_j q_nj ‖z_n − p_j‖² + λ_bal KL(q̄ ‖ u) + λ_ent mean_n Σ_j q_nj log q_nj + λ_sep L_sep + λ_P ‖P‖²,
L_sep = −Σ_{i<j} ‖p_i − p_j‖², or over ordered pairs, or the mean over pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.expression import Expr, Scalar

Rows = Sequence[Sequence[Scalar]]

PAIRS = ("unordered", "ordered", "mean")


def pair_weight(k: int, pairs: str) -> Fraction:
    """The weight of one unordered pair of prototypes in −L_sep."""
    if pairs not in PAIRS:
        raise ValueError(f"pairs must be one of {', '.join(PAIRS)}; got {pairs!r}")
    if pairs == "mean":
        return Fraction(2, k * (k - 1)) if k > 1 else Fraction(0)
    return Fraction(2 if pairs == "ordered" else 1)


def quantization(z: Rows, p: Rows, q: Rows) -> Expr:
    """Σ_n Σ_j q_nj ‖z_n − p_j‖², the sum over the samples."""
    return ex.total(a.quantization(sample, p, row) for sample, row in zip(z, q, strict=True))


def separation(p: Rows, pairs: str = "unordered") -> Expr:
    """L_sep (15)."""
    k = len(p)
    spread = ex.total(ex.norm2(ex.minus(p[i], p[j])) for i in range(k) for j in range(i + 1, k))
    return -pair_weight(k, pairs) * spread


def square(p: Rows) -> Expr:
    """‖P‖_F²."""
    return ex.total(ex.norm2(row) for row in p)


def smooth(z: Rows, p: Rows, q: Rows, separate: Scalar, weight: Scalar, pairs: str = "unordered") -> Expr:
    """E without the two terms in log q: λ_sep = separate, λ_P = weight."""
    return quantization(z, p, q) + ex.lift(separate) * separation(p, pairs) + ex.lift(weight) * square(p)


def balance(q: Rows) -> Expr:
    """L_bal = KL(q̄ ‖ u) = Σ_j q̄_j log(k q̄_j) (13), where every q̄_j > 0."""
    k = len(q[0])
    share = [ex.mean(row[j] for row in q) for j in range(k)]
    return ex.total(s * ex.log(k * s) for s in share)


def negative_entropy(q: Rows) -> Expr:
    """L_ent = mean_n Σ_j q_nj log q_nj (14), where every q_nj > 0."""
    return ex.mean(ex.total(ex.lift(s) * ex.log(s) for s in row) for row in q)


def moved(value: Rows, t: Expr, velocity: Rows) -> list[list[Expr]]:
    """value + t · velocity, row by row."""
    return [ex.plus(row, ex.scaled(t, v)) for row, v in zip(value, velocity, strict=True)]


def gradient(f: Expr, variables: Sequence[Expr]) -> list[Expr]:
    """The partial derivatives of f, by exact rules."""
    return [ex.differentiate(f, v) for v in variables]
