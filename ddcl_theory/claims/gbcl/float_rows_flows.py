"""Rows about the layers of ddcl_core in steps of SGD on the quantisation error, cells held, and about weights of least norm."""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl.code_flows import STEPS
from ddcl_theory.domain import Domain, above_zero, real, simplex

MODULE = "ddcl_theory.claims.gbcl.code_flows"
SIZES = {"n": (2, 3), "k": (2, 2), "d": (1, 2)}
SHARED = (real("z", "n", "d", latex="x"), simplex("q", "n", "k"), above_zero("eta"))
BASE = Domain((*SHARED, real("p", "k", "d")), SIZES)
DUAL = Domain((*SHARED, real("w", "n", "k")), SIZES)
WIDE = Domain((real("z", "n", "d", latex="x"), real("p", "d")), {"n": (3, 4), "d": (1, 2)})


def absolute(rows: Any) -> ex.Expr:
    """1 + Σ |entry|."""
    return 1 + ex.total(ex.maximum(v, -v) for row in rows for v in row)


def _short(domain: Domain) -> Any:
    """Steps that are small next to the curvature, so that the powers of 1 − 2 η n_j σ² do not grow."""

    def draw(sizes: Any, cases: int, generator: Any) -> dict[str, Any]:
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        share = 0.05 + 0.2 * torch.rand(cases, generator=generator, dtype=torch.float64)
        return {**batch, "eta": share / (sizes["n"] * (1 + batch["z"].square().sum((1, 2))))}

    return draw


def base_after(x: Any, massed: bool = True) -> list[ex.Expr]:
    """μ + (1 − 2 η n_j)^STEPS (p − μ), written without the quotient μ; `massed` False takes 1 for n_j in the power."""
    entries = []
    for j, p in enumerate(x.p):
        shares = [row[j] for row in x.q]
        left = 1 - 2 * x.eta * (ex.total(shares) if massed else 1)
        pull = 2 * x.eta * ex.total(left**i for i in range(STEPS))
        entries += [left**STEPS * v + pull * s for v, s in zip(p, f.output(x.z, shares), strict=True)]
    return entries


def dual_after(x: Any, gram: bool = True) -> list[ex.Expr]:
    """XΩ_j after STEPS steps Ω_j − 2 η (n_j XᵀXΩ_j − Xᵀ Σ q x); `gram` False forgets n_j."""
    entries = []
    for j in range(x.k):
        shares, o = [row[j] for row in x.q], [row[j] for row in x.w]
        mass = ex.total(shares) if gram else 1
        for _ in range(STEPS):
            gap = ex.minus(ex.scaled(mass, f.output(x.z, o)), f.output(x.z, shares))
            o = ex.minus(o, ex.scaled(2 * x.eta, f.along(x.z, gap)))
        entries += f.output(x.z, o)
    return entries


def _part(dtype: str, identifier: str, says: str, domain: Domain, code: str, reference: Any, scale: Any, twin: str,
          false: Any, draw: Any) -> Part:  # fmt: skip
    def statement(name: str, wanted: Any) -> CodeStatement:
        return CodeStatement(domain, f"{MODULE}:{name}", wanted, scale, dtype=dtype, draw=draw)

    return Part(
        id=identifier,
        says=says,
        statement=statement(code, reference),
        checks=(Conforms(),),
        twins=(Twin(twin, statement(code, false)),),
        neighbours=(Neighbour("the opposite order", statement(f"{code}_reversed", reference)),),
    )


def base_parts(dtype: str) -> tuple[Part, ...]:
    return (
        _part(
            dtype,
            "base-steps",
            rf"\mathrm{{fl}}(W_j^{{+{STEPS}}}) = \mu_j + (1 - 2 \eta n_j)^{STEPS} (W_j - \mu_j)",
            BASE,
            "base_steps",
            base_after,
            lambda x: absolute(x.p) + absolute(x.z),
            "one rate for all cells",
            lambda x: base_after(x, massed=False),
            _short(BASE),
        ),
    )


def dual_parts(dtype: str) -> tuple[Part, ...]:
    return (
        _part(
            dtype,
            "dual-steps",
            rf"\mathrm{{fl}}(X \Omega_j^{{+{STEPS}}}),\ \Omega_j^+ = \Omega_j - 2 \eta n_j (X^\top X \Omega_j - X^\top \mu_j)",
            DUAL,
            "dual_steps",
            dual_after,
            lambda x: absolute(x.z) * absolute(x.w) + absolute(x.z),
            "one rate for all cells",
            lambda x: dual_after(x, gram=False),
            _short(DUAL),
        ),
    )


def least_norm_weights(x: Any, share: Any = 1) -> list[ex.Expr]:
    """Xᵀ(XXᵀ)⁻¹ μ for d ≤ 2, times `share`."""
    rows = list(zip(*x.z, strict=True))
    gram = [[ex.dot(u, v) for v in rows] for u in rows]
    if len(rows) == 1:
        inner = [x.p[0] / gram[0][0]]
    else:
        (a, b), (_, c) = gram
        determinant = a * c - b * b
        inner = [(c * x.p[0] - b * x.p[1]) / determinant, (a * x.p[1] - b * x.p[0]) / determinant]
    return ex.scaled(share, f.along(x.z, inner))


def _well_conditioned(sizes: Any, cases: int, generator: Any) -> dict[str, Any]:
    """Samples whose singular values lie between 1 and 2."""
    import torch

    q, _ = torch.linalg.qr(torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64))
    stretch = 1 + torch.rand(cases, 1, sizes["d"], generator=generator, dtype=torch.float64)
    return {"z": q * stretch, "p": torch.randn(cases, sizes["d"], generator=generator, dtype=torch.float64)}


def least_norm_parts(dtype: str) -> tuple[Part, ...]:
    return (
        _part(
            dtype,
            "least-norm",
            r"\mathrm{fl}(X^\top (X X^\top)^{-1} \mu)",
            WIDE,
            "least_norm",
            least_norm_weights,
            lambda x: absolute([x.p]),
            "a thousandth longer",
            lambda x: least_norm_weights(x, ex.Fraction(1001, 1000)),
            _well_conditioned,
        ),
    )
