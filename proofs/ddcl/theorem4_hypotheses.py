"""The regularisers: signs and bounds for every n and k through x log x ≥ x − 1, slopes through the floor on the shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import logarithm
from ddcl_theory.proof import Proof, Steps, carry_out, identity


def _text(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{n} = {s}" for n, s in sizes.items())


def _balance(x: Any) -> Expr:
    """(1/k) Σ_j (x_j log x_j − x_j + 1), x_j = k q̄_j."""
    shares = [x.k * ex.mean(row[j] for row in x.q) for j in range(x.k)]
    return ex.mean(s * ex.log(s) - s + 1 for s in shares)


def _entropy_below(x: Any) -> Expr:
    """(1/nk) Σ (x log x − x + 1), x = k q_nj, with log x = log k + log q_nj."""
    entries = [v for row in x.q for v in row]
    return ex.mean(x.k * v * (ex.log(x.k) + ex.log(v)) - x.k * v + 1 for v in entries)


def _sum_of_terms(terms: Callable[[Any], Expr], scope: str) -> Callable[[Statement], Proof]:
    """conclusion = a positive multiple of a sum of values x log x − x + 1, on Σ_j q_nj = 1."""

    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            logarithm.verify(steps)
            for sizes in statement.domain.all_sizes():
                x = statement.domain.namespace(sizes)
                traced = statement.trace(sizes)[1]
                value = terms(x)
                steps.verify(
                    f"the conclusion is a multiple of the sum of x log x − x + 1 at {_text(sizes)}",
                    traced.op == "ge0" and _multiple_on_simplex(traced.roots[0], value, x),
                )
            steps.note("both sides are one sum over n and over j for every size: each entry contributes the same term")
            return scope

        return carry_out(argument)

    return prove


def _multiple_on_simplex(root: Expr, value: Expr, x: Any) -> bool:
    """root = c · value with c = 1 or 2, where the last entry of every row of q is 1 minus the others."""
    on_simplex = {row[-1]: 1 - ex.total(row[:-1]) for row in x.q}
    return any(identity(ex.substitute(root - c * value, on_simplex)) for c in (1, 2))


nonnegative_balance = _sum_of_terms(_balance, "all n, k")
bounded_entropy = _sum_of_terms(_entropy_below, "all n, k")


def nonnegative_entropy(statement: Statement) -> Proof:
    """−Σ q log q ≥ 0 because 0 < q_nj ≤ 1: every term is a product of q_nj ≥ 0 and −log q_nj ≥ 0."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, traced = statement.trace(sizes)
            value = ex.mean(ex.total(v * -ex.log(v) for v in row) for row in x.q)
            steps.verify(
                f"the conclusion is a multiple of the mean of Σ q (−log q) at {_text(sizes)}",
                traced.op == "ge0" and any(identity(traced.roots[0] - c * value) for c in (1, 2)),
            )
            nonnegative = {id(r) for _, t in given if t.op in ("ge0", "gt0") for r in t.roots}
            steps.verify("q ≥ 0 is a hypothesis", {id(v) for row in x.q for v in row} <= nonnegative)
            sums = [r for _, t in given if t.op == "eq0" for r in t.roots]
            steps.verify(
                "Σ_j q_nj = 1 is a hypothesis, so q_nj ≤ 1 and log q_nj ≤ 0",
                all(any(identity(ex.total(row) - 1 - r) for r in sums) for row in x.q),
            )
        return "all n, k"

    return carry_out(argument)


def _slopes(values: Callable[[Any], list[Expr]]) -> Callable[[Statement], Proof]:
    """Every slope is 1 + log(share) or half of it, and log(share) ≥ −M is a hypothesis."""

    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for sizes in statement.domain.all_sizes():
                x = statement.domain.namespace(sizes)
                given, traced = statement.trace(sizes)
                weak = [r for _, t in given if t.op == "ge0" for r in t.roots]
                shares = values(x)
                for root, share in zip(traced.roots, shares, strict=True):
                    known = ex.log(share) + x.M
                    steps.verify(
                        f"log(share) ≥ −M is a hypothesis at {_text(sizes)}", any(identity(known - r) for r in weak)
                    )
                    steps.verify(
                        f"slope + M is c (1 + log(share) + M) plus (1 − c) M with c = 1 or 1/2 at {_text(sizes)}",
                        traced.op == "ge0"
                        and any(identity(root - c * (1 + known) - (1 - c) * x.M) for c in (ex.ONE, ex.ONE / 2)),
                    )
                large = any(identity(x.M - 10 - r) for r in weak)
                steps.verify("M ≥ 10 is a hypothesis", large)
            return "all n, k"

        return carry_out(argument)

    return prove


entropy = _slopes(lambda x: [v for row in x.q for v in row])
balance = _slopes(lambda x: [x.k * ex.mean(row[j] for row in x.q) for _ in range(x.n) for j in range(x.k)])


def every_bound(statement: Statement) -> Proof:
    """−M − (1 + log e^{−M−c}) is the positive number c − 1."""

    def argument(steps: Steps) -> str:
        import sympy as sp

        from ddcl_theory.evaluate import symbols

        bound = sp.Symbol("M", nonnegative=True)
        traced = statement.trace({})[1]
        (value,) = symbols(list(traced.roots), {("M", ()): bound})
        number = sp.expand(sp.expand_log(value, force=True))
        steps.verify("M cancels", bool(number.is_number))
        steps.verify(f"what remains, {number}, is positive", traced.op == "gt0" and bool(number > 0))
        return "all M ≥ 0"

    return carry_out(argument)


def polynomial(statement: Statement) -> Proof:
    """The fourth derivative along every line vanishes identically; E is a sum of such terms over n, over j and over pairs."""

    def argument(steps: Steps) -> str:
        for sizes in ({"n": 1, "k": 1, "d": 1}, {"n": 1, "k": 2, "d": 1}, {"n": 1, "k": 2, "d": 2}):
            steps.verify(
                f"vanishes identically at {_text(sizes)}", all(identity(r) for r in statement.trace(sizes)[1].roots)
            )
        x = statement.domain.namespace({"n": 2, "k": 3, "d": 2})
        whole = e.smooth(x.z, x.p, x.q, x.sep, x.weight)
        parts = ex.total(
            q * ex.norm2(ex.minus(z, row))
            for z, share in zip(x.z, x.q, strict=True)
            for q, row in zip(share, x.p, strict=True)
        )
        pairs = ex.total(ex.norm2(ex.minus(x.p[i], x.p[j])) for i in range(3) for j in range(i))
        rest = x.weight * ex.total(ex.norm2(row) for row in x.p)
        steps.verify(
            "E is a sum of terms of one sample and one prototype, of two prototypes and of one prototype",
            identity(whole - parts + x.sep * pairs - rest),
        )
        steps.note("each such term occurs at k ≤ 2, n = 1, and coordinates add up: so for all sizes")
        return "all n, k, d"

    return carry_out(argument)
