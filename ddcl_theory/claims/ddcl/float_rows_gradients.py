"""Rows about float code for Propositions 2 and 3: closed-form and automatic gradients against exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.float_rows import flat, inside
from ddcl_theory.domain import Domain, real, simplex, temperature

MODULE = "ddcl_theory.claims.ddcl.code_gradients"
SINGLE = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k")), {"k": (2, 4), "d": (1, 3)})
SEVERAL = Domain(
    (real("z", "n", "d"), real("p", "k", "d"), simplex("q", "n", "k")), {"n": (2, 2), "k": (2, 3), "d": (1, 2)}
)
TRAINED = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), {"n": (2, 2), "k": (2, 3), "d": (1, 2)})
Values = Callable[[Any], list[ex.Expr]]


def _row(
    dtype: str,
    identifier: str,
    says: str,
    domain: Domain,
    code: str,
    reference: Values,
    scale: Callable[[Any], ex.Expr],
    twin: str,
    twin_reference: Values | None = None,
    twin_code: str | None = None,
    **extra: Any,
) -> Part:
    """A part about `code`, with a twin that has another reference or runs other code."""

    def statement(name: str, wanted: Values) -> CodeStatement:
        return CodeStatement(domain, f"{MODULE}:{name}", wanted, scale, dtype=dtype, **extra)

    return Part(
        id=identifier,
        says=says,
        statement=statement(code, reference),
        checks=(Conforms(),),
        twins=(Twin(twin, statement(twin_code or code, twin_reference or reference)),),
        neighbours=(Neighbour("prototypes in another order", statement(f"{code}_reversed", reference)),),
    )


def _fit(x: Any) -> list[ex.Expr]:
    """−2Pᵀ(z − Pq)."""
    error = ex.minus(x.z, a.mixture(x.p, x.q))
    return [-2 * ex.dot(row, error) for row in x.p]


def _difference(x: Any) -> list[ex.Expr]:
    """d + 2Pᵀ(z − Pq)."""
    return ex.minus(a.distances(x.z, x.p), _fit(x))


def _deviations(x: Any) -> list[ex.Expr]:
    """‖p_j − Pq‖²."""
    m = a.mixture(x.p, x.q)
    return [ex.norm2(ex.minus(row, m)) for row in x.p]


def _centred(values: list[ex.Expr]) -> list[ex.Expr]:
    return [v - ex.mean(values) for v in values]


def _squares(x: Any) -> ex.Expr:
    """The size of the terms of a gradient in q: ‖z‖² + Σ ‖p_j‖²."""
    return ex.norm2(x.z) + e.square(x.p) + Fraction(1, 10**6)


def assignment_parts(dtype: str) -> tuple[Part, ...]:
    """(26) to (28) as ddcl_core computes them, and what automatic differentiation of its V gives."""
    return (
        _row(
            dtype, "quantization", r"\mathrm{fl}(\nabla_q L_q) \approx d", SINGLE, "quantization_q",
            lambda x: a.distances(x.z, x.p), _squares,
            "shifted by the sample's norm", lambda x: [d - ex.norm2(x.z) for d in a.distances(x.z, x.p)],
        ),
        _row(
            dtype, "ols", r"\mathrm{fl}(\nabla_q L_{\mathrm{OLS}}) \approx -2P^\top(z - Pq)", SINGLE, "ols_q",
            _fit, _squares, "at the sample", lambda x: [-2 * ex.dot(row, x.z) for row in x.p],
        ),
        _row(
            dtype, "variance", r"\mathrm{fl}(\nabla_q V) \approx \|p_j - Pq\|^2", SINGLE, "variance_q",
            _deviations, _squares, "the printed difference, not centred", _difference,
        ),
        _row(
            dtype, "variance-centred", r"\mathrm{fl}(\nabla_q V) \approx d + 2P^\top(z - Pq) \text{ up to a multiple of } \mathbf 1",
            SINGLE, "variance_q_centred", lambda x: _centred(_difference(x)), _squares,
            "the gradient of L_q", lambda x: _centred(a.distances(x.z, x.p)),
        ),
        _row(
            dtype, "automatic-centred",
            r"\text{automatic differentiation of } V \text{ gives } d + 2P^\top(z - Pq) \text{ up to a multiple of } \mathbf 1",
            SINGLE, "automatic_q_centred", lambda x: _centred(_difference(x)), _squares,
            "not centred", twin_code="automatic_q",
        ),
        _row(
            dtype, "automatic-printed",
            r"\text{automatic differentiation of } \textstyle\sum_j q_j \|p_j - Pq\|^2 \text{ in } \mathbb{R}^k",
            SINGLE, "automatic_q_ambient", _deviations, _squares, "through the pairwise form", twin_code="automatic_q",
        ),
    )  # fmt: skip


def _sum(x: Any, slope: Callable[[Any, Any, Any], ex.Expr]) -> list[ex.Expr]:
    """Σ_n slope_n in every coordinate of every prototype; slope(z_n, q_n, m_n)(j, i)."""
    mixtures = [a.mixture(x.p, q) for q in x.q]
    return [
        ex.total(2 * q[j] * slope((z, m), j, i) for z, q, m in zip(x.z, x.q, mixtures, strict=True))
        for j in range(x.k)
        for i in range(x.d)
    ]


def _lengths(x: Any) -> ex.Expr:
    """The size of the terms of a gradient in P."""
    return 4 * ex.total(1 + ex.maximum(v, -v) for v in [*flat(x.z), *flat(x.p)])


def fixed_parts(dtype: str) -> tuple[Part, ...]:
    """(29) to (31) at given assignments."""

    def pulled(x: Any) -> list[ex.Expr]:
        return _sum(x, lambda at, j, i: x.p[j][i] - at[0][i])

    def fitted(x: Any) -> list[ex.Expr]:
        return _sum(x, lambda at, j, i: at[1][i] - at[0][i])

    def spread(x: Any) -> list[ex.Expr]:
        return _sum(x, lambda at, j, i: x.p[j][i] - at[1][i])

    return (
        _row(
            dtype, "quantization", r"\mathrm{fl}(\nabla_P L_q),\ q \text{ fixed}", SEVERAL, "quantization_p",
            pulled, _lengths, "towards the mixture", fitted,
        ),
        _row(
            dtype, "ols", r"\mathrm{fl}(\nabla_P L_{\mathrm{OLS}}),\ q \text{ fixed}", SEVERAL, "ols_p",
            fitted, _lengths, "towards the sample", pulled,
        ),
        _row(
            dtype, "variance", r"\mathrm{fl}(\nabla_P V),\ q \text{ fixed}", SEVERAL, "variance_p",
            spread, _lengths, "2P diag(q)", lambda x: _sum(x, lambda at, j, i: x.p[j][i]),
        ),
    )  # fmt: skip


def _soft(z: Any, x: Any) -> list[ex.Expr]:
    return a.assignment(z, x.p, x.T, anchor=a.distances(z, x.p)[0])


LOSSES = {
    "quantization": a.quantization,
    "ols": a.ols,
    "variance": lambda z, p, q: a.variance(p, q),
}


def full_parts(dtype: str) -> tuple[Part, ...]:
    """The gradients through the softmax; in exact arithmetic by the rules of differentiation, not by the closed form."""

    def through(loss: str) -> Values:
        return lambda x: e.gradient(ex.total(LOSSES[loss](z, x.p, _soft(z, x)) for z in x.z), flat(x.p))

    return tuple(
        _row(
            dtype, f"{loss}-full", rf"\mathrm{{fl}}(\nabla_P {name}) \text{{ through the softmax}}", TRAINED, f"{loss}_full",
            through(loss), lambda x: 4 * _lengths(x), "stopped", twin_code=f"{loss}_stopped", draw=inside(TRAINED),
        )
        for loss, name in (("quantization", "L_q"), ("ols", r"L_{\mathrm{OLS}}"), ("variance", "V"))
    )  # fmt: skip
