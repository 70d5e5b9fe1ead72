"""§5.1: the gap vanishes only in the hard-assignment limit, and it grows with the dispersion of the prototypes.

V = Σ_{i<j} q_i q_j ‖p_i − p_j‖².

Only hard: coinciding prototypes give V = 0 at any q, as the theorem's own equality clause says.  If the prototypes are
pairwise distinct, V = 0 forces q_i q_j = 0 for all i ≠ j, so q is a vertex; for softmax assignments that never happens
at T > 0, and V > 0 always.

Dispersion: D_P = mean_{i≠j} ‖p_i − p_j‖² (35) weighs all pairs alike, V weighs them by q_i q_j.  With q fixed, moving an
inactive prototype away raises D_P and leaves V; moving two active ones together meanwhile lowers it.  For k = 2 both are
multiples of ‖p_1 − p_2‖².  What holds for every k at fixed q is homogeneity: scaling the prototypes about any centre by
σ multiplies V and D_P by σ².

With softmax q dispersion also hardens q, and V → 0 as the prototypes move apart.  Scale them about the sample,
P(σ) = z + σ(P − z).  Then d(σ) = σ² d, dq_j/dlog σ = −(2/T) q_j (d_j − ⟨d⟩), and with a_j = ‖p_j − Pq‖²
    dV/dlog σ = 2V − (2/T) Cov_q(a, d):
the gap grows with dispersion exactly while Cov_q(a, d) ≤ T·V.  For k = 2 this is x tanh(x/2) ≤ 1, x = |d_1 − d_2|/T.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
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
from ddcl_theory.domain import Domain, above_zero, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero, positive

SIZES = {"k": (2, 5), "d": (1, 3)}
SOFT = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), SIZES)
FIXED = Domain((real("p", "k", "d"), simplex("q", "k")), SIZES)
SOFT_PAIR = Domain((real("z", "d"), real("p", "k", "d"), real("r", "k", "d"), temperature("T")), SIZES)
FIXED_PAIR = Domain((real("p", "k", "d"), real("r", "k", "d"), simplex("q", "k")), SIZES)


def soft_variance(x):
    return a.variance(x.p, a.assignment(x.z, x.p, x.T))


def variance(x):
    return a.variance(x.p, x.q)


def dispersion(rows):
    """Sum over pairs of ‖p_i − p_j‖²; D_P (35) is this divided by the number of pairs."""
    k = len(rows)
    return ex.total(ex.norm2(ex.minus(rows[i], rows[j])) for i in range(k) for j in range(i + 1, k))


def soft_growth(x):
    """V at the more dispersed prototypes r minus V at p, each with its own softmax."""
    return a.variance(x.r, a.assignment(x.z, x.r, x.T)) - soft_variance(x)


def fixed_growth(x):
    return a.variance(x.r, x.q) - a.variance(x.p, x.q)


MORE_DISPERSED = Hypothesis(
    "more-dispersed", r"D_P(r) \ge D_P(p)", at_least_zero(lambda x: dispersion(x.r) - dispersion(x.p))
)
NO_VERTEX = Hypothesis(
    "no-vertex",
    r"q \text{ is no vertex}",
    not_zero(lambda x: [x.q[i] * x.q[j] for i in range(x.k) for j in range(i + 1, x.k)]),
)
DISTINCT = Hypothesis(
    "distinct",
    r"p_i \ne p_j \text{ for } i \ne j",
    positive(lambda x: [ex.norm2(ex.minus(x.p[i], x.p[j])) for i in range(x.k) for j in range(i + 1, x.k)]),
)


def distinct_examples(k, d, **rest):
    return {"z": [0] * d, "p": [[2 * j] + [0] * (d - 1) for j in range(k)], **rest}, "1/4"


def _only_hard(domain, given, conclusion, candidate, example, twin_witness, proof, examples):
    corrected = Part(
        id="only-hard",
        says=r"V > 0 \text{ if the prototypes are pairwise distinct}"
        + (r" \text{ and } q \text{ is no vertex}" if given else ""),
        statement=Statement(domain, positive(conclusion), (*given, DISTINCT)),
        checks=(Symbolic(f"ddcl.theorem1_gap:{proof}"), Property()),
        example=example,
        twins=(
            Twin(
                "the gap exceeds the dispersion",
                Statement(domain, positive(lambda x: conclusion(x) - dispersion(x.p)), (*given, DISTINCT)),
                witness=example,
            ),
        ),
        neighbours=(
            Neighbour(
                "four times the gap", Statement(domain, positive(lambda x: 4 * conclusion(x)), (*given, DISTINCT))
            ),
        ),
    )
    return Part(
        id="only-hard",
        says=r"V = 0 \Rightarrow q \text{ is a vertex}",
        statement=Statement(domain, positive(conclusion), given),
        checks=(Certified(candidates=(candidate,)), Property()),
        example=example,
        twins=(
            Twin(
                "the gap exceeds the dispersion",
                Statement(domain, positive(lambda x: conclusion(x) - dispersion(x.p)), given),
                witness=twin_witness,
            ),
        ),
        neighbours=(Neighbour("distinct prototypes", Statement(domain, positive(conclusion), (*given, DISTINCT))),),
        amendment=Amendment(
            corrected,
            breaks=FailingStep(
                "§5.1, after Corollary 1",
                "the sentence forgets the second alternative of Theorem 1's equality clause: "
                "prototypes that coincide, which is the very collapse that the paper studies",
            ),
            advice="read V = 0 as 'hard or collapsed': monitor the prototype distances beside V",
            examples=examples,
        ),
    )


SOFT_ONLY_HARD = _only_hard(
    SOFT,
    (),
    soft_variance,
    {"z": [0], "p": [[0], [0]], "T": {"s": "1/2"}},
    {"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}},
    {"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}},
    "soft_positive_if_distinct",
    lambda k, d: distinct_examples(k, d, T={"s": "1/2"}),
)
FIXED_ONLY_HARD = _only_hard(
    FIXED,
    (NO_VERTEX,),
    variance,
    {"p": [[0], [0]], "q": ["1/2", "1/2"]},
    {"p": [[0], [1]], "q": ["1/2", "1/2"]},
    {"p": [[0], [1]], "q": ["1/2", "1/2"]},
    "positive_if_distinct",
    lambda k, d: ({n: v for n, v in distinct_examples(k, d)[0].items() if n == "p"} | {"q": [f"1/{k}"] * k}, "1/4"),
)


def scaled_about(centre, rows, sigma):
    return [ex.plus(centre, ex.scaled(sigma, ex.minus(row, centre))) for row in rows]


def homogeneity(x):
    """V of the prototypes scaled about z by σ, minus σ² V."""
    return a.variance(scaled_about(x.z, x.p, x.sigma), x.q) - x.sigma**2 * a.variance(x.p, x.q)


def elasticity(x):
    """dV/dlog σ at σ = 1 for prototypes scaled about the sample, minus 2V − (2/T) Cov_q(a, d)."""

    def at(h):
        rows = [ex.plus(row, ex.scaled(h, ex.minus(row, x.z))) for row in x.p]
        d = a.distances(x.z, rows)
        return a.variance(rows, ex.softmax(d, x.T, anchor=d[0]))

    return ex.derivative_at_zero(at) - predicted_elasticity(x)


def predicted_elasticity(x):
    d = a.distances(x.z, x.p)
    q = ex.softmax(d, x.T, anchor=d[0])
    m = a.mixture(x.p, q)
    spread = [ex.norm2(ex.minus(row, m)) for row in x.p]
    covariance = ex.total(w * s * e for w, s, e in zip(q, spread, d, strict=True)) - ex.dot(q, spread) * ex.dot(q, d)
    return 2 * ex.dot(q, spread) - 2 * covariance / x.T


HOMOTHETY = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k"), above_zero("sigma")), SIZES)
FIXED_GROWS = Part(
    id="grows",
    says=r"D_P(r) \ge D_P(p) \Rightarrow V(q, r) \ge V(q, p)",
    statement=Statement(FIXED_PAIR, at_least_zero(fixed_growth), (MORE_DISPERSED,)),
    checks=(
        Certified(candidates=({"p": [[0], [1], [0]], "r": [[0], [0], [2]], "q": ["1/2", "1/2", 0]},)),
        Property(),
        Adversarial(),
    ),
    example={"p": [[0], [1]], "r": [[0], [2]], "q": ["1/2", "1/2"]},
    twins=(
        Twin(
            "dispersion instead of V falls",
            Statement(FIXED_PAIR, at_least_zero(lambda x: -fixed_growth(x)), (MORE_DISPERSED,)),
            witness={"p": [[0], [1]], "r": [[0], [2]], "q": ["1/2", "1/2"]},
        ),
    ),
    neighbours=(
        Neighbour(
            "r is p scaled by 2",
            Statement(
                FIXED,
                at_least_zero(lambda x: a.variance([ex.scaled(2, row) for row in x.p], x.q) - a.variance(x.p, x.q)),
            ),
            example={"p": [[0], [1]], "q": ["1/2", "1/2"]},
        ),
    ),
    amendment=Amendment(
        Part(
            id="homogeneous",
            says=r"V(q, z + \sigma(P - z)) = \sigma^2\, V(q, P)",
            statement=Statement(HOMOTHETY, equals_zero(homogeneity)),
            checks=(Symbolic("ddcl.theorem1_gap:homogeneity_for_all"), Property()),
            example={"z": [0], "p": [[0], [1]], "q": ["1/2", "1/2"], "sigma": 2},
            twins=(
                Twin(
                    "grows linearly",
                    Statement(
                        HOMOTHETY,
                        equals_zero(
                            lambda x: a.variance(scaled_about(x.z, x.p, x.sigma), x.q) - x.sigma * a.variance(x.p, x.q)
                        ),
                    ),
                    witness={"z": [0], "p": [[0], [1]], "q": ["1/2", "1/2"], "sigma": 2},
                ),
            ),
            neighbours=(
                Neighbour(
                    "about twice the sample",
                    Statement(
                        HOMOTHETY,
                        equals_zero(
                            lambda x: (
                                a.variance(scaled_about(ex.scaled(2, x.z), x.p, x.sigma), x.q)
                                - x.sigma**2 * a.variance(x.p, x.q)
                            )
                        ),
                    ),
                ),
            ),
        ),
        breaks=FailingStep(
            "§5.1, after Corollary 1",
            "dispersion is not a number that V follows: V weighs the pairs by q_i q_j, D_P weighs "
            "them alike; they are proportional only for k = 2 or uniform q",
        ),
        advice="do not read V as a measure of prototype spread; compare V only between configurations of one shape",
    ),
)
SOFT_GROWS = Part(
    id="grows",
    says=r"D_P(r) \ge D_P(p) \Rightarrow V(q(T), r) \ge V(q(T), p)",
    statement=Statement(SOFT_PAIR, at_least_zero(soft_growth), (MORE_DISPERSED,)),
    checks=(
        Certified(candidates=({"z": [0], "p": [[0], [1]], "r": [[0], [2]], "T": {"s": "1/3"}},)),
        Property(),
        Adversarial(),
    ),
    example={"z": [0], "p": [[0], [1]], "r": [[0], [2]], "T": {"s": "9/10"}},
    twins=(
        Twin(
            "V falls with dispersion",
            Statement(SOFT_PAIR, at_least_zero(lambda x: -soft_growth(x)), (MORE_DISPERSED,)),
            witness={"z": [0], "p": [[0], [1]], "r": [[0], [2]], "T": {"s": "9/10"}},
        ),
    ),
    neighbours=(
        Neighbour(
            "from coinciding prototypes",
            Statement(SOFT, at_least_zero(soft_variance)),
            example={"z": [0], "p": [[0], [1]], "T": 1},
        ),
    ),
    amendment=Amendment(
        Part(
            id="elasticity",
            says=r"\tfrac{dV}{d\log\sigma} = 2V - \tfrac{2}{T}\,\mathrm{Cov}_q(\|p - Pq\|^2, d)",
            statement=Statement(SOFT, equals_zero(elasticity)),
            checks=(Symbolic("ddcl.theorem1_gap:elasticity_for_all"), Property()),
            example={"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}},
            twins=(
                Twin(
                    "without the covariance",
                    Statement(
                        SOFT, equals_zero(lambda x: elasticity(x) + predicted_elasticity(x) - 2 * soft_variance_at(x))
                    ),
                    witness={"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}},
                ),
            ),
            neighbours=(
                Neighbour("three times the identity", Statement(SOFT, equals_zero(lambda x: 3 * elasticity(x)))),
            ),
        ),
        breaks=FailingStep(
            "§5.1, after Corollary 1",
            "the sentence keeps q fixed while the prototypes move; the softmax hardens as they "
            "move apart, and for x tanh(x/2) > 1, x = |d_1 - d_2|/T, two prototypes lose gap by moving apart",
        ),
        advice="with softmax assignments the gap peaks where squared distances differ by the order of T, then falls; scale T so",
    ),
)


def soft_variance_at(x):
    d = a.distances(x.z, x.p)
    return a.variance(x.p, ex.softmax(d, x.T, anchor=d[0]))


def _soft_scale(x):
    size = ex.norm2(x.z) + ex.total(ex.norm2(row) for row in x.p)
    return size * (1 + size / x.T)


def _float_reading(dtype):
    def statement(name, reference):
        return CodeStatement(
            SOFT, f"ddcl_theory.claims.ddcl.code:{name}", reference, _soft_scale, dtype=dtype, draw=moderate
        )

    return Reading(
        dtype,
        f"what ddcl_core computes for softmax assignments in {dtype}",
        (
            Part(
                id="soft-variance",
                says=r"\mathrm{fl}(V(q(T), P)) \approx V(q(T), P)",
                statement=statement("soft_variance", soft_variance),
                checks=(Conforms(),),
                twins=(
                    Twin(
                        "V at uniform q",
                        statement("soft_variance", lambda x: a.variance(x.p, [ex.lift(1) / x.k] * x.k)),
                    ),
                ),
                neighbours=(
                    Neighbour("prototypes in another order", statement("soft_variance_reversed", soft_variance)),
                ),
            ),
        ),
    )


def moderate(sizes, cases, generator):
    """Samples and prototypes of size one and temperatures from 1/30 to 30, where the softmax is neither hard nor flat."""
    import torch

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    exponent = 3 * torch.rand(cases, generator=generator, dtype=torch.float64) - 1.5
    return {"z": normal(cases, sizes["d"]), "p": normal(cases, sizes["k"], sizes["d"]), "T": 10**exponent}


CLAIM = Claim(
    id="ddcl.theorem1.gap",
    title="The gap, hard assignments and dispersion",
    source=Source("ddcl", "§5.1, after Corollary 1"),
    says=r"L_q - L_{\mathrm{OLS}} \text{ vanishes only in the hard-assignment limit and grows with prototype dispersion}",
    derivation=__doc__,
    uses=("ddcl.theorem1", "ddcl.theorem1.equality"),
    readings=(
        Reading("softmax", "q the softmax assignment (8)", (SOFT_ONLY_HARD, SOFT_GROWS), as_printed=True),
        Reading("fixed", "q any fixed point of the simplex", (FIXED_ONLY_HARD, FIXED_GROWS)),
        _float_reading("float64"),
        _float_reading("float32"),
    ),
    figures=(
        Figure(
            "dispersion",
            "V while two prototypes move apart",
            "The gap rises with the distance of the prototypes, peaks and falls to zero.",
            "One sample at 0 with p = (0, x), T = 1. The dotted line is the predicted peak, where x² tanh(x²/2) = 1.",
            "ddcl_theory.claims.ddcl.figures.curves:gap_over_dispersion",
        ),
    ),
)
