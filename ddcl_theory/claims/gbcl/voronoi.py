"""(56)–(59): distances between samples and prototypes from the Gram matrix and the dual weights.

With Y = ΩXᵀ and G = XᵀX: x_i · y_j = (GΩᵀ)_ij, ‖y_j‖² = (ΩGΩᵀ)_jj, ‖x_i‖² = G_ii, so
‖x_i − y_j‖² = G_ii − 2 (GΩᵀ)_ij + (ΩGΩᵀ)_jj, a polynomial of degree 2 in Ω, and X enters through G alone.
- The prototypes are the rows of Y; the text says its columns. For the columns (57) needs k = d to make sense, and is
  false then: X = (1, 0)ᵀ, Ω = (0, 1)ᵀ.
- In floats the sum cancels where samples are far from the origin and near their prototypes; differences do not.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, Claim, FailingStep, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.claims.gbcl.float_rows_networks import distances_part
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero

DUAL = Domain((real("X", "d", "n"), real("W2", "k", "n")), {"n": (1, 3), "k": (1, 2), "d": (1, 2)})
LINE = Domain((*DUAL.variables, real("U", "k", "n")), DUAL.sizes)
SQUARE = Domain((real("X", "d", "n"), real("W2", "d", "n")), {"n": (1, 3), "d": (1, 3)})
POINT = {"X": [[1]], "W2": [[2]]}


def gram(x):
    return net.product(net.transposed(x.X), x.X)


def from_gram(g, omega, cross=2):
    """G_ii − 2 (GΩᵀ)_ij + (ΩGΩᵀ)_jj, (59), a list of rows."""
    inner = net.product(g, net.transposed(omega))
    own = [ex.dot(row, column) for row, column in zip(omega, net.transposed(inner), strict=True)]
    return [[g[i][i] - cross * v + s for v, s in zip(row, own, strict=True)] for i, row in enumerate(inner)]


def distances(samples, rows):
    """‖x_i − y_j‖², a list of rows."""
    return [[ex.norm2(ex.minus(s, y)) for y in rows] for s in samples]


def edm(x):
    return distances(net.transposed(x.X), net.dual_output(x))


def from_outputs(x):
    """diag(XᵀX) 1ᵀ − 2 XᵀYᵀ + 1 diag(YYᵀ)ᵀ, (57)."""
    y = net.dual_output(x)
    inner = net.product(net.transposed(x.X), net.transposed(y))
    return [
        [ex.norm2(s) - 2 * v + ex.norm2(row) for v, row in zip(values, y, strict=True)]
        for s, values in zip(net.transposed(x.X), inner, strict=True)
    ]


def _entries(identifier, says, left, right, twin, wrong, domain=DUAL, point=POINT):
    """The n × k matrices `left` and `right` are equal."""

    def statement(value, factor=1):
        return Statement(domain, equals_zero(lambda x: [factor * v for v in net.difference(value(x), right(x))]))

    return Part(
        id=identifier,
        says=says,
        statement=statement(left),
        checks=(Symbolic("gbcl.voronoi:expanded"), Property(also=(point,))),
        example=point,
        twins=(Twin(twin, statement(wrong), point),),
        neighbours=(Neighbour("doubled", statement(left, 2), example=point),),
    )


INNER = _entries(
    "inner-products",
    r"X^\top Y^\top = G\,\Omega^\top",
    lambda x: net.product(net.transposed(x.X), net.transposed(net.dual_output(x))),
    lambda x: net.product(gram(x), net.transposed(x.W2)),
    "twice the inner products",
    lambda x: [ex.scaled(2, row) for row in net.product(net.transposed(x.X), net.transposed(net.dual_output(x)))],
)
OUTPUTS = _entries(
    "from-outputs",
    r"\mathrm{diag}(X^\top X)\,1^\top - 2 X^\top Y^\top + 1\,\mathrm{diag}(YY^\top)^\top = \mathrm{edm}(X, Y)",
    from_outputs,
    edm,
    "at half the squared distances",
    lambda x: [ex.scaled(ex.Fraction(1, 2), row) for row in from_outputs(x)],
)
FROM_GRAM = _entries(
    "from-gram",
    r"f(G, \Omega) = \mathrm{edm}(X, Y)",
    lambda x: from_gram(gram(x), x.W2),
    edm,
    "each inner product once",
    lambda x: from_gram(gram(x), x.W2, 1),
)


def derivative(x, order):
    """The derivative of f(G, Ω + tU) in t at 0, entry by entry."""
    g = gram(x)

    def along(i, j):
        def value(t):
            omega = [ex.plus(row, ex.scaled(t, step)) for row, step in zip(x.W2, x.U, strict=True)]
            return from_gram(g, omega)[i][j]

        return value

    return [[ex.derivative_at_zero(along(i, j), order) for j in range(x.k)] for i in range(x.n)]


QUADRATIC = _entries(
    "quadratic",
    r"\tfrac{d^3}{dt^3} f(G, \Omega + tU) = 0",
    lambda x: derivative(x, 3),
    lambda x: [[0] * x.k for _ in range(x.n)],
    "linear",
    lambda x: derivative(x, 2),
    LINE,
    {**POINT, "U": [[1]]},
)


# --- columns of Y ---
def _columns(left, right):
    return Statement(SQUARE, equals_zero(lambda x: net.difference(left(x), right(x))))


def column_distances(x):
    return distances(net.transposed(x.X), net.transposed(net.dual_output(x)))


TURNED = {"X": [[1], [0]], "W2": [[0], [1]]}
COLUMNS = Part(
    id="from-outputs",
    says=r"k = d:\ (57) \text{ gives the distances between the columns of } X \text{ and those of } Y",
    statement=_columns(from_outputs, column_distances),
    checks=(Certified(candidates=(TURNED,)),),
    example=TURNED,
    twins=(
        Twin(
            "their sums over the columns",
            _columns(
                lambda x: [[ex.total(row)] for row in from_outputs(x)],
                lambda x: [[2 * ex.total(row)] for row in column_distances(x)],
            ),
            POINT,
        ),
    ),
    neighbours=(Neighbour("the rows of Y", _columns(from_outputs, edm), example=TURNED),),
    amendment=Amendment(
        FROM_GRAM,
        breaks=FailingStep(
            "(57)",
            "diag(YYᵀ) holds the norms of the rows of Y = ΩXᵀ, so that the formula is about rows, the prototypes",
        ),
        advice="take the rows of Y = ΩXᵀ for the prototypes, as (14) does",
    ),
)

CLAIM = Claim(
    id="gbcl.voronoi",
    title="Distances from the Gram matrix and the dual weights",
    source=Source("gbcl", "(56)–(59)"),
    says=r"\mathrm{edm}(X, Y) = 1\,\mathrm{diag}(\Omega G \Omega^\top)^\top - 2 G \Omega^\top + \mathrm{diag}(G)\,1^\top "
    r"\text{, quadratic in } \Omega",
    derivation=__doc__,
    readings=(
        Reading("rows", "prototypes are the rows of Y = ΩXᵀ", (INNER, OUTPUTS, FROM_GRAM, QUADRATIC), as_printed=True),
        Reading("columns", "the columns of Y, as the text before (57) has it", (COLUMNS,)),
        *(
            Reading(dtype, f"distances to the outputs of ddcl_core's dual layer in {dtype}", (distances_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
