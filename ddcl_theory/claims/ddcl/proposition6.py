"""Proposition 6: whether descent on the soft quantisation loss drives collapsed prototypes apart.

Put p_1 = c + εu, p_2 = c − εu with ‖u‖ = 1, let y = z − c, t = u·y, and let q be the common share of the pair at ε = 0.
The force on p_j at given q is 2q_j(z − p_j), so the net force along u is 2(q_1 − q_2)t − 2ε(q_1 + q_2).

q constant: the rate is −2(q_1 + q_2): the printed size, and the pair is pulled together.
q stopped: d_1,2 = ‖y‖² ∓ 2εt + ε², so q_1 − q_2 = 4εqt/T + o(ε), and the rate is 2(q_1 + q_2)(2t²/T − 1).  Averaged
over the data the pair separates iff T < 2 uᵀΣu with Σ = Σ_n q_n y_n y_nᵀ / Σ_n q_n; at equality the first order
vanishes, above it the pair contracts.  In the convention e^{−d/(2T)} the bound is T < uᵀΣu.
q full: the rate is −L'' = Σ of 4q{2t²/T + (2t²/T − 1)(1 − (d − L_q)/T)} with d = ‖y‖²; at total collapse d = L_q, and the
pair separates iff T < 4 uᵀΣu.
L_OLS: at constant q the rate is −2(q_1 − q_2)², which vanishes iff the shares agree.  With q stopped it is
8qt (u·(z − Pq))/T, so at total collapse 8qt²/T > 0, and twice that with the full gradient: L_OLS separates at every T,
and V = L_q − L_OLS takes 2(q_1 + q_2) away.  The term that should separate is the one that holds the pair together.

Saddle.  At total collapse on the mean of the data, p_j = z̄ + εa_j u with Σa = 0 grows at (2‖a‖²/k)(2uᵀΣu/T − 1) when q is
stopped: unstable iff T < 2λ_max(Σ).  With q free the Hessian of E along (a_j v, a_j v·y_n) has the entries
E_PQ = −2‖a‖² Σ_n(v·y_n)² and E_QQ = 0, hence a negative determinant: a saddle whenever the data vary along v.
"""

from __future__ import annotations

from fractions import Fraction

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Figure,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl import proposition6_collapse as collapse
from ddcl_theory.claims.ddcl import proposition6_fixed as constant
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import equals_zero, not_zero, one_of, positive

SIZES = {"k": (2, 3), "d": (1, 2), "n": (1, 2)}
DATA = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), SIZES)
SINGLE = Domain(DATA.variables, {**SIZES, "n": (1, 1)})
DISTINCT = Hypothesis("pair-distinct", r"u \ne 0", not_zero(lambda x: f.direction(x.p)))

# A sample at the centre feels no pull along u, so that only the attraction is left; far samples separate the pair.
CENTRED = {"z": [[0]], "p": [[1], [-1]], "T": 1}
NEAR = {"z": [[1]], "p": [[1], [-1]], "T": 1}
FAR = {"z": [[3], [-3]], "p": [[1], [-1]], "T": 1}
#: T = 2t²: the rate is 0, neither separation nor attraction.
LEVEL = {"z": [[1]], "p": [[1], [-1]], "T": 2}
#: A third prototype as far from the sample as the pair: every share is 1/3.
THIRD = {"z": [[1]], "p": [[1], [-1], [2]], "T": 1}


def base_shares(x, factor=1):
    return [f.shares(z, x.p, x.T, factor=factor) for z in x.z]


def excess(x, multiple=2, factor=1):
    """Σ_n q_n (multiple · t_n² − T‖u‖²): positive iff T < multiple · uᵀΣu for a unit u."""
    u2 = ex.norm2(f.direction(x.p))
    shares = base_shares(x, factor)
    return ex.total(q[0] * (multiple * f.along(z, x.p) ** 2 - x.T * u2) for z, q in zip(x.z, shares, strict=True))


def excess_full(x, multiple=2):
    """Σ_n q_n {(2t² − T‖u‖²)(T − (d_n − L_n)) + multiple · T t²}, d_n the pair's distance and L_n = L_q at ε = 0."""
    u2 = ex.norm2(f.direction(x.p))
    terms = []
    for z, q in zip(x.z, base_shares(x), strict=True):
        t2 = f.along(z, x.p) ** 2
        above = ex.norm2(ex.minus(z, f.centre(x.p))) - a.quantization(z, f.opened(x.p, 0), q)
        terms.append(q[0] * ((2 * t2 - x.T * u2) * (x.T - above) + multiple * x.T * t2))
    return ex.total(terms)


