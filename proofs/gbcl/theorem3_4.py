"""What a feature adds to the dual flow and to distances, and that both depend on inner products only, for every "
"n and d."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ddcl_proofs.gbcl.lemma3_3 import inverted
from ddcl_proofs.gbcl.subspaces import along_test, assumes, combines, concludes, consequence, equations
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity
from ddcl_theory.relation import equals_zero

PAIRED = (
    Carriers("n", {"z": 0, "y": 0, "q": 0, "o": 0, "test n": 0}),
    Carriers("d", {"z": 1}),
    Carriers("e", {"y": 1}),
)


def dimension(statement: Statement) -> Proof:
    """LXu − u = (LX − I)u: Xu = 0 would make u = 0."""

    def argument(steps: Steps) -> str:
        concludes(steps, statement, "ne0", lambda x: row_of(x.z, x.u), "Xu ≠ 0", along="d")
        assumes(steps, statement, "ne0", lambda x: x.u, "u ≠ 0", along="n")
        undone = replace(
            statement,
            conclusion=equals_zero(lambda x: ex.minus(sub.transposed(x.l, row_of(x.z, x.u)), x.u)),
            _traces={},
        )
        combines(
            steps,
            undone,
            ("independent-samples",),
            lambda x, e: along_test(inverted(e, x.u), "n"),
            along="n",
            says="LXu − u = (LX − I)u",
        )
        steps.note("Xu = 0 gives u = LXu = 0, which is excluded")
        return "all n, d"

    return carry_out(argument)


def rows(statement: Statement) -> Proof:
    """Xᵀ(LᵀΩ) − Ω = (LX − I)ᵀΩ."""

    def combination(x: Any, e: Mapping[str, tuple[Expr, ...]]) -> Expr:
        found = e["independent-samples"]
        return along_test([ex.total(o * found[j * x.n + i] for j, o in enumerate(x.o)) for i in range(x.n)], "n")

    return consequence(statement, ("independent-samples",), combination, along="n")


def appended(statement: Statement) -> Proof:
    """An identity, one value a sample."""
    return consequence(statement, (), lambda x, e: ex.ZERO, along="n")


MEMBERS = (Carriers("n", {"z": 0, "a": 0}), Carriers("d", {"z": 1, "w": 0, "v": 0, "p": 0}))


def approach(statement: Statement) -> Proof:
    """v·Σ a_i (x_i − W) + (Σ a_i) v·W = Σ a_i (v·x_i)."""
    return consequence(statement, ("orthogonal",), lambda x, e: ex.dot(x.a, e["orthogonal"]), axes=MEMBERS)


def distances(statement: Statement) -> Proof:
    """An identity; the first sample is s, the others may be any."""

    def argument(steps: Steps) -> str:
        steps.verify("the conclusion is one equation", _is_one_equation(statement))

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            """The first sample under names of its own, so that no index is special; k others."""
            full = {"n": sizes["n"] + 1, "d": sizes["d"]}
            x = statement.domain.namespace(full)
            names: dict[Expr, Expr] = {
                x.o[0]: ex.variable("own o"),
                x.f[0]: ex.variable("own f"),
                **{entry: ex.variable("own z", i) for i, entry in enumerate(x.z[0])},
            }
            for k in range(sizes["n"]):
                names |= {x.o[k + 1]: ex.variable("o", k), x.f[k + 1]: ex.variable("f", k)}
                names |= {entry: ex.variable("z", k, i) for i, entry in enumerate(x.z[k + 1])}
            return [ex.substitute(statement.trace(full)[1].roots[0], names)], {}

        others = (Carriers("n", {"z": 0, "o": 0, "f": 0}), Carriers("d", {"z": 1, "own z": 0}))
        identity_for_all_sizes(steps, family, others, says="the distance of the first of n + 1 samples")
        identity_for_all_sizes(
            steps,
            lambda sizes: ([statement.trace({"n": 1, "d": sizes["d"]})[1].roots[0]], {}),
            (Carriers("d", {"z": 1}),),
            says="the distance of the only sample",
        )
        return "all n, d"

    return carry_out(argument)


def _is_one_equation(statement: Statement) -> bool:
    conclusion = statement.trace({"n": 2, "d": 2})[1]
    return conclusion.op == "eq0" and len(conclusion.roots) == 1


def same_gram(statement: Statement) -> Proof:
    """With Δ = XᵀX − X̃ᵀX̃: the velocities differ by −Δ(Ω − α), the distances by Δ_ii − 2(ΔΩ)_i + Ω·ΔΩ."""

    def argument(steps: Steps) -> str:
        small = {"n": 2, "d": 2, "e": 2}
        steps.verify("the inner products agree by hypothesis", "same-gram" in equations(statement, small))
        conclusion = statement.trace(small)[1]
        steps.verify(
            "the conclusion is n velocities and n distances", conclusion.op == "eq0" and len(conclusion.roots) == 4
        )

        def velocities(x: Any, delta: list[list[Expr]]) -> list[Expr]:
            return [-ex.dot(row, ex.minus(x.o, x.q)) for row in delta]

        def distances_(x: Any, delta: list[list[Expr]]) -> list[Expr]:
            form = ex.total(o * ex.dot(row, x.o) for o, row in zip(x.o, delta, strict=True))
            return [delta[i][i] - 2 * ex.dot(delta[i], x.o) + form for i in range(x.n)]

        def gap(sizes: Mapping[str, int], first: bool, factor: int) -> Expr:
            x = statement.domain.namespace(sizes)
            flat = equations(statement, sizes)["same-gram"]
            delta = [list(flat[i * x.n : (i + 1) * x.n]) for i in range(x.n)]
            roots = statement.trace(sizes)[1].roots
            found = roots[: x.n] if first else roots[x.n :]
            wanted = velocities(x, delta) if first else distances_(x, delta)
            return ex.total(
                ex.variable("test n", i) * (f - factor * w) for i, (f, w) in enumerate(zip(found, wanted, strict=True))
            )

        factor = next((m for m in (1, 2) if identity(gap(small, True, m))), 0)
        steps.verify("velocities differ by −Δ(Ω − α), once or twice, at size 2", factor > 0)
        for first, says in ((True, "velocities"), (False, "distances")):
            identity_for_all_sizes(
                steps,
                lambda sizes, first=first: ([gap(sizes, first, factor)], {}),
                PAIRED,
                says=says,
            )
        steps.note("Δ = 0")
        return "all n, d, e"

    return carry_out(argument)
