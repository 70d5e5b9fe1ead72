"""Labels of n instances in k clusters, one row an instance: their cost, the sizes of their clusters, the entropy of the sizes.

Costs c_ij stand for −log p_ij.  Every real row is one, up to a number that is added to the whole row (p = softmax(−c));
such a number changes no choice of a label and no difference of costs, since the shares of a row sum to one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis
from ddcl_theory.expression import Expr, Scalar
from ddcl_theory.relation import equals_zero

Labels = Sequence[Sequence[Scalar]]


def unit(j: int, k: int) -> list[Expr]:
    """The label of cluster j."""
    return [ex.ONE if i == j else ex.ZERO for i in range(k)]


def sizes(y: Labels) -> list[Expr]:
    """How many instances each cluster has, shares of instances counted as such."""
    return [ex.total(row[j] for row in y) for j in range(len(y[0]))]


def cost(c: Labels, y: Labels) -> Expr:
    """Σ_i Σ_j y_ij c_ij."""
    return ex.total(ex.dot(row, label) for row, label in zip(c, y, strict=True))


def entropy_of(counts: Sequence[Scalar], n: int) -> Expr:
    """H = −Σ_j (m_j/n) log(m_j/n) of whole numbers m_j that sum to n, with 0 log 0 = 0.

    The logarithm is that of max(m_j, 1)/n, which is the same for whole numbers above 0 and finite at 0.
    """
    share = Fraction(1, n)
    return -ex.total(ex.lift(m) * share * ex.log(ex.maximum(m, 1) * share) for m in counts)


def entropy(y: Labels) -> Expr:
    """H(y) of one-hot labels."""
    return entropy_of(sizes(y), len(y))


def relaxed_entropy(y: Labels) -> Expr:
    """H(y) of labels that are shares, every cluster having some."""
    n = len(y)
    shares = [m * Fraction(1, n) for m in sizes(y)]
    return -ex.total(q * ex.log(q) for q in shares)


def one_hot(name: str) -> Hypothesis:
    """The rows of a simplex variable, or its one row, are vertices: no two entries of a row differ from 0."""

    def products(x: object) -> list[Expr]:
        value = getattr(x, name)
        rows = value if isinstance(value[0], list) else [value]
        return [row[a] * row[b] for row in rows for a in range(len(row)) for b in range(a)]

    return Hypothesis(f"{name}-one-hot", rf"{name}_{{ij}} \in \{{0, 1\}}", equals_zero(products))


def chosen(label: Sequence[Expr], scores: Sequence[Expr]) -> list[Expr]:
    """Numbers that are ≥ 0 exactly if the label has the smallest score: for each j, Σ_{l ≠ j} u_l (s_j − s_l)."""
    k = len(scores)
    return [ex.total(label[m] * (scores[j] - scores[m]) for m in range(k) if m != j) for j in range(k)]


def partitions(n: int, k: int, largest: int | None = None) -> Iterator[tuple[int, ...]]:
    """The sizes that k clusters of n instances can have, in descending order."""
    top = n if largest is None else min(n, largest)
    if k == 1:
        if n <= top:
            yield (n,)
        return
    for first in range(top, -1, -1):
        for rest in partitions(n - first, k - 1, first):
            yield (first, *rest)
