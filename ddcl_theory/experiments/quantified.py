"""What a sentence says "all" or "both" of without a cell having it as a condition: methods, pairs, scores.

A prediction names it in `throughout`, and its effect takes it off the runs again before it looks one up.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from ddcl_theory.experiments.protocol import Runs, Scalar


def without(runs: Runs, *names: str) -> Runs:
    """The runs at what is left of their conditions."""
    return replace(runs, fixed={name: value for name, value in runs.fixed.items() if name not in names})


def pairs_of(values: Sequence[Scalar]) -> dict[str, tuple[Scalar, Scalar]]:
    """Every two of the values by name: "a and b"."""
    return {f"{a} and {b}": (a, b) for a, b in itertools.combinations(values, 2)}
