"""x log x ≥ x − 1 for x ≥ 0, with equality at 1 only: the one inequality behind the bounds on entropies.

f(x) = x log x − x + 1 has f' = log x and f'' = 1/x > 0, so it is convex with its minimum f(1) = 0; at x = 0 it is 1.
For numbers x_j with mean 1 it gives Σ x_j log x_j ≥ 0, which is KL(q ‖ u) ≥ 0 for x_j = k q_j and H(q) ≤ log k.
"""

from __future__ import annotations

from ddcl_theory.proof import Steps


def verify(steps: Steps) -> None:
    """Verify the derivatives and the values that the argument uses."""
    import sympy as sp

    x = sp.Symbol("x", positive=True)
    f = x * sp.log(x) - x + 1
    steps.verify(
        "f(x) = x log x − x + 1 has f(1) = 0 and f'(1) = 0", f.subs(x, 1) == 0 and sp.diff(f, x).subs(x, 1) == 0
    )
    steps.verify("f'' = 1/x > 0: f is convex, so f ≥ 0", bool(sp.diff(f, x, 2) == 1 / x) and bool((1 / x).is_positive))
    steps.verify("f(x) tends to 1 as x → 0", sp.limit(f, x, 0) == 1)
