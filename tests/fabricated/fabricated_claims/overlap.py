"""The overlap Σ_j q_j³ (1 − q_j) of an assignment is at most 1/8, for every k.

Each term alone can exceed its share: t² (1 − t) reaches 4/27 > 1/8.  Let M = Σ q_j².  Because Σ q = 1,
    Σ_j q_j³ (1 − q_j) = Σ_{i<j} q_i q_j (q_i² + q_j²),    M − q_i² − q_j² = Σ_{l ≠ i, j} q_l²,    2 Σ_{i<j} q_i q_j = 1 − M,
hence 1/8 − overlap = Σ_{i<j} Σ_{l ≠ i, j} q_i q_j q_l² + (1/8) (2M − 1)², which vanishes at (1/2, 1/2, 0, …, 0) only.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.domain import Domain, simplex
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((simplex("q", "k"),), {"k": (1, 6)})


def overlap(x: Any) -> Any:
    return ex.total(w**3 * (1 - w) for w in x.q)


def overlap_of_pairs(x: Any) -> Any:
    return ex.total(x.q[i] * x.q[j] * (x.q[i] ** 2 + x.q[j] ** 2) for i in range(x.k) for j in range(i + 1, x.k))


def below(bound: Fraction, value: Any) -> Statement:
    return Statement(DOMAIN, at_least_zero(lambda x: bound - value(x)))


EIGHTH = Fraction(1, 8)
BOUND = Part(
    id="bound",
    says=r"\textstyle\sum_j q_j^3 (1 - q_j) \le \tfrac18",
    statement=below(EIGHTH, overlap),
    checks=(Symbolic("fabricated_claims.proofs:overlap"), Property(), Adversarial()),
    example={"q": ["1/2", "1/4", "1/4"]},
    twins=(Twin("at most 31/250", below(Fraction(31, 250), overlap), {"q": ["1/2", "1/2"]}),),
    neighbours=(Neighbour("summed over pairs", below(EIGHTH, overlap_of_pairs)),),
)

CLAIM = Claim(
    id="fabricated.overlap",
    title="The overlap of an assignment is at most an eighth",
    source=Source("fabricated", "1"),
    says=r"q \in \Delta \Rightarrow \textstyle\sum_j q_j^3 (1 - q_j) \le \tfrac18",
    derivation=__doc__,
    readings=(Reading("simplex", "for every assignment", (BOUND,), as_printed=True),),
)
