"""§5.2: the minimiser of L_q over the simplex is always a vertex.

Let δ = min_j d_j.  On Σq = 1, L_q − δ = Σ_j q_j (d_j − δ), a sum of non-negative terms.  So L_q ≥ δ, with equality exactly
where q_j > 0 only for nearest prototypes: the minimisers are the face of the simplex spanned by the nearest prototypes.
The vertex of a nearest prototype is one of them, always.  Every minimiser is a vertex if the nearest prototype is unique;
if two are nearest, every mixture of the two is a minimiser, and most are no vertices (z = 0, p = (−1, 1), q = (½, ½)).

The prototypes may be labelled so that the first is a nearest one; "unique" then says d_1 < d_j for j ≥ 2.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
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
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, one_of, positive

DOMAIN = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k")), {"k": (2, 4), "d": (1, 3)})
TIE = {"z": [0], "p": [[-1], [1]], "q": ["1/2", "1/2"]}
SINGLE = {"z": [0], "p": [[0], [1]], "q": ["1/2", "1/2"]}


def lowest(x):
    """min_j d_j, the value of the quantisation loss at the vertex of a nearest prototype."""
    return ex.minimum(*a.distances(x.z, x.p))


def above_lowest(x):
    """L_q − min_j d_j."""
    return a.quantization(x.z, x.p, x.q) - lowest(x)


def split_above_lowest(x):
    """L_OLS + V − min_j d_j."""
    return a.ols(x.z, x.p, x.q) + a.variance(x.p, x.q) - lowest(x)


def products(x):
    """q_i q_j for i < j: all zero exactly at the vertices."""
    return [x.q[i] * x.q[j] for i in range(x.k) for j in range(i + 1, x.k)]


def far_shares(x):
    """q_j (d_j − min_l d_l): all zero exactly where q is supported on the nearest prototypes."""
    return [w * (dj - lowest(x)) for w, dj in zip(x.q, a.distances(x.z, x.p), strict=True)]


def minimisers(values, excess=above_lowest):
    """`values` vanish, or q is no minimiser."""
    return one_of(equals_zero(values), positive(excess))


UNIQUE = Hypothesis(
    "unique-nearest",
    r"d_1 < d_j \text{ for } j \ge 2",
    positive(lambda x: [dj - a.distances(x.z, x.p)[0] for dj in a.distances(x.z, x.p)[1:]]),
    breaks=(TIE,),
)


def draw(sizes, cases, generator):
    """The first prototype nearest; in every second case the sample moved to it and q to its vertex, where L_q is least."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(DOMAIN, sizes, cases, generator)
    z, p, q = batch["z"], batch["p"], batch["q"]
    nearest = (p - z[:, None]).square().sum(-1).argmin(-1)
    order = (torch.arange(sizes["k"]) + nearest[:, None]) % sizes["k"]
    p = torch.gather(p, 1, order[..., None].expand_as(p))
    even = (torch.arange(cases) % 2 == 0)[:, None]
    vertex = torch.zeros_like(q)
    vertex[:, 0] = 1
    return {"z": torch.where(even, p[:, 0], z), "p": p, "q": torch.where(even, vertex, q)}


def examples(k, d):
    return {"z": [0] * d, "p": [[2 * j] + [0] * (d - 1) for j in range(k)], "q": [f"1/{k}"] * k}, "1/4"


FIRST_EMPTY = minimisers(lambda x: x.q[0])
CORRECTED = Part(
    id="vertex",
    says=r"q \in \arg\min_\Delta L_q \Rightarrow q \text{ is a vertex}",
    statement=Statement(DOMAIN, minimisers(products), (UNIQUE,)),
    checks=(
        Symbolic("ddcl.relaxation_vertex:vertex_if_unique"),
        Property(also=(SINGLE, {**SINGLE, "q": [1, 0]}), draw=draw),
        Ablation("ddcl.relaxation_vertex:vertex_if_unique"),
    ),
    example={**SINGLE, "q": [1, 0]},
    twins=(
        Twin(
            "without the first prototype",
            Statement(DOMAIN, FIRST_EMPTY, (UNIQUE,)),
            witness={**SINGLE, "q": [1, 0]},
        ),
    ),
    neighbours=(
        Neighbour(
            "the loss as a sum of its parts", Statement(DOMAIN, minimisers(products, split_above_lowest), (UNIQUE,))
        ),
    ),
)
VERTEX = Part(
    id="vertex",
    says=CORRECTED.says,
    statement=Statement(DOMAIN, minimisers(products)),
    checks=(Certified(candidates=(TIE,)), Property(also=(TIE, {**SINGLE, "q": [1, 0]}))),
    example=SINGLE,
    twins=(Twin("without the first prototype", Statement(DOMAIN, FIRST_EMPTY), witness={**SINGLE, "q": [1, 0]}),),
    neighbours=(Neighbour("supported on the nearest", Statement(DOMAIN, minimisers(far_shares))),),
    amendment=Amendment(
        CORRECTED,
        breaks=FailingStep(
            "§5.2, before Proposition 1",
            "a linear function on a polytope has its minimum at a vertex, but not only there: with equal coefficients the whole "
            "face between the vertices is minimal",
        ),
        advice="on samples with two nearest prototypes do not expect a hard assignment from the loss; break the tie yourself",
        examples=examples,
    ),
)
ATTAINED = Part(
    id="attained",
    says=r"L_q \ge \min_j d_j \text{ on } \Delta",
    statement=Statement(DOMAIN, at_least_zero(above_lowest)),
    checks=(
        Symbolic("ddcl.relaxation_vertex:least"),
        Property(also=(TIE,)),
        Adversarial(),
        Ablation("ddcl.relaxation_vertex:least"),
    ),
    example=SINGLE,
    twins=(
        Twin(
            "L_OLS in place of L_q",
            Statement(DOMAIN, at_least_zero(lambda x: a.ols(x.z, x.p, x.q) - lowest(x))),
            witness=TIE,
        ),
    ),
    neighbours=(Neighbour("the loss as a sum of its parts", Statement(DOMAIN, at_least_zero(split_above_lowest))),),
)
FACE = Part(
    id="face",
    says=r"q \in \arg\min_\Delta L_q \Rightarrow q_j = 0 \text{ unless } d_j = \min_l d_l",
    statement=Statement(DOMAIN, minimisers(far_shares)),
    checks=(Symbolic("ddcl.relaxation_vertex:face"), Property(also=(TIE, {**SINGLE, "q": [1, 0]}))),
    example=TIE,
    twins=(Twin("only the first of them", Statement(DOMAIN, minimisers(lambda x: x.q[1:])), witness=TIE),),
    neighbours=(
        Neighbour("the loss as a sum of its parts", Statement(DOMAIN, minimisers(far_shares, split_above_lowest))),
    ),
)

CLAIM = Claim(
    id="ddcl.relaxation.vertex",
    title="Minimisers of the loss over the simplex",
    source=Source("ddcl", "§5.2, before Proposition 1"),
    says=r"\text{the minimiser of } L_q \text{ over } \Delta \text{ is always a vertex}",
    derivation=__doc__,
    uses=("ddcl.theorem1",),
    readings=(
        Reading("every", "every minimiser is a vertex", (VERTEX,), as_printed=True),
        Reading("some", "some minimiser is a vertex, that of a nearest prototype", (ATTAINED,)),
        Reading("face", "which points are minimisers", (FACE,)),
    ),
)
