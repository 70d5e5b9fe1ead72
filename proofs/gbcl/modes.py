"""Modes in the frame of the eigenvectors, for every d and n > d: each expression concerns one mode, and there are few kinds of them.

The conclusion is a list with an entry a mode.  Up to LARGEST features, and as many samples beyond them, every entry is looked at: it
must contain the variables of one mode only, and vanish identically or be the product that is positive by hypothesis.  An entry
of one mode depends on how its place compares with d and n − d and on nothing else, so that the entries at larger sizes
have forms that occur here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.evaluate import fractions
from ddcl_theory.expression import Expr
from ddcl_theory.proof import Proof, Steps, carry_out, identity

LARGEST = 6


def _sizes(statement: Statement) -> Iterator[dict[str, int]]:
    """The sizes at which the hypotheses that speak of sizes alone hold."""
    for d in range(1, LARGEST + 1):
        for e in range(1, LARGEST + 1):
            sizes = {"d": d, "e": e}
            given = [t for _, t in statement.trace(sizes)[0]]
            constant = [(t.op, r) for t in given for r in t.roots if r.op == "const"]
            if all({"ge0": r.data >= 0, "gt0": r.data > 0, "eq0": r.data == 0}[op] for op, r in constant):
                yield sizes


def _modes(x: Any, root: Expr) -> set[int]:
    """The places of the modes whose variables occur: h holds those after d."""
    found = (n.data for n in ex.topological([root]) if n.op == "var")
    return {index[0] + (x.d if name == "h" else 0) for name, index in found}


def _each(statement: Statement, operator: str, entry: Callable[[Steps, Any, Expr, str], None]) -> Proof:
    def argument(steps: Steps) -> str:
        reached = 0
        for sizes in _sizes(statement):
            x, conclusion = statement.domain.namespace(sizes), statement.trace(sizes)[1]
            steps.verify(f"the conclusion is of the kind {operator} at {sizes}", conclusion.op == operator)
            for i, root in enumerate(conclusion.roots):
                where = f"entry {i + 1} at {sizes}"
                steps.verify(f"{where} contains one mode at most", len(_modes(x, root)) <= 1)
                entry(steps, x, root, where)
            reached += 1
        steps.verify("some sizes meet the hypotheses", reached > 0)
        steps.note(
            "an entry of one mode depends on its place against d and n − d only, and all such places occur at these sizes"
        )
        return "all d, n > d"

    return carry_out(argument)


def _vanishes(steps: Steps, x: Any, root: Expr, where: str) -> None:
    constant = root.op in ("const", "max") or not any(n.op == "var" for n in ex.topological([root]))
    holds = fractions([root], {})[0] == 0 if constant else identity(root)
    steps.verify(f"{where} vanishes", holds)


def formula(statement: Statement) -> Proof:
    """ẇ_i + σ_i² w_i vanishes for every mode."""
    return _each(statement, "eq0", _vanishes)


spans = ranges = formula


def decays(statement: Statement) -> Proof:
    """σ_i² c_i² with σ_i > 0 and c_i² > 0 by hypothesis."""

    def entry(steps: Steps, x: Any, root: Expr, where: str) -> None:
        steps.verify(
            f"{where} is once or twice σ_i² c_i² of a mode i ≤ d",
            any(identity(root - m * s**2 * c**2) for m in (1, 2) for s, c in zip(x.s, x.c, strict=True)),
        )
        given = {id(r) for _, t in statement.trace({"d": x.d, "e": x.e})[0] if t.op == "gt0" for r in t.roots}
        known = all(id(s) in given and id(c**2) in given for s, c in zip(x.s, x.c, strict=True))
        steps.verify(f"σ_i > 0 and c_i² > 0 are hypotheses for {where}", known)

    return _each(statement, "gt0", entry)
