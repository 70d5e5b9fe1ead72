"""Proposition 4: the gradients of L_q and L_OLS in the features.

P free.  At fixed q, ∇_z L_q = Σ_j q_j 2(z − p_j) = 2(z − Pq) because Σq = 1, and ∇_z L_OLS = 2(z − Pq).  Through the softmax,
∂q/∂z = (2/T) S_q Pᵀ, so that each gradient gains (2/T) P S_q g with g = ∇_q L: g = d for L_q, g = −2Pᵀ(z − Pq) for L_OLS.
"Proportional to S_q Pᵀ" is true of both in this sense.  The two corrections are not parallel to one another: they
differ by (2/T) P S_q a, a_j = ‖p_j − Pq‖².  For k = 2 or d = 1 they are, since P S_q g is a multiple of p_1 − p_2 then.

P native.  p_j = Σ_n W_nj z_n depends on z_n as well, and by the chain rule
    ∇_{z_n} Σ_m L = 2(z_n − Pq_n) + Σ_j W_nj ∂L/∂p_j:
already k = n = 1 gives ∇|z − wz|² = 2(1 − w)² z, not 2(1 − w)z.  Since ∂(L_q − L_OLS)/∂p_j = 2 Σ_m q_mj (p_j − Pq_m), the
two losses have different gradients in the features though q is stopped.  The softmax then adds
−(2/T) Σ_m Σ_j q_mj (g_mj − ⟨g_m⟩)(z_m − p_j)·(u_m − v_j) along u, with v_j = Σ_n W_nj u_n; v = 0 gives the term of P free.

Everything is stated along an arbitrary direction u, and for d/T in the softmax; d/(2T) replaces 2/T by 1/T.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.float_rows_features import feature_parts
from ddcl_theory.claims.ddcl.proposition4_native import NATIVE_PARTS
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import equals_zero

SIZES = {"k": (1, 3), "d": (1, 2)}
SAMPLE = (real("z", "d"), real("u", "d"), real("p", "k", "d"))
FREE = Domain((*SAMPLE, simplex("q", "k")), SIZES)
SOFT = Domain((*SAMPLE, temperature("T")), SIZES)
PLANE = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 4), "d": (2, 3)})
AT_VERTEX = {"z": [0], "u": [1], "p": [[0], [1]], "q": [1, 0]}
SOFT_PAIR = {"z": [0], "u": [1], "p": [[0], [1]], "T": {"s": "1/2"}}
TRIANGLE = {"z": [1, 1], "p": [[0, 0], [1, 0], [0, 2]], "T": {"s": "1/2"}}
TWO_APART = {"z": [1, 0], "p": [[0, 0], [1, 0]], "T": {"s": "1/2"}}


def gradient(name, z, u, p, q):
    """∇_z L · u at constant q and P."""
    return nat.held(nat.LOSSES[name], z, u, p, nat.still(p), q)


def stopped_excess(name, pull=nat.pull):
    """∇_z L · u minus the printed 2 u·(z − Pq)."""
    return lambda x: gradient(name, x.z, x.u, x.p, x.q) - pull(x.z, x.u, x.p, x.q)


def shifted_excess(name):
    """The same at a sample and prototypes that are moved by z."""

    def value(x):
        z, p = ex.scaled(2, x.z), [ex.plus(row, x.z) for row in x.p]
        return gradient(name, z, x.u, p, x.q) - nat.pull(z, x.u, p, x.q)

    return value


def pull_from_mean(z, u, p, q):
    """2 u·(z − p̄), p̄ the plain mean of the prototypes."""
    return 2 * ex.dot(u, ex.minus(z, [ex.mean(row[i] for row in p) for i in range(len(z))]))


def difference(x):
    return gradient("quantization", x.z, x.u, x.p, x.q) - gradient("ols", x.z, x.u, x.p, x.q)


def _stopped(identifier, says, value, twin, neighbour, checks=()):
    return Part(
        id=identifier,
        says=says,
        statement=Statement(FREE, equals_zero(value)),
        checks=(Symbolic("ddcl.proposition4:stopped"), Property(), *checks),
        example=AT_VERTEX,
        twins=(Twin(twin[0], Statement(FREE, equals_zero(twin[1])), witness=twin[2]),),
        neighbours=(Neighbour(neighbour[0], Statement(FREE, equals_zero(neighbour[1]))),),
    )


def _stopped_to(name, symbol, checks=()):
    return _stopped(
        name,
        rf"\nabla_z {symbol} = 2(z - Pq),\ q \text{{ stopped}}",
        stopped_excess(name),
        ("pull from the plain mean", stopped_excess(name, pull_from_mean), AT_VERTEX),
        ("sample and prototypes shifted", shifted_excess(name)),
        checks,
    )


STOPPED = (
    _stopped_to("quantization", "L_q", (Ablation("ddcl.proposition4:stopped"),)),
    _stopped_to("ols", r"L_{\mathrm{OLS}}"),
    _stopped(
        "equal",
        r"\nabla_z L_q = \nabla_z L_{\mathrm{OLS}},\ q \text{ stopped}",
        difference,
        (
            "prototypes that move with the sample",
            lambda x: (
                nat.held(a.quantization, x.z, x.u, x.p, nat.combined([x.u], [x.q]), x.q)
                - nat.held(a.ols, x.z, x.u, x.p, nat.combined([x.u], [x.q]), x.q)
            ),
            {"z": [0], "u": [1], "p": [[0], [1]], "q": ["1/4", "3/4"]},
        ),
        ("doubled", lambda x: 2 * difference(x)),
    ),
)


def corrected(name, term=nat.correction):
    """∇_z L · u through the softmax minus 2 u·(z − Pq) minus the correction."""

    def value(x):
        q = nat.soft(x.z, x.p, x.T)
        whole = nat.through(nat.LOSSES[name], x.z, x.u, x.p, nat.still(x.p), x.T)
        return whole - nat.pull(x.z, x.u, x.p, q) - term(name, x.z, x.u, x.p, q, x.T)

    return value


def without_mean(name, z, u, p, q, t):
    """(2/T) u·P diag(q) g: S_q without −qqᵀ."""
    g = nat.shares_slopes(name, z, p, q)
    return 2 * ex.total(w * ex.dot(u, row) * s for w, row, s in zip(q, p, g, strict=True)) / t


def over_pairs(name, z, u, p, q, t):
    """(2/T) Σ_{i<j} q_i q_j u·(p_i − p_j)(g_i − g_j)."""
    g = nat.shares_slopes(name, z, p, q)
    k = len(p)
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    return 2 * ex.total(q[i] * q[j] * ex.dot(u, ex.minus(p[i], p[j])) * (g[i] - g[j]) for i, j in pairs) / t


def _correction(name, symbol, slope):
    return Part(
        id=f"correction-{name}",
        says=rf"\nabla_z {symbol} = 2(z - Pq) + \tfrac2T P S_q\,({slope}),\ q = \mathrm{{softmax}}(-d/T)",
        statement=Statement(SOFT, equals_zero(corrected(name))),
        checks=(Symbolic("ddcl.proposition4:correction"), Property()),
        example=SOFT_PAIR,
        twins=(
            Twin("diag(q) for S_q", Statement(SOFT, equals_zero(corrected(name, without_mean))), witness=SOFT_PAIR),
        ),
        neighbours=(Neighbour("S_q as a sum over pairs", Statement(SOFT, equals_zero(corrected(name, over_pairs)))),),
    )


CORRECTIONS = (
    _correction("quantization", "L_q", "d"),
    _correction("ols", r"L_{\mathrm{OLS}}", r"-2P^\top(z - Pq)"),
)


def correction_vector(name, x):
    """P S_q g, the factor 2/T left out."""
    q = nat.soft(x.z, x.p, x.T)
    g = nat.shares_slopes(name, x.z, x.p, q)
    mean = ex.dot(q, g)
    return [ex.total(w * row[i] * (s - mean) for w, row, s in zip(q, x.p, g, strict=True)) for i in range(x.d)]


def cross(x):
    """The 2 × 2 minors of the two corrections: all 0 iff they are parallel."""
    c, o = correction_vector("quantization", x), correction_vector("ols", x)
    return [c[i] * o[j] - c[j] * o[i] for i in range(x.d) for j in range(i + 1, x.d)]


TWO_PLACES = Hypothesis(
    "two-places",
    r"p_2 = p_3 = \dots = p_k",
    equals_zero(lambda x: [c for row in x.p[2:] for c in ex.minus(row, x.p[1])] or [0]),
)


def corrections_differ(term=nat.correction):
    """u·(correction of L_q − correction of L_OLS − (2/T) P S_q a)."""

    def value(x):
        q = nat.soft(x.z, x.p, x.T)

        def along(name):
            return nat.through(nat.LOSSES[name], x.z, x.u, x.p, nat.still(x.p), x.T)

        return along("quantization") - along("ols") - term("variance", x.z, x.u, x.p, q, x.T)

    return value


PARALLEL = Part(
    id="parallel",
    says=r"P S_q d \parallel P S_q P^\top(z - Pq)",
    statement=Statement(PLANE, equals_zero(cross)),
    checks=(Certified(candidates=(TRIANGLE,)), Property()),
    example=TRIANGLE,
    twins=(
        Twin(
            "equal corrections",
            Statement(
                PLANE,
                equals_zero(lambda x: ex.minus(correction_vector("quantization", x), correction_vector("ols", x))),
            ),
            witness=TWO_APART,
        ),
    ),
    neighbours=(
        Neighbour("prototypes in two places", Statement(PLANE, equals_zero(cross), (TWO_PLACES,)), example=TWO_APART),
    ),
    amendment=Amendment(
        Part(
            id="corrections-differ",
            says=r"\nabla_z L_q - \nabla_z L_{\mathrm{OLS}} = \tfrac2T P S_q\,a,\ a_j = \|p_j - Pq\|^2",
            statement=Statement(SOFT, equals_zero(corrections_differ())),
            checks=(Symbolic("ddcl.proposition4:correction"), Property()),
            example=SOFT_PAIR,
            twins=(
                Twin(
                    "diag(q) for S_q",
                    Statement(SOFT, equals_zero(corrections_differ(without_mean))),
                    witness=SOFT_PAIR,
                ),
            ),
            neighbours=(
                Neighbour("S_q as a sum over pairs", Statement(SOFT, equals_zero(corrections_differ(over_pairs)))),
            ),
        ),
        breaks=FailingStep(
            "Appendix B, proof of Proposition 4",
            "both corrections are images under P S_q, but of different vectors ∇_q L; a common factor of a matrix "
            "product makes no common direction unless its range is a line, as for two prototypes",
        ),
        advice="do not expect the two losses to differ by a rescaling once the stop-gradient is gone; what sets them apart "
        "is (2/T) P S_q a",
    ),
)

CLAIM = Claim(
    id="ddcl.proposition4",
    title="Gradients in the features",
    source=Source("ddcl", "Proposition 4, (32), Appendix B"),
    says=r"\nabla_z L_q = \nabla_z L_{\mathrm{OLS}} = 2(z - Pq) \text{ with } q \text{ stopped; through the softmax both "
    r"gain a term proportional to } S_q P^\top",
    derivation=__doc__,
    uses=("ddcl.theorem1",),
    readings=(
        Reading("free", "prototypes are parameters of their own", (*STOPPED, *CORRECTIONS), as_printed=True),
        Reading("parallel", "free, and the two corrections have one direction", (PARALLEL,)),
        Reading("native", "P = ZᵀW in the graph", NATIVE_PARTS),
        *(
            Reading(dtype, f"the feature gradients of ddcl_core in {dtype}", feature_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
