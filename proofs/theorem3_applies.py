"""The Jacobian of a gradient field is symmetric up to its rates: exact at small sizes, Boltzmann factors free."""

from __future__ import annotations

from ddcl_theory.claim import Statement
from ddcl_theory.proof import Proof, Steps, carry_out, identity

#: Two prototypes, two samples and two coordinates: an entry of the Jacobian involves no more of each, and others enter it
#: only through the mass of the weights; three prototypes show such an other.
SIZES = ({"k": 2, "d": 1, "n": 1}, {"k": 2, "d": 2, "n": 1}, {"k": 2, "d": 1, "n": 2}, {"k": 3, "d": 1, "n": 1})


def symmetrisable(statement: Statement) -> Proof:
    """Every J_ij r_j − J_ji r_i vanishes identically in the point, the temperature and the rates."""

    def argument(steps: Steps) -> str:
        covered = []
        for sizes in SIZES:
            own = {name: size for name, size in sizes.items() if name in statement.domain.sizes}
            if own in covered:
                continue
            covered.append(own)
            conclusion = statement.trace(own)[1]
            text = ", ".join(f"{name} = {size}" for name, size in own.items())
            steps.verify(f"the conclusion lists identities ({text})", conclusion.op == "eq0" and bool(conclusion.roots))
            for root in conclusion.roots:
                steps.verify(f"J_ij r_j = J_ji r_i ({text})", identity(root))
        steps.note("J = −D H with H symmetric is similar to −D^{1/2} H D^{1/2}, so that its eigenvalues are real")
        return f"({', '.join(covered[0])}) = " + ", ".join(str(tuple(s.values())) for s in covered)

    return carry_out(argument)
