"""Statements about an assignment, given or soft, as identities in its shares; hypotheses that a proof insists on.

An identity that holds for all shares with sum one holds for a given q and for the weights of a softmax alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.algebra import distances
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Rejected, Steps

SMALL = ({"k": 2, "d": 1}, {"k": 3, "d": 2}, {"k": 4, "d": 1})
AXES = (Carriers("k", {WEIGHT: 0, "q": 0, "p": 0, "v": 0, "test": 0}), Carriers("d", {"z": 0, "p": 1, "e": 0}))

#: The value of a root at x, given the shares.
Value = Callable[[Any, Sequence[Expr]], Expr]


def shares(e: Expr, x: Any, anchored: bool = False) -> tuple[Expr, dict[Expr, Label], list[Expr]]:
    """(the expression, names of its weights, the shares): x.q where it is given, else the weights of the softmax."""
    if hasattr(x, "q"):
        return e, {}, list(x.q)
    value, labels = weights(e, x, anchor=distances(x.z, x.p)[0] if anchored else None)
    return value, labels, list(labels)


def simplex_of(statement: Statement) -> str | None:
    """The name of the shares where they sum to one."""
    for v in statement.domain.variables:
        if v.name == "q":
            return "q" if v.kind in ("simplex", "sum-one") else None
    return WEIGHT


def contracted(roots: Sequence[Expr]) -> Expr:
    """Σ_j t_j root_j with free t: zero exactly when every root is."""
    if len(roots) == 1:
        return roots[0]
    return ex.total(ex.variable("test", j) * root for j, root in enumerate(roots))


def axes_of(statement: Statement, axes: Sequence[Carriers] = AXES) -> list[Carriers]:
    return [axis for axis in axes if axis.axis in statement.domain.sizes]


def equals(
    steps: Steps,
    statement: Statement,
    op: str,
    value: Value,
    says: str,
    option: int | None = None,
    anchored: bool = False,
) -> None:
    """Verify that the conclusion (or one of its options) is one expression that equals `value`, at all sizes.

    With value 0 the conclusion may be a list that has one entry for each prototype.
    """
    first = _side(statement, statement.smallest_sizes(), option)
    steps.verify(f"{says}: the conclusion has the relation {op}", first.op == op)

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
        x = statement.domain.namespace(sizes)
        root, labels, q = shares(contracted(_side(statement, sizes, option).roots), x, anchored)
        return [root - value(x, q)], labels

    identity_for_all_sizes(steps, family, axes_of(statement), simplex=simplex_of(statement), says=says)


def _side(statement: Statement, sizes: Mapping[str, int], option: int | None) -> Any:
    conclusion = statement.trace(sizes)[1]
    return conclusion if option is None else conclusion.options[option]


def demand(
    steps: Steps,
    statement: Statement,
    identifier: str,
    op: str,
    roots: Callable[[Any], Sequence[Expr]],
    says: str,
    at: Sequence[Mapping[str, int]] = SMALL,
) -> None:
    """Verify that a hypothesis is given, with exactly these expressions at a few sizes."""
    for sizes in at:
        x = statement.domain.namespace(sizes)
        given = {h.id: t for h, t in statement.trace(sizes)[0]}
        holds = (
            identifier in given
            and given[identifier].op == op
            and given[identifier].roots == tuple(map(ex.lift, roots(x)))
        )
        where = ", ".join(f"{name} = {size}" for name, size in sizes.items())
        steps.verify(f"{says} ({where})", holds)


def nonnegative_shares(steps: Steps, statement: Statement) -> None:
    """q ≥ 0 by hypothesis, or because weights of a softmax are positive."""
    if simplex_of(statement) == WEIGHT:
        steps.note("w_j = e^(-d_j/T) > 0")
        return
    sizes = [{name: size for name, size in s.items() if name in statement.domain.sizes} for s in SMALL]
    demand(steps, statement, "q-nonnegative", "ge0", lambda x: x.q, "q ≥ 0 is a hypothesis", sizes)


def on_the_simplex(steps: Steps, statement: Statement, *names: str) -> None:
    """Σ = 1 and ≥ 0 by hypothesis for the named assignments."""
    sizes = [{"k": 2, "d": 1}]
    for name in names:

        def entries(x: Any, name: str = name) -> Sequence[Expr]:
            found: Sequence[Expr] = getattr(x, name)
            return found

        demand(steps, statement, f"{name}-nonnegative", "ge0", entries, f"{name} ≥ 0 is a hypothesis", sizes)
        demand(
            steps, statement, f"{name}-sums-to-one", "eq0", lambda x, of=entries: [ex.total(of(x)) - 1],
            f"Σ{name} = 1 is a hypothesis", sizes,
        )  # fmt: skip


def limit_of_weights(steps: Steps, hot: bool) -> None:
    """lim e^{−x/T} for x > 0, by SymPy; no answer does not count."""
    import sympy

    x, t = sympy.symbols("x t", positive=True)
    found = sympy.limit(sympy.exp(-x / t), t, sympy.oo if hot else 0, "-" if hot else "+")
    steps.verify(
        f"e^(-x/T) → {int(hot)} as T → {'∞' if hot else '0'}, for x > 0",
        None if found is None else bool(found == int(hot)),
    )


def with_weights(root: Expr, x: Any, values: Sequence[Expr]) -> Expr:
    """The expression with numbers in place of the softmax weights e^{−(d_j − min d)/T}."""
    d = distances(x.z, x.p)
    reference = ex.minimum(*d)
    nodes = {ex.boltzmann(dj - reference, x.T): v for dj, v in zip(d, values, strict=True)}
    return without_minimum(ex.substitute(root, nodes))


def without_minimum(e: Expr) -> Expr:
    """The expression itself; a minimum that is left in it shows that it contains another softmax than the expected one."""
    if any(node.op == "min" for node in ex.topological([e])):
        raise Rejected("the softmax is that of the distances, with the expected exponents")
    return e


def unanchored(e: Expr, x: Any, temperatures: Sequence[Expr]) -> Expr:
    """Exponents relative to 0: the same softmax, now differentiable in the temperature."""
    d = distances(x.z, x.p)
    reference = ex.minimum(*d)
    nodes = {ex.boltzmann(dj - reference, t): ex.boltzmann(dj, t) for dj in d for t in temperatures}
    return without_minimum(ex.substitute(e, nodes))


def antitone_weights(steps: Steps) -> None:
    """e^{−x/T} falls in x, so that (q_i − q_j)(d_j − d_i) ≥ 0 for all i, j."""
    import sympy

    x, t = sympy.symbols("x t", positive=True)
    falls = sympy.diff(sympy.exp(-x / t), x).is_negative
    steps.verify("e^(-x/T) falls in x: (q_i − q_j)(d_j − d_i) ≥ 0", None if falls is None else bool(falls))
