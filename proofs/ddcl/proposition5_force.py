"""Forces of L_OLS on two coinciding prototypes, for every number of other prototypes, dimension and number of samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ddcl_proofs.ddcl.collapsed import positive_multiple, text
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl import proposition5_force as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

AXES = (Carriers("k", {"r": 0, "w": 0}), Carriers("d", {"z": 0, "c": 0, "u": 0, "r": 1}))
SMALL = (
    {"k": 0, "d": 1, "n": 1}, {"k": 1, "d": 1, "n": 1}, {"k": 1, "d": 2, "n": 1}, {"k": 1, "d": 1, "n": 2},
)  # fmt: skip
GIVEN = ({"k": 1, "j": 3, "d": 1, "n": 1}, {"k": 1, "j": 3, "d": 2, "n": 1}, {"k": 1, "j": 3, "d": 1, "n": 2})
EVERYWHERE = "all k, d, n"


def _pair(sizes: Mapping[str, int]) -> tuple[Any, list[Expr], list[Expr], list[list[Expr]]]:
    """One sample, the place of the pair, a direction, and the others."""
    k, d = sizes["k"], sizes["d"]
    z, c, u = ([ex.variable(name, i) for i in range(d)] for name in ("z", "c", "u"))
    return z, c, u, [[ex.variable("r", j, i) for i in range(d)] for j in range(k)]


def _shares(weights: list[Expr]) -> list[Expr]:
    """The pair has the weight 1 each, as exponents are relative to its distance."""
    mass = 2 + ex.total(weights)
    return [1 / mass, 1 / mass, *[w / mass for w in weights]]


def _stopped(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """u·(F_1 − F_2) of one sample with free weights of the others."""
    z, c, u, r = _pair(sizes)
    q = _shares([ex.variable("w", j) for j in range(sizes["k"])])
    return [f.net(z, [c, c, *r], q, u, f.pull_ols)], {}


def _full(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """The slope of L_OLS along (u, −u), the others' weights free and constant along it."""
    z, c, u, r = _pair(sizes)
    t = ex.variable("T")
    others = [ex.variable("w", j) for j in range(sizes["k"])]

    def level(e: Expr) -> Expr:
        pair = [ex.plus(c, ex.scaled(e, u)), ex.minus(c, ex.scaled(e, u))]
        own = [ex.boltzmann(ex.norm2(ex.minus(z, row)) - ex.norm2(ex.minus(z, c)), t) for row in pair]
        weights = [*own, *others]
        q = [w / ex.total(weights) for w in weights]
        return a.ols(z, [*pair, *r], q)

    return [ex.derivative_at_zero(level)], {}


def _traced(statement: Statement, sizes: tuple[dict[str, int], ...]) -> Iterator[tuple[str, Any, Any]]:
    for s in sizes:
        if all(lo <= s[name] <= hi for name, (lo, hi) in statement.domain.sizes.items()):
            yield text(s), statement.domain.namespace(s), statement.trace(s)[1]


def _vanishes(family: Callable[[Mapping[str, int]], Any], says: str) -> Callable[[Statement], Proof]:
    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for at, _, conclusion in _traced(statement, SMALL):
                steps.verify(
                    f"the conclusion is an identity ({at})",
                    conclusion.op == "eq0" and all(identity(root) for root in conclusion.roots),
                )
            identity_for_all_sizes(steps, family, AXES, says=says)
            steps.note("the force of a data set is the mean of the samples' forces")
            return EVERYWHERE

        return carry_out(argument)

    return proof


no_difference_stopped = _vanishes(_stopped, "u·(F_1 − F_2) = 0 for one sample and any weights of the others")
no_difference_full = _vanishes(_full, "the slope along (u, −u) is 0 for one sample and any weights of the others")


