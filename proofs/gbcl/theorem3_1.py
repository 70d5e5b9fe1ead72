"""Rates along principal axes for every n, d and number of axes, as combinations of the hypotheses."""

from __future__ import annotations

from typing import Any

from ddcl_proofs.gbcl.flows import Terms, combination
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl import theorem3_1 as claim
from ddcl_theory.proof import Proof


def axis(statement: Statement) -> Proof:
    """−w·(XᵀXv − σ²v)."""

    def terms(x: Any) -> Terms:
        return Terms(zeros=list(zip(ex.scaled(-1, x.w), f.eigen_gap(x.z, x.v, x.lam), strict=True)))

    return combination(statement, terms)


def moment(statement: Statement) -> Proof:
    """−u·(XXᵀu − σ²u) − σ² (‖u‖² − 1)."""

    def terms(x: Any) -> Terms:
        gap = zip(ex.scaled(-1, x.u), claim.left_gap(x, x.u, x.lam), strict=True)
        return Terms(zeros=[*gap, (-x.lam, ex.norm2(x.u) - 1)])

    return combination(statement, terms)


def centred(statement: Statement) -> Proof:
    """As `moment`, with u·Σ x_i = 0 in place of the mean: −u·(XXᵀu − σ²u) − σ² (‖u‖² − 1) + (1/n)(u·Σ x_i)(u·Σ x_i)."""

    def terms(x: Any) -> Terms:
        gap = zip(ex.scaled(-1, x.u), claim.left_gap(x, x.u, x.lam), strict=True)
        sums = [ex.total(column) for column in zip(*x.z, strict=True)]
        shift = [ex.dot(x.u, sums) * u / x.n for u in x.u]
        return Terms(zeros=[*gap, (-x.lam, ex.norm2(x.u) - 1), *zip(shift, sums, strict=True)])

    return combination(statement, terms)


def step(statement: Statement) -> Proof:
    """4 ε n_j σ² (1 − ε n_j σ²) b²."""
    return combination(
        statement,
        lambda x: Terms(
            products=[[ex.lift(4), x.eps, x.size, x.sigma, x.sigma, 1 - x.eps * x.size * x.sigma**2, x.b**2]]
        ),
    )


def rates(statement: Statement) -> Proof:
    """Σ_i b_i e·(XXᵀu_i − σ_i²u_i) + Σ_{ij} σ_i² b_i b_j (u_i·u_j − δ_ij), and Σ_{ij} b_i b_j (u_i·u_j − δ_ij) for the base layer."""

    def terms(x: Any) -> Terms:
        e = f.output(x.u, x.b)
        zeros: list[Any] = []
        for b, u, lam in zip(x.b, x.u, x.lam, strict=True):
            zeros += [(b * c, h) for c, h in zip(e, claim.left_gap(x, u, lam), strict=True)]
        for i in range(x.m):
            for j in range(i, x.m):
                weight = x.lam[i] if i == j else x.lam[i] + x.lam[j]
                zeros.append((x.b[i] * x.b[j] * weight, ex.dot(x.u[i], x.u[j]) - int(i == j)))
        return Terms(zeros=zeros)

    def base(x: Any) -> Terms:
        pairs = [(i, j) for i in range(x.m) for j in range(i, x.m)]
        return Terms(
            zeros=[((1 if i == j else 2) * x.b[i] * x.b[j], ex.dot(x.u[i], x.u[j]) - int(i == j)) for i, j in pairs]
        )

    return combination(statement, terms, base)


def faster(statement: Statement) -> Proof:
    """Σ_i (σ_i² − 1 − δ) b_i² + δ ‖b‖²."""

    def terms(x: Any) -> Terms:
        each = [[lam - 1 - x.gap, b**2] for lam, b in zip(x.lam, x.b, strict=True)]
        return Terms(products=[*each, [x.gap, ex.norm2(x.b)]])

    return combination(statement, terms)


def contraction(statement: Statement) -> Proof:
    """σ_1² (ρ − 1 + ησ_r²) + σ_r² (ρ + 1 − ησ_1²)."""

    def terms(x: Any) -> Terms:
        return Terms(products=[[x.hi, x.rho - 1 + x.eta * x.lo], [x.lo, x.rho + 1 - x.eta * x.hi]])

    return combination(statement, terms)
