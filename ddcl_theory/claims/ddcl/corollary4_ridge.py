"""Parts of Corollary 4 on L_sep beside λ_P ‖P‖²: what a weight C/T does to coercivity, and coercivity to L_sep."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import not_zero, positive

RAYS = Domain(
    (real("p", "k", "d"), above_zero("C"), temperature("T"), above_zero("weight")), {"k": (3, 4), "d": (1, 2)}
)
REGULARISED = Domain((real("v", "k", "d"), above_zero("sep"), above_zero("weight")), {"k": (2, 4), "d": (1, 2)})


def ray_growth(x, pairs="unordered"):
    """½ d²E/dt² along P = t (0, w_2, …, w_k), w centred, one sample at the origin on prototype 1, λ_sep = C/T."""
    others = x.p[1:]
    centre = [ex.mean(row[i] for row in others) for i in range(x.d)]
    rows = [[ex.ZERO] * x.d, *[ex.minus(row, centre) for row in others]]
    owned = [[int(j == 0) for j in range(x.k)]]

    def energy(t):
        return e.smooth([[0] * x.d], [ex.scaled(t, row) for row in rows], owned, x.C / x.T, x.weight, pairs)

    return ex.derivative_at_zero(energy, 2) / 2


def off_centre(x):
    others = x.p[1:]
    centre = [ex.mean(row[i] for row in others) for i in range(x.d)]
    return [v for row in others for v in ex.minus(row, centre)]


OUTER_APART = Hypothesis("outer-apart", r"p_2, \dots, p_k \text{ not all equal}", not_zero(off_centre))
WARM_ENOUGH = Hypothesis("warm-enough", r"T > k C/\lambda_P", positive(lambda x: x.T * x.weight - x.k * x.C))
RIDGE = {"p": [[0], [1], [-1]], "C": 1, "T": 1, "weight": 1}
WARM_RIDGE = {**RIDGE, "T": 4}


def _bounded(factor, *given):
    return Statement(RAYS, positive(lambda x: factor * ray_growth(x)), (OUTER_APART, *given))


WARMER = Hypothesis("warm-enough", r"2T > k C/\lambda_P", positive(lambda x: 2 * x.T * x.weight - x.k * x.C))
BOUNDED = Part(
    id="bounded-at-small-T",
    says=r"\lambda_{\mathrm{sep}} = C/T,\ \lambda_P > 0,\ k \ge 3 \Rightarrow E \to \infty \text{ along rays}",
    statement=_bounded(1),
    checks=(Certified(candidates=(RIDGE, WARM_RIDGE)), Property()),
    example=WARM_RIDGE,
    twins=(Twin("half as warm", _bounded(1, WARMER), {**RIDGE, "T": 2}),),
    neighbours=(Neighbour("warm enough, doubled", _bounded(2, WARM_ENOUGH), WARM_RIDGE),),
    amendment=Amendment(
        Part(
            id="bounded-when-warm",
            says=r"\text{the same where } T > k C/\lambda_P",
            statement=_bounded(1, WARM_ENOUGH),
            checks=(Symbolic("ddcl.corollary4:bounded_when_warm"), Property(), Ablation(only=("warm-enough",))),
            example=WARM_RIDGE,
            twins=(Twin("half as warm", _bounded(1, WARMER), {**RIDGE, "T": 2}),),
            neighbours=(Neighbour("doubled", _bounded(2, WARM_ENOUGH)),),
        ),
        FailingStep(
            "Corollary 4, with Remark 1",
            "a fixed λ_P cannot outweigh a separation whose weight grows without bound as T falls",
        ),
        "Do not let λ_sep grow as T falls: prototypes without samples are then driven to infinity. Bound it by λ_P/k.",
    ),
)


def joint(x):
    """Minus the second derivative of λ_sep L_sep + λ_P ‖P‖² along v."""

    def level(t):
        rows = [ex.scaled(t, row) for row in x.v]
        return x.sep * e.separation(rows) + x.weight * e.square(rows)

    return -ex.derivative_at_zero(level, 2)


MOVED = Hypothesis("moved", r"v \ne 0", not_zero(lambda x: [entry for row in x.v for entry in row]))
COERCIVE = Hypothesis("remark3", r"\lambda_P > k\lambda_{\mathrm{sep}}", positive(lambda x: x.weight - x.k * x.sep))
LOOSE = Hypothesis("remark3", r"\lambda_P > \lambda_{\mathrm{sep}}", positive(lambda x: x.weight - x.sep))
TIGHT = {"v": [[1], [-1]], "sep": 1, "weight": 3}


def _joint(sign, *given):
    return Statement(REGULARISED, positive(lambda x: sign * joint(x)), (MOVED, *given))


WITH_RIDGE = Part(
    id="separates-with-its-ridge",
    says=r"\lambda_P > k\lambda_{\mathrm{sep}} > 0 \text{ (coercive): the two regularisers together push apart}",
    statement=_joint(1, COERCIVE),
    checks=(Certified(candidates=(TIGHT,)), Property()),
    example=TIGHT,
    twins=(
        Twin(
            "with a larger ridge",
            Statement(REGULARISED, positive(lambda x: joint(x) - e.square(x.v)), (MOVED, COERCIVE)),
            TIGHT,
        ),
    ),
    neighbours=(
        Neighbour(
            "without the ridge",
            Statement(
                REGULARISED, positive(lambda x: joint(x) + 2 * (x.weight + x.sep) * e.square(x.v)), (MOVED, COERCIVE)
            ),
        ),
    ),
    amendment=Amendment(
        Part(
            id="contracts-with-its-ridge",
            says=r"\lambda_P > k\lambda_{\mathrm{sep}} \Rightarrow \text{the two regularisers together contract every displacement}",
            statement=_joint(-1, COERCIVE),
            checks=(
                Symbolic("ddcl.corollary4:contracts"),
                Property(),
                Ablation("ddcl.corollary4:contracts", ("remark3", "moved")),
            ),
            example=TIGHT,
            twins=(
                Twin("λ_P > λ_sep only", _joint(-1, LOOSE), {"v": [[1], [-1]], "sep": 1, "weight": ex.Fraction(3, 2)}),
            ),
            neighbours=(Neighbour("doubled", _joint(-2, COERCIVE)),),
        ),
        FailingStep(
            "Remark 1 and Corollary 4",
            "both terms are quadratic in P: the weight that outruns L_sep far out outruns it near collapse as well",
        ),
        "With weights for which the energy is bounded below, L_sep separates nothing. Normalise or clip the prototypes instead.",
    ),
)
