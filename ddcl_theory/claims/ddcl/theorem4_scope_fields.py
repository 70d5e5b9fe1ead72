"""Training fields and energies of Section 5.6 as expressions: L_q, F_T and G_T, their changes along stopped and full training."""

from __future__ import annotations

from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.domain import Domain, above_zero, real, temperature

SIZES = {"n": (1, 2), "k": (1, 3), "d": (1, 1)}
DOMAIN = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), SIZES)
COOLING = Domain((*DOMAIN.variables, above_zero("kappa")), SIZES)


def assignments(x, p):
    """q_n = softmax(−d_n/T), anchored at the first prototype so that it can be differentiated."""
    return [a.assignment(z, p, x.T, anchor=a.distances(z, p)[0]) for z in x.z]


def loss(x, p):
    """Σ_n L_q."""
    return ex.total(a.quantization(z, p, q) for z, q in zip(x.z, assignments(x, p), strict=True))


def free(x, p, share=1):
    """−T Σ_n log (share · Σ_j e^{−d_nj/T}): F_T, and G_T for share = 1/k."""
    energies = []
    for z in x.z:
        d = a.distances(z, p)
        energies.append(d[0] - x.T * ex.log(share * ex.total(ex.boltzmann(dj - d[0], x.T) for dj in d)))
    return ex.total(energies)


def shifted(x, p):
    """G_T = F_T + n T log k."""
    return free(x, p, Fraction(1, x.k))


def stopped(x):
    """Ṗ of stopped training: −Σ_n q_nj 2 (p_j − z_n)."""
    rows = assignments(x, x.p)
    return [
        [ex.total(-2 * q[j] * (x.p[j][i] - z[i]) for z, q in zip(x.z, rows, strict=True)) for i in range(x.d)]
        for j in range(x.k)
    ]


def full(x):
    """Ṗ of full training: −∇_P Σ_n L_q."""
    value = loss(x, x.p)
    return [[-ex.differentiate(value, v) for v in row] for row in x.p]


def fall(f, velocity):
    """−df/dt along the training flow, with T falling at the rate κ where the domain has one."""

    def value(x):
        speed = velocity(x)
        change = ex.derivative_at_zero(lambda t: f(x, e.moved(x.p, t, speed)))
        cooling = getattr(x, "kappa", ex.ZERO)
        return -change + cooling * ex.differentiate(f(x, x.p), x.T)

    return value


def kkt(x):
    """q_ni (d_nj − d_ni): non-negative for all i, j exactly where q_n is supported on the nearest prototypes."""
    values = []
    for z, q in zip(x.z, assignments(x, x.p), strict=True):
        d = a.distances(z, x.p)
        values += [q[i] * (d[j] - d[i]) for i in range(x.k) for j in range(x.k) if i != j]
    return values or [0]
