"""Corollary 4: L_sep is a backup, needed most at small T, with λ_sep ∝ 1/T, and redundant at large T.

L_sep = −φ Σ_{i<j} ‖p_i − p_j‖² pulls every centred displacement outwards at the rate 2λkφ (φ = 1 for pairs i < j, 2 for ordered
pairs, 2/(k(k − 1)) for the mean).  With the growth of L_q at total collapse (`collapsed`, c = 2 stopped, 4 full)
    growth = (2/k)(c S/T − N) + 2λkφ N,
so collapse is unstable iff λ > λ*(T) = max(0, 1 − c λ_max/T)/(k²φ).  This weight is 0 for T < c λ_max and rises with T
to 1/(k²φ): L_sep is redundant at small T and needed most at large T, the opposite of the corollary.  Its argument uses
Proposition 7, where the force of V grows with T; but that force pulls inwards, and what separates, the change of q, is 2c S/(kT).

λ = C/T falls when it is needed: T > c λ_max + C k²φ leaves collapse attracting whatever C is.  At the other end it explodes:
for k ≥ 3 the energy is coercive iff λ_P > kφ λ_sep (Remark 3), which C/T violates for T ≤ kφ C/λ_P, although at small T
no collapse threatens (what happens there, prototypes without samples, is no coincidence of prototypes).  A pair that
coincides among others obeys the same law with the variance of the samples that it shares (`ddcl.proposition6`).

Under λ_P > kφ λ_sep the two regularisers together have the form −2λ_P ‖v‖² + 2λ_sep φ Σ_{i<j} ‖v_i − v_j‖² < 0, by Lagrange's identity:
a pair of weights for which the energy is bounded below contracts every displacement, and L_sep resists no collapse at all.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
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
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl import corollary4_ridge as ridge
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.float_rows_collapse import quantization_parts, separation_part
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, temperature
from ddcl_theory.relation import positive

WEIGHTED = Domain((*c.DISPLACED.variables, nonnegative("sep")), c.SIZES)
TWO = Domain(
    (real("z", "n", "d"), real("v", "k", "d"), temperature("T1"), temperature("T2"), nonnegative("sep")), c.SIZES
)
SCHEDULED = Domain((*c.DISPLACED.variables, above_zero("C")), c.SIZES)

BREAKS = FailingStep(
    "Appendix D, proof of Corollary 4",
    "it takes ‖∇V‖, which grows with T, for the separating force; −∇V pulls prototypes together, and what drives them "
    "apart is the change of the assignments, which fades like 1/T",
)


def at(x, name):
    """The same point with T taken from another variable."""
    return type(x)(**{**vars(x), "T": getattr(x, name)})


def separating(x, weight, pairs="unordered"):
    """Minus the second derivative of weight · L_sep along the centred displacement."""
    steps = c.centred(x)
    return -ex.derivative_at_zero(
        lambda t: ex.lift(weight) * e.separation([ex.scaled(t, row) for row in steps], pairs), order=2
    )


def growth(x, mode, weight, pairs="unordered"):
    return c.growth(x, mode) + separating(x, weight, pairs)


def surplus(x, mode, weight, pairs="unordered"):
    """n (c S − T N + k²φ λ T N): positive iff λ exceeds the critical weight along the displacement."""
    phi = e.pair_weight(x.k, pairs)
    return c.excess(x, c.MULTIPLE[mode]) + x.k**2 * phi * x.n * weight * x.T * c.size(x)


def searched(mode, pairs="unordered"):
    """The default reading is sampled as well; the others rest on exact points and proofs."""
    return (Property(),) if (mode, pairs) == ("stopped", "unordered") else ()


def needed_when_cold(mode):
    """A weight that makes collapse unstable at T1 does so at every higher T2; and the converse."""
    multiple = c.MULTIPLE[mode]
    hotter = Hypothesis("hotter", r"T_2 > T_1", positive(lambda x: x.T2 - x.T1))

    def suffices(name):
        return Hypothesis(
            f"suffices-at-{name}",
            rf"\text{{unstable at }} T_{name[1]}",
            positive(lambda x: growth(at(x, name), mode, x.sep)),
        )

    def statement(name, *given, factor=1):
        return Statement(TWO, positive(lambda x: factor * growth(at(x, name), mode, x.sep)), (hotter, *given))

    cool = {"z": [[1], [-1]], "v": [[1], [-1]], "T1": 1, "T2": multiple + 1, "sep": 0}
    still = {**cool, "T1": ex.Fraction(1, 2), "T2": 1}
    twin = Twin("whatever the weight", statement("T1"), {**cool, "T1": multiple + 1, "T2": multiple + 2})
    return Part(
        id="needed-most-at-small-T",
        says=r"\text{a weight that suffices at } T_1 \text{ suffices at every } T_2 > T_1",
        statement=statement("T2", suffices("T1")),
        checks=(Certified(candidates=(cool, still)), *searched(mode)),
        example=still,
        twins=(Twin("whatever the weight", statement("T2"), cool),),
        neighbours=(Neighbour("given what is to be shown", statement("T2", suffices("T2"), factor=2)),),
        amendment=Amendment(
            Part(
                id="needed-most-at-large-T",
                says=r"\text{a weight that suffices at } T_2 \text{ suffices at every } T_1 < T_2",
                statement=statement("T1", suffices("T2")),
                checks=(Symbolic(f"ddcl.corollary4:needed_when_hot_{mode}"), *searched(mode)),
                example=still,
                twins=(twin,),
                neighbours=(Neighbour("doubled", statement("T1", suffices("T2"), factor=2)),),
            ),
            BREAKS,
            f"Raise λ_sep when T rises: it must exceed (1 − {multiple} λ_max/T)/k² and may be 0 below T = {multiple} λ_max.",
        ),
    )


def schedule(mode, pairs):
    """λ = C/T keeps collapse unstable at every T; amended: the critical weight."""
    multiple = c.MULTIPLE[mode]
    enough = Hypothesis(
        "enough",
        rf"k^2 \varphi \lambda > 1 - {multiple} \tfrac{{\sum_j v_j^\top\Sigma v_j}}{{T \sum_j\|v_j\|^2}}",
        positive(lambda x: surplus(x, mode, x.sep, pairs)),
    )
    half = Hypothesis("enough", r"\text{half of it}", positive(lambda x: surplus(x, mode, 2 * x.sep, pairs)))

    def scheduled(factor=1):
        return Statement(SCHEDULED, positive(lambda x: growth(x, mode, factor * x.C / x.T, pairs)), (c.APART,))

    def weighted(*given, factor=1):
        return Statement(WEIGHTED, positive(lambda x: factor * growth(x, mode, x.sep, pairs)), given)

    phi = e.pair_weight(2, pairs)
    hot = {**c.BOILING, "T": 100, "C": 1}
    cool = {**c.COOL, "C": 1}
    #: k = 2, S/N = 1, T = 9: the critical weight is (1 − c/9)/(4φ); three quarters of it is too little.
    short = {**c.BOILING, "sep": ex.Fraction(9 - multiple, 48) / phi}
    return Part(
        id="schedule",
        says=r"\lambda_{\mathrm{sep}} = C/T \text{ keeps collapse unstable at every } T",
        statement=scheduled(),
        checks=(Certified(candidates=(cool, hot)), *searched(mode, pairs)),
        example=cool,
        twins=(Twin("half the schedule", scheduled(ex.Fraction(1, 2)), hot),),
        neighbours=(
            Neighbour(
                "in the cold",
                Statement(
                    SCHEDULED, positive(lambda x: growth(x, mode, x.C / x.T, pairs)), (c.APART, c.cold(multiple))
                ),
            ),
        ),
        amendment=Amendment(
            Part(
                id="critical-weight",
                says=rf"k^2\varphi\lambda_{{\mathrm{{sep}}}} > 1 - {multiple}\lambda_{{\max}}/T \Rightarrow \text{{collapse is unstable}}",
                statement=weighted(enough),
                checks=(
                    Symbolic(f"ddcl.corollary4:critical_weight_{mode}_{pairs}"),
                    *searched(mode, pairs),
                    *((Ablation(only=("enough",)),) if searched(mode, pairs) else ()),
                ),
                example={**c.BOILING, "sep": 1},
                twins=(Twin("half the weight", weighted(half), short),),
                neighbours=(Neighbour("doubled", weighted(enough, factor=2)),),
            ),
            BREAKS,
            f"Use max(0, (1 − {multiple} λ_max/T)/(k²φ)), which rises with T up to 1/(k²φ), or keep T below {multiple} λ_max.",
        ),
    )


def redundant(mode):
    """At T above the threshold collapse is unstable without L_sep; amended: it attracts."""
    multiple = c.MULTIPLE[mode]

    def statement(factor, *given):
        return Statement(c.DISPLACED, positive(lambda x: factor * c.growth(x, mode)), given)

    return Part(
        id="redundant-at-large-T",
        says=rf"T > {multiple}\lambda \Rightarrow \text{{collapse is unstable without }} L_{{\mathrm{{sep}}}}",
        statement=statement(1, c.hot(multiple)),
        checks=(Certified(candidates=(c.BOILING,)), *searched(mode)),
        example=c.BOILING,
        twins=(Twin("at any T", statement(1, c.APART), c.BOILING),),
        neighbours=(Neighbour("in the cold", statement(1, c.cold(multiple)), c.COOL),),
        amendment=Amendment(
            Part(
                id="needed-at-large-T",
                says=rf"T > {multiple}\lambda \Rightarrow \text{{collapse attracts without }} L_{{\mathrm{{sep}}}}",
                statement=statement(-1, c.hot(multiple)),
                checks=(Symbolic(f"ddcl.corollary4:attracts_when_hot_{mode}"), *searched(mode)),
                example=c.BOILING,
                twins=(Twin("at any T", statement(-1, c.APART), c.COOL),),
                neighbours=(Neighbour("doubled", statement(-2, c.hot(multiple))),),
            ),
            BREAKS,
            "At large T something else must hold the prototypes apart: a weight of L_sep near 1/k², or a lower T.",
        ),
    )


CLAIM = Claim(
    id="ddcl.corollary4",
    title="When explicit separation is needed",
    source=Source("ddcl", "Corollary 4, Appendix D"),
    says=r"L_{\mathrm{sep}} \text{ is needed most at small } T,\ \lambda_{\mathrm{sep}} \propto 1/T, "
    r"\text{ and is redundant at large } T",
    derivation=__doc__,
    uses=("ddcl.remark3", "ddcl.proposition6"),
    readings=(
        Reading(
            "stopped",
            "L_q with the stopped gradient, mean over the samples; L_sep over pairs i < j; need judged at total collapse",
            (
                needed_when_cold("stopped"),
                schedule("stopped", "unordered"),
                redundant("stopped"),
                ridge.BOUNDED,
                ridge.WITH_RIDGE,
            ),
            as_printed=True,
        ),
        Reading(
            "full",
            "the gradient passes through the soft assignment",
            (needed_when_cold("full"), schedule("full", "unordered"), redundant("full")),
        ),
        Reading("ordered", "as stopped, L_sep over ordered pairs", (schedule("stopped", "ordered"),)),
        Reading("mean", "as stopped, L_sep the mean over the pairs i < j", (schedule("stopped", "mean"),)),
        *(
            Reading(
                dtype,
                f"the forces that ddcl_core computes near collapse in {dtype}",
                (separation_part(dtype), *quantization_parts(dtype)),
            )
            for dtype in ("float64", "float32")
        ),
    ),
    figures=(
        Figure(
            "weight",
            "The weight of L_sep that collapse needs",
            "The required weight is zero up to a threshold and then rises towards a limit; the recommended weight falls throughout.",
            "Smallest λ_sep that makes total collapse unstable, times k², over T/λ_max (lines: closed forms, dots: bisection on the "
            "eigenvalues of the training field), and the recommended C/T.",
            "ddcl_theory.claims.ddcl.figures.weight:required_weight",
        ),
    ),
)
