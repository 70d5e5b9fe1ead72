"""Backbone gradients for every n, k and d: one sample with moving prototypes, lifted, and the sum over the samples.

one_sample: the derivative along (u, v) of a loss of one sample; k and d by the support lemma.
chain: a statement about Σ_n at P = ZᵀW, carried out at the sizes of its domain, follows for all from one sample, because
ZᵀW is linear in Z with the velocity v_j = Σ_n W_nj u_n and the losses add over the samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import native
from ddcl_theory.domain import Domain, real, simplex, temperature
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Steps, identity

#: One sample z moving along u, prototypes p moving along v.
_MOVING = (real("z", "d"), real("u", "d"), real("p", "k", "d"), real("v", "k", "d"))
HELD = Domain((*_MOVING, simplex("q", "k")))
SOFT = Domain((*_MOVING, temperature("T")))
AXES = (
    Carriers("k", {"q": 0, "p": 0, "v": 0, WEIGHT: 0}),
    Carriers("d", {"z": 0, "u": 0, "p": 1, "v": 1}),
)


def vanishes_softly(steps: Steps, domain: Domain, value: Callable[[Any], Expr], says: str, **fixed: int) -> None:
    """An expression in one sample, its prototypes and their soft assignment vanishes for all sizes that are not fixed."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = domain.namespace(sizes)
        residual, labels = weights(value(x), x, anchor=a.distances(x.z, x.p)[0])
        return [residual], labels

    axes = tuple(axis for axis in AXES if axis.axis not in fixed)
    identity_for_all_sizes(steps, family, axes, simplex=WEIGHT, fixed=fixed, says=says)


def held_sample(steps: Steps, name: str) -> None:
    """dL = 2u·(z − Pq) + Σ_j v_j·∂L/∂p_j at constant q; the first term is absent for V."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = HELD.namespace(sizes)
        own = ex.ZERO if name == "variance" else native.pull(x.z, x.u, x.p, x.q)
        closed = own + native.dot_rows(x.v, native.prototype_slopes(name, x.z, x.p, x.q))
        return [native.held(native.LOSSES[name], x.z, x.u, x.p, x.v, x.q) - closed], {}

    identity_for_all_sizes(steps, family, AXES, simplex="q", says=f"one sample, q held, {name}")


def soft_sample(steps: Steps, name: str) -> None:
    """The softmax adds −(2/T) Σ_j q_j (g_j − ⟨g⟩)(z − p_j)·(u − v_j)."""

    def value(x: Any) -> Expr:
        q = native.soft(x.z, x.p, x.T)
        loss = native.LOSSES[name]
        return (
            native.through(loss, x.z, x.u, x.p, x.v, x.T)
            - native.held(loss, x.z, x.u, x.p, x.v, q)
            - native.softmax_part(name, x.z, x.u, x.p, x.v, q, x.T)
        )

    vanishes_softly(steps, SOFT, value, f"one sample, through the softmax, {name}")


def chain(steps: Steps, statement: Statement, names: tuple[str, ...], softly: bool = False) -> None:
    """Verify an identity about Σ_n L(z_n, ZᵀW, q_n) at every size of its domain and on one sample at all k and d."""
    for sizes in statement.domain.all_sizes():
        conclusion = statement.trace(sizes)[1]
        text = ", ".join(f"{n} = {s}" for n, s in sizes.items())
        steps.verify("the conclusion is an identity", conclusion.op == "eq0")
        steps.verify(f"it vanishes identically at {text}", all(identity(r) for r in conclusion.roots))
    for name in names:
        held_sample(steps, name)
        if softly:
            soft_sample(steps, name)
    steps.note("p_j = Σ_n W_nj z_n moves at v_j = Σ_n W_nj u_n, and losses and formula add over the samples")
