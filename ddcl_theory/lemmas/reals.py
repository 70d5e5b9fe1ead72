"""Statements of real algebra at fixed size, decided by Z3: sums, products, quotients, square roots, maxima and minima.

A square root becomes a fresh number r ≥ 0 with r² = x, a quotient a fresh inverse.  Z3 is asked for a point that meets
the hypotheses and violates the conclusion: none means proved, a point means rejected, anything else is undecided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr, topological
from ddcl_theory.proof import Steps
from ddcl_theory.relation import Traced

#: Z3's own resource limit, which unlike a time limit gives the same answer on every machine.
EFFORT = 50_000_000


class Translation:
    """Expressions as Z3 terms, with the side conditions that define roots and inverses."""

    def __init__(self) -> None:
        self.terms: dict[int, Any] = {}
        self.conditions: list[Any] = []

    def of(self, root: Expr) -> Any:
        import z3

        for node in topological([root]):
            if id(node) in self.terms:
                continue
            a = [self.terms[id(x)] for x in node.args]
            match node.op:
                case "const":
                    term: Any = z3.RealVal(str(node.data))
                case "var":
                    term = z3.Real(repr(node))
                case "add":
                    term = a[0] + a[1]
                case "mul":
                    term = a[0] * a[1]
                case "pow":
                    base = a[0] if node.data > 0 else self._inverse(a[0])
                    term = base
                    for _ in range(abs(node.data) - 1):
                        term = term * base
                case "sqrt":
                    term = z3.FreshReal("root")
                    self.conditions += [term >= 0, term * term == a[0]]
                case "max":
                    term = z3.If(a[0] >= a[1], a[0], a[1])
                case "min":
                    term = z3.If(a[0] <= a[1], a[0], a[1])
                case _:
                    raise ValueError(f"{node.op} is no operation of real algebra")
            self.terms[id(node)] = term
        return self.terms[id(root)]

    def _inverse(self, x: Any) -> Any:
        import z3

        inverse = z3.FreshReal("inverse")
        self.conditions.append(inverse * x == 1)
        return inverse

    def relation(self, t: Traced) -> Any:
        import z3

        if t.op == "any":
            return z3.Or([self.relation(o) for o in t.options])
        terms = [self.of(r) for r in t.roots]
        if t.op == "ne0":
            return z3.Or([x != 0 for x in terms])
        return z3.And([{"ge0": x >= 0, "gt0": x > 0, "eq0": x == 0}[t.op] for x in terms])


def decide(steps: Steps, statement: Statement, sizes: Mapping[str, int], says: str) -> None:
    """Verify the statement at the given sizes for all real values of its variables."""
    import z3

    given, conclusion = statement.trace(sizes)
    translation = Translation()
    premises = [translation.relation(t) for _, t in given]
    goal = translation.relation(conclusion)
    solver = z3.SolverFor("QF_NRA")
    solver.set("rlimit", EFFORT)
    solver.add(*premises, *translation.conditions, z3.Not(goal))
    answer = solver.check()
    steps.verify(says, True if answer == z3.unsat else False if answer == z3.sat else None)
