"""Theorem 3.4, d > n: base flow tends to an n-dimensional subspace, dual flow stays in one; the dual approach is not influenced by d.

v ⊥ x_1, …, x_n gives v·W(t) = e^{−t} v·W(0) → 0 and v·XΩ = 0 always: both outputs end in R(X), which contains μ = Xα;
the dual one never leaves it.
With moving cells v·Ẇ = −(Σ_i a_i) v·W, a_i = 1 for the samples of the cell: a base prototype that wins no sample
stays where it is.
Dimension: the paper takes rank X = n for d > n; with LX = I, Xu = 0 gives u = LXu = 0, so it is n, and every Ω = Xᵀ(LᵀΩ)
lies in R(Xᵀ), which is all of R^n.  Two equal samples, in any d, leave fewer dimensions, and a part of Ω off R(Xᵀ) that
stays.  "At most n, whatever d", as the abstract and the conclusion have it, is true of any samples.
Influence of d: Ω̇ = −G(Ω − α) with the Gram matrix G = XᵀX, and ‖x_i − XΩ‖² = G_ii − 2(GΩ)_i + Ω·GΩ.  So the flow of
Ω, cells included, is a function of G alone, the same for samples that are turned or put into more dimensions with
their inner products unchanged.  But G is a sum over features: an appended feature f changes Ω̇ by −f f·(Ω − α) and
every squared distance by (f_i − f·Ω)².  A feature of noise therefore changes rates, paths and cells, of independent
samples too; n numbers per prototype in place of d is a matter of storage.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
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
from ddcl_theory.claims.ddcl.dcl_subspace import DIMENSION as AT_MOST
from ddcl_theory.claims.ddcl.dcl_subspace import ORTHOGONAL, draw_orthogonal, row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.claims.gbcl.code_subspaces import appended_part
from ddcl_theory.claims.gbcl.subspaces_runs import Course
from ddcl_theory.claims.gbcl.theorem3_4_rank import ANY_DIMENSION, ANY_WEIGHTS, DIMENSION, ROWS
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero, positive

STATE = (real("z", "n", "d", latex="x"), real("o", "n"), real("q", "n"))
APPENDED = Domain((*STATE, real("f", "n")), sub.SIZES)
SAME_GRAM = Domain((*STATE, real("y", "n", "e")), {"n": (1, 2), "d": (1, 2), "e": (1, 3)})
WIDENED = Domain((*APPENDED.variables, sub.LEFT_INVERSE), sub.SIZES)
CELLS = Domain(
    (real("z", "n", "d", latex="x"), real("a", "n"), real("b", "n"), real("f", "n"), sub.LEFT_INVERSE),
    {"n": (1, 2), "d": (1, 3)},
)
SEEN_FROM = Domain((real("z", "n", "d", latex="x"), real("o", "n"), real("f", "n")), sub.SIZES)


def widened(z, f):
    """The samples with one more feature."""
    return [[*s, value] for s, value in zip(z, f, strict=True)]


def velocity(z, x):
    """Ω̇ = −Xᵀ(XΩ − Xα)."""
    return sub.dual_velocity(z, x.o, row_of(z, x.q))


def rate_change(x, factor=0):
    """Ω̇ with the feature f minus Ω̇ without it, plus factor · f f·(Ω − α)."""
    change = ex.minus(velocity(widened(x.z, x.f), x), velocity(x.z, x))
    return ex.plus(change, ex.scaled(factor * ex.dot(x.f, ex.minus(x.o, x.q)), x.f))


NOISE = {"z": [[1, 0]], "o": [0], "q": [1], "f": [1]}
LAW = sub.proved(
    "velocity-with-a-feature",
    r"\text{a feature } f \text{ adds } -f\, f \cdot (\Omega - \alpha) \text{ to } \dot\Omega \text{; a feature "
    r"that is 0 in every sample changes nothing}",
    APPENDED,
    (),
    lambda x: rate_change(x, 1),
    proof="gbcl.theorem3_4:appended",
    example=NOISE,
    twin=("half of it", lambda x: rate_change(x, ex.Fraction(1, 2)), NOISE),
)
SILENT = Hypothesis("silent", "f = 0", equals_zero(lambda x: x.f))
NOISE_INVERTED = {**NOISE, "l": [[1, 0]]}


def unmoved(value, *given):
    """For independent samples."""
    return Statement(WIDENED, equals_zero(value), (sub.INDEPENDENT, *given))


VELOCITY = sub.refuted(
    "velocity",
    r"LX = I \Rightarrow \text{a further feature } f \text{ leaves } \dot\Omega \text{ as it is}",
    unmoved(rate_change),
    example=NOISE_INVERTED,
    twin=Twin(
        "it doubles",
        unmoved(lambda x: ex.minus(rate_change(x), velocity(x.z, x))),
        {**NOISE_INVERTED, "f": [2]},
    ),
    neighbour=Neighbour("a feature that is 0", unmoved(rate_change, SILENT), example={**NOISE_INVERTED, "f": [0]}),
    amendment=Amendment(
        LAW,
        FailingStep(
            "Theorem 3.4",
            "the size of Ω does not depend on d, but its flow is driven by XᵀX, to which every feature adds",
        ),
        "select or weight features before training; the dual layer sees noise features as much as the base layer does",
    ),
)


def squared_distance(z, o, i=0):
    """‖x_i − XΩ‖²."""
    return ex.norm2(ex.minus(z[i], row_of(z, o)))


def preference(z, x):
    """By how much sample 1 is nearer to the second prototype than to the first."""
    return squared_distance(z, x.a) - squared_distance(z, x.b)


def agreement(x):
    """Positive where the sample keeps its nearest prototype when the feature f is appended."""
    return preference(x.z, x) * preference(widened(x.z, x.f), x)


def distance_change(x, factor=1):
    """‖x_1 − XΩ‖² with the feature minus without it minus factor · (f_1 − f·Ω)²."""
    change = squared_distance(widened(x.z, x.f), x.o) - squared_distance(x.z, x.o)
    return change - factor * (x.f[0] - ex.dot(x.f, x.o)) ** 2


NEAR_PAIR = {"z": [[1, 0, 0], [1, "1/4", 0]], "l": [[1, -4, 0], [0, 4, 0]]}
FLIPPED = {**NEAR_PAIR, "a": [0, 1], "b": ["1/2", 0], "f": [0, 1]}
KEPT = {**NEAR_PAIR, "a": [1, 0], "b": [0, 1], "f": [0, 1]}


def kept(value, *given):
    """For independent samples."""
    return Statement(CELLS, at_least_zero(value), (sub.INDEPENDENT, *given))


DISTANCES = sub.proved(
    "distance-with-a-feature",
    r"\text{a feature } f \text{ adds } (f_i - f \cdot \Omega)^2 \text{ to } \|x_i - X\Omega\|^2",
    SEEN_FROM,
    (),
    distance_change,
    proof="gbcl.theorem3_4:distances",
    example={"z": [[1], [2]], "o": [0, 1], "f": [1, 0]},
    twin=("half of it", lambda x: distance_change(x, ex.Fraction(1, 2)), {"z": [[1], [2]], "o": [0, 1], "f": [1, 0]}),
)
ASSIGNMENT = sub.refuted(
    "cells",
    r"LX = I \Rightarrow \text{a further feature } f \text{ leaves the nearest prototype of a sample as it is, for equal "
    r"} \Omega",
    kept(agreement),
    example=FLIPPED,
    twin=Twin("it changes it", kept(lambda x: -agreement(x)), KEPT),
    neighbour=Neighbour("a feature that is 0", kept(agreement, SILENT), example={**KEPT, "f": [0, 0]}),
    amendment=Amendment(
        DISTANCES,
        FailingStep("Theorem 3.4", "Voronoi cells are cells of R^d, and distances in R^d are sums over all features"),
        "expect the curse of dimensionality in the cells as for any method that uses Euclidean distances",
    ),
)


def gram_difference(x):
    return [ex.dot(a, b) - ex.dot(c, d) for a, c in zip(x.z, x.y, strict=True) for b, d in zip(x.z, x.y, strict=True)]


ISOMETRIC = Hypothesis("same-gram", r"X^\top X = \tilde X^\top \tilde X", equals_zero(gram_difference))
TURNED = {"z": [[1, 2]], "y": [[2, 0, 1]], "o": [0], "q": [1]}


def both(x):
    """Ω̇ and the distances to one prototype, for X minus for X̃."""
    return [
        *ex.minus(velocity(x.z, x), velocity(x.y, x)),
        *[squared_distance(x.z, x.o, i) - squared_distance(x.y, x.o, i) for i in range(x.n)],
    ]


def draw_isometric(sizes, cases, generator):
    """X̃ is X with its features in the opposite order, with zeros behind them or cut where e < d."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(SAME_GRAM, sizes, cases, generator)
    d, e = sizes["d"], sizes["e"]
    if e < d:
        batch["z"][..., : d - e] = 0
    y = torch.zeros(cases, sizes["n"], e, dtype=torch.float64)
    y[..., : min(d, e)] = batch["z"].flip(-1)[..., : min(d, e)]
    return {**batch, "y": y}


