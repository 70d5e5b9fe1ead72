"""Section 5.7 in steps: does F_T fall under the updates that training takes, and how long may they be?

For any states, with q_n the softmax at the old one and q'_n at the new one and d' the new distances,

    F_T − F'_T = mean_n Σ_j q_nj (d_nj − d'_nj) + T mean_n KL(q_n ‖ q'_n).

So F_T falls at least as much as the loss at held q, a quadratic function of the prototypes, M_j = mean_n q_nj:
  EM: p'_j the q-weighted mean c_j: the first term is Σ_j M_j |p_j − c_j|² ≥ 0;
  gradient step p − ηg, g_j = 2 M_j (p_j − c_j): it is Σ_j η (1 − η M_j) |g_j|² ≥ 0 iff η M_j ≤ 1.  Masses are at most 1, so
    η ≤ 1 always serves.  Prototypes that coincide step as one: one sample, k = 2, M_j = 1/2; for η > 2 F_T rises;
  EM while T falls: G_T = F_T + T log k rises with T, since ∂G_T/∂T = mean_n (log k − H(q_n)) ≥ 0;
  features as well: the term is (1/n) Σ_nj q_nj |(1 − α) η_z g_n + α η_p g_j|²/(α (1 − α)) + Σ_j η_p |g_j|² (1 − η_p M_j/(1 − α)),
    α = η_z/n: F_T falls if η_z/n + η_p M_j ≤ 1 for all j.  One sample, two prototypes in one place: it rises beyond.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import at_least_zero

SIZES = {"n": (1, 2), "k": (1, 3), "d": (1, 1)}
STATE = (real("z", "n", "d"), real("p", "k", "d"), temperature("T"))
EM = Domain(STATE, SIZES)
STEP = Domain((*STATE, above_zero("eta")), SIZES)
ANNEALED = Domain((*STATE, temperature("cooler")), SIZES)
JOINT = Domain((*STATE, above_zero("eta_z"), above_zero("eta_p")), SIZES)


def shares(z, p, t):
    """q_n, anchored at the first prototype."""
    return [a.assignment(s, p, t, anchor=a.distances(s, p)[0]) for s in z]


def free(z, p, t, share=1):
    """−T mean_n log(share · Σ_j e^{−d_nj/T}): F_T, and G_T = F_T + T log k for share = 1/k."""
    terms = []
    for s in z:
        d = a.distances(s, p)
        terms.append(d[0] - t * ex.log(ex.total(ex.boltzmann(c - d[0], t) for c in d) * share))
    return ex.mean(terms)


def masses(q):
    """mean_n q_nj."""
    return [ex.mean(row[j] for row in q) for j in range(len(q[0]))]


def slopes(z, p, q):
    """Gradient of mean_n L_q at held q in the prototypes: 2 mean_n q_nj (p_j − z_n)."""
    return [
        [2 * ex.mean(row[j] * (ex.lift(c) - s[i]) for s, row in zip(z, q, strict=True)) for i, c in enumerate(own)]
        for j, own in enumerate(p)
    ]


def feature_slopes(z, p, q):
    """Gradient of mean_n L_q at held q in the features: (2/n)(z_n − Pq_n)."""
    return [[2 * c / ex.lift(len(z)) for c in ex.minus(s, a.mixture(p, row))] for s, row in zip(z, q, strict=True)]


def moved(rows, step, length):
    return [ex.minus(r, ex.scaled(length, s)) for r, s in zip(rows, step, strict=True)]


def weighted_means(x, share=1):
    """p_j + share · (c_j − p_j), c_j = Σ_n q_nj z_n / Σ_n q_nj."""
    q = shares(x.z, x.p, x.T)
    m = masses(q)
    return [
        [
            c + share * (ex.mean(row[j] * s[i] for s, row in zip(x.z, q, strict=True)) / m[j] - c)
            for i, c in enumerate(own)
        ]
        for j, own in enumerate(x.p)
    ]


def em_fall(x, share=1):
    return free(x.z, x.p, x.T) - free(x.z, weighted_means(x, share), x.T)


def step_fall(x):
    p = moved(x.p, slopes(x.z, x.p, shares(x.z, x.p, x.T)), x.eta)
    return free(x.z, x.p, x.T) - free(x.z, p, x.T)


def annealed_fall(x):
    """G_T(P) − G_T'(P'), T' the cooler temperature."""
    return free(x.z, x.p, x.T, ex.lift(1) / x.k) - free(x.z, weighted_means(x), x.cooler, ex.lift(1) / x.k)


