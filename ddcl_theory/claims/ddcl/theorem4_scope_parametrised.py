"""Section 5.7: F_T where features and prototypes come from parameters, each with a learning rate of its own.

Let θ_i move the features along u_i = ∂Z/∂θ_i and the prototypes along v_i = ∂P/∂θ_i, and let θ̇_i = −r_i s_i with the slope of the
loss at held q, s_i = ⟨∂_Z L_q, u_i⟩ + ⟨∂_P L_q, v_i⟩.  Held slopes of L_q are the slopes of F_T, so that by the chain rule
    dF_T/dt = Σ_i θ̇_i s_i = −Σ_i θ̇_i²/r_i ≤ 0
for every backbone, prototypes free or native (P = ZᵀW: v = wᵀu for a parameter of the features, zᵀ for an entry of W), any rates.

Detached prototypes are native, but no gradient flows through them into the features: s_i lacks ⟨∂_P L_q, v_i⟩ while v_i moves P.
One sample z, w = (2, 2): the prototype 2z runs ahead of the feature that chases it, F_T = z²(w − 1)² − T log 2 grows.

Free features are what an unlimited backbone gives.  Every state z_n = p_j = c is at rest, so none of them is asymptotically stable.
With λ_P > 0 one is, and globally: L_q at held q is homogeneous of degree 2, so that
    d/dt (Σ |z_n|²/r_n + Σ |p_j|²/ρ_j) = −4 (Σ L_q + λ_P ‖P‖²) < 0 but at Z = P = 0, for all rates and all T, falling or not.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.claims.ddcl.energy import moved
from ddcl_theory.claims.ddcl.native import combined
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, temperature
from ddcl_theory.relation import at_least_zero, not_zero, positive


def slopes(z, p, t):
    """(∂_Z, ∂_P) of Σ_n L_q at held q, as rows."""
    d = len(p[0])
    up = f.stopped_features(z, p, t), f.stopped_prototypes(z, p, t, [1] * len(z))
    return tuple([ex.scaled(-1, row) for row in f.rows(flat, d)] for flat in up)


def free(z, p, t):
    """F_T, the sum over the samples."""
    terms = []
    for s in z:
        d = a.distances(s, p)
        terms.append(d[0] - t * ex.log(ex.total(ex.boltzmann(c - d[0], t) for c in d)))
    return ex.total(terms)


def inner(left, right):
    return ex.total(ex.dot(r, s) for r, s in zip(left, right, strict=True))


def part(identifier, says, domain, value, example, twin, checks, amendment=None, spared=None):
    return Part(
        id=identifier,
        says=says,
        statement=Statement(domain, at_least_zero(value)),
        checks=checks,
        example=example,
        twins=(twin,),
        neighbours=(Neighbour("doubled", Statement(domain, at_least_zero(lambda x: 2 * (spared or value)(x)))),),
        amendment=amendment,
    )


# --- any parametrisation: m parameters, with the directions in which they move features and prototypes ---
ANY = Domain(
    (
        real("z", "n", "d"),
        real("p", "k", "d"),
        temperature("T"),
        real("u", "m", "n", "d"),
        real("v", "m", "k", "d"),
        above_zero("rate", "m"),
    ),
    {"n": (1, 2), "k": (1, 3), "d": (1, 2), "m": (1, 2)},
)
BENT = {"z": [[1]], "p": [[0], [3]], "T": 2, "u": [[[1]], [[2]]], "v": [[[1], [0]], [[0], [-1]]], "rate": [1, 1000]}


def parameter_speeds(x, through=1):
    """θ̇; through: the share of the slope through the prototypes that the parameters receive."""
    dz, dp = slopes(x.z, x.p, x.T)
    return [-r * (inner(dz, u) + through * inner(dp, v)) for r, u, v in zip(x.rate, x.u, x.v, strict=True)]


def any_fall(x, through=1):
    """−dF_T/dt."""
    speeds = parameter_speeds(x, through)

    def combination(directions):
        size = range(len(directions[0]))
        return [[ex.dot(speeds, [w[n][i] for w in directions]) for i in range(x.d)] for n in size]

    dz, dp = combination(x.u), combination(x.v)
    return -ex.derivative_at_zero(lambda t: free(moved(x.z, t, dz), moved(x.p, t, dp), x.T))


PARAMETRISED = part(
    "any-parametrisation",
    r"\dot\theta_i = -r_i\, \partial L_q/\partial\theta_i|_q:\ "
    r"\dot F_T = -\textstyle\sum_i \dot\theta_i^2/r_i \le 0 \text{ for every backbone and all rates } r_i > 0",
    ANY,
    any_fall,
    BENT,
    Twin(
        "a third of the slope through the prototypes",
        Statement(ANY, at_least_zero(lambda x: any_fall(x, ex.Fraction(1, 3)))),
        {"z": [[1]], "p": [[2], [2]], "T": 1, "u": [[[1]]], "v": [[[2], [2]]], "rate": [1]},
    ),
    (Symbolic("ddcl.theorem4_scope_parametrised:any_parametrisation"), Property()),
)

# --- native prototypes ---
NATIVE = Domain(
    (real("z", "n", "d"), real("w", "n", "k"), temperature("T"), above_zero("rate_z", "n"), above_zero("rate_w", "n")),
    {"n": (1, 2), "k": (1, 3), "d": (1, 2)},
)
#: p = 2z: attached, the gradient shortens z; detached, z follows its prototype outward.
AHEAD = {"z": [[1]], "w": [[2, 2]], "T": 1, "rate_z": [1], "rate_w": [1]}
NEAR = {"z": [[1], [2]], "w": [[1, 0], [0, "1/2"]], "T": 1, "rate_z": [1, 2], "rate_w": [3, "1/2"]}


def native_speeds(x, attached=1):
    """(Ż, Ẇ); attached: the share of the gradient through P = ZᵀW that reaches the features."""
    dz, dp = slopes(x.z, combined(x.z, x.w), x.T)
    through = [[ex.dot(row, [g[i] for g in dp]) for i in range(x.d)] for row in x.w]
    speed_z = [
        [-r * (g + attached * c) for g, c in zip(own, via, strict=True)]
        for r, own, via in zip(x.rate_z, dz, through, strict=True)
    ]
    return speed_z, [[-r * ex.dot(s, g) for g in dp] for r, s in zip(x.rate_w, x.z, strict=True)]


def native_fall(x, attached=1):
    """−dF_T/dt."""
    speed_z, speed_w = native_speeds(x, attached)

    def value(t):
        z = moved(x.z, t, speed_z)
        return free(z, combined(z, moved(x.w, t, speed_w)), x.T)

    return -ex.derivative_at_zero(value)


def detached_fall(x):
    return native_fall(x, 0)


def native_part(identifier):
    return part(
        identifier,
        r"P = Z^\top W:\ \dot F_T \le 0 \text{ for all rates of features and of } W",
        NATIVE,
        native_fall,
        NEAR,
        Twin(
            "half of the gradient through P",
            Statement(NATIVE, at_least_zero(lambda x: native_fall(x, ex.Fraction(1, 2)))),
            {**AHEAD, "w": [["5/4", "5/4"]], "rate_z": [1000]},
        ),
        (Symbolic("ddcl.theorem4_scope_parametrised:native"), Certified(candidates=(NEAR,))),
    )


DETACHED = part(
    "detached",
    r"P = Z^\top W \text{ without gradient into } Z:\ \dot F_T \le 0",
    NATIVE,
    detached_fall,
    AHEAD,
    Twin("of the opposite sign", Statement(NATIVE, at_least_zero(lambda x: -detached_fall(x))), NEAR),
    (Certified(candidates=(AHEAD, NEAR)),),
    Amendment(
        native_part("attached"),
        FailingStep(
            "Section 5.7, (44)",
            "prototypes that are outputs of the backbone move with the features; a gradient that ignores this descends no energy",
        ),
        "Let the gradient run through P = ZᵀW into the features, or expect no energy to fall.",
    ),
    native_fall,
)

# --- end to end: free features, a ridge on the prototypes ---
STATE = (real("z", "n", "d"), real("p", "k", "d"), temperature("T"))
SIZES = {"n": (1, 2), "k": (1, 2), "d": (1, 2)}
RIDGED = Domain((*STATE, nonnegative("weight"), above_zero("rate_z", "n"), above_zero("rate_p", "k")), SIZES)
ORIGIN = {"z": [[0]], "p": [[0], [0]], "T": 1, "weight": 1, "rate_z": [1], "rate_p": [1, 2]}
ELSEWHERE = {**ORIGIN, "z": [[1]], "p": [[1], [1]]}
SPREAD = {"z": [[2], [-1]], "p": [[1], [0]], "T": {"s": "1/2"}, "weight": "1/10", "rate_z": [1, 9], "rate_p": [1, 2]}


def ridged_speeds(x):
    dz, dp = slopes(x.z, x.p, x.T)
    dp = [ex.plus(g, ex.scaled(2 * x.weight, row)) for g, row in zip(dp, x.p, strict=True)]
    return [
        [ex.scaled(-r, g) for r, g in zip(rates, rows, strict=True)] for rates, rows in ((x.rate_z, dz), (x.rate_p, dp))
    ]


def norm_fall(x):
    """−d/dt (Σ |z_n|²/r_n + Σ |p_j|²/ρ_j)."""
    speed_z, speed_p = ridged_speeds(x)
    rows = zip((*x.z, *x.p), (*speed_z, *speed_p), (*x.rate_z, *x.rate_p), strict=True)
    return -ex.total(2 * ex.dot(row, speed) / r for row, speed, r in rows)


NOT_COLLAPSED = Hypothesis(
    "not-collapsed",
    r"z_n \ne p_j \text{ for some } n, j",
    not_zero(lambda x: [c for s in x.z for r in x.p for c in ex.minus(s, r)]),
)
OFF_ORIGIN = Hypothesis("off-the-origin", r"(Z, P) \ne 0", not_zero(lambda x: [c for row in (*x.z, *x.p) for c in row]))
RIDGE = Hypothesis("ridge", r"\lambda_P > 0", positive(lambda x: x.weight), breaks=({**ELSEWHERE, "weight": 0},))


def _norm(factor, *given):
    return Statement(RIDGED, positive(lambda x: factor * norm_fall(x)), given)


GLOBAL = Part(
    id="global-asymptotic-stability",
    says=r"\text{free features: } \Sigma \|z_n\|^2/r_n + \Sigma \|p_j\|^2/\rho_j \text{ falls strictly off } Z = P = 0",
    statement=_norm(1, OFF_ORIGIN),
    checks=(Certified(candidates=({**ELSEWHERE, "weight": 0}, SPREAD)),),
    example=SPREAD,
    twins=(Twin("at the origin as well", _norm(1, RIDGE), ORIGIN),),
    neighbours=(Neighbour("off the collapsed states", _norm(1, OFF_ORIGIN, NOT_COLLAPSED)),),
    amendment=Amendment(
        Part(
            id="global-asymptotic-stability-amended",
            says=r"\lambda_P > 0:\ \Sigma \|z_n\|^2/r_n + \Sigma \|p_j\|^2/\rho_j \text{ falls strictly off } Z = P = 0 "
            r"\text{: total collapse attracts every start}",
            statement=_norm(1, OFF_ORIGIN, RIDGE),
            checks=(
                Symbolic("ddcl.theorem4_scope_parametrised:shrinks"),
                Certified(candidates=(SPREAD,)),
                Ablation(only=("ridge",)),
            ),
            example=SPREAD,
            twins=(Twin("at the origin as well", _norm(1, RIDGE), ORIGIN),),
            neighbours=(Neighbour("doubled", _norm(2, OFF_ORIGIN, RIDGE)),),
        ),
        FailingStep(
            "Section 5.7",
            "without a ridge every common place of features and prototypes is at rest, so that no equilibrium is asymptotically stable",
        ),
        "Do not look for global asymptotic stability of a useful solution: with features that can move anywhere the state that has it "
        "is total collapse. Fix the scale of the features, and the place, before asking for stability.",
        examples=lambda k, d: (
            {
                "z": [[2] * d],
                "p": [[j] * d for j in range(k)],
                "T": 1,
                "weight": 1,
                "rate_z": [1],
                "rate_p": [1] * k,
            },
            "1/10",
        ),
    ),
)
