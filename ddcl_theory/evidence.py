"""Evidence: what one check found on one statement.  A check cannot claim more than the ceiling of its kind."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ddcl_theory.point import Point


class Strength(enum.IntEnum):
    """How far evidence reaches; a refutation is CERTIFIED (enclosures) or EXACT (rational arithmetic)."""

    SAMPLED = 1
    SEARCHED = 2
    CERTIFIED = 3
    SYMBOLIC = 4
    FORMAL = 5
    EXACT = 6

    @property
    def label(self) -> str:
        return self.name.lower()


class Outcome(enum.Enum):
    """What a check says; only PROVES, VACUOUS, REFUTES and SUPPORTS bear on a verdict."""

    PROVES = "covers the whole domain"
    VACUOUS = "the hypotheses cannot be met, or the conclusion cannot fail"
    REFUTES = "found a witness"
    SUPPORTS = "found no counterexample"
    UNDECIDED = "did not decide"
    INFORMS = "reports on the hypotheses, decides nothing"
    NOT_RUN = "not run"
    CRASHED = "crashed or timed out"


#: The strongest supporting evidence each kind of check can give.
CEILING = {
    "symbolic": Strength.SYMBOLIC,
    "formal": Strength.FORMAL,
    "property": Strength.SAMPLED,
    "adversarial": Strength.SEARCHED,
    "certified": Strength.CERTIFIED,
    "dynamics": Strength.SAMPLED,
    "experiment": Strength.SAMPLED,
    "ablation": Strength.SEARCHED,
}

#: Kinds that can cover a whole domain.
PROVING = ("symbolic", "formal")


@dataclass(frozen=True)
class Witness:
    """An exact point that meets every hypothesis and violates the conclusion, with the expressions to replay it.

    relations: one {"role", "id", "says", "op", "trees", "value"} a hypothesis and for the conclusion.
    """

    type: str
    sizes: dict[str, int]
    point: Point
    relations: tuple[dict[str, Any], ...]
    digest: str
    exact: bool
    role: str = "simplest"
    shows: str = ""


@dataclass(frozen=True)
class Trial:
    """How a check did on one twin (passed: killed) or neighbour (passed: spared)."""

    id: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class Evidence:
    """The finding of one check.

    worst_margin: the smallest margin met (negative: violated), in the units of the statement; None where meaningless.
    chance_bound: 95 % upper bound on the chance that the next independent case refutes; only for i.i.d. sampling.
    violated: a numerical run went against the statement; this kills twins but is no witness.
    formal: for formal checks, the theorem, its statement, what a person compares with the claim, what it assumes.
    experiment: for experiment checks, the outcome, what was measured and what came out at each setting.
    """

    check: str
    kind: str
    outcome: Outcome
    scope: str = ""
    strength: Strength | None = None
    cases: int = 0
    worst_margin: float | None = None
    chance_bound: float | None = None
    detail: str = ""
    violated: bool = False
    witnesses: tuple[Witness, ...] = ()
    ablations: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0
    twins: tuple[Trial, ...] = ()
    neighbours: tuple[Trial, ...] = field(default=())
    formal: dict[str, Any] | None = None
    experiment: dict[str, Any] | None = None

    def without_teeth(self, survived: Sequence[str]) -> Evidence:
        """The evidence as it counts: where false twins of these names survived the check, not at all."""
        if not survived or self.outcome not in (Outcome.SUPPORTS, Outcome.PROVES, Outcome.VACUOUS):
            return self
        missed = f"does not count: the check did not notice the false twin {', '.join(survived)}. {self.detail}"
        return replace(self, outcome=Outcome.UNDECIDED, strength=None, detail=missed)

    def __post_init__(self) -> None:
        if self.kind not in CEILING:
            raise ValueError(f"kind must be one of {', '.join(CEILING)}; got {self.kind!r}")
        if self.outcome in (Outcome.PROVES, Outcome.VACUOUS) and self.kind not in PROVING:
            raise ValueError(f"a {self.kind} check cannot prove: its evidence is {CEILING[self.kind].label} at most")
        if self.outcome is Outcome.REFUTES:
            if not self.witnesses:
                raise ValueError("a refutation needs a witness")
        elif self.strength is not None and self.strength > CEILING[self.kind]:
            raise ValueError(f"a {self.kind} check is {CEILING[self.kind].label} at most, got {self.strength.label}")
        if self.outcome is Outcome.SUPPORTS and self.cases < 1:
            raise ValueError("support needs at least one case")
