"""Corollary 2: V(q(T), P) does not decrease in T; it tends to 0 as T → 0 and to the plain variance as T → ∞.

Write β = 1/T, a_j = ‖p_j − Pq‖².  From dq_j/dβ = −q_j (d_j − ⟨d⟩) and Σ_j q_j (p_j − Pq) = 0,
    T² dV/dT = Cov_q(a, d) = Σ_{i<j} q_i q_j (a_i − a_j)(d_i − d_j),
which may have either sign: a prototype far from the sample may be near the mixture.  With z = 0 and p = (0, 1, 1) the
two far prototypes already outvote the near one at moderate T, and V falls from 1/4 at e^{−1/T} = 1/2 to 6/25 at 3/4.
For k = 2 the farther prototype has the smaller weight, hence lies farther from the mixture too, and V is monotone.

For every k: label the prototypes by distance and let m_r be the mean of the r nearest.  Softmax weights are antitone in
the distance, so Pq = Σ_r r(q_r − q_{r+1}) m_r is a convex combination of m_1, …, m_k at every T, and a_i − a_j is affine
in Pq.  If nearer prototypes are also nearer to every m_r, all terms of the sum are ≥ 0 at every T: V is monotone.  For
k = 2 this always holds (with equality at r = 2).  On a line with k ≥ 4 it holds only at exceptional points: p_1 = z = 0,
p_2 = 1 force m_r ≤ 1/2 and then p_4 = 1 + |p_3|; so it explains when V is monotone, but rescues the corollary only there.

T → ∞: all weights tend to 1; V is continuous in the weights.  T → 0: relative to the nearest, the weights of all others
tend to 0 if the nearest is unique, and V → 0.  If several are nearest, q tends to the uniform weight on them and V to
their variance, which is positive unless they coincide.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Figure,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl.theorem1_gap import moderate
from ddcl_theory.domain import Domain, Variable, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, positive

SIZES = {"k": (2, 5), "d": (1, 3)}
CHORD = Domain((real("z", "d"), real("p", "k", "d"), temperature("T1"), temperature("T2")), SIZES)
COLD = Domain((real("z", "d"), real("p", "k", "d"), Variable("T", "cold")), SIZES)
HOT = Domain((real("z", "d"), real("p", "k", "d"), Variable("T", "hot")), SIZES)
SOFT = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), SIZES)


def variance_at(x, t):
    return a.variance(x.p, a.assignment(x.z, x.p, t))


def growth(x):
    """V at the higher temperature T2 minus V at T1."""
    return variance_at(x, x.T2) - variance_at(x, x.T1)


def gap_growth(x):
    """The same for L_q − L_OLS."""

    def gap(t):
        q = a.assignment(x.z, x.p, t)
        return a.quantization(x.z, x.p, q) - a.ols(x.z, x.p, q)

    return gap(x.T2) - gap(x.T1)


def loss_fall(x):
    """L_q at T1 minus L_q at T2: a loss that falls with temperature would be at least 0."""

    def loss(t):
        return a.quantization(x.z, x.p, a.assignment(x.z, x.p, t))

    return loss(x.T1) - loss(x.T2)


def plain_variance(x):
    """(1/k) Σ_j ‖p_j − p̄‖²."""
    return a.variance(x.p, [ex.lift(1) / x.k] * x.k)


def nested(x):
    """‖p_i − m_r‖² − ‖p_j − m_r‖² for i > j and all r, with m_r the mean of the r nearest prototypes."""
    means = [[ex.mean(row[c] for row in x.p[:r]) for c in range(x.d)] for r in range(1, x.k + 1)]
    return [
        ex.norm2(ex.minus(x.p[i], m)) - ex.norm2(ex.minus(x.p[j], m))
        for m in means
        for i in range(x.k)
        for j in range(i)
    ]


def steps_of_distance(x):
    """d_{j+1} − d_j."""
    d = a.distances(x.z, x.p)
    return [d[j + 1] - d[j] for j in range(x.k - 1)]


HOTTER = Hypothesis("hotter", r"T_2 > T_1", positive(lambda x: x.T2 - x.T1))
LABELLED = Hypothesis("labelled", r"d_1 \le d_2 \le \dots \le d_k", at_least_zero(steps_of_distance))
NESTED = Hypothesis(
    "nested",
    r"\|p_i - m_r\| \ge \|p_j - m_r\| \text{ for } i > j \text{ and all } r,\ m_r = \tfrac1r \textstyle\sum_{l \le r} p_l",
    at_least_zero(nested),
    breaks=({"z": [0], "p": [[0], [1], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}},),
)
UNIQUE = Hypothesis(
    "unique-nearest",
    r"d_1 < d_j \text{ for } j \ge 2",
    positive(lambda x: [dj - a.distances(x.z, x.p)[0] for dj in a.distances(x.z, x.p)[1:]]),
)


def draw_nested(sizes, cases, generator):
    """Perturbed alternating geometric prototypes along one axis, seen from near the first one."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(CHORD, sizes, cases, generator)

    def uniform(*shape):
        return torch.rand(shape, generator=generator, dtype=torch.float64)

    ratio = (2.5 + 3 * uniform(cases))[:, None]
    signs = torch.tensor([(-1.0) ** j for j in range(sizes["k"])], dtype=torch.float64)
    along = signs * ratio ** torch.arange(sizes["k"], dtype=torch.float64)
    p = 0.02 * (uniform(cases, sizes["k"], sizes["d"]) - 0.5)
    p[..., 0] += along
    low, high = torch.sort(torch.stack([batch["T1"], batch["T2"]]), dim=0).values
    return {"z": torch.zeros(cases, sizes["d"], dtype=torch.float64), "p": p, "T1": low, "T2": high * 1.01}


