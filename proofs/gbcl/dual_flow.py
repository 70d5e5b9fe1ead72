"""The dual flow in one cell, for every n, d and number of modes: combinations of the hypotheses, and Cramer's rule for uniqueness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.gbcl.flows import Terms, axes_of, combination, identities
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import dual_flow as claim
from ddcl_theory.claims.gbcl import dual_flow_limit as limit
from ddcl_theory.claims.gbcl import dual_flow_rank as rank
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.lemmas.polynomial import Label
from ddcl_theory.lemmas.support import identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

masses = held = identities


def pseudoinverse(statement: Statement) -> Proof:
    """r·(XᵀXBμ − Xᵀμ) = Σ_{i<j} s_ij (XB − (XB)ᵀ)_ij + Σ_{c,j} r_c μ_j (XBX − X)_jc, s_ij = Σ_c r_c (z_c[i] μ_j − z_c[j] μ_i)."""

    def terms(x: Any) -> Terms:
        pairs = [(i, j) for i in range(x.d) for j in range(i + 1, x.d)]
        turned = [
            ex.total(r * (s[i] * x.m[j] - s[j] * x.m[i]) for r, s in zip(x.r, x.z, strict=True)) for i, j in pairs
        ]
        kept = [r * m for r in x.r for m in x.m]
        zeros = list(zip(turned, claim.lopsided(x), strict=False)) if pairs else []
        return Terms(zeros=[*zeros, *zip(kept, claim.reproduced(x), strict=True)])

    return combination(statement, terms)


def unique(statement: Statement) -> Proof:
    """adj(XᵀX) times the difference of the fields is det(XᵀX) (Ω − Ω'), which is not 0."""

    def argument(steps: Steps) -> str:
        for sizes in ({"n": n, "d": d} for n in (1, 2, 3) for d in (1, 2, 3)):
            x = statement.domain.namespace(sizes)
            given, conclusion = statement.trace(sizes)
            g = limit.gram(x.z)
            det = limit.determinant(g)
            steps.verify("some entry should not be 0", conclusion.op == "ne0" and len(conclusion.roots) == x.n)
            strict = [r for _, t in given if t.op == "gt0" for r in t.roots]
            steps.verify(f"det XᵀX > 0 is a hypothesis at {sizes}", det in strict)
            gap = ex.minus(x.o, x.v)
            apart = any(t.op == "ne0" and t.roots == tuple(gap) for _, t in given)
            steps.verify(f"Ω − Ω' ≠ 0 is a hypothesis at {sizes}", apart)
            adjugate = [[_cofactor(g, j, i) for j in range(x.n)] for i in range(x.n)]
            factor = next((m for m in (1, 2) if _cramer(adjugate, conclusion.roots, gap, m * det)), 0)
            steps.verify(f"adj(XᵀX) times the conclusion is once or twice det(XᵀX) (Ω − Ω') at {sizes}", factor > 0)

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            x = statement.domain.namespace(sizes)
            s = [ex.variable("s", i) for i in range(x.n)]
            wanted = f.gram_times(x.z, ex.minus(x.o, x.v))
            return [ex.dot(s, statement.trace(sizes)[1].roots) - factor * ex.dot(s, wanted)], {}

        axes = axes_of(statement.domain, {"n": {"s": 0}})
        identity_for_all_sizes(steps, family, axes, says="the conclusion is XᵀX(Ω − Ω') in every direction s")
        steps.note("Cramer's rule adj(A) A = det(A) I holds at every n")
        steps.note("so the conclusion is not 0 where det XᵀX > 0 and Ω ≠ Ω'")
        return "all n, d"

    return carry_out(argument)


def _cofactor(matrix: list[list[Expr]], row: int, column: int) -> Expr:
    minor = [[v for j, v in enumerate(r) if j != column] for i, r in enumerate(matrix) if i != row]
    return (-1) ** (row + column) * limit.determinant(minor)


def _cramer(adjugate: Any, roots: Any, gap: Any, det: Expr) -> bool:
    return all(identity(ex.dot(row, roots) - det * g) for row, g in zip(adjugate, gap, strict=True))


def _decay_labels(x: Any) -> Mapping[Expr, Label]:
    return {e: ("decay", (i,)) for i, e in enumerate(f.decays(x))}


def modes(statement: Statement) -> Proof:
    """Σ_i c_i e^{−λ_i t} r·(XᵀXv_i − λ_i v_i)."""

    def terms(x: Any) -> Terms:
        zeros = [
            (c * e * r, gap)
            for c, e, v, lam in zip(x.c, f.decays(x), x.v, x.lam, strict=True)
            for r, gap in zip(x.r, f.eigen_gap(x.z, v, lam), strict=True)
        ]
        return Terms(zeros=zeros)

    return combination(statement, terms, labels=_decay_labels, more={"m": {"decay": 0}})


def centroids(statement: Statement) -> Proof:
    """With g = XΩ* − μ and w = Σ c_i e_i v_i: g·(g + 2Xw) + Σ c_i e_i w·(XᵀXv_i − λ_i v_i) + Σ c_i (w·v_i)(e_i λ_i)."""

    def terms(x: Any) -> Terms:
        w, gap = limit.left_over(x), ex.minus(f.output(x.z, x.o), x.y)
        zeros: list[Any] = [(g + 2 * v, g) for g, v in zip(gap, f.output(x.z, w), strict=True)]
        for c, e, v, lam in zip(x.c, x.e, x.v, x.lam, strict=True):
            zeros += [(c * e * s, h) for s, h in zip(w, f.eigen_gap(x.z, v, lam), strict=True)]
            zeros.append((c * ex.dot(w, v), e * lam))
        return Terms(zeros=zeros)

    return combination(statement, terms)


def nearest(statement: Statement) -> Proof:
    """2 (v − Ω)·(XᵀXΩ − Xᵀμ) + ‖X(v − Ω)‖²."""

    def terms(x: Any) -> Terms:
        gap = ex.minus(x.v, x.o)
        zeros = zip(ex.scaled(2, gap), f.normal(x.z, x.o, x.y), strict=True)
        return Terms(zeros=list(zeros), products=[[ex.norm2(f.output(x.z, gap))]])

    return combination(statement, terms)


def _centred(x: Any) -> list[Expr]:
    return ex.minus(ex.scaled(ex.total(x.a), x.m), f.output(x.z, x.a))


def slope(statement: Statement) -> Proof:
    """∇E − 2A (XᵀXΩ − Xᵀμ) = 2Xᵀ(Aμ − Xa)."""

    def terms(x: Any) -> Terms:
        return Terms(zeros=list(zip(ex.scaled(2, f.output(x.z, x.r)), _centred(x), strict=True)))

    return combination(statement, terms)


def descent(statement: Statement) -> Proof:
    """−2 (XᵀXΩ − Xᵀμ)·Xᵀ(Aμ − Xa)."""

    def terms(x: Any) -> Terms:
        back = f.output(x.z, f.normal(x.z, x.o, x.m))
        return Terms(zeros=list(zip(ex.scaled(-2, back), _centred(x), strict=True)))

    return combination(statement, terms)


def at_rest(statement: Statement) -> Proof:
    """‖X(Ao − a)‖² = (Ao − a)·Xᵀ(AXo − Xa), A = Σ a."""

    def terms(x: Any) -> Terms:
        mass = ex.total(x.a)
        gap = ex.minus(ex.scaled(mass, x.o), x.a)
        field = f.normal(x.z, ex.scaled(mass, x.o), f.output(x.z, x.a))
        return Terms(zeros=list(zip(gap, field, strict=True)))

    return combination(statement, terms)


def fitted(statement: Statement) -> Proof:
    """With P for X⁺, E = PX − I, Q = XP, g = XΩ − μ and v = Pᵀr:
    r·(Ω − Pμ) = (Pv)·Xᵀg + Σ_{i<j} (v_i g_j − v_j g_i)(Q − Qᵀ)_ij − r·E(Pg + Ω).
    """

    def terms(x: Any) -> Terms:
        g = ex.minus(f.output(x.z, x.o), x.m)
        v = [ex.total(r * row[i] for r, row in zip(x.r, x.b, strict=True)) for i in range(x.d)]
        pulled = [ex.dot(row, v) for row in x.b]
        field = zip(pulled, f.normal(x.z, x.o, x.m), strict=True)
        pairs = [(i, j) for i in range(x.d) for j in range(i + 1, x.d)]
        turned = zip([v[i] * g[j] - v[j] * g[i] for i, j in pairs], rank.lopsided(x), strict=False)
        to = ex.plus([ex.dot(row, g) for row in x.b], x.o)
        inverse = zip([-r * c for r in x.r for c in to], rank.left_inverse(x), strict=True)
        return Terms(zeros=[*field, *(turned if pairs else ()), *inverse])

    return combination(statement, terms)


def at_most(statement: Statement) -> Proof:
    """d − n = ‖I_d − XP‖² − tr (PX − I)² − ½ ‖XP − (XP)ᵀ‖²."""

    def squares(x: Any) -> list[Expr]:
        q = rank.projector(x)
        return [q[i][j] - int(i == j) for i in range(x.d) for j in range(x.d)]

    def combined(x: Any, h: Any, w: Any) -> Expr:
        inverse, skew = h["independent-columns"], h["symmetric"]
        trace = ex.total(inverse[i][j] * inverse[j][i] for i in range(x.n) for j in range(x.n))
        return -trace - ex.total(v**2 for row in skew for v in row) / 2

    def argument(steps: Steps) -> str:
        equations = {"independent-columns": ("n", "n"), "symmetric": ("d", "d")}
        axes = axes_of(statement.domain)
        follows_for_all_sizes(
            steps, statement, equations, combined, axes, squares=squares, says="d − n is a sum of squares"
        )
        return "all n, d"

    return carry_out(argument)
