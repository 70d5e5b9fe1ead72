"""Rows about float code for the claims on the soft assignment, its covariance and the force: against exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.theorem1_gap import moderate
from ddcl_theory.domain import Domain, real, simplex, temperature

MODULE = "ddcl_theory.claims.ddcl.code_assignment"
SOFT = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 4), "d": (1, 2)})
GIVEN = Domain((simplex("q", "k"),), {"k": (2, 4)})
ROWS = Domain((real("p", "k", "d"),), {"k": (2, 4), "d": (1, 2)})
Values = Callable[[Any], Any]


def _row(
    dtype: str,
    identifier: str,
    says: str,
    domain: Domain,
    code: str,
    reference: Values,
    scale: Values,
    twin: str,
    twin_reference: Values,
) -> Part:
    """A part about `code`, with a twin that has another reference."""

    def statement(name: str, wanted: Values) -> CodeStatement:
        draw = moderate if domain is SOFT else None
        return CodeStatement(domain, f"{MODULE}:{name}", wanted, scale, dtype=dtype, draw=draw)

    return Part(
        id=identifier,
        says=says,
        statement=statement(code, reference),
        checks=(Conforms(),),
        twins=(Twin(twin, statement(code, twin_reference)),),
        neighbours=(Neighbour("prototypes in another order", statement(f"{code}_reversed", reference)),),
    )


def _soft(x: Any, factor: Fraction | int = 1) -> list[ex.Expr]:
    return ex.softmax([factor * d for d in a.distances(x.z, x.p)], x.T, anchor=0)


def _size(x: Any) -> ex.Expr:
    return ex.norm2(x.z) + e.square(x.p)


def _free(x: Any, per_prototype: bool = False) -> ex.Expr:
    """−T log Σ_j e^{−d_j/T}, or with the mean over j."""
    mass = ex.total(ex.boltzmann(d, x.T) for d in a.distances(x.z, x.p))
    return -x.T * ex.log(mass / x.k if per_prototype else mass)


def _flat(matrix: Any) -> list[ex.Expr]:
    return [entry for row in matrix for entry in row]


def _slope(x: Any, factor: Fraction | int = 2) -> list[ex.Expr]:
    """(factor/T) S_q Pᵀ, row by row."""
    s = u.covariance(_soft(x))
    return [factor / x.T * ex.dot(row, [p[i] for p in x.p]) for row in s for i in range(x.d)]


def _dispersion(x: Any, pairs: int) -> ex.Expr:
    return -e.separation(x.p) / pairs


def entropic_parts(dtype: str) -> tuple[Part, ...]:
    """The soft assignment with either exponent and the least value of (24)."""
    half = Fraction(1, 2)
    return (
        _row(
            dtype, "assignment", r"\mathrm{fl}(q(T)) \approx q(T),\text{ exponents } d/T", SOFT, "assignment",
            _soft, lambda x: 1 + _size(x) / x.T, "exponents d/(2T)", lambda x: _soft(x, half),
        ),
        _row(
            dtype, "assignment-halved", r"\mathrm{fl}(q(T)) \approx q(T),\text{ exponents } d/(2T)", SOFT,
            "assignment_halved", lambda x: _soft(x, half), lambda x: 1 + _size(x) / x.T, "exponents d/T", _soft,
        ),
        _row(
            dtype, "least-value", r"\mathrm{fl}(F_T) \approx -T \log \textstyle\sum_j e^{-d_j/T}", SOFT, "free_energy",
            _free, lambda x: _size(x) + 2 * x.T, "the mean over the prototypes", lambda x: _free(x, True),
        ),
    )  # fmt: skip


def covariance_parts(dtype: str) -> tuple[Part, ...]:
    """S_q in both forms, and the Jacobian of the soft assignment."""

    def matrix(x: Any) -> list[ex.Expr]:
        return _flat(u.covariance(x.q))

    def one_off(x: Any) -> list[ex.Expr]:
        """q_1 in place of q_1 − q_1² as the first entry."""
        s = u.covariance(x.q)
        return [entry + (x.q[0] ** 2 if i == j == 0 else 0) for i, row in enumerate(s) for j, entry in enumerate(row)]

    return (
        _row(
            dtype, "matrix", r"\mathrm{fl}(S_q) \approx \operatorname{diag}(q) - qq^\top", GIVEN, "covariance",
            matrix, lambda x: 1, "one diagonal entry lacks the square", one_off,
        ),
        _row(
            dtype, "matrix-literal", r"\mathrm{fl}(S_q) \approx \operatorname{diag}(q) - qq^\top,\text{ as printed}",
            GIVEN, "covariance_ambient", matrix, lambda x: 1, "one diagonal entry lacks the square", one_off,
        ),
        _row(
            dtype, "jacobian", r"\text{automatic differentiation of } q \text{ gives } \tfrac2T S_q P^\top", SOFT, "jacobian",
            _slope, lambda x: (1 + _size(x) / x.T) ** 2 * (1 + 1 / x.T), "1/T instead of 2/T", lambda x: _slope(x, 1),
        ),
    )  # fmt: skip


def trace_parts(dtype: str) -> tuple[Part, ...]:
    """tr S_q at the soft assignment."""
    return (
        _row(
            dtype, "trace", r"\mathrm{fl}(\operatorname{tr} S_{q(T)}) \approx 1 - \|q(T)\|^2", SOFT, "trace",
            lambda x: u.trace_of(_soft(x)), lambda x: 1 + _size(x) / x.T,
            "one product for each pair", lambda x: u.trace_of(_soft(x)) / 2,
        ),
    )  # fmt: skip


def force_parts(dtype: str) -> tuple[Part, ...]:
    """‖2PS_q‖² at the soft assignment."""
    return (
        _row(
            dtype, "force", r"\mathrm{fl}(\|2PS_q\|_F^2) \approx 4 \textstyle\sum_j q_j^2 \|p_j - Pq\|^2", SOFT, "force2",
            lambda x: u.force2(x.p, _soft(x)), lambda x: _size(x) * (1 + _size(x) / x.T),
            "4V", lambda x: 4 * a.variance(x.p, _soft(x)),
        ),
    )  # fmt: skip


def feedback_parts(dtype: str) -> tuple[Part, ...]:
    """D_P, U_q and the force."""
    return (
        _row(
            dtype, "dispersion", r"\mathrm{fl}(D_P) \approx \text{the mean of } \|p_i - p_j\|^2 \text{ over pairs}",
            ROWS, "dispersion", lambda x: _dispersion(x, x.k * (x.k - 1) // 2), lambda x: 4 * e.square(x.p),
            "over k² pairs", lambda x: 2 * _dispersion(x, x.k**2),
        ),
        *trace_parts(dtype),
        *force_parts(dtype),
    )  # fmt: skip
