"""The Jacobian of training is −D H with H symmetric, because the field follows one potential downhill.

A field −D ∇Φ has the Jacobian −D Φ'', and second derivatives commute: J_ij r_j = −r_i r_j ∂_i∂_jΦ = J_ji r_i, for every number
of prototypes, samples and dimensions.  The full gradient and the reduced flow have such a form by definition.  For
the stopped gradient the potential is the free energy; that is an identity, lifted to all k and d.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

#: Two prototypes, two samples and two coordinates: an entry of the Jacobian involves no more of each.
SIZES = ({"k": 2, "d": 1, "n": 1}, {"k": 2, "d": 2, "n": 1}, {"k": 2, "d": 1, "n": 2}, {"k": 3, "d": 1, "n": 1})
AXES = (Carriers("k", {"p": 0, "move": 0, "w": 0}), Carriers("d", {"z": 0, "p": 1, "move": 1, "drift": 0}))


def _vanishing(steps: Steps, statement: Statement) -> None:
    """What the statement declares vanishes at small sizes; a field that is no gradient fails here."""
    covered = []
    for sizes in SIZES:
        own = {name: size for name, size in sizes.items() if name in statement.domain.sizes}
        if own in covered:
            continue
        covered.append(own)
        conclusion = statement.trace(own)[1]
        text = ", ".join(f"{name} = {size}" for name, size in own.items())
        steps.verify(f"the conclusion lists identities ({text})", conclusion.op == "eq0" and bool(conclusion.roots))
        steps.verify(f"J_ij r_j = J_ji r_i for all i < j ({text})", all(identity(root) for root in conclusion.roots))


def _by_definition(statement: Statement, potential: str) -> Proof:
    def argument(steps: Steps) -> str:
        _vanishing(steps, statement)
        steps.note(f"the field is −D ∇ of {potential} by definition; second derivatives commute at every size")
        steps.note("−D H is similar to −D^{1/2} H D^{1/2}, which is symmetric: all eigenvalues are real")
        return "all k, d, n"

    return carry_out(argument)


def loss(statement: Statement) -> Proof:
    return _by_definition(statement, "L_q, q = softmax,")


def reduced_energy(statement: Statement) -> Proof:
    return _by_definition(statement, "E")


def _potential(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Σ_j move_j·∂_jL_q + drift·∂_zL_q at fixed q, minus the derivative of F_T along (move, drift)."""
    k, d = sizes["k"], sizes["d"]
    t, z = ex.variable("T"), [ex.variable("z", i) for i in range(d)]
    drift = [ex.variable("drift", i) for i in range(d)]
    p, move = ([[ex.variable(name, j, i) for i in range(d)] for j in range(k)] for name in ("p", "move"))

    def energy(e: Expr) -> Expr:
        rows = [ex.plus(r, ex.scaled(e, m)) for r, m in zip(p, move, strict=True)]
        distances = a.distances(ex.plus(z, ex.scaled(e, drift)), rows)
        return -t * ex.log(ex.total(ex.boltzmann(x, t) for x in distances))

    downhill = ex.dot(f.stopped_prototypes([z], p, t, [1]), [c for row in move for c in row])
    difference = downhill + ex.dot(f.stopped_features([z], p, t), drift) + ex.derivative_at_zero(energy)
    weights = [ex.variable("w", j) for j in range(k)]
    # The softmax does not depend on what the distances are relative to: q_j = w_j / Σw with w_j = e^{−d_j/T}.
    shares = {q: w / ex.total(weights) for q, w in zip(f.soft(z, p, t), weights, strict=True)}
    factors = {ex.boltzmann(x, t): w for x, w in zip(a.distances(z, p), weights, strict=True)}
    return [ex.substitute(difference, {**shares, **factors})], {}


def stopped_is_downhill(steps: Steps) -> None:
    """The stopped field of prototypes and features is −∇F_T, for every k and d."""
    identity_for_all_sizes(steps, _potential, AXES, says="the stopped field is −∇F_T, for one sample")
    steps.verify("it holds at k = 3, d = 2, where nothing is lifted", identity(_potential({"k": 3, "d": 2})[0][0]))
    steps.note("fields and energies of several samples are sums over them")


def free_energy(statement: Statement) -> Proof:
    """The stopped field is −∇F_T for every k and d; second derivatives commute."""

    def argument(steps: Steps) -> str:
        stopped_is_downhill(steps)
        _vanishing(steps, statement)
        steps.note("the field is −D ∇F_T; second derivatives commute at every size")
        steps.note("−D H is similar to −D^{1/2} H D^{1/2}, which is symmetric: all eigenvalues are real")
        return "all k, d, n"

    return carry_out(argument)
