"""§4.3: L_sep acts on prototypes that are too close; L_bal and L_ent prevent trivial solutions.

L_sep = −Σ_{i<j} ‖p_i − p_j‖² has the force 2(k p_j − Σ_i p_i) on p_j, so that every difference grows as
d(p_i − p_j)/dt = 2k (p_i − p_j): the force is proportional to the distance.  It vanishes where prototypes coincide and is
strongest where they are far apart; no scale tells "too close" from far.  (A penalty that acts on close pairs has a
bounded range, such as Σ max(0, m − ‖p_i − p_j‖)².)

At total collapse every assignment is uniform, and there L_bal = KL(q̄ ‖ u) = 0 and L_ent = mean Σ q log q = −log k are least: total
collapse is a global minimiser of both.  To second order along p_j = z̄ + eṽ_j, with δq_nj = (2/kT) y_n·ṽ_j:
    L_bal does not change (mean_n y_n = 0),     L_ent rises by (2e²/(kT²)) mean_n Σ_j (y_n·ṽ_j)².
So L_bal does nothing against collapse and L_ent, as it is penalised in (14), holds collapse together: with its weight λ_ent collapse
of stopped L_q is unstable iff T N < 2S(1 − λ_ent/T), never for λ_ent ≥ T.  With the other sign (the entropy penalised) it separates.

What they prevent is something else: L_bal > 0 wherever the mean assignment is not uniform, so the single big cluster is
penalised; L_ent ≤ −(1 − mean ‖q‖²) < 0 = its value at hard assignments, by x log x ≥ x − 1 at x = 1/q_j.
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
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import regularisers_collapse as assigned
from ddcl_theory.claims.ddcl.float_rows_collapse import regulariser_parts
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero

SCALED = Domain((real("p", "k", "d"), real("sigma")), {"k": (2, 4), "d": (1, 2)})
PROBED = Domain((real("p", "k", "d"), real("v", "k", "d")), {"k": (2, 4), "d": (1, 2)})
CLOSER = Hypothesis("closer", r"0 \le \sigma \le 1", at_least_zero(lambda x: [x.sigma, 1 - x.sigma]))


def draw_closer(sizes, cases, generator):
    """Factors between 0 and 1."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(SCALED, sizes, cases, generator)
    return {**batch, "sigma": torch.rand(cases, generator=generator, dtype=torch.float64)}


def differences(x):
    return [v for i in range(x.k) for j in range(i) for v in ex.minus(x.p[i], x.p[j])]


APART = Hypothesis("apart", r"p_j \text{ not all equal}", not_zero(differences))


def separating_force(rows):
    """−∇L_sep, entry by entry, by exact rules of differentiation."""
    fresh = [[ex.variable("force at", j, i) for i in range(len(rows[0]))] for j in range(len(rows))]
    value = e.separation(fresh)
    there = {v: ex.lift(entry) for row, own in zip(fresh, rows, strict=True) for v, entry in zip(row, own, strict=True)}
    return [[-ex.substitute(ex.differentiate(value, v), there) for v in row] for row in fresh]


def scaled(x):
    return [ex.scaled(x.sigma, row) for row in x.p]


def strength(rows):
    """Σ_j ‖F_j‖²."""
    return ex.total(ex.norm2(row) for row in separating_force(rows))


PAIR = {"p": [[1], [-1]], "sigma": "1/2"}
PENALISES = Part(
    id="penalises-close-prototypes",
    says=r"0 \le \sigma \le 1 \Rightarrow L_{\mathrm{sep}}(\sigma P) \ge L_{\mathrm{sep}}(P)",
    statement=Statement(SCALED, at_least_zero(lambda x: e.separation(scaled(x)) - e.separation(x.p)), (CLOSER,)),
    checks=(Symbolic("ddcl.regularisers:penalises"), Property(draw=draw_closer)),
    example=PAIR,
    twins=(
        Twin(
            "falling with the cube of the scale",
            Statement(
                SCALED, at_least_zero(lambda x: e.separation(scaled(x)) - x.sigma**3 * e.separation(x.p)), (CLOSER,)
            ),
            PAIR,
        ),
    ),
    neighbours=(
        Neighbour(
            "ordered pairs",
            Statement(
                SCALED,
                at_least_zero(lambda x: e.separation(scaled(x), "ordered") - e.separation(x.p, "ordered")),
                (CLOSER,),
            ),
        ),
    ),
)


