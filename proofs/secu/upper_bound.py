"""Prices of size bounds, for any number of instances, clusters and batches."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ddcl_proofs.secu import declared
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import upper_bound as claim
from ddcl_theory.domain import Domain, nonnegative, real
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out
from ddcl_theory.relation import at_least_zero

#: β = γ/K and β' = γ'/K as free numbers.
LOW, HIGH = ex.variable("beta"), ex.variable("beta'")
AXES = (Carriers("n", {"c": 0, "y": 0}), Carriers("k", {"c": 1, "y": 1, "rho": 0, "rho2": 0, "p": 0, "q": 0}))


def ascent(statement: Statement) -> Proof:
    """Σ_j p_j (step_j − η/n slope_j) + Σ_j q_j (…) for free p and q; every slope is linear in the sizes."""

    def argument(steps: Steps) -> str:
        declared.conclusion(
            steps,
            statement,
            "eq0",
            lambda x, f: claim.beside_ascent(x, f),
            declared.examined(statement),
            "a multiple of the steps less η/n times the derivatives of the Lagrangian",
        )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            weights = [ex.variable(name, j) for name in "pq" for j in range(x.k)]
            return [ex.dot(weights, claim.beside_ascent(x))], {}

        identity_for_all_sizes(steps, family, AXES, says="the steps are η/n times the derivatives")
        return "all n, k"

    return carry_out(argument)


def _one_price(steps: Steps, says: str) -> None:
    """(max(0, p + τg) − p) g ≥ 0 for p, τ ≥ 0: cutting off at 0 does not turn a step round."""
    scalars = Domain((nonnegative("p"), nonnegative("tau"), real("g")))
    wanted = at_least_zero(lambda x: (ex.maximum(0, x.p + x.tau * x.g) - x.p) * x.g)
    decide(steps, Statement(scalars, wanted), {}, says)


def rises(statement: Statement) -> Proof:
    """The change of the Lagrangian is Σ_j (new price − old price) slope_j, every term of which is ≥ 0."""

    def argument(steps: Steps) -> str:
        declared.conclusion(
            steps,
            statement,
            "ge0",
            lambda x, f: [claim.gained(x, f)],
            declared.examined(statement),
            "a multiple of the change of the Lagrangian",
        )
        declared.kinds(steps, statement, {"rho": "nonnegative", "rho2": "nonnegative", "eta": "positive"})

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            new = [ex.variable(name, j) for name in "pq" for j in range(x.k)]
            change = claim.lagrangian(x, new[: x.k], new[x.k :]) - claim.lagrangian(x, x.rho, x.rho2)
            value = change - ex.dot(ex.minus(new, [*x.rho, *x.rho2]), claim.slopes(x))
            free = {g * Fraction(x.n, x.k): b for g, b in ((x.gamma, LOW), (x.gamma2, HIGH))}
            return [ex.substitute(value, free)], {}

        identity_for_all_sizes(
            steps, family, AXES, says="Λ at new prices p, q less Λ at the old is Σ (new − old) slope"
        )
        ascended = ascent(Statement(statement.domain, claim.ASCENT.statement.conclusion))
        steps.verify("the steps are η/n times the slopes, for all n and k", ascended.covers_domain)
        for s in declared.examined(statement):
            x = statement.domain.namespace(s)
            old = [*x.rho, *x.rho2]
            for new, price, step in zip(claim.updated_prices(x), old, claim.steps(x), strict=True):
                cut = new.op == "max" and new.args[0] is ex.ZERO
                if not (cut and _same(new.args[1], price + step)):
                    steps.verify(f"a new price is max(0, price + step) (at {s})", False)
        steps.verify("a new price is max(0, price + step)", True)
        _one_price(steps, "(max(0, p + τg) − p) g ≥ 0 for p ≥ 0, τ ≥ 0 and every slope g")
        return "all n, k"

    return carry_out(argument)


def _same(a: Expr, b: Expr) -> bool:
    from ddcl_theory.proof import identity

    return identity(a - b)


def on_average(statement: Statement) -> Proof:
    """With max(0, a) = a + s, s ≥ 0, what is to be shown is Σ_r s_r for each price."""

    def argument(steps: Steps) -> str:
        declared.conclusion(
            steps,
            statement,
            "ge0",
            lambda x, f: claim.surplus(x, f),
            declared.examined(statement),
            "a multiple of η Σ (share − γ/K) + ρ^R − ρ^0, and the same for the upper bounds",
        )
        declared.kinds(steps, statement, {"share": "simplex"})

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            """Both surpluses of all clusters with free weights p and q, less the weighted sum of the slacks."""
            r, k = sizes["r"], sizes["k"]
            eta = ex.variable("eta")
            share, slack, slack2 = (
                [[ex.variable(name, i, j) for j in range(k)] for i in range(r)] for name in ("share", "s", "s2")
            )
            low, high, value = ex.variable("beta"), ex.variable("beta'"), ex.ZERO
            for j in range(k):
                p, q, rho, rho2 = (ex.variable(name, j) for name in ("p", "q", "rho", "rho2"))
                new, new2 = rho, rho2
                for i in range(r):
                    new = new - eta * (share[i][j] - low) + slack[i][j]
                    new2 = new2 + eta * (share[i][j] - high) + slack2[i][j]
                value = value + p * (ex.total(eta * (row[j] - low) for row in share) + new - rho)
                value = value + q * (ex.total(eta * (high - row[j]) for row in share) + new2 - rho2)
                value = value - p * ex.total(row[j] for row in slack) - q * ex.total(row[j] for row in slack2)
            return [value], {}

        axes = (
            Carriers("r", {"share": 0, "s": 0, "s2": 0}),
            Carriers("k", {"share": 1, "s": 1, "s2": 1, "rho": 0, "rho2": 0, "p": 0, "q": 0}),
        )
        identity_for_all_sizes(
            steps, family, axes, says="with new = old + step + slack the surplus is the sum of the slacks"
        )
        for s in declared.examined(statement):
            x = statement.domain.namespace(s)
            for found, wanted in zip(_without_cuts(claim.surplus(x)), _slacks(x), strict=True):
                if not _same(found, wanted):
                    steps.verify(f"with max(0, a) = a + slack the conclusion is the sum of the slacks (at {s})", False)
        steps.verify("with max(0, a) = a + slack the conclusion is the sum of the slacks", True)
        line = Statement(Domain((real("a"),)), at_least_zero(lambda x: ex.maximum(0, x.a) - x.a), ())
        decide(steps, line, {}, "max(0, a) − a ≥ 0")
        return "all r, k"

    return carry_out(argument)


def _without_cuts(roots: list[Expr]) -> list[Expr]:
    """Every max(0, a) as a + slack, from the inside out; slacks are numbered per root in the order of the batches."""
    found = []
    for root in roots:
        cuts = [n for n in ex.topological([root]) if n.op == "max"]
        value, position = root, 0
        while cuts:
            node = cuts[0]
            value = ex.substitute(value, {node: node.args[1] + ex.variable("slack", position)})
            position += 1
            cuts = [n for n in ex.topological([value]) if n.op == "max"]
        found.append(value)
    return found


def _slacks(x: Any) -> list[Expr]:
    return [ex.total(ex.variable("slack", i) for i in range(len(x.share)))] * (2 * x.k)
