r"""Corollary 6: if the KKT point is unique, is it globally asymptotically stable?

E is unchanged by relabelling prototypes ("symmetric"), so that a unique KKT point has all p_j equal and every q_n uniform: total
collapse.  Global asymptotic stability makes it the global minimum, since E never rises and is continuous.

printed: λ_P > 0 and λ_bal = λ_ent = 0.  The premise can be met: one sample z = 1, k = 2, 4 λ_sep > 1 + 2 λ_P.  Stationarity with
both shares positive needs d_1 = d_2, so p = 1 ± m with m (1 + 2λ_P − 4λ_sep) = 0, so m = 0.  At a vertex q = (1, 0) it gives
1 − p_1 = (λ_P − 2λ_sep) λ_P/Δ and 1 − p_2 = λ_P (1 + λ_P − 2λ_sep)/Δ, and d_1 ≤ d_2 needs λ_P − 2λ_sep ≥ −½.
So only p = 1/(1 + 2λ_P), q = ½ is left ("premise").  But E is lower at (1, −1/3), q = (1, 0): trajectories from there
never come back.  The conclusion fails.

coercive: under the condition of Remark 3 a global minimum exists and is KKT, so that a unique KKT point is it.  But no symmetric
point is a minimum unless all samples lie on it (`relabelled`), and then every assignment is KKT.  So the premise is never met.

entropy: with λ_ent > 0 it can be met.  For z_n = 0, λ_P > k λ_sep: (N_j + λ_P − k λ_sep) p_j = −λ_sep Σp forces P = 0,
and the strictly convex entropy leaves one Q.  E − E* is a sum of non-negative terms ("minimum").  What is stable then is total collapse.
"""

from __future__ import annotations

from fractions import Fraction

from ddcl_theory import expression as ex
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
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import relabelled as move
from ddcl_theory.claims.ddcl.float_rows import flow_parts, inside
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, positive

# --- one sample z = 1, two prototypes on a line ---
PAIR = Domain((real("p", 2), simplex("q", 2), above_zero("weight"), above_zero("sep")))
COLLAPSE = {"p": ["1/3", "1/3"], "q": ["1/2", "1/2"], "weight": 1, "sep": 1}
AWAY = {"p": [1, "-1/3"], "q": [1, 0], "weight": 1, "sep": 1}
SECOND = {"p": [1, -1], "q": [1, 0], "weight": 1, "sep": "1/2"}


def pair_energy(p, q, x):
    return e.smooth([[ex.ONE]], [[c] for c in p], [q], x.sep, x.weight)


def pull(x):
    """Half of ∂E/∂p."""
    apart = x.p[0] - x.p[1]
    return [q * (p - 1) + x.weight * p - s * x.sep * apart for q, p, s in zip(x.q, x.p, (1, -1), strict=True)]


def gaps(x):
    """q_i (d_j − d_i): non-negative exactly where q is supported on the nearest prototypes."""
    d = [(p - 1) ** 2 for p in x.p]
    return [x.q[0] * (d[1] - d[0]), x.q[1] * (d[0] - d[1])]


def from_collapse(x):
    return [(1 + 2 * x.weight) * x.p[0] - 1, (1 + 2 * x.weight) * x.p[1] - 1, x.q[0] - x.q[1]]


def above_collapse(x):
    """E(p, q) − E at p = 1/(1 + 2λ_P), q = ½."""
    c = 1 / (1 + 2 * x.weight)
    half = ex.lift(Fraction(1, 2))
    return pair_energy(x.p, x.q, x) - pair_energy([c, c], [half, half], x)


REGIME = Hypothesis(
    "one-kkt-point",
    r"4 \lambda_{\mathrm{sep}} > 1 + 2 \lambda_P \text{: the KKT point is unique}",
    positive(lambda x: 4 * x.sep - 1 - 2 * x.weight),
)
STATIONARY = Hypothesis("stationary", r"\nabla_P E = 0", equals_zero(pull))
SUPPORT = Hypothesis("nearest", r"q_i > 0 \Rightarrow d_i \le d_j", at_least_zero(gaps))
PREMISE = Part(
    id="premise",
    says=r"n = 1, k = 2, z = 1,\ 4 \lambda_{\mathrm{sep}} > 1 + 2 \lambda_P \text{: the only KKT point is } "
    r"p_1 = p_2 = \tfrac{1}{1 + 2\lambda_P},\ q = (\tfrac12, \tfrac12)",
    statement=Statement(PAIR, equals_zero(from_collapse), (REGIME, STATIONARY, SUPPORT)),
    checks=(Symbolic("ddcl.corollary6:one_point"), Certified(candidates=(COLLAPSE,))),
    example=COLLAPSE,
    twins=(Twin("at any λ_sep", Statement(PAIR, equals_zero(from_collapse), (STATIONARY, SUPPORT)), SECOND),),
    neighbours=(
        Neighbour(
            "doubled",
            Statement(PAIR, equals_zero(lambda x: [2 * v for v in from_collapse(x)]), (REGIME, STATIONARY, SUPPORT)),
        ),
    ),
)
SPLIT = Domain(move.POINT, move.SIZES)
SPLITTING = {"z": [[1]], "p": [["1/3"], ["1/3"]], "sep": 1, "weight": 1, "eps": "1/10"}
OFF = Hypothesis("off", r"z_1 \ne c", positive(lambda x: ex.norm2(move.reach(x, 0))))


