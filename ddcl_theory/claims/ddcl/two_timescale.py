r"""§5.7: can the premises of the two-timescale argument be met?

Premise 1: for each θ the fast subsystem has a unique globally asymptotically stable equilibrium.
reduced: the fast subsystem is (42), (43) at fixed features, λ_bal = λ_ent = 0.  Stability makes the equilibrium a minimum of E, and as a
unique point it is symmetric; `relabelled` shows that no symmetric point is a minimum unless all samples lie on it, where every
assignment is at rest.  So premise 1 is met for no features, whatever λ_P and λ_sep.  With
λ_ent > 0 it can be met, at total collapse only (entropy; see `ddcl.corollary6`).

softmax: the fast subsystem is training of P with q = softmax, gradient stopped, T fixed.  Its field commutes with relabelling, so that a
unique equilibrium has p_1 = p_2 ("apart").  It can be met: for one sample ḋ_j = −4 q_j d_j, and d_j never grows, so that
q_j ≥ e^{−d_j(0)/T}/k and all prototypes reach the sample from everywhere ("met").  The slow manifold then consists of
collapsed prototypes.
Premise 2: the reduced energy has a unique minimum.  F_T is unchanged when features and prototypes shift together ("slow"), and the
equilibrium shifts along, so that no minimum is alone where the backbone can shift its features (an output bias).

What can be asked instead: for each θ a strict local minimum modulo relabelling, continued smoothly in θ; singular perturbation
then gives tracking near it, until it loses stability.
"""

from __future__ import annotations

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
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import corollary6, theorem3_applies
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import equals_zero, not_zero, one_of, positive

FAST = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), {"n": (1, 2), "k": (2, 3), "d": (1, 1)})
MERGED = {"z": [[1]], "p": [[1], [1]], "T": 1}
PAIR = {"z": [[1], [-1]], "p": [["1/4"], ["-1/4"]], "T": {"s": "3/5"}}


def velocity(x, p):
    return f.stopped_prototypes(x.z, p, x.T, [1] * x.n)


def flat(rows):
    return [c for row in rows for c in row]


def swapped(x):
    return corollary6.swapped(x.p)


def swap_gap(x):
    return ex.minus(flat(swapped(x)), flat(x.p))


REST = Hypothesis("at-rest", r"\dot P = 0", equals_zero(lambda x: velocity(x, x.p)))
UNIQUE = Hypothesis(
    "unique",
    r"\text{no other equilibrium: the relabelled } P \text{ is not at rest, or is } P",
    one_of(not_zero(lambda x: velocity(x, swapped(x))), equals_zero(swap_gap)),
)
RELABELLING = FailingStep(
    "§5.7",
    "the premise is stated for the fast subsystem as it is; its symmetry under relabelling allows a unique equilibrium "
    "only where all prototypes coincide",
)
LOCALLY = "Ask for a strict local minimum modulo relabelling, isolated and continued in θ; do not ask for a unique equilibrium."


def first_gap(x):
    return ex.minus(x.p[0], x.p[1])


def apart_statement(relation, *given):
    return Statement(FAST, relation, given)


TOGETHER = Part(
    id="together",
    says=r"\text{a unique equilibrium of the fast subsystem has } p_1 = p_2",
    statement=apart_statement(equals_zero(first_gap), REST, UNIQUE),
    checks=(Symbolic("ddcl.two_timescale:together"), Certified(candidates=(MERGED,))),
    example=MERGED,
    twins=(Twin("any equilibrium", apart_statement(equals_zero(first_gap), REST), PAIR),),
    neighbours=(
        Neighbour("doubled", apart_statement(equals_zero(lambda x: ex.scaled(2, first_gap(x))), REST, UNIQUE)),
    ),
)
APART = Part(
    id="apart",
    says=r"\text{the unique equilibrium of the fast subsystem has } p_1 \ne p_2",
    statement=apart_statement(not_zero(first_gap), REST, UNIQUE),
    checks=(Certified(candidates=(MERGED,)),),
    example=MERGED,
    twins=(
        Twin(
            "apart by more than 1",
            apart_statement(positive(lambda x: ex.norm2(first_gap(x)) - 1), REST, UNIQUE),
            MERGED,
        ),
    ),
    neighbours=(Neighbour("together", apart_statement(equals_zero(first_gap), REST, UNIQUE)),),
    amendment=Amendment(TOGETHER, RELABELLING, LOCALLY),
)

ONE = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (1, 4), "d": (1, 2)})
NEAR = {"z": [0], "p": [[1], [-2]], "T": 1}
OFF = Hypothesis("off", r"p_j \ne z", positive(lambda x: a.distances(x.z, x.p)))


def approach(x, factor=1):
    """−ḋ_j under stopped training for one sample; factor scales every velocity."""
    v = f.rows(f.stopped_prototypes([x.z], x.p, x.T, [factor]), x.d)

    def distances(t):
        return a.distances(x.z, [ex.plus(row, ex.scaled(t, s)) for row, s in zip(x.p, v, strict=True)])

    return [-ex.derivative_at_zero(lambda t, j=j: distances(t)[j]) for j in range(x.k)]


