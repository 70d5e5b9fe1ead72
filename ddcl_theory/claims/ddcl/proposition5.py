"""Proposition 5: under L_OLS total collapse is a stable fixed point, an attractor.

Let all prototypes lie at z̄ + e ṽ_j, Σṽ_j = 0, y = z − z̄.  There q_nj = 1/k + (2e/kT) y_n·ṽ_j + …, so the mixture Pq stays at z̄ to first
order, and the force 2 mean_n q_nj (z_n − Pq_n) becomes (4e/kT) Σ ṽ_j: nothing pulls back, and the change of q pushes outwards.
The growth Σ_j ṽ_j·F_j = (4e/kT) Σ_j ṽ_jᵀΣṽ_j (twice that with the full gradient) is positive along every direction in which the data
vary, at every T.  So collapse is a fixed point, unstable unless all samples coincide; there is no threshold.

If all samples coincide at z it is not attracting either: prototypes z ± v_j in pairs have equal distances in each pair,
hence Pq = z and no force, however small the v_j.

q constant and uniform: the force 2(z̄ − p̄)/k is the same for all prototypes.  The mean goes to z̄ and every difference stays:
‖P − collapse‖² does not grow (stable), and Σp_j = k z̄ is a plane of equilibria (no attractor).  Any other constant q: not
even a fixed point, unless every prototype's weighted samples have one and the same centre.

q free: at q = 1/k the second derivative of mean ‖z − Pq‖² along (ṽ_j, ṽ_j·y_n) is −4 mean_n Σ_j (ṽ_j·y_n)²: a saddle.
"""

from __future__ import annotations

from dataclasses import replace

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl import proposition5_fixed as constant
from ddcl_theory.claims.ddcl.dynamics.phase import Phase
from ddcl_theory.claims.ddcl.float_rows_collapse import force_parts
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, positive

FREE = Domain((real("z", "n", "d"), real("v", "k", "d")), c.SIZES)
IDENTICAL = Domain(
    (real("z", "d"), real("v", "k", "d"), real("u", "k", "d"), temperature("T")), {"k": (1, 3), "d": (1, 2)}
)

BREAKS = FailingStep(
    "Appendix D, proof of Proposition 5",
    "that two coinciding prototypes feel one and the same force shows that they stay together once they coincide exactly; "
    "it says nothing of prototypes that are close, whose assignments, and forces, differ at first order",
)
ADVICE = (
    "Do not blame the loss L_OLS for collapse: near collapse it separates at every T, and faster than L_q. A run of it "
    "that ends collapsed needs another cause (a constant assignment, identical features, a backbone that collapses)."
)


# --- a fixed point ---
def first_power(x, mode, place=None):
    """Σ_j v_j·F_j with all prototypes at one place: 0 for every v iff no prototype is moved."""
    middle = f.data_mean(x.z) if place is None else place

    def rows(e):
        return [ex.plus(middle, ex.scaled(e, step)) for step in x.v]

    def shares(z, e):
        return a.assignment(z, rows(e), x.T, anchor=ex.norm2(ex.minus(z, middle)))

    if mode == "full":
        return -ex.derivative_at_zero(lambda e: ex.mean(a.ols(z, rows(e), shares(z, e)) for z in x.z))
    still = rows(ex.ZERO)
    return ex.mean(
        ex.total(ex.dot(x.v[j], f.pull_ols(z, still, shares(z, ex.ZERO), j)) for j in range(x.k)) for z in x.z
    )


def fixed_point(mode):
    def statement(predicate):
        return Statement(c.DISPLACED, equals_zero(predicate))

    return Part(
        id="fixed-point",
        says=r"p_1 = \dots = p_k = \bar z \Rightarrow \dot P = 0",
        statement=statement(lambda x: first_power(x, mode)),
        checks=(Symbolic("ddcl.proposition5:fixed_point"), Property()),
        example=c.COOL,
        twins=(
            Twin(
                "collapsed on one of the samples",
                statement(lambda x: first_power(x, mode, x.z[0])),
                {"z": [[1], [-1]], "v": [[1], [0]], "T": 1},
            ),
        ),
        neighbours=(Neighbour("samples in another order", statement(lambda x: first_power(c.reordered(x), mode))),),
    )


