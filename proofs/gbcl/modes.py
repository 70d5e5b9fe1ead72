"""Modes in the frame of the eigenvectors, for every d and n > d.

The conclusion is a list along the modes.  With a free weight for each entry it is one polynomial, and the support lemma carries the
identity to all sizes.  Two sizes count, d and e = n − d, and hypotheses compare them; so the pairs are split into e = d, e = d + m
and d = e + m, and in each part the modes beyond the smaller of the two are an axis of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Unsupported
from ddcl_theory.lemmas.support import PROBED, Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Rejected, Steps, Undecided, carry_out, identity

#: What the conclusion lists: segments along d or e, or single expressions.
Segments = Sequence[str]
#: (variables, sizes) → what is subtracted from each entry of the conclusion.
Wanted = Callable[[Any], list[Expr]]


@dataclass(frozen=True)
class Part:
    """The pairs (d, e) with e − d of one sign: `sizes` from the common modes and the others."""

    says: str
    more_d: int
    more_e: int

    def sizes(self, common: int, others: int) -> dict[str, int]:
        return {"d": common + self.more_d * others, "e": common + self.more_e * others}


PARTS = (Part("e = d", 0, 0), Part("e = d + m", 0, 1), Part("d = e + m", 1, 0))
_COMMON = {name: 0 for name in ("s", "c", "f", "h", "weight-d", "weight-e")}
COMMON = Carriers("common", _COMMON)
OTHERS = Carriers("others", {f"{name}-beyond": 0 for name in _COMMON})


def _admitted(statement: Statement, sizes: dict[str, int]) -> bool:
    """Whether the hypotheses that speak of sizes alone hold there."""
    given = [t for _, t in statement.trace(sizes)[0]]
    constant = [(t.op, r) for t in given for r in t.roots if r.op == "const"]
    return all({"ge0": r.data >= 0, "gt0": r.data > 0, "eq0": r.data == 0}[op] for op, r in constant)


def _weights(segments: Segments, x: Any) -> list[Expr]:
    """A free factor for each entry; those of two segments along one axis differ in their powers."""
    found: list[Expr] = []
    for place, axis in enumerate(segments):
        power = ex.variable("segment") ** (place + 1)
        found += [power] if axis == "1" else [power * ex.variable(f"weight-{axis}", i) for i in range(getattr(x, axis))]
    return found


def _contracted(statement: Statement, sizes: dict[str, int], segments: Segments, wanted: Wanted, common: int) -> Expr:
    """Σ weight · (entry − wanted), the modes beyond the common ones under names of their own."""
    x = statement.domain.namespace(sizes)
    roots = statement.trace(sizes)[1].roots
    weights, subtracted = _weights(segments, x), wanted(x)
    if len(roots) != len(weights) or len(subtracted) != len(roots):
        raise Rejected(f"the conclusion has {len(weights)} entries at {sizes}")
    value = ex.total(w * (r - v) for w, r, v in zip(weights, roots, subtracted, strict=True))
    renamed = {}
    for node in ex.topological([value]):
        if node.op == "var" and node.data[1] and node.data[1][0] >= common:
            renamed[node] = ex.variable(f"{node.data[0]}-beyond", node.data[1][0] - common)
    return ex.substitute(value, renamed)


def _lifted(steps: Steps, statement: Statement, segments: Segments, wanted: Wanted) -> str:
    """Σ weight · (entry − wanted) = 0 wherever the hypotheses on sizes hold; otherwise Rejected or Undecided."""
    reached = 0
    for part in PARTS:
        apart = bool(part.more_d or part.more_e)
        tried = [(i, j) for i in range(1, PROBED) for j in (range(1, PROBED) if apart else (0,))]
        inside = [(i, j) for i, j in tried if _admitted(statement, part.sizes(i, j))]
        if not inside:
            continue

        def family(sizes: Any, part: Part = part) -> tuple[list[Expr], dict[Expr, Any]]:
            common, others = sizes["common"], sizes.get("others", 0)
            return [_contracted(statement, part.sizes(common, others), segments, wanted, common)], {}

        if len(inside) == len(tried):
            axes = (COMMON, OTHERS) if apart else (COMMON,)
            identity_for_all_sizes(steps, family, axes, says=f"every entry for {part.says}")
            reached += 1
            continue
        for i, j in inside:
            (value,) = family({"common": i, "others": j})[0]
            steps.verify(f"every entry at {part.sizes(i, j)}", identity(value))
        raise Undecided(f"the hypotheses hold at some sizes with {part.says} only")
    steps.verify("some sizes meet the hypotheses", reached > 0)
    return "all d, n > d"


def _equations(*segments: str) -> Callable[[Statement], Proof]:
    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            steps.verify("the conclusion is a list of equations", statement.trace({"d": 1, "e": 1})[1].op == "eq0")
            try:
                return _lifted(steps, statement, segments, lambda x: [ex.ZERO] * len(_weights(segments, x)))
            except Unsupported as reason:
                raise Undecided(str(reason)) from reason

        return carry_out(argument)

    return proof


#: ẇ_i + σ_i² w_i for the d modes with σ_i > 0 and the e others.
formula = _equations("d", "e")
#: σ_i of the last d modes, and how many dimensions of the kernel are not reached.
spans = _equations("d", "1")
#: Both, the kernel from the last e modes.
ranges = _equations("d", "e", "e", "1")


def decays(statement: Statement) -> Proof:
    """Each entry is once or twice σ_i² c_i², with σ_i > 0 and c_i² > 0 by hypothesis."""

    def argument(steps: Steps) -> str:
        x, first = statement.domain.namespace({"d": 2, "e": 2}), statement.trace({"d": 2, "e": 2})
        steps.verify("the conclusion is a list of inequalities > 0", first[1].op == "gt0")
        counted = statement.trace({"d": 2, "e": 1})[1].roots, statement.trace({"d": 1, "e": 2})[1].roots
        along = {(2, 1): "d", (1, 2): "e"}.get((len(counted[0]), len(counted[1])))
        steps.verify("it lists the first d modes or the first n − d", along is not None)
        energy = x.s[0] ** 2 * x.c[0] ** 2
        factor = next((m for m in (1, 2) if identity(first[1].roots[0] - m * energy)), 0)
        steps.verify("the first entry is once or twice σ_1² c_1²", factor > 0)

        def wanted(y: Any) -> list[Expr]:
            """What the entries should be; beyond the d-th mode σ = 0."""
            sigma, place = [*y.s, *[ex.ZERO] * y.e], [*y.c, *y.h]
            return [factor * sigma[i] ** 2 * place[i] ** 2 for i in range(getattr(y, str(along)))]

        for sizes in ({"d": i, "e": j} for i in range(1, PROBED) for j in range(1, PROBED)):
            if not _admitted(statement, sizes):
                continue
            y = statement.domain.namespace(sizes)
            count = getattr(y, str(along))
            given = {id(r) for _, t in statement.trace(sizes)[0] if t.op == "gt0" for r in t.roots}
            known = count <= y.d and all(id(y.s[i]) in given and id(y.c[i] ** 2) in given for i in range(count))
            steps.verify(f"σ_i > 0 and c_i² > 0 are hypotheses for every mode listed at {sizes}", known)
        return _lifted(steps, statement, (str(along),), wanted)

    return carry_out(argument)