def falls(factor, *given):
    return Statement(SPLIT, positive(lambda x: -factor * move.change(x, 0)), (move.EQUAL, OFF, *given))


LOWER = Part(
    id="no-minimum",
    says=r"p_j = c,\ q_n \text{ uniform},\ z_1 \ne c \Rightarrow E \text{ is lower at the split of } z_1 "
    r"\text{ for all small } \varepsilon",
    statement=falls(1, move.SMALL),
    checks=(Symbolic("ddcl.relabelled:below"), Certified(candidates=(SPLITTING,))),
    example=SPLITTING,
    twins=(Twin("at any distance", falls(1), {"z": [[1]], "p": [[0], [0]], "sep": 0, "weight": 1, "eps": 1}),),
    neighbours=(Neighbour("twice the fall", falls(2, move.SMALL)),),
)


def held_above(x):
    """The same with both prototypes held at 1/(1 + 2λ_P)."""
    c, half = 1 / (1 + 2 * x.weight), ex.lift(Fraction(1, 2))
    return pair_energy([c, c], x.q, x) - pair_energy([c, c], [half, half], x)


NO_SYMMETRY = FailingStep(
    "Appendix F, proof of Corollary 6",
    "the trajectory is said to converge to the set of KKT points, which needs bounded trajectories; and relabelling makes the one point a "
    "collapse, from which E falls",
)
ADVICE = (
    "Do not ask for one KKT point. What can be had is local: an isolated local minimum attracts its neighbourhood, and "
    "k! relabellings of it exist."
)
ATTRACTS = Part(
    id="stable",
    says=r"\text{unique KKT point } (P^*, Q^*) \Rightarrow \text{globally asymptotically stable, hence } E \ge E(P^*, Q^*)",
    statement=Statement(PAIR, at_least_zero(above_collapse), (REGIME,)),
    checks=(Certified(candidates=(AWAY,)), Property(also=(AWAY,))),
    example=COLLAPSE,
    twins=(Twin("strictly lower", Statement(PAIR, positive(lambda x: -above_collapse(x)), (REGIME,)), COLLAPSE),),
    neighbours=(
        Neighbour(
            "with the prototypes held there", Statement(PAIR, at_least_zero(lambda x: held_above(x) + x.sep), (REGIME,))
        ),
    ),
    amendment=Amendment(LOWER, NO_SYMMETRY, ADVICE),
)

# --- under the condition of Remark 3 ---
OTHER = Domain((*move.POINT, real("place", "k", "d"), simplex("share", "n", "k")), move.SIZES)
COERCIVE = Hypothesis("remark3", r"\lambda_P > k \lambda_{\mathrm{sep}}", positive(lambda x: x.weight - x.k * x.sep))
NOWHERE = {"z": [[0]], "p": [[0], [0]], "sep": 0, "weight": 1, "eps": "1/4", "place": [[0], [0]], "share": [[1, 0]]}
LOW = {
    "z": [[1]],
    "p": [["1/3"], ["1/3"]],
    "sep": 0,
    "weight": 1,
    "eps": "1/4",
    "place": [["1/2"], [0]],
    "share": [[1, 0]],
}


def above_point(x):
    """E(P', Q') − E(P, Q)."""
    return move.value(x, x.place, x.share) - move.value(x, x.p, move.uniform(x))


def never_met(identifier, says, *more):
    """The part with the hypotheses of a unique, stable point; `more` are added to them."""
    given = (*more, move.EQUAL, move.SMALL, move.MINIMAL)
    unique = (*given, move.ALONE)
    return Part(
        id=identifier,
        says=says,
        statement=Statement(OTHER, at_least_zero(above_point), unique),
        checks=(Symbolic("ddcl.relabelled:unmet"),),
        twins=(
            Twin(
                "not a minimum",
                Statement(OTHER, at_least_zero(above_point), (*more, move.EQUAL, move.SMALL, move.ALONE)),
                LOW,
            ),
            Twin("not alone", Statement(OTHER, at_least_zero(lambda x: above_point(x) - 1), given), NOWHERE),
        ),
        neighbours=(
            Neighbour(
                "all samples at one place",
                Statement(OTHER, equals_zero(lambda x: [c for m in range(x.n) for c in move.reach(x, m)]), given),
            ),
        ),
    )


