"""Theorem 4 at λ_P = k λ_sep, and convergence to a single point.

At and above the threshold, Lagrange's identity gives E − λ_sep ‖Σ p_j‖² = (λ_P − k λ_sep) ‖P‖² + Σ q d ≥ 0 without logarithms ("mean").
So E ≥ 0 there, and with the integrated dissipation t · min_{s ≤ t} r(s)² ≤ E(0) for the KKT residual r: it comes as near to 0 as
one likes, whether P stays bounded or not; and ‖Σ p_j‖² ≤ E(0) / λ_sep for all times.  At λ_P = k λ_sep E bounds nothing more: with
k ≥ 3 it is constant along P + t (0, 1, −1, 0, …) where those two prototypes hold no sample.  Runs stay bounded ("bounded"); no
proof of it is given.

A trajectory that approaches the set of KKT points need not approach one of them, where they form a continuum, and they do: with
z = 0 every (0, Q) is a KKT point ("continuum").  In that case convergence to one point is elementary under λ_P > k λ_sep: E is
homogeneous of degree 2 in P, so −½ d‖P‖²/dt = 2 E ≥ 2 (λ_P − k λ_sep) ‖P‖² ("centred"), ‖P‖ falls exponentially, and as a projection
onto a cone does not lengthen, ‖q̇_n‖ ≤ ‖d_n‖ ≤ ‖P‖²: the path of (P, Q) has finite length.
For other data Łojasiewicz's inequality φ'(E − E*) r ≥ 1 near a limit point would do: −dφ(E − E*)/dt = φ' r² ≥ r = ‖(Ṗ, Q̇)‖, so a
bounded trajectory has finite length.  Without logarithms E on its polyhedron is semialgebraic, for which the inequality is a
theorem (Bolte, Daniilidis, Lewis, SIAM J. Optim. 17, 2007).  It is not carried out here: the evidence for one point is runs
("one-point").
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.dynamics.problems import Flow
from ddcl_theory.domain import Domain, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero

RUNS = "ddcl_theory.claims.ddcl.dynamics"
WEIGHTS = (nonnegative("sep"), nonnegative("weight"))
SIZES = {"n": (1, 2), "k": (1, 4), "d": (1, 2)}
POINTS = Domain((real("z", "n", "d"), real("p", "k", "d"), simplex("q", "n", "k"), *WEIGHTS), SIZES)
CENTRED = Domain((real("p", "k", "d"), simplex("q", "n", "k"), *WEIGHTS), SIZES)
DIRECTIONS = Domain(
    (simplex("q", "n", "k"), real("a", "k", "d"), real("b", "n", "k"), *WEIGHTS), {**SIZES, "k": (1, 3)}
)

ENOUGH = Hypothesis(
    "at-least",
    r"\lambda_P \ge k \lambda_{\mathrm{sep}}",
    at_least_zero(lambda x: x.weight - x.k * x.sep),
)
ONE_LESS = Hypothesis(
    "one-less",
    r"\lambda_P \ge (k - 1) \lambda_{\mathrm{sep}}",
    at_least_zero(lambda x: x.weight - (x.k - 1) * x.sep),
)
APART = {"p": [[0], [1], [-1]], "q": [[1, 0, 0]], "sep": 1}


def mean_held(x):
    """E − λ_sep ‖Σ p_j‖²."""
    total = [ex.total(row[i] for row in x.p) for i in range(x.d)]
    return e.smooth(x.z, x.p, x.q, x.sep, x.weight) - x.sep * ex.norm2(total)


def _at_threshold(factor=1, given=ENOUGH, system=None):
    return Statement(
        POINTS, at_least_zero(lambda x: factor * mean_held(x)), (given,), system=system or Flow("threshold")
    )


def _threshold_part(identifier, says, checks, **extra):
    return Part(
        id=identifier,
        says=says,
        statement=_at_threshold(),
        checks=checks,
        example={"z": [[0]], **APART, "weight": 3},
        twins=(
            Twin(
                "one λ_sep less",
                _at_threshold(given=ONE_LESS, system=Flow("positive")),
                witness={"z": [[0]], **APART, "weight": 2},
            ),
        ),
        neighbours=(Neighbour("tripled", _at_threshold(3, system=Flow("coercive"))),),
        **extra,
    )


MEAN = _threshold_part(
    "mean",
    r"E(0) \ge \lambda_{\mathrm{sep}} \bigl\|\textstyle\sum_j p_j(t)\bigr\|^2 \text{ and } E(0) \ge t \min_{s \le t} r(s)^2",
    (
        Symbolic("ddcl.theorem4:mean"),
        Property(),
        Dynamics(f"{RUNS}.flow_limits:residual_falls", "least KKT residual"),
    ),
)
BOUNDED = _threshold_part(
    "bounded",
    r"\textstyle\sup_t \|P(t)\| < \infty",
    (Dynamics(f"{RUNS}.flow_runs:bounded", "runs of the flow"),),
    conclusion="every trajectory is bounded at the threshold",
    missing="A proof: at λ_P = k λ_sep the energy bounds Σ_j p_j and not P",
)


def pull(x):
    """⟨∇_P E, P⟩ − 2 (λ_P − k λ_sep) ‖P‖² for samples at the origin: −½ d‖P‖²/dt and what is claimed of it."""
    value = e.smooth([[ex.ZERO] * x.d] * x.n, x.p, x.q, x.sep, x.weight)
    inward = ex.total(ex.dot(e.gradient(value, row), row) for row in x.p)
    return inward - 2 * (x.weight - x.k * x.sep) * e.square(x.p)


DECAY = Part(
    id="centred",
    says=r"z = 0:\ \tfrac{1}{2} \tfrac{d}{dt} \|P\|^2 \le -2 (\lambda_P - k \lambda_{\mathrm{sep}}) \|P\|^2",
    statement=Statement(CENTRED, at_least_zero(pull)),
    checks=(Symbolic("ddcl.theorem4:centred"), Property()),
    example={**APART, "weight": 5},
    twins=(
        Twin(
            "twice the rate",
            Statement(CENTRED, at_least_zero(lambda x: pull(x) - 2 * (x.weight - x.k * x.sep) * e.square(x.p))),
            witness={**APART, "weight": 5},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(CENTRED, at_least_zero(lambda x: 2 * pull(x)))),),
)


def slope_at_rest(x, sample=0):
    """The derivative of E at (0, Q) along (a, b), with all samples at the same point."""
    origin = [[ex.ZERO] * x.d for _ in range(x.k)]
    z = [[ex.lift(sample)] * x.d] * x.n
    return ex.derivative_at_zero(lambda t: e.smooth(z, e.moved(origin, t, x.a), e.moved(x.q, t, x.b), x.sep, x.weight))


CONTINUUM = Part(
    id="continuum",
    says=r"z = 0:\ DE(0, Q) = 0 \text{ for every } Q",
    statement=Statement(DIRECTIONS, equals_zero(slope_at_rest)),
    checks=(Symbolic("ddcl.theorem4:continuum"), Property()),
    example={"q": [[1]], "a": [[1]], "b": [[1]], "sep": 1, "weight": 1},
    twins=(
        Twin(
            "samples at 1",
            Statement(DIRECTIONS, equals_zero(lambda x: slope_at_rest(x, 1))),
            witness={"q": [[1]], "a": [[1]], "b": [[0]], "sep": 0, "weight": 0},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(DIRECTIONS, equals_zero(lambda x: 2 * slope_at_rest(x)))),),
)