def examples(k, d):
    """Two samples far out along u, the other prototypes at the centre."""
    u = [1] + [0] * (d - 1)
    rows = [u, [-c for c in u]] + [[0] * d for _ in range(k - 2)]
    return {"z": [[10 * c for c in u], [-10 * c for c in u]], "p": rows, "T": 1}, "1/20"


def stopped_rate(x, p):
    return f.rate_stopped(x.z, p, x.T)


def full_rate(x, p):
    return f.rate_full(x.z, p, x.T)


def half_rate(x, p):
    return f.rate_stopped(x.z, p, x.T, factor=Fraction(1, 2))


def ols_rate(x, p):
    return f.rate_stopped(x.z, p, x.T, f.pull_ols)


def ols_full_rate(x, p):
    return f.rate_full(x.z, p, x.T, a.ols)


def stopped_formula(x):
    """Mean of 2(q_1 + q_2)(2t²/T − ‖u‖²), with q_1 = q_2 at ε = 0."""
    u2 = ex.norm2(f.direction(x.p))
    return ex.mean(4 * q[0] * (2 * f.along(z, x.p) ** 2 / x.T - u2) for z, q in zip(x.z, base_shares(x), strict=True))


def ols_formula(x):
    """Mean of 8qt (u·(z − Pq))/T."""
    rows, u = f.opened(x.p, 0), f.direction(x.p)
    return ex.mean(
        8 * q[0] * f.along(z, x.p) * ex.dot(u, ex.minus(z, a.mixture(rows, q))) / x.T
        for z, q in zip(x.z, base_shares(x), strict=True)
    )


WRONG_SIGN = FailingStep(
    "Appendix D, proof of Proposition 6",
    "The forces on p_1 and p_2 are subtracted with the wrong sign: −2ε(q_1 + q_2) pulls the pair together; what separates "
    "is the change of q with ε, and it wins only at low temperature.",
)


def _separates(rate, says, cold, weak, witness, proof, advice, thorough=False):
    """The part "separates": `cold` is the sharp threshold, `weak` one that is too weak, which `witness` shows."""

    def stated(predicate, *bounds):
        return Statement(
            DATA, positive(predicate), (DISTINCT, *[Hypothesis("cold-enough", says, positive(b)) for b in bounds])
        )

    def given(x):
        return rate(x, x.p)

    twins = (Twin("a bound that is too weak", stated(given, weak), witness),)
    neighbours = (Neighbour("the pair renamed", stated(lambda x: rate(x, f.swapped(x.p)), cold)),)
    return Part(
        id="separates",
        says=r"\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) > 0 \text{ at } \varepsilon = 0",
        statement=stated(given),
        example=FAR,
        twins=twins,
        neighbours=neighbours,
        checks=(Property(), *((Adversarial(),) if thorough else ()), Certified(candidates=(CENTRED, FAR))),
        amendment=Amendment(
            Part(
                id="separates-when-cold",
                says=says,
                statement=stated(given, cold),
                example=FAR,
                twins=twins,
                neighbours=neighbours,
                checks=(
                    Symbolic(f"ddcl.proposition6:{proof}"),
                    *((Property(),) if thorough else ()),
                    Certified(candidates=(FAR,)),
                ),
            ),
            WRONG_SIGN,
            advice,
            examples,
        ),
    )


STOPPED = _separates(
    stopped_rate,
    r"T < 2\,u^\top\Sigma u",
    excess,
    lambda x: excess(x, 4),
    {"z": [[1]], "p": [[1], [-1]], "T": 3},
    "stopped_threshold",
    "Keep T below twice the variance of the data along every direction in which prototypes must separate.",
    thorough=True,
)
FULL = _separates(
    full_rate,
    r"\textstyle\sum_n q_n\{(2t_n^2 - T)(T - d_n + L_n) + 2Tt_n^2\} > 0",
    excess_full,
    lambda x: excess_full(x, 4),
    {"z": [[1]], "p": [[1], [-1]], "T": 5},
    "full_threshold",
    "At total collapse keep T below four times the variance of the data along u.",
)
HALF = _separates(
    half_rate,
    r"T < u^\top\Sigma u",
    lambda x: excess(x, 1, Fraction(1, 2)),
    lambda x: excess(x, 2, Fraction(1, 2)),
    {"z": [[1]], "p": [[1], [-1]], "T": "3/2"},
    "half_threshold",
    "Keep T below the variance of the data along u.",
)


