"""Second moments of the starts for every n and d, and inequalities between them by real algebra."""

from __future__ import annotations

from flint import arb, fmpq

from ddcl_proofs.gbcl.subspaces import consequence
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl.initialisation_nearest import NORMAL
from ddcl_theory.lemmas.reals import decide
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Proof, Steps, carry_out

N = Carriers("n", {"z": 0})
AXES = (N, Carriers("d", {"z": 1, "t": 0}))
SHAPE = (N, Carriers("d", {"z": 1, "a": 0, "b": 0}))
FREE = (Carriers("d", {"t": 0, "test d": 0}),)


def dual_mean_square(statement: Statement) -> Proof:
    """An identity in the samples, the point and the variance."""
    return consequence(statement, (), lambda x, e: ex.ZERO, axes=AXES)


def base_mean_square(statement: Statement) -> Proof:
    """An identity, feature by feature."""
    return consequence(statement, (), lambda x, e: ex.ZERO, axes=FREE, along="d")


def shape(statement: Statement) -> Proof:
    """An identity in the samples, two directions and the variance."""
    return consequence(statement, (), lambda x, e: ex.ZERO, axes=SHAPE)


def farther(statement: Statement) -> Proof:
    """Real numbers n, d, k within their bounds, so whole ones too."""

    def argument(steps: Steps) -> str:
        decide(steps, statement, {}, "no real n, d, k within the bounds violate it")
        return "all n, d, k"

    return carry_out(argument)


def scales(statement: Statement) -> Proof:
    """Real numbers c and m, with √3 as the positive root; m is √(2/π) for a normal law."""

    def argument(steps: Steps) -> str:
        low, high = (arb(fmpq(m.numerator, m.denominator)) for m in NORMAL)
        mean = (2 / arb.pi()).sqrt()
        steps.verify(f"√(2/π) lies between {NORMAL[0]} and {NORMAL[1]}, by ball arithmetic", bool(low < mean < high))
        decide(steps, statement, {}, "no real c, m violate it")
        return "all c, m"

    return carry_out(argument)
