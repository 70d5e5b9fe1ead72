"""Corollary 1 for every k and d, from V = Σ_{i<j} q_i q_j ‖p_i − p_j‖².

bounded: c D² − V ≥ 0 for a constant c = c(k, d) that is at least m/(2(m+1)), m = min(k − 1, d).  tighter, uncertainty: the
bounds with weights, as explicit sums of non-negative terms.  attained: the corners of a regular simplex.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ddcl_proofs.ddcl.theorem1 import AXES
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.corollary1 import diameter2, moments, sharp_constant, squares
from ddcl_theory.evaluate import fractions
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

#: Stands for D² in polynomial identities.
D2 = ex.variable("D2")
SIZES = [{"k": k, "d": d} for k in range(2, 8) for d in range(1, 8) if k + d <= 9]


def _simplex(statement: Statement) -> str | None:
    return "q" if statement.domain.variable("q").kind in ("simplex", "sum-one") else None


def _freed(steps: Steps, statement: Statement, sizes: Mapping[str, int]) -> Expr:
    """The conclusion with D² as a free number; D² must enter through that one node."""
    conclusion = statement.trace(sizes)[1]
    if conclusion.op != "ge0" or len(conclusion.roots) != 1:
        steps.verify("the conclusion is one expression that should be ≥ 0", False)
    if sizes["k"] == 1:
        return conclusion.roots[0]
    freed = ex.substitute(conclusion.roots[0], {diameter2(statement.domain.namespace(sizes).p): D2})
    if any(node.op == "max" for node in ex.topological([freed])):
        steps.verify("D² is the maximum of ‖p_i − p_j‖² over all pairs", False)
    return freed


def _constant(freed: Expr) -> Fraction | None:
    """The number c with freed = c D² + (terms without D²); None where the coefficient is none."""
    slope = ex.differentiate(freed, D2)
    if any(node.op == "var" for node in ex.topological([slope])):
        return None
    (value,) = fractions([slope], {})
    return value if isinstance(value, Fraction) else None


def _constants(steps: Steps, statement: Statement) -> bool:
    """Verify that c(k, d) is large enough; whether it is below (k − 1)/(2k) anywhere."""
    fewer = False
    for sizes in SIZES:
        k, d = sizes["k"], sizes["d"]
        c = _constant(_freed(steps, statement, sizes))
        if c is None or c < sharp_constant(k, d):
            steps.verify(f"c(k, d) = {c} is a number, at least m/(2(m+1)), at k = {k}, d = {d}", False)
        fewer |= c is not None and c < Fraction(k - 1, 2 * k)
    steps.verify("c(k, d), one formula in k and d, is at least m/(2(m+1)), m = min(k − 1, d), at all k + d ≤ 9", True)
    return fewer


def _nonnegative_weights(steps: Steps, statement: Statement) -> None:
    given = dict((h.id, t) for h, t in statement.trace({"k": 3, "d": 1})[0])
    q = tuple(statement.domain.namespace({"k": 3, "d": 1}).q)
    steps.verify("q ≥ 0 is a hypothesis", "q-nonnegative" in given and given["q-nonnegative"].roots == q)
    steps.note("D² ≥ 0 and D² ≥ ‖p_i − p_j‖² for every pair, since D² is their maximum")


def bounded(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        fewer = _constants(steps, statement)

        def variance(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            freed = _freed(steps, statement, sizes)
            value = ex.differentiate(freed, D2) * D2 - freed
            return [value - ex.total(_pair(x, i, j) * s for (i, j), s in _indexed(x))], {}

        identity_for_all_sizes(
            steps,
            variance,
            AXES,
            simplex=_simplex(statement),
            says="c D² less the conclusion is Σ_{i<j} q_i q_j ‖p_i − p_j‖²",
        )
        _nonnegative_weights(steps, statement)
        steps.note("hence it is at most D² Σ_{i<j} q_i q_j = D² (1 − ‖q‖²)/2")
        lagrange.verify(steps)
        steps.note("with q for p, r ‖q‖² − 1 = Σ_{i<j} (q_i − q_j)² ≥ 0 over r active entries: V ≤ D² (r − 1)/(2r)")
        if fewer:
            _few_are_active(steps)
        return ALL_SIZES

    return carry_out(argument)


def _indexed(x: Any) -> list[tuple[tuple[int, int], Expr]]:
    pairs = [(i, j) for i in range(x.k) for j in range(i + 1, x.k)]
    return list(zip(pairs, squares(x.p), strict=True))


def _pair(x: Any, i: int, j: int) -> Expr:
    result: Expr = x.q[i] * x.q[j]
    return result


def _few_are_active(steps: Steps) -> None:
    """Among the q with a given mixture some maximiser of V has at most d + 1 active entries."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        k, d = sizes["k"], sizes["d"]
        q, t = ([ex.variable(name, j) for j in range(k)] for name in ("q", "t"))
        p = [[ex.variable("p", j, i) for i in range(d)] for j in range(k)]
        s = ex.variable("s")
        moved = moments(p, ex.plus(q, ex.scaled(s, t))) - moments(p, q)
        shift = [ex.total(t[j] * p[j][i] for j in range(k)) for i in range(d)]
        m = [ex.total(q[j] * p[j][i] for j in range(k)) for i in range(d)]
        linear = s * ex.total(t[j] * ex.norm2(p[j]) for j in range(k))
        return [moved - linear + 2 * s * ex.dot(m, shift) + s**2 * ex.norm2(shift)], {}

    axes = (Carriers("k", {"q": 0, "t": 0, "p": 0}), Carriers("d", {"p": 1}))
    identity_for_all_sizes(
        steps, family, axes, says="Σ q_j ‖p_j‖² − ‖Pq‖² along q + s t, linear in s up to terms with the factor Pt"
    )
    steps.note("V is that difference on Σq = 1, so it is linear along t with Σt = 0, Pt = 0")
    steps.note(
        "more than d + 1 active entries leave such a t ≠ 0 on them, because Σt = 0, Pt = 0 are d + 1 equations; in the "
        "direction in which V does not fall an entry of q reaches 0, Σq = 1 and q ≥ 0 being kept: repeat"
    )
    steps.note(
        "so V is at most its value at some q with r ≤ min(k, d + 1) active entries, which is at most D² (r − 1)/(2r)"
    )


