"""The weight of L_sep at total collapse, for every number of prototypes, samples and dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.ddcl import collapsed
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl import corollary4 as claim
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

attracts_when_hot_stopped, attracts_when_hot_full = collapsed.decays_when_hot_stopped, collapsed.decays_when_hot_full


def _hotter(mode: str) -> Callable[[Statement], Proof]:
    """T1 T2 (growth at T1 − growth at T2) = (2c/kn)(T2 − T1) Σ (ṽ_j·y_n)² ≥ 0."""

    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for at, x, given, conclusion in collapsed.traced(statement):
                steps.verify(
                    "instability at T2, T2 > T1 and T1 > 0 are given",
                    {"suffices-at-T2", "hotter", "T1-positive"} <= given.keys(),
                )
                known, wanted = given["suffices-at-T2"].roots[0], conclusion.roots[0]
                factor = next((f for f in (1, 2) if _falls(wanted / f - known, x)), None)
                steps.verify(
                    f"growth at T1 exceeds growth at T2 by a positive multiple of (T2 − T1) Σ (ṽ_j·y_n)² / (T1 T2) ({at})",
                    conclusion.op == "gt0" and factor is not None,
                )
                there = claim.at(x, "T1")
                steps.verify(
                    f"growth at T1 has its closed form ({at})",
                    identity(wanted / (factor or 1) - c.closed(there, mode) - claim.separating(x, x.sep)),
                )
            collapsed.lemma(steps, mode)
            steps.note("the term of L_sep does not depend on T")
            return collapsed.EVERYWHERE

        return carry_out(argument)

    return proof


def _falls(difference: Expr, x: Any) -> bool:
    return collapsed.positive_multiple(difference * x.T1 * x.T2, (x.T2 - x.T1) * c.reach(x))


needed_when_hot_stopped, needed_when_hot_full = _hotter("stopped"), _hotter("full")


def _critical(mode: str, pairs: str) -> Callable[[Statement], Proof]:
    """T · growth is a positive multiple of the hypothesis."""

    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for at, x, given, conclusion in collapsed.traced(statement):
                steps.verify("a weight that is enough and T > 0 are given", {"enough", "T-positive"} <= given.keys())
                steps.verify(
                    f"T · growth is a positive multiple of the surplus ({at})",
                    conclusion.op == "gt0"
                    and collapsed.positive_multiple(x.T * conclusion.roots[0], given["enough"].roots[0]),
                )
                closed = c.closed(x, mode) + 2 * x.k * e.pair_weight(x.k, pairs) * x.sep * c.size(x)
                steps.verify(
                    f"growth has its closed form ({at})", collapsed.positive_multiple(conclusion.roots[0], closed)
                )
            collapsed.lemma(steps, mode)
            lagrange.verify(steps)
            steps.note("Σ_j ṽ_j = 0: the sum over pairs is k Σ_j ‖ṽ_j‖²")
            return collapsed.EVERYWHERE

        return carry_out(argument)

    return proof


critical_weight_stopped_unordered = _critical("stopped", "unordered")
critical_weight_stopped_ordered = _critical("stopped", "ordered")
critical_weight_stopped_mean = _critical("stopped", "mean")
critical_weight_full_unordered = _critical("full", "unordered")


def bounded_when_warm(statement: Statement) -> Proof:
    """T times the growth is (λ_P T − k C) ‖W‖², W the centred outer prototypes."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            traced, conclusion = statement.trace(sizes)
            given = {h.id: t for h, t in traced}
            steps.verify(
                "warmth, T > 0 and outer prototypes apart are given",
                {"warm-enough", "T-positive", "outer-apart"} <= given.keys(),
            )
            wanted = given["warm-enough"].roots[0] * ex.norm2(given["outer-apart"].roots)
            steps.verify(
                f"T · growth is a positive multiple of (λ_P T − k C) ‖W‖² ({collapsed.text(sizes)})",
                conclusion.op == "gt0" and collapsed.positive_multiple(x.T * conclusion.roots[0], wanted),
            )
        lagrange.verify(steps)
        steps.note("Σ_j w_j = 0: the sum over pairs is k ‖W‖²; prototype 1 keeps the sample at distance 0")
        return "all k ≥ 3, d"

    return carry_out(argument)


def contracts(statement: Statement) -> Proof:
    """The conclusion is a positive multiple of (λ_P − k λ_sep) ‖v‖² + λ_sep ‖Σ v_j‖²."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            traced, conclusion = statement.trace(sizes)
            given = {h.id: t for h, t in traced}
            steps.verify(
                "coercivity, λ_sep > 0 and v ≠ 0 are given", {"remark3", "sep-positive", "moved"} <= given.keys()
            )
            total = [ex.total(row[i] for row in x.v) for i in range(x.d)]
            wanted = given["remark3"].roots[0] * e.square(x.v) + x.sep * ex.norm2(total)
            steps.verify(
                f"the conclusion is a positive multiple of (λ_P − k λ_sep) ‖v‖² + λ_sep ‖Σ v_j‖² ({collapsed.text(sizes)})",
                conclusion.op == "gt0" and collapsed.positive_multiple(conclusion.roots[0], wanted),
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            v = [[ex.variable("v", j, i) for i in range(sizes["d"])] for j in range(sizes["k"])]
            sep, weight = ex.variable("sep"), ex.variable("weight")
            total = [ex.total(row[i] for row in v) for i in range(sizes["d"])]
            left = weight * e.square(v) - sep * lagrange.spread(v)
            return [left - (weight - lagrange.KAPPA * sep) * e.square(v) - sep * ex.norm2(total)], {}

        lagrange.verify(steps)
        identity_for_all_sizes(
            steps, family, (Carriers("k", {"v": 0}), Carriers("d", {"v": 1})), says="the sum, k as a free number"
        )
        return "all k, d"

    return carry_out(argument)
