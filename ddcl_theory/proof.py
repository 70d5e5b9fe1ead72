"""What a proof returns: the steps it verified and the sizes they cover, or the step that failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ddcl_theory.expression import Expr

ALL_SIZES = "all k, d"


@dataclass(frozen=True)
class Proof:
    """outcome: "proved", "vacuous" (the part is empty), "rejected" (a step is definitely false for this statement) or
    "undecided" (the method does not reach it).

    scope: begins with "all" where a lemma or the absence of sizes makes the proof cover the whole domain; otherwise it
    lists the sizes that were carried out, and the proof is evidence for those only.
    """

    outcome: str
    scope: str
    steps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.outcome not in ("proved", "vacuous", "rejected", "undecided"):
            raise ValueError(f"outcome must be proved, vacuous, rejected or undecided; got {self.outcome!r}")

    @property
    def covers_domain(self) -> bool:
        return self.outcome in ("proved", "vacuous") and self.scope.startswith("all ")


class Rejected(Exception):
    """A step of a proof is false for the statement at hand."""


class Undecided(Exception):
    """A step of a proof could not be decided."""


@dataclass
class Steps:
    """Collects verified steps; a failed one ends the proof."""

    done: list[str] = field(default_factory=list)

    def verify(self, says: str, holds: bool | None) -> None:
        """Record a step.  `None` means undecided and is never a pass."""
        if holds is None:
            raise Undecided(says)
        if not holds:
            raise Rejected(says)
        self.done.append(says)

    def note(self, says: str) -> None:
        """An inference from the steps above that needs no computation; it names what it uses."""
        self.done.append(says)


def carry_out(argument: Callable[[Steps], str]) -> Proof:
    """Run a structured proof: it returns its scope, having verified its steps; Rejected and Undecided end it."""
    steps = Steps()
    try:
        scope = argument(steps)
    except Rejected as failed:
        return Proof("rejected", "", (*steps.done, f"fails: {failed}"))
    except Undecided as open_:
        return Proof("undecided", "", (*steps.done, f"not decided: {open_}"))
    return Proof("proved", scope, tuple(steps.done))


def identity(e: Expr) -> bool:
    """Whether a rational expression vanishes identically, atoms being free."""
    from ddcl_theory.lemmas.polynomial import is_zero

    return is_zero(e)
