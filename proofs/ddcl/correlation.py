"""Rescaling about a sample: D_P rises and U_q falls, for every k and d.

With s = c² and shares q_j of e^{−s d_j/T}: T dU_q/ds = −2 Σ_{i<j} q_i q_j (q_i − q_j)(d_j − d_i), every term of
which is at most 0, because e^{−x} falls; where two distances differ one term is negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import correlation as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity


def _slope(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """T dU_q/ds + 2 Σ_{i<j} q_i q_j (q_i − q_j)(D_j − D_i) with weights e^{−s D_j/T}."""
    k, s, t = sizes["k"], ex.variable("s"), ex.variable("T")
    d = [ex.variable("D", j) for j in range(k)]
    w = [ex.boltzmann(s * dj, t) for dj in d]
    mass = ex.total(w)
    value = t * ex.differentiate(1 - ex.total(v**2 for v in w) / mass**2, s)
    pairs = ex.total(w[i] * w[j] * (w[i] - w[j]) * (d[j] - d[i]) for i in range(k) for j in range(i + 1, k))
    return [value + 2 * pairs / mass**3], {v: ("w", (j,)) for j, v in enumerate(w)}


def _stretch(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """‖z − z(c)‖² and ‖p(c) − r(c)‖² for points rescaled about z."""
    c = ex.variable("c")
    z, p, r = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("z", "p", "r"))
    one, two = (ex.plus(z, ex.scaled(c, ex.minus(row, z))) for row in (p, r))
    own = ex.norm2(ex.minus(z, one)) - c**2 * ex.norm2(ex.minus(z, p))
    return [own, ex.norm2(ex.minus(one, two)) - c**2 * ex.norm2(ex.minus(p, r))], {}


def without_feedback(statement: Statement) -> Proof:
    """[D_P(c_2) − D_P(c_1), U_q(c_1) − U_q(c_2)] > 0, up to positive factors."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            if sizes["k"] <= 3:
                _at(steps, statement, sizes)
        identity_for_all_sizes(
            steps,
            _stretch,
            (Carriers("d", {"z": 0, "p": 0, "r": 0}),),
            says="all squared distances are multiplied by c²",
        )
        identity_for_all_sizes(
            steps,
            _slope,
            (Carriers("k", {"D": 0, "w": 0}),),
            says="T dU_q/ds = −2 Σ_{i<j} q_i q_j (q_i − q_j)(D_j − D_i)",
        )
        steps.note(
            "e^{−x/T} falls strictly: (q_i − q_j)(d_j − d_i) > 0 where d_i ≠ d_j, so U_q falls strictly from c_1² to c_2²"
        )
        steps.note("unequal distances mean that the prototypes are not all equal: D_P > 0, and it is multiplied by c²")
        return ALL_SIZES

    def _at(steps: Steps, statement: Statement, sizes: Mapping[str, int]) -> None:
        x = statement.domain.namespace(sizes)
        traced, conclusion = statement.trace(sizes)
        given = [(t.op, t.roots) for _, t in traced]
        for h in claim.GIVEN:
            wanted = h.relation.trace(x)
            steps.verify(f"{h.id} is a hypothesis at {sizes}", (wanted.op, wanted.roots) in given)
        steps.verify(
            "the conclusion is a pair of positive numbers", conclusion.op == "gt0" and len(conclusion.roots) == 2
        )
        rise, drop = conclusion.roots
        steps.verify(
            f"the first is a multiple of (c_2² − c_1²) D_P at {sizes}",
            any(identity(rise - c * (x.c2**2 - x.c1**2) * claim.separation(x.p)) for c in (1, 2)),
        )
        plain: dict[Expr, Expr] = {}
        shares = []
        for c in (x.c1, x.c2):
            far = a.distances(x.z, claim.rescaled(x, c))
            weights = [ex.boltzmann(c**2 * d, x.T) for d in a.distances(x.z, x.p)]
            plain |= {ex.boltzmann(d - ex.minimum(*far), x.T): w for d, w in zip(far, weights, strict=True)}
            shares.append(1 - ex.total(w**2 for w in weights) / ex.total(weights) ** 2)
        free = ex.substitute(drop, plain)
        steps.verify(
            f"the second is a multiple of U_q(c_1²) − U_q(c_2²) with weights e^(−c² d/T) at {sizes}",
            any(identity(free - c * (shares[0] - shares[1])) for c in (1, 2)),
        )
        doubled = {w: 2 * w for w in plain.values()}
        steps.verify(
            f"it does not depend on a common factor of the weights at {sizes}",
            identity(free - ex.substitute(free, doubled)),
        )

    return carry_out(argument)
