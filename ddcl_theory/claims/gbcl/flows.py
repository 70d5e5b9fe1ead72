"""Gradient flows of the base and the dual layer in one Voronoi cell, as expressions.

Samples are rows z_i (the papers' columns of X), a_i ≥ 0 the mass of sample i in the cell (1 inside, 0 outside), A = Σ a_i the n_j
of the papers, μ = Σ a_i z_i / A the centroid.  A base layer has its prototype w as parameter, a dual layer has weights o and the
prototype y = XΩ = Σ o_i z_i.  Entry i of XᵀXΩ − Xᵀμ is z_i·(y − μ).

Time enters as x = e^{−t} in (0, 1]: d/dt = −x d/dx, so that a solution of an ODE is checked by an identity.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis
from ddcl_theory.expression import Expr, Scalar
from ddcl_theory.relation import equals_zero, positive

Vector = Sequence[Scalar]
Rows = Sequence[Vector]


def output(z: Rows, o: Vector) -> list[Expr]:
    """XΩ: the combination of the samples with the weights o."""
    return [ex.total(ex.lift(c) * s[i] for c, s in zip(o, z, strict=True)) for i in range(len(z[0]))]


def centroid(z: Rows, a: Vector) -> list[Expr]:
    """μ, the mean of the samples with the masses a."""
    mass = ex.total(a)
    return [v / mass for v in output(z, a)]


def along(z: Rows, v: Vector) -> list[Expr]:
    """Xᵀv: the inner products of a vector with the samples."""
    return [ex.dot(s, v) for s in z]


def gram_times(z: Rows, o: Vector) -> list[Expr]:
    """XᵀXΩ."""
    return along(z, output(z, o))


def normal(z: Rows, o: Vector, m: Vector) -> list[Expr]:
    """XᵀXΩ − Xᵀμ: zero at the solutions of the normal equations, and minus the velocity (30)."""
    return along(z, ex.minus(output(z, o), m))


def error(z: Rows, a: Vector, y: Vector) -> Expr:
    """E^j = Σ_i a_i ‖z_i − y‖², the cell's part of the quantisation error, (19) and (27)."""
    return ex.total(ex.lift(c) * ex.norm2(ex.minus(s, y)) for c, s in zip(a, z, strict=True))


def way(start: Vector, end: Vector, left: Scalar) -> list[Expr]:
    """end + left · (start − end)."""
    return [ex.lift(e) + left * (ex.lift(s) - e) for s, e in zip(start, end, strict=True)]


def velocity(path: Callable[[Scalar], Sequence[Expr]], x: Expr, rate: Scalar = 1) -> list[Expr]:
    """d/dt of a path in x = e^{−rate t}: −rate x d/dx."""
    return [-ex.lift(rate) * x * ex.differentiate(v, x) for v in path(x)]


def slopes(value: Expr, variables: Vector) -> list[Expr]:
    """The partial derivatives in a list of variables, by exact rules."""
    return [ex.differentiate(value, ex.lift(v)) for v in variables]


def decays(x: Any) -> list[Expr]:
    """e^{−λ_i t}, the factors of the modes."""
    return [ex.exp(-(v * x.t)) for v in x.lam]


#: A cell with samples in it has a centroid.
OCCUPIED = Hypothesis("occupied", r"A = \textstyle\sum_i a_i > 0", positive(lambda x: ex.total(x.a)))

#: The rows of v are eigenvectors of XᵀX, row i with the eigenvalue λ_i = σ_i².
EIGENVECTORS = Hypothesis(
    "eigenvectors",
    r"X^\top X v_i = \sigma_i^2 v_i",
    equals_zero(lambda x: [e for v, lam in zip(x.v, x.lam, strict=True) for e in eigen_gap(x.z, v, lam)]),
)


def eigen_gap(z: Rows, v: Vector, lam: Scalar) -> list[Expr]:
    """XᵀXv − λv."""
    return ex.minus(gram_times(z, v), ex.scaled(lam, v))


def draw_spectral(domain: Any) -> Any:
    """Float cases with the eigenvectors of XᵀX and their eigenvalues: rows of v, the first m of them, or one in v and lam."""

    def draw(sizes: Any, cases: int, generator: Any) -> dict[str, Any]:
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
        values, vectors = torch.linalg.eigh(z @ z.mT)
        batch["z"] = z
        if "m" not in sizes:
            return {**batch, "v": vectors[:, :, -1], "lam": values[:, -1]}
        if sizes["m"] > sizes["n"]:
            return batch
        return {**batch, "v": vectors.mT[:, -sizes["m"] :], "lam": values[:, -sizes["m"] :].clamp_min(0)}

    return draw
