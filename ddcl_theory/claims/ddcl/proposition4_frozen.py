"""§7.2, §7.4, §8.2: with frozen features the two losses give the same metrics, and this confirms Proposition 4.

With frozen features only the prototypes are trained, by ∇_P; Proposition 4 speaks of ∇_z, which is never used.  So it
predicts nothing about such runs, and what they show says nothing about it:
- the prototype gradients differ, by 2 P Σ_n S_qn (Proposition 3).  Σ_j p_j·(P S_q)_j = V, and with softmax assignments V > 0 as
  soon as two prototypes differ: the two losses never train the same prototypes unless these have collapsed;
- prototypes at rest under L_q are not at rest under L_OLS: samples ±1, p = ±1/4, e^{−1/T} = 3/5;
- one step from a common start may put two samples into one cell under one loss and into two cells under the other, which
  changes every metric of the partition.  It takes k ≥ 3 or d ≥ 2: Σ_j (P S_q)_j = 0, so for two prototypes on a line both
  losses move the midpoint, which decides the labels, alike;
- L_q + c‖z‖² has the prototype gradients of L_q, hence the same frozen runs, and other feature gradients: equal metrics
  would "confirm" Proposition 4 for a loss of which it is false.

What equal metrics do show is hard assignments: ‖2 P S_q‖² = 4 Σ_j q_j² ‖p_j − Pq‖² ≤ 4V, and V → 0 as assignments harden.
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
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.corollary3 import AFTERWARDS, slopes, stepped
from ddcl_theory.claims.ddcl.float_rows_features import prototype_gap_part
from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero, positive

RUN = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), {"n": (1, 2), "k": (1, 2), "d": (1, 2)})
ONE = Domain((real("z", "d"), real("p", "k", "d"), temperature("T")), {"k": (1, 3), "d": (1, 2)})
ASSIGNED = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k")), {"k": (1, 4), "d": (1, 2)})
TWO_SAMPLES = Domain((real("z", 2, "d"), real("p", 2, "d"), temperature("T"), above_zero("eta")), {"d": (2, 2)})
OTHER = Domain(
    (real("z", "d"), real("r", "k", "d"), real("p", "k", "d"), simplex("q", "k"), real("c")), {"k": (1, 3), "d": (1, 2)}
)
METRICS = Domain((nonnegative("a", "r"), nonnegative("b", "r")), {"r": (1, 3)})

SINGLE = {"z": [[0]], "p": [[0], [1]], "T": {"s": "1/2"}}
REST = {"z": [[1], [-1]], "p": [["1/4"], ["-1/4"]], "T": {"s": "3/5"}}
CELLS = {"z": [[0, 1], [0, 0]], "p": [[0, 0], [1, 0]], "T": {"s": "1/2"}, "eta": "1/2"}


def gap(x, factor=1):
    """∇_P L_q − factor · ∇_P L_OLS, q = softmax and stopped, entry by entry."""
    q, o = (slopes(name, x.z, x.p, x.T) for name in ("quantization", "ols"))
    return [u - factor * v for r, s in zip(q, o, strict=True) for u, v in zip(r, s, strict=True)]


DIFFER = Hypothesis(
    "some-differ",
    r"\text{two prototypes differ}",
    not_zero(lambda x: [c for i in range(x.k) for j in range(i + 1, x.k) for c in ex.minus(x.p[i], x.p[j])] or [0]),
)
COINCIDE = Hypothesis(
    "coincide", r"p_1 = \dots = p_k", equals_zero(lambda x: [c for r in x.p[1:] for c in ex.minus(r, x.p[0])] or [0])
)


def outward(x, factor=1):
    """Σ_j p_j·(∂L_q/∂p_j − factor · ∂L_OLS/∂p_j) for one sample."""
    q, o = (slopes(name, [x.z], x.p, x.T) for name in ("quantization", "ols"))
    return nat.dot_rows(x.p, q) - factor * nat.dot_rows(x.p, o)


SAME_UPDATES = Part(
    id="same-updates",
    says=r"\nabla_P L_q = \nabla_P L_{\mathrm{OLS}},\ q \text{ stopped, features frozen}",
    statement=Statement(RUN, equals_zero(gap)),
    checks=(Certified(candidates=(SINGLE,)), Property()),
    example=SINGLE,
    twins=(Twin("twice the gradient of L_OLS", Statement(RUN, equals_zero(lambda x: gap(x, 2))), witness=SINGLE),),
    neighbours=(
        Neighbour(
            "all prototypes in one place",
            Statement(RUN, equals_zero(gap), (COINCIDE,)),
            example={"z": [[0]], "p": [[1], [1]], "T": 1},
        ),
    ),
    amendment=Amendment(
        Part(
            id="updates-differ",
            says=r"\textstyle\sum_j p_j \cdot \partial (L_q - L_{\mathrm{OLS}}) / \partial p_j > 0 "
            r"\text{ wherever two prototypes differ}",
            statement=Statement(ONE, positive(outward), (DIFFER,)),
            checks=(Symbolic("ddcl.proposition4_frozen:differ"), Property()),
            example={**SINGLE, "z": [0]},
            twins=(
                Twin(
                    "twice the gradient of L_OLS",
                    Statement(ONE, positive(lambda x: outward(x, 2)), (DIFFER,)),
                    witness={"z": [0], "p": [[1], [2]], "T": {"s": "1/2"}},
                ),
            ),
            neighbours=(Neighbour("doubled", Statement(ONE, positive(lambda x: 2 * outward(x)), (DIFFER,))),),
        ),
        breaks=FailingStep(
            "Section 7.2",
            "equal gradients in the features are taken for equal training where the features are not trained",
        ),
        advice="expect different prototypes from the two losses on frozen features, the more so the softer the assignments",
    ),
)


def resting(name):
    return lambda x: [c for row in slopes(name, x.z, x.p, x.T) for c in row]


AT_REST = Hypothesis("at-rest", r"\nabla_P L_q = 0", equals_zero(resting("quantization")))
SAME_LIMITS = Part(
    id="same-limits",
    says=r"\nabla_P L_q = 0 \Rightarrow \nabla_P L_{\mathrm{OLS}} = 0",
    statement=Statement(RUN, equals_zero(resting("ols")), (AT_REST,)),
    checks=(Certified(candidates=(REST,)),),
    example=REST,
    twins=(Twin("at rest under L_q everywhere", Statement(RUN, equals_zero(resting("quantization"))), witness=SINGLE),),
    neighbours=(
        Neighbour(
            "all prototypes in one place",
            Statement(RUN, equals_zero(resting("ols")), (AT_REST, COINCIDE)),
            example={"z": [[1], [-1]], "p": [[0], [0]], "T": 1},
        ),
    ),
    amendment=Amendment(
        AFTERWARDS,
        breaks=FailingStep("Section 8.2", "L_q = L_OLS + V, and V has a gradient in the prototypes where q is soft"),
        advice="compare the prototypes themselves: they leave a common start 2η P Σ S_q apart",
    ),
)


def cells(x, losses=("quantization", "ols")):
    """The product of d_n1 − d_n2 over both samples, after one step of each loss: negative iff their partitions differ."""
    product = ex.ONE
    for name in losses:
        p = stepped(x.p, x.eta, slopes(name, x.z, x.p, x.T))
        for z in x.z:
            product = product * (ex.norm2(ex.minus(z, p[0])) - ex.norm2(ex.minus(z, p[1])))
    return product


def start(x):
    """The same for the partitions before and after a step of L_q."""
    product = ex.ONE
    for p in (x.p, stepped(x.p, x.eta, slopes("quantization", x.z, x.p, x.T))):
        for z in x.z:
            product = product * (ex.norm2(ex.minus(z, p[0])) - ex.norm2(ex.minus(z, p[1])))
    return product


ON_A_LINE = Hypothesis(
    "on-a-line",
    r"\text{samples and prototypes on the first axis}",
    equals_zero(lambda x: [c for row in (*x.z, *x.p) for c in row[1:]]),
)


def uneven(x, factor=1):
    """4V − factor · ‖2 P S_q‖² for one sample."""
    square = ex.total(ex.norm2(r) for r in nat.prototype_slopes("variance", x.z, x.p, x.q))
    return 4 * a.variance(x.p, x.q) - factor * square


BOUNDED = Part(
    id="bounded-by-v",
    says=r"\|\nabla_P L_q - \nabla_P L_{\mathrm{OLS}}\|_F^2 \le 4V \text{ for every sample}",
    statement=Statement(ASSIGNED, at_least_zero(uneven)),
    checks=(Symbolic("ddcl.proposition4_frozen:bounded"), Property()),
    example={"z": [0], "p": [[0], [1]], "q": ["1/2", "1/2"]},
    twins=(
        Twin(
            "a quarter of the bound",
            Statement(ASSIGNED, at_least_zero(lambda x: uneven(x, 4))),
            witness={"z": [0], "p": [[0], [1]], "q": ["1/2", "1/2"]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(ASSIGNED, at_least_zero(lambda x: 2 * uneven(x)))),),
)
SAME_LABELS = Part(
    id="same-labels",
    says=r"\text{after one step from one start, two samples share a cell under } L_q "
    r"\text{ iff they do under } L_{\mathrm{OLS}}",
    statement=Statement(TWO_SAMPLES, at_least_zero(cells)),
    checks=(Certified(candidates=(CELLS,)),),
    example=CELLS,
    twins=(Twin("a step of L_q changes no partition", Statement(TWO_SAMPLES, at_least_zero(start)), witness=CELLS),),
    neighbours=(
        Neighbour(
            "on a line",
            Statement(TWO_SAMPLES, at_least_zero(cells), (ON_A_LINE,)),
            example={**CELLS, "z": [[1, 0], [0, 0]]},
        ),
    ),
    amendment=Amendment(
        BOUNDED,
        breaks=FailingStep(
            "Section 7.4, (1)", "equal metrics are derived from a proposition about gradients that were not used"
        ),
        advice="explain equal metrics on frozen features by hard assignments: report V beside them; where V is small both "
        "losses train nearly the same prototypes",
    ),
)


def other_loss(z, p, q, c):
    """L_q + c‖z‖²."""
    return a.quantization(z, p, q) + c * ex.norm2(z)


def tied_loss(z, p, q, c):
    """L_q + c z·p_1, which reaches the prototypes."""
    return a.quantization(z, p, q) + c * ex.dot(z, p[0])


def prototype_difference(loss):
    """The derivative of another loss minus that of L_q along r, features and q constant."""

    def value(x):
        def along(f):
            return ex.derivative_at_zero(
                lambda e: f([ex.plus(row, ex.scaled(e, r)) for row, r in zip(x.p, x.r, strict=True)])
            )

        return along(lambda p: loss(x.z, p, x.q, x.c)) - along(lambda p: a.quantization(x.z, p, x.q))

    return value


def feature_difference(loss):
    """The same in the features, entry by entry, prototypes and q constant."""

    def value(x):
        entries = []
        for i in range(x.d):
            unit = [ex.lift(int(i == j)) for j in range(x.d)]
            entries.append(
                ex.derivative_at_zero(lambda e, u=unit: loss(ex.plus(x.z, ex.scaled(e, u)), x.p, x.q, x.c))
                - ex.derivative_at_zero(lambda e, u=unit: a.quantization(ex.plus(x.z, ex.scaled(e, u)), x.p, x.q))
            )
        return entries

    return value


SAME_RUNS = Hypothesis("same-runs", r"\nabla_P L' = \nabla_P L_q", equals_zero(prototype_difference(other_loss)))
NOTHING_ADDED = Hypothesis("nothing-added", "c = 0", equals_zero(lambda x: x.c))
OTHER_POINT = {"z": [1], "r": [[1], [0]], "p": [[0], [1]], "q": ["1/2", "1/2"], "c": 1}
CONFIRMS = Part(
    id="confirms",
    says=r"\nabla_P L' = \nabla_P L_q \text{ (the same frozen runs)} \Rightarrow \nabla_z L' = \nabla_z L_q,\ "
    r"L' = L_q + c\|z\|^2",
    statement=Statement(OTHER, equals_zero(feature_difference(other_loss)), (SAME_RUNS,)),
    checks=(Certified(candidates=(OTHER_POINT,)), Property()),
    example=OTHER_POINT,
    twins=(
        Twin(
            "equal up to c",
            Statement(OTHER, equals_zero(lambda x: [v - x.c for v in feature_difference(other_loss)(x)]), (SAME_RUNS,)),
            witness=OTHER_POINT,
        ),
    ),
    neighbours=(
        Neighbour(
            "nothing added",
            Statement(OTHER, equals_zero(feature_difference(other_loss)), (SAME_RUNS, NOTHING_ADDED)),
            example={**OTHER_POINT, "c": 0},
        ),
    ),
    amendment=Amendment(
        Part(
            id="blind",
            says=r"\nabla_P (L_q + c\|z\|^2) = \nabla_P L_q \text{ for every } c: "
            r"\text{ frozen runs are blind to terms in } z",
            statement=Statement(OTHER, equals_zero(prototype_difference(other_loss))),
            checks=(Symbolic("ddcl.proposition4_frozen:blind"), Property()),
            example=OTHER_POINT,
            twins=(
                Twin(
                    "a term that ties z to p_1",
                    Statement(OTHER, equals_zero(prototype_difference(tied_loss))),
                    OTHER_POINT,
                ),
            ),
            neighbours=(
                Neighbour("doubled", Statement(OTHER, equals_zero(lambda x: 2 * prototype_difference(other_loss)(x)))),
            ),
        ),
        breaks=FailingStep(
            "Sections 7.4 and 8.2",
            "the observation follows for losses of which the proposition is false; it is no test of it",
        ),
        advice="to test Proposition 4, compare ∇_z of the two losses at one state; it takes one backward pass each",
    ),
)


def agree(decimals):
    """Half a unit of the last decimal above |a − b|, run by run."""
    unit = ex.Fraction(1, 2 * 10**decimals)
    return lambda x: [unit - ex.maximum(u - v, v - u) for u, v in zip(x.a, x.b, strict=True)]


MEASURED = Part(
    id="three-decimals",
    says=r"\text{metrics } a \text{ of } L_q \text{ and } b \text{ of } L_{\mathrm{OLS}} "
    r"\text{ in the same run agree to three decimals}",
    statement=Statement(METRICS, positive(agree(3))),
    checks=(Certified(),),
    example={"a": ["1/2"], "b": ["1/2"]},
    twins=(Twin("to four decimals", Statement(METRICS, positive(agree(4))), {"a": ["1/2"], "b": ["5001/10000"]}),),
    neighbours=(Neighbour("to two decimals", Statement(METRICS, positive(agree(2)))),),
    missing="The measured metrics: the source at hand lacks the entries of Tables 3 and 7. To decide, train both losses on the "
    "same frozen features (Digits, 20 principal components; CIFAR-10, ResNet-18) from the same starts and compare run by "
    "run, as the part same-metrics of ddcl.block4 does with runs of its own",
)

CLAIM = Claim(
    id="ddcl.proposition4.frozen",
    title="Frozen features and Proposition 4",
    source=Source("ddcl", "Sections 7.2, 7.4 and 8.2"),
    says=r"\text{with frozen features } L_q \text{ and } L_{\mathrm{OLS}} \text{ give the same metrics, which confirms "
    r"Proposition 4}",
    derivation=__doc__,
    uses=("ddcl.proposition4", "ddcl.corollary3"),
    readings=(
        Reading(
            "inference",
            "what follows from the gradients, whatever was measured",
            (SAME_UPDATES, SAME_LIMITS, SAME_LABELS, CONFIRMS),
            as_printed=True,
        ),
        Reading("measured", "the metrics of the paper's runs", (MEASURED,)),
        *(
            Reading(dtype, f"the prototype gradients of ddcl_core in {dtype}", (prototype_gap_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
