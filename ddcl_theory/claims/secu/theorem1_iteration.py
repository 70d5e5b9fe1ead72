"""After (15): the closed form is gradient descent with learning rate 1, and iterating it converges.

The gradient of (12) in w is (1/λ) Σ (1 − p_i)(w − x_i).  The appendix prints w − m, m = Σ (1 − p_i) x_i / Σ (1 − p_i): the
gradient times λ / Σ (1 − p_i).  So w ↦ m is a gradient step of length λ / Σ (1 − p_i), which changes with w and grows without
bound as the predictions approach 1.

Convergence.  F(w) = Π(Σ (1 − p_i) x_i) has cycles.  On the line: positives 1, −1, −1, other centre 1, e^{1/λ} = 32.  At w = 1
all weights are ½ and s = −½; at w = −1 they are 1024/1025 and twice 1/1025, and s = 1022/1025: w alternates for ever.  It does
so as well if all centres are updated at once: let each other cluster have one positive, at its centre v; Π((1 − p) v) = v.  So
the other centres of both examples stay where they are, held or not.  An open half-space of positives, under which (4)
characterises the optimum (`secu.theorem1`), does not prevent it: positives e_1, e_2, other centres a = (4, 3)/5 and b = (3,
4)/5, e^{1/(5λ)} = q = 5/2.  Both positives have S = q⁴ + q³, so that F(a) is proportional to (1/(q⁴ + S), 1/(q³ + S)), i.e. to
(q + 2, 2q + 1) = (9/2, 6): F(a) = b and, by symmetry, F(b) = a.

What descends: f = Σ φ(x_i·w/λ) with φ'' = p (1 − p) ≤ ¼, so that for n positives and unit z
    f(z) ≤ f(w) − s·(z − w)/λ + n |z − w|²/(8λ²) = f(w) − g·(z − w)/λ,   g = s + n w/(4λ),
and z = Π(g) makes g·(z − w) ≥ 0.  The damped update w ↦ Π(s + n w/(4λ)) never raises f.  It is projected gradient descent with
the constant learning rate 4λ²/n; its fixed points are the stationary points with s·w > −n/(4λ), those of F among them.
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
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.claims.secu.float_rows_centres import second_update_part
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, positive

PLACE = "Appendix A.3, after (15)"
SIZES = {"n": (1, 3), "o": (1, 2), "d": (1, 2)}
CENTRE = (real("x", "n", "d"), real("w", "d"), real("v", "o", "d"))
SLOPE = Domain((*CENTRE, real("u", "d"), temperature("T")), SIZES)
STEP = Domain((*CENTRE, real("z", "d"), temperature("T")), SIZES)
CYCLE = Domain((*CENTRE, real("z", "d"), real("u", "d"), temperature("T")), {**SIZES, "n": (1, 2)})
#: In the statements about cycles λ is T/5, so that e^{x·w/λ} is rational at the points (4, 3)/5 and (3, 4)/5.
FINE = 5


def odd(row, w, v, t):
    """e^{(|x − w|² − |x − v|²)/2λ}: the odds of v against w in (12)."""
    return ex.boltzmann((ex.norm2(ex.minus(row, v)) - ex.norm2(ex.minus(row, w))) / 2, t)


def distances(row, w, x):
    """Σ_l of the odds of the other centres."""
    return ex.total(odd(row, w, v, x.T) for v in x.v)


def objective(x, w):
    """(12): Σ log(e^{−|x − w|²/2λ} + Σ_l e^{−|x − v_l|²/2λ}) + |x − w|²/2λ."""
    return ex.total(ex.log(1 + distances(row, w, x)) for row in x.x)


def weights(x):
    """1 − p at w."""
    return [distances(row, x.w, x) / (1 + distances(row, x.w, x)) for row in x.x]


def printed(x):
    """u·(w − Σ (1 − p) x / Σ (1 − p))."""
    held = weights(x)
    mean = [ex.total(c * row[a] for c, row in zip(held, x.x, strict=True)) / ex.total(held) for a in range(x.d)]
    return ex.dot(ex.minus(x.w, mean), x.u)


def slope(x):
    """u·∇ of (12)."""
    return ex.derivative_at_zero(lambda h: objective(x, ex.plus(x.w, ex.scaled(h, x.u))))


def printed_gap(x, sign=1):
    return slope(x) - sign * printed(x)


def step_gap(x, scale=1, share=1):
    """λ u·∇ − Σ (1 − p) u·(w − m)."""
    return scale * (x.T * slope(x) - share * ex.total(weights(x)) * printed(x))


def pull(x, w, fine=1):
    return s.pull(x.x, ex.scaled(fine, w), [ex.scaled(fine, v) for v in x.v], x.T)


def updates(name, of, to):
    """to = Π(s(of)): s is a multiple of `to`, a positive one."""

    def crosswise(x):
        found = pull(x, getattr(x, of), FINE)
        along = ex.dot(found, getattr(x, to))
        return [a - along * b for a, b in zip(found, getattr(x, to), strict=True)]

    return (
        Hypothesis(f"{name}-direction", rf"s({of}) = (s({of}) \cdot {to})\, {to}", equals_zero(crosswise)),
        Hypothesis(
            f"{name}-sign",
            rf"s({of}) \cdot {to} > 0",
            positive(lambda x: ex.dot(pull(x, getattr(x, of), FINE), getattr(x, to))),
        ),
    )


def moved(x):
    return ex.minus(x.z, x.w)


def damped(x):
    """g = s + n w/(4λ)."""
    return [a + len(x.x) * b / (4 * x.T) for a, b in zip(pull(x, x.w), x.w, strict=True)]


def damped_crosswise(x):
    """g_a z_b − g_b z_a, and 0 for the line, where nothing lies across z."""
    g = damped(x)
    return [ex.ZERO, *(g[a] * x.z[b] - g[b] * x.z[a] for a in range(x.d) for b in range(a + 1, x.d))]


def fall(x, scale=1):
    """e^{f(w)} − e^{f(z)}."""
    return scale * (s.odds(x.x, x.w, x.v, x.T) - s.odds(x.x, x.z, x.v, x.T))


DAMPED = (
    Hypothesis("damped-direction", r"g \parallel z", equals_zero(damped_crosswise)),
    Hypothesis("damped-sign", r"g \cdot z \ge 0", at_least_zero(lambda x: ex.dot(damped(x), x.z))),
)
UNIT = s.unit("x", "w", "z")
THERE_AND_BACK = (*updates("first", "w", "z"), *updates("second", "z", "w"))
HALF_SPACE = Hypothesis(
    "half-space", r"x_i \cdot u > 0 \text{ for every positive}", positive(lambda x: [ex.dot(row, x.u) for row in x.x])
)
ALTERNATING = {
    "x": [[1], [-1], [-1]], "w": [1], "v": [[1]], "z": [-1], "u": [1], "T": {"s": "1/2"},
}  # fmt: skip
AROUND = {
    "x": [[1, 0], [0, 1]], "w": ["4/5", "3/5"], "v": [["4/5", "3/5"], ["3/5", "4/5"]], "z": ["3/5", "4/5"],
    "u": [1, 1], "T": {"s": "2/5"},
}  # fmt: skip
FIXED = {"x": [[1]], "w": [1], "v": [[-1]], "z": [1], "u": [1], "T": {"s": "1/2"}}
AT_A_CENTRE = {"x": [[1]], "w": [-1], "v": [[-1]], "u": [1], "T": 1}
ACROSS = {"x": [[1]], "w": [-1], "v": [[-1]], "z": [1], "T": {"s": "1/2"}}
draw_cycles = s.spherical(CYCLE, "x", "w", "v", "z", "u")


def damped_steps(sizes, cases, generator):
    """Unit vectors with z the damped update of w."""
    import torch

    batch = s.spherical(STEP, "x", "w", "v")(sizes, cases, generator)
    t = batch["T"][:, None]
    own = torch.exp((batch["x"] * batch["w"][:, None]).sum(-1) / t)
    rivals = torch.exp(batch["x"] @ batch["v"].mT / t[..., None]).sum(-1)
    g = ((rivals / (own + rivals))[..., None] * batch["x"]).sum(1) + sizes["n"] * batch["w"] / (4 * t)
    return {**batch, "z": g / g.norm(dim=-1, keepdim=True)}


STEP_LENGTH = Part(
    id="gradient",
    says=r"w - \tfrac{\lambda}{\sum_i 1 - p_i} \nabla \mathcal L(w) = \frac{\sum_i (1 - p_i) x_i}{\sum_i 1 - p_i}",
    statement=Statement(SLOPE, equals_zero(step_gap)),
    checks=(Symbolic("secu.theorem1_iteration:step"), Property(draw=s.spherical(SLOPE, "x", "w", "v", "u"))),
    example=AT_A_CENTRE,
    twins=(
        Twin(
            "half the step",
            Statement(SLOPE, equals_zero(lambda x: step_gap(x, share=ex.Fraction(1, 2)))),
            witness=AT_A_CENTRE,
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(SLOPE, equals_zero(lambda x: step_gap(x, 3)))),),
)
GRADIENT = Part(
    id="gradient",
    says=r"\nabla \mathcal L(w) = w - \frac{\sum_i (1 - p_i) x_i}{\sum_i 1 - p_i}, \quad \mathcal L \text{ the objective (12)}",
    statement=Statement(SLOPE, equals_zero(printed_gap), s.unit("x", "w", "v")),
    checks=(
        Certified(candidates=(AT_A_CENTRE,)),
        Property(also=(AT_A_CENTRE,), draw=s.spherical(SLOPE, "x", "w", "v", "u")),
    ),
    example=AT_A_CENTRE,
    twins=(
        Twin(
            "the opposite sign",
            Statement(SLOPE, equals_zero(lambda x: printed_gap(x, -1)), s.unit("x", "w", "v")),
            witness=AT_A_CENTRE,
        ),
    ),
    neighbours=(Neighbour("the step's length", STEP_LENGTH.statement, example=AT_A_CENTRE),),
    amendment=Amendment(
        STEP_LENGTH,
        breaks=FailingStep(
            PLACE,
            "the printed gradient is that of (12) times λ/Σ(1 − p), a factor that depends on w through p; the learning rate 1 "
            "belongs to the printed field, not to the loss",
        ),
        advice="do not take from (15) that a constant learning rate for centres is 1: the step that (4) makes on the loss is "
        "λ/Σ(1 − p), large exactly where the cluster is well separated",
    ),
)
DESCENT = Part(
    id="converges",
    says=r"z = \Pi\big(s(w) + \tfrac{n}{4\lambda} w\big) \Rightarrow f(z) \le f(w)",
    statement=Statement(STEP, at_least_zero(fall), (*UNIT, *DAMPED)),
    checks=(Symbolic("secu.theorem1_iteration:damped_descent"), Property(also=(ACROSS,), draw=damped_steps)),
    example=ACROSS,
    twins=(
        Twin(
            "ascent",
            Statement(STEP, at_least_zero(lambda x: fall(x, -1)), (*UNIT, *DAMPED)),
            witness=ACROSS,
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(STEP, at_least_zero(lambda x: fall(x, 3)), (*UNIT, *DAMPED))),
    ),
)  # fmt: skip
NO_TURN = Hypothesis("no-turn", r"z \cdot w = 1", equals_zero(lambda x: 1 - ex.dot(x.z, x.w)))


def _converges(candidate, hypotheses, says):
    given = (*UNIT, *s.unit("v"), *hypotheses, *THERE_AND_BACK)
    return Part(
        id="converges",
        says=says,
        statement=Statement(CYCLE, equals_zero(moved), given),
        checks=(Certified(candidates=(candidate,)), Property(also=(candidate, FIXED), draw=draw_cycles)),
        example=FIXED,
        twins=(
            Twin(
                "to the opposite point",
                Statement(CYCLE, equals_zero(lambda x: ex.plus(x.z, x.w)), given),
                witness=FIXED,
            ),
        ),
        neighbours=(Neighbour("at no angle", Statement(CYCLE, equals_zero(moved), (*given, NO_TURN)), example=FIXED),),
        amendment=Amendment(
            DESCENT,
            breaks=FailingStep(
                "after (5), before §3.3",
                "that several iterations may be needed for convergence takes for granted that they converge; a step of length "
                "λ/Σ(1 − p) can overshoot, because the weights of the positives it neglects grow; (13) takes the least value in w of a "
                "largest value in q, which is not a majoriser of the loss that its steps would lower",
            ),
            advice="damp the update: w ← Π(s + n w/(4λ)), n the number of positives, never raises the loss of a centre and needs "
            "no learning rate either",
        ),
    )


NO_CYCLE = r"F(w) = z,\ F(z) = w \Rightarrow z = w, \quad F(w) = \Pi\big(\textstyle\sum_i (1 - p_i) x_i\big)"
CLAIM = Claim(
    id="secu.theorem1.iteration",
    title="Iterating the closed form",
    source=Source("secu", "Appendix A.3 after (15), Remark"),
    says=r"\text{(4) is gradient descent with learning rate 1, and iterating it converges}",
    derivation=__doc__,
    uses=("secu.theorem1", "secu.loss"),
    readings=(
        Reading(
            "iteration",
            "labels and features held, other centres held or at rest; convergence from every start, of which cycles are the opposite",
            (GRADIENT, _converges(ALTERNATING, (), NO_CYCLE)),
            as_printed=True,
        ),
        Reading(
            "half-space",
            "the same with all positives in an open half-space",
            (_converges(AROUND, (HALF_SPACE,), NO_CYCLE + r" \text{ if } x_i \cdot u > 0"),),
        ),
        *(
            Reading(dtype, f"two updates of ddcl_core in {dtype}", (second_update_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
