"""At fixed assignments the mean loss is strictly convex in the prototypes: every change V ≠ 0 of them bends it upwards.

L(P + V) + L(P − V) − 2 L(P) = (2/n) Σ_n Σ_j q_nj ‖v_j‖² = (2/n) Σ_j N_j ‖v_j‖² with the masses N_j = Σ_n q_nj.  It is
never negative, and it vanishes for a change of prototypes without mass only: an empty cluster may move at no cost.
If no cluster is empty the statement holds.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
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
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import not_zero, positive

VARIABLES = (real("z", "n", "d"), real("p", "k", "d"), simplex("q", "n", "k"), real("v", "k", "d"))
DOMAIN = Domain(VARIABLES, {"n": (2, 2), "k": (2, 3), "d": (1, 1)})


def loss(x: Any, sign: int) -> Any:
    """The mean loss at P + sign V."""
    rows = [ex.plus(p, ex.scaled(sign, v)) for p, v in zip(x.p, x.v, strict=True)]
    return ex.mean(a.quantization(z, rows, q) for z, q in zip(x.z, x.q, strict=True))


def bend(x: Any) -> Any:
    return loss(x, 1) + loss(x, -1) - 2 * loss(x, 0)


def bend_less_half(x: Any) -> Any:
    """The bend less a half of what every prototype would give with the whole mass."""
    return bend(x) - ex.total(ex.norm2(v) for v in x.v) / 2


def bend_of_the_double(x: Any) -> Any:
    return loss(x, 2) + loss(x, -2) - 2 * loss(x, 0)


def bend_with_a_share(x: Any) -> Any:
    return bend(x) + ex.total(ex.norm2(v) for v in x.v)


CHANGE = Hypothesis("change", r"V \ne 0", not_zero(lambda x: [entry for row in x.v for entry in row]))
MASSES = Hypothesis(
    "no-empty-cluster", r"\textstyle\sum_n q_{nj} > 0 \text{ for all } j",
    positive(lambda x: [ex.total(row[j] for row in x.q) for j in range(x.k)]),
)  # fmt: skip
SAYS = r"L(P + V) + L(P - V) > 2 L(P)"


def examples(k: int, d: int) -> tuple[dict[str, Any], str]:
    q = [[f"1/{k}"] * k] * 2
    return {"z": [[0] * d, [1] * d], "p": [[j] * d for j in range(k)], "q": q, "v": [[2] * d] * k}, "1/2"


EXAMPLE = {"z": [[0], [1]], "p": [[0], [1]], "q": [[1, 0], [0, 1]], "v": [[1], [0]]}
TWIN_WITNESS = {"z": [[0], [0]], "p": [[0], [1]], "q": [["1/9", "8/9"]] * 2, "v": [[1], [0]]}
CORRECTED = Part(
    id="strict",
    says=SAYS,
    statement=Statement(DOMAIN, positive(bend), (CHANGE, MASSES)),
    checks=(Property(), Adversarial()),
    example=EXAMPLE,
    twins=(
        Twin("by half of the whole mass", Statement(DOMAIN, positive(bend_less_half), (CHANGE, MASSES)), TWIN_WITNESS),
    ),
    neighbours=(Neighbour("twice the change", Statement(DOMAIN, positive(bend_of_the_double), (CHANGE, MASSES))),),
)
STRICT = Part(
    id="strict",
    says=SAYS,
    statement=Statement(DOMAIN, positive(bend), (CHANGE,)),
    checks=(Property(), Adversarial()),
    example=EXAMPLE,
    twins=(Twin("by half of the whole mass", Statement(DOMAIN, positive(bend_less_half), (CHANGE,)), TWIN_WITNESS),),
    neighbours=(Neighbour("with a share for everyone", Statement(DOMAIN, positive(bend_with_a_share), (CHANGE,))),),
    amendment=Amendment(
        CORRECTED,
        breaks=FailingStep("second line", "a sum of N_j ‖v_j‖² is positive for V ≠ 0 only if every N_j is"),
        advice="add a term that holds prototypes without mass in place, or start them again elsewhere",
        examples=examples,
    ),
)

CLAIM = Claim(
    id="fabricated.convexity",
    title="The loss is strictly convex in the prototypes",
    source=Source("fabricated", "9"),
    says=r"V \ne 0 \Rightarrow " + SAYS,
    derivation=__doc__,
    readings=(Reading("fixed assignments", "for all samples, prototypes and assignments", (STRICT,), as_printed=True),),
)
