"""Coercivity of the reduced energy for every n, k and d.

coercive_*: A = (λ_P − c_k λ_sep) ‖P‖² + λ_sep φ ‖Σ p_j‖² + Σ q_nj ‖p_j‖², with φ the weight of a pair and c_k = k φ; the first
factor is positive by the hypotheses.  sharp_*: along the ray E falls by (c_k λ_sep − λ_P) ‖V‖².  two_prototypes: completing
the square for k = 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.evaluate import fractions
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

PHI, SLACK = ex.variable("phi"), ex.variable("slack")
AXES = (Carriers("k", {"p": 0, "q": 1}), Carriers("n", {"z": 0, "q": 0}), Carriers("d", {"z": 1, "p": 1}))


def _text(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{n} = {s}" for n, s in sizes.items())


def _conclusion(steps: Steps, statement: Statement, sizes: Mapping[str, int], op: str) -> Expr:
    traced = statement.trace(sizes)[1]
    if traced.op != op or len(traced.roots) != 1:
        steps.verify(f"the conclusion is one expression in the relation {op}", False)
    return traced.roots[0]


def _proportional(root: Expr, other: Expr) -> int:
    """The whole number c, 1 to 9, with root = c · other; 0 where there is none."""
    return next((c for c in range(1, 10) if identity(root - c * other)), 0)


def _coercive(pairs: str) -> Callable[[Statement], Proof]:
    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for sizes in statement.domain.all_sizes():
                if sizes["n"] <= 2 and sizes["k"] <= 4:
                    _at(steps, statement, sizes)
            lagrange.verify(steps)
            identity_for_all_sizes(
                steps, _family, AXES, says="the sum, with k and the weight of a pair as free numbers"
            )
            steps.note("P ≠ 0 makes ‖P‖² positive, λ_sep ≥ 0 and q ≥ 0 the rest non-negative")
            return "all n, k, d"

        def _at(steps: Steps, statement: Statement, sizes: Mapping[str, int]) -> None:
            x = statement.domain.namespace(sizes)
            root = _conclusion(steps, statement, sizes, "gt0")
            threshold = sizes["k"] * e.pair_weight(sizes["k"], pairs)
            gap = x.weight - threshold * x.sep
            total = [ex.total(row[i] for row in x.p) for i in range(x.d)]
            held = ex.total(w * ex.norm2(row) for share in x.q for w, row in zip(share, x.p, strict=True))
            value = gap * e.square(x.p) + x.sep * e.pair_weight(x.k, pairs) * ex.norm2(total) + held
            steps.verify(
                f"the conclusion is a positive multiple of the sum at {_text(sizes)}", _proportional(root, value) > 0
            )
            steps.verify(
                f"the hypotheses make λ_P − c_k λ_sep positive at {_text(sizes)}", _positive(statement, sizes, gap)
            )
            given = statement.trace(sizes)[0]
            entries = {id(v) for row in x.p for v in row}
            moved = any(t.op == "ne0" and {id(r) for r in t.roots} <= entries for _, t in given)
            steps.verify("P ≠ 0 is a hypothesis", moved)
            nonnegative = {id(r) for _, t in given if t.op in ("ge0", "gt0") for r in t.roots}
            steps.verify(
                "λ_sep ≥ 0 and q ≥ 0 are hypotheses", {id(x.sep), *(id(v) for row in x.q for v in row)} <= nonnegative
            )

        return carry_out(argument)

    return prove


def _family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """½ d²/dt² E(tP, Q) − the sum, with L_sep = −φ (κ‖P‖² − ‖Σp‖²), φ and κ free."""
    n, k, d = sizes["n"], sizes["k"], sizes["d"]
    z = [[ex.variable("z", i, j) for j in range(d)] for i in range(n)]
    p = [[ex.variable("p", i, j) for j in range(d)] for i in range(k)]
    q = [[ex.variable("q", i, j) for j in range(k)] for i in range(n)]
    sep, weight = ex.variable("sep"), ex.variable("weight")

    def energy(t: Expr) -> Expr:
        rows = [ex.scaled(t, row) for row in p]
        return e.quantization(z, rows, q) - sep * PHI * lagrange.spread(rows) + weight * e.square(rows)

    total = [ex.total(row[i] for row in p) for i in range(d)]
    held = ex.total(w * ex.norm2(row) for share in q for w, row in zip(share, p, strict=True))
    gap = weight - lagrange.KAPPA * PHI * sep
    value = gap * e.square(p) + sep * PHI * ex.norm2(total) + held
    return [ex.derivative_at_zero(energy, 2) / 2 - value], {}


def _positive(statement: Statement, sizes: Mapping[str, int], gap: Expr) -> bool:
    """Whether gap = (a hypothesis > 0) + (a hypothesis ≥ 0, or 0, plus a number ≥ 0) · λ_sep."""
    x = statement.domain.namespace(sizes)
    given = statement.trace(sizes)[0]
    strict = [r for _, t in given if t.op == "gt0" for r in t.roots]
    weak = [ex.ZERO, *(r for _, t in given if t.op == "ge0" for r in t.roots)]
    for first in strict:
        rest = gap - first
        factor = ex.differentiate(rest, x.sep)
        if not identity(rest - factor * x.sep):
            continue
        if any(_constant(factor - second) for second in weak):
            return True
    return False


def _constant(value: Expr) -> bool:
    """Whether an expression is a number that is at least 0."""
    variables = [node for node in ex.topological([value]) if node.op == "var"]
    if not all(identity(ex.differentiate(value, v)) for v in variables):
        return False
    return fractions([ex.substitute(value, {v: ex.ONE for v in variables})], {})[0] >= 0


coercive_unordered = _coercive("unordered")
coercive_ordered = _coercive("ordered")
coercive_mean = _coercive("mean")


def _sharp(pairs: str) -> Callable[[Statement], Proof]:
    def prove(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for sizes in statement.domain.all_sizes():
                x = statement.domain.namespace(sizes)
                root = _conclusion(steps, statement, sizes, "ge0")
                others = x.p[1:]
                centre = [ex.mean(row[i] for row in others) for i in range(x.d)]
                size = ex.total(ex.norm2(ex.minus(row, centre)) for row in others)
                gap = x.k * e.pair_weight(x.k, pairs) * x.sep - x.weight
                steps.verify(
                    f"E falls by a multiple of (c_k λ_sep − λ_P) ‖V‖² at {_text(sizes)}",
                    _proportional(root, gap * size) > 0,
                )
                given = statement.trace(sizes)[0]
                weak = [r for _, t in given if t.op == "ge0" for r in t.roots]
                steps.verify(f"λ_P ≤ c_k λ_sep is a hypothesis at {_text(sizes)}", any(identity(gap - r) for r in weak))
            lagrange.verify(steps)
            steps.note(
                "for every k ≥ 3: v_1 = 0 keeps Σ_n ‖z_n − v_1‖² as it is, and Σ v = 0 leaves k ‖V‖² of the sum over pairs"
            )
            return "all k ≥ 3, n, d"

        return carry_out(argument)

    return prove


sharp_unordered = _sharp("unordered")
sharp_ordered = _sharp("ordered")
sharp_mean = _sharp("mean")


def _completed(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """(x + Q_1) A minus the completed square, in p_1 and p_2 of any dimension."""
    one = [ex.variable("p1", i) for i in range(sizes["d"])]
    two = [ex.variable("p2", i) for i in range(sizes["d"])]
    first, n, x, sep = (ex.variable(name) for name in ("Q1", "n", "x", "sep"))
    growth = first * ex.norm2(one) + (n - first) * ex.norm2(two) - sep * ex.norm2(ex.minus(one, two))
    growth = growth + (x + sep) * (ex.norm2(one) + ex.norm2(two))
    square = ex.norm2(ex.plus(ex.scaled(x + first, one), ex.scaled(sep, two)))
    rest = x * (x + n) - sep**2 + first * (n - first)
    return [(x + first) * growth - square - rest * ex.norm2(two)], {}


def two_prototypes(statement: Statement) -> Proof:
    """(x + Q_1) A = ‖(x + Q_1) p_1 + λ_sep p_2‖² + (x (x + n) + Q_1 Q_2 − λ_sep²) ‖p_2‖², Q_j = Σ_n q_nj, x = λ_P − λ_sep."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            root = _conclusion(steps, statement, sizes, "gt0")
            excess = x.weight - x.sep
            first = ex.total(row[0] for row in x.q)
            second = ex.total(row[1] for row in x.q)
            determinant = excess * (excess + x.n) - x.sep**2
            square = ex.norm2(ex.plus(ex.scaled(excess + first, x.p[0]), ex.scaled(x.sep, x.p[1])))
            value = square + (determinant + first * second) * ex.norm2(x.p[1])
            on_simplex = {row[1]: 1 - row[0] for row in x.q}
            steps.verify(
                f"(x + Q_1) A is the completed square at {_text(sizes)}",
                any(identity(ex.substitute((excess + first) * root - c * value, on_simplex)) for c in range(1, 10)),
            )
            given = statement.trace(sizes)[0]
            strict = [r for _, t in given if t.op == "gt0" for r in t.roots]
            for name, wanted in (("x > 0", excess), ("x (x + n) > λ_sep²", determinant)):
                steps.verify(f"{name} is a hypothesis", any(identity(wanted - r) for r in strict))
        identity_for_all_sizes(
            steps,
            _completed,
            (Carriers("d", {"p1": 0, "p2": 0}),),
            says="the same with Q_1 and n as numbers, Q_2 = n − Q_1",
        )
        steps.note("the samples enter A through Q_1 and Q_2 only, so this holds for every n")
        steps.note("p_2 ≠ 0: the second term is positive; p_2 = 0: then p_1 ≠ 0 and the first is")
        return "all n, d, k = 2"

    return carry_out(argument)
