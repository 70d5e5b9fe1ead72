r"""Corollary 5: a bound on η_θ/η_P, and η_θ/η_P ≤ 1 as a safe choice.

linear: in the model of Theorem 3 the trace is η_P (ρ a − b) with ρ = η_θ/η_P, so that "required" is ρ < b/a.  Then ρ ≤ 1 is
safe iff a < b, which nothing in the paper provides: a = 2, b = 1 is unstable at ρ = 1.  Formula (40) is lost, the proof in
Appendix E too, and a and b are nowhere given as functions of D_P and T: that the bound grows with them cannot be decided.

flow: the true fields are −D ∇Φ, D = diag(rates), Φ = F_T + λ_P ‖P‖² where the gradient stops at q.  At every ratio
−dΦ/dt = Σ_i (velocity_i)²/r_i ≥ 0, so that a strict local minimiser is stable for all rates ("descends").  No bound on the ratio is
required.  With features that move, rest means collapse; for one sample and two prototypes at 0 and λ_P > 0,
    −J = [[2η_θ, −η_θ, −η_θ], [−η_P, (1 + 2λ_P) η_P, 0], [−η_P, 0, (1 + 2λ_P) η_P]]
has the trace 2η_θ + 2u, the second invariant 4η_θ u − 2η_θ η_P + u² and the determinant 4λ_P η_θ η_P u, u = (1 + 2λ_P) η_P:
all positive.  The eigenvalues are real, as those of D H with H symmetric, so that they are positive.

steps: x ← x + Jx contracts iff all eigenvalues of −J lie below 2 (and above 0): a bound on the rates, not on their ratio.
Rates 1 and 1 with λ_P = 1 give the eigenvalue 4.  tr(−J) < 2 suffices at any ratio.
"""

from __future__ import annotations

from types import SimpleNamespace

from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.certified import Certified
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
from ddcl_theory.claims.ddcl import corollary5_flow as true
from ddcl_theory.claims.ddcl import theorem3, theorem3_applies
from ddcl_theory.domain import Domain, above_zero
from ddcl_theory.relation import at_least_zero, positive

# --- the linear model ---
LINEAR = Domain(tuple(above_zero(n) for n in ("a", "b", "c", "e", "eta_P", "ratio")))
EVEN = {"a": 1, "b": 2, "c": 1, "e": 1, "eta_P": 1, "ratio": 1}
BACKBONE = {**EVEN, "a": 2, "b": 1}


def growth(x):
    """The largest real part of the eigenvalues of J at η_θ = ρ η_P."""
    return theorem3.growth(SimpleNamespace(a=x.a, b=x.b, c=x.c, e=x.e, eta_P=x.eta_P, eta_theta=x.ratio * x.eta_P))


BELOW = Hypothesis("below-the-bound", r"\rho < b/a", positive(lambda x: x.b - x.ratio * x.a))
BEYOND = Hypothesis("beyond-the-bound", r"\rho \ge b/a", at_least_zero(lambda x: x.ratio * x.a - x.b))
NO_FASTER = Hypothesis(
    "ratio-at-most-one", r"\rho \le 1", at_least_zero(lambda x: 1 - x.ratio), breaks=({**EVEN, "ratio": 3},)
)
SLOW_BACKBONE = Hypothesis("backbone-gain-smaller", "a < b", positive(lambda x: x.b - x.a), breaks=(BACKBONE,))


def linear(identifier, says, given, conclusion, example, twin, amendment=None, checks=None):
    """A part about the model; the neighbour triples its conclusion, with a < b where the part itself needs it."""
    relation = type(conclusion)
    tripled = relation(conclusion.op, lambda x: 3 * conclusion.values(x))
    return Part(
        id=identifier,
        says=says,
        statement=Statement(LINEAR, conclusion, given),
        checks=checks
        or (
            Symbolic("ddcl.corollary5:for_all_entries"),
            Property(),
            Adversarial(),
            Ablation(proof="ddcl.corollary5:for_all_entries", only=tuple(h.id for h in given)),
        ),
        example=example,
        twins=(twin,),
        neighbours=(
            Neighbour(
                "three times the conclusion",
                Statement(LINEAR, tripled, given if amendment is None else (*given, SLOW_BACKBONE)),
            ),
        ),
        amendment=amendment,
    )


