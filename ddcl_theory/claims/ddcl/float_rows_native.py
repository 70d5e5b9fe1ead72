"""Rows about the layers of ddcl_core: prototypes ZᵀW, gradients in the features through them, and steps of SGD."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.float_rows import flat
from ddcl_theory.domain import Domain, above_zero, real, simplex

MODULE = "ddcl_theory.claims.ddcl.code_native"
SIZES = {"n": (2, 2), "k": (2, 3), "d": (1, 2)}
LAYER = Domain((real("z", "n", "d"), real("w", "n", "k")), SIZES)
ASSIGNED = Domain((*LAYER.variables, simplex("q", "n", "k")), SIZES)
DUAL = Domain((*LAYER.variables, real("g", "k", "d"), above_zero("eta")), SIZES)
VANILLA = Domain((real("p", "k", "d"), real("g", "k", "d"), above_zero("eta")), {"k": (2, 3), "d": (1, 2)})
Reference = Callable[[Any], Any]


def absolute(rows: Any) -> ex.Expr:
    """1 + Σ |entry|."""
    return 1 + ex.total(ex.maximum(v, -v) for v in flat(rows))


def feature_gradient(name: str, share: ex.Fraction | int) -> Reference:
    """∂/∂z_n of Σ_m L at given q, entry by entry: 2(z_n − Pq_n) and `share` of Σ_j W_nj ∂L/∂p_j."""

    def value(x: Any) -> list[ex.Expr]:
        p = nat.combined(x.z, x.w)
        rows = [nat.prototype_slopes(name, z, p, q) for z, q in zip(x.z, x.q, strict=True)]
        entries = []
        for z, q, w in zip(x.z, x.q, x.w, strict=True):
            own = ex.scaled(2, nat.deviation(z, p, q))
            entries += [own[i] + share * ex.total(w[j] * r[j][i] for r in rows for j in range(x.k)) for i in range(x.d)]
        return entries

    return value


def _part(dtype: str, code: str, says: str, domain: Domain, reference: Reference, scale: Reference, twin: str,
          false: Reference) -> Part:  # fmt: skip
    def statement(function: str, wanted: Reference) -> CodeStatement:
        return CodeStatement(domain, f"{MODULE}:{function}", wanted, scale, dtype=dtype)

    return Part(
        id=code.replace("_", "-"),
        says=says,
        statement=statement(code, reference),
        checks=(Conforms(),),
        twins=(Twin(twin, statement(code, false)),),
        neighbours=(Neighbour("prototypes in the opposite order", statement(f"{code}_reversed", reference)),),
    )


def _gradients(dtype: str, suffix: str, share: int) -> tuple[Part, ...]:
    symbols = {"quantization": "L_q", "ols": r"L_{\mathrm{OLS}}"}
    graph = "P = Z^\\top W" if share else "P = Z^\\top W \\text{ detached}"

    def scale(x: Any) -> ex.Expr:
        return 4 * absolute(x.z) * absolute(x.w) ** 2

    return tuple(
        _part(
            dtype,
            f"{name}_{suffix}",
            rf"\mathrm{{fl}}(\nabla_z {symbols[name]}),\ {graph}",
            ASSIGNED,
            feature_gradient(name, share),
            scale,
            "the graph cut at P" if share else "the graph not cut at P",
            feature_gradient(name, 1 - share),
        )
        for name in symbols
    )


def native_parts(dtype: str) -> tuple[Part, ...]:
    return _gradients(dtype, "native", 1)


def detached_parts(dtype: str) -> tuple[Part, ...]:
    return _gradients(dtype, "detached", 0)


def layer_part(dtype: str) -> Part:
    """The dual layer gives out ZᵀW."""
    return _part(
        dtype,
        "dual_prototypes",
        r"\mathrm{fl}(Z^\top W)",
        LAYER,
        lambda x: flat(nat.combined(x.z, x.w)),
        lambda x: absolute(x.z) * absolute(x.w),
        "the mean over the samples",
        lambda x: [v / x.n for v in flat(nat.combined(x.z, x.w))],
    )


def dual_after(x: Any, gram: bool = True) -> list[ex.Expr]:
    """p_j − η ZᵀZ g_j, or with the Gram matrix left out."""
    z = nat.combined(x.z, [[ex.dot(s, g) for g in x.g] for s in x.z]) if gram else x.g
    return [p - x.eta * s for p, s in zip(flat(nat.combined(x.z, x.w)), flat(z), strict=True)]


def step_parts(dtype: str) -> tuple[Part, ...]:
    """A step of SGD on the weights of either layer."""
    return (
        _part(
            dtype,
            "dual_step",
            r"\mathrm{fl}(P^+) = P - \eta\, Z^\top Z\, \partial L/\partial P \text{ for the dual layer}",
            DUAL,
            dual_after,
            lambda x: 4 * absolute(x.z) ** 2 * absolute(x.w) * absolute(x.g) * (1 + x.eta),
            "the step of the vanilla layer",
            lambda x: dual_after(x, gram=False),
        ),
        _part(
            dtype,
            "vanilla_step",
            r"\mathrm{fl}(P^+) = P - \eta\, \partial L/\partial P \text{ for the vanilla layer}",
            VANILLA,
            lambda x: [p - x.eta * g for p, g in zip(flat(x.p), flat(x.g), strict=True)],
            lambda x: absolute(x.p) + absolute(x.g) * x.eta,
            "half the rate",
            lambda x: [p - x.eta * g / 2 for p, g in zip(flat(x.p), flat(x.g), strict=True)],
        ),
    )