# --- with the entropies ---
FULL = Domain(
    (
        real("z", "n", "d"),
        real("p", "k", "d"),
        simplex("q", "n", "k"),
        nonnegative("sep"),
        nonnegative("weight"),
        nonnegative("bal"),
        nonnegative("ent"),
    ),
    {"n": (1, 2), "k": (2, 4), "d": (1, 2)},
)
OPEN = Hypothesis("q-interior", r"q_{nj} > 0", positive(lambda x: [v for row in x.q for v in row]))


def full_energy(x, z, p, q):
    return e.smooth(z, p, q, x.sep, x.weight) + x.bal * e.balance(q) + x.ent * e.negative_entropy(q)


def swapped(rows):
    return [rows[1], rows[0], *rows[2:]]


def relabelling(x, both=True):
    """E after exchanging the labels 1 and 2, minus E; without `both` the assignments keep theirs."""
    q = [swapped(row) for row in x.q] if both else x.q
    return full_energy(x, x.z, swapped(x.p), q) - full_energy(x, x.z, x.p, x.q)


MIXED = {"z": [[0]], "p": [[0], [1]], "q": [["1/4", "3/4"]], "sep": 0, "weight": 1, "bal": 0, "ent": 1}
SYMMETRIC = Part(
    id="symmetric",
    says=r"E \text{ is unchanged by relabelling: a unique KKT point has } p_1 = \dots = p_k \text{ and uniform } q_n",
    statement=Statement(FULL, equals_zero(relabelling), (OPEN,)),
    checks=(Symbolic("ddcl.corollary6:symmetric"), Property(draw=inside(FULL))),
    example=MIXED,
    twins=(Twin("prototypes alone", Statement(FULL, equals_zero(lambda x: relabelling(x, False)), (OPEN,)), MIXED),),
    neighbours=(Neighbour("doubled", Statement(FULL, equals_zero(lambda x: 2 * relabelling(x)), (OPEN,))),),
)


def above_origin(x, sign=1):
    """E at features 0 minus its value at P = 0 and uniform Q."""
    zero = [[ex.ZERO] * x.d for _ in range(x.n)]
    return full_energy(x, zero, x.p, x.q) + sign * x.ent * ex.log(x.k)


HELD = Hypothesis("remark3", r"\lambda_P > k \lambda_{\mathrm{sep}}", positive(lambda x: x.weight - x.k * x.sep))
MINIMUM = Part(
    id="minimum",
    says=r"z_n = 0,\ \lambda_P > k \lambda_{\mathrm{sep}} \Rightarrow E \ge E(0, \text{uniform})",
    statement=Statement(FULL, at_least_zero(above_origin), (OPEN, HELD)),
    checks=(Symbolic("ddcl.corollary6:minimum"), Property(draw=inside(FULL))),
    example=MIXED,
    twins=(
        Twin(
            "by more than the entropy",
            Statement(FULL, at_least_zero(lambda x: above_origin(x, -1)), (OPEN, HELD)),
            {**MIXED, "p": [[0], [0]]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(FULL, at_least_zero(lambda x: 2 * above_origin(x)), (OPEN, HELD))),),
)

CLAIM = Claim(
    id="ddcl.corollary6",
    title="A unique KKT point",
    source=Source("ddcl", "Corollary 6, Appendix F"),
    says=r"\text{if } E \text{ has a unique KKT point, it is globally asymptotically stable}",
    derivation=__doc__,
    uses=("ddcl.theorem4", "ddcl.remark3"),
    readings=(
        Reading(
            "positive",
            "with λ_P > 0 as Theorem 4 is printed; λ_bal = λ_ent = 0, which it allows",
            (PREMISE, ATTRACTS),
            as_printed=True,
        ),
        Reading(
            "remark3",
            "with the condition of Remark 3; λ_bal = λ_ent = 0",
            (never_met("stable", ATTRACTS.says, COERCIVE),),
        ),
        Reading(
            "entropy",
            "with λ_ent > 0, where the premise can be met: what the unique point is",
            (SYMMETRIC, MINIMUM),
        ),
        *(
            Reading(dtype, f"the energy and its gradients as ddcl_core computes them in {dtype}", flow_parts(dtype)[:3])
            for dtype in ("float64", "float32")
        ),
    ),
)
