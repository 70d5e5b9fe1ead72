"""The update of an incremental assignment as expressions, and rows about the float code that computes it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.domain import Domain, Sizes, nonnegative, real, simplex
from ddcl_theory.expression import Expr, Scalar

MODULE = "ddcl_theory.claims.ddcl.code_incremental"
STEP = Domain((real("r", "k"), real("target"), simplex("q", "k"), nonnegative("eta")), {"k": (2, 3)})


def projected(v: Sequence[Expr]) -> list[Expr]:
    """The point of the simplex nearest to v: max(0, v − τ), τ the largest (Σ_S v − 1)/|S| over the sets S of entries."""
    sets = chain.from_iterable(combinations(v, size) for size in range(1, len(v) + 1))
    tau = ex.maximum(*[(ex.total(chosen) - 1) * Fraction(1, len(chosen)) for chosen in sets])
    return [ex.maximum(0, entry - tau) for entry in v]


def error(q: Sequence[Scalar], r: Sequence[Scalar], target: Scalar) -> Expr:
    """e = z_t − r_t·q (18)."""
    return ex.lift(target) - ex.dot(r, q)


def updated(q: Sequence[Scalar], r: Sequence[Scalar], target: Scalar, eta: Scalar) -> list[Expr]:
    """Π(q + η e r) (19), (20)."""
    return projected(ex.plus(q, ex.scaled(ex.lift(eta) * error(q, r, target), r)))


def spread(r: Sequence[Expr]) -> Expr:
    """|r − r̄|², the part of the row that acts on the simplex."""
    mean = ex.mean(r)
    return ex.norm2([entry - mean for entry in r])


def draw(sizes: Sizes, cases: int, generator: Any) -> dict[str, Any]:
    """Rows of unit scale, assignments with and without zeros, steps on both sides of 2/|r − r̄|²."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    q = float_batch(STEP, sizes, cases, generator)["q"]
    r = torch.randn(cases, sizes["k"], generator=generator, dtype=torch.float64)
    noise = torch.randn(cases, generator=generator, dtype=torch.float64)
    share = torch.rand(cases, generator=generator, dtype=torch.float64)
    power = (r - r.mean(-1, keepdim=True)).square().sum(-1)
    return {"r": r, "q": q, "target": (r * q).sum(-1) + 0.3 * noise, "eta": 4 * share / (power + 0.01)}


def _size(x: Any) -> Expr:
    """The size of the terms that are added: the entries of q + η e r before they are projected."""
    row = ex.total(ex.maximum(v, -v) for v in x.r)
    return (1 + x.eta * row) * (1 + row + ex.maximum(x.target, -x.target))


def step_parts(dtype: str) -> tuple[Part, ...]:
    """The assignment after one update and the error before it."""

    def row(name: str, says: str, reference: Any, twin: str, wanted: Any) -> Part:
        def statement(code: str, value: Any) -> CodeStatement:
            return CodeStatement(STEP, f"{MODULE}:{code}", value, _size, dtype=dtype, draw=draw)

        return Part(
            id=name,
            says=says,
            statement=statement(name, reference),
            checks=(Conforms(),),
            twins=(Twin(twin, statement(name, wanted)),),
            neighbours=(Neighbour("the opposite order", statement(f"{name}_reversed", reference)),),
        )

    return (
        row(
            "updated",
            r"\mathrm{fl}(\Pi_\Delta(q + \eta e r))",
            lambda x: updated(x.q, x.r, x.target, x.eta),
            "half the step",
            lambda x: updated(x.q, x.r, x.target, x.eta * Fraction(1, 2)),
        ),
        row(
            "error",
            r"\mathrm{fl}(z_t - r_t^\top q)",
            lambda x: error(x.q, x.r, x.target),
            "the other sign",
            lambda x: -error(x.q, x.r, x.target),
        ),
    )
