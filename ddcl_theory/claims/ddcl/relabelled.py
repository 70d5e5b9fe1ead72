"""What a uniqueness hypothesis means for an energy that does not change when prototypes are relabelled.

A unique KKT point equals its relabellings: all p_j = c and every q_n uniform.  From such a point move p_1 and p_2 apart along
r = z_m − c, by ±ε r, and give sample m's share of prototype 2 to prototype 1 (from 1/k each to 2/k and 0).  Without terms
in log q the energy (41) changes by
    ΔE = 2ε² ‖r‖² A − 4ε ‖r‖²/k,   A = n/k + λ_P − k λ_sep,
because the terms of first order in ±ε r cancel except for sample m, and Σ_{i<j} ‖p_i − p_j‖² grows by 2k ε² ‖r‖².  For k A ε ≤ 1 this is
at most −2ε ‖r‖²/k: the point is no minimum, unless every sample lies on c.  There all distances are 0, so that every
assignment is at rest with the same prototypes, and the point is not the only one ("alone").
"""

from __future__ import annotations

from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.domain import above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero

#: The point (p, uniform q), its parameters and the size ε of the move.
POINT = (real("z", "n", "d"), real("p", "k", "d"), nonnegative("sep"), nonnegative("weight"), above_zero("eps"))
SIZES = {"n": (1, 2), "k": (2, 3), "d": (1, 1)}


def uniform(x):
    return [[Fraction(1, x.k)] * x.k for _ in range(x.n)]


def value(x, p, q):
    """E without the terms in log q."""
    return e.smooth(x.z, p, q, x.sep, x.weight)


def reach(x, sample):
    """r = z_m − p_1."""
    return ex.minus(x.z[sample], x.p[0])


def split(x, sample):
    """The moved prototypes and assignments."""
    step = ex.scaled(x.eps, reach(x, sample))
    p = [ex.plus(x.p[0], step), ex.minus(x.p[1], step), *x.p[2:]]
    q = uniform(x)
    q[sample] = [Fraction(2, x.k), Fraction(0), *q[sample][2:]]
    return p, q


def change(x, sample):
    """ΔE."""
    return value(x, *split(x, sample)) - value(x, x.p, uniform(x))


def curvature(x):
    """A = n/k + λ_P − k λ_sep."""
    return Fraction(x.n, x.k) + x.weight - x.k * x.sep


EQUAL = Hypothesis(
    "relabelled",
    r"p_j = p_1 \text{ for all } j \text{, as a relabelling changes nothing}",
    equals_zero(lambda x: [c for row in x.p[1:] for c in ex.minus(row, x.p[0])]),
)
SMALL = Hypothesis(
    "small",
    r"\varepsilon (n + k \lambda_P - k^2 \lambda_{\mathrm{sep}}) \le 1",
    at_least_zero(lambda x: 1 - x.k * x.eps * curvature(x)),
)
MINIMAL = Hypothesis(
    "minimal",
    r"E(P_\varepsilon, Q_\varepsilon) \ge E(P, Q) \text{ for the split of each sample, as stability demands}",
    at_least_zero(lambda x: [change(x, m) for m in range(x.n)]),
)
ALONE = Hypothesis(
    "alone",
    r"z_n \ne p_1 \text{ for some } n \text{: otherwise every assignment is at rest there, and the point is not alone}",
    not_zero(lambda x: [c for m in range(x.n) for c in reach(x, m)]),
)