MET = Part(
    id="met",
    says=r"n = 1:\ \dot d_j = -4 q_j d_j < 0 \text{ where } p_j \ne z \text{: the one equilibrium } p_j = z \text{ attracts everything}",
    statement=Statement(ONE, positive(approach), (OFF,)),
    checks=(Symbolic("ddcl.two_timescale:met"), Property()),
    example=NEAR,
    twins=(
        Twin(
            "faster than the distance itself",
            Statement(ONE, positive(lambda x: ex.minus(approach(x), a.distances(x.z, x.p))), (OFF,)),
            {"z": [0], "p": [[2], [1]], "T": {"s": "1/2"}},
        ),
    ),
    neighbours=(Neighbour("twice as fast", Statement(ONE, positive(lambda x: approach(x, 2)), (OFF,))),),
)

SHIFTED = Domain((*FAST.variables, real("s", "d")), {"n": (1, 2), "k": (1, 3), "d": (1, 2)})
MOVED = Hypothesis("shifted", r"s \ne 0", not_zero(lambda x: x.s))
THERE = {"z": [[1], [0]], "p": [["1/2"], ["1/2"]], "T": 2, "s": [1]}


def shift_gain(x, both=True):
    """F_T at features and prototypes shifted by s minus F_T; without `both` the prototypes stay."""

    def value(z, p):
        return ex.total(theorem3_applies.free_energy(row, p, x.T) for row in z)

    p = [ex.plus(row, x.s) for row in x.p] if both else x.p
    return value([ex.plus(row, x.s) for row in x.z], p) - value(x.z, x.p)


FEATURES = Domain((real("z", "n", "d"), real("s", "d")), {"n": (1, 3), "d": (1, 2)})
SHIFT = {"z": [[1], [0]], "s": [1]}


def reduced_gain(x):
    """Σ_n ‖z_n − z̄‖² at shifted features minus its value: the reduced energy at collapse."""

    def value(z):
        centre = [ex.mean(row[i] for row in z) for i in range(x.d)]
        return ex.total(ex.norm2(ex.minus(row, centre)) for row in z)

    return value([ex.plus(row, x.s) for row in x.z]) - value(x.z)


SLOW = Part(
    id="slow",
    says=r"\text{shifting all features changes the reduced energy } \textstyle\sum_n \|z_n - \bar z\|^2 - nT \log k "
    r"\text{ of collapsed prototypes, as a unique minimum needs}",
    statement=Statement(FEATURES, not_zero(reduced_gain), (MOVED,)),
    checks=(Certified(candidates=(SHIFT,)), Property()),
    example=SHIFT,
    twins=(Twin("and lowers it", Statement(FEATURES, positive(lambda x: -reduced_gain(x)), (MOVED,)), SHIFT),),
    neighbours=(Neighbour("no change", Statement(FEATURES, equals_zero(reduced_gain), (MOVED,))),),
    amendment=Amendment(
        Part(
            id="shift-invariant",
            says=r"F_T(Z + s, P + s) = F_T(Z, P)",
            statement=Statement(SHIFTED, equals_zero(shift_gain)),
            checks=(Symbolic("ddcl.two_timescale:shift_invariant"), Property()),
            example=THERE,
            twins=(Twin("features alone", Statement(SHIFTED, equals_zero(lambda x: shift_gain(x, False))), THERE),),
            neighbours=(Neighbour("doubled", Statement(SHIFTED, equals_zero(lambda x: 2 * shift_gain(x)))),),
        ),
        FailingStep(
            "§5.7", "the reduced energy depends on differences of features only, so that its minima come in families"
        ),
        "Fix the mean of the features (batch normalisation without a shift) before asking for an isolated minimum.",
    ),
)

CLAIM = Claim(
    id="ddcl.two-timescale",
    title="Premises of the two-timescale argument",
    source=Source("ddcl", "§5.7"),
    says=r"\text{if the fast subsystem and the reduced energy have unique globally stable equilibria, training tracks the slow manifold}",
    derivation=__doc__,
    uses=("ddcl.theorem4", "ddcl.corollary6"),
    readings=(
        Reading(
            "reduced",
            "the fast subsystem is the reduced flow (42), (43), λ_bal = λ_ent = 0",
            (
                corollary6.never_met(
                    "fast",
                    r"\text{for these features the unique, globally stable } (P^*, Q^*) \text{ has } E \ge E(P^*, Q^*)",
                ),
            ),
            as_printed=True,
        ),
        Reading(
            "entropy",
            "the reduced flow with λ_ent > 0, where the first premise can be met: what its equilibrium is",
            (corollary6.SYMMETRIC, corollary6.MINIMUM),
        ),
        Reading("softmax", "the fast subsystem is stopped training with q = softmax at fixed T", (APART, MET, SLOW)),
        *(r for r in theorem3_applies.CLAIM.readings if r.id.startswith("float")),
    ),
)
