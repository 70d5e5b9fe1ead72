"""(14): is each component of a prototype computed from its own feature alone?

The forward pass is: component c of prototype j is w_j · f_c, f_c the feature c over all samples. Training is not: the weights w_j are
common to all components. A step of descent moves component 1 by −η Σ_b G_jb f_b · f_1, G = ∂L/∂Y_2, so that every
feature that is correlated with the first enters: one sample, f_1 = 1, the other feature 1 or 0.
- With f_b · f_1 = 0 for all others the step is that of the first feature alone, as long as the Voronoi cells stay.
- The cells depend on all features: distances add up over them.
- "Each row is a rank one outer product", given as the reason, is empty of a single row (a 1 × d matrix has rank 1 at most) and false of
  Y_2: entry (j, c) is w_j · f_c, a sum over the samples, and no product of a number of j and one of c.  Y_2 is a sum of n
  outer products, one for each sample.

Below f is the first feature, A and B are two versions of the others.
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
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.claims.gbcl.float_rows_networks import first_component_part
from ddcl_theory.domain import Domain, nonnegative, real
from ddcl_theory.relation import equals_zero, positive

FEATURES = (real("f", "n"), real("A", "d", "n"), real("B", "d", "n"), real("W2", "k", "n"))
FORWARD = Domain(FEATURES, {"n": (1, 3), "k": (1, 2), "d": (1, 2)})
STEP = Domain((*FEATURES, nonnegative("q", "k", "n"), real("eta")), {"n": (1, 2), "k": (1, 2), "d": (1, 2)})
CELLS = Domain(FEATURES, {"n": (1, 3), "k": (2, 3), "d": (1, 2)})


def prototypes(x, others, weights=None):
    """Y_2 for the features f and `others`, k rows of 1 + d components."""
    return net.product(x.W2 if weights is None else weights, net.transposed([x.f, *others]))


def gap(x, component=0):
    """A component of every prototype, for the features f and A and for f and B."""
    return [u[component] - v[component] for u, v in zip(prototypes(x, x.A), prototypes(x, x.B), strict=True)]


def _forward(value):
    return Statement(FORWARD, equals_zero(value))


APART = {"f": [0], "A": [[1]], "B": [[0]], "W2": [[1]]}
COMPONENT = Part(
    id="component",
    says=r"(Y_2)_{j1} = w_j \cdot f_1 \text{ does not depend on the other features}",
    statement=_forward(gap),
    checks=(Symbolic("gbcl.forward:same_component"), Property(also=(APART,))),
    example=APART,
    twins=(Twin("the second component", _forward(lambda x: gap(x, 1)), APART),),
    neighbours=(Neighbour("doubled", _forward(lambda x: [2 * v for v in gap(x)]), example=APART),),
)


# --- after a step of gradient descent ---
def slopes(x, others):
    """The slopes 2 Σ_i q_ji (y_j − x_i) of the quantisation error at fixed cells, but for those in the first component."""
    return [
        [
            2 * ex.total(q * (y - v) for q, v in zip(share, feature, strict=True))
            for y, feature in zip(row[1:], others, strict=True)
        ]
        for row, share in zip(prototypes(x, others), x.q, strict=True)
    ]


def quantisation(x, others, weights):
    """Σ_ji q_ji ‖x_i − y_j‖², the quantisation error (12), λ = 0, where q marks the cells."""
    samples = net.transposed([x.f, *others])
    return ex.total(
        q * ex.norm2(ex.minus(s, y))
        for y, share in zip(prototypes(x, others, weights), x.q, strict=True)
        for s, q in zip(samples, share, strict=True)
    )


def after(x, others):
    """The first components after a step of W_2 along the exact slope at fixed cells."""
    value = quantisation(x, others, x.W2)
    moved = [[w - x.eta * ex.differentiate(value, w) for w in row] for row in x.W2]
    return [row[0] for row in prototypes(x, others, moved)]


def step_gap(x):
    return ex.minus(after(x, x.A), after(x, x.B))


def _orthogonal(identifier, name):
    return Hypothesis(
        identifier,
        rf"f_b \cdot f_1 = 0 \text{{ for the features of }} {name}",
        equals_zero(lambda x: [ex.dot(row, x.f) for row in getattr(x, name)]),
    )


def _stepped(value, *given):
    return Statement(STEP, equals_zero(value), given)


UNCORRELATED = (_orthogonal("uncorrelated", "A"), _orthogonal("uncorrelated-too", "B"))
ENTERS = {"f": [1], "A": [[1]], "B": [[0]], "W2": [[0]], "q": [[1]], "eta": "1/4"}
AWAY = {"f": [1, 0], "A": [[0, 1]], "B": [[0, 2]], "W2": [[0, 1]], "q": [[1, 1]], "eta": "1/4"}


def _uncorrelated_draw(sizes, cases, generator):
    """The other features less their parts along the first."""
    import torch

    batch = {
        v.name: torch.randn(cases, *v.extent(sizes), generator=generator, dtype=torch.float64) for v in STEP.variables
    }
    f = batch["f"][:, None, :]
    for name in ("A", "B"):
        rows = batch[name]
        batch[name] = rows - (rows * f).sum(-1, keepdim=True) / (f * f).sum(-1, keepdim=True) * f
    return {**batch, "q": batch["q"].abs()}


STEP_UNCORRELATED = Part(
    id="step-amended",
    says=r"f_b \cdot f_1 = 0 \Rightarrow (Y_2^+)_{j1} \text{ does not depend on the other features, the cells fixed}",
    statement=_stepped(step_gap, *UNCORRELATED),
    checks=(
        Symbolic("gbcl.forward:uncorrelated"),
        Property(also=(AWAY, ENTERS), draw=_uncorrelated_draw),
    ),
    example=AWAY,
    twins=(Twin("one version correlated", _stepped(step_gap, UNCORRELATED[1]), ENTERS),),
    neighbours=(Neighbour("doubled", _stepped(lambda x: [2 * v for v in step_gap(x)], *UNCORRELATED), example=AWAY),),
)
NO_STEP = Hypothesis("no-step", r"\eta = 0", equals_zero(lambda x: x.eta))
COMMON = "the weights of a prototype are common to its components, so the slope in one carries over to all"
AFTER_STEP = Part(
    id="step",
    says=r"(Y_2^+)_{j1} \text{ does not depend on the other features}",
    statement=_stepped(step_gap),
    checks=(Certified(candidates=(ENTERS,)),),
    example=ENTERS,
    twins=(
        Twin(
            "with one sample in all cells",
            _stepped(
                step_gap,
                Hypothesis("one-cell", r"\textstyle\sum q = 1", equals_zero(lambda x: ex.total(net.entries(x.q)) - 1)),
            ),
            ENTERS,
        ),
    ),
    neighbours=(Neighbour("a rate of 0", _stepped(step_gap, NO_STEP), example={**ENTERS, "eta": 0}),),
    amendment=Amendment(
        STEP_UNCORRELATED,
        breaks=FailingStep("after (14)", COMMON),
        advice="decorrelate the features before training if components are to be learnt one by one; noise in one feature moves all "
        "components of a dual prototype",
    ),
)


# --- the cells ---
def nearer(x, others):
    """‖x_1 − y_2‖² − ‖x_1 − y_1‖²."""
    sample = net.transposed([x.f, *others])[0]
    rows = prototypes(x, others)
    return ex.norm2(ex.minus(sample, rows[1])) - ex.norm2(ex.minus(sample, rows[0]))


NEARER = Hypothesis("nearer", r"\|x_1 - y_1\| < \|x_1 - y_2\| \text{ with } A", positive(lambda x: nearer(x, x.A)))
SAME = Hypothesis("same", "A = B", equals_zero(lambda x: net.difference(x.A, x.B)))


def _cells(value, *given):
    return Statement(CELLS, positive(value), given)


FLIPPED = {"f": [1, 1], "A": [[0, 5]], "B": [[0, 0]], "W2": [[2, 0], [0, 1]]}


def apart(x, weight=1):
    """‖x_i − y_j‖² minus the sum of what f and each feature of A give."""
    samples, rows = net.transposed([x.f, *x.A]), prototypes(x, x.A)
    return [
        ex.norm2(ex.minus(s, y))
        - (s[0] - y[0]) ** 2
        - weight * ex.total((u - v) ** 2 for u, v in zip(s[1:], y[1:], strict=True))
        for s in samples
        for y in rows
    ]


ADDITIVE = Part(
    id="cells-amended",
    says=r"\|x_i - y_j\|^2 = \textstyle\sum_c (x_{ci} - y_{jc})^2 \text{: every feature has a say in the cells}",
    statement=Statement(CELLS, equals_zero(apart)),
    checks=(Symbolic("gbcl.forward:additive"), Certified(candidates=(FLIPPED,))),
    example=FLIPPED,
    twins=(
        Twin(
            "other features at half weight",
            Statement(CELLS, equals_zero(lambda x: apart(x, ex.Fraction(1, 2)))),
            FLIPPED,
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(CELLS, equals_zero(lambda x: [2 * v for v in apart(x)]))),),
)
CELL = Part(
    id="cells",
    says=r"\|x_1 - y_1\| < \|x_1 - y_2\| \text{ with } A \Rightarrow \text{ the same with } B",
    statement=_cells(lambda x: nearer(x, x.B), NEARER),
    checks=(Certified(candidates=(FLIPPED,)),),
    example=FLIPPED,
    twins=(Twin("the other way round", _cells(lambda x: -nearer(x, x.A), NEARER), FLIPPED),),
    neighbours=(
        Neighbour(
            "the same features", _cells(lambda x: nearer(x, x.B), NEARER, SAME), example={**FLIPPED, "B": [[0, 5]]}
        ),
    ),
    amendment=Amendment(
        ADDITIVE,
        breaks=FailingStep("after (14)", "the winner of a sample is found from its distance in all features"),
        advice="read (14) as a statement on one forward pass: cells, loss and gradient see all features",
    ),
)

# --- the reason given ---
PRODUCTS = Domain((*FEATURES, real("u", "k"), real("v", "d"), real("h")), {"n": (1, 3), "k": (1, 3), "d": (1, 2)})
MINORS = Domain(FEATURES, {"n": (1, 3), "k": (2, 3), "d": (1, 2)})
TWO_ROWS = {"f": [1, 0], "A": [[0, 1]], "B": [[0, 0]], "W2": [[1, 0], [0, 1]]}
ONE_SAMPLE = {"f": [1], "A": [[2]], "B": [[0]], "W2": [[1], [3]]}


def minors(x, factor=1):
    """(Y_2)_j1 (Y_2)_lc − factor (Y_2)_jc (Y_2)_l1 for neurons j < l and the other components c: 0 where Y_2 is an outer product."""
    rows = prototypes(x, x.A)
    return [
        rows[j][0] * rows[i][c] - factor * rows[j][c] * rows[i][0]
        for j in range(x.k)
        for i in range(j + 1, x.k)
        for c in range(1, x.d + 1)
    ]


def _minors(*given, factor=1):
    return Statement(MINORS, equals_zero(lambda x: minors(x, factor)), given)


SINGLE = {"f": [1], "A": [[2]], "B": [[0]], "W2": [[1], [3]], "u": [1, 1], "v": [1], "h": 1}


def outer_gap(x, factor=1):
    """u·Y_2 v − factor Σ_i (Σ_j u_j w_ji)(v·x_i) in every direction, where v has the entry h for the first component."""
    v = [x.h, *x.v]
    whole = ex.total(u * ex.dot(v, row) for u, row in zip(x.u, prototypes(x, x.A), strict=True))
    samples = net.transposed([x.f, *x.A])
    return whole - factor * ex.total(
        ex.dot(x.u, [row[i] for row in x.W2]) * ex.dot(v, s) for i, s in enumerate(samples)
    )


OUTER_SUM = Part(
    id="outer-products-amended",
    says=r"Y_2 = \textstyle\sum_i W_2 e_i\, x_i^\top \text{: a sum of } n \text{ outer products, one for each sample}",
    statement=Statement(PRODUCTS, equals_zero(outer_gap)),
    checks=(Symbolic("gbcl.forward:outer_products"), Property(also=(SINGLE,))),
    example=SINGLE,
    twins=(Twin("twice that", Statement(PRODUCTS, equals_zero(lambda x: outer_gap(x, 2))), SINGLE),),
    neighbours=(Neighbour("doubled", Statement(PRODUCTS, equals_zero(lambda x: 2 * outer_gap(x))), example=SINGLE),),
)
OUTER = Part(
    id="outer-products",
    says=r"Y_2 \text{ is an outer product: } (Y_2)_{j1} (Y_2)_{lc} = (Y_2)_{jc} (Y_2)_{l1}",
    statement=_minors(),
    checks=(Certified(candidates=(TWO_ROWS,)), Property(also=(TWO_ROWS, ONE_SAMPLE))),
    example=ONE_SAMPLE,
    twins=(Twin("the negative of it", _minors(factor=-1), TWO_ROWS),),
    neighbours=(
        Neighbour(
            "a single sample",
            _minors(Hypothesis("one-sample", "n = 1", equals_zero(lambda x: ex.lift(x.n - 1)))),
            example=ONE_SAMPLE,
        ),
    ),
    amendment=Amendment(
        OUTER_SUM,
        breaks=FailingStep(
            "after (14)",
            "row j of (14) is w_jᵀ Xᵀ, a vector times a matrix; only the contribution of one sample is an outer product",
        ),
        advice="take from (14) only that component c needs feature c alone; prototypes of a layer have any rank up to min(k, n, d)",
    ),
)

CLAIM = Claim(
    id="gbcl.forward",
    title="One forward pass, feature by feature",
    source=Source("gbcl", "(14)"),
    says=r"\text{each component of a prototype is computed independently of the other features}",
    derivation=__doc__,
    readings=(
        Reading("forward", "in the forward pass, at given weights", (COMPONENT,), as_printed=True),
        Reading("training", "after a step of training, and in the cells that the loss is made of", (AFTER_STEP, CELL)),
        Reading("rank-one", "the reason given for (14): outer products of rank one", (OUTER,)),
        *(
            Reading(dtype, f"the dual layer of ddcl_core in {dtype}", (first_component_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
