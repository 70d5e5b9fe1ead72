"""Rows about float code for training: the stopped and the full gradient of L_q, and the free energy."""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Part
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.float_rows import flat, inside, row
from ddcl_theory.domain import Domain, real, temperature

TRAINED = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), {"n": (1, 2), "k": (1, 3), "d": (1, 2)})


def _soft(z: Any, p: Any, x: Any) -> list[ex.Expr]:
    return a.assignment(z, p, x.T, anchor=a.distances(z, p)[0])


def stopped(x: Any) -> list[ex.Expr]:
    """Σ_n q_nj 2 (p_j − z_n), entry by entry."""
    rows = [_soft(z, x.p, x) for z in x.z]
    return [
        ex.total(2 * q[j] * (x.p[j][i] - z[i]) for z, q in zip(x.z, rows, strict=True))
        for j in range(x.k)
        for i in range(x.d)
    ]


def full(x: Any) -> list[ex.Expr]:
    """The gradient of Σ_n L_q(softmax), by exact rules."""
    return e.gradient(ex.total(a.quantization(z, x.p, _soft(z, x.p, x)) for z in x.z), flat(x.p))


def free_energy(x: Any) -> ex.Expr:
    """F_T = −T Σ_n log Σ_j e^{−d_nj/T}."""
    sums = [ex.total(ex.boltzmann(d - a.distances(z, x.p)[0], x.T) for d in a.distances(z, x.p)) for z in x.z]
    return ex.total(a.distances(z, x.p)[0] - x.T * ex.log(m) for z, m in zip(x.z, sums, strict=True))


def training_parts(dtype: str) -> tuple[Part, ...]:
    """The two training gradients and the free energy."""
    draw = inside(TRAINED)

    def size(x: Any) -> ex.Expr:
        return ex.total(1 + ex.maximum(v, -v) for v in [*flat(x.z), *flat(x.p)])

    def energy_size(x: Any) -> ex.Expr:
        return ex.total(ex.norm2(r) for r in x.z) + e.square(x.p) + x.k * x.n * x.T

    return (
        row(
            dtype,
            "stopped",
            r"\mathrm{fl}(\nabla_P L_q),\ q \text{ stopped}",
            TRAINED,
            "stopped",
            stopped,
            lambda x: 4 * size(x),
            "reference ascends",
            lambda x: [1 - v for v in stopped(x)],
            draw=draw,
        ),
        row(
            dtype,
            "full",
            r"\mathrm{fl}(\nabla_P L_q)",
            TRAINED,
            "full",
            full,
            lambda x: 8 * size(x),
            "reference ascends",
            lambda x: [1 - v for v in full(x)],
            draw=draw,
        ),
        row(
            dtype,
            "free-energy",
            r"\mathrm{fl}(F_T)",
            TRAINED,
            "free_energy",
            free_energy,
            energy_size,
            "wrong sign",
            lambda x: -free_energy(x) + 1,
            draw=draw,
        ),
    )
