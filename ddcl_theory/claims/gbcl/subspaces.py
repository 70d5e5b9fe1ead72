"""The frozen flows and the subspaces they live in: what the claims on ranges, duality of flows and dimensions share.

Samples x_1, …, x_n are the columns of X and the rows of z.  The base flow is Ẇ = μ − W, the dual flow Ω̇ = −Xᵀ(XΩ −
μ) with the output XΩ, for one prototype each; μ = Xα is the centroid of a Voronoi cell (α ≥ 0, Σα = 1).  R(X) is the
span of the samples, and y lies in it iff v·y = 0 for every v orthogonal to all samples; Ω lies in R(Xᵀ) iff u·Ω = 0
for every u with Xu = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl.dcl_subspace import ORTHOGONAL, draw_orthogonal, row_of
from ddcl_theory.claims.gbcl.subspaces_runs import FOLLOWS, Course
from ddcl_theory.domain import Domain, above_zero, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero

SIZES = {"n": (1, 3), "d": (1, 3)}
BASE = Domain((real("z", "n", "d", latex="x"), simplex("q", "n"), real("w", "d"), real("v", "d")), SIZES)
TIMED = Domain((*BASE.variables, above_zero("x")), SIZES)
DUAL = Domain((real("z", "n", "d", latex="x"), real("c", "d"), real("o", "n"), real("u", "n")), SIZES)
SEEN = Domain((real("z", "n", "d", latex="x"), real("o", "n"), real("v", "d")), SIZES)

#: One sample (1, 0), and a prototype off its line.
OFF = {"z": [[1, 0]], "q": [1], "w": [0, 1], "v": [0, 1]}
#: Two samples 1 and 0 on a line: the second weight moves no output.
IDLE = {"z": [[1], [0]], "c": [1], "o": [1, 1], "u": [0, 1]}


def transposed(z: Any, v: Any) -> list[ex.Expr]:
    """Xᵀv: the inner products with the samples."""
    return [ex.dot(s, v) for s in z]


def centroid(x: Any) -> list[ex.Expr]:
    """μ = Xα."""
    return row_of(x.z, x.q)


def base_velocity(w: Any, centre: Any) -> list[ex.Expr]:
    """(21): μ − W."""
    return ex.minus(centre, w)


def base_path(w: Any, centre: Any, x: Any) -> list[ex.Expr]:
    """(44): W(t) = μ + x (W(0) − μ) with x = e^{−t}."""
    return ex.plus(centre, ex.scaled(x, ex.minus(w, centre)))


def dual_velocity(z: Any, o: Any, centre: Any) -> list[ex.Expr]:
    """(30): −Xᵀ(XΩ − μ)."""
    return ex.scaled(-1, transposed(z, ex.minus(row_of(z, o), centre)))


#: For domains with the variable LEFT_INVERSE.
INDEPENDENT = Hypothesis(
    "independent-samples",
    r"LX = I \ (\operatorname{rank} X = n)",
    equals_zero(lambda x: [ex.dot(row, s) - int(i == j) for i, row in enumerate(x.l) for j, s in enumerate(x.z)]),
)
LEFT_INVERSE = real("l", "n", "d", latex="L")
NULL = Hypothesis("null", "Xu = 0", equals_zero(lambda x: row_of(x.z, x.u)))
STARTED = Hypothesis("started", r"t \ge 0:\ x = e^{-t} \le 1", at_least_zero(lambda x: 1 - x.x))


def draw_null(domain: Domain):
    """Float cases whose last sample repeats the first, u = (1, 0, …, 0, −1): Xu = 0 to the last bit."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        u = torch.zeros(cases, sizes["n"], dtype=torch.float64)
        if sizes["n"] > 1:
            batch["z"][:, -1] = batch["z"][:, 0]
            u[:, 0], u[:, -1] = 1, -1
        return {**batch, "u": u}

    return draw


