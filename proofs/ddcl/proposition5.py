"""Proposition 5: what holds of collapse under L_OLS, for every number of prototypes, samples and dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.ddcl import collapsed
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl import proposition5 as claim
from ddcl_theory.claims.ddcl import proposition5_fixed as constant
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

KAPPA = collapsed.KAPPA
grows_stopped, grows_full = collapsed.ols_grows_stopped, collapsed.ols_grows_full


def _identity(statement: Statement, lifted: Callable[[Steps], None]) -> Proof:
    """The conclusion vanishes at the small sizes, and `lifted` verifies why at all."""

    def argument(steps: Steps) -> str:
        for at, _, _, conclusion in collapsed.traced(statement):
            steps.verify(
                f"the conclusion is an identity ({at})",
                conclusion.op == "eq0" and all(identity(root) for root in conclusion.roots),
            )
        lifted(steps)
        return collapsed.EVERYWHERE

    return carry_out(argument)


def fixed_point(statement: Statement) -> Proof:
    """All shares are 1/k and all prototypes at z̄: the force on each is (2/k)(mean z − z̄) = 0."""

    def lifted(steps: Steps) -> None:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            k, d = sizes["k"], sizes["d"]
            y, t = [ex.variable("y", i) for i in range(d)], ex.variable("T")
            v = [[ex.variable("v", j, i) for i in range(d)] for j in range(k)]

            def level(e: Expr) -> Expr:
                weights = [ex.boltzmann(ex.norm2(ex.minus(y, ex.scaled(e, row))) - ex.norm2(y), t) for row in v]
                mass = KAPPA + ex.total(w - 1 for w in weights)
                mixture = [e * ex.total(w * row[i] for w, row in zip(weights, v, strict=True)) / mass for i in range(d)]
                return ex.norm2(ex.minus(y, mixture))

            slope = ex.derivative_at_zero(level)
            return [slope + 2 * ex.total(ex.dot(row, y) for row in v) / KAPPA], {}

        identity_for_all_sizes(
            steps, family, collapsed.AXES, says="slope of one sample's loss, −(2/k) Σ_j v_j·y, k as a free number"
        )
        steps.note("linear in y: its mean over the samples is 0 because Σ_n y_n = 0")

    return _identity(statement, lifted)


def free_fixed_point(statement: Statement) -> Proof:
    """At P = z̄ the loss does not depend on q to first order, and its slope in P is −(2/k) Σ_j v_j·mean y = 0."""

    def lifted(steps: Steps) -> None:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            k, d = sizes["k"], sizes["d"]
            y, b = [ex.variable("y", i) for i in range(d)], [ex.variable("b", j) for j in range(k)]
            v = [[ex.variable("v", j, i) for i in range(d)] for j in range(k)]

            def level(e: Expr) -> Expr:
                mixture = [e * ex.total((1 / KAPPA + e * b[j]) * v[j][i] for j in range(k)) for i in range(d)]
                return ex.norm2(ex.minus(y, mixture))

            return [ex.derivative_at_zero(level) + 2 * ex.total(ex.dot(row, y) for row in v) / KAPPA], {}

        axes = (Carriers("k", {"v": 0, "b": 0}), Carriers("d", {"v": 1, "y": 0}))
        identity_for_all_sizes(steps, family, axes, says="slope of one sample's loss, k as a free number")
        steps.note("linear in y: its mean over the samples is 0 because Σ_n y_n = 0")

    return _identity(statement, lifted)


def grows_free(statement: Statement) -> Proof:
    """Minus the curvature is 4 mean_n Σ_j (ṽ_j·y_n)²."""

    def argument(steps: Steps) -> str:
        for at, x, given, conclusion in collapsed.traced(statement):
            steps.verify("data that vary along v are given", "data-vary-along-v" in given)
            wanted = ex.total(r**2 for r in given["data-vary-along-v"].roots)
            steps.verify(
                f"the conclusion is a positive multiple of Σ (ṽ_j·y_n)² ({at})",
                conclusion.op == "gt0" and collapsed.positive_multiple(conclusion.roots[0], wanted),
            )
            steps.verify(
                f"it has its closed form ({at})", collapsed.ratio(conclusion.roots[0], claim.free_closed(x)) is not None
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            k, d = sizes["k"], sizes["d"]
            y = [ex.variable("y", i) for i in range(d)]
            v = [[ex.variable("v", j, i) for i in range(d)] for j in range(k)]
            total = [ex.total(row[i] for row in v) for i in range(d)]

            def level(e: Expr) -> Expr:
                mixture = [
                    e * ex.total((1 / KAPPA + e * ex.dot(v[j], y)) * v[j][i] for j in range(k)) for i in range(d)
                ]
                return ex.norm2(ex.minus(y, mixture))

            closed = 4 * ex.total(ex.dot(row, y) ** 2 for row in v) - 2 * ex.norm2(total) / KAPPA**2
            return [-ex.derivative_at_zero(level, 2) - closed], {}

        identity_for_all_sizes(steps, family, collapsed.AXES, says="curvature of one sample's loss, k as a free number")
        steps.note("Σ_j ṽ_j = 0, and the directions ṽ_j·y_n in q sum to zero; the mean over the samples adds")
        return collapsed.EVERYWHERE

    return carry_out(argument)


def at_rest_apart(statement: Statement) -> Proof:
    """Each pair z ± v has one weight, so the mixture is z."""

    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            root = statement.trace(sizes)[1].roots[0]
            labels: dict[Expr, Any] = {}
            for j, v in enumerate(x.v):
                for row in (ex.plus(x.z, v), ex.minus(x.z, v)):
                    labels[ex.boltzmann(ex.norm2(ex.minus(x.z, row)) - 0, x.T)] = ("w", (j,))
            return [root], {n: label for n, label in labels.items() if n.op == "boltzmann"}

        for sizes in ({"k": 1, "d": 1}, {"k": 2, "d": 1}, {"k": 2, "d": 2}):
            conclusion = statement.trace(sizes)[1]
            steps.verify(
                f"the conclusion is one identity ({collapsed.text(sizes)})",
                conclusion.op == "eq0" and len(conclusion.roots) == 1 and identity(conclusion.roots[0]),
            )
        axes = (Carriers("k", {"v": 0, "u": 0, "w": 0}), Carriers("d", {"z": 0, "v": 1, "u": 1}))
        identity_for_all_sizes(steps, family, axes, says="no force on a pair z ± v_j")
        return "all k, d"

    return carry_out(argument)


def _uniform(kind: str) -> Callable[[Statement], Proof]:
    """kind "square": the conclusion is a positive multiple of ‖p̄ − z̄‖²; "zero": it vanishes."""

    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for at, x, _, conclusion in collapsed.traced(statement):
                root = conclusion.roots[0]
                if kind == "zero":
                    steps.verify(f"the conclusion is an identity ({at})", conclusion.op == "eq0" and identity(root))
                else:
                    steps.verify(
                        f"the conclusion is a positive multiple of ‖p̄ − z̄‖² ({at})",
                        conclusion.op == "ge0" and collapsed.positive_multiple(root, constant.mean_square(x)),
                    )

            def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
                k, d = sizes["k"], sizes["d"]
                y = [ex.variable("y", i) for i in range(d)]
                p, v = ([[ex.variable(name, j, i) for i in range(d)] for j in range(k)] for name in ("p", "v"))
                mixture = [ex.total(row[i] for row in p) / KAPPA for i in range(d)]
                moved = ex.total(2 * ex.dot(row, ex.minus(y, mixture)) / KAPPA for row in v)
                total = [ex.total(row[i] for row in v) for i in range(d)]
                return [moved - 2 * ex.dot(total, ex.minus(y, mixture)) / KAPPA], {}

            axes = (Carriers("k", {"v": 0, "p": 0}), Carriers("d", {"v": 1, "p": 1, "y": 0}))
            identity_for_all_sizes(steps, family, axes, says="Σ_j v_j·F_j sees Σ_j v_j only, one sample")
            steps.note("v_j = p_j − z̄: −2‖p̄ − z̄‖², because the samples' mean is z̄; v_j = p_j − p̄: Σ_j v_j = 0")
            return collapsed.EVERYWHERE

        return carry_out(argument)

    return proof


constant_stable, differences_stay = _uniform("square"), _uniform("zero")


def centres_alike(statement: Statement) -> Proof:
    """Σ_j v_j·F_j = (2/n) Σ_j v_j·(Σ_n q_nj y_n), linear in what the hypothesis makes 0."""

    def argument(steps: Steps) -> str:
        for at, x, given, conclusion in collapsed.traced(statement):
            steps.verify("equal centres are given", "centres-alike" in given)
            centres = given["centres-alike"].roots
            flat = [entry for row in x.v for entry in row]
            on_simplex = {row[-1]: 1 - ex.total(row[:-1]) for row in x.q}
            wanted = ex.total(v * r for v, r in zip(flat, centres, strict=True))
            found = ex.substitute(conclusion.roots[0], on_simplex)
            steps.verify(
                f"the conclusion is a multiple of Σ_j v_j·(Σ_n q_nj y_n) ({at})",
                conclusion.op == "eq0" and collapsed.ratio(found, ex.substitute(wanted, on_simplex)) is not None,
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            k, d = sizes["k"], sizes["d"]
            place, y = ([ex.variable(name, i) for i in range(d)] for name in ("c", "y"))
            q = [ex.variable("q", j) for j in range(k)]
            v = [[ex.variable("v", j, i) for i in range(d)] for j in range(k)]
            z, rows = ex.plus(place, y), [place] * k
            moved = ex.total(ex.dot(v[j], f.pull_ols(z, rows, q, j)) for j in range(k))
            return [moved - 2 * ex.total(q[j] * ex.dot(v[j], y) for j in range(k))], {}

        axes = (Carriers("k", {"q": 0, "v": 0}), Carriers("d", {"c": 0, "y": 0, "v": 1}))
        identity_for_all_sizes(steps, family, axes, simplex="q", says="the force on a collapsed prototype, one sample")
        steps.note("at collapse the mixture is z̄, so that each sample pulls with 2 q_nj y_n: a sum over n for every n")
        return collapsed.EVERYWHERE

    return carry_out(argument)