def _identity(predicate, *hypotheses):
    return Statement(SINGLE, equals_zero(predicate), (DISTINCT, *hypotheses))


def _of_size(multiple):
    """|rate| = multiple · 2(q_1 + q_2)‖u‖²."""

    def off(sign):
        return equals_zero(lambda x: stopped_rate(x, x.p) + sign * multiple * f.printed_size(x.p, base_shares(x)))

    return Statement(SINGLE, one_of(off(1), off(-1)), (DISTINCT,))


RENAMED_RATE = Neighbour(
    "the pair renamed, in closed form", _identity(lambda x: stopped_rate(x, f.swapped(x.p)) - stopped_formula(x))
)
SIZE = Part(
    id="size",
    says=r"|\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2)| = 2(q_1 + q_2)",
    statement=_of_size(1),
    checks=(Property(), Certified(candidates=(LEVEL, CENTRED))),
    example=NEAR,
    twins=(Twin("half the size", _of_size(Fraction(1, 2)), CENTRED),),
    neighbours=(RENAMED_RATE,),
    amendment=Amendment(
        Part(
            id="exact-size",
            says=r"\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) = 2(q_1 + q_2)(2t^2/T - 1)",
            statement=_identity(lambda x: stopped_rate(x, x.p) - stopped_formula(x)),
            example=NEAR,
            checks=(Symbolic("ddcl.proposition6:stopped_formula"), Certified(candidates=(NEAR, CENTRED, THIRD))),
            neighbours=(RENAMED_RATE,),
            twins=(
                Twin(
                    "the attraction left out",
                    _identity(
                        lambda x: stopped_rate(x, x.p) - stopped_formula(x) - f.printed_size(x.p, base_shares(x))
                    ),
                    CENTRED,
                ),
            ),
        ),
        FailingStep("(33)", "The printed number is the attraction by V alone; the change of q with ε adds 8qt²/T."),
        "Use the closed form; its sign is the sign of 2uᵀΣu − T.",
    ),
)

RENAMED_OLS = Neighbour(
    "the pair renamed, in closed form", _identity(lambda x: ols_rate(x, f.swapped(x.p)) - ols_formula(x))
)
OLS_STOPPED = Part(
    id="absent-under-ols",
    says=r"\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) = 0 \text{ under } L_{\mathrm{OLS}}",
    statement=_identity(lambda x: ols_rate(x, x.p)),
    checks=(Property(), Certified(candidates=(NEAR, CENTRED))),
    example=NEAR,
    twins=(Twin("under L_q", _identity(lambda x: stopped_rate(x, x.p)), CENTRED),),
    neighbours=(RENAMED_OLS,),
    amendment=Amendment(
        Part(
            id="ols-rate",
            says=r"\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) = 8qt\,u\cdot(z - Pq)/T",
            statement=_identity(lambda x: ols_rate(x, x.p) - ols_formula(x)),
            example=NEAR,
            neighbours=(RENAMED_OLS,),
            checks=(Symbolic("ddcl.proposition6:ols_formula"), Certified(candidates=(NEAR, CENTRED, THIRD))),
            twins=(Twin("half of it", _identity(lambda x: 2 * ols_rate(x, x.p) - ols_formula(x)), NEAR),),
        ),
        FailingStep(
            "Appendix D, proof of Proposition 6",
            "Equal residuals are not equal forces: the two shares differ at first order in ε.",
        ),
        "At total collapse L_OLS with a recomputed assignment repels at every temperature: do not blame it for collapse.",
    ),
)