def joint_fall(x):
    q = shares(x.z, x.p, x.T)
    z = moved(x.z, feature_slopes(x.z, x.p, q), x.eta_z)
    p = moved(x.p, slopes(x.z, x.p, q), x.eta_p)
    return free(x.z, x.p, x.T) - free(z, p, x.T)


def short(factor):
    return at_least_zero(lambda x: [factor - x.eta * m for m in masses(shares(x.z, x.p, x.T))])


SHORT = Hypothesis("short-step", r"\eta\, \mathrm{mean}_n\, q_{nj} \le 1", short(1))
SLIGHTLY_LONGER = Hypothesis(
    "slightly-longer", r"\eta\, \mathrm{mean}_n\, q_{nj} \le 17/16", short(ex.Fraction(17, 16))
)
COOLER = Hypothesis("cools", r"T' \le T", at_least_zero(lambda x: x.T - x.cooler))
HOTTER = Hypothesis("heats", r"T' \ge T", at_least_zero(lambda x: x.cooler - x.T))


def joint_short(factor):
    def values(x):
        return [factor - x.eta_z / x.n - x.eta_p * m for m in masses(shares(x.z, x.p, x.T))]

    return at_least_zero(values)


BOTH_SHORT = Hypothesis("short-steps", r"\eta_z/n + \eta_p\, \mathrm{mean}_n\, q_{nj} \le 1", joint_short(1))
EACH_SHORT = Hypothesis(
    "each-short",
    r"\eta_z/n \le 1,\ \eta_p\, \mathrm{mean}_n\, q_{nj} \le 1",
    at_least_zero(lambda x: [1 - x.eta_z / x.n, *[1 - x.eta_p * m for m in masses(shares(x.z, x.p, x.T))]]),
)

#: One sample and two prototypes in one place: masses 1/2, and the step multiplies z − p by 1 − η.
TOGETHER = {"z": [[0]], "p": [[1], [1]], "T": 1}
TOO_LONG = {**TOGETHER, "eta": "17/8"}
APART = {"z": [[1], [-1]], "p": [["1/4"], ["-1/2"]], "T": {"s": "1/2"}}
AT_REST = {"z": [[1], [-1]], "p": [["1/4"], ["-1/4"]], "T": {"s": "3/5"}, "cooler": {"s": "4/5"}}
PULLED = {**TOGETHER, "eta_z": "3/4", "eta_p": 1}


def wide(k, d, **more):
    """A point of k prototypes in d dimensions, for the boxes around examples."""
    return {"z": [[0] * d], "p": [[j] * d for j in range(k)], "T": 1, **more}


def falls(identifier, says, domain, value, given, example, twin, checks, amendment=None, spared=None):
    relation = at_least_zero(value)
    harmless = Statement(
        domain, at_least_zero(lambda x: 2 * value(x)), (*given, *(() if spared is None else (spared,)))
    )
    return Part(
        id=identifier,
        says=says,
        statement=Statement(domain, relation, given),
        checks=checks,
        example=example,
        twins=(twin,),
        neighbours=(Neighbour("doubled", harmless, example),),
        amendment=amendment,
    )


