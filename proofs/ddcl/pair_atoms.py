"""A pair of prototypes among others, with Boltzmann weights as free positive atoms.

Predicates about a pair are written in prototypes p_1, …, p_k.  Here p_1 = c + u, p_2 = c − u and p_{l+2} = r_l, and every
Boltzmann factor e^{−(x − m)/T}, m the smallest exponent, becomes an atom that depends on x only: one for the pair (both
exponents agree where the pair has not been opened) and one for each other prototype.  An identity with free atoms holds
for every temperature; the others enter symmetrically, so that the support lemma lifts it along their number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import quotients, terms
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Steps

Canonical = frozenset[tuple[frozenset[tuple[Any, int]], Any]]
AXES = (Carriers("others", {"r": 0, "w": 0}), Carriers("d", {"z": 1, "r": 1, "c": 0, "u": 0}))


def canonical(e: Expr) -> Canonical | None:
    """The polynomial as a set of terms, None for a proper quotient."""
    field, (value,) = quotients([e])
    if any(not factor.is_ground for factor, _ in value.denominator):
        return None
    return frozenset(
        (frozenset((field.label_of(i), p) for i, p in enumerate(powers) if p), coefficient)
        for powers, coefficient in terms(value.numerator)
    )


def _lowest(node: Expr) -> frozenset[Canonical | None]:
    """The values of which a chain of minima takes the smallest."""
    if node.op != "min":
        return frozenset({canonical(node)})
    return frozenset().union(*(_lowest(a) for a in node.args))


def with_atoms(steps: Steps, roots: Sequence[Expr], named: Mapping[Canonical | None, Expr]) -> list[Expr]:
    """Replace the Boltzmann factors: e^{−(x − m)/T} by the expression that `named` gives for x.

    All m must be the smallest of the same values; a factor whose exponent is none of the named ones is no pair's.
    """
    found = [n for n in ex.topological(list(roots)) if n.op == "boltzmann"]
    anchors: set[frozenset[Canonical | None]] = set()
    mapping: dict[Expr, Expr] = {}
    for node in found:
        exponent = node.args[0]
        inner = {a for n in ex.topological([exponent]) if n.op == "min" for a in n.args if a.op == "min"}
        tops = [n for n in ex.topological([exponent]) if n.op == "min" and n not in inner]
        bare = ex.substitute(exponent, {t: ex.ZERO for t in tops})
        shifted = ex.substitute(exponent, {t: ex.ONE for t in tops})
        steps.verify("one anchor in every exponent", None if len(tops) > 1 else True)
        if tops:
            anchors.add(_lowest(tops[0]))
        key = canonical(bare)
        slope = canonical(bare - shifted)
        if not key and len(named) == 1:
            # Without other prototypes the smallest distance is the pair's own: the factor is e^0.
            mapping[node] = ex.ONE
            continue
        if key not in named or (tops and slope is None):
            steps.verify("every exponent is a distance to the pair's centre or to another prototype", False)
        mapping[node] = named[key]
    steps.verify(
        "all exponents are taken relative to one and the same value", len(anchors) <= 1 and None not in anchors
    )
    return [ex.substitute(r, mapping) for r in roots]


def pair_family(
    steps: Steps, statement: Statement, roots: Callable[[Any, Any], Sequence[Expr]], factor: Fraction | int = 1
) -> Callable[[Mapping[str, int]], tuple[Sequence[Expr], dict[Expr, Any]]]:
    """The expressions `roots(trace, namespace)` for one sample, as a family in the number of others and in d."""

    def family(sizes: Mapping[str, int]) -> tuple[Sequence[Expr], dict[Expr, Any]]:
        others, d = sizes["others"], sizes["d"]
        full = {"k": others + 2, "d": d, "n": 1}
        x = statement.domain.namespace(full)
        c, u = [[ex.variable(name, i) for i in range(d)] for name in ("c", "u")]
        r = [[ex.variable("r", j, i) for i in range(d)] for j in range(others)]
        rows = [ex.plus(c, u), ex.minus(c, u), *r]
        renaming = {x.p[j][i]: rows[j][i] for j in range(others + 2) for i in range(d)}
        if hasattr(x, "q"):
            renaming.update(
                {
                    x.q[0][j]: ex.variable("w", j - 2) if j > 1 else ex.variable(f"share {j + 1}")
                    for j in range(others + 2)
                }
            )
        found = [ex.substitute(e, renaming) for e in roots(statement.trace(full), x)]
        named: dict[Canonical | None, Expr] = {
            canonical(factor * ex.norm2(ex.minus(x.z[0], c))): ex.variable("pair weight")
        }
        for j in range(others):
            named[canonical(factor * ex.norm2(ex.minus(x.z[0], r[j])))] = ex.variable("w", j)
        return with_atoms(steps, found, named), {}

    return family


def lifted(
    steps: Steps,
    statement: Statement,
    roots: Callable[[Any, Any], Sequence[Expr]],
    says: str,
    factor: Fraction | int = 1,
) -> None:
    """Verify that the expressions vanish for one sample, any number of other prototypes and any dimension."""
    silent = Steps()
    family = pair_family(silent, statement, roots, factor)
    for d in (1, 2):
        steps.verify(f"{says}: vanishes without other prototypes, d = {d}", _vanish(family({"others": 0, "d": d})[0]))
    identity_for_all_sizes(steps, family, AXES, says=says)


def _vanish(roots: Sequence[Expr]) -> bool:
    _, values = quotients(list(roots))
    return not any(v.numerator for v in values)


def additive(steps: Steps, statement: Statement, roots: Callable[[Any, Any], Sequence[Expr]], says: str) -> None:
    """Verify at n = 2 and 3 that each expression is the sum over the samples of what it is for one sample.

    The variables z and, where there is one, q carry the sample in their first index.  Every expression is a sum or mean
    over the samples by construction; this rules out that a statement mixes them.
    """
    for n, k, d in ((2, 2, 1), (3, 3, 1), (2, 3, 2)):
        single = {"k": k, "d": d, "n": 1}
        x = statement.domain.namespace({**single, "n": n})
        alone = roots(statement.trace(single), statement.domain.namespace(single))
        parts: list[list[Expr]] = []
        for i in range(n):
            shift = {
                node: ex.variable(node.data[0], i, *node.data[1][1:])
                for e in alone
                for node in ex.topological([e])
                if node.op == "var" and node.data[0] in ("z", "q")
            }
            parts.append([ex.substitute(e, shift) for e in alone])
        joint = roots(statement.trace({**single, "n": n}), x)
        differences = [whole - ex.total(p[i] for p in parts) for i, whole in enumerate(joint)]
        free = {node: ex.variable("weight", i) for i, node in enumerate(_factors(differences))}
        steps.verify(
            f"{says}: a sum over the samples (n = {n}, k = {k}, d = {d})",
            _vanish([ex.substitute(e, free) for e in differences]),
        )


def _factors(roots: Sequence[Expr]) -> list[Expr]:
    return [n for n in ex.topological(list(roots)) if n.op == "boltzmann"]
