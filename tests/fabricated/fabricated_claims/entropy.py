"""The entropy of a soft assignment does not fall when the temperature rises.

H = −Σ q_j log q_j with log q_j = −d_j/T − log Σ_l e^{−d_l/T}, and dq_j/dT = q_j (d_j − ⟨d⟩)/T².  Since Σ dq_j/dT = 0,
    T³ dH/dT = Σ_j q_j (d_j − ⟨d⟩) d_j = Σ_{i<j} q_i q_j (d_i − d_j)²,
a variance, so that no assumption on the number or the place of the prototypes is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero, positive

DOMAIN = Domain((real("z", "d"), real("p", "k", "d"), temperature("T1"), temperature("T2")), {"k": (1, 4), "d": (1, 2)})
HOTTER = Hypothesis("hotter", r"T_2 > T_1", positive(lambda x: x.T2 - x.T1))


def entropy(x: Any, t: Any) -> Any:
    return -ex.total(w * ex.log(w) for w in a.assignment(x.z, x.p, t))


def entropy_of_inverse(x: Any, t: Any) -> Any:
    return ex.total(w * ex.log(1 / w) for w in a.assignment(x.z, x.p, t))


def grows(value: Callable[[Any, Any], Any], least: Callable[[Any], Any] = lambda x: 0) -> Statement:
    return Statement(DOMAIN, at_least_zero(lambda x: value(x, x.T2) - value(x, x.T1) - least(x)), (HOTTER,))


POINT = {"z": [0], "p": [[0], [1], [2]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}
MONOTONE = Part(
    id="monotone",
    says=r"T_2 > T_1 \Rightarrow H(q(T_2)) \ge H(q(T_1))",
    statement=grows(entropy),
    checks=(Symbolic("fabricated_claims.proofs:entropy_grows"), Property(), Adversarial()),
    example=POINT,
    twins=(Twin("as fast as the temperature", grows(entropy, lambda x: x.T2 - x.T1), POINT),),
    neighbours=(Neighbour("logarithm of the inverse", grows(entropy_of_inverse)),),
)

CLAIM = Claim(
    id="fabricated.entropy",
    title="The entropy of a soft assignment grows with temperature",
    source=Source("fabricated", "2"),
    says=r"T \mapsto H(q(T)) \text{ is non-decreasing}",
    derivation=__doc__,
    readings=(Reading("softmax", "for one sample and any prototypes", (MONOTONE,), as_printed=True),),
)
