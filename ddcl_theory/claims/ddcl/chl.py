"""§3.2: a small ‖E‖ leaves only links between mutually nearest prototypes; the components of the graph are the clusters.

E_ij counts the samples whose two winners are i and j, so every sample makes one link and Σ_{i<j} E_ij = n whatever P is.

Mutually nearest.  No: a sample links its two nearest prototypes, whatever lies near those.  One sample is enough, since ‖E‖
is then the same for all P: z = 0, p = (0, 2, 3) links 2 with 1, and 3 is nearer to 2.  It is no matter of ‖E‖ alone:
z = p = (0, 2, 5) has quantisation error 0 and, on a line, the least ‖E‖, so that it minimises (5) for every λ ≥ 0, and
5 is linked with 2.  Only the other direction holds: if a and b are mutually nearest, then seen from their midpoint m any
other c is at least √3 times as far, because
    ‖c − m‖² − 3‖a − m‖² = ½(‖c − a‖² − ‖a − b‖²) + ½(‖c − b‖² − ‖a − b‖²) ≥ 0,
so that a sample near m links them; equality at an equilateral triangle.

Sparse.  Counts with a fixed sum have the least norm when they are spread evenly over all pairs: the norm of counts favours
many links.  By Cauchy and Schwarz n² ≤ (number of links) · Σ_{i<j} E_ij².  What grows with the links is the norm of the 0/1
matrix, ‖A‖² = 2 · (number of links).

Gradient.  If ‖z − b‖ − ‖z − a‖ > ‖u‖ + ‖v‖, then b + v is still farther from z than a + u, by the triangle inequality.
So the order of the prototypes, and with it E, is constant near every P without ties: the gradient of ‖E‖ is zero there.

Components.  A sample whose cluster has one prototype has its second winner in another cluster: p = (0, 1), z = 0.  With two
prototypes in the cluster, all others farther from the sample than these two, both winners are in it.
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
from ddcl_theory.claims.ddcl import links as l
from ddcl_theory.claims.ddcl.chl_clusters import COMPONENTS, PLACE
from ddcl_theory.claims.ddcl.chl_moves import FLAT
from ddcl_theory.claims.ddcl.float_rows_topology import topology_parts
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero

SIZES = {"n": (1, 3), "k": (3, 4), "d": (1, 2)}
DOMAIN = Domain((real("z", "n", "d"), real("p", "k", "d")), SIZES)
LINE = Domain(DOMAIN.variables, {**SIZES, "d": (1, 1)})
TWO = Domain((*DOMAIN.variables, real("r", "k", "d")), {"n": (1, 3), "k": (3, 4), "d": (1, 1)})
SINGLE = {"z": [[0]], "p": [[0], [2], [3]]}
TRIANGLE = {"z": [[2, 0], ["1/2", "3/2"], ["5/2", "3/2"]], "p": [[0, 0], [4, 0], [1, 3]]}
SPACED = {"z": [[0], [2], [5]], "p": [[0], [2], [5]]}
SPREAD = {"z": [[1], [4]], "p": [[0], [2], [5]], "r": [[0], [5], [20]]}
MATRIX = {"counts": l.counts, "links": l.adjacency}


def nearest_to_each_other(x, matrix=l.counts, sign=1):
    """E_ij (‖p_i − p_l‖² − ‖p_i − p_j‖²) and the same seen from j, for every third prototype l."""
    entries = matrix(x.z, x.p)
    d = [[ex.norm2(ex.minus(u, v)) for v in x.p] for u in x.p]
    return [
        sign * entries[i, j] * (d[end][m] - d[i][j])
        for i, j in l.pairs(x.k)
        for m in l.others(x.k, i, j)
        for end in (i, j)
    ]


def nearest_to_a_sample(x):
    """Σ_n over the samples that link i and j of d_l − max(d_i, d_j)."""
    rows = [a.distances(sample, x.p) for sample in x.z]
    return [
        ex.total(l.linked(d, i, j) * (d[m] - ex.maximum(d[i], d[j])) for d in rows)
        for i, j in l.pairs(x.k)
        for m in l.others(x.k, i, j)
    ]


def smallest(name):
    """‖E‖ as small as it can be for n samples: counts spread evenly over all pairs, or a single link."""

    def room(x):
        bound = l.least(x.n, len(l.pairs(x.k))) if name == "counts" else 1
        return bound - l.square(MATRIX[name](x.z, x.p))

    return Hypothesis("least-norm", r"\|E\| \text{ is as small as } n \text{ samples allow}", at_least_zero(room))


ON_A_LINE = Hypothesis(
    "least-norm",
    r"\|E\| \text{ is as small as } n \text{ samples on a line allow}",
    at_least_zero(lambda x: l.least(x.n, x.k - 1) - l.square(l.counts(x.z, x.p))),
)
NO_ERROR = Hypothesis(
    "no-error",
    r"\textstyle\sum_n \min_j \|z_n - p_j\|^2 = 0",
    equals_zero(lambda x: ex.total(ex.minimum(*a.distances(sample, x.p)) for sample in x.z)),
)

POINTS = Domain((real("a", "d"), real("b", "d"), real("c", "d")), {"d": (1, 3)})
MUTUAL = (
    Hypothesis(
        "near-a",
        r"\|c - a\| \ge \|a - b\|",
        at_least_zero(lambda x: ex.norm2(ex.minus(x.c, x.a)) - ex.norm2(ex.minus(x.a, x.b))),
        breaks=({"a": [0], "b": [2], "c": [1]}, {"a": [0], "b": [4], "c": [-1]}),
    ),
    Hypothesis(
        "near-b",
        r"\|c - b\| \ge \|a - b\|",
        at_least_zero(lambda x: ex.norm2(ex.minus(x.c, x.b)) - ex.norm2(ex.minus(x.a, x.b))),
        breaks=({"a": [0], "b": [4], "c": [5]},),
    ),
)


def from_the_midpoint(x, factor=3, scale=1):
    """‖c − m‖² − 3‖a − m‖², m = (a + b)/2."""
    m = ex.scaled(ex.Fraction(1, 2), ex.plus(x.a, x.b))
    return scale * (ex.norm2(ex.minus(x.c, m)) - factor * ex.norm2(ex.minus(x.a, m)))


def around(sizes, cases, generator):
    """A pair and a third point whose distance from the midpoint is about that of an equilateral triangle."""
    import torch

    def normal(*shape):
        return torch.randn(cases, *shape, generator=generator, dtype=torch.float64)

    m, half, way = (normal(sizes["d"]) for _ in range(3))
    way = way / way.norm(dim=-1, keepdim=True)
    far = half.norm(dim=-1, keepdim=True) * (1.7 + normal(1).abs())
    return {"a": m + half, "b": m - half, "c": m + far * way}


MIDPOINT = Part(
    id="mutual",
    says=r"\|c - m\|^2 \ge 3 \|a - m\|^2,\ m = \tfrac12 (a + b), \text{ for } a, b \text{ mutually nearest and every other } c",
    statement=Statement(POINTS, at_least_zero(from_the_midpoint), MUTUAL),
    checks=(Symbolic("ddcl.chl:midpoint"), Property(draw=around), Ablation("ddcl.chl:midpoint")),
    example={"a": [0], "b": [1], "c": [3]},
    twins=(
        Twin(
            "more than twice as far",
            Statement(POINTS, at_least_zero(lambda x: from_the_midpoint(x, 5)), MUTUAL),
            witness={"a": [-1, 0], "b": [1, 0], "c": [0, 2]},
        ),
    ),
    neighbours=(
        Neighbour(
            "four times the difference",
            Statement(POINTS, at_least_zero(lambda x: from_the_midpoint(x, scale=4)), MUTUAL),
        ),
    ),
)


def mutual(domain, given, witnesses, matrix=l.counts, example=None):
    return Part(
        id="mutual",
        says=r"E_{ij} > 0 \Rightarrow \|p_i - p_j\| \le \|p_i - p_l\|, \|p_j - p_l\| \text{ for every third } l",
        statement=Statement(domain, at_least_zero(lambda x: nearest_to_each_other(x, matrix)), given),
        checks=(Certified(candidates=witnesses), Property(also=witnesses)),
        example=witnesses[0] if example is None else example,
        twins=(
            Twin(
                "farthest from each other",
                Statement(domain, at_least_zero(lambda x: nearest_to_each_other(x, matrix, -1)), given),
                witness=witnesses[0],
            ),
        ),
        neighbours=(Neighbour("nearest to a sample", Statement(domain, at_least_zero(nearest_to_a_sample), given)),),
        amendment=Amendment(
            MIDPOINT,
            breaks=FailingStep(
                PLACE,
                "a link says that two prototypes are the two nearest to some sample, not that they are nearest to each other: "
                "the second winner may have a nearer neighbour on its far side",
            ),
            advice="do not read links as mutual neighbourhood; compare the distances between prototypes if that is wanted, "
            "and expect a link there if samples lie between them",
        ),
    )


def links_against_norm(x, name="counts", sign=1):
    """(number of links at P less that at R) · (‖E(P)‖² − ‖E(R)‖²)/2."""
    (at_p, at_r), ends = [[MATRIX[m](x.z, rows) for rows in (x.p, x.r)] for m in ("links", name)]
    return sign * (ex.total(at_p.values()) - ex.total(at_r.values())) * (l.square(ends[0]) - l.square(ends[1]))


def enough_links(x, power=2, scale=1):
    """(number of links) · Σ E_ij² − n²."""
    links = ex.total(l.adjacency(x.z, x.p).values())
    return scale * (links * l.square(l.counts(x.z, x.p)) - x.n**power)


SPREAD_EVENLY = Part(
    id="sparse",
    says=r"n^2 \le (\text{number of links}) \cdot \textstyle\sum_{i<j} E_{ij}^2",
    statement=Statement(DOMAIN, at_least_zero(enough_links)),
    checks=(Symbolic("ddcl.chl:enough_links"), Property(also=(TRIANGLE,))),
    example=SINGLE,
    twins=(
        Twin(
            "n³",
            Statement(DOMAIN, at_least_zero(lambda x: enough_links(x, 3))),
            witness={"z": [[0], [0]], "p": [[0], [2], [3]]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(DOMAIN, at_least_zero(lambda x: enough_links(x, scale=2)))),),
)
SPARSE = r"\text{fewer links} \Rightarrow \text{no larger } \|E\|"
SPARSE_COUNTS = Part(
    id="sparse",
    says=SPARSE,
    statement=Statement(TWO, at_least_zero(links_against_norm)),
    checks=(Certified(candidates=(SPREAD,)), Property(also=(SPREAD,))),
    example=SPREAD,
    twins=(
        Twin(
            "more links",
            Statement(TWO, at_least_zero(lambda x: links_against_norm(x, "links", -1))),
            witness=SPREAD,
        ),
    ),
    neighbours=(Neighbour("the 0/1 matrix", Statement(TWO, at_least_zero(lambda x: links_against_norm(x, "links")))),),
    amendment=Amendment(
        SPREAD_EVENLY,
        breaks=FailingStep(
            PLACE,
            "every sample makes one link, so the sum of the counts is fixed and their norm is least when they are spread over "
            "as many pairs as possible",
        ),
        advice="penalise the norm of the 0/1 adjacency matrix, which is the square root of twice the number of links",
    ),
)
SPARSE_LINKS = Part(
    id="sparse",
    says=SPARSE,
    statement=Statement(TWO, at_least_zero(lambda x: links_against_norm(x, "links"))),
    checks=(Symbolic("ddcl.chl:sparse"), Property(also=(SPREAD,))),
    example=SPREAD,
    twins=(Twin("counts", Statement(TWO, at_least_zero(links_against_norm)), witness=SPREAD),),
    neighbours=(
        Neighbour("R first", Statement(TWO, at_least_zero(lambda x: links_against_norm(_swapped(x), "links")))),
    ),
)


def _swapped(x):
    return type(x)(**{**vars(x), "p": x.r, "r": x.p})


CLAIM = Claim(
    id="ddcl.chl",
    title="Links between winners, sparsity and clusters",
    source=Source("ddcl", PLACE),
    says=r"\min \|E\| \text{ leaves links between mutually nearest prototypes only, and connected components are clusters}",
    derivation=__doc__,
    readings=(
        Reading(
            "counts",
            "E counts the samples that link a pair; P with the least norm that n samples allow",
            (mutual(DOMAIN, (smallest("counts"),), (SINGLE, TRIANGLE)), SPARSE_COUNTS, COMPONENTS),
            as_printed=True,
        ),
        Reading(
            "links",
            "E is 1 where some sample links a pair, and 0 elsewhere",
            (mutual(DOMAIN, (smallest("links"),), (SINGLE,), l.adjacency), SPARSE_LINKS),
        ),
        Reading(
            "objective",
            "P minimises the quantisation error plus λ‖E‖, for samples and prototypes on a line; E counts",
            (mutual(LINE, (ON_A_LINE, NO_ERROR), (SPACED,)),),
        ),
        Reading("gradient", "what descent on ‖E‖ sees of E", (FLAT,)),
        *(
            Reading(dtype, f"the graph of ddcl_core in {dtype}", topology_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
