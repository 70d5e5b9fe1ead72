"""What follows from recorded evidence: strength, scope, residual doubt, what is missing, counts of twins, limits.

Pure functions of the recorded rows, so that a replay computes them again from a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ddcl_theory.evidence import Strength

#: Which outcomes decide each verdict.
DECIDING = {
    "REFUTED": ("REFUTES",),
    "CONDITIONAL": ("REFUTES",),
    "VACUOUS": ("VACUOUS",),
    "PROVED": ("PROVES",),
    "HOLDS": ("SUPPORTS", "PROVES"),
}

Row = dict[str, Any]


def strength_of(verdict: str, evidence: Sequence[Mapping[str, Any]]) -> str | None:
    """The strongest evidence that decides the verdict."""
    found = [Strength[e["strength"].upper()] for e in _deciding(verdict, evidence) if e["strength"]]
    return max(found).label if found else None


def scope_of(verdict: str, evidence: Sequence[Mapping[str, Any]]) -> str:
    """The scopes of the deciding evidence."""
    return "; ".join(dict.fromkeys(e["scope"] for e in _deciding(verdict, evidence) if e["scope"]))


def _deciding(verdict: str, evidence: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [e for e in evidence if e["outcome"] in DECIDING.get(verdict, ())]


def doubt_of(verdict: str, evidence: Sequence[Mapping[str, Any]]) -> str | None:
    """What a HOLDS leaves open: how many cases were tried, how close they came, how likely the next one refutes."""
    if verdict != "HOLDS":
        return None
    return "; ".join(_doubt(e) for e in evidence if e["outcome"] == "SUPPORTS")


def _doubt(e: Mapping[str, Any]) -> str:
    if e["strength"] in ("symbolic", "formal"):
        return f"{e['check']}: proved for {e['scope']}, open beyond"
    parts = [f"{e['check']}: {e['cases']} {'case' if e['cases'] == 1 else 'cases'}"]
    if e["worst_margin"] is not None:
        parts.append(f"worst margin {e['worst_margin']:.3g}")
    if e["chance_bound"] is not None:
        parts.append(
            f"the next independent case refutes with a chance of at most {e['chance_bound']:.2g} (95 % confidence)"
        )
    return ", ".join(parts)


def missing_of(verdict: str, evidence: Sequence[Mapping[str, Any]], declared: str | None) -> str | None:
    """What an INCONCLUSIVE part would need: what its declaration says, and why each check left it open."""
    if verdict != "INCONCLUSIVE":
        return None
    open_ = [e for e in evidence if e["outcome"] in ("UNDECIDED", "NOT_RUN", "PROVES")]
    # Where the declaration says what is missing, that a check did not decide is no further reason unless it says why.
    reasons = [f"{e['check']} {_open(e)}" for e in open_ if e["detail"] or e["outcome"] != "UNDECIDED" or not declared]
    return ". ".join(([declared] if declared else []) + reasons) or "no check that could decide it ran"


def _open(e: Mapping[str, Any]) -> str:
    if e["outcome"] == "PROVES":
        return "proves it, but no stored point meets the hypotheses"
    said = {"UNDECIDED": "did not decide", "NOT_RUN": "did not run"}[e["outcome"]]
    if not e["detail"]:
        return said
    # Of a proof's steps, one a line, the one that ended it says why; the others went through.
    lines = e["detail"].splitlines()
    return f"{said}: {next((line for line in lines if line.startswith(('fails:', 'not decided:'))), lines[0])}"


def reading_strength(verdict: str, parts: Sequence[Mapping[str, Any]]) -> str | None:
    """A reading that stands is as strong as its weakest part, one that falls as the strongest evidence against it."""
    found = [Strength[p["strength"].upper()] for p in _speaking(verdict, parts) if p["strength"]]
    if not found:
        return None
    return (min if verdict in ("PROVED", "HOLDS") else max)(found).label


def reading_scope(verdict: str, parts: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(dict.fromkeys(p["scope"] for p in _speaking(verdict, parts) if p["scope"]))


def _speaking(verdict: str, parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The parts that give a reading its verdict."""
    return [p for p in parts if p["verdict"] == verdict]


def all_evidence(claim: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Evidence of all parts of a recorded claim and of their amendments."""
    parts = [p for r in claim["readings"] for p in r["parts"]]
    return [e for p in parts for e in (*p["evidence"], *(p["amendment"]["evidence"] if p["amendment"] else ()))]


def teeth_of(claims: Iterable[Mapping[str, Any]]) -> Row:
    """How many twins were killed and neighbours spared in a whole record."""
    evidence = [e for c in claims for e in all_evidence(c)]
    twins = [t["killed"] for e in evidence for t in e["twins"]]
    neighbours = [t["spared"] for e in evidence for t in e["neighbours"]]
    return {
        "twins": {"killed": sum(twins), "total": len(twins)},
        "neighbours": {"spared": sum(neighbours), "total": len(neighbours)},
    }


def limits_of(claims: Sequence[Mapping[str, Any]], profile: str, device: str) -> list[str]:
    """What the record does not establish, from what is in it."""
    parts = [p for c in claims for r in c["readings"] for p in r["parts"]]
    evidence = [e for c in claims for e in all_evidence(c)]
    not_run = sorted({e["kind"] for e in evidence if e["outcome"] == "NOT_RUN"})
    limits: list[tuple[bool, str]] = [
        (
            any(p["verdict"] == "HOLDS" for p in parts),
            "HOLDS rests on finitely many cases in the scope beside it: no proof, and a counterexample may exist.",
        ),
        (
            any(e["outcome"] == "PROVES" and e["strength"] == "symbolic" for e in evidence),
            "Symbolic proofs are checked by computer algebra, not by a proof assistant's kernel. Those for all sizes rest on "
            "the statement being one formula in the sizes, which is examined at small ones, and some of their steps are "
            "inferences in words.",
        ),
        (
            not any(e["kind"] == "formal" and e["outcome"] == "PROVES" for e in evidence),
            "No machine-checked formal proof is part of this record.",
        ),
        (bool(not_run), f"Checks of these kinds did not run everywhere: {', '.join(not_run)}."),
        (
            any(r["id"].startswith("float") for c in claims for r in c["readings"]),
            f"Rows about float code concern the points drawn, on the device {device}; others may round otherwise.",
        ),
        (
            any(p["verdict"] in ("REFUTED", "CONDITIONAL") for p in parts),
            "A refutation concerns the reading that is stated, not every reading that the paper's words may bear.",
        ),
        (
            profile != "thorough",
            f"The budget was that of the profile {profile}; the thorough profile tries many more cases.",
        ),
    ]
    return [says for holds, says in limits if holds]


def without_times(record: Mapping[str, Any]) -> Row:
    """The record without what the clock put into it: equal for equal seeds, whatever the number of workers."""

    def strip(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {k: strip(v) for k, v in value.items() if k not in ("seconds", "times")}
        return [strip(v) for v in value] if isinstance(value, list) else value

    stripped: Row = strip(record)
    return stripped