def proportional(x, factor=2):
    """Σ_j ṽ_j·F_j − factor · k Σ_j ṽ_j·p_j, ṽ centred: 0 for every v iff differences obey d(p_i − p_j)/dt = factor · k (p_i − p_j)."""
    steps, force = c.centred(x), separating_force(x.p)
    return ex.total(ex.dot(v, own) for v, own in zip(steps, force, strict=True)) - factor * x.k * ex.total(
        ex.dot(v, row) for v, row in zip(steps, x.p, strict=True)
    )


ONE_PROBE = {"p": [[1], [-1]], "v": [[1], [0]]}
ACTS = Part(
    id="acts-on-close-prototypes",
    says=r"0 \le \sigma \le 1 \Rightarrow \|\nabla L_{\mathrm{sep}}(\sigma P)\| \ge \|\nabla L_{\mathrm{sep}}(P)\|",
    statement=Statement(SCALED, at_least_zero(lambda x: strength(scaled(x)) - strength(x.p)), (CLOSER,)),
    checks=(Certified(candidates=(PAIR, {"p": [[1], [-1]], "sigma": 0})), Property(draw=draw_closer)),
    example=PAIR,
    twins=(
        Twin(
            "at twice the distance half the force",
            Statement(SCALED, at_least_zero(lambda x: x.sigma**2 * strength(scaled(x)) - strength(x.p)), (CLOSER,)),
            PAIR,
        ),
    ),
    neighbours=(
        Neighbour(
            "the far ones feel more",
            Statement(SCALED, at_least_zero(lambda x: strength(x.p) - strength(scaled(x))), (CLOSER,)),
        ),
    ),
    amendment=Amendment(
        Part(
            id="proportional-to-the-distance",
            says=r"\tfrac{d}{dt}(p_i - p_j) = 2k\,(p_i - p_j) \text{ under } L_{\mathrm{sep}}",
            statement=Statement(PROBED, equals_zero(proportional)),
            checks=(Symbolic("ddcl.regularisers:proportional"), Property()),
            example=ONE_PROBE,
            twins=(Twin("at half the rate", Statement(PROBED, equals_zero(lambda x: proportional(x, 1))), ONE_PROBE),),
            neighbours=(Neighbour("doubled", Statement(PROBED, equals_zero(lambda x: 2 * proportional(x)))),),
        ),
        FailingStep(
            "§4.3, after (15)",
            "the square of a distance has a slope that vanishes with the distance: the penalty is highest for close "
            "prototypes, its force is not",
        ),
        "Use a penalty with a range, such as max(0, m − ‖p_i − p_j‖)², if close prototypes are to be pushed; L_sep pushes far ones.",
    ),
)


CLAIM = Claim(
    id="ddcl.regularisers",
    title="What the regularisers prevent",
    source=Source("ddcl", "§4.3, (12)-(15)"),
    says=r"L_{\mathrm{sep}} \text{ acts on prototypes that are too close; } L_{\mathrm{bal}} \text{ and } L_{\mathrm{ent}} "
    r"\text{ prevent trivial solutions}",
    derivation=__doc__,
    uses=("ddcl.theorem4.hypotheses", "ddcl.proposition6"),
    readings=(
        Reading(
            "negative-entropy",
            "L_ent = Σ q log q, the penalised negative entropy; trivial solutions include total collapse of the prototypes",
            (PENALISES, ACTS, *assigned.BALANCE, *assigned.ENTROPY),
            as_printed=True,
        ),
        Reading(
            "other-trivial-solutions",
            "trivial solutions are a single big cluster (for L_bal) and hard assignments (for L_ent) only",
            (assigned.IMBALANCE, assigned.HARD),
        ),
        Reading("entropy", "L_ent = −Σ q log q, against total collapse", (assigned.ENTROPY_SEPARATES,)),
        *(
            Reading(dtype, f"the regularisers of ddcl_core near total collapse in {dtype}", regulariser_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
