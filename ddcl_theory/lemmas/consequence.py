"""A conclusion that follows from equations, for all sizes, by an explicit combination of them.

Equations h_f = 0 give c_e = 0 for every e once

    Σ_e w_e c_e = Σ_f m_f h_f        identically, w_e free weights,

and they give c ≥ 0 once c = Σ squares + Σ_f m_f h_f.  The left sides h_f and c are those that the statement itself traces,
and the identity is carried to all sizes by the support lemma.  That the right side is a combination of the h_f is checked
by putting zeros in their place: nothing may be left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Unsupported
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Rejected, Steps, identity

#: A name of a size, or a fixed number.
Axis = str | int
#: (variables, left sides of the equations by hypothesis, weights of the conclusion), nested along their axes → an expression.
Combination = Callable[[Any, Mapping[str, Any], Any], Expr]
Squares = Callable[[Any], Sequence[Expr]]

#: Positive factors with which the conclusion may appear.
FACTORS = (1, 2)


def follows_for_all_sizes(
    steps: Steps,
    statement: Statement,
    equations: Mapping[str, Sequence[Axis]],
    combination: Combination,
    axes: Sequence[Carriers],
    along: Sequence[Axis] = (),
    squares: Squares | None = None,
    says: str = "the conclusion is a combination of the equations",
) -> None:
    """Verify the identity for all sizes, and with it the statement.

    equations: the hypotheses used, with the axes along which their expressions are listed, the last one fastest.
    along: the axes of the conclusion.  It gets the weights w_e = Π weight0[e_0] · weight1[e_1] …; a conclusion with
        squares is one expression ≥ 0.
    Raises Rejected through `steps` where a hypothesis is missing, or is no equation, or the identity fails.
    """
    carriers = [_with_weights(a, along) for a in axes]

    def parts(sizes: Mapping[str, int], factor: int) -> tuple[Expr, Expr]:
        """(the weighted conclusion, the combination)."""
        x = statement.domain.namespace(sizes)
        given, conclusion = statement.trace(sizes)
        found = {h.id: t for h, t in given}
        left = {}
        for name, shape in equations.items():
            if name not in found or found[name].op != "eq0":
                raise Rejected(f"the equation {name!r} is given")
            left[name] = _nested(found[name].roots, [_size(a, sizes) for a in shape], name)
        if conclusion.op != ("eq0" if squares is None else "ge0"):
            raise Rejected(f"the conclusion is {'an equation' if squares is None else 'one inequality'}")
        weights = _weights(along, sizes)
        flat = _flat(weights)
        if len(flat) != len(conclusion.roots):
            raise Rejected(f"the conclusion has {len(flat)} entries at {dict(sizes)}")
        wanted = ex.total(w * c for w, c in zip(flat, conclusion.roots, strict=True))
        zeros = {name: _zeros(rows) for name, rows in left.items()}
        if not identity(combination(x, zeros, weights)):
            raise Rejected(f"the right side is a combination of the equations at {dict(sizes)}")
        found_squares = ex.total(s**2 for s in squares(x)) if squares is not None else ex.ZERO
        return wanted, factor * (combination(x, left, weights) + found_squares)

    # Sizes that differ, so that a conclusion about sizes is not 0 there.
    small = {a.axis: 2 + place for place, a in enumerate(axes)}
    factor = next((m for m in FACTORS if _equal(*parts(small, m))), FACTORS[0])

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        wanted, found = parts(sizes, factor)
        return [wanted - found], {}

    identity_for_all_sizes(steps, family, carriers, says=says)
    steps.verify(
        "the equations are hypotheses of the statement, and without them nothing is left of the combination", True
    )


def _equal(a: Expr, b: Expr) -> bool:
    try:
        return identity(a - b)
    except Unsupported:
        return False


def _with_weights(a: Carriers, along: Sequence[Axis]) -> Carriers:
    own = {f"weight{position}": 0 for position, axis in enumerate(along) if axis == a.axis}
    return Carriers(a.axis, {**a.positions, **own})


def _size(a: Axis, sizes: Mapping[str, int]) -> int:
    return sizes[a] if isinstance(a, str) else a


def _weights(along: Sequence[Axis], sizes: Mapping[str, int], position: int = 0, so_far: Expr = ex.ONE) -> Any:
    if position == len(along):
        return so_far
    return [
        _weights(along, sizes, position + 1, so_far * ex.variable(f"weight{position}", i))
        for i in range(_size(along[position], sizes))
    ]


def _flat(nested: Any) -> list[Expr]:
    return [e for v in nested for e in _flat(v)] if isinstance(nested, list) else [nested]


def _nested(roots: Sequence[Expr], shape: Sequence[int], name: str) -> Any:
    if len(roots) != math.prod(shape):
        raise Rejected(f"the equation {name!r} has {' × '.join(map(str, shape))} entries")
    if len(shape) <= 1:
        return list(roots) if shape else roots[0]
    step = len(roots) // shape[0]
    return [_nested(roots[i * step : (i + 1) * step], shape[1:], name) for i in range(shape[0])]


def _zeros(nested: Any) -> Any:
    return [_zeros(v) for v in nested] if isinstance(nested, list) else ex.ZERO