def same_direction(statement: Statement) -> Proof:
    """The two forces are equal: the first value is ‖F‖², the others are squares of 0."""

    def argument(steps: Steps) -> str:
        for at, x, conclusion in _traced(statement, SMALL):
            first, _ = claim.soft_gradients(x)
            steps.verify(
                f"the conclusion is ‖F‖² ≥ 0 and zeros ({at})",
                conclusion.op == "ge0"
                and identity(conclusion.roots[0] - ex.norm2(first))
                and all(identity(root) for root in conclusion.roots[1:]),
            )
        identity_for_all_sizes(steps, _stopped, AXES, says="F_1 = F_2 along any u, one sample")
        steps.note("the force of a data set is the mean of the samples' forces; equal forces have one direction")
        return EVERYWHERE

    return carry_out(argument)


def one_sample(statement: Statement) -> Proof:
    """F_1 = 2q_1 r and F_2 = 2q_2 r: the product is 4 q_1 q_2 ‖r‖², the area is 0."""

    def argument(steps: Steps) -> str:
        for at, x, conclusion in _traced(statement, GIVEN):
            (z,), (q,) = x.z, x.q
            r = ex.minus(z, a.mixture(claim.prototypes(x), q))
            steps.verify(
                f"the conclusion is 4 q_1 q_2 ‖r‖² and zeros ({at})",
                conclusion.op == "ge0"
                and identity(conclusion.roots[0] - 4 * q[0] * q[1] * ex.norm2(r))
                and all(identity(root) for root in conclusion.roots[1:]),
            )
            given = {
                id(root)
                for _, t in statement.trace(dict(k=x.k, j=x.j, d=x.d, n=x.n))[0]
                if t.op == "ge0"
                for root in t.roots
            }
            steps.verify("q ≥ 0 is given", {id(q[0]), id(q[1])} <= given)
        steps.note("F_j = 2q_j r by definition, with one residual r whatever the other prototypes are")
        return "all k, d, one sample"

    return carry_out(argument)


def given_formula(statement: Statement) -> Proof:
    """u·(F_1 − F_2) = 2 mean (q_1 − q_2) u·r."""

    def argument(steps: Steps) -> str:
        for at, _, conclusion in _traced(statement, GIVEN):
            steps.verify(
                f"the conclusion is an identity ({at})",
                conclusion.op == "eq0" and all(identity(root) for root in conclusion.roots),
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            z, c, u, r = _pair(sizes)
            first, second = ex.variable("q1"), ex.variable("q2")
            rows, q = [c, c, *r], [first, second, *[ex.variable("w", j) for j in range(sizes["k"])]]
            residual = ex.minus(z, a.mixture(rows, q))
            return [f.net(z, rows, q, u, f.pull_ols) - 2 * (first - second) * ex.dot(u, residual)], {}

        identity_for_all_sizes(steps, family, AXES, says="u·(F_1 − F_2) = 2(q_1 − q_2) u·r, one sample")
        steps.note("the force of a data set is the mean of the samples' forces")
        return EVERYWHERE

    return carry_out(argument)


def given_nearby(statement: Statement) -> Proof:
    """−rate is a positive multiple of (q_1 − q_2)² ‖u‖²."""

    def argument(steps: Steps) -> str:
        for k, d in ((2, 1), (3, 1), (2, 2)):
            sizes = {"k": k, "d": d, "n": 1}
            x, conclusion = statement.domain.namespace(sizes), statement.trace(sizes)[1]
            wanted = (x.q[0][0] - x.q[0][1]) ** 2 * ex.norm2(f.direction(x.p))
            steps.verify(
                f"the conclusion is a positive multiple of (q_1 − q_2)² ‖u‖² ({text(sizes)})",
                conclusion.op == "ge0" and positive_multiple(conclusion.roots[0], wanted),
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            z, c, u, r = _pair(sizes)
            first, second = ex.variable("q1"), ex.variable("q2")
            q = [first, second, *[ex.variable("w", j) for j in range(sizes["k"])]]

            def net(e: Expr) -> Expr:
                rows = [ex.plus(c, ex.scaled(e, u)), ex.minus(c, ex.scaled(e, u)), *r]
                return f.net(z, rows, q, u, f.pull_ols)

            return [ex.derivative_at_zero(net) + 2 * (first - second) ** 2 * ex.norm2(u)], {}

        identity_for_all_sizes(steps, family, AXES, says="rate = −2(q_1 − q_2)² ‖u‖², one sample")
        return EVERYWHERE

    return carry_out(argument)
