"""The inequality of Cauchy and Schwarz for vectors of every length, from Lagrange's identity

    |u|² |v|² − (u·v)² = Σ_{i<j} (u_i v_j − u_j v_i)²,

and what it says about the length of a sum: with |u| ≤ a and |v| ≤ b, |u − v| ≤ a + b, and |u − v| > a where |u| > a + b.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.domain import Domain, nonnegative, real
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Steps
from ddcl_theory.relation import Relation, at_least_zero, positive

#: Products of two vectors as numbers: |u|², |v|², u·v, and the bounds a and b.
SCALARS = Domain((nonnegative("uu"), nonnegative("vv"), real("uv"), nonnegative("a"), nonnegative("b")))


def _lagrange(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    n = sizes["n"]
    u, v = ([ex.variable(name, i) for i in range(n)] for name in ("u", "v"))
    squares = ex.total((u[i] * v[j] - u[j] * v[i]) ** 2 for i in range(n) for j in range(i + 1, n))
    return [ex.norm2(u) * ex.norm2(v) - ex.dot(u, v) ** 2 - squares], {}


def verify(steps: Steps) -> None:
    """Prove (u·v)² ≤ |u|² |v|² for every length."""
    identity_for_all_sizes(steps, _lagrange, (Carriers("n", {"u": 0, "v": 0}),), says="Lagrange's identity")
    steps.note("a sum of squares is ≥ 0, so (u·v)² ≤ |u|² |v|²")


def _scalar(conclusion: Relation, *bounds: Relation) -> Statement:
    schwarz = at_least_zero(lambda x: x.uu * x.vv - x.uv**2)
    given = tuple(Hypothesis(f"h{i}", "", r) for i, r in enumerate((schwarz, *bounds)))
    return Statement(SCALARS, conclusion, given)


def verify_lengths(steps: Steps) -> None:
    """Prove both statements about |u − v| for every length."""
    verify(steps)
    short = at_least_zero(lambda x: x.b**2 - x.vv)
    decide(
        steps,
        _scalar(
            at_least_zero(lambda x: (x.a + x.b) ** 2 - (x.uu - 2 * x.uv + x.vv)),
            short,
            at_least_zero(lambda x: x.a**2 - x.uu),
        ),
        {},
        "|u| ≤ a and |v| ≤ b give |u − v| ≤ a + b",
    )
    decide(
        steps,
        _scalar(
            positive(lambda x: x.uu - 2 * x.uv + x.vv - x.a**2), short, positive(lambda x: x.uu - (x.a + x.b) ** 2)
        ),
        {},
        "|u| > a + b and |v| ≤ b give |u − v| > a",
    )
