"""Optimal centres on the sphere, for every number of positives and other centres and every dimension.

Let φ(t) = log(1 + S e^{−t}), p = 1/(1 + S e^{−t}).  φ' = −(1 − p) and φ'' = p (1 − p), which is positive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_proofs.secu.atoms import OWN, RIVAL, conclusion, freed, given, text
from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.claims.secu import theorem1 as claim
from ddcl_theory.claims.secu import theorem1_plane as plane
from ddcl_theory.domain import Domain, real
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cauchy
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity
from ddcl_theory.relation import at_least_zero

SMALL = (
    {"n": 1, "o": 1, "d": 1},
    {"n": 2, "o": 2, "d": 1},
    {"n": 2, "o": 1, "d": 2},
    {"n": 2, "o": 2, "d": 2},
    {"n": 3, "o": 1, "d": 1},
)
ON_A_LINE = ({"n": 1, "o": 1}, {"n": 2, "o": 2}, {"n": 3, "o": 1}, {"n": 1, "o": 4})


def _multiple(
    steps: Steps,
    statement: Statement,
    op: str,
    value: Callable[[Any], Expr],
    says: str,
    tried: Sequence[Mapping[str, int]] = SMALL,
) -> None:
    for sizes in tried:
        root = conclusion(steps, statement, sizes, op).roots[0]
        found = value(statement.domain.namespace(sizes))
        steps.verify(
            f"the conclusion is {says} at {text(sizes)}", any(identity(root - c * found) for c in range(1, 10))
        )


def demand(
    steps: Steps, statement: Statement, wanted: Sequence[Hypothesis], sizes_tried: Sequence[Mapping[str, int]]
) -> None:
    """Every one of the hypotheses is given, with exactly these expressions."""
    for sizes in sizes_tried:
        for h in wanted:
            held = given(statement, sizes, h.id, h.relation.op, lambda x, h=h: _listed(h, x))
            steps.verify(f"{h.id} is a hypothesis at {text(sizes)}", held)


def _listed(hypothesis: Hypothesis, x: Any) -> Sequence[Expr]:
    assert hypothesis.relation.values is not None
    values = hypothesis.relation.values(x)
    return values if isinstance(values, (list, tuple)) else [ex.lift(values)]


def term(steps: Steps) -> None:
    """φ' and φ'', by SymPy."""
    import sympy as sp

    t, rest = sp.symbols("t S", positive=True)
    phi = sp.log(1 + rest * sp.exp(-t))
    p = 1 / (1 + rest * sp.exp(-t))
    steps.verify("φ' = −(1 − p)", sp.simplify(sp.diff(phi, t) + 1 - p) == 0)
    steps.verify("φ'' = p (1 − p)", sp.simplify(sp.diff(phi, t, 2) - p * (1 - p)) == 0)


def _chord(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    w, z = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("w", "z"))
    left = ex.dot(w, ex.minus(z, w))
    return [left - (ex.norm2(z) - ex.norm2(w) - ex.norm2(ex.minus(z, w))) / 2], {}


def _projection(steps: Steps) -> None:
    """(s·w)(w·z − |w|²) = −(s·w)|z − w|²/2 for |z| = |w|; with |w| = 1 ≥ |z| it is at most 0 for s·w ≥ 0."""
    axes = (Carriers("d", {"w": 0, "z": 0}),)
    identity_for_all_sizes(steps, _chord, axes, says="w·(z − w) = (|z|² − |w|² − |z − w|²)/2")


def _along(steps: Steps, x: Any, sizes: Mapping[str, int], pulled: Sequence[Expr], copies: Sequence[Any]) -> None:
    """s·u = Σ c_i (1 − p_i) x_i·u."""
    along = freed(ex.dot(pulled, x.u), x.x, x.w, x.v, x.T)
    terms = []
    for i, (c, row) in enumerate(zip(copies, x.x, strict=True)):
        rest = ex.total(ex.variable(RIVAL, i, m) for m in range(len(x.v)))
        terms.append(c * rest / (ex.variable(OWN, i) + rest) * ex.dot(row, x.u))
    steps.verify(f"s·u = Σ c_i (1 − p_i) x_i·u at {text(sizes)}", identity(along - ex.total(terms)))


def _mirrored(steps: Steps, x: Any, sizes: Mapping[str, int]) -> None:
    """The mirror image is a unit vector, and closer to every positive if w·u < 0 < x_i·u."""
    steps.verify(f"|mirror| = |w| at {text(sizes)}", identity(ex.norm2(claim.mirror(x)) - ex.norm2(x.w)))
    for row in x.x:
        closer = ex.dot(row, claim.mirror(x)) - ex.dot(row, x.w)
        value = -2 * ex.dot(x.w, x.u) * ex.dot(row, x.u) / ex.norm2(x.u)
        steps.verify(f"x·(mirror − w) = −2 (w·u)(x·u)/|u|² at {text(sizes)}", identity(closer - value))


