"""The soft mixture Pq of a sample is nearest to the prototype that is nearest to the sample.

With two prototypes it is: the nearer one has the larger weight, and ‖m − p_1‖/‖m − p_2‖ = q_2/q_1.  With three, two far
prototypes that lie close together outvote the near one once the temperature is high enough, and the mixture moves to
their side although each of them weighs less.  What survives for every k is that the weights keep the order.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 5), "d": (1, 3)})


def beyond_the_first(values: Any) -> list[Any]:
    return [v - values[0] for v in values[1:]]


def distances_from_mixture(x: Any) -> Any:
    m = a.mixture(x.p, a.assignment(x.z, x.p, x.T))
    return [ex.norm2(ex.minus(row, m)) for row in x.p]


def weights_below_the_first(x: Any) -> list[Any]:
    q = a.assignment(x.z, x.p, x.T)
    return [q[0] - w for w in q[1:]]


def nearer_than_the_nearest(x: Any) -> Any:
    return a.distances(x.z, x.p)[0] - a.ols(x.z, x.p, a.assignment(x.z, x.p, x.T))


NEAREST = Hypothesis(
    "nearest",
    r"\|z - p_1\| \le \|z - p_j\| \text{ for all } j",
    at_least_zero(lambda x: beyond_the_first(a.distances(x.z, x.p))),
)
SAME = Part(
    id="same",
    says=r"\|Pq - p_1\| \le \|Pq - p_j\| \text{ for all } j",
    statement=Statement(DOMAIN, at_least_zero(lambda x: beyond_the_first(distances_from_mixture(x))), (NEAREST,)),
    checks=(Property(), Adversarial()),
    example={"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}},
    twins=(
        Twin("nearer than any prototype", Statement(DOMAIN, at_least_zero(nearer_than_the_nearest), (NEAREST,)),
             {"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}}),
    ),
    neighbours=(Neighbour("the largest weight", Statement(DOMAIN, at_least_zero(weights_below_the_first), (NEAREST,))),),
)  # fmt: skip

CLAIM = Claim(
    id="fabricated.mixture",
    title="The mixture and the sample have the same nearest prototype",
    source=Source("fabricated", "6"),
    says=r"\|z - p_1\| \le \|z - p_j\| \Rightarrow \|Pq - p_1\| \le \|Pq - p_j\|",
    derivation=__doc__,
    readings=(Reading("softmax", "for the softmax assignment at any temperature", (SAME,), as_printed=True),),
)
