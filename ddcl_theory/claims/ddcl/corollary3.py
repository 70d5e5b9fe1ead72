"""Corollary 3: with q stopped, L_q and L_OLS give the backbone the same update.

A parameter of the backbone moves the features along u_n = ∂z_n/∂θ, so the two updates agree for every backbone iff the
derivatives of Σ_n L along every direction agree.

One step at the same prototypes.  P free, or computed from detached features: both derivatives are 2 Σ_n u_n·(z_n − Pq_n)
(Proposition 4), the updates agree.  P = ZᵀW in the graph: the prototypes move along, v_j = Σ_n W_nj u_n, and the derivatives
differ by that of V at fixed q, 2 Σ_n Σ_j q_nj v_j·(p_j − Pq_n).  One sample z = 1 with W = (0, 1) shows it.

Training.  The prototypes' own gradients differ by 2 P Σ_n S_qn, so that after one step at the rate η the two runs have
prototypes 2η P Σ_n S_qn apart; from the second step on the backbone sees different prototypes and moves differently, even
where the first steps agree.  For z = 0, p = (0, 1), e^{−1/T} = 1/3 and η = 2 the deviations z − Pq are 1 and 17/56 then.  The
gap vanishes only with P S: Σ_j p_j·(P S)_j = V.

The corollary's second sentence, that the losses differ in the prototype and assignment gradients only, is the same
statement: in the native graph the prototype gradients flow on into the features.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, Claim, FailingStep, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.float_rows_native import detached_parts, native_parts
from ddcl_theory.claims.ddcl.proposition4_native import (
    ADVICE,
    BREAKS,
    NATIVE,
    TWO,
    native_difference,
    native_difference_rest,
    native_part,
)
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import equals_zero

SIZES = {"n": (1, 2), "k": (1, 2), "d": (1, 2)}
FREE = Domain((real("z", "n", "d"), real("u", "n", "d"), real("p", "k", "d"), temperature("T")), SIZES)
TRAINED_FREE = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T"), above_zero("eta")), SIZES)
TRAINED_DETACHED = Domain((real("z", "n", "d"), real("w", "n", "k"), temperature("T"), above_zero("eta")), SIZES)
STEP = Domain(
    (real("z", "d"), real("r", "k", "d"), real("p", "k", "d"), temperature("T"), above_zero("eta")),
    {"k": (1, 3), "d": (1, 2)},
)
PAIR = {"z": [[0]], "p": [[0], [1]], "T": {"s": "1/3"}}


def backbone(x, name, velocities=None):
    """The derivative of Σ_n L along u, q stopped and P not in the graph; velocities: of the prototypes, none by default."""
    v = nat.still(x.p) if velocities is None else velocities
    return ex.total(
        nat.held(nat.LOSSES[name], z, u, x.p, v, nat.soft(z, x.p, x.T)) for z, u in zip(x.z, x.u, strict=True)
    )


def detached(x):
    """The point of the free statement with P = ZᵀW, computed once and then constant."""
    return type(x)(**{**vars(x), "p": nat.combined(x.z, x.w)})


def difference(x):
    return backbone(x, "quantization") - backbone(x, "ols")


def moving_first(x):
    """The difference when the first prototype follows the first sample."""
    v = [x.u[0], *nat.still(x.p)[1:]]
    return backbone(x, "quantization", v) - backbone(x, "ols", v)


def _one_step(domain, value, moving, example):
    return Part(
        id="one-step",
        says=r"\partial_\theta L_q = \partial_\theta L_{\mathrm{OLS}} \text{ at the same } P,\ q \text{ stopped}",
        statement=Statement(domain, equals_zero(value)),
        checks=(Symbolic("ddcl.corollary3:one_step"), Property()),
        example=example,
        twins=(
            Twin("the first prototype moves with the first sample", Statement(domain, equals_zero(moving)), example),
        ),
        neighbours=(Neighbour("doubled", Statement(domain, equals_zero(lambda x: 2 * value(x)))),),
    )


FREE_ONE = _one_step(FREE, difference, moving_first, {**PAIR, "u": [[1]]})
DETACHED_ONE = _one_step(
    NATIVE, lambda x: difference(detached(x)), lambda x: moving_first(detached(x)), {**TWO, "w": [[0, 1]]}
)
NATIVE_ONE = native_part(
    "one-step",
    r"\partial_\theta L_q = \partial_\theta L_{\mathrm{OLS}},\ P = Z^\top W,\ q \text{ stopped}",
    native_difference,
    r"\partial_\theta (L_q - L_{\mathrm{OLS}}) = 2 \textstyle\sum_n \sum_j q_{nj}\, v_j \cdot (p_j - Pq_n),\ "
    r"v_j = \sum_n W_{nj}\, \partial_\theta z_n",
    native_difference_rest,
    "native_equal",
    TWO,
    BREAKS,
    ADVICE,
)


def slopes(name, z, p, t):
    """Σ_n ∂L/∂p_j, q = softmax and stopped."""
    rows = [nat.prototype_slopes(name, s, p, nat.soft(s, p, t)) for s in z]
    return [[ex.total(r[j][i] for r in rows) for i in range(len(p[0]))] for j in range(len(p))]


def stepped(rows, rate, slope):
    return [ex.minus(r, ex.scaled(rate, s)) for r, s in zip(rows, slope, strict=True)]


def moved_features(z, p, x):
    """The features after a step at the rate η; one step is the same for both losses."""
    return [ex.minus(s, ex.scaled(2 * x.eta, nat.deviation(s, p, nat.soft(s, p, x.T)))) for s in z]


def after_free(x, name):
    return moved_features(x.z, x.p, x), stepped(x.p, x.eta, slopes(name, x.z, x.p, x.T))


def after_detached(x, name):
    """Features and prototypes after a step of both, W following W − η Z ∂L/∂P."""
    p = nat.combined(x.z, x.w)
    slope = slopes(name, x.z, p, x.T)
    w = [[row[j] - x.eta * ex.dot(s, slope[j]) for j in range(x.k)] for row, s in zip(x.w, x.z, strict=True)]
    z = moved_features(x.z, p, x)
    return z, nat.combined(z, w)


def second(after, names=("quantization", "ols")):
    """The differences of z_n − Pq_n after a step of one loss and of another, flattened."""

    def value(x):
        found = []
        for name in names:
            z, p = after(x, name)
            found.append([c for s in z for c in nat.deviation(s, p, nat.soft(s, p, x.T))])
        return ex.minus(*found)

    return value


def without_step(after, factor=0):
    """The same with the prototypes' step multiplied by a factor."""

    def again(x, name):
        z, p = after(x, name)
        start = x.p if hasattr(x, "p") else nat.combined(z, x.w)
        return z, [ex.plus(s, ex.scaled(factor, ex.minus(r, s))) for r, s in zip(p, start, strict=True)]

    return second(again)


