"""Proposition 1: in a batch of b instances at least K − b of K clusters have no positive instance.

One-hot labels.  Let c_j = Σ_i y_ij.  Cluster j is empty iff Π_i (1 − y_ij) = 1, and Π_i (1 − y_ij) ≥ 1 − c_j (induction on b:
a further factor 1 − y changes the difference by y (1 − Π) ≥ 0).  Summing over j, with Σ_j c_j = b, leaves K − b.  It is
attained when all labels differ, and for K = 10 000, b = 1 024 the share is 8 976 / 10 000, the "about 90 %" of the Remark.
The appendix supposes that exactly K − b − 1 clusters are empty; the negation is "at most", and the same count refutes it.

Batches with b ≥ K: K − b ≤ 0, and the sentence says nothing.

Soft labels (7), which the paper uses for the encoder: y = τ·one-hot + (1 − τ) p has no zero entry for τ < 1, so no cluster is
without positives.  What survives is a shortfall of weight: Σ_j max(0, 1 − c_j) = K − b + Σ_j max(0, c_j − 1).
"""

from __future__ import annotations

import itertools

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
from ddcl_theory.domain import Domain, simplex
from ddcl_theory.relation import at_least_zero, equals_zero

BATCH = Domain((simplex("y", "b", "k"),), {"b": (1, 4), "k": (1, 4)})
LARGE = Domain(BATCH.variables, {"b": (1, 4), "k": (1, 3)})


def empty(x):
    """The number of clusters without a positive instance, for one-hot labels."""
    count = ex.ZERO
    for j in range(x.k):
        product = ex.ONE
        for row in x.y:
            product = product * (1 - row[j])
        count = count + product
    return count


def surplus(x, scale=1, more=0):
    """Empty clusters beyond K − b + more."""
    return scale * (empty(x) - (x.k - x.b + more))


def lightest(x):
    """The total weight of the K − b clusters with the least: 0 iff that many have none."""
    counts = [ex.total(row[j] for row in x.y) for j in range(x.k)]
    return ex.minimum(*(ex.total(chosen) for chosen in itertools.combinations(counts, max(0, x.k - x.b))))


def shortfall(x, scale=1, more=0):
    """Σ_j max(0, 1 − c_j) − (K − b + more)."""
    counts = [ex.total(row[j] for row in x.y) for j in range(x.k)]
    return scale * (ex.total(ex.maximum(0, 1 - c) for c in counts) - (x.k - x.b + more))


ONE_HOT = Hypothesis(
    "one-hot", r"y_{ij} \in \{0, 1\}", equals_zero(lambda x: [v * (1 - v) for row in x.y for v in row])
)
NO_SMALLER = Hypothesis("no-smaller", r"b \ge K", at_least_zero(lambda x: ex.lift(x.b - x.k)))
HALVES = {"y": [["1/2", "1/2"]]}
APART = {"y": [[1, 0, 0], [0, 1, 0]]}
TOGETHER = {"y": [[1, 0, 0], [1, 0, 0]]}


def draw_labels(sizes, cases, generator):
    """One-hot rows, uniform over the clusters."""
    import torch

    labels = torch.randint(sizes["k"], (cases, sizes["b"]), generator=generator)
    return {"y": torch.nn.functional.one_hot(labels, sizes["k"]).double()}


def draw_few(sizes, cases, generator):
    """One-hot rows, often in one cluster only."""
    import torch

    batch = draw_labels(sizes, cases, generator)["y"]
    alike = torch.rand(cases, 1, 1, generator=generator) < 0.5
    return {"y": torch.where(alike, batch[:, :1].expand_as(batch), batch)}


