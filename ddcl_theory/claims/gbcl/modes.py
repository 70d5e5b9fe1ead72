"""(43), n > d: which modes of the dual flow decay, and which stay?

XᵀX has the d eigenvalues σ_1², …, σ_d² > 0 (rows of X independent) and n − d zeros.  In the frame of its eigenvectors the coordinates obey
ẇ_i = −σ_i² w_i ("frame").  So the modes 1, …, d decay and the last n − d stay; (43) has these two numbers exchanged.

(43): Σ_{i ≤ n−d} c_i v_i e^{−σ_i² t} + Σ_{i > n−d} c_i v_i.
- d < n < 2d: the modes n − d < i ≤ d are said to stay, but decay: false.  Witness d = 2, n = 3, X = [[1, 0, 0], [0, 1, 0]], mode 2.
- n ≥ 2d: true as a formula, since e^{−0 t} = 1 for d < i ≤ n − d.  So (43) is a solution iff n ≥ 2d.
- "the modes i ≤ n − d decay" needs σ_i > 0 for them: iff n ≤ 2d.
- "ker X is spanned by v_{n−d+1}, …, v_n", d vectors, for a kernel of dimension n − d, spanned by v_{d+1}, …, v_n: iff n = 2d.
With the ranges i ≤ d and i > d all three hold for every n > d; as printed all three hold together for n = 2d only.
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
from ddcl_theory.claims.gbcl.theorem3_1 import ALONG
from ddcl_theory.domain import Domain, above_zero, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

#: n = d + e samples: singular values and coordinates of the first d modes, coordinates of the last e = n − d ones, and for the first the
#: factors f_i = e^{−σ_i² t}, whose derivatives are −σ_i² f_i.
MODES = Domain((above_zero("s", "d"), real("c", "d"), real("h", "e"), above_zero("f", "d")), {"d": (1, 3), "e": (1, 3)})
WITNESS = {"s": [1, 1], "c": [1, 1], "h": [1], "f": ["1/2", "1/2"]}
EQUAL = {"s": [1], "c": [1], "h": [1], "f": ["1/2"]}
MANY = {"s": [1], "c": [1], "h": [1, 1], "f": ["1/2"]}


def squares(x):
    """σ_1², …, σ_n², the last e of them 0."""
    return [*[v**2 for v in x.s], *[ex.ZERO] * x.e]


def coordinates(x, moving):
    """(w_i, ẇ_i) of the formula in which the modes i ≤ moving carry e^{−σ_i² t} and the others are constant."""
    factors = [*x.f, *[ex.ONE] * x.e]
    pairs = []
    for i, (c, factor, rate) in enumerate(zip([*x.c, *x.h], factors, squares(x), strict=True)):
        pairs.append((c * factor, -rate * c * factor) if i < moving else (c, ex.ZERO))
    return pairs


def residuals(x, moving):
    """ẇ_i + σ_i² w_i for every mode."""
    return [speed + rate * w for (w, speed), rate in zip(coordinates(x, moving), squares(x), strict=True)]


MANY_SAMPLES = Hypothesis("many-samples", r"n \ge 2d", at_least_zero(lambda x: ex.lift(x.e - x.d)))
FEW_SAMPLES = Hypothesis("few-samples", r"n \le 2d", at_least_zero(lambda x: ex.lift(x.d - x.e)))
TWICE = Hypothesis("twice", r"n = 2d", equals_zero(lambda x: ex.lift(x.e - x.d)))
ONE_MORE = Hypothesis("one-more", r"n \ge 2d - 1", at_least_zero(lambda x: ex.lift(x.e - x.d + 1)))


def _formula(*given, moving=lambda x: x.e, times=1):
    return Statement(MODES, equals_zero(lambda x: [times * v for v in residuals(x, moving(x))]), given)


SAMPLES = (
    "read (43) with d in place of n − d, as in the reading `exchanged`: the first d modes decay, the other n − d stay; as printed "
    "it is right for n = 2d alone"
)
EXCHANGED = FailingStep(
    "(43)", "XᵀX has d non-zero and n − d zero eigenvalues; the two numbers are exchanged in the ranges of the sums"
)
MOVED = Hypothesis("present", r"c_i \ne 0", positive(lambda x: [c**2 for c in [*x.c, *x.h]]))


def decay(x, first):
    """−½ d(w_i²)/dt = σ_i² w_i² for the modes i ≤ first, at their present coordinates c."""
    return [rate * c**2 for rate, c in list(zip(squares(x), [*x.c, *x.h], strict=True))[:first]]


def _decays(*given, first=lambda x: x.e, times=1):
    return Statement(MODES, positive(lambda x: [times * v for v in decay(x, first(x))]), (MOVED, *given))


LESS = Hypothesis("less", r"n \le 2d + 1", at_least_zero(lambda x: ex.lift(x.d - x.e + 1)))


def kernel(x, first):
    """σ_i for the modes i > first, and how many dimensions of ker X these modes do not reach."""
    values = [*x.s, *[ex.ZERO] * x.e][first:]
    return [*values, max(0, x.e - len(values))]


def _spans(*given, first=lambda x: x.e, times=1):
    return Statement(MODES, equals_zero(lambda x: [times * v for v in kernel(x, first(x))]), given)


def _everything(moving=lambda x: x.d, times=1):
    """(43), the decaying modes and the kernel with the ranges i ≤ moving and i > moving."""

    def values(x):
        return [times * v for v in [*residuals(x, moving(x)), *kernel(x, moving(x))]]

    return Statement(MODES, equals_zero(values))


RANGES = Part(
    id="ranges",
    says=r"w(t) = \textstyle\sum_{i \le d} c_i v_i e^{-\sigma_i^2 t} + \sum_{i > d} c_i v_i \text{ solves } \dot w = -X^\top X w,\ "
    r"\ker X = \mathrm{span}(v_{d+1}, \dots, v_n)",
    statement=_everything(),
    checks=(Symbolic("gbcl.modes:ranges"), Property(also=(WITNESS, MANY))),
    example=WITNESS,
    twins=(Twin("one mode less moves", _everything(lambda x: x.d - 1), WITNESS),),
    neighbours=(Neighbour("doubled", _everything(times=2), example=WITNESS),),
)
FIRST_DECAY = Part(
    id="first-decay",
    says=r"\text{the modes } i \le d \text{ decay}",
    statement=_decays(first=lambda x: x.d),
    checks=(Symbolic("gbcl.modes:decays"), Property(also=(WITNESS, MANY))),
    example=WITNESS,
    twins=(Twin("one mode more", _decays(first=lambda x: x.d + 1), EQUAL),),
    neighbours=(Neighbour("doubled", _decays(first=lambda x: x.d, times=2), example=WITNESS),),
)


FORMULA_MANY = Part(
    id="formula",
    says=r"n \ge 2d \Rightarrow \text{(43) solves } \dot w_i = -\sigma_i^2 w_i",
    statement=_formula(MANY_SAMPLES),
    checks=(Symbolic("gbcl.modes:formula"), Property(also=(EQUAL, WITNESS))),
    example=EQUAL,
    twins=(Twin("from n = 2d − 1 on", _formula(ONE_MORE), WITNESS),),
    neighbours=(Neighbour("doubled", _formula(MANY_SAMPLES, times=2), example=EQUAL),),
)
FORMULA = Part(
    id="formula",
    says=r"w(t) = \textstyle\sum_{i \le n-d} c_i v_i e^{-\sigma_i^2 t} + \sum_{i > n-d} c_i v_i \text{ solves } \dot w = -X^\top X w",
    statement=_formula(),
    checks=(Certified(candidates=(WITNESS,)), Property(also=(WITNESS,))),
    example=WITNESS,
    twins=(Twin("all modes stay", _formula(moving=lambda x: 0), EQUAL),),
    neighbours=(
        Neighbour(
            "n ≥ 3d",
            _formula(Hypothesis("thrice", r"n \ge 3d", at_least_zero(lambda x: ex.lift(x.e - 2 * x.d)))),
            example=MANY,
        ),
    ),
    amendment=Amendment(RANGES, EXCHANGED, SAMPLES),
)

DECAYS_FEW = Part(
    id="decays",
    says=r"n \le 2d \Rightarrow \text{the modes } i \le n - d \text{ decay}",
    statement=_decays(FEW_SAMPLES),
    checks=(Symbolic("gbcl.modes:decays"), Property(also=(EQUAL, MANY))),
    example=EQUAL,
    twins=(Twin("up to n = 2d + 1", _decays(LESS), MANY),),
    neighbours=(Neighbour("doubled", _decays(FEW_SAMPLES, times=2), example=EQUAL),),
)
DECAYS = Part(
    id="decays",
    says=r"\text{the modes } i \le n - d \text{ decay: } -\tfrac12 \tfrac{d}{dt} w_i^2 > 0",
    statement=_decays(),
    checks=(Certified(candidates=(MANY,)), Property(also=(MANY, EQUAL))),
    example=EQUAL,
    twins=(Twin("all modes decay", _decays(first=lambda x: x.d + x.e), EQUAL),),
    neighbours=(
        Neighbour(
            "n = d + 1", _decays(Hypothesis("one", "n = d + 1", equals_zero(lambda x: ex.lift(x.e - 1)))), example=EQUAL
        ),
    ),
    amendment=Amendment(FIRST_DECAY, EXCHANGED, SAMPLES),
)
KERNEL_TWICE = Part(
    id="nullspace",
    says=r"n = 2d \Rightarrow \ker X = \mathrm{span}(v_{n-d+1}, \dots, v_n)",
    statement=_spans(TWICE),
    checks=(Symbolic("gbcl.modes:spans"), Property(also=(EQUAL, MANY, WITNESS))),
    example=EQUAL,
    twins=(
        Twin("n ≥ 2d", _spans(MANY_SAMPLES), MANY),
        Twin("n ≤ 2d", _spans(FEW_SAMPLES), WITNESS),
    ),
    neighbours=(Neighbour("doubled", _spans(TWICE, times=2), example=EQUAL),),
)
KERNEL = Part(
    id="nullspace",
    says=r"\ker X = \mathrm{span}(v_{n-d+1}, \dots, v_n)",
    statement=_spans(),
    checks=(Certified(candidates=(WITNESS, MANY)), Property(also=(WITNESS, MANY, EQUAL))),
    example=EQUAL,
    twins=(Twin("the last vectors but one", _spans(first=lambda x: x.e + 1), {**EQUAL, "h": [1]}),),
    neighbours=(Neighbour("n = 2d", _spans(TWICE), example=EQUAL),),
    amendment=Amendment(RANGES, EXCHANGED, SAMPLES),
)


CLAIM = Claim(
    id="gbcl.modes",
    title="Modes that decay and modes that stay",
    source=Source("gbcl", "(43)"),
    says=r"n > d \text{: the modes } i \le n - d \text{ decay as } e^{-\sigma_i^2 t} \text{, the last ones stay}",
    derivation=__doc__,
    uses=("gbcl.dual-flow", "gbcl.theorem3.1"),
    readings=(
        Reading("printed", "the ranges of (43), rank X = d", (ALONG, FORMULA, DECAYS, KERNEL), as_printed=True),
        Reading("exchanged", "the ranges i ≤ d and i > d", (RANGES, FIRST_DECAY)),
        Reading("sizes", "for which n the printed ranges are right", (FORMULA_MANY, DECAYS_FEW, KERNEL_TWICE)),
    ),
)
