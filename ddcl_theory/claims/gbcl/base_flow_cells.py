"""Parts about Voronoi cells that move with the prototypes, for the base flow; on a line the dual flow moves along the same paths."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl.base_flow_frozen import SOLUTION
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

SIZES = {"n": (1, 3), "k": (1, 2), "d": (1, 2)}
CELLS = (real("z", "n", "d"), real("w", "k", "d"), nonnegative("q", "n", "k"))
MOVING = Domain((*CELLS, above_zero("x")), SIZES)


def masses(q, j):
    """The column of cell j."""
    return [row[j] for row in q]


def nearer(z, w, q):
    """q_nj (d_nl − d_nj): all non-negative where every sample is in the cell of a nearest prototype."""
    return [
        share * (ex.norm2(ex.minus(s, other)) - ex.norm2(ex.minus(s, own)))
        for s, row in zip(z, q, strict=True)
        for share, own in zip(row, w, strict=True)
        for other in w
    ]


def _sums(q):
    return [entry * (entry - 1) for row in q for entry in row] + [ex.total(row) - 1 for row in q]


def one_hot(name):
    return Hypothesis(
        f"cells-{name}", rf"{name}_n \text{{ is one-hot}}", equals_zero(lambda x: _sums(getattr(x, name)))
    )


def voronoi(w, q):
    return Hypothesis(
        f"voronoi-{q}",
        rf"{q}_{{nj}} > 0 \Rightarrow \|x_n - {w}_j\| \le \|x_n - {w}_l\|",
        at_least_zero(lambda x: nearer(x.z, getattr(x, w), getattr(x, q))),
    )


def occupied(q):
    return Hypothesis(
        f"occupied-{q}",
        rf"\textstyle\sum_n {q}_{{nj}} > 0",
        positive(lambda x: [ex.total(masses(getattr(x, q), j)) for j in range(x.k)]),
    )


WITHIN = Hypothesis("within", "t \\ge 0", at_least_zero(lambda x: 1 - x.x))


def later(x):
    """The prototypes at e^{−t} = x with the cells held."""
    return [f.way(w, f.centroid(x.z, masses(x.q, j)), x.x) for j, w in enumerate(x.w)]


def _stays(*given):
    start = (one_hot("q"), voronoi("w", "q"), occupied("q"), WITHIN)
    return Statement(MOVING, at_least_zero(lambda x: nearer(x.z, later(x), x.q)), (*start, *given))


SIDES = {"z": [[0], [3], [10]], "w": [[-10], [12]], "q": [[1, 0], [0, 1], [0, 1]], "x": "1/18"}
PAIRED = {"z": [[0], [1]], "w": [[0], [1]], "q": [[1, 0], [0, 1]], "x": "1/2"}

#: One prototype: the error of its cell on the way.
FALL = Domain((real("z", "n", "d"), nonnegative("a", "n"), real("w", "d"), above_zero("x")), {"n": (1, 3), "d": (1, 2)})
FALLING = {"z": [[0], [2]], "a": [1, 1], "w": [3], "x": "1/2"}


def fall(x, power=2):
    """E(0) − E(t) − (1 − x^power) A ‖w − μ‖² for the cell held."""
    mu = f.centroid(x.z, x.a)
    change = f.error(x.z, x.a, x.w) - f.error(x.z, x.a, f.way(x.w, mu, x.x))
    return change - (1 - x.x**power) * ex.total(x.a) * ex.norm2(ex.minus(x.w, mu))


def _fall(power=2, factor=1):
    return Statement(FALL, equals_zero(lambda x: factor * fall(x, power)), (f.OCCUPIED,))


DESCENT = Part(
    id="descent",
    says=r"E^j(0) - E^j(t) = (1 - e^{-2t})\, n_j \|W_j(0) - \mu_j\|^2 \text{ with the cell held}",
    statement=_fall(),
    checks=(Symbolic("gbcl.base_flow:descent"), Property(also=(FALLING,))),
    example=FALLING,
    twins=(Twin("1 − e^{−t}", _fall(1), FALLING),),
    neighbours=(Neighbour("doubled", _fall(factor=2), example=FALLING),),
)
ALONE = Hypothesis("one-prototype", "k = 1", equals_zero(lambda x: ex.lift(x.k - 1)))
STAYS = Part(
    id="cells-stay",
    says=r"\text{on the way to the centroids of its Voronoi cells every sample stays in its cell}",
    statement=_stays(),
    checks=(Certified(candidates=(SIDES,)),),
    example=PAIRED,
    twins=(
        Twin(
            "even three times as far",
            Statement(
                MOVING,
                at_least_zero(lambda x: nearer(x.z, [ex.scaled(3, w) for w in later(x)], x.q)),
                (one_hot("q"), voronoi("w", "q"), occupied("q"), WITHIN),
            ),
            SIDES,
        ),
    ),
    neighbours=(Neighbour("one prototype", _stays(ALONE), example={"z": [[0]], "w": [[1]], "q": [[1]], "x": "1/2"}),),
    amendment=Amendment(
        DESCENT,
        FailingStep(
            "(19)-(23)", "n_j and μ_j are taken for constants, while the Voronoi cells depend on the prototypes"
        ),
        "read (21) between two changes of cells; over changes only the error E is sure to fall, each sample going to a nearer "
        "prototype",
    ),
)

# --- what (22) and (23) say with the cells of the moment ---
AT_REST = Domain((*CELLS, real("m", "k", "d"), real("r", "k", "d")), SIZES)
RESTING = {"z": [[0], [2]], "w": [[1]], "q": [[1], [1]], "m": [[1]], "r": [[1]]}


def centroid_gaps(x):
    """n_j m_j − Σ_n q_nj z_n."""
    return [
        v
        for j, m in enumerate(x.m)
        for v in ex.minus(ex.scaled(ex.total(masses(x.q, j)), m), f.output(x.z, masses(x.q, j)))
    ]


def current_field(x):
    """m_j − W_j, (21) with the centroids m_j of the present cells."""
    return [v for m, w in zip(x.m, x.w, strict=True) for v in ex.minus(m, w)]


CENTROIDS = Hypothesis("centroids", r"n_j m_j = \textstyle\sum_n q_{nj} x_n", equals_zero(centroid_gaps))
NO_MOTION = Hypothesis("at-rest", r"\dot W_j = m_j - W_j = 0", equals_zero(current_field))


def rest_gap(x, factor=1):
    """Σ_j r_j·Σ_n q_nj (z_n − factor w_j)."""
    pulled = [
        ex.minus(f.output(x.z, masses(x.q, j)), ex.scaled(factor * ex.total(masses(x.q, j)), w))
        for j, w in enumerate(x.w)
    ]
    return ex.total(ex.dot(r, p) for r, p in zip(x.r, pulled, strict=True))


def _rest(factor=1, times=1):
    given = (one_hot("q"), voronoi("w", "q"), occupied("q"), CENTROIDS, NO_MOTION)
    return Statement(AT_REST, equals_zero(lambda x: times * rest_gap(x, factor)), given)


REST = Part(
    id="rest",
    says=r"\text{at rest only at the centroids of the current cells: } \dot W = 0 \Rightarrow "
    r"\textstyle\sum_n q_{nj} (x_n - W_j) = 0",
    statement=_rest(),
    checks=(Symbolic("gbcl.base_flow:at_rest"), Certified(candidates=(RESTING,))),
    example=RESTING,
    twins=(Twin("at half of the centroid", _rest(2), RESTING),),
    neighbours=(Neighbour("doubled", _rest(times=2), example=RESTING),),
)

COURSE = Domain((*MOVING.variables, nonnegative("p", "n", "k")), SIZES)
#: The cells at e^{−t} = 1/18: the middle sample has changed sides.
CHANGED = {**SIDES, "p": [[1, 0], [1, 0], [0, 1]]}
UNCHANGED = {**SIDES, "x": "17/18", "p": SIDES["q"]}
CELLS_THEN = Hypothesis(
    "voronoi-p",
    r"p_{nj} > 0 \Rightarrow \|x_n - W_j(t)\| \le \|x_n - W_l(t)\|",
    at_least_zero(lambda x: nearer(x.z, later(x), x.p)),
)
SAME_THEN = Hypothesis(
    "same-cells",
    "q = p",
    equals_zero(lambda x: [b - c for r, s in zip(x.q, x.p, strict=True) for b, c in zip(r, s, strict=True)]),
)


def residual(x, rate=1):
    """dW/dt − (μ_j(t) − W_j) on W_j = μ_j(0) + x (W_j(0) − μ_j(0)), with the centroids of the cells p of that time."""
    found = []
    for j, start in enumerate(x.w):
        mu = f.centroid(x.z, masses(x.q, j))

        def path(left, start=start, mu=mu):
            return f.way(start, mu, left)

        now = ex.minus(f.centroid(x.z, masses(x.p, j)), path(x.x))
        found += ex.minus(f.velocity(path, x.x, rate), now)
    return found


def _course(*given, rate=1):
    start = (one_hot("q"), voronoi("w", "q"), occupied("q"), WITHIN, one_hot("p"), CELLS_THEN, occupied("p"))
    return Statement(COURSE, equals_zero(lambda x: residual(x, rate)), (*start, *given))


EXPONENTIAL = Part(
    id="exponential",
    says=r"W_j(t) = \mu_j(0) + e^{-t} (W_j(0) - \mu_j(0)) \text{ solves } \dot W_j = \mu_j(t) - W_j "
    r"\text{ with the centroids of the cells at } t",
    statement=_course(),
    checks=(Certified(candidates=(CHANGED,)),),
    example=UNCHANGED,
    twins=(Twin("at twice the rate", _course(rate=2), CHANGED),),
    neighbours=(Neighbour("in the cells of the start", _course(SAME_THEN), example=UNCHANGED),),
    amendment=Amendment(
        SOLUTION,
        FailingStep(
            "(21)-(23)",
            "μ_j is taken for a constant; it jumps when a sample changes sides, and with it where the path is heading",
        ),
        "read e^{−t} from one change of cells to the next",
    ),
)

# --- several critical points ---
CRITICAL = Domain((real("z", "n", "d"), real("w", "k", "d"), real("v", "k", "d"), nonnegative("q", "n", "k"),
                   nonnegative("p", "n", "k")), SIZES)  # fmt: skip


def rest(w, q):
    """Every prototype is the centroid of its cell: Σ_n q_nj (z_n − w_j) = 0."""
    return Hypothesis(
        f"critical-{w}",
        rf"\textstyle\sum_n {q}_{{nj}} (x_n - {w}_j) = 0",
        equals_zero(
            lambda x: [
                c
                for j in range(x.k)
                for c in ex.minus(
                    f.output(x.z, masses(getattr(x, q), j)),
                    ex.scaled(ex.total(masses(getattr(x, q), j)), getattr(x, w)[j]),
                )
            ]
        ),
    )


def _critical(w, q):
    return (one_hot(q), voronoi(w, q), occupied(q), rest(w, q))


def same_points(x):
    """Sums and sums of squares over the prototypes, which do not depend on their order."""
    sums = [ex.total(r[i] for r in x.w) - ex.total(r[i] for r in x.v) for i in range(x.d)]
    return [*sums, ex.total(ex.norm2(r) for r in x.w) - ex.total(ex.norm2(r) for r in x.v)]


def _same(*given):
    return Statement(CRITICAL, equals_zero(same_points), (*_critical("w", "q"), *_critical("v", "p"), *given))


OPTIMA = {
    "z": [[0], [2], [3], [5]],
    "w": [[1], [4]],
    "v": [[0], ["10/3"]],
    "q": [[1, 0], [1, 0], [0, 1], [0, 1]],
    "p": [[1, 0], [0, 1], [0, 1], [0, 1]],
}
SAME_SPLIT = {**OPTIMA, "v": OPTIMA["w"], "p": OPTIMA["q"]}

SINGLE = Domain((real("z", "n", "d"), nonnegative("a", "n"), real("w", "d"), real("v", "d"), real("r", "d")),
                {"n": (1, 3), "d": (1, 2)})  # fmt: skip


def pulled(name):
    """Σ_i a_i (z_i − w) = 0."""
    return Hypothesis(
        f"critical-{name}",
        rf"\textstyle\sum_i a_i (x_i - {name}) = 0",
        equals_zero(lambda x: ex.minus(f.output(x.z, x.a), ex.scaled(ex.total(x.a), getattr(x, name)))),
    )


def mass_gap(x, factor=1):
    """A r·(w − factor v)."""
    return ex.total(x.a) * ex.dot(x.r, ex.minus(x.w, ex.scaled(factor, x.v)))


def _single(factor=1, times=1):
    return Statement(SINGLE, equals_zero(lambda x: times * mass_gap(x, factor)), (pulled("w"), pulled("v")))


CENTRE = {"z": [[0], [2]], "a": [1, 1], "w": [1], "v": [1], "r": [1]}
GIVEN_CELLS = Part(
    id="given-cells",
    says=r"W, W' \text{ critical for the same cell} \Rightarrow n_j (W - W') = 0",
    statement=_single(),
    checks=(Symbolic("gbcl.base_flow:given_cells"), Certified(candidates=(CENTRE,))),
    example=CENTRE,
    twins=(Twin("twice as far", _single(2), CENTRE),),
    neighbours=(Neighbour("doubled", _single(times=2), example=CENTRE),),
)
SAME_CELLS = Part(
    id="unique",
    says=r"W, W' \text{ critical} \Rightarrow \{W_j\} = \{W'_j\} \text{, hence } \textstyle\sum_j W_j = \sum_j W'_j,\ "
    r"\sum_j \|W_j\|^2 = \sum_j \|W'_j\|^2",
    statement=_same(),
    checks=(Certified(candidates=(OPTIMA,)),),
    example=SAME_SPLIT,
    twins=(
        Twin(
            "all prototypes at the origin",
            Statement(
                CRITICAL,
                equals_zero(lambda x: [v for r in x.w for v in r]),
                (*_critical("w", "q"), *_critical("v", "p")),
            ),
            OPTIMA,
        ),
    ),
    neighbours=(
        Neighbour(
            "in the same cells",
            _same(
                Hypothesis(
                    "same-cells",
                    "q = p",
                    equals_zero(
                        lambda x: [b - c for r, s in zip(x.q, x.p, strict=True) for b, c in zip(r, s, strict=True)]
                    ),
                )
            ),
            example=SAME_SPLIT,
        ),
    ),
    amendment=Amendment(
        GIVEN_CELLS,
        FailingStep(
            "(22)",
            "each division of the samples into cells has a critical point of its own, and several can be Voronoi cells",
        ),
        "run the layer from several starts and keep the lowest error: with moving cells the flow finds a local optimum of k-means",
    ),
)
