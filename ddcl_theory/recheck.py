"""Re-checking a recorded witness: does it refute, and does it refute what the installed claim says?

Three questions, each able to fail alone: does the evaluator of `replay`, which shares no code with the checks, agree;
are the recorded expressions those that the installed statement gives at these sizes; are the recorded values right.
For a witness against float code the code runs again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddcl_theory import replay
from ddcl_theory.checks.base import witness_of
from ddcl_theory.checks.code import CodeStatement, run_at, tree_of
from ddcl_theory.claim import Statement
from ddcl_theory.domain import namespace_of_point
from ddcl_theory.expression import digest
from ddcl_theory.point import exact
from ddcl_theory.record import witness_row
from ddcl_theory.relation import as_expressions

Row = Mapping[str, Any]

#: What evaluating an altered expression or point may raise.
MALFORMED = (
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    replay.NoValue,
    replay.Irrational,
)


def objections(witness: Row, statements: Sequence[Any], same_libraries: bool) -> list[str]:
    """Why a recorded witness does not stand against any of the statements; empty when it stands against one.

    statements: what it may be directed against (a statement of the registry, or several with a hypothesis dropped).
    same_libraries: whether enclosures may be compared as texts, which depend on the version of the interval library.
    """
    complaints = [c for c in (_evaluates(witness),) if c]
    against: list[list[str]] = []
    for statement in statements:
        try:
            check = _against_code if isinstance(statement, CodeStatement) else _against
            against.append(check(witness, statement, same_libraries))
        except MALFORMED as error:
            against.append([f"its point does not fit the installed statement: {error}"])
    return complaints + min(against, key=len, default=["there is no installed statement to hold it against"])


def _evaluates(witness: Row) -> str | None:
    try:
        complaint = replay.objection(witness)
    except MALFORMED as error:
        return f"its expressions cannot be evaluated at its point ({type(error).__name__}: {error})"
    return f"it refutes nothing: {complaint}" if complaint else None


def _against(witness: Row, statement: Statement, same_libraries: bool) -> list[str]:
    point = {name: exact(raw) for name, raw in witness["point"].items()}
    sizes = namespace_of_point(statement.domain, point)
    complaints = []
    if dict(witness["sizes"]) != sizes:
        complaints.append(f"its sizes are recorded as {dict(witness['sizes'])} and are {sizes}")
    copy = {
        "given": [[r["id"], r["trees"]] for r in witness["relations"] if r["role"] == "given"],
        "conclusion": next(r["trees"] for r in witness["relations"] if r["role"] == "conclusion"),
    }
    installed = statement.digest(sizes)
    if digest(copy) != installed:
        complaints.append("its predicate is not that of the installed claim")
    if witness["predicate"] != installed:
        complaints.append("its digest is not that of the installed claim's predicate")
    if complaints:
        return complaints
    found = statement.examine(point)
    if not found.refutes:
        return ["the installed claim is not violated at its point"]
    again = witness_row(witness_of(statement, found, witness["role"], witness["type"]))
    return _compare(witness, again, same_libraries)


def _compare(witness: Row, again: Row, same_libraries: bool) -> list[str]:
    complaints = []
    if witness["exact"] != again["exact"]:
        complaints.append(f"exact is recorded as {witness['exact']} and is {again['exact']}")
    comparable = same_libraries or bool(again["exact"])
    if comparable and witness["shows"] != again["shows"]:
        complaints.append(f"it is recorded to show {witness['shows']!r}, and shows {again['shows']!r}")
    for recorded, right in zip(witness["relations"], again["relations"], strict=True):
        fields = ("role", "id", "says", "op", "value") if comparable else ("role", "id", "says", "op")
        complaints += [
            f"{field} of {right['id']} is recorded as {recorded[field]!r} and is {right[field]!r}"
            for field in fields
            if recorded[field] != right[field]
        ]
    return complaints


def _against_code(witness: Row, statement: CodeStatement, same_libraries: bool) -> list[str]:
    point = {name: exact(raw) for name, raw in witness["point"].items()}
    sizes = namespace_of_point(statement.domain, point)
    (relation,) = witness["relations"]
    trees = relation["trees"]
    x = statement.domain.namespace(sizes)
    roots, scales = as_expressions(statement.reference(x)), as_expressions(statement.scale(x))
    recorded = [float.fromhex(c) for c in trees["computed"]]
    complaints = []
    if trees != tree_of(statement, roots, scales, recorded):
        complaints.append("its reference is not that of the installed claim")
    if witness["predicate"] != digest([trees["nodes"], statement.code]):
        complaints.append("its digest is not that of the installed claim's reference")
    if dict(witness["sizes"]) != sizes:
        complaints.append(f"its sizes are recorded as {dict(witness['sizes'])} and are {sizes}")
    if relation["value"] != ", ".join(f"{c!r}" for c in recorded):
        complaints.append(f"its value is recorded as {relation['value']} and is {', '.join(map(repr, recorded))}")
    if complaints:
        return complaints
    again = tree_of(statement, roots, scales, run_at(statement, point))
    if replay.objection({**witness, "relations": [{**relation, "trees": again}]}):
        complaints.append("the installed code does not miss the reference at its point")
    return complaints