COUNT = Part(
    id="count",
    says=r"\#\{j : y_{ij} = 0 \text{ for all } i\} \ge K - b",
    statement=Statement(BATCH, at_least_zero(surplus), (ONE_HOT,)),
    checks=(
        Symbolic("secu.proposition1:pigeonhole"),
        Property(also=(APART, TOGETHER), draw=draw_few),
        Ablation("secu.proposition1:pigeonhole", only=("one-hot", "y-sums-to-one")),
    ),
    example=TOGETHER,
    twins=(
        Twin(
            "one more",
            Statement(BATCH, at_least_zero(lambda x: surplus(x, more=1)), (ONE_HOT,)),
            witness=APART,
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(BATCH, at_least_zero(lambda x: surplus(x, 2)), (ONE_HOT,))),),
)
SHORTFALL = Part(
    id="weightless",
    says=r"\textstyle\sum_j \max(0, 1 - c_j) \ge K - b, \quad c_j = \sum_i y_{ij}",
    statement=Statement(BATCH, at_least_zero(shortfall)),
    checks=(
        Symbolic("secu.proposition1:shortfall"),
        Property(also=(HALVES, APART)),
        Ablation("secu.proposition1:shortfall"),
    ),
    example=HALVES,
    twins=(
        Twin("one more", Statement(BATCH, at_least_zero(lambda x: shortfall(x, more=1))), witness=HALVES),
    ),
    neighbours=(Neighbour("doubled", Statement(BATCH, at_least_zero(lambda x: shortfall(x, 2)))),),
)  # fmt: skip
WEIGHTLESS = Part(
    id="weightless",
    says=r"K - b \text{ clusters have } \textstyle\sum_i y_{ij} = 0",
    statement=Statement(BATCH, equals_zero(lightest)),
    checks=(Certified(candidates=(HALVES,)), Property(also=(HALVES,))),
    example=APART,
    twins=(
        Twin(
            "none in any cluster",
            Statement(BATCH, equals_zero(lambda x: [row[j] for row in x.y for j in range(x.k)])),
            witness=HALVES,
        ),
    ),
    neighbours=(Neighbour("one-hot labels", Statement(BATCH, equals_zero(lightest), (ONE_HOT,)), example=APART),),
    amendment=Amendment(
        SHORTFALL,
        breaks=FailingStep(
            "Appendix A.1",
            "an instance is taken to be a positive of one cluster only; a soft label (7) with τ < 1 has no zero entry and "
            "makes its instance a positive of all clusters",
        ),
        advice="keep one-hot labels in mind for the centres: in the paper (7) enters only the loss of the encoder, where centres are "
        "detached, so K − b of them still see no positive; only a method that moves centres by soft labels spreads b units of "
        "weight over all K",
    ),
)
LARGE_BATCH = Part(
    id="large-batch",
    says=r"b \ge K \Rightarrow \#\{j : y_{ij} = 0 \text{ for all } i\} \ge K - b",
    statement=Statement(LARGE, at_least_zero(surplus), (ONE_HOT, NO_SMALLER)),
    checks=(Symbolic("secu.proposition1:says_nothing"), Property(draw=draw_labels)),
    example={"y": [[1, 0], [0, 1]]},
    twins=(
        Twin(
            "one more",
            Statement(LARGE, at_least_zero(lambda x: surplus(x, more=1)), (ONE_HOT, NO_SMALLER)),
            witness={"y": [[1, 0], [0, 1]]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(LARGE, at_least_zero(lambda x: surplus(x, 2)), (ONE_HOT, NO_SMALLER))),),
)
CLAIM = Claim(
    id="secu.proposition1",
    title="Small batches leave clusters without positives",
    source=Source("secu", "Proposition 1, Appendix A.1"),
    says=r"\text{a batch of } b \text{ instances leaves at least } K - b \text{ of } K \text{ clusters without positives}",
    derivation=__doc__,
    readings=(
        Reading("one-hot", "every instance has one label, as in (1)", (COUNT,), as_printed=True),
        Reading("soft", "labels on the simplex, as (7); a positive of j has y_ij > 0", (WEIGHTLESS,)),
        Reading("large-batch", "a batch with no fewer instances than clusters", (LARGE_BATCH,)),
    ),
)
