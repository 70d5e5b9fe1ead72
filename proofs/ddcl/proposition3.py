"""Proposition 3 for every k and d: with the softmax weights as free positive atoms, slope less gradient is one family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.algebra import distances
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out

AXES = (Carriers("k", {WEIGHT: 0, "p": 0, "u": 0}), Carriers("d", {"z": 0, "p": 1, "u": 1}))


def slope(statement: Statement) -> Proof:
    """The conclusion vanishes identically on Σw = 1, for every temperature and every direction u."""

    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            conclusion = statement.trace(sizes)[1]
            if conclusion.op != "eq0" or len(conclusion.roots) != 1:
                steps.verify("the conclusion is one expression that should vanish", False)
            residual, labels = weights(conclusion.roots[0], x, anchor=distances(x.z, x.p)[0])
            return [residual], labels

        identity_for_all_sizes(steps, family, AXES, simplex=WEIGHT, says="slope less gradient")
        return ALL_SIZES

    return carry_out(argument)
