"""Growth of displacements from total collapse, for every number of prototypes, samples and dimensions.

For one sample y and displacements v the linear response has a closed form.  Its mass Σ_l e^{−(d_l − d_0)/T} is written as
κ + Σ_l (e^{−(d_l − d_0)/T} − 1), κ a free number, which is the mass where κ = k: so the family loses an index where v_l = 0, and
the support lemma lifts it.  What holds for every κ holds for κ = k.  Means over samples add such terms, with y_n = z_n − z̄.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.evaluate import fractions
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

KAPPA = ex.variable("kappa")
AXES = (Carriers("k", {"v": 0}), Carriers("d", {"v": 1, "y": 0}))
SMALL = ({"k": 2, "d": 1, "n": 2}, {"k": 3, "d": 1, "n": 2}, {"k": 2, "d": 2, "n": 2}, {"k": 2, "d": 1, "n": 3})
EVERYWHERE = "all k, d, n"


def text(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {size}" for name, size in sizes.items())


def response(mode: str, loss: str) -> Callable[[Mapping[str, int]], tuple[list[Expr], dict[Expr, Any]]]:
    """Growth of one sample less its closed form, in displacements that need not sum to zero."""

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        k, d = sizes["k"], sizes["d"]
        t, y = ex.variable("T"), [ex.variable("y", i) for i in range(d)]
        v = [[ex.variable("v", j, i) for i in range(d)] for j in range(k)]

        def at(e: Expr) -> tuple[list[Expr], list[Expr]]:
            rows = [ex.norm2(ex.minus(y, ex.scaled(e, row))) - ex.norm2(y) for row in v]
            weights = [ex.boltzmann(r, t) for r in rows]
            mass = KAPPA + ex.total(w - 1 for w in weights)
            return rows, [w / mass for w in weights]

        def mixture(e: Expr) -> list[Expr]:
            _, q = at(e)
            return [e * ex.total(q[j] * v[j][i] for j in range(k)) for i in range(d)]

        def power(e: Expr) -> Expr:
            _, q = at(e)
            towards = [mixture(e)] * k if loss == "ols" else [ex.scaled(e, row) for row in v]
            return ex.total(2 * q[j] * ex.dot(v[j], ex.minus(y, towards[j])) for j in range(k))

        def level(e: Expr) -> Expr:
            if loss == "ols":
                return ex.norm2(ex.minus(y, mixture(e)))
            rows, q = at(e)
            return ex.norm2(y) + ex.dot(q, rows)

        found = ex.derivative_at_zero(power) if mode == "stopped" else -ex.derivative_at_zero(level, 2)
        total = [ex.total(row[i] for row in v) for i in range(d)]
        spread = ex.total(ex.dot(row, y) ** 2 for row in v) - ex.dot(total, y) ** 2 / KAPPA
        held = ex.norm2(total) / KAPPA if loss == "ols" else ex.total(ex.norm2(row) for row in v)
        return [found - (2 * c.MULTIPLE[mode] * spread / t - 2 * held) / KAPPA], {}

    return family


@functools.cache
def _verified(mode: str, loss: str) -> tuple[str, ...]:
    """The steps of the lemma, which depends on no statement."""
    steps = Steps()
    identity_for_all_sizes(
        steps, response(mode, loss), AXES, says=f"growth of one sample ({loss}, {mode}), k as a free number"
    )
    return tuple(steps.done)


def lemma(steps: Steps, mode: str, loss: str = "quantization") -> None:
    """Verify the closed form of the growth, for all k and d and one sample."""
    steps.done.extend(_verified(mode, loss))
    steps.note("Σ_j ṽ_j = 0 and Σ_n y_n = 0; the mean over the samples adds the closed forms")


def ratio(e: Expr, other: Expr) -> Fraction | None:
    """The number r with e = r · other identically; None where there is none."""
    variables = [n for n in ex.topological([e, other]) if n.op == "var"]
    drawn = {v: ex.lift(Fraction(2 * i + 3, i + 2)) for i, v in enumerate(variables)}
    left, right = fractions([ex.substitute(e, drawn), ex.substitute(other, drawn)], {})
    if not isinstance(left, Fraction) or not isinstance(right, Fraction) or right == 0:
        return None
    return left / right if identity(e - left / right * other) else None


def positive_multiple(e: Expr, other: Expr) -> bool:
    found = ratio(e, other)
    return found is not None and found > 0


def traced(statement: Statement, sizes: tuple[dict[str, int], ...] = SMALL) -> Iterator[tuple[str, Any, Any, Any]]:
    """(text, namespace, hypotheses by name, conclusion) at the small sizes."""
    for s in sizes:
        own = {name: size for name, size in s.items() if name in statement.domain.sizes}
        given, conclusion = statement.trace(own)
        yield text(own), statement.domain.namespace(own), {h.id: t for h, t in given}, conclusion


def signed(mode: str, loss: str, by: str, sign: int = 1) -> Callable[[Statement], Proof]:
    """The conclusion sign · growth > 0, from the hypothesis `by`.

    by = "cold", "hot": T times the conclusion is a positive multiple of the hypothesis.
    by = "data-vary-along-v": T times it is a positive multiple of Σ_n Σ_j (ṽ_j·y_n)², whose terms are the hypothesis.
    """

    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for at, x, given, conclusion in traced(statement):
                steps.verify(
                    "the conclusion is that one expression is positive",
                    conclusion.op == "gt0" and len(conclusion.roots) == 1,
                )
                steps.verify(f"T > 0 and {by} are given", {by, "T-positive"} <= given.keys())
                roots = given[by].roots
                wanted = roots[0] if given[by].op == "gt0" else ex.total(r**2 for r in roots)
                steps.verify(
                    f"T · conclusion is a positive multiple of what {by} makes positive ({at})",
                    positive_multiple(x.T * conclusion.roots[0], wanted),
                )
                steps.verify(
                    f"it is a multiple of the closed form ({at})",
                    ratio(conclusion.roots[0], sign * c.closed(x, mode, loss)) is not None,
                )
            lemma(steps, mode, loss)
            return EVERYWHERE

        return carry_out(argument)

    return proof


grows_when_cold_stopped = signed("stopped", "quantization", "cold")
grows_when_cold_full = signed("full", "quantization", "cold")
decays_when_hot_stopped = signed("stopped", "quantization", "hot", -1)
decays_when_hot_full = signed("full", "quantization", "hot", -1)
ols_grows_stopped = signed("stopped", "ols", "data-vary-along-v")
ols_grows_full = signed("full", "ols", "data-vary-along-v")