DECAYS = positive(lambda x: -growth(x))
REQUIRED = linear(
    "required",
    r"\rho \ge b/a \Rightarrow \max \mathrm{Re}\,\lambda \ge 0",
    (BEYOND,),
    at_least_zero(growth),
    BACKBONE,
    Twin(
        "beyond half the bound",
        Statement(
            LINEAR,
            at_least_zero(growth),
            (Hypothesis("half", r"\rho \ge b/(2a)", at_least_zero(lambda x: 2 * x.ratio * x.a - x.b)),),
        ),
        EVEN,
    ),
)
ENOUGH = linear(
    "enough",
    r"\rho < b/a \Rightarrow \mathrm{Re}\,\lambda < 0",
    (BELOW,),
    DECAYS,
    EVEN,
    Twin(
        "below twice the bound",
        Statement(LINEAR, DECAYS, (Hypothesis("twice", r"\rho < 2b/a", positive(lambda x: 2 * x.b - x.ratio * x.a)),)),
        {**EVEN, "ratio": 3},
    ),
)
ASCENDS = Twin(
    "at a ratio of at least one",
    Statement(LINEAR, DECAYS, (Hypothesis("fast", r"\rho \ge 1", at_least_zero(lambda x: x.ratio - 1)), SLOW_BACKBONE)),
    {**EVEN, "ratio": 3},
)
SAFE = linear(
    "safe",
    r"\rho \le 1 \Rightarrow \mathrm{Re}\,\lambda < 0",
    (NO_FASTER,),
    DECAYS,
    EVEN,
    ASCENDS,
    Amendment(
        linear(
            "safe-amended",
            r"\rho \le 1,\ a < b \Rightarrow \mathrm{Re}\,\lambda < 0",
            (NO_FASTER, SLOW_BACKBONE),
            DECAYS,
            EVEN,
            ASCENDS,
        ),
        FailingStep(
            "§5.5 after Corollary 5", "a ratio of 1 lies below b/a only if a < b, and no relation of a and b is derived"
        ),
        "Inside the model a ratio is safe if it lies below b/a; estimate a and b before trusting 1.",
        examples=lambda k, d: ({**EVEN, "ratio": "1/2"}, "1/4"),
    ),
    checks=(Certified(candidates=(BACKBONE,)), Property(), Adversarial()),
)
STATES = Domain((above_zero("spread", 2), above_zero("heat", 2), above_zero("bound", 2)))
LARGER = Hypothesis(
    "larger",
    r"D_P, T \text{ larger in the second state}",
    positive(lambda x: [x.spread[1] - x.spread[0], x.heat[1] - x.heat[0]]),
)
MOVES = Part(
    id="bound-moves",
    says=r"\text{the bound (40) grows with } D_P \text{ and falls as } T \text{ falls}",
    statement=Statement(STATES, positive(lambda x: x.bound[1] - x.bound[0]), (LARGER,)),
    checks=(Certified(),),
    example={"spread": [1, 2], "heat": [1, 2], "bound": [1, 2]},
    twins=(
        Twin(
            "the bound falls",
            Statement(STATES, positive(lambda x: x.bound[0] - x.bound[1]), (LARGER,)),
            {"spread": [1, 2], "heat": [1, 2], "bound": [1, 2]},
        ),
    ),
    neighbours=(
        Neighbour(
            "the bound squared", Statement(STATES, positive(lambda x: x.bound[1] ** 2 - x.bound[0] ** 2), (LARGER,))
        ),
    ),
    missing="The right side of (40): the source at hand lacks the formula, Appendix E lacks its derivation, and the entries a and b "
    "of (39) are introduced without formulas in D_P and T. To decide, state either",
)

CLAIM = Claim(
    id="ddcl.corollary5",
    title="A bound on the ratio of learning rates",
    source=Source("ddcl", "Corollary 5, (40), §5.5"),
    says=r"\text{stability requires } \eta_\theta/\eta_P \text{ below a bound that grows with } D_P "
    r"\text{ and falls with } T;\ \eta_\theta/\eta_P \le 1 \text{ is safe}",
    derivation=__doc__,
    uses=("ddcl.theorem3", "ddcl.theorem3.applies"),
    readings=(
        Reading("linear", "in the linear model (39)", (REQUIRED, ENOUGH, SAFE, MOVES), as_printed=True),
        Reading("flow", "the true dynamics in continuous time, gradients stopped at q", true.FLOW),
        Reading("steps", "the true dynamics in steps x ← x + Jx", true.STEPS),
        *(r for r in theorem3_applies.CLAIM.readings if r.id.startswith("float")),
    ),
)
