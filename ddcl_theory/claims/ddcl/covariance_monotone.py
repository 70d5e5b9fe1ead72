"""Appendices B and D: S_q does not decrease in T, and its eigenvalues grow as q becomes more uniform.

From dq_j/dT = q_j (d_j − ⟨d⟩)/T²,   T² d(vᵀS_q v)/dT = Cov_q((v_j − ⟨v⟩)², d).

Trace: T² d tr S_q/dT = −2 Cov_q(q, d) = 2 Σ_{i<j} q_i q_j (q_i − q_j)(d_j − d_i) ≥ 0, because q falls as d grows.

Loewner order: S_jj = q_j (1 − q_j) falls wherever q_j < ½ falls.  For k ≥ 3 the largest share tends to 1/k < ½, and it falls
all the way unless all distances are equal: at high temperatures S_q is never monotone.  With d = (0, 1, 1), S_11 falls from
1/4 at e^{−1/T} = 1/2 to 6/25 at 3/4.

Norms: d = (0, 0, 1) gives q ∝ (1, 1, s) and the eigenvalues 1/(2+s) ≥ 3s/(2+s)²: the operator norm falls for all T, from
1/2 to 1/3; the Frobenius norm falls from 1/2 too, and ends at √2/3.  Near-ties behave alike by continuity.

k = 2: S_q = q_1 q_2 (1, −1)ᵀ(1, −1) is a multiple of one matrix, and everything grows with its trace.

More uniform: q majorised by r, that is, reached from r by steps that average two entries.  Such a step lowers ‖q‖² by
2t(1−t)(q_1 − q_2)², so the sum of the eigenvalues grows; the largest falls from (1/2, 0, 1/2) to (1/4, 1/4, 1/2), from 1/2
to 3/8, and ‖S_q‖_F² from 1/4 to 13/64.

A norm does not decrease iff every bound on it at T_2 is one at T_1; this says it without eigenvalues, c I − S_q ⪰ 0 being
the signs of the principal minors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.corollary2 import HOTTER
from ddcl_theory.claims.ddcl.float_rows_assignment import trace_parts
from ddcl_theory.claims.ddcl.force import principal_minors
from ddcl_theory.claims.ddcl.theorem1_gap import moderate
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero

HEATED = (real("z", "d"), real("p", "k", "d"), temperature("T1"), temperature("T2"))
MIXED = (simplex("q", "k"), real("t"))
VECTOR = {"trace": (), "frobenius": (), "loewner": (real("v", "k"),), "operator": (real("v", "k"), real("c"))}
MANY = {"T": {"k": (2, 3), "d": (1, 2)}, "t": {"k": (2, 3)}}
TWO = {"T": {"k": (2, 2), "d": (1, 2)}, "t": {"k": (2, 2)}}


def before(x):
    """The harder assignment: q(T_1), or q itself."""
    return x.q if hasattr(x, "q") else a.assignment(x.z, x.p, x.T1)


def after(x):
    """The softer assignment: q(T_2), or q with the part t of two entries exchanged."""
    return u.averaged(x.q, x.t) if hasattr(x, "q") else a.assignment(x.z, x.p, x.T2)


def growth(of):
    return lambda x: of(after(x), x) - of(before(x), x)


def slack(x, factor=1):
    """c ‖v‖² − factor · vᵀ S v at the harder assignment."""
    return x.c * ex.norm2(x.v) - factor * u.moments(before(x), x.v)


def first_entry(q, x):
    return q[0] * (1 - q[0])


#: What does not decrease, for each measure: the conclusion, then a false and a true variation.
VALUES = {
    "trace": (
        growth(lambda q, x: u.trace_of(q)),
        ("the first diagonal entry", growth(first_entry)),
        ("products of pairs", growth(lambda q, x: ex.total(q[i] * q[j] for j in range(x.k) for i in range(j)))),
    ),
    "frobenius": (
        growth(lambda q, x: u.frobenius2(u.covariance(q))),
        ("the first diagonal entry", growth(first_entry)),
        ("the trace", growth(lambda q, x: u.trace_of(q))),
    ),
    "loewner": (
        growth(lambda q, x: u.moments(q, x.v)),
        (
            "half as much again",
            lambda x: u.moments(after(x), x.v) - ex.Fraction(3, 2) * u.moments(before(x), x.v),
        ),
        ("the trace", growth(lambda q, x: u.trace_of(q))),
    ),
    "operator": (
        slack,
        ("half as much again", lambda x: slack(x, ex.Fraction(3, 2))),
        ("the trace against k − 1 bounds", lambda x: (x.k - 1) * x.c - u.trace_of(before(x))),
    ),
}
#: True variations of what does not decrease for two prototypes.
FOR_TWO = {
    "frobenius": ("the squared trace", growth(lambda q, x: u.trace_of(q) ** 2)),
    "loewner": ("from the matrix", growth(lambda q, x: u.quadratic(u.covariance(q), x.v))),
    "operator": (
        "from the matrix",
        lambda x: x.c * ex.norm2(x.v) - u.quadratic(u.covariance(before(x)), x.v),
    ),
}
BOUND = Hypothesis(
    "bound",
    r"c I - S \succeq 0 \text{ at the softer assignment}",
    at_least_zero(lambda x: principal_minors(u.below(x.c, u.covariance(after(x))))),
)
SHARE = Hypothesis("share", r"0 \le t \le 1", at_least_zero(lambda x: [x.t, 1 - x.t]))


@dataclass(frozen=True)
class Path:
    """How the assignment becomes softer: by temperature (T) or by averaging two entries (t).

    witness: a point at which each measure falls.  pair: a point with two prototypes, at which the false variations fail.
    """

    key: str
    variables: tuple[Any, ...]
    given: Hypothesis
    says: str
    pair: dict[str, Any]

    def statement(self, measure, value, sizes):
        given = (self.given, BOUND) if measure == "operator" else (self.given,)
        return Statement(Domain((*self.variables, *VECTOR[measure]), sizes[self.key]), at_least_zero(value), given)


BY_TEMPERATURE = Path(
    "T", HEATED, HOTTER, r"T_2 > T_1 \Rightarrow ", {"z": [0], "p": [[0], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}
)
BY_AVERAGE = Path("t", MIXED, SHARE, r"q \mapsto \text{more uniform} \Rightarrow ", {"q": ["2/3", "1/3"], "t": "1/9"})
SAYS = {
    "trace": r"\operatorname{tr} S_q \text{ does not fall}",
    "frobenius": r"\|S_q\|_F \text{ does not fall}",
    "loewner": r"S_q \text{ does not fall in the Loewner order}",
    "operator": r"\|S_q\|_2 \text{ does not fall}",
}
FALLS = {"z": [0], "p": [[0], [1], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}
TIE = {"z": [0], "p": [[0], [0], [1]], "T1": {"s": "1/4"}, "T2": {"s": "1/2"}}
MERGED = {"q": ["1/2", 0, "1/2"], "t": "1/2"}
WITNESSES = {
    ("loewner", "T"): {**FALLS, "v": [1, 0, 0]},
    ("operator", "T"): {**TIE, "v": [1, -1, 0], "c": "2/5"},
    ("frobenius", "T"): TIE,
    ("loewner", "t"): {**MERGED, "v": [1, 0, 0]},
    ("operator", "t"): {**MERGED, "v": [1, 0, -1], "c": "3/8"},
    ("frobenius", "t"): MERGED,
}
VARIED = {"trace": {"T": FALLS, "t": MERGED}, "frobenius": {"T": FALLS, "t": MERGED}}
EXTRA = {"trace": {}, "frobenius": {}, "loewner": {"v": [1, 0]}, "operator": {"v": [1, -1], "c": "1/2"}}
#: The norm at the softer of the two assignments of the pair, so that half as much again exceeds it.
TIGHT = {"T": "24/49", "t": ex.Fraction(2) * ex.Fraction(17, 27) * ex.Fraction(10, 27)}


def _false_point(path, measure):
    """Where the false variation fails."""
    if measure in VARIED:
        return VARIED[measure][path.key]
    return {**path.pair, **EXTRA[measure], **({"c": TIGHT[path.key]} if measure == "operator" else {})}


def _part(path, measure, sizes, checks, amendment=None):
    value, (false, wrong), (true, right) = VALUES[measure]
    witness = _false_point(path, measure)
    two = sizes is TWO
    if two:
        true, right = FOR_TWO[measure]
    if two and measure == "frobenius":
        # With two prototypes the first entry grows as well: a false variation of its own.
        false, wrong = "half as much again", _half_again
        witness = path.pair
    return Part(
        id="monotone" if path.key == "T" else "uniform",
        says=path.says + SAYS[measure] + (r",\ k = 2" if two else ""),
        statement=path.statement(measure, value, sizes),
        checks=checks(witness),
        example={**path.pair, **EXTRA[measure]},
        twins=(Twin(false, path.statement(measure, wrong, sizes), witness=witness),),
        neighbours=(Neighbour(true, path.statement(measure, right, sizes)),),
        amendment=amendment,
    )


def _half_again(x):
    """‖S‖_F² at the softer assignment less 3/2 of it at the harder one."""
    return u.frobenius2(u.covariance(after(x))) - ex.Fraction(3, 2) * u.frobenius2(u.covariance(before(x)))


def _two(path, measure):
    proof = f"ddcl.covariance_monotone:two_{measure}"
    return _part(path, measure, TWO, lambda w: (Symbolic(proof), Property(also=(w,))))


def spread_slope(x):
    """T² d(vᵀS_q v)/dT, q the softmax."""
    d = a.distances(x.z, x.p)
    return x.T**2 * ex.differentiate(u.moments(ex.softmax(d, x.T, anchor=d[0]), x.v), x.T)


def third_moment(x):
    """Cov_q((v_j − ⟨v⟩)², d)."""
    d = a.distances(x.z, x.p)
    q = ex.softmax(d, x.T, anchor=d[0])
    squares = [(c - ex.dot(q, x.v)) ** 2 for c in x.v]
    return ex.total(w * s * e for w, s, e in zip(q, squares, d, strict=True)) - ex.dot(q, squares) * ex.dot(q, d)


def draw_along(sizes, cases, generator):
    import torch

    batch = moderate(sizes, cases, generator)
    return {**batch, "v": torch.randn((cases, sizes["k"]), generator=generator, dtype=torch.float64)}


ALONG = Domain((real("z", "d"), real("p", "k", "d"), temperature("T"), real("v", "k")), MANY["T"])
AT = {"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}, "v": [1, 0]}
RATE = Part(
    id="rate",
    says=r"T^2\,\tfrac{d}{dT}\, v^\top S_q v = \mathrm{Cov}_q((v - \langle v \rangle)^2, d)",
    statement=Statement(ALONG, equals_zero(lambda x: spread_slope(x) - third_moment(x))),
    checks=(Symbolic("ddcl.covariance_monotone:rate"), Property(also=(AT,), draw=draw_along)),
    example=AT,
    twins=(
        Twin(
            "twice as fast", Statement(ALONG, equals_zero(lambda x: spread_slope(x) - 2 * third_moment(x))), witness=AT
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(ALONG, equals_zero(lambda x: 3 * spread_slope(x) - 3 * third_moment(x)))),
    ),
)
STEP = {
    "loewner": "'more uniform' is taken for 'larger'; an entry q_j (1 − q_j) falls wherever a share below ½ falls",
    "operator": "the largest eigenvalue lies between the two largest shares, and both may fall as q becomes more uniform",
    "frobenius": "the sum of the eigenvalues grows with uncertainty, the sum of their squares need not",
}
ADVICE = {
    "loewner": "use tr S_q = 1 − ‖q‖² as the measure of uncertainty: it alone grows with T for every k; the variance along "
    "a given v grows while Cov_q((v − ⟨v⟩)², d) ≥ 0, which can be monitored",
    "operator": "use the trace in place of the norm; with two prototypes both agree",
    "frobenius": "use the trace in place of the norm; with two prototypes both agree",
}


def _refuted(path, measure):
    at = WITNESSES[measure, path.key]
    amended = RATE if (measure, path.key) == ("loewner", "T") else _two(path, measure)
    return _part(
        path,
        measure,
        MANY,
        lambda w: (Certified(candidates=(at,)), Property(also=(at, w))),
        Amendment(amended, breaks=FailingStep("Appendices B and D", STEP[measure]), advice=ADVICE[measure]),
    )


def _proved(path, dropped):
    proof = f"ddcl.covariance_monotone:trace_{path.key}"
    return _part(
        path,
        "trace",
        MANY,
        lambda w: (Symbolic(proof), Property(also=(w,)), Ablation(proof, only=(dropped,))),
    )


CLAIM = Claim(
    id="ddcl.covariance.monotone",
    title="Does the assignment covariance grow with temperature?",
    source=Source("ddcl", "§5.4 and Appendices B and D"),
    says=r"S_{q(T)} \text{ is non-decreasing in } T;\text{ its eigenvalues grow as } q \text{ becomes more uniform}",
    derivation=__doc__,
    uses=("ddcl.covariance",),
    readings=(
        Reading(
            "loewner",
            "vᵀS_q v does not decrease for any v, so that every eigenvalue grows",
            (_refuted(BY_TEMPERATURE, "loewner"), _refuted(BY_AVERAGE, "loewner")),
            as_printed=True,
        ),
        Reading(
            "operator",
            "the largest eigenvalue",
            (_refuted(BY_TEMPERATURE, "operator"), _refuted(BY_AVERAGE, "operator")),
        ),
        Reading(
            "frobenius",
            "the root of the sum of the squared eigenvalues",
            (_refuted(BY_TEMPERATURE, "frobenius"), _refuted(BY_AVERAGE, "frobenius")),
        ),
        Reading(
            "trace",
            "the sum of the eigenvalues",
            (_proved(BY_TEMPERATURE, "hotter"), _proved(BY_AVERAGE, "share")),
        ),
        Reading(
            "two",
            "two prototypes, Loewner order, which includes all norms",
            (_two(BY_TEMPERATURE, "loewner"), _two(BY_AVERAGE, "loewner")),
        ),
        *(
            Reading(dtype, f"the trace that ddcl_core computes in {dtype}", trace_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
