"""Parts about descent in steps: the best constant step of each layer, and the step (28) at any rate, the published one among them."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.domain import Domain, above_zero, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

# --- the best step of each layer ---
STEPS = Domain((above_zero("lo"), above_zero("hi"), real("eta"), real("rho")))
BEST = Hypothesis("best-step", r"\eta = 2/(\sigma_r^2 + \sigma_1^2)", equals_zero(lambda x: x.eta * (x.lo + x.hi) - 2))
THREE = {"lo": 1, "hi": 3, "eta": "1/2", "rho": "1/2"}
BOUNDS = Hypothesis(
    "contracts",
    r"|1 - \eta \sigma_r^2| \le \rho,\ |1 - \eta \sigma_1^2| \le \rho",
    at_least_zero(lambda x: [x.rho - 1 + x.eta * x.lo, x.rho + 1 - x.eta * x.hi]),
)


def sharp(x, factor=1):
    """(σ_1² + σ_r²) ρ − factor (σ_1² − σ_r²)."""
    return (x.hi + x.lo) * x.rho - factor * (x.hi - x.lo)


def _sharp(factor=1, times=1):
    return Statement(STEPS, at_least_zero(lambda x: times * sharp(x, factor)), (BOUNDS,))


def _at_once(*given, shift=0):
    return Statement(STEPS, equals_zero(lambda x: [1 - x.eta * x.lo - shift, 1 - x.eta * x.hi - shift]), (BEST, *given))


CONTRACTION = Part(
    id="best-step-corrected",
    says=r"|1 - \eta \sigma_i^2| \le \rho \text{ for all } i \Rightarrow \rho \ge \frac{\kappa - 1}{\kappa + 1}",
    statement=_sharp(),
    checks=(Symbolic("gbcl.theorem3_1:contraction"), Property(also=(THREE,))),
    example=THREE,
    twins=(Twin("one and a half times that", _sharp(ex.Fraction(3, 2)), THREE),),
    neighbours=(Neighbour("doubled", _sharp(times=2), example=THREE),),
)
AT_ONCE = Part(
    id="best-step",
    says=r"\eta = \tfrac{2}{\sigma_r^2 + \sigma_1^2} \Rightarrow 1 - \eta \sigma_i^2 = 0 "
    r"\text{: as fast as the base layer, which needs one step}",
    statement=_at_once(),
    checks=(Certified(candidates=(THREE,)),),
    example=THREE,
    twins=(Twin("a factor of 1/4", _at_once(shift=ex.Fraction(1, 4)), THREE),),
    neighbours=(
        Neighbour(
            "all values equal",
            _at_once(Hypothesis("equal", r"\sigma_1 = \sigma_r", equals_zero(lambda x: x.hi - x.lo))),
            example={"lo": 1, "hi": 1, "eta": 1, "rho": 0},
        ),
    ),
    amendment=Amendment(
        CONTRACTION,
        FailingStep(
            "after Theorem 3.1", "different rates in different directions slow down descent with one learning rate"
        ),
        "for speed train the base layer, or whiten the data (κ = 1) before the dual layer",
    ),
)

# --- one step of (28) ---
DUAL_STEP = Domain((above_zero("eps"), above_zero("size"), above_zero("sigma"), real("b")))
MOVED = Hypothesis("off", "b \\ne 0", positive(lambda x: x.b**2))
STABLE = Hypothesis("stable-rate", r"\varepsilon n_j \sigma^2 < 1", positive(lambda x: 1 - x.eps * x.size * x.sigma**2))
#: The published rate, 500/30 samples to a cell, and the largest singular values of the three sets.
SPIRAL, MOONS, CIRCLES = (
    {"eps": "1/1250", "size": "50/3", "sigma": sigma, "b": 1} for sigma in ("2343/100", "2697/100", "2239/100")
)
SMALL_STEP = {"eps": "1/2", "size": 1, "sigma": 1, "b": 1}


def step_gain(x, factor=2):
    """b² − (1 − factor ε n_j σ²)² b²: what a step of (28) takes off the error along an axis."""
    return x.b**2 - ((1 - factor * x.eps * x.size * x.sigma**2) * x.b) ** 2


def _step(*given, sign=1):
    return Statement(DUAL_STEP, positive(lambda x: sign * step_gain(x)), (MOVED, *given))


STEP_STABLE = Part(
    id="step-corrected",
    says=r"\varepsilon n_j \sigma^2 < 1 \Rightarrow |(1 - 2 \varepsilon n_j \sigma^2)\, b| < |b|",
    statement=_step(STABLE),
    checks=(Symbolic("gbcl.theorem3_1:step"), Property(also=(SMALL_STEP,))),
    example=SMALL_STEP,
    twins=(Twin("of the other sign", _step(STABLE, sign=-1), SMALL_STEP),),
    neighbours=(Neighbour("doubled", _step(STABLE, sign=2), example=SMALL_STEP),),
)
STEP = Part(
    id="step",
    says=r"\text{a step of (28) on the sum (27) brings the output nearer along every axis: } |(1 - 2 \varepsilon n_j \sigma^2)\, b| < |b|",
    statement=_step(),
    checks=(Certified(candidates=(CIRCLES, SPIRAL, MOONS)),),
    example=SMALL_STEP,
    twins=(Twin("of the other sign", _step(sign=-1), SMALL_STEP),),
    neighbours=(
        Neighbour(
            "half of the largest rate",
            _step(
                Hypothesis(
                    "half",
                    r"2 \varepsilon n_j \sigma^2 \le 1",
                    at_least_zero(lambda x: 1 - 2 * x.eps * x.size * x.sigma**2),
                )
            ),
            example=SMALL_STEP,
        ),
    ),
    amendment=Amendment(
        STEP_STABLE,
        FailingStep(
            "(28), (30)",
            "the ODE describes small steps; a step multiplies the error along u_i by 1 − 2ε n_j σ_i², here beyond −12 at the published "
            "rate 0.0008 with 500/30 samples to a cell",
        ),
        "keep the learning rate below 1/(max n_j · σ_1²) for the summed loss (27); at the published rate it diverges on all three "
        "two-dimensional sets, so take it for that of a loss divided by the number of samples, or of another optimiser",
        examples=lambda k, d: ({"eps": "1/2", "size": 1, "sigma": 1, "b": 1}, "1/16"),
    ),
)
