"""Corollary 6: the KKT points of the smallest problem by real algebra, relabelling, and the minimum with entropies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.ddcl.theorem4 import quadratic_form
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import corollary6 as claim
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange, logarithm
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

AXES = (Carriers("k", {"p": 0, "q": 1}), Carriers("n", {"z": 0, "q": 0}), Carriers("d", {"z": 1, "p": 1}))


def one_point(statement: Statement) -> Proof:
    """No other KKT point exists, and the point itself is one."""

    def argument(steps: Steps) -> str:
        x = claim.PAIR.namespace({})
        c, half = 1 / (1 + 2 * x.weight), ex.ONE / 2
        there = {x.p[0]: c, x.p[1]: c, x.q[0]: half, x.q[1]: half}
        steps.verify(
            "p = 1/(1 + 2λ_P), q = ½ is stationary", all(identity(ex.substitute(v, there)) for v in claim.pull(x))
        )
        steps.verify("its distances agree", all(identity(ex.substitute(v, there)) for v in claim.gaps(x)))
        decide(steps, statement, {}, "no KKT point of the regime violates the conclusion")
        return "all real λ_P, λ_sep > 0 of the regime; n = 1, k = 2, d = 1"

    return carry_out(argument)


def _swap(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """E without logarithms after exchanging two labels minus E, with Lagrange's form of L_sep; labels 1 and 2 apart from the others."""
    n, others, d = sizes["n"], sizes["k"], sizes["d"]
    z = [[ex.variable("z", i, j) for j in range(d)] for i in range(n)]
    o = [[ex.variable("p", i, j) for j in range(d)] for i in range(others)]
    q = [[ex.variable("q", i, j) for j in range(others)] for i in range(n)]
    one, two = ([ex.variable(name, j) for j in range(d)] for name in ("one", "two"))
    a, b = ([ex.variable(name, i) for i in range(n)] for name in ("a", "b"))
    sep, weight = ex.variable("sep"), ex.variable("weight")

    def energy(p: list[list[Expr]], shares: list[list[Expr]]) -> Expr:
        return e.quantization(z, p, shares) - sep * lagrange.spread(p) + weight * e.square(p)

    before = energy([one, two, *o], [[u, v, *row] for u, v, row in zip(a, b, q, strict=True)])
    after = energy([two, one, *o], [[v, u, *row] for u, v, row in zip(a, b, q, strict=True)])
    return [after - before], {}


def symmetric(statement: Statement) -> Proof:
    """E is a sum over labels and over pairs of labels."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            conclusion = statement.trace(sizes)[1]
            steps.verify(
                f"vanishes identically at {sizes}",
                conclusion.op == "eq0" and all(identity(r) for r in conclusion.roots),
            )
        lagrange.verify(steps)
        axes = (
            Carriers("k", {"p": 0, "q": 1}),
            Carriers("n", {"z": 0, "q": 0, "a": 0, "b": 0}),
            Carriers("d", {"z": 1, "p": 1, "one": 0, "two": 0}),
        )
        identity_for_all_sizes(steps, _swap, axes, says="exchanging two labels, any others present")
        steps.note("the entropies are sums over j of functions of q_nj and of the mean of q_nj over n")
        steps.note("a relabelled KKT point is a KKT point; if there is only one, it equals all its relabellings")
        return "all n, k, d"

    return carry_out(argument)


def minimum(statement: Statement) -> Proof:
    """(λ_P − k λ_sep) ‖P‖² + λ_sep ‖Σp‖² + Σ q ‖p‖² + λ_bal KL + λ_ent (log k − H)."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            total = [ex.total(row[i] for row in x.p) for i in range(x.d)]
            held = ex.total(w * ex.norm2(row) for share in x.q for w, row in zip(share, x.p, strict=True))
            gap = x.weight - x.k * x.sep
            value = gap * e.square(x.p) + x.sep * ex.norm2(total) + held
            value = value + x.bal * e.balance(x.q) + x.ent * (e.negative_entropy(x.q) + ex.log(x.k))
            steps.verify(
                f"the conclusion is a multiple of the sum at {sizes}",
                conclusion.op == "ge0" and any(identity(conclusion.roots[0] - c * value) for c in (1, 2)),
            )
            strict = [r for _, t in given if t.op == "gt0" for r in t.roots]
            steps.verify(f"λ_P > k λ_sep is a hypothesis at {sizes}", any(identity(gap - r) for r in strict))
        quadratic_form(steps)
        logarithm.verify(steps)
        steps.note("with x_j = k q_j the inequality gives KL ≥ 0 and log k ≥ H; every term of the sum is ≥ 0")
        return "all n, k, d"

    return carry_out(argument)
