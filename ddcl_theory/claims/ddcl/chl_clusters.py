"""When both winners of a sample belong to its own cluster, for `ddcl.chl`."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import links as l
from ddcl_theory.domain import Domain, nonnegative, real
from ddcl_theory.relation import at_least_zero, positive

PLACE = "§3.2, after (5)"
CLUSTER = Domain(
    (real("z", "d"), real("own", "s", "d"), real("other", "m", "d"), nonnegative("radius")),
    {"s": (1, 3), "m": (1, 3), "d": (1, 2)},
)
SEPARATED = (
    Hypothesis(
        "own-near",
        r"\|z - p_i\| \le \varrho \text{ for prototypes of its cluster}",
        at_least_zero(lambda x: [x.radius**2 - d for d in a.distances(x.z, x.own)]),
        breaks=({"z": [0], "own": [[0], [3]], "other": [[2]], "radius": 1},),
    ),
    Hypothesis(
        "others-far",
        r"\|z - p_j\| > \varrho \text{ for all others}",
        positive(lambda x: [d - x.radius**2 for d in a.distances(x.z, x.other)]),
        breaks=({"z": [0], "own": [[0], [3]], "other": [[2]], "radius": 3},),
    ),
)
PAIRED = Hypothesis(
    "two-prototypes",
    r"\text{its cluster has at least two prototypes}",
    at_least_zero(lambda x: x.s - 2),
    breaks=({"z": [0], "own": [[0]], "other": [[1]], "radius": "1/2"},),
)


def cross_margins(x, pairs=None):
    """max(d_i, d_j) − min of the other distances, for every pair with a prototype of another cluster."""
    d = [*a.distances(x.z, x.own), *a.distances(x.z, x.other)]
    chosen = [(i, j) for i, j in l.pairs(len(d)) if j >= x.s] if pairs is None else pairs(x)
    return [-l.margin(d, i, j) for i, j in chosen]


def within(x):
    """Pairs inside the cluster, or with one prototype the first pair."""
    return [(i, j) for i, j in l.pairs(x.s)] or [(0, 1)]


ALONE = {"z": [0], "own": [[0]], "other": [[1]], "radius": "1/2"}
COUPLE = {"z": [0], "own": [[0], [1]], "other": [[4]], "radius": 2}
APART = r"\text{the two winners of a sample are prototypes of its own cluster}"


def cluster_draw(sizes, cases, generator):
    """Clusters at all scales that are as separated as the hypotheses ask."""
    import torch

    def ring(count, low, high):
        way = torch.randn(cases, count, sizes["d"], generator=generator, dtype=torch.float64)
        way = way / way.norm(dim=-1, keepdim=True)
        return way * (low + (high - low) * torch.rand(cases, count, 1, generator=generator, dtype=torch.float64))

    z = torch.randn(cases, sizes["d"], generator=generator, dtype=torch.float64)
    own, other = ring(sizes["s"], 0, 0.99), ring(sizes["m"], 1.01, 3)
    return {
        "z": z,
        "own": z[:, None] + own,
        "other": z[:, None] + other,
        "radius": torch.ones(cases, dtype=torch.float64),
    }


def cluster_examples(k, d):
    rest = [0] * (d - 1)
    return {"z": [0] * d, "own": [[f"{j}/{k}", *rest] for j in range(k)], "other": [[4, *rest]], "radius": 2}, "1/8"


def components(given, checks, witness, twin, **extra):
    return Part(
        id="components",
        says=APART,
        statement=Statement(CLUSTER, positive(cross_margins), given),
        checks=checks,
        example=COUPLE,
        twins=(
            Twin(
                "no link inside the cluster",
                Statement(CLUSTER, positive(lambda x: cross_margins(x, within)), given),
                witness=twin,
            ),
        ),
        **extra,
    )


def doubled_margins(x):
    return [2 * v for v in cross_margins(x)]


PAIRED_CLUSTERS = components(
    (*SEPARATED, PAIRED),
    (Symbolic("ddcl.chl:components"), Property(draw=cluster_draw), Ablation("ddcl.chl:components")),
    COUPLE,
    COUPLE,
    neighbours=(Neighbour("doubled", Statement(CLUSTER, positive(doubled_margins), (*SEPARATED, PAIRED))),),
)


def own_over_other(x):
    """Every other prototype is farther than the nearest of the cluster."""
    nearest = ex.minimum(*a.distances(x.z, x.own))
    return [d - nearest for d in a.distances(x.z, x.other)]


COMPONENTS = components(
    SEPARATED,
    (Certified(candidates=(ALONE,)), Property(also=(ALONE,), draw=cluster_draw)),
    ALONE,
    COUPLE,
    neighbours=(Neighbour("the first winner", Statement(CLUSTER, positive(own_over_other), SEPARATED)),),
    amendment=Amendment(
        PAIRED_CLUSTERS,
        breaks=FailingStep(
            PLACE,
            "every sample has a second winner; where its cluster has a single prototype that winner belongs to another cluster, "
            "so a component with a sample in it never has one prototype",
        ),
        advice="give every cluster at least two prototypes, or drop links whose second distance is much larger than the first, "
        "before components are read as clusters",
        examples=cluster_examples,
    ),
)