def draw_independent(domain: Domain):
    """Float cases with X = L^T = [I, 0]^T, for n ≤ d."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        eye = torch.eye(sizes["n"], sizes["d"], dtype=torch.float64).expand(cases, -1, -1)
        return {**float_batch(domain, sizes, cases, generator), "z": eye.clone(), "l": eye.clone()}

    return draw


def in_time(draw):
    """The same with x in (0, 1]."""

    def drawn(sizes, cases, generator):
        import torch

        batch = draw(sizes, cases, generator)
        return {**batch, "x": 1 - torch.rand(cases, generator=generator, dtype=torch.float64)}

    return drawn


def _twice(value):
    def doubled(x):
        found = value(x)
        return [2 * v for v in found] if isinstance(found, list) else 2 * found

    return doubled


def proved(identifier: str, says: str, domain: Domain, given: Sequence[Hypothesis], value: Any, *, proof: str, example: Any,
           twin: tuple[str, Any, Any], draw: Any = None, course: tuple[Course, Course] | None = None,
           more: tuple[Any, ...] = ()) -> Part:  # fmt: skip
    """A part that says value = 0, with a proof, samples and, where a course is given, integrated runs.

    twin: name, value, witness.  course: the quantity that is followed, and a false law for it.
    """

    def statement(predicate: Any, system: Any) -> Statement:
        return Statement(domain, equals_zero(predicate), tuple(given), system)

    true, false = course or (None, None)
    name, predicate, witness = twin
    return Part(
        id=identifier,
        says=says,
        statement=statement(value, true),
        checks=(Symbolic(proof), Property(also=(example,), draw=draw), *((FOLLOWS,) if course else ()), *more),
        example=example,
        twins=(Twin(name, statement(predicate, false), witness),),
        neighbours=(Neighbour("doubled", statement(_twice(value), true and true.doubled()), example=example),),
    )


BASE_DECAYS = proved(
    "base-decays",
    r"v \perp x_1, \dots, x_n \Rightarrow v \cdot W(t) = e^{-t}\, v \cdot W(0)",
    TIMED,
    (ORTHOGONAL, STARTED),
    lambda x: ex.dot(x.v, base_path(x.w, centroid(x), x.x)) - x.x * ex.dot(x.v, x.w),
    proof="gbcl.subspaces:base_decays",
    example={**OFF, "x": "1/2"},
    twin=(
        "at twice the rate",
        lambda x: ex.dot(x.v, base_path(x.w, centroid(x), x.x)) - x.x**2 * ex.dot(x.v, x.w),
        {**OFF, "x": "1/2"},
    ),
    draw=in_time(draw_orthogonal(TIMED)),
    course=(Course("base-off"), Course("base-off", clock=2.0)),
)
BASE_TENDS = proved(
    "base-tends",
    r"v \perp x_1, \dots, x_n \Rightarrow v \cdot W(t) \to 0",
    BASE,
    (ORTHOGONAL,),
    lambda x: ex.dot(x.v, base_path(x.w, centroid(x), ex.ZERO)),
    proof="gbcl.subspaces:base_tends",
    example=OFF,
    twin=("at the time ln 2", lambda x: ex.dot(x.v, base_path(x.w, centroid(x), ex.Fraction(1, 2))), OFF),
    draw=draw_orthogonal(BASE),
    course=(Course("base-off"), Course("base-off", clock=2.0)),
)
DUAL_KEEPS = proved(
    "dual-keeps",
    r"Xu = 0 \Rightarrow u \cdot \dot\Omega = 0 \text{ for frozen and for moving cells: } \Omega(t) - \Omega(0) "
    r"\in R(X^\top)",
    DUAL,
    (NULL,),
    lambda x: ex.dot(x.u, dual_velocity(x.z, x.o, x.c)),
    proof="gbcl.subspaces:dual_keeps",
    example=IDLE,
    twin=(
        "a decay of the weights",
        lambda x: ex.dot(x.u, ex.minus(dual_velocity(x.z, x.o, x.c), x.o)),
        IDLE,
    ),
    draw=draw_null(DUAL),
    course=(Course("dual-null"), Course("dual-null", decays=True)),
)
OUTPUT_STAYS = proved(
    "output-stays",
    r"v \perp x_1, \dots, x_n \Rightarrow v \cdot X\Omega = 0 \text{ for every } \Omega \text{, at every time}",
    SEEN,
    (ORTHOGONAL,),
    lambda x: ex.dot(x.v, row_of(x.z, x.o)),
    proof="gbcl.subspaces:output_stays",
    example={"z": [[1, 0]], "o": [2], "v": [0, 1]},
    twin=(
        "with a bias",
        lambda x: ex.dot(x.v, [y + 1 for y in row_of(x.z, x.o)]),
        {"z": [[1, 0]], "o": [2], "v": [0, 1]},
    ),
    draw=draw_orthogonal(SEEN),
    course=(Course("output-off"), Course("output-off", decays=True)),
)


def refuted(identifier: str, says: str, statement: Statement, *, example: Any, twin: Twin, neighbour: Neighbour,
            amendment: Amendment, candidates: tuple[Any, ...] | None = None) -> Part:  # fmt: skip
    """A part that is examined exactly at its example, or at the candidates."""
    return Part(
        id=identifier,
        says=says,
        statement=statement,
        checks=(Certified(candidates=candidates or (example,)),),
        example=example,
        twins=(twin,),
        neighbours=(neighbour,),
        amendment=amendment,
    )


def draw_counts(sizes, cases, generator):
    """Whole numbers n ≥ 2, d ≥ 1, k ≥ 1 up to about a thousand."""
    import torch

    def whole(least):
        return (
            (least - 1 + 10 ** (3 * torch.rand(cases, generator=generator, dtype=torch.float64)))
            .round()
            .clamp(min=least)
        )

    return {"n": whole(2), "d": whole(1), "k": whole(1)}
