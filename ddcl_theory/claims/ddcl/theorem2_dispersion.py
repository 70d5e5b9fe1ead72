"""Parts of Theorem 2 on resistance: near collapse, far out, and far out with the full gradient."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import at_least_zero, positive

STATE = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 3), "d": (1, 2), "n": (1, 2)})
ONE = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 3), "d": (1, 2)})
LINE = Domain((above_zero("x"), temperature("T")))

CYCLE = FailingStep(
    "Appendix E, proof of Theorem 2",
    "a large ‖PS_q‖ is read as a push away from collapse; V pulls prototypes together, and its force vanishes at collapse",
)
FADES = FailingStep(
    "Appendix E, proof of Theorem 2",
    "'attraction remains' for D_P → ∞: each prototype's attraction carries its share, which falls like e^{−d/T}",
)


def soft(z, x):
    return a.assignment(z, x.p, x.T, anchor=ex.minimum(*a.distances(z, x.p)))


def forces(x, weights=None):
    """Σ_n w_n 2 q_nj (z_n − p_j), a row a prototype; w_n = 1/n by default."""
    masses = [ex.Fraction(1, x.n)] * x.n if weights is None else weights
    shares = [soft(z, x) for z in x.z]
    return [
        [
            ex.total(2 * ex.lift(w) * q[j] * (z[i] - x.p[j][i]) for w, z, q in zip(masses, x.z, shares, strict=True))
            for i in range(x.d)
        ]
        for j in range(x.k)
    ]


def dispersion(rows):
    """Σ_{i<j} ‖p_i − p_j‖²: D_P times the number of pairs."""
    return ex.total(ex.norm2(ex.minus(rows[i], rows[j])) for i in range(len(rows)) for j in range(i))


def rate(rows, velocities):
    """d/dt Σ_{i<j} ‖p_i − p_j‖²."""
    return ex.total(
        2 * ex.dot(ex.minus(rows[i], rows[j]), ex.minus(velocities[i], velocities[j]))
        for i in range(len(rows))
        for j in range(i)
    )


# --- near collapse ---
def opening(mode):
    """Second derivative at e = 0 of Ḋ_P on the displacement e ṽ: the first that does not vanish."""

    def value(x):
        steps = c.centred(x)

        def at(e):
            rows = c.moved(x, e, steps)
            shares = [f.collapsed_shares(z, rows, x.z, x.T) for z in x.z]
            if mode == "full":
                return (
                    -2
                    * x.k
                    * e
                    * ex.derivative_at_zero(
                        lambda s: ex.mean(
                            a.quantization(z, moved, f.collapsed_shares(z, moved, x.z, x.T))
                            for moved in [c.moved(x, e + s, steps)]
                            for z in x.z
                        )
                    )
                )
            velocities = [
                [
                    ex.mean(column)
                    for column in zip(
                        *(f.pull_quantization(z, rows, q, j) for z, q in zip(x.z, shares, strict=True)), strict=True
                    )
                ]
                for j in range(x.k)
            ]
            return rate(rows, velocities)

        return ex.derivative_at_zero(at, order=2)

    return value


def resists_collapse(mode):
    multiple = c.MULTIPLE[mode]
    value = opening(mode)

    def statement(*given, factor=1):
        return Statement(c.DISPLACED, positive(lambda x: factor * value(x)), given)

    between = {**c.COOL, "T": multiple + 1}
    twin = Twin("at twice the threshold", statement(c.VARY, c.cold(2 * multiple)), between)
    return Part(
        id="resists-collapse",
        says=r"\dot D_P > 0 \text{ near } D_P = 0 \text{ wherever the data vary along the displacement}",
        statement=statement(c.VARY),
        checks=(Certified(candidates=(c.BOILING, c.COOL)),),
        example=c.COOL,
        twins=(twin,),
        neighbours=(Neighbour("in the cold", statement(c.VARY, c.cold(multiple)), c.COOL),),
        amendment=Amendment(
            Part(
                id="resists-collapse-when-cold",
                says=rf"\text{{the same where }} T \textstyle\sum_j\|v_j\|^2 < {multiple} \sum_j v_j^\top\Sigma v_j",
                statement=statement(c.VARY, c.cold(multiple)),
                checks=(Symbolic(f"ddcl.collapsed:grows_when_cold_{mode}"),),
                example=c.COOL,
                twins=(twin,),
                neighbours=(Neighbour("doubled", statement(c.VARY, c.cold(multiple), factor=2)),),
            ),
            CYCLE,
            f"Keep T below {multiple} times the largest variance of the features; above it the cycle amplifies collapse.",
            c.examples,
        ),
    )


# --- far out ---
WIDE = Hypothesis(
    "wide",
    r"\textstyle\sum_{i<j}\|p_i - p_j\|^2 \ge 16\,(T + \sum_{m<n}\|z_m - z_n\|^2)",
    at_least_zero(lambda x: dispersion(x.p) - 16 * (x.T + dispersion(x.z))),
)
OUTSIDE = Hypothesis(
    "outside", r"\|p_1\| \ge \|z_n\|", at_least_zero(lambda x: [ex.norm2(x.p[0]) - ex.norm2(z) for z in x.z])
)
RUNAWAY = {"z": [[0]], "p": [[1], [3]], "T": "1/8"}
AROUND = {"z": [[0]], "p": [[3], [-3]], "T": "1/8"}


def contraction(x):
    """−d/dt Σ_{i<j} ‖p_i − p_j‖²."""
    return -rate(x.p, forces(x))


def inward(x):
    """−½ d‖p_1‖²/dt."""
    return -ex.dot(x.p[0], forces(x)[0])


def _outside(predicate, *given):
    return Statement(STATE, at_least_zero(predicate), given)


RESISTS_DISPERSION = Part(
    id="resists-dispersion",
    says=r"\dot D_P \le 0 \text{ where } D_P \text{ is large against } T \text{ and the spread of the data}",
    statement=Statement(STATE, at_least_zero(contraction), (WIDE,)),
    checks=(Certified(candidates=(RUNAWAY, AROUND)), Property()),
    example=AROUND,
    twins=(Twin("whatever D_P", Statement(STATE, at_least_zero(contraction)), RUNAWAY),),
    neighbours=(Neighbour("one prototype outside the data", _outside(inward, OUTSIDE), AROUND),),
    amendment=Amendment(
        Part(
            id="stays-in-the-ball",
            says=r"\|p_j\| \ge \max_n \|z_n\| \Rightarrow \tfrac{d}{dt}\|p_j\|^2 \le 0",
            statement=_outside(inward, OUTSIDE),
            checks=(Symbolic("ddcl.theorem2:stays_in_the_ball"), Property(), Ablation(only=("outside",))),
            example=AROUND,
            twins=(Twin("wherever it is", _outside(inward), {"z": [[2]], "p": [[1], [3]], "T": 1}),),
            neighbours=(Neighbour("doubled", _outside(lambda x: 2 * inward(x), OUTSIDE)),),
        ),
        FADES,
        "What holds is that no prototype is driven out of a ball that contains the data; start prototypes inside it.",
    ),
)


def line_pull(x, distance):
    """Pull on a prototype at this distance from a sample that another prototype holds."""
    q = ex.softmax([0, distance**2], x.T, anchor=0)
    return 2 * q[1] * distance


def fading(x):
    """e^{−(d_j − d_1)/T} − q_j for j ≥ 2."""
    d = a.distances(x.z, x.p)
    q = a.assignment(x.z, x.p, x.T, anchor=d[0])
    return [ex.boltzmann(dj - d[0], x.T) - qj for dj, qj in zip(d[1:], q[1:], strict=True)]


def fading_squared(x):
    """The same with the square of the bound."""
    d = a.distances(x.z, x.p)
    q = a.assignment(x.z, x.p, x.T, anchor=d[0])
    return [ex.boltzmann(dj - d[0], x.T) ** 2 - qj for dj, qj in zip(d[1:], q[1:], strict=True)]


SLOW = {"x": 1, "T": {"s": "1/2"}}
HELD = {"z": [0], "p": [[0], [1]], "T": {"s": "1/2"}}
REMAINS = Part(
    id="attraction-remains",
    says=r"\text{the pull on a prototype at distance } 2x \text{ is at least that at } x",
    statement=Statement(LINE, at_least_zero(lambda x: line_pull(x, 2 * x.x) - line_pull(x, x.x))),
    checks=(Certified(candidates=(SLOW, {"x": "1/10", "T": 1})), Property()),
    example=SLOW,
    twins=(
        Twin(
            "twice that at x",
            Statement(LINE, at_least_zero(lambda x: line_pull(x, 2 * x.x) - 2 * line_pull(x, x.x))),
            SLOW,
        ),
    ),
    neighbours=(
        Neighbour(
            "at most twice that at x",
            Statement(LINE, at_least_zero(lambda x: 2 * line_pull(x, x.x) - line_pull(x, 2 * x.x))),
        ),
    ),
    amendment=Amendment(
        Part(
            id="attraction-fades",
            says=r"q_j \le e^{-(d_j - d_1)/T}",
            statement=Statement(ONE, at_least_zero(fading)),
            checks=(Symbolic("ddcl.theorem2:fades"), Property()),
            example=HELD,
            twins=(Twin("the square of the bound", Statement(ONE, at_least_zero(fading_squared)), HELD),),
            neighbours=(Neighbour("doubled", Statement(ONE, at_least_zero(lambda x: [2 * v for v in fading(x)]))),),
        ),
        FADES,
        "A prototype whose distance exceeds that of the nearest one by several T is lost to training: move it by hand.",
    ),
)


# --- the full gradient ---
def pushed(x, multiple=1):
    """(p_1 − z)·F_1 for one sample, F the full force; multiple weighs what the softmax adds."""
    d = a.distances(x.z, x.p)
    q = a.assignment(x.z, x.p, x.T, anchor=d[0])

    def level(e):
        moved = [ex.plus(x.p[0], ex.scaled(e, ex.minus(x.p[0], x.z))), *x.p[1:]]
        return a.quantization(x.z, moved, a.assignment(x.z, moved, x.T, anchor=d[0]))

    stopped = -2 * q[0] * d[0]
    return stopped + multiple * (-ex.derivative_at_zero(level) - stopped)


def beyond(x, multiple=1):
    """d_1 − L_q − multiple · T."""
    d = a.distances(x.z, x.p)
    q = a.assignment(x.z, x.p, x.T, anchor=d[0])
    return d[0] - ex.dot(q, d) - multiple * x.T


BEYOND = Hypothesis("beyond", r"d_1 > L_q + T", positive(beyond))
HALFWAY = Hypothesis("beyond", r"d_1 > L_q + T/2", positive(lambda x: beyond(x, ex.Fraction(1, 2))))
FAR = {"z": [0], "p": [[2], [0]], "T": 1}
NEARER = {"z": [0], "p": [[1], [0]], "T": 1}


def _pushed(sign, given, factor=1):
    return Statement(ONE, positive(lambda x: sign * factor * pushed(x)), (given,))


FULL_DISPERSION = Part(
    id="resists-dispersion",
    says=r"d_1 > L_q + T \Rightarrow (p_1 - z)\cdot F_1 < 0",
    statement=_pushed(-1, BEYOND),
    checks=(Certified(candidates=(FAR,)), Property()),
    example=FAR,
    twins=(Twin("beyond half of that", _pushed(-1, HALFWAY), FAR),),
    neighbours=(Neighbour("with the stopped gradient", Statement(ONE, positive(lambda x: -pushed(x, 0)), (BEYOND,))),),
    amendment=Amendment(
        Part(
            id="pushed-out",
            says=r"(p_1 - z)\cdot F_1 = 2 q_1 d_1 \{(d_1 - L_q)/T - 1\} > 0 \text{ where } d_1 > L_q + T",
            statement=_pushed(1, BEYOND),
            checks=(Symbolic("ddcl.theorem2:pushed_out"), Property(), Ablation(only=("beyond",))),
            example=FAR,
            twins=(Twin("beyond half of that", _pushed(1, HALFWAY), NEARER),),
            neighbours=(Neighbour("doubled", _pushed(1, BEYOND, 2)),),
        ),
        FailingStep(
            "Appendix E, proof of Theorem 2",
            "through the softmax a far prototype lowers L_q by leaving: its share falls faster than its distance grows",
        ),
        "Stop the gradient at the assignments, or bound the prototypes: the full gradient expels those that are far.",
    ),
)
