"""A part about limits in the range of Xᵀ: the normal equations have one solution there."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl.minimum_norm_identity import SAMPLES, SIZES, draw_second, zero
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero

PAIR = Domain((SAMPLES, real("a", "d"), real("b", "d"), real("y", "d")), SIZES)
BOTH_IN_RANGE = tuple(
    zero(
        f"normal-{name}",
        rf"X^\top X (X^\top {name}) = X^\top \mu",
        lambda x, name=name: f.normal(x.z, f.along(x.z, getattr(x, name)), x.y),
    )
    for name in ("a", "b")
)
LEAST_PAIR = {"z": [[1], [1]], "a": ["1/2"], "b": ["1/2"], "y": [1]}
DEPENDENT = {"z": [[1, 1]], "a": [1, -1], "b": [0, 0], "y": [0, 0]}


def range_gap(x, factor=1):
    """‖Xᵀ(a − factor b)‖²."""
    return ex.norm2(f.along(x.z, ex.minus(x.a, ex.scaled(factor, x.b))))


def _pair(factor=1, times=1, given=BOTH_IN_RANGE):
    return Statement(PAIR, equals_zero(lambda x: times * range_gap(x, factor)), given)


def draw_pair(sizes, cases, generator):
    """Two s with XᵀXXᵀs = Xᵀμ; they differ where the features are dependent."""
    import torch

    batch = draw_second(sizes, cases, generator)
    z, s = batch["z"], batch["s"]
    free = torch.randn(cases, sizes["d"], 1, generator=generator, dtype=torch.float64)
    kernel = free - torch.linalg.pinv(z) @ (z @ free)
    return {"z": z, "a": s, "b": s + kernel[:, :, 0], "y": batch["y"]}


ONE_LIMIT = Part(
    id="unique",
    says=r"X^\top X (X^\top a) = X^\top X (X^\top b) = X^\top \mu \Rightarrow X^\top a = X^\top b",
    statement=_pair(),
    checks=(Symbolic("gbcl.minimum_norm:one_limit"), Property(also=(LEAST_PAIR, DEPENDENT), draw=draw_pair)),
    example=LEAST_PAIR,
    twins=(
        Twin("opposite", _pair(-1), LEAST_PAIR),
        Twin(
            "any two of the range",
            _pair(given=BOTH_IN_RANGE[:1]),
            {"z": [[1]], "a": [1], "b": [2], "y": [1]},
        ),
    ),
    neighbours=(Neighbour("doubled", _pair(times=2), example=LEAST_PAIR),),
)