def _reflection(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """|w − c u|² = |w|² and x·(w − c u) − x·w = −2 (w·u)(x·u)/|u|², times |u|², for c = 2 (w·u)/|u|²."""
    w, u, row = ([ex.variable(name, i) for i in range(sizes["d"])] for name in "wux")
    square, along = ex.norm2(u), ex.dot(w, u)
    image = ex.minus(ex.scaled(square, w), ex.scaled(2 * along, u))
    length = ex.norm2(image) - square**2 * ex.norm2(w)
    return [length, ex.dot(row, image) - square * ex.dot(row, w) + 2 * along * ex.dot(row, u)], {}


def _sign(steps: Steps) -> None:
    axes = (Carriers("d", dict.fromkeys("wux", 0)),)
    identity_for_all_sizes(steps, _reflection, axes, says="|mirror| = |w| and x·(mirror − w) = −2 (w·u)(x·u)/|u|²")
    steps.note("x_i·u > 0 and 1 − p_i > 0 make s·u > 0; s = (s·w) w makes it (s·w)(w·u), so s·w ≠ 0")
    term(steps)
    steps.note(
        "if s·w < 0, then w·u < 0, the mirror image is closer to every positive, and f is smaller there because φ falls"
    )
    steps.note("w is no worse than its mirror image, so s·w > 0; one formula in n, K, d")


def half_space(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _multiple(steps, statement, "gt0", s.outward, "a positive multiple of s·w")
        wanted = (claim.STATIONARY, claim.HALF_SPACE, claim.NO_WORSE, *s.unit("w"))
        demand(steps, statement, wanted, SMALL)
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            _along(steps, x, sizes, s.pulled(x), [1] * x.n)
            _mirrored(steps, x, sizes)
        _sign(steps)
        return "all n, K, d"

    return carry_out(argument)


def half_line(statement: Statement) -> Proof:
    """On the line every w of length 1 is stationary, and −w is its mirror image."""

    def argument(steps: Steps) -> str:
        _multiple(steps, statement, "gt0", s.outward, "a positive multiple of s·w", ON_A_LINE)
        demand(steps, statement, (claim.OPTIMAL, claim.HALF_SPACE, *s.unit("w")), ON_A_LINE)
        for sizes in ON_A_LINE:
            x = statement.domain.namespace(sizes)
            _along(steps, x, sizes, s.pulled(x), [1] * x.n)
            _mirrored(steps, x, sizes)
            steps.verify(f"−w is the mirror image at {text(sizes)}", identity(claim.mirror(x)[0] + x.w[0]))
            gap = claim.crosswise(x)[0] - s.pulled(x)[0] * (1 - ex.norm2(x.w))
            steps.verify(f"s − (s·w) w = s (1 − |w|²), which is 0, at {text(sizes)}", identity(gap))
        _sign(steps)
        return "all n, K"

    return carry_out(argument)


def certified_half_space(statement: Statement) -> Proof:
    """What the second order certifies is no worse than any mirror image."""

    def argument(steps: Steps) -> str:
        _multiple(steps, statement, "gt0", plane.outward, "a positive multiple of s·w")
        demand(steps, statement, (*plane.GIVEN, plane.HALF_SPACE), SMALL)
        demand(steps, statement, [h for h in statement.hypotheses() if h.id == "c-positive"], SMALL)
        _second_order_bound(steps, statement)
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            _along(steps, x, sizes, plane.pull(x), x.c)
            _mirrored(steps, x, sizes)
        steps.note("so f at the mirror image of w is at least f(w)")
        _sign(steps)
        return "all n, K, d"

    return carry_out(argument)


def _lifted(
    steps: Steps, statement: Statement, fixed: Mapping[str, int], rows: Callable[[Any], Any], says: str
) -> None:
    """The conclusion, an equation, with free exponentials, for every number of other centres and every dimension."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = statement.domain.namespace(sizes)
        (root,) = conclusion(steps, statement, sizes, "eq0").roots
        return [freed(root, rows(x), x.w, x.v, x.T)], {}

    axes = (Carriers("o", {"v": 0, RIVAL: 1}), Carriers("d", {"x": 1, "b": 1, "w": 0, "v": 1, "u": 0}))
    identity_for_all_sizes(steps, family, axes, fixed=fixed, says=says)


def slope(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _lifted(steps, statement, {"n": 1}, lambda x: x.x, "λ ∇f·u + s·u = 0 for one positive")
        for sizes in (*SMALL, {"n": 5, "o": 1, "d": 1}, {"n": 7, "o": 1, "d": 1}):
            x = statement.domain.namespace(sizes)
            (root,) = conclusion(steps, statement, sizes, "eq0").roots
            steps.verify(f"λ ∇f·u + s·u = 0 at {text(sizes)}", identity(freed(root, x.x, x.w, x.v, x.T)))
        steps.note("f and s are sums over the positives, each of one positive's terms")
        return "all n, K, d"

    return carry_out(argument)


def entropy_slope(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        says = "λ ∇CE·u + s·u − Σ p_b b·u = 0 for one positive and one negative"
        _lifted(steps, statement, {"n": 1, "m": 1}, lambda x: [*x.x, *x.b], says)
        for n, m, o, d in ((2, 1, 2, 1), (1, 2, 1, 2), (2, 2, 1, 1), (5, 1, 1, 1), (1, 5, 1, 1)):
            sizes = {"n": n, "m": m, "o": o, "d": d}
            x = statement.domain.namespace(sizes)
            (root,) = conclusion(steps, statement, sizes, "eq0").roots
            rows = [*x.x, *x.b]
            steps.verify(f"λ ∇CE·u + s·u − Σ p_b b·u = 0 at {text(sizes)}", identity(freed(root, rows, x.w, x.v, x.T)))
        steps.note("all three are sums over the positives and the negatives, each of one instance's terms")
        return "all n, K, d"

    return carry_out(argument)


def converse(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _multiple(steps, statement, "ge0", claim.gain, "a positive multiple of e^f(z) − e^f(w)")
        demand(steps, statement, (claim.STATIONARY, claim.OUTWARD, claim.IN_BALL, *s.unit("w")), SMALL)
        term(steps)
        steps.note("φ is convex, so f(z) ≥ f(w) − s·(z − w)/λ; by s = (s·w) w this is f(w) − (s·w) w·(z − w)/λ")
        _projection(steps)
        steps.note("|z| ≤ 1 = |w| makes w·(z − w) ≤ 0, and s·w ≥ 0, so f(z) ≥ f(w); the exponential keeps the order")
        return "all n, K, d"

    return carry_out(argument)


def _second_order_bound(steps: Steps, statement: Statement) -> None:
    """f(z) ≥ f(w) for every unit z, from the hypotheses of the second order, which the statement has."""
    term(steps)
    cauchy.verify(steps)
    steps.note("x_i·w and x_i·z lie in [−1, 1], and p grows with x·w")
    ends = Domain((real("p"), real("lo"), real("hi")))
    least = at_least_zero(lambda x: x.p * (1 - x.p) - ex.minimum(x.lo * (1 - x.lo), x.hi * (1 - x.hi)))
    order = Hypothesis("between", "", at_least_zero(lambda x: [x.p - x.lo, x.hi - x.p]))
    decide(
        steps,
        Statement(ends, least, (order,)),
        {},
        "between two values of p, p (1 − p) is at least its lesser value at them",
    )
    steps.note("Taylor: f(z) − f(w) ≥ −s·(z − w)/λ + Σ c κ (x·(z − w))²/(2λ²)")
    _projection(steps)
    steps.note("with |z| = |w| = 1 and s = (s·w) w: 2λ² (f(z) − f(w)) ≥ yᵀ M y for y = z − w")
    for sizes in SMALL:
        x = statement.domain.namespace(sizes)
        y = [ex.variable("y", i) for i in range(x.d)]
        m = plane.matrix(x)
        form = ex.total(m[i][j] * y[i] * y[j] for i in range(x.d) for j in range(x.d))
        kappa = [plane.least_curvature(row, x) for row in x.x]
        named = {k: ex.variable("kappa", i) for i, k in enumerate(kappa)} | {plane.outward(x): ex.variable("sw")}
        value = ex.total(
            c * ex.variable("kappa", i) * ex.dot(row, y) ** 2 for i, (c, row) in enumerate(zip(x.c, x.x, strict=True))
        )
        value = value + x.T * ex.variable("sw") * ex.norm2(y)
        steps.verify(
            f"yᵀ M y = Σ c κ (x·y)² + λ (s·w) |y|² at {text(sizes)}", identity(ex.substitute(form, named) - value)
        )
    pair = Domain((real("m"), real("a"), real("b")))
    cross = at_least_zero(lambda x: 2 * x.m * x.a * x.b + ex.maximum(x.m, -x.m) * (x.a**2 + x.b**2))
    decide(steps, Statement(pair, cross), {}, "2 m a b ≥ −|m| (a² + b²)")
    steps.note("summed over pairs, yᵀ M y ≥ Σ y_i² (M_ii − Σ_j |M_ij|) ≥ 0; one formula in n, K and d")


def second_order(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        _multiple(steps, statement, "ge0", plane.gain, "a positive multiple of f(z) − f(w)")
        demand(steps, statement, (*plane.GIVEN, *s.unit("z")), SMALL)
        demand(steps, statement, [h for h in statement.hypotheses() if h.id == "c-positive"], SMALL)
        _second_order_bound(steps, statement)
        return "all n, K, d"

    return carry_out(argument)