def isometric(value):
    return Statement(SAME_GRAM, equals_zero(value), (ISOMETRIC,), Course("gram"))


GRAM = Part(
    id="same-gram",
    says=r"X^\top X = \tilde X^\top \tilde X \Rightarrow \text{equal } \dot\Omega \text{ and equal distances, "
    r"whatever the dimensions}",
    statement=isometric(both),
    checks=(
        Symbolic("gbcl.theorem3_4:same_gram"),
        Property(also=(TURNED,), draw=draw_isometric),
        sub.FOLLOWS,
    ),
    example=TURNED,
    twins=(
        Twin(
            "plus the first features",
            Statement(
                SAME_GRAM,
                equals_zero(lambda x: [v + x.z[0][0] - x.y[0][0] for v in both(x)]),
                (ISOMETRIC,),
                Course("gram", clock=1.1),
            ),
            TURNED,
        ),
    ),
    neighbours=(Neighbour("doubled", isometric(lambda x: [2 * v for v in both(x)]), example=TURNED),),
)

CROWD = Domain(
    (real("z", "n", "d", latex="x"), real("w", "d"), real("p", "d"), real("v", "d"), real("a", "n")), sub.SIZES
)
DEAD = {"z": [[1, 0]], "w": [0, 5], "p": [1, 0], "v": [0, 1], "a": [0]}
ALIVE = {"z": [[1, 0]], "w": [0, 1], "p": [9, 0], "v": [0, 1], "a": [1]}


