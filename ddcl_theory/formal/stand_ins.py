"""Rational functions that stand in for T, log, exp and the square root where a claim's values are compared with Coq's.

Those values are irrational at most rational points.  In a comparison both sides get the same rational function instead,
near the true one.  Expressions that agree whatever T, log, exp and root are agree for the true ones; nothing is concluded
from the stand-ins' own values but whether the two texts say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ddcl_theory.evaluate import Inexact
from ddcl_theory.point import Temperature

#: What Coq computes under these names.
COQ = """\
Definition log (x : Q) : Q :=
  let y := Qred ((x - 1) / (x + 1)) in let t := Qred (y * y) in
  Qred (2 * y * (1 + t * Qred ((1 # 3) + t * Qred ((1 # 5) + t * Qred ((1 # 7) + t * (1 # 9)))))).
Definition exponential (x : Q) : Q := let y := Qred ((16 + x) / (16 - x)) in Qred (Qpower y 8).
Definition root (x : Q) : Q := let better y := Qred ((y + x / y) / 2) in better (better (better (Qred ((1 + x) / 2)))).
"""

NAMES = re.compile(r"\b(log|exponential|root|\w+_value)\b")


def used(term: str) -> bool:
    """Whether a Coq term names a stand-in."""
    return NAMES.search(term) is not None


def near(temperature: Temperature) -> Fraction:
    """The rational number that stands in for T: bound in Coq under the variable's name with `_value` after it.

    Inexact for the limits T → 0 and T → ∞.
    """
    if temperature.s in (0, 1):
        raise Inexact("no number stands in for a limit of T")
    return Fraction(float(temperature)).limit_denominator(20)


def log(x: Any) -> Any:
    """2 artanh((x − 1)/(x + 1)) to the ninth power."""
    y = (x - 1) / (x + 1)
    t = y * y
    odd = [1 / (0 * x + n) for n in (3, 5, 7, 9)]
    return 2 * y * (1 + t * (odd[0] + t * (odd[1] + t * (odd[2] + t * odd[3]))))


def exponential(x: Any) -> Any:
    """((16 + x)/(16 − x))⁸"""
    return ((16 + x) / (16 - x)) ** 8


def root(x: Any) -> Any:
    """Three steps of Newton's from (1 + x)/2."""
    y = (1 + x) / 2
    for _ in range(3):
        y = (y + x / y) / 2
    return y


#: By the operation of the expressions that they stand in for.
FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {"temperature": near, "log": log, "exp": exponential, "sqrt": root}
