"""§5.4, the mechanism: does the part −∇_P V of a descent step on L_q spread the prototypes?

L_q = L_OLS + V is linear, so a step along −∇_P L_q has the component −∇_P V, and that component lowers V at the rate ‖∇_P V‖².
At given q, ∂V/∂p_j = 2q_j(p_j − m), rows that sum to zero.  Along v = −∇_P V
    d/dt Σ_{i<j} ‖p_i − p_j‖² = 2{k Σ p_j·v_j − (Σ p_j)·(Σ v_j)} = −4kV,
because Σ q_j p_j·(p_j − m) = V: V pulls every prototype towards the mixture.  Lowering V contracts; the sentence reverses it.

Nor does a whole step on L_q always lower V: its rate is Σ 4q_j²(p_j − m)·(z − p_j), which is positive when z lies far out
on the side of a prototype with a large share.  It is at most 0 where ‖z − m‖² Σ q_j² ≤ Σ q_j² ‖p_j − m‖², since
4Σ q_j²(p_j − m)·(p_j − z) = 2Σ q_j²‖p_j − z‖² + 2{Σ q_j²‖p_j − m‖² − ‖z − m‖² Σ q_j²}.

With the gradient through the softmax the chain rule gives −2k dV/ds, V taken at p̄ + s(p − p̄): −∇_P V contracts where V grows
with the scale of the prototypes, and spreads where assignments sharpen so fast that V falls.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.code import CodeStatement, Conforms
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
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero

SIZES = {"k": (1, 3), "d": (1, 2)}
GIVEN = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k")), SIZES)
MOVED = Domain((*GIVEN.variables, real("w", "k", "d")), SIZES)
SOFT = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 3), "d": (1, 2)})

EXAMPLE = {"z": [1], "p": [[1], [-1]], "q": ["3/4", "1/4"]}
FAR = {"z": [10], "p": [[1], [-1]], "q": ["3/4", "1/4"]}
MIDDLE = {"z": [0], "p": [[1], [-1]], "T": 1}


def soft(z, p, temperature_):
    """The soft assignment, anchored on the first distance so that it can be differentiated."""
    return a.assignment(z, p, temperature_, anchor=ex.norm2(ex.minus(z, p[0])))


def moved(p, e, w):
    return [ex.plus(row, ex.scaled(e, step)) for row, step in zip(p, w, strict=True)]


def along(loss, x, w):
    """Derivative of loss(P) at P along w."""
    return ex.derivative_at_zero(lambda e: loss(moved(x.p, e, w)))


def descent(loss, x):
    """−∇_P loss, entry by entry."""
    value = loss(x.p)
    return [[-ex.differentiate(value, entry) for entry in row] for row in x.p]


def given_v(x):
    return lambda p: a.variance(p, x.q)


def given_lq(x):
    return lambda p: a.quantization(x.z, p, x.q)


def given_ols(x):
    return lambda p: a.ols(x.z, p, x.q)


def soft_v(x):
    return lambda p: a.variance(p, soft(x.z, p, x.T))


def spread(p):
    """Σ_{i<j} ‖p_i − p_j‖²."""
    return ex.total(ex.norm2(ex.minus(p[i], p[j])) for i in range(len(p)) for j in range(i + 1, len(p)))


def reordered(x):
    """The same point with prototypes and shares in the opposite order."""
    return type(x)(**{**vars(x), "p": x.p[::-1], **({"q": x.q[::-1]} if hasattr(x, "q") else {})})


def residual(x, weight=1):
    """Along any w: the derivative of L_q minus those of L_OLS and V."""
    return along(given_lq(x), x, x.w) - along(given_ols(x), x, x.w) - weight * along(given_v(x), x, x.w)


COMPONENT = Part(
    id="component",
    says=r"\nabla_P L_q = \nabla_P L_{\mathrm{OLS}} + \nabla_P V",
    statement=Statement(MOVED, equals_zero(residual)),
    checks=(Symbolic("ddcl.proposition6_mechanism:component"), Property()),
    example={**EXAMPLE, "w": [[1], [0]]},
    twins=(
        Twin(
            "half of V",
            Statement(MOVED, equals_zero(lambda x: residual(x, ex.Fraction(1, 2)))),
            {**EXAMPLE, "w": [[1], [0]]},
        ),
    ),
    neighbours=(Neighbour("prototypes reordered", Statement(MOVED, equals_zero(lambda x: residual(reordered(x))))),),
)


def fall_of_v(x, multiple=1):
    """−dV/dt along −∇_P V, minus (multiple − 1)‖∇_P V‖²."""
    step = descent(given_v(x), x)
    return -along(given_v(x), x, step) - (multiple - 1) * ex.total(ex.norm2(row) for row in step)


DECREASES = Part(
    id="decreases-v",
    says=r"\tfrac{d}{dt}V \le 0 \text{ along } -\nabla_P V",
    statement=Statement(GIVEN, at_least_zero(fall_of_v)),
    checks=(Symbolic("ddcl.proposition6_mechanism:fall_of_v"), Property()),
    example=EXAMPLE,
    twins=(
        Twin(
            "twice as fast as the squared gradient", Statement(GIVEN, at_least_zero(lambda x: fall_of_v(x, 3))), EXAMPLE
        ),
    ),
    neighbours=(Neighbour("prototypes reordered", Statement(GIVEN, at_least_zero(lambda x: fall_of_v(reordered(x))))),),
)


def growth_of_spread(x, v=given_v):
    """d/dt Σ_{i<j} ‖p_i − p_j‖² along −∇_P V."""
    return along(spread, x, descent(v(x), x))


def exact_spread(x, factor=4):
    return growth_of_spread(x) + factor * x.k * a.variance(x.p, x.q)


ONE_PLACE = Hypothesis("one-place", r"p_i = p_j", equals_zero(lambda x: a.active_differences(x.p, [1] * x.k)))
SPREAD = Part(
    id="spread",
    says=r"\tfrac{d}{dt}\textstyle\sum_{i<j}\|p_i - p_j\|^2 \ge 0 \text{ along } -\nabla_P V",
    statement=Statement(GIVEN, at_least_zero(growth_of_spread)),
    checks=(Property(), Certified(candidates=(EXAMPLE,))),
    example=EXAMPLE,
    twins=(
        Twin("at half the rate of contraction", Statement(GIVEN, at_least_zero(lambda x: exact_spread(x, 2))), EXAMPLE),
    ),
    neighbours=(
        Neighbour(
            "contraction, prototypes reordered",
            Statement(GIVEN, at_least_zero(lambda x: -growth_of_spread(reordered(x)))),
        ),
    ),
    amendment=Amendment(
        Part(
            id="contracts",
            says=r"\tfrac{d}{dt}\textstyle\sum_{i<j}\|p_i - p_j\|^2 = -4kV \text{ along } -\nabla_P V",
            statement=Statement(GIVEN, equals_zero(exact_spread)),
            example=EXAMPLE,
            checks=(
                Symbolic("ddcl.proposition6_mechanism:contraction"),
                Property(),
                Ablation(proof="ddcl.proposition6_mechanism:contraction"),
            ),
            twins=(Twin("at half the rate", Statement(GIVEN, equals_zero(lambda x: exact_spread(x, 2))), EXAMPLE),),
            neighbours=(
                Neighbour("prototypes reordered", Statement(GIVEN, equals_zero(lambda x: exact_spread(reordered(x))))),
            ),
        ),
        FailingStep(
            "§5.4, after (33)",
            "Lowering the variance of the prototypes about the mixture moves them together; 'that is' reverses the sign.",
        ),
        "Do not count on V to separate prototypes: at given assignments it contracts them at the rate 4kV.",
    ),
)


def fall_in_a_step(x):
    """−dV/dt along −∇_P L_q."""
    return -along(given_v(x), x, descent(given_lq(x), x))


def nearness(x, multiple=1):
    """Σ q_j²‖p_j − m‖² − multiple⁻¹‖z − m‖² Σ q_j²."""
    m = a.mixture(x.p, x.q)
    inner = ex.total(w**2 * ex.norm2(ex.minus(row, m)) for w, row in zip(x.q, x.p, strict=True))
    return multiple * inner - ex.norm2(ex.minus(x.z, m)) * ex.norm2(x.q)


def _step(predicate, *bounds):
    near = [
        Hypothesis("near", r"\|z - m\|^2 \textstyle\sum q_j^2 \le \sum q_j^2\|p_j - m\|^2", at_least_zero(b))
        for b in bounds
    ]
    return Statement(GIVEN, at_least_zero(predicate), tuple(near))


STEP_TWIN = Twin(
    "a bound a hundred times as wide",
    _step(fall_in_a_step, lambda x: nearness(x, 100)),
    {"z": [4], "p": [[1], [-1]], "q": ["3/4", "1/4"]},
)
STEP_NEIGHBOUR = Neighbour("near, prototypes reordered", _step(lambda x: fall_in_a_step(reordered(x)), nearness))
CLOSE = {"z": ["1/2"], "p": [[1], [-1]], "q": ["3/4", "1/4"]}
STEP = Part(
    id="step",
    says=r"\tfrac{d}{dt}V \le 0 \text{ along } -\nabla_P L_q",
    statement=_step(fall_in_a_step),
    checks=(Property(), Certified(candidates=(FAR, CLOSE))),
    example=EXAMPLE,
    twins=(STEP_TWIN,),
    neighbours=(STEP_NEIGHBOUR,),
    amendment=Amendment(
        Part(
            id="step-near-the-mixture",
            says=r"\tfrac{d}{dt}V \le 0 \text{ if } \|z - m\|^2 \textstyle\sum q_j^2 \le \sum q_j^2\|p_j - m\|^2",
            statement=_step(fall_in_a_step, nearness),
            checks=(Symbolic("ddcl.proposition6_mechanism:step_near"), Property()),
            example=CLOSE,
            twins=(STEP_TWIN,),
            neighbours=(STEP_NEIGHBOUR,),
        ),
        FailingStep(
            "§5.4, after (33)",
            "A step on L_q also has the component −∇_P L_OLS, which may raise V faster than −∇_P V lowers it.",
        ),
        "Near the mixture a step lowers V; for a sample far from it the step may raise V.",
        lambda k, d: (
            {"z": [0] * d, "p": [[1 if j % 2 else -1] * d for j in range(k)], "q": [str(ex.Fraction(1, k))] * k},
            "1/100",
        ),
    ),
)


def scale_slope(x, factor=1):
    """Growth of the spread along −∇_P V plus factor · 2k dV/ds, V at p̄ + s(p − p̄)."""
    middle = [ex.mean(row[i] for row in x.p) for i in range(x.d)]
    return growth_of_spread(x, soft_v) + factor * 2 * x.k * along(soft_v(x), x, [ex.minus(row, middle) for row in x.p])


def soft_fall(x, multiple=1):
    step = descent(soft_v(x), x)
    return -along(soft_v(x), x, step) - (multiple - 1) * ex.total(ex.norm2(row) for row in step)


FULL_DECREASES = Part(
    id="decreases-v",
    says=DECREASES.says,
    statement=Statement(SOFT, at_least_zero(soft_fall)),
    checks=(Symbolic("ddcl.proposition6_mechanism:soft_fall"), Certified(candidates=(MIDDLE,))),
    example=MIDDLE,
    twins=(
        Twin(
            "twice as fast as the squared gradient", Statement(SOFT, at_least_zero(lambda x: soft_fall(x, 3))), MIDDLE
        ),
    ),
    neighbours=(
        Neighbour(
            "half as fast as the squared gradient",
            Statement(SOFT, at_least_zero(lambda x: soft_fall(x, ex.Fraction(1, 2)))),
        ),
    ),
)
FULL_SPREAD = Part(
    id="spread",
    says=SPREAD.says,
    statement=Statement(SOFT, at_least_zero(lambda x: growth_of_spread(x, soft_v))),
    checks=(Property(), Certified(candidates=(MIDDLE, {"z": [0], "p": [[1], [1]], "T": 1}))),
    example=MIDDLE,
    twins=(
        Twin("at half the rate", Statement(SOFT, equals_zero(lambda x: scale_slope(x, ex.Fraction(1, 2)))), MIDDLE),
    ),
    neighbours=(
        Neighbour(
            "prototypes at one place",
            Statement(SOFT, at_least_zero(lambda x: growth_of_spread(x, soft_v)), (ONE_PLACE,)),
        ),
    ),
    amendment=Amendment(
        Part(
            id="follows-the-scale",
            says=r"\tfrac{d}{dt}\textstyle\sum_{i<j}\|p_i - p_j\|^2 = -2k\,\tfrac{d}{ds}V(\bar p + s(P - \bar p))",
            statement=Statement(SOFT, equals_zero(scale_slope)),
            checks=(Symbolic("ddcl.proposition6_mechanism:scale"), Certified(candidates=(MIDDLE,))),
            example=MIDDLE,
            twins=(
                Twin(
                    "at half the rate",
                    Statement(SOFT, equals_zero(lambda x: scale_slope(x, ex.Fraction(1, 2)))),
                    MIDDLE,
                ),
            ),
            neighbours=(
                Neighbour("prototypes reordered", Statement(SOFT, equals_zero(lambda x: scale_slope(reordered(x))))),
            ),
        ),
        FailingStep(
            "§5.4, after (33)",
            "Where assignments hardly change V grows with the scale of the prototypes, and lowering it contracts them.",
        ),
        "V spreads prototypes only where a larger scale sharpens the assignments enough to lower V.",
    ),
)


def gradient_of_v(x):
    """∂V/∂p_j at given q, flattened."""
    return [ex.differentiate(a.variance(x.p, x.q), c) for row in x.p for c in row]


def soft_gradient_of_v(x):
    return [ex.differentiate(soft_v(x)(x.p), c) for row in x.p for c in row]


def _scale(x):
    return ex.total(ex.norm2(row) for row in x.p) + ex.ONE


def _soft_scale(x):
    d = a.distances(x.z, x.p)
    return ex.total(d) * (1 + ex.total(d) / x.T) + _scale(x)


def _moderate(sizes, cases, generator):
    import torch

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    exponent = 2 * torch.rand(cases, generator=generator, dtype=torch.float64) - 1
    return {"z": 2 * normal(cases, sizes["d"]), "p": normal(cases, sizes["k"], sizes["d"]), "T": 10**exponent}


def _float_reading(dtype):
    def part(identifier, name, domain, reference, scale, draw=None):
        def code(suffix, value):
            return CodeStatement(
                domain, f"ddcl_theory.claims.ddcl.code_mechanism:{name}{suffix}", value, scale, dtype, 256, draw=draw
            )

        def opposite(x):
            return [-v for v in reference(x)]

        return Part(
            id=identifier,
            says=r"\mathrm{fl}(\nabla_P V) \approx \nabla_P V",
            statement=code("", reference),
            checks=(Conforms(),),
            twins=(Twin("the opposite sign", code("", opposite)),),
            neighbours=(Neighbour("prototypes in the opposite order", code("_reversed", reference)),),
        )

    return Reading(
        dtype,
        f"what ddcl_core computes in {dtype}",
        (
            part("gradient", "variance_gradient", GIVEN, gradient_of_v, _scale),
            part("covariance", "covariance_gradient", GIVEN, gradient_of_v, _scale),
            part("gradient-full", "variance_gradient_full", SOFT, soft_gradient_of_v, _soft_scale, _moderate),
        ),
    )


CLAIM = Claim(
    id="ddcl.proposition6.mechanism",
    title="A descent step on the loss increases the spread",
    source=Source("ddcl", "§5.4, after (33)"),
    says=r"\text{a descent step on } L_q \text{ moves along } -\nabla_P V, "
    r"\text{ which decreases } V \text{ and thereby increases the spread}",
    derivation=__doc__,
    uses=("ddcl.theorem1",),
    readings=(
        Reading(
            "stopped",
            "∇_P at the current assignment, without gradient through it",
            (COMPONENT, DECREASES, SPREAD, STEP),
            as_printed=True,
        ),
        Reading("full", "∇_P with the gradient through the soft assignment", (FULL_DECREASES, FULL_SPREAD)),
        _float_reading("float64"),
        _float_reading("float32"),
    ),
)
