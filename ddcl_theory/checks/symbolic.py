"""Symbolic check: runs a proof from `ddcl_proofs` on the statement.

The proof takes the statement itself, so that it proves what the claim declares; shown a false twin it must reject it.
Its detail lists the steps, one a line.  Carried out at fixed sizes only, it supports the statement with symbolic
strength but does not prove it.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from ddcl_theory.checks.base import Check, Settings
from ddcl_theory.claim import Statement
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.proof import Proof

#: The folders of `ddcl_proofs`.
PAPERS = ("ddcl", "gbcl", "secu")


@dataclass(frozen=True)
class Symbolic(Check):
    """proof: "paper.module:function" for a proof in `ddcl_proofs`, with the full name of the module for any other.

    The function maps a statement to a Proof.
    """

    kind = "symbolic"
    proof: str

    @property
    def name(self) -> str:
        return f"symbolic {self.proof}"

    def run(self, statement: Statement, settings: Settings) -> Evidence:
        module, _, function = self.proof.partition(":")
        full = f"ddcl_proofs.{module}" if module.partition(".")[0] in PAPERS else module
        proof: Proof = getattr(importlib.import_module(full), function)(statement)
        detail = "\n".join(proof.steps)
        if proof.outcome in ("proved", "vacuous"):
            outcome = Outcome.SUPPORTS
            if proof.covers_domain:
                outcome = Outcome.PROVES if proof.outcome == "proved" else Outcome.VACUOUS
            return Evidence(
                self.name,
                self.kind,
                outcome,
                scope=proof.scope,
                strength=Strength.SYMBOLIC,
                cases=len(proof.steps),
                detail=detail,
            )
        return Evidence(
            self.name,
            self.kind,
            Outcome.UNDECIDED,
            detail=detail,
            cases=len(proof.steps),
            violated=proof.outcome == "rejected",
        )
