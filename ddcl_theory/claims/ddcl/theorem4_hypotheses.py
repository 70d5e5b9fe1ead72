"""The hypotheses of Theorem 4 and the paper's own regularisers: continuously differentiable, both non-negative.

The terms without logarithms are polynomials of degree 3 in (P, Q): the fourth derivative of E along every line vanishes
("polynomial").  The entropies are another matter.  A function that is continuously differentiable on the compact simplex
has a bounded gradient: some M bounds it everywhere.  L_ent has the slope 1 + log q_j along q_j, L_bal the slope 1 + log k q̄_j
along q̄_j; at q_j = e^{−M−2} either is below −M, for every M.  The parts ask for slopes of at least −M wherever M ≥ 10, and what
is said here of every M is a reading of its own ("every-bound").  So Theorem 4 does not apply to E with λ_ent or λ_bal ≠ 0 unless the
assignments stay away from the faces: with q_nj ≥ e^{−M} the same slopes are at least −M, and the energy is smooth there.

KL(q̄ ‖ u) ≥ 0 by x log x ≥ x − 1 with x = k q̄_j.  The sign of L_ent: Σ q log q ≤ 0, so the entropy as it is penalised in (14) is not
non-negative (−log k at the uniform assignment); it is bounded below by −log k, which is all that the proof uses.  With the
other sign, L_ent = mean entropy, non-negativity holds.
On a face, 0 log 0 = 0 extends all of this by continuity; the predicates are written where every q_nj > 0.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
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
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.figures.lyapunov import slope_at_the_face
from ddcl_theory.claims.ddcl.float_rows import inside, regulariser_parts
from ddcl_theory.domain import Domain, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, positive

ASSIGNED = Domain((simplex("q", "n", "k"),), {"n": (1, 2), "k": (1, 4)})
BOUNDED = Domain((simplex("q", "n", "k"), real("M")), {"n": (1, 2), "k": (2, 4)})
OPEN = Hypothesis("q-interior", r"q_{nj} > 0", positive(lambda x: [v for row in x.q for v in row]))
LARGE = Hypothesis("M-large", r"M \ge 10", at_least_zero(lambda x: x.M - 10))


def slopes(f, x):
    """n · ∂f/∂q_nj, so that a term that averages over the samples has the slope of one of them."""
    return [x.n * ex.differentiate(f, v) for row in x.q for v in row]


def _bounded_slopes(f):
    return at_least_zero(lambda x: [s + x.M for s in slopes(f(x.q), x)])


def _away(value):
    return Hypothesis("away", r"\text{shares} \ge e^{-M}", at_least_zero(lambda x: [ex.log(s) + x.M for s in value(x)]))


def _entries(x):
    return [v for row in x.q for v in row]


def _shares(x):
    return [x.k * ex.mean(row[j] for row in x.q) for j in range(x.k)]


def _near_faces(sizes, cases, generator):
    """Assignments with entries down to e^{−40} and M from 10 to 40."""
    import torch

    logits = 20 * torch.rand(cases, sizes["n"], sizes["k"], generator=generator, dtype=torch.float64) ** 2
    column = 25 * torch.rand(cases, 1, sizes["k"], generator=generator, dtype=torch.float64)
    column = column * (torch.arange(cases)[:, None, None] % 2)
    return {
        "q": torch.softmax(-logits - column, -1),
        "M": 10 + 30 * torch.rand(cases, generator=generator, dtype=torch.float64) ** 2,
    }


FAR = {"q": [["99999999999999999999/100000000000000000000", "1/100000000000000000000"]], "M": 30}
EDGE = {"q": [["999999999/1000000000", "1/1000000000"]], "M": 10}
HALF = {"q": [["1/2", "1/2"]], "M": 10}


def differentiable(name, symbol, f, share, shares, breaks):
    """Slopes of at least −M, amended by shares of at least e^{−M}."""
    conclusion = _bounded_slopes(f)
    twin = Twin(
        "slopes of at most −M",
        Statement(BOUNDED, at_least_zero(lambda x: [-s - x.M for s in slopes(f(x.q), x)]), (OPEN, LARGE)),
        witness=HALF,
    )
    corrected = Part(
        id=f"{name}-amended",
        says=rf"\nabla {symbol} \ge -M,\, M \ge 10, \text{{ where }} {share} \ge e^{{-M}}",
        statement=Statement(BOUNDED, conclusion, (OPEN, LARGE, _away(shares))),
        checks=(Symbolic(f"ddcl.theorem4_hypotheses:{name}"), Property(draw=_near_faces)),
        example=HALF,
        twins=(twin,),
        neighbours=(
            Neighbour(
                "half the slopes",
                Statement(
                    BOUNDED,
                    at_least_zero(lambda x: [s / 2 + x.M for s in slopes(f(x.q), x)]),
                    (OPEN, LARGE, _away(shares)),
                ),
            ),
        ),
    )
    return Part(
        id=name,
        says=rf"\nabla {symbol} \ge -M \text{{ on the simplex for }} M \ge 10",
        statement=Statement(BOUNDED, conclusion, (OPEN, LARGE)),
        checks=(Certified(candidates=(EDGE, FAR, HALF)), Property(draw=_near_faces)),
        example=HALF,
        twins=(twin,),
        neighbours=(
            Neighbour(
                "half the slopes, away from the faces",
                Statement(
                    BOUNDED,
                    at_least_zero(lambda x: [s / 2 + x.M for s in slopes(f(x.q), x)]),
                    (OPEN, LARGE, _away(shares)),
                ),
            ),
        ),
        amendment=Amendment(
            part=corrected,
            breaks=FailingStep("Theorem 4, hypothesis 2", breaks),
            advice="Keep every q_nj above a floor, or leave the logarithms out; a softmax keeps q > 0 but not above a floor.",
            examples=lambda k, d: ({"q": [[f"1/{k}"] * k], "M": 12}, "1"),
        ),
    )


ENTROPY = differentiable(
    "entropy",
    r"L_{\mathrm{ent}}",
    e.negative_entropy,
    "q_{nj}",
    _entries,
    "q log q has slope −∞ at q = 0, so L_ent is not continuously differentiable on any face of the simplex",
)
BALANCE = differentiable(
    "balance",
    r"L_{\mathrm{bal}}",
    e.balance,
    r"k \bar q_j",
    _shares,
    "q̄ log q̄ has slope −∞ at q̄ = 0, so L_bal is not continuously differentiable where a cluster is empty",
)

ANY_BOUND = Domain((nonnegative("M"),))


def at_every_bound(gap):
    """−M minus the slope 1 + log q of q log q at q = e^{−M−gap}."""

    def value(x):
        h = ex.variable("h")
        slope = ex.differentiate(h * ex.log(h), h)
        return -x.M - ex.substitute(slope, {h: ex.exp(-x.M - gap)})

    return value


EVERY_BOUND = Part(
    id="every-bound",
    says=r"\text{for every } M \text{ some slope of } q \log q \text{ is below } -M",
    statement=Statement(ANY_BOUND, positive(at_every_bound(2))),
    checks=(Symbolic("ddcl.theorem4_hypotheses:every_bound"), Property()),
    example={"M": 3},
    twins=(Twin("at e^(1 − M)", Statement(ANY_BOUND, positive(at_every_bound(-1))), witness={"M": 0}),),
    neighbours=(Neighbour("at e^(−M − 3)", Statement(ANY_BOUND, positive(at_every_bound(3)))),),
)

LINES = Domain(
    (
        real("z", "n", "d"),
        real("p", "k", "d"),
        real("q", "n", "k"),
        real("a", "k", "d"),
        real("b", "n", "k"),
        real("sep"),
        real("weight"),
    ),
    {"n": (1, 1), "k": (1, 2), "d": (1, 2)},
)


def along_line(x, bend=0):
    """The fourth derivative of E without logarithms along P + ta, Q + tb; bend adds a quartic term."""

    def value(t):
        p = e.moved(x.p, t, x.a)
        return e.smooth(x.z, p, e.moved(x.q, t, x.b), x.sep, x.weight) + bend * ex.norm2([ex.norm2(row) for row in p])

    return ex.derivative_at_zero(value, 4)


POLYNOMIAL = Part(
    id="polynomial",
    says=r"E \text{ without logarithms is a polynomial of degree 3, so } C^\infty",
    statement=Statement(LINES, equals_zero(along_line)),
    checks=(Symbolic("ddcl.theorem4_hypotheses:polynomial"), Property()),
    example={"z": [[0]], "p": [[1]], "q": [[1]], "a": [[1]], "b": [[1]], "sep": 1, "weight": 1},
    twins=(
        Twin(
            "with a quartic term",
            Statement(LINES, equals_zero(lambda x: along_line(x, 1))),
            witness={"z": [[0]], "p": [[0]], "q": [[0]], "a": [[1]], "b": [[0]], "sep": 0, "weight": 0},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(LINES, equals_zero(lambda x: 2 * along_line(x)))),),
)


def lower(identifier, says, f, proof, twin, checks=None, amendment=None, harmless=None):
    """f(q) ≥ 0 inside the simplex; harmless: a variation that holds where f ≥ 0 itself does not."""
    return Part(
        id=identifier,
        says=says,
        statement=Statement(ASSIGNED, at_least_zero(f), (OPEN,)),
        example={"q": [["1/4", "3/4"]]},
        checks=checks or (Symbolic(proof), Property(draw=inside(ASSIGNED))),
        twins=(twin,),
        amendment=amendment,
        neighbours=(
            Neighbour("doubled", Statement(ASSIGNED, at_least_zero(harmless or (lambda x: 2 * f(x))), (OPEN,))),
        ),
    )


BALANCE_SIGN = lower(
    "balance-nonnegative",
    r"L_{\mathrm{bal}} \ge 0",
    lambda x: e.balance(x.q),
    "ddcl.theorem4_hypotheses:nonnegative_balance",
    Twin(
        "the opposite sign",
        Statement(ASSIGNED, at_least_zero(lambda x: -e.balance(x.q)), (OPEN,)),
        witness={"q": [["1/4", "3/4"]]},
    ),
)
BELOW = lower(
    "entropy-bounded",
    r"L_{\mathrm{ent}} \ge -\log k",
    lambda x: e.negative_entropy(x.q) + ex.log(x.k),
    "ddcl.theorem4_hypotheses:bounded_entropy",
    Twin(
        "half the bound",
        Statement(ASSIGNED, at_least_zero(lambda x: 2 * e.negative_entropy(x.q) + ex.log(x.k)), (OPEN,)),
        witness={"q": [["1/2", "1/2"]]},
    ),
)
SIGN_TWIN = Twin(
    "shifted by log k + 1",
    Statement(ASSIGNED, at_least_zero(lambda x: e.negative_entropy(x.q) - ex.log(x.k) - 1), (OPEN,)),
    witness={"q": [["1/2", "1/2"]]},
)
ENTROPY_SIGN = lower(
    "entropy-nonnegative",
    r"L_{\mathrm{ent}} \ge 0,\ L_{\mathrm{ent}} = \textstyle\sum_j q_j \log q_j",
    lambda x: e.negative_entropy(x.q),
    "",
    SIGN_TWIN,
    checks=(Certified(candidates=({"q": [["1/2", "1/2"]]}, {"q": [[1]]})), Property(draw=inside(ASSIGNED))),
    harmless=lambda x: e.negative_entropy(x.q) + ex.log(x.k),
    amendment=Amendment(
        part=lower(
            "entropy-nonnegative-amended",
            r"L_{\mathrm{ent}} \ge -\log k",
            lambda x: e.negative_entropy(x.q) + ex.log(x.k),
            "ddcl.theorem4_hypotheses:bounded_entropy",
            SIGN_TWIN,
        ),
        breaks=FailingStep(
            "Theorem 4, hypothesis 3", "Σ q log q is negative inside the simplex; only its negative is an entropy"
        ),
        advice="Boundedness below is what the argument needs, and both signs have it: −log k and 0.",
    ),
)
OTHER_SIGN = lower(
    "entropy-nonnegative",
    r"L_{\mathrm{ent}} \ge 0,\ L_{\mathrm{ent}} = -\textstyle\sum_j q_j \log q_j",
    lambda x: -e.negative_entropy(x.q),
    "ddcl.theorem4_hypotheses:nonnegative_entropy",
    Twin(
        "the opposite sign",
        Statement(ASSIGNED, at_least_zero(lambda x: e.negative_entropy(x.q)), (OPEN,)),
        witness={"q": [["1/2", "1/2"]]},
    ),
)

CLAIM = Claim(
    id="ddcl.theorem4.hypotheses",
    title="The regularisers satisfy the theorem's hypotheses",
    source=Source("ddcl", "Theorem 4, Section 4.3, (13)-(15)"),
    says=r"E \text{ is continuously differentiable, } L_{\mathrm{bal}} \text{ and } L_{\mathrm{ent}} \text{ are non-negative}",
    derivation=__doc__,
    readings=(
        Reading(
            "negative-entropy",
            "L_ent = Σ q log q, the penalised negative entropy",
            (POLYNOMIAL, BALANCE, ENTROPY, BALANCE_SIGN, ENTROPY_SIGN, BELOW),
            as_printed=True,
        ),
        Reading("entropy", "L_ent = −Σ q log q, the entropy itself", (POLYNOMIAL, BALANCE, BALANCE_SIGN, OTHER_SIGN)),
        Reading("every-bound", "what the witnesses of the slopes show at one M, for every M at once", (EVERY_BOUND,)),
        *(
            Reading(dtype, f"the regularisers of ddcl_core in {dtype}", regulariser_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
    figures=(
        Figure(
            "slope",
            "Slope of the entropies near a face",
            "Two straight lines falling without bound on a logarithmic axis",
            "The derivatives of L_ent and L_bal (one sample, k = 2) with respect to the share h of the second prototype fall like "
            "log h (the two coincide): there is no bound, so neither is continuously differentiable on the closed simplex.",
            slope_at_the_face,
        ),
    ),
)
