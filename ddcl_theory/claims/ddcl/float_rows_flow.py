"""The row about the speed of the reduced flow in float code: its square for one sample on any face, in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Part
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.float_rows import flat, inside, row, tangent, tangent_frozen
from ddcl_theory.domain import Domain, nonnegative, real, simplex

FACE = Domain(
    (
        real("z", "d"),
        simplex("q", "s"),
        real("on", "s", "d"),
        real("off", "e", "d"),
        nonnegative("sep"),
        nonnegative("weight"),
    ),
    {"s": (1, 2), "e": (0, 2), "d": (1, 2)},
)


class _Slopes:
    """−∇_q E on the support (a) and off it (b), as the references of the tangent cone read it."""

    def __init__(self, x: Any) -> None:
        self.a = [-ex.norm2(ex.minus(x.z, p)) for p in x.on]
        self.b = [-ex.norm2(ex.minus(x.z, p)) for p in x.off]


def _squared_speed(x: Any, project: Any) -> ex.Expr:
    rows = [*x.on, *x.off]
    q = [*x.q, *[ex.ZERO] * len(x.off)]
    slope = e.gradient(e.smooth([x.z], rows, [q], x.sep, x.weight), flat(rows))
    return ex.norm2(slope) + ex.norm2(project(_Slopes(x)))


def _scale(x: Any) -> ex.Expr:
    """The squares of the sizes of the terms of both slopes."""
    rows = [*x.on, *x.off]
    size = ex.norm2(x.z) + e.square(rows) + Fraction(1, 10**6)
    return ((2 + len(rows) * x.sep + x.weight) ** 2 + size) * size * (1 + len(rows))


def speed_part(dtype: str) -> Part:
    """fl(‖Ṗ‖² + ‖q̇‖²), the square of the KKT residual."""
    return row(
        dtype,
        "speed",
        r"\mathrm{fl}\bigl(\|\dot P\|^2 + \|\dot q\|^2\bigr)",
        FACE,
        "squared_speed",
        lambda x: _squared_speed(x, tangent),
        _scale,
        "the face is never left",
        lambda x: _squared_speed(x, tangent_frozen),
        draw=inside(FACE),
    )
