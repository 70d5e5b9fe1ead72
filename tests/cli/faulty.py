"""Claims that go wrong in every way a claim can, for tests of the machinery around them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ddcl_theory import workers
from ddcl_theory.checks.base import PROFILES, Check, Settings
from ddcl_theory.claim import Claim, Figure, Part, Reading, Source, Statement
from ddcl_theory.domain import Domain, real
from ddcl_theory.evidence import Evidence, Outcome, Strength
from ddcl_theory.relation import at_least_zero

if "FAULTY_TIMEOUT" in os.environ:
    # Watchdogs that fit a test.  They take effect for the claims that a worker runs after it has loaded this module.
    PROFILES["quick"] = replace(PROFILES["quick"], timeout=float(os.environ["FAULTY_TIMEOUT"]))
    workers.GRACE = float(os.environ["FAULTY_TIMEOUT"])


@dataclass(frozen=True)
class Does(Check):
    """A check that does one thing and then finds `outcome`."""

    kind = "property"
    thing: Callable[[], None]
    outcome: Outcome = Outcome.SUPPORTS

    @property
    def name(self) -> str:
        return self.thing.__name__

    def run(self, statement: Any, settings: Settings) -> Evidence:
        self.thing()
        if self.outcome is Outcome.SUPPORTS:
            return Evidence(
                self.name,
                self.kind,
                self.outcome,
                scope="one case",
                strength=Strength.SAMPLED,
                cases=1,
                worst_margin=0.5,
            )
        return Evidence(self.name, self.kind, self.outcome, detail="nothing was found either way")


def nothing() -> None:
    """Leaves everything as it is."""


def crash() -> None:
    raise ArithmeticError("seven is too many")


def die() -> None:
    os._exit(7)


def leave() -> None:
    raise SystemExit(0)


def die_once() -> None:
    mark = os.environ["FAULTY_MARK"]
    if not os.path.exists(mark):
        with open(mark, "w", encoding="utf-8") as stream:
            stream.write("died\n")
        os._exit(7)


def sleep() -> None:
    time.sleep(120)


def ignore_the_watchdog() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            time.sleep(60)
        except BaseException as error:  # what a check must not do, and may
            os.write(2, f"ignored {type(error).__name__}\n".encode())


def chatter() -> None:
    print("a word on stdout")
    if "FAULTY_ISOLATED" in os.environ:
        os.write(1, b"a word on descriptor 1\n")


def no_figure(settings: Settings) -> str:
    raise OSError("no ink")


def unwritable(x: Any) -> Any:
    raise LookupError("the predicate has no such symbol")


DOMAIN = Domain((real("a"),))
SQUARE = Statement(DOMAIN, at_least_zero(lambda x: x.a * x.a))


def claim(
    name: str,
    check: Check,
    statement: Statement = SQUARE,
    figures: tuple[Figure, ...] = (),
    part_id: str = "square",
) -> Claim:
    part = Part(part_id, r"a^2 \ge 0", statement, (check,), example={"a": 1})
    reading = Reading("real", "for all real numbers", (part,), as_printed=True)
    return Claim(
        f"faulty.{name}",
        f"A claim for tests: {name}",
        Source("faulty", "nowhere"),
        r"a^2 \ge 0",
        (reading,),
        figures=figures,
    )


CLAIMS = [
    claim("fine", Does(nothing)),
    claim("open", Does(nothing, Outcome.UNDECIDED)),
    claim("crash", Does(crash)),
    claim("die", Does(die)),
    claim("die-once", Does(die_once)),
    claim("leave", Does(leave)),
    claim("slow", Does(sleep)),
    claim("stuck", Does(ignore_the_watchdog)),
    claim("chatter", Does(chatter)),
    claim("figure", Does(nothing), figures=(Figure("blank", "Blank", "Nothing.", "Nothing.", no_figure),)),
    claim("name", Does(nothing), part_id=""),
    claim(
        "picture", Does(nothing), figures=(Figure("blank", "Blank", "Nothing.", "Nothing.", lambda settings: "no svg"),)
    ),
    claim("statement", Does(nothing), Statement(DOMAIN, at_least_zero(unwritable))),
]