HYPOTHESES = (HOTTER, LABELLED, NESTED)
CORRECTED_MONOTONE = Part(
    id="monotone",
    says=r"T_2 > T_1 \Rightarrow V(q(T_2), P) \ge V(q(T_1), P)",
    statement=Statement(CHORD, at_least_zero(growth), HYPOTHESES),
    checks=(Symbolic("ddcl.corollary2:monotone_if_nested"), Property(draw=draw_nested), Ablation(only=("nested",))),
    example={"z": [0], "p": [[1], [-3], [9]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}},
    twins=(
        Twin(
            "L_q falls with T",
            Statement(CHORD, at_least_zero(loss_fall), HYPOTHESES),
            witness={"z": [0], "p": [[0], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}},
        ),
    ),
    neighbours=(Neighbour("gap for variance", Statement(CHORD, at_least_zero(gap_growth), HYPOTHESES)),),
)
MONOTONE = Part(
    id="monotone",
    says=r"T_2 > T_1 \Rightarrow V(q(T_2), P) \ge V(q(T_1), P)",
    statement=Statement(CHORD, at_least_zero(growth), (HOTTER,)),
    checks=(
        Certified(
            candidates=(
                {"z": [0], "p": [[0], [1], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}},
                {"z": [0], "p": [[0], [3], [4]], "T1": {"s": "9/10"}, "T2": {"s": "19/20"}},
            )
        ),
        Property(),
        Adversarial(),
    ),
    example={"z": [0], "p": [[0], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}},
    twins=(
        Twin(
            "L_q falls with T",
            Statement(CHORD, at_least_zero(loss_fall), (HOTTER,)),
            witness={"z": [0], "p": [[0], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}},
        ),
    ),
    neighbours=(Neighbour("L_q grows with T", Statement(CHORD, at_least_zero(lambda x: -loss_fall(x)), (HOTTER,))),),
    amendment=Amendment(
        CORRECTED_MONOTONE,
        breaks=FailingStep(
            "Appendix B, proof of Corollary 2",
            "from tr(S_q) growing with T the proof infers that tr(P S_q Pᵀ) grows; that needs S_q "
            "to grow in the Loewner order, and it does not: the trace of a product is monotone only for ordered matrices",
        ),
        advice="do not use V as a thermometer: its temperature derivative is Cov_q(‖p − Pq‖², d)/T², which must be monitored for its sign",
    ),
)

