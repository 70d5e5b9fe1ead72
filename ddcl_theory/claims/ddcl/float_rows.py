"""Rows about float code for the claims on the reduced energy and its flow: references in exact arithmetic.

Projections have closed forms over subsets: the multiplier is the largest mean over the sets of entries that may be free,
because adding an entry above the mean raises it.  So the references enumerate subsets instead of sorting.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.domain import Domain, nonnegative, real, simplex

MODULE = "ddcl_theory.claims.ddcl.code_flow"
POINTS = (real("z", "n", "d"), real("p", "k", "d"), simplex("q", "n", "k"), nonnegative("sep"), nonnegative("weight"))
SMOOTH = Domain(POINTS, {"n": (1, 2), "k": (1, 3), "d": (1, 2)})
FULL = Domain((*POINTS, nonnegative("bal"), real("ent")), {"n": (1, 2), "k": (1, 3), "d": (1, 2)})
ASSIGNED = Domain((simplex("q", "n", "k"),), {"n": (1, 3), "k": (1, 4)})
CONE = Domain((simplex("q", "s"), real("a", "s"), real("b", "e")), {"s": (1, 3), "e": (0, 3)})
VECTOR = Domain((real("v", "k"),), {"k": (1, 4)})


def row(
    dtype: str,
    identifier: str,
    says: str,
    domain: Domain,
    code: str,
    reference: Any,
    scale: Any,
    twin: str,
    twin_reference: Any = None,
    twin_code: str | None = None,
    **extra: Any,
) -> Part:
    """A part about `code`, with a twin that has another reference or runs other code."""

    def statement(name: str, wanted: Any) -> CodeStatement:
        return CodeStatement(domain, f"{MODULE}:{name}", wanted, scale, dtype=dtype, **extra)

    return Part(
        id=identifier,
        says=says,
        statement=statement(code, reference),
        checks=(Conforms(),),
        twins=(Twin(twin, statement(twin_code or code, twin_reference or reference)),),
        neighbours=(Neighbour("the opposite order", statement(f"{code}_reversed", reference)),),
    )


def inside(domain: Domain) -> Callable[..., dict[str, Any]]:
    """A sampler like the usual one whose assignments have no zero entry and moderate coefficients."""

    def draw(sizes: Any, cases: int, generator: Any) -> dict[str, Any]:
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        if "q" in batch:
            batch["q"] = torch.softmax(2 * torch.randn(batch["q"].shape, generator=generator, dtype=torch.float64), -1)
        if "T" in batch:
            # Weights e^{−d/T} that do not vanish, so that every entry of the gradient is a test.
            batch["T"] = (
                0.3
                * batch["T"].clamp(0.1, 10)
                * (1 + batch["z"].square().sum((1, 2)) + batch["p"].square().sum((1, 2)))
            )
        return batch

    return draw


def flat(rows: Any) -> list[ex.Expr]:
    return [entry for r in rows for entry in r]


def _subsets(items: Any, least: int = 0) -> Any:
    return chain.from_iterable(combinations(items, size) for size in range(least, len(items) + 1))


def tangent(x: Any) -> list[ex.Expr]:
    """The projection of (a, b) onto the tangent cone at (q, 0 … 0)."""
    mu = ex.maximum(*[ex.mean([*x.a, *free]) for free in _subsets(x.b)])
    return [v - mu for v in x.a] + [ex.maximum(0, v - mu) for v in x.b]


def tangent_frozen(x: Any) -> list[ex.Expr]:
    """The projection onto the face instead of the cone: entries off the support stay 0."""
    mu = ex.mean(x.a)
    return [v - mu for v in x.a] + [ex.ZERO + 0 * v for v in x.b] if x.b else [v - mu + 1 for v in x.a]


def simplex_point(x: Any) -> list[ex.Expr]:
    tau = ex.maximum(*[(ex.total(chosen) - 1) * Fraction(1, len(chosen)) for chosen in _subsets(x.v, 1)])
    return [ex.maximum(0, v - tau) for v in x.v]


def _size(*names: str) -> Callable[[Any], ex.Expr]:
    def scale(x: Any) -> ex.Expr:
        return 1 + ex.total(ex.maximum(v, -v) for name in names for v in getattr(x, name))

    return scale


def cone_parts(dtype: str) -> tuple[Part, ...]:
    """The two projections of the flow."""
    lowest = {"at_least_zero": True}
    return (
        row(
            dtype,
            "tangent-cone",
            r"\mathrm{fl}(\Pi_{T_\Delta(q)} g)",
            CONE,
            "tangent",
            tangent,
            _size("a", "b"),
            "projected onto the face",
            tangent_frozen,
            draw=inside(CONE),
        ),
        row(
            dtype,
            "simplex",
            r"\mathrm{fl}(\Pi_\Delta v)",
            VECTOR,
            "simplex_point",
            simplex_point,
            _size("v"),
            "not shifted",
            lambda x: [ex.maximum(0, v) for v in x.v],
        ),
        row(
            dtype,
            "simplex-nonnegative",
            r"\mathrm{fl}(\Pi_\Delta v) \ge 0",
            VECTOR,
            "simplex_lowest",
            lambda x: 0,
            _size("v"),
            "projected onto the hyperplane",
            twin_code="affine_lowest",
            **lowest,
        ),
    )


def _energy(x: Any) -> ex.Expr:
    return e.smooth(x.z, x.p, x.q, x.sep, x.weight)


def _energy_scale(x: Any) -> ex.Expr:
    size = ex.total(ex.norm2(r) for r in x.z) + e.square(x.p)
    return (1 + x.k * x.sep + x.weight + x.n) * (size + Fraction(1, 10**6))


def _slope_scale(x: Any) -> ex.Expr:
    largest = ex.total(ex.maximum(v, -v) for v in [*flat(x.z), *flat(x.p)])
    return (1 + x.k * x.sep + x.weight + x.n) * (largest + Fraction(1, 10**6))


def slope(x: Any) -> list[ex.Expr]:
    """∇_P E."""
    return e.gradient(_energy(x), flat(x.p))


def assignment_slope(x: Any) -> list[ex.Expr]:
    """∇_q E, each row with its mean removed."""
    value = _energy(x) + x.bal * e.balance(x.q) + x.ent * e.negative_entropy(x.q)
    rows = [e.gradient(value, r) for r in x.q]
    return [v - ex.mean(r) for r in rows for v in r]


def _assignment_scale(x: Any) -> ex.Expr:
    logs = ex.total(1 - ex.log(v) for v in flat(x.q))
    return ex.total(ex.norm2(r) for r in x.z) + e.square(x.p) + (x.bal + ex.maximum(x.ent, -x.ent) + 1) * logs


def flow_parts(dtype: str) -> tuple[Part, ...]:
    """The energy, its gradients and the feasibility of the flow."""
    # A run a case: few sizes.
    small = Domain(POINTS, {"n": (2, 2), "k": (2, 3), "d": (1, 1)})
    return (
        row(
            dtype,
            "energy",
            r"\mathrm{fl}(E) \approx E",
            SMOOTH,
            "energy",
            _energy,
            _energy_scale,
            "reference counts λ_P twice",
            lambda x: _energy(x) + x.weight * e.square(x.p),
        ),
        row(
            dtype,
            "slope-p",
            r"\mathrm{fl}(\nabla_P E) \approx \nabla_P E",
            SMOOTH,
            "energy_slope",
            slope,
            _slope_scale,
            "reference ascends",
            lambda x: [-v for v in slope(x)],
        ),
        row(
            dtype,
            "slope-q",
            r"\mathrm{fl}(\nabla_q E) \approx \nabla_q E",
            FULL,
            "assignment_slope",
            assignment_slope,
            _assignment_scale,
            "reference ascends",
            lambda x: [-v for v in assignment_slope(x)],
            draw=inside(FULL),
        ),
        row(
            dtype,
            "feasible",
            r"q(t) \ge 0",
            small,
            "flow_lowest",
            lambda x: 0,
            lambda x: 1,
            "no projection",
            twin_code="unprojected_lowest",
            at_least_zero=True,
        ),
        row(
            dtype,
            "mass",
            r"\textstyle\sum_j q_j(t) = 1",
            small,
            "flow_mass",
            lambda x: 1,
            lambda x: 1,
            "wrong mass",
            lambda x: 2,
        ),
    )


def separation_parts(dtype: str) -> tuple[Part, ...]:
    """L_sep in two conventions and the threshold of coercivity."""

    def scale(x: Any) -> ex.Expr:
        return x.k * (e.square(x.p) + Fraction(1, 10**6))

    rows = Domain((real("p", "k", "d"),), {"k": (1, 4), "d": (1, 2)})
    three = Domain(POINTS, {"n": (1, 2), "k": (3, 5), "d": (1, 1)})
    return (
        row(
            dtype,
            "separation",
            r"\mathrm{fl}(L_{\mathrm{sep}})",
            rows,
            "separation",
            lambda x: e.separation(x.p),
            scale,
            "wrong sign",
            lambda x: -e.separation(x.p),
        ),
        row(
            dtype,
            "separation-mean",
            r"\mathrm{fl}(L_{\mathrm{sep}}) \text{, mean over pairs}",
            rows,
            "separation_mean",
            lambda x: e.separation(x.p, "mean"),
            scale,
            "sum over pairs",
            lambda x: 2 * e.separation(x.p, "mean"),
        ),
        row(
            dtype,
            "threshold",
            r"\text{threshold} = k \lambda_{\mathrm{sep}},\ k \ge 3",
            three,
            "threshold",
            lambda x: x.k * x.sep,
            lambda x: x.k * x.sep + Fraction(1, 10**6),
            "twice k",
            lambda x: 2 * x.k * x.sep + 1,
        ),
    )


def regulariser_parts(dtype: str) -> tuple[Part, ...]:
    """L_bal and L_ent inside the simplex."""
    draw = inside(ASSIGNED)
    return (
        row(
            dtype,
            "balance",
            r"\mathrm{fl}(L_{\mathrm{bal}})",
            ASSIGNED,
            "balance",
            lambda x: e.balance(x.q),
            lambda x: 2 + x.k,
            "shifted",
            lambda x: 1 + e.balance(x.q),
            draw=draw,
        ),
        row(
            dtype,
            "entropy",
            r"\mathrm{fl}(L_{\mathrm{ent}})",
            ASSIGNED,
            "negative_entropy",
            lambda x: e.negative_entropy(x.q),
            lambda x: 2 + x.k,
            "shifted",
            lambda x: 1 + e.negative_entropy(x.q),
            draw=draw,
        ),
        row(
            dtype,
            "balance-nonnegative",
            r"\mathrm{fl}(L_{\mathrm{bal}}) \ge 0",
            ASSIGNED,
            "balance",
            lambda x: 0,
            lambda x: 1,
            "entropy instead",
            twin_code="negative_entropy",
            at_least_zero=True,
            draw=draw,
        ),
    )
