"""Descent of F_T along any parameters, and the norm that end-to-end training with a ridge contracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.ddcl.theorem3_applies import stopped_is_downhill
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import theorem4_scope_parametrised as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity


def _small(statement: Statement, most: int) -> list[dict[str, int]]:
    """Sizes whose product is at most `most`."""
    found = []
    for sizes in statement.domain.all_sizes():
        product = 1
        for size in sizes.values():
            product *= size
        if product <= most:
            found.append(sizes)
    return found


def _descends(statement: Statement, value: Any, rates: Any, scope: str) -> Proof:
    def argument(steps: Steps) -> str:
        for sizes in _small(statement, 4):
            x = statement.domain.namespace(sizes)
            given, traced = statement.trace(sizes)
            text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
            expected = value(x)
            steps.verify(
                f"the conclusion is a multiple of Σ velocity²/rate at {text}",
                traced.op == "ge0" and any(identity(traced.roots[0] - c * expected) for c in (1, 2)),
            )
            strict = {id(r) for _, t in given if t.op == "gt0" for r in t.roots}
            steps.verify(f"the rates are positive at {text}", {id(r) for r in rates(x)} <= strict)
        stopped_is_downhill(steps)
        steps.note(
            "held slopes of L_q are slopes of F_T; the chain rule: Ḟ_T = Σ_i θ̇_i ∂F_T/∂θ_i with θ̇_i = −r_i ∂F_T/∂θ_i"
        )
        return scope

    return carry_out(argument)


def any_parametrisation(statement: Statement) -> Proof:
    """−dF_T/dt = Σ_i θ̇_i²/r_i."""

    def value(x: Any) -> Expr:
        return ex.total(s**2 / r for s, r in zip(claim.parameter_speeds(x), x.rate, strict=True))

    return _descends(statement, value, lambda x: x.rate, "all n, k, d, numbers of parameters and rates")


def native(statement: Statement) -> Proof:
    """−dF_T/dt = Σ |ż_n|²/r_n + Σ |ẇ_n|²/ρ_n: Z and W are parameters that move the features along the unit vectors and the
    prototypes along W and Z."""

    def value(x: Any) -> Expr:
        pairs = zip((x.rate_z, x.rate_w), claim.native_speeds(x), strict=True)
        return ex.total(ex.norm2(v) / r for rates, rows in pairs for r, v in zip(rates, rows, strict=True))

    return _descends(statement, value, lambda x: (*x.rate_z, *x.rate_w), "all n, k, d and rates")


def _euler(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """z·∂_z L_q + Σ_j p_j·∂_pj L_q − 2 L_q at held q, one sample, q free on the simplex."""
    k, d = sizes["k"], sizes["d"]
    q = [ex.variable("q", j) for j in range(k)]
    z = [ex.variable("z", i) for i in range(d)]
    p = [[ex.variable("p", j, i) for i in range(d)] for j in range(k)]
    along_z = ex.total(2 * w * ex.dot(z, ex.minus(z, row)) for w, row in zip(q, p, strict=True))
    along_p = ex.total(2 * w * ex.dot(row, ex.minus(row, z)) for w, row in zip(q, p, strict=True))
    return [along_z + along_p - 2 * a.quantization(z, p, q)], {}


def shrinks(statement: Statement) -> Proof:
    """The norm falls at the rate 4 (Σ L_q + λ_P ‖P‖²), which is positive off the origin."""

    def value(x: Any) -> Expr:
        losses = [a.quantization(s, x.p, a.assignment(s, x.p, x.T, anchor=a.distances(s, x.p)[0])) for s in x.z]
        return 4 * ex.total(losses) + 4 * x.weight * ex.total(ex.norm2(row) for row in x.p)

    def argument(steps: Steps) -> str:
        for sizes in _small(statement, 6):
            x = statement.domain.namespace(sizes)
            given, traced = statement.trace(sizes)
            text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
            expected = value(x)
            steps.verify(
                f"the conclusion is a multiple of 4 (Σ L_q + λ_P ‖P‖²) at {text}",
                traced.op == "gt0" and any(identity(traced.roots[0] - c * expected) for c in (1, 2)),
            )
            steps.verify(
                f"λ_P > 0 is a hypothesis at {text}",
                any(t.op == "gt0" and t.roots == (x.weight,) for _, t in given),
            )
            entries = {id(c) for row in (*x.z, *x.p) for c in row}
            steps.verify(
                f"(Z, P) ≠ 0 is a hypothesis at {text}",
                any(t.op == "ne0" and {id(r) for r in t.roots} == entries for _, t in given),
            )
        axes = (Carriers("k", {"p": 0, "q": 0}), Carriers("d", {"z": 0, "p": 1}))
        identity_for_all_sizes(
            steps, _euler, axes, simplex="q", says="z·∂_z L_q + Σ_j p_j·∂_pj L_q = 2 L_q at held q, one sample"
        )
        steps.note("all shares of a softmax are positive: Σ L_q + λ_P ‖P‖² = 0 only with P = 0 and then z_n = p_j = 0")
        steps.note(
            "the squared norm over the rates is proper: with a strict fall off 0, every solution tends to 0, at every T"
        )
        return "all n, k, d and rates"

    return carry_out(argument)
