"""What L_q does at total collapse, of the prototypes and of features and prototypes together, for every k, d and n."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.ddcl import collapsed
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import collapse_resistance_frozen as claim
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import logarithm
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

KAPPA = collapsed.KAPPA
STATES = ({"k": 1, "d": 1, "n": 1}, {"k": 2, "d": 1, "n": 1}, {"k": 2, "d": 2, "n": 1}, {"k": 2, "d": 1, "n": 2})


def _role(mode: str) -> Callable[[Statement], Proof]:
    """growth under L_OLS − growth under L_q = (2/k) Σ_j ‖ṽ_j‖²."""

    def proof(statement: Statement) -> Proof:
        def argument(steps: Steps) -> str:
            for at, _, given, conclusion in collapsed.traced(statement):
                steps.verify("displacements that are apart are given", "apart" in given)
                steps.verify(
                    f"the conclusion is a positive multiple of Σ_j ‖ṽ_j‖² ({at})",
                    conclusion.op == "gt0"
                    and collapsed.positive_multiple(conclusion.roots[0], ex.norm2(given["apart"].roots)),
                )
            collapsed.lemma(steps, mode, "quantization")
            collapsed.lemma(steps, mode, "ols")
            return collapsed.EVERYWHERE

        return carry_out(argument)

    return proof


role_stopped, role_full = _role("stopped"), _role("full")
SMALL = collapsed.SMALL[:3]


def same_form(statement: Statement) -> Proof:
    """Growth in W at ω is growth in P at Zᵀω: both are linear images of the same response."""

    def argument(steps: Steps) -> str:
        for at, _, _, conclusion in collapsed.traced(statement, SMALL):
            steps.verify(
                f"the conclusion is an identity ({at})", conclusion.op == "eq0" and identity(conclusion.roots[0])
            )
        steps.note("chain rule: Σ_nj ω_nj·(−∂L/∂w_nj) = Σ_j (Σ_n ω_nj z_n)·F_j, for every size")
        steps.note(
            "Sylvester: the form restricted to the image of Zᵀ, the span of the data, has the inertia of the form in P there"
        )
        return collapsed.EVERYWHERE

    return carry_out(argument)


def native(statement: Statement) -> Proof:
    """T · growth in W is a positive multiple of the hypothesis that Zᵀω is a cold direction."""

    def argument(steps: Steps) -> str:
        for at, x, given, conclusion in collapsed.traced(statement, SMALL):
            steps.verify("a cold direction and T > 0 are given", {"cold", "T-positive"} <= given.keys())
            steps.verify(
                f"T · growth is a positive multiple of the excess ({at})",
                conclusion.op == "gt0"
                and collapsed.positive_multiple(x.T * conclusion.roots[0], given["cold"].roots[0]),
            )
            steps.verify(
                f"growth has the closed form at v = Zᵀω ({at})",
                collapsed.positive_multiple(conclusion.roots[0], c.closed(claim.carried(x), "stopped")),
            )
        collapsed.lemma(steps, "stopped")
        steps.note("chain rule: Σ_nj ω_nj·(−∂L/∂w_nj) = Σ_j (Σ_n ω_nj z_n)·F_j, for every size")
        return collapsed.EVERYWHERE

    return carry_out(argument)


def joint_attracts(statement: Statement) -> Proof:
    """−growth = (2/(kn)) Σ_n Σ_j ‖δz_n − v_j‖²."""

    def argument(steps: Steps) -> str:
        for at, _, given, conclusion in collapsed.traced(statement, STATES):
            steps.verify("displacements that differ are given", "not-moved-together" in given)
            steps.verify(
                f"the conclusion is a positive multiple of Σ ‖δz_n − v_j‖² ({at})",
                conclusion.op == "gt0"
                and collapsed.positive_multiple(conclusion.roots[0], ex.norm2(given["not-moved-together"].roots)),
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            k, d = sizes["k"], sizes["d"]
            t = ex.variable("T")
            g = [[ex.variable("g", j, i) for i in range(d)] for j in range(k)]

            def power(s: Expr) -> Expr:
                weights = [ex.boltzmann(s**2 * ex.norm2(row), t) for row in g]
                mass = KAPPA + ex.total(w - 1 for w in weights)
                return -ex.total(2 * w / mass * s * ex.norm2(row) for w, row in zip(weights, g, strict=True))

            return [ex.derivative_at_zero(power) + 2 * ex.total(ex.norm2(row) for row in g) / KAPPA], {}

        axes = (Carriers("k", {"g": 0}), Carriers("d", {"g": 1}))
        identity_for_all_sizes(
            steps, family, axes, says="power −2 Σ_j q_j e ‖g_j‖² of one sample, g_j = δz − v_j, k as a free number"
        )
        steps.note(
            "the mean over the samples adds; features of any backbone enter to first order through δz only, as ∇_z F_T = 0 there"
        )
        return collapsed.EVERYWHERE

    return carry_out(argument)


def sphere_attracts(statement: Statement) -> Proof:
    """−growth = (2/(kn)) Σ_n Σ_j (‖2t_n − v_j‖² + r_j²)."""

    def argument(steps: Steps) -> str:
        for at, x, given, conclusion in collapsed.traced(statement, STATES):
            steps.verify("displacements that differ are given", "not-moved-together" in given)
            wanted = ex.total(
                ex.norm2(ex.minus(ex.scaled(2, t), v)) + r**2 for t in x.t for r, v in zip(x.r, x.v, strict=True)
            )
            known = {id(root) for root in given["not-moved-together"].roots}
            steps.verify(
                "the hypothesis lists what is squared",
                {id(r) for r in x.r} <= known
                and {id(entry) for t in x.t for v in x.v for entry in ex.minus(ex.scaled(2, t), v)} <= known,
            )
            steps.verify(
                f"the conclusion is a positive multiple of Σ (‖2t_n − v_j‖² + r_j²) ({at})",
                conclusion.op == "gt0" and collapsed.positive_multiple(conclusion.roots[0], wanted),
            )
        steps.note(
            "all distances and their slopes vanish at collapse, so F_T'' = mean_n (1/k) Σ_j d_nj'' and d_nj'' = 2‖δz_n − v_j‖², "
            "δz_n = (0, 2t_n), for every size"
        )
        return collapsed.EVERYWHERE

    return carry_out(argument)


def shrinks(statement: Statement) -> Proof:
    """The conclusion is 2 L_q = 2 mean_n Σ_j q_nj ‖z_n − p_j‖², with every q_nj > 0."""

    def argument(steps: Steps) -> str:
        for at, x, given, conclusion in collapsed.traced(statement, STATES):
            steps.verify("a state that is not collapsed is given", "not-collapsed" in given)
            shares = [a.assignment(z, x.p, x.T, anchor=ex.minimum(*a.distances(z, x.p))) for z in x.z]
            level = ex.mean(a.quantization(z, x.p, q) for z, q in zip(x.z, shares, strict=True))
            free = {
                n: ex.variable("weight", i)
                for i, n in enumerate(n for n in ex.topological([level]) if n.op == "boltzmann")
            }
            root = ex.substitute(conclusion.roots[0], free)
            steps.verify(
                f"the conclusion is a positive multiple of L_q ({at})",
                conclusion.op == "gt0" and any(identity(root - f * ex.substitute(level, free)) for f in (1, 2, 3, 4)),
            )

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            k, d = sizes["k"], sizes["d"]
            z, q = [ex.variable("z", i) for i in range(d)], [ex.variable("q", j) for j in range(k)]
            p = [[ex.variable("p", j, i) for i in range(d)] for j in range(k)]

            def level(t: Expr) -> Expr:
                return a.quantization(ex.scaled(1 + t, z), [ex.scaled(1 + t, row) for row in p], q)

            return [ex.derivative_at_zero(level) - 2 * a.quantization(z, p, q)], {}

        axes = (Carriers("k", {"q": 0, "p": 0}), Carriers("d", {"z": 0, "p": 1}))
        identity_for_all_sizes(steps, family, axes, says="Euler's identity for L_q at given q, one sample")
        steps.note("every q_nj > 0, so that L_q = 0 only where every sample equals every prototype")
        steps.note("z = θx: ⟨θ, ∂L/∂θ⟩ = Σ_n z_n·∂L/∂z_n; native P = ZᵀW scales with θ as well")
        return collapsed.EVERYWHERE

    return carry_out(argument)


def lowest(statement: Statement) -> Proof:
    """F_T + T log k = −T mean_n log m_n with m_n = (1/k) Σ_j e^{−d_nj/T} ≤ 1."""

    def argument(steps: Steps) -> str:
        logarithm.verify(steps)
        for at, x, given, conclusion in collapsed.traced(statement, STATES):
            steps.verify("T > 0 is given", "T-positive" in given)
            terms = []
            for z in x.z:
                d = a.distances(z, x.p)
                # e^{−(d_j − d_1)/T}: relative to the first distance, which comes out of the logarithm.
                level = ex.mean(ex.boltzmann(dj - d[0], x.T) for dj in d)
                terms.append(d[0] - x.T * ex.log(level))
            steps.verify(
                f"the conclusion is a positive multiple of mean (d_1 − T log mean e^{{−(d_j − d_1)/T}}) ({at})",
                conclusion.op == "ge0" and any(identity(conclusion.roots[0] - f * ex.mean(terms)) for f in (1, 2)),
            )
        steps.note(
            "d_1 − T log mean e^{−(d_j − d_1)/T} = −T log m with m = mean e^{−d_j/T}, and 0 < m ≤ 1 because d ≥ 0"
        )
        steps.note("x log x ≥ x − 1 at x = 1/m gives −log m ≥ 1 − m ≥ 0; equality needs m = 1, all distances 0")
        return collapsed.EVERYWHERE

    return carry_out(argument)
