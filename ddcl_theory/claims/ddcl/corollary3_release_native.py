"""Parts of the release claim for native prototypes: the force before the release, and what it does to the prototypes."""

from __future__ import annotations

from types import SimpleNamespace

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.energy import moved
from ddcl_theory.claims.ddcl.proposition4_native import (
    ADVICE,
    TWO,
    native_difference,
    native_difference_rest,
    native_part,
)
from ddcl_theory.claims.ddcl.theorem1_gap import dispersion
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero

NATIVE = Domain((real("z", "n", "d"), real("w", "n", "k"), temperature("T")), {"n": (2, 2), "k": (2, 2), "d": (1, 2)})
HELD = Domain((*NATIVE.variables, real("c")), {"n": (1, 2), "k": (1, 2), "d": (1, 2)})
SAMPLES = Domain((real("z", 2, "d"), temperature("T")), {"d": (1, 3)})
NEAR = {"z": [[0], [1]], "w": [[1, 0], [0, 1]], "T": 2}
FAR = {"z": [[0], [2]], "w": [[1, 0], [0, 1]], "T": 1}


INACTIVE = native_part(
    "inactive-before",
    r"\text{with } q \text{ stopped the backbone feels no } V:\ \partial_\theta L_q = \partial_\theta L_{\mathrm{OLS}}",
    native_difference,
    r"\text{it feels } \partial_\theta V = 2 \textstyle\sum_n \sum_j q_{nj}\, v_j \cdot (p_j - Pq_n) \text{ already}",
    native_difference_rest,
    "native_equal",
    TWO,
    FailingStep(
        "Appendix G, note 2",
        "native prototypes carry the force 2 P S_q back into the features whether q is stopped or not",
    ),
    ADVICE,
)


def native_force(x, released=True):
    """∂/∂z_n of Σ_m V(ZᵀW, q_m), entry by entry; q in the graph or constant."""
    z = [[ex.variable("features", i, j) for j in range(x.d)] for i in range(x.n)]
    there = {v: c for r, s in zip(z, x.z, strict=True) for v, c in zip(r, s, strict=True)}
    p = nat.combined(z, x.w)
    q = [nat.soft(s, p, x.T) for s in z]
    if not released:
        q = [[ex.substitute(c, there) for c in r] for r in q]
    value = ex.total(a.variance(p, r) for r in q)
    return [[ex.substitute(ex.differentiate(value, v), there) for v in r] for r in z]


def spread_change(x, released=True):
    """d/dt Σ_{i<j} ‖p_i − p_j‖², P = ZᵀW, along Ż = −∇_Z Σ V."""
    speed = [[-c for c in r] for r in native_force(x, released)]
    return ex.derivative_at_zero(lambda e: dispersion(nat.combined(moved(x.z, e, speed), x.w)))


def total_variance(x):
    p = nat.combined(x.z, x.w)
    return ex.total(a.variance(p, nat.soft(s, p, x.T)) for s in x.z)


def gram(x):
    """WᵀW − c I, entry by entry."""
    return [ex.total(r[i] * r[j] for r in x.w) - (x.c if i == j else 0) for i in range(x.k) for j in range(i, x.k)]


EVEN = Hypothesis("even-weights", r"W^\top W = c I", equals_zero(gram))
HELD_POINT = {"z": [[0], [1]], "w": [[1, 0], [0, 1]], "T": {"s": "1/2"}, "c": 1}


def contraction(x, factor=4):
    return spread_change(x, released=False) + factor * x.k * x.c * total_variance(x)


CONTRACTS = Part(
    id="contracts",
    says=r"W^\top W = c I:\ \tfrac{d}{dt} \textstyle\sum_{i<j} \|p_i - p_j\|^2 = -4 k c \sum_n V_n "
    r"\text{ along } \dot Z = -\nabla_Z \sum_n V_n,\ q \text{ stopped}",
    statement=Statement(HELD, equals_zero(contraction), (EVEN,)),
    checks=(Symbolic("ddcl.corollary3_release:contracts"), Certified(candidates=(HELD_POINT,))),
    example=HELD_POINT,
    twins=(
        Twin("half as fast", Statement(HELD, equals_zero(lambda x: contraction(x, 2)), (EVEN,)), witness=HELD_POINT),
    ),
    neighbours=(
        Neighbour("doubled", Statement(HELD, equals_zero(lambda x: 2 * contraction(x)), (EVEN,)), example=HELD_POINT),
    ),
)


def pair_of_samples(x):
    """The two samples as their own prototypes."""
    one, zero = ex.ONE, ex.ZERO
    return SimpleNamespace(z=x.z, w=[[one, zero], [zero, one]], T=x.T, n=2, k=2, d=x.d)


def pair_change(x, factor=1):
    """dδ/dt + 16 δ q_1 q_2 {1 − (δ/T)(q_1 − q_2)} for two samples that are the prototypes, q the share of the own one."""
    delta = ex.norm2(ex.minus(x.z[0], x.z[1]))
    q = ex.softmax([0, delta], x.T, anchor=0)
    closed = 16 * delta * q[0] * q[1] * (1 - factor * delta * (q[0] - q[1]) / x.T)
    return spread_change(pair_of_samples(x)) + closed


FAR_APART = Hypothesis(
    "far-apart",
    r"W = I,\ \|z_1 - z_2\|^2 \ge 2T",
    at_least_zero(
        lambda x: [
            ex.norm2(ex.minus(x.z[0], x.z[1])) - 2 * x.T,
            *[-((x.w[i][j] - int(i == j)) ** 2) for i in range(2) for j in range(2)],
        ]
    ),
)
SEPARATES = Part(
    id="separates",
    says=r"\tfrac{d}{dt} \textstyle\sum_{i<j} \|p_i - p_j\|^2 \ge 0 \text{ along } \dot Z = -\nabla_Z \sum_n V_n,\ "
    r"P = Z^\top W,\ q \text{ released}",
    statement=Statement(NATIVE, at_least_zero(spread_change)),
    checks=(Certified(candidates=(NEAR, FAR)),),
    example=FAR,
    twins=(Twin("the opposite sign", Statement(NATIVE, at_least_zero(lambda x: -spread_change(x))), FAR),),
    neighbours=(
        Neighbour(
            "two samples far apart as prototypes", Statement(NATIVE, at_least_zero(spread_change), (FAR_APART,)), FAR
        ),
    ),
    amendment=Amendment(
        Part(
            id="separates-amended",
            says=r"W = I,\ n = k = 2:\ \dot\delta = -16\,\delta q(1 - q)\{1 - \tfrac{\delta}{T}(2q - 1)\},\ "
            r"\delta = \|z_1 - z_2\|^2",
            statement=Statement(SAMPLES, equals_zero(pair_change)),
            checks=(Symbolic("ddcl.corollary3_release:samples"), Property()),
            example={"z": [[0], [1]], "T": 2},
            twins=(
                Twin(
                    "half the softmax term",
                    Statement(SAMPLES, equals_zero(lambda x: pair_change(x, ex.Fraction(1, 2)))),
                    {"z": [[0], [1]], "T": 2},
                ),
            ),
            neighbours=(Neighbour("doubled", Statement(SAMPLES, equals_zero(lambda x: 2 * pair_change(x)))),),
        ),
        breaks=FailingStep(
            "Appendix G, note 2",
            "the force is minus a gradient of V and V grows with the distance of prototypes that are near one another, so "
            "that it draws them together just where collapse threatens",
        ),
        advice="expect separation from the term (z − p_j) of L_q, not from V: near collapse, δ tanh(δ/2T) < T, the released "
        "force attracts",
    ),
)