def gap(x, factor=1):
    """r·{P after a step of L_q − P after a step of L_OLS + 2η P S_q}, one sample and a free coefficient r for every entry."""
    q = nat.soft(x.z, x.p, x.T)

    def slope(name):
        return nat.held(nat.LOSSES[name], x.z, [0] * x.d, x.p, x.r, q)

    m = a.mixture(x.p, q)
    printed = ex.total(2 * w * ex.dot(r, ex.minus(row, m)) for w, r, row in zip(q, x.r, x.p, strict=True))
    return -x.eta * (slope("quantization") - slope("ols")) + factor * x.eta * printed


GAP_EXAMPLE = {"z": [0], "r": [[0], [1]], "p": [[0], [1]], "T": {"s": "1/3"}, "eta": 2}
AFTERWARDS = Part(
    id="prototypes-part",
    says=r"P^+_{L_q} - P^+_{L_{\mathrm{OLS}}} = -2\eta\, P \textstyle\sum_n S_{q_n} \text{ after one step}",
    statement=Statement(STEP, equals_zero(gap)),
    checks=(Symbolic("ddcl.corollary3:prototypes_part"), Property()),
    example=GAP_EXAMPLE,
    twins=(Twin("half as far", Statement(STEP, equals_zero(lambda x: gap(x, ex.Fraction(1, 2)))), GAP_EXAMPLE),),
    neighbours=(Neighbour("doubled", Statement(STEP, equals_zero(lambda x: 2 * gap(x)))),),
)


def _second_step(domain, after, witness, calm):
    def statement(value):
        return Statement(domain, equals_zero(value))

    return Part(
        id="second-step",
        says=r"\text{after a step of both, } \nabla_z L_q = \nabla_z L_{\mathrm{OLS}} \text{ still}",
        statement=statement(second(after)),
        checks=(Certified(candidates=(witness,)), Property()),
        example=witness,
        twins=(
            Twin("half of the prototypes' step", statement(without_step(after, ex.Fraction(1, 2))), witness=witness),
        ),
        neighbours=(
            Neighbour("the same loss twice", statement(second(after, ("ols", "ols"))), example=calm),
            Neighbour("prototypes held", statement(without_step(after)), example=calm),
        ),
        amendment=Amendment(
            AFTERWARDS,
            breaks=FailingStep(
                "Corollary 3",
                "equal gradients at one state are no equal updates in training: the states part with the first step of "
                "the prototypes, whose gradients differ by 2 P S_q (Proposition 3)",
            ),
            advice="take the equality for one step from a common state; over training the two losses drive the backbone "
            "apart at the pace of 2η P Σ S_q, which fades only as the assignments harden or the prototypes coincide",
        ),
    )


FREE_SECOND = _second_step(
    TRAINED_FREE, after_free, {**PAIR, "eta": 2}, {"z": [[0]], "p": [[1], [1]], "T": 1, "eta": 2}
)
DETACHED_SECOND = _second_step(
    TRAINED_DETACHED,
    after_detached,
    {"z": [[1]], "w": [[0, 1]], "T": {"s": "1/3"}, "eta": "1/4"},
    {"z": [[1]], "w": [[2, 2]], "T": 1, "eta": "1/4"},
)

CLAIM = Claim(
    id="ddcl.corollary3",
    title="Backbone updates under stop-gradient",
    source=Source("ddcl", "Corollary 3, Appendix G note 2"),
    says=r"\text{with } q \text{ stopped, } L_q \text{ and } L_{\mathrm{OLS}} \text{ give identical backbone updates}",
    derivation=__doc__,
    uses=("ddcl.proposition4",),
    readings=(
        Reading("native", "P = ZᵀW in the graph, one step", (NATIVE_ONE,), as_printed=True),
        Reading("detached", "P = ZᵀW from detached features, one step", (DETACHED_ONE,)),
        Reading("free", "prototypes are parameters of their own, one step", (FREE_ONE,)),
        Reading("training-detached", "detached, over training", (DETACHED_SECOND,)),
        Reading("training-free", "free, over training", (FREE_SECOND,)),
        *(
            Reading(
                dtype,
                f"the feature gradients through the dual layer of ddcl_core in {dtype}",
                (*native_parts(dtype), *detached_parts(dtype)),
            )
            for dtype in ("float64", "float32")
        ),
    ),
)