def proved(name, *points):
    """The proof, with a search beside it or, where points are given, an exact look at these."""
    beside = Certified(candidates=points) if points else Property()
    return (Symbolic(f"ddcl.theorem4_scope_steps:{name}"), beside)


MEANS = falls(
    "em",
    r"p_j \leftarrow \textstyle\sum_n q_{nj} z_n / \sum_n q_{nj}:\ F_T \text{ does not rise}",
    EM,
    em_fall,
    (),
    APART,
    Twin("three times as far", Statement(EM, at_least_zero(lambda x: em_fall(x, 3))), TOGETHER),
    proved("means"),
)
COOLING = falls(
    "annealed-em",
    r"\text{the same, then } T \text{ falls: } F_T + T \log k \text{ does not rise}",
    ANNEALED,
    annealed_fall,
    (COOLER,),
    {**APART, "cooler": {"s": "1/4"}},
    Twin("while T rises", Statement(ANNEALED, at_least_zero(annealed_fall), (HOTTER,)), AT_REST),
    proved("annealed", {**APART, "cooler": {"s": "1/4"}}),
)
LONG_TWIN = Twin(
    "a sixteenth longer than allowed", Statement(STEP, at_least_zero(step_fall), (SLIGHTLY_LONGER,)), TOO_LONG
)
GRADIENT = falls(
    "gradient-step",
    r"P \leftarrow P - \eta \nabla_P L_q|_q:\ F_T \text{ does not rise, for any } \eta > 0",
    STEP,
    step_fall,
    (),
    TOO_LONG,
    LONG_TWIN,
    (Certified(candidates=(TOO_LONG, {**APART, "eta": 1})),),
    Amendment(
        falls(
            "gradient-step-amended",
            r"\eta\, \mathrm{mean}_n\, q_{nj} \le 1 \Rightarrow F_T \text{ does not rise}",
            STEP,
            step_fall,
            (SHORT,),
            {**APART, "eta": 1},
            LONG_TWIN,
            proved("gradient_step"),
        ),
        FailingStep("Section 5.7, (44)", "what holds along a flow holds for a step only while it is short"),
        "For the mean loss any η ≤ 1 keeps F_T falling; the sharp bound is 1 over the largest mean mass of a prototype, so "
        "that rarely used prototypes may take longer steps, up to the EM step and as far again.",
        examples=lambda k, d: (wide(k, d, eta="1/4"), "1/100"),
    ),
    SHORT,
)
JOINT_TWIN = Twin("each short on its own", Statement(JOINT, at_least_zero(joint_fall), (EACH_SHORT,)), PULLED)
TOGETHER_STEP = falls(
    "joint-step",
    r"\text{features and prototypes step together: } F_T \text{ does not rise, for any } \eta_z, \eta_p > 0",
    JOINT,
    joint_fall,
    (),
    PULLED,
    JOINT_TWIN,
    (Certified(candidates=(PULLED, {**APART, "eta_z": "1/4", "eta_p": "1/4"})),),
    Amendment(
        falls(
            "joint-step-amended",
            r"\eta_z/n + \eta_p\, \mathrm{mean}_n\, q_{nj} \le 1 \Rightarrow F_T \text{ does not rise}",
            JOINT,
            joint_fall,
            (BOTH_SHORT,),
            {**APART, "eta_z": "1/4", "eta_p": "1/4"},
            JOINT_TWIN,
            proved("joint_step", {**APART, "eta_z": "1/4", "eta_p": "1/4"}),
        ),
        FailingStep("Section 5.7, (44)", "the two steps overshoot together although each alone would not"),
        "Share one budget of 1 between the rate of the features over n and the rate of the prototypes times the largest mean "
        "mass; through a backbone the first rate grows with the square of its Jacobian.",
        examples=lambda k, d: (wide(k, d, eta_z="1/4", eta_p="1/4"), "1/100"),
    ),
    BOTH_SHORT,
)
STEPS = (MEANS, COOLING, GRADIENT, TOGETHER_STEP)
