"""§3.2: the DCL update keeps P in the span of the data, which makes it immune to noise in the other directions.

P = ZᵀW, and a step W − η G with any G moves P to Zᵀ(W − ηG): every prototype is a combination Σ_n W_nj z_n, at the start and after
every step, for every loss.  So v·p_j = Σ_n W_nj v·z_n = 0 for each v orthogonal to all samples.  W c = 0 gives Pc = 0: the rank
of P is at most that of W, at most min(n, k), whatever d.

Immune to noise, no.  The directions off the span are those in which *no* sample has a component, so no noise either.  Noise
comes in the samples: for z_n + e_n with e_n orthogonal to all z_m the span turns with the noise, and the component of
prototype j off the span of the clean data is Σ_n W_nj e_n, passed on with the weights.

Nor is k-means different.  A centroid Σ_n α_n z_n with α = 1/|C| on its cluster is a combination of samples, with the noise
Σ_n α_n e_n; so is each step p + α(z − p) from a start at samples.  Started at samples both live in the span; a DCL with
W_nj = 1/|C_j| on C_j is k-means.  What sets DCL apart is the start: free prototypes may begin off the span.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
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
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.claims.ddcl.float_rows_native import layer_part
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import equals_zero, not_zero

SIZES = {"n": (1, 3), "d": (1, 4)}
STEPPED = Domain((real("z", "n", "d"), real("w", "n"), real("g", "n"), real("eta"), real("v", "d")), SIZES)
RANKED = Domain(
    (real("z", "n", "d"), real("w", "n", "k"), real("c", "k"), real("u", "d")), {"n": (1, 3), "k": (1, 4), "d": (1, 3)}
)
NOISY = Domain((real("z", "n", "d"), real("e", "n", "d"), real("w", "n")), SIZES)
SEEN = Domain((real("z", "n", "d"), real("e", "n", "d"), real("w", "n"), real("v", "d")), SIZES)
CLUSTER = Domain((real("z", "n", "d"), simplex("q", "n"), real("v", "d")), SIZES)

FLAT = {"z": [[1, 0]], "w": [1], "g": [1], "eta": "1/2", "v": [0, 1]}
NOISE = {"z": [[1, 0]], "e": [[0, 1]], "w": [1]}


def row_of(z, w):
    """One prototype: Σ_n w_n z_n."""
    return [ex.total(c * s[i] for c, s in zip(w, z, strict=True)) for i in range(len(z[0]))]


def off(rows):
    """v·z_n for every sample."""
    return lambda x: [ex.dot(x.v, s) for s in rows(x)]


ORTHOGONAL = Hypothesis("orthogonal", r"v \perp z_1, \dots, z_n", equals_zero(off(lambda x: x.z)))
NOT_ZERO = Hypothesis("direction", r"v \ne 0", not_zero(lambda x: x.v))


def draw_orthogonal(domain, rows=("z",), name="v"):
    """Float cases whose samples have no component along the first axis, v a multiple of it: orthogonal to the last bit."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        along = torch.zeros(sizes["d"], dtype=torch.float64)
        along[0] = 1
        for row in rows:
            batch[row] = batch[row] * (1 - along)
        return {**batch, name: batch[name] * along}

    return draw


def after_step(x):
    """v·p after a step of the weights: p = Σ_n (w_n − η g_n) z_n."""
    return ex.dot(x.v, row_of(x.z, [w - x.eta * g for w, g in zip(x.w, x.g, strict=True)]))


def drifting(x):
    """v·p after a step in which the prototype itself moves along g in the first coordinates instead of its weights."""
    p = row_of(x.z, x.w)
    return ex.dot(x.v, [p[i] - x.eta * (x.g[i] if i < x.n else 0) for i in range(x.d)])


SPAN = Part(
    id="span",
    says=r"v \perp z_1, \dots, z_n \Rightarrow v \cdot p_j = 0 \text{ at the start and after every step of } W",
    statement=Statement(STEPPED, equals_zero(after_step), (ORTHOGONAL,)),
    checks=(
        Symbolic("ddcl.dcl_subspace:combination"),
        Property(also=(FLAT,), draw=draw_orthogonal(STEPPED)),
        Ablation("ddcl.dcl_subspace:combination"),
    ),
    example=FLAT,
    twins=(
        Twin(
            "a free prototype that moves along g",
            Statement(STEPPED, equals_zero(drifting), (ORTHOGONAL,)),
            witness={"z": [[0, 1]], "w": [1], "g": [1], "eta": 1, "v": [1, 0]},
        ),
    ),
    neighbours=(
        Neighbour("doubled", Statement(STEPPED, equals_zero(lambda x: 2 * after_step(x)), (ORTHOGONAL,)), example=FLAT),
    ),
)

