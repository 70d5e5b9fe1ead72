"""Exact values of the three losses of one sample, in rational arithmetic at the very floats of a case."""

from __future__ import annotations

from fractions import Fraction

from torch import Tensor

KINDS = ("quantization", "ols", "variance")

Row = list[Fraction]


def exactly(kind: str, z: Tensor, prototypes: Tensor, q: Tensor) -> Fraction:
    """L_q = Σ q_j ‖z − p_j‖², L_OLS = ‖z − Pq‖² or V = Σ q_j ‖p_j − Pq‖² for z (d,), prototypes (k, d), q (k,)."""
    x, weights = _row(z.tolist()), _row(q.tolist())
    rows = [_row(p) for p in prototypes.tolist()]
    mixture = [sum((w * p[i] for w, p in zip(weights, rows, strict=True)), Fraction(0)) for i in range(len(x))]
    if kind == "ols":
        return _squared(x, mixture)
    centre = x if kind == "quantization" else mixture
    return sum((w * _squared(p, centre) for w, p in zip(weights, rows, strict=True)), Fraction(0))


def _row(values: list[float]) -> Row:
    return [Fraction(v) for v in values]


def _squared(a: Row, b: Row) -> Fraction:
    return sum(((x - y) ** 2 for x, y in zip(a, b, strict=True)), Fraction(0))
