"""Theorem 2.1 for every n, k and d: each difference is a combination of the entries of XXᵀ − I, or of XR − I."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.gbcl.duality_axes import AXES, D, K, N
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.claims.gbcl import theorem2_1_output as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Rejected, Steps, carry_out

ALL = "all n, k, d"


def paired(weights: Any, rows: Any) -> Expr:
    """Σ weights · rows, entry by entry."""
    return ex.total(ex.dot(w, r) for w, r in zip(weights, rows, strict=True))


def _combined(
    equations: dict[str, tuple[str, str]], combination: Callable[[Any, Any, Any], Expr]
) -> Callable[[Statement], Proof]:
    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            follows_for_all_sizes(steps, statement, equations, combination, AXES, ("k", "d"))
            return ALL

        return carry_out(argument)

    return prove


#: P XXᵀ − P = P (XXᵀ − I).
output = _combined({"unit-features": ("d", "d")}, lambda x, h, w: paired(w, net.product(x.P, h["unit-features"])))

#: c⁻¹ P XXᵀ − P = c⁻¹ P (XXᵀ − c I).
scaled_output = _combined(
    {"even-features": ("d", "d")}, lambda x, h, w: paired(w, net.product(x.P, h["even-features"])) / x.c
)

#: P Rᵀ Xᵀ − P = P (XR − I)ᵀ.
right_inverse = _combined(
    {"right-inverse": ("d", "d")},
    lambda x, h, w: paired(w, net.product(x.P, net.transposed(h["right-inverse"]))),
)

#: The steps differ by −η G (XXᵀ − I).
same_step = _combined(
    {"unit-features": ("d", "d")}, lambda x, h, w: -x.eta * paired(w, net.product(x.G, h["unit-features"]))
)

#: At the rate η/c for W_2: −(η/c) G (XXᵀ − c I).
scaled_step = _combined(
    {"even-features": ("d", "d")}, lambda x, h, w: -x.eta / x.c * paired(w, net.product(x.G, h["even-features"]))
)


def same_loss(statement: Statement) -> Proof:
    """The conclusion is ℓ(X, P) − ℓ(X, Y_2) for one and the same ℓ, and Y_2 = P by `output`.

    The smallest distance of a sample, from P or from Y_2, is a function of the prototypes: where Y_2 = P both are one number, and with
    a name for it nothing of the conclusion may be left, at any size.
    """
    prototypes = Statement(statement.domain, claim.OUTPUT.statement.conclusion, statement.given)

    def argument(steps: Steps) -> str:
        first = output(prototypes)
        steps.verify("Y_2 = P", first.outcome == "proved")
        steps.verify("the conclusion is an equation", statement.trace({"n": 1, "k": 1, "d": 1})[1].op == "eq0")

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x, roots = statement.domain.namespace(sizes), statement.trace(sizes)[1].roots
            if len(roots) != 1:
                raise Rejected(f"the conclusion is one equation at {dict(sizes)}")
            named = {
                least: ex.variable("least", i)
                for at in (x.P, claim.realised(x))
                for i, least in enumerate(claim.least_distances(x.X, at))
            }
            left = ex.substitute(roots[0], named)
            if any(node.op in ("min", "max") for node in ex.topological([left])):
                raise Rejected(f"the conclusion is made of the smallest distances at P and at Y_2, {dict(sizes)}")
            return [left], {}

        axes = (Carriers("n", {**N.positions, "least": 0}), K, D)
        identity_for_all_sizes(steps, family, axes, says="the loss at P less the loss at Y_2 = P")
        steps.note("a function has equal values at equal prototypes; no property of the loss enters")
        return ALL

    return carry_out(argument)


def full_rank_needed(statement: Statement) -> Proof:
    """v = W_2 (Xᵀ v) − (W_2 Xᵀ − I) v."""

    def combination(x: Any, h: Any, w: Any) -> Expr:
        through = [ex.dot(row, h["orthogonal"]) for row in x.W2]
        rest = [ex.dot(row, x.v) for row in h["realised"]]
        return ex.dot(w, ex.minus(through, rest))

    # W_2 is d × n here, so that its first index is one of the axis d.
    features = type(D)("d", {**D.positions, "W2": 0})

    def argument(steps: Steps) -> str:
        equations = {"orthogonal": ("n",), "realised": ("d", "d")}
        follows_for_all_sizes(steps, statement, equations, combination, (N, features), ("d",))
        return "all n, d"

    return carry_out(argument)


def sample_count(statement: Statement) -> Proof:
    """n − d = ‖I_n − XᵀX‖² − ‖XXᵀ − I_d‖²."""

    def squares(x: Any) -> list[Expr]:
        return net.sample_gram(x)

    def argument(steps: Steps) -> str:
        follows_for_all_sizes(
            steps,
            statement,
            {"unit-features": ("d", "d")},
            lambda x, h, w: -paired(h["unit-features"], h["unit-features"]),
            (N, D),
            squares=squares,
            says="n − d is a sum of squares",
        )
        return "all n, d"

    return carry_out(argument)
