"""Stopped training commutes with relabelling and with shifts; one sample attracts every prototype.  For every n, k and d."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.claims.ddcl import two_timescale as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity


def _equivariance(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """Velocities of the first two prototypes after exchanging them minus those exchanged; one sample, others present."""
    z, (one, two) = ex.variable("z"), (ex.variable(name) for name in ("one", "two"))
    u, v = ex.variable("u"), ex.variable("v")
    w = [ex.variable("w", j) for j in range(sizes["k"])]

    def first(p: Expr, own: Expr, other: Expr) -> Expr:
        return 2 * own / (own + other + ex.total(w)) * (z - p)

    return [
        first(two, v, u) - 2 * v / (u + v + ex.total(w)) * (z - two),
        first(one, u, v) - 2 * u / (v + u + ex.total(w)) * (z - one),
    ], {}


def _free_weights(x: Any) -> dict[Expr, Expr]:
    """e^{−(d_ni − d_na)/T} as w_ni / w_na: what the softmax subtracts from the distances does not matter."""
    mapping = {}
    for n, z in enumerate(x.z):
        d = a.distances(z, x.p)
        w = [ex.variable("weight", n, j) for j in range(x.k)]
        pairs = [(i, j) for i in range(x.k) for j in range(x.k) if i != j]
        mapping.update({ex.boltzmann(d[i] - d[j], x.T): w[i] / w[j] for i, j in pairs})
    return mapping


def together(statement: Statement) -> Proof:
    """A relabelled equilibrium is an equilibrium, so that a unique one is not changed by relabelling."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            traced, conclusion = statement.trace(sizes)
            given = [t.tree() for _, t in traced]
            for h in (claim.REST, claim.UNIQUE):
                steps.verify(f"{h.id} is a hypothesis at {sizes}", h.relation.trace(x).tree() in given)
            there, here = claim.velocity(x, claim.swapped(x)), claim.velocity(x, x.p)
            exchanged = [*here[x.d : 2 * x.d], *here[: x.d], *here[2 * x.d :]]
            free = _free_weights(x)
            same = all(identity(ex.substitute(u - v, free)) for u, v in zip(there, exchanged, strict=True))
            steps.verify(f"velocities are exchanged with the labels at {sizes}", same)
            gap = claim.first_gap(x)
            same = conclusion.op == "eq0" and any(
                all(identity(r - c * g) for r, g in zip(conclusion.roots, gap, strict=True)) for c in (1, 2)
            )
            steps.verify(f"the conclusion is a multiple of p_1 − p_2 at {sizes}", same)
        identity_for_all_sizes(
            steps,
            _equivariance,
            (Carriers("k", {"w": 0}),),
            says="exchanging labels 1 and 2, any weights of the others",
        )
        steps.note(
            "a velocity is a sum over samples, and a coordinate of it involves that coordinate and the weights alone"
        )
        steps.note("so the relabelled P is at rest; uniqueness leaves only that it is P, which is p_1 = p_2")
        return "all n, k ≥ 2, d"

    return carry_out(argument)


def _rate(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Label]]:
    """Σ_i 2 (p_i − z_i) · v_i + 4 q d with v = 2q (z − p), q a number."""
    q = ex.variable("q")
    z, p = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("z", "p"))
    return [
        ex.dot(ex.scaled(2, ex.minus(p, z)), ex.scaled(2 * q, ex.minus(z, p))) + 4 * q * ex.norm2(ex.minus(z, p))
    ], {}


def met(statement: Statement) -> Proof:
    """−ḋ_j is a positive multiple of q_j d_j."""

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            traced, conclusion = statement.trace(sizes)
            d, q = a.distances(x.z, x.p), f.soft(x.z, x.p, x.T)
            wanted = [4 * w * c for w, c in zip(q, d, strict=True)]
            reached = conclusion.op == "gt0" and any(
                all(identity(r - c * w) for r, w in zip(conclusion.roots, wanted, strict=True)) for c in (1, 2)
            )
            steps.verify(f"the conclusion is a multiple of 4 q_j d_j at {sizes}", reached)
            strict = {id(r) for _, t in traced if t.op == "gt0" for r in t.roots}
            steps.verify(f"d_j > 0 is a hypothesis at {sizes}", {id(v) for v in d} <= strict)
        identity_for_all_sizes(
            steps, _rate, (Carriers("d", {"z": 0, "p": 0}),), says="ḋ = −4 q d for one prototype with share q"
        )
        steps.note("q_j > 0; the other prototypes enter through q_j alone, for every k")
        return "all k, d; one sample"

    return carry_out(argument)


def shift_invariant(statement: Statement) -> Proof:
    """Only differences z_n − p_j enter."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        z, p, s = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("z", "p", "s"))
        return [ex.norm2(ex.minus(ex.plus(z, s), ex.plus(p, s))) - ex.norm2(ex.minus(z, p))], {}

    def argument(steps: Steps) -> str:
        for sizes in statement.domain.all_sizes():
            x = statement.domain.namespace(sizes)
            conclusion = statement.trace(sizes)[1]
            far = [ex.plus(row, x.s) for row in x.p]
            moved = {
                v: u for z in x.z for u, v in zip(a.distances(z, x.p), a.distances(ex.plus(z, x.s), far), strict=True)
            }
            steps.verify(f"all distances are unchanged at {sizes}", all(identity(u - v) for v, u in moved.items()))
            roots = [ex.substitute(r, moved) for r in conclusion.roots]
            vanishes = conclusion.op == "eq0" and all(identity(r) for r in roots)
            steps.verify(f"vanishes identically at {sizes}", vanishes)
        axes = (Carriers("d", {"z": 0, "p": 0, "s": 0}),)
        identity_for_all_sizes(steps, family, axes, says="a squared distance is unchanged by a common shift")
        steps.note("F_T is a function of the squared distances of samples and prototypes")
        return "all n, k, d"

    return carry_out(argument)