AT_ONE_PLACE = Hypothesis(
    "data-at-one-place",
    r"z_n = p_l = c",
    equals_zero(lambda x: [c for row in (*x.z, *x.p[2:]) for c in ex.minus(row, f.centre(x.p))]),
)
OLS_FULL = Part(
    id="absent-under-ols",
    says=OLS_STOPPED.says,
    statement=_identity(lambda x: ols_full_rate(x, x.p)),
    checks=(Property(), Certified(candidates=(NEAR, CENTRED))),
    example=NEAR,
    twins=(Twin("under L_q", _identity(lambda x: full_rate(x, x.p)), CENTRED),),
    neighbours=(Neighbour("everything at the centre", _identity(lambda x: ols_full_rate(x, x.p), AT_ONE_PLACE)),),
    amendment=Amendment(
        collapse.OLS_REPELS,
        FailingStep(
            "Appendix D, proof of Proposition 6", "The assignment is held constant while the prototypes move apart."
        ),
        "At total collapse L_OLS separates at every temperature, twice as fast as with the stopped gradient.",
    ),
)


def _scale(x):
    """The size of the terms that the force and its change with q add."""
    d = [ex.norm2(ex.minus(z, row)) for z in x.z for row in x.p]
    return ex.total(d_ * (1 + d_ / x.T) for d_ in d) + ex.total(ex.norm2(r) for r in (*x.z, *x.p))


def _exact_net(pull):
    return lambda x: ex.mean(f.net(z, x.p, a.assignment(z, x.p, x.T), f.direction(x.p), pull) for z in x.z)


def exact_net_full(x):
    """−dL/de along the opening, at the prototypes as they are."""

    def loss(e):
        rows = f.opened(x.p, 1 + e)
        return ex.mean(
            a.quantization(z, rows, a.assignment(z, rows, x.T, anchor=ex.minimum(*a.distances(z, x.p)))) for z in x.z
        )

    return -ex.derivative_at_zero(loss)


def _float_reading(dtype):
    def part(identifier, name, reference):
        def code(suffix, value):
            return CodeStatement(
                DATA,
                f"ddcl_theory.claims.ddcl.code_force:{name}{suffix}",
                value,
                _scale,
                dtype,
                256,
                draw=collapse.moderate,
            )

        return Part(
            id=identifier,
            says=r"\mathrm{fl}(u\cdot(F_1 - F_2)) \approx u\cdot(F_1 - F_2)",
            statement=code("", reference),
            checks=(Conforms(),),
            twins=(Twin("reference with the opposite sign", code("", lambda x: -reference(x))),),
            neighbours=(Neighbour("samples in the opposite order", code("_reversed", reference)),),
        )

    return Reading(
        dtype,
        f"what ddcl_core computes in {dtype}",
        (
            part("net-force", "net_quantization", _exact_net(f.pull_quantization)),
            part("net-force-ols", "net_ols", _exact_net(f.pull_ols)),
            part("net-force-full", "net_quantization_full", exact_net_full),
        ),
    )


CLAIM = Claim(
    id="ddcl.proposition6",
    title="Separation under the soft quantisation loss",
    source=Source("ddcl", "Proposition 6, (33), Appendix D"),
    says=r"p_{1,2} = c \pm \varepsilon u:\ u\cdot(F_1 - F_2) = 2\varepsilon(q_1 + q_2) > 0 \text{ under } L_q, "
    r"0 \text{ under } L_{\mathrm{OLS}}; \text{ collapse is an unstable saddle}",
    derivation=__doc__,
    readings=(
        Reading(
            "stopped",
            "q is the soft assignment, recomputed at every step, without gradient through it",
            (STOPPED, SIZE, OLS_STOPPED, collapse.growing("stopped"), collapse.DECAYING),
            as_printed=True,
        ),
        Reading("full", "the gradient passes through the soft assignment", (FULL, OLS_FULL, collapse.growing("full"))),
        Reading("fixed", "q is any constant in the simplex", (constant.SEPARATES, constant.SIZE, constant.OLS)),
        Reading(
            "free", "q is a variable of its own, as in the reduced flow", (constant.SEPARATES, collapse.FREE_SADDLE)
        ),
        Reading("half-exponent", "as stopped, with the exponent d/(2T)", (HALF,)),
        _float_reading("float64"),
        _float_reading("float32"),
    ),
    figures=(
        Figure(
            "growth",
            "How fast a collapsed pair separates",
            "Growth rate against temperature for L_q stopped, L_q full and L_OLS stopped; dots are eigenvalues, lines the closed forms.",
            "Growth rate at total collapse against T. Dots: largest eigenvalue of the Jacobian of the training field; lines: "
            "closed forms. L_q separates below 2λ (stopped) and 4λ (full); L_OLS separates at every T.",
            "ddcl_theory.claims.ddcl.figures.collapse:growth_over_temperature",
        ),
    ),
)
