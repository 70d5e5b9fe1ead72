"""Rows about float code near collapse: forces, regularisers and the free energy against exact arithmetic.

The prototypes lie within 10⁻³ of one place, or exactly on it, where differences of forces are what cancellation leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl.float_rows import flat
from ddcl_theory.domain import Domain, real, simplex, temperature

MODULE = "ddcl_theory.claims.ddcl.code_collapse"
NEAR = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 3), "d": (1, 2), "n": (1, 2)})
CONSTANT = Domain((real("z", "n", "d"), real("p", "k", "d"), simplex("q", "n", "k")), NEAR.sizes)
Values = Callable[[Any], list[ex.Expr]]


def near_collapse(sizes: Any, cases: int, generator: Any) -> dict[str, Any]:
    """Samples of size 1 about a place of size 1, prototypes within 10⁻³ of it; the first two coincide in a third of the cases."""
    import torch

    def normal(*shape: int) -> Any:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    n, k, d = sizes["n"], sizes["k"], sizes["d"]
    place = normal(cases, 1, d)
    p = place + 1e-3 * normal(cases, k, d)
    p[::3, 1] = p[::3, 0]
    exponent = 2 * torch.rand(cases, generator=generator, dtype=torch.float64) - 1
    return {"z": place + normal(cases, n, d), "p": p, "T": 10**exponent}


def with_shares(sizes: Any, cases: int, generator: Any) -> dict[str, Any]:
    import torch

    batch = near_collapse(sizes, cases, generator)
    logits = torch.randn(cases, sizes["n"], sizes["k"], generator=generator, dtype=torch.float64)
    return {"z": batch["z"], "p": batch["p"], "q": torch.softmax(logits, -1)}


def _soft(z: Any, x: Any) -> list[ex.Expr]:
    return a.assignment(z, x.p, x.T, anchor=a.distances(z, x.p)[0])


def _forces(x: Any, pull: f.Pull) -> list[list[ex.Expr]]:
    """Minus the stopped gradient of the mean loss, a row a prototype."""
    shares = [_soft(z, x) for z in x.z]
    return [
        [
            ex.mean(column)
            for column in zip(*(pull(z, x.p, q, j) for z, q in zip(x.z, shares, strict=True)), strict=True)
        ]
        for j in range(x.k)
    ]


def stopped(pull: f.Pull) -> Values:
    return lambda x: flat(_forces(x, pull))


def full(loss: f.Loss) -> Values:
    return lambda x: [-g for g in e.gradient(ex.mean(loss(z, x.p, _soft(z, x)) for z in x.z), flat(x.p))]


def _opening(values: Values) -> Values:
    """The row of the first prototype less that of the second."""
    return lambda x: ex.minus(values(x)[: x.d], values(x)[x.d : 2 * x.d])


def _negated(values: Values) -> Values:
    return lambda x: [-v for v in values(x)]


def _length(v: list[ex.Expr]) -> ex.Expr:
    """Σ_i |v_i|."""
    return ex.total(ex.maximum(entry, -entry) for entry in v)


def _size(x: Any) -> ex.Expr:
    """The size of the terms of a force: Σ |z − p_j| (1 + ‖z − p_j‖²/T), as a relative error of d turns into one of d/T in q."""
    terms = []
    for z in x.z:
        for row in x.p:
            gap = ex.minus(z, row)
            heat = 1 + ex.norm2(gap) / x.T if hasattr(x, "T") else ex.ONE
            terms.append(_length(gap) * heat)
    return ex.total(terms)


def _heated(x: Any) -> ex.Expr:
    """The same where the softmax is differentiated, which multiplies by d/T once more."""
    return ex.total(
        _length(gap) * (1 + ex.norm2(gap) / x.T) ** 2 for z in x.z for row in x.p for gap in [ex.minus(z, row)]
    )


def _absolute(x: Any) -> ex.Expr:
    """Σ_n Σ_j (|z_n| + |p_j|): given assignments sum to one up to rounding only, which the place of the prototypes multiplies."""
    return ex.total(_length(list(z)) + _length(list(row)) for z in x.z for row in x.p)


def _spread(x: Any) -> ex.Expr:
    """2k Σ_j |p_j − p_1|: differences of the prototypes are all that enters."""
    return 2 * x.k * ex.total(_length(ex.minus(row, x.p[0])) for row in x.p[1:])


def code_row(
    dtype: str,
    identifier: str,
    says: str,
    code: str,
    values: Values,
    twin: str,
    wrong: Values,
    domain: Domain = NEAR,
    draw: Any = near_collapse,
    size: Any = _size,
) -> Part:
    """A part about `code`; the twin compares it with the values of `wrong`."""

    def statement(name: str, wanted: Values) -> CodeStatement:
        return CodeStatement(domain, f"{MODULE}:{name}", wanted, size, dtype, 32, draw=draw)

    return Part(
        id=identifier,
        says=says,
        statement=statement(code, values),
        checks=(Conforms(),),
        twins=(Twin(twin, statement(code, wrong)),),
        neighbours=(Neighbour("the opposite order", statement(f"{code}_reversed", values)),),
    )


def force_parts(dtype: str) -> tuple[Part, ...]:
    """The forces of L_OLS near collapse."""
    held, through = stopped(f.pull_ols), full(a.ols)
    return (
        code_row(
            dtype, "force", r"\mathrm{fl}(F) \approx F \text{ under } L_{\mathrm{OLS}}, \text{ stopped}", "ols_stopped", held,
            "the force of L_q", stopped(f.pull_quantization),
        ),
        code_row(
            dtype, "force-full", r"\mathrm{fl}(F) \approx F \text{ under } L_{\mathrm{OLS}}, \text{ full}", "ols_full", through,
            "the stopped force", held,
        ),
    )  # fmt: skip


def _constant(x: Any) -> list[ex.Expr]:
    rows = [
        [
            ex.mean(column)
            for column in zip(*(f.pull_ols(z, x.p, q, j) for z, q in zip(x.z, x.q, strict=True)), strict=True)
        ]
        for j in range(x.k)
    ]
    return flat(rows)


def opening_parts(dtype: str) -> tuple[Part, ...]:
    """F_1 − F_2 of the first two prototypes, and the forces at given assignments."""
    held, through = stopped(f.pull_ols), full(a.ols)
    return (
        code_row(
            dtype, "opening", r"\mathrm{fl}(F_1 - F_2), \text{ stopped}", "ols_opening", _opening(held),
            "the opposite sign", _negated(_opening(held)),
        ),
        code_row(
            dtype, "opening-full", r"\mathrm{fl}(F_1 - F_2), \text{ full}", "ols_opening_full", _opening(through),
            "the stopped force", _opening(held), size=_heated,
        ),
        code_row(
            dtype, "constant", r"\mathrm{fl}(F) \approx F, \text{ constant } q", "ols_constant", _constant,
            "the opposite sign", _negated(_constant), CONSTANT, with_shares, _absolute,
        ),
    )  # fmt: skip


def quantization_parts(dtype: str) -> tuple[Part, ...]:
    """The forces of L_q near collapse."""
    held, through = stopped(f.pull_quantization), full(a.quantization)
    return (
        code_row(
            dtype, "force", r"\mathrm{fl}(F) \approx F \text{ under } L_q, \text{ stopped}", "quantization_stopped", held,
            "the force of L_OLS", stopped(f.pull_ols),
        ),
        code_row(
            dtype, "force-full", r"\mathrm{fl}(F) \approx F \text{ under } L_q, \text{ full}", "quantization_full", through,
            "the stopped force", held,
        ),
    )  # fmt: skip


def separation_force(x: Any) -> list[ex.Expr]:
    """2 (k p_j − Σ_i p_i): minus the gradient of L_sep."""
    total = [ex.total(row[i] for row in x.p) for i in range(x.d)]
    return [2 * (x.k * row[i] - total[i]) for row in x.p for i in range(x.d)]


def separation_part(dtype: str) -> Part:
    return code_row(
        dtype, "separation", r"\mathrm{fl}(-\nabla L_{\mathrm{sep}}) \approx 2(k p_j - \textstyle\sum_i p_i)", "separation_force",
        separation_force, "ordered pairs", lambda x: [2 * v for v in separation_force(x)], size=_spread,
    )  # fmt: skip


def regulariser_parts(dtype: str) -> tuple[Part, ...]:
    """L_bal and L_ent near collapse, where they are least, and the force of L_sep."""

    def shares(x: Any) -> list[list[ex.Expr]]:
        return [_soft(z, x) for z in x.z]

    def size(x: Any) -> ex.Expr:
        return x.k * ex.ONE + ex.total(d / x.T for z in x.z for d in a.distances(z, x.p))

    return (
        separation_part(dtype),
        code_row(
            dtype, "balance", r"\mathrm{fl}(L_{\mathrm{bal}})", "balance", lambda x: [e.balance(shares(x))],
            "the entropy", lambda x: [e.negative_entropy(shares(x))], size=size,
        ),
        code_row(
            dtype, "entropy", r"\mathrm{fl}(L_{\mathrm{ent}})", "negative_entropy", lambda x: [e.negative_entropy(shares(x))],
            "shifted by log k", lambda x: [e.negative_entropy(shares(x)) + ex.log(x.k)], size=size,
        ),
    )  # fmt: skip


def height(x: Any) -> ex.Expr:
    """F_T + T log k, at the mean over the samples."""
    values = []
    for z in x.z:
        d = a.distances(z, x.p)
        values.append(d[0] - x.T * ex.log(ex.mean(ex.boltzmann(dj - d[0], x.T) for dj in d)))
    return ex.mean(values)


def features(x: Any) -> list[ex.Expr]:
    """(2/n)(Pq_n − z_n)."""
    return [ex.Fraction(2, x.n) * v for z in x.z for v in ex.minus(a.mixture(x.p, _soft(z, x)), z)]


def joint_parts(dtype: str) -> tuple[Part, ...]:
    """What training of features and prototypes together follows: F_T and its slope in the features."""
    return (
        *quantization_parts(dtype),
        code_row(
            dtype, "features", r"\mathrm{fl}(-\nabla_z F_T) \approx \tfrac2n (Pq - z)", "features", features,
            "the opposite sign", _negated(features),
        ),
        code_row(
            dtype, "height", r"\mathrm{fl}(F_T + T \log k)", "free_energy", lambda x: [height(x)],
            "twice the temperature term", lambda x: [height(x) + x.T * ex.log(x.k)],
            size=lambda x: ex.total(d for z in x.z for d in a.distances(z, x.p)) + x.k * x.T,
        ),
    )  # fmt: skip
