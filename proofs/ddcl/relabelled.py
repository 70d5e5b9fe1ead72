"""The split of a symmetric point lowers E: the change as an identity, for every n, k and d."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import relabelled as move
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

AXES = (Carriers("others", {"o": 0}), Carriers("n", {"z": 0, "w": 0}), Carriers("d", {"z": 1, "o": 1, "c": 0, "m": 0}))


def _family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """ΔE − 2ε² ‖r‖² (ω Σw + λ_P − κ λ_sep) + 4ε ω ‖r‖², κ for k, ω for 1/k, weights w of the samples for 1.

    p_1 = p_2 = c; the other prototypes may lie anywhere.  Sample m counts once and is not among the others.
    """
    n, others, d = sizes["n"], sizes["others"], sizes["d"]
    z = [[ex.variable("z", i, j) for j in range(d)] for i in range(n)]
    o = [[ex.variable("o", i, j) for j in range(d)] for i in range(others)]
    c, m = ([ex.variable(name, j) for j in range(d)] for name in ("c", "m"))
    w = [ex.variable("w", i) for i in range(n)]
    eps, omega, sep, weight = (ex.variable(name) for name in ("eps", "omega", "sep", "weight"))
    r = ex.minus(m, c)

    def energy(p: list[list[Expr]], shares: list[Expr]) -> Expr:
        far = ex.total(v * omega * ex.norm2(ex.minus(s, row)) for v, s in zip(w, z, strict=True) for row in p)
        near = ex.total(q * ex.norm2(ex.minus(m, row)) for q, row in zip(shares, p, strict=True))
        return far + near - sep * lagrange.spread(p) + weight * e.square(p)

    step = ex.scaled(eps, r)
    before = energy([c, c, *o], [omega] * (2 + others))
    after = energy([ex.plus(c, step), ex.minus(c, step), *o], [2 * omega, ex.ZERO, *[omega] * others])
    a = omega * (1 + ex.total(w)) + weight - lagrange.KAPPA * sep
    return [after - before - 2 * eps**2 * ex.norm2(r) * a + 4 * eps * omega * ex.norm2(r)], {}


def law(steps: Steps) -> None:
    """ΔE = 2ε² ‖r‖² A − 4ε ‖r‖²/k for every n, k and d."""
    lagrange.verify(steps)
    identity_for_all_sizes(steps, _family, AXES, says="ΔE = 2ε²‖r‖² (ω Σw + λ_P − κ λ_sep) − 4ε ω ‖r‖²")
    steps.note("κ = k, ω = 1/k and weights 1 give A = n/k + λ_P − k λ_sep")


def collapsed(x: Any, root: Expr) -> Expr:
    """The expression where every prototype equals the first."""
    return ex.substitute(root, {v: x.p[0][i] for row in x.p[1:] for i, v in enumerate(row)})


def hypotheses(steps: Steps, statement: Statement, *needed: Any) -> None:
    """The named hypotheses are given as they are defined, at every size of the domain."""
    for sizes in statement.domain.all_sizes():
        x = statement.domain.namespace(sizes)
        given = [(t.op, t.roots) for _, t in statement.trace(sizes)[0]]
        for h in needed:
            wanted = h.relation.trace(x)
            steps.verify(f"{h.id} is a hypothesis at {sizes}", (wanted.op, wanted.roots) in given)


def below(statement: Statement) -> Proof:
    """The conclusion −ΔE > 0 under EQUAL, SMALL and z_1 ≠ p_1."""

    def argument(steps: Steps) -> str:
        hypotheses(steps, statement, move.EQUAL, move.SMALL)
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            size = ex.norm2(move.reach(x, 0))
            wanted = 4 * x.eps * size / x.k - 2 * x.eps**2 * size * move.curvature(x)
            root = collapsed(x, conclusion.roots[0])
            steps.verify(
                f"the conclusion is a multiple of 4ε‖r‖²/k − 2ε²‖r‖²A at {sizes}",
                conclusion.op == "gt0"
                and len(conclusion.roots) == 1
                and any(identity(root - c * wanted) for c in (1, 2)),
            )
            strict = [r for _, t in given if t.op == "gt0" for r in t.roots]
            steps.verify(
                f"‖r‖² > 0 and ε > 0 are hypotheses at {sizes}",
                all(any(identity(v - r) for r in strict) for v in (size, x.eps)),
            )
        law(steps)
        steps.note("(2ε‖r‖²/k)(2 − kAε) ≥ 2ε‖r‖²/k > 0 where kAε ≤ 1")
        return "all n, k ≥ 2, d"

    return carry_out(argument)


def unmet(statement: Statement) -> Proof:
    """MINIMAL at a symmetric point forces every sample onto it, where no assignment is distinguished.

    For a statement whose conclusion is that z_n = p_1 for all n this is a proof; for any other conclusion ALONE has to be a
    hypothesis too, and no point is left.
    """

    degenerate = _states_the_degenerate_case(statement)

    def argument(steps: Steps) -> str:
        hypotheses(steps, statement, move.EQUAL, move.SMALL, move.MINIMAL, *(() if degenerate else (move.ALONE,)))
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            for m in range(x.n):
                size = ex.norm2(move.reach(x, m))
                wanted = 2 * x.eps**2 * size * move.curvature(x) - 4 * x.eps * size / x.k
                steps.verify(
                    f"ΔE = 2ε²‖r‖²A − 4ε‖r‖²/k for sample {m + 1} at {sizes}",
                    identity(collapsed(x, move.change(x, m)) - wanted),
                )
        law(steps)
        steps.note(
            "kAε ≤ 1 makes ΔE ≤ −2ε‖r‖²/k, so ΔE ≥ 0 only where r = 0: every sample lies on the one place of the prototypes"
        )
        steps.note(
            "all distances are 0 there, so that every assignment is KKT with the same prototypes: no KKT point is unique for k ≥ 2"
        )
        return "all n, k ≥ 2, d"

    proof = carry_out(argument)
    if proof.outcome == "proved" and not degenerate:
        return Proof("vacuous", proof.scope, proof.steps)
    return proof


def _states_the_degenerate_case(statement: Statement) -> bool:
    for sizes in statement.domain.all_sizes():
        x = statement.domain.namespace(sizes)
        conclusion = statement.trace(sizes)[1]
        wanted = tuple(c for m in range(x.n) for c in move.reach(x, m))
        if conclusion.op != "eq0" or conclusion.roots != wanted:
            return False
    return True