def advantage(x):
    """‖x_i − p‖² − ‖x_i − W‖² for every sample: by how much it is nearer to W than to the other prototype."""
    return [ex.norm2(ex.minus(s, x.p)) - ex.norm2(ex.minus(s, x.w)) for s in x.z]


MEMBERS = Hypothesis("members", r"a_i \in \{0, 1\}", equals_zero(lambda x: [m * (1 - m) for m in x.a]))
VORONOI = Hypothesis(
    "voronoi",
    r"a_i = 1 \text{ only where } W \text{ is nearest to } x_i \text{, } 0 \text{ only where } p \text{ is}",
    at_least_zero(lambda x: [(2 * m - 1) * gain for m, gain in zip(x.a, advantage(x), strict=True)]),
)
OUTSIDE = Hypothesis("outside", r"v \cdot W \ne 0", not_zero(lambda x: ex.dot(x.v, x.w)))
OCCUPIED = Hypothesis("occupied", r"\textstyle\sum_i a_i \ge 1", at_least_zero(lambda x: ex.total(x.a) - 1))


def member_velocity(x):
    """Ẇ = Σ_i a_i (x_i − W)."""
    return [ex.total(m * (s[i] - x.w[i]) for m, s in zip(x.a, x.z, strict=True)) for i in range(x.d)]


