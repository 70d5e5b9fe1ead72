"""Parts of Theorem 2 on equilibria with D_P > 0: none, some, or some beside an attracting collapse."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
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
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl.dynamics.phase import Phase
from ddcl_theory.claims.ddcl.theorem2_dispersion import dispersion, forces
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, positive

MASSES = Domain(
    (real("z", "n", "d"), above_zero("w", "n"), real("p", "k", "d"), temperature("T")),
    {"k": (2, 3), "d": (1, 2), "n": (1, 3)},
)
SIGN_CHANGE = Domain((above_zero("low"), above_zero("high"), temperature("T")))

CONTINUITY = FailingStep(
    "Appendix E, proof of Theorem 2",
    "continuity gives an equilibrium only if the field points outwards near D_P = 0, which fails for T > 2 λ_max, and D_P alone "
    "does not determine its own rate",
)


def mass_forces(x):
    return [v for row in forces(x, x.w) for v in row]


REST = Hypothesis("at-rest", r"\dot P = 0", equals_zero(mass_forces))


def _hot(divisor):
    return Hypothesis(
        "hot",
        rf"T \ge \|z_m - z_n\|^2/{divisor}",
        at_least_zero(
            lambda x: [divisor * x.T - ex.norm2(ex.minus(x.z[m], x.z[n])) for m in range(x.n) for n in range(m)] or [1]
        ),
    )


#: T (Σw)² > 2 Σ_{m<n} w_m w_n ‖z_m − z_n‖², which says T > 2 tr Σ.
STABLE = Hypothesis(
    "collapse-stable",
    r"T > 2\,\mathrm{tr}\,\Sigma",
    positive(
        lambda x: (
            x.T * ex.total(x.w) ** 2
            - 2 * ex.total(x.w[m] * x.w[n] * ex.norm2(ex.minus(x.z[m], x.z[n])) for m in range(x.n) for n in range(m))
        )
    ),
)


def gaps(x):
    return [v for i in range(x.k) for j in range(i) for v in ex.minus(x.p[i], x.p[j])]


AT_MEAN = {"z": [[1], [-1]], "w": [1, 1], "p": [[0], [0]], "T": 3}
SINGLE = {"z": [[0]], "w": [1], "p": [[0], [0]], "T": 1}
SYMMETRIC = {"z": [[1], [-1]], "w": [1, 1], "p": [["1/4"], ["-1/4"]], "T": {"s": "3/5"}}


def _heavy():
    """Masses at 0, 2 and −1 for which (0, 1) is at rest, s = e^{−1/T} = 1/100; see the derivation."""
    s = ex.Fraction(1, 100)
    outer = ex.Fraction(1)
    return {
        "z": [[0], [2], [-1]],
        "w": [(1 + s) * (1 - 4 * s**6) / (s * (1 + s**3)) * outer, outer, 2 * s**3 * outer],
        "p": [[0], [1]],
        "T": {"s": "1/100"},
    }


HEAVY = _heavy()


def _equilibrium(relation, predicate, *given):
    return Statement(MASSES, relation(predicate), (REST, *given))


COLLAPSED_TWIN = Twin("from a quarter of diameter²", _equilibrium(equals_zero, gaps, _hot(4)), SYMMETRIC)
NONE_WHEN_HOT = Part(
    id="none-when-hot",
    says=r"T \ge \tfrac12 \max_{m,n}\|z_m - z_n\|^2 \text{ and } \dot P = 0 \Rightarrow p_i = p_j",
    statement=_equilibrium(equals_zero, gaps, _hot(2)),
    checks=(Symbolic("ddcl.theorem2:none_when_hot"), Certified(candidates=(AT_MEAN, SINGLE))),
    example=AT_MEAN,
    twins=(COLLAPSED_TWIN,),
    neighbours=(
        Neighbour("from diameter² on, doubled", _equilibrium(equals_zero, lambda x: [2 * v for v in gaps(x)], _hot(1))),
    ),
)
ALL_APART = Part(
    id="equilibrium-for-every-data-set",
    says=r"\text{an equilibrium of training has } D_P^* > 0",
    statement=_equilibrium(positive, lambda x: dispersion(x.p)),
    checks=(Certified(candidates=(SINGLE, AT_MEAN, SYMMETRIC)),),
    example=SYMMETRIC,
    twins=(Twin("where collapse attracts", _equilibrium(positive, lambda x: dispersion(x.p), STABLE), AT_MEAN),),
    neighbours=(Neighbour("at least 0", _equilibrium(at_least_zero, lambda x: dispersion(x.p))),),
    amendment=Amendment(
        NONE_WHEN_HOT,
        CONTINUITY,
        "Check T against half the squared diameter of the features: from there on total collapse is the only equilibrium.",
    ),
)


def growth(x):
    return c.growth(x, "stopped")


def _exists(multiple, factor=1):
    return Statement(
        c.DISPLACED,
        positive(lambda x: factor * growth(x)),
        (c.VARY, c.cold(multiple)),
        system=Phase("quantization", "stopped", multiple),
    )


EXISTS_WHEN_COLD = Part(
    id="exists-when-cold",
    says=r"T < 2\lambda_{\max}(\Sigma) \Rightarrow \text{an equilibrium } D_P^* > 0 \text{ exists, a minimum of } F_T",
    conclusion="an equilibrium with D_P > 0 exists",
    statement=_exists(2),
    checks=(
        Symbolic("ddcl.theorem2:exists_when_cold"),
        Dynamics("ddcl_theory.claims.ddcl.dynamics.phase:everywhere", "descents of the free energy from many starts"),
    ),
    example=c.COOL,
    twins=(Twin("below twice that temperature", _exists(4), c.WARM),),
    neighbours=(Neighbour("doubled", _exists(2, 2)),),
)
ONLY_WHEN_COLD = Part(
    id="only-where-collapse-repels",
    says=r"T > 2\,\mathrm{tr}\,\Sigma \text{ (collapse attracts) and } \dot P = 0 \Rightarrow p_i = p_j",
    statement=_equilibrium(equals_zero, gaps, STABLE),
    checks=(Certified(candidates=(HEAVY, AT_MEAN)),),
    example=AT_MEAN,
    twins=(COLLAPSED_TWIN,),
    neighbours=(Neighbour("one sample or hot", _equilibrium(equals_zero, gaps, _hot(2), STABLE)),),
    amendment=Amendment(
        EXISTS_WHEN_COLD,
        FailingStep(
            "Appendix E, proof of Theorem 2",
            "the field near collapse decides nothing about states far from it: with outlying samples a separated equilibrium "
            "coexists with an attracting collapse",
        ),
        "Between 2 λ_max and half the squared diameter the start decides: begin cold, or with prototypes on outlying samples.",
    ),
)


def line_force(x, distance):
    """dx/dt of the full gradient for z = p_1 = 0, p_2 = x."""
    slope = ex.derivative_at_zero(
        lambda t: ex.softmax([0, (distance + t) ** 2], x.T, anchor=0)[1] * (distance + t) ** 2
    )
    return -slope


INNER = Hypothesis("inner", r"\mathrm{low}^2 \le T", at_least_zero(lambda x: x.T - x.low**2))
OUTER = Hypothesis("outer", r"\mathrm{high}^2 \ge 2T", at_least_zero(lambda x: x.high**2 - 2 * x.T))
OUTER_HALF = Hypothesis("outer", r"\mathrm{high}^2 \ge T", at_least_zero(lambda x: x.high**2 - x.T))


def _crossing(outer, factor=1):
    return Statement(
        SIGN_CHANGE,
        positive(lambda x: [-factor * line_force(x, x.low), factor * line_force(x, x.high)]),
        (INNER, outer),
    )


FULL_EXISTS = Part(
    id="equilibrium",
    says=r"z = p_1 = 0,\ p_2 = x:\ \dot x < 0 \text{ for } x^2 \le T,\ \dot x > 0 \text{ for } x^2 \ge 2T",
    statement=_crossing(OUTER),
    checks=(Symbolic("ddcl.theorem2:full_crossing"), Property()),
    example={"low": 1, "high": 2, "T": 1},
    twins=(Twin("outwards from x² = T on", _crossing(OUTER_HALF), {"low": 1, "high": 1, "T": 1}),),
    neighbours=(Neighbour("doubled", _crossing(OUTER, 2)),),
)
