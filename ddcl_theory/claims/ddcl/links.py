"""The graph of first and second winners as expressions: a sample links i and j if every other prototype is farther.

With winners {i, j} the margin min_{l ≠ i, j} d_l − max(d_i, d_j) is positive, for every other pair it is negative; at 0 the
second winner is not determined.  The indicator of x > 0 is max(0, x)/|x|, which has no value at 0 either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.expression import Expr


def pairs(k: int) -> list[tuple[int, int]]:
    """(i, j) with i < j."""
    return [(i, j) for i in range(k) for j in range(i + 1, k)]


def others(k: int, i: int, j: int) -> Iterator[int]:
    return (m for m in range(k) if m not in (i, j))


def margin(d: Sequence[Expr], i: int, j: int) -> Expr:
    """min_{l ≠ i, j} d_l − max(d_i, d_j); 1 where there is no third prototype, because i and j then win."""
    rest = [d[m] for m in others(len(d), i, j)]
    return ex.minimum(*rest) - ex.maximum(d[i], d[j]) if rest else ex.ONE


def linked(d: Sequence[Expr], i: int, j: int) -> Expr:
    """1 where i and j are the two winners, 0 where they are not."""
    gap = margin(d, i, j)
    return gap if gap is ex.ONE else ex.maximum(0, gap) / ex.maximum(gap, -gap)


def counts(z: Sequence[Sequence[Expr]], p: Sequence[Sequence[Expr]]) -> dict[tuple[int, int], Expr]:
    """E_ij for i < j: the number of samples that link i and j."""
    rows = [a.distances(sample, p) for sample in z]
    return {(i, j): ex.total(linked(d, i, j) for d in rows) for i, j in pairs(len(p))}


def adjacency(z: Sequence[Sequence[Expr]], p: Sequence[Sequence[Expr]]) -> dict[tuple[int, int], Expr]:
    """A_ij for i < j: 1 where some sample links i and j, else 0."""
    return {pair: ex.minimum(1, e) for pair, e in counts(z, p).items()}


def square(entries: dict[tuple[int, int], Expr]) -> Expr:
    """Σ_{i<j} E_ij², half the squared Frobenius norm of the symmetric matrix."""
    return ex.total(e**2 for e in entries.values())


def least(n: int, slots: int) -> int:
    """The smallest sum of squares of that many whole numbers ≥ 0 whose sum is n: they differ by at most one."""
    share, rest = divmod(n, slots)
    return slots * share**2 + rest * (2 * share + 1)
