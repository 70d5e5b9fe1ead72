"""How far prototypes may move before the winners of a sample change, for `ddcl.chl`."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import positive

MOVES = Domain(tuple(real(name, "d") for name in ("z", "a", "b", "u", "v")), {"d": (1, 2)})


def gap(share=1):
    """‖z − b‖ − ‖z − a‖ exceeds the share of ‖u‖ + ‖v‖."""

    def room(x):
        far, near, *moves = (ex.sqrt(ex.norm2(w)) for w in (ex.minus(x.z, x.b), ex.minus(x.z, x.a), x.u, x.v))
        return far - near - share * ex.total(moves)

    return Hypothesis(
        "gap",
        rf"\|z - b\| - \|z - a\| > {'' if share == 1 else share} (\|u\| + \|v\|)",
        positive(room),
        breaks=({"z": [0], "a": [1], "b": [0], "u": [0], "v": [0]},),
    )


def still_nearer(x, scale=1):
    """‖z − b − v‖² − ‖z − a − u‖²."""
    after_a, after_b = (ex.norm2(ex.minus(x.z, ex.plus(p, step))) for p, step in ((x.a, x.u), (x.b, x.v)))
    return scale * (after_b - after_a)


def moves_draw(sizes, cases, generator):
    """Two prototypes whose gap is little more than the two moves together, which are made in some direction."""
    import torch

    def way():
        raw = torch.randn(cases, sizes["d"], generator=generator, dtype=torch.float64)
        return raw / raw.norm(dim=-1, keepdim=True)

    def share():
        return torch.rand(cases, 1, generator=generator, dtype=torch.float64)

    near, first, second, z = share(), share(), share(), way()
    far = near + first + second + 1e-6 + share() ** 4
    return {"z": z, "a": z + near * way(), "b": z + far * way(), "u": first * way(), "v": second * way()}


FLAT = Part(
    id="flat",
    says=r"\|z - a - u\| < \|z - b - v\|: \text{ the order of the prototypes, and with it } E, \text{ stays the same}",
    statement=Statement(MOVES, positive(still_nearer), (gap(),)),
    checks=(Symbolic("ddcl.chl:flat"), Property(draw=moves_draw), Ablation("ddcl.chl:flat")),
    example={"z": [0], "a": [0], "b": [3], "u": [1], "v": [-1]},
    twins=(
        Twin(
            "half the gap",
            Statement(MOVES, positive(still_nearer), (gap(ex.Fraction(1, 2)),)),
            witness={"z": [0], "a": [0], "b": ["3/2"], "u": [1], "v": [-1]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(MOVES, positive(lambda x: still_nearer(x, 2)), (gap(),))),),
)
