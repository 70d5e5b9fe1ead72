"""Ten statements that no paper makes, five of them true and five false, to see whether the machinery tells them apart.

Each file derives what is the case and declares the statement in the ordinary way; no file gives a check a
counterexample to start from.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddcl_theory.claim import Claim

NAMES = (
    "overlap",
    "entropy",
    "excess",
    "candidates",
    "spread",
    "mixture",
    "diameter",
    "ring",
    "convexity",
    "logarithm",
)


def claims() -> list[Claim]:
    return [import_module(f"{__name__}.{name}").CLAIM for name in NAMES]
