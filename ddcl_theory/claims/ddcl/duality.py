"""§3.2: VCL and DCL give the same prototypes under XXᵀ = I; batch normalisation achieves it; they represent the same.

X has the samples as columns, so with samples as rows XXᵀ = I is ZᵀZ = I.  A loss with the gradient g = ∂L/∂P has ∂L/∂W = Z gᵀ, and
a step of gradient descent on W moves P = ZᵀW to P − η ZᵀZ g (rows g_j): under ZᵀZ = I it is the step of a free P.  With W_0 = Z P_0 both
start at P_0, since ZᵀZ P_0 = P_0; so the prototypes agree step for step, for every loss of P while Z stays.  More generally under
ZᵀZ = c I, at the rates η and cη.
- Descent only: a sign-like step, such as the first of Adam, does not commute with Z.
- Batch normalisation gives features of mean 0 and variance 1, a Gram matrix with the diagonal n, not 1, and leaves the
  correlations: two equal features stay equal.  Neither ZᵀZ = I nor ZᵀZ = n I follows; that takes whitening.
- Representation: ZᵀW lies in the span of the samples.  Every P is reached iff rank Z = d, by W = Z (ZᵀZ)⁻¹ P; for n < d never.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
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
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.duality_features import REPRESENTS, UNCORRELATED, UNIT_DIAGONAL
from ddcl_theory.claims.ddcl.duality_steps import SAME_START, SAME_STEP, TURN, UNIT
from ddcl_theory.claims.ddcl.float_rows_native import step_parts
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero, not_zero

SIGNED = Domain((real("z", "n", "d"), real("g", "d")), {"n": (1, 2), "d": (1, 2)})


def signs(values):
    """v/|v|, entry by entry."""
    return [v / ex.sqrt(ex.lift(v) ** 2) for v in values]


def signed_gap(x, norm=1):
    """Zᵀ sign(Zg) − sign(g), for one prototype: the directions of the first Adam steps of both layers."""
    along = signs([ex.dot(s, x.g) for s in x.z])
    return ex.minus(nat.combined(x.z, [[c] for c in along])[0], ex.scaled(norm, signs(x.g)))


NONZERO = Hypothesis(
    "no-zero-slopes",
    r"g_i \ne 0,\ (Zg)_n \ne 0",
    not_zero(lambda x: _product([*x.g, *[ex.dot(s, x.g) for s in x.z]])),
)


def _product(values):
    result = ex.ONE
    for v in values:
        result = result * v
    return result


IDENTITY = Hypothesis(
    "identity",
    "Z = I",
    equals_zero(lambda x: [x.z[n][i] - int(n == i) for n in range(x.n) for i in range(x.d)]),
)
TURNED = {"z": TURN, "g": [1, 1]}
ADAM = Part(
    id="same-step",
    says=r"Z^\top Z = I \Rightarrow \text{the first steps of Adam agree: } Z^\top \operatorname{sign}(Zg) = \operatorname{sign}(g)",
    statement=Statement(SIGNED, equals_zero(signed_gap), (UNIT, NONZERO)),
    checks=(Certified(candidates=(TURNED,)),),
    example=TURNED,
    twins=(
        Twin(
            "half the step for the vanilla layer",
            Statement(SIGNED, equals_zero(lambda x: signed_gap(x, ex.Fraction(1, 2))), (UNIT, NONZERO)),
            witness={"z": [[1]], "g": [1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "samples that are the axes",
            Statement(SIGNED, equals_zero(signed_gap), (UNIT, NONZERO, IDENTITY)),
            example={"z": [[1, 0], [0, 1]], "g": [1, -2]},
        ),
    ),
    amendment=Amendment(
        SAME_STEP,
        breaks=FailingStep(
            "Section 3.2, duality", "the equivalence of the updates needs steps that are linear in the gradient"
        ),
        advice="compare the two layers under plain gradient descent; Adam rescales the coordinates of W, which are samples, "
        "not those of P",
    ),
)

CLAIM = Claim(
    id="ddcl.duality",
    title="Duality of VCL and DCL",
    source=Source("ddcl", "Section 3.2"),
    says=r"\text{VCL and DCL give the same prototypes under } XX^\top = I \text{, which batch normalisation achieves; they are "
    r"equivalent in representation power}",
    derivation=__doc__,
    uses=("ddcl.dcl-subspace",),
    readings=(
        Reading(
            "gradient-descent",
            "plain gradient descent on W and on P, features held",
            (SAME_STEP, SAME_START, UNCORRELATED, UNIT_DIAGONAL, REPRESENTS),
            as_printed=True,
        ),
        Reading("adam", "the same with Adam", (ADAM,)),
        *(
            Reading(dtype, f"a step of the layers of ddcl_core in {dtype}", step_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
