"""The soft loss of given distances, which two of the statements are about."""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.domain import Domain, nonnegative, temperature

DOMAIN = Domain((nonnegative("e", "k"), temperature("T")), {"k": (2, 5)})


def excess(x: Any) -> Any:
    """Σ_j q_j e_j − min_j e_j with q = softmax(−e/T)."""
    return ex.total(w * c for w, c in zip(ex.softmax(x.e, x.T), x.e, strict=True)) - ex.minimum(*x.e)