KERNEL = Hypothesis("kernel", r"Wc = 0", equals_zero(lambda x: [ex.dot(row, x.c) for row in x.w]))
DEPENDENT = {"z": [[1, 2]], "w": [[1, 1]], "c": [1, -1], "u": [1, 0]}


def dependence(x):
    """u·Pc."""
    p = nat.combined(x.z, x.w)
    return ex.total(x.c[j] * ex.dot(x.u, p[j]) for j in range(x.k))


def draw_kernel(sizes, cases, generator):
    """Weights whose last column is twice the first, c = (2, 0, …, 0, −1): Wc = 0 to the last bit."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(RANKED, sizes, cases, generator)
    c = torch.zeros(cases, sizes["k"], dtype=torch.float64)
    if sizes["k"] > 1:
        batch["w"][..., -1] = 2 * batch["w"][..., 0]
        c[:, 0], c[:, -1] = 2, -1
    return {**batch, "c": c}


DIMENSION = Part(
    id="dimension",
    says=r"Wc = 0 \Rightarrow Pc = 0 \text{ for every } d: \operatorname{rank} P \le \operatorname{rank} W \le \min(n, k)",
    statement=Statement(RANKED, equals_zero(dependence), (KERNEL,)),
    checks=(Symbolic("ddcl.dcl_subspace:rank"), Property(also=(DEPENDENT,), draw=draw_kernel)),
    example=DEPENDENT,
    twins=(
        Twin(
            "the squared entries of P in place of P",
            Statement(
                RANKED,
                equals_zero(
                    lambda x: ex.total(cj * ex.norm2(row) for cj, row in zip(x.c, nat.combined(x.z, x.w), strict=True))
                ),
                (KERNEL,),
            ),
            witness={"z": [[1]], "w": [[1, 2]], "c": [2, -1], "u": [1]},
        ),
    ),
    neighbours=(
        Neighbour("doubled", Statement(RANKED, equals_zero(lambda x: 2 * dependence(x)), (KERNEL,)), example=DEPENDENT),
    ),
)

SEPARATE = Hypothesis(
    "noise-off-span",
    r"e_n \perp z_m \text{ for all } n, m",
    equals_zero(lambda x: [ex.dot(e, s) for e in x.e for s in x.z]),
)


def noise_response(x):
    """The prototype from noisy samples minus the one from clean samples, with the same weights."""
    noisy = [ex.plus(s, e) for s, e in zip(x.z, x.e, strict=True)]
    return ex.minus(row_of(noisy, x.w), row_of(x.z, x.w))


def half_noise(x):
    """The same minus half of Σ_n w_n e_n."""
    return ex.minus(noise_response(x), ex.scaled(ex.Fraction(1, 2), row_of(x.e, x.w)))


SILENT = Hypothesis("silent", r"e_1 = \dots = e_n = 0", equals_zero(lambda x: [c for e in x.e for c in e]))


def noise_along(x, factor=1):
    """v·(prototype from noisy samples) − factor · Σ_n w_n v·e_n."""
    noisy = [ex.plus(s, e) for s, e in zip(x.z, x.e, strict=True)]
    return ex.dot(x.v, row_of(noisy, x.w)) - factor * ex.total(
        w * ex.dot(x.v, e) for w, e in zip(x.w, x.e, strict=True)
    )


NOISE_ALONG = {**NOISE, "v": [0, 1]}
IMMUNE = Part(
    id="immune",
    says=r"e_n \perp z_m \text{ for all } n, m \Rightarrow (Z + E)^\top W = Z^\top W",
    statement=Statement(NOISY, equals_zero(noise_response), (SEPARATE,)),
    checks=(Certified(candidates=(NOISE,)),),
    example=NOISE,
    twins=(
        Twin(
            "half of the noise",
            Statement(NOISY, equals_zero(half_noise), (SEPARATE,)),
            witness=NOISE,
        ),
    ),
    neighbours=(
        Neighbour(
            "no noise",
            Statement(NOISY, equals_zero(noise_response), (SEPARATE, SILENT)),
            example={**NOISE, "e": [[0, 0]]},
        ),
    ),
    amendment=Amendment(
        Part(
            id="noise-passed-on",
            says=r"v \perp z_1, \dots, z_n \Rightarrow v \cdot p_j = \textstyle\sum_n W_{nj}\, v \cdot e_n "
            r"\text{ for the prototypes of } z_n + e_n",
            statement=Statement(SEEN, equals_zero(noise_along), (ORTHOGONAL,)),
            checks=(
                Symbolic("ddcl.dcl_subspace:noise"),
                Property(also=(NOISE_ALONG,), draw=draw_orthogonal(SEEN)),
            ),
            example=NOISE_ALONG,
            twins=(
                Twin(
                    "half of it",
                    Statement(SEEN, equals_zero(lambda x: noise_along(x, ex.Fraction(1, 2))), (ORTHOGONAL,)),
                    witness=NOISE_ALONG,
                ),
            ),
            neighbours=(
                Neighbour(
                    "doubled",
                    Statement(SEEN, equals_zero(lambda x: 2 * noise_along(x)), (ORTHOGONAL,)),
                    example=NOISE_ALONG,
                ),
            ),
        ),
        breaks=FailingStep(
            "Section 3.2, gradient subspace property",
            "the span is that of the samples as observed, noise included; off it there is nothing to be immune to",
        ),
        advice="expect noise to be averaged with the weights W, as in any mean of samples, and reduce it by a projection "
        "that is chosen without it, such as principal components",
    ),
)


def centroid(x):
    """v·Σ_n α_n z_n for the shares α of the samples in a cluster."""
    return ex.dot(x.v, row_of(x.z, x.q))


def update(x):
    """v·(p + α(z − p)) for p the first sample, z the last one and α their first share."""
    return ex.dot(x.v, ex.plus(x.z[0], ex.scaled(x.q[0], ex.minus(x.z[-1], x.z[0]))))


MEAN = {"z": [[1, 0], [2, 0]], "q": ["1/2", "1/2"], "v": [0, 1]}
AMBIENT = Part(
    id="k-means-ambient",
    says=r"v \perp z_1, \dots, z_n,\ v \ne 0 \Rightarrow \text{a k-means centroid has } v \cdot c \ne 0",
    statement=Statement(CLUSTER, not_zero(centroid), (ORTHOGONAL, NOT_ZERO)),
    checks=(Certified(candidates=(MEAN,)), Property(draw=draw_orthogonal(CLUSTER))),
    example=MEAN,
    twins=(
        Twin(
            "after one update from a sample",
            Statement(CLUSTER, not_zero(update), (ORTHOGONAL, NOT_ZERO)),
            witness=MEAN,
        ),
    ),
    neighbours=(
        Neighbour(
            "off by v itself",
            Statement(CLUSTER, not_zero(lambda x: centroid(x) + ex.norm2(x.v)), (ORTHOGONAL, NOT_ZERO)),
            example=MEAN,
        ),
    ),
    amendment=Amendment(
        Part(
            id="k-means-in-span",
            says=r"v \perp z_1, \dots, z_n \Rightarrow v \cdot c = 0 \text{ for every centroid, and after every update "
            r"} p + \alpha (z - p) \text{ from a sample}",
            statement=Statement(CLUSTER, equals_zero(lambda x: [centroid(x), update(x)]), (ORTHOGONAL,)),
            checks=(Symbolic("ddcl.dcl_subspace:centroids"), Property(also=(MEAN,), draw=draw_orthogonal(CLUSTER))),
            example=MEAN,
            twins=(
                Twin(
                    "from a start at v",
                    Statement(CLUSTER, equals_zero(lambda x: [centroid(x), update(x) + ex.norm2(x.v)]), (ORTHOGONAL,)),
                    witness=MEAN,
                ),
            ),
            neighbours=(
                Neighbour(
                    "doubled",
                    Statement(CLUSTER, equals_zero(lambda x: [2 * centroid(x), 2 * update(x)]), (ORTHOGONAL,)),
                    example=MEAN,
                ),
            ),
        ),
        breaks=FailingStep(
            "Section 3.2, gradient subspace property",
            "a centroid is a combination of samples as much as ZᵀW is; only the parameters of k-means are stored in d numbers",
        ),
        advice="attribute differences from k-means to the start and to soft assignments, not to the span",
    ),
)

CLAIM = Claim(
    id="ddcl.dcl-subspace",
    title="The gradient subspace property",
    source=Source("ddcl", "Section 3.2"),
    says=r"\text{the DCL update keeps } P \text{ in the span of the data, of dimension} \le n \text{, which makes it immune to "
    r"noise in the other directions; k-means works in the full space}",
    derivation=__doc__,
    readings=(
        Reading("printed", "P = ZᵀW, any loss and any step of W", (SPAN, DIMENSION, IMMUNE, AMBIENT), as_printed=True),
        *(
            Reading(dtype, f"the dual layer of ddcl_core in {dtype}", (layer_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
