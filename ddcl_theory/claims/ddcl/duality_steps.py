"""Parts of the duality claim about steps: a step of W against a step of P, and a common start."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero

LAYER = (real("z", "n", "d"), real("w", "n", "k"), real("g", "k", "d"), real("r", "k", "d"), real("eta"))
SIZES = {"n": (1, 3), "k": (1, 2), "d": (1, 2)}
STEP = Domain(LAYER, SIZES)
SCALED_STEP = Domain((*LAYER, real("c")), SIZES)
START = Domain((real("z", "n", "d"), real("p", "d"), real("r", "d")), {"n": (1, 3), "d": (1, 3)})

TURN = [["3/5", "-4/5"], ["4/5", "3/5"]]
STEP_POINT = {"z": TURN, "w": [[1], [0]], "g": [[1, 0]], "r": [[1, 0]], "eta": 1}


def gram_minus(c):
    """Entries of ZᵀZ − c I."""

    def value(x):
        return [ex.total(s[i] * s[j] for s in x.z) - (c(x) if i == j else 0) for i in range(x.d) for j in range(i, x.d)]

    return value


UNIT = Hypothesis("orthonormal-features", r"Z^\top Z = I", equals_zero(gram_minus(lambda x: 1)))
EVEN = Hypothesis("even-features", r"Z^\top Z = c I", equals_zero(gram_minus(lambda x: x.c)))


def draw_orthonormal(domain, scaled=False):
    """Features with orthonormal columns, up to rounding, where n ≥ d; with `scaled` their Gram matrix is c I."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        if sizes["n"] < sizes["d"]:
            return batch
        q, _ = torch.linalg.qr(torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64))
        if not scaled:
            return {**batch, "z": q}
        c = batch["c"].abs().clamp(0.1, 10)
        return {**batch, "z": q * c.sqrt()[:, None, None], "c": c}

    return draw


def weight_slope(x):
    """∂L/∂W by exact rules, for a loss whose gradient at P is g: every such loss has the one of P ↦ Σ g·P."""
    value = nat.dot_rows(x.g, nat.combined(x.z, x.w))
    return [[ex.differentiate(value, entry) for entry in row] for row in x.w]


def step_gap(x, rate):
    """Σ r·(DCL step − VCL step): P after a step of W at the rate η minus P − rate · g."""
    moved = [[w - x.eta * s for w, s in zip(*rows, strict=True)] for rows in zip(x.w, weight_slope(x), strict=True)]
    dual = nat.combined(x.z, moved)
    free = [
        [p - rate * g for p, g in zip(*rows, strict=True)] for rows in zip(nat.combined(x.z, x.w), x.g, strict=True)
    ]
    return nat.dot_rows(x.r, dual) - nat.dot_rows(x.r, free)


def _step(identifier, says, domain, given, rate, proof, draw, example, more=()):
    def statement(value):
        return Statement(domain, equals_zero(value), given)

    return Part(
        id=identifier,
        says=says,
        statement=statement(lambda x: step_gap(x, rate(x))),
        checks=(Symbolic(f"ddcl.duality:{proof}"), Property(also=(example,), draw=draw), *more),
        example=example,
        twins=(
            Twin("half the rate for the vanilla layer", statement(lambda x: step_gap(x, rate(x) / 2)), witness=example),
        ),
        neighbours=(Neighbour("doubled", statement(lambda x: 2 * step_gap(x, rate(x))), example=example),),
    )


SAME_STEP = _step(
    "same-step",
    r"Z^\top Z = I \Rightarrow Z^\top(W - \eta\,\partial L/\partial W) = P - \eta\,\partial L/\partial P",
    STEP,
    (UNIT,),
    lambda x: x.eta,
    "same_step",
    draw_orthonormal(STEP),
    STEP_POINT,
    (Ablation("ddcl.duality:same_step"),),
)
SCALED = _step(
    "scaled-step",
    r"Z^\top Z = c I \Rightarrow \text{the DCL step at the rate } \eta \text{ is the VCL step at the rate } c\,\eta",
    SCALED_STEP,
    (EVEN,),
    lambda x: x.c * x.eta,
    "scaled_step",
    draw_orthonormal(SCALED_STEP, scaled=True),
    {**STEP_POINT, "c": 1},
)


def start_gap(x, factor=1):
    """r·(ZᵀZ p − factor · p): the dual layer with W = Z P against P, for one prototype."""
    dual = nat.combined(x.z, [[ex.dot(s, x.p)] for s in x.z])[0]
    return ex.dot(x.r, dual) - factor * ex.dot(x.r, x.p)


START_POINT = {"z": TURN, "p": [1, 0], "r": [1, 0]}
SAME_START = Part(
    id="same-start",
    says=r"Z^\top Z = I \Rightarrow Z^\top W = P \text{ for } W = ZP \text{, so that every trajectory of one is one of the other}",
    statement=Statement(START, equals_zero(start_gap), (UNIT,)),
    checks=(Symbolic("ddcl.duality:same_start"), Property(also=(START_POINT,), draw=draw_orthonormal(START))),
    example=START_POINT,
    twins=(
        Twin(
            "half of P", Statement(START, equals_zero(lambda x: start_gap(x, ex.Fraction(1, 2))), (UNIT,)), START_POINT
        ),
    ),
    neighbours=(
        Neighbour("doubled", Statement(START, equals_zero(lambda x: 2 * start_gap(x)), (UNIT,)), example=START_POINT),
    ),
)
