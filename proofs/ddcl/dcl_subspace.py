"""Combinations of samples, for every n, k and d: v·Σ_n c_n z_n = Σ_n c_n (v·z_n), and each v·z_n is zero by hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

AXES = (
    Carriers("n", {"z": 0, "e": 0, "w": 0, "g": 0, "q": 0}),
    Carriers("d", {"z": 1, "e": 1, "v": 0, "u": 0}),
)
K = Carriers("k", {"w": 1, "c": 0})
SMALL = ({"n": 1, "d": 1}, {"n": 2, "d": 2}, {"n": 3, "d": 1})


def _given(statement: Statement, identifier: str, sizes: Mapping[str, int]) -> tuple[str, tuple[Expr, ...]]:
    """Operator and expressions of a hypothesis; ("", ()) where it is missing."""
    return next(((t.op, t.roots) for h, t in statement.trace(sizes)[0] if h.id == identifier), ("", ()))


def _orthogonal(steps: Steps, statement: Statement) -> None:
    for sizes in SMALL:
        x = statement.domain.namespace(sizes)
        wanted = ("eq0", tuple(ex.dot(x.v, s) for s in x.z))
        steps.verify(f"the hypothesis says v·z_n = 0 at {sizes}", _given(statement, "orthogonal", sizes) == wanted)


def _multiple(statement: Statement, sizes: Mapping[str, int], terms: Callable[[Any], list[Expr]]) -> int:
    """The factor, 1 or 2, by which the conclusion is the sum; 0 where neither fits."""
    x = statement.domain.namespace(sizes)
    roots = statement.trace(sizes)[1].roots
    for factor in (1, 2):
        if all(identity(r - factor * s) for r, s in zip(roots, terms(x), strict=True)):
            return factor
    return 0


def _annihilated(statement: Statement, terms: Callable[[Any], list[Expr]]) -> Proof:
    """The conclusion is once or twice a sum of multiples of the v·z_n."""

    def argument(steps: Steps) -> str:
        factor = _multiple(statement, {"n": 2, "d": 2}, terms)
        steps.verify("for two samples in the plane the conclusion is once or twice the sum", factor > 0)
        steps.verify("the conclusion should be 0", statement.trace({"n": 2, "d": 2})[1].op == "eq0")
        for place in range(len(statement.trace({"n": 2, "d": 2})[1].roots)):

            def family(sizes: Mapping[str, int], place: int = place) -> tuple[list[Expr], dict[Expr, Any]]:
                x = statement.domain.namespace(sizes)
                return [statement.trace(sizes)[1].roots[place] - factor * terms(x)[place]], {}

            identity_for_all_sizes(steps, family, AXES, says="the conclusion is a sum of multiples of v·z_n")
        _orthogonal(steps, statement)
        steps.note("every term contains a factor v·z_n = 0")
        return "all n, d"

    return carry_out(argument)


def combination(statement: Statement) -> Proof:
    """v·p = Σ_n (w_n − η g_n) v·z_n."""
    return _annihilated(
        statement,
        lambda x: [ex.total((w - x.eta * g) * ex.dot(x.v, s) for w, g, s in zip(x.w, x.g, x.z, strict=True))],
    )


def noise(statement: Statement) -> Proof:
    """v·Σ_n w_n (z_n + e_n) − Σ_n w_n v·e_n = Σ_n w_n v·z_n."""
    return _annihilated(statement, lambda x: [ex.total(w * ex.dot(x.v, s) for w, s in zip(x.w, x.z, strict=True))])


def centroids(statement: Statement) -> Proof:
    """A centroid lies in the span; an update from one sample towards another concerns these two."""

    def argument(steps: Steps) -> str:
        sizes = {"n": 2, "d": 2}
        conclusion = statement.trace(sizes)[1]
        x = statement.domain.namespace(sizes)
        sums = [
            ex.total(q * ex.dot(x.v, s) for q, s in zip(x.q, x.z, strict=True)),
            (1 - x.q[0]) * ex.dot(x.v, x.z[0]) + x.q[0] * ex.dot(x.v, x.z[-1]),
        ]
        factor = next(
            (m for m in (1, 2) if all(identity(r - m * s) for r, s in zip(conclusion.roots, sums, strict=True))), 0
        )
        steps.verify("centroid and update are once or twice sums of multiples of v·z_n", factor > 0)
        steps.verify("the conclusion should be 0", conclusion.op == "eq0")

        def cluster(at: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            y = statement.domain.namespace(at)
            value = ex.total(q * ex.dot(y.v, s) for q, s in zip(y.q, y.z, strict=True))
            return [statement.trace(at)[1].roots[0] - factor * value], {}

        def towards(at: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            y = statement.domain.namespace({"n": 2, **at})
            value = (1 - y.q[0]) * ex.dot(y.v, y.z[0]) + y.q[0] * ex.dot(y.v, y.z[1])
            return [statement.trace({"n": 2, **at})[1].roots[1] - factor * value], {}

        identity_for_all_sizes(steps, cluster, AXES, says="the centroid")
        identity_for_all_sizes(steps, towards, AXES[1:], says="the update")
        for n in (1, 2, 3):
            y = statement.domain.namespace({"n": n, "d": 1})
            value = (1 - y.q[0]) * ex.dot(y.v, y.z[0]) + y.q[0] * ex.dot(y.v, y.z[-1])
            root = statement.trace({"n": n, "d": 1})[1].roots[1]
            steps.verify(
                f"the update is that of the first and the last of {n} samples", identity(root - factor * value)
            )
        _orthogonal(steps, statement)
        steps.note("every term contains a factor v·z_n = 0")
        return "all n, d"

    return carry_out(argument)


def rank(statement: Statement) -> Proof:
    """u·Pc = Σ_n (Wc)_n (u·z_n), and Wc = 0."""

    def argument(steps: Steps) -> str:
        def closed(sizes: Mapping[str, int]) -> Expr:
            x = statement.domain.namespace(sizes)
            return ex.total(ex.dot(row, x.c) * ex.dot(x.u, s) for row, s in zip(x.w, x.z, strict=True))

        small = {"n": 2, "k": 2, "d": 2}
        root = statement.trace(small)[1].roots[0]
        factor = next((m for m in (1, 2) if identity(root - m * closed(small))), 0)
        steps.verify("at n = k = d = 2 the conclusion is once or twice Σ (Wc)_n (u·z_n)", factor > 0)
        steps.verify("the conclusion should be 0", statement.trace(small)[1].op == "eq0")
        identity_for_all_sizes(
            steps,
            lambda sizes: ([statement.trace(sizes)[1].roots[0] - factor * closed(sizes)], {}),
            (*AXES, K),
            says="the conclusion is Σ (Wc)_n (u·z_n)",
        )
        for sizes in (small, {"n": 3, "k": 4, "d": 1}):
            x = statement.domain.namespace(sizes)
            wanted = ("eq0", tuple(ex.dot(row, x.c) for row in x.w))
            steps.verify(f"the hypothesis says Wc = 0 at {sizes}", _given(statement, "kernel", sizes) == wanted)
        steps.note("n equations in n + 1 unknowns have a solution c ≠ 0, so that any n + 1 prototypes are dependent")
        return "all n, k, d"

    return carry_out(argument)
