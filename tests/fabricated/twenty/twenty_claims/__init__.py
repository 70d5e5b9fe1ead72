"""Twenty statements that no paper makes, in every form that claims take, of which ten are true and ten are not.

Each file derives what is the case.  No check is given a counterexample to start from.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddcl_theory.claim import Claim

FILES = ("identities", "bounds", "limits", "equalities", "spectra", "strictness", "floats")
NAMES = (
    "pairs",
    "newton",
    "squares",
    "cubes",
    "form-three",
    "form-many",
    "cold-mean",
    "cold-purity",
    "order",
    "majority",
    "vertex",
    "spread",
    "below-average",
    "balanced",
    "covariance-half",
    "covariance-uniform",
    "cross-positive",
    "cross-nonnegative",
    "variance-two-pass",
    "variance-one-pass",
)


def claims() -> list[Claim]:
    return [claim for file in FILES for claim in import_module(f"{__name__}.{file}").CLAIMS]
