"""The regularisers at total collapse and away from it, for every number of prototypes, samples and dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.ddcl import collapsed
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange, logarithm
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

KAPPA = collapsed.KAPPA
ROWS = (Carriers("k", {"p": 0, "v": 0}), Carriers("d", {"p": 1, "v": 1}))


def _rows(name: str, sizes: Mapping[str, int]) -> list[list[Expr]]:
    return [[ex.variable(name, j, i) for i in range(sizes["d"])] for j in range(sizes["k"])]


def penalises(statement: Statement) -> Proof:
    """L_sep(σP) − L_sep(P) = (1 − σ)(1 + σ) Σ_{i<j} ‖p_i − p_j‖²."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            traced, conclusion = statement.trace(sizes)
            weak = {id(root) for _, t in traced if t.op == "ge0" for root in t.roots}
            steps.verify("σ ≥ 0 and 1 − σ ≥ 0 are given", {id(x.sigma), id(1 - x.sigma)} <= weak)
            wanted = (1 - x.sigma) * (1 + x.sigma) * -e.separation(x.p)
            steps.verify(
                f"the conclusion is a positive multiple of (1 − σ)(1 + σ) Σ ‖p_i − p_j‖² ({collapsed.text(sizes)})",
                conclusion.op == "ge0" and collapsed.positive_multiple(conclusion.roots[0], wanted),
            )
        steps.note("L_sep is homogeneous of degree 2, at every size")
        return ALL_SIZES

    return carry_out(argument)


