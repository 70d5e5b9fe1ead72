"""Cases for losses: ordinary ones and the degenerate battery, and their Python text.

Ordinary entries are multiples of a power of two, so coarse that shifting them by 1000 and scaling them by a power of two
are exact, and so fine that squares are not; every q sums to one exactly.  What differs after a transformation is then the
implementation's rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

#: Assignments are multiples of 1/1024, so that k may not exceed half of that.
GRID = 1024

#: Entries lie in [−4, 4] on a grid of this many points a unit, before they are scaled.
FINENESS = {torch.float32: 2**6, torch.float64: 2**34}


@dataclass(frozen=True)
class Case:
    """z (n, d), prototypes (k, d), q (n, k) on the simplex.  name: what is special about it."""

    name: str
    z: Tensor
    prototypes: Tensor
    q: Tensor

    @property
    def size(self) -> int:
        return self.z.numel() + self.prototypes.numel() + self.q.numel()

    def code(self) -> str:
        """Python lines that make the three tensors again, bit for bit."""
        return "\n".join(literal(n, t) for n, t in (("z", self.z), ("prototypes", self.prototypes), ("q", self.q)))

    def to(self, dtype: torch.dtype) -> Case:
        return Case(self.name, self.z.to(dtype), self.prototypes.to(dtype), self.q.to(dtype))


def literal(name: str, value: Tensor) -> str:
    """`name = torch.tensor(…)`; the decimal text of a float determines it."""
    where = "" if value.device.type == "cpu" else f', device="{value.device}"'
    return f"{name} = torch.tensor({value.tolist()}, dtype={value.dtype}{where})"


def ordinary(
    k: int, d: int, n: int, count: int, dtype: torch.dtype, device: torch.device, generator: torch.Generator
) -> list[Case]:
    """Random cases at the scales 1/64, 1 and 64; every second one is small, so that failures are readable."""
    found = []
    for i in range(count):
        kk, dd, nn = (k, d, n) if i % 2 == 0 else (min(k, 2), min(d, 2), min(n, 2))
        scale = (1.0, 1.0, 2.0**-6, 2.0**6)[i % 4]
        z, p = (scale * points(rows, dd, dtype, generator) for rows in (nn, kk))
        q = assignments(nn, kk, generator)
        found.append(Case(f"random at scale {scale:g}", z.to(device, dtype), p.to(device, dtype), q.to(device, dtype)))
    return found


def points(rows: int, columns: int, dtype: torch.dtype, generator: torch.Generator) -> Tensor:
    """(rows, columns) float64 entries in [−4, 4] on the grid of the dtype."""
    fineness = FINENESS[dtype]
    return (
        torch.randint(-4 * fineness, 4 * fineness + 1, (rows, columns), generator=generator).to(torch.float64)
        / fineness
    )


def assignments(n: int, k: int, generator: torch.Generator) -> Tensor:
    """(n, k) float64 rows of positive multiples of 1/1024 that sum to one."""
    cuts = torch.sort(torch.randint(0, GRID - k + 1, (n, k - 1), generator=generator), dim=-1).values
    ends = torch.cat([torch.zeros(n, 1, dtype=torch.int64), cuts, torch.full((n, 1), GRID - k)], -1)
    return (ends.diff(dim=-1) + 1).to(torch.float64) / GRID


def degenerate(
    k: int, d: int, n: int, dtype: torch.dtype, device: torch.device, generator: torch.Generator
) -> list[Case]:
    """One prototype, sample or dimension; coincident prototypes; samples on prototypes; vertices; an empty cluster;
    tiny, huge and far away points."""

    def vertices(rows: int, columns: int) -> Tensor:
        return torch.eye(columns, dtype=torch.float64)[torch.arange(rows) % columns]

    k2 = max(k, 2)
    z, p, q = points(n, d, dtype, generator), points(k, d, dtype, generator), assignments(n, k, generator)
    p2, q2 = points(k2, d, dtype, generator), assignments(n, k2, generator)
    without = q2.clone()
    without[:, 1] += without[:, 0]
    without[:, 0] = 0
    found = [
        Case("one prototype", z, p[:1], torch.ones(n, 1, dtype=torch.float64)),
        Case("one sample", z[:1], p, q[:1]),
        Case("one dimension", z[:, :1], p[:, :1], q),
        Case("one of each", z[:1, :1], p[:1, :1], torch.ones(1, 1, dtype=torch.float64)),
        Case("coincident prototypes", z, p2[:1].repeat(k2, 1), q2),
        Case("samples on prototypes", p2[torch.arange(n) % k2], p2, q2),
        Case("everything at one point", torch.zeros_like(z), torch.zeros_like(p2), q2),
        Case("vertices", z, p2, vertices(n, k2)),
        Case("an empty cluster", z, p2, without),
        Case("tiny", z * 2.0**-40, p * 2.0**-40, q),
        Case("huge", z * 2.0**40, p * 2.0**40, q),
        Case("far away", z + 1000, p + 1000, q),
    ]
    return [Case(c.name, c.z.to(device, dtype), c.prototypes.to(device, dtype), c.q.to(device, dtype)) for c in found]
