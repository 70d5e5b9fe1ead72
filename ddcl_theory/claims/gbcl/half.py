"""What the two half dualities share: one constraint given, the other concluded."""

from __future__ import annotations

from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.domain import Domain, above_zero
from ddcl_theory.relation import equals_zero

SCALED = Domain((*net.NETWORKS.variables, above_zero("c")), net.SIZES)


def first_gap(x, factor=1, own=1):
    """factor · Y_2 − own · W_1, up to sign."""
    return net.difference([[own * v for v in row] for row in x.W1], net.dual_output(x), factor)


def second_gap(x, factor=1, own=1):
    """own · W_2 − factor · Y_1."""
    return net.difference([[own * v for v in row] for row in x.W2], net.base_output(x), factor)


def _doubled(gap):
    return lambda x: [2 * v for v in gap(x)]


def printed(identifier, says, gap, given, proof, point, draw):
    """The half duality under a Gram matrix I; the twin halves the output."""
    statement = Statement(net.NETWORKS, equals_zero(gap), given)
    return Part(
        id=identifier,
        says=says,
        statement=statement,
        checks=(Symbolic(proof), Property(also=(point,), draw=draw), Ablation(proof)),
        example=point,
        twins=(
            Twin("twice the output", Statement(net.NETWORKS, equals_zero(lambda x: gap(x, 2)), given), witness=point),
        ),
        neighbours=(Neighbour("doubled", Statement(net.NETWORKS, equals_zero(_doubled(gap)), given), example=point),),
    )


def standardised(part, identifier, symbols, gap, given, scaled_given, proof, point, size, breaks, advice):
    """The same under unit variance in its statistical sense; the amendment has a Gram matrix c I.

    symbols: (hypothesis, hypothesis with c, conclusion, conclusion with c) in LaTeX.  size: what c is there.
    """
    scaled_point = {**point, "c": 2}
    amended = Part(
        id=f"{identifier}-amended",
        says=rf"{symbols[1]} \Rightarrow {symbols[3]}",
        statement=Statement(SCALED, equals_zero(lambda x: gap(x, own=x.c)), scaled_given),
        checks=(Symbolic(proof), Certified(candidates=(scaled_point,))),
        example=scaled_point,
        twins=(Twin("without c", Statement(SCALED, equals_zero(gap), scaled_given), scaled_point),),
        neighbours=(
            Neighbour(
                "doubled",
                Statement(SCALED, equals_zero(lambda x: [2 * v for v in gap(x, own=x.c)]), scaled_given),
                example=scaled_point,
            ),
        ),
    )
    return Part(
        id=identifier,
        says=rf"{symbols[0]} \Rightarrow {symbols[2]}",
        statement=Statement(net.NETWORKS, equals_zero(gap), given),
        checks=(Certified(candidates=(point,)),),
        example=point,
        twins=(
            Twin(
                f"{size} − 1 times as much",
                Statement(net.NETWORKS, equals_zero(lambda x: gap(x, 2, 2 * getattr(x, size) - 1)), given),
                point,
            ),
        ),
        neighbours=(
            Neighbour(
                f"{size} times as much",
                Statement(net.NETWORKS, equals_zero(lambda x: gap(x, own=getattr(x, size))), given),
                example=point,
            ),
        ),
        amendment=Amendment(amended, breaks=FailingStep(part, breaks), advice=advice),
    )
