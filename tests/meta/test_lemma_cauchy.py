"""The lemma on lengths: what it verifies, and that the scalars it reasons with leave no room for more."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cauchy
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.proof import Rejected, Steps
from ddcl_theory.relation import at_least_zero


def test_both_statements_are_verified() -> None:
    steps = Steps()
    cauchy.verify_lengths(steps)
    assert any("Lagrange's identity" in step for step in steps.done)
    assert steps.done[-2:] == [
        "|u| ≤ a and |v| ≤ b give |u − v| ≤ a + b",
        "|u| > a + b and |v| ≤ b give |u − v| > a",
    ]


def test_the_identity_is_wrong_with_one_square_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = cauchy._lagrange

    def missing(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        (root,), labels = healthy(sizes)
        u, v = ([ex.variable(name, i) for i in range(sizes["n"])] for name in ("u", "v"))
        return [root + (u[0] * v[-1] - u[-1] * v[0]) ** 2], labels

    monkeypatch.setattr(cauchy, "_lagrange", missing)
    with pytest.raises(Rejected):
        cauchy.verify(Steps())


@pytest.mark.parametrize("share", [Fraction(99, 100), Fraction(1, 2)])
def test_a_shorter_bound_is_rejected(share: Fraction) -> None:
    given = (
        at_least_zero(lambda x: x.uu * x.vv - x.uv**2),
        at_least_zero(lambda x: x.a**2 - x.uu),
        at_least_zero(lambda x: x.b**2 - x.vv),
    )
    claim = at_least_zero(lambda x: share * (x.a + x.b) ** 2 - (x.uu - 2 * x.uv + x.vv))
    statement = Statement(cauchy.SCALARS, claim, tuple(Hypothesis(f"h{i}", "", r) for i, r in enumerate(given)))
    with pytest.raises(Rejected):
        decide(Steps(), statement, {}, "shorter")
