"""Of two points, the one with the smaller loss Σ_i q_i ‖p_i − ·‖² is the one nearer to the mixture Pq.

Σ_i q_i ‖p_i − a‖² = ‖Pq − a‖² + V with a V that does not depend on a; the two differences are the same number.  So to
choose among candidates it is enough to know the mixture, whatever the prototypes around it.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((real("p", "k", "d"), simplex("q", "k"), real("a", "d"), real("b", "d")), {"k": (1, 5), "d": (1, 3)})


def better(x: Any) -> Any:
    """How much larger the loss of b is than that of a."""
    return a.quantization(x.b, x.p, x.q) - a.quantization(x.a, x.p, x.q)


def nearer(x: Any) -> Any:
    """How much farther b is from the mixture than a."""
    return a.ols(x.b, x.p, x.q) - a.ols(x.a, x.p, x.q)


def nearer_to_the_plain_mean(x: Any) -> Any:
    uniform = [ex.lift(1) / x.k] * x.k
    return a.ols(x.b, x.p, uniform) - a.ols(x.a, x.p, uniform)


def nearer_after_a_shift(x: Any) -> Any:
    rows = [ex.plus(row, x.a) for row in x.p]
    return a.ols(ex.plus(x.b, x.a), rows, x.q) - a.ols(ex.scaled(2, x.a), rows, x.q)


SMALLER = Hypothesis(
    "smaller-loss", r"\textstyle\sum_i q_i \|p_i - a\|^2 \le \textstyle\sum_i q_i \|p_i - b\|^2", at_least_zero(better)
)
NEARER = Part(
    id="nearer",
    says=r"\|Pq - a\| \le \|Pq - b\|",
    statement=Statement(DOMAIN, at_least_zero(nearer), (SMALLER,)),
    checks=(Symbolic("fabricated_claims.proofs:smaller_loss_is_nearer"), Property(), Adversarial()),
    example={"p": [[0], [4]], "q": ["3/4", "1/4"], "a": [1], "b": [3]},
    twins=(
        Twin("to the plain mean", Statement(DOMAIN, at_least_zero(nearer_to_the_plain_mean), (SMALLER,)),
             {"p": [[0], [2]], "q": [1, 0], "a": [0], "b": [1]}),
    ),
    neighbours=(Neighbour("all points shifted", Statement(DOMAIN, at_least_zero(nearer_after_a_shift), (SMALLER,))),),
)  # fmt: skip

CLAIM = Claim(
    id="fabricated.candidates",
    title="The candidate with the smaller loss is nearer to the mixture",
    source=Source("fabricated", "4"),
    says=r"\textstyle\sum_i q_i \|p_i - a\|^2 \le \textstyle\sum_i q_i \|p_i - b\|^2 \Rightarrow \|Pq - a\| \le \|Pq - b\|",
    derivation=__doc__,
    readings=(Reading("simplex", "for every assignment and any two points", (NEARER,), as_printed=True),),
)
