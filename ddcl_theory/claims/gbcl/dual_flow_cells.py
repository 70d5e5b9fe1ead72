"""Parts about the gradient (29) of a cell of the dual layer, and about cells that move with the outputs."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import base_flow_cells as cells
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero

SIZES = {"n": (1, 3), "d": (1, 2)}
SAMPLES = real("z", "n", "d")
# --- the gradient, word by word ---
SLOPE = Domain((SAMPLES, nonnegative("a", "n"), real("o", "n"), real("m", "d"), real("r", "n")), SIZES)
CENTROID = Hypothesis(
    "centroid",
    r"n_j \mu_j = \textstyle\sum_i a_i x_i",
    equals_zero(lambda x: ex.minus(ex.scaled(ex.total(x.a), x.m), f.output(x.z, x.a))),
)
TWO = {"z": [[1], [1]], "a": [1, 1], "o": [1, 1], "m": [1], "r": [1, 0]}
ONE = {**TWO, "a": [1, 0]}


def draw_centred(sizes, cases, generator):
    """Float cases with μ the centroid."""
    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(SLOPE, sizes, cases, generator)
    z, o, r = (batch[name].clamp(-5, 5) for name in ("z", "o", "r"))
    a = batch["a"].clamp(0.01, 5)
    return {"z": z, "a": a, "o": o, "m": (a[:, :, None] * z).sum(1) / a.sum(1, keepdim=True), "r": r}


def weight_slopes(x):
    """∂E^j/∂Ω by exact rules."""
    return f.slopes(f.error(x.z, x.a, f.output(x.z, x.o)), x.o)


def slope_gap(x, factor):
    """r·(∇E − factor (XᵀXΩ − Xᵀμ))."""
    return ex.dot(x.r, ex.minus(weight_slopes(x), ex.scaled(factor(x), f.normal(x.z, x.o, x.m))))


def _slope(factor, *given, times=1):
    return Statement(SLOPE, equals_zero(lambda x: times * slope_gap(x, factor)), (f.OCCUPIED, CENTROID, *given))


def per_sample(x):
    return 2 * ex.total(x.a)


TRUE_SLOPE = Part(
    id="gradient-corrected",
    says=r"\nabla_{\Omega_j} E^j = 2 n_j (X^\top X \Omega_j - X^\top \mu_j)",
    statement=_slope(per_sample),
    checks=(Symbolic("gbcl.dual_flow:slope"), Property(also=(TWO,), draw=draw_centred)),
    example=TWO,
    twins=(Twin("without the 2", _slope(lambda x: ex.total(x.a)), TWO),),
    neighbours=(Neighbour("doubled", _slope(per_sample, times=2), example=TWO),),
)
GRADIENT = Part(
    id="gradient",
    says=r"\nabla_{\Omega_j} E^j = 2 (X^\top X \Omega_j - X^\top \mu_j)",
    statement=_slope(lambda x: 2),
    checks=(Certified(candidates=(TWO,)), Property(also=(TWO, ONE), draw=draw_centred)),
    example=TWO,
    twins=(Twin("without the 2", _slope(lambda x: 1), TWO),),
    neighbours=(
        Neighbour(
            "a cell of one sample",
            _slope(lambda x: 2, Hypothesis("one", "n_j = 1", equals_zero(lambda x: ex.total(x.a) - 1))),
            example=ONE,
        ),
    ),
    amendment=Amendment(
        TRUE_SLOPE,
        FailingStep(
            "(29)",
            "two slips: the sum over the n_j samples of the cell is lost between the two sides, and x_i is left outside of its sum, "
            "an index that nothing binds; read as μ_j, as in (30), the factor n_j is still missing",
        ),
        "the modes of the layer as trained decay as e^{−2 n_j σ_i² t}: large cells settle first, and the learning rate must stay "
        "below 1/(max n_j · σ_1²)",
    ),
)

# --- moving cells ---
LINE = Domain(
    (real("z", "n", 1), real("w", "n", "k"), nonnegative("q", "n", "k"), above_zero("x")), {"n": (1, 3), "k": (1, 2)}
)


def starts(x):
    """The outputs at the start."""
    return [f.output(x.z, cells.masses(x.w, j)) for j in range(x.k)]


def later(x):
    """The outputs at e^{−σ² t} = x, with σ² = Σ z² the only eigenvalue on a line, and the cells held."""
    return [f.way(p, f.centroid(x.z, cells.masses(x.q, j)), x.x) for j, p in enumerate(starts(x))]


VORONOI = Hypothesis(
    "voronoi-q",
    r"q_{nj} > 0 \Rightarrow \|x_n - y_j\| \le \|x_n - y_l\|",
    at_least_zero(lambda x: cells.nearer(x.z, starts(x), x.q)),
)


def _stays(*given, factor=1):
    return Statement(
        LINE,
        at_least_zero(lambda x: cells.nearer(x.z, [ex.scaled(factor, p) for p in later(x)], x.q)),
        (cells.one_hot("q"), VORONOI, cells.occupied("q"), cells.WITHIN, *given),
    )


SIDES = {"z": [[0], [3], [10]], "w": [[0, 0], [0, 0], [-1, "6/5"]], "q": [[1, 0], [0, 1], [0, 1]], "x": "1/18"}


def descent(x, factor=2):
    """dE/dt + factor n_j ‖XᵀXΩ − Xᵀμ‖² along (30)."""
    gap = f.normal(x.z, x.o, x.m)
    return factor * ex.total(x.a) * ex.norm2(gap) - ex.dot(weight_slopes(x), gap)


def _descent(factor=2, times=1):
    return Statement(SLOPE, equals_zero(lambda x: times * descent(x, factor)), (CENTROID,))


# --- at rest, and on the way, with the cells of the moment ---
REST = Domain((SAMPLES, nonnegative("a", "n"), real("o", "n")), SIZES)
RESTING = {"z": [[1, 0], [0, 1]], "a": [1, 1], "o": ["1/2", "1/2"]}
STANDSTILL = Hypothesis(
    "at-rest",
    r"\dot\Omega = -(X^\top X \Omega - X^\top \mu_j) = 0",
    equals_zero(lambda x: f.normal(x.z, ex.scaled(ex.total(x.a), x.o), f.output(x.z, x.a))),
)


def off_centroid(x, factor=1):
    """‖n_j XΩ − factor Σ_i a_i x_i‖²."""
    return ex.norm2(ex.minus(f.output(x.z, ex.scaled(ex.total(x.a), x.o)), ex.scaled(factor, f.output(x.z, x.a))))


def _rest(factor=1, times=1):
    return Statement(REST, equals_zero(lambda x: times * off_centroid(x, factor)), (f.OCCUPIED, STANDSTILL))


AT_CENTROID = Part(
    id="rest",
    says=r"\text{at rest only with outputs at the centroids of the current cells: } "
    r"\dot\Omega_j = 0 \Rightarrow X \Omega_j = \mu_j",
    statement=_rest(),
    checks=(Symbolic("gbcl.dual_flow:at_rest"), Certified(candidates=(RESTING,))),
    example=RESTING,
    twins=(Twin("at half of the centroid", _rest(ex.Fraction(1, 2)), RESTING),),
    neighbours=(Neighbour("doubled", _rest(times=2), example=RESTING),),
)

COURSE = Domain((*LINE.variables, nonnegative("p", "n", "k")), LINE.sizes)
CHANGED = {**SIDES, "p": [[1, 0], [1, 0], [0, 1]]}
UNCHANGED = {**SIDES, "x": "17/18", "p": SIDES["q"]}
CELLS_THEN = Hypothesis(
    "voronoi-p",
    r"p_{nj} > 0 \Rightarrow \|x_n - y_j(t)\| \le \|x_n - y_l(t)\|",
    at_least_zero(lambda x: cells.nearer(x.z, later(x), x.p)),
)


def residual(x, rate=1):
    """dy_j/dt + σ² (y_j − μ_j(t)) on y_j = μ_j(0) + e^{−σ² t} (y_j(0) − μ_j(0)), with the cells p of that time; σ² = Σ z²."""
    energy = ex.total(ex.norm2(s) for s in x.z)
    found = []
    for j, start in enumerate(starts(x)):
        mu = f.centroid(x.z, cells.masses(x.q, j))

        def path(left, start=start, mu=mu):
            return f.way(start, mu, left)

        now = ex.minus(path(x.x), f.centroid(x.z, cells.masses(x.p, j)))
        found += ex.plus(f.velocity(path, x.x, rate * energy), ex.scaled(energy, now))
    return found


def _course(*given, rate=1):
    start = (cells.one_hot("q"), VORONOI, cells.occupied("q"), cells.WITHIN, cells.one_hot("p"), CELLS_THEN)
    return Statement(COURSE, equals_zero(lambda x: residual(x, rate)), (*start, cells.occupied("p"), *given))


HELD = Domain((SAMPLES, nonnegative("a", "n"), real("o", "n"), real("r", "n"), above_zero("x")), {**SIZES, "d": (1, 1)})
HELD_POINT = {"z": [[0], [2]], "a": [1, 1], "o": [0, 1], "r": [1, 1], "x": "1/2"}


def held(x, rate=1):
    """r·Xᵀ(dy/dt + σ² (y − μ)) on the same path, with one cell held."""
    energy, mu = ex.total(ex.norm2(s) for s in x.z), f.centroid(x.z, x.a)

    def path(left):
        return f.way(f.output(x.z, x.o), mu, left)

    moving = ex.plus(f.velocity(path, x.x, rate * energy), ex.scaled(energy, ex.minus(path(x.x), mu)))
    return ex.dot(x.r, f.along(x.z, moving))


def _held(rate=1, times=1):
    return Statement(HELD, equals_zero(lambda x: times * held(x, rate)), (f.OCCUPIED,))


EXPONENTIAL_HELD = Part(
    id="exponential-corrected",
    says=r"y_j(t) = \mu_j + e^{-\sigma^2 t} (y_j(0) - \mu_j) \text{ solves } \dot y_j = -\sigma^2 (y_j - \mu_j) "
    r"\text{ while the cell is held } (d = 1)",
    statement=_held(),
    checks=(Symbolic("gbcl.dual_flow:held"), Property(also=(HELD_POINT,))),
    example=HELD_POINT,
    twins=(Twin("at twice the rate", _held(2), HELD_POINT),),
    neighbours=(Neighbour("doubled", _held(times=2), example=HELD_POINT),),
)
EXPONENTIAL = Part(
    id="exponential",
    says=r"y_j(t) = \mu_j(0) + e^{-\sigma^2 t} (y_j(0) - \mu_j(0)) \text{ solves } \dot y_j = -\sigma^2 (y_j - \mu_j(t)) "
    r"\text{ with the centroids of the cells at } t\ (d = 1)",
    statement=_course(),
    checks=(Certified(candidates=(CHANGED,)),),
    example=UNCHANGED,
    twins=(Twin("at twice the rate", _course(rate=2), CHANGED),),
    neighbours=(Neighbour("in the cells of the start", _course(cells.SAME_THEN), example=UNCHANGED),),
    amendment=Amendment(
        EXPONENTIAL_HELD,
        FailingStep(
            "(30)-(37)",
            "μ_j is taken for a constant; it jumps when a sample changes sides, and with it where the path is heading",
        ),
        "read the modes e^{−σ_i² t} from one change of cells to the next",
    ),
)


DESCENT = Part(
    id="descent",
    says=r"\dot E^j = -2 n_j \|X^\top X \Omega_j - X^\top \mu_j\|^2 \text{ along (30), with the cell held}",
    statement=_descent(),
    checks=(Symbolic("gbcl.dual_flow:descent"), Property(also=(TWO,), draw=draw_centred)),
    example=TWO,
    twins=(Twin("half as fast", _descent(1), TWO),),
    neighbours=(Neighbour("doubled", _descent(times=2), example=TWO),),
)
STAYS = Part(
    id="cells-stay",
    says=r"\text{on the way of the outputs to the centroids of their Voronoi cells every sample stays in its cell } (d = 1)",
    statement=_stays(),
    checks=(Certified(candidates=(SIDES,)),),
    example={**SIDES, "x": 1},
    twins=(Twin("even three times as far", _stays(factor=3), SIDES),),
    neighbours=(
        Neighbour("one prototype", _stays(cells.ALONE), example={"z": [[1]], "w": [[2]], "q": [[1]], "x": "1/2"}),
    ),
    amendment=Amendment(
        DESCENT,
        FailingStep("(27)-(35)", "n_j and μ_j are taken for constants, while the Voronoi cells depend on the outputs"),
        "read (37) between two changes of cells; over changes only the error E is sure to fall",
    ),
)