def proportional(statement: Statement) -> Proof:
    """The force is 2(κ p_j − Σ p_i) with κ for k, by Lagrange's identity; a centred probe does not see Σ p_i."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            conclusion = statement.trace(sizes)[1]
            steps.verify(
                f"the conclusion is an identity ({collapsed.text(sizes)})",
                conclusion.op == "eq0" and identity(conclusion.roots[0]),
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            p, v = _rows("p", sizes), _rows("v", sizes)
            slope = ex.derivative_at_zero(
                lambda t: lagrange.spread([ex.plus(row, ex.scaled(t, step)) for row, step in zip(p, v, strict=True)])
            )
            sums = [[ex.total(row[i] for row in rows) for i in range(sizes["d"])] for rows in (p, v)]
            wanted = 2 * lagrange.KAPPA * ex.total(ex.dot(row, step) for row, step in zip(p, v, strict=True))
            return [slope - wanted + 2 * ex.dot(*sums)], {}

        lagrange.verify(steps)
        identity_for_all_sizes(
            steps, family, ROWS, says="Σ_j v_j·F_j = 2k Σ_j v_j·p_j − 2(Σ p)·(Σ v), k as a free number"
        )
        steps.note("Σ_j ṽ_j = 0 leaves 2k Σ_j ṽ_j·p_j")
        return ALL_SIZES

    return carry_out(argument)


def _one_sample(sizes: Mapping[str, int]) -> tuple[Any, Any, list[Expr], list[list[Expr]]]:
    """Soft assignment of one sample at collapse plus e v, its distances less ‖y‖², y and v."""
    t, y, v = ex.variable("T"), [ex.variable("y", i) for i in range(sizes["d"])], _rows("v", sizes)

    def at(s: Expr) -> tuple[list[Expr], list[Expr], Expr]:
        excess = [ex.norm2(ex.minus(y, ex.scaled(s, row))) - ex.norm2(y) for row in v]
        weights = [ex.boltzmann(r, t) for r in excess]
        mass = KAPPA + ex.total(w - 1 for w in weights)
        return [w / mass for w in weights], excess, mass

    return at, t, y, v


def balance_neutral(statement: Statement) -> Proof:
    """L_bal'' = k Σ_j (q̄_j')² + Σ_j log(k q̄_j) q̄_j'' + Σ_j q̄_j'', and q̄' = 0, q̄ = 1/k, Σ q̄'' = 0."""

    def argument(steps: Steps) -> str:
        for at, _, _, conclusion in collapsed.traced(statement):
            steps.verify(
                f"the conclusion is an identity ({at})", conclusion.op == "eq0" and identity(conclusion.roots[0])
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            at, t, y, v = _one_sample(sizes)
            probe = [ex.variable("probe", j) for j in range(sizes["k"])]
            slope = ex.derivative_at_zero(lambda s: ex.dot(probe, [q - 1 / KAPPA for q in at(s)[0]]))
            along = [ex.dot(row, y) for row in v]
            wanted = 2 / (KAPPA * t) * (ex.dot(probe, along) - ex.total(probe) * ex.total(along) / KAPPA)
            return [slope - wanted], {}

        axes = (Carriers("k", {"v": 0, "probe": 0}), Carriers("d", {"v": 1, "y": 0}))
        identity_for_all_sizes(steps, family, axes, says="δq_j = (2/κT)(v_j·y − mean), k as a free number")
        steps.note(
            "linear in y: the mean over the samples is 0, hence q̄' = 0; log(k q̄_j) = 0; Σ_j q̄_j = 1 gives Σ q̄'' = 0"
        )
        return collapsed.EVERYWHERE

    return carry_out(argument)


def entropy_holds(statement: Statement) -> Proof:
    """T² · conclusion is a positive multiple of Σ_n Σ_j (ṽ_j·y_n)²."""

    def argument(steps: Steps) -> str:
        for at, x, given, conclusion in collapsed.traced(statement):
            steps.verify(
                "data that vary along v and T > 0 are given", {"data-vary-along-v", "T-positive"} <= given.keys()
            )
            wanted = ex.total(root**2 for root in given["data-vary-along-v"].roots) / x.T**2
            steps.verify(
                f"the conclusion is a positive multiple of Σ (ṽ_j·y_n)² / T² ({at})",
                conclusion.op == "gt0" and _entropic_multiple(conclusion.roots[0], wanted),
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            at, t, y, v = _one_sample(sizes)

            def entropy(s: Expr) -> Expr:
                q, excess, mass = at(s)
                return -ex.dot(q, excess) / t - ex.log(mass)

            total = [ex.total(row[i] for row in v) for i in range(sizes["d"])]
            spread = ex.total(ex.dot(row, y) ** 2 for row in v) - ex.dot(total, y) ** 2 / KAPPA
            return [ex.derivative_at_zero(entropy, 2) - 4 * spread / (KAPPA * t**2)], {}

        identity_for_all_sizes(
            steps,
            family,
            collapsed.AXES,
            says="curvature of Σ q log q = −Σ q d/T − log Σ e^{−d/T}, one sample, k as a free number",
        )
        steps.note("L_ent is the mean over the samples; Σ_j ṽ_j = 0")
        return collapsed.EVERYWHERE

    return carry_out(argument)


def _entropic_multiple(root: Expr, wanted: Expr) -> bool:
    """root = c · wanted with c > 0; the logarithm log(1/k) of the shares stands with the factor Σ q'' = 0."""
    variables = [n for n in ex.topological([wanted]) if n.op == "var"]
    logs = {n: ex.ZERO for n in ex.topological([root]) if n.op == "log"}
    free = {n: ex.ONE for n in logs}
    return (
        bool(variables)
        and identity(ex.substitute(root, logs) - ex.substitute(root, free))
        and collapsed.positive_multiple(ex.substitute(root, logs), wanted)
    )


def _sum_of_terms(terms: Callable[[Any], Expr], op: str, note: str) -> Callable[[Statement], Proof]:
    """The conclusion is a positive multiple of a sum of values x log x − x + 1, on Σ_j q_nj = 1."""

    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            logarithm.verify(steps)
            for sizes in statement.domain.all_sizes():
                x = statement.domain.namespace(sizes)
                traced, conclusion = statement.trace(sizes)
                on_simplex = {row[-1]: 1 - ex.total(row[:-1]) for row in x.q}
                steps.verify("q > 0 is given", "q-interior" in {h.id for h, _ in traced})
                steps.verify(
                    f"the conclusion is a multiple of the sum of x log x − x + 1 ({collapsed.text(sizes)})",
                    conclusion.op == op
                    and any(identity(ex.substitute(conclusion.roots[0] - f * terms(x), on_simplex)) for f in (1, 2)),
                )
                if op == "gt0":
                    steps.verify("q̄ ≠ u is given", "mean-not-uniform" in {h.id for h, _ in traced})
            steps.note(note)
            return "all n, k"

        return carry_out(argument)

    return proof


def _ratios(x: Any) -> Expr:
    shares = [x.k * ex.mean(row[j] for row in x.q) for j in range(x.k)]
    return ex.mean(s * ex.log(s) - s + 1 for s in shares)


def _inverse_shares(x: Any) -> Expr:
    """mean_n Σ_j q² f(1/q), f(x) = x log x − x + 1 with log(1/q) = −log q."""
    return ex.mean(ex.total(-v * ex.log(v) - v + v**2 for v in row) for row in x.q)


imbalance = _sum_of_terms(
    _ratios,
    "gt0",
    "the sum is one over j for every n and k, and f(x) = 0 only at x = 1: some k q̄_j ≠ 1 makes it positive",
)
hardness = _sum_of_terms(_inverse_shares, "ge0", "each entry contributes q² f(1/q) ≥ 0, for every n and k")
