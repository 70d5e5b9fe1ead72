"""Rows about float code for feature gradients: stopped and through the softmax, prototypes held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.float_rows import flat, inside
from ddcl_theory.domain import Domain, real, temperature

MODULE = "ddcl_theory.claims.ddcl.code_features"
DOMAIN = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), {"n": (1, 2), "k": (2, 3), "d": (1, 2)})
SYMBOLS = {"quantization": "L_q", "ols": r"L_{\mathrm{OLS}}", "variance": "V"}


def reference(name: str, full: bool, share: ex.Fraction | int = 1) -> Callable[[Any], list[ex.Expr]]:
    """∇_z entry by entry: 2(z − Pq), absent for V, and with `full` the correction through the softmax times `share`."""

    def value(x: Any) -> list[ex.Expr]:
        entries = []
        for z in x.z:
            q = nat.soft(z, x.p, x.T)
            for i in range(x.d):
                u = [ex.lift(int(i == j)) for j in range(x.d)]
                own = ex.ZERO if name == "variance" else nat.pull(z, u, x.p, q)
                entries.append(own + (share * nat.correction(name, z, u, x.p, q, x.T) if full else 0))
        return entries

    return value


def scale(x: Any) -> ex.Expr:
    return 8 * ex.total(1 + ex.maximum(v, -v) for v in [*flat(x.z), *flat(x.p)])


def row(dtype: str, name: str, full: bool) -> Part:
    code = f"{name}_{'full' if full else 'stopped'}"

    def statement(function: str, wanted: Callable[[Any], Any]) -> CodeStatement:
        return CodeStatement(DOMAIN, f"{MODULE}:{function}", wanted, scale, dtype=dtype, draw=inside(DOMAIN))

    def doubled(x: Any) -> list[ex.Expr]:
        return [2 * v for v in reference(name, False)(x)]

    twin = ("half the correction", reference(name, True, ex.Fraction(1, 2))) if full else ("twice the pull", doubled)
    return Part(
        id=code.replace("_", "-"),
        says=rf"\mathrm{{fl}}(\nabla_z {SYMBOLS[name]}),\ q \text{{ {'in the graph' if full else 'stopped'}}}",
        statement=statement(code, reference(name, full)),
        checks=(Conforms(),),
        twins=(Twin(twin[0], statement(code, twin[1])),),
        neighbours=(Neighbour("the opposite order", statement(f"{code}_reversed", reference(name, full))),),
    )


def feature_parts(dtype: str) -> tuple[Part, ...]:
    """Both losses, stopped and full."""
    return tuple(row(dtype, name, full) for name in ("quantization", "ols") for full in (False, True))


def _gap(share: ex.Fraction | int) -> Callable[[Any], list[ex.Expr]]:
    """2 P Σ_n S_qn entry by entry, or a share of it."""

    def value(x: Any) -> list[ex.Expr]:
        rows = [nat.prototype_slopes("variance", z, x.p, nat.soft(z, x.p, x.T)) for z in x.z]
        return [share * ex.total(r[j][i] for r in rows) for j in range(x.k) for i in range(x.d)]

    return value


def prototype_gap_part(dtype: str) -> Part:
    """The difference of the two losses' stopped prototype gradients."""

    def statement(function: str, share: ex.Fraction | int = 1) -> CodeStatement:
        return CodeStatement(DOMAIN, f"{MODULE}:{function}", _gap(share), scale, dtype=dtype, draw=inside(DOMAIN))

    return Part(
        id="prototype-gap",
        says=r"\mathrm{fl}(\nabla_P L_q) - \mathrm{fl}(\nabla_P L_{\mathrm{OLS}}) \approx 2 P \textstyle\sum_n S_{q_n}",
        statement=statement("prototype_gap"),
        checks=(Conforms(),),
        twins=(Twin("half of it", statement("prototype_gap", ex.Fraction(1, 2))),),
        neighbours=(Neighbour("the opposite order", statement("prototype_gap_reversed")),),
    )