def _weighted(terms: Callable[[Any], Sequence[Expr]], says: str) -> Callable[[Statement], Proof]:
    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
                x = statement.domain.namespace(sizes)
                return [_freed(steps, statement, sizes) - ex.total(terms(x))], {}

            identity_for_all_sizes(steps, family, AXES, simplex=_simplex(statement), says=says)
            _nonnegative_weights(steps, statement)
            steps.note("every term of the sum is a product of these")
            return ALL_SIZES

        return carry_out(argument)

    return prove


def _slacks(x: Any) -> list[Expr]:
    """q_i q_j (D² − ‖p_i − p_j‖²)."""
    return [_pair(x, i, j) * (D2 - s) for (i, j), s in _indexed(x)]


def _triples(x: Any) -> list[Expr]:
    """3 D² q_i q_j q_l."""
    return [3 * D2 * _pair(x, i, j) * x.q[m] for i in range(x.k) for j in range(i + 1, x.k) for m in range(j + 1, x.k)]


uncertainty = _weighted(_slacks, "the conclusion is Σ_{i<j} q_i q_j (D² − ‖p_i − p_j‖²)")
tighter = _weighted(
    lambda x: [*_slacks(x), *_triples(x)],
    "the conclusion is Σ_{i<j} q_i q_j (D² − ‖p_i − p_j‖²) + 3 D² Σ_{i<j<l} q_i q_j q_l",
)


def attained(statement: Statement) -> Proof:
    """The sum over pairs has r (r − 1)/2 equal terms, 2σ²/r² each."""

    def argument(steps: Steps) -> str:
        for r in range(1, 9):
            roots = statement.trace({"r": r})[1].roots
            steps.verify(f"V = (r − 1)/(2r) · 2σ², ‖p_i − p_j‖² = 2σ² at r = {r}", all(identity(e) for e in roots))
        lagrange.verify(steps)
        steps.note(
            "V is the sum over pairs q_i q_j ‖p_i − p_j‖² = r(r − 1)/2 · 1/r² · 2σ² = (r − 1)/(2r) · 2σ² for every r"
        )
        return "all r"

    return carry_out(argument)