CORRECTED_COLD = Part(
    id="cold",
    says=r"\lim_{T \to 0} V(q(T), P) = 0",
    statement=Statement(COLD, equals_zero(lambda x: variance_at(x, x.T)), (UNIQUE,)),
    checks=(Symbolic("ddcl.corollary2:vanishes_if_nearest_is_unique"), Property()),
    example={"z": [0], "p": [[0], [1]], "T": {"s": 0}},
    twins=(
        Twin(
            "L_q vanishes too",
            Statement(COLD, equals_zero(lambda x: a.quantization(x.z, x.p, a.assignment(x.z, x.p, x.T))), (UNIQUE,)),
            witness={"z": [0], "p": [[1], [2]], "T": {"s": 0}},
        ),
    ),
    neighbours=(
        Neighbour(
            "gap for variance",
            Statement(
                COLD,
                equals_zero(
                    lambda x: (
                        a.quantization(x.z, x.p, a.assignment(x.z, x.p, x.T))
                        - a.ols(x.z, x.p, a.assignment(x.z, x.p, x.T))
                    )
                ),
                (UNIQUE,),
            ),
        ),
    ),
)
COLD_LIMIT = Part(
    id="cold",
    says=r"\lim_{T \to 0} V(q(T), P) = 0",
    statement=Statement(COLD, equals_zero(lambda x: variance_at(x, x.T))),
    checks=(Certified(candidates=({"z": [0], "p": [[1], [-1]], "T": {"s": 0}},)), Property()),
    example={"z": [0], "p": [[0], [1]], "T": {"s": 0}},
    twins=(
        Twin(
            "L_q vanishes too",
            Statement(COLD, equals_zero(lambda x: a.quantization(x.z, x.p, a.assignment(x.z, x.p, x.T)))),
            witness={"z": [0], "p": [[1], [2]], "T": {"s": 0}},
        ),
    ),
    neighbours=(
        Neighbour("unique nearest prototype", Statement(COLD, equals_zero(lambda x: variance_at(x, x.T)), (UNIQUE,))),
    ),
    amendment=Amendment(
        CORRECTED_COLD,
        breaks=FailingStep(
            "Appendix B, proof of Corollary 2",
            "as T → 0 the assignment tends to a vertex only if one prototype is strictly nearest",
        ),
        advice="on samples near a boundary between clusters V does not vanish however small T is; "
        "the limit is the variance of the nearest set",
        examples=lambda k, d: ({"z": [0] * d, "p": [[j] + [0] * (d - 1) for j in range(k)], "T": {"s": 0}}, "1/20"),
    ),
)
HOT_LIMIT = Part(
    id="hot",
    says=r"\lim_{T \to \infty} V(q(T), P) = \tfrac1k \textstyle\sum_j \|p_j - \bar p\|^2",
    statement=Statement(HOT, equals_zero(lambda x: variance_at(x, x.T) - plain_variance(x))),
    checks=(Symbolic("ddcl.corollary2:plain_variance_at_infinity"), Property()),
    example={"z": [0], "p": [[0], [1]], "T": {"s": 1}},
    twins=(
        Twin(
            "divided by k − 1",
            Statement(HOT, equals_zero(lambda x: (x.k - 1) * variance_at(x, x.T) - x.k * plain_variance(x))),
            witness={"z": [0], "p": [[0], [1]], "T": {"s": 1}},
        ),
    ),
    neighbours=(
        Neighbour(
            "gap for variance",
            Statement(
                HOT,
                equals_zero(
                    lambda x: (
                        a.quantization(x.z, x.p, a.assignment(x.z, x.p, x.T))
                        - a.ols(x.z, x.p, a.assignment(x.z, x.p, x.T))
                        - plain_variance(x)
                    )
                ),
            ),
        ),
    ),
)


def _scale(x):
    size = ex.norm2(x.z) + ex.total(ex.norm2(row) for row in x.p)
    return 1 + size / x.T


def _float_reading(dtype):
    def statement(name, temperature_of):
        return CodeStatement(
            SOFT,
            f"ddcl_theory.claims.ddcl.code:{name}",
            lambda x: ex.softmax([c * temperature_of for c in a.distances(x.z, x.p)], x.T, anchor=0),
            _scale,
            dtype=dtype,
            draw=moderate,
        )

    return Reading(
        dtype,
        f"what ddcl_core computes in {dtype}: the soft assignment that V is taken at",
        (
            Part(
                id="assignment",
                says=r"\mathrm{fl}(q(T)) \approx q(T)",
                statement=statement("assignment", 1),
                checks=(Conforms(),),
                twins=(Twin("temperature halved", statement("assignment", 2)),),
                neighbours=(Neighbour("prototypes in another order", statement("assignment_reversed", 1)),),
            ),
        ),
    )


CLAIM = Claim(
    id="ddcl.corollary2",
    title="The variance term grows with temperature",
    source=Source("ddcl", "Corollary 2, Appendix B"),
    says=r"V(q(T), P) \text{ is non-decreasing in } T,\ \lim_{T\to 0} V = 0,\ "
    r"\lim_{T\to\infty} V = \tfrac1k \textstyle\sum_j \|p_j - \bar p\|^2",
    derivation=__doc__,
    uses=("ddcl.theorem1",),
    readings=(
        Reading(
            "softmax",
            "q(T) the softmax assignment (8) of one sample; exponents d/T or d/(2T) only relabel T",
            (MONOTONE, COLD_LIMIT, HOT_LIMIT),
            as_printed=True,
        ),
        _float_reading("float64"),
        _float_reading("float32"),
    ),
    figures=(
        Figure(
            "temperature",
            "V over temperature",
            "For p = (0, 1, 1) the curve rises, peaks and falls; for p = (0, 1) it rises; for a tie it is flat.",
            "One sample at 0. The curve of p = (0, 1, 1) exceeds its limit; that of the tie p = (−1, 1) does not vanish as T → 0.",
            "ddcl_theory.claims.ddcl.figures.curves:variance_over_temperature",
        ),
    ),
)
