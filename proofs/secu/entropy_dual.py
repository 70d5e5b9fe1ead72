"""The entropy as a constraint and as a penalty, for any number of instances and clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.secu import declared
from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.secu import entropy_dual as claim
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import logarithm
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out

SCOPE = "all n, k"
NAMES = ("c", "y", "v", "w")
AXES = (Carriers("n", dict.fromkeys(NAMES, 0)), Carriers("k", dict.fromkeys(NAMES, 1)))
HY, HV, HW = (ex.variable(f"H({name})") for name in "yvw")


def _free(sizes: Mapping[str, int]) -> dict[str, Any]:
    """c, y, v, w as free numbers."""
    return {name: [[ex.variable(name, i, j) for j in range(sizes["k"])] for i in range(sizes["n"])] for name in NAMES}


def _backward(entropy: Callable[[Any], Expr], given: tuple[Hypothesis, ...]) -> Callable[[Statement], Proof]:
    def argument_of(statement: Statement) -> Callable[[Steps], str]:
        def argument(steps: Steps) -> str:
            sizes = declared.examined(statement)
            declared.conclusion(
                steps, statement, "ge0", lambda x, f: [claim.dearer(x, f)], sizes, "a multiple of Σ v c − Σ y c"
            )
            declared.kinds(steps, statement, {"alpha": "nonnegative"})
            hypotheses = (*given, claim.penalised(entropy), claim.no_less(entropy))
            declared.given(steps, statement, hypotheses, sizes)
            for s in sizes:
                x = statement.domain.namespace(s)
                left = claim.penalised_excess(x, entropy)
                right = claim.dearer(x) - x.alpha * (entropy(x.v) - entropy(x.y))
                if left is not right:
                    steps.verify(f"the hypothesis is Σ v c − Σ y c − α (H(v) − H(y)) ≥ 0 (at {s})", False)
            steps.verify("the hypothesis is Σ v c − Σ y c − α (H(v) − H(y)) ≥ 0", True)
            steps.note("α ≥ 0 and H(v) ≥ H(y): Σ v c − Σ y c ≥ α (H(v) − H(y)) ≥ 0, for all labels and any function H")
            return SCOPE

        return argument

    return lambda statement: carry_out(argument_of(statement))


backward_one_hot = _backward(lb.entropy, claim.HOT[:2])
backward_shares = _backward(lb.relaxed_entropy, claim.inside("y", "v"))


def _costs_of_mixture(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """(H(v) − H(w)) (cost z − cost y) less the conclusion, for the mixture z; entropies are free numbers."""
    x = _free(sizes)
    theta = (HY - HW) / (HV - HW)
    z = [ex.plus(ex.scaled(theta, a), ex.scaled(1 - theta, b)) for a, b in zip(x["v"], x["w"], strict=True)]
    y, v, w = (lb.cost(x["c"], x[name]) for name in "yvw")
    gained = (HV - HW) * (lb.cost(x["c"], z) - y)
    return [gained - ((v - y) * (HY - HW) - (y - w) * (HV - HY))], {}


def _shares_of_mixture(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """θ a (a/z − 1)-terms of the tangent bound: Σ_j θ (a_j − z_j) + (1 − θ)(b_j − z_j) for z = θa + (1 − θ)b."""
    theta = ex.variable("theta")
    value = ex.ZERO
    for j in range(sizes["k"]):
        a, b = ex.variable("a", j), ex.variable("b", j)
        z = theta * a + (1 - theta) * b
        value = value + theta * (a - z) + (1 - theta) * (b - z)
    return [value], {}


def concave(steps: Steps) -> None:
    """H(θa + (1 − θ)b) ≥ θ H(a) + (1 − θ) H(b) for shares of any length."""
    logarithm.verify(steps)
    identity_for_all_sizes(
        steps,
        _shares_of_mixture,
        (Carriers("k", {"a": 0, "b": 0}),),
        says="Σ_j θ (a_j − z_j) + (1 − θ)(b_j − z_j) = 0 for z = θa + (1 − θ)b",
    )
    steps.note(
        "H(z) − θ H(a) − (1 − θ) H(b) = Σ_j θ z_j f(a_j/z_j) + (1 − θ) z_j f(b_j/z_j) with f(x) = x log x ≥ x − 1: "
        "it is at least that sum, 0"
    )


def forward(statement: Statement) -> Proof:
    """The mixture of v and w with at least the entropy of y is no cheaper than y."""

    def argument(steps: Steps) -> str:
        sizes = declared.examined(statement)
        entropy = lb.relaxed_entropy
        declared.conclusion(
            steps,
            statement,
            "ge0",
            lambda x, f: [f * claim.slopes(x, entropy)],
            sizes,
            "a multiple of (cost v − cost y)(H(y) − H(w)) − (cost y − cost w)(H(v) − H(y))",
        )
        declared.kinds(steps, statement, dict.fromkeys("yvw", "simplex"))
        declared.given(steps, statement, (*claim.ORDER, claim.NO_MIXTURE), sizes)
        identity_for_all_sizes(
            steps, _costs_of_mixture, AXES, says="(H(v) − H(w)) (cost z − cost y) is the conclusion, z the mixture"
        )
        steps.note("0 < θ < 1 and H(v) − H(w) > 0 by the order of the entropies")
        concave(steps)
        steps.note("the shares of z are the mixture of those of v and w: H(z) ≥ θ H(v) + (1 − θ) H(w) = H(y) ≥ γ")
        steps.note("so z is no label below γ, and the hypothesis leaves cost z ≥ cost y")
        return SCOPE

    return carry_out(argument)