# --- stable, attracting ---
def free_curvature(x):
    """Minus the second derivative of mean ‖z_n − Pq_n‖² along δp_j = ṽ_j, δq_nj = ṽ_j·y_n, from P = z̄, q = 1/k."""
    steps = c.centred(x)

    def level(e):
        rows = c.moved(x, e, steps)
        return ex.mean(
            a.ols(z, rows, [ex.Fraction(1, x.k) + e * ex.dot(step, y) for step in steps])
            for z, y in zip(x.z, c.deviations(x), strict=True)
        )

    return -ex.derivative_at_zero(level, order=2)


def free_closed(x):
    return ex.Fraction(4, x.n) * c.reach(x)


WHERE = {
    "stopped": (c.DISPLACED, lambda x: c.growth(x, "stopped", "ols"), lambda x: c.closed(x, "stopped", "ols")),
    "full": (c.DISPLACED, lambda x: c.growth(x, "full", "ols"), lambda x: c.closed(x, "full", "ols")),
    "free": (FREE, free_curvature, free_closed),
}


def _at(mode, point):
    return {n: v for n, v in point.items() if n != "T" or mode != "free"}


def unstable(mode, runs=True):
    """The corrected statement: growth along everything in which the data vary; runs: with runs of the flow."""
    domain, growth, closed = WHERE[mode]
    cool = _at(mode, c.COOL)
    still = {**cool, "z": [[1], [1]]}
    ablated = (
        (Ablation("ddcl.proposition5:grows_stopped", ("data-vary-along-v",)),) if runs and mode == "stopped" else ()
    )
    watched = ()
    if runs and mode != "free":
        watched = (
            Dynamics("ddcl_theory.claims.ddcl.dynamics.phase:local", "eigenvalues and short runs from collapse"),
        )

    def statement(predicate, given=(c.VARY,), system=None):
        return Statement(domain, positive(predicate), given, system=system)

    return Part(
        id="repels",
        says=r"\text{every displacement along which the data vary grows, at every } T",
        statement=statement(growth, system=None if mode == "free" else Phase("ols", mode, None)),
        checks=(Symbolic(f"ddcl.proposition5:grows_{mode}"), *((Property(),) if runs else ()), *ablated, *watched),
        example=cool,
        twins=(
            Twin("any displacement", statement(growth, (c.APART,)), still),
            *(
                (
                    Twin(
                        "under L_q",
                        statement(lambda x: c.growth(x, mode), system=Phase("quantization", mode, None)),
                        c.BOILING,
                    ),
                )
                if watched
                else ()
            ),
        ),
        neighbours=(
            Neighbour(
                "samples in another order, sums for means",
                statement(
                    lambda x: x.n * growth(c.reordered(x)),
                    system=None if mode == "free" else Phase("ols", mode, None, reduction="sum"),
                ),
            ),
        ),
    )


def _paired(x):
    """Prototypes z + v_j and z − v_j."""
    return [row for v in x.v for row in (ex.plus(x.z, v), ex.minus(x.z, v))]


