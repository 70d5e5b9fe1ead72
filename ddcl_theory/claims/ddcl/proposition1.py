"""Proposition 1: the soft assignment is the unique minimiser of F(r) = Σ r_j d_j + T Σ r_j log r_j on Δ, and its limits.

With q_j = e^{−d_j/T}/M, log q_j = −d_j/T − log M, so for every r in Δ
    F(r) − F(q) = T Σ_j r_j log(r_j/q_j) = T Σ_j q_j f(x_j),   x_j = r_j/q_j,  f(x) = x log x − x + 1 ≥ 0,
because Σ q_j (x_j − 1) = 0.  f vanishes at 1 only and f(0) = 1: entries r_j = 0 are covered, with 0 log 0 = 0, and equality
means r = q.  The paper's stationarity condition alone says nothing about the faces, where the slope of r log r is −∞.
An r with zero entries is written as its active part; the inactive prototypes o only enter q.

Limits: relative to the nearest prototype every farther one has a weight that tends to 0 as T → 0, and ties keep theirs:
q tends to the uniform assignment on the set of nearest prototypes, which is e_{j*} only if the nearest is unique.  As
T → ∞ all weights tend to 1.

If (8) divides by 2T, q minimises Σ r_j d_j + 2T Σ r_j log r_j: (24) then needs 2T, or ½ d.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
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
from ddcl_theory.claims.ddcl.corollary2 import COLD, HOT, UNIQUE
from ddcl_theory.claims.ddcl.float_rows_assignment import entropic_parts
from ddcl_theory.domain import Domain, Variable, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, one_of, positive

SIZES = {"s": (1, 3), "e": (0, 1), "d": (1, 2)}
ROWS = (real("z", "d"), real("p", "s", "d"), real("o", "e", "d"))
FACE = Domain((*ROWS, simplex("r", "s"), temperature("T")), SIZES)
TIED = Domain((*ROWS, Variable("T", "cold")), {"s": (2, 3), "e": (1, 2), "d": (1, 2)})
ACTIVE = Hypothesis("active", r"r_j > 0 \text{ on the support}", positive(lambda x: x.r))
EXAMPLE = {"z": [0], "p": [[0], [1]], "o": [[2]], "r": ["1/2", "1/2"], "T": 1}
OFF = {"z": [0], "p": [[0], [1]], "o": [], "r": ["1/2", "1/2"], "T": 1}


def shares(x, factor=1):
    """The soft assignment to p and o, exponents factor · d/T."""
    return ex.softmax([factor * d for d in a.distances(x.z, [*x.p, *x.o])], x.T)


def functional(x, r, rows, weight=1):
    """Σ r_j d_j + weight · T Σ r_j log r_j (24), for r > 0."""
    entropy = ex.total(ex.lift(w) * ex.log(w) for w in r)
    return ex.dot(r, a.distances(x.z, rows)) + weight * x.T * entropy


def excess(x, factor=1, weight=1):
    """F(r) − F(q(T))."""
    return functional(x, x.r, x.p, weight) - functional(x, shares(x, factor), [*x.p, *x.o], weight)


def divergence(x, factor=1):
    """T Σ r_j log(r_j/q_j)."""
    q = shares(x, factor)[: len(x.p)]
    return x.T * ex.total(w * (ex.log(w) - ex.log(share)) for w, share in zip(x.r, q, strict=True))


def difference(x, factor=1):
    """r − q on all prototypes."""
    q = shares(x, factor)
    return [*ex.minus(x.r, q[: len(x.p)]), *q[len(x.p) :]]


def unique(value, factor=1):
    return one_of(equals_zero(lambda x: difference(x, factor)), positive(value))


def _minimum(factor=1, weight=1):
    """The two parts about the minimum for exponents factor · d/T and the functional with weight · T."""
    printed = r"\textstyle\sum_j q_j d_j + " + ("" if weight == 1 else str(weight)) + r"T \sum_j q_j \log q_j"

    near = {**OFF, "r": ["7/10", "3/10"] if factor == 1 else ["3/5", "2/5"]}

    def part(identifier, says, relation, proof, more=()):
        def value(w):
            return lambda x: excess(x, factor, w)

        return Part(
            id=identifier,
            says=says + printed,
            statement=Statement(FACE, relation(value(weight)), (ACTIVE,)),
            checks=(Symbolic(proof), Property(also=(near,)), *more),
            example=EXAMPLE,
            twins=(
                Twin(
                    "a quarter more entropy",
                    Statement(FACE, relation(value(weight * ex.Fraction(5, 4))), (ACTIVE,)),
                    witness=near,
                ),
            ),
            neighbours=(
                Neighbour(
                    "as a divergence",
                    Statement(FACE, relation(lambda x: weight * divergence(x, factor)), (ACTIVE,)),
                ),
            ),
        )

    proof = "ddcl.proposition1:" + ("halved_" if factor != 1 else "")
    return (
        part(
            "minimiser",
            r"q(T) \text{ minimises } ",
            at_least_zero,
            f"{proof}minimiser",
            (Ablation(f"{proof}minimiser", only=("r-sums-to-one",)),),
        ),
        part(
            "unique",
            r"q(T) \text{ is the only minimiser of } ",
            lambda value: unique(value, factor),
            f"{proof}unique",
        ),
    )


HALF = ex.Fraction(1, 2)
AMENDED = _minimum(HALF, 2)[0]
PRINTED_HALF = Part(
    id="minimiser",
    says=r"q(T) \text{ minimises } \textstyle\sum_j q_j d_j + T \sum_j q_j \log q_j",
    statement=Statement(FACE, at_least_zero(lambda x: excess(x, HALF)), (ACTIVE,)),
    checks=(Certified(candidates=({**OFF, "r": ["18/25", "7/25"]},)), Property()),
    example=EXAMPLE,
    twins=(
        Twin(
            "half as much entropy",
            Statement(FACE, at_least_zero(lambda x: excess(x, HALF, HALF)), (ACTIVE,)),
            witness={**OFF, "r": ["18/25", "7/25"]},
        ),
    ),
    neighbours=(
        Neighbour(
            "with 2T",
            Statement(FACE, at_least_zero(lambda x: excess(x, HALF, 2)), (ACTIVE,)),
        ),
    ),
    amendment=Amendment(
        AMENDED,
        breaks=FailingStep(
            "Appendix B, proof of Proposition 1",
            "with exponents d/(2T) the stationarity condition of (24) is met at the exponents d/T, another assignment",
        ),
        advice="weigh the entropy by the number that the exponents divide by: T for d/T, 2T for d/(2T)",
    ),
)

FIRST = Hypothesis(
    "first-is-nearest",
    r"d_1 \le d_j",
    at_least_zero(lambda x: [dj - a.distances(x.z, x.p)[0] for dj in a.distances(x.z, x.p)[1:]]),
)


def from_vertex(x):
    """q(T) − e_1."""
    q = a.assignment(x.z, x.p, x.T)
    return [q[0] - 1, *q[1:]]


def from_uniform(x):
    """k q(T) − 1."""
    return [x.k * w - 1 for w in a.assignment(x.z, x.p, x.T)]


def products(x):
    """q_i q_j for i < j, all zero exactly at a vertex."""
    q = a.assignment(x.z, x.p, x.T)
    return [q[i] * q[j] for i in range(x.k) for j in range(i + 1, x.k)]


COLD_EXAMPLE = {"z": [0], "p": [[0], [1]], "T": {"s": 0}}


def _vertex(given, checks, amendment=None):
    return Part(
        id="cold",
        says=r"\lim_{T \to 0} q(T) = e_{j^*},\ j^* = 1 \text{ a nearest prototype}",
        statement=Statement(COLD, equals_zero(from_vertex), given),
        checks=checks,
        example=COLD_EXAMPLE,
        twins=(
            Twin(
                "the second prototype keeps a share",
                Statement(COLD, equals_zero(lambda x: [2 * w - 1 for w in a.assignment(x.z, x.p, x.T)[:2]]), given),
                witness=COLD_EXAMPLE,
            ),
        ),
        neighbours=(
            Neighbour(
                "some vertex, the nearest being unique",
                Statement(COLD, equals_zero(products), (FIRST, UNIQUE)),
            ),
        ),
        amendment=amendment,
    )


COLD_LIMIT = _vertex(
    (FIRST,),
    (Certified(candidates=({"z": [0], "p": [[1], [-1]], "T": {"s": 0}},)), Property()),
    Amendment(
        _vertex(
            (FIRST, UNIQUE),
            (
                Symbolic("ddcl.proposition1:vertex"),
                Property(),
                Ablation("ddcl.proposition1:vertex", only=("unique-nearest",)),
            ),
        ),
        breaks=FailingStep(
            "Appendix B, proof of Proposition 1",
            "mass concentrates on the set of nearest prototypes; where it has several elements they share it for every T",
        ),
        advice="do not expect hard assignments at ties, coincident prototypes above all: annealing never decides them",
        examples=lambda k, d: ({"z": [0] * d, "p": [[j] + [0] * (d - 1) for j in range(k)], "T": {"s": 0}}, "1/20"),
    ),
)
HOT_LIMIT = Part(
    id="hot",
    says=r"\lim_{T \to \infty} q(T) = \tfrac1k \mathbf 1",
    statement=Statement(HOT, equals_zero(from_uniform)),
    checks=(Symbolic("ddcl.proposition1:uniform"), Property()),
    example={"z": [0], "p": [[0], [1]], "T": {"s": 1}},
    twins=(
        Twin(
            "one share in k + 1",
            Statement(HOT, equals_zero(lambda x: [(x.k + 1) * w - 1 for w in a.assignment(x.z, x.p, x.T)])),
            witness={"z": [0], "p": [[0], [1]], "T": {"s": 1}},
        ),
    ),
    neighbours=(
        Neighbour(
            "the shares agree",
            Statement(
                HOT, equals_zero(lambda x: [w - a.assignment(x.z, x.p, x.T)[0] for w in a.assignment(x.z, x.p, x.T)])
            ),
        ),
    ),
)

EQUAL = Hypothesis(
    "tied",
    r"\|z - p_i\| = \|z - p_1\|",
    equals_zero(lambda x: ex.minus(a.distances(x.z, x.p)[1:], [_nearest(x)] * (x.s - 1))),
)
FARTHER = Hypothesis(
    "farther",
    r"\|z - o_l\| > \|z - p_1\|",
    positive(lambda x: [d - _nearest(x) for d in a.distances(x.z, x.o)]),
    breaks=({"z": [0], "p": [[1], [-1]], "o": [[0]], "T": {"s": 0}},),
)


def _nearest(x):
    return a.distances(x.z, x.p)[0]


def from_face(x, count=lambda s: s):
    """count(s) q − 1 on the tied prototypes and q on the others."""
    q = shares(x)
    return [*[count(x.s) * w - 1 for w in q[: x.s]], *q[x.s :]]


TIED_EXAMPLE = {"z": [0], "p": [[1], [-1]], "o": [[2]], "T": {"s": 0}}
TIES = Part(
    id="cold",
    says=r"\lim_{T \to 0} q(T) \text{ is uniform on the } s \text{ nearest prototypes}",
    statement=Statement(TIED, equals_zero(from_face), (EQUAL, FARTHER)),
    checks=(
        Symbolic("ddcl.proposition1:tied"),
        Certified(candidates=(TIED_EXAMPLE, {"z": [0, 0], "p": [[1, 0], [0, 1], [0, -1]], "o": [], "T": {"s": 0}})),
        Ablation("ddcl.proposition1:tied", only=("farther",)),
    ),
    example=TIED_EXAMPLE,
    twins=(
        Twin(
            "uniform on one more",
            Statement(TIED, equals_zero(lambda x: from_face(x, lambda s: s + 1)), (EQUAL, FARTHER)),
            witness=TIED_EXAMPLE,
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(TIED, equals_zero(lambda x: [3 * e for e in from_face(x)]), (EQUAL, FARTHER))),
    ),
)

CLAIM = Claim(
    id="ddcl.proposition1",
    title="The soft assignment minimises the entropic functional",
    source=Source("ddcl", "Proposition 1, (24), Appendix B"),
    says=r"q(T) = \operatorname{argmin}_{q \in \Delta} \textstyle\sum_j q_j d_j + T \sum_j q_j \log q_j,\ "
    r"\lim_{T \to 0} q = e_{j^*},\ \lim_{T \to \infty} q = \tfrac1k \mathbf 1",
    derivation=__doc__,
    readings=(
        Reading("softmax", "exponents d/T, as in (8)", (*_minimum(), COLD_LIMIT, HOT_LIMIT), as_printed=True),
        Reading(
            "halved",
            "exponents d/(2T), with T before the entropy as in (24); the limits are those of the first reading",
            (PRINTED_HALF,),
        ),
        Reading("doubled", "exponents d/(2T), with 2T before the entropy", _minimum(HALF, 2)),
        Reading("ties", "what takes the place of the vertex e_{j*} where several prototypes are nearest", (TIES,)),
        *(
            Reading(dtype, f"the soft assignment and the free energy of ddcl_core in {dtype}", entropic_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
