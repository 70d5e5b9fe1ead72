"""Remark 3: which λ_P makes E coercive in the prototypes.

E is quadratic in P: along a ray, E(tP, Q) = A t² + O(t) with A = Σ q_nj ‖p_j‖² + λ_sep L_sep(P) + λ_P ‖P‖².  The entropies do
not involve P.  So E → ∞ uniformly in Q iff A > 0 for all P ≠ 0 and all Q.  With Lagrange's identity,
    A = (λ_P − k λ_sep) ‖P‖² + λ_sep ‖Σ p_j‖² + Σ q_nj ‖p_j‖²      (L_sep over i < j),
so λ_P > k λ_sep suffices ("suffices").  It is needed for k ≥ 3: put all samples on prototype 1 at the origin and let the
others run apart with Σ p_j = 0; then E(P) − E(0) = (λ_P − k λ_sep) ‖P‖² ("sharp").  For k = 2 prototype 1 holds all n
samples and moves too: with x = λ_P − λ_sep the bound is x > 0, x (x + n) > λ_sep² ("two prototypes"); the smallest constant
that serves every λ_sep is again 2 = k.  So no constant c serves every k ("constant"): λ_P = (k − ½) λ_sep fails for k > c.
Over ordered pairs the bound doubles, 2k.  Over the mean it is 2/(k − 1), and the constant c = 2 does serve every k.

Where the condition holds, λ_sep L_sep + λ_P ‖P‖² = (λ_P − k λ_sep) ‖P‖² + λ_sep ‖Σ p_j‖² penalises every displacement of every
prototype: the pair of regularisers then separates nothing.  The condition is met by switching the separation off.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.certified import Certified
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
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.figures.lyapunov import norm_over_time
from ddcl_theory.claims.ddcl.float_rows import separation_parts
from ddcl_theory.domain import Domain, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, not_zero, positive

POINTS = (real("z", "n", "d"), real("p", "k", "d"), simplex("q", "n", "k"), nonnegative("sep"), nonnegative("weight"))
DOMAIN = Domain(POINTS, {"n": (1, 2), "k": (1, 4), "d": (1, 2)})
MANY = Domain(POINTS, {"n": (1, 2), "k": (3, 5), "d": (1, 1)})
TWO = Domain(POINTS, {"n": (1, 3), "k": (2, 2), "d": (1, 2)})
LINE = {"n": (1, 1), "k": (1, 4), "d": (1, 1)}
SPREAD = {"z": [[0]], "p": [[0], [1], [-1]], "q": [[1, 0, 0]]}
MOVED = Hypothesis("P-nonzero", r"P \ne 0", not_zero(lambda x: [v for row in x.p for v in row]))


def growth(x, pairs="unordered"):
    """The coefficient of t² in E(tP, Q)."""

    def along(t):
        return e.smooth(x.z, [ex.scaled(t, row) for row in x.p], x.q, x.sep, x.weight, pairs)

    return ex.derivative_at_zero(along, 2) / 2


def domain(pairs, *more):
    """The domain of the default reading, and a smaller one for the others: their proofs cover all sizes anyway."""
    return Domain((*POINTS, *more), DOMAIN.sizes if pairs == "unordered" else LINE)


def bound(x, pairs):
    """The factor of λ_sep in the threshold of λ_P, for k ≥ 3 prototypes."""
    return x.k * e.pair_weight(x.k, pairs)


def above(pairs, factor=None):
    return Hypothesis(
        "threshold",
        r"\lambda_P > c_k \lambda_{\mathrm{sep}}",
        positive(lambda x: x.weight - (bound(x, pairs) if factor is None else factor) * x.sep),
    )


def fall(x, pairs, factor=1):
    """E(0) − E(V) with all samples on prototype 1, V_1 = 0 and the others at p_j minus their mean."""
    others = x.p[1:]
    centre = [ex.mean(row[i] for row in others) for i in range(x.d)]
    rows = [[0] * x.d, *[ex.minus(row, centre) for row in others]]
    q = [[int(j == 0) for j in range(x.k)] for _ in range(x.n)]

    def energy(p):
        return e.smooth(x.z, p, q, x.sep, x.weight, pairs)

    return energy([[0] * x.d for _ in x.p]) - energy(rows)


def near_threshold(sizes, cases, generator):
    """Points with λ_P = c λ_sep (1 + u), c from 2 to 4k + 2, every second one with all samples on prototype 1 and Σ p = 0.

    In a quarter of the cases λ_P is twenty times smaller, below what the statements ask for.
    """
    import torch

    def uniform(*shape):
        return torch.rand(shape, generator=generator, dtype=torch.float64)

    n, k, d = sizes["n"], sizes["k"], sizes["d"]
    p = torch.randn(cases, k, d, generator=generator, dtype=torch.float64)
    balanced = torch.cat([0 * p[:, :1], p[:, 1:] - p[:, 1:].mean(1, keepdim=True)], 1) if k > 1 else p
    q = torch.softmax(2 * torch.randn(cases, n, k, generator=generator, dtype=torch.float64), -1)
    first = torch.zeros_like(q)
    first[..., 0] = 1
    half = (torch.arange(cases) % 2 == 0)[:, None, None]
    sep, c = 3 * uniform(cases) + 0.01, 2 + 4 * k * uniform(cases)
    weight = c * sep * (1 + 0.2 * uniform(cases)) + 1e-3
    return {
        "z": torch.randn(cases, n, d, generator=generator, dtype=torch.float64),
        "p": torch.where(half, balanced, p),
        "q": torch.where(half, first, q),
        "sep": sep,
        "c": c,
        "weight": torch.where(torch.arange(cases) % 8 < 2, 0.05 * weight, weight),
    }


def suffices(pairs):
    given, name = (MOVED, above(pairs)), f"ddcl.remark3:coercive_{pairs}"
    return Part(
        id="suffices",
        says={
            "unordered": r"\lambda_P > k \lambda_{\mathrm{sep}}",
            "ordered": r"\lambda_P > 2 k \lambda_{\mathrm{sep}}",
            "mean": r"\lambda_P > \tfrac{2}{k-1} \lambda_{\mathrm{sep}}",
        }[pairs]
        + r" \Rightarrow E \to \infty \text{ as } \|P\| \to \infty",
        statement=Statement(domain(pairs), positive(lambda x: growth(x, pairs)), given),
        checks=(Symbolic(name), Property(draw=near_threshold))
        + ((Ablation(name, only=("P-nonzero", "threshold")),) if pairs == "unordered" else ()),
        example={**SPREAD, "sep": 1, "weight": 7},
        twins=(
            Twin(
                "any positive weight",
                Statement(domain(pairs), positive(lambda x: growth(x, pairs)), (MOVED, above(pairs, 0))),
                witness={**SPREAD, "sep": 10, "weight": 1},
            ),
        ),
        neighbours=(
            Neighbour(
                "four times the energy", Statement(domain(pairs), positive(lambda x: 4 * growth(x, pairs)), given)
            ),
        ),
    )


def sharp(pairs):
    def at_most(factor):
        return Hypothesis(
            "at-most",
            r"\lambda_P \le c_k \lambda_{\mathrm{sep}}",
            at_least_zero(lambda x: factor * bound(x, pairs) * x.sep - x.weight),
        )

    return Part(
        id="sharp",
        says=r"\lambda_P \le c_k \lambda_{\mathrm{sep}},\ k \ge 3 \Rightarrow E \text{ stays bounded above along an unbounded ray}",
        statement=Statement(MANY, at_least_zero(lambda x: fall(x, pairs)), (at_most(1),)),
        checks=(Symbolic(f"ddcl.remark3:sharp_{pairs}"), Property()),
        example={**SPREAD, "sep": 1, "weight": "1/2"},
        twins=(
            Twin(
                "up to three times the bound",
                Statement(MANY, at_least_zero(lambda x: fall(x, pairs)), (at_most(3),)),
                witness={**SPREAD, "sep": 1, "weight": bound_number(pairs) * 2},
            ),
        ),
        neighbours=(
            Neighbour("twice the fall", Statement(MANY, at_least_zero(lambda x: 2 * fall(x, pairs)), (at_most(1),))),
        ),
    )


def bound_number(pairs):
    """The factor for three prototypes."""
    return int(3 * e.pair_weight(3, pairs))


BEYOND = Hypothesis("constant", r"\lambda_P > c \lambda_{\mathrm{sep}}", positive(lambda x: x.weight - x.c * x.sep))
LARGE = Hypothesis("c-large", r"c \ge 2", at_least_zero(lambda x: x.c - 2))


def constant(pairs):
    """λ_P > c λ_sep for a constant c ≥ 2, whatever the number of prototypes."""
    grows = Hypothesis("c-grows", r"c \ge c_k", at_least_zero(lambda x: x.c - bound(x, pairs)))
    space, conclusion = domain(pairs, nonnegative("c")), positive(lambda x: growth(x, pairs))
    given = (MOVED, BEYOND, LARGE)
    twin = Twin(
        "any positive weight",
        Statement(space, conclusion, (MOVED, LARGE)),
        witness={**SPREAD, "sep": 10, "weight": 1, "c": 2},
    )
    neighbour = Neighbour(
        "four times the energy", Statement(space, positive(lambda x: 4 * growth(x, pairs)), (*given, grows))
    )
    says = r"\text{for each } c \ge 2 \text{ and every } k \text{: } \lambda_P > c \lambda_{\mathrm{sep}} \Rightarrow E \to \infty"
    if pairs == "mean":
        return Part(
            id="constant",
            says=says,
            statement=Statement(space, conclusion, given),
            checks=(Symbolic("ddcl.remark3:coercive_mean"), Property(draw=near_threshold)),
            example={**SPREAD, "sep": 1, "weight": 3, "c": 2},
            twins=(twin,),
            neighbours=(neighbour,),
        )
    amended = Part(
        id="constant-amended",
        says=says,
        statement=Statement(space, conclusion, (*given, grows)),
        checks=(Symbolic(f"ddcl.remark3:coercive_{pairs}"), Property(draw=near_threshold)),
        example={**SPREAD, "sep": 1, "weight": 11, "c": 10},
        twins=(twin,),
        neighbours=(neighbour,),
    )
    corner = {**SPREAD, "sep": 2, "weight": 5, "c": 2}
    far = {**SPREAD, "sep": 1, "weight": 100, "c": 50}
    return Part(
        id="constant",
        says=says,
        statement=Statement(space, conclusion, given),
        checks=(Certified(candidates=(corner, far)), Property(draw=near_threshold))
        + ((Adversarial(),) if pairs == "unordered" else ()),
        example={**SPREAD, "sep": 1, "weight": 3, "c": 2},
        twins=(twin,),
        neighbours=(neighbour,),
        amendment=Amendment(
            part=amended,
            breaks=FailingStep(
                "Appendix F, step 2",
                "bounding the separation term by a multiple of ‖P‖² whose factor does not "
                "grow with the number of prototypes: each prototype takes part in k − 1 pairs",
            ),
            advice="Choose λ_P > k λ_sep (2k for ordered pairs), or normalise L_sep by the number of pairs. Either way the two terms "
            "together then pull every prototype to the origin; they separate nothing.",
            examples=lambda k, d: (
                {
                    "z": [[0] * d],
                    "p": [[j + 1] * d for j in range(k)],
                    "q": [[1] + [0] * (k - 1)],
                    "sep": 1,
                    "weight": 4 * k + 5,
                    "c": 2 * k + 2,
                },
                "1/4",
            ),
        ),
    )


EXCESS = Hypothesis("excess", r"\lambda_P > \lambda_{\mathrm{sep}}", positive(lambda x: x.weight - x.sep))


HELD = Hypothesis(
    "determinant",
    r"x (x + n) > \lambda_{\mathrm{sep}}^2,\ x = \lambda_P - \lambda_{\mathrm{sep}}",
    positive(lambda x: (x.weight - x.sep) * (x.weight - x.sep + x.n) - x.sep**2),
)

TWO_PROTOTYPES = Part(
    id="two-prototypes",
    says=r"k = 2:\ x > 0,\ x(x + n) > \lambda_{\mathrm{sep}}^2 \Rightarrow E \to \infty,\ x = \lambda_P - \lambda_{\mathrm{sep}}",
    statement=Statement(TWO, positive(growth), (MOVED, EXCESS, HELD)),
    checks=(Symbolic("ddcl.remark3:two_prototypes"), Property()),
    example={"z": [[0]], "p": [[1], [0]], "q": [[1, 0]], "sep": 1, "weight": 2},
    twins=(
        Twin(
            "without the determinant",
            Statement(TWO, positive(growth), (MOVED, EXCESS)),
            witness={"z": [[0]], "p": [[1], [-2]], "q": [[1, 0]], "sep": 2, "weight": "5/2"},
        ),
    ),
    neighbours=(Neighbour("energy doubled", Statement(TWO, positive(lambda x: 2 * growth(x)), (MOVED, EXCESS, HELD))),),
)

CLAIM = Claim(
    id="ddcl.remark3",
    title="The coercivity condition",
    source=Source("ddcl", "Remark 3, Appendix F, step 2"),
    says=r"\lambda_P > c\,\lambda_{\mathrm{sep}} \text{ with a constant } c \text{ makes } E \text{ coercive and is easily met}",
    derivation=__doc__,
    readings=(
        Reading(
            "unordered",
            "L_sep sums over the pairs i < j",
            (suffices("unordered"), sharp("unordered"), TWO_PROTOTYPES, constant("unordered")),
            as_printed=True,
        ),
        Reading(
            "ordered", "L_sep sums over all ordered pairs", (suffices("ordered"), sharp("ordered"), constant("ordered"))
        ),
        Reading("mean", "L_sep is the mean over the pairs i < j", (suffices("mean"), sharp("mean"), constant("mean"))),
        *(
            Reading(dtype, f"what ddcl_core computes in {dtype}", separation_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
    figures=(
        Figure(
            "norm",
            "Norm of the prototypes below, at and above the threshold",
            "Curves of the norm over time: growing, level, falling",
            "‖P‖ along runs from one start, all samples on prototype 1, k = 3, λ_sep = 1/2: below k λ_sep the free prototypes "
            "run apart exponentially, at the threshold they stop, above it they are drawn to the origin.",
            norm_over_time,
        ),
    ),
)