def paired_power(x, shift=0):
    """Σ u·F over the pairs for identical samples, F the stopped force of L_OLS; shift moves one end of each pair."""
    rows = _paired(x)
    rows = [ex.plus(row, ex.scaled(shift, x.v[j // 2])) if j % 2 else row for j, row in enumerate(rows)]
    q = a.assignment(x.z, rows, x.T, anchor=0)
    return ex.total(ex.dot(x.u[j // 2], f.pull_ols(x.z, rows, q, j)) for j in range(len(rows)))


PAIRED = {"z": [0], "v": [[1]], "u": [[1]], "T": {"s": "1/2"}}
AT_REST = Part(
    id="at-rest-apart",
    says=r"\text{identical samples: the prototypes } z \pm v_j \text{ are at rest, however near collapse}",
    statement=Statement(IDENTICAL, equals_zero(paired_power)),
    checks=(Symbolic("ddcl.proposition5:at_rest_apart"), Property()),
    example=PAIRED,
    twins=(Twin("pairs of unequal arms", Statement(IDENTICAL, equals_zero(lambda x: paired_power(x, -1))), PAIRED),),
    neighbours=(Neighbour("doubled", Statement(IDENTICAL, equals_zero(lambda x: 2 * paired_power(x)))),),
)


def _stability(mode, identifier, says, relation, given, amended):
    """−growth ≥ 0 (stable) or > 0 (attracting) along every displacement."""
    domain, growth, closed = WHERE[mode]
    cool = _at(mode, c.COOL)

    def statement(predicate):
        return Statement(domain, relation(predicate), given)

    searched = (Property(),) if identifier == "stable" else ()
    return Part(
        id=identifier,
        says=says,
        statement=statement(lambda x: -growth(x)),
        checks=(Certified(candidates=(cool, _at(mode, c.BOILING))), *searched),
        example=cool,
        twins=(Twin("decay at the rate of the size", statement(lambda x: -growth(x) - c.size(x)), cool),),
        neighbours=(
            Neighbour("no faster than the closed form", statement(lambda x: closed(x) + c.size(x) - growth(x))),
        ),
        amendment=Amendment(amended, BREAKS, ADVICE),
    )


def stability(mode):
    return (
        _stability(
            mode,
            "stable",
            r"\text{no small displacement from collapse grows}",
            at_least_zero,
            (),
            unstable(mode),
        ),
        _stability(
            mode,
            "attractor",
            r"\text{every small displacement from collapse decays}",
            positive,
            (c.APART,),
            AT_REST if mode == "stopped" else replace(unstable(mode, runs=False), id="repels-as-well"),
        ),
    )


# --- q free ---
def free_slope(x, place=None):
    """Derivative of mean ‖z − Pq‖² along (v, ṽ·y) with P collapsed on z̄, or on another place, and q = 1/k."""
    middle = f.data_mean(x.z) if place is None else place

    def level(e):
        rows = [ex.plus(middle, ex.scaled(e, step)) for step in x.v]
        return ex.mean(
            a.ols(z, rows, [ex.Fraction(1, x.k) + e * ex.dot(step, y) for step in c.centred(x)])
            for z, y in zip(x.z, c.deviations(x), strict=True)
        )

    return ex.derivative_at_zero(level)


ONE_MOVED = {"z": [[1], [-1]], "v": [[1], [0]]}
FREE_POINT = Part(
    id="fixed-point",
    says=r"\text{at } P = \bar z,\ q = \tfrac1k \text{ the slope of the loss is 0}",
    statement=Statement(FREE, equals_zero(free_slope)),
    checks=(Symbolic("ddcl.proposition5:free_fixed_point"), Property()),
    example=ONE_MOVED,
    twins=(
        Twin(
            "collapsed on one of the samples", Statement(FREE, equals_zero(lambda x: free_slope(x, x.z[0]))), ONE_MOVED
        ),
    ),
    neighbours=(
        Neighbour("samples in another order", Statement(FREE, equals_zero(lambda x: free_slope(c.reordered(x))))),
    ),
)

CLAIM = Claim(
    id="ddcl.proposition5",
    title="Collapse under the reconstruction loss",
    source=Source("ddcl", "Proposition 5, Appendix D"),
    says=r"\text{under } L_{\mathrm{OLS}} \text{ total collapse is a stable fixed point and an attractor}",
    derivation=__doc__,
    uses=("ddcl.proposition6",),
    readings=(
        Reading(
            "stopped",
            "q is the soft assignment, recomputed at every step, without gradient through it; collapse is on the mean of the data",
            (fixed_point("stopped"), *stability("stopped")),
            as_printed=True,
        ),
        Reading("full", "the gradient passes through the soft assignment", (fixed_point("full"), *stability("full"))),
        Reading(
            "fixed", "q is constant", (constant.ASSIGNED_POINT, constant.CONSTANT_STABLE, constant.CONSTANT_ATTRACTOR)
        ),
        Reading("free", "q is a variable of its own, as in the reduced flow", (FREE_POINT, *stability("free"))),
        *(
            Reading(dtype, f"the forces of L_OLS that ddcl_core computes near collapse in {dtype}", force_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
