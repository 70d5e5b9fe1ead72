"""Theorem 2: what is proved of resistance and of equilibria, for every number of prototypes, samples and dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ddcl_proofs.ddcl import collapsed
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import theorem2_dispersion as far
from ddcl_theory.claims.ddcl import theorem2_equilibria as claim
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

STATES = ({"k": 2, "d": 1, "n": 1}, {"k": 3, "d": 1, "n": 1}, {"k": 2, "d": 2, "n": 1}, {"k": 2, "d": 1, "n": 2})
Family = tuple[list[Expr], dict[Expr, Any]]


def _free(root: Expr, others: list[Expr]) -> tuple[Expr, list[Expr]]:
    """Boltzmann factors as free numbers, the same ones in all expressions."""
    found = [n for n in ex.topological([root, *others]) if n.op == "boltzmann"]
    mapping = {n: ex.variable("weight", i) for i, n in enumerate(found)}
    return ex.substitute(root, mapping), [ex.substitute(o, mapping) for o in others]


def stays_in_the_ball(statement: Statement) -> Proof:
    """−p·F = mean_n q_n {(‖p‖² − ‖z_n‖²) + ‖z_n − p‖²}."""

    def argument(steps: Steps) -> str:
        for at, x, given, conclusion in collapsed.traced(statement, STATES):
            steps.verify("a prototype outside the data is given", "outside" in given)
            outside = given["outside"].roots
            shares = [far.soft(z, x) for z in x.z]
            wanted = ex.mean(
                q[0] * (o + ex.norm2(ex.minus(z, x.p[0]))) for q, o, z in zip(shares, outside, x.z, strict=True)
            )
            root, (wanted,) = _free(conclusion.roots[0], [wanted])
            steps.verify(
                f"the conclusion is a positive multiple of mean q {{(‖p‖² − ‖z‖²) + ‖z − p‖²}} ({at})",
                conclusion.op == "ge0" and any(identity(root - f * wanted) for f in (1, 2)),
            )

        def family(sizes: Mapping[str, int]) -> Family:
            z, p = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("z", "p"))
            pull = 2 * ex.dot(p, ex.minus(p, z))
            return [pull - (ex.norm2(p) - ex.norm2(z)) - ex.norm2(ex.minus(z, p))], {}

        identity_for_all_sizes(steps, family, (Carriers("d", {"z": 0, "p": 0}),), says="2 p·(p − z), one sample")
        steps.note("shares are non-negative; other prototypes enter through the shares only")
        return collapsed.EVERYWHERE

    return carry_out(argument)


def fades(statement: Statement) -> Proof:
    """With u_j = e^{−(d_j − d_1)/T}: u_j − u_j/Σu = u_j (Σ_{l≥2} u_l)/Σu ≥ 0."""

    def argument(steps: Steps) -> str:
        for k, d in ((2, 1), (3, 1), (4, 1), (2, 2)):
            sizes = {"k": k, "d": d}
            x, conclusion = statement.domain.namespace(sizes), statement.trace(sizes)[1]
            distances = a.distances(x.z, x.p)
            u = [ex.boltzmann(dj - distances[0], x.T) for dj in distances[1:]]
            wanted = [uj * ex.total(u) / (1 + ex.total(u)) for uj in u]
            steps.verify(
                f"each value is a positive multiple of u_j Σ_{{l≥2}} u_l / Σ u ({collapsed.text(sizes)})",
                conclusion.op == "ge0"
                and len(conclusion.roots) == len(wanted)
                and any(
                    all(identity(root - f * w) for root, w in zip(conclusion.roots, wanted, strict=True))
                    for f in (1, 2)
                ),
            )
        steps.note("u_1 = 1 and u > 0; the same two lines for every k, and d enters through the distances only")
        return ALL_SIZES

    return carry_out(argument)


def _popoviciu(sizes: Mapping[str, int]) -> Family:
    """U²(b − a)²/4 − {U Σut² − (Σut)²} = U Σ u (b − t)(t − a) + (Σut − U(a + b)/2)²."""
    n = sizes["n"]
    u, t = ([ex.variable(name, i) for i in range(n)] for name in ("u", "t"))
    lo, hi = ex.variable("lo"), ex.variable("hi")
    mass, first, second = ex.total(u), ex.dot(u, t), ex.total(w * v**2 for w, v in zip(u, t, strict=True))
    held = ex.total(w * (hi - v) * (v - lo) for w, v in zip(u, t, strict=True))
    left = mass**2 * (hi - lo) ** 2 / 4 - (mass * second - first**2)
    return [left - mass * held - (first - mass * (lo + hi) / 2) ** 2], {}


def _tilted(sizes: Mapping[str, int]) -> Family:
    """d/dh at 0 of Σ u e^{2ht/T} t / Σ u e^{2ht/T} is (2/T) times the variance of t under u."""
    n = sizes["n"]
    u, t = ([ex.variable(name, i) for i in range(n)] for name in ("u", "t"))
    temperature = ex.variable("T")

    def mean(h: Expr) -> Expr:
        tilt = [w * ex.boltzmann(-2 * h * v, temperature) for w, v in zip(u, t, strict=True)]
        return ex.dot(tilt, t) / ex.total(tilt)

    mass, first, second = ex.total(u), ex.dot(u, t), ex.total(w * v**2 for w, v in zip(u, t, strict=True))
    return [ex.derivative_at_zero(mean) - 2 * (mass * second - first**2) / (temperature * mass**2)], {}


def _shares_ratio(sizes: Mapping[str, int]) -> Family:
    """d_j − d_i = 2 z·(p_i − p_j) + ‖p_j‖² − ‖p_i‖²."""
    z, p, r = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("z", "p", "r"))
    left = ex.norm2(ex.minus(z, r)) - ex.norm2(ex.minus(z, p))
    return [left - 2 * ex.dot(z, ex.minus(p, r)) - ex.norm2(r) + ex.norm2(p)], {}


def none_when_hot(statement: Statement) -> Proof:
    """At rest all prototypes are fixed points of one map, whose derivative is (2/T) times a variance of the data."""

    def argument(steps: Steps) -> str:
        for at, x, given, conclusion in collapsed.traced(statement, (*STATES, {"k": 2, "d": 1, "n": 3})):
            steps.verify(
                "rest, heat, positive masses and T > 0 are given",
                {"at-rest", "hot", "w-positive", "T-positive"} <= given.keys(),
            )
            pulls = claim.mass_forces(x)
            steps.verify(
                f"rest means Σ_n w_n q_nj (z_n − p_j) = 0 for every j ({at})",
                given["at-rest"].op == "eq0" and {id(v) for v in pulls} == {id(v) for v in given["at-rest"].roots},
            )
            widths = [ex.norm2(ex.minus(x.z[m], x.z[n])) for m in range(x.n) for n in range(m)]
            steps.verify(
                f"heat means T ≥ ‖z_m − z_n‖²/2, or more ({at})",
                given["hot"].op == "ge0"
                and (not widths or any(_same(given["hot"].roots, [f * x.T - w for w in widths]) for f in (1, 2))),
            )
            steps.verify(
                f"the conclusion lists multiples of p_i − p_j ({at})",
                conclusion.op == "eq0" and any(_same(conclusion.roots, [f * v for v in claim.gaps(x)]) for f in (1, 2)),
            )
        axes = (Carriers("d", {"z": 0, "p": 0, "r": 0}),)
        identity_for_all_sizes(
            steps, _shares_ratio, axes, says="q_ni/q_nj = e^{(d_j − d_i)/T} tilts the data by e^{2 z_n·(p_i − p_j)/T}"
        )
        over = (Carriers("n", {"u": 0, "t": 0}),)
        identity_for_all_sizes(
            steps, _tilted, over, says="the mean of t under a tilt e^{2ht/T} has the slope (2/T) Var t"
        )
        identity_for_all_sizes(steps, _popoviciu, over, says="Var t ≤ (b − a)²/4 for a ≤ t ≤ b (Popoviciu)")
        steps.note(
            "with Δ = p_i − p_j and t_n = z_n·Δ, rest gives ‖Δ‖² = Δ·(p_i − p_j) = ∫_0^1 (2/T) Var_h(t) dh ≤ (range of t)²/(2T) "
            "≤ ‖Δ‖² diameter²/(2T) ≤ ‖Δ‖²"
        )
        steps.note(
            "equality needs mass ½ at both ends of the range for every h, which a tilt does not keep, or a range of 0, where "
            "Var = 0: so Δ = 0"
        )
        return collapsed.EVERYWHERE

    return carry_out(argument)


def _same(found: tuple[Expr, ...], wanted: list[Expr]) -> bool:
    return len(found) == len(wanted) and all(identity(f - w) for f, w in zip(found, wanted, strict=True))


def exists_when_cold(statement: Statement) -> Proof:
    """F_T attains its minimum on the convex hull, and no collapsed state is a minimum."""
    grown = collapsed.grows_when_cold_stopped(statement)

    def argument(steps: Steps) -> str:
        steps.verify("collapse on the mean has a displacement that grows", _carried(steps, grown))

        def towards(sizes: Mapping[str, int]) -> Family:
            z, p, h = ([ex.variable(name, i) for i in range(sizes["d"])] for name in ("z", "p", "h"))
            left = ex.norm2(ex.minus(z, p)) - ex.norm2(ex.minus(z, h)) - ex.norm2(ex.minus(h, p))
            return [left - 2 * ex.dot(ex.minus(z, h), ex.minus(h, p))], {}

        axes = (Carriers("d", {"z": 0, "p": 0, "h": 0}),)
        identity_for_all_sizes(steps, towards, axes, says="‖z − p‖² = ‖z − h‖² + ‖h − p‖² + 2(z − h)·(h − p)")
        steps.note(
            "for h the point of the convex hull of the data nearest to p the last term is ≥ 0 for every sample: replacing p by h "
            "lowers every distance, hence F_T; so F_T attains its minimum, on the compact set of prototypes in the hull"
        )

        def collapse(sizes: Mapping[str, int]) -> Family:
            n, d = sizes["n"], sizes["d"]
            y = [[ex.variable("y", m, i) for i in range(d)] for m in range(n)]
            shift = [ex.variable("s", i) for i in range(d)]
            total = [ex.total(row[i] for row in y) for i in range(d)]
            count = ex.variable("count")
            # Σ_n (‖y_n − s‖² − ‖s‖²) + count ‖s‖² is Σ_n ‖y_n − s‖² where count = n.
            left = ex.total(ex.norm2(ex.minus(row, shift)) - ex.norm2(shift) for row in y) + count * ex.norm2(shift)
            return [
                left - ex.total(ex.norm2(row) for row in y) - count * ex.norm2(shift) + 2 * ex.dot(total, shift)
            ], {}

        identity_for_all_sizes(
            steps, collapse, (Carriers("n", {"y": 0}), Carriers("d", {"y": 1, "s": 0})),
            says="Σ_n ‖y_n − s‖² = Σ_n ‖y_n‖² + n ‖s‖² − 2 s·Σ y_n, n as a free number",
        )  # fmt: skip
        steps.note("Σ y_n = 0: among collapsed states F_T is least on the mean, where it falls along the displacement")
        steps.note("a minimum of F_T is at rest under stopped training, which is −∇F_T, and it has D_P > 0")
        return collapsed.EVERYWHERE

    return carry_out(argument)


def _carried(steps: Steps, proof: Proof) -> bool | None:
    """Take over the steps of a proof that succeeded."""
    if proof.outcome == "undecided":
        return None
    steps.done.extend(proof.steps)
    return proof.covers_domain


def pushed_out(statement: Statement) -> Proof:
    """T (p_1 − z)·F_1 = 2 q_1 d_1 (d_1 − L_q − T), and d_1 > L_q + T > 0."""

    def argument(steps: Steps) -> str:
        for k, d in ((2, 1), (3, 1), (2, 2)):
            sizes = {"k": k, "d": d}
            x = statement.domain.namespace(sizes)
            traced, conclusion = statement.trace(sizes)
            given = {h.id: t for h, t in traced}
            steps.verify("distance beyond L_q + T, and T > 0, are given", {"beyond", "T-positive"} <= given.keys())
            distances = a.distances(x.z, x.p)
            q = a.assignment(x.z, x.p, x.T, anchor=distances[0])
            wanted = 2 * q[0] * distances[0] * given["beyond"].roots[0] / x.T
            steps.verify(
                f"the conclusion is a positive multiple of 2 q_1 d_1 (d_1 − L_q − T)/T ({collapsed.text(sizes)})",
                conclusion.op == "gt0" and any(identity(conclusion.roots[0] - f * wanted) for f in (1, 2)),
            )

        def family(sizes: Mapping[str, int]) -> Family:
            t, z, p = ex.variable("T"), ex.variable("z"), ex.variable("p")
            others = [ex.variable("D", j) for j in range(sizes["k"])]
            own = ex.boltzmann((p - z) ** 2, t)
            weights = [ex.boltzmann(dj, t) for dj in others]
            mass = own + ex.total(weights)
            level = (own * (p - z) ** 2 + ex.dot(weights, others)) / mass
            wanted = 2 * own / mass * (p - z) * (((p - z) ** 2 - level) / t - 1)
            labels: dict[Expr, Any] = {w: ("w", (j,)) for j, w in enumerate(weights)}
            return [-ex.differentiate(level, p) - wanted], {**labels, own: ("own", ())}

        identity_for_all_sizes(
            steps, family, (Carriers("k", {"D": 0, "w": 0}),),
            says="−∂L_q/∂p = 2q(p − z){(d − L_q)/T − 1}, one coordinate and any number of others",
        )  # fmt: skip
        steps.note(
            "the other coordinates enter through the distances only; d_1 > L_q + T > 0 makes every factor positive"
        )
        return ALL_SIZES

    return carry_out(argument)


def full_crossing(statement: Statement) -> Proof:
    """With w = e^{−x²/T}, q = w/(1 + w): ẋ = (2xq/T)(x²(1 − q) − T)."""

    def argument(steps: Steps) -> str:
        x = statement.domain.namespace({})
        traced, conclusion = statement.trace({})
        given = {h.id: t for h, t in traced}
        steps.verify(
            "both ends and T > 0 are given",
            {"inner", "outer", "T-positive", "low-positive", "high-positive"} <= given.keys(),
        )
        (inner,), (outer,) = given["inner"].roots, given["outer"].roots
        low, high = ({"w": ex.boltzmann(v**2, x.T), "x": v} for v in (x.low, x.high))
        # T − x² ≥ 0 and x² w/(1 + w) > 0;  x² − 2T ≥ 0 and T (1 − w)/(1 + w) > 0.
        inward = 2 * low["x"] * low["w"] / (1 + low["w"]) / x.T * (inner + low["x"] ** 2 * low["w"] / (1 + low["w"]))
        outward = (
            2 * high["x"] * high["w"] / (1 + high["w"]) / x.T * ((outer + x.T * (1 - high["w"])) / (1 + high["w"]))
        )
        steps.verify(
            "the values are positive multiples of the two sums",
            conclusion.op == "gt0"
            and any(_same(conclusion.roots, [f * inward, f * outward]) for f in (Fraction(1), Fraction(2))),
        )
        steps.note(
            "0 < w < 1 because x² > 0: both sums are positive; ẋ is continuous, so it vanishes between √T and √(2T)"
        )
        return "all T, one sample, k = 2"

    return carry_out(argument)
