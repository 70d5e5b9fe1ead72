"""Relations between expressions, and their truth at an exact point in three values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ddcl_theory import expression as ex
from ddcl_theory.evaluate import Sign, signs
from ddcl_theory.expression import Expr
from ddcl_theory.point import Point

#: The variables of a statement as expressions, by name, with the sizes as integers: x.z, x.p, x.k.
Namespace: TypeAlias = Any
Predicate: TypeAlias = "Callable[[Namespace], Expr | int | Sequence[Expr | int]]"

#: What each relation says about every one of its expressions; "any" is a disjunction of relations.
OPERATORS = {"ge0": "≥ 0", "gt0": "> 0", "eq0": "= 0", "ne0": "≠ 0", "any": "one of"}


def as_expressions(raw: Any) -> list[Expr]:
    """What a predicate returned, one value or a list of them, as expressions."""
    return [ex.lift(v) for v in (raw if isinstance(raw, (list, tuple)) else [raw])]


@dataclass(frozen=True)
class Relation:
    """`values(x)` stands in the relation `op` to 0; a list means all of them (for ne0: at least one of them)."""

    op: str
    values: Predicate | None = None
    options: tuple[Relation, ...] = ()

    def __post_init__(self) -> None:
        if self.op not in OPERATORS:
            raise ValueError(f"op must be one of {', '.join(OPERATORS)}; got {self.op!r}")

    def trace(self, x: Namespace) -> Traced:
        if self.op == "any":
            return Traced("any", (), tuple(r.trace(x) for r in self.options))
        assert self.values is not None
        return Traced(self.op, tuple(as_expressions(self.values(x))))


@dataclass(frozen=True)
class Traced:
    """A relation at fixed sizes: its expressions."""

    op: str
    roots: tuple[Expr, ...]
    options: tuple[Traced, ...] = ()
    _tree: list[Any] = field(default_factory=list, compare=False, repr=False)

    def tree(self) -> dict[str, Any]:
        """The JSON form that a replay evaluates."""
        if not self._tree:
            if self.op == "any":
                self._tree.append({"op": "any", "options": [t.tree() for t in self.options]})
            else:
                self._tree.append({"op": self.op, **ex.serialise(self.roots)})
        tree: dict[str, Any] = self._tree[0]
        return tree


@dataclass(frozen=True)
class Truth:
    """The truth of a relation at a point (None: not decided) with the signs of its expressions, or of its options."""

    holds: bool | None
    signs: tuple[Sign, ...] = ()
    options: tuple[Truth, ...] = ()

    @property
    def value(self) -> str:
        """The values as text, cut where they are many."""
        if self.options:
            return "; ".join(option.value for option in self.options)
        text = ", ".join(s.text for s in self.signs)
        return text if len(text) <= 400 else text[:400] + " …"

    @property
    def exact(self) -> bool:
        return all(s.exact for s in self.signs) and all(option.exact for option in self.options)


def truth(t: Traced, p: Point) -> Truth:
    """Certain truth or certain falsehood of a traced relation at an exact point, or None.

    Raises `evaluate.Undefined` where an expression has no value: such a point is in no domain.
    """
    if t.op == "any":
        parts = tuple(truth(option, p) for option in t.options)
        return Truth(any_of([part.holds for part in parts]), options=parts)
    found = tuple(signs(t.roots, p))
    verdicts = [_holds(t.op, s.sign) for s in found]
    return Truth(any_of(verdicts) if t.op == "ne0" else all_of(verdicts), found)


def _holds(op: str, s: int | None) -> bool | None:
    if s is None:
        return None
    return {"ge0": s >= 0, "gt0": s > 0, "eq0": s == 0, "ne0": s != 0}[op]


def all_of(values: Sequence[bool | None]) -> bool | None:
    if any(v is False for v in values):
        return False
    return None if any(v is None for v in values) else True


def any_of(values: Sequence[bool | None]) -> bool | None:
    if any(v is True for v in values):
        return True
    return None if any(v is None for v in values) else False


def margin(t: Traced, values: Mapping[str, Any]) -> Any:
    """Batched float margin: negative where the relation is violated (for eq0 and ne0, minus and plus the residual)."""
    import torch

    from ddcl_theory.evaluate import tensors

    if t.op == "any":
        return torch.stack([margin(option, values) for option in t.options]).amax(0)
    stacked = torch.stack(tensors(list(t.roots), values))
    if t.op == "eq0":
        return -stacked.abs().amax(0)
    if t.op == "ne0":
        return stacked.abs().amax(0)
    return stacked.amin(0)


def at_least_zero(values: Predicate) -> Relation:
    return Relation("ge0", values)


def positive(values: Predicate) -> Relation:
    return Relation("gt0", values)


def equals_zero(values: Predicate) -> Relation:
    return Relation("eq0", values)


def not_zero(values: Predicate) -> Relation:
    return Relation("ne0", values)


def one_of(*options: Relation) -> Relation:
    return Relation("any", None, options)
