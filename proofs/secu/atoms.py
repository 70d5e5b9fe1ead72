"""The exponentials e^{x_i·w/λ} as free positive numbers, and what the proofs about centres ask of a statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import sphere
from ddcl_theory.expression import Expr
from ddcl_theory.proof import Rejected, Steps, identity
from ddcl_theory.relation import Traced

#: Names of the numbers that stand for e^{x_i·w/λ} and e^{x_i·v_l/λ}.
OWN, RIVAL = "own", "rival"


def freed(e: Expr, rows: Sequence[Sequence[Expr]], w: Sequence[Expr], others: Sequence[Any], t: Expr) -> Expr:
    """The expression with own_i and rival_il in place of the exponentials; Rejected where another one is left."""
    mapping = {sphere.attraction(x, w, t): ex.variable(OWN, i) for i, x in enumerate(rows)}
    mapping |= {
        sphere.attraction(x, v, t): ex.variable(RIVAL, i, j) for i, x in enumerate(rows) for j, v in enumerate(others)
    }
    return freed_of(e, mapping)


def freed_of(e: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """The expression with these numbers in place of its exponentials; Rejected where another one is left."""
    result = ex.substitute(e, mapping)
    if any(node.op == "boltzmann" for node in ex.topological([result])):
        raise Rejected("the exponentials are those of the positives at the centres")
    return result


def conclusion(steps: Steps, statement: Statement, sizes: Mapping[str, int], op: str) -> Traced:
    """The traced conclusion, which must have this relation."""
    traced = statement.trace(sizes)[1]
    if traced.op != op:
        steps.verify(f"the conclusion has the relation {op}", False)
    return traced


def multiple(root: Expr, other: Expr) -> bool:
    """Whether root = c · other for a whole number c from 1 to 9."""
    return any(identity(root - c * other) for c in range(1, 10))


def given(statement: Statement, sizes: Mapping[str, int], name: str, op: str, roots: Callable[[Any], Any]) -> bool:
    """Whether the hypothesis of that name is there with exactly these expressions."""
    found = {h.id: t for h, t in statement.trace(sizes)[0]}
    wanted = tuple(map(ex.lift, roots(statement.domain.namespace(sizes))))
    return name in found and found[name].op == op and found[name].roots == wanted


def text(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {size}" for name, size in sizes.items())