def approach(x, rate=None):
    """v·Ẇ + rate · v·W, the rate being Σ a_i if none is given."""
    return ex.dot(x.v, member_velocity(x)) + (ex.total(x.a) if rate is None else rate) * ex.dot(x.v, x.w)


def tends(given):
    """(v·W)² falls."""
    return Statement(CROWD, positive(lambda x: -ex.dot(x.v, x.w) * ex.dot(x.v, member_velocity(x))), given)


APPROACH = sub.proved(
    "base-approaches",
    r"v \perp x_1, \dots, x_n \Rightarrow v \cdot \dot W = -\textstyle\sum_i a_i\; v \cdot W \text{: at the rate "
    r"of the size of its cell}",
    CROWD,
    (ORTHOGONAL,),
    approach,
    proof="gbcl.theorem3_4:approach",
    example=ALIVE,
    twin=("at the rate 1", lambda x: approach(x, 1), {**ALIVE, "z": [[1, 0], [2, 0]], "a": [1, 1]}),
    draw=draw_orthogonal(CROWD),
)
BASE_MOVING = sub.refuted(
    "base-tends",
    r"v \perp x_1, \dots, x_n,\ v \cdot W \ne 0 \Rightarrow (v \cdot W)^2 \text{ falls, with moving Voronoi cells}",
    tends((ORTHOGONAL, MEMBERS, VORONOI, OUTSIDE)),
    example=DEAD,
    twin=Twin(
        "and along the samples",
        tends((MEMBERS, VORONOI, OUTSIDE)),
        {"z": [[2]], "w": [1], "p": [9], "v": [1], "a": [1]},
    ),
    neighbour=Neighbour("in an occupied cell", tends((ORTHOGONAL, MEMBERS, VORONOI, OUTSIDE, OCCUPIED)), example=ALIVE),
    amendment=Amendment(
        APPROACH,
        FailingStep(
            "(20)–(21)", "dividing by the size of the cell hides that a prototype with an empty cell does not move"
        ),
        "move or remove prototypes that win no sample; they stay where they started, off the span of the data included",
    ),
)

CLAIM = Claim(
    id="gbcl.theorem3.4",
    title="Gradient flows and dimension, part I",
    source=Source("gbcl", "Theorem 3.4"),
    says=r"\text{for } d > n \text{ the base flow tends to an } n \text{-dimensional subspace that contains the "
    r"solution, the dual flow always stays in one; "
    r"so the dual approach is not influenced by } d",
    derivation=__doc__,
    uses=("gbcl.ranges", "ddcl.dcl-subspace"),
    readings=(
        Reading(
            "printed",
            "rank X = n, as the paper states it for d > n; not influenced by d: by further features",
            (sub.BASE_TENDS, sub.OUTPUT_STAYS, ROWS, DIMENSION, VELOCITY, ASSIGNMENT),
            as_printed=True,
        ),
        Reading("any-rank", "d > n, any samples", (ANY_DIMENSION, ANY_WEIGHTS)),
        Reading("bounded-dimension", "not influenced by d: a subspace of at most n dimensions, whatever d", (AT_MOST,)),
        Reading("moving", "with moving Voronoi cells", (BASE_MOVING, sub.OUTPUT_STAYS)),
        Reading("inner-products", "more dimensions, the same inner products of the samples", (GRAM,)),
        *(
            Reading(
                dtype,
                f"a step of the dual layer of ddcl_core with one more feature in {dtype}",
                (appended_part(dtype),),
            )
            for dtype in ("float64", "float32")
        ),
    ),
)
