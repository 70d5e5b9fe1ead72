"""Derivatives of the stable loss for every number of clusters and every dimension.

The exponentials e^{x·w_l/λ} become free positive numbers e_l.  The normalisers of the K targets are the same sum in K orders;
once that is verified they are written as one, and the support lemma lifts the identities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddcl_proofs.secu.atoms import OWN, RIVAL, conclusion, freed, given, text
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Rejected, Steps, carry_out, identity

E = "e"
AXES = (Carriers("k", {E: 0, "y": 0, "w": 0, "u": 0}), Carriers("d", {"x": 0, "w": 1, "u": 1}))
FEATURE_AXES = (Carriers("k", {E: 0, "y": 0, "w": 0}), Carriers("d", {"x": 0, "w": 1, "u": 0}))


def _atoms(e: Expr, rows: Sequence[Sequence[Expr]], w: Sequence[Any], t: Expr) -> Expr:
    """e_il in place of e^{x_i·w_l/λ}; e_l where there is one instance."""
    single = len(rows) == 1
    mapping = {
        s.attraction(x, v, t): ex.variable(E, m) if single else ex.variable(E, i, m)
        for i, x in enumerate(rows)
        for m, v in enumerate(w)
    }
    result = ex.substitute(e, mapping)
    if any(n.op == "boltzmann" for n in ex.topological([result])):
        raise Rejected("the exponentials are those of the instances at the centres")
    return result


def _one_normaliser(e: Expr, k: int) -> Expr:
    """The expression with Σ_l e_l, in one order, in every denominator that equals it."""
    mass = ex.total(ex.variable(E, m) for m in range(k))
    bases = {n.args[0] for n in ex.topological([e]) if n.op == "pow" and n.data < 0}
    return ex.substitute(e, {b: mass for b in bases if b is not mass and identity(b - mass)})


def _vanishes(steps: Steps, statement: Statement, axes: Sequence[Carriers], says: str) -> None:
    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = statement.domain.namespace(sizes)
        (root,) = conclusion(steps, statement, sizes, "eq0").roots
        return [_one_normaliser(_atoms(root, [x.x], x.w, x.T), sizes["k"])], {}

    identity_for_all_sizes(steps, family, axes, says=says)


def positives_only(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _vanishes(steps, statement, AXES, "the derivative along u is Σ_j y_j (p_j − 1) x·u_j / λ")
        steps.note("a sum over instances adds these derivatives")
        return "all K, d"

    return carry_out(argument)


def encoder(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _vanishes(steps, statement, FEATURE_AXES, "the derivatives of both losses in x agree")
        return "all K, d"

    return carry_out(argument)


def convex_in_its_own_centre(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        for sizes in (
            {"n": 1, "k": 2, "d": 1},
            {"n": 1, "k": 3, "d": 2},
            {"n": 1, "k": 5, "d": 1},
            {"n": 2, "k": 2, "d": 1},
        ):
            x = statement.domain.namespace(sizes)
            root, *mixed = (_atoms(r, x.x, x.w, x.T) for r in conclusion(steps, statement, sizes, "ge0").roots)
            steps.verify(
                f"the mixed derivatives along u and v agree at {text(sizes)}",
                len(mixed) == 2 and all(identity(r) for r in mixed),
            )
            terms = []
            for i, (row, y) in enumerate(zip(x.x, x.y, strict=True)):
                own, *others = [ex.variable(E, m) if len(x.x) == 1 else ex.variable(E, i, m) for m in range(x.k)]
                rest = ex.total(others)
                terms.append(y[0] * own * rest / (own + rest) ** 2 * ex.dot(row, x.u) ** 2 / x.T**2)
            value = ex.total(terms)
            steps.verify(
                f"the second derivative is a multiple of Σ_i y_i1 p_i (1 − p_i) (x_i·u)² / λ² at {text(sizes)}",
                any(identity(root - c * value) for c in range(1, 10)),
            )
            steps.verify(
                f"y ≥ 0 is a hypothesis at {text(sizes)}",
                given(statement, sizes, "y-nonnegative", "ge0", lambda x: [v for row in x.y for v in row]),
            )
        steps.note("exponentials are positive; one formula in n, K and d: the others enter as their sum")
        return "all n, K, d"

    return carry_out(argument)


def downhill_for_ever(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        for sizes in (
            {"n": 1, "o": 1, "d": 1},
            {"n": 2, "o": 2, "d": 1},
            {"n": 3, "o": 1, "d": 2},
            {"n": 2, "o": 4, "d": 1},
        ):
            x = statement.domain.namespace(sizes)
            root = freed(conclusion(steps, statement, sizes, "gt0").roots[0], x.x, x.w, x.v, x.T)
            terms = []
            for i, row in enumerate(x.x):
                rest = ex.total(ex.variable(RIVAL, i, m) for m in range(x.o))
                terms.append(rest / (ex.variable(OWN, i) + rest) * ex.dot(row, x.u))
            steps.verify(
                f"the slope is a multiple of −Σ_i (1 − p_i) x_i·u / λ at {text(sizes)}",
                any(identity(root - c * ex.total(terms)) for c in range(1, 10)),
            )
            steps.verify(
                f"x_i·u > 0 is a hypothesis at {text(sizes)}",
                given(statement, sizes, "half-space", "gt0", lambda x: [ex.dot(row, x.u) for row in x.x]),
            )
        steps.note("1 − p_i > 0, at every w; one formula in n, K and d")
        return "all n, K, d"

    return carry_out(argument)
